/* compat.h: constants that some releases of the C library for wasm leave out, and what C's own means do not say well enough for wasm; included before every file. */
#ifndef BATON_WASM_COMPAT_H
#define BATON_WASM_COMPAT_H

#include "atomics.h"
#ifdef WASM_HINTS
#include "hints.h"
#endif

#ifndef SEEK_DATA
#define SEEK_DATA 3
#define SEEK_HOLE 4
#endif

#endif
