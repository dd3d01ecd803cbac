/* mod_cmath.c: the module cmath: functions of complex numbers.
 *
 * The formulas for finite arguments are W. Kahan's ("Branch cuts for complex elementary functions"): they keep the signs of zeros, and neither overflow nor cancel on the
 * way.  Infinite and NaN arguments are answered as Annex G of C99 asks.  A function reports through Status what becomes an exception.  No state, no locks. */
#include <float.h>
#include <math.h>

#include "../memory/ref.h"
#include "../object/error.h"
#include "../object/float.h"
#include "../object/list.h"
#include "../object/module.h"

#define PI 3.141592653589793238462643383279502884
#define E 2.718281828459045235360287471352662498
#define LN2 0.693147180559945309417232121458176568
#define LN10 2.302585092994045684017991454684364208

/* Twice this does not overflow. */
#define LARGE (DBL_MAX / 4.0)
#define LOG_LARGE 708.0 /* exp() and cosh() of this do not overflow, with room for a factor e */

typedef struct Complex2 {
    double re, im;
} Complex2;

typedef enum Status { FINE, DOMAIN_ERROR, RANGE_ERROR } Status;

static Complex2 make(double re, double im) { return (Complex2){re, im}; }
static bool is_finite(Complex2 z) { return isfinite(z.re) && isfinite(z.im); }
static Complex2 times_i(Complex2 z) { return make(-z.im, z.re); }
static Complex2 divided_by_i(Complex2 z) { return make(z.im, -z.re); }

/* x with an infinite size and the signs of a direction; a zero direction gives a zero. */
static Complex2 infinite(double size, double angle)
{
    if (angle == 0.0)
        return make(size, angle);
    return make(copysign(INFINITY, size) * copysign(1.0, cos(angle)),
                copysign(INFINITY, size) * copysign(1.0, sin(angle)));
}

/* ---- roots and logarithms ---- */

static Complex2 square_root(Complex2 z, Status *status)
{
    if (!is_finite(z)) {
        if (isinf(z.im))
            return make(INFINITY, z.im);
        if (isnan(z.re))
            return make(NAN, NAN);
        if (z.re == INFINITY)
            return make(INFINITY, isnan(z.im) ? NAN : copysign(0.0, z.im));
        if (z.re == -INFINITY)
            return isnan(z.im) ? make(NAN, INFINITY) : make(0.0, copysign(INFINITY, z.im));
        return make(NAN, NAN);
    }
    if (z.re == 0.0 && z.im == 0.0)
        return make(0.0, z.im);
    double x = fabs(z.re), y = fabs(z.im), s;
    if (x < DBL_MIN && y < DBL_MIN) { /* scaled up by 2^53, away from the subnormals; s is the root of half the sum */
        x = ldexp(x, 53);
        s = ldexp(sqrt(x + hypot(x, ldexp(y, 53))), -27);
    } else {
        x /= 8.0;
        s = 2.0 * sqrt(x + hypot(x, y / 8.0));
    }
    double d = y / (2.0 * s);
    return z.re >= 0.0 ? make(s, copysign(d, z.im)) : make(d, copysign(s, z.im));
}

static Complex2 logarithm(Complex2 z, Status *status)
{
    *status = FINE;
    if (!is_finite(z)) {
        if (isinf(z.re) || isinf(z.im))
            return make(INFINITY, isnan(z.re) || isnan(z.im) ? NAN : atan2(z.im, z.re));
        return make(NAN, NAN);
    }
    double x = fabs(z.re), y = fabs(z.im), angle = atan2(z.im, z.re);
    if (x > LARGE || y > LARGE)
        return make(log(hypot(x / 2.0, y / 2.0)) + LN2, angle);
    if (x < DBL_MIN && y < DBL_MIN) {
        if (x == 0.0 && y == 0.0) {
            *status = DOMAIN_ERROR;
            return make(-INFINITY, angle);
        }
        return make(log(hypot(ldexp(x, DBL_MANT_DIG), ldexp(y, DBL_MANT_DIG))) - DBL_MANT_DIG * LN2, angle);
    }
    double h = hypot(x, y);
    if (h < 0.71 || h > 1.73)
        return make(log(h), angle);
    double larger = x > y ? x : y, smaller = x > y ? y : x; /* near 1: without cancellation */
    return make(log1p((larger - 1.0) * (larger + 1.0) + smaller * smaller) / 2.0, angle);
}

static Complex2 logarithm10(Complex2 z, Status *status)
{
    Complex2 r = logarithm(z, status);
    return make(r.re / LN10, r.im / LN10);
}

/* ---- inverse functions ---- */

/* log(2 |z|) for a huge z */
static double log_of_double(Complex2 z) { return log(hypot(z.re / 2.0, z.im / 2.0)) + 2.0 * LN2; }
static bool is_huge(Complex2 z) { return fabs(z.re) > LARGE || fabs(z.im) > LARGE; }

static Complex2 arc_cosine(Complex2 z, Status *status)
{
    if (!is_finite(z)) {
        if (isinf(z.re) || isinf(z.im)) {
            double im = signbit(z.im) || isnan(z.im) ? INFINITY : -INFINITY;
            return make(isnan(z.re) || isnan(z.im) ? NAN : atan2(fabs(z.im), z.re), im);
        }
        return make(z.re == 0.0 ? PI / 2.0 : NAN, NAN);
    }
    if (is_huge(z))
        return make(atan2(fabs(z.im), z.re), copysign(log_of_double(z), -z.im));
    Complex2 s1 = square_root(make(1.0 - z.re, -z.im), status), s2 = square_root(make(1.0 + z.re, z.im), status);
    return make(2.0 * atan2(s1.re, s2.re), asinh(s2.re * s1.im - s2.im * s1.re));
}

static Complex2 arc_hyperbolic_cosine(Complex2 z, Status *status)
{
    if (!is_finite(z)) {
        if (isinf(z.re) || isinf(z.im))
            return make(INFINITY, isnan(z.re) || isnan(z.im) ? NAN : atan2(z.im, z.re));
        return make(NAN, z.re == 0.0 ? PI / 2.0 : NAN);
    }
    if (is_huge(z))
        return make(log_of_double(z), atan2(z.im, z.re));
    Complex2 s1 = square_root(make(z.re - 1.0, z.im), status), s2 = square_root(make(z.re + 1.0, z.im), status);
    return make(asinh(s1.re * s2.re + s1.im * s2.im), 2.0 * atan2(s1.im, s2.re));
}

static Complex2 arc_hyperbolic_sine(Complex2 z, Status *status)
{
    if (!is_finite(z)) {
        if (isinf(z.re))
            return make(z.re, isnan(z.im) ? NAN : atan2(z.im, fabs(z.re)));
        if (isinf(z.im))
            return isnan(z.re) ? make(INFINITY, NAN) : make(copysign(INFINITY, z.re), copysign(PI / 2.0, z.im));
        return make(NAN, isnan(z.re) && z.im == 0.0 ? z.im : NAN);
    }
    if (is_huge(z))
        return make(copysign(log_of_double(z), z.re), atan2(z.im, fabs(z.re)));
    Complex2 s1 = square_root(make(1.0 + z.im, -z.re), status), s2 = square_root(make(1.0 - z.im, z.re), status);
    return make(asinh(s1.re * s2.im - s2.re * s1.im), atan2(z.im, s1.re * s2.re - s1.im * s2.im));
}

static Complex2 arc_sine(Complex2 z, Status *status) { return divided_by_i(arc_hyperbolic_sine(times_i(z), status)); }

static Complex2 arc_hyperbolic_tangent(Complex2 z, Status *status)
{
    if (!is_finite(z)) {
        if (isinf(z.im))
            return make(copysign(0.0, z.re), copysign(PI / 2.0, z.im));
        if (isinf(z.re))
            return make(copysign(0.0, z.re), isnan(z.im) ? NAN : copysign(PI / 2.0, z.im));
        return make(z.re == 0.0 ? z.re : NAN, NAN);
    }
    if (signbit(z.re)) { /* odd */
        Complex2 r = arc_hyperbolic_tangent(make(-z.re, -z.im), status);
        return make(-r.re, -r.im);
    }
    double y = fabs(z.im);
    const double root_large = sqrt(LARGE), root_small = sqrt(DBL_MIN);
    if (z.re > root_large || y > root_large) {
        double h = hypot(z.re / 2.0, z.im / 2.0);
        return make(z.re / 4.0 / h / h, copysign(PI / 2.0, z.im));
    }
    if (z.re == 1.0 && y < root_small) {
        if (y == 0.0) {
            *status = DOMAIN_ERROR;
            return make(INFINITY, z.im);
        }
        return make(-log(sqrt(y) / sqrt(hypot(y, 2.0))), copysign(atan2(2.0, -y) / 2.0, z.im));
    }
    double below = 1.0 - z.re;
    return make(log1p(4.0 * z.re / (below * below + y * y)) / 4.0,
                -atan2(-2.0 * z.im, below * (1.0 + z.re) - y * y) / 2.0);
}

static Complex2 arc_tangent(Complex2 z, Status *status)
{
    return divided_by_i(arc_hyperbolic_tangent(times_i(z), status));
}

/* ---- exponential and hyperbolic functions ---- */

static Status overflowed(Complex2 r) { return isinf(r.re) || isinf(r.im) ? RANGE_ERROR : FINE; }

static Complex2 exponential(Complex2 z, Status *status)
{
    if (!is_finite(z)) {
        if (isinf(z.im) && !isnan(z.re) && z.re != -INFINITY)
            *status = DOMAIN_ERROR;
        if (z.re == INFINITY)
            return isfinite(z.im) ? infinite(INFINITY, z.im) : make(INFINITY, NAN);
        if (z.re == -INFINITY)
            return isfinite(z.im) && z.im != 0.0 ? make(copysign(0.0, cos(z.im)), copysign(0.0, sin(z.im)))
                                                 : make(0.0, isnan(z.im) || isinf(z.im) ? 0.0 : z.im);
        return make(NAN, isnan(z.re) && z.im == 0.0 ? z.im : NAN);
    }
    Complex2 r;
    if (z.re > LOG_LARGE) {
        double size = exp(z.re - 1.0);
        r = make(size * cos(z.im) * E, size * sin(z.im) * E);
    } else {
        double size = exp(z.re);
        r = make(size * cos(z.im), size * sin(z.im));
    }
    *status = overflowed(r);
    return r;
}

static Complex2 hyperbolic_cosine(Complex2 z, Status *status)
{
    if (!is_finite(z)) {
        if (isinf(z.im) && !isnan(z.re))
            *status = DOMAIN_ERROR;
        if (isinf(z.re)) {
            if (!isfinite(z.im))
                return make(INFINITY, NAN);
            if (z.im == 0.0)
                return make(INFINITY, copysign(1.0, z.re) * z.im);
            return make(INFINITY * copysign(1.0, cos(z.im)), z.re * copysign(1.0, sin(z.im)));
        }
        if (isnan(z.re))
            return make(NAN, z.im == 0.0 ? z.im : NAN);
        return make(NAN, z.re == 0.0 ? 0.0 : NAN);
    }
    Complex2 r;
    if (fabs(z.re) > LOG_LARGE) {
        double x = z.re - copysign(1.0, z.re);
        r = make(cos(z.im) * cosh(x) * E, sin(z.im) * sinh(x) * E);
    } else {
        r = make(cos(z.im) * cosh(z.re), sin(z.im) * sinh(z.re));
    }
    *status = overflowed(r);
    return r;
}

static Complex2 cosine(Complex2 z, Status *status) { return hyperbolic_cosine(times_i(z), status); }

static Complex2 hyperbolic_sine(Complex2 z, Status *status)
{
    if (!is_finite(z)) {
        if (isinf(z.im) && !isnan(z.re))
            *status = DOMAIN_ERROR;
        if (isinf(z.re)) {
            if (!isfinite(z.im))
                return make(z.re, NAN);
            if (z.im == 0.0)
                return z;
            return make(z.re * copysign(1.0, cos(z.im)), INFINITY * copysign(1.0, sin(z.im)));
        }
        if (isnan(z.re))
            return make(NAN, z.im == 0.0 ? z.im : NAN);
        return make(z.re == 0.0 ? z.re : NAN, NAN);
    }
    Complex2 r;
    if (fabs(z.re) > LOG_LARGE) {
        double x = z.re - copysign(1.0, z.re);
        r = make(cos(z.im) * sinh(x) * E, sin(z.im) * cosh(x) * E);
    } else {
        r = make(cos(z.im) * sinh(z.re), sin(z.im) * cosh(z.re));
    }
    *status = overflowed(r);
    return r;
}

static Complex2 sine(Complex2 z, Status *status) { return divided_by_i(hyperbolic_sine(times_i(z), status)); }

static Complex2 hyperbolic_tangent(Complex2 z, Status *status)
{
    if (!is_finite(z)) {
        if (isinf(z.im) && isfinite(z.re))
            *status = DOMAIN_ERROR;
        if (isinf(z.re))
            return make(copysign(1.0, z.re), isfinite(z.im) ? copysign(0.0, 2.0 * sin(z.im) * cos(z.im)) : 0.0);
        if (isnan(z.re))
            return make(NAN, z.im == 0.0 ? z.im : NAN);
        return make(z.re == 0.0 ? z.re : NAN, NAN);
    }
    if (fabs(z.re) > LOG_LARGE)
        return make(copysign(1.0, z.re), 4.0 * sin(z.im) * cos(z.im) * exp(-2.0 * fabs(z.re)));
    double tx = tanh(z.re), ty = tan(z.im), c = 1.0 / cosh(z.re), product = tx * ty,
           denominator = 1.0 + product * product;
    return make(tx * (1.0 + ty * ty) / denominator, ((ty / denominator) * c) * c);
}

static Complex2 tangent(Complex2 z, Status *status) { return divided_by_i(hyperbolic_tangent(times_i(z), status)); }

/* ---- functions of one argument ---- */

static Value error_of(Thread *t, Status status)
{
    if (status == DOMAIN_ERROR)
        return error_set(t, EXC_ValueError, "math domain error");
    return error_set(t, EXC_OverflowError, "math range error");
}

static Value unary(Thread *t, Value v, Complex2 (*f)(Complex2 z, Status *status))
{
    Complex2 z;
    if (complex_from_value(t, v, &z.re, &z.im) < 0)
        return VALUE_EMPTY;
    Status status = FINE;
    Complex2 r = f(z, &status);
    return status == FINE ? complex_new(t, r.re, r.im) : error_of(t, status);
}

#define UNARY(name, function, doc)                                                                                     \
    NATIVE(name, #name, "($module, z, /)", doc) { return unary(t, args[1], function); }
UNARY(acos, arc_cosine, "The arc cosine of z.")
UNARY(acosh, arc_hyperbolic_cosine, "The inverse hyperbolic cosine of z.")
UNARY(asin, arc_sine, "The arc sine of z.")
UNARY(asinh, arc_hyperbolic_sine, "The inverse hyperbolic sine of z.")
UNARY(atan, arc_tangent, "The arc tangent of z.")
UNARY(atanh, arc_hyperbolic_tangent, "The inverse hyperbolic tangent of z.")
UNARY(cos, cosine, "The cosine of z.")
UNARY(cosh, hyperbolic_cosine, "The hyperbolic cosine of z.")
UNARY(exp, exponential, "e raised to the power of z.")
UNARY(log10, logarithm10, "The logarithm of z to base 10.")
UNARY(sin, sine, "The sine of z.")
UNARY(sinh, hyperbolic_sine, "The hyperbolic sine of z.")
UNARY(sqrt, square_root, "The square root of z with a real part that is not negative.")
UNARY(tan, tangent, "The tangent of z.")
UNARY(tanh, hyperbolic_tangent, "The hyperbolic tangent of z.")

NATIVE(log, "log", "($module, z, base=<unrepresentable>, /)",
       "The logarithm of z to the given base, by default the natural one.")
{
    Complex2 z, base = {0.0, 0.0};
    if (complex_from_value(t, args[1], &z.re, &z.im) < 0 ||
        (!value_is_empty(args[2]) && complex_from_value(t, args[2], &base.re, &base.im) < 0))
        return VALUE_EMPTY;
    Status status;
    Complex2 r = logarithm(z, &status);
    if (value_is_empty(args[2]))
        return status == FINE ? complex_new(t, r.re, r.im) : error_of(t, status);
    Complex2 divisor = logarithm(base, &status);
    if (status != FINE || (divisor.re == 0.0 && divisor.im == 0.0))
        return error_of(t, DOMAIN_ERROR);
    Value a = complex_new(t, r.re, r.im), b = complex_new(t, divisor.re, divisor.im);
    Value quotient = value_is_empty(a) || value_is_empty(b) ? VALUE_EMPTY : number_binary(t, BINARY_TRUEDIV, a, b);
    ref_dec(t, a);
    ref_dec(t, b);
    return quotient;
}

/* ---- polar coordinates and tests ---- */

NATIVE(phase, "phase", "($module, z, /)", "The angle of z in the complex plane, from -pi to pi.")
{
    Complex2 z;
    if (complex_from_value(t, args[1], &z.re, &z.im) < 0)
        return VALUE_EMPTY;
    return value_from_double(atan2(z.im, z.re));
}

NATIVE(polar, "polar", "($module, z, /)", "The pair of z's distance from 0 and its angle.")
{
    Complex2 z;
    if (complex_from_value(t, args[1], &z.re, &z.im) < 0)
        return VALUE_EMPTY;
    double size = hypot(z.re, z.im);
    if (isinf(size) && is_finite(z))
        return error_of(t, RANGE_ERROR);
    Value items[2] = {value_from_double(size), value_from_double(atan2(z.im, z.re))};
    return tuple_from_array_take(t, items, 2);
}

NATIVE(rect, "rect", "($module, r, phi, /)", "The complex number with distance r from 0 and the angle phi.")
{
    double r = number_to_double(t, args[1]);
    if (r == -1.0 && error_pending(t))
        return VALUE_EMPTY;
    double angle = number_to_double(t, args[2]);
    if (angle == -1.0 && error_pending(t))
        return VALUE_EMPTY;
    if (isfinite(r) && isfinite(angle))
        return angle == 0.0 ? complex_new(t, r, r * angle) : complex_new(t, r * cos(angle), r * sin(angle));
    if (isinf(angle) && r != 0.0 && !isnan(r))
        return error_of(t, DOMAIN_ERROR);
    Complex2 z;
    if (isinf(r) && isfinite(angle))
        z = angle == 0.0 ? make(r, copysign(1.0, r) * angle) : infinite(r, angle);
    else if (isinf(r))
        z = make(INFINITY, NAN);
    else if (r == 0.0)
        z = make(0.0, 0.0);
    else
        z = make(NAN, isnan(r) && angle == 0.0 ? angle : NAN);
    return complex_new(t, z.re, z.im);
}

NATIVE(isfinite, "isfinite", "($module, z, /)", "Are both parts of z finite?")
{
    Complex2 z;
    return complex_from_value(t, args[1], &z.re, &z.im) < 0 ? VALUE_EMPTY : value_from_bool(is_finite(z));
}
NATIVE(isinf, "isinf", "($module, z, /)", "Is a part of z infinite?")
{
    Complex2 z;
    return complex_from_value(t, args[1], &z.re, &z.im) < 0 ? VALUE_EMPTY : value_from_bool(isinf(z.re) || isinf(z.im));
}
NATIVE(isnan, "isnan", "($module, z, /)", "Is a part of z a NaN?")
{
    Complex2 z;
    return complex_from_value(t, args[1], &z.re, &z.im) < 0 ? VALUE_EMPTY : value_from_bool(isnan(z.re) || isnan(z.im));
}

NATIVE(isclose, "isclose", "($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)",
       "Are two complex numbers close to each other?\n\n"
       "They are when their distance is at most rel_tol times the larger magnitude, or at most abs_tol.")
{
    Complex2 a, b;
    double relative = 1e-9, absolute = 0.0;
    if (complex_from_value(t, args[1], &a.re, &a.im) < 0 || complex_from_value(t, args[2], &b.re, &b.im) < 0)
        return VALUE_EMPTY;
    if (!value_is_empty(args[3]) && (relative = number_to_double(t, args[3])) == -1.0 && error_pending(t))
        return VALUE_EMPTY;
    if (!value_is_empty(args[4]) && (absolute = number_to_double(t, args[4])) == -1.0 && error_pending(t))
        return VALUE_EMPTY;
    if (relative < 0.0 || absolute < 0.0)
        return error_set(t, EXC_ValueError, "tolerances must be non-negative");
    if (a.re == b.re && a.im == b.im)
        return VALUE_TRUE;
    if (isinf(a.re) || isinf(a.im) || isinf(b.re) || isinf(b.im))
        return VALUE_FALSE;
    double difference = hypot(a.re - b.re, a.im - b.im);
    return value_from_bool(difference <= relative * hypot(b.re, b.im) || difference <= relative * hypot(a.re, a.im) ||
                           difference <= absolute);
}

/* ---- the module ---- */

static const NativeDef *const functions[] = {
    &native_acos,  &native_acosh, &native_asin,  &native_asinh,   &native_atan,     &native_atanh,
    &native_cos,   &native_cosh,  &native_exp,   &native_isclose, &native_isfinite, &native_isinf,
    &native_isnan, &native_log,   &native_log10, &native_phase,   &native_polar,    &native_rect,
    &native_sin,   &native_sinh,  &native_sqrt,  &native_tan,     &native_tanh,     NULL,
};

static int exec(Thread *t, Value module)
{
    if (module_add_take(t, module, "pi", value_from_double(PI)) < 0 ||
        module_add_take(t, module, "e", value_from_double(E)) < 0 ||
        module_add_take(t, module, "tau", value_from_double(2 * PI)) < 0 ||
        module_add_take(t, module, "inf", value_from_double(INFINITY)) < 0 ||
        module_add_take(t, module, "nan", value_from_double(fabs((double)NAN))) < 0 ||
        module_add_take(t, module, "infj", complex_new(t, 0.0, INFINITY)) < 0 ||
        module_add_take(t, module, "nanj", complex_new(t, 0.0, fabs((double)NAN))) < 0)
        return -1;
    return 0;
}

const ModuleDef module_def_cmath = {
    .name = "cmath",
    .doc = "Mathematical functions of complex numbers.",
    .methods = functions,
    .exec = exec,
};
