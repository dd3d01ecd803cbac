/* decimal_num.c: numbers of decimal arithmetic: memory, NaNs, and the rounding of results to a context.  No locks, no objects. */
#include "decimal.h"

#include "../memory/alloc.h"

const Settings decimal_max_settings = {
    .prec = DECIMAL_MAX_PREC,
    .emax = DECIMAL_MAX_EMAX,
    .emin = DECIMAL_MIN_EMIN,
    .rounding = ROUND_HALF_EVEN,
    .capitals = 1,
};

/* ---- memory and values ---- */

void num_free(Thread *t, Num *a)
{
    if (a->capacity > NUM_SMALL)
        alloc_memory_free(t, a->digits);
    a->digits = a->small;
    a->capacity = NUM_SMALL;
}

bool num_reserve(Work *w, Num *a, size_t n)
{
    if (n <= a->capacity)
        return true;
    Digit *digits = n > SIZE_MAX / sizeof(Digit) ? alloc_memory(w->t, SIZE_MAX) : alloc_memory(w->t, n * sizeof(Digit));
    if (!digits)
        return false;
    memcpy(digits, a->digits, a->n * sizeof(Digit));
    if (a->capacity > NUM_SMALL)
        alloc_memory_free(w->t, a->digits);
    a->digits = digits;
    a->capacity = n;
    return true;
}

bool num_copy(Work *w, Num *r, const Num *a)
{
    r->n = 0;
    if (!num_reserve(w, r, a->n)) {
        num_set_special(r, NUM_NAN, false);
        return false;
    }
    memcpy(r->digits, a->digits, a->n * sizeof(Digit));
    r->kind = a->kind;
    r->negative = a->negative;
    r->exponent = a->exponent;
    r->places = a->places;
    r->n = a->n;
    return true;
}

void num_normalise(Num *a, size_t n)
{
    a->n = bigint_size(a->digits, n);
    a->places = digits_places(a->digits, a->n);
}

void num_set_int(Num *a, int64_t value)
{
    a->kind = NUM_FINITE;
    a->negative = value < 0;
    a->exponent = 0;
    uint64_t u = value < 0 ? -(uint64_t)value : (uint64_t)value;
    size_t n = 0;
    for (; u; u /= DIGITS_BASE)
        a->digits[n++] = (Digit)(u % DIGITS_BASE);
    num_normalise(a, n);
}

void num_set_zero(Num *a, bool negative, int64_t exponent)
{
    a->kind = NUM_FINITE;
    a->negative = negative;
    a->exponent = exponent;
    a->places = 1;
    a->n = 0;
}

void num_set_special(Num *a, NumKind kind, bool negative)
{
    num_set_zero(a, negative, 0);
    a->kind = (uint8_t)kind;
}
void num_set_infinite(Num *a, bool negative) { num_set_special(a, NUM_INFINITE, negative); }

void num_set_max(Work *w, Num *a, bool negative)
{
    size_t n = digits_for_places(w->s.prec);
    num_set_zero(a, negative, settings_etop(&w->s));
    if (!num_reserve(w, a, n)) {
        num_set_special(a, NUM_NAN, false);
        return;
    }
    for (size_t i = 0; i < n; i++)
        a->digits[i] = DIGITS_BASE - 1;
    if (w->s.prec % DIGITS_PLACES)
        a->digits[n - 1] = digits_powers[w->s.prec % DIGITS_PLACES] - 1;
    num_normalise(a, n);
}

void num_invalid(Work *w, Num *r, uint32_t condition)
{
    num_set_special(r, NUM_NAN, false);
    w->status |= condition;
}

/* Keeps the lowest places of the coefficient that the context has room for. */
static void trim_payload(Work *w, Num *a)
{
    int64_t keep = w->s.prec - w->s.clamp;
    if (a->n == 0 || a->places <= keep)
        return;
    size_t n = digits_for_places(keep);
    if (n && keep % DIGITS_PLACES)
        a->digits[n - 1] %= digits_powers[keep % DIGITS_PLACES];
    num_normalise(a, n);
}

bool num_nan_result(Work *w, Num *r, const Num *a, const Num *b)
{
    if (LIKELY(!num_is_nan(a) && (!b || !num_is_nan(b))))
        return false;
    const Num *source = a->kind == NUM_SNAN ? a : b && b->kind == NUM_SNAN ? b : num_is_nan(a) ? a : b;
    if (source->kind == NUM_SNAN)
        w->status |= DECIMAL_INVALID_OPERATION;
    if (num_copy(w, r, source)) {
        r->kind = NUM_NAN;
        trim_payload(w, r);
    }
    return true;
}

/* ---- rounding ---- */

/* Should a magnitude go up, that ends in the decimal digit `last`, when `dropped` (0..9; what follows a 0 or 5 makes it 1 or 6) is cut off? */
static bool rounds_up(Rounding rounding, bool negative, int last, int dropped)
{
    switch (rounding) {
    case ROUND_UP: return dropped != 0;
    case ROUND_DOWN: return false;
    case ROUND_CEILING: return dropped != 0 && !negative;
    case ROUND_FLOOR: return dropped != 0 && negative;
    case ROUND_HALF_UP: return dropped >= 5;
    case ROUND_HALF_DOWN: return dropped > 5;
    case ROUND_HALF_EVEN: return dropped > 5 || (dropped == 5 && (last & 1));
    default: return dropped != 0 && (last == 0 || last == 5);
    }
}

bool num_round(Work *w, Num *a, int64_t drop, Rounding rounding)
{
    if (drop <= 0)
        return false;
    int dropped;
    if (a->n == 0) {
        dropped = 0;
    } else if (drop > a->places) {
        dropped = 1;
        a->n = 0;
    } else {
        dropped = digits_place(a->digits, a->n, drop - 1);
        if ((dropped == 0 || dropped == 5) && digits_any_below(a->digits, a->n, drop - 1))
            dropped++;
        if (drop == a->places) {
            a->n = 0;
        } else {
            digits_shift_right(a->digits, a->digits, a->n, drop);
            a->n -= (size_t)(drop / DIGITS_PLACES);
        }
    }
    num_normalise(a, a->n);
    a->exponent += drop;
    if (dropped && rounds_up(rounding, a->negative, a->n ? (int)(a->digits[0] % 10) : 0, dropped)) {
        Digit one = 1;
        if (a->n == 0)
            a->digits[a->n++] = 1; /* there is room: digits were dropped */
        else if (digits_add_to(a->digits, a->n, &one, 1) && num_reserve(w, a, a->n + 1))
            a->digits[a->n++] = 1;
        num_normalise(a, a->n);
    }
    return dropped != 0;
}

bool num_shift_left(Work *w, Num *a, int64_t places)
{
    if (places <= 0 || a->n == 0)
        return true;
    if (places > INT64_MAX / 4 || !num_reserve(w, a, a->n + (size_t)(places / DIGITS_PLACES) + 1)) {
        if (places > INT64_MAX / 4)
            alloc_memory_free(w->t, alloc_memory(w->t, SIZE_MAX / 2)); /* MemoryError */
        return false;
    }
    digits_shift_left(a->digits, a->digits, a->n, places);
    num_normalise(a, a->n + (size_t)(places / DIGITS_PLACES) + 1);
    return true;
}

bool num_rescale(Work *w, Num *a, int64_t exponent, Rounding rounding)
{
    if (a->n == 0) {
        a->exponent = exponent;
        return false;
    }
    if (a->exponent >= exponent) {
        num_shift_left(w, a, a->exponent - exponent);
        a->exponent = exponent;
        return false;
    }
    bool inexact = num_round(w, a, exponent - a->exponent, rounding);
    return inexact;
}

static void overflow(Work *w, Num *a)
{
    w->status |= DECIMAL_OVERFLOW | DECIMAL_INEXACT | DECIMAL_ROUNDED;
    bool finite;
    switch ((Rounding)w->s.rounding) {
    case ROUND_DOWN:
    case ROUND_05UP: finite = true; break;
    case ROUND_CEILING: finite = a->negative; break;
    case ROUND_FLOOR: finite = !a->negative; break;
    default: finite = false; break;
    }
    if (finite)
        num_set_max(w, a, a->negative);
    else
        num_set_infinite(a, a->negative);
}

void num_finalize(Work *w, Num *a)
{
    if (UNLIKELY(a->kind != NUM_FINITE)) {
        if (num_is_nan(a))
            trim_payload(w, a);
        return;
    }
    const Settings *s = &w->s;
    int64_t etiny = settings_etiny(s), etop = settings_etop(s);
    if (a->n == 0) {
        int64_t limit = s->clamp ? etop : s->emax;
        if (a->exponent < etiny || a->exponent > limit) {
            a->exponent = a->exponent < etiny ? etiny : limit;
            w->status |= DECIMAL_CLAMPED;
        }
        return;
    }
    int64_t lowest = num_adjusted(a) - s->prec + 1; /* the exponent that leaves `prec` places */
    if (lowest > etop) {
        overflow(w, a);
        return;
    }
    bool subnormal = lowest < etiny;
    if (subnormal) {
        lowest = etiny;
        w->status |= DECIMAL_SUBNORMAL;
    }
    if (a->exponent < lowest) {
        bool inexact = num_round(w, a, lowest - a->exponent, (Rounding)s->rounding);
        if (a->places > s->prec) { /* 999 became 1000 */
            digits_div_digit(a->digits, a->digits, a->n, 10);
            num_normalise(a, a->n);
            a->exponent++;
        }
        if (a->exponent > etop) {
            overflow(w, a);
            return;
        }
        if (inexact) {
            w->status |= DECIMAL_INEXACT;
            if (subnormal)
                w->status |= DECIMAL_UNDERFLOW;
        }
        w->status |= DECIMAL_ROUNDED;
        if (a->n == 0)
            w->status |= DECIMAL_CLAMPED;
    }
    if (s->clamp && a->exponent > etop) {
        w->status |= DECIMAL_CLAMPED;
        num_shift_left(w, a, a->exponent - etop);
        a->exponent = etop;
    }
}
