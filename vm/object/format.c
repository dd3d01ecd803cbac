/* format.c: the format mini-language: parsing a specifier, and laying out numbers and strings by it.
 *
 * A number is taken apart into sign, prefix, digits, fraction and remainder (exponent, percent sign, inf, nan); grouping and padding are computed, then all
 * is written once into a str of the final size.  No locks, no state; 'n' asks the C library for the locale's conventions. */
#include "format.h"

#include <limits.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>

#include "digits.h"
#include "error.h"
#include "float.h"
#include "int.h"
#include "str_internal.h"
#include "type.h"
#include "../memory/alloc.h"
#include "../memory/ref.h"

/* ---- the specifier ---- */

static bool is_align(uint32_t c) { return c == '<' || c == '>' || c == '=' || c == '^'; }

static int decimal_of(uint32_t c) { return c < 0x80 ? (c - '0' < 10 ? (int)(c - '0') : -1) : unicode_decimal(c); }

/* Reads decimal digits at *i: how many, or -1 with ValueError. */
static ALWAYS_INLINE int read_integer(Thread *t, const Str *s, bool narrow, size_t *i, int64_t *result)
{
    int count = 0;
    int64_t value = 0;
    int digit;
    while (*i < s->length && (digit = decimal_of(narrow ? s->data[*i] : str_at(s, *i))) >= 0) {
        if (UNLIKELY(value > (INT64_MAX - digit) / 10)) {
            error_set(t, EXC_ValueError, "Too many decimal digits in format string");
            return -1;
        }
        value = value * 10 + digit;
        ++*i;
        count = 1;
    }
    *result = count ? value : -1;
    return count;
}

/* A character as messages show it. */
static Value code_error(Thread *t, const char *format_visible, const char *format_other, uint32_t c, Value v)
{
    if (c > 32 && c < 128)
        return error_set(t, EXC_ValueError, format_visible, (int)c, type_name(type_of(t, v)));
    return error_set(t, EXC_ValueError, format_other, c, type_name(type_of(t, v)));
}

static Value unknown_type(Thread *t, uint32_t c, Value v)
{
    return code_error(t, "Unknown format code '%c' for object of type '%.200s'",
                      "Unknown format code '\\x%x' for object of type '%.200s'", c, v);
}

static int bad_group(Thread *t, uint32_t group, uint32_t type)
{
    if (type > 32 && type < 128)
        error_set(t, EXC_ValueError, "Cannot specify '%c' with '%c'.", (int)group, (int)type);
    else
        error_set(t, EXC_ValueError, "Cannot specify '%c' with '\\x%x'.", (int)group, type);
    return -1;
}

/* At *i: ',' or '_' as grouping: 0 or -1. */
static int read_group(Thread *t, const Str *s, size_t *i, uint32_t *group)
{
    *group = 0;
    if (*i < s->length && str_at(s, *i) == ',')
        *group = str_at(s, (*i)++);
    if (*i < s->length && str_at(s, *i) == '_') {
        if (*group)
            goto both;
        *group = str_at(s, (*i)++);
        if (*i < s->length && str_at(s, *i) == ',')
            goto both;
    }
    return 0;
both:
    error_set(t, EXC_ValueError, "Cannot specify both ',' and '_'.");
    return -1;
}

/* Narrow: the text is of one byte a character, which is known where this is called from. */
static ALWAYS_INLINE int spec_parse_as(Thread *t, bool narrow, Value text, Value v, uint32_t default_type,
                                       uint32_t default_align, FormatSpec *spec)
{
    const Str *s = str_of(text);
#define CHAR(i) (narrow ? s->data[i] : str_at(s, i))
    size_t n = s->length, i = 0;
    bool fill_given = false, align_given = false;
    *spec = (FormatSpec){.fill = ' ', .align = default_align, .width = -1, .precision = -1, .type = default_type};
    if (n >= 2 && is_align(CHAR(1))) {
        spec->fill = CHAR(0);
        spec->align = CHAR(1);
        fill_given = align_given = true;
        i = 2;
    } else if (n >= 1 && is_align(CHAR(0))) {
        spec->align = CHAR(0);
        align_given = true;
        i = 1;
    }
#define AT(c) (i < n && CHAR(i) == (c))
    if (AT('+') || AT('-') || AT(' '))
        spec->sign = CHAR(i++);
    if (AT('z')) {
        spec->no_negative_zero = true;
        i++;
    }
    if (AT('#')) {
        spec->alternate = true;
        i++;
    }
    if (!fill_given && AT('0')) {
        spec->fill = '0';
        if (!align_given && default_align == '>')
            spec->align = '=';
        i++;
    }
    if (read_integer(t, s, narrow, &i, &spec->width) < 0 ||
        ((AT(',') || AT('_')) && read_group(t, s, &i, &spec->group) < 0))
        return -1;
    if (AT('.')) {
        i++;
        int digits = read_integer(t, s, narrow, &i, &spec->precision);
        if (digits < 0 || ((AT(',') || AT('_')) && read_group(t, s, &i, &spec->fraction_group) < 0))
            return -1;
        if (digits == 0 && !spec->fraction_group) {
            error_set(t, EXC_ValueError, "Format specifier missing precision");
            return -1;
        }
    }
    if (n - i > 1) {
        error_set(t, EXC_ValueError, "Invalid format specifier '%U' for object of type '%.200s'", text,
                  type_name(type_of(t, v)));
        return -1;
    }
    if (n - i == 1)
        spec->type = CHAR(i);
#undef AT
#undef CHAR
    if (!spec->group && !spec->fraction_group)
        return 0;
    bool floating = spec->type == 0 || (spec->type < 128 && strchr("efgEG%F", (int)spec->type));
    if (spec->group && !floating && spec->type != 'd' &&
        !(spec->group == '_' && spec->type < 128 && strchr("boxX", (int)spec->type)))
        return bad_group(t, spec->group, spec->type);
    if (spec->fraction_group && !floating)
        return bad_group(t, spec->fraction_group, spec->type);
    return 0;
}

static int spec_parse(Thread *t, Value text, Value v, uint32_t default_type, uint32_t default_align, FormatSpec *spec)
{
    return LIKELY(str_kind(str_of(text)) == 1) ? spec_parse_as(t, true, text, v, default_type, default_align, spec)
                                               : spec_parse_as(t, false, text, v, default_type, default_align, spec);
}

/* ---- writing ---- */

typedef struct Writer {
    Str *s;
    int kind;
    size_t position;
} Writer;

static void put_at(const Writer *w, size_t i, uint32_t c)
{
    switch (w->kind) {
    case 1: w->s->data[i] = (uint8_t)c; break;
    case 2: ((uint16_t *)(void *)w->s->data)[i] = (uint16_t)c; break;
    default: ((uint32_t *)(void *)w->s->data)[i] = c; break;
    }
}
static void put_repeat(Writer *w, uint32_t c, size_t n)
{
    while (n--)
        put_at(w, w->position++, c);
}
static void put_ascii(Writer *w, const char *s, size_t n)
{
    if (w->kind == 1 && n) {
        memcpy(w->s->data + w->position, s, n);
        w->position += n;
        return;
    }
    for (size_t i = 0; i < n; i++)
        put_at(w, w->position++, (uint8_t)s[i]);
}

/* ---- grouping ---- */

void format_separator_set(FormatSeparator *s, uint32_t c)
{
    s->chars[0] = c;
    s->length = c != 0;
}

/* From the locale's encoding. */
static void separator_from_locale(FormatSeparator *s, const char *text)
{
    wchar_t wide[FORMAT_SEPARATOR_MAX];
    size_t n = mbstowcs(wide, text, FORMAT_SEPARATOR_MAX);
    s->length = n == (size_t)-1 ? 0 : n;
    for (size_t i = 0; i < s->length; i++)
        s->chars[i] = (uint32_t)wide[i];
}

void format_convention_of_locale(FormatConvention *c)
{
    const struct lconv *l = localeconv();
    separator_from_locale(&c->point, l->decimal_point);
    separator_from_locale(&c->thousands, l->thousands_sep);
    c->grouping = l->grouping;
    c->fraction.length = 0;
}

static void convention_of(FormatConvention *c, const FormatSpec *spec)
{
    if (spec->type == 'n') {
        format_convention_of_locale(c);
        return;
    }
    format_separator_set(&c->point, '.');
    format_separator_set(&c->thousands, spec->group);
    format_separator_set(&c->fraction, spec->fraction_group);
    bool four = spec->group && spec->type < 128 && strchr("boxX", (int)spec->type) && spec->type;
    c->grouping = !spec->group ? "" : four ? "\4" : "\3";
}

/* Writes digits with separators so that they END at position `end`, zeros before them until the whole has min_width characters.  Returns how many characters;
 * with w NULL it only counts. */
static size_t group_digits(const Writer *w, size_t end, const char *digits, size_t n, int64_t min_width,
                           const FormatConvention *c)
{
    size_t position = end;
    size_t total = 0;
    const char *grouping = c->grouping;
    int64_t size = 0;
    bool first = true;
    for (;;) {
        /* the next group's size; the last one given repeats */
        bool last = false;
        if (*grouping == CHAR_MAX || (*grouping == 0 && size == 0))
            last = true;
        else if (*grouping)
            size = (unsigned char)*grouping++;
        int64_t want = (int64_t)n > min_width ? (int64_t)n : min_width;
        if (want < 1)
            want = 1;
        int64_t length = last || want < size ? want : size;
        if (!first) {
            total += c->thousands.length;
            if (w) {
                position -= c->thousands.length;
                for (size_t k = 0; k < c->thousands.length; k++)
                    put_at(w, position + k, c->thousands.chars[k]);
            }
        }
        first = false;
        size_t take = (int64_t)n < length ? n : (size_t)length;
        if (w) {
            for (size_t k = 0; k < take; k++)
                put_at(w, --position, (uint8_t)digits[n - 1 - k]);
            for (int64_t k = (int64_t)take; k < length; k++)
                put_at(w, --position, '0');
        }
        total += (size_t)length;
        n -= take;
        min_width -= length;
        if (n == 0 && min_width <= 0)
            return total;
        min_width -= (int64_t)c->thousands.length;
    }
}

/* ---- numbers ---- */

Value format_lay_out(Thread *t, const FormatParts *p, const FormatSpec *spec, const FormatConvention *convention)
{
    const FormatConvention c = *convention;
    uint32_t sign = p->negative ? '-' : spec->sign == '+' ? '+' : spec->sign == ' ' ? ' ' : 0;
    size_t fraction_separators =
        p->fraction_count && c.fraction.length ? (p->fraction_count - 1) / 3 * c.fraction.length : 0;
    size_t other = (sign != 0) + p->prefix_length + (p->point ? c.point.length : 0) + p->fraction_count +
                   fraction_separators + p->rest_length + p->is_character;
    int64_t min_width =
        spec->fill == '0' && spec->align == '=' && !spec->fill_ungrouped ? spec->width - (int64_t)other : 0;
    size_t grouped = p->digit_count ? group_digits(NULL, 0, p->digits, p->digit_count, min_width, &c) : 0;
    size_t length = other + grouped;
    if (spec->width > 0 && (uint64_t)spec->width > SIZE_MAX / 8)
        return error_no_memory(t);
    size_t padding = spec->width > 0 && (size_t)spec->width > length ? (size_t)spec->width - length : 0;
    size_t left = 0, inside = 0;
    switch (spec->align) {
    case '<': break;
    case '^': left = padding / 2; break;
    case '=': inside = padding; break;
    default: left = padding; break;
    }
    size_t right = padding - left - inside;
    uint32_t max_char = padding && spec->fill > 127 ? spec->fill : 127;
    if (p->is_character && p->character > max_char)
        max_char = p->character;
    for (size_t i = 0; i < c.point.length; i++)
        max_char = p->point && c.point.chars[i] > max_char ? c.point.chars[i] : max_char;
    for (size_t i = 0; i < c.thousands.length; i++)
        max_char = c.thousands.chars[i] > max_char && grouped > p->digit_count ? c.thousands.chars[i] : max_char;
    Value result = str_new(t, length + padding, max_char);
    if (value_is_empty(result))
        return result;
    Writer w = {str_of(result), str_kind(str_of(result)), 0};
    put_repeat(&w, spec->fill, left);
    if (sign)
        put_repeat(&w, sign, 1);
    put_ascii(&w, p->prefix, p->prefix_length);
    put_repeat(&w, spec->fill, inside);
    if (p->digit_count) {
        if (!c.thousands.length && grouped == p->digit_count)
            put_ascii(&w, p->digits, grouped);
        else
            w.position += group_digits(&w, w.position + grouped, p->digits, p->digit_count, min_width, &c);
    }
    if (p->is_character)
        put_repeat(&w, p->character, 1);
    if (p->point) {
        for (size_t i = 0; i < c.point.length; i++)
            put_repeat(&w, c.point.chars[i], 1);
    }
    for (size_t i = 0; i < p->fraction_count; i++) {
        if (i && i % 3 == 0 && c.fraction.length)
            put_repeat(&w, c.fraction.chars[0], 1);
        put_repeat(&w, (uint8_t)p->fraction[i], 1);
    }
    put_ascii(&w, p->rest, p->rest_length);
    put_repeat(&w, spec->fill, right);
    return result;
}

/* Without separators of any kind and all ASCII: the commonest case, written in one go. */
static Value plain_lay_out(Thread *t, const FormatParts *p, const FormatSpec *spec)
{
    char sign = p->negative ? '-' : (char)spec->sign;
    if (sign == '-' && !p->negative)
        sign = 0;
    size_t length = (sign != 0) + p->prefix_length + p->digit_count + p->point + p->fraction_count + p->rest_length;
    if (spec->width > 0 && (uint64_t)spec->width > SIZE_MAX / 8)
        return error_no_memory(t);
    size_t padding = spec->width > 0 && (size_t)spec->width > length ? (size_t)spec->width - length : 0;
    size_t left = spec->align == '<' || spec->align == '=' ? 0 : spec->align == '^' ? padding / 2 : padding;
    size_t inside = spec->align == '=' ? padding : 0;
    Value result = str_new(t, length + padding, 127);
    if (value_is_empty(result) || length + padding == 0)
        return result;
    uint8_t *to = str_of(result)->data;
    for (size_t i = 0; i < left; i++)
        *to++ = (uint8_t)spec->fill;
    if (sign)
        *to++ = (uint8_t)sign;
    for (size_t i = 0; i < p->prefix_length; i++)
        *to++ = (uint8_t)p->prefix[i];
    for (size_t i = 0; i < inside; i++)
        *to++ = (uint8_t)spec->fill;
    for (size_t i = 0; i < p->digit_count; i++)
        *to++ = (uint8_t)p->digits[i];
    if (p->point)
        *to++ = '.';
    for (size_t i = 0; i < p->fraction_count; i++)
        *to++ = (uint8_t)p->fraction[i];
    for (size_t i = 0; i < p->rest_length; i++)
        *to++ = (uint8_t)p->rest[i];
    for (size_t i = left + inside; i < padding; i++)
        *to++ = (uint8_t)spec->fill;
    return length + padding == 1 ? str_renew(t, result) : result;
}

static Value number_lay_out(Thread *t, const FormatParts *p, const FormatSpec *spec)
{
    if (LIKELY(!spec->group && !spec->fraction_group && spec->type != 'n' && spec->fill < 128 && !p->is_character))
        return plain_lay_out(t, p, spec);
    FormatConvention c;
    convention_of(&c, spec);
    return format_lay_out(t, p, spec, &c);
}

/* ---- int ---- */

/* The digits of |i|, ending at `end`. */
static char *small_text(char *end, int64_t i, unsigned base)
{
    uint64_t u = i < 0 ? -(uint64_t)i : (uint64_t)i;
    if (base == 10)
        return digits_write(end, u);
    unsigned bits = base == 2 ? 1 : base == 8 ? 3 : 4;
    do
        *--end = "0123456789abcdef"[u & (base - 1)];
    while (u >>= bits);
    return end;
}

static Value int_lay_out(Thread *t, Value v, const FormatSpec *spec)
{
    if (spec->precision != -1)
        return error_set(t, EXC_ValueError, "Precision not allowed in integer format specifier");
    if (spec->no_negative_zero)
        return error_set(t, EXC_ValueError, "Negative zero coercion (z) not allowed in integer format specifier");
    FormatParts p = {.negative = int_sign(v) < 0};
    if (spec->type == 'c') {
        if (spec->sign)
            return error_set(t, EXC_ValueError, "Sign not allowed with integer format specifier 'c'");
        if (spec->alternate)
            return error_set(t, EXC_ValueError, "Alternate form (#) not allowed with integer format specifier 'c'");
        int64_t c;
        if (int_to_int64(t, v, &c) < 0)
            return VALUE_EMPTY;
        if (c < 0 || c > 0x10FFFF)
            return error_set(t, EXC_OverflowError, "%%c arg not in range(0x110000)");
        p.negative = false;
        p.is_character = true;
        p.character = (uint32_t)c;
        return number_lay_out(t, &p, spec);
    }
    int base = spec->type == 'b' ? 2 : spec->type == 'o' ? 8 : (spec->type | 0x20) == 'x' ? 16 : 10;
    if (base == 10 && !value_is_int(v) && int_check_text_limit(t, v) < 0)
        return VALUE_EMPTY;
    char buffer[256], *text;
    size_t length;
    if (LIKELY(value_is_int(v))) {
        text = small_text(buffer + sizeof buffer, value_to_int(v), (unsigned)base);
        length = (size_t)(buffer + sizeof buffer - text);
    } else {
        text = int_text(t, v, base, buffer, sizeof buffer, &length);
    }
    if (!text)
        return VALUE_EMPTY;
    Value result = VALUE_EMPTY;
    if (base != 10 || value_is_int(v) || int_check_text_length(t, length) == 0) {
        if (spec->type == 'X') {
            for (size_t i = 0; i < length; i++)
                text[i] = text[i] >= 'a' ? (char)(text[i] - 32) : text[i];
        }
        if (spec->alternate && base != 10) {
            p.prefix = base == 2 ? "0b" : base == 8 ? "0o" : spec->type == 'X' ? "0X" : "0x";
            p.prefix_length = 2;
        }
        p.digits = text;
        p.digit_count = length;
        result = number_lay_out(t, &p, spec);
    }
    if (text != buffer && !value_is_int(v))
        alloc_memory_free(t, text);
    return result;
}

/* ---- float ---- */

/* The code for float_format, its precision and flags under a specifier: 0 or -1. */
static int float_code(Thread *t, const FormatSpec *spec, char *code, int *precision, int *flags)
{
    *flags = (spec->alternate ? FLOAT_ALT : 0) | (spec->no_negative_zero ? FLOAT_NO_NEG_0 : 0);
    if (spec->precision > INT_MAX - 20) {
        error_set(t, EXC_ValueError, "precision too big");
        return -1;
    }
    int default_precision = 6;
    *code = (char)spec->type;
    if (spec->type == 0) {
        *code = 'r';
        default_precision = 0;
    } else if (spec->type == 'n') {
        *code = 'g';
    } else if (spec->type == '%') {
        *code = 'f';
    }
    if (spec->precision < 0)
        *precision = default_precision;
    else
        *precision = (int)spec->precision;
    if (spec->precision >= 0 && *code == 'r')
        *code = 'g';
    return 0;
}

/* Takes the text of float_format (perhaps with a percent sign behind it) apart. */
static void float_parts(FormatParts *p, const char *text)
{
    memset(p, 0, sizeof *p);
    if (*text == '-') {
        p->negative = true;
        text++;
    }
    p->digits = text;
    while (*text >= '0' && *text <= '9')
        text++;
    p->digit_count = (size_t)(text - p->digits);
    if (*text == '.') {
        p->point = true;
        p->fraction = ++text;
        while (*text >= '0' && *text <= '9')
            text++;
        p->fraction_count = (size_t)(text - p->fraction);
    }
    p->rest = text;
    p->rest_length = strlen(text);
}

static Value float_lay_out(Thread *t, double d, const FormatSpec *spec)
{
    char code;
    int precision, flags;
    if (float_code(t, spec, &code, &precision, &flags) < 0)
        return VALUE_EMPTY;
    if (spec->type == 0)
        flags |= FLOAT_DOT_ZERO;
    if (spec->type == '%')
        d *= 100.0;
    char *text = float_format(t, d, code, precision, flags);
    if (!text)
        return VALUE_EMPTY;
    size_t length = strlen(text);
    Value result;
    if (spec->type == '%') {
        char *longer = alloc_memory_resize(t, text, length + 2);
        if (!longer) {
            alloc_memory_free(t, text);
            return VALUE_EMPTY;
        }
        text = longer;
        memcpy(text + length, "%", 2);
        length++;
    }
    if (spec->width <= (int64_t)length && !spec->sign && !spec->group && !spec->fraction_group && spec->type != 'n') {
        result = str_from_latin1(t, (const uint8_t *)text, length);
    } else {
        FormatParts p;
        float_parts(&p, text);
        result = number_lay_out(t, &p, spec);
    }
    alloc_memory_free(t, text);
    return result;
}

/* ---- padding of text ---- */

static Value pad(Thread *t, Value v, size_t length, const FormatSpec *spec)
{
    size_t padding = spec->width > (int64_t)length ? (size_t)(spec->width - (int64_t)length) : 0;
    if (spec->width > 0 && (uint64_t)spec->width > SIZE_MAX / 8)
        return error_no_memory(t);
    size_t left = spec->align == '>' ? padding : spec->align == '^' ? padding / 2 : 0;
    uint32_t bound = str_max_char(str_of(v), 0, length);
    Value result = str_new(t, length + padding, padding && spec->fill > bound ? spec->fill : bound);
    if (value_is_empty(result) || length + padding == 0)
        return result;
    Str *to = str_of(result);
    str_fill(to, 0, left, spec->fill);
    str_copy(to, left, str_of(v), 0, length);
    str_fill(to, left + length, padding - left, spec->fill);
    return length + padding == 1 ? str_renew(t, result) : result;
}

/* ---- the four types ---- */

Value format_int(Thread *t, Value v, Value text)
{
    if (str_length(text) == 0)
        return object_str(t, v);
    FormatSpec spec;
    if (spec_parse(t, text, v, 'd', '>', &spec) < 0)
        return VALUE_EMPTY;
    if (spec.type >= 128)
        return unknown_type(t, spec.type, v);
    switch (spec.type) {
    case 'b':
    case 'c':
    case 'd':
    case 'o':
    case 'x':
    case 'X':
    case 'n': return int_lay_out(t, v, &spec);
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
    case '%': {
        double d = int_to_double(t, v);
        return d == -1.0 && error_pending(t) ? VALUE_EMPTY : float_lay_out(t, d, &spec);
    }
    default: return unknown_type(t, spec.type, v);
    }
}

Value format_float(Thread *t, Value v, Value text)
{
    if (str_length(text) == 0)
        return object_str(t, v);
    FormatSpec spec;
    if (spec_parse(t, text, v, 0, '>', &spec) < 0)
        return VALUE_EMPTY;
    if (spec.type && (spec.type >= 128 || !strchr("eEfFgGn%", (int)spec.type)))
        return unknown_type(t, spec.type, v);
    return float_lay_out(t, float_value(v), &spec);
}

/* One part of a complex, without padding. */
static Value complex_part(Thread *t, double d, const FormatSpec *spec, uint32_t sign)
{
    FormatSpec part = *spec;
    part.width = -1;
    part.fill = ' ';
    part.align = '<';
    part.sign = sign;
    char code;
    int precision, flags;
    if (float_code(t, spec, &code, &precision, &flags) < 0)
        return VALUE_EMPTY;
    char *digits = float_format(t, d, code, precision, flags);
    if (!digits)
        return VALUE_EMPTY;
    FormatParts p;
    float_parts(&p, digits);
    Value result = number_lay_out(t, &p, &part);
    alloc_memory_free(t, digits);
    return result;
}

Value format_complex(Thread *t, Value v, Value text)
{
    if (str_length(text) == 0)
        return object_str(t, v);
    FormatSpec spec;
    if (spec_parse(t, text, v, 0, '>', &spec) < 0)
        return VALUE_EMPTY;
    if (spec.type && (spec.type >= 128 || !strchr("eEfFgGn", (int)spec.type)))
        return unknown_type(t, spec.type, v);
    if (spec.fill == '0')
        return error_set(t, EXC_ValueError, "Zero padding is not allowed in complex format specifier");
    if (spec.align == '=')
        return error_set(t, EXC_ValueError, "'=' alignment flag is not allowed in complex format specifier");
    double re = ((Complex *)value_object(v))->real, im = ((Complex *)value_object(v))->imag;
    bool only_imaginary = spec.type == 0 && re == 0.0 && !signbit(re);
    bool brackets = spec.type == 0 && !only_imaginary;
    StrBuilder b = {0};
    Value real = VALUE_EMPTY, whole = VALUE_EMPTY, result = VALUE_EMPTY;
    Value imag = complex_part(t, im, &spec, only_imaginary ? spec.sign : '+');
    if (value_is_empty(imag))
        goto done;
    if (!only_imaginary) {
        real = complex_part(t, re, &spec, spec.sign);
        if (value_is_empty(real))
            goto done;
    }
    if ((brackets && strbuilder_char(t, &b, '(') < 0) || (!only_imaginary && strbuilder_str(t, &b, real) < 0) ||
        strbuilder_str(t, &b, imag) < 0 || strbuilder_char(t, &b, 'j') < 0 ||
        (brackets && strbuilder_char(t, &b, ')') < 0))
        goto done;
    whole = strbuilder_finish(t, &b);
    if (!value_is_empty(whole))
        result = pad(t, whole, str_length(whole), &spec);
done:
    strbuilder_discard(t, &b);
    ref_dec(t, real);
    ref_dec(t, imag);
    ref_dec(t, whole);
    return result;
}

Value format_str(Thread *t, Value v, Value text)
{
    if (str_length(text) == 0)
        return str_check_exact(v) ? ref_inc(t, v) : object_str(t, v);
    FormatSpec spec;
    if (spec_parse(t, text, v, 's', '<', &spec) < 0)
        return VALUE_EMPTY;
    if (spec.type != 's')
        return unknown_type(t, spec.type, v);
    if (spec.sign)
        return error_set(t, EXC_ValueError,
                         spec.sign == ' ' ? "Space not allowed in string format specifier"
                                          : "Sign not allowed in string format specifier");
    if (spec.no_negative_zero)
        return error_set(t, EXC_ValueError, "Negative zero coercion (z) not allowed in string format specifier");
    if (spec.alternate)
        return error_set(t, EXC_ValueError, "Alternate form (#) not allowed in string format specifier");
    if (spec.align == '=')
        return error_set(t, EXC_ValueError, "'=' alignment not allowed in string format specifier");
    size_t length = str_length(v);
    if (spec.precision >= 0 && (uint64_t)spec.precision < length)
        length = (size_t)spec.precision;
    if (spec.width <= (int64_t)length && length == str_length(v))
        return str_exact(t, v);
    return pad(t, v, length, &spec);
}
