/* complex.c: the type complex: arithmetic as C99's Annex G asks (infinities survive, a real operand stays real), text and methods.
 *
 * Immutable: no locks.  Read next: float.h (the interface), float_text.c (how parts are read and written). */
#include <math.h>

#include "error.h"
#include "float.h"
#include "format.h"
#include "int.h"
#include "list.h"
#include "str.h"
#include "type.h"
#include "../memory/alloc.h"
#include "../memory/ref.h"

typedef struct Pair {
    double re, im;
} Pair;

Value complex_new(Thread *t, double real, double imag)
{
    Complex *c = alloc_leaf_raw(t, KIND_COMPLEX, sizeof(Complex));
    if (!c)
        return VALUE_EMPTY;
    c->real = real;
    c->imag = imag;
    return value_of(c);
}

static Value pair_new(Thread *t, Pair p) { return complex_new(t, p.re, p.im); }
static Pair pair_of(Value v)
{
    const Complex *c = (const Complex *)value_object(v);
    return (Pair){c->real, c->imag};
}

/* ---- products and quotients ---- */

/* An infinite part as +-1, a finite one as +-0. */
static double unit(double x) { return copysign(isinf(x) ? 1.0 : 0.0, x); }
static double without_nan(double x) { return isnan(x) ? copysign(0.0, x) : x; }

static Pair product(Pair z, Pair w)
{
    double a = z.re, b = z.im, c = w.re, d = w.im;
    double ac = a * c, bd = b * d, ad = a * d, bc = b * c;
    Pair r = {ac - bd, ad + bc};
    if (LIKELY(!isnan(r.re) || !isnan(r.im)))
        return r;
    /* C11, G.5.1: an infinite factor gives an infinity. */
    bool again = false;
    if (isinf(a) || isinf(b)) {
        a = unit(a);
        b = unit(b);
        c = without_nan(c);
        d = without_nan(d);
        again = true;
    }
    if (isinf(c) || isinf(d)) {
        c = unit(c);
        d = unit(d);
        a = without_nan(a);
        b = without_nan(b);
        again = true;
    }
    if (!again && (isinf(ac) || isinf(bd) || isinf(ad) || isinf(bc))) {
        a = without_nan(a);
        b = without_nan(b);
        c = without_nan(c);
        d = without_nan(d);
        again = true;
    }
    if (again) {
        r.re = INFINITY * (a * c - b * d);
        r.im = INFINITY * (a * d + b * c);
    }
    return r;
}

/* a / b for b != 0: scaled by the larger part of b (Smith), so that nothing overflows early. */
static Pair quotient(Pair a, Pair b)
{
    Pair r;
    double size_re = fabs(b.re), size_im = fabs(b.im);
    if (size_re >= size_im) {
        double ratio = b.im / b.re, denominator = b.re + b.im * ratio;
        r.re = (a.re + a.im * ratio) / denominator;
        r.im = (a.im - a.re * ratio) / denominator;
    } else if (size_im >= size_re) {
        double ratio = b.re / b.im, denominator = b.re * ratio + b.im;
        r.re = (a.re * ratio + a.im) / denominator;
        r.im = (a.im * ratio - a.re) / denominator;
    } else { /* a NaN */
        r.re = r.im = NAN;
    }
    if (isnan(r.re) && isnan(r.im)) {
        if ((isinf(a.re) || isinf(a.im)) && isfinite(b.re) && isfinite(b.im)) {
            double x = unit(a.re), y = unit(a.im);
            r.re = INFINITY * (x * b.re + y * b.im);
            r.im = INFINITY * (y * b.re - x * b.im);
        } else if ((isinf(size_re) || isinf(size_im)) && isfinite(a.re) && isfinite(a.im)) {
            double x = unit(b.re), y = unit(b.im);
            r.re = 0.0 * (a.re * x + a.im * y);
            r.im = 0.0 * (a.im * x - a.re * y);
        }
    }
    return r;
}

/* The same for a real dividend, whose imaginary part is absent rather than 0. */
static Pair quotient_real(double a, Pair b)
{
    Pair r;
    double size_re = fabs(b.re), size_im = fabs(b.im);
    if (size_re >= size_im) {
        double ratio = b.im / b.re, denominator = b.re + b.im * ratio;
        r.re = a / denominator;
        r.im = (-a * ratio) / denominator;
    } else if (size_im >= size_re) {
        double ratio = b.re / b.im, denominator = b.re * ratio + b.im;
        r.re = (a * ratio) / denominator;
        r.im = (-a) / denominator;
    } else {
        r.re = r.im = NAN;
    }
    if (isnan(r.re) && isnan(r.im) && isfinite(a) && (isinf(size_re) || isinf(size_im))) {
        double x = unit(b.re), y = unit(b.im);
        r.re = 0.0 * (a * x);
        r.im = 0.0 * (-a * y);
    }
    return r;
}

/* ---- powers ---- */

static Pair power_natural(Pair x, int n)
{
    Pair r = {1.0, 0.0};
    for (int mask = 1; mask <= n; mask <<= 1) {
        if (n & mask)
            r = product(r, x);
        x = product(x, x);
    }
    return r;
}

Value complex_power(Thread *t, double base_real, double base_imag, double real, double imag)
{
    Pair a = {base_real, base_imag}, r;
    if (imag == 0.0 && real == floor(real) && fabs(real) <= 100.0) {
        int n = (int)real;
        if (n < 0 && a.re == 0.0 && a.im == 0.0)
            goto undefined;
        r = n >= 0 ? power_natural(a, n) : quotient_real(1.0, power_natural(a, -n));
    } else if (a.re == 0.0 && a.im == 0.0) {
        if (imag != 0.0 || real < 0.0)
            goto undefined;
        r = (Pair){0.0, 0.0};
    } else {
        double size = hypot(a.re, a.im), length = pow(size, real), angle = atan2(a.im, a.re), phase = angle * real;
        if (imag != 0.0) {
            length *= exp(-angle * imag);
            phase += imag * log(size);
        }
        r = (Pair){length * cos(phase), length * sin(phase)};
    }
    if (isinf(r.re) || isinf(r.im))
        return error_set(t, EXC_OverflowError, "complex exponentiation");
    return pair_new(t, r);
undefined:
    return error_set(t, EXC_ZeroDivisionError, "zero to a negative or complex power");
}

/* ---- operators ---- */

/* 1 complex, 2 real (in p->re), 0 neither, -1 error. */
static int operand(Thread *t, Value v, Pair *p)
{
    p->im = 0.0;
    if (complex_check(v)) {
        *p = pair_of(v);
        return 1;
    }
    if (float_check(v)) {
        p->re = float_value(v);
        return 2;
    }
    if (!int_check(v))
        return 0;
    p->re = int_to_double(t, v);
    return p->re == -1.0 && error_pending(t) ? -1 : 2;
}

#define OPERANDS                                                                                                       \
    Pair x, y;                                                                                                         \
    int kind_x = operand(t, a, &x);                                                                                    \
    if (kind_x <= 0)                                                                                                   \
        return kind_x < 0 ? VALUE_EMPTY : VALUE_NOTIMPLEMENTED;                                                        \
    int kind_y = operand(t, b, &y);                                                                                    \
    if (kind_y <= 0)                                                                                                   \
    return kind_y < 0 ? VALUE_EMPTY : VALUE_NOTIMPLEMENTED

static Value add(Thread *t, Value a, Value b)
{
    OPERANDS;
    return complex_new(t, x.re + y.re, kind_x == 2 ? y.im : kind_y == 2 ? x.im : x.im + y.im);
}
static Value subtract(Thread *t, Value a, Value b)
{
    OPERANDS;
    return complex_new(t, x.re - y.re, kind_x == 2 ? -y.im : kind_y == 2 ? x.im : x.im - y.im);
}
static Value multiply(Thread *t, Value a, Value b)
{
    OPERANDS;
    if (kind_x == 2)
        return complex_new(t, x.re * y.re, x.re * y.im);
    if (kind_y == 2)
        return complex_new(t, x.re * y.re, x.im * y.re);
    return pair_new(t, product(x, y));
}
static Value divide(Thread *t, Value a, Value b)
{
    OPERANDS;
    if (y.re == 0.0 && y.im == 0.0)
        return error_set(t, EXC_ZeroDivisionError, "division by zero");
    if (kind_y == 2)
        return complex_new(t, x.re / y.re, x.im / y.re);
    return pair_new(t, kind_x == 2 ? quotient_real(x.re, y) : quotient(x, y));
}
static Value power2(Thread *t, Value a, Value b)
{
    OPERANDS;
    return complex_power(t, x.re, x.im, y.re, y.im);
}
static Value power3(Thread *t, Value a, Value b, Value modulus)
{
    if (!value_is_none(modulus)) {
        OPERANDS;
        return error_set(t, EXC_ValueError, "complex modulo");
    }
    return power2(t, a, b);
}

static Value negative(Thread *t, Value v) { return complex_new(t, -pair_of(v).re, -pair_of(v).im); }
static Value positive(Thread *t, Value v)
{
    return object_is_exact(v, KIND_COMPLEX) ? ref_inc(t, v) : pair_new(t, pair_of(v));
}
static Value absolute(Thread *t, Value v)
{
    Pair p = pair_of(v);
    double size = hypot(p.re, p.im);
    if (isinf(size) && isfinite(p.re) && isfinite(p.im))
        return error_set(t, EXC_OverflowError, "absolute value too large");
    return value_from_double(size);
}
static int truth(Thread *t, Value v) { return pair_of(v).re != 0.0 || pair_of(v).im != 0.0; }

static Value compare(Thread *t, Value self, Value other, Compare op)
{
    if (op != COMPARE_EQ && op != COMPARE_NE)
        return VALUE_NOTIMPLEMENTED;
    Pair x = pair_of(self);
    bool equal;
    if (complex_check(other))
        equal = x.re == pair_of(other).re && x.im == pair_of(other).im;
    else if (float_check(other))
        equal = x.im == 0.0 && x.re == float_value(other);
    else if (int_check(other))
        equal = x.im == 0.0 && !isnan(x.re) && float_compare_int(t, x.re, other) == 0;
    else
        return VALUE_NOTIMPLEMENTED;
    return value_from_bool(equal == (op == COMPARE_EQ));
}

static hash_t hash(Thread *t, Value self)
{
    Pair p = pair_of(self);
    hash_t re = isnan(p.re) ? slot_hash_identity(t, self) : float_hash(p.re);
    hash_t im = isnan(p.im) ? slot_hash_identity(t, self) : float_hash(p.im);
    hash_t h = (hash_t)((uint64_t)re + UINT64_C(1000003) * (uint64_t)im);
    return h == -1 ? -2 : h;
}

/* ---- text ---- */

static Value repr(Thread *t, Value self)
{
    Pair p = pair_of(self);
    char text[80];
    size_t n = 0;
    bool only_imaginary = p.re == 0.0 && !signbit(p.re);
    /* float_repr adds ".0", which complex does not want: an integral part ends there. */
    if (!only_imaginary) {
        text[n++] = '(';
        n += float_repr(p.re, text + n);
        if (text[n - 1] == '0' && text[n - 2] == '.')
            n -= 2;
        if (isnan(p.im) || !signbit(p.im))
            text[n++] = '+';
    }
    n += float_repr(p.im, text + n);
    if (text[n - 1] == '0' && text[n - 2] == '.')
        n -= 2;
    text[n++] = 'j';
    if (!only_imaginary)
        text[n++] = ')';
    return str_from_latin1(t, (const uint8_t *)text, n);
}

static const char *skip_spaces(const char *s)
{
    while (*s == ' ' || (*s >= '\t' && *s <= '\r'))
        s++;
    return s;
}
static bool is_j(char c) { return c == 'j' || c == 'J'; }

/* NUL-terminated text; false when malformed. */
static bool parse(const char *s, const char *end, Pair *p)
{
    const char *stop;
    *p = (Pair){0.0, 0.0};
    s = skip_spaces(s);
    bool bracket = *s == '(';
    if (bracket)
        s = skip_spaces(s + 1);
    double z = float_parse(s, &stop);
    if (stop != s) {
        s = stop;
        if (*s == '+' || *s == '-') {
            p->re = z;
            p->im = float_parse(s, &stop);
            if (stop == s) {
                p->im = *s == '+' ? 1.0 : -1.0;
                stop = s + 1;
            }
            s = stop;
            if (!is_j(*s))
                return false;
            s++;
        } else if (is_j(*s)) {
            p->im = z;
            s++;
        } else {
            p->re = z;
        }
    } else { /* "j", "+j" or "-j" */
        p->im = *s == '-' ? -1.0 : 1.0;
        if (*s == '+' || *s == '-')
            s++;
        if (!is_j(*s))
            return false;
        s++;
    }
    s = skip_spaces(s);
    if (bracket) {
        if (*s != ')')
            return false;
        s = skip_spaces(s + 1);
    }
    return s == end;
}

/* 0, or -1 with an exception. */
static int from_str(Thread *t, Value str, Pair *p)
{
    size_t length;
    char *text = number_text(t, str, &length);
    if (!text)
        return -1;
    char *out = text, previous = 0;
    bool good = true;
    for (size_t i = 0; i < length; i++) { /* underscores between digits only */
        char c = text[i];
        bool digit = c >= '0' && c <= '9';
        if (c == '_')
            good &= previous >= '0' && previous <= '9';
        else
            good &= previous != '_' || digit, *out++ = c;
        previous = c;
    }
    *out = 0;
    good &= previous != '_';
    int status = -1;
    if (!good)
        error_set(t, EXC_ValueError, "could not convert string to complex: %V", str);
    else if (!parse(text, out, p))
        error_set(t, EXC_ValueError, "complex() arg is a malformed string");
    else
        status = 0;
    alloc_memory_free(t, text);
    return status;
}

/* ---- conversion ---- */

/* v.__complex__() of anything but a complex: 1 in *p, 0 no such method, -1. */
static int special(Thread *t, Value v, Pair *p)
{
    Value method, result;
    if (float_check(v) || int_check(v))
        return 0;
    int found = object_special(t, v, ID(t, __complex__), &method);
    if (found <= 0)
        return found;
    result = object_call0(t, method);
    ref_dec(t, method);
    if (value_is_empty(result))
        return -1;
    int status = -1;
    if (!complex_check(result)) {
        error_set(t, EXC_TypeError, "__complex__ returned non-complex (type %.200s)", type_name(type_of(t, result)));
    } else if (object_is_exact(result, KIND_COMPLEX) ||
               error_warn(t, EXC_DeprecationWarning, 1,
                          "__complex__ returned non-complex (type %.200s).  "
                          "The ability to return an instance of a strict subclass of complex is deprecated, "
                          "and may be removed in a future version of Python.",
                          type_name(type_of(t, result))) == 0) {
        *p = pair_of(result);
        status = 1;
    }
    ref_dec(t, result);
    return status;
}

int complex_from_value(Thread *t, Value v, double *real, double *imag)
{
    Pair p = {0.0, 0.0};
    if (complex_check(v)) {
        p = pair_of(v);
    } else {
        int found = special(t, v, &p);
        if (found < 0)
            return -1;
        if (!found) {
            p.re = number_to_double(t, v);
            if (p.re == -1.0 && error_pending(t))
                return -1;
        }
    }
    *real = p.re;
    *imag = p.im;
    return 0;
}

static bool is_real(Thread *t, Value v)
{
    return value_is_double(v) || value_is_int(v) || type_of(t, v)->slots.to_float || type_of(t, v)->slots.index;
}

static Value instance(Thread *t, Type *type, Pair p)
{
    if (type == t->types[KIND_COMPLEX])
        return pair_new(t, p);
    Complex *self = type_alloc(t, type, 0);
    if (self) {
        self->real = p.re;
        self->imag = p.im;
    }
    return value_of(self);
}

static int warn_part(Thread *t, const char *name, Value v)
{
    return error_warn(t, EXC_DeprecationWarning, 1, "complex() argument '%s' must be a real number, not %T", name, v);
}

/* complex(real, imag) with two arguments or by keyword. */
static Value create_parts(Thread *t, Type *type, Value real, Value imag)
{
    Pair r = {0.0, 0.0}, i = {0.0, 0.0};
    bool real_complex = false;
    if (!value_is_empty(real)) {
        int found = complex_check(real) ? (r = pair_of(real), 1) : str_check(real) ? 0 : special(t, real, &r);
        if (found < 0)
            return VALUE_EMPTY;
        real_complex = found;
        if (found) {
            if (warn_part(t, "real", real) < 0)
                return VALUE_EMPTY;
        } else if (!is_real(t, real)) {
            return error_set(t, EXC_TypeError, "complex() argument 'real' must be a real number, not %T", real);
        }
    }
    if (!value_is_empty(imag)) {
        if (complex_check(imag)) {
            if (warn_part(t, "imag", imag) < 0)
                return VALUE_EMPTY;
            i = pair_of(imag);
        } else if (!is_real(t, imag)) {
            return error_set(t, EXC_TypeError, "complex() argument 'imag' must be a real number, not %T", imag);
        }
    }
    if (!value_is_empty(real) && !real_complex) {
        r.re = number_to_double(t, real);
        if (r.re == -1.0 && error_pending(t))
            return VALUE_EMPTY;
    }
    if (!value_is_empty(imag)) {
        if (complex_check(imag)) {
            r.re -= i.im;
        } else {
            i.re = number_to_double(t, imag);
            if (i.re == -1.0 && error_pending(t))
                return VALUE_EMPTY;
        }
        r.im = real_complex ? r.im + i.re : i.re;
    }
    return instance(t, type, r);
}

static Value create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    if (n != 1 || (!value_is_empty(names) && tuple_length(names))) {
        Value out[2];
        if (native_parse(t, "complex", "(real=0, imag=0)", args, n, names, out) < 0)
            return VALUE_EMPTY;
        return create_parts(t, type, out[0], out[1]);
    }
    Value v = args[0];
    Pair p = {0.0, 0.0};
    if (object_is_exact(v, KIND_COMPLEX) && type == t->types[KIND_COMPLEX])
        return ref_inc(t, v);
    if (str_check(v))
        return from_str(t, v, &p) < 0 ? VALUE_EMPTY : instance(t, type, p);
    int found = complex_check(v) ? (p = pair_of(v), 1) : special(t, v, &p);
    if (found < 0)
        return VALUE_EMPTY;
    if (!found) {
        if (!is_real(t, v))
            return error_set(t, EXC_TypeError, "complex() argument must be a string or a number, not %T", v);
        p.re = number_to_double(t, v);
        if (p.re == -1.0 && error_pending(t))
            return VALUE_EMPTY;
    }
    return instance(t, type, p);
}

/* ---- methods ---- */

NATIVE(complex_conjugate, "conjugate", "($self, /)", "The number with the sign of its imaginary part changed.")
{
    Pair p = pair_of(args[0]);
    return complex_new(t, p.re, -p.im);
}
NATIVE(complex_getnewargs, "__getnewargs__", "($self, /)", NULL)
{
    Pair p = pair_of(args[0]);
    Value items[2] = {value_from_double(p.re), value_from_double(p.im)};
    return tuple_from_array_take(t, items, 2);
}
NATIVE(complex_format, "__format__", "($self, format_spec, /)", "The number as text, by a format specifier.")
{
    if (!str_check(args[1]))
        return error_set(t, EXC_TypeError, "__format__() argument must be str, not %M", args[1]);
    return format_complex(t, args[0], args[1]);
}
NATIVE(complex_complex, "__complex__", "($self, /)", "The number as an exact complex.") { return positive(t, args[0]); }

NATIVE_FLAGS(complex_from_number, "from_number", "($type, number, /)", "A complex from a number, but not from text.",
             NATIVE_CLASS)
{
    bool exact = value_is(args[0], value_of(t->types[KIND_COMPLEX]));
    if (exact && object_is_exact(args[1], KIND_COMPLEX))
        return ref_inc(t, args[1]);
    Pair p;
    if (complex_from_value(t, args[1], &p.re, &p.im) < 0)
        return VALUE_EMPTY;
    Value v = pair_new(t, p);
    if (exact || value_is_empty(v))
        return v;
    Value made = object_call1(t, args[0], v);
    ref_dec(t, v);
    return made;
}

static const NativeDef *const methods[] = {
    &native_complex_conjugate, &native_complex_complex,     &native_complex_getnewargs,
    &native_complex_format,    &native_complex_from_number, NULL,
};

static const MemberDef members[] = {
    {"real", MEMBER_DOUBLE, offsetof(Complex, real), false, "The real part."},
    {"imag", MEMBER_DOUBLE, offsetof(Complex, imag), false, "The imaginary part."},
    {NULL, 0, 0, false, NULL},
};

const TypeSpec type_spec_complex = {
    .name = "complex",
    .doc = "Makes a complex number from a text, from one number, or from a real and an imaginary part.",
    .kind = KIND_COMPLEX,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Complex),
    .methods = methods,
    .members = members,
    .signature = "(real=0, imag=0)",
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
                    [BINARY_POW] = power2,
                },
            .power = power3,
            .unary = {[UNARY_NEG] = negative, [UNARY_POS] = positive, [UNARY_ABS] = absolute},
            .truth = truth,
        },
};
