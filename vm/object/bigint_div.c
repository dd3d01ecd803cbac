/* bigint_div.c: quotient and remainder of magnitudes: positional_div.h in base 2^30, where scaling is shifting, for long ones; here what need not scale: short
 * ones, and those whose quotient is a digit.  No locks, no objects. */
#include "bigint.h"

#include "../memory/alloc.h"

static ALWAYS_INLINE Digit difference_digit(Digit difference, Digit *borrow)
{
    *borrow = difference >> 31;
    return difference & BIGINT_MASK;
}

/* r = a - factor * b, n digits; returns what the digit above still has to give, as a number not above 0. r may be a. */
static ALWAYS_INLINE int64_t multiply_subtract(Digit *r, const Digit *a, const Digit *b, size_t n, Digit factor)
{
    int64_t carry = 0;
    for (size_t i = 0; i < n; i++) {
        carry += (int64_t)a[i] - (int64_t)((uint64_t)factor * b[i]);
        r[i] = (Digit)carry & BIGINT_MASK;
        carry >>= BIGINT_BITS;
    }
    return carry;
}

/* Digit i of a number from its top, as if it were shifted left; digits that are not there count as 0. */
static ALWAYS_INLINE Digit shifted_digit(const Digit *a, size_t n, size_t i, unsigned shift)
{
    Digit high = i < n ? a[n - 1 - i] : 0, low = i + 1 < n ? a[n - 2 - i] : 0;
    return (Digit)((uint64_t)high << shift & BIGINT_MASK) | low >> (BIGINT_BITS - shift);
}

/* The uppermost digits of a divisor, as if it were shifted left until its top bit is set: two, and the third. */
typedef struct Head {
    uint64_t two;
    Digit third;
    unsigned shift;
} Head;

static ALWAYS_INLINE Head head_of(const Digit *b, size_t n)
{
    unsigned shift = BIGINT_BITS - bigint_digit_bits(b[n - 1]);
    uint64_t first = shifted_digit(b, n, 0, shift);
    return (Head){first << BIGINT_BITS | shifted_digit(b, n, 1, shift), shifted_digit(b, n, 2, shift), shift};
}

/* The two uppermost digits of over * base^n + a, shifted in the same way; what is above them has to be 0 then. */
static ALWAYS_INLINE uint64_t shifted_two(Digit over, const Digit *a, size_t n, unsigned shift)
{
    Digit first = (Digit)((uint64_t)over << shift) | a[n - 1] >> (BIGINT_BITS - shift);
    return (uint64_t)first << BIGINT_BITS | shifted_digit(a, n, 0, shift);
}

/* A digit of the quotient, and the rest in two digits, by the two digits of the divisor and three of the dividend: the whole numbers may give less, hardly ever. */
static ALWAYS_INLINE Digit head_divide(const Head *b, uint64_t two, Digit third, uint64_t *rest)
{
    Digit first = (Digit)(b->two >> BIGINT_BITS), second = (Digit)b->two & BIGINT_MASK;
    uint64_t guess = UNLIKELY(two >> BIGINT_BITS >= first) ? BIGINT_MASK : two / first, left = two - guess * first;
    uint64_t product = guess * second;
    while (left < BIGINT_BASE && product > (left << BIGINT_BITS | third)) {
        guess--;
        product -= second;
        left += first;
    }
    *rest = (left << BIGINT_BITS | third) - product;
    return (Digit)guess;
}

/* The same of four digits: two digits of the quotient. */
static ALWAYS_INLINE uint64_t head_divide_twice(const Head *b, uint64_t two, Digit third, Digit fourth)
{
    uint64_t rest;
    Digit upper = head_divide(b, two, third, &rest);
    int64_t next = (int64_t)fourth - (int64_t)((uint64_t)upper * b->third),
            left = (int64_t)rest + (next >> BIGINT_BITS);
    if (UNLIKELY(left < 0)) {
        upper--;
        next += b->third;
        left = (int64_t)(rest + b->two) + (next >> BIGINT_BITS);
    }
    Digit lower = head_divide(b, (uint64_t)left, (Digit)next & BIGINT_MASK, &rest);
    return (uint64_t)upper << BIGINT_BITS | lower;
}

/* a -= (upper * base + lower) * b, n digits; returns what the two digits above still have to give, as multiply_subtract does. */
static ALWAYS_INLINE int64_t multiply_subtract_two(Digit *a, const Digit *b, size_t n, Digit upper, Digit lower)
{
    int64_t carry = 0;
    Digit before = 0;
    for (size_t i = 0; i < n; i++) {
        carry += (int64_t)a[i] - (int64_t)((uint64_t)lower * b[i] + (uint64_t)upper * before);
        before = b[i];
        a[i] = (Digit)carry & BIGINT_MASK;
        carry >>= BIGINT_BITS;
    }
    return carry - (int64_t)((uint64_t)upper * before);
}

/* Divides a (n + m digits, the uppermost n of them below b) by b (n >= 2 digits): q, unless NULL, gets m digits, a[0..n) the remainder.  Knuth's method D, two digits
 * of the quotient at a time; only the digits that the guess looks at are scaled. */
static void divide_unscaled(Digit *q, Digit *a, const Digit *b, size_t n, size_t m)
{
    Head head = head_of(b, n);
    for (size_t j = m; j > 0;) {
        bool both = j > 1;
        j -= both ? 2 : 1;
        Digit *part = a + j; /* n + 1 digits, or n + 2, its value below b * base, or b * base^2 */
        size_t size = n + both;
        uint64_t two = shifted_two(part[size], part, size, head.shift), quotient;
        Digit third = shifted_digit(part, size, 1, head.shift);
        int64_t above;
        if (both) {
            quotient = head_divide_twice(&head, two, third, shifted_digit(part, size, 2, head.shift));
            above = (int64_t)((uint64_t)part[n + 1] << BIGINT_BITS | part[n]) +
                    multiply_subtract_two(part, b, n, (Digit)(quotient >> BIGINT_BITS), (Digit)quotient & BIGINT_MASK);
            part[n + 1] = 0;
        } else {
            uint64_t rest;
            quotient = head_divide(&head, two, third, &rest);
            above = part[n] + multiply_subtract(part, part, b, n, (Digit)quotient);
        }
        part[n] = 0;
        while (UNLIKELY(above < 0)) { /* one too many */
            quotient--;
            above += bigint_add_to(part, n, b, n);
        }
        if (q) {
            q[j] = (Digit)quotient & BIGINT_MASK;
            if (both)
                q[j + 1] = (Digit)(quotient >> BIGINT_BITS);
        }
    }
}

/* The quotient of two numbers when it is one digit and their leading digits alone tell it, or -1: over * base^n + a, divided by b of n digits. */
static int64_t leading_quotient(Digit over, const Digit *a, const Digit *b, size_t n)
{
    Head head = head_of(b, n);
    uint64_t rest;
    Digit quotient = head_divide(&head, shifted_two(over, a, n, head.shift), shifted_digit(a, n, 1, head.shift), &rest);
    return rest >= quotient ? (int64_t)quotient : -1; /* of the other digits the product takes less than the quotient */
}

#if defined(__SIZEOF_INT128__) && !defined(__wasm__)
/* Limbs of 60 bits. */
#define LIMB_BITS (2 * BIGINT_BITS)
#define LIMB_MASK ((UINT64_C(1) << LIMB_BITS) - 1)

/* r = a << shift in limbs, for a shift below LIMB_BITS; the bits behind the last digit are 0. */
static void limbs_from(uint64_t *r, size_t limbs, const Digit *a, size_t n, unsigned shift)
{
    uint64_t over = 0;
    for (size_t k = 0; k < limbs; k++) {
        uint64_t limb = 2 * k + 1 < n ? a[2 * k] | (uint64_t)a[2 * k + 1] << BIGINT_BITS : 2 * k < n ? a[2 * k] : 0;
        r[k] = (limb << shift | over) & LIMB_MASK;
        over = limb >> (LIMB_BITS - shift);
    }
}

/* (high * 2^60 + low) / d for high < d, whose top bit is set: by its inverse, floor((2^120 - 1) / d) - 2^60 (Moeller and Granlund). */
static ALWAYS_INLINE uint64_t limb_quotient(uint64_t high, uint64_t low, uint64_t d, uint64_t inverse, uint64_t *rest)
{
    unsigned __int128 q = (unsigned __int128)inverse * high + ((unsigned __int128)high << LIMB_BITS | low);
    uint64_t guess = ((uint64_t)(q >> LIMB_BITS) + 1) & LIMB_MASK, r = (low - guess * d) & LIMB_MASK;
    if (r > ((uint64_t)q & LIMB_MASK)) {
        guess = (guess - 1) & LIMB_MASK;
        r = (r + d) & LIMB_MASK;
    }
    if (UNLIKELY(r >= d)) {
        guess = (guess + 1) & LIMB_MASK;
        r -= d;
    }
    *rest = r;
    return guess;
}

/* Method D on limbs: divides a (n + m limbs, the uppermost n of them below b) by b (n >= 2 limbs, top bit set); quotients go to q, the remainder stays in a. */
static void divide_limbs(uint64_t *q, uint64_t *a, const uint64_t *b, size_t n, size_t m)
{
    uint64_t top = b[n - 1], second = b[n - 2];
    uint64_t inverse = (uint64_t)((((unsigned __int128)(LIMB_MASK - top) << LIMB_BITS) | LIMB_MASK) / top);
    for (size_t j = m; j-- > 0;) {
        uint64_t *part = a + j, guess, rest;
        bool decided = false; /* the rest is a limb or more: no second look at the guess */
        if (part[n] >= top) {
            guess = LIMB_MASK;
            rest = part[n - 1] + top;
            decided = rest > LIMB_MASK;
        } else {
            guess = limb_quotient(part[n], part[n - 1], top, inverse, &rest);
        }
        while (!decided && (unsigned __int128)guess * second > ((unsigned __int128)rest << LIMB_BITS | part[n - 2])) {
            guess--;
            rest += top;
            decided = rest > LIMB_MASK;
        }
        uint64_t carry = 0, borrow = 0;
        for (size_t i = 0; i < n; i++) {
            unsigned __int128 product = (unsigned __int128)guess * b[i] + carry;
            carry = (uint64_t)(product >> LIMB_BITS);
            uint64_t difference = part[i] - ((uint64_t)product & LIMB_MASK) - borrow;
            part[i] = difference & LIMB_MASK;
            borrow = difference >> 63;
        }
        if (UNLIKELY(part[n] < carry + borrow)) { /* one too many */
            guess--;
            uint64_t over = 0;
            for (size_t i = 0; i < n; i++) {
                over += part[i] + b[i];
                part[i] = over & LIMB_MASK;
                over >>= LIMB_BITS;
            }
        }
        part[n] = 0;
        q[j] = guess;
    }
}

/* Writes n digits of a >> shift. */
static void digits_from(Digit *r, size_t n, const uint64_t *a, size_t limbs, unsigned shift)
{
    for (size_t i = 0, k = 0; i < n; i += 2, k++) {
        uint64_t limb = k < limbs ? a[k] >> shift : 0;
        if (k + 1 < limbs)
            limb |= a[k + 1] << (LIMB_BITS - shift); /* nothing of it stays when shift is 0 */
        r[i] = (Digit)limb & BIGINT_MASK;
        if (i + 1 < n)
            r[i + 1] = (Digit)(limb >> BIGINT_BITS) & BIGINT_MASK;
    }
}

#define LIMBS_ON_STACK 40
/* bigint_divmod of numbers that fit the stack as limbs: is this one? */
static bool divmod_limbs(Digit *q, Digit *r, const Digit *a, size_t na, const Digit *b, size_t nb)
{
    size_t n = (nb + 1) / 2;
    unsigned shift = (unsigned)(n * LIMB_BITS - bigint_bit_length(b, nb));
    size_t all = (na * BIGINT_BITS + shift) / LIMB_BITS + 2;
    if (nb < 6 || na - nb < 3 || all > LIMBS_ON_STACK)
        return false;
    uint64_t dividend[LIMBS_ON_STACK], divisor[LIMBS_ON_STACK], quotient[LIMBS_ON_STACK];
    limbs_from(divisor, n, b, nb, shift);
    limbs_from(dividend, all, a, na, shift);
    divide_limbs(quotient, dividend, divisor, n, all - n);
    if (q)
        digits_from(q, na - nb + 1, quotient, all - n, 0);
    if (r)
        digits_from(r, nb, dividend, n, shift);
    return true;
}
#else
static bool divmod_limbs(Digit *q, Digit *r, const Digit *a, size_t na, const Digit *b, size_t nb) { return false; }
#endif

static Digit scale_of(Digit top) { return BIGINT_BITS - bigint_digit_bits(top); }
#define scale_up bigint_shl_small
#define scale_down bigint_shr_small

#define POSITIONAL(name) bigint_##name
#define POSITIONAL_BASE BIGINT_BASE
/* Measured; nothing depends on the exact value. */
#define RECURSIVE_DIVISION 90
#include "positional_div.h"

int bigint_divmod(Thread *t, Digit *q, Digit *r, const Digit *a, size_t na, const Digit *b, size_t nb)
{
    size_t nq = na - nb + 1;
    if (nb == 1 || (nq >= RECURSIVE_DIVISION && nb >= RECURSIVE_DIVISION))
        return scaled_divmod(t, q, r, a, na, b, nb);
    if (nb >= 4 && (nq == 1 || (nq == 2 && a[na - 1] < b[nb - 1]))) {
        Digit over = nq == 2 ? a[na - 1] : 0;
        int64_t quotient = leading_quotient(over, a, b, nb);
        if (quotient >= 0) {
            if (q) {
                q[nq - 1] = 0;
                q[0] = (Digit)quotient;
            }
            if (r)
                multiply_subtract(r, a, b, nb, (Digit)quotient);
            return 0;
        }
    }
    if (divmod_limbs(q, r, a, na, b, nb))
        return 0;
    Digit stack[64], *rest = na < 64 ? stack : alloc_memory(t, (na + 1) * sizeof(Digit));
    if (!rest)
        return -1;
    memcpy(rest, a, na * sizeof(Digit));
    rest[na] = 0; /* makes the first part smaller than the divisor, so that no quotient goes over */
    divide_unscaled(q, rest, b, nb, nq);
    if (r)
        memcpy(r, rest, nb * sizeof(Digit));
    if (rest != stack)
        alloc_memory_free(t, rest);
    return 0;
}
