/* mod__decimal_format.c: __format__ of Decimal: the mini-language of float with a Decimal's exact digits and the context's rounding.
 *
 * The number is rounded as the specifier asks, written as digits before and behind the point and an exponent, and laid out by ../object/format.h. No locks. */
#include "mod__decimal.h"

#include <limits.h>

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/format.h"
#include "../object/str.h"

/* ---- the specifier ---- */

static bool is_align(uint32_t c) { return c == '<' || c == '>' || c == '=' || c == '^'; }

/* Digits at *i: false when they are too many for a width. */
static bool read_number(const Str *s, size_t *i, int64_t *result)
{
    while (*i < s->length && str_at(s, *i) >= '0' && str_at(s, *i) <= '9') {
        if (*result < 0)
            *result = 0;
        if (*result > (INT64_MAX - 9) / 10)
            return false;
        *result = *result * 10 + (int64_t)(str_at(s, (*i)++) - '0');
    }
    return true;
}

static bool parse(const Str *s, FormatSpec *spec)
{
    size_t n = s->length, i = 0;
    bool align_given = false;
    *spec = (FormatSpec){.fill = ' ', .align = '>', .width = -1, .precision = -1};
#define AT(c) (i < n && str_at(s, i) == (c))
    if (n >= 2 && is_align(str_at(s, 1))) {
        spec->fill = str_at(s, 0);
        spec->align = str_at(s, 1);
        spec->fill_ungrouped = true;
        align_given = true;
        i = 2;
    } else if (n >= 1 && is_align(str_at(s, 0))) {
        spec->align = str_at(s, 0);
        align_given = true;
        i = 1;
    }
    if (AT('+') || AT('-') || AT(' '))
        spec->sign = str_at(s, i++);
    if (AT('z')) {
        spec->no_negative_zero = true;
        i++;
    }
    if (AT('#')) {
        spec->alternate = true;
        i++;
    }
    if (AT('0')) {
        if (align_given)
            return false;
        spec->fill = '0';
        spec->align = '=';
        i++;
    }
    if (!read_number(s, &i, &spec->width))
        return false;
    if (AT(','))
        spec->group = str_at(s, i++);
    if (AT('.')) {
        i++;
        if (!read_number(s, &i, &spec->precision) || spec->precision < 0)
            return false;
    }
    if (i < n) {
        spec->type = str_at(s, i++);
        if (spec->type >= 128 || !strchr("eEfFgGnN%", (int)spec->type) || spec->type == 0)
            return false;
        if ((spec->type | 0x20) == 'n' && spec->group)
            return false;
    }
#undef AT
    return i == n;
}

/* ---- separators ---- */

/* Replaces a separator by a str of at most one character. */
static bool separator_from_str(FormatSeparator *s, Value v, size_t least)
{
    if (!str_check(v) || str_length(v) > 1 || str_length(v) < least)
        return false;
    s->length = str_length(v);
    if (s->length)
        s->chars[0] = str_at(str_of(v), 0);
    return true;
}

/* Entries of the override dict replace the convention's.  *grouping_owner keeps the text of the grouping. */
static int apply_override(Thread *t, FormatConvention *c, Value override, Value *grouping_owner)
{
    static const char *const names[] = {"decimal_point", "thousands_sep", "grouping"};
    for (int i = 0; i < 3; i++) {
        Value v = dict_get_string(t, override, names[i]);
        bool good;
        if (value_is_empty(v)) {
            if (error_pending(t))
                return -1;
            continue;
        }
        if (i < 2) {
            good = separator_from_str(i ? &c->thousands : &c->point, v, i == 0);
        } else {
            good = str_check(v) && str_is_ascii(str_of(v));
            if (good) {
                c->grouping = (const char *)str_of(v)->data;
                *grouping_owner = ref_inc(t, v);
            }
        }
        ref_dec(t, v);
        if (!good) {
            error_set(t, EXC_ValueError, "invalid override dict");
            return -1;
        }
    }
    return 0;
}

/* ---- the number ---- */

/* To a number of significant places. */
static void round_places(Work *w, Num *a, int64_t places)
{
    if (a->n == 0 || num_is_special(a))
        return;
    int64_t adjusted = num_adjusted(a);
    num_rescale(w, a, adjusted + 1 - places, (Rounding)w->s.rounding);
    if (num_adjusted(a) != adjusted)
        num_rescale(w, a, num_adjusted(a) + 1 - places, (Rounding)w->s.rounding);
}

/* Writes "E+5" or "e-5": returns the length. */
static size_t write_exponent(char *p, char letter, int64_t e)
{
    size_t n = 0;
    p[n++] = letter;
    p[n++] = e < 0 ? '-' : '+';
    char reversed[24];
    int k = 0;
    uint64_t u = e < 0 ? -(uint64_t)e : (uint64_t)e;
    do {
        reversed[k++] = (char)('0' + u % 10);
        u /= 10;
    } while (u);
    while (k)
        p[n++] = reversed[--k];
    return n;
}

static Value lay_out_finite(Thread *t, Work *w, Num *a, const FormatSpec *spec, const FormatConvention *convention,
                            bool capitals)
{
    char type = (char)spec->type;
    if (type == 0)
        type = capitals ? 'G' : 'g';
    else if (type == 'n')
        type = 'g';
    else if (type == 'N')
        type = 'G';
    char kind = type == '%' ? 'f' : (char)(type | 0x20);
    int64_t precision = spec->precision;
    if (precision == 0 && kind == 'g')
        precision = 1;
    if (type == '%')
        a->exponent += 2;
    if (precision >= 0) {
        if (kind == 'e')
            round_places(w, a, precision + 1);
        else if (kind == 'f')
            num_rescale(w, a, -precision, (Rounding)w->s.rounding);
        else if (a->places > precision)
            round_places(w, a, precision);
    }
    if (a->n == 0 && a->exponent > 0 && kind == 'f')
        a->exponent = 0;
    int64_t left = a->exponent + a->places, point;
    if (kind == 'e')
        point = a->n == 0 && precision >= 0 ? 1 - precision : 1;
    else if (kind == 'f')
        point = left;
    else
        point = a->exponent <= 0 && left > -6 ? left : 1;
    /* digits before and behind the point, with zeros where the coefficient does not reach */
    int64_t before = point > 0 ? point : 1, behind = a->places > point ? a->places - point : 0;
    if (error_pending(t) || before > INT64_MAX / 4 || behind > INT64_MAX / 4 ||
        (uint64_t)(before + behind) > SIZE_MAX / 2)
        return error_pending(t) ? VALUE_EMPTY : error_no_memory(t);
    char *text = alloc_memory(t, (size_t)(before + behind) + 1), rest[32];
    if (!text)
        return VALUE_EMPTY;
    memset(text, '0', (size_t)(before + behind));
    digits_to_text(point <= 0 ? text + before - point : text, a->digits, a->n, a->places);
    FormatParts p = {.negative = a->negative && !(spec->no_negative_zero && a->n == 0),
                     .digits = text,
                     .digit_count = (size_t)before,
                     .fraction = text + before,
                     .fraction_count = (size_t)behind,
                     .point = behind > 0 || spec->alternate,
                     .rest = rest};
    if (left != point || kind == 'e')
        p.rest_length = write_exponent(rest, type >= 'A' && type <= 'Z' ? 'E' : 'e', left - point);
    if (type == '%')
        rest[p.rest_length++] = '%';
    Value result = format_lay_out(t, &p, spec, convention);
    alloc_memory_free(t, text);
    return result;
}

/* An infinity or NaN is not padded with the zeros of a 0 before the width. */
static Value lay_out_special(Thread *t, Num *a, FormatSpec *spec, const FormatConvention *convention)
{
    bool negative = a->negative;
    a->negative = false;
    size_t n;
    char *text = decimal_text(t, a, false, true, &n);
    if (!text)
        return VALUE_EMPTY;
    if (spec->type == '%')
        text[n++] = '%'; /* decimal_text leaves room */
    if (spec->fill == '0' && spec->align == '=' && !spec->fill_ungrouped) {
        spec->fill = ' ';
        spec->align = '>';
    }
    FormatParts p = {.negative = negative, .rest = text, .rest_length = n};
    Value result = format_lay_out(t, &p, spec, convention);
    alloc_memory_free(t, text);
    return result;
}

Value decimal_format(Thread *t, Value self, Value text, Value override)
{
    if (!str_check(text))
        return error_set(t, EXC_TypeError, "format arg must be str");
    bool overridden = !value_is_empty(override) && !value_is_none(override);
    if (overridden && !dict_check(override))
        return error_set(t, EXC_TypeError, "optional argument must be a dict");
    FormatSpec spec;
    if (!parse(str_of(text), &spec))
        return error_set(t, EXC_ValueError, "invalid format string");
    if (spec.type == 'N' && error_warn(t, EXC_DeprecationWarning, 1, "Format specifier 'N' is deprecated") < 0)
        return VALUE_EMPTY;
    FormatConvention convention;
    if ((spec.type | 0x20) == 'n') {
        format_convention_of_locale(&convention);
    } else {
        format_separator_set(&convention.point, '.');
        format_separator_set(&convention.thousands, spec.group);
        convention.grouping = spec.group ? "\3" : "";
    }
    convention.fraction.length = 0;
    Value grouping_owner = VALUE_EMPTY, context = VALUE_EMPTY, result = VALUE_EMPTY;
    Num a;
    num_init(&a);
    if (overridden && apply_override(t, &convention, override, &grouping_owner) < 0)
        goto done;
    context = decimal_current_context(t);
    if (value_is_empty(context))
        goto done;
    Settings s = decimal_max_settings;
    s.rounding = decimal_context_of(context)->s.rounding;
    Work w = {t, s, 0};
    Num seen;
    num_view(decimal_of(self), &seen);
    if (!num_copy(&w, &a, &seen))
        goto done;
    result = num_is_finite(&a) ? lay_out_finite(t, &w, &a, &spec, &convention, decimal_context_of(context)->s.capitals)
                               : lay_out_special(t, &a, &spec, &convention);
done:
    num_free(t, &a);
    ref_dec(t, grouping_owner);
    ref_dec(t, context);
    return result;
}
