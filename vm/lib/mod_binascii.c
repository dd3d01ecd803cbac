/* mod_binascii.c: the module binascii: base64, hexadecimal, quoted-printable and uuencoded text, and CRCs.
 *
 * State: the exception classes.  Long CRCs are computed without the lock; the buffer stays exported meanwhile. */
#include <zlib.h>

#include "../memory/alloc.h"
#include "../object/bytes_methods.h"
#include "../object/int.h"
#include "../object/str.h"
#include "../thread/gil.h"
#include "argument.h"
#include "module_exception.h"

typedef struct State {
    Value error;
} State;

static State *state_of(Thread *t) { return t->interp->module_state[MODULE_binascii]; }
#define FAIL(...) error_set_type(t, (Type *)value_object(state_of(t)->error), __VA_ARGS__)

/* From this many bytes on a CRC is worth releasing the lock. */
#define LONG_DATA (5 * 1024)

/* ---- uuencoding ---- */

NATIVE(a2b_uu, "a2b_uu", "($module, data, /)", "Decodes a line of uuencoded data.")
{
    Buffer view;
    if (argument_buffer_or_ascii(t, args[1], &view) < 0)
        return VALUE_EMPTY;
    const uint8_t *p = view.data, *end = p + view.length;
    uint8_t count = p < end ? *p++ : 0;
    size_t length = (size_t)((count - ' ') & 077);
    Value result = bytes_new(t, NULL, length);
    if (value_is_empty(result))
        goto done;
    uint32_t bits = 0;
    int have = 0;
    for (size_t i = 0; i < length;) {
        uint32_t c = 0; /* what is missing at the end of a line were spaces */
        if (p < end && *p != '\n' && *p != '\r') {
            if (*p < ' ' || *p > ' ' + 64) {
                FAIL("Illegal char");
                goto fail;
            }
            c = (uint32_t)(*p - ' ') & 077;
        }
        if (p < end)
            p++;
        bits = bits << 6 | c;
        have += 6;
        if (have >= 8) {
            have -= 8;
            bytes_of(result)->data[i++] = (uint8_t)(bits >> have);
            bits &= (1u << have) - 1;
        }
    }
    for (; p < end; p++)
        if (*p != ' ' && *p != ' ' + 64 && *p != '\n' && *p != '\r') {
            FAIL("Trailing garbage");
            goto fail;
        }
    goto done;
fail:
    ref_clear(t, &result);
done:
    buffer_release(t, &view);
    return result;
}

NATIVE(b2a_uu, "b2a_uu", "($module, data, /, *, backtick=False)",
       "Encodes up to 45 bytes as a line; zeros as backticks if asked for.")
{
    Buffer view;
    int backtick = argument_bool(t, args[2], 0);
    if (backtick < 0 || buffer_get(t, args[1], &view, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    Value result = VALUE_EMPTY;
    if (view.length > 45) {
        FAIL("At most 45 bytes at once");
    } else {
        char line[70], *out = line, zero = backtick ? '`' : ' ';
        const uint8_t *p = view.data, *end = p + view.length;
        *out++ = view.length ? (char)(' ' + view.length) : zero;
        uint32_t bits = 0;
        int have = 0;
        while (p < end || have) {
            bits = bits << 8 | (p < end ? *p : 0);
            if (p < end)
                p++;
            for (have += 8; have >= 6; have -= 6) {
                uint32_t c = bits >> (have - 6) & 077;
                *out++ = c ? (char)(' ' + c) : zero;
            }
            bits &= 077;
        }
        *out++ = '\n';
        result = bytes_new(t, line, (size_t)(out - line));
    }
    buffer_release(t, &view);
    return result;
}

/* ---- base64 ---- */

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static inline uint8_t base64_value(uint8_t c)
{
    static const uint8_t values[256] = {
#define NONE16 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64
        NONE16, NONE16, 64, 64, 64, 64, 64, 64, 64,     64,     64,     64,     64,     62,     64,     64,    64, 63,
        52,     53,     54, 55, 56, 57, 58, 59, 60,     61,     64,     64,     64,     64,     64,     64,    64, 0,
        1,      2,      3,  4,  5,  6,  7,  8,  9,      10,     11,     12,     13,     14,     15,     16,    17, 18,
        19,     20,     21, 22, 23, 24, 25, 64, 64,     64,     64,     64,     64,     26,     27,     28,    29, 30,
        31,     32,     33, 34, 35, 36, 37, 38, 39,     40,     41,     42,     43,     44,     45,     46,    47, 48,
        49,     50,     51, 64, 64, 64, 64, 64, NONE16, NONE16, NONE16, NONE16, NONE16, NONE16, NONE16, NONE16
#undef NONE16
    };
    return values[c];
}

/* The number of bytes written, or -1 with binascii.Error. */
static int64_t decode_base64(Thread *t, const uint8_t *in, size_t n, uint8_t *out, bool strict)
{
    const uint8_t *start = out;
    int quad = 0, pads = 0;
    bool padding = false;
    uint8_t left = 0;
    for (size_t i = 0; i < n; i++) {
        /* whole quads at once */
        while (quad == 0 && !padding && n - i >= 4) {
            uint8_t a = base64_value(in[i]), b = base64_value(in[i + 1]), c = base64_value(in[i + 2]),
                    d = base64_value(in[i + 3]);
            if ((a | b | c | d) >= 64)
                break;
            out[0] = (uint8_t)(a << 2 | b >> 4);
            out[1] = (uint8_t)(b << 4 | c >> 2);
            out[2] = (uint8_t)(c << 6 | d);
            out += 3;
            i += 4;
            pads = 0;
        }
        if (i == n)
            break;
        if (in[i] == '=') {
            padding = true;
            if (strict && quad == 0)
                return FAIL(i == 0 ? "Leading padding not allowed" : "Excess padding not allowed"), -1;
            if (quad >= 2 && quad + ++pads >= 4) {
                if (strict && i + 1 < n)
                    return FAIL("Excess data after padding"), -1;
                return out - start;
            }
            continue;
        }
        uint8_t value = base64_value(in[i]);
        if (value >= 64) {
            if (strict)
                return FAIL("Only base64 data is allowed"), -1;
            continue;
        }
        if (strict && padding)
            return FAIL("Discontinuous padding not allowed"), -1;
        pads = 0;
        switch (quad) {
        case 0:
            quad = 1;
            left = value;
            break;
        case 1:
            quad = 2;
            *out++ = (uint8_t)(left << 2 | value >> 4);
            left = value & 0x0F;
            break;
        case 2:
            quad = 3;
            *out++ = (uint8_t)(left << 4 | value >> 2);
            left = value & 0x03;
            break;
        case 3:
            quad = 0;
            *out++ = (uint8_t)(left << 6 | value);
            left = 0;
            break;
        }
    }
    if (quad == 1)
        return FAIL("Invalid base64-encoded string: number of data characters (%lld) cannot be 1 more than a multiple "
                    "of 4",
                    (long long)((out - start) / 3 * 4 + 1)),
               -1;
    if (quad)
        return FAIL("Incorrect padding"), -1;
    return out - start;
}

NATIVE(a2b_base64, "a2b_base64", "($module, data, /, *, strict_mode=False)",
       "Decodes base64 text; other characters are skipped, or refused in strict mode.")
{
    Buffer view;
    int strict = argument_bool(t, args[2], 0);
    if (strict < 0 || argument_buffer_or_ascii(t, args[1], &view) < 0)
        return VALUE_EMPTY;
    BytesBuilder b = {0};
    uint8_t *out = bytesbuilder_reserve(t, &b, (view.length + 3) / 4 * 3);
    int64_t length = out ? decode_base64(t, view.data, view.length, out, strict) : -1;
    buffer_release(t, &view);
    if (length < 0) {
        bytesbuilder_discard(t, &b);
        return VALUE_EMPTY;
    }
    b.length = (size_t)length;
    return bytesbuilder_finish(t, &b);
}

NATIVE(b2a_base64, "b2a_base64", "($module, data, /, *, newline=True)", "Encodes bytes as a line of base64 text.")
{
    Buffer view;
    int newline = argument_bool(t, args[2], 1);
    if (newline < 0 || buffer_get(t, args[1], &view, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    Value result = VALUE_EMPTY;
    if (view.length > (size_t)PTRDIFF_MAX / 4 * 3 - 8) {
        FAIL("Too much data for base64 line");
    } else {
        size_t length = (view.length + 2) / 3 * 4 + (size_t)newline;
        result = bytes_new(t, NULL, length);
        if (!value_is_empty(result) && length) {
            const uint8_t *p = view.data;
            uint8_t *out = bytes_of(result)->data;
            size_t n = view.length;
            for (; n >= 3; n -= 3, p += 3) {
                uint32_t bits = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
                *out++ = (uint8_t)base64[bits >> 18];
                *out++ = (uint8_t)base64[bits >> 12 & 63];
                *out++ = (uint8_t)base64[bits >> 6 & 63];
                *out++ = (uint8_t)base64[bits & 63];
            }
            if (n) {
                uint32_t bits = (uint32_t)p[0] << 16 | (n == 2 ? (uint32_t)p[1] << 8 : 0);
                *out++ = (uint8_t)base64[bits >> 18];
                *out++ = (uint8_t)base64[bits >> 12 & 63];
                *out++ = n == 2 ? (uint8_t)base64[bits >> 6 & 63] : '=';
                *out++ = '=';
            }
            if (newline)
                *out = '\n';
        }
    }
    buffer_release(t, &view);
    return result;
}

/* ---- hexadecimal ---- */

static Value hexlify(Thread *t, Value *args)
{
    int sep;
    int64_t group;
    Buffer view;
    if (bytes_hex_arguments(t, args[2], args[3], &sep, &group) < 0 || buffer_get(t, args[1], &view, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    Value text = bytes_hex(t, view.data, view.length, sep, group), result = VALUE_EMPTY;
    buffer_release(t, &view);
    if (!value_is_empty(text))
        result = bytes_new(t, str_of(text)->data, str_of(text)->length);
    ref_dec(t, text);
    return result;
}

NATIVE(b2a_hex, "b2a_hex", "($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)",
       "Two hexadecimal digits a byte, as bytes.")
{
    return hexlify(t, args);
}
NATIVE(hexlify, "hexlify", "($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)",
       "Two hexadecimal digits a byte, as bytes.")
{
    return hexlify(t, args);
}

static inline int hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static Value unhexlify(Thread *t, Value hexstr)
{
    Buffer view;
    if (argument_buffer_or_ascii(t, hexstr, &view) < 0)
        return VALUE_EMPTY;
    Value result = VALUE_EMPTY;
    const uint8_t *p = view.data;
    if (view.length % 2) {
        FAIL("Odd-length string");
    } else {
        result = bytes_new(t, NULL, view.length / 2);
        for (size_t i = 0; i < view.length / 2 && !value_is_empty(result); i++) {
            int high = hex_value(p[2 * i]), low = hex_value(p[2 * i + 1]);
            if (high < 0 || low < 0) {
                FAIL("Non-hexadecimal digit found");
                ref_clear(t, &result);
                break;
            }
            bytes_of(result)->data[i] = (uint8_t)(high << 4 | low);
        }
    }
    buffer_release(t, &view);
    return result;
}

NATIVE(a2b_hex, "a2b_hex", "($module, hexstr, /)", "The bytes that pairs of hexadecimal digits describe.")
{
    return unhexlify(t, args[1]);
}
NATIVE(unhexlify, "unhexlify", "($module, hexstr, /)", "The bytes that pairs of hexadecimal digits describe.")
{
    return unhexlify(t, args[1]);
}

/* ---- CRCs ---- */

NATIVE(crc32, "crc32", "($module, data, crc=0, /)", "CRC-32 of the data, starting from crc.")
{
    Buffer view;
    uint32_t crc = 0;
    if (!value_is_empty(args[2])) {
        Value start = number_index(t, args[2]);
        if (value_is_empty(start))
            return VALUE_EMPTY;
        crc = (uint32_t)int_to_uint64_mask(start);
        ref_dec(t, start);
    }
    if (buffer_get(t, args[1], &view, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    if (view.length > LONG_DATA) {
        thread_detach(t, EVENT_COMPUTE);
        crc = (uint32_t)crc32_z(crc, view.data, view.length);
        thread_attach(t);
    } else {
        crc = (uint32_t)crc32_z(crc, view.data, view.length);
    }
    buffer_release(t, &view);
    return value_from_int(crc);
}

NATIVE(crc_hqx, "crc_hqx", "($module, data, crc, /)", "CRC-CCITT (of binhex4) of the data, starting from crc.")
{
    /* The remainders of the high four bits, by the polynomial x^16 + x^12 + x^5 + 1. */
    static const uint16_t table[16] = {0x0000, 0x1021, 0x2042, 0x3063, 0x4084, 0x50a5, 0x60c6, 0x70e7,
                                       0x8108, 0x9129, 0xa14a, 0xb16b, 0xc18c, 0xd1ad, 0xe1ce, 0xf1ef};
    Value start = number_index(t, args[2]);
    if (value_is_empty(start))
        return VALUE_EMPTY;
    uint32_t crc = (uint32_t)int_to_uint64_mask(start) & 0xFFFF;
    ref_dec(t, start);
    Buffer view;
    if (buffer_get(t, args[1], &view, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    const uint8_t *p = view.data;
    for (size_t i = 0; i < view.length; i++) {
        crc = (crc << 4 ^ table[(crc >> 12 ^ p[i] >> 4) & 15]) & 0xFFFF;
        crc = (crc << 4 ^ table[(crc >> 12 ^ p[i]) & 15]) & 0xFFFF;
    }
    buffer_release(t, &view);
    return value_from_int(crc);
}

/* ---- quoted-printable ---- */

NATIVE(a2b_qp, "a2b_qp", "($module, /, data, header=False)",
       "Decodes quoted-printable text; in headers underscores are spaces.")
{
    Buffer view;
    int header = argument_bool(t, args[2], 0);
    if (header < 0 || argument_buffer_or_ascii(t, args[1], &view) < 0)
        return VALUE_EMPTY;
    const uint8_t *in = view.data;
    size_t i = 0, count = view.length;
    BytesBuilder b = {0};
    uint8_t *out = bytesbuilder_reserve(t, &b, count);
    while (out && i < count) {
        if (in[i] == '=') {
            if (++i >= count)
                break;
            if (in[i] == '\n' || in[i] == '\r') { /* a soft line break */
                while (i < count && in[i] != '\n')
                    i++;
                i++;
            } else if (in[i] == '=') { /* written by a broken encoder */
                *out++ = '=';
                i++;
            } else if (i + 1 < count && hex_value(in[i]) >= 0 && hex_value(in[i + 1]) >= 0) {
                *out++ = (uint8_t)(hex_value(in[i]) << 4 | hex_value(in[i + 1]));
                i += 2;
            } else {
                *out++ = '=';
            }
        } else {
            *out++ = header && in[i] == '_' ? ' ' : in[i];
            i++;
        }
    }
    buffer_release(t, &view);
    if (!out)
        return VALUE_EMPTY;
    b.length = (size_t)(out - b.b->data);
    return bytesbuilder_finish(t, &b);
}

#define QP_LINE_MAX 76

/* Must byte i be written as =XX? */
static bool qp_quoted(const uint8_t *in, size_t i, size_t n, size_t line, bool quotetabs, bool istext, bool header)
{
    uint8_t c = in[i];
    bool last = i + 1 == n;
    if (c > 126 || c == '=' || (header && c == '_'))
        return true;
    if (c == '.' && line == 0 && (last || in[i + 1] == '\n' || in[i + 1] == '\r' || in[i + 1] == 0))
        return true; /* alone on a line it would end an SMTP message */
    if (c == '\r' || c == '\n')
        return !istext;
    if (c == '\t' || c == ' ')
        return last || quotetabs;
    return c < 33;
}

NATIVE(b2a_qp, "b2a_qp", "($module, /, data, quotetabs=False, istext=True, header=False)",
       "Encodes as quoted-printable text.")
{
    static const char hex[] = "0123456789ABCDEF";
    Buffer view;
    int quotetabs = argument_bool(t, args[2], 0), istext = quotetabs < 0 ? -1 : argument_bool(t, args[3], 1),
        header = istext < 0 ? -1 : argument_bool(t, args[4], 0);
    if (header < 0 || buffer_get(t, args[1], &view, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    const uint8_t *in = view.data, *newline = memchr(in, '\n', view.length);
    bool crlf = newline && newline > in && newline[-1] == '\r'; /* the first line end decides for all */
    size_t i = 0, count = view.length, line = 0;
    BytesBuilder b = {0};
    bool ok = bytesbuilder_reserve(t, &b, count) != NULL;
    while (i < count) {
        uint8_t *out = bytesbuilder_reserve(t, &b, 8), *before = out;
        if (!out) {
            ok = false;
            break;
        }
        bool quoted = qp_quoted(in, i, count, line, quotetabs, istext, header);
        bool line_end = !quoted && istext && (in[i] == '\n' || (in[i] == '\r' && i + 1 < count && in[i + 1] == '\n'));
        if (line_end) {
            line = 0;
            uint8_t previous = b.length ? b.b->data[b.length - 1] : 0;
            if (previous == ' ' || previous == '\t') { /* white space may not end a line */
                out[-1] = '=';
                *out++ = (uint8_t)hex[previous >> 4];
                *out++ = (uint8_t)hex[previous & 15];
            }
            if (crlf)
                *out++ = '\r';
            *out++ = '\n';
            i += in[i] == '\r' ? 2 : 1;
        } else {
            size_t width = quoted ? 3 : 1;
            bool full =
                quoted ? line + 3 >= QP_LINE_MAX : i + 1 != count && in[i + 1] != '\n' && line + 1 >= QP_LINE_MAX;
            if (full) {
                *out++ = '=';
                if (crlf)
                    *out++ = '\r';
                *out++ = '\n';
                line = 0;
            }
            line += width;
            if (quoted) {
                *out++ = '=';
                *out++ = (uint8_t)hex[in[i] >> 4];
                *out++ = (uint8_t)hex[in[i] & 15];
            } else {
                *out++ = header && in[i] == ' ' ? '_' : in[i];
            }
            i++;
        }
        b.length += (size_t)(out - before);
    }
    buffer_release(t, &view);
    if (!ok) {
        bytesbuilder_discard(t, &b);
        return VALUE_EMPTY;
    }
    return bytesbuilder_finish(t, &b);
}

static const NativeDef *const methods[] = {&native_a2b_uu,
                                           &native_b2a_uu,
                                           &native_a2b_base64,
                                           &native_b2a_base64,
                                           &native_b2a_hex,
                                           &native_hexlify,
                                           &native_a2b_hex,
                                           &native_unhexlify,
                                           &native_crc32,
                                           &native_crc_hqx,
                                           &native_a2b_qp,
                                           &native_b2a_qp,
                                           NULL};

static int exec(Thread *t, Value module)
{
    State *state = state_of(t);
    if (!state) {
        state = alloc_memory_zeroed(t, 1, sizeof *state);
        if (!state)
            return -1;
        t->interp->module_state[MODULE_binascii] = state;
    }
    Type *error = module_add_exception(t, module, "binascii.Error", t->interp->exceptions[EXC_ValueError], NULL);
    if (!error)
        return -1;
    ref_replace_take(t, &state->error, ref_inc(t, value_of(error)));
    return module_add_exception(t, module, "binascii.Incomplete", NULL, NULL) ? 0 : -1;
}

static void free_state(Thread *t, void *memory)
{
    ref_dec(t, ((State *)memory)->error);
    alloc_memory_free(t, memory);
}

const ModuleDef module_def_binascii = {.name = "binascii",
                                       .doc = "Conversion between binary data and ASCII text.",
                                       .methods = methods,
                                       .exec = exec,
                                       .free_state = free_state};
