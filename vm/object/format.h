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

#endif
