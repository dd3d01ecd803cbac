/* decimal_arith.c: sums, products, quotients, remainders and square roots of decimal numbers.
 *
 * Results are computed exactly, or with a sticky last digit where they do not end, and rounded once by num_finalize.  No locks, no objects. */
#include "decimal.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/error.h"
#include "../object/int.h"

/* ---- one operand ---- */

void decimal_plus(Work *w, Num *r, const Num *a)
{
    if (num_nan_result(w, r, a, NULL) || !num_copy(w, r, a))
        return;
    if (num_is_zero(a) && w->s.rounding != ROUND_FLOOR)
        r->negative = false;
    num_finalize(w, r);
}

void decimal_minus(Work *w, Num *r, const Num *a)
{
    if (num_nan_result(w, r, a, NULL) || !num_copy(w, r, a))
        return;
    r->negative = num_is_zero(a) && w->s.rounding != ROUND_FLOOR ? false : !a->negative;
    num_finalize(w, r);
}

void decimal_abs(Work *w, Num *r, const Num *a)
{
    if (num_nan_result(w, r, a, NULL) || !num_copy(w, r, a))
        return;
    r->negative = false;
    num_finalize(w, r);
}

/* ---- sums ---- */

/* r = |a| +- |b| for equal exponents; the sign of a, changed when |b| wins a subtraction. r may be a. */
static bool add_coefficients(Work *w, Num *r, const Num *a, const Num *b, bool subtract)
{
    const Num *larger = a, *smaller = b;
    bool negative = a->negative;
    if (a->n < b->n || (subtract && a->n == b->n && digits_compare(a->digits, a->n, b->digits, b->n) < 0)) {
        larger = b;
        smaller = a;
        if (subtract)
            negative = !negative;
    }
    size_t n = larger->n + !subtract;
    if (!num_reserve(w, r, n))
        return false;
    if (subtract)
        digits_sub(r->digits, larger->digits, larger->n, smaller->digits, smaller->n);
    else
        digits_add(r->digits, larger->digits, larger->n, smaller->digits, smaller->n);
    num_normalise(r, n);
    r->negative = negative;
    return true;
}

/* Exact but for what no rounding can see, not yet finalized; both finite. */
static void add_finite(Work *w, Num *r, const Num *a, const Num *b, bool b_negative)
{
    bool subtract = a->negative != b_negative;
    int64_t exponent = a->exponent < b->exponent ? a->exponent : b->exponent;
    if (a->n == 0 && b->n == 0) {
        num_set_zero(r, subtract ? w->s.rounding == ROUND_FLOOR : a->negative, exponent);
        return;
    }
    if (a->n == 0 || b->n == 0) { /* the other one, padded towards the lower exponent as far as the precision goes */
        const Num *other = a->n ? a : b;
        if (!num_copy(w, r, other))
            return;
        r->negative = a->n ? a->negative : b_negative;
        int64_t lowest = other->exponent - w->s.prec - 1;
        num_rescale(w, r, exponent > lowest ? exponent : lowest, ROUND_DOWN);
        return;
    }
    if (a->exponent != b->exponent) {
        const Num *high = a->exponent > b->exponent ? a : b, *low = high == a ? b : a;
        Num tiny;
        num_init(&tiny);
        /* A low operand far below the last place that counts acts as one unit just there. */
        int64_t cut = high->exponent + (high->places - w->s.prec - 2 < -1 ? high->places - w->s.prec - 2 : -1);
        if (num_adjusted(low) < cut) {
            num_set_int(&tiny, 1);
            tiny.exponent = cut;
            tiny.negative = low->negative;
            low = &tiny;
        }
        if (!num_copy(w, r, high) || !num_shift_left(w, r, high->exponent - low->exponent))
            return;
        r->exponent = low->exponent;
        r->negative = high == a ? a->negative : b_negative;
        add_coefficients(w, r, r, low, subtract);
    } else {
        r->kind = NUM_FINITE;
        r->exponent = exponent;
        r->n = 0;
        add_coefficients(w, r, a, b, subtract);
    }
    if (r->n == 0)
        r->negative = w->s.rounding == ROUND_FLOOR;
}

static void add(Work *w, Num *r, const Num *a, const Num *b, bool negate_b)
{
    if (num_nan_result(w, r, a, b))
        return;
    bool b_negative = b->negative != negate_b;
    if (num_is_infinite(a) || num_is_infinite(b)) {
        if (num_is_infinite(a) && num_is_infinite(b) && a->negative != b_negative)
            num_invalid(w, r, DECIMAL_INVALID_OPERATION);
        else
            num_set_infinite(r, num_is_infinite(a) ? a->negative : b_negative);
        return;
    }
    add_finite(w, r, a, b, b_negative);
    num_finalize(w, r);
}

void decimal_add(Work *w, Num *r, const Num *a, const Num *b) { add(w, r, a, b, false); }
void decimal_sub(Work *w, Num *r, const Num *a, const Num *b) { add(w, r, a, b, true); }

/* ---- products ---- */

static bool multiply_finite(Work *w, Num *r, const Num *a, const Num *b)
{
    r->kind = NUM_FINITE;
    r->negative = a->negative != b->negative;
    r->exponent = a->exponent + b->exponent;
    r->n = 0;
    size_t n = a->n + b->n;
    if (a->n == 0 || b->n == 0) {
        num_normalise(r, 0);
        return true;
    }
    if (!num_reserve(w, r, n) || digits_mul(w->t, r->digits, a->digits, a->n, b->digits, b->n) < 0) {
        num_set_special(r, NUM_NAN, false);
        return false;
    }
    num_normalise(r, n);
    return true;
}

/* An infinite product, or 0 * infinity. */
static void multiply_infinite(Work *w, Num *r, const Num *a, const Num *b)
{
    if (num_is_zero(a) || num_is_zero(b))
        num_invalid(w, r, DECIMAL_INVALID_OPERATION);
    else
        num_set_infinite(r, a->negative != b->negative);
}

void decimal_mul(Work *w, Num *r, const Num *a, const Num *b)
{
    if (num_nan_result(w, r, a, b))
        return;
    if (num_is_infinite(a) || num_is_infinite(b)) {
        multiply_infinite(w, r, a, b);
        return;
    }
    if (multiply_finite(w, r, a, b))
        num_finalize(w, r);
}

void decimal_fma(Work *w, Num *r, const Num *a, const Num *b, const Num *c)
{
    Num product;
    num_init(&product);
    if (!num_nan_result(w, &product, a, b)) {
        if (num_is_infinite(a) || num_is_infinite(b))
            multiply_infinite(w, &product, a, b);
        else
            multiply_finite(w, &product, a, b);
    }
    if (num_is_nan(&product) && (c->kind != NUM_SNAN || (w->status & DECIMAL_INVALID)))
        num_copy(w, r, &product); /* a signalling NaN for the third operand counts, if nothing was invalid before */
    else
        add(w, r, &product, c, false);
    num_free(w->t, &product);
}

/* ---- quotients ---- */

/* Coefficients with a common exponent: copies of a and b with the one of higher exponent padded. */
static bool align(Work *w, Num *x, Num *y, const Num *a, const Num *b)
{
    if (!num_copy(w, x, a) || !num_copy(w, y, b))
        return false;
    if (a->exponent > b->exponent)
        return num_shift_left(w, x, a->exponent - b->exponent);
    return num_shift_left(w, y, b->exponent - a->exponent);
}

/* q = x / y and r = x % y of the coefficients; y > 0. q or r may be NULL. Only digits are set. */
static bool divide_coefficients(Work *w, Num *q, Num *r, const Num *x, const Num *y)
{
    if (x->n < y->n) {
        if (q)
            num_normalise(q, 0);
        if (r) {
            r->n = 0;
            if (!num_reserve(w, r, x->n))
                return false;
            memcpy(r->digits, x->digits, x->n * sizeof(Digit));
            num_normalise(r, x->n);
        }
        return true;
    }
    size_t nq = x->n - y->n + 1;
    if (q) {
        q->n = 0;
        if (!num_reserve(w, q, nq))
            return false;
    }
    if (r) {
        r->n = 0;
        if (!num_reserve(w, r, y->n))
            return false;
    }
    if (digits_divmod(w->t, q ? q->digits : NULL, r ? r->digits : NULL, x->digits, x->n, y->digits, y->n) < 0)
        return false;
    if (q)
        num_normalise(q, nq);
    if (r)
        num_normalise(r, y->n);
    return true;
}

void decimal_div(Work *w, Num *r, const Num *a, const Num *b)
{
    if (num_nan_result(w, r, a, b))
        return;
    bool negative = a->negative != b->negative;
    if (num_is_special(a) || num_is_special(b)) {
        if (num_is_infinite(a) && num_is_infinite(b)) {
            num_invalid(w, r, DECIMAL_INVALID_OPERATION);
        } else if (num_is_infinite(a)) {
            num_set_infinite(r, negative);
        } else {
            num_set_zero(r, negative, settings_etiny(&w->s));
            w->status |= DECIMAL_CLAMPED;
        }
        return;
    }
    if (b->n == 0) {
        if (a->n == 0) {
            num_invalid(w, r, DECIMAL_DIVISION_UNDEFINED);
        } else {
            num_set_infinite(r, negative);
            w->status |= DECIMAL_DIVISION_BY_ZERO;
        }
        return;
    }
    int64_t ideal = a->exponent - b->exponent;
    if (a->n == 0) {
        num_set_zero(r, negative, ideal);
        num_finalize(w, r);
        return;
    }
    /* A quotient of one or two places more than the precision. */
    int64_t shift = b->places - a->places + w->s.prec + 1;
    Num x, y, rest;
    num_init(&x);
    num_init(&y);
    num_init(&rest);
    const Num *top = a, *bottom = b;
    bool good = true;
    if (shift > 0) {
        good = num_copy(w, &x, a) && num_shift_left(w, &x, shift);
        top = &x;
    } else if (shift < 0) {
        good = num_copy(w, &y, b) && num_shift_left(w, &y, -shift);
        bottom = &y;
    }
    r->kind = NUM_FINITE;
    r->negative = negative;
    r->exponent = ideal - shift;
    if (good && divide_coefficients(w, r, &rest, top, bottom)) {
        if (rest.n) {
            if (r->digits[0] % 5 == 0) /* a last digit of 0 or 5 would look exact: sticky */
                r->digits[0]++;
        } else if (r->exponent < ideal) {
            int64_t zeros = digits_trailing_zeros(r->digits, r->n);
            if (zeros > ideal - r->exponent)
                zeros = ideal - r->exponent;
            num_round(w, r, zeros, ROUND_DOWN);
        }
        num_finalize(w, r);
    } else {
        num_set_special(r, NUM_NAN, false);
    }
    num_free(w->t, &x);
    num_free(w->t, &y);
    num_free(w->t, &rest);
}

/* The integer quotient and the remainder of finite numbers, b not zero: false when the quotient has more places than the precision. */
static bool divide_whole(Work *w, Num *q, Num *r, const Num *a, const Num *b)
{
    int64_t exponent = a->exponent < b->exponent ? a->exponent : b->exponent;
    int64_t difference = num_adjusted(a) - num_adjusted(b);
    if (a->n == 0 || difference <= -2) {
        num_set_zero(q, a->negative != b->negative, 0);
        if (num_copy(w, r, a))
            num_rescale(w, r, exponent, (Rounding)w->s.rounding);
        return true;
    }
    if (difference > w->s.prec)
        return false;
    Num x, y;
    num_init(&x);
    num_init(&y);
    bool fits = false;
    if (align(w, &x, &y, a, b) && divide_coefficients(w, q, r, &x, &y)) {
        q->kind = r->kind = NUM_FINITE;
        q->negative = a->negative != b->negative;
        q->exponent = 0;
        r->negative = a->negative;
        r->exponent = exponent;
        fits = q->places <= w->s.prec;
    }
    num_free(w->t, &x);
    num_free(w->t, &y);
    return fits;
}

/* Division by zero: 0 / 0 in any form, or a nonzero by zero. */
static void divide_by_zero(Work *w, Num *r, const Num *a, const Num *b)
{
    if (num_is_zero(a)) {
        num_invalid(w, r, DECIMAL_DIVISION_UNDEFINED);
    } else {
        num_set_infinite(r, a->negative != b->negative);
        w->status |= DECIMAL_DIVISION_BY_ZERO;
    }
}

void decimal_div_int(Work *w, Num *r, const Num *a, const Num *b)
{
    if (num_nan_result(w, r, a, b))
        return;
    bool negative = a->negative != b->negative;
    if (num_is_infinite(a)) {
        if (num_is_infinite(b))
            num_invalid(w, r, DECIMAL_INVALID_OPERATION);
        else
            num_set_infinite(r, negative);
        return;
    }
    if (num_is_zero(b)) {
        divide_by_zero(w, r, a, b);
        return;
    }
    if (num_is_infinite(b)) {
        num_set_zero(r, negative, 0);
        return;
    }
    Num rest;
    num_init(&rest);
    if (divide_whole(w, r, &rest, a, b))
        num_finalize(w, r);
    else
        num_invalid(w, r, DECIMAL_DIVISION_IMPOSSIBLE);
    num_free(w->t, &rest);
}

void decimal_rem(Work *w, Num *r, const Num *a, const Num *b)
{
    if (num_nan_result(w, r, a, b))
        return;
    if (num_is_infinite(a)) {
        num_invalid(w, r, DECIMAL_INVALID_OPERATION);
        return;
    }
    if (num_is_zero(b)) {
        num_invalid(w, r, num_is_zero(a) ? DECIMAL_DIVISION_UNDEFINED : DECIMAL_INVALID_OPERATION);
        return;
    }
    if (num_is_infinite(b)) {
        if (num_copy(w, r, a))
            num_finalize(w, r);
        return;
    }
    Num quotient;
    num_init(&quotient);
    if (divide_whole(w, &quotient, r, a, b))
        num_finalize(w, r);
    else
        num_invalid(w, r, DECIMAL_DIVISION_IMPOSSIBLE);
    num_free(w->t, &quotient);
}

void decimal_divmod(Work *w, Num *q, Num *r, const Num *a, const Num *b)
{
    if (num_nan_result(w, q, a, b)) {
        num_copy(w, r, q);
        return;
    }
    bool negative = a->negative != b->negative;
    if (num_is_infinite(a)) {
        if (num_is_infinite(b))
            num_invalid(w, q, DECIMAL_INVALID_OPERATION);
        else
            num_set_infinite(q, negative);
        num_invalid(w, r, DECIMAL_INVALID_OPERATION);
    } else if (num_is_zero(b)) {
        if (num_is_zero(a)) {
            num_invalid(w, q, DECIMAL_DIVISION_UNDEFINED);
            num_set_special(r, NUM_NAN, false);
        } else {
            num_set_infinite(q, negative);
            w->status |= DECIMAL_DIVISION_BY_ZERO;
            num_invalid(w, r, DECIMAL_INVALID_OPERATION);
        }
    } else if (num_is_infinite(b)) {
        num_set_zero(q, negative, 0);
        if (num_copy(w, r, a))
            num_finalize(w, r);
    } else if (divide_whole(w, q, r, a, b)) {
        num_finalize(w, q);
        num_finalize(w, r);
    } else {
        num_invalid(w, q, DECIMAL_DIVISION_IMPOSSIBLE);
        num_set_special(r, NUM_NAN, false);
    }
}

void decimal_rem_near(Work *w, Num *r, const Num *a, const Num *b)
{
    if (num_nan_result(w, r, a, b))
        return;
    if (num_is_infinite(a)) {
        num_invalid(w, r, DECIMAL_INVALID_OPERATION);
        return;
    }
    if (num_is_zero(b)) {
        num_invalid(w, r, num_is_zero(a) ? DECIMAL_DIVISION_UNDEFINED : DECIMAL_INVALID_OPERATION);
        return;
    }
    if (num_is_infinite(b)) {
        if (num_copy(w, r, a))
            num_finalize(w, r);
        return;
    }
    int64_t exponent = a->exponent < b->exponent ? a->exponent : b->exponent;
    int64_t difference = num_adjusted(a) - num_adjusted(b);
    if (num_is_zero(a)) {
        num_set_zero(r, a->negative, exponent);
        num_finalize(w, r);
        return;
    }
    if (difference > w->s.prec) {
        num_invalid(w, r, DECIMAL_DIVISION_IMPOSSIBLE);
        return;
    }
    if (difference <= -2) {
        if (num_copy(w, r, a)) {
            num_rescale(w, r, exponent, (Rounding)w->s.rounding);
            num_finalize(w, r);
        }
        return;
    }
    Num x, y, q, twice;
    num_init(&x);
    num_init(&y);
    num_init(&q);
    num_init(&twice);
    bool good = align(w, &x, &y, a, b) && divide_coefficients(w, &q, r, &x, &y) && num_reserve(w, &twice, r->n + 1);
    if (good) {
        r->kind = NUM_FINITE;
        r->negative = a->negative;
        r->exponent = exponent;
        digits_add(twice.digits, r->digits, r->n, r->digits, r->n);
        num_normalise(&twice, r->n + 1);
        int order = digits_compare(twice.digits, twice.n, y.digits, y.n);
        if (order > 0 || (order == 0 && num_is_odd(&q))) { /* the next multiple is closer */
            Num one;
            num_init(&one);
            num_set_int(&one, 1);
            good = add_coefficients(w, &q, &q, &one, false) && num_copy(w, &twice, r) &&
                   add_coefficients(w, r, &twice, &y, true);
        }
    }
    if (!good)
        num_set_special(r, NUM_NAN, false);
    else if (q.places > w->s.prec)
        num_invalid(w, r, DECIMAL_DIVISION_IMPOSSIBLE);
    else
        num_finalize(w, r);
    num_free(w->t, &x);
    num_free(w->t, &y);
    num_free(w->t, &q);
    num_free(w->t, &twice);
}

/* ---- square root ---- */

/* The integer square root of the coefficient of a, through binary integers; *exact tells whether it is the root. */
static bool root_of_coefficient(Work *w, Num *r, const Num *a, bool *exact)
{
    Thread *t = w->t;
    Int *binary = int_alloc(t, digits_to_bigint_bound(a->n));
    size_t n;
    if (!binary)
        return false;
    if (digits_to_bigint(t, binary->digits, &n, a->digits, a->n) < 0) {
        alloc_object_free(t, binary);
        return false;
    }
    Value value = int_finish_take(t, binary, n, false), root = int_isqrt(t, value), square = VALUE_EMPTY;
    bool good = false;
    if (value_is_empty(root))
        goto done;
    square = int_binary(t, BINARY_MUL, root, root);
    if (value_is_empty(square))
        goto done;
    *exact = int_compare(square, value) == 0;
    IntView view;
    int_view(root, &view);
    r->n = 0;
    if (num_reserve(w, r, digits_from_bigint_bound(view.size)) &&
        digits_from_bigint(t, r->digits, &n, view.digits, view.size) == 0) {
        num_normalise(r, n);
        good = true;
    }
done:
    ref_dec(t, square);
    ref_dec(t, root);
    ref_dec(t, value);
    return good;
}

void decimal_sqrt(Work *w, Num *r, const Num *a)
{
    if (num_nan_result(w, r, a, NULL))
        return;
    if (num_is_zero(a)) {
        num_set_zero(r, a->negative, a->exponent >> 1);
        num_finalize(w, r);
        return;
    }
    if (a->negative) {
        num_invalid(w, r, DECIMAL_INVALID_OPERATION);
        return;
    }
    if (num_is_infinite(a)) {
        num_set_infinite(r, false);
        return;
    }
    /* Make the exponent even and give the coefficient twice as many places as the result shall have: one more than the precision. */
    int64_t exponent = a->exponent >> 1, odd = a->exponent & 1;
    int64_t places = odd ? (a->places >> 1) + 1 : (a->places + 1) >> 1; /* of the root, for now */
    int64_t shift = w->s.prec + 1 - places;
    Num c;
    num_init(&c);
    bool exact = true, root_exact = false, good = num_copy(w, &c, a);
    if (good && 2 * shift + odd >= 0)
        good = num_shift_left(w, &c, 2 * shift + odd);
    else if (good)
        exact = !num_round(w, &c, -(2 * shift + odd), ROUND_DOWN);
    if (good && root_of_coefficient(w, r, &c, &root_exact)) {
        r->kind = NUM_FINITE;
        r->negative = false;
        r->exponent = exponent - shift;
        exact = exact && root_exact;
        if (exact) { /* the ideal exponent, where the digits allow it */
            if (shift > 0) {
                int64_t zeros = digits_trailing_zeros(r->digits, r->n);
                num_round(w, r, zeros < shift ? zeros : shift, ROUND_DOWN);
            } else {
                num_shift_left(w, r, -shift);
                r->exponent = exponent;
            }
        } else if (r->digits[0] % 5 == 0) {
            r->digits[0]++;
        }
        uint8_t rounding = w->s.rounding;
        w->s.rounding = ROUND_HALF_EVEN;
        num_finalize(w, r);
        w->s.rounding = rounding;
    } else {
        num_set_special(r, NUM_NAN, false);
    }
    num_free(w->t, &c);
}
