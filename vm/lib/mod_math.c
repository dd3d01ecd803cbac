/* mod_math.c: the module math: functions of floats, on top of the C library's.
 *
 * Errors are told by results, not by errno: a NaN from arguments that are none is a domain error, an infinity from finite arguments an overflow or a pole.
 * No state, no locks.  Read next: mod_math_integer.c, mod_math_sum.c. */
#include "mod_math.h"

#include <limits.h>
#include <math.h>

#include "../memory/ref.h"
#include "../object/error.h"
#include "../object/float.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/str.h"

#define PI 3.141592653589793238462643383279502884

static Value domain_error(Thread *t) { return error_set(t, EXC_ValueError, "math domain error"); }
static Value range_error(Thread *t) { return error_set(t, EXC_OverflowError, "math range error"); }

/* ValueError "expected WHAT, got X". */
static COLD Value expected(Thread *t, const char *what, double x)
{
    char text[32];
    float_repr(x, text);
    return error_set(t, EXC_ValueError, "expected %s, got %s", what, text);
}

/* A double argument: false with an exception. */
static ALWAYS_INLINE bool argument(Thread *t, Value v, double *x)
{
    if (LIKELY(value_is_double(v))) {
        *x = value_to_double(v);
        return true;
    }
    if (LIKELY(value_is_int(v))) {
        *x = (double)value_to_int(v);
        return true;
    }
    *x = number_to_double(t, v);
    return *x != -1.0 || !error_pending(t);
}

/* ---- functions of one argument ---- */

/* What an infinity as the result of a finite argument means. */
typedef enum Pole { NEVER, OVERFLOWS, SINGULAR } Pole;

static ALWAYS_INLINE Value unary(Thread *t, Value v, double (*f)(double), Pole pole, const char *domain)
{
    double x;
    if (!argument(t, v, &x))
        return VALUE_EMPTY;
    double r = f(x);
    if (UNLIKELY(!isfinite(r))) {
        if ((isnan(r) && !isnan(x)) || (isinf(r) && isfinite(x) && pole == SINGULAR))
            return domain ? expected(t, domain, x) : domain_error(t);
        if (isinf(r) && isfinite(x) && pole == OVERFLOWS)
            return range_error(t);
    }
    return value_from_double(r);
}

#define UNARY(name, function, pole, domain, doc)                                                                       \
    NATIVE(name, #name, "($module, x, /)", doc) { return unary(t, args[1], function, pole, domain); }

/* The gamma function has poles at 0, -1, -2 ...; the C library answers some of them with an infinity, others with a NaN. */
static bool is_pole(double x) { return x <= 0.0 && x == floor(x); }
static double gamma_of(double x) { return is_pole(x) && x != 0.0 ? NAN : tgamma(x); }
static double log_gamma_of(double x)
{
    if (isinf(x))
        return INFINITY;
    int sign;
    return x == 1.0 || x == 2.0 ? 0.0 : lgamma_r(x, &sign);
}

#define FINITE "a finite input"
#define NOT_A_POLE "a noninteger or positive integer"
UNARY(acos, acos, NEVER, "a number in range from -1 up to 1", "The arc cosine of x, in radians from 0 to pi.")
UNARY(acosh, acosh, NEVER, "argument value not less than 1", "The inverse hyperbolic cosine of x.")
UNARY(asin, asin, NEVER, "a number in range from -1 up to 1", "The arc sine of x, in radians from -pi/2 to pi/2.")
UNARY(asinh, asinh, NEVER, NULL, "The inverse hyperbolic sine of x.")
UNARY(atan, atan, NEVER, NULL, "The arc tangent of x, in radians from -pi/2 to pi/2.")
UNARY(atanh, atanh, SINGULAR, "a number between -1 and 1", "The inverse hyperbolic tangent of x.")
UNARY(cbrt, cbrt, NEVER, NULL, "The cube root of x.")
UNARY(cos, cos, NEVER, FINITE, "The cosine of x, in radians.")
UNARY(cosh, cosh, OVERFLOWS, NULL, "The hyperbolic cosine of x.")
UNARY(erf, erf, NEVER, NULL, "The error function at x.")
UNARY(erfc, erfc, NEVER, NULL, "The complementary error function at x: 1 - erf(x), without cancellation.")
UNARY(exp, exp, OVERFLOWS, NULL, "e raised to the power of x.")
UNARY(exp2, exp2, OVERFLOWS, NULL, "2 raised to the power of x.")
UNARY(expm1, expm1, OVERFLOWS, NULL, "exp(x) - 1, without the loss of precision for small x.")
UNARY(fabs, fabs, NEVER, NULL, "The absolute value of x as a float.")
UNARY(log1p, log1p, SINGULAR, "argument value > -1",
      "The natural logarithm of 1 + x, without the loss of precision for small x.")
UNARY(sin, sin, NEVER, FINITE, "The sine of x, in radians.")
UNARY(sinh, sinh, OVERFLOWS, NULL, "The hyperbolic sine of x.")
UNARY(sqrt, sqrt, NEVER, "a nonnegative input", "The square root of x.")
UNARY(tan, tan, NEVER, FINITE, "The tangent of x, in radians.")
UNARY(tanh, tanh, NEVER, NULL, "The hyperbolic tangent of x.")

NATIVE(gamma, "gamma", "($module, x, /)", "The gamma function at x: for a positive integer, the factorial of x - 1.")
{
    double x;
    if (!argument(t, args[1], &x))
        return VALUE_EMPTY;
    if (x == 0.0 || is_pole(x))
        return expected(t, NOT_A_POLE, x);
    return unary(t, value_from_double(x), gamma_of, OVERFLOWS, NOT_A_POLE);
}

NATIVE(lgamma, "lgamma", "($module, x, /)", "The natural logarithm of the absolute value of the gamma function at x.")
{
    double x;
    if (!argument(t, args[1], &x))
        return VALUE_EMPTY;
    if (isfinite(x) && is_pole(x))
        return expected(t, NOT_A_POLE, x);
    return unary(t, value_from_double(x), log_gamma_of, OVERFLOWS, NOT_A_POLE);
}

NATIVE(degrees, "degrees", "($module, x, /)", "An angle in radians as degrees.")
{
    double x;
    return argument(t, args[1], &x) ? value_from_double(x * (180.0 / PI)) : VALUE_EMPTY;
}
NATIVE(radians, "radians", "($module, x, /)", "An angle in degrees as radians.")
{
    double x;
    return argument(t, args[1], &x) ? value_from_double(x * (PI / 180.0)) : VALUE_EMPTY;
}
NATIVE(isfinite, "isfinite", "($module, x, /)", "Is x neither infinite nor a NaN?")
{
    double x;
    return argument(t, args[1], &x) ? value_from_bool(isfinite(x)) : VALUE_EMPTY;
}
NATIVE(isinf, "isinf", "($module, x, /)", "Is x an infinity of either sign?")
{
    double x;
    return argument(t, args[1], &x) ? value_from_bool(isinf(x)) : VALUE_EMPTY;
}
NATIVE(isnan, "isnan", "($module, x, /)", "Is x a NaN (not a number)?")
{
    double x;
    return argument(t, args[1], &x) ? value_from_bool(isnan(x)) : VALUE_EMPTY;
}
NATIVE(ulp, "ulp", "($module, x, /)", "The value of the last bit of the float x.")
{
    double x;
    if (!argument(t, args[1], &x))
        return VALUE_EMPTY;
    x = fabs(x);
    if (!isfinite(x))
        return value_from_double(x);
    double above = nextafter(x, INFINITY);
    return value_from_double(isinf(above) ? x - nextafter(x, -INFINITY) : above - x);
}

/* ---- logarithms: of ints of any size ---- */

static Value logarithm(Thread *t, Value v, double (*f)(double))
{
    double x;
    if (int_check(v)) {
        if (int_sign(v) <= 0)
            return error_set(t, EXC_ValueError, "expected a positive input");
        int64_t exponent;
        double fraction = int_frexp(v, &exponent);
        if (exponent > 1023) /* too large for a float: v = fraction * 2^exponent */
            return value_from_double(f(fraction) + f(2.0) * (double)exponent);
        x = ldexp(fraction, (int)exponent);
    } else if (!argument(t, v, &x)) {
        return VALUE_EMPTY;
    }
    if (x <= 0.0)
        return expected(t, "a positive input", x);
    return value_from_double(f(x));
}

NATIVE(log, "log", "($module, x, base=<unrepresentable>, /)",
       "The logarithm of x to the given base, by default the natural one.")
{
    Value numerator = logarithm(t, args[1], log);
    if (value_is_empty(numerator) || value_is_empty(args[2]))
        return numerator;
    Value denominator = logarithm(t, args[2], log);
    if (value_is_empty(denominator))
        return denominator;
    return number_binary(t, BINARY_TRUEDIV, numerator, denominator);
}
NATIVE(log2, "log2", "($module, x, /)", "The logarithm of x to base 2.") { return logarithm(t, args[1], log2); }
NATIVE(log10, "log10", "($module, x, /)", "The logarithm of x to base 10.") { return logarithm(t, args[1], log10); }

/* ---- functions of two and three arguments ---- */

#define BINARY(name, x_name, y_name, doc, expression)                                                                  \
    NATIVE(name, #name, "($module, " x_name ", " y_name ", /)", doc)                                                   \
    {                                                                                                                  \
        double x, y;                                                                                                   \
        if (!argument(t, args[1], &x) || !argument(t, args[2], &y))                                                    \
            return VALUE_EMPTY;                                                                                        \
        return value_from_double(expression);                                                                          \
    }
BINARY(atan2, "y", "x", "The arc tangent of y/x, in radians, in the quadrant that both signs tell.", atan2(x, y))
BINARY(copysign, "x", "y", "A float with the magnitude of x and the sign of y.", copysign(x, y))

/* A result that may be a NaN from proper arguments. */
static Value checked(Thread *t, double r, double x, double y)
{
    return isnan(r) && !isnan(x) && !isnan(y) ? domain_error(t) : value_from_double(r);
}

NATIVE(fmod, "fmod", "($module, x, y, /)", "The remainder of x / y as C has it, with the sign of x; x % y may differ.")
{
    double x, y;
    if (!argument(t, args[1], &x) || !argument(t, args[2], &y))
        return VALUE_EMPTY;
    if (isinf(y) && isfinite(x))
        return value_from_double(x);
    return checked(t, fmod(x, y), x, y);
}

NATIVE(remainder, "remainder", "($module, x, y, /)",
       "The difference of x and the closest multiple of y (the even one of two), as IEEE 754 has it.")
{
    double x, y;
    if (!argument(t, args[1], &x) || !argument(t, args[2], &y))
        return VALUE_EMPTY;
    return checked(t, remainder(x, y), x, y);
}

NATIVE(pow, "pow", "($module, x, y, /)", "x ** y, always in floats.")
{
    double x, y;
    if (!argument(t, args[1], &x) || !argument(t, args[2], &y))
        return VALUE_EMPTY;
    double r = pow(x, y);
    if (isinf(r) && isfinite(x) && isfinite(y))
        return x == 0.0 ? domain_error(t) : range_error(t);
    return checked(t, r, x, y);
}

NATIVE(fma, "fma", "($module, x, y, z, /)", "x * y + z with one rounding.")
{
    double x, y, z;
    if (!argument(t, args[1], &x) || !argument(t, args[2], &y) || !argument(t, args[3], &z))
        return VALUE_EMPTY;
    double r = fma(x, y, z);
    if (isnan(r) && !isnan(x) && !isnan(y) && !isnan(z))
        return error_set(t, EXC_ValueError, "invalid operation in fma");
    if (isinf(r) && isfinite(x) && isfinite(y) && isfinite(z))
        return error_set(t, EXC_OverflowError, "overflow in fma");
    return value_from_double(r);
}

NATIVE(nextafter, "nextafter", "($module, x, y, /, *, steps=None)",
       "The float that is `steps` (by default 1) floats from x on the way to y, but not beyond y.")
{
    double x, y;
    if (!argument(t, args[1], &x) || !argument(t, args[2], &y))
        return VALUE_EMPTY;
    if (value_is_empty(args[3]) || value_is_none(args[3]))
        return value_from_double(nextafter(x, y));
    Value count = number_index(t, args[3]);
    if (value_is_empty(count))
        return count;
    bool negative = int_sign(count)<0, huge = int_bit_length(count)> 64;
    uint64_t steps = huge ? UINT64_MAX : int_to_uint64_mask(count);
    ref_dec(t, count);
    if (negative)
        return error_set(t, EXC_ValueError, "steps must be a non-negative integer");
    if (steps == 0 || isnan(x))
        return value_from_double(x);
    if (isnan(y))
        return value_from_double(y);
    if (x == y)
        return value_from_double(y);
    /* Doubles in order of size as integers: the bits, mirrored for the negative ones. */
    int64_t from, to;
    memcpy(&from, &x, sizeof from);
    memcpy(&to, &y, sizeof to);
    from = from < 0 ? INT64_MIN - from : from;
    to = to < 0 ? INT64_MIN - to : to;
    uint64_t distance = to > from ? (uint64_t)to - (uint64_t)from : (uint64_t)from - (uint64_t)to;
    if (steps >= distance)
        return value_from_double(y);
    int64_t at = to > from ? (int64_t)((uint64_t)from + steps) : (int64_t)((uint64_t)from - steps);
    bool below = at < 0 || (at == 0 && to > from); /* the zero reached from below is -0.0 */
    at = at < 0 ? INT64_MIN - at : at;
    double r;
    memcpy(&r, &at, sizeof r);
    return value_from_double(below ? copysign(r, -1.0) : r);
}

NATIVE(ldexp, "ldexp", "($module, x, i, /)", "x * 2**i: what frexp() takes apart.")
{
    double x;
    if (!argument(t, args[1], &x))
        return VALUE_EMPTY;
    if (!int_check(args[2]))
        return error_set(t, EXC_TypeError, "Expected an int as second argument to ldexp.");
    int overflow;
    int64_t exponent = int_to_int64_overflow(t, args[2], &overflow);
    if (overflow)
        exponent = overflow < 0 ? INT64_MIN : INT64_MAX;
    if (x == 0.0 || !isfinite(x))
        return value_from_double(x);
    if (exponent > 10000)
        return range_error(t);
    double r = exponent < -10000 ? copysign(0.0, x) : ldexp(x, (int)exponent);
    return isinf(r) ? range_error(t) : value_from_double(r);
}

static Value pair_take(Thread *t, Value a, Value b)
{
    Value items[2] = {a, b};
    return tuple_from_array_take(t, items, 2);
}

NATIVE(frexp, "frexp", "($module, x, /)", "The pair (m, e) with x == m * 2**e and 0.5 <= abs(m) < 1; (0.0, 0) for 0.")
{
    double x;
    if (!argument(t, args[1], &x))
        return VALUE_EMPTY;
    int exponent = 0;
    if (x != 0.0 && isfinite(x))
        x = frexp(x, &exponent);
    return pair_take(t, value_from_double(x), value_from_int(exponent));
}

NATIVE(modf, "modf", "($module, x, /)", "The fractional and the integer part of x, as floats with the sign of x.")
{
    double x, whole;
    if (!argument(t, args[1], &x))
        return VALUE_EMPTY;
    double fraction = modf(x, &whole);
    return pair_take(t, value_from_double(fraction), value_from_double(whole));
}

NATIVE(isclose, "isclose", "($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)",
       "Are two floats close to each other?\n\n"
       "They are when their difference is at most rel_tol times the larger magnitude, or at most abs_tol.\n"
       "An infinity is close to itself only, a NaN to nothing.")
{
    double a, b, relative = 1e-9, absolute = 0.0;
    if (!argument(t, args[1], &a) || !argument(t, args[2], &b) ||
        (!value_is_empty(args[3]) && !argument(t, args[3], &relative)) ||
        (!value_is_empty(args[4]) && !argument(t, args[4], &absolute)))
        return VALUE_EMPTY;
    if (relative < 0.0 || absolute < 0.0)
        return error_set(t, EXC_ValueError, "tolerances must be non-negative");
    if (a == b)
        return VALUE_TRUE;
    if (isinf(a) || isinf(b))
        return VALUE_FALSE;
    double difference = fabs(b - a);
    return value_from_bool(difference <= fabs(relative * b) || difference <= fabs(relative * a) ||
                           difference <= absolute);
}

/* ---- rounding to ints ---- */

/* v's own __floor__ or __ceil__: 1 *result set, 0 none, -1. */
static int own_method(Thread *t, Value v, Value name, Value *result)
{
    Value method;
    int found = object_special(t, v, name, &method);
    if (found <= 0)
        return found;
    *result = object_call0(t, method);
    ref_dec(t, method);
    return value_is_empty(*result) ? -1 : 1;
}

static Value to_whole(Thread *t, Value v, Value name, double (*f)(double))
{
    Value result;
    if (value_is_int(v))
        return v;
    if (!value_is_double(v)) {
        int found = own_method(t, v, name, &result);
        if (found)
            return found < 0 ? VALUE_EMPTY : result;
    }
    double x;
    return argument(t, v, &x) ? int_from_double(t, f(x)) : VALUE_EMPTY;
}
NATIVE(ceil, "ceil", "($module, x, /)", "The smallest int that is not less than x.")
{
    return to_whole(t, args[1], ID(t, __ceil__), ceil);
}
NATIVE(floor, "floor", "($module, x, /)", "The largest int that is not greater than x.")
{
    return to_whole(t, args[1], ID(t, __floor__), floor);
}

NATIVE(trunc, "trunc", "($module, x, /)", "x without its fraction: the integer between 0 and x that is closest to it.")
{
    Value v = args[1], result;
    if (value_is_int(v))
        return v;
    if (value_is_double(v))
        return int_from_double(t, value_to_double(v));
    int found = own_method(t, v, ID(t, __trunc__), &result);
    if (found)
        return found < 0 ? VALUE_EMPTY : result;
    return error_set(t, EXC_TypeError, "type %.100s doesn't define __trunc__ method", type_name(type_of(t, v)));
}

/* ---- the module ---- */

static const NativeDef *const functions[] = {
    &native_acos,    &native_acosh,    &native_asin,      &native_asinh,    &native_atan,  &native_atan2,
    &native_atanh,   &native_cbrt,     &native_ceil,      &native_copysign, &native_cos,   &native_cosh,
    &native_degrees, &native_erf,      &native_erfc,      &native_exp,      &native_exp2,  &native_expm1,
    &native_fabs,    &native_floor,    &native_fma,       &native_fmod,     &native_frexp, &native_gamma,
    &native_isclose, &native_isfinite, &native_isinf,     &native_isnan,    &native_ldexp, &native_lgamma,
    &native_log,     &native_log10,    &native_log1p,     &native_log2,     &native_modf,  &native_nextafter,
    &native_pow,     &native_radians,  &native_remainder, &native_sin,      &native_sinh,  &native_sqrt,
    &native_tan,     &native_tanh,     &native_trunc,     &native_ulp,      NULL,
};

static int add_functions(Thread *t, Value module, const NativeDef *const *defs)
{
    for (; *defs; defs++) {
        Value name = str_intern(t, "math");
        Value f = value_is_empty(name) ? name : native_new(t, *defs, module, name);
        ref_dec(t, name);
        if (module_add_take(t, module, (*defs)->name, f) < 0)
            return -1;
    }
    return 0;
}

static int exec(Thread *t, Value module)
{
    if (add_functions(t, module, math_integer_functions) < 0 || add_functions(t, module, math_sum_functions) < 0 ||
        module_add_take(t, module, "pi", value_from_double(PI)) < 0 ||
        module_add_take(t, module, "e", value_from_double(2.718281828459045235360287471352662498)) < 0 ||
        module_add_take(t, module, "tau", value_from_double(2 * PI)) < 0 ||
        module_add_take(t, module, "inf", value_from_double(INFINITY)) < 0 ||
        module_add_take(t, module, "nan", value_from_double(fabs((double)NAN))) < 0)
        return -1;
    return 0;
}

const ModuleDef module_def_math = {
    .name = "math",
    .doc = "Mathematical functions of real numbers, and of integers of any size.",
    .methods = functions,
    .exec = exec,
};
