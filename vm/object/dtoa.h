/* dtoa.h: doubles to decimal digits and back, exactly.
 *
 * A decimal is a string of digits d1 d2 ... dn without trailing zeros and a decimal point position: 0.d1d2...dn * 10^point.  Zero is "0" with point 1.
 * The doubles are finite and not negative.  Pure functions: no allocation, no thread. */
#ifndef BATON_OBJECT_DTOA_H
#define BATON_OBJECT_DTOA_H

#include <stdbool.h>
#include <stdint.h>

/* Room for the digits of any double: 309 before the point, 1074 behind it, and what rounding needs. */
#define DTOA_DIGITS_MAX 1440

/* The shortest digits that read back as d (at most 17), and of these the closest to d. Returns their number. */
int dtoa_shortest(double d, char *digits, int *point);
/* Rounded half to even to `places` digits behind the point (negative: before it). A result of zero has point 1. */
int dtoa_fixed(double d, int places, char digits[DTOA_DIGITS_MAX], int *point);
/* Rounded half to even to `count` >= 1 significant digits. */
int dtoa_significant(double d, int count, char digits[DTOA_DIGITS_MAX], int *point);
/* The closest double to digits[0..n) * 10^exponent, ties to even; infinity when too large. The digits are '0'..'9', of any number. */
double dtoa_parse(const char *digits, int64_t n, int64_t exponent);

#endif
