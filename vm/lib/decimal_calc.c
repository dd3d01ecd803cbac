/* decimal_calc.c: exponential and logarithm in fixed point, and the correct rounding of their results to decimal places (Ziv's strategy: a result too close to a
 * rounding boundary is computed again with more places).  No objects but ints; ln 10 is kept in the module's state (mod__decimal.h), under its lock. */
#include "decimal_calc.h"

#include <math.h>

#include "mod__decimal.h"
#include "../object/error.h"

/* ---- coefficients as ints ---- */

Value calc_coefficient(Calc *c, const Num *a)
{
    if (c->failed)
        return VALUE_EMPTY;
    Int *r = int_alloc(c->t, digits_to_bigint_bound(a->n) + 1);
    size_t n = 0;
    if (!r)
        return calc_check(c, VALUE_EMPTY);
    if (digits_to_bigint(c->t, r->digits, &n, a->digits, a->n) < 0) {
        ref_dec(c->t, int_finish_take(c->t, r, 0, false));
        return calc_check(c, VALUE_EMPTY);
    }
    return int_finish_take(c->t, r, n, false);
}

bool calc_set_coefficient(Calc *c, Num *r, Value v)
{
    r->n = 0;
    if (c->failed)
        return false;
    IntView view;
    int_view(v, &view);
    size_t n;
    if (!num_reserve(c->w, r, digits_from_bigint_bound(view.size)) ||
        digits_from_bigint(c->t, r->digits, &n, view.digits, view.size) < 0) {
        c->failed = true;
        return false;
    }
    num_normalise(r, n);
    return true;
}

/* ---- ln 10 ---- */

/* factor * atanh(1 / x), scaled by 2^bits: a term for each odd power. */
static Value arc_series(Calc *c, int64_t factor, int64_t x, int64_t bits)
{
    Value power = calc_shift_take(c, value_from_int(factor), bits);
    power = calc_op_take(c, BINARY_FLOORDIV, power, value_from_int(x));
    Value sum = c->failed ? VALUE_EMPTY : ref_inc(c->t, power);
    for (int64_t k = 3; !c->failed && int_sign(power) != 0; k += 2) {
        power = calc_op_take(c, BINARY_FLOORDIV, power, value_from_int(x * x));
        sum = calc_op_take(c, BINARY_ADD, sum, calc_op(c, BINARY_FLOORDIV, power, value_from_int(k)));
    }
    ref_dec(c->t, power);
    return sum;
}

Value calc_ln10(Calc *c, int64_t bits)
{
    if (c->failed)
        return VALUE_EMPTY;
    int64_t have;
    Value known = decimal_state_ln10(c->t, &have);
    if (value_is_empty(known) || have < bits) {
        ref_dec(c->t, known);
        have = bits + bits / 4 + 64;
        /* ln 10 = 46 atanh(1/31) + 34 atanh(1/49) + 20 atanh(1/161), with room for the error of each term */
        known = arc_series(c, 46, 31, have + 32);
        known = calc_op_take(c, BINARY_ADD, known, arc_series(c, 34, 49, have + 32));
        known = calc_op_take(c, BINARY_ADD, known, arc_series(c, 20, 161, have + 32));
        known = calc_shift_take(c, known, -32);
        if (c->failed)
            return VALUE_EMPTY;
        decimal_state_set_ln10(c->t, known, have);
    }
    return calc_shift_take(c, known, bits - have);
}

/* ---- e^x ---- */

Value calc_exp(Calc *c, Value x, int64_t bits)
{
    /* e^x = (e^(x / 2^k))^(2^k): the Taylor series of the small argument, then k squarings, which double the error each time. */
    int64_t k = (int64_t)sqrt((double)bits) / 2 + 4, inner = bits + k + 16;
    Value small = calc_shift_take(c, c->failed ? VALUE_EMPTY : ref_inc(c->t, x), inner - bits - k);
    Value sum = calc_op_take(c, BINARY_ADD, calc_shift_take(c, value_from_int(1), inner),
                             c->failed ? VALUE_EMPTY : ref_inc(c->t, small));
    Value term = c->failed ? VALUE_EMPTY : ref_inc(c->t, small);
    for (int64_t n = 2; !c->failed && int_sign(term) != 0; n++) {
        term = calc_shift_take(c, calc_op_take(c, BINARY_MUL, term, ref_inc(c->t, small)), -inner);
        term = calc_op_take(c, BINARY_FLOORDIV, term, value_from_int(n));
        sum = calc_op_take(c, BINARY_ADD, sum, c->failed ? VALUE_EMPTY : ref_inc(c->t, term));
    }
    ref_dec(c->t, term);
    ref_dec(c->t, small);
    for (int64_t i = 0; i < k && !c->failed; i++) {
        Value square = calc_op(c, BINARY_MUL, sum, sum);
        ref_dec(c->t, sum);
        sum = calc_shift_take(c, square, -inner);
    }
    return calc_shift_take(c, sum, bits - inner);
}

/* ---- ln x ---- */

Value calc_ln(Calc *c, Value x, int64_t bits)
{
    if (c->failed)
        return VALUE_EMPTY;
    if (bits <= 44) {
        int64_t small = value_to_int(x); /* below 2^46 */
        return value_from_int((int64_t)ldexp(log(ldexp((double)small, (int)-bits)), (int)bits));
    }
    /* Halley: y + 2 (x - e^y) / (x + e^y) has three times as many good bits as y. */
    int64_t fewer = bits / 3 + 8;
    Value shorter = calc_shift_take(c, ref_inc(c->t, x), fewer - bits);
    Value y = calc_ln(c, shorter, fewer);
    ref_dec(c->t, shorter);
    if (!c->failed && int_sign(y) < 0) { /* below 0 by the error alone */
        ref_dec(c->t, y);
        y = value_from_int(0);
    }
    y = calc_shift_take(c, y, bits - fewer);
    Value power = calc_exp(c, y, bits);
    Value top = calc_shift_take(c, calc_op(c, BINARY_SUB, x, power), bits + 1);
    Value bottom = calc_op(c, BINARY_ADD, x, power);
    ref_dec(c->t, power);
    return calc_op_take(c, BINARY_ADD, y, calc_op_take(c, BINARY_FLOORDIV, top, bottom));
}

Value calc_ln_of(Calc *c, const Num *a, int64_t bits)
{
    /* a = m * 10^e with m between 0.31 and 3.2; for m < 1 the logarithm of 1 / m is taken. */
    Digit top = a->digits[a->n - 1];
    double lead = (double)top + (a->n > 1 ? (double)a->digits[a->n - 2] / DIGITS_BASE : 0.0);
    while (lead >= 10.0)
        lead /= 10.0;
    bool below = lead > 3.16;
    int64_t e = num_adjusted(a) + below;
    Value coefficient = calc_coefficient(c, a), unit = calc_power10(c, a->places - 1 + below);
    /* lead just above 1 may be exactly 1, below never is */
    Value x = below ? calc_op_take(c, BINARY_FLOORDIV, calc_shift_take(c, unit, bits), coefficient)
                    : calc_op_take(c, BINARY_FLOORDIV, calc_shift_take(c, coefficient, bits), unit);
    Value r = calc_ln(c, x, bits);
    ref_dec(c->t, x);
    Value scale = calc_op_take(c, BINARY_MUL, calc_ln10(c, bits), int_from_int64(c->t, e));
    return calc_op_take(c, below ? BINARY_SUB : BINARY_ADD, scale, r);
}

/* ---- results ---- */

/* Are the lowest `extra` places `first` and then only `rest`, but for the last one, which is between `low` and `high`? */
static bool tail_is(const Num *a, int64_t extra, int first, int rest, int low, int high)
{
    if (digits_place(a->digits, a->n, extra - 1) != first)
        return false;
    for (int64_t place = extra - 2; place > 0; place--) {
        if (digits_place(a->digits, a->n, place) != rest)
            return false;
    }
    int last = digits_place(a->digits, a->n, 0);
    return last >= low && last <= high;
}

Emit calc_emit_take(Calc *c, Num *r, Value v, int64_t bits, int64_t exponent, int64_t guard, bool snap)
{
    if (c->failed) {
        ref_dec(c->t, v);
        return EMIT_FAILED;
    }
    int64_t wanted = c->w->s.prec + guard;
    /* how many places are before the point, perhaps one too few */
    int64_t before = (int64_t)floor(((double)((int64_t)int_bit_length(v) - bits) - 1.0) * 0.30102999566398114) + 1;
    int64_t scale = wanted - before;
    Value n = scale >= 0 ? calc_shift_take(c, calc_op_take(c, BINARY_MUL, v, calc_power10(c, scale)), -bits)
                         : calc_op_take(c, BINARY_FLOORDIV, calc_shift_take(c, v, -bits), calc_power10(c, -scale));
    bool good = calc_set_coefficient(c, r, n);
    ref_dec(c->t, n);
    if (!good)
        return EMIT_FAILED;
    r->kind = NUM_FINITE;
    r->exponent = exponent - scale;
    /* The places behind the precision, known to within a unit or two: close to a whole unit, or to a half? */
    int64_t extra = r->places - c->w->s.prec;
    bool whole = tail_is(r, extra, 0, 0, 0, 3) || tail_is(r, extra, 9, 9, 6, 9);
    bool half = tail_is(r, extra, 5, 0, 0, 3) || tail_is(r, extra, 4, 9, 6, 9);
    if (!whole && !half) {
        if (num_shift_left(c->w, r, 1)) { /* sticky: the true value is not exactly this */
            r->exponent--;
            r->digits[0]++;
        }
        return EMIT_DONE;
    }
    if (!snap)
        return EMIT_AGAIN;
    if (half) {
        num_round(c->w, r, extra, ROUND_DOWN);
        if (num_shift_left(c->w, r, 1)) {
            r->exponent--;
            r->digits[0] += 5;
        }
    } else {
        num_round(c->w, r, extra, ROUND_HALF_EVEN);
        int64_t pad = c->w->s.prec + 1 - r->places; /* all places of the precision are shown */
        if (num_shift_left(c->w, r, pad))
            r->exponent -= pad;
    }
    return EMIT_DONE;
}

Emit calc_emit_exp_take(Calc *c, Num *r, Value v, int64_t bits, int64_t guard, bool snap)
{
    /* v = k ln 10 + rest: e^v = 10^k e^rest, 1 <= e^rest < 10 */
    Value ln10 = calc_ln10(c, bits);
    Value k = calc_op(c, BINARY_FLOORDIV, v, ln10);
    Value rest =
        calc_op_take(c, BINARY_SUB, v, calc_op_take(c, BINARY_MUL, c->failed ? VALUE_EMPTY : ref_inc(c->t, k), ln10));
    if (c->failed) {
        ref_dec(c->t, rest);
        ref_dec(c->t, k);
        return EMIT_FAILED;
    }
    int overflow;
    int64_t exponent = int_to_int64_overflow(c->t, k, &overflow);
    ref_dec(c->t, k);
    const int64_t limit = 4 * DECIMAL_MAX_EMAX;
    if (overflow || exponent > limit || exponent < -limit) { /* beyond all exponents */
        bool large = overflow ? overflow > 0 : exponent > 0;
        ref_dec(c->t, rest);
        num_set_int(r, 1);
        r->exponent = large ? limit : -limit;
        return EMIT_DONE;
    }
    Value power = calc_exp(c, rest, bits);
    ref_dec(c->t, rest);
    r->negative = false;
    return calc_emit_take(c, r, power, bits, exponent, guard, snap);
}
