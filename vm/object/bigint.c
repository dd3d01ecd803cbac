/* bigint.c: the linear operations on magnitudes: what any base has (positional_linear.h), and shifts and bits.
 *
 * Invariant: every digit is below 2^30, so a carry or borrow fits the two spare bits of a 32-bit word, and a product of two digits plus two
 * digits fits 64 bits.  No locks, no objects.  Read next: bigint_mul.c, bigint_div.c, bigint_text.c. */
#include "bigint.h"

#include "../thread/breaker.h"

int bigint_check_signals(Thread *t)
{
    if (UNLIKELY(atomic_load_explicit(&t->breaker, memory_order_relaxed) & BREAKER_SIGNALS))
        return breaker_check_signals(t);
    return 0;
}

static ALWAYS_INLINE Digit sum_digit(Digit sum, Digit *carry)
{
    *carry = sum >> BIGINT_BITS;
    return sum & BIGINT_MASK;
}
static ALWAYS_INLINE Digit difference_digit(Digit difference, Digit *borrow)
{
    *borrow = difference >> 31;
    return difference & BIGINT_MASK;
}

/* Two digits at a time, each in its half of a word. */
static ALWAYS_INLINE uint64_t pair_at(const Digit *a)
{
    uint64_t pair;
    memcpy(&pair, a, sizeof pair);
    return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? pair << 32 | pair >> 32 : pair;
}
static ALWAYS_INLINE void pair_put(Digit *r, uint64_t pair)
{
    pair &= (uint64_t)BIGINT_MASK << 32 | BIGINT_MASK;
    pair = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? pair << 32 | pair >> 32 : pair;
    memcpy(r, &pair, sizeof pair);
}

static ALWAYS_INLINE size_t sum_pairs(Digit *r, const Digit *a, const Digit *b, size_t n, Digit *carry)
{
    /* Makes a sum of a base or more flow over into the upper half. */
    const uint64_t over_half = (UINT64_C(1) << 32) - BIGINT_BASE;
    uint64_t above = 0;
    size_t i = 0;
    for (; i + 1 < n; i += 2) {
        uint64_t sum = pair_at(a + i) + pair_at(b + i) + over_half + above;
        above = sum >> (32 + BIGINT_BITS);
        pair_put(r + i, sum);
    }
    *carry = (Digit)above;
    return i;
}
static ALWAYS_INLINE size_t difference_pairs(Digit *r, const Digit *a, const Digit *b, size_t n, Digit *borrow)
{
    uint64_t above = 0;
    size_t i = 0;
    for (; i + 1 < n; i += 2) {
        uint64_t difference = pair_at(a + i) - pair_at(b + i) - above;
        above = difference >> 63;
        pair_put(r + i, difference);
    }
    *borrow = (Digit)above;
    return i;
}
#define sum_pairs sum_pairs

#define POSITIONAL(name) bigint_##name
#define POSITIONAL_BASE BIGINT_BASE
#include "positional_linear.h"

Digit bigint_mod_digit(const Digit *a, size_t n, Digit d)
{
    Digit rest = 0;
    while (n--)
        rest = (Digit)(((uint64_t)rest << BIGINT_BITS | a[n]) % d);
    return rest;
}

Digit bigint_shl_small(Digit *r, const Digit *a, size_t n, unsigned shift)
{
    Digit below = 0;
    for (size_t i = 0; i < n; i++) {
        Digit d = a[i];
        r[i] = (d << shift & BIGINT_MASK) | below;
        below = d >> (BIGINT_BITS - shift);
    }
    return below;
}

void bigint_shr_small(Digit *r, const Digit *a, size_t n, unsigned shift)
{
    Digit d = n ? a[0] : 0;
    for (size_t i = 1; i < n; i++) {
        Digit above = a[i];
        r[i - 1] = (Digit)((d | (uint64_t)above << BIGINT_BITS) >> shift) & BIGINT_MASK;
        d = above;
    }
    if (n)
        r[n - 1] = d >> shift;
}

uint64_t bigint_bit_length(const Digit *a, size_t n)
{
    n = bigint_size(a, n);
    return n ? (uint64_t)(n - 1) * BIGINT_BITS + bigint_digit_bits(a[n - 1]) : 0;
}

bool bigint_any_bit_below(const Digit *a, size_t n, uint64_t bit)
{
    uint64_t whole = bit / BIGINT_BITS;
    if (whole >= n)
        return bigint_size(a, n) > 0;
    for (size_t i = 0; i < whole; i++) {
        if (a[i])
            return true;
    }
    return a[whole] & (((Digit)1 << bit % BIGINT_BITS) - 1);
}

uint64_t bigint_trailing_zeros(const Digit *a, size_t n)
{
    size_t i = 0;
    while (i + 1 < n && !a[i])
        i++;
    return (uint64_t)i * BIGINT_BITS + (unsigned)__builtin_ctz(a[i] | BIGINT_BASE);
}
