/* format.h: the format mini-language: __format__ of int, float, complex and str.
 *
 * Specifiers are strs (an empty one gives str(v) for exact types); the results are new strs, ValueError as CPython's for what a type does not allow. */
#ifndef BATON_OBJECT_FORMAT_H
#define BATON_OBJECT_FORMAT_H

#include "object.h"

MUST_CHECK Value format_int(Thread *t, Value v, Value spec);     /* int_check(v) */
MUST_CHECK Value format_float(Thread *t, Value v, Value spec);   /* float_check(v) */
MUST_CHECK Value format_complex(Thread *t, Value v, Value spec); /* complex_check(v) */
MUST_CHECK Value format_str(Thread *t, Value v, Value spec);     /* str_check(v) */

/* ---- for types of modules (decimal): a number taken apart, laid out by a specifier ---- */

/* A parsed specifier. */
typedef struct FormatSpec {
    uint32_t fill;  /* ' ' by default */
    uint32_t align; /* '<' '>' '=' '^' */
    uint32_t sign;  /* '+' '-' ' ', or 0 */
    bool no_negative_zero, alternate;
    bool fill_ungrouped; /* zeros that fill are no digits: Decimal has it so of a fill given with its alignment */
    int64_t width;       /* -1: none */
    uint32_t group;      /* ',' '_', or 0 */
    uint32_t fraction_group;
    int64_t precision; /* -1: none */
    uint32_t type;     /* 0: none */
} FormatSpec;

#define FORMAT_SEPARATOR_MAX 8
typedef struct FormatSeparator {
    uint32_t chars[FORMAT_SEPARATOR_MAX];
    size_t length;
} FormatSeparator;

typedef struct FormatConvention {
    FormatSeparator point, thousands, fraction;
    const char *grouping; /* sizes from the right; the last one repeats, CHAR_MAX ends */
} FormatConvention;

/* The parts of a number's text: all ASCII, but for `character`. */
typedef struct FormatParts {
    bool negative;
    const char *prefix;
    size_t prefix_length;
    const char *digits;
    size_t digit_count;
    bool point;
    const char *fraction;
    size_t fraction_count;
    const char *rest;
    size_t rest_length;
    uint32_t character; /* of the type 'c', instead of digits; or 0 with is_character false */
    bool is_character;
} FormatParts;

void format_separator_set(FormatSeparator *s, uint32_t c); /* 0: none */
void format_convention_of_locale(FormatConvention *c);
/* spec's fill, align, sign and width count. */
MUST_CHECK Value format_lay_out(Thread *t, const FormatParts *p, const FormatSpec *spec, const FormatConvention *c);

#endif
