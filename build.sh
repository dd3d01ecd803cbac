#!/usr/bin/env bash
# Builds, runs and tests Baton:  ./build.sh [run PROGRAM [ARGUMENT ...] | test [REGEX] | stress [SECONDS] | sanitize [REGEX] | allocations [STEP] | fuzz [SECONDS] | tidy [FILE ...] | bench [--runs N] [--cold] [--gil-off] [NAME ...] | conformance [NAME ...] | bench-web [--runs N] [NAME ...] | wasm | serve [PORT] | package | native | clean]
set -euo pipefail
cd "$(dirname "$0")"
ROOT=$PWD

# What the build needs from Debian, as command:package.
needs=(cc:gcc cmake:cmake ninja:ninja-build node:nodejs npm:npm)
files=(/usr/include/zlib.h:zlib1g-dev /usr/include/expat.h:libexpat1-dev
       /usr/include/bzlib.h:libbz2-dev /usr/include/lzma.h:liblzma-dev
       "/usr/include/$(uname -m)-linux-gnu/ffi.h:libffi-dev")
test_files=(/usr/include/cmocka.h:libcmocka-dev)
conformance_files=(/usr/lib/python3.11/test/test_grammar.py:libpython3.11-testsuite /usr/bin/python3:python3-minimal)

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

# A build beside the native one: variant NAME CMAKE_OPTION ...
variant() {
    local name=$1
    shift
    [ -f "build/$name/build.ninja" ] || cmake -S . -B "build/$name" -G Ninja "$@" >>build/configure.log 2>&1 || { cat build/configure.log >&2; exit 1; }
    cmake "build/$name" >>build/configure.log 2>&1 || { tail -n 60 build/configure.log >&2; exit 1; }
    cmake --build "build/$name" >build/build.log 2>&1 || { tail -n 60 build/build.log >&2; exit 1; }
}
checks() { variant checks -DCMAKE_BUILD_TYPE=Debug -DBATON_CHECKS=ON; }
asan() { variant asan -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_C_FLAGS_RELWITHDEBINFO="-O1 -g1" -DBATON_SANITIZE=ON -DBATON_CHECKS=ON; }

# Runs every program of tests/thread in both modes; they share the time: stress_build NAME SECONDS
stress_build() {
    local name=$1 programs=(tests/thread/*.py) program mode failed=0 each slow=1
    [ "${BATON_STRESS:-}" != collect ] || slow=10
    each=$(awk "BEGIN { print $2 / (${#programs[@]} - 1) }")
    for mode in 1 0; do
        for program in "${programs[@]}"; do
            [ "$program" = tests/thread/harness.py ] && continue
            if STRESS_SECONDS=$each timeout $(((${each%.*} * 5 + 300) * slow)) "build/$name/baton" -X gil=$mode "$program" >build/stress.log 2>&1; then
                echo "$name gil=$mode $program: ok"
            else
                echo "$name gil=$mode $program: FAILED ($?)"
                tail -n 40 build/stress.log
                failed=1
            fi
        done
    done
    return $failed
}

stress() {
    native
    checks
    asan
    local status=0
    stress_build native "$1" || status=1
    stress_build asan "$1" || status=1
    stress_build checks "$1" || status=1
    BATON_STRESS=switch stress_build checks "$1" || status=1
    BATON_STRESS=collect stress_build checks "$1" || status=1
    return $status
}

# Source text and short programs made up by libFuzzer, each target for so many seconds; what it finds interesting is kept for the next time, what is bad too.
fuzz() {
    needs+=(clang:clang)
    install_missing "${files[@]}"
    variant fuzz -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_C_COMPILER=clang -DCMAKE_C_FLAGS_RELWITHDEBINFO="-O1 -g1" -DBATON_FUZZ=ON
    local target status=0 seeds=build/fuzz/seeds
    mkdir -p $seeds
    find tests/lang tests/thread -name '*.py' -size -8k -exec sh -c 'cp "$2" "$1/$(echo "$2" | tr / _)"' _ $seeds {} \;
    for target in fuzz_compile fuzz_run; do
        mkdir -p build/fuzz/$target.corpus build/fuzz/$target.found
        echo "$target: $1 s" >&2
        (cd build/fuzz && nice -n 19 ./$target -max_total_time="$1" -timeout=25 -rss_limit_mb=3000 -max_len=4000 -print_funcs=0 -close_fd_mask=1 -print_final_stats=1 \
            -dict=../../tests/fuzz/python.dict -artifact_prefix=$target.found/ $target.corpus seeds) >build/fuzz/$target.log 2>&1 || { tail -n 60 build/fuzz/$target.log; status=1; }
        grep 'stat::' build/fuzz/$target.log || true
    done
    return $status
}

# Each allocation of start-up and of a sample program fails in turn (or each STEP-th); what comes of it is looked at.
allocations() {
    install_missing "${files[@]}"
    asan
    local folder=build/allocations
    mkdir -p $folder
    (cd $folder && BATON_FAIL_ALLOC="1:$1" ../asan/baton -I ../../tests/robust/sample.py)
}

# The layout by clang-format, and clang-tidy (.clang-tidy) over the files named or all of vm/, as clang and a checking build see them: its assertions say what may be relied on.
tidy() {
    needs+=(clang:clang clang-format:clang-format clang-tidy:clang-tidy)
    install_missing "${files[@]}"
    git ls-files 'vm/*.[ch]' 'wasm/*.[ch]' 'tests/*.[ch]' | xargs clang-format --dry-run --Werror
    [ -f build/tidy/build.ninja ] || cmake -S . -B build/tidy -G Ninja -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Debug -DBATON_CHECKS=ON >build/configure.log 2>&1 || { cat build/configure.log >&2; exit 1; }
    cmake --build build/tidy --target packages >build/build.log 2>&1 || { tail -n 60 build/build.log >&2; exit 1; }
    [ $# -gt 0 ] || set -- vm/*/*.c vm/main.c
    printf '%s\n' "$@" | xargs -P 2 -n 4 clang-tidy -quiet -p build/tidy 2>build/tidy.log || { grep -v 'warnings\? generated' build/tidy.log >&2; return 1; }
}

# The site: the interpreter in WebAssembly and its client, ready to be served.
wasm() {
    needs+=(emcc:emscripten libdeflate-gzip:libdeflate-tools)
    native /usr/share/zoneinfo/Europe/Berlin:tzdata
    export NODE_PATH=/usr/share/nodejs # Debian's Emscripten finds acorn there
    [ -f build/wasm/build.ninja ] || emcmake cmake -S wasm -B build/wasm -G Ninja -DBATON_NATIVE="$ROOT/build/native" >build/wasm-configure.log 2>&1 || { cat build/wasm-configure.log >&2; exit 1; }
    cmake --build build/wasm >build/wasm.log 2>&1 || { tail -n 60 build/wasm.log | cut -c 1-500 >&2; exit 1; }
    wasm/site.sh build/native build/wasm build/site
}

# The site and what its tests need.
wasm_tests() {
    needs+=(chromium:chromium firefox-esr:firefox-esr)
    wasm
    local folder
    for folder in tests/wasm tests/web; do
        [ -d "$folder/node_modules" ] || npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel=error >&2
    done
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
    if [ $# -lt 2 ] || [[ $2 =~ wasm|web ]] || [ -d build/site ]; then wasm_tests; fi # takes minutes the first time
    cmake -S . -B build/native >>build/configure.log 2>&1 || { tail -n 60 build/configure.log >&2; exit 1; } # test programs may be new
    cmake --build build/native >build/build.log 2>&1 || { tail -n 60 build/build.log >&2; exit 1; }
    run_tests() { ctest --test-dir build/native --output-on-failure -j 2 "$@"; }
    if [ $# -ge 2 ]; then
        run_tests -R "$2"
    else # browsers have hiccups of their own: what needs one is tried twice
        status=0
        run_tests -E '^(wasm|web)/' || status=1
        run_tests -R '^(wasm|web)/' --repeat until-pass:2 || status=1
        exit $status
    fi ;;
stress) stress "${2:-60}" ;;
sanitize)
    install_missing "${files[@]}" "${test_files[@]}"
    asan
    exec ctest --test-dir build/asan --output-on-failure -j 2 ${2:+-R "$2"} ;;
allocations) allocations "${2:-1}" ;;
fuzz) fuzz "${2:-60}" ;;
tidy)
    shift
    tidy "$@" ;;
conformance) # CPython's own tests, all that count or those named; options of tests/conformance/run.py may come first
    native "${conformance_files[@]}"
    shift
    exec /usr/bin/python3 tests/conformance/run.py "$@" build/native/baton ;;
bench)
    native /usr/bin/python3:python3-minimal
    shift
    exec /usr/bin/python3 tests/bench/run.py build/native/baton "$@" ;;
bench-web) # against Pyodide, in Chromium
    wasm_tests
    shift
    exec node tests/bench/web.mjs build/site vm/lib/node_modules/pyodide tests/bench/programs build/native/baton "$@" ;;
wasm) wasm ;;
package) # for npm
    wasm
    node web/package.mjs build/site build/package ;;
serve)
    wasm
    exec node web/serve.mjs build/site "${2:-8000}" ;;
clean) rm -rf build ;;
*) sed -n 2p "$ROOT/build.sh" >&2; exit 2 ;;
esac
