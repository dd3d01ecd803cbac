#!/usr/bin/env bash
# Puts the site together:  site.sh NATIVE_BUILD WASM_BUILD SITE
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd) native=$1 wasm=$2 site=$3
rm -rf "$site" # files of earlier builds
mkdir -p "$site/runtime"
cp "$root"/web/runtime/{baton.d.ts,library.js} "$site/"
cp "$root"/web/runtime/{worker.js,processes.js,fetch.js} "$wasm"/interpreter.js "$wasm"/interpreter.wasm "$site/runtime/"
for file in "$wasm"/interpreter.worker.js; do [ ! -e "$file" ] || cp "$file" "$site/runtime/"; done # releases of Emscripten before 3.1.58
# The library without columns, which would make what is loaded a fifth larger: tracebacks in a page show the library's lines without marks below them.
"$native/baton" -X no_debug_ranges --build-image "$native/lib/python3.14" "$wasm/library.image"
rm -rf "$wasm/charsets"
mkdir "$wasm/charsets"
cc -D_GNU_SOURCE -O1 "$root/wasm/tools/charsets.c" "$root/vm/os/os_charset.c" -o "$wasm/charsets.program"
"$wasm/charsets.program" "$wasm/charsets"
node "$root/wasm/pieces.mjs" "$native/baton" "$native/lib/python3.14" "$wasm/library.image" "$native/lib/python3.14/unicode.tables" "$wasm/charsets" "$site"
echo '{"type": "module"}' >"$site/package.json"
echo '{"type": "commonjs"}' >"$site/runtime/package.json"
[ -d "$root/web/node_modules" ] || npm ci --prefix "$root/web" --ignore-scripts --no-audit --no-fund --loglevel=error >&2
node "$root/web/build.mjs" "$site"
