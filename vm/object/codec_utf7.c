/* codec_utf7.c: UTF-7 (RFC 2152).
 *
 * Text outside a shift sequence is ASCII; `+` begins a sequence of base64 digits that carry UTF-16 units, ended by the first other character.  No locks. */
#include "codec.h"

#include "../memory/ref.h"
#include "error.h"

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int base64_value(uint32_t c)
{
    if (c >= 'A' && c <= 'Z')
        return (int)c - 'A';
    if (c >= 'a' && c <= 'z')
        return (int)c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return (int)c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Written as itself: RFC 2152's sets D and O, and white space. */
static bool is_direct(uint32_t c)
{
    if (c >= 128 || c == 0)
        return false;
    if (c < ' ')
        return c == '\t' || c == '\n' || c == '\r';
    return c != '+' && c != '\\' && c != '~' && c != 127;
}

/* ---- decoding ---- */

typedef struct Shift {
    bool active;
    uint32_t bits; /* not yet used, `count` of them */
    int count;
    uint32_t surrogate; /* high half waiting for its low half, or 0 */
    size_t start;       /* of the sequence, in the input */
    size_t out_start;   /* and of what it has produced */
} Shift;

static inline bool is_high(uint32_t c) { return c - 0xD800 < 0x400; }
static inline bool is_low(uint32_t c) { return c - 0xDC00 < 0x400; }

/* Takes one base64 digit. */
static int shift_digit(Thread *t, Decoder *d, Shift *s, int digit)
{
    s->bits = s->bits << 6 | (uint32_t)digit;
    s->count += 6;
    if (s->count < 16)
        return 0;
    s->count -= 16;
    uint32_t unit = s->bits >> s->count & 0xFFFF, high = s->surrogate;
    s->bits &= (1u << s->count) - 1;
    s->surrogate = 0;
    if (high) {
        if (is_low(unit))
            return strbuilder_char(t, &d->out, 0x10000 + ((high & 0x3FF) << 10 | (unit & 0x3FF)));
        if (strbuilder_char(t, &d->out, high) < 0)
            return -1;
    }
    if (is_high(unit)) {
        s->surrogate = unit;
        return 0;
    }
    return strbuilder_char(t, &d->out, unit);
}

Value codec_utf7_decode(Thread *t, const void *data, size_t n, const char *errors, size_t *consumed)
{
    Decoder d;
    Shift s = {0};
    decoder_start(&d, "utf7", errors, data, n);
    size_t i = 0;
restart:
    while (i < d.n) {
        uint8_t c = d.data[i];
        const char *reason = NULL;
        if (s.active) {
            int digit = base64_value(c);
            if (digit >= 0) {
                i++;
                if (shift_digit(t, &d, &s, digit) < 0)
                    return decoder_fail(t, &d);
                continue;
            }
            s.active = false;
            if (s.count >= 6)
                reason = "partial character in shift sequence";
            else if (s.count > 0 && s.bits)
                reason = "non-zero padding bits in shift sequence";
            if (reason) {
                i++;
            } else {
                if (s.surrogate && c < 128 && c != '+' && strbuilder_char(t, &d.out, s.surrogate) < 0)
                    return decoder_fail(t, &d);
                s.surrogate = 0;
                if (c == '-')
                    i++;
            }
        } else if (c == '+') {
            s.start = i++;
            if (i < d.n && d.data[i] == '-') {
                i++;
                if (strbuilder_char(t, &d.out, '+') < 0)
                    return decoder_fail(t, &d);
            } else if (i < d.n && base64_value(d.data[i]) < 0) {
                i++;
                reason = "ill-formed sequence";
            } else {
                s = (Shift){.active = true, .start = s.start, .out_start = d.out.length};
            }
        } else if (c < 128) {
            i++;
            if (strbuilder_char(t, &d.out, c) < 0)
                return decoder_fail(t, &d);
        } else {
            s.start = i++;
            reason = "unexpected special character";
        }
        if (reason) {
            int64_t next = decoder_error(t, &d, reason, s.start, i);
            if (next < 0)
                return decoder_fail(t, &d);
            i = (size_t)next;
        }
    }
    if (s.active && !consumed) {
        s.active = false;
        if (s.surrogate || s.count >= 6 || (s.count > 0 && s.bits)) {
            int64_t next = decoder_error(t, &d, "unterminated shift sequence", s.start, d.n);
            if (next < 0)
                return decoder_fail(t, &d);
            i = (size_t)next;
            if (i < d.n)
                goto restart;
        }
    }
    if (consumed)
        *consumed = s.active ? s.start : i;
    size_t keep = s.active ? s.out_start : d.out.length, length = d.out.length;
    Value result = decoder_finish(t, &d);
    if (keep < length && !value_is_empty(result)) { /* the open sequence will be read again */
        Value shorter = str_slice(t, result, 0, keep);
        ref_dec(t, result);
        result = shorter;
    }
    return result;
}

/* ---- encoding ---- */

Value codec_utf7_encode(Thread *t, Value str, const char *errors)
{
    const Str *s = str_of(str);
    BytesBuilder b = {0};
    bool active = false;
    uint32_t bits = 0;
    int count = 0;
    for (size_t i = 0; i < s->length; i++) {
        uint32_t c = str_at(s, i);
        uint8_t *p = bytesbuilder_reserve(t, &b, 12), *before = p;
        if (!p)
            goto fail;
        bool direct = is_direct(c);
        if (active && direct) {
            if (count) {
                *p++ = (uint8_t)base64[bits << (6 - count) & 63];
                bits = 0;
                count = 0;
            }
            active = false;
            if (base64_value(c) >= 0 || c == '-')
                *p++ = '-';
            *p++ = (uint8_t)c;
        } else if (!active && c == '+') {
            *p++ = '+';
            *p++ = '-';
        } else if (direct) {
            *p++ = (uint8_t)c;
        } else {
            if (!active)
                *p++ = '+';
            active = true;
            if (c >= 0x10000) {
                uint32_t high = 0xD800 | (c - 0x10000) >> 10;
                bits = bits << 16 | high;
                for (count += 16; count >= 6; count -= 6)
                    *p++ = (uint8_t)base64[bits >> (count - 6) & 63];
                bits &= 63;
                c = 0xDC00 | ((c - 0x10000) & 0x3FF);
            }
            bits = bits << 16 | c;
            for (count += 16; count >= 6; count -= 6)
                *p++ = (uint8_t)base64[bits >> (count - 6) & 63];
            bits &= (1u << count) - 1;
        }
        b.length += (size_t)(p - before);
    }
    if (count && bytesbuilder_byte(t, &b, (uint8_t)base64[bits << (6 - count) & 63]) < 0)
        goto fail;
    if (active && bytesbuilder_byte(t, &b, '-') < 0)
        goto fail;
    return bytesbuilder_finish(t, &b);
fail:
    bytesbuilder_discard(t, &b);
    return VALUE_EMPTY;
}
