/* decimal_power.c: powers of decimal numbers.
 *
 * An integral exponent gives the exact result where it has about as many places as the precision; everything else is e^(y ln x), computed with enough places to
 * round correctly.  A result that even many more places show at a rounding boundary is taken to be there exactly, as 6.25 ** 0.5 is.  No locks, no objects but ints. */
#include <math.h>

#include "decimal_calc.h"

#define FIRST_GUARD 6
/* Places beyond the precision after which a boundary is taken for exact. */
#define LAST_GUARD 40
#define SPARE_BITS 64

/* ---- exact powers ---- */

/* How often d divides v, and what remains: takes v. */
static Value strip_factor(Calc *c, Value v, int64_t d, int64_t *count)
{
    *count = 0;
    while (!c->failed && int_sign(v) != 0) {
        Value q = calc_op(c, BINARY_FLOORDIV, v, value_from_int(d)), r = calc_op(c, BINARY_MOD, v, value_from_int(d));
        bool divides = !c->failed && int_sign(r) == 0;
        ref_dec(c->t, r);
        if (!divides) {
            ref_dec(c->t, q);
            break;
        }
        ref_dec(c->t, v);
        v = q;
        ++*count;
    }
    return v;
}

/* base^n exactly into r, with at most some places more than the precision: false when it is longer (or a failure happened). */
static bool exact_power(Calc *c, Num *r, Value base, int64_t n)
{
    double places = (double)int_bit_length(base) * 0.30103 * (double)n;
    if (places > (double)c->w->s.prec + 40.0 && !value_is(base, value_from_int(1)))
        return false;
    Value exponent = int_from_int64(c->t, n);
    Value power = calc_check(c, value_is_empty(exponent) ? exponent : int_power(c->t, base, exponent, VALUE_NONE));
    ref_dec(c->t, exponent);
    bool good = calc_set_coefficient(c, r, power);
    ref_dec(c->t, power);
    return good;
}

/* a^n where that is exact: true and a result that is not yet finalized. */
static bool integer_power(Calc *c, Num *r, const Num *a, int64_t n)
{
    int64_t zeros = digits_trailing_zeros(a->digits, a->n);
    Work *w = c->w;
    Num odd;
    num_init(&odd);
    if (!num_copy(w, &odd, a)) {
        c->failed = true;
        return false;
    }
    num_round(w, &odd, zeros, ROUND_DOWN);
    Value base = calc_coefficient(c, &odd);
    int64_t exponent = odd.exponent;
    num_free(c->t, &odd);
    bool exact = false;
    if (c->failed)
        goto done;
    if (n > 0) {
        if (!exact_power(c, r, base, n))
            goto done;
        if (__builtin_mul_overflow(exponent, n, &r->exponent))
            goto done;
        /* the zeros that multiplication would have kept, as far as they are seen */
        int64_t pad;
        if (__builtin_mul_overflow(zeros, n, &pad))
            pad = INT64_MAX;
        if (pad > w->s.prec + 1 - r->places)
            pad = w->s.prec + 1 - r->places;
        if (pad > 0) {
            num_shift_left(w, r, pad);
            r->exponent -= pad;
        }
        exact = true;
    } else { /* 1 / (2^k 10^e) = 5^k 10^-(k + e), and the other way round */
        int64_t twos, fives, k;
        base = strip_factor(c, base, 2, &twos);
        base = strip_factor(c, base, 5, &fives);
        if (c->failed || !value_is(base, value_from_int(1)))
            goto done;
        k = twos ? twos : fives;
        int64_t shift = exponent + k, total;
        if (__builtin_mul_overflow(k, -n, &total) || !exact_power(c, r, value_from_int(twos ? 5 : 2), total) ||
            __builtin_mul_overflow(shift, n, &r->exponent))
            goto done;
        exact = true;
    }
done:
    ref_dec(c->t, base);
    r->kind = NUM_FINITE;
    r->negative = false;
    return exact;
}

/* ---- e^(y ln x) ---- */

static int64_t leading_zeros_of_ln(Work *w, const Num *a)
{
    /* ln a is at least about |a - 1| / 2 near 1 */
    int64_t adjusted = num_adjusted(a);
    if (adjusted != 0 && adjusted != -1)
        return 0;
    Work wide = {w->t, decimal_max_settings, 0};
    Num one, difference;
    num_init(&one);
    num_init(&difference);
    num_set_int(&one, 1);
    decimal_sub(&wide, &difference, a, &one);
    int64_t zeros = -num_adjusted(&difference) + 1;
    num_free(w->t, &difference);
    return zeros > 0 ? zeros : 0;
}

/* |a|^b for a > 0, a != 1, b != 0 finite: not yet finalized. */
static bool real_power(Calc *c, Num *r, const Num *a, const Num *b)
{
    Work *w = c->w;
    int64_t zeros = leading_zeros_of_ln(w, a), b_size = num_adjusted(b) + 1;
    int64_t a_size = num_adjusted(a) < 0 ? -num_adjusted(a) : num_adjusted(a);
    int ln_places = 1;
    while (a_size) {
        a_size /= 10;
        ln_places++;
    }
    bool above = num_adjusted(a) >= 0;                   /* a > 1, since a != 1 */
    if (b_size + ln_places - zeros < -(w->s.prec + 4)) { /* closer to 1 than the precision shows */
        bool up = above != b->negative;
        num_set_int(r, 1);
        if (!num_shift_left(w, r, w->s.prec + 2))
            return false;
        r->exponent = -(w->s.prec + 2);
        Digit one = 1;
        if (up)
            r->digits[0]++;
        else
            digits_sub_from(r->digits, r->n, &one, 1);
        num_normalise(r, r->n);
        return true;
    }
    if (b_size - zeros > 22) { /* beyond all exponents */
        num_set_int(r, 1);
        r->exponent = above != b->negative ? 2 * DECIMAL_MAX_EMAX : 2 * DECIMAL_MIN_ETINY;
        return true;
    }
    Emit emit = EMIT_AGAIN;
    int64_t extra = (b_size > 0 ? b_size : 0) + ln_places;
    for (int64_t guard = FIRST_GUARD; emit == EMIT_AGAIN; guard = 2 * guard + 4) {
        /* e^v needs v to that many bits behind the point; ln a to as many more as b and its own size take */
        int64_t bits = calc_bits(w->s.prec + guard + extra) + SPARE_BITS;
        int64_t inner = bits + calc_bits(b_size > 0 ? b_size : 0) + 8;
        Value v = calc_ln_of(c, a, inner);
        v = calc_op_take(c, BINARY_MUL, v, calc_coefficient(c, b));
        if (b->exponent >= 0)
            v = calc_op_take(c, BINARY_MUL, v, calc_power10(c, b->exponent));
        else
            v = calc_op_take(c, BINARY_FLOORDIV, v, calc_power10(c, -b->exponent));
        if (b->negative)
            v = calc_op_take(c, BINARY_SUB, value_from_int(0), v);
        v = calc_shift_take(c, v, bits - inner);
        emit = calc_emit_exp_take(c, r, v, bits, guard, guard >= LAST_GUARD);
    }
    return emit == EMIT_DONE;
}

/* ---- all cases ---- */

static bool is_odd_integer(const Num *a)
{
    if (a->n == 0 || a->exponent > 0)
        return false;
    return digits_place(a->digits, a->n, -a->exponent) & 1;
}

/* 1 to any power: how many places are shown depends on the exponents. */
static void power_of_one(Work *w, Num *r, const Num *a, const Num *b, bool integral)
{
    int64_t exponent = 1 - w->s.prec;
    if (integral) {
        int64_t times, product;
        bool known = num_to_int64(b, &times);
        if (b->negative)
            times = 0;
        else if (!known || times > w->s.prec)
            times = w->s.prec;
        if (!__builtin_mul_overflow(a->exponent, times, &product) && product >= exponent)
            exponent = product;
        else
            w->status |= DECIMAL_ROUNDED;
    } else {
        w->status |= DECIMAL_INEXACT | DECIMAL_ROUNDED;
    }
    num_set_int(r, 1);
    if (exponent < 0)
        num_shift_left(w, r, -exponent);
    r->exponent = exponent < 0 ? exponent : 0;
}

void decimal_power(Work *w, Num *r, const Num *a, const Num *b)
{
    if (num_nan_result(w, r, a, b))
        return;
    if (num_is_zero(b)) {
        if (num_is_zero(a))
            num_invalid(w, r, DECIMAL_INVALID_OPERATION);
        else
            num_set_int(r, 1);
        return;
    }
    bool integral = num_is_integer(b), negative = false;
    if (a->negative) {
        if (integral)
            negative = is_odd_integer(b);
        else if (!num_is_zero(a)) {
            num_invalid(w, r, DECIMAL_INVALID_OPERATION);
            return;
        }
    }
    if (num_is_zero(a) || num_is_infinite(a)) {
        if (num_is_infinite(a) == b->negative)
            num_set_zero(r, negative, 0);
        else
            num_set_infinite(r, negative);
        return;
    }
    Num base = *a, one;
    base.negative = false;
    num_init(&one);
    num_set_int(&one, 1);
    int order = num_compare(&base, &one);
    if (order == 0) {
        power_of_one(w, r, a, b, integral);
        r->negative = negative;
        return;
    }
    if (num_is_infinite(b)) {
        if ((order > 0) == b->negative)
            num_set_zero(r, negative, 0);
        else
            num_set_infinite(r, negative);
        return;
    }
    Calc c = {w, w->t, false};
    int64_t n;
    bool exact = integral && num_to_int64(b, &n) && n != INT64_MIN && integer_power(&c, r, &base, n);
    if (!exact && (c.failed || !real_power(&c, r, &base, b))) {
        num_set_special(r, NUM_NAN, false);
        return;
    }
    r->negative = negative;
    num_finalize(w, r);
    if (!integral)
        w->status |= DECIMAL_INEXACT | DECIMAL_ROUNDED;
}

/* ---- pow(a, b, c) ---- */

/* An integral number as an int. */
static Value integer_value(Calc *c, const Num *a)
{
    Value v = calc_coefficient(c, a);
    return a->exponent >= 0 ? calc_op_take(c, BINARY_MUL, v, calc_power10(c, a->exponent))
                            : calc_op_take(c, BINARY_FLOORDIV, v, calc_power10(c, -a->exponent));
}

void decimal_power_mod(Work *w, Num *r, const Num *a, const Num *b, const Num *m)
{
    if (num_is_nan(a) || num_is_nan(b) || num_is_nan(m)) {
        if (a->kind == NUM_SNAN || b->kind == NUM_SNAN || m->kind != NUM_SNAN) {
            if (num_nan_result(w, r, a, b))
                return;
        }
        num_nan_result(w, r, m, NULL);
        return;
    }
    if (!num_is_integer(a) || !num_is_integer(b) || !num_is_integer(m) || num_is_zero(m) ||
        (b->negative && !num_is_zero(b)) || (num_is_zero(a) && num_is_zero(b)) || num_adjusted(m) >= w->s.prec) {
        num_invalid(w, r, DECIMAL_INVALID_OPERATION);
        return;
    }
    Calc c = {w, w->t, false};
    Value modulus = integer_value(&c, m), exponent = integer_value(&c, b);
    /* a = coefficient * 10^e: a large e goes through a modular power, too */
    Value base = calc_coefficient(&c, a), ten = VALUE_EMPTY;
    if (a->exponent >= 0 && !c.failed) {
        Value e = int_from_int64(c.t, a->exponent);
        ten = calc_check(&c, value_is_empty(e) ? e : int_power(c.t, value_from_int(10), e, modulus));
        ref_dec(c.t, e);
        base = calc_op_take(&c, BINARY_MUL, base, ten);
    } else {
        base = calc_op_take(&c, BINARY_FLOORDIV, base, calc_power10(&c, -a->exponent));
    }
    Value power = c.failed ? VALUE_EMPTY : calc_check(&c, int_power(c.t, base, exponent, modulus));
    r->kind = NUM_FINITE;
    r->exponent = 0;
    r->negative = a->negative && is_odd_integer(b);
    /* smaller than the modulus, whose digits are no more than the precision: not rounded, nor held against the limits of the exponent */
    if (!calc_set_coefficient(&c, r, power))
        num_set_special(r, NUM_NAN, false);
    ref_dec(c.t, power);
    ref_dec(c.t, base);
    ref_dec(c.t, exponent);
    ref_dec(c.t, modulus);
}
