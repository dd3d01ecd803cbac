/* decimal_text.c: decimal numbers to text and back.  No locks, no objects. */
#include "decimal.h"

#include "../memory/alloc.h"

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Does the text start with a lower-case word, in any case? */
static bool starts_with(const char *s, const char *end, const char *word)
{
    for (; *word; word++, s++) {
        if (s == end || (*s | 0x20) != *word)
            return false;
    }
    return true;
}

/* Exponents are read up to this; whatever is beyond overflows or underflows all the same. */
#define EXPONENT_READ_MAX INT64_C(3000000000000000000)

/* The coefficient from digits with at most one point among them. */
static bool set_digits(Work *w, Num *r, const char *s, const char *end)
{
    int64_t places = 0;
    for (const char *p = s; p < end; p++)
        places += *p != '.';
    size_t n = digits_for_places(places);
    r->n = 0;
    if (!num_reserve(w, r, n))
        return false;
    Digit d = 0, scale = 1;
    size_t k = 0;
    for (const char *p = end; p > s;) {
        char c = *--p;
        if (c == '.')
            continue;
        d += (Digit)(c - '0') * scale;
        scale *= 10;
        if (scale == DIGITS_BASE) {
            r->digits[k++] = d;
            d = 0;
            scale = 1;
        }
    }
    if (scale > 1)
        r->digits[k++] = d;
    num_normalise(r, k);
    return true;
}

void decimal_parse(Work *w, Num *r, const char *text, size_t length)
{
    const char *s = text, *end = text + length;
    bool negative = false;
    if (s < end && (*s == '+' || *s == '-'))
        negative = *s++ == '-';
    r->negative = negative;
    if (s < end && !is_digit(*s) && *s != '.') {
        NumKind kind = NUM_NAN;
        if (starts_with(s, end, "inf")) {
            s += starts_with(s, end, "infinity") ? 8 : 3;
            if (s != end)
                goto malformed;
            num_set_infinite(r, negative);
            return;
        }
        if (starts_with(s, end, "snan")) {
            kind = NUM_SNAN;
            s++;
        }
        if (!starts_with(s, end, "nan"))
            goto malformed;
        s += 3;
        for (const char *p = s; p < end; p++) {
            if (!is_digit(*p))
                goto malformed;
        }
        while (s < end && *s == '0')
            s++;
        if (end - s > w->s.prec - w->s.clamp) /* a payload that the context has no room for */
            goto malformed;
        if (!set_digits(w, r, s, end))
            return;
        r->kind = (uint8_t)kind;
        r->negative = negative;
        r->exponent = 0;
        return;
    }
    const char *start = s, *point = NULL;
    bool any = false;
    for (; s < end && (is_digit(*s) || (*s == '.' && !point)); s++) {
        if (*s == '.')
            point = s;
        else
            any = true;
    }
    if (!any)
        goto malformed;
    const char *stop = s;
    int64_t exponent = 0;
    if (s < end) {
        if (*s != 'e' && *s != 'E')
            goto malformed;
        s++;
        bool down = s < end && *s == '-';
        if (s < end && (*s == '+' || *s == '-'))
            s++;
        if (s == end)
            goto malformed;
        for (; s < end; s++) {
            if (!is_digit(*s))
                goto malformed;
            exponent = exponent > EXPONENT_READ_MAX / 10 ? EXPONENT_READ_MAX : exponent * 10 + (*s - '0');
        }
        if (down)
            exponent = -exponent;
    }
    while (start < stop && *start == '0')
        start++;
    if (point)
        exponent -= stop - point - 1;
    if (!set_digits(w, r, start, stop))
        return;
    r->kind = NUM_FINITE;
    r->negative = negative;
    r->exponent = exponent;
    return;
malformed:
    num_invalid(w, r, DECIMAL_CONVERSION_SYNTAX);
}

char *decimal_text(Thread *t, const Num *a, bool engineering, bool capitals, size_t *length)
{
    int64_t places = num_is_nan(a) && a->n == 0 ? 0 : a->places;
    int64_t left = a->exponent + places,
            point; /* places before the point if it were written plainly, and as it is written */
    if (a->kind != NUM_FINITE)
        point = places;
    else if (a->exponent <= 0 && left > -6)
        point = left;
    else if (!engineering)
        point = 1;
    else if (a->n == 0)
        point = ((left + 1) % 3 + 3) % 3 - 1;
    else
        point = ((left - 1) % 3 + 3) % 3 + 1;
    int64_t zeros_before = a->kind == NUM_FINITE && point <= 0 ? 1 - point : 0; /* the 0 before the point counts */
    int64_t zeros_behind = a->kind == NUM_FINITE && point > places ? point - places : 0;
    char *text = alloc_memory(t, (size_t)(places + zeros_before + zeros_behind) + 40);
    if (!text)
        return NULL;
    char *p = text;
    if (a->negative)
        *p++ = '-';
    if (a->kind == NUM_INFINITE) {
        memcpy(p, "Infinity", 8);
        p += 8;
    } else if (a->kind != NUM_FINITE) {
        if (a->kind == NUM_SNAN)
            *p++ = 's';
        memcpy(p, "NaN", 3);
        p += 3;
        digits_to_text(p, a->digits, a->n, places);
        p += places;
    } else {
        if (point <= 0) {
            *p++ = '0';
            *p++ = '.';
            for (int64_t i = point; i < 0; i++)
                *p++ = '0';
            digits_to_text(p, a->digits, a->n, places);
            p += places;
        } else {
            digits_to_text(p, a->digits, a->n, places);
            if (point < places) {
                memmove(p + point + 1, p + point, (size_t)(places - point));
                p[point] = '.';
                p++;
            }
            p += places;
            for (int64_t i = 0; i < zeros_behind; i++)
                *p++ = '0';
        }
        if (left != point) {
            int64_t e = left - point;
            *p++ = capitals ? 'E' : 'e';
            *p++ = e < 0 ? '-' : '+';
            uint64_t u = e < 0 ? -(uint64_t)e : (uint64_t)e;
            char reversed[24];
            int n = 0;
            do {
                reversed[n++] = (char)('0' + u % 10);
                u /= 10;
            } while (u);
            while (n)
                *p++ = reversed[--n];
        }
    }
    *p = 0;
    *length = (size_t)(p - text);
    return text;
}
