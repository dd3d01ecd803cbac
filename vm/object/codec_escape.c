/* codec_escape.c: the codecs unicode_escape and raw_unicode_escape, and the escapes of bytes literals.
 *
 * Unknown escapes stay as they are; the first one is reported to the caller, which warns.  No locks. */
#include "codec.h"

#include "../memory/ref.h"
#include "codec_state.h"
#include "error.h"
#include "unicode_apart.h"
#include "unicode_name.h"

static int hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The character of a simple escape, -1: none. */
static int simple_escape(uint8_t c)
{
    switch (c) {
    case '\\':
    case '\'':
    case '"': return c;
    case 'b': return '\b';
    case 'f': return '\f';
    case 't': return '\t';
    case 'n': return '\n';
    case 'r': return '\r';
    case 'v': return '\v';
    case 'a': return '\a';
    default: return -1;
    }
}

/* Reads up to `count` hexadecimal digits: how many there were. */
static int read_hex(const uint8_t *p, const uint8_t *end, int count, uint32_t *c)
{
    int n = 0;
    for (*c = 0; n < count && p + n < end; n++) {
        int digit = hex_value(p[n]);
        if (digit < 0)
            break;
        *c = *c << 4 | (uint32_t)digit;
    }
    return n;
}

typedef enum Escape { ESCAPE_CHAR, ESCAPE_NOTHING, ESCAPE_UNKNOWN, ESCAPE_BAD, ESCAPE_CUT } Escape;

/* What follows a backslash at *p; *p moves behind what was read. */
static Escape read_escape(const uint8_t **p, const uint8_t *end, uint32_t *c, const char **reason, bool *big_octal)
{
    int count = 0;
    *big_octal = false;
    if (*p >= end) {
        *reason = "\\ at end of string";
        return ESCAPE_CUT;
    }
    uint8_t e = *(*p)++;
    int simple = simple_escape(e);
    if (simple >= 0) {
        *c = (uint32_t)simple;
        return ESCAPE_CHAR;
    }
    switch (e) {
    case '\n': return ESCAPE_NOTHING;
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
        *c = e - '0';
        for (int i = 0; i < 2 && *p < end && **p >= '0' && **p <= '7'; i++)
            *c = *c << 3 | (uint32_t)(*(*p)++ - '0');
        *big_octal = *c > 0xFF;
        return ESCAPE_CHAR;
    case 'x':
        count = 2;
        *reason = "truncated \\xXX escape";
        break;
    case 'u':
        count = 4;
        *reason = "truncated \\uXXXX escape";
        break;
    case 'U':
        count = 8;
        *reason = "truncated \\UXXXXXXXX escape";
        break;
    case 'N': {
        *reason = "malformed \\N character escape";
        if (*p >= end)
            return ESCAPE_CUT;
        if (**p != '{')
            return ESCAPE_BAD;
        const uint8_t *start = ++*p, *close = memchr(start, '}', (size_t)(end - start));
        if (!close) {
            *p = end;
            return ESCAPE_CUT;
        }
        *p = close;
        if (close == start)
            return ESCAPE_BAD;
        ++*p;
        if (unicode_from_name((const char *)start, (size_t)(close - start), c))
            return ESCAPE_CHAR;
        *reason = unicode_apart() ? "unknown Unicode character name"
                                  : "\\N escapes not supported (can't load unicodedata module)";
        return ESCAPE_BAD;
    }
    default: *c = e; return ESCAPE_UNKNOWN;
    }
    int n = read_hex(*p, end, count, c);
    *p += n;
    if (n < count)
        return *p >= end ? ESCAPE_CUT : ESCAPE_BAD;
    if (*c > 0x10FFFF) {
        *reason = "illegal Unicode character";
        return ESCAPE_BAD;
    }
    return ESCAPE_CHAR;
}

Value codec_unicode_escape_decode(Thread *t, const void *data, size_t n, const char *errors, size_t *consumed,
                                  int64_t *first_invalid, bool *invalid_is_octal)
{
    Decoder d;
    decoder_start(&d, "unicodeescape", errors, data, n);
    *first_invalid = -1;
    size_t i = 0;
    while (i < d.n) {
        const uint8_t *start = d.data + i, *p = start, *end = d.data + d.n;
        while (p < end && *p != '\\') {
            if (strbuilder_char(t, &d.out, *p++) < 0)
                return decoder_fail(t, &d);
        }
        if (p == end) {
            i = d.n;
            break;
        }
        size_t at = (size_t)(p - d.data);
        uint32_t c = 0;
        const char *reason = NULL;
        bool big_octal;
        p++;
        Escape escape = read_escape(&p, end, &c, &reason, &big_octal);
        i = (size_t)(p - d.data);
        if ((big_octal || escape == ESCAPE_UNKNOWN) && *first_invalid < 0) {
            *first_invalid = (int64_t)at + 1;
            *invalid_is_octal = big_octal;
        }
        switch (escape) {
        case ESCAPE_NOTHING: continue;
        case ESCAPE_UNKNOWN:
            if (strbuilder_char(t, &d.out, '\\') < 0)
                return decoder_fail(t, &d);
            /* fall through */
        case ESCAPE_CHAR:
            if (strbuilder_char(t, &d.out, c) < 0)
                return decoder_fail(t, &d);
            continue;
        case ESCAPE_CUT:
            if (consumed) {
                *consumed = at;
                return decoder_finish(t, &d);
            }
            /* fall through */
        case ESCAPE_BAD: break;
        }
        int64_t next = decoder_error(t, &d, reason, at, i);
        if (next < 0)
            return decoder_fail(t, &d);
        i = (size_t)next;
    }
    if (consumed)
        *consumed = i;
    return decoder_finish(t, &d);
}

Value codec_raw_unicode_escape_decode(Thread *t, const void *data, size_t n, const char *errors, size_t *consumed)
{
    Decoder d;
    decoder_start(&d, "rawunicodeescape", errors, data, n);
    size_t i = 0;
    while (i < d.n) {
        size_t at = i;
        uint8_t c = d.data[i++];
        if (c != '\\' || (i >= d.n && !consumed)) {
            if (strbuilder_char(t, &d.out, c) < 0)
                return decoder_fail(t, &d);
            continue;
        }
        const char *reason;
        uint32_t character;
        if (i < d.n) {
            c = d.data[i++];
            if (c != 'u' && c != 'U') {
                if (strbuilder_char(t, &d.out, '\\') < 0 || strbuilder_char(t, &d.out, c) < 0)
                    return decoder_fail(t, &d);
                continue;
            }
            int count = c == 'u' ? 4 : 8, digits = read_hex(d.data + i, d.data + d.n, count, &character);
            i += (size_t)digits;
            if (digits == count && character <= 0x10FFFF) {
                if (strbuilder_char(t, &d.out, character) < 0)
                    return decoder_fail(t, &d);
                continue;
            }
            reason = digits == count ? "\\Uxxxxxxxx out of range"
                     : c == 'u'      ? "truncated \\uXXXX escape"
                                     : "truncated \\UXXXXXXXX escape";
            if (digits == count || i < d.n || !consumed)
                goto bad;
        }
        *consumed = at;
        return decoder_finish(t, &d);
    bad:;
        int64_t next = decoder_error(t, &d, reason, at, i);
        if (next < 0)
            return decoder_fail(t, &d);
        i = (size_t)next;
    }
    if (consumed)
        *consumed = i;
    return decoder_finish(t, &d);
}

/* ---- encoding ---- */

static const char digits[] = "0123456789abcdef";

static uint8_t *put_hex(uint8_t *p, char letter, uint32_t c, int count)
{
    *p++ = '\\';
    *p++ = (uint8_t)letter;
    while (count--)
        *p++ = (uint8_t)digits[c >> (4 * count) & 15];
    return p;
}

Value codec_unicode_escape_encode(Thread *t, Value str)
{
    const Str *s = str_of(str);
    BytesBuilder b = {0};
    for (size_t i = 0; i < s->length; i++) {
        uint8_t *p = bytesbuilder_reserve(t, &b, 10), *before = p;
        if (!p) {
            bytesbuilder_discard(t, &b);
            return VALUE_EMPTY;
        }
        uint32_t c = str_at(s, i);
        if (c >= 0x10000)
            p = put_hex(p, 'U', c, 8);
        else if (c >= 0x100)
            p = put_hex(p, 'u', c, 4);
        else if (c >= ' ' && c < 127 && c != '\\')
            *p++ = (uint8_t)c;
        else if (c == '\\' || c == '\t' || c == '\n' || c == '\r')
            *p++ = '\\', *p++ = c == '\\' ? '\\' : c == '\t' ? 't' : c == '\n' ? 'n' : 'r';
        else
            p = put_hex(p, 'x', c, 2);
        b.length += (size_t)(p - before);
    }
    return bytesbuilder_finish(t, &b);
}

Value codec_raw_unicode_escape_encode(Thread *t, Value str)
{
    const Str *s = str_of(str);
    if (str_kind(s) == 1)
        return bytes_new(t, s->data, s->length);
    BytesBuilder b = {0};
    for (size_t i = 0; i < s->length; i++) {
        uint8_t *p = bytesbuilder_reserve(t, &b, 10), *before = p;
        if (!p) {
            bytesbuilder_discard(t, &b);
            return VALUE_EMPTY;
        }
        uint32_t c = str_at(s, i);
        if (c >= 0x10000)
            p = put_hex(p, 'U', c, 8);
        else if (c >= 0x100)
            p = put_hex(p, 'u', c, 4);
        else
            *p++ = (uint8_t)c;
        b.length += (size_t)(p - before);
    }
    return bytesbuilder_finish(t, &b);
}

/* ---- bytes literals ---- */

Value codec_escape_decode(Thread *t, const void *data, size_t n, const char *errors, int64_t *first_invalid,
                          bool *invalid_is_octal)
{
    const uint8_t *s = data, *end = s + n;
    ErrorMode mode = codec_error_mode(errors);
    BytesBuilder b = {0};
    *first_invalid = -1;
    uint8_t *p = bytesbuilder_reserve(t, &b, n);
    if (!p)
        return VALUE_EMPTY;
    while (s < end) {
        if (*s != '\\') {
            *p++ = *s++;
            continue;
        }
        if (++s == end) {
            error_set(t, EXC_ValueError, "Trailing \\ in string");
            goto fail;
        }
        uint8_t c = *s++;
        int simple = simple_escape(c);
        if (simple >= 0) {
            *p++ = (uint8_t)simple;
        } else if (c == '\n') {
            continue;
        } else if (c >= '0' && c <= '7') {
            const uint8_t *start = s - 1;
            uint32_t value = c - '0';
            for (int i = 0; i < 2 && s < end && *s >= '0' && *s <= '7'; i++)
                value = value << 3 | (uint32_t)(*s++ - '0');
            if (value > 0xFF && *first_invalid < 0) {
                *first_invalid = start - (const uint8_t *)data;
                *invalid_is_octal = true;
            }
            *p++ = (uint8_t)value;
        } else if (c == 'x') {
            uint32_t value;
            int got = read_hex(s, end, 2, &value);
            s += got;
            if (got == 2) {
                *p++ = (uint8_t)value;
                continue;
            }
            if (mode == ERRORS_STRICT) {
                error_set(t, EXC_ValueError, "invalid \\x escape at position %td", s - got - 2 - (const uint8_t *)data);
                goto fail;
            }
            if (mode == ERRORS_REPLACE) {
                *p++ = '?';
            } else if (mode != ERRORS_IGNORE) {
                error_set(t, EXC_ValueError, "decoding error; unknown error handling code: %.400s", errors);
                goto fail;
            }
        } else {
            if (*first_invalid < 0) {
                *first_invalid = s - 1 - (const uint8_t *)data;
                *invalid_is_octal = false;
            }
            *p++ = '\\';
            s--; /* an arbitrary byte after an unknown backslash is copied as it is */
            *p++ = *s++;
        }
    }
    b.length = (size_t)(p - b.b->data);
    return bytesbuilder_finish(t, &b);
fail:
    bytesbuilder_discard(t, &b);
    return VALUE_EMPTY;
}
