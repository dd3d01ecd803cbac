/* decimal_misc.c: operations that choose exponents and digits: quantize, rounding to integrals, reduce, logb, scaleb, shift, rotate, and the logical ones.
 * No locks, no objects. */
#include "decimal.h"

/* ---- exponents ---- */

void decimal_quantize(Work *w, Num *r, const Num *a, const Num *b)
{
    if (num_nan_result(w, r, a, b))
        return;
    if (num_is_infinite(a) || num_is_infinite(b)) {
        if (num_is_infinite(a) && num_is_infinite(b))
            num_copy(w, r, a);
        else
            num_invalid(w, r, DECIMAL_INVALID_OPERATION);
        return;
    }
    int64_t exponent = b->exponent;
    if (exponent > w->s.emax || exponent < settings_etiny(&w->s)) {
        num_invalid(w, r, DECIMAL_INVALID_OPERATION);
        return;
    }
    if (num_is_zero(a)) {
        num_set_zero(r, a->negative, exponent);
        num_finalize(w, r);
        return;
    }
    if (num_adjusted(a) > w->s.emax || num_adjusted(a) - exponent + 1 > w->s.prec) {
        num_invalid(w, r, DECIMAL_INVALID_OPERATION);
        return;
    }
    if (!num_copy(w, r, a))
        return;
    bool rounded = exponent > a->exponent;
    bool inexact = num_rescale(w, r, exponent, (Rounding)w->s.rounding);
    if (num_adjusted(r) > w->s.emax || r->places > w->s.prec) {
        num_invalid(w, r, DECIMAL_INVALID_OPERATION);
        return;
    }
    if (r->n && num_adjusted(r) < w->s.emin)
        w->status |= DECIMAL_SUBNORMAL;
    if (rounded)
        w->status |= DECIMAL_ROUNDED | (inexact ? DECIMAL_INEXACT : 0);
    num_finalize(w, r);
}

void decimal_to_integral(Work *w, Num *r, const Num *a, bool exact)
{
    if (num_nan_result(w, r, a, NULL) || !num_copy(w, r, a))
        return;
    if (num_is_infinite(a) || a->exponent >= 0)
        return;
    bool zero = a->n == 0;
    bool inexact = num_rescale(w, r, 0, (Rounding)w->s.rounding);
    if (exact && !zero)
        w->status |= DECIMAL_ROUNDED | (inexact ? DECIMAL_INEXACT : 0);
}

void decimal_reduce(Work *w, Num *r, const Num *a)
{
    if (num_nan_result(w, r, a, NULL) || !num_copy(w, r, a))
        return;
    num_finalize(w, r);
    if (num_is_special(r))
        return;
    if (r->n == 0) {
        r->exponent = 0;
        return;
    }
    int64_t limit = w->s.clamp ? settings_etop(&w->s) : w->s.emax;
    int64_t zeros = digits_trailing_zeros(r->digits, r->n);
    if (zeros > limit - r->exponent)
        zeros = limit - r->exponent;
    num_round(w, r, zeros, ROUND_DOWN);
}

void decimal_logb(Work *w, Num *r, const Num *a)
{
    if (num_nan_result(w, r, a, NULL))
        return;
    if (num_is_infinite(a)) {
        num_set_infinite(r, false);
    } else if (num_is_zero(a)) {
        num_set_infinite(r, true);
        w->status |= DECIMAL_DIVISION_BY_ZERO;
    } else {
        num_set_int(r, num_adjusted(a));
        num_finalize(w, r);
    }
}

bool num_to_int64(const Num *a, int64_t *result)
{
    if (num_is_special(a))
        return false;
    if (a->n == 0) {
        *result = 0;
        return true;
    }
    if (!num_is_integer(a) || num_adjusted(a) > 18)
        return false;
    int64_t value = 0;
    for (int64_t place = a->places - 1; place >= -a->exponent || place >= 0; place--) {
        int digit = place >= 0 ? digits_place(a->digits, a->n, place) : 0;
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_sub_overflow(value, digit, &value))
            return false;
        if (place == -a->exponent)
            break;
    }
    return a->negative ? (*result = value, true) : !__builtin_sub_overflow(0, value, result);
}

/* The second operand of scaleb, shift and rotate: an integer with exponent 0 between -limit and limit. */
static bool count_operand(const Num *b, int64_t limit, int64_t *n)
{
    return num_is_finite(b) && b->exponent == 0 && num_to_int64(b, n) && *n <= limit && *n >= -limit;
}

void decimal_scaleb(Work *w, Num *r, const Num *a, const Num *b)
{
    if (num_nan_result(w, r, a, b))
        return;
    int64_t n;
    if (!count_operand(b, 2 * (w->s.emax + w->s.prec), &n)) {
        num_invalid(w, r, DECIMAL_INVALID_OPERATION);
        return;
    }
    if (!num_copy(w, r, a) || num_is_infinite(a))
        return;
    r->exponent += n;
    num_finalize(w, r);
}

/* ---- digits ---- */

/* The lowest `keep` places of the coefficient. */
static void keep_low(Num *a, int64_t keep)
{
    if (a->places <= keep)
        return;
    size_t n = digits_for_places(keep);
    if (keep % DIGITS_PLACES)
        a->digits[n - 1] %= digits_powers[keep % DIGITS_PLACES];
    num_normalise(a, n);
}

static bool shift_operands(Work *w, Num *r, const Num *a, const Num *b, int64_t *n)
{
    if (num_nan_result(w, r, a, b))
        return false;
    if (!count_operand(b, w->s.prec, n)) {
        num_invalid(w, r, DECIMAL_INVALID_OPERATION);
        return false;
    }
    return num_copy(w, r, a) && !num_is_infinite(a);
}

void decimal_shift(Work *w, Num *r, const Num *a, const Num *b)
{
    int64_t n;
    if (!shift_operands(w, r, a, b, &n))
        return;
    if (n >= 0) {
        keep_low(r, w->s.prec - n > 0 ? w->s.prec - n : 0);
        num_shift_left(w, r, n);
    } else {
        keep_low(r, w->s.prec);
        num_round(w, r, -n, ROUND_DOWN);
    }
    r->exponent = a->exponent;
}

void decimal_rotate(Work *w, Num *r, const Num *a, const Num *b)
{
    int64_t n;
    if (!shift_operands(w, r, a, b, &n))
        return;
    keep_low(r, w->s.prec);
    if (n < 0)
        n += w->s.prec;
    if (n == 0 || n == w->s.prec)
        return;
    /* the upper n of prec places go to the bottom */
    Num low;
    num_init(&low);
    if (num_copy(w, &low, r)) {
        num_round(w, &low, w->s.prec - n, ROUND_DOWN);
        keep_low(r, w->s.prec - n);
        if (num_shift_left(w, r, n) && low.n) {
            if (r->n >= low.n) {
                digits_add_to(r->digits, r->n, low.digits, low.n); /* no place is in both */
            } else if (num_reserve(w, r, low.n)) {
                memset(r->digits + r->n, 0, (low.n - r->n) * sizeof(Digit));
                digits_add_to(r->digits, low.n, low.digits, low.n);
                r->n = low.n;
            }
            num_normalise(r, r->n);
        }
    }
    r->exponent = a->exponent;
    num_free(w->t, &low);
}

/* ---- logical operations ---- */

/* Only zeros and ones, exponent 0, not negative. */
static bool is_logical(const Num *a)
{
    if (num_is_special(a) || a->negative || a->exponent != 0)
        return false;
    for (size_t i = 0; i < a->n; i++) {
        for (Digit d = a->digits[i]; d; d /= 10) {
            if (d % 10 > 1)
                return false;
        }
    }
    return true;
}

static Digit logical_digit(Digit x, Digit y, BinaryOp op)
{
    Digit r = 0;
    for (int k = DIGITS_PLACES - 1; k >= 0; k--) {
        int p = (int)(x / digits_powers[k] % 10), q = (int)(y / digits_powers[k] % 10);
        r = r * 10 + (Digit)(op == BINARY_AND ? p & q : op == BINARY_OR ? p | q : p ^ q);
    }
    return r;
}

void decimal_logical(Work *w, Num *r, const Num *a, const Num *b, BinaryOp op)
{
    if (!is_logical(a) || !is_logical(b)) {
        num_invalid(w, r, DECIMAL_INVALID_OPERATION);
        return;
    }
    size_t n = a->n > b->n ? a->n : b->n;
    num_set_zero(r, false, 0);
    if (!num_reserve(w, r, n))
        return;
    for (size_t i = 0; i < n; i++)
        r->digits[i] = logical_digit(i < a->n ? a->digits[i] : 0, i < b->n ? b->digits[i] : 0, op);
    num_normalise(r, n);
    keep_low(r, w->s.prec);
}

void decimal_invert(Work *w, Num *r, const Num *a)
{
    Num ones;
    num_init(&ones);
    size_t n = digits_for_places(w->s.prec);
    if (!is_logical(a)) {
        num_invalid(w, r, DECIMAL_INVALID_OPERATION);
    } else if (num_reserve(w, &ones, n)) {
        for (size_t i = 0; i < n; i++)
            ones.digits[i] = 111111111;
        num_normalise(&ones, n);
        keep_low(&ones, w->s.prec);
        decimal_logical(w, r, a, &ones, BINARY_XOR);
    }
    num_free(w->t, &ones);
}
