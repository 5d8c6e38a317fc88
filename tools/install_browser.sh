#!/usr/bin/env bash
# Install two optional programs on Debian: Chromium, with which the tests open the pages, and npm,
# which downloads the scripts of asv's pages so that they work offline. Elsewhere, say how.
set -euo pipefail

say() { printf 'install_browser: %s\n' "$*" >&2; }

missing=()
command -v chromium >/dev/null || missing+=(chromium)
command -v npm >/dev/null || missing+=(npm)
[ ${#missing[@]} -gt 0 ] || exit 0

if [ -r /etc/debian_version ] && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    say "installing ${missing[*]}"
    apt-get update -qq >/dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
else
    say "missing: ${missing[*]}; on Debian: sudo $0; without them the tests of the pages are skipped"
fi
