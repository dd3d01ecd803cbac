/* bytes_hex.c: bytes as hexadecimal digits: hex() with separators, fromhex(). */
#include "bytes_methods.h"

#include "int.h"
#include "list.h"
#include "str.h"

static const char digits[] = "0123456789abcdef";

int bytes_hex_arguments(Thread *t, Value sep, Value per_sep, int *c, int64_t *group)
{
    int i = 1;
    if (!value_is_empty(per_sep) && bytes_int(t, per_sep, &i) < 0)
        return -1;
    *group = i;
    *c = 0;
    if (value_is_empty(sep)) {
        *group = 0;
        return 0;
    }
    int64_t length = object_len(t, sep);
    if (length < 0)
        return -1;
    if (length != 1) {
        error_set(t, EXC_ValueError, "sep must be length 1.");
        return -1;
    }
    uint32_t character;
    if (str_check(sep)) {
        character = str_at(str_of(sep), 0);
    } else if (bytes_check(sep)) {
        character = bytes_of(sep)->data[0];
    } else {
        error_set(t, EXC_TypeError, "sep must be str or bytes.");
        return -1;
    }
    if (character > 127) {
        error_set(t, EXC_ValueError, "sep must be ASCII.");
        return -1;
    }
    *c = (int)character;
    return 0;
}

Value bytes_hex(Thread *t, const uint8_t *data, size_t n, int c, int64_t per_sep)
{
    uint64_t group = per_sep < 0 ? (uint64_t)-per_sep : (uint64_t)per_sep;
    size_t separators = group && n ? (size_t)((n - 1) / group) : 0;
    if (n > (size_t)PTRDIFF_MAX / 3)
        return error_no_memory(t);
    Value result = str_new(t, n * 2 + separators, 127);
    if (value_is_empty(result))
        return result;
    uint8_t *p = str_of(result)->data;
    if (!separators) {
        for (size_t i = 0; i < n; i++) {
            *p++ = (uint8_t)digits[data[i] >> 4];
            *p++ = (uint8_t)digits[data[i] & 15];
        }
        return result;
    }
    /* Groups are counted from the right when per_sep is positive: the first one is then the short one. */
    size_t left = per_sep < 0 ? (size_t)group : (size_t)((n - 1) % group + 1);
    for (size_t i = 0; i < n; i++) {
        if (left-- == 0) {
            *p++ = (uint8_t)c;
            left = (size_t)group - 1;
        }
        *p++ = (uint8_t)digits[data[i] >> 4];
        *p++ = (uint8_t)digits[data[i] & 15];
    }
    return result;
}

NATIVE_SHARED(bytes_hex, "hex", "($self, /, sep=<unrepresentable>, bytes_per_sep=1)",
              "A str of two hexadecimal digits a byte, with sep between groups of bytes_per_sep (counted from the "
              "right, or from the left when negative).")
{
    int sep;
    int64_t per_sep;
    Span s;
    if (bytes_hex_arguments(t, args[1], args[2], &sep, &per_sep) < 0 || span_open(t, args[0], &s) < 0)
        return VALUE_EMPTY;
    Value result = bytes_hex(t, s.data, s.n, sep, per_sep);
    span_close(t, &s);
    return result;
}

static inline int digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Parses pairs of digits between white space; the result is bytes. */
static Value parse(Thread *t, const uint8_t *s, size_t n)
{
    BytesBuilder b = {0};
    uint8_t *p = bytesbuilder_reserve(t, &b, n / 2);
    if (!p)
        return VALUE_EMPTY;
    for (size_t i = 0; i < n;) {
        if (s[i] == ' ' || (s[i] >= '\t' && s[i] <= '\r')) {
            i++;
            continue;
        }
        int high = digit(s[i]);
        if (high >= 0 && ++i == n) {
            error_set(t, EXC_ValueError, "fromhex() arg must contain an even number of hexadecimal digits");
            goto fail;
        }
        int low = high < 0 ? -1 : digit(s[i]);
        if (low < 0) {
            error_set(t, EXC_ValueError, "non-hexadecimal number found in fromhex() arg at position %zu", i);
            goto fail;
        }
        i++;
        *p++ = (uint8_t)(high << 4 | low);
    }
    b.length = (size_t)(p - b.b->data);
    return bytesbuilder_finish(t, &b);
fail:
    bytesbuilder_discard(t, &b);
    return VALUE_EMPTY;
}

NATIVE_SHARED_FLAGS(bytes_fromhex, "fromhex", "($type, string, /)",
                    "From pairs of hexadecimal digits; white space between them is skipped.", NATIVE_CLASS)
{
    Type *type = (Type *)value_object(args[0]);
    Value result = VALUE_EMPTY;
    if (str_check(args[1])) {
        const Str *s = str_of(args[1]);
        if (str_is_ascii(s)) {
            result = parse(t, s->data, s->length);
        } else {
            size_t i = 0;
            while (str_at(s, i) < 128)
                i++;
            error_set(t, EXC_ValueError, "non-hexadecimal number found in fromhex() arg at position %zu", i);
        }
    } else if (buffer_supported(t, args[1])) {
        Buffer view;
        if (buffer_get(t, args[1], &view, BUFFER_SIMPLE) < 0)
            return VALUE_EMPTY;
        result = parse(t, view.data, view.length);
        buffer_release(t, &view);
    } else {
        error_set(t, EXC_TypeError, "fromhex() argument must be str or bytes-like, not %#T", args[1]);
    }
    if (value_is_empty(result) || type == t->types[KIND_BYTES])
        return result;
    Value made;
    if (type == t->types[KIND_BYTEARRAY])
        made = bytearray_new(t, bytes_of(result)->data, bytes_of(result)->length);
    else
        made = object_call1(t, args[0], result);
    ref_dec(t, result);
    return made;
}
