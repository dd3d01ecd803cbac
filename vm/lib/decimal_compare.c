/* decimal_compare.c: the orders of decimal numbers, their neighbours, and tests of their class.  No locks, no objects. */
#include "decimal.h"

/* ---- by value ---- */

/* |a| and |b|, finite and not zero. */
static int compare_magnitudes(const Num *a, const Num *b)
{
    int64_t x = num_adjusted(a), y = num_adjusted(b);
    if (x != y)
        return x < y ? -1 : 1;
    if (a->exponent == b->exponent)
        return digits_compare(a->digits, a->n, b->digits, b->n);
    /* As many places before the point: compare from the top, the shorter one continued by zeros. */
    const Num *longer = a->exponent < b->exponent ? a : b, *shorter = longer == a ? b : a;
    int64_t shift = shorter->exponent - longer->exponent;
    int order = 0;
    /* digit by digit of base 10^9, the shorter one shifted on the fly */
    size_t whole = (size_t)(shift / DIGITS_PLACES);
    Digit scale = digits_powers[shift % DIGITS_PLACES], rest = digits_powers[DIGITS_PLACES - shift % DIGITS_PLACES];
    for (size_t i = longer->n; i-- > 0 && order == 0;) {
        Digit d = 0;
        if (i >= whole) {
            size_t k = i - whole;
            Digit here = k < shorter->n ? shorter->digits[k] : 0,
                  below = k > 0 && k - 1 < shorter->n ? shorter->digits[k - 1] : 0;
            d = here % rest * scale + below / rest;
        }
        if (longer->digits[i] != d)
            order = longer->digits[i] < d ? -1 : 1;
    }
    return longer == a ? order : -order;
}

int num_compare(const Num *a, const Num *b)
{
    bool a_zero = num_is_zero(a), b_zero = num_is_zero(b);
    if (a_zero || b_zero) {
        if (a_zero && b_zero)
            return 0;
        return a_zero ? (b->negative ? 1 : -1) : (a->negative ? -1 : 1);
    }
    if (a->negative != b->negative)
        return a->negative ? -1 : 1;
    int order;
    if (num_is_infinite(a) || num_is_infinite(b))
        order = (int)num_is_infinite(a) - (int)num_is_infinite(b);
    else
        order = compare_magnitudes(a, b);
    return a->negative ? -order : order;
}

void decimal_compare(Work *w, Num *r, const Num *a, const Num *b, bool signal)
{
    if (num_is_nan(a) || num_is_nan(b)) {
        if (signal)
            w->status |= DECIMAL_INVALID_OPERATION;
        num_nan_result(w, r, a, b);
        return;
    }
    num_set_int(r, num_compare(a, b));
}

/* ---- the total order ---- */

static int compare_total(const Num *a, const Num *b, bool a_negative, bool b_negative)
{
    if (a_negative != b_negative)
        return a_negative ? -1 : 1;
    int order;
    if (num_is_nan(a) || num_is_nan(b)) {
        if (!num_is_nan(a) || !num_is_nan(b)) {
            order = num_is_nan(a) ? 1 : -1;
        } else if (a->kind != b->kind) { /* signalling below quiet */
            order = a->kind == NUM_SNAN ? -1 : 1;
        } else {
            order = digits_compare(a->digits, a->n, b->digits, b->n);
        }
    } else {
        Num x = *a, y = *b; /* same sign: compare magnitudes */
        x.negative = y.negative = false;
        order = num_compare(&x, &y);
        if (order == 0 && num_is_finite(a) && a->exponent != b->exponent)
            order = a->exponent < b->exponent ? -1 : 1;
    }
    return a_negative ? -order : order;
}

int num_compare_total(const Num *a, const Num *b) { return compare_total(a, b, a->negative, b->negative); }
int num_compare_total_mag(const Num *a, const Num *b) { return compare_total(a, b, false, false); }

/* ---- maximum and minimum ---- */

void decimal_extreme(Work *w, Num *r, const Num *a, const Num *b, bool max, bool magnitude)
{
    const Num *chosen;
    if (num_is_nan(a) || num_is_nan(b)) {
        /* a quiet NaN beside a number gives the number */
        if (a->kind == NUM_SNAN || b->kind == NUM_SNAN || (num_is_nan(a) && num_is_nan(b))) {
            num_nan_result(w, r, a, b);
            return;
        }
        chosen = num_is_nan(a) ? b : a;
    } else {
        Num x = *a, y = *b;
        if (magnitude)
            x.negative = y.negative = false;
        int order = num_compare(&x, &y);
        if (order == 0)
            order = num_compare_total(a, b);
        chosen = (order < 0) == max ? b : a;
    }
    if (num_copy(w, r, chosen))
        num_finalize(w, r);
}

/* ---- neighbours ---- */

/* The closest number in a direction; raises nothing. */
static void next(Work *w, Num *r, const Num *a, bool up)
{
    if (num_is_infinite(a)) {
        if (a->negative == up)
            num_set_max(w, r, a->negative);
        else
            num_set_infinite(r, a->negative);
        return;
    }
    Work inner = *w;
    inner.s.rounding = up ? ROUND_CEILING : ROUND_FLOOR;
    if (!num_copy(w, r, a))
        return;
    num_finalize(&inner, r);
    if (num_is_infinite(r) || num_compare(r, a) != 0)
        return;
    Num tiny;
    num_init(&tiny);
    num_set_int(&tiny, up ? 1 : -1);
    tiny.exponent = settings_etiny(&w->s) - 1;
    decimal_add(&inner, r, a, &tiny);
}

void decimal_next_minus(Work *w, Num *r, const Num *a)
{
    if (!num_nan_result(w, r, a, NULL))
        next(w, r, a, false);
}
void decimal_next_plus(Work *w, Num *r, const Num *a)
{
    if (!num_nan_result(w, r, a, NULL))
        next(w, r, a, true);
}

void decimal_next_toward(Work *w, Num *r, const Num *a, const Num *b)
{
    if (num_nan_result(w, r, a, b))
        return;
    int order = num_compare(a, b);
    if (order == 0) {
        if (num_copy(w, r, a))
            r->negative = b->negative;
        return;
    }
    next(w, r, a, order < 0);
    if (num_is_infinite(r)) {
        w->status |= DECIMAL_OVERFLOW | DECIMAL_INEXACT | DECIMAL_ROUNDED;
    } else if (num_adjusted(r) < w->s.emin) {
        w->status |= DECIMAL_UNDERFLOW | DECIMAL_SUBNORMAL | DECIMAL_INEXACT | DECIMAL_ROUNDED;
        if (num_is_zero(r))
            w->status |= DECIMAL_CLAMPED;
    }
}

/* ---- classes ---- */

bool num_is_normal(const Num *a, const Settings *s) { return num_is_finite(a) && a->n && num_adjusted(a) >= s->emin; }
bool num_is_subnormal(const Num *a, const Settings *s) { return num_is_finite(a) && a->n && num_adjusted(a) < s->emin; }

const char *num_class(const Num *a, const Settings *s)
{
    switch ((NumKind)a->kind) {
    case NUM_NAN: return "NaN";
    case NUM_SNAN: return "sNaN";
    case NUM_INFINITE: return a->negative ? "-Infinity" : "+Infinity";
    default: break;
    }
    if (a->n == 0)
        return a->negative ? "-Zero" : "+Zero";
    if (num_is_subnormal(a, s))
        return a->negative ? "-Subnormal" : "+Subnormal";
    return a->negative ? "-Normal" : "+Normal";
}

bool num_same_quantum(const Num *a, const Num *b)
{
    if (num_is_special(a) || num_is_special(b))
        return (num_is_nan(a) && num_is_nan(b)) || (num_is_infinite(a) && num_is_infinite(b));
    return a->exponent == b->exponent;
}

bool num_is_integer(const Num *a)
{
    if (num_is_special(a))
        return false;
    return a->n == 0 || a->exponent >= 0 || digits_trailing_zeros(a->digits, a->n) >= -a->exponent;
}
