/* float.h: Python floats.  Exact floats are unboxed; instances of subclasses are heap objects. */
#ifndef BATON_OBJECT_FLOAT_H
#define BATON_OBJECT_FLOAT_H

#include "object.h"

typedef struct Float {
    Object head; /* always KIND_FLOAT | KIND_SUBCLASS */
    double value;
} Float;
typedef struct Complex {
    Object head;
    double real, imag;
} Complex;

static ALWAYS_INLINE bool float_check(Value v) { return value_is_double(v) || object_is(v, KIND_FLOAT); }
static ALWAYS_INLINE double float_value(Value v) /* float_check(v) */
{
    return value_is_double(v) ? value_to_double(v) : ((Float *)value_object(v))->value;
}
MUST_CHECK Value float_from_string(Thread *t, Value str_or_bytes); /* float("..."), ValueError as CPython's */
/* Correctly rounded decimal to double (dtoa.c): end is set behind what was read; locale-free. */
double float_parse(const char *s, const char **end);
/* Shortest decimal that reads back (repr): writes into buffer, returns length.  NUL-terminated. */
size_t float_repr(double d, char buffer[32]);
/* printf-like: code 'e' 'E' 'f' 'F' 'g' 'G' 'r', flags FLOAT_...; a malloc-free string through alloc_memory (caller frees), NULL with MemoryError. */
#define FLOAT_SIGN 0x01     /* always a sign */
#define FLOAT_DOT_ZERO 0x02 /* add .0 to an integral result */
#define FLOAT_ALT 0x04      /* '#' */
#define FLOAT_NO_NEG_0 0x08 /* the 'z' option */
char *float_format(Thread *t, double d, char code, int precision, int flags);
MUST_CHECK Value float_hex(Thread *t, double d);
MUST_CHECK Value float_from_hex(Thread *t, Value str);
hash_t float_hash(double d); /* of a non-NaN; NaN: 0 */
MUST_CHECK Value float_as_integer_ratio(Thread *t, double d);
MUST_CHECK Value float_power(Thread *t, double x,
                             double y); /* x ** y: may be complex; ZeroDivisionError, OverflowError */
MUST_CHECK Value float_round(Thread *t, double d, int64_t digits); /* round(d, digits) */
double float_mod(double x, double y, double *quotient);            /* x % y and, if not NULL, x // y, for y != 0 */
int float_compare_int(Thread *t, double d, Value i);               /* -1, 0, 1; d is not a NaN, i satisfies int_check */
MUST_CHECK Value complex_new(Thread *t, double real, double imag);
Value float_overflow(Thread *t); /* OverflowError(34, 'Numerical result out of range') */
MUST_CHECK Value complex_power(Thread *t, double base_real, double base_imag, double real, double imag);

/* complex or a subclass */
static ALWAYS_INLINE bool complex_check(Value v) { return object_is(v, KIND_COMPLEX); }
/* Any number as a complex (complex, __complex__, float, __index__): 0, or -1 with TypeError. */
int complex_from_value(Thread *t, Value v, double *real, double *imag);

typedef struct TypeSpec TypeSpec;
extern const TypeSpec type_spec_float, type_spec_complex;

#endif
