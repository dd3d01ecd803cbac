/* decimal_digits.h: arithmetic on magnitudes in base 10^9, for the coefficients of decimals.
 *
 * The conventions are those of ../object/bigint.h: least significant digit first, sizes apart, -1 for an error.  A "place" is a decimal digit, a Digit holds nine of them. */
#ifndef BATON_LIB_DECIMAL_DIGITS_H
#define BATON_LIB_DECIMAL_DIGITS_H

#include "../object/bigint.h"

#define DIGITS_BASE 1000000000u
#define DIGITS_PLACES 9

extern const Digit digits_powers[10]; /* 10^0 .. 10^9 */

int digits_compare(const Digit *a, size_t na, const Digit *b, size_t nb);
void digits_add(Digit *r, const Digit *a, size_t na, const Digit *b, size_t nb);
void digits_sub(Digit *r, const Digit *a, size_t na, const Digit *b, size_t nb);
Digit digits_add_to(Digit *r, size_t n, const Digit *b, size_t nb);
Digit digits_sub_from(Digit *r, size_t n, const Digit *b, size_t nb);
Digit digits_mul_digit(Digit *r, const Digit *a, size_t n, Digit d, Digit carry);
Digit digits_div_digit(Digit *q, const Digit *a, size_t n, Digit d);
Digit digits_mod_digit(const Digit *a, size_t n, Digit d);
int digits_mul(Thread *t, Digit *r, const Digit *a, size_t na, const Digit *b, size_t nb);
int digits_divmod(Thread *t, Digit *q, Digit *r, const Digit *a, size_t na, const Digit *b, size_t nb);

static inline int digits_places_of(Digit d) /* 1 for 0 */
{
    int places = 1;
    while (places < 10 && d >= digits_powers[places])
        places++;
    return places;
}
/* Places of a normalised magnitude; 1 for zero. */
static inline int64_t digits_places(const Digit *a, size_t n)
{
    return n ? (int64_t)(n - 1) * DIGITS_PLACES + digits_places_of(a[n - 1]) : 1;
}
static inline size_t digits_for_places(int64_t places)
{
    return (size_t)((places + DIGITS_PLACES - 1) / DIGITS_PLACES);
}
static inline int digits_place(const Digit *a, size_t n, int64_t place) /* the decimal digit at 10^place */
{
    size_t i = (size_t)(place / DIGITS_PLACES);
    return i < n ? (int)(a[i] / digits_powers[place % DIGITS_PLACES] % 10) : 0;
}
/* Is a nonzero decimal digit below 10^place? */
bool digits_any_below(const Digit *a, size_t n, int64_t place);
/* Zeros at the end of a nonzero magnitude. */
int64_t digits_trailing_zeros(const Digit *a, size_t n);
/* r = a * 10^shift: n + shift / 9 + 1 digits are written. r may be a. */
void digits_shift_left(Digit *r, const Digit *a, size_t n, int64_t shift);
/* r = a / 10^shift, rounded down, for shift below a's places: n - shift / 9 digits are written. r may be a. */
void digits_shift_right(Digit *r, const Digit *a, size_t n, int64_t shift);
/* Writes exactly `places` characters, with leading zeros. */
void digits_to_text(char *text, const Digit *a, size_t n, int64_t places);
/* Reads characters '0'..'9': digits_for_places(length) digits are written. */
void digits_from_text(Digit *r, const char *text, int64_t length);
/* Between base 10^9 and base 2^30.  The results have room for *_bound digits; *n tells how many are used, without leading zeros. */
static inline size_t digits_from_bigint_bound(size_t n) { return n + n / 290 + 2; }
static inline size_t digits_to_bigint_bound(size_t n) { return n; }
int digits_from_bigint(Thread *t, Digit *r, size_t *n, const Digit *a, size_t na);
int digits_to_bigint(Thread *t, Digit *r, size_t *n, const Digit *a, size_t na);

#endif
