/* codec_utf8.c: UTF-8, ASCII and Latin-1 with every error handler.
 *
 * What needs no handler goes through str_utf8.c in two quick passes; the loops here run only once something is invalid, or on input
 * that may end inside a character.  No locks. */
#include "codec.h"

#include "../memory/ref.h"
#include "error.h"

/* ---- UTF-8 ---- */

/* Length of the input without an incomplete sequence at its end. */
static size_t complete_utf8(const uint8_t *data, size_t n)
{
    for (size_t back = 1; back <= 3 && back <= n; back++) {
        uint8_t c = data[n - back];
        if (c < 0x80)
            break;
        if (c >= 0xC0) {
            uint32_t ignored;
            int bad;
            const char *reason;
            if (str_utf8_next(data + n - back, data + n, &ignored, &bad, &reason))
                break;
            /* Incomplete: cut short, or the first two bytes of a surrogate, which surrogatepass may want. */
            bool cut = reason[0] == 'u' || (c == 0xED && back == 2 && data[n - 1] >= 0xA0 && data[n - 1] <= 0xBF);
            return cut ? n - back : n;
        }
    }
    return n;
}

static Value decode_with_handler(Thread *t, const uint8_t *data, size_t n, const char *errors, size_t *consumed)
{
    Decoder d;
    decoder_start(&d, "utf-8", errors, data, n);
    size_t i = 0;
    while (i < d.n) {
        uint32_t c;
        int bad;
        const char *reason;
        int used = str_utf8_next(d.data + i, d.data + d.n, &c, &bad, &reason);
        if (used) {
            if (strbuilder_char(t, &d.out, c) < 0)
                return decoder_fail(t, &d);
            i += (size_t)used;
            continue;
        }
        if (consumed && complete_utf8(d.data + i, d.n - i) == 0)
            break;
        int64_t next = decoder_error(t, &d, reason, i, i + (size_t)bad);
        if (next < 0)
            return decoder_fail(t, &d);
        i = (size_t)next;
    }
    if (consumed)
        *consumed = i;
    return decoder_finish(t, &d);
}

Value codec_utf8_decode(Thread *t, const void *data, size_t n, const char *errors, size_t *consumed)
{
    size_t complete = consumed ? complete_utf8(data, n) : n;
    StrErrors simple;
    switch (codec_error_mode(errors)) {
    case ERRORS_STRICT:
        if (consumed)
            *consumed = complete;
        /* The exception shows all of the input, so an incomplete one only takes this way while it is valid. */
        if (complete == n)
            return str_from_utf8(t, data, n);
        return decode_with_handler(t, data, n, errors, consumed);
    case ERRORS_SURROGATEESCAPE: simple = STR_SURROGATEESCAPE; break;
    case ERRORS_SURROGATEPASS: simple = STR_SURROGATEPASS; break;
    default: {
        /* Most input is valid: look before leaving the quick way. */
        const uint8_t *s = data, *end = s + complete;
        uint32_t c;
        int bad, used = 1;
        const char *reason;
        while (s < end && (used = str_utf8_next(s, end, &c, &bad, &reason)) != 0)
            s += used;
        if (used && complete == n) {
            if (consumed)
                *consumed = n;
            return str_from_utf8(t, data, n);
        }
        return decode_with_handler(t, data, n, errors, consumed);
    }
    }
    if (complete != n)
        return decode_with_handler(t, data, n, errors, consumed);
    if (consumed)
        *consumed = n;
    return str_from_utf8_errors(t, data, n, simple);
}

static int append_utf8(Thread *t, BytesBuilder *out, uint32_t c)
{
    uint8_t *p = bytesbuilder_reserve(t, out, 4);
    if (!p)
        return -1;
    if (c < 0x80) {
        p[0] = (uint8_t)c;
        out->length += 1;
    } else if (c < 0x800) {
        p[0] = (uint8_t)(0xC0 | c >> 6);
        p[1] = (uint8_t)(0x80 | (c & 0x3F));
        out->length += 2;
    } else if (c < 0x10000) {
        p[0] = (uint8_t)(0xE0 | c >> 12);
        p[1] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
        p[2] = (uint8_t)(0x80 | (c & 0x3F));
        out->length += 3;
    } else {
        p[0] = (uint8_t)(0xF0 | c >> 18);
        p[1] = (uint8_t)(0x80 | (c >> 12 & 0x3F));
        p[2] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
        p[3] = (uint8_t)(0x80 | (c & 0x3F));
        out->length += 4;
    }
    return 0;
}

static inline bool is_surrogate(uint32_t c) { return c - 0xD800 < 0x800; }

static bool has_surrogate(const Str *s)
{
    if (str_kind(s) == 1)
        return false;
    for (size_t i = 0; i < s->length; i++)
        if (is_surrogate(str_at(s, i)))
            return true;
    return false;
}

Value codec_utf8_encode(Thread *t, Value str, const char *errors)
{
    const Str *s = str_of(str);
    ErrorMode mode = codec_error_mode(errors);
    if (mode == ERRORS_STRICT || str_is_ascii(s))
        return str_to_utf8(t, str);
    if (mode == ERRORS_SURROGATEPASS)
        return str_to_utf8_errors(t, str, STR_SURROGATEPASS);
    if (mode == ERRORS_SURROGATEESCAPE)
        return str_to_utf8_errors(t, str, STR_SURROGATEESCAPE);
    if (!has_surrogate(s))
        return str_to_utf8(t, str);
    Encoder e;
    encoder_start(&e, "utf-8", errors, str);
    for (size_t i = 0; i < s->length;) {
        uint32_t c = str_at(s, i);
        if (!is_surrogate(c)) {
            if (append_utf8(t, &e.out, c) < 0)
                return encoder_fail(t, &e);
            i++;
            continue;
        }
        size_t end = i + 1;
        while (end < s->length && is_surrogate(str_at(s, end)))
            end++;
        int64_t next = encoder_error_simple(t, &e, "surrogates not allowed", i, end, 128);
        if (next < 0)
            return encoder_fail(t, &e);
        i = (size_t)next;
    }
    return encoder_finish(t, &e);
}

/* ---- ASCII and Latin-1 ---- */

Value codec_ascii_decode(Thread *t, const void *data, size_t n, const char *errors)
{
    if (str_ascii_prefix(data, n) == n)
        return str_from_latin1(t, data, n);
    Decoder d;
    decoder_start(&d, "ascii", errors, data, n);
    for (size_t i = 0; i < d.n;) {
        uint8_t c = d.data[i];
        if (c < 128) {
            if (strbuilder_char(t, &d.out, c) < 0)
                return decoder_fail(t, &d);
            i++;
            continue;
        }
        int64_t next = decoder_error(t, &d, "ordinal not in range(128)", i, i + 1);
        if (next < 0)
            return decoder_fail(t, &d);
        i = (size_t)next;
    }
    return decoder_finish(t, &d);
}

static Value encode_narrow(Thread *t, Value str, const char *errors, uint32_t limit)
{
    const Str *s = str_of(str);
    if (str_kind(s) == 1 && (limit == 256 || str_is_ascii(s)))
        return bytes_new(t, s->data, s->length);
    Encoder e;
    encoder_start(&e, limit == 256 ? "latin-1" : "ascii", errors, str);
    const char *reason = limit == 256 ? "ordinal not in range(256)" : "ordinal not in range(128)";
    if (!bytesbuilder_reserve(t, &e.out, s->length))
        return encoder_fail(t, &e);
    for (size_t i = 0; i < s->length;) {
        uint32_t c = str_at(s, i);
        if (c < limit) {
            if (bytesbuilder_byte(t, &e.out, (uint8_t)c) < 0)
                return encoder_fail(t, &e);
            i++;
            continue;
        }
        size_t end = i + 1;
        while (end < s->length && str_at(s, end) >= limit)
            end++;
        int64_t next = encoder_error_simple(t, &e, reason, i, end, limit);
        if (next < 0)
            return encoder_fail(t, &e);
        i = (size_t)next;
    }
    return encoder_finish(t, &e);
}

Value codec_ascii_encode(Thread *t, Value str, const char *errors) { return encode_narrow(t, str, errors, 128); }
Value codec_latin1_encode(Thread *t, Value str, const char *errors) { return encode_narrow(t, str, errors, 256); }
