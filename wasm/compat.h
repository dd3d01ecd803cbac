/* compat.h: constants that some releases of the C library for wasm leave out, and atomics.h; included before every file. */
#ifndef BATON_WASM_COMPAT_H
#define BATON_WASM_COMPAT_H

#include "atomics.h"

#ifndef SEEK_DATA
#define SEEK_DATA 3
#define SEEK_HOLE 4
#endif

#endif
