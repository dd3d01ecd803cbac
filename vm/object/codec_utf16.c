/* codec_utf16.c: UTF-16 and UTF-32 in both byte orders.
 *
 * Decoding looks once over valid input for its length and widest character, then stores; what is invalid goes through a Decoder.  No locks. */
#include "codec.h"

#include "error.h"
#include "../memory/ref.h"

static inline uint32_t load16(const uint8_t *p, bool big)
{
    return big ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
}
static inline uint32_t load32(const uint8_t *p, bool big)
{
    return big ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]
               : (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}
static inline uint8_t *store16(uint8_t *p, uint32_t c, bool big)
{
    p[big] = (uint8_t)c;
    p[!big] = (uint8_t)(c >> 8);
    return p + 2;
}
static inline uint8_t *store32(uint8_t *p, uint32_t c, bool big)
{
    for (int i = 0; i < 4; i++)
        p[big ? 3 - i : i] = (uint8_t)(c >> (8 * i));
    return p + 4;
}
static inline bool is_surrogate(uint32_t c) { return c - 0xD800 < 0x800; }
static inline bool is_high(uint32_t c) { return c - 0xD800 < 0x400; }
static inline bool is_low(uint32_t c) { return c - 0xDC00 < 0x400; }

static const bool native_big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;

/* ---- decoding ---- */

/* One character at p of a given width (2 or 4 bytes a unit): bytes used, or 0 with the reason and the bytes that are wrong.  *more: it may only be cut short. */
static int next_char(const uint8_t *p, size_t left, int width, bool big, uint32_t *c, const char **reason,
                     size_t *wrong, bool *more)
{
    *more = false;
    *wrong = (size_t)width;
    if (left < (size_t)width) {
        *reason = "truncated data";
        *wrong = left;
        *more = true;
        return 0;
    }
    if (width == 4) {
        *c = load32(p, big);
        if (is_surrogate(*c))
            *reason = "code point in surrogate code point range(0xd800, 0xe000)";
        else if (*c > 0x10FFFF)
            *reason = "code point not in range(0x110000)";
        else
            return 4;
        return 0;
    }
    *c = load16(p, big);
    if (!is_surrogate(*c))
        return 2;
    if (!is_high(*c)) {
        *reason = "illegal encoding";
        return 0;
    }
    if (left < 4) {
        *reason = "unexpected end of data";
        *wrong = left;
        *more = true;
        return 0;
    }
    uint32_t low = load16(p + 2, big);
    if (!is_low(low)) {
        *reason = "illegal UTF-16 surrogate";
        return 0;
    }
    *c = 0x10000 + ((*c & 0x3FF) << 10 | (low & 0x3FF));
    return 4;
}

/* All of the input, if it is valid as far as it is complete: *used tells how far.  Empty without an exception when it is not. */
static Value decode_valid(Thread *t, const uint8_t *data, size_t n, int width, bool big, bool partial, size_t *used)
{
    size_t length = 0, i = 0, wrong;
    uint32_t seen = 0, c;
    const char *reason;
    bool more;
    while (i < n) {
        int step = next_char(data + i, n - i, width, big, &c, &reason, &wrong, &more);
        if (!step) {
            if (more && partial)
                break;
            return VALUE_EMPTY;
        }
        seen |= c;
        length++;
        i += (size_t)step;
    }
    *used = i;
    Value v = str_new(t, length, seen > 0x10FFFF ? 0x10FFFF : seen);
    if (value_is_empty(v))
        return v;
    Str *s = str_of(v);
    i = 0;
#define STORE(type)                                                                                                    \
    for (size_t k = 0; k < length; k++) {                                                                              \
        i += (size_t)next_char(data + i, n - i, width, big, &c, &reason, &wrong, &more);                               \
        ((type *)(void *)s->data)[k] = (type)c;                                                                        \
    }
    switch (str_kind(s)) {
    case 1: STORE(uint8_t); break;
    case 2: STORE(uint16_t); break;
    default: STORE(uint32_t); break;
    }
#undef STORE
    return v;
}

static Value decode(Thread *t, const uint8_t *data, size_t n, const char *errors, int width, int *byte_order,
                    size_t *consumed)
{
    bool big = *byte_order ? *byte_order > 0 : native_big;
    size_t start = 0, used = 0;
    if (*byte_order == 0 && n >= (size_t)width) {
        uint32_t mark = width == 2 ? load16(data, false) : load32(data, false);
        if (mark == 0xFEFF) {
            *byte_order = -1;
            big = false;
            start = (size_t)width;
        } else if (mark == (width == 2 ? 0xFFFEu : 0xFFFE0000u)) {
            *byte_order = 1;
            big = true;
            start = (size_t)width;
        }
    }
    Value quick = decode_valid(t, data + start, n - start, width, big, consumed != NULL, &used);
    if (!value_is_empty(quick) || error_pending(t)) {
        if (consumed)
            *consumed = start + used;
        return quick;
    }
    Decoder d;
    decoder_start(&d, width == 2 ? (big ? "utf-16-be" : "utf-16-le") : (big ? "utf-32-be" : "utf-32-le"), errors, data,
                  n);
    size_t i = start;
    while (i < d.n) {
        uint32_t c;
        const char *reason;
        size_t wrong;
        bool more;
        int step = next_char(d.data + i, d.n - i, width, big, &c, &reason, &wrong, &more);
        if (step) {
            if (strbuilder_char(t, &d.out, c) < 0)
                return decoder_fail(t, &d);
            i += (size_t)step;
            continue;
        }
        if (more && consumed)
            break;
        int64_t next = decoder_error(t, &d, reason, i, i + wrong);
        if (next < 0)
            return decoder_fail(t, &d);
        i = (size_t)next;
    }
    if (consumed)
        *consumed = i;
    return decoder_finish(t, &d);
}

Value codec_utf16_decode(Thread *t, const void *data, size_t n, const char *errors, int *byte_order, size_t *consumed)
{
    return decode(t, data, n, errors, 2, byte_order, consumed);
}
Value codec_utf32_decode(Thread *t, const void *data, size_t n, const char *errors, int *byte_order, size_t *consumed)
{
    return decode(t, data, n, errors, 4, byte_order, consumed);
}

/* ---- encoding ---- */

static inline uint8_t *put_char(uint8_t *p, uint32_t c, int width, bool big)
{
    if (width == 4)
        return store32(p, c, big);
    if (c < 0x10000)
        return store16(p, c, big);
    c -= 0x10000;
    p = store16(p, 0xD800 | c >> 10, big);
    return store16(p, 0xDC00 | (c & 0x3FF), big);
}

/* What a handler puts in place of the surrogates [start, end): whole units of bytes, or ASCII characters. */
static int put_replacement(Thread *t, Encoder *e, Value replacement, int width, bool big)
{
    if (bytes_check(replacement)) {
        if (bytes_of(replacement)->length % (size_t)width)
            return 0;
        return bytesbuilder_append(t, &e->out, bytes_of(replacement)->data, bytes_of(replacement)->length) < 0 ? -1 : 1;
    }
    const Str *r = str_of(replacement);
    if (!str_is_ascii(r))
        return 0;
    uint8_t *p = bytesbuilder_reserve(t, &e->out, r->length * (size_t)width);
    if (!p)
        return -1;
    for (size_t i = 0; i < r->length; i++)
        p = put_char(p, r->data[i], width, big);
    e->out.length += r->length * (size_t)width;
    return 1;
}

static Value encode(Thread *t, Value str, const char *errors, int width, int byte_order)
{
    static const char surrogates[] = "surrogates not allowed";
    const Str *s = str_of(str);
    bool big = byte_order ? byte_order > 0 : native_big;
    Encoder e;
    encoder_start(&e,
                  width == 2 ? (byte_order == 0 ? "utf-16"
                                : big           ? "utf-16-be"
                                                : "utf-16-le")
                             : (byte_order == 0 ? "utf-32"
                                : big           ? "utf-32-be"
                                                : "utf-32-le"),
                  errors, str);
    if (s->length > (size_t)PTRDIFF_MAX / 4 - 16)
        return error_no_memory(t);
    uint8_t *p = bytesbuilder_reserve(t, &e.out, (s->length + 1) * (size_t)width);
    if (!p)
        return VALUE_EMPTY;
    if (byte_order == 0) {
        put_char(p, 0xFEFF, width, big);
        e.out.length += (size_t)width;
    }
    for (size_t i = 0; i < s->length;) {
        /* A stretch without surrogates; each of its characters takes at most 4 bytes. */
        size_t stretch = s->length - i < 1024 ? s->length - i : 1024;
        p = bytesbuilder_reserve(t, &e.out, stretch * 4);
        if (!p)
            return encoder_fail(t, &e);
        const uint8_t *before = p;
        size_t limit = i + stretch;
        while (i < limit) {
            uint32_t c = str_at(s, i);
            if (is_surrogate(c))
                break;
            p = put_char(p, c, width, big);
            i++;
        }
        e.out.length += (size_t)(p - before);
        if (i == limit)
            continue;
        if (e.mode == ERRORS_SURROGATEPASS || e.mode == ERRORS_IGNORE || e.mode == ERRORS_REPLACE) {
            if (e.mode != ERRORS_IGNORE)
                e.out.length += (size_t)(put_char(p, e.mode == ERRORS_REPLACE ? '?' : str_at(s, i), width, big) - p);
            i++;
            continue;
        }
        Value replacement;
        int64_t next = encoder_error(t, &e, surrogates, i, i + 1, &replacement);
        if (next < 0)
            return encoder_fail(t, &e);
        int done = put_replacement(t, &e, replacement, width, big);
        ref_dec(t, replacement);
        if (done == 0)
            encoder_raise(t, &e, surrogates, i, i + 1);
        if (done <= 0)
            return encoder_fail(t, &e);
        i = (size_t)next;
    }
    return encoder_finish(t, &e);
}

Value codec_utf16_encode(Thread *t, Value str, const char *errors, int byte_order)
{
    return encode(t, str, errors, 2, byte_order);
}
Value codec_utf32_encode(Thread *t, Value str, const char *errors, int byte_order)
{
    return encode(t, str, errors, 4, byte_order);
}
