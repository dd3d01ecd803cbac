/* float_text.c: floats to text and back, decimal and hexadecimal, on top of the exact conversions in dtoa.c.
 *
 * Nothing here looks at the C locale.  No locks, no state. */
#include <ctype.h>
#include <math.h>

#include "buffer.h"
#include "bytes.h"
#include "dtoa.h"
#include "error.h"
#include "float.h"
#include "int.h"
#include "str.h"
#include "type.h"
#include "../memory/alloc.h"
#include "../memory/ref.h"

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* Length of the word at s, in any case: 0 when it is another. */
static size_t word_at(const char *s, const char *word)
{
    size_t i = 0;
    while (word[i]) {
        if ((s[i] | 0x20) != word[i])
            return 0;
        i++;
    }
    return i;
}

/* ---- reading decimal text ---- */

/* "inf", "infinity" or "nan"; *end stays NULL when it is none of them. */
static double parse_special(const char *s, const char **end)
{
    size_t n;
    if ((n = word_at(s, "infinity")) || (n = word_at(s, "inf"))) {
        *end = s + n;
        return INFINITY;
    }
    if ((n = word_at(s, "nan"))) {
        *end = s + n;
        return NAN;
    }
    *end = NULL;
    return 0.0;
}

/* More digits cannot change the result, but for being zero or not. */
#define DIGITS_MAX 800

double float_parse(const char *s, const char **end)
{
    char digits[DIGITS_MAX + 1];
    int64_t n = 0, exponent = 0;
    const char *p = s;
    bool negative = false, any = false, point = false, more = false;
    if (*p == '+' || *p == '-')
        negative = *p++ == '-';
    for (;; p++) {
        if (*p == '.' && !point) {
            point = true;
            continue;
        }
        if (!is_digit(*p))
            break;
        any = true;
        if (n == 0 && *p == '0') {
            exponent -= point;
        } else if (n < DIGITS_MAX) {
            digits[n++] = *p;
            exponent -= point;
        } else {
            more |= *p != '0';
            exponent += !point;
        }
    }
    if (!any) {
        double special = parse_special(s + (*s == '+' || *s == '-'), &p);
        *end = p ? p : s;
        return negative ? -special : special;
    }
    *end = p;
    if (*p == 'e' || *p == 'E') {
        p++;
        bool down = *p == '-';
        if (*p == '+' || *p == '-')
            p++;
        if (is_digit(*p)) {
            int64_t e = 0;
            for (; is_digit(*p); p++)
                e = e < 1000000000000 ? e * 10 + (*p - '0') : e;
            exponent += down ? -e : e;
            *end = p;
        }
    }
    if (more) {
        digits[n++] = '1';
        exponent--;
    }
    double d = dtoa_parse(digits, n, exponent);
    return negative ? -d : d;
}

/* The text of a whole number literal as float() takes it: whitespace around, underscores between digits. False when malformed. */
static bool parse_whole(Thread *t, const char *s, size_t length, double *result, bool *no_memory)
{
    const char *end = s + length;
    *no_memory = false;
    while (s < end && is_space(*s))
        s++;
    while (end > s && is_space(end[-1]))
        end--;
    if (s == end)
        return false;
    char *copy = NULL;
    if (memchr(s, '_', (size_t)(end - s))) {
        copy = alloc_memory(t, (size_t)(end - s) + 1);
        if (!copy) {
            *no_memory = true;
            return false;
        }
        char *out = copy, previous = 0;
        bool good = true;
        for (const char *p = s; p < end; p++) {
            if (*p == '_') {
                good &= is_digit(previous);
            } else {
                good &= previous != '_' || is_digit(*p);
                *out++ = *p;
            }
            previous = *p;
        }
        *out = 0;
        if (!good || previous == '_') {
            alloc_memory_free(t, copy);
            return false;
        }
        s = copy;
        end = out;
    }
    const char *stop;
    *result = float_parse(s, &stop);
    bool all = stop == end && stop > s;
    alloc_memory_free(t, copy);
    return all;
}

/* s is followed by a character that no number contains (a NUL, or whitespace). */
static Value from_text(Thread *t, const char *s, size_t length, Value original)
{
    double d;
    bool no_memory;
    if (parse_whole(t, s, length, &d, &no_memory))
        return value_from_double(d);
    if (no_memory)
        return VALUE_EMPTY;
    return error_set(t, EXC_ValueError, "could not convert string to float: %V", original);
}

Value float_from_string(Thread *t, Value v)
{
    if (str_check(v)) {
        if (str_is_ascii(str_of(v)))
            return from_text(t, (const char *)str_of(v)->data, str_length(v), v);
        size_t length;
        char *text = number_text(t, v, &length);
        Value result = text ? from_text(t, text, length, v) : VALUE_EMPTY;
        alloc_memory_free(t, text);
        return result;
    }
    if (bytes_check(v))
        return from_text(t, (const char *)bytes_of(v)->data, bytes_of(v)->length, v);
    if (!buffer_supported(t, v))
        return error_set(t, EXC_TypeError, "float() argument must be a string or a real number, not '%.200s'",
                         type_name(type_of(t, v)));
    Buffer view;
    if (buffer_get(t, v, &view, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    Value copy = bytes_new(t, view.data, view.length), result = VALUE_EMPTY;
    buffer_release(t, &view);
    if (!value_is_empty(copy))
        result = from_text(t, (const char *)bytes_of(copy)->data, bytes_of(copy)->length, v);
    ref_dec(t, copy);
    return result;
}

/* ---- writing decimal text ---- */

/* How the digits are laid out: from `first` (negative: zeros before the digits) to `last`, with the point at `point`. */
typedef struct Layout {
    int count, point, first, last;
    bool exponential;
    int exponent;
} Layout;

static size_t lay_out(char *out, const char *digits, const Layout *l, bool negative, char exponent_sign, int flags)
{
    char *p = out;
    if (negative)
        *p++ = '-';
    else if (flags & FLOAT_SIGN)
        *p++ = '+';
    for (int i = l->first; i < l->last; i++) {
        if (i == l->point)
            *p++ = '.';
        *p++ = i >= 0 && i < l->count ? digits[i] : '0';
    }
    if (l->last == l->point && (flags & FLOAT_ALT))
        *p++ = '.';
    if (l->exponential) {
        int e = l->exponent;
        *p++ = exponent_sign;
        *p++ = e < 0 ? '-' : '+';
        if (e < 0)
            e = -e;
        if (e >= 100) {
            *p++ = (char)('0' + e / 100);
            e %= 100;
        }
        *p++ = (char)('0' + e / 10);
        *p++ = (char)('0' + e % 10);
    }
    *p = 0;
    return (size_t)(p - out);
}

static size_t special_text(char *out, double d, bool upper, int flags)
{
    char *p = out;
    if (isinf(d) && d < 0)
        *p++ = '-';
    else if (flags & FLOAT_SIGN)
        *p++ = '+';
    memcpy(p, isinf(d) ? (upper ? "INF" : "inf") : (upper ? "NAN" : "nan"), 4);
    return (size_t)(p + 3 - out);
}

/* The layout of `count` digits under a format code in lower case. */
static Layout layout_of(int count, int point, char code, int precision, int flags)
{
    Layout l = {count, point, 0, count, false, 0};
    switch (code) {
    case 'e':
        l.exponential = true;
        l.last = precision + 1;
        break;
    case 'f': l.last = point + precision; break;
    case 'g':
        l.exponential = point <= -4 || point > precision - (flags & FLOAT_DOT_ZERO ? 1 : 0);
        if (flags & FLOAT_ALT)
            l.last = precision;
        break;
    default: l.exponential = point <= -4 || point > 16; break;
    }
    if (l.exponential) {
        l.exponent = point - 1;
        l.point = 1;
    }
    l.first = l.point <= 0 ? l.point - 1 : 0;
    int least = !l.exponential && (flags & FLOAT_DOT_ZERO) ? l.point + 1 : l.point;
    if (l.last < least)
        l.last = least;
    return l;
}

size_t float_repr(double d, char buffer[32])
{
    if (!isfinite(d))
        return special_text(buffer, d, false, 0);
    char digits[24];
    int point, count = dtoa_shortest(fabs(d), digits, &point);
    Layout l = layout_of(count, point, 'r', 0, FLOAT_DOT_ZERO);
    return lay_out(buffer, digits, &l, signbit(d), 'e', FLOAT_DOT_ZERO);
}

char *float_format(Thread *t, double d, char code, int precision, int flags)
{
    bool upper = code >= 'A' && code <= 'Z';
    if (!isfinite(d)) {
        char *text = alloc_memory(t, 8);
        if (text)
            special_text(text, d, upper, flags);
        return text;
    }
    char digits[DTOA_DIGITS_MAX];
    int point, count;
    double magnitude = fabs(d);
    code |= 0x20;
    switch (code) {
    case 'e': count = dtoa_significant(magnitude, precision < 1400 ? precision + 1 : 1400, digits, &point); break;
    case 'f': count = dtoa_fixed(magnitude, precision, digits, &point); break;
    case 'g':
        if (precision == 0)
            precision = 1;
        count = dtoa_significant(magnitude, precision < 1400 ? precision : 1400, digits, &point);
        break;
    default: count = dtoa_shortest(magnitude, digits, &point); break;
    }
    Layout l = layout_of(count, point, code, precision, flags);
    bool negative = signbit(d) && !((flags & FLOAT_NO_NEG_0) && digits[0] == '0');
    char *text = alloc_memory(t, (size_t)(l.last - l.first) + 12);
    if (text)
        lay_out(text, digits, &l, negative, upper ? 'E' : 'e', flags);
    return text;
}

/* ---- hexadecimal ---- */

Value float_hex(Thread *t, double d)
{
    char text[40];
    if (!isfinite(d)) {
        float_repr(d, text);
        return str_from_string(t, text);
    }
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    uint64_t fraction = bits & ((UINT64_C(1) << 52) - 1);
    int biased = (int)(bits >> 52 & 0x7FF);
    char *p = text;
    if (bits >> 63)
        *p++ = '-';
    *p++ = '0';
    *p++ = 'x';
    *p++ = biased ? '1' : '0';
    *p++ = '.';
    int exponent = biased ? biased - 1023 : -1022;
    if (biased == 0 && fraction == 0) {
        *p++ = '0';
        exponent = 0;
    } else {
        for (int shift = 48; shift >= 0; shift -= 4)
            *p++ = "0123456789abcdef"[fraction >> shift & 15];
    }
    *p++ = 'p';
    *p++ = exponent < 0 ? '-' : '+';
    char reversed[8];
    int n = 0;
    unsigned e = (unsigned)(exponent < 0 ? -exponent : exponent);
    do {
        reversed[n++] = (char)('0' + e % 10);
        e /= 10;
    } while (e);
    while (n)
        *p++ = reversed[--n];
    return str_from_latin1(t, (const uint8_t *)text, (size_t)(p - text));
}

static int hex_digit(char c)
{
    if (is_digit(c))
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

Value float_from_hex(Thread *t, Value str)
{
    size_t length;
    Value owner = VALUE_EMPTY;
    const char *p = str_utf8(t, str, &length, &owner), *end = p + length;
    if (!p)
        return VALUE_EMPTY;
    bool negative = false, any = false, point = false, sticky = false;
    double result = 0.0;
    uint64_t m = 0;
    int64_t exponent = 0;
    while (p < end && is_space(*p))
        p++;
    while (end > p && is_space(end[-1]))
        end--;
    if (p < end && (*p == '+' || *p == '-'))
        negative = *p++ == '-';
    const char *special;
    result = parse_special(p, &special);
    if (special) {
        p = special;
        goto finish;
    }
    if (p[0] == '0' && (p[1] | 0x20) == 'x')
        p += 2;
    for (; p < end; p++) {
        int digit = hex_digit(*p);
        if (digit < 0) {
            if (*p != '.' || point)
                break;
            point = true;
            continue;
        }
        any = true;
        if (m >> 56 == 0) {
            m = m << 4 | (unsigned)digit;
            exponent -= point ? 4 : 0;
        } else {
            sticky |= digit != 0;
            exponent += point ? 0 : 4;
        }
    }
    if (!any)
        goto malformed;
    if (p < end && (*p | 0x20) == 'p') {
        p++;
        bool down = p < end && *p == '-';
        if (p < end && (*p == '+' || *p == '-'))
            p++;
        if (p == end || !is_digit(*p))
            goto malformed;
        int64_t e = 0;
        for (; p < end && is_digit(*p); p++)
            e = e < INT64_MAX / 32 ? e * 10 + (*p - '0') : e;
        exponent += down ? -e : e;
    }
    if (m) {
        /* Round half to even: bits below the last that fits a double of this size. */
        int bits = 64 - __builtin_clzll(m);
        if (exponent + bits > 1024)
            goto overflow;
        int64_t extra = bits - 53;
        if (-1074 - exponent > extra)
            extra = -1074 - exponent;
        if (extra > 63) {
            m = 0;
        } else if (extra > 0) {
            uint64_t half = UINT64_C(1) << (extra - 1), below = m & (2 * half - 1);
            m >>= extra;
            if (below > half || (below == half && (sticky || (m & 1))))
                m++;
            exponent += extra;
        }
        result = m ? ldexp((double)m, (int)exponent) : 0.0;
        if (isinf(result))
            goto overflow;
    }
finish:
    if (p != end)
        goto malformed;
    ref_dec(t, owner);
    return value_from_double(negative ? -result : result);
malformed:
    ref_dec(t, owner);
    return error_set(t, EXC_ValueError, "invalid hexadecimal floating-point string");
overflow:
    ref_dec(t, owner);
    return error_set(t, EXC_OverflowError, "hexadecimal value too large to represent as a float");
}
