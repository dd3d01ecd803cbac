/* bytes_format.c: % formatting of bytes and bytearray (PEP 461).
 *
 * Scans the specifiers itself; numbers are formatted by str's % operator, whose rules they share, and come out as ASCII. */
#include "bytes_methods.h"

#include <stdio.h>

#include "dict.h"
#include "float.h"
#include "int.h"
#include "list.h"
#include "str.h"

typedef struct Arguments {
    Value values; /* the right operand */
    bool is_tuple;
    size_t next;
    Value mapping; /* borrowed, or empty */
    bool used_mapping;
} Arguments;

typedef struct Spec {
    const uint8_t *flags; /* flag characters */
    size_t flag_count;
    bool left;
    int64_t width;     /* -1 none */
    int64_t precision; /* -1 none */
    uint8_t conversion;
} Spec;

/* The next positional argument, borrowed. */
static Value next_argument(Thread *t, Arguments *a)
{
    if (a->is_tuple) {
        if (a->next < tuple_length(a->values))
            return tuple_peek(a->values, a->next++);
    } else if (a->next == 0) {
        a->next = 1;
        return a->values;
    }
    return error_set(t, EXC_TypeError, "not enough arguments for format string");
}

/* %b and %s: the bytes of a bytes-like object or of its __bytes__. */
static Value bytes_of_value(Thread *t, Value v)
{
    if (object_is_exact(v, KIND_BYTES))
        return ref_inc(t, v);
    if (object_is(v, KIND_BYTEARRAY))
        return bytes_from_object(t, v);
    Value method;
    int found = object_special(t, v, ID(t, __bytes__), &method);
    if (found < 0)
        return VALUE_EMPTY;
    if (found) {
        Value result = object_call0(t, method);
        ref_dec(t, method);
        if (!value_is_empty(result) && !bytes_check(result)) {
            error_set(t, EXC_TypeError, "__bytes__ returned non-bytes (type %.200T)", result);
            ref_clear(t, &result);
        }
        return result;
    }
    if (buffer_supported(t, v))
        return bytes_from_object(t, v);
    return error_set(t, EXC_TypeError,
                     "%%b requires a bytes-like object, or an object that implements __bytes__, not '%.100T'", v);
}

/* %c: one byte, or -1. */
static int byte_of_value(Thread *t, Value v)
{
    if (bytes_check(v) || object_is(v, KIND_BYTEARRAY)) {
        Span s;
        if (span_open(t, v, &s) < 0)
            return -1;
        int c = s.n == 1 ? s.data[0] : -1;
        if (s.n != 1)
            error_set(t, EXC_TypeError,
                      "%%c requires an integer in range(256) or a single byte, not a %s object of length %zu",
                      bytes_check(v) ? "bytes" : "bytearray", s.n);
        span_close(t, &s);
        return c;
    }
    if (!int_check(v) && !(value_is_object(v) && value_object(v)->type->slots.index)) {
        error_set(t, EXC_TypeError, "%%c requires an integer in range(256) or a single byte, not %#T", v);
        return -1;
    }
    int64_t i = number_index_int64(t, v, -1);
    if (i == -1 && error_pending(t))
        return -1;
    if (i < 0 || i > 255) {
        error_set(t, EXC_OverflowError, "%%c arg not in range(256)");
        return -1;
    }
    return (int)i;
}

/* Numbers: the specifier is handed to str's operator. */
static Value formatted_number(Thread *t, const Spec *spec, Value v)
{
    if (strchr("eEfFgG", spec->conversion)) {
        number_to_double(t, v);
        if (error_pending(t)) {
            if (error_swallow(t, EXC_TypeError))
                error_set(t, EXC_TypeError, "float argument required, not %.200T", v);
            return VALUE_EMPTY;
        }
    }
    StrBuilder b = {0};
    char number[32];
    int ok = strbuilder_char(t, &b, '%');
    if (ok == 0)
        ok = strbuilder_ascii(t, &b, (const char *)spec->flags, spec->flag_count);
    if (ok == 0 && spec->left)
        ok = strbuilder_char(t, &b, '-');
    if (ok == 0 && spec->width >= 0)
        ok = strbuilder_ascii(t, &b, number, (size_t)snprintf(number, sizeof number, "%lld", (long long)spec->width));
    if (ok == 0 && spec->precision >= 0)
        ok = strbuilder_ascii(t, &b, number,
                              (size_t)snprintf(number, sizeof number, ".%lld", (long long)spec->precision));
    if (ok == 0)
        ok = strbuilder_char(t, &b, spec->conversion);
    if (ok < 0) {
        strbuilder_discard(t, &b);
        return VALUE_EMPTY;
    }
    Value format = strbuilder_finish(t, &b), arguments = VALUE_EMPTY, result = VALUE_EMPTY;
    if (!value_is_empty(format))
        arguments = tuple_pack(t, 1, v);
    if (!value_is_empty(arguments))
        result = str_mod(t, format, arguments);
    ref_dec(t, arguments);
    ref_dec(t, format);
    return result;
}

static int add_padded(Thread *t, BytesBuilder *out, const Spec *spec, const uint8_t *data, size_t n)
{
    if (spec->precision >= 0 && (uint64_t)spec->precision < n && spec->conversion != 'c')
        n = (size_t)spec->precision;
    size_t pad = spec->width > (int64_t)n ? (size_t)spec->width - n : 0;
    uint8_t *p = bytesbuilder_reserve(t, out, n + pad);
    if (!p)
        return -1;
    memset(spec->left ? p + n : p, ' ', pad);
    memcpy(spec->left ? p : p + pad, data, n);
    out->length += n + pad;
    return 0;
}

static int add_value(Thread *t, BytesBuilder *out, const Spec *spec, Value v, size_t position)
{
    Value text = VALUE_EMPTY;
    int result = -1;
    switch (spec->conversion) {
    case 'b':
    case 's':
        text = bytes_of_value(t, v);
        if (!value_is_empty(text))
            result = add_padded(t, out, spec, bytes_of(text)->data, bytes_of(text)->length);
        break;
    case 'r':
    case 'a':
        text = object_ascii(t, v);
        if (!value_is_empty(text))
            result = add_padded(t, out, spec, str_of(text)->data, str_of(text)->length);
        break;
    case 'c': {
        int c = byte_of_value(t, v);
        uint8_t byte = (uint8_t)c;
        if (c >= 0)
            result = add_padded(t, out, spec, &byte, 1);
        break;
    }
    case 'd':
    case 'i':
    case 'o':
    case 'u':
    case 'x':
    case 'X':
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
        text = formatted_number(t, spec, v);
        if (!value_is_empty(text))
            result = bytesbuilder_append(t, out, str_of(text)->data, str_of(text)->length);
        break;
    default:
        error_set(t, EXC_ValueError, "unsupported format character '%c' (0x%x) at index %zu", spec->conversion,
                  spec->conversion, position);
    }
    ref_dec(t, text);
    return result;
}

/* Digits of a width or precision: 0, or -1 with ValueError. */
static int scan_number(Thread *t, const uint8_t **p, const uint8_t *end, int64_t limit, const char *message,
                       int64_t *result)
{
    *result = 0;
    while (*p < end && **p >= '0' && **p <= '9') {
        int digit = *(*p)++ - '0';
        if (*result > (limit - digit) / 10) {
            error_set(t, EXC_ValueError, "%s", message);
            return -1;
        }
        *result = *result * 10 + digit;
    }
    return 0;
}

/* A width or precision given as `*`. */
static int star(Thread *t, Arguments *a, bool is_width, int64_t *result)
{
    Value v = next_argument(t, a);
    if (value_is_empty(v))
        return -1;
    if (!int_check(v)) {
        error_set(t, EXC_TypeError, "* wants int");
        return -1;
    }
    if (is_width)
        return bytes_ssize(t, v, result);
    int i;
    if (bytes_int(t, v, &i) < 0)
        return -1;
    *result = i;
    return 0;
}

static int parse_key(Thread *t, Arguments *a, const uint8_t **p, const uint8_t *end)
{
    if (value_is_empty(a->mapping)) {
        error_set(t, EXC_TypeError, "format requires a mapping");
        return -1;
    }
    const uint8_t *start = ++*p;
    int depth = 1;
    while (*p < end && depth > 0) {
        depth += **p == '(' ? 1 : **p == ')' ? -1 : 0;
        ++*p;
    }
    if (depth > 0) {
        error_set(t, EXC_ValueError, "incomplete format key");
        return -1;
    }
    Value key = bytes_new(t, start, (size_t)(*p - start) - 1);
    if (value_is_empty(key))
        return -1;
    Value v = object_getitem(t, a->mapping, key);
    ref_dec(t, key);
    if (value_is_empty(v))
        return -1;
    if (a->used_mapping)
        ref_dec(t, a->values);
    a->values = v; /* owned from here on */
    a->used_mapping = true;
    a->is_tuple = false;
    a->next = 0;
    return 0;
}

/* One specifier after its '%'. */
static int format_one(Thread *t, Arguments *a, const uint8_t **at, const uint8_t *start, const uint8_t *end,
                      BytesBuilder *out)
{
    const uint8_t *p = *at;
    Spec spec = {.width = -1, .precision = -1};
    if (p < end && *p == '(' && parse_key(t, a, &p, end) < 0)
        return -1;
    spec.flags = p;
    while (p < end && (*p == '-' || *p == '+' || *p == ' ' || *p == '#' || *p == '0'))
        spec.left |= *p++ == '-';
    spec.flag_count = (size_t)(p - spec.flags);
    if (p < end && *p == '*') {
        p++;
        if (star(t, a, true, &spec.width) < 0)
            return -1;
        if (spec.width < 0) {
            spec.left = true;
            spec.width = -spec.width;
        }
    } else if (p < end && *p >= '0' && *p <= '9' &&
               scan_number(t, &p, end, PTRDIFF_MAX, "width too big", &spec.width) < 0) {
        return -1;
    }
    if (p < end && *p == '.') {
        p++;
        spec.precision = 0;
        if (p < end && *p == '*') {
            p++;
            if (star(t, a, false, &spec.precision) < 0)
                return -1;
            if (spec.precision < 0)
                spec.precision = 0;
        } else if (scan_number(t, &p, end, INT32_MAX, "prec too big", &spec.precision) < 0) {
            return -1;
        }
    }
    if (p < end && (*p == 'h' || *p == 'l' || *p == 'L'))
        p++;
    if (p == end) {
        error_set(t, EXC_ValueError, "incomplete format");
        return -1;
    }
    Value v = next_argument(t, a);
    if (value_is_empty(v))
        return -1;
    spec.conversion = *p;
    *at = p + 1;
    ref_inc(t, v);
    int result = add_value(t, out, &spec, v, (size_t)(p - start));
    ref_dec(t, v);
    return result;
}

Value bytes_format(Thread *t, Value self, Value args)
{
    Arguments a = {.values = args, .is_tuple = tuple_check(args)};
    if (!a.is_tuple && !bytes_check(args) && !str_check(args) && !object_is(args, KIND_BYTEARRAY) &&
        value_is_object(args) && value_object(args)->type->slots.getitem)
        a.mapping = args;
    Buffer view; /* pins a bytearray while arguments' methods run */
    if (bytes_argument(t, self, &view) < 0)
        return VALUE_EMPTY;
    const uint8_t *p = view.data, *start = p, *end = p + view.length;
    BytesBuilder out = {0};
    bool ok = bytesbuilder_reserve(t, &out, view.length) != NULL;
    while (ok && p < end) {
        const uint8_t *percent = memchr(p, '%', (size_t)(end - p));
        size_t literal = (size_t)((percent ? percent : end) - p);
        ok = bytesbuilder_append(t, &out, p, literal) == 0;
        p += literal;
        if (!percent || !ok)
            break;
        if (++p < end && *p == '%') {
            p++;
            ok = bytesbuilder_byte(t, &out, '%') == 0;
        } else {
            ok = format_one(t, &a, &p, start, end, &out) == 0;
        }
    }
    if (ok && !a.used_mapping && value_is_empty(a.mapping) && a.next < (a.is_tuple ? tuple_length(args) : 1)) {
        error_set(t, EXC_TypeError, "not all arguments converted during bytes formatting");
        ok = false;
    }
    if (a.used_mapping)
        ref_dec(t, a.values);
    buffer_release(t, &view);
    if (!ok) {
        bytesbuilder_discard(t, &out);
        return VALUE_EMPTY;
    }
    if (bytes_check(self))
        return bytesbuilder_finish(t, &out);
    Value result = bytearray_new(t, out.b->data, out.length);
    bytesbuilder_discard(t, &out);
    return result;
}
