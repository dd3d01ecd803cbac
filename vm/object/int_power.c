/* int_power.c: powers, modular powers, greatest common divisors and integer square roots of ints.
 *
 * pow(a, b, c) uses Montgomery's multiplication for odd moduli of moderate size, and a window of five exponent bits for long exponents; gcd is Lehmer's.
 * No locks: ints are immutable. */
#include <math.h>

#include "bigint.h"
#include "error.h"
#include "float.h"
#include "int.h"
#include "../memory/alloc.h"
#include "../memory/ref.h"

/* Digits up to which Montgomery's quadratic reduction beats division (which is subquadratic for long numbers). */
#define MONTGOMERY_MAX 400
/* Exponents of more bits than this use windows. */
#define WINDOW_BITS_MIN 60
#define WINDOW 5

/* a OP b, dropping a. */
static Value binary_take(Thread *t, BinaryOp op, Value a, Value b)
{
    Value r = int_binary(t, op, a, b);
    ref_dec(t, a);
    return r;
}

/* ---- pow(a, b) ---- */

/* The odd part of |a| to the power b, by squaring from the top bit down. */
static Value power_odd(Thread *t, const Digit *a, size_t n, uint64_t exponent, bool negative, uint64_t shift)
{
    double bits = (double)bigint_bit_length(a, n) * (double)exponent;
    if (bits > 9e15 || bits > (double)SIZE_MAX)
        return error_no_memory(t);
    uint64_t whole = shift / BIGINT_BITS;
    size_t room = (size_t)(bits / BIGINT_BITS) + 3;
    Digit *memory = alloc_memory(t, 2 * (room + n) * sizeof(Digit));
    if (!memory)
        return VALUE_EMPTY;
    Digit *power = memory, *other = memory + room + n;
    memcpy(power, a, n * sizeof(Digit));
    size_t size = n;
    Value result = VALUE_EMPTY;
    for (int bit = 62 - __builtin_clzll(exponent); bit >= 0; bit--) {
        for (int step = 0; step < 2; step++) {
            if (step == 1 && !(exponent >> bit & 1))
                break;
            const Digit *factor = step ? a : power;
            size_t factor_size = step ? n : size;
            if (bigint_check_signals(t) < 0 || bigint_mul(t, other, power, size, factor, factor_size) < 0)
                goto done;
            size = bigint_size(other, size + factor_size);
            Digit *swap = power;
            power = other;
            other = swap;
        }
    }
    if (whole > BIGINT_MAX_SIZE - size - 1) {
        error_no_memory(t);
        goto done;
    }
    size_t total = size + (size_t)whole + 1;
    Int *r = int_alloc(t, total);
    if (!r)
        goto done;
    memset(r->digits, 0, (size_t)whole * sizeof(Digit));
    r->digits[total - 1] = bigint_shl_small(r->digits + whole, power, size, (unsigned)(shift % BIGINT_BITS));
    result = int_finish_take(t, r, total, negative);
done:
    alloc_memory_free(t, memory);
    return result;
}

static Value power(Thread *t, Value base, Value exponent)
{
    int64_t e, small;
    if (int_sign(exponent) < 0) {
        double x = int_to_double(t, base);
        if (x == -1.0 && error_pending(t))
            return VALUE_EMPTY;
        double y = int_to_double(t, exponent);
        if (y == -1.0 && error_pending(t))
            return VALUE_EMPTY;
        return float_power(t, x, y);
    }
    if (int_small(base, &small) && small >= -1 && small <= 1) {
        if (small == 1 || int_sign(exponent) == 0)
            return value_from_int(1);
        return small == 0 ? value_from_int(0) : value_from_int((int_to_uint64_mask(exponent) & 1) ? -1 : 1);
    }
    if (!int_small(exponent, &e))
        return error_no_memory(t);
    if (e == 0)
        return value_from_int(1);
    if (e == 1)
        return int_exact(t, base);
    if (int_small(base, &small) && e < 62) { /* as long as it fits 63 bits */
        int64_t r = 1, square = small;
        for (int64_t left = e;;) {
            if ((left & 1) && __builtin_mul_overflow(r, square, &r))
                break;
            left >>= 1;
            if (!left)
                return int_from_int64(t, r);
            if (__builtin_mul_overflow(square, square, &square))
                break;
        }
    }
    IntView a;
    int_view(base, &a);
    uint64_t zeros = bigint_trailing_zeros(a.digits, a.size), shift;
    if (__builtin_mul_overflow(zeros, (uint64_t)e, &shift))
        return error_no_memory(t);
    bool negative = a.negative && (e & 1);
    if (zeros == 0)
        return power_odd(t, a.digits, a.size, (uint64_t)e, negative, 0);
    Value odd = int_shift_right(t, base, zeros); /* exact */
    if (value_is_empty(odd))
        return odd;
    int_view(odd, &a);
    Value r = power_odd(t, a.digits, a.size, (uint64_t)e, negative, shift);
    ref_dec(t, odd);
    return r;
}

/* ---- pow(a, b, c) ---- */

/* Multiplication modulo c of numbers below c, n digits each (padded), in Montgomery's form when `montgomery`. */
typedef struct Modulus {
    const Digit *digits;
    size_t n;
    bool montgomery;
    Digit inverse;   /* -1 / digits[0] mod 2^30 */
    Digit *product;  /* 2n + 1 digits of scratch */
    Digit *quotient; /* n + 1 digits of scratch for division */
} Modulus;

static int modulus_multiply(Thread *t, const Modulus *m, Digit *r, const Digit *a, const Digit *b)
{
    size_t n = m->n;
    Digit *p = m->product;
    if (bigint_mul(t, p, a, n, b, n) < 0)
        return -1;
    if (!m->montgomery)
        return bigint_divmod(t, NULL, r, p, 2 * n, m->digits, n);
    Digit above = 0;
    for (size_t i = 0; i < n; i++) {
        Digit factor = (Digit)((uint64_t)p[i] * m->inverse) & BIGINT_MASK;
        uint64_t carry = 0;
        Digit *row = p + i;
        for (size_t j = 0; j < n; j++) {
            carry += (uint64_t)factor * m->digits[j] + row[j];
            row[j] = (Digit)carry & BIGINT_MASK;
            carry >>= BIGINT_BITS;
        }
        carry += (uint64_t)row[n] + above;
        row[n] = (Digit)carry & BIGINT_MASK;
        above = (Digit)(carry >> BIGINT_BITS);
    }
    memcpy(r, p + n, n * sizeof(Digit));
    if (above || bigint_compare(r, n, m->digits, n) >= 0)
        bigint_sub_from(r, n, m->digits, n);
    return 0;
}

/* r (n digits) = a * 2^(30 n) mod c, or a itself without Montgomery's form. */
static int modulus_enter(Thread *t, const Modulus *m, Digit *r, const Digit *a, size_t na)
{
    size_t n = m->n;
    if (!m->montgomery) {
        memcpy(r, a, na * sizeof(Digit));
        memset(r + na, 0, (n - na) * sizeof(Digit));
        return 0;
    }
    memset(m->product, 0, n * sizeof(Digit));
    memcpy(m->product + n, a, na * sizeof(Digit));
    memset(m->product + n + na, 0, (n - na) * sizeof(Digit));
    return bigint_divmod(t, NULL, r, m->product, 2 * n, m->digits, n);
}

static unsigned exponent_bit(const IntView *b, uint64_t i) { return b->digits[i / BIGINT_BITS] >> i % BIGINT_BITS & 1; }

/* a^b mod c for 0 <= a < c, b > 0, c of at least two digits. */
static Value modular_power_big(Thread *t, const IntView *a, const IntView *b, const IntView *c)
{
    size_t n = c->size;
    uint64_t bits = bigint_bit_length(b->digits, b->size);
    bool windows = bits > WINDOW_BITS_MIN;
    size_t table_size = windows ? (size_t)1 << (WINDOW - 1) : 1; /* odd powers only */
    Digit *memory = alloc_memory(t, (n * (table_size + 2) + 3 * n + 4) * sizeof(Digit));
    if (!memory)
        return VALUE_EMPTY;
    Digit *table = memory, *x = table + n * table_size, *square = x + n;
    Modulus m = {c->digits, n, (c->digits[0] & 1) && n <= MONTGOMERY_MAX, 0, square + n, NULL};
    Value result = VALUE_EMPTY;
    if (m.montgomery) { /* Newton: each step doubles the correct bits of 1 / c mod 2^32 */
        Digit inverse = c->digits[0];
        for (int i = 0; i < 4; i++)
            inverse *= 2 - c->digits[0] * inverse;
        m.inverse = (0 - inverse) & BIGINT_MASK;
    }
    if (modulus_enter(t, &m, table, a->digits, a->size) < 0)
        goto done;
    if (windows) {
        if (modulus_multiply(t, &m, square, table, table) < 0)
            goto done;
        for (size_t i = 1; i < table_size; i++) {
            if (modulus_multiply(t, &m, table + i * n, table + (i - 1) * n, square) < 0)
                goto done;
        }
    }
    bool begun = false;
    for (uint64_t i = bits; i > 0;) {
        if (bigint_check_signals(t) < 0)
            goto done;
        if (!exponent_bit(b, i - 1)) { /* never the first */
            if (modulus_multiply(t, &m, x, x, x) < 0)
                goto done;
            i--;
            continue;
        }
        /* The longest window of at most WINDOW bits that ends in a one. */
        uint64_t end = windows && i > WINDOW ? i - WINDOW : windows ? 0 : i - 1;
        while (!exponent_bit(b, end))
            end++;
        unsigned value = 0;
        for (; i > end; i--) {
            value = value << 1 | exponent_bit(b, i - 1);
            if (begun && modulus_multiply(t, &m, x, x, x) < 0)
                goto done;
        }
        if (!begun)
            memcpy(x, table + value / 2 * n, n * sizeof(Digit));
        else if (modulus_multiply(t, &m, x, x, table + value / 2 * n) < 0)
            goto done;
        begun = true;
    }
    if (m.montgomery) { /* leave Montgomery's form: multiply by 1 */
        memset(square, 0, n * sizeof(Digit));
        square[0] = 1;
        if (modulus_multiply(t, &m, x, x, square) < 0)
            goto done;
    }
    result = int_from_digits(t, x, n, false);
done:
    alloc_memory_free(t, memory);
    return result;
}

static uint64_t modular_power_small(uint64_t a, const IntView *b, uint64_t c)
{
    uint64_t r = 1 % c;
    for (uint64_t i = bigint_bit_length(b->digits, b->size); i-- > 0;) {
        if (c >> 32) {
            r = (uint64_t)((unsigned __int128)r * r % c);
            if (exponent_bit(b, i))
                r = (uint64_t)((unsigned __int128)r * a % c);
        } else {
            r = r * r % c;
            if (exponent_bit(b, i))
                r = r * a % c;
        }
    }
    return r;
}

/* The inverse of a modulo c > 0. */
static Value inverse_modulo(Thread *t, Value a, Value c)
{
    /* Invariant: x * a = u and y * a = v modulo c. */
    Value u = int_exact(t, a), v = int_exact(t, c), x = value_from_int(1), y = value_from_int(0), result = VALUE_EMPTY;
    while (!value_is_empty(u) && !value_is_empty(v) && int_sign(v) != 0) {
        Value q = int_binary(t, BINARY_FLOORDIV, u, v);
        if (value_is_empty(q))
            goto done;
        Value qv = int_binary(t, BINARY_MUL, q, v), qy = int_binary(t, BINARY_MUL, q, y);
        ref_dec(t, q);
        if (value_is_empty(qv) || value_is_empty(qy)) {
            ref_dec(t, qv);
            ref_dec(t, qy);
            goto done;
        }
        Value next_v = binary_take(t, BINARY_SUB, u, qv), next_y = binary_take(t, BINARY_SUB, x, qy);
        ref_dec(t, qv);
        ref_dec(t, qy);
        u = v;
        v = next_v;
        x = y;
        y = next_y;
        if (value_is_empty(y))
            goto done;
    }
    if (value_is_empty(u) || value_is_empty(v))
        goto done;
    if (!value_is(u, value_from_int(1)))
        error_set(t, EXC_ValueError, "base is not invertible for the given modulus");
    else
        result = int_binary(t, BINARY_MOD, x, c);
done:
    ref_dec(t, u);
    ref_dec(t, v);
    ref_dec(t, x);
    ref_dec(t, y);
    return result;
}

/* a^b mod c for c > 1; all owned by the caller. */
static Value modular_power(Thread *t, Value a, Value b, Value c)
{
    Value base = int_binary(t, BINARY_MOD, a, c), result = VALUE_EMPTY, exponent = int_exact(t, b);
    if (value_is_empty(base) || value_is_empty(exponent))
        goto done;
    if (int_sign(exponent) < 0) {
        Value inverse = inverse_modulo(t, base, c);
        ref_dec(t, base);
        base = inverse;
        Value positive = int_negate(t, exponent);
        ref_dec(t, exponent);
        exponent = positive;
        if (value_is_empty(base) || value_is_empty(exponent))
            goto done;
    }
    IntView va, vb, vc;
    int_view(base, &va);
    int_view(exponent, &vb);
    int_view(c, &vc);
    if (vb.size == 0)
        result = value_from_int(1);
    else if (va.size == 0)
        result = value_from_int(0);
    else if (vc.size <= 2)
        result = int_from_uint64(t, modular_power_small(int_to_uint64_mask(base), &vb, int_to_uint64_mask(c)));
    else
        result = modular_power_big(t, &va, &vb, &vc);
done:
    ref_dec(t, base);
    ref_dec(t, exponent);
    return result;
}

Value int_power(Thread *t, Value a, Value b, Value modulus)
{
    if (value_is_none(modulus))
        return power(t, a, b);
    int sign = int_sign(modulus);
    if (sign == 0)
        return error_set(t, EXC_ValueError, "pow() 3rd argument cannot be 0");
    Value c = sign < 0 ? int_negate(t, modulus) : int_exact(t, modulus);
    if (value_is_empty(c) || value_is(c, value_from_int(1)))
        return value_is_empty(c) ? c : value_from_int(0);
    Value r = modular_power(t, a, b, c);
    if (sign < 0 && !value_is_empty(r) && int_sign(r) != 0)
        r = binary_take(t, BINARY_SUB, r, c);
    ref_dec(t, c);
    return r;
}

/* ---- gcd ---- */

static uint64_t gcd_small(uint64_t a, uint64_t b)
{
    if (!a || !b)
        return a | b;
    int shift = __builtin_ctzll(a | b);
    a >>= __builtin_ctzll(a);
    do {
        b >>= __builtin_ctzll(b);
        if (a > b) {
            uint64_t swap = a;
            a = b;
            b = swap;
        }
        b -= a;
    } while (b);
    return a << shift;
}

/* The 60 bits of a number from bit position `shift` up. */
static int64_t head_bits(const Digit *a, size_t n, uint64_t shift)
{
    size_t first = (size_t)(shift / BIGINT_BITS);
    unsigned offset = (unsigned)(shift % BIGINT_BITS);
    uint64_t head = first < n ? a[first] >> offset : 0;
    if (first + 1 < n)
        head |= (uint64_t)a[first + 1] << (BIGINT_BITS - offset);
    if (first + 2 < n)
        head |= (uint64_t)a[first + 2] << (2 * BIGINT_BITS - offset);
    return (int64_t)(head & ((UINT64_C(1) << 60) - 1));
}

Value int_gcd(Thread *t, Value av, Value bv)
{
    IntView va, vb;
    int_view(av, &va);
    int_view(bv, &vb);
    if (va.size <= 2 && vb.size <= 2) {
        uint64_t g = gcd_small(va.negative ? -int_to_uint64_mask(av) : int_to_uint64_mask(av),
                               vb.negative ? -int_to_uint64_mask(bv) : int_to_uint64_mask(bv));
        return int_from_uint64(t, g);
    }
    size_t room = (va.size > vb.size ? va.size : vb.size) + 1;
    Digit *memory = alloc_memory(t, 3 * room * sizeof(Digit));
    if (!memory)
        return VALUE_EMPTY;
    Digit *a = memory, *b = a + room, *rest = b + room;
    size_t na = va.size, nb = vb.size;
    memcpy(a, va.digits, na * sizeof(Digit));
    memcpy(b, vb.digits, nb * sizeof(Digit));
    Value result = VALUE_EMPTY;
    if (bigint_compare(a, na, b, nb) < 0) {
        Digit *swap = a;
        a = b;
        b = swap;
        size_t size = na;
        na = nb;
        nb = size;
    }
    while (nb && na > 2) { /* a >= b */
        /* Lehmer: run Euclid's algorithm on the leading bits as long as both ends of the uncertainty agree on the quotient. */
        uint64_t shift = bigint_bit_length(a, na) - 60;
        int64_t x = head_bits(a, na, shift), y = head_bits(b, nb, shift);
        int64_t A = 1, B = 0, C = 0, D = 1;
        while (y + C != 0 && y + D != 0) {
            int64_t q = (x + A) / (y + C);
            if (q != (x + B) / (y + D))
                break;
            int64_t next_c = A - q * C, next_d = B - q * D;
            if (next_c > BIGINT_BASE || next_c < -(int64_t)BIGINT_BASE || next_d > BIGINT_BASE ||
                next_d < -(int64_t)BIGINT_BASE)
                break;
            A = C;
            C = next_c;
            B = D;
            D = next_d;
            int64_t z = x - q * y;
            x = y;
            y = z;
        }
        if (B == 0) {
            if (bigint_check_signals(t) < 0 || bigint_divmod(t, NULL, rest, a, na, b, nb) < 0)
                goto done;
            Digit *old = a;
            a = b;
            b = rest;
            rest = old;
            na = nb;
            nb = bigint_size(b, nb);
        } else {
            int64_t carry_a = 0, carry_b = 0;
            for (size_t i = 0; i < na; i++) {
                int64_t p = a[i], q = i < nb ? b[i] : 0;
                carry_a += A * p + B * q;
                carry_b += C * p + D * q;
                a[i] = (Digit)carry_a & BIGINT_MASK;
                b[i] = (Digit)carry_b & BIGINT_MASK;
                carry_a >>= BIGINT_BITS;
                carry_b >>= BIGINT_BITS;
            }
            nb = bigint_size(b, na);
            na = bigint_size(a, na);
        }
    }
    if (nb == 0) {
        result = int_from_digits(t, a, na, false);
    } else {
        uint64_t x = (uint64_t)(na > 1 ? a[1] : 0) << BIGINT_BITS | a[0];
        uint64_t y = (uint64_t)(nb > 1 ? b[1] : 0) << BIGINT_BITS | b[0];
        result = int_from_uint64(t, gcd_small(x, y));
    }
done:
    alloc_memory_free(t, memory);
    return result;
}

/* ---- integer square root ---- */

static uint64_t isqrt_small(uint64_t n)
{
    uint64_t r = (uint64_t)sqrt((double)n); /* off by one at most */
    while (r > UINT32_MAX || r * r > n)
        r--;
    while (r < UINT32_MAX && (r + 1) * (r + 1) <= n)
        r++;
    return r;
}

/* Newton's iteration with a precision that doubles: after each step a is the root of n's leading 2e bits or one off. */
Value int_isqrt(Thread *t, Value v)
{
    uint64_t bits = int_bit_length(v);
    if (bits <= 64)
        return int_from_uint64(t, isqrt_small(int_to_uint64_mask(v)));
    uint64_t c = (bits - 1) / 2;
    int steps = 64 - __builtin_clzll(c);
    /* Start from the leading bits that fit 64: e of the result's c + 1 bits. */
    int level = steps;
    uint64_t d = 0;
    while (level > 0 && c >> (level - 1) <= 31)
        d = c >> --level;
    Value head = int_shift_right(t, v, 2 * c - 2 * d);
    if (value_is_empty(head))
        return head;
    Value a = int_from_uint64(t, isqrt_small(int_to_uint64_mask(head)));
    ref_dec(t, head);
    while (level-- > 0 && !value_is_empty(a)) {
        uint64_t e = d;
        d = c >> level;
        Value left = int_shift_left(t, a, d - e - 1);
        Value part = int_shift_right(t, v, 2 * c - e - d + 1);
        Value quotient = VALUE_EMPTY;
        if (!value_is_empty(left) && !value_is_empty(part))
            quotient = int_binary(t, BINARY_FLOORDIV, part, a);
        ref_dec(t, a);
        a = value_is_empty(quotient) ? VALUE_EMPTY : int_binary(t, BINARY_ADD, left, quotient);
        ref_dec(t, left);
        ref_dec(t, part);
        ref_dec(t, quotient);
    }
    if (value_is_empty(a))
        return a;
    Value square = int_binary(t, BINARY_MUL, a, a);
    if (value_is_empty(square)) {
        ref_dec(t, a);
        return square;
    }
    bool over = int_compare(square, v) > 0;
    ref_dec(t, square);
    return over ? binary_take(t, BINARY_SUB, a, value_from_int(1)) : a;
}
