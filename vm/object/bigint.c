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
    Digit carry = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t acc = (uint64_t)a[i] << shift | carry;
        r[i] = (Digit)acc & BIGINT_MASK;
        carry = (Digit)(acc >> BIGINT_BITS);
    }
    return carry;
}

void bigint_shr_small(Digit *r, const Digit *a, size_t n, unsigned shift)
{
    Digit mask = ((Digit)1 << shift) - 1;
    for (size_t i = 0; i < n; i++) {
        Digit above = i + 1 < n ? a[i + 1] & mask : 0;
        r[i] = a[i] >> shift | above << (BIGINT_BITS - shift);
    }
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
