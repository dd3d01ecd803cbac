/* value.h: the 64-bit word in which every Python value travels, the same on 64-bit and wasm32 targets.
 *
 *   0                                   VALUE_EMPTY: no value (an error is pending, a slot is free, an argument is absent)
 *   1 .. 255                            the constants None, False, True, NotImplemented, Ellipsis
 *   256 .. 2^49-1                       pointer to a heap Object; dereferencing needs no mask
 *   2^49 .. 0xFFFB_FFFF_FFFF_FFFF       a double, its bits plus 2^49
 *   0xFFFE_0000_0000_0000 .. 2^64-1     an int in [-2^48, 2^48), biased: 0 is 0xFFFF_0000_0000_0000
 *
 * Invariants.  An exact int in that range is never a heap object, nor is an exact float.  Equal bits mean `is`.  Every double is
 * made by value_from_double, which folds all NaNs into one for each sign: an arbitrary NaN could forge a pointer or an int.
 * None of the first two and last two groups is reference-counted. */
#ifndef BATON_OBJECT_VALUE_H
#define BATON_OBJECT_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../config.h"

/* A struct, so that the compiler tells a Value from an integer; it travels in a register all the same. */
typedef struct Value {
    uint64_t bits;
} Value;

typedef struct Object Object;
typedef struct Thread Thread;
typedef struct Interp Interp;
typedef struct Type Type;

#define VALUE_EMPTY ((Value){0})
#define VALUE_NONE ((Value){8})
#define VALUE_FALSE ((Value){16})
#define VALUE_TRUE ((Value){24})
#define VALUE_NOTIMPLEMENTED ((Value){32})
#define VALUE_ELLIPSIS ((Value){40})

#define VALUE_POINTER_MIN UINT64_C(256)
#define VALUE_DOUBLE_OFFSET (UINT64_C(1) << 49)
#define VALUE_INT_TAG UINT64_C(0xFFFE000000000000)
#define VALUE_INT_ZERO UINT64_C(0xFFFF000000000000)
#define VALUE_INT_MAX ((INT64_C(1) << 48) - 1)
#define VALUE_INT_MIN (-(INT64_C(1) << 48))

static ALWAYS_INLINE bool value_is(Value a, Value b) { return a.bits == b.bits; }
static ALWAYS_INLINE bool value_is_empty(Value v) { return v.bits == 0; }
static ALWAYS_INLINE bool value_is_none(Value v) { return v.bits == VALUE_NONE.bits; }
static ALWAYS_INLINE bool value_is_bool(Value v) { return (v.bits | 8) == VALUE_TRUE.bits; }
static ALWAYS_INLINE bool value_is_object(Value v)
{
    return (v.bits - VALUE_POINTER_MIN) >> 48 == 0; /* no address has more bits; a shift needs no wide constant */
}
static ALWAYS_INLINE bool value_is_int(Value v) { return v.bits >= VALUE_INT_TAG; }
static ALWAYS_INLINE bool value_is_double(Value v)
{
    return v.bits - VALUE_DOUBLE_OFFSET < VALUE_INT_TAG - VALUE_DOUBLE_OFFSET;
}

/* The heap object of a value for which value_is_object holds. */
static ALWAYS_INLINE Object *value_object(Value v) { return (Object *)(uintptr_t)v.bits; }
/* A pointer (to any object struct) as a Value; NULL becomes VALUE_EMPTY. */
static ALWAYS_INLINE Value value_of(const void *object) { return (Value){(uint64_t)(uintptr_t)object}; }

static ALWAYS_INLINE bool value_fits_int(int64_t i) { return i >= VALUE_INT_MIN && i <= VALUE_INT_MAX; }
/* *product = i * j if that fits, for i and j that do.  WebAssembly has no product of 128 bits; there doubles tell: they hold both factors exactly, and rounding does not carry a
 * product across 2^48. */
static ALWAYS_INLINE bool value_int_product(int64_t i, int64_t j, int64_t *product)
{
#if defined(__wasm__)
    *product = (int64_t)((uint64_t)i * (uint64_t)j);
    double about = (double)i * (double)j;
    return about < -(double)VALUE_INT_MIN && about > (double)VALUE_INT_MIN;
#else
    return !__builtin_mul_overflow(i, j, product) && value_fits_int(*product);
#endif
}
/* i must satisfy value_fits_int; int_from_int64 (int.h) takes any. */
static ALWAYS_INLINE Value value_from_int(int64_t i) { return (Value){VALUE_INT_ZERO + (uint64_t)i}; }
static ALWAYS_INLINE int64_t value_to_int(Value v) { return (int64_t)(v.bits - VALUE_INT_ZERO); }

static ALWAYS_INLINE Value value_from_bool(bool b) { return b ? VALUE_TRUE : VALUE_FALSE; }

/* Any double, from arithmetic or from foreign bits (struct, array, memoryview, marshal, C results, negation). */
static ALWAYS_INLINE Value value_from_double(double d)
{
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    if (UNLIKELY(d != d))
        bits = (bits & UINT64_C(0x8000000000000000)) | UINT64_C(0x7FF8000000000000);
    return (Value){bits + VALUE_DOUBLE_OFFSET};
}
static ALWAYS_INLINE double value_to_double(Value v)
{
    uint64_t bits = v.bits - VALUE_DOUBLE_OFFSET;
    double d;
    memcpy(&d, &bits, sizeof d);
    return d;
}

#endif
