/* int.h: Python ints.  In [-2^48, 2^48) they are unboxed Values; bigger ones, and all instances of subclasses of int, are heap objects.
 *
 * Invariant: an exact int that fits is never a heap object (every result goes through int_from_... or normalises). bool is True and False only. */
#ifndef BATON_OBJECT_INT_H
#define BATON_OBJECT_INT_H

#include "object.h"

/* Magnitude in little-endian digits of 30 bits, sign apart; `size` 0 is zero (in subclass instances only). head.aux is free. */
typedef struct Int {
    Object head;
    int64_t size_sign; /* number of digits, negative for a negative int */
    uint32_t digits[];
} Int;

/* The magnitude of any int as digits (bigint.h), without allocating; it lives as long as the value and the view. */
typedef struct IntView {
    const uint32_t *digits;
    size_t size; /* no leading zeros; 0 for zero */
    bool negative;
    uint32_t small[2];
} IntView;

/* int or a subclass, bool included. */
static ALWAYS_INLINE bool int_check(Value v) { return value_is_int(v) || object_is(v, KIND_INT) || value_is_bool(v); }
/* exactly int: unboxed or a big one */
static ALWAYS_INLINE bool int_check_exact(Value v) { return value_is_int(v) || object_is_exact(v, KIND_INT); }

MUST_CHECK Value int_from_int64_slow(Thread *t, int64_t i);
static ALWAYS_INLINE Value int_from_int64(Thread *t, int64_t i)
{
    return LIKELY(value_fits_int(i)) ? value_from_int(i) : int_from_int64_slow(t, i);
}
MUST_CHECK Value int_from_uint64(Thread *t, uint64_t u);
MUST_CHECK Value int_from_size(Thread *t, size_t n);
MUST_CHECK Value int_from_double(Thread *t, double d); /* truncates; OverflowError / ValueError for inf and nan */
MUST_CHECK Value int_from_pointer(Thread *t, const void *p);
/* Digits in a base of 2..36 or 0 (prefix decides), with underscores and whitespace as int() allows; ValueError as CPython's. s is UTF-8. */
MUST_CHECK Value int_from_string(Thread *t, const char *s, size_t length, int base, Value original);
/* int() of a str, bytes or bytearray: 1 handled (*result empty on error), 0 when v is none of them. */
int int_from_text(Thread *t, Value v, int base, Value *result);
MUST_CHECK Value int_from_bytes(Thread *t, const uint8_t *bytes, size_t n, bool little_endian, bool is_signed);
/* 0, or -1 with OverflowError when it does not fit. v must satisfy int_check. */
int int_to_bytes(Thread *t, Value v, uint8_t *bytes, size_t n, bool little_endian, bool is_signed);
/* v must satisfy int_check. *overflow: -1, 0, 1 instead of an exception. */
int64_t int_to_int64_overflow(Thread *t, Value v, int *overflow);
/* From anything with __index__: 0, or -1 with TypeError or OverflowError. */
int int_to_int64(Thread *t, Value v, int64_t *result);
int int_to_uint64(Thread *t, Value v, uint64_t *result); /* ValueError-free: OverflowError for negatives */
int int_to_int(Thread *t, Value v, int *result);         /* C int range */
int int_to_size(Thread *t, Value v, int64_t *result);    /* up to sys.maxsize, which is the same on every target */
uint64_t int_to_uint64_mask(Value v);                    /* low 64 bits, two's complement; int_check */
double int_to_double(Thread *t, Value v);                /* rounds half even; -1.0 and OverflowError when too large */
int int_sign(Value v);                                   /* -1, 0, 1 */
int int_compare(Value a, Value b);                       /* -1, 0, 1; both int_check */
hash_t int_hash(Value v);
uint64_t int_bit_length(Value v);
/* The exact int of an int or subclass instance (bool gives 0 or 1): owned. */
MUST_CHECK Value int_exact(Thread *t, Value v);
/* The value of an int of at most 60 bits; false for a bigger one. int_check(v). */
static ALWAYS_INLINE bool int_small(Value v, int64_t *result)
{
    if (value_is_int(v)) {
        *result = value_to_int(v);
        return true;
    }
    if (value_is_bool(v)) {
        *result = value_is(v, VALUE_TRUE);
        return true;
    }
    const Int *i = (const Int *)value_object(v);
    int64_t magnitude;
    switch (i->size_sign) {
    case 0: *result = 0; return true;
    case 1:
    case -1: magnitude = i->digits[0]; break;
    case 2:
    case -2: magnitude = (int64_t)i->digits[1] << 30 | i->digits[0]; break;
    default: return false;
    }
    *result = i->size_sign < 0 ? -magnitude : magnitude;
    return true;
}
void int_view(Value v, IntView *view); /* int_check(v) */
/* A new exact int with room for `size` digits, to be filled and then normalised by int_finish_take (which may give its memory back). */
MUST_CHECK Int *int_alloc(Thread *t, size_t size);
MUST_CHECK Value int_finish_take(Thread *t, Int *i, size_t size, bool negative);
MUST_CHECK Value int_from_digits(Thread *t, const uint32_t *digits, size_t size, bool negative);
/* The digits of |v| in a base of 2..36, without prefix and limit: in `buffer` when they fit its size, else in alloc_memory that the caller frees. NULL with MemoryError. */
char *int_text(Thread *t, Value v, int base, char *buffer, size_t buffer_size, size_t *length);
/* ValueError when a decimal conversion of v would exceed the digit limit for certain, or when `length` digits do: 0 or -1. */
int int_check_text_limit(Thread *t, Value v);
int int_check_text_length(Thread *t, size_t length);
/* Arithmetic on values that satisfy int_check: the exact result, normalised. int_binary takes every BinaryOp but MATMUL (TRUEDIV gives a float; DIVMOD a tuple). */
MUST_CHECK Value int_binary(Thread *t, BinaryOp op, Value a, Value b);
/* pow(a, b) and pow(a, b, modulus), all int_check; a float when b is negative and there is no modulus (VALUE_NONE). */
MUST_CHECK Value int_power(Thread *t, Value a, Value b, Value modulus);
MUST_CHECK Value int_shift_left(Thread *t, Value v, uint64_t count);
MUST_CHECK Value int_shift_right(Thread *t, Value v, uint64_t count); /* rounds towards minus infinity */
/* v / divisor rounded half to even, and the remainder: 0 or -1. Either result may be NULL. */
int int_divmod_near(Thread *t, Value v, Value divisor, Value *quotient, Value *rest);
MUST_CHECK Value int_isqrt(Thread *t, Value v); /* of v >= 0 */
MUST_CHECK Value int_negate(Thread *t, Value v);
MUST_CHECK Value int_gcd(Thread *t, Value a, Value b);
MUST_CHECK Value int_to_str(Thread *t, Value v, int base); /* base 10 without prefix; 2, 8, 16 with their prefix */
/* frexp of any size: v = result * 2^exponent, 0.5 <= |result| < 1 (math.log of huge ints). */
double int_frexp(Value v, int64_t *exponent);

/* An ASCII copy of a str for number parsers: decimal digits of any script become 0..9, whitespace a space, other characters '?'. Memory from alloc_memory, NUL-terminated;
 * an ASCII str is copied as it is. NULL with MemoryError. */
char *number_text(Thread *t, Value str, size_t *length);

typedef struct TypeSpec TypeSpec;
extern const TypeSpec type_spec_int, type_spec_bool;

#endif
