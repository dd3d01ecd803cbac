/* decimal_functions.c: exp, ln and log10 of decimal numbers, correctly rounded half to even.  No locks, no objects but ints. */
#include "decimal_calc.h"

/* Result places beyond the precision in the first attempt; each further one takes twice as many and a few. */
#define FIRST_GUARD 6
static int64_t next_guard(int64_t guard) { return 2 * guard + 4; }

/* Bits beyond the wanted places: every formula loses only a few. */
#define SPARE_BITS 48

static void finalize_half_even(Work *w, Num *r)
{
    uint8_t rounding = w->s.rounding;
    w->s.rounding = ROUND_HALF_EVEN;
    num_finalize(w, r);
    w->s.rounding = rounding;
}

/* a finite number scaled by 2^bits, rounded down. */
static Value scaled(Calc *c, const Num *a, int64_t bits)
{
    Value v = calc_coefficient(c, a);
    if (a->exponent >= 0)
        v = calc_shift_take(c, calc_op_take(c, BINARY_MUL, v, calc_power10(c, a->exponent)), bits);
    else
        v = calc_op_take(c, BINARY_FLOORDIV, calc_shift_take(c, v, bits), calc_power10(c, -a->exponent));
    return a->negative ? calc_op_take(c, BINARY_SUB, value_from_int(0), v) : v;
}

/* 1 and a trifle, on the side of the sign. */
static void near_one(Work *w, Num *r, bool above)
{
    num_set_int(r, 1);
    if (!num_shift_left(w, r, w->s.prec + 2))
        return;
    r->exponent = -(w->s.prec + 2);
    Digit one = 1;
    if (above)
        r->digits[0]++;
    else
        digits_sub_from(r->digits, r->n, &one, 1);
    num_normalise(r, r->n);
}

void decimal_exp(Work *w, Num *r, const Num *a)
{
    if (num_nan_result(w, r, a, NULL))
        return;
    if (num_is_infinite(a)) {
        if (a->negative)
            num_set_zero(r, false, 0);
        else
            num_set_infinite(r, false);
        return;
    }
    if (num_is_zero(a)) {
        num_set_int(r, 1);
        return;
    }
    int64_t adjusted = num_adjusted(a);
    if (adjusted < -(w->s.prec + 1)) {
        near_one(w, r, !a->negative);
    } else if (adjusted > 20) { /* beyond all exponents */
        num_set_int(r, 1);
        r->exponent = a->negative ? 2 * DECIMAL_MIN_ETINY : 2 * DECIMAL_MAX_EMAX;
    } else {
        Calc c = {w, w->t, false};
        Emit emit = EMIT_AGAIN;
        for (int64_t guard = FIRST_GUARD; emit == EMIT_AGAIN; guard = next_guard(guard)) {
            int64_t bits = calc_bits(w->s.prec + guard + (adjusted > 0 ? adjusted + 1 : 0)) + SPARE_BITS;
            emit = calc_emit_exp_take(&c, r, scaled(&c, a, bits), bits, guard, false);
        }
        if (emit == EMIT_FAILED) {
            num_set_special(r, NUM_NAN, false);
            return;
        }
    }
    finalize_half_even(w, r);
}

/* Places that cancel in the logarithm of a number close to 1. */
static int64_t cancelled_places(Work *w, const Num *a)
{
    int64_t adjusted = num_adjusted(a);
    if (adjusted != 0 && adjusted != -1)
        return 0;
    Work wide = {w->t, decimal_max_settings, 0};
    Num one, difference;
    num_init(&one);
    num_init(&difference);
    num_set_int(&one, 1);
    decimal_sub(&wide, &difference, a, &one);
    int64_t places = num_is_zero(&difference) ? 0 : -num_adjusted(&difference);
    num_free(w->t, &difference);
    return places > 0 ? places : 0;
}

/* What ln and log10 share: NaNs, infinity, zero, negative numbers. True when that was all. */
static bool logarithm_special(Work *w, Num *r, const Num *a)
{
    if (num_nan_result(w, r, a, NULL))
        return true;
    if (num_is_zero(a)) {
        num_set_infinite(r, true);
        return true;
    }
    if (a->negative) {
        num_invalid(w, r, DECIMAL_INVALID_OPERATION);
        return true;
    }
    if (num_is_infinite(a)) {
        num_set_infinite(r, false);
        return true;
    }
    return false;
}

static void logarithm(Work *w, Num *r, const Num *a, bool decadic)
{
    Calc c = {w, w->t, false};
    Emit emit = EMIT_AGAIN;
    int64_t cancelled = cancelled_places(w, a);
    for (int64_t guard = FIRST_GUARD; emit == EMIT_AGAIN; guard = next_guard(guard)) {
        int64_t bits = calc_bits(w->s.prec + guard + cancelled) + SPARE_BITS;
        Value v = calc_ln_of(&c, a, bits);
        if (decadic)
            v = calc_op_take(&c, BINARY_FLOORDIV, calc_shift_take(&c, v, bits), calc_ln10(&c, bits));
        bool negative = !c.failed && int_sign(v) < 0;
        if (negative)
            v = calc_op_take(&c, BINARY_SUB, value_from_int(0), v);
        emit = calc_emit_take(&c, r, v, bits, 0, guard, false);
        r->negative = negative;
    }
    if (emit == EMIT_FAILED)
        num_set_special(r, NUM_NAN, false);
    else
        finalize_half_even(w, r);
}

void decimal_ln(Work *w, Num *r, const Num *a)
{
    if (logarithm_special(w, r, a))
        return;
    Num one;
    num_init(&one);
    num_set_int(&one, 1);
    if (num_compare(a, &one) == 0)
        num_set_zero(r, false, 0);
    else
        logarithm(w, r, a, false);
}

void decimal_log10(Work *w, Num *r, const Num *a)
{
    if (logarithm_special(w, r, a))
        return;
    int64_t zeros = digits_trailing_zeros(a->digits, a->n);
    if (zeros == a->places - 1 && digits_place(a->digits, a->n, zeros) == 1) { /* a power of ten */
        num_set_int(r, num_adjusted(a));
        num_finalize(w, r);
    } else {
        logarithm(w, r, a, true);
    }
}
