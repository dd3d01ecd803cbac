/* mod__decimal_convert.c: decimal numbers from and to other objects: ints, floats, text, tuples, ratios.  No locks. */
#include "mod__decimal.h"

#include <math.h>

#include "decimal_calc.h"
#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/error.h"
#include "../object/float.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/str.h"

/* ---- from ints and floats ---- */

int num_from_int(Thread *t, Num *a, Value v)
{
    int64_t small;
    if (int_small(v, &small)) {
        num_set_int(a, small);
        return 0;
    }
    IntView view;
    int_view(v, &view);
    Work w = {t, decimal_max_settings, 0};
    size_t n;
    a->n = 0;
    if (!num_reserve(&w, a, digits_from_bigint_bound(view.size)) ||
        digits_from_bigint(t, a->digits, &n, view.digits, view.size) < 0)
        return -1;
    a->kind = NUM_FINITE;
    a->negative = view.negative;
    a->exponent = 0;
    num_normalise(a, n);
    return 0;
}

int num_from_double(Thread *t, Num *a, double d)
{
    if (isnan(d)) {
        num_set_special(a, NUM_NAN, signbit(d));
        return 0;
    }
    if (isinf(d)) {
        num_set_infinite(a, d < 0);
        return 0;
    }
    /* d = m * 2^e: a negative e gives m * 5^-e * 10^e */
    int e;
    double fraction = frexp(fabs(d), &e);
    uint64_t m = (uint64_t)ldexp(fraction, 53);
    e -= 53;
    while (m && !(m & 1)) {
        m >>= 1;
        e++;
    }
    if (m == 0) {
        num_set_zero(a, signbit(d), 0);
        return 0;
    }
    Value mantissa = int_from_uint64(t, m), power = VALUE_EMPTY, whole = VALUE_EMPTY;
    if (!value_is_empty(mantissa))
        power = int_power(t, value_from_int(e < 0 ? 5 : 2), value_from_int(e < 0 ? -e : e), VALUE_NONE);
    if (!value_is_empty(power))
        whole = int_binary(t, BINARY_MUL, mantissa, power);
    ref_dec(t, mantissa);
    ref_dec(t, power);
    int status = value_is_empty(whole) ? -1 : num_from_int(t, a, whole);
    ref_dec(t, whole);
    if (status == 0) {
        a->negative = d < 0;
        a->exponent = e < 0 ? e : 0;
    }
    return status;
}

/* ---- from text ---- */

/* Rounds a number just read: into the widest limits, where anything lost is an invalid operation, or into the context. */
static int settle(Thread *t, DecimalContext *c, Work *w, Num *a, bool exact)
{
    num_finalize(w, a);
    if (error_pending(t))
        return -1;
    if (!exact)
        return decimal_raise(t, c, w->status);
    if (w->status & (DECIMAL_INEXACT | DECIMAL_ROUNDED | DECIMAL_CLAMPED | DECIMAL_OVERFLOW)) {
        w->status = 0;
        num_invalid(w, a, DECIMAL_INVALID_OPERATION);
    }
    return decimal_raise(t, c, w->status & (DECIMAL_INVALID | DECIMAL_DIVISION_BY_ZERO));
}

static int from_ascii(Thread *t, DecimalContext *c, Num *a, const char *text, size_t length, bool exact)
{
    Work w = {t, exact ? decimal_max_settings : c->s, 0};
    decimal_parse(&w, a, text, length);
    if (error_pending(t))
        return -1;
    return settle(t, c, &w, a, exact);
}

int num_from_str(Thread *t, DecimalContext *c, Num *a, Value v, bool exact)
{
    const Str *s = str_of(v);
    const char *plain = (const char *)s->data;
    if (str_is_ascii(s) &&
        (!exact || (!memchr(plain, '_', s->length) && s->length && plain[0] > ' ' && plain[s->length - 1] > ' ')))
        return from_ascii(t, c, a, plain, s->length, exact);
    size_t length, kept = 0;
    char *text = number_text(t, v, &length);
    if (!text)
        return -1;
    size_t start = 0;
    if (exact) {
        while (start < length && unicode_is_space((uint8_t)text[start]))
            start++;
        while (length > start && unicode_is_space((uint8_t)text[length - 1]))
            length--;
    }
    for (size_t i = start; i < length; i++) {
        if (!exact || text[i] != '_')
            text[kept++] = text[i];
    }
    int status = from_ascii(t, c, a, text, kept, exact);
    alloc_memory_free(t, text);
    return status;
}

/* ---- from (sign, digits, exponent) ---- */

static int bad_sequence(Thread *t, const char *message)
{
    if (!error_pending(t) || error_matches(t, EXC_TypeError) || error_matches(t, EXC_OverflowError)) {
        error_clear(t);
        error_set(t, EXC_ValueError, "%s", message);
    }
    return -1;
}

int num_from_sequence(Thread *t, DecimalContext *c, Num *a, Value v, bool exact)
{
    Value items = object_to_tuple(t, v), digits = VALUE_EMPTY;
    int status = -1;
    char *text = NULL;
    if (value_is_empty(items))
        return -1;
    if (tuple_length(items) != 3) {
        error_set(t, EXC_ValueError, "argument must be a sequence of length 3");
        goto done;
    }
    Value sign = tuple_peek(items, 0), exponent = tuple_peek(items, 2);
    int64_t negative, e = 0;
    const char *special = NULL;
    if (!int_check(sign) || !int_small(sign, &negative) || (negative != 0 && negative != 1)) {
        bad_sequence(t, "sign must be an integer with the value 0 or 1");
        goto done;
    }
    if (str_check(exponent)) {
        special = str_equal_ascii(exponent, "F")   ? "Inf"
                  : str_equal_ascii(exponent, "n") ? "NaN"
                  : str_equal_ascii(exponent, "N") ? "sNaN"
                                                   : NULL;
        if (!special) {
            bad_sequence(t, "string argument in the third position must be 'F', 'n' or 'N'");
            goto done;
        }
    } else if (!int_check(exponent)) {
        bad_sequence(t, "exponent must be an integer");
        goto done;
    } else {
        int overflow;
        e = int_to_int64_overflow(t, exponent, &overflow);
        if (overflow) {
            error_set(t, EXC_OverflowError, "Python int too large to convert to C ssize_t");
            goto done;
        }
    }
    if (!tuple_check(tuple_peek(items, 1)) && !list_check(tuple_peek(items, 1))) {
        bad_sequence(t, "coefficient must be a tuple of digits");
        goto done;
    }
    digits = object_to_tuple(t, tuple_peek(items, 1));
    if (value_is_empty(digits))
        goto done;
    size_t count = tuple_length(digits), n = 0;
    text = alloc_memory(t, count + 40);
    if (!text)
        goto done;
    if (negative)
        text[n++] = '-';
    if (special) {
        memcpy(text + n, special, strlen(special));
        n += strlen(special);
    }
    bool infinite = special && special[0] == 'I';
    for (size_t i = 0; i < count; i++) {
        int64_t digit;
        Value item = tuple_peek(digits, i);
        if (!int_check(item) || !int_small(item, &digit) || digit < 0 || digit > 9) {
            bad_sequence(t, "coefficient must be a tuple of digits");
            goto done;
        }
        if (!infinite)
            text[n++] = (char)('0' + digit);
    }
    if (!special) {
        if (count == 0)
            text[n++] = '0';
        text[n++] = 'E';
        if (e < 0)
            text[n++] = '-';
        uint64_t u = e < 0 ? -(uint64_t)e : (uint64_t)e;
        digits_to_text(text + n,
                       (Digit[]){(Digit)(u % DIGITS_BASE), (Digit)(u / DIGITS_BASE % DIGITS_BASE),
                                 (Digit)(u / DIGITS_BASE / DIGITS_BASE)},
                       3, 20);
        n += 20;
    }
    status = from_ascii(t, c, a, text, n, exact);
done:
    alloc_memory_free(t, text);
    ref_dec(t, digits);
    ref_dec(t, items);
    return status;
}

int num_from_object(Thread *t, DecimalContext *c, Num *a, Value v, bool exact)
{
    Work w = {t, exact ? decimal_max_settings : c->s, 0};
    if (str_check(v))
        return num_from_str(t, c, a, v, exact);
    if (int_check(v)) {
        if (num_from_int(t, a, v) < 0)
            return -1;
        return settle(t, c, &w, a, exact);
    }
    if (decimal_check(v)) {
        Num seen;
        num_view(decimal_of(v), &seen);
        if (!exact && num_is_nan(&seen) && seen.n &&
            seen.places > w.s.prec - w.s.clamp) { /* a payload without room is a conversion error */
            num_invalid(&w, a, DECIMAL_CONVERSION_SYNTAX);
            return decimal_raise(t, c, w.status);
        }
        if (!num_copy(&w, a, &seen))
            return -1;
        return exact ? 0 : settle(t, c, &w, a, false);
    }
    if (float_check(v)) {
        if (decimal_raise(t, c, DECIMAL_FLOAT_OPERATION) < 0 || num_from_double(t, a, float_value(v)) < 0)
            return -1;
        return settle(t, c, &w, a, exact);
    }
    if (tuple_check(v) || list_check(v))
        return num_from_sequence(t, c, a, v, exact);
    error_set(t, EXC_TypeError, "conversion from %s to Decimal is not supported", type_name(type_of(t, v)));
    return -1;
}

/* ---- operands ---- */

int decimal_operand(Thread *t, Value v, Num *a)
{
    if (decimal_check(v)) {
        num_view(decimal_of(v), a);
        return 1;
    }
    if (!int_check(v))
        return 0;
    num_init(a);
    if (num_from_int(t, a, v) < 0) {
        num_free(t, a);
        return -1;
    }
    return 1;
}

int decimal_argument(Thread *t, Value v, Num *a)
{
    int found = decimal_operand(t, v, a);
    if (found > 0)
        return 0;
    if (found == 0)
        error_set(t, EXC_TypeError, "conversion from %s to Decimal is not supported", type_name(type_of(t, v)));
    return -1;
}

/* ---- to other objects ---- */

static int check_finite(Thread *t, const Num *a, const char *to)
{
    if (num_is_finite(a))
        return 0;
    if (num_is_nan(a))
        error_set(t, EXC_ValueError, "cannot convert NaN to integer%s", to);
    else
        error_set(t, EXC_OverflowError, "cannot convert Infinity to integer%s", to);
    return -1;
}

/* coefficient * 10^exponent with its sign, exponent >= 0 */
static Value int_of(Calc *c, const Num *a)
{
    Value v = calc_coefficient(c, a);
    if (a->exponent > 0 && a->n)
        v = calc_op_take(c, BINARY_MUL, v, calc_power10(c, a->exponent));
    return a->negative ? calc_op_take(c, BINARY_SUB, value_from_int(0), v) : v;
}

Value decimal_to_int(Thread *t, const Num *a, Rounding rounding)
{
    if (check_finite(t, a, "") < 0)
        return VALUE_EMPTY;
    Work w = {t, decimal_max_settings, 0};
    w.s.rounding = (uint8_t)rounding;
    Num whole;
    num_init(&whole);
    decimal_to_integral(&w, &whole, a, false);
    Calc c = {&w, t, error_pending(t)};
    Value v = int_of(&c, &whole);
    num_free(t, &whole);
    return v;
}

Value decimal_as_integer_ratio(Thread *t, const Num *a)
{
    if (check_finite(t, a, " ratio") < 0)
        return VALUE_EMPTY;
    Work w = {t, decimal_max_settings, 0};
    Calc c = {&w, t, false};
    Value items[2] = {VALUE_EMPTY, value_from_int(1)};
    if (a->n == 0) {
        items[0] = value_from_int(0);
    } else if (a->exponent >= 0) {
        items[0] = int_of(&c, a);
    } else {
        Num coefficient = *a;
        coefficient.exponent = 0;
        Value top = int_of(&c, &coefficient), bottom = calc_power10(&c, -a->exponent);
        Value divisor = c.failed ? VALUE_EMPTY : calc_check(&c, int_gcd(t, top, bottom));
        items[0] = calc_op(&c, BINARY_FLOORDIV, top, divisor);
        items[1] = calc_op(&c, BINARY_FLOORDIV, bottom, divisor);
        ref_dec(t, top);
        ref_dec(t, bottom);
        ref_dec(t, divisor);
    }
    if (c.failed) {
        ref_dec(t, items[0]);
        ref_dec(t, items[1]);
        return VALUE_EMPTY;
    }
    return tuple_from_array_take(t, items, 2);
}

Value decimal_to_str(Thread *t, const Num *a, bool engineering, bool capitals)
{
    size_t length;
    char *text = decimal_text(t, a, engineering, capitals, &length);
    if (!text)
        return VALUE_EMPTY;
    Value s = str_from_latin1(t, (const uint8_t *)text, length);
    alloc_memory_free(t, text);
    return s;
}

Value decimal_as_tuple(Thread *t, const Num *a)
{
    int64_t places = num_is_infinite(a) ? 1 : num_is_nan(a) && a->n == 0 ? 0 : a->places;
    Value digits = tuple_new(t, (size_t)places);
    if (value_is_empty(digits))
        return digits;
    for (int64_t i = 0; i < places; i++)
        tuple_of(digits)->items[i] = value_from_int(digits_place(a->digits, a->n, places - 1 - i));
    Value exponent = num_is_infinite(a)    ? str_intern(t, "F")
                     : a->kind == NUM_NAN  ? str_intern(t, "n")
                     : a->kind == NUM_SNAN ? str_intern(t, "N")
                                           : int_from_int64(t, a->exponent);
    Value result = VALUE_EMPTY;
    if (!value_is_empty(exponent)) {
        Value args[3] = {value_from_int(a->negative), digits, exponent};
        result = object_call(t, decimal_state(t)->tuple_class, args, 3, VALUE_EMPTY);
    }
    ref_dec(t, exponent);
    ref_dec(t, digits);
    return result;
}
