/* str_format.c: printf-like formatting of messages (the conversions are listed in str.h).
 *
 * A failing repr() or str() of a Value in the arguments makes the whole fail with that exception. */
#include "str_internal.h"

#include <stdio.h>

typedef struct Spec {
    bool left, zero, alternate, plus, space;
    int width, precision; /* precision -1: none */
} Spec;

/* Appends a str cut to the precision and padded to the width. */
static int put_str(Thread *t, StrBuilder *b, const Spec *spec, Value v)
{
    size_t n = str_length(v);
    if (spec->precision >= 0 && (size_t)spec->precision < n)
        n = (size_t)spec->precision;
    size_t pad = spec->width > 0 && (size_t)spec->width > n ? (size_t)spec->width - n : 0;
    if (pad && !spec->left && strbuilder_fill(t, b, ' ', pad) < 0)
        return -1;
    if (strbuilder_slice(t, b, v, 0, n) < 0)
        return -1;
    return pad && spec->left ? strbuilder_fill(t, b, ' ', pad) : 0;
}

static int put_str_take(Thread *t, StrBuilder *b, const Spec *spec, Value v)
{
    if (value_is_empty(v))
        return -1;
    int result = put_str(t, b, spec, v);
    ref_dec(t, v);
    return result;
}

/* A UTF-8 C string of at most `precision` bytes; what is not valid UTF-8 becomes U+FFFD. */
static int put_utf8(Thread *t, StrBuilder *b, const Spec *spec, const char *s)
{
    if (!s)
        s = "(null)";
    size_t n = spec->precision < 0 ? strlen(s) : strnlen(s, (size_t)spec->precision);
    const uint8_t *p = (const uint8_t *)s, *end = p + n;
    if (str_ascii_prefix(p, n) == n) {
        size_t pad = spec->width > 0 && (size_t)spec->width > n ? (size_t)spec->width - n : 0;
        if (pad && !spec->left && strbuilder_fill(t, b, ' ', pad) < 0)
            return -1;
        if (strbuilder_ascii(t, b, s, n) < 0)
            return -1;
        return pad && spec->left ? strbuilder_fill(t, b, ' ', pad) : 0;
    }
    StrBuilder text = {0};
    while (p < end) {
        uint32_t c;
        int bad;
        const char *reason;
        int used = str_utf8_next(p, end, &c, &bad, &reason);
        if (!used) {
            c = 0xFFFD;
            used = bad;
        }
        if (strbuilder_char(t, &text, c) < 0) {
            strbuilder_discard(t, &text);
            return -1;
        }
        p += used;
    }
    Spec whole = *spec;
    whole.precision = -1;
    return put_str_take(t, b, &whole, strbuilder_finish(t, &text));
}

static int put_integer(Thread *t, StrBuilder *b, const Spec *spec, uint64_t magnitude, bool negative, char conversion)
{
    char digits[72];
    int n = 0, base = conversion == 'x' || conversion == 'X' ? 16 : conversion == 'o' ? 8 : 10;
    const char *set = conversion == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    do {
        digits[n++] = set[magnitude % (unsigned)base];
        magnitude /= (unsigned)base;
    } while (magnitude);
    char prefix[4];
    int p = 0;
    if (negative || spec->plus || spec->space)
        prefix[p++] = negative ? '-' : spec->plus ? '+' : ' ';
    if (spec->alternate && base == 16) {
        prefix[p++] = '0';
        prefix[p++] = conversion;
    }
    int zeros = spec->precision > n ? spec->precision - n : 0;
    int pad = spec->width > p + zeros + n ? spec->width - p - zeros - n : 0;
    if (spec->zero && !spec->left && spec->precision < 0) {
        zeros = pad;
        pad = 0;
    }
    if (pad && !spec->left && strbuilder_fill(t, b, ' ', (size_t)pad) < 0)
        return -1;
    if (strbuilder_ascii(t, b, prefix, (size_t)p) < 0 || strbuilder_fill(t, b, '0', (size_t)zeros) < 0)
        return -1;
    while (n > 0)
        if (strbuilder_char(t, b, (uint8_t)digits[--n]) < 0)
            return -1;
    return pad && spec->left ? strbuilder_fill(t, b, ' ', (size_t)pad) : 0;
}

/* Messages leave out __main__ as they do builtins; what repr() gives has it (in_main). */
static Value qualified_name(Thread *t, Type *type, bool in_main)
{
    Value module = VALUE_EMPTY;
    if (!value_is_empty(type->dict) || !value_is_empty(type->mro)) {
        int found = object_getattr_optional(t, value_of(type), ID(t, __module__), &module);
        if (found < 0)
            return VALUE_EMPTY;
    }
    if (value_is_empty(module) || !str_check(module) || value_is(module, ID(t, builtins)) ||
        str_equal_ascii(module, "builtins") || (!in_main && str_equal_ascii(module, "__main__"))) {
        ref_dec(t, module);
        return ref_inc(t, type->qualname);
    }
    Value name = str_format(t, "%U.%U", module, type->qualname);
    ref_dec(t, module);
    return name;
}

static int put_type(Thread *t, StrBuilder *b, const Spec *spec, Type *type)
{
    if (spec->alternate || spec->plus)
        return put_str_take(t, b, spec, qualified_name(t, type, spec->plus));
    return put_utf8(t, b, spec, type->flags & TYPE_HEAP || !type->spec ? type_name(type) : type->spec->name);
}

Value str_format_v(Thread *t, const char *format, va_list args)
{
    StrBuilder b = {0};
    for (const char *f = format; *f;) {
        if (*f != '%') {
            size_t n = strcspn(f, "%"), ascii = str_ascii_prefix((const uint8_t *)f, n);
            if (ascii == n) {
                if (strbuilder_ascii(t, &b, f, n) < 0)
                    goto fail;
            } else if (put_utf8(t, &b, &(Spec){.precision = (int)n}, f) < 0) {
                goto fail;
            }
            f += n;
            continue;
        }
        Spec spec = {.precision = -1};
        for (f++;; f++) {
            if (*f == '-')
                spec.left = true;
            else if (*f == '0')
                spec.zero = true;
            else if (*f == '#')
                spec.alternate = true;
            else if (*f == '+')
                spec.plus = true;
            else if (*f == ' ')
                spec.space = true;
            else
                break;
        }
        if (*f == '*') {
            spec.width = va_arg(args, int);
            f++;
            if (spec.width < 0) {
                spec.left = true;
                spec.width = -spec.width;
            }
        }
        while (*f >= '0' && *f <= '9')
            spec.width = spec.width * 10 + (*f++ - '0');
        if (*f == '.') {
            spec.precision = 0;
            if (*++f == '*') {
                spec.precision = va_arg(args, int);
                f++;
            }
            while (*f >= '0' && *f <= '9')
                spec.precision = spec.precision * 10 + (*f++ - '0');
        }
        int longs = 0;
        char modifier = 0;
        for (; *f == 'l' || *f == 'z' || *f == 'j' || *f == 't' || *f == 'h'; f++) {
            if (*f == 'l')
                longs++;
            else
                modifier = *f;
        }
        char conversion = *f ? *f++ : '%';
        int result = 0;
        switch (conversion) {
        case 'd':
        case 'i': {
            int64_t i = modifier == 'z'   ? (int64_t)va_arg(args, ptrdiff_t)
                        : modifier == 't' ? (int64_t)va_arg(args, ptrdiff_t)
                        : modifier == 'j' ? (int64_t)va_arg(args, intmax_t)
                        : longs == 0      ? (int64_t)va_arg(args, int)
                        : longs == 1      ? (int64_t)va_arg(args, long)
                                          : (int64_t)va_arg(args, long long);
            result = put_integer(t, &b, &spec, i < 0 ? 0 - (uint64_t)i : (uint64_t)i, i < 0, 'd');
            break;
        }
        case 'u':
        case 'x':
        case 'X':
        case 'o': {
            uint64_t u = modifier == 'z'   ? (uint64_t)va_arg(args, size_t)
                         : modifier == 't' ? (uint64_t)va_arg(args, ptrdiff_t)
                         : modifier == 'j' ? (uint64_t)va_arg(args, uintmax_t)
                         : longs == 0      ? (uint64_t)va_arg(args, unsigned)
                         : longs == 1      ? (uint64_t)va_arg(args, unsigned long)
                                           : (uint64_t)va_arg(args, unsigned long long);
            result = put_integer(t, &b, &spec, u, false, conversion);
            break;
        }
        case 'c': {
            int c = va_arg(args, int);
            result = strbuilder_char(t, &b, (uint32_t)c);
            break;
        }
        case 'p':
            spec.alternate = true;
            result = put_integer(t, &b, &spec, (uintptr_t)va_arg(args, void *), false, 'x');
            break;
        case 's': result = put_utf8(t, &b, &spec, va_arg(args, const char *)); break;
        case 'g':
        case 'f': {
            char text[64];
            snprintf(text, sizeof text, conversion == 'g' ? "%.*g" : "%.*f", spec.precision < 0 ? 6 : spec.precision,
                     va_arg(args, double));
            spec.precision = -1;
            result = put_utf8(t, &b, &spec, text);
            break;
        }
        case 'V': result = put_str_take(t, &b, &spec, object_repr(t, va_arg(args, Value))); break;
        case 'S': result = put_str_take(t, &b, &spec, object_str(t, va_arg(args, Value))); break;
        case 'A': result = put_str_take(t, &b, &spec, object_ascii(t, va_arg(args, Value))); break;
        case 'U': result = put_str(t, &b, &spec, va_arg(args, Value)); break;
        case 'T': result = put_type(t, &b, &spec, type_of(t, va_arg(args, Value))); break;
        case 'M': {
            Value v = va_arg(args, Value);
            result = value_is_none(v) ? put_utf8(t, &b, &spec, "None") : put_type(t, &b, &spec, type_of(t, v));
            break;
        }
        case 'N': result = put_type(t, &b, &spec, va_arg(args, Type *)); break;
        default: result = strbuilder_char(t, &b, (uint8_t)conversion); break;
        }
        if (result < 0)
            goto fail;
    }
    return strbuilder_finish(t, &b);
fail:
    strbuilder_discard(t, &b);
    return VALUE_EMPTY;
}

Value str_format(Thread *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Value v = str_format_v(t, format, args);
    va_end(args);
    return v;
}
