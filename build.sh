#!/usr/bin/env bash
# Builds, runs and tests Baton:  ./build.sh [run PROGRAM [ARGUMENT ...] | test [REGEX] | native | clean]
set -euo pipefail
cd "$(dirname "$0")"
ROOT=$PWD

# What the build needs from Debian, as command:package.
needs=(cc:gcc cmake:cmake ninja:ninja-build node:nodejs npm:npm)
files=(/usr/include/zlib.h:zlib1g-dev)
test_files=(/usr/include/cmocka.h:libcmocka-dev)

install_missing() {
    local missing=() item
    for item in "${needs[@]}"; do command -v "${item%%:*}" >/dev/null || missing+=("${item##*:}"); done
    for item in "$@"; do [ -e "${item%%:*}" ] || missing+=("${item##*:}"); done
    [ ${#missing[@]} -eq 0 ] && return
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing ${missing[*]}" >&2
        apt-get update -qq >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >&2 && return
    fi
    echo "Baton's build needs these Debian packages: ${missing[*]}" >&2
    echo "Install them with:  sudo apt-get install ${missing[*]}" >&2
    exit 1
}

native() {
    install_missing "${files[@]}" "$@"
    [ -f build/native/build.ninja ] || cmake -S . -B build/native -G Ninja -DCMAKE_BUILD_TYPE=Release >build/configure.log 2>&1 || { cat build/configure.log >&2; exit 1; }
    cmake --build build/native >build/build.log 2>&1 || { tail -n 60 build/build.log >&2; exit 1; }
}

mkdir -p build
case "${1:-native}" in
native) native ;;
run)
    [ $# -ge 2 ] || { echo "usage: ./build.sh run PROGRAM [ARGUMENT ...]" >&2; exit 2; }
    native
    shift
    exec build/native/baton "$@" ;;
test)
    native "${test_files[@]}"
    cmake -S . -B build/native >>build/configure.log 2>&1 # test programs may be new
    cmake --build build/native >build/build.log 2>&1 || { tail -n 60 build/build.log >&2; exit 1; }
    exec ctest --test-dir build/native --output-on-failure -j 2 ${2:+-R "$2"} ;;
clean) rm -rf build ;;
*) sed -n 2p "$ROOT/build.sh" >&2; exit 2 ;;
esac
