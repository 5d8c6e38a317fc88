#!/usr/bin/env bash
# Install Orfeo ToolBox for rasterbout on Debian: the command line from the
# distribution, and the real `otbApplication` Python module, which Debian does
# not ship, built from Debian's own source package.
#
#   tools/install_otb.sh            install what is missing (root on Debian); elsewhere say how
#   tools/install_otb.sh --where    print the folder of the built module
#
# The source package also carries the QuickBird images of Toulouse that the
# `toulouse` dataset uses. Everything built or extracted is kept in
# $RASTERBOUT_CACHE (default ~/.cache/rasterbout), so a second call only checks.
set -euo pipefail

CACHE=${RASTERBOUT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/rasterbout}
CACHE=${CACHE/#\~\//$HOME/}          # as rasterbout.cache_folder expands it
MODULE_DIR=$CACHE/otb/python       # otbApplication.py and _otbApplication.so
SAMPLES_DIR=$CACHE/otb/samples     # the images of the source package
SYSTEM_PYTHON=/usr/bin/python3     # the module is built against its headers and numpy

PACKAGES=(otb-bin libotb-apps python3-numpy gdal-bin)  # gdalwarp is a yardstick of `rasterbout run --preset full`
BUILD_PACKAGES=(libotb-dev swig python3-dev g++ dpkg-dev)
SAMPLES=(QB_Toulouse_Ortho_PAN.tif QB_Toulouse_Ortho_XS.tif)

say() { printf 'install_otb: %s\n' "$*" >&2; }

is_debian() { [ -r /etc/debian_version ] && command -v apt-get >/dev/null; }

missing_packages() {
    local name
    for name in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || printf '%s\n' "$name"
    done
}

install_packages() {
    local missing
    mapfile -t missing < <(missing_packages "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    say "installing ${missing[*]}"
    apt-get update -qq >/dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

libotb_version() { dpkg-query -W -f '${Version}' libotb-apps; }

# The lists of source packages are downloaded into a separate folder, so that the
# machine's apt configuration does not change.
download_source() {
    local work=$1 file
    mkdir -p "$work/parts" "$work/lists/partial"
    : >"$work/sources.list"
    for file in /etc/apt/sources.list.d/*.sources; do
        [ -f "$file" ] && grep -q debian-archive-keyring "$file" || continue
        sed 's/^Types:.*/Types: deb-src/' "$file" >"$work/parts/$(basename "$file")"
    done
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ -f "$file" ] && sed -n 's/^deb \(.*\bmain\b\)/deb-src \1/p' "$file" >>"$work/sources.list"
    done
    local apt=(-o APT::Sandbox::User=root -o "Dir::Etc::SourceList=$work/sources.list" -o "Dir::Etc::SourceParts=$work/parts"
               -o "Dir::State::Lists=$work/lists")
    apt-get update -qq "${apt[@]}" >/dev/null
    (cd "$work" && apt-get source -qq --download-only "${apt[@]}" "otb=$(libotb_version)" >/dev/null)
}

build_module() {
    local swig_dir=$1 build=$2 triplet otb itk
    triplet=$(dpkg-architecture -qDEB_HOST_MULTIARCH)
    otb=$(basename "$(ls -d /usr/include/OTB-*)")
    itk=$(basename "$(ls -d /usr/include/ITK-*)")
    local includes=("-I$swig_dir/src" "-I$swig_dir/src/python" "-I$swig_dir/include" "-I$build"
                    "-I/usr/include/$otb" "-I/usr/include/$itk" "-I/usr/include/gdal"
                    "-I$("$SYSTEM_PYTHON" -c 'import numpy; print(numpy.get_include())')"
                    "-I$("$SYSTEM_PYTHON" -c 'import sysconfig; print(sysconfig.get_path("include"))')")
    # Without -flatstaticmethod the import fails on PythonLogOutput_New (swig 4.1).
    swig -python -c++ -flatstaticmethod -DOTB_SWIGNUMPY=1 "${includes[@]}" \
        -outdir "$build" -o "$build/otbApplicationPYTHON_wrap.cxx" "$swig_dir/src/otbApplication.i"
    g++ -std=c++14 -O2 -shared -fPIC -w "${includes[@]}" \
        "$build/otbApplicationPYTHON_wrap.cxx" "$swig_dir"/src/python/*.cxx \
        -L"/usr/lib/$triplet" -l"OTBApplicationEngine-${otb#OTB-}" -l"OTBCommon-${otb#OTB-}" \
        -l"OTBImageBase-${otb#OTB-}" -l"ITKCommon-${itk#ITK-}" \
        -o "$build/_otbApplication.so"
}

module_works() {
    PYTHONPATH=$1 OTB_APPLICATION_PATH=$(applications_dir) OTB_LOGGER_LEVEL=CRITICAL "$SYSTEM_PYTHON" -c '
import otbApplication
assert "BandMath" in otbApplication.Registry.GetAvailableApplications()' >/dev/null 2>&1
}

applications_dir() { dirname "$(dpkg -L libotb-apps | grep -m1 '/otb/applications/otbapp_')"; }

is_complete() {
    local sample
    [ -z "$(missing_packages "${PACKAGES[@]}")" ] || return 1
    [ "$(cat "$MODULE_DIR/built-for" 2>/dev/null)" = "$(libotb_version)" ] || return 1
    for sample in "${SAMPLES[@]}"; do [ -s "$SAMPLES_DIR/$sample" ] || return 1; done
    module_works "$MODULE_DIR"
}

install_all() {
    local work
    say "Orfeo ToolBox for rasterbout: the first time takes a few minutes"
    install_packages "${PACKAGES[@]}" "${BUILD_PACKAGES[@]}"
    work=$(mktemp -d "$CACHE/otb/build.XXXXXX")
    # shellcheck disable=SC2064  # the folder's name is known now
    trap "rm -rf '$work'" EXIT
    say "downloading Debian's source of OTB $(libotb_version) (700 MB)"
    download_source "$work"
    say "extracting the wrapper and the sample images"
    tar -xf "$(ls "$work"/otb_*.orig.tar.*)" -C "$work" --no-anchored \
        Modules/Wrappers/SWIG "${SAMPLES[@]/#/Data/Input/}"
    rm -f "$work"/otb_*.orig.tar.*
    say "building otbApplication for $SYSTEM_PYTHON"
    mkdir "$work/module"
    build_module "$(find "$work" -type d -path '*/Wrappers/SWIG')" "$work/module"
    module_works "$work/module" || { say "the built module does not import; see above"; exit 1; }
    libotb_version >"$work/module/built-for"
    mkdir -p "$MODULE_DIR" "$SAMPLES_DIR"
    find "$work" -path '*/Data/Input/*.tif' -exec mv -f {} "$SAMPLES_DIR/" \;
    rm -f "$MODULE_DIR/built-for"
    cp "$work"/module/{otbApplication.py,_otbApplication.so} "$MODULE_DIR/"
    cp "$work/module/built-for" "$MODULE_DIR/"
    say "done: $MODULE_DIR"
}

main() {
    case "${1:-}" in
        --where) printf '%s\n' "$MODULE_DIR"; return ;;
        "") ;;
        *) say "unknown argument '$1'; see the head of this file"; exit 2 ;;
    esac
    if ! is_debian; then
        say "OTB is installed for you on Debian only; elsewhere unpack the official OTB package and 'source otbenv.profile'"
        return
    fi
    mkdir -p "$CACHE/otb"
    exec 9>"$CACHE/otb/lock"   # two calls at once: the second waits, then finds all there
    flock 9
    is_complete && return
    if [ "$(id -u)" -ne 0 ]; then
        say "OTB is missing; to install it: sudo RASTERBOUT_CACHE='$CACHE' $0"
        return
    fi
    install_all
}

main "$@"
