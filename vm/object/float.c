/* float.c: the type float: arithmetic, comparison, hashing, rounding and methods.
 *
 * Exact floats are unboxed; only instances of subclasses are objects (Float).  Text is in float_text.c.  Immutable: no locks. */
#include <math.h>

#include "bigint.h"
#include "dtoa.h"
#include "error.h"
#include "exception.h"
#include "float.h"
#include "format.h"
#include "int.h"
#include "list.h"
#include "str.h"
#include "type.h"
#include "../memory/alloc.h"
#include "../memory/ref.h"

/* ---- operands ---- */

/* A float or int operand as a double: 1, 0 when it is neither (the answer is NotImplemented), -1 on overflow. */
static ALWAYS_INLINE int operand(Thread *t, Value v, double *d)
{
    if (LIKELY(value_is_double(v))) {
        *d = value_to_double(v);
        return 1;
    }
    if (value_is_int(v)) {
        *d = (double)value_to_int(v);
        return 1;
    }
    if (float_check(v)) {
        *d = float_value(v);
        return 1;
    }
    if (!int_check(v))
        return 0;
    *d = int_to_double(t, v);
    return *d == -1.0 && error_pending(t) ? -1 : 1;
}

#define OPERANDS(x, y)                                                                                                 \
    double x, y;                                                                                                       \
    int operand_##x = operand(t, a, &x);                                                                               \
    if (operand_##x <= 0)                                                                                              \
        return operand_##x < 0 ? VALUE_EMPTY : VALUE_NOTIMPLEMENTED;                                                   \
    int operand_##y = operand(t, b, &y);                                                                               \
    if (operand_##y <= 0)                                                                                              \
    return operand_##y < 0 ? VALUE_EMPTY : VALUE_NOTIMPLEMENTED

static Value division_by_zero(Thread *t) { return error_set(t, EXC_ZeroDivisionError, "division by zero"); }

/* ---- arithmetic ---- */

static Value add(Thread *t, Value a, Value b)
{
    OPERANDS(x, y);
    return value_from_double(x + y);
}
static Value subtract(Thread *t, Value a, Value b)
{
    OPERANDS(x, y);
    return value_from_double(x - y);
}
static Value multiply(Thread *t, Value a, Value b)
{
    OPERANDS(x, y);
    return value_from_double(x * y);
}
static Value divide(Thread *t, Value a, Value b)
{
    OPERANDS(x, y);
    return y == 0.0 ? division_by_zero(t) : value_from_double(x / y);
}

double float_mod(double x, double y, double *quotient)
{
    double rest = fmod(x, y), q = (x - rest) / y;
    if (rest != 0.0) {
        if ((y < 0) != (rest < 0)) {
            rest += y;
            q -= 1.0;
        }
    } else {
        rest = copysign(0.0, y);
    }
    if (quotient) {
        if (q != 0.0) {
            *quotient = floor(q);
            if (q - *quotient > 0.5)
                *quotient += 1.0;
        } else {
            *quotient = copysign(0.0, x / y);
        }
    }
    return rest;
}

static Value modulo(Thread *t, Value a, Value b)
{
    OPERANDS(x, y);
    return y == 0.0 ? division_by_zero(t) : value_from_double(float_mod(x, y, NULL));
}
static Value floor_divide(Thread *t, Value a, Value b)
{
    OPERANDS(x, y);
    if (y == 0.0)
        return division_by_zero(t);
    double quotient;
    float_mod(x, y, &quotient);
    return value_from_double(quotient);
}
static Value both(Thread *t, Value a, Value b)
{
    OPERANDS(x, y);
    if (y == 0.0)
        return division_by_zero(t);
    double quotient, rest = float_mod(x, y, &quotient);
    Value items[2] = {value_from_double(quotient), value_from_double(rest)};
    return tuple_from_array_take(t, items, 2);
}

/* OverflowError as the C library would report it. */
Value float_overflow(Thread *t)
{
    Value text = str_from_string(t, "Numerical result out of range");
    if (value_is_empty(text))
        return text;
    Value exc = object_call2(t, value_of(t->interp->exceptions[EXC_OverflowError]), value_from_int(34), text);
    ref_dec(t, text);
    return value_is_empty(exc) ? exc : error_set_take(t, exc);
}

Value float_power(Thread *t, double x, double y)
{
    if (y == 0.0)
        return value_from_double(1.0);
    if (isnan(x))
        return value_from_double(x);
    if (isnan(y))
        return value_from_double(x == 1.0 ? 1.0 : y);
    if (isinf(y)) {
        x = fabs(x);
        if (x == 1.0)
            return value_from_double(1.0);
        return value_from_double((y > 0.0) == (x > 1.0) ? INFINITY : 0.0);
    }
    bool odd = fmod(fabs(y), 2.0) == 1.0;
    if (isinf(x)) {
        double magnitude = y > 0.0 ? INFINITY : 0.0;
        return value_from_double(odd ? copysign(magnitude, x) : magnitude);
    }
    if (x == 0.0) {
        if (y < 0.0)
            return error_set(t, EXC_ZeroDivisionError, "zero to a negative power");
        return value_from_double(odd ? x : 0.0);
    }
    bool negate = false;
    if (x < 0.0) {
        if (y != floor(y))
            return complex_power(t, x, 0.0, y, 0.0);
        x = -x;
        negate = odd;
    }
    double r = x == 1.0 ? 1.0 : pow(x, y);
    if (isinf(r))
        return float_overflow(t);
    return value_from_double(negate ? -r : r);
}

static Value power2(Thread *t, Value a, Value b)
{
    OPERANDS(x, y);
    return float_power(t, x, y);
}
static Value power3(Thread *t, Value a, Value b, Value modulus)
{
    if (!value_is_none(modulus))
        return error_set(t, EXC_TypeError, "pow() 3rd argument not allowed unless all arguments are integers");
    return power2(t, a, b);
}

static Value negative(Thread *t, Value v) { return value_from_double(-float_value(v)); }
static Value positive(Thread *t, Value v) { return value_from_double(float_value(v)); }
static Value absolute(Thread *t, Value v) { return value_from_double(fabs(float_value(v))); }
static int truth(Thread *t, Value v) { return float_value(v) != 0.0; }
static Value to_int(Thread *t, Value v) { return int_from_double(t, float_value(v)); }

/* ---- comparison and hash ---- */

int float_compare_int(Thread *t, double d, Value i)
{
    int64_t small;
    if (value_is_int(i) || (int_small(i, &small) && small <= INT64_C(1) << 53 && small >= -(INT64_C(1) << 53))) {
        double x = value_is_int(i) ? (double)value_to_int(i) : (double)small;
        return (d > x) - (d < x);
    }
    int sign = int_sign(i), float_sign = (d > 0.0) - (d < 0.0);
    if (sign != float_sign)
        return float_sign < sign ? -1 : 1;
    if (isinf(d))
        return float_sign;
    int exponent;
    double fraction = frexp(fabs(d), &exponent); /* 2^(exponent - 1) <= |d| < 2^exponent */
    IntView view;
    int_view(i, &view);
    uint64_t bits = bigint_bit_length(view.digits, view.size);
    if ((int64_t)bits != exponent)
        return exponent < (int64_t)bits ? -sign : sign;
    /* As long as each other, and longer than 53 bits: compare the leading 53, then is anything below them? */
    uint64_t m = (uint64_t)ldexp(fraction, 53), head = 0;
    for (uint64_t k = 1; k <= 53; k++) {
        uint64_t position = bits - k;
        head = head << 1 | (view.digits[position / BIGINT_BITS] >> position % BIGINT_BITS & 1);
    }
    if (m != head)
        return m < head ? -sign : sign;
    return bigint_any_bit_below(view.digits, view.size, bits - 53) ? -sign : 0;
}

static Value compare(Thread *t, Value self, Value other, Compare op)
{
    double x = float_value(self);
    int order;
    if (float_check(other)) {
        double y = float_value(other);
        switch (op) {
        case COMPARE_LT: return value_from_bool(x < y);
        case COMPARE_LE: return value_from_bool(x <= y);
        case COMPARE_EQ: return value_from_bool(x == y);
        case COMPARE_NE: return value_from_bool(x != y);
        case COMPARE_GT: return value_from_bool(x > y);
        default: return value_from_bool(x >= y);
        }
    }
    if (!int_check(other))
        return VALUE_NOTIMPLEMENTED;
    if (isnan(x))
        return value_from_bool(op == COMPARE_NE);
    order = float_compare_int(t, x, other);
    switch (op) {
    case COMPARE_LT: return value_from_bool(order < 0);
    case COMPARE_LE: return value_from_bool(order <= 0);
    case COMPARE_EQ: return value_from_bool(order == 0);
    case COMPARE_NE: return value_from_bool(order != 0);
    case COMPARE_GT: return value_from_bool(order > 0);
    default: return value_from_bool(order >= 0);
    }
}

hash_t float_hash(double d)
{
    const uint64_t modulus = (UINT64_C(1) << 61) - 1;
    if (!isfinite(d))
        return isnan(d) ? 0 : d > 0 ? 314159 : -314159;
    if (fabs(d) < 1e15 && d == (double)(int64_t)d) {
        int64_t i = (int64_t)d;
        return i == -1 ? -2 : i;
    }
    int e;
    double m = frexp(fabs(d), &e);
    uint64_t x = (uint64_t)ldexp(m, 53); /* |d| = x * 2^(e - 53), and 2^61 = 1 */
    e = (e - 53) % 61;
    if (e < 0)
        e += 61;
    if (e) {
        x = (x << e & modulus) | x >> (61 - e);
    }
    hash_t hash = d < 0 ? -(hash_t)x : (hash_t)x;
    return hash == -1 ? -2 : hash;
}

/* A subclass instance hashes as the float it is, a NaN by identity. */
static hash_t hash(Thread *t, Value self)
{
    double d = float_value(self);
    return isnan(d) && value_is_object(self) ? slot_hash_identity(t, self) : float_hash(d);
}

static Value repr(Thread *t, Value self)
{
    char text[32];
    size_t n = float_repr(float_value(self), text);
    return str_from_latin1(t, (const uint8_t *)text, n);
}

/* ---- rounding ---- */

Value float_round(Thread *t, double d, int64_t places)
{
    if (!isfinite(d) || places > 323)
        return value_from_double(d);
    if (places < -308)
        return value_from_double(0.0 * d);
    char digits[DTOA_DIGITS_MAX];
    int point, count = dtoa_fixed(fabs(d), (int)places, digits, &point);
    double r = dtoa_parse(digits, count, point - count);
    if (isinf(r))
        return error_set(t, EXC_OverflowError, "rounded value too large to represent");
    return value_from_double(copysign(r, d));
}

Value float_as_integer_ratio(Thread *t, double d)
{
    if (isinf(d))
        return error_set(t, EXC_OverflowError, "cannot convert Infinity to integer ratio");
    if (isnan(d))
        return error_set(t, EXC_ValueError, "cannot convert NaN to integer ratio");
    int exponent;
    int64_t m = (int64_t)ldexp(frexp(d, &exponent), 53);
    exponent -= 53;
    if (m == 0)
        exponent = 0;
    while (m && !(m & 1)) {
        m >>= 1; /* exact */
        exponent++;
    }
    Value items[2];
    Value odd = int_from_int64(t, m);
    if (value_is_empty(odd))
        return odd;
    items[0] = exponent > 0 ? int_shift_left(t, odd, (uint64_t)exponent) : ref_inc(t, odd);
    items[1] = int_shift_left(t, value_from_int(1), exponent < 0 ? (uint64_t)-exponent : 0);
    ref_dec(t, odd);
    if (value_is_empty(items[0]) || value_is_empty(items[1])) {
        ref_dec(t, items[0]);
        ref_dec(t, items[1]);
        return VALUE_EMPTY;
    }
    return tuple_from_array_take(t, items, 2);
}

/* ---- methods ---- */

NATIVE(float_conjugate, "conjugate", "($self, /)", "The complex conjugate of a float: the float itself.")
{
    return positive(t, args[0]);
}
NATIVE(float_trunc, "__trunc__", "($self, /)", "The integer between 0 and the float that is closest to it.")
{
    return int_from_double(t, float_value(args[0]));
}
NATIVE(float_floor, "__floor__", "($self, /)", "The largest int that is not greater.")
{
    return int_from_double(t, floor(float_value(args[0])));
}
NATIVE(float_ceil, "__ceil__", "($self, /)", "The smallest int that is not less.")
{
    return int_from_double(t, ceil(float_value(args[0])));
}

NATIVE(float_round_method, "__round__", "($self, ndigits=None, /)",
       "The closest int, or with ndigits the closest float with that many digits behind the point; ties go to the even "
       "side.")
{
    double d = float_value(args[0]);
    if (value_is_empty(args[1]) || value_is_none(args[1])) {
        double r = round(d);
        if (fabs(d - r) == 0.5)
            r = 2.0 * round(d / 2.0);
        return int_from_double(t, r);
    }
    int64_t places = number_index_int64(t, args[1], -1);
    if (places == -1 && error_pending(t))
        return VALUE_EMPTY;
    return float_round(t, d, places);
}

NATIVE(float_as_integer_ratio, "as_integer_ratio", "($self, /)",
       "A pair of ints, in lowest terms with a positive denominator, whose ratio is exactly the float.\n\n"
       ">>> (0.75).as_integer_ratio()\n(3, 4)")
{
    return float_as_integer_ratio(t, float_value(args[0]));
}

NATIVE(float_is_integer, "is_integer", "($self, /)", "Is the float a whole number?")
{
    double d = float_value(args[0]);
    return value_from_bool(isfinite(d) && floor(d) == d);
}

NATIVE(float_hex, "hex", "($self, /)",
       "The float in hexadecimal, exactly.\n\n>>> (-2.5).hex()\n'-0x1.4000000000000p+1'")
{
    return float_hex(t, float_value(args[0]));
}

/* An instance of the class that a class method was called on. Takes the float. */
static Value in_class_take(Thread *t, Value class, Value v)
{
    if (value_is_empty(v) || value_is(class, value_of(t->types[KIND_FLOAT])))
        return v;
    Value instance = object_call1(t, class, v);
    ref_dec(t, v);
    return instance;
}

NATIVE_FLAGS(float_fromhex, "fromhex", "($type, string, /)",
             "The float that a hexadecimal text stands for.\n\n>>> float.fromhex('0x1.8p3')\n12.0", NATIVE_CLASS)
{
    if (!str_check(args[1]))
        return error_set(t, EXC_TypeError, "bad argument type for built-in operation");
    return in_class_take(t, args[0], float_from_hex(t, args[1]));
}

NATIVE_FLAGS(float_from_number, "from_number", "($type, number, /)", "A float from a real number, but not from text.",
             NATIVE_CLASS)
{
    double d = number_to_double(t, args[1]);
    if (d == -1.0 && error_pending(t))
        return VALUE_EMPTY;
    return in_class_take(t, args[0], value_from_double(d));
}

NATIVE(float_getnewargs, "__getnewargs__", "($self, /)", NULL)
{
    Value items[1] = {positive(t, args[0])};
    return tuple_from_array_take(t, items, 1);
}

NATIVE_FLAGS(float_getformat, "__getformat__", "($type, typestr, /)",
             "For CPython's own tests: how the C type 'double' or 'float' is laid out in memory.", NATIVE_CLASS)
{
    if (!str_check(args[1]))
        return error_set(t, EXC_TypeError, "__getformat__() argument must be str, not %M", args[1]);
    if (!str_equal_ascii(args[1], "double") && !str_equal_ascii(args[1], "float"))
        return error_set(t, EXC_ValueError, "__getformat__() argument 1 must be 'double' or 'float'");
    const uint16_t one = 1;
    uint8_t low;
    memcpy(&low, &one, 1);
    return str_from_string(t, low ? "IEEE, little-endian" : "IEEE, big-endian");
}

NATIVE(float_format, "__format__", "($self, format_spec, /)", "The float as text, by a format specifier.")
{
    if (!str_check(args[1]))
        return error_set(t, EXC_TypeError, "__format__() argument must be str, not %M", args[1]);
    return format_float(t, args[0], args[1]);
}

static Value get_imag(Thread *t, Value self) { return value_from_double(0.0); }

static Value create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    bool exact = type == t->types[KIND_FLOAT];
    if (!value_is_empty(names) && tuple_length(names) && type->slots.init == t->types[KIND_FLOAT]->slots.init)
        return error_set(t, EXC_TypeError, "float() takes no keyword arguments");
    if (n > 1)
        return error_set(t, EXC_TypeError, "float expected at most 1 argument, got %u", n);
    Value v = n ? number_float(t, args[0]) : value_from_double(0.0);
    if (value_is_empty(v) || exact)
        return v;
    Float *self = type_alloc(t, type, 0);
    if (self)
        self->value = value_to_double(v);
    return value_of(self);
}

static const NativeDef *const methods[] = {
    &native_float_conjugate,    &native_float_trunc,
    &native_float_floor,        &native_float_ceil,
    &native_float_round_method, &native_float_as_integer_ratio,
    &native_float_is_integer,   &native_float_hex,
    &native_float_fromhex,      &native_float_from_number,
    &native_float_getnewargs,   &native_float_getformat,
    &native_float_format,       NULL,
};

static const GetSetDef getsets[] = {
    {"real", positive, NULL, "The real part: the float itself."},
    {"imag", get_imag, NULL, "The imaginary part: 0.0."},
    {NULL, NULL, NULL, NULL},
};

const TypeSpec type_spec_float = {
    .name = "float",
    .doc = "Makes a floating-point number from a number or from text.",
    .kind = KIND_FLOAT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE | TYPE_MATCH_SELF,
    .size = sizeof(Float),
    .methods = methods,
    .getsets = getsets,
    .signature = "(x=0, /)",
    .slots =
        {
            .create = create,
            .repr = repr,
            .hash = hash,
            .compare = compare,
            .binary =
                {
                    [BINARY_ADD] = add,
                    [BINARY_SUB] = subtract,
                    [BINARY_MUL] = multiply,
                    [BINARY_TRUEDIV] = divide,
                    [BINARY_FLOORDIV] = floor_divide,
                    [BINARY_MOD] = modulo,
                    [BINARY_POW] = power2,
                    [BINARY_DIVMOD] = both,
                },
            .power = power3,
            .unary = {[UNARY_NEG] = negative, [UNARY_POS] = positive, [UNARY_ABS] = absolute},
            .truth = truth,
            .to_int = to_int,
            .to_float = positive,
        },
};
