/* bigint_div.c: quotient and remainder of magnitudes: positional_div.h in base 2^30, where scaling is shifting.  No locks, no objects. */
#include "bigint.h"

#include "../memory/alloc.h"

static ALWAYS_INLINE Digit difference_digit(Digit difference, Digit *borrow)
{
    *borrow = difference >> 31;
    return difference & BIGINT_MASK;
}

static Digit scale_of(Digit top) { return BIGINT_BITS - bigint_digit_bits(top); }
#define scale_up bigint_shl_small
#define scale_down bigint_shr_small

#define POSITIONAL(name) bigint_##name
#define POSITIONAL_BASE BIGINT_BASE
/* Measured; nothing depends on the exact value. */
#define RECURSIVE_DIVISION 90
#include "positional_div.h"
