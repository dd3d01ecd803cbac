/* bigint_mul.c: products of magnitudes: positional_mul.h in base 2^30.  No locks, no objects. */
#include "bigint.h"

#include "bigint_ntt.h"
#include "../memory/alloc.h"

#define POSITIONAL(name) bigint_##name
#define POSITIONAL_BASE BIGINT_BASE
/* Measured; nothing depends on the exact values. */
#define KARATSUBA_MUL 56
#define KARATSUBA_SQUARE 80
#define TRANSFORM_SIZE BIGINT_NTT_SIZE
#define transform bigint_ntt_mul
#include "positional_mul.h"
