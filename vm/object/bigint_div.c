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
/* Measured; nothing depends on the exact values. */
#define LIMBS_DIVISOR_MIN 6
#define LIMBS_QUOTIENT_MIN 3

/* A limb in the upper bits of a word: the halves of its product with another limb are then what goes to one limb (after the shift back) and to the next. */
#define LIMB_ROOM (64 - LIMB_BITS)

/* r = a << shift in limbs, for a shift below LIMB_BITS; the bits behind the last digit are 0. */
static void limbs_from(uint64_t *r, size_t limbs, const Digit *a, size_t n, unsigned shift)
{
    uint64_t over = 0;
    size_t k = 0;
    for (; k < n / 2; k++) {
        uint64_t limb = a[2 * k] | (uint64_t)a[2 * k + 1] << BIGINT_BITS;
        r[k] = (limb << shift | over) & LIMB_MASK;
        over = limb >> (LIMB_BITS - shift);
    }
    for (uint64_t limb = n % 2 ? a[n - 1] : 0; k < limbs; k++) {
        r[k] = (limb << shift | over) & LIMB_MASK;
        over = limb >> (LIMB_BITS - shift);
        limb = 0;
    }
}

/* (high * 2^60 + low) / d for high < d, whose top bit is set: by its inverse, floor((2^120 - 1) / d) - 2^60 in the upper bits of a word (Moeller and Granlund). */
static ALWAYS_INLINE uint64_t limb_quotient(uint64_t high, uint64_t low, uint64_t d, uint64_t inverse, uint64_t *rest)
{
    unsigned __int128 product = (unsigned __int128)inverse * high;
    uint64_t below = ((uint64_t)product >> LIMB_ROOM) + low;
    uint64_t guess = (uint64_t)(product >> 64) + high + (below >> LIMB_BITS) + 1;
    uint64_t r = (low - guess * d) & LIMB_MASK, more = r > (below & LIMB_MASK) ? d : 0; /* as often as not */
    guess -= more != 0;
    r = (r + more) & LIMB_MASK;
    if (UNLIKELY(r >= d)) {
        guess++;
        r -= d;
    }
    *rest = r;
    return guess;
}

/* a -= factor * b, b's limbs in the upper bits of their words; returns what the limb above still has to give, as a number not above 0.  A function of its own, whose loop the
 * compiler keeps in registers. */
static NOINLINE int64_t multiply_subtract_limbs(uint64_t *a, const uint64_t *b, size_t n, uint64_t factor)
{
    int64_t carry = 0;
    uint64_t high = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned __int128 product = (unsigned __int128)factor * b[i];
        carry += (int64_t)(a[i] - ((uint64_t)product >> LIMB_ROOM) - high);
        a[i] = (uint64_t)carry & LIMB_MASK;
        carry >>= LIMB_BITS;
        high = (uint64_t)(product >> 64);
    }
    return carry - (int64_t)high;
}

/* Is guess * b, a limb in the upper bits of a word, more than rest and the limb after it? */
static ALWAYS_INLINE bool limb_exceeds(uint64_t guess, uint64_t b, uint64_t rest, uint64_t after)
{
    unsigned __int128 product = (unsigned __int128)guess * b;
    uint64_t high = (uint64_t)(product >> 64);
    return high > rest || (high == rest && (uint64_t)product >> LIMB_ROOM > after);
}

/* Method D on limbs: divides a (n + m limbs, the uppermost n of them below b) by b (n >= 2 limbs, top bit set, in the upper bits of their words); quotients go to q, the remainder
 * stays in a. */
static void divide_limbs(uint64_t *q, uint64_t *a, const uint64_t *b, size_t n, size_t m)
{
    uint64_t top = b[n - 1] >> LIMB_ROOM;
    uint64_t inverse = (uint64_t)((((unsigned __int128)(LIMB_MASK - top) << LIMB_BITS) | LIMB_MASK) / top) << LIMB_ROOM;
    for (size_t j = m; j-- > 0;) {
        uint64_t *part = a + j, guess, rest;
        if (UNLIKELY(part[n] >= top)) {
            guess = LIMB_MASK;
            rest = part[n - 1] + top;
        } else {
            guess = limb_quotient(part[n], part[n - 1], top, inverse, &rest);
        }
        while (rest <= LIMB_MASK && limb_exceeds(guess, b[n - 2], rest, part[n - 2])) {
            guess--;
            rest += top;
        }
        if (UNLIKELY((int64_t)part[n] + multiply_subtract_limbs(part, b, n, guess) < 0)) { /* one too many */
            guess--;
            uint64_t over = 0;
            for (size_t i = 0; i < n; i++) {
                over += part[i] + (b[i] >> LIMB_ROOM);
                part[i] = over & LIMB_MASK;
                over >>= LIMB_BITS;
            }
        }
        part[n] = 0;
        q[j] = guess;
    }
}

/* Writes n digits of a >> shift; limbs that are not there count as 0. */
static void digits_from(Digit *r, size_t n, const uint64_t *a, size_t limbs, unsigned shift)
{
    size_t k = 0;
    for (; k + 1 < limbs && 2 * k + 1 < n; k++) {
        /* Nothing of the second stays when shift is 0. */
        uint64_t limb = a[k] >> shift | a[k + 1] << (LIMB_BITS - shift);
        r[2 * k] = (Digit)limb & BIGINT_MASK;
        r[2 * k + 1] = (Digit)(limb >> BIGINT_BITS) & BIGINT_MASK;
    }
    for (size_t i = 2 * k; i < n; i++) {
        uint64_t limb = i / 2 < limbs ? a[i / 2] >> shift : 0;
        if (i / 2 + 1 < limbs)
            limb |= a[i / 2 + 1] << (LIMB_BITS - shift);
        r[i] = (Digit)(limb >> (i % 2 ? BIGINT_BITS : 0)) & BIGINT_MASK;
    }
}

#define LIMBS_ON_STACK 100
/* bigint_divmod on limbs: 1, 0 when it is not worth it, or -1. */
static int divmod_limbs(Thread *t, Digit *q, Digit *r, const Digit *a, size_t na, const Digit *b, size_t nb)
{
    if (nb < LIMBS_DIVISOR_MIN || na - nb < LIMBS_QUOTIENT_MIN)
        return 0;
    size_t n = (nb + 1) / 2;
    unsigned shift = (unsigned)(n * LIMB_BITS - bigint_bit_length(b, nb));
    size_t all = (na * BIGINT_BITS + shift) / LIMB_BITS + 2, total = 2 * all;
    uint64_t stack[LIMBS_ON_STACK], *memory = total <= LIMBS_ON_STACK ? stack : alloc_memory(t, total * sizeof *memory);
    if (!memory)
        return -1;
    uint64_t *dividend = memory, *divisor = dividend + all, *quotient = divisor + n;
    limbs_from(divisor, n, b, nb, shift);
    for (size_t i = 0; i < n; i++)
        divisor[i] <<= LIMB_ROOM;
    limbs_from(dividend, all, a, na, shift);
    /* Is the uppermost part below the divisor without a limb of 0? */
    if (dividend[all - 2] < divisor[n - 1] >> LIMB_ROOM)
        all--;
    divide_limbs(quotient, dividend, divisor, n, all - n);
    if (q)
        digits_from(q, na - nb + 1, quotient, all - n, 0);
    if (r)
        digits_from(r, nb, dividend, n, shift);
    if (memory != stack)
        alloc_memory_free(t, memory);
    return 1;
}
#else
static int divmod_limbs(Thread *t, Digit *q, Digit *r, const Digit *a, size_t na, const Digit *b, size_t nb)
{
    return 0;
}
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
    int done = divmod_limbs(t, q, r, a, na, b, nb);
    if (done != 0)
        return done < 0 ? -1 : 0;
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
