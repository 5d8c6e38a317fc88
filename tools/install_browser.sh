#!/usr/bin/env bash
# Install what the pages are looked at and made to work offline with, on Debian: Chromium for the
# tests of the pages, npm for the scripts of asv's. Elsewhere say how; nothing else needs them.
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
    say "missing: ${missing[*]}; on Debian: sudo $0; the tests of pages are left out without them"
fi
