/* int_arith.c: the operators of int.
 *
 * Operands of up to 60 bits are computed in int64; the others as signed magnitudes (IntView over bigint.h).  Python's rules: // and % round towards minus
 * infinity, & | ^ see endless two's complement, / is correctly rounded.  No locks: ints are immutable.  Read next: int_power.c, bigint.h. */
#include <assert.h>
#include <math.h>

#include "bigint.h"
#include "error.h"
#include "float.h"
#include "int.h"
#include "list.h"
#include "../memory/alloc.h"
#include "../memory/ref.h"

static Value division_by_zero(Thread *t) { return error_set(t, EXC_ZeroDivisionError, "division by zero"); }

static Value pair_take(Thread *t, Value a, Value b)
{
    Value items[2] = {a, b};
    return tuple_from_array_take(t, items, 2);
}

/* ---- sums and products ---- */

static Value add_views(Thread *t, const IntView *a, const IntView *b, bool b_negative)
{
    if (a->negative == b_negative) {
        if (a->size < b->size) {
            const IntView *swap = a;
            a = b;
            b = swap;
        }
        Int *r = int_alloc(t, a->size + 1);
        if (!r)
            return VALUE_EMPTY;
        bigint_add(r->digits, a->digits, a->size, b->digits, b->size);
        return int_finish_take(t, r, a->size + 1, b_negative);
    }
    bool negative = a->negative;
    if (bigint_compare(a->digits, a->size, b->digits, b->size) < 0) {
        const IntView *swap = a;
        a = b;
        b = swap;
        negative = b_negative;
    }
    Int *r = int_alloc(t, a->size);
    if (!r)
        return VALUE_EMPTY;
    bigint_sub(r->digits, a->digits, a->size, b->digits, b->size);
    return int_finish_take(t, r, a->size, negative);
}

static Value multiply_views(Thread *t, const IntView *a, const IntView *b)
{
    size_t size = a->size + b->size;
    Int *r = int_alloc(t, size);
    if (!r)
        return VALUE_EMPTY;
    if (bigint_mul(t, r->digits, a->digits, a->size, b->digits, b->size) < 0) {
        alloc_object_free(t, r);
        return VALUE_EMPTY;
    }
    return int_finish_take(t, r, size, a->negative != b->negative);
}

/* ---- quotients ---- */

/* Floor division. quotient and rest may be NULL; -1 on error. b is not zero. */
static int divmod_views(Thread *t, const IntView *a, const IntView *b, Value *quotient, Value *rest)
{
    bool opposite = a->negative != b->negative;
    if (bigint_compare(a->digits, a->size, b->digits, b->size) < 0) { /* 0 or -1 */
        bool down = opposite && a->size;
        if (rest) {
            *rest = down ? add_views(t, a, b, b->negative) : int_from_digits(t, a->digits, a->size, a->negative);
            if (value_is_empty(*rest))
                return -1;
        }
        if (quotient)
            *quotient = value_from_int(down ? -1 : 0);
        return 0;
    }
    size_t nq = a->size - b->size + 1, nr = b->size;
    Int *q = NULL, *r = NULL;
    if (rest || opposite) { /* else nobody needs to know it */
        r = int_alloc(t, nr);
        if (!r)
            return -1;
    }
    if (quotient) {
        q = int_alloc(t, nq + 1);
        if (!q)
            goto fail;
    }
    if (bigint_divmod(t, q ? q->digits : NULL, r ? r->digits : NULL, a->digits, a->size, b->digits, b->size) < 0)
        goto fail;
    bool down = opposite && bigint_size(r->digits, nr);
    if (quotient) {
        q->digits[nq] = 0;
        if (down) {
            Digit one = 1;
            bigint_add_to(q->digits, nq + 1, &one, 1);
        }
        *quotient = int_finish_take(t, q, nq + 1, opposite);
    }
    if (rest) {
        if (down)
            bigint_sub(r->digits, b->digits, nr, r->digits, nr);
        *rest = int_finish_take(t, r, nr, b->negative);
    } else if (r) {
        alloc_object_free(t, r);
    }
    return 0;
fail:
    if (q)
        alloc_object_free(t, q);
    if (r)
        alloc_object_free(t, r);
    return -1;
}

int int_divmod_near(Thread *t, Value v, Value divisor, Value *quotient, Value *rest)
{
    if (int_sign(divisor) == 0) {
        division_by_zero(t);
        return -1;
    }
    IntView a, b;
    int_view(v, &a);
    int_view(divisor, &b);
    Value q, r, twice = VALUE_EMPTY;
    if (divmod_views(t, &a, &b, &q, &r) < 0)
        return -1;
    /* r has the divisor's sign; round up when 2r is beyond it, or equal with q odd. */
    twice = int_binary(t, BINARY_LSHIFT, r, value_from_int(1));
    if (value_is_empty(twice))
        goto fail;
    int order = int_compare(twice, divisor);
    if (int_sign(divisor) < 0)
        order = -order;
    ref_dec(t, twice);
    if (order > 0 || (order == 0 && (int_to_uint64_mask(q) & 1))) {
        Value up = int_binary(t, BINARY_ADD, q, value_from_int(1));
        ref_dec(t, q);
        q = up;
        Value less = int_binary(t, BINARY_SUB, r, divisor);
        ref_dec(t, r);
        r = less;
        if (value_is_empty(q) || value_is_empty(r))
            goto fail;
    }
    if (quotient)
        *quotient = q;
    else
        ref_dec(t, q);
    if (rest)
        *rest = r;
    else
        ref_dec(t, r);
    return 0;
fail:
    ref_dec(t, q);
    ref_dec(t, r);
    return -1;
}

/* a / b, correctly rounded: a quotient of at least 55 bits with a sticky bit, rounded once to what a double can hold at its magnitude. */
static Value true_divide(Thread *t, Value av, Value bv)
{
    IntView a, b;
    int_view(av, &a);
    int_view(bv, &b);
    bool negative = a.negative != b.negative;
    if (a.size == 0)
        return value_from_double(negative ? -0.0 : 0.0);
    int64_t difference = (int64_t)bigint_bit_length(a.digits, a.size) - (int64_t)bigint_bit_length(b.digits, b.size);
    if (difference > 1024)
        goto overflow;
    if (difference < -1075)
        return value_from_double(negative ? -0.0 : 0.0);
    /* a = quotient * b * 2^shift + ...; a subnormal result has fewer bits, none below 2^-1074 */
    int64_t shift = (difference > -1021 ? difference : -1021) - 55;
    size_t size = a.size + (shift < 0 ? (size_t)(-shift / BIGINT_BITS) + 2 : 1);
    size_t quotient_size = size >= b.size ? size - b.size + 1 : 0;
    Digit *shifted = alloc_memory(t, (size + quotient_size + b.size) * sizeof(Digit));
    if (!shifted)
        return VALUE_EMPTY;
    Digit *quotient = shifted + size, *rest = quotient + quotient_size;
    memset(shifted, 0, size * sizeof(Digit));
    bool sticky = false;
    if (shift < 0) {
        size_t whole = (size_t)(-shift / BIGINT_BITS);
        shifted[whole + a.size] = bigint_shl_small(shifted + whole, a.digits, a.size, (unsigned)(-shift % BIGINT_BITS));
    } else {
        size_t whole = (size_t)(shift / BIGINT_BITS);
        bigint_shr_small(shifted, a.digits + whole, a.size - whole, (unsigned)(shift % BIGINT_BITS));
        sticky = bigint_any_bit_below(a.digits, a.size, (uint64_t)shift);
    }
    size = bigint_size(shifted, size);
    uint64_t q = 0;
    if (size < b.size) {
        sticky = true;
    } else {
        if (bigint_divmod(t, quotient, rest, shifted, size, b.digits, b.size) < 0) {
            alloc_memory_free(t, shifted);
            return VALUE_EMPTY;
        }
        sticky |= bigint_size(rest, b.size) > 0;
        quotient_size = bigint_size(quotient, size - b.size + 1);
        for (size_t i = quotient_size; i-- > 0;)
            q = q << BIGINT_BITS | quotient[i]; /* at most 57 bits */
    }
    alloc_memory_free(t, shifted);
    /* Bits below the last one that the result can hold. */
    int bits = q ? 64 - __builtin_clzll(q) : 0;
    int64_t extra = bits - 53;
    if (-1074 - shift > extra)
        extra = -1074 - shift;
    assert(extra > 0);
    uint64_t half = UINT64_C(1) << (extra - 1);
    uint64_t below = q & (2 * half - 1);
    q >>= extra;
    if (below > half || (below == half && (sticky || (q & 1))))
        q++;
    double d = ldexp((double)q, (int)(shift + extra));
    if (isinf(d))
        goto overflow;
    return value_from_double(negative ? -d : d);
overflow:
    return error_set(t, EXC_OverflowError, "integer division result too large for a float");
}

/* ---- shifts ---- */

Value int_shift_left(Thread *t, Value v, uint64_t count)
{
    int64_t small;
    if (int_small(v, &small)) {
        if (small == 0)
            return value_from_int(0);
        uint64_t magnitude = small < 0 ? -(uint64_t)small : (uint64_t)small;
        if (count < 64 && (unsigned)__builtin_clzll(magnitude) > count + 1)
            return int_from_int64(t, (int64_t)((uint64_t)small << count));
    }
    IntView a;
    int_view(v, &a);
    uint64_t whole = count / BIGINT_BITS;
    if (whole > BIGINT_MAX_SIZE - a.size - 1)
        return error_set(t, EXC_OverflowError, "too many digits in integer");
    size_t size = a.size + (size_t)whole + 1;
    Int *r = int_alloc(t, size);
    if (!r)
        return VALUE_EMPTY;
    memset(r->digits, 0, (size_t)whole * sizeof(Digit));
    r->digits[size - 1] = bigint_shl_small(r->digits + whole, a.digits, a.size, (unsigned)(count % BIGINT_BITS));
    return int_finish_take(t, r, size, a.negative);
}

Value int_shift_right(Thread *t, Value v, uint64_t count)
{
    int64_t small;
    if (int_small(v, &small))
        return int_from_int64(t, count > 63 ? (small < 0 ? -1 : 0) : small >> count);
    IntView a;
    int_view(v, &a);
    uint64_t whole = count / BIGINT_BITS;
    if (whole >= a.size)
        return value_from_int(a.negative ? -1 : 0);
    size_t size = a.size - (size_t)whole;
    Int *r = int_alloc(t, size + 1);
    if (!r)
        return VALUE_EMPTY;
    bigint_shr_small(r->digits, a.digits + whole, size, (unsigned)(count % BIGINT_BITS));
    r->digits[size] = 0;
    if (a.negative && bigint_any_bit_below(a.digits, a.size, count)) {
        Digit one = 1;
        bigint_add_to(r->digits, size + 1, &one, 1);
    }
    return int_finish_take(t, r, size + 1, a.negative);
}

static Value shift(Thread *t, BinaryOp op, Value a, Value b)
{
    if (int_sign(b) < 0)
        return error_set(t, EXC_ValueError, "negative shift count");
    if (int_sign(a) == 0)
        return value_from_int(0);
    int64_t count;
    if (!int_small(b, &count)) {
        if (op == BINARY_RSHIFT)
            return value_from_int(int_sign(a) < 0 ? -1 : 0);
        return error_set(t, EXC_OverflowError, "too many digits in integer");
    }
    return op == BINARY_LSHIFT ? int_shift_left(t, a, (uint64_t)count) : int_shift_right(t, a, (uint64_t)count);
}

/* ---- bits ---- */

/* A digit of the endless two's complement of a signed magnitude; *carry starts as 1 for a negative one. */
static ALWAYS_INLINE Digit complement_digit(const IntView *a, size_t i, Digit *carry)
{
    Digit d = i < a->size ? a->digits[i] : 0;
    if (!a->negative)
        return d;
    *carry += d ^ BIGINT_MASK;
    d = *carry & BIGINT_MASK;
    *carry >>= BIGINT_BITS;
    return d;
}

/* The same of two that are not negative: digit by digit. */
static Value bits_plain(Thread *t, BinaryOp op, const IntView *a, const IntView *b)
{
    if (a->size < b->size) {
        const IntView *swap = a;
        a = b;
        b = swap;
    }
    size_t size = op == BINARY_AND ? b->size : a->size;
    Int *r = int_alloc(t, size);
    if (!r)
        return VALUE_EMPTY;
    const Digit *x = a->digits, *y = b->digits;
    Digit *z = r->digits;
    if (op == BINARY_AND) {
        for (size_t i = 0; i < size; i++)
            z[i] = x[i] & y[i];
        return int_finish_take(t, r, size, false);
    }
    if (op == BINARY_OR) {
        for (size_t i = 0; i < b->size; i++)
            z[i] = x[i] | y[i];
    } else {
        for (size_t i = 0; i < b->size; i++)
            z[i] = x[i] ^ y[i];
    }
    memcpy(z + b->size, x + b->size, (size - b->size) * sizeof(Digit));
    return int_finish_take(t, r, size, false);
}

static Value bits_views(Thread *t, BinaryOp op, const IntView *a, const IntView *b)
{
    if (!a->negative && !b->negative)
        return bits_plain(t, op, a, b);
    bool negative = op == BINARY_AND  ? a->negative && b->negative
                    : op == BINARY_OR ? a->negative || b->negative
                                      : a->negative != b->negative;
    size_t size = a->size > b->size ? a->size : b->size;
    if (op == BINARY_AND) { /* a non-negative operand bounds the result */
        if (!a->negative && (b->negative || a->size < b->size))
            size = a->size;
        else if (!b->negative)
            size = b->size;
    }
    Int *r = int_alloc(t, size + 1);
    if (!r)
        return VALUE_EMPTY;
    Digit carry_a = 1, carry_b = 1, carry_r = 1;
    for (size_t i = 0; i < size; i++) {
        Digit x = complement_digit(a, i, &carry_a), y = complement_digit(b, i, &carry_b);
        Digit z = op == BINARY_AND ? x & y : op == BINARY_OR ? x | y : x ^ y;
        if (negative) {
            carry_r += z ^ BIGINT_MASK;
            z = carry_r & BIGINT_MASK;
            carry_r >>= BIGINT_BITS;
        }
        r->digits[i] = z;
    }
    r->digits[size] = negative ? carry_r : 0;
    return int_finish_take(t, r, size + 1, negative);
}

/* ---- all together ---- */

static Value binary_big(Thread *t, BinaryOp op, Value av, Value bv)
{
    if (op == BINARY_LSHIFT || op == BINARY_RSHIFT)
        return shift(t, op, av, bv);
    if (op == BINARY_POW)
        return int_power(t, av, bv, VALUE_NONE);
    IntView a, b;
    int_view(av, &a);
    int_view(bv, &b);
    Value quotient, rest;
    switch (op) {
    case BINARY_ADD: return add_views(t, &a, &b, b.negative);
    case BINARY_SUB: return add_views(t, &a, &b, !b.negative);
    case BINARY_MUL: return multiply_views(t, &a, &b);
    case BINARY_AND:
    case BINARY_OR:
    case BINARY_XOR: return bits_views(t, op, &a, &b);
    default: break;
    }
    if (b.size == 0)
        return division_by_zero(t);
    switch (op) {
    case BINARY_TRUEDIV: return true_divide(t, av, bv);
    case BINARY_FLOORDIV: return divmod_views(t, &a, &b, &quotient, NULL) < 0 ? VALUE_EMPTY : quotient;
    case BINARY_MOD: return divmod_views(t, &a, &b, NULL, &rest) < 0 ? VALUE_EMPTY : rest;
    case BINARY_DIVMOD:
        return divmod_views(t, &a, &b, &quotient, &rest) < 0 ? VALUE_EMPTY : pair_take(t, quotient, rest);
    default: return error_bad_internal_call(t, "int_binary");
    }
}

Value int_binary(Thread *t, BinaryOp op, Value a, Value b)
{
    int64_t x, y, z;
    if (!int_small(a, &x) || !int_small(b, &y))
        return binary_big(t, op, a, b);
    switch (op) {
    case BINARY_ADD: return int_from_int64(t, x + y);
    case BINARY_SUB: return int_from_int64(t, x - y);
    case BINARY_MUL:
        if (UNLIKELY(__builtin_mul_overflow(x, y, &z)))
            return binary_big(t, op, a, b);
        return int_from_int64(t, z);
    case BINARY_FLOORDIV:
    case BINARY_MOD:
    case BINARY_DIVMOD: {
        if (UNLIKELY(y == 0))
            return division_by_zero(t);
        int64_t quotient = x / y, rest = x % y;
        if (rest && (rest ^ y) < 0) {
            quotient--;
            rest += y;
        }
        if (op == BINARY_FLOORDIV)
            return int_from_int64(t, quotient);
        if (op == BINARY_MOD)
            return int_from_int64(t, rest);
        Value q = int_from_int64(t, quotient);
        if (value_is_empty(q))
            return q;
        Value r = int_from_int64(t, rest);
        if (value_is_empty(r)) {
            ref_dec(t, q);
            return r;
        }
        return pair_take(t, q, r);
    }
    case BINARY_TRUEDIV:
        if (UNLIKELY(y == 0))
            return division_by_zero(t);
        if (UNLIKELY(x > INT64_C(1) << 53 || x < -(INT64_C(1) << 53) || y > INT64_C(1) << 53 ||
                     y < -(INT64_C(1) << 53)))
            return true_divide(t, a, b);
        return value_from_double((double)x / (double)y);
    case BINARY_POW: return int_power(t, a, b, VALUE_NONE);
    case BINARY_LSHIFT:
    case BINARY_RSHIFT: return shift(t, op, a, b);
    case BINARY_AND: return int_from_int64(t, x & y);
    case BINARY_OR: return int_from_int64(t, x | y);
    case BINARY_XOR: return int_from_int64(t, x ^ y);
    default: return error_bad_internal_call(t, "int_binary");
    }
}

Value int_negate(Thread *t, Value v)
{
    int64_t small;
    if (int_small(v, &small))
        return int_from_int64(t, -small);
    IntView a;
    int_view(v, &a);
    return int_from_digits(t, a.digits, a.size, !a.negative);
}
