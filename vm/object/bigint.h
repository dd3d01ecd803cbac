/* bigint.h: arithmetic on magnitudes: arrays of 30-bit digits, least significant first.
 *
 * Nothing here knows about Python objects; signs are the caller's (int.c, mod__decimal*.c).  A magnitude is a pointer and a number of digits.  Inputs need not be
 * normalised unless said so; `bigint_size` strips leading zeros.  Results may overlap inputs only where said.  Functions that need scratch memory take the thread and
 * return -1 with MemoryError, or with whatever a signal handler raised: operations that can take seconds look for signals.
 *
 * bigint.c holds the linear operations, bigint_mul.c products, bigint_div.c quotients, bigint_text.c conversion to and from text. */
#ifndef BATON_OBJECT_BIGINT_H
#define BATON_OBJECT_BIGINT_H

#include "object.h"

typedef uint32_t Digit;

#define BIGINT_BITS 30
#define BIGINT_MASK ((Digit)((1u << BIGINT_BITS) - 1))
#define BIGINT_BASE ((Digit)1 << BIGINT_BITS)
/* The most digits that any int may have: sizes in bits stay within int64. */
#define BIGINT_MAX_SIZE ((size_t)(sizeof(size_t) > 4 ? (INT64_MAX / 64) : 0x0FFFFFFF))

/* ---- linear operations (bigint.c) ---- */

static inline size_t bigint_size(const Digit *a, size_t n)
{
    while (n && !a[n - 1])
        n--;
    return n;
}
int bigint_compare(const Digit *a, size_t na, const Digit *b, size_t nb); /* both normalised */
/* r = a + b for na >= nb: na + 1 digits are written (the last may be 0). r may be a or b. */
void bigint_add(Digit *r, const Digit *a, size_t na, const Digit *b, size_t nb);
/* r = a - b for a >= b as numbers and na >= nb: na digits. r may be a or b. */
void bigint_sub(Digit *r, const Digit *a, size_t na, const Digit *b, size_t nb);
Digit bigint_add_to(Digit *r, size_t n, const Digit *b, size_t nb);   /* r += b; returns the carry out of n digits */
Digit bigint_sub_from(Digit *r, size_t n, const Digit *b, size_t nb); /* r -= b; returns the borrow */
Digit bigint_mul_digit(Digit *r, const Digit *a, size_t n, Digit d,
                       Digit carry); /* r = a * d + carry; returns the top digit. r may be a */
Digit bigint_div_digit(Digit *q, const Digit *a, size_t n, Digit d); /* q = a / d; returns the remainder. q may be a */
Digit bigint_mod_digit(const Digit *a, size_t n, Digit d);
/* r = a << shift, shift < 30: returns the digit shifted out. r may be a. */
Digit bigint_shl_small(Digit *r, const Digit *a, size_t n, unsigned shift);
void bigint_shr_small(Digit *r, const Digit *a, size_t n, unsigned shift); /* r = a >> shift, shift < 30 */
uint64_t bigint_bit_length(const Digit *a, size_t n);
static inline unsigned bigint_digit_bits(Digit d) { return d ? 32u - (unsigned)__builtin_clz(d) : 0; }
bool bigint_any_bit_below(const Digit *a, size_t n, uint64_t bit); /* is a bit set below position `bit`? */
uint64_t bigint_trailing_zeros(const Digit *a, size_t n);          /* n > 0 and a != 0 */

/* ---- products (bigint_mul.c) ---- */

/* r = a * b, na + nb digits (leading zeros included); r overlaps neither. a == b (same pointer and size) is squared faster. */
int bigint_mul(Thread *t, Digit *r, const Digit *a, size_t na, const Digit *b, size_t nb);

/* ---- quotients (bigint_div.c) ---- */

/* q = a / b and r = a % b for a normalised b > 0 with na >= nb: q has na - nb + 1 digits, r has nb.  q or r may be NULL. No overlap. */
int bigint_divmod(Thread *t, Digit *q, Digit *r, const Digit *a, size_t na, const Digit *b, size_t nb);

/* ---- text (bigint_text.c) ---- */

/* Bytes that bigint_to_text may write for n digits in a base of 2..36 (no sign, no prefix, no NUL). */
size_t bigint_text_bound(size_t n, int base);
/* Writes the digits of a magnitude, lower case, without leading zeros ("0" for zero); *length is their number. */
int bigint_to_text(Thread *t, char *text, size_t *length, const Digit *a, size_t n, int base);
/* Reads `length` characters that are all valid digits of the base: r has room for bigint_from_text_bound digits; *n is how many are used. */
size_t bigint_from_text_bound(size_t length, int base);
int bigint_from_text(Thread *t, Digit *r, size_t *n, const char *text, size_t length, int base);
/* 5^exponent into memory from alloc_memory: *n digits. NULL with MemoryError. */
Digit *bigint_power(Thread *t, Digit base, uint64_t exponent, size_t *n);

/* 0, or -1 when a signal handler raised: for loops that can run for long. */
int bigint_check_signals(Thread *t);

#endif
