/* mod_math_integer.c: gcd, lcm, factorial, comb, perm and isqrt of the module math.  No state, no locks. */
#include "mod_math.h"

#include "../memory/ref.h"
#include "../object/error.h"
#include "../object/int.h"

/* a OP b, dropping both. */
static Value binary_take(Thread *t, BinaryOp op, Value a, Value b)
{
    Value r = value_is_empty(a) || value_is_empty(b) ? VALUE_EMPTY : int_binary(t, op, a, b);
    ref_dec(t, a);
    ref_dec(t, b);
    return r;
}

/* ---- gcd and lcm ---- */

static Value absolute_take(Thread *t, Value v)
{
    if (value_is_empty(v) || int_sign(v) >= 0)
        return v;
    Value r = int_negate(t, v);
    ref_dec(t, v);
    return r;
}

NATIVE(gcd, "gcd", "($module, /, *integers)", "The greatest common divisor of the arguments; 0 without any.")
{
    Value result = value_from_int(0);
    for (uint32_t i = 1; i < n; i++) {
        Value x = number_index(t, args[i]);
        if (value_is_empty(x)) {
            ref_dec(t, result);
            return x;
        }
        Value next = i == 1                                ? absolute_take(t, ref_inc(t, x))
                     : value_is(result, value_from_int(1)) ? result
                                                           : int_gcd(t, result, x);
        ref_dec(t, x);
        ref_dec(t, result);
        if (value_is_empty(next))
            return next;
        result = next;
    }
    return result;
}

NATIVE(lcm, "lcm", "($module, /, *integers)",
       "The least common multiple of the arguments; 1 without any, 0 if one is 0.")
{
    Value result = value_from_int(1);
    for (uint32_t i = 1; i < n; i++) {
        Value x = absolute_take(t, number_index(t, args[i]));
        if (value_is_empty(x)) {
            ref_dec(t, result);
            return x;
        }
        Value next;
        if (int_sign(result) == 0 || int_sign(x) == 0) {
            next = value_from_int(0);
        } else {
            Value divisor = int_gcd(t, result, x);
            Value part = value_is_empty(divisor) ? divisor : int_binary(t, BINARY_FLOORDIV, result, divisor);
            ref_dec(t, divisor);
            next = binary_take(t, BINARY_MUL, part, ref_inc(t, x));
        }
        ref_dec(t, x);
        ref_dec(t, result);
        if (value_is_empty(next))
            return next;
        result = next;
    }
    return result;
}

/* ---- products of ranges ---- */

/* start * (start + step) * ... below stop, halved until the factors fit a machine word. */
static Value range_product(Thread *t, uint64_t start, uint64_t stop, uint64_t step)
{
    uint64_t count = stop > start ? (stop - start + step - 1) / step : 0;
    if (count == 0)
        return value_from_int(1);
    uint64_t last = start + (count - 1) * step;
    unsigned bits = 64 - (unsigned)__builtin_clzll(last);
    if (count * bits <= 64) {
        uint64_t product = start;
        for (uint64_t i = 1; i < count; i++)
            product *= start + i * step;
        return int_from_uint64(t, product);
    }
    uint64_t middle = start + count / 2 * step;
    Value low = range_product(t, start, middle, step);
    if (value_is_empty(low))
        return low;
    return binary_take(t, BINARY_MUL, low, range_product(t, middle, stop, step));
}

/* ---- factorial ---- */

static Value factorial_of(Thread *t, uint64_t n)
{
    if (n <= 20) {
        uint64_t r = 1;
        for (uint64_t i = 2; i <= n; i++)
            r *= i;
        return int_from_uint64(t, r);
    }
    /* n! = 2^(n - ones in n) times the odd numbers up to n, those up to n/2 once more, those up to n/4 ... */
    Value inner = value_from_int(1), outer = value_from_int(1);
    uint64_t below = 1;
    for (int shift = 63 - __builtin_clzll(n); shift >= 0; shift--) {
        uint64_t upper = ((n >> shift) + 1) | 1; /* the first odd number above n >> shift */
        inner = binary_take(t, BINARY_MUL, inner, range_product(t, below, upper, 2));
        if (value_is_empty(inner)) {
            ref_dec(t, outer);
            return inner;
        }
        below = upper;
        outer = binary_take(t, BINARY_MUL, outer, ref_inc(t, inner));
        if (value_is_empty(outer)) {
            ref_dec(t, inner);
            return outer;
        }
    }
    ref_dec(t, inner);
    Value r = int_shift_left(t, outer, n - (uint64_t)__builtin_popcountll(n));
    ref_dec(t, outer);
    return r;
}

static Value factorial(Thread *t, Value v)
{
    Value n = number_index(t, v);
    if (value_is_empty(n))
        return n;
    int overflow;
    int64_t x = int_to_int64_overflow(t, n, &overflow);
    ref_dec(t, n);
    if (overflow > 0)
        return error_set(t, EXC_OverflowError, "factorial() argument should not exceed %lld", (long long)INT64_MAX);
    if (overflow < 0 || x < 0)
        return error_set(t, EXC_ValueError, "factorial() not defined for negative values");
    return factorial_of(t, (uint64_t)x);
}

NATIVE(factorial, "factorial", "($module, n, /)", "The product of the integers 1 to n.")
{
    return factorial(t, args[1]);
}

/* ---- comb and perm ---- */

/* n * (n-1) * ... * (n-k+1) for an n of any size. */
static Value falling_factorial(Thread *t, Value n, uint64_t k)
{
    if (k == 0)
        return value_from_int(1);
    if (k == 1)
        return ref_inc(t, n);
    uint64_t j = k / 2;
    Value left = falling_factorial(t, n, j);
    if (value_is_empty(left))
        return left;
    Value count = int_from_uint64(t, j);
    Value rest = value_is_empty(count) ? count : int_binary(t, BINARY_SUB, n, count);
    ref_dec(t, count);
    Value right = value_is_empty(rest) ? rest : falling_factorial(t, rest, k - j);
    ref_dec(t, rest);
    return binary_take(t, BINARY_MUL, left, right);
}

/* Both arguments as ints that are not negative; false with an exception. */
static bool two_arguments(Thread *t, Value a, Value b, Value *n, Value *k)
{
    *n = number_index(t, a);
    if (value_is_empty(*n))
        return false;
    *k = number_index(t, b);
    if (!value_is_empty(*k)) {
        if (int_sign(*n) < 0)
            error_set(t, EXC_ValueError, "n must be a non-negative integer");
        else if (int_sign(*k) < 0)
            error_set(t, EXC_ValueError, "k must be a non-negative integer");
        else
            return true;
        ref_dec(t, *k);
    }
    ref_dec(t, *n);
    return false;
}

NATIVE(perm, "perm", "($module, n, k=None, /)",
       "In how many ways k of n things can be put in order: n! / (n - k)!; n! without k, and 0 when k > n.")
{
    if (value_is_empty(args[2]) || value_is_none(args[2]))
        return factorial(t, args[1]);
    Value count, k, result;
    if (!two_arguments(t, args[1], args[2], &count, &k))
        return VALUE_EMPTY;
    int64_t small_n, small_k;
    int overflow;
    small_k = int_to_int64_overflow(t, k, &overflow);
    if (int_compare(count, k) < 0)
        result = value_from_int(0);
    else if (overflow)
        result = error_set(t, EXC_OverflowError, "k must not exceed %lld", (long long)INT64_MAX);
    else if (int_small(count, &small_n))
        result = range_product(t, (uint64_t)(small_n - small_k + 1), (uint64_t)small_n + 1, 1);
    else
        result = falling_factorial(t, count, (uint64_t)small_k);
    ref_dec(t, count);
    ref_dec(t, k);
    return result;
}

/* C(n, k) while every intermediate product fits 64 bits: false when it would not. */
static bool comb_word(uint64_t n, uint64_t k, uint64_t *result)
{
    uint64_t r = 1;
    for (uint64_t i = 0; i < k; i++) { /* r = C(n, i): exact, since C(n, i) * (n - i) = C(n, i + 1) * (i + 1) */
        uint64_t product;
        if (__builtin_mul_overflow(r, n - i, &product))
            return false;
        r = product / (i + 1);
    }
    *result = r;
    return true;
}

/* C(n, k) = C(n, j) * C(n - j, k - j) / C(k, j) */
static Value comb_word_or_split(Thread *t, uint64_t n, uint64_t k)
{
    uint64_t r;
    if (k > n - k)
        k = n - k;
    if (comb_word(n, k, &r))
        return int_from_uint64(t, r);
    if (n < 600) { /* the product of one range over a factorial: short enough */
        return binary_take(t, BINARY_FLOORDIV, range_product(t, n - k + 1, n + 1, 1), factorial_of(t, k));
    }
    uint64_t j = k / 2;
    Value left = comb_word_or_split(t, n, j);
    if (value_is_empty(left))
        return left;
    Value both = binary_take(t, BINARY_MUL, left, comb_word_or_split(t, n - j, k - j));
    if (value_is_empty(both))
        return both;
    return binary_take(t, BINARY_FLOORDIV, both, comb_word_or_split(t, k, j));
}

NATIVE(comb, "comb", "($module, n, k, /)",
       "In how many ways k of n things can be chosen: n! / (k! * (n - k)!), and 0 when k > n.")
{
    Value count, k, result = VALUE_EMPTY;
    if (!two_arguments(t, args[1], args[2], &count, &k))
        return VALUE_EMPTY;
    int64_t small_n, small_k;
    if (int_compare(count, k) < 0) {
        result = value_from_int(0);
    } else if (int_small(count, &small_n) && int_small(k, &small_k)) {
        result = comb_word_or_split(t, (uint64_t)small_n, (uint64_t)small_k);
    } else {
        Value other = int_binary(t, BINARY_SUB, count, k);
        if (!value_is_empty(other)) {
            if (int_compare(other, k) < 0) {
                ref_dec(t, k);
                k = other;
            } else {
                ref_dec(t, other);
            }
            int overflow;
            small_k = int_to_int64_overflow(t, k, &overflow);
            if (overflow) {
                result = error_set(t, EXC_OverflowError, "min(n - k, k) must not exceed %lld", (long long)INT64_MAX);
            } else {
                Value top = falling_factorial(t, count, (uint64_t)small_k);
                result = value_is_empty(top) ? top
                                             : binary_take(t, BINARY_FLOORDIV, top, factorial_of(t, (uint64_t)small_k));
            }
        }
    }
    ref_dec(t, count);
    ref_dec(t, k);
    return result;
}

NATIVE(isqrt, "isqrt", "($module, n, /)", "The integer part of the square root of n.")
{
    Value v = number_index(t, args[1]);
    if (value_is_empty(v))
        return v;
    Value r = int_sign(v) < 0 ? error_set(t, EXC_ValueError, "isqrt() argument must be nonnegative") : int_isqrt(t, v);
    ref_dec(t, v);
    return r;
}

const NativeDef *const math_integer_functions[] = {
    &native_gcd, &native_lcm, &native_factorial, &native_perm, &native_comb, &native_isqrt, NULL,
};
