/* positional_linear.h: a template: compare, add, subtract, and everything with one digit, on magnitudes in any base.
 *
 * A file that includes it defines before:
 *     POSITIONAL(name)   the full name of a function of the instance, as bigint_##name
 *     POSITIONAL_BASE    the base, at most 2^30: a carry fits the spare bits of a 32-bit word, two products fit 64 bits
 *     sum_digit(sum, &carry), difference_digit(difference, &borrow)   what is kept of a sum below 2 * base + 1 or of a wrapped difference
 * and may define sum_pairs(r, a, b, n, &carry) and difference_pairs(r, a, b, n, &borrow), which do the lower digits of n, all but one at most, and return how many.
 * Instances: bigint.c (2^30), ../lib/decimal_digits.c (10^9). */
int POSITIONAL(compare)(const Digit *a, size_t na, const Digit *b, size_t nb)
{
    if (na != nb)
        return na < nb ? -1 : 1;
    while (na--) {
        if (a[na] != b[na])
            return a[na] < b[na] ? -1 : 1;
    }
    return 0;
}

#ifndef sum_pairs
#define sum_pairs(r, a, b, n, carry) 0
#define difference_pairs(r, a, b, n, borrow) 0
#endif

/* r = a + b, na digits for na >= nb; returns the carry out of them. */
static NOINLINE Digit sum_of(Digit *r, const Digit *a, size_t na, const Digit *b, size_t nb)
{
    Digit carry = 0;
    size_t i = sum_pairs(r, a, b, nb, &carry);
    for (; i < nb; i++)
        r[i] = sum_digit(a[i] + b[i] + carry, &carry);
    for (; carry && i < na; i++)
        r[i] = sum_digit(a[i] + carry, &carry);
    if (r != a && i < na)
        memcpy(r + i, a + i, (na - i) * sizeof(Digit));
    return carry;
}
static NOINLINE Digit difference_of(Digit *r, const Digit *a, size_t na, const Digit *b, size_t nb)
{
    Digit borrow = 0;
    size_t i = difference_pairs(r, a, b, nb, &borrow);
    for (; i < nb; i++)
        r[i] = difference_digit(a[i] - b[i] - borrow, &borrow);
    for (; borrow && i < na; i++)
        r[i] = difference_digit(a[i] - borrow, &borrow);
    if (r != a && i < na)
        memcpy(r + i, a + i, (na - i) * sizeof(Digit));
    return borrow;
}

void POSITIONAL(add)(Digit *r, const Digit *a, size_t na, const Digit *b, size_t nb)
{
    r[na] = sum_of(r, a, na, b, nb);
}
void POSITIONAL(sub)(Digit *r, const Digit *a, size_t na, const Digit *b, size_t nb) { difference_of(r, a, na, b, nb); }
Digit POSITIONAL(add_to)(Digit *r, size_t n, const Digit *b, size_t nb) { return sum_of(r, r, n, b, nb); }
Digit POSITIONAL(sub_from)(Digit *r, size_t n, const Digit *b, size_t nb) { return difference_of(r, r, n, b, nb); }

Digit POSITIONAL(mul_digit)(Digit *r, const Digit *a, size_t n, Digit d, Digit carry)
{
    uint64_t acc = carry;
    for (size_t i = 0; i < n; i++) {
        acc += (uint64_t)a[i] * d;
        r[i] = (Digit)(acc % POSITIONAL_BASE);
        acc /= POSITIONAL_BASE;
    }
    return (Digit)acc;
}

Digit POSITIONAL(div_digit)(Digit *q, const Digit *a, size_t n, Digit d)
{
    Digit rest = 0;
    while (n--) {
        uint64_t acc = (uint64_t)rest * POSITIONAL_BASE + a[n];
        Digit quotient = (Digit)(acc / d);
        rest = (Digit)(acc - (uint64_t)quotient * d);
        q[n] = quotient;
    }
    return rest;
}
