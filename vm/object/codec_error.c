/* codec_error.c: what happens when text cannot be encoded or decoded: the built-in error handlers as Python functions, their short cuts, and calling
 * registered ones (PEP 293).
 *
 * No locks: an Encoder or Decoder belongs to one call.  Handlers run Python code; a decoder's input may be another one afterwards. */
#include "codec.h"

#include "../memory/ref.h"
#include "exception.h"
#include "int.h"
#include "list.h"
#include "native.h"
#include "codec_state.h"

ErrorMode codec_error_mode(const char *errors)
{
    static const struct {
        const char *name;
        ErrorMode mode;
    } modes[] = {{"strict", ERRORS_STRICT},
                 {"surrogateescape", ERRORS_SURROGATEESCAPE},
                 {"replace", ERRORS_REPLACE},
                 {"ignore", ERRORS_IGNORE},
                 {"backslashreplace", ERRORS_BACKSLASHREPLACE},
                 {"surrogatepass", ERRORS_SURROGATEPASS},
                 {"xmlcharrefreplace", ERRORS_XMLCHARREFREPLACE}};
    if (!errors)
        return ERRORS_STRICT;
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        if (strcmp(errors, modes[i].name) == 0)
            return modes[i].mode;
    return ERRORS_OTHER;
}

/* ---- exceptions ---- */

/* The same exception serves all errors of one call, as in CPython: a handler can see what it did to it last time. */
static int update_exception(Thread *t, Value *exc, ExceptionId id, const char *encoding, Value object, size_t start,
                            size_t end, const char *reason)
{
    if (value_is_empty(*exc)) {
        *exc = exception_new_unicode(t, id, encoding, object, (int64_t)start, (int64_t)end, reason);
        return value_is_empty(*exc) ? -1 : 0;
    }
    Value text = str_from_string(t, reason);
    if (value_is_empty(text))
        return -1;
    ExceptionUnicode *e = (ExceptionUnicode *)value_object(*exc);
    e->start = (int64_t)start;
    e->end = (int64_t)end;
    ref_replace_take(t, &e->reason, text);
    return 0;
}

static bool is_error(Thread *t, Value exc, ExceptionId id)
{
    return exception_check(exc) && type_is_subtype(value_object(exc)->type, t->interp->exceptions[id]);
}

int codec_error_info(Thread *t, Value exc, UnicodeErrorInfo *info)
{
    bool bytes = false;
    if (is_error(t, exc, EXC_UnicodeEncodeError)) {
        info->sort = UNICODE_ENCODE;
    } else if (is_error(t, exc, EXC_UnicodeDecodeError)) {
        info->sort = UNICODE_DECODE;
        bytes = true;
    } else if (is_error(t, exc, EXC_UnicodeTranslateError)) {
        info->sort = UNICODE_TRANSLATE;
    } else {
        error_set(t, EXC_TypeError, "don't know how to handle %#T in error callback", exc);
        return -1;
    }
    ExceptionUnicode *e = (ExceptionUnicode *)value_object(exc);
    if (value_is_empty(e->object)) {
        error_set(t, EXC_TypeError, "UnicodeError 'object' attribute is not set");
        return -1;
    }
    if (bytes ? !bytes_check(e->object) : !str_check(e->object)) {
        error_set(t, EXC_TypeError, "UnicodeError 'object' attribute must be a %s", bytes ? "bytes" : "string");
        return -1;
    }
    info->object = ref_inc(t, e->object);
    info->length = bytes ? bytes_of(e->object)->length : str_length(e->object);
    int64_t length = (int64_t)info->length, start = e->start, end = e->end;
    if (start >= length)
        start = length - 1;
    if (start < 0)
        start = 0;
    if (end < 1)
        end = 1;
    if (end > length)
        end = length;
    info->start = (size_t)start;
    info->end = (size_t)end;
    return 0;
}

/* ---- the built-in handlers ---- */

/* (replacement, position); takes the replacement. */
static Value handled(Thread *t, Value replacement, size_t position)
{
    if (value_is_empty(replacement))
        return replacement;
    Value result = tuple_pack(t, 2, replacement, value_from_int((int64_t)position));
    ref_dec(t, replacement);
    return result;
}

static Value wrong_type(Thread *t, Value exc)
{
    return error_set(t, EXC_TypeError, "don't know how to handle %#T in error callback", exc);
}

static Value reraise(Thread *t, Value exc)
{
    if (!exception_check(exc))
        return error_set(t, EXC_TypeError, "codec must pass exception instance");
    return error_set_take(t, ref_inc(t, exc));
}

NATIVE(strict_errors, "strict_errors", "(exception, /)", "Raises the exception.") { return reraise(t, args[0]); }

NATIVE(ignore_errors, "ignore_errors", "(exception, /)", "Leaves out what cannot be coded.")
{
    UnicodeErrorInfo info;
    if (codec_error_info(t, args[0], &info) < 0)
        return VALUE_EMPTY;
    ref_dec(t, info.object);
    return handled(t, ref_inc(t, t->interp->empty_str), info.end);
}

static Value repeated(Thread *t, uint32_t c, size_t n)
{
    Value v = str_new(t, n, c);
    if (!value_is_empty(v))
        for (size_t i = 0; i < n; i++) {
            if (c < 256)
                str_of(v)->data[i] = (uint8_t)c;
            else
                ((uint16_t *)(void *)str_of(v)->data)[i] = (uint16_t)c;
        }
    return v;
}

NATIVE(replace_errors, "replace_errors", "(exception, /)", "Puts a question mark or U+FFFD for what cannot be coded.")
{
    UnicodeErrorInfo info;
    if (codec_error_info(t, args[0], &info) < 0)
        return VALUE_EMPTY;
    ref_dec(t, info.object);
    size_t count = info.end > info.start ? info.end - info.start : 0;
    switch (info.sort) {
    case UNICODE_ENCODE: return handled(t, repeated(t, '?', count), info.end);
    case UNICODE_DECODE: return handled(t, repeated(t, 0xFFFD, 1), info.end);
    default: return handled(t, repeated(t, 0xFFFD, count), info.end);
    }
}

/* Writes an escape of c as ASCII: its length. */
static int escape(char *p, uint32_t c)
{
    static const char hex[] = "0123456789abcdef";
    int digits = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
    p[0] = '\\';
    p[1] = digits == 2 ? 'x' : digits == 4 ? 'u' : 'U';
    for (int i = 0; i < digits; i++)
        p[2 + i] = hex[c >> (4 * (digits - 1 - i)) & 15];
    return 2 + digits;
}

static int decimal_reference(char *p, uint32_t c)
{
    char digits[10];
    int n = 0, length = 0;
    do {
        digits[n++] = (char)('0' + c % 10);
        c /= 10;
    } while (c);
    p[length++] = '&';
    p[length++] = '#';
    while (n)
        p[length++] = digits[--n];
    p[length++] = ';';
    return length;
}

NATIVE(xmlcharrefreplace_errors, "xmlcharrefreplace_errors", "(exception, /)",
       "Puts XML character references for what cannot be encoded.")
{
    if (!is_error(t, args[0], EXC_UnicodeEncodeError))
        return wrong_type(t, args[0]);
    UnicodeErrorInfo info;
    if (codec_error_info(t, args[0], &info) < 0)
        return VALUE_EMPTY;
    StrBuilder b = {0};
    char text[16];
    for (size_t i = info.start; i < info.end; i++) {
        int length = decimal_reference(text, str_at(str_of(info.object), i));
        if (strbuilder_ascii(t, &b, text, (size_t)length) < 0) {
            strbuilder_discard(t, &b);
            ref_dec(t, info.object);
            return VALUE_EMPTY;
        }
    }
    ref_dec(t, info.object);
    return handled(t, strbuilder_finish(t, &b), info.end);
}

NATIVE(backslashreplace_errors, "backslashreplace_errors", "(exception, /)",
       "Puts backslash escapes for what cannot be coded.")
{
    UnicodeErrorInfo info;
    if (codec_error_info(t, args[0], &info) < 0)
        return VALUE_EMPTY;
    StrBuilder b = {0};
    char text[16];
    for (size_t i = info.start; i < info.end; i++) {
        int length =
            escape(text, info.sort == UNICODE_DECODE ? bytes_of(info.object)->data[i] : str_at(str_of(info.object), i));
        if (strbuilder_ascii(t, &b, text, (size_t)length) < 0) {
            strbuilder_discard(t, &b);
            ref_dec(t, info.object);
            return VALUE_EMPTY;
        }
    }
    ref_dec(t, info.object);
    return handled(t, strbuilder_finish(t, &b), info.end);
}

/* unicodedata.name(c, None), or empty with an exception. */
static Value character_name(Thread *t, uint32_t c)
{
    Value module = codec_import(t, "unicodedata"), result = VALUE_EMPTY;
    if (value_is_empty(module))
        return VALUE_EMPTY;
    Value function = object_getattr_string(t, module, "name");
    Value character = str_from_char(t, c);
    if (!value_is_empty(function) && !value_is_empty(character))
        result = object_call2(t, function, character, VALUE_NONE);
    ref_dec(t, character);
    ref_dec(t, function);
    ref_dec(t, module);
    return result;
}

NATIVE(namereplace_errors, "namereplace_errors", "(exception, /)", "Puts \\N{...} escapes for what cannot be encoded.")
{
    if (!is_error(t, args[0], EXC_UnicodeEncodeError))
        return wrong_type(t, args[0]);
    UnicodeErrorInfo info;
    if (codec_error_info(t, args[0], &info) < 0)
        return VALUE_EMPTY;
    StrBuilder b = {0};
    char text[16];
    for (size_t i = info.start; i < info.end; i++) {
        uint32_t c = str_at(str_of(info.object), i);
        Value name = character_name(t, c);
        int result = -1;
        if (!value_is_empty(name)) {
            if (str_check(name)) {
                if (strbuilder_ascii(t, &b, "\\N{", 3) == 0 && strbuilder_str(t, &b, name) == 0 &&
                    strbuilder_ascii(t, &b, "}", 1) == 0)
                    result = 0;
            } else {
                result = strbuilder_ascii(t, &b, text, (size_t)escape(text, c));
            }
            ref_dec(t, name);
        }
        if (result < 0) {
            strbuilder_discard(t, &b);
            ref_dec(t, info.object);
            return VALUE_EMPTY;
        }
    }
    ref_dec(t, info.object);
    return handled(t, strbuilder_finish(t, &b), info.end);
}

/* Which UTF an encoding's name means; 0 unknown.  8, or 16 and 32, negative for big endian. */
static int standard_encoding(const char *name)
{
    if ((name[0] | 32) != 'u' || (name[1] | 32) != 't' || (name[2] | 32) != 'f')
        return 0;
    name += 3;
    if (*name == '-' || *name == '_')
        name++;
    if (name[0] == '8' && name[1] == 0)
        return 8;
    int width = 0;
    if (name[0] == '1' && name[1] == '6')
        width = 16;
    else if (name[0] == '3' && name[1] == '2')
        width = 32;
    else
        return 0;
    name += 2;
    bool native_big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
    if (!*name)
        return native_big ? -width : width;
    if (*name == '-' || *name == '_')
        name++;
    if ((name[1] | 32) == 'e' && name[2] == 0) {
        if ((name[0] | 32) == 'b')
            return -width;
        if ((name[0] | 32) == 'l')
            return width;
    }
    return 0;
}

static int encode_surrogate(uint8_t *p, uint32_t c, int encoding)
{
    switch (encoding) {
    case 8:
        p[0] = (uint8_t)(0xE0 | c >> 12);
        p[1] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
        p[2] = (uint8_t)(0x80 | (c & 0x3F));
        return 3;
    case 16: p[0] = (uint8_t)c, p[1] = (uint8_t)(c >> 8); return 2;
    case -16: p[1] = (uint8_t)c, p[0] = (uint8_t)(c >> 8); return 2;
    case 32: p[0] = (uint8_t)c, p[1] = (uint8_t)(c >> 8), p[2] = p[3] = 0; return 4;
    default: p[3] = (uint8_t)c, p[2] = (uint8_t)(c >> 8), p[0] = p[1] = 0; return 4;
    }
}

/* The surrogate at p, and how many bytes it takes; 0 when there is none. */
static uint32_t decode_surrogate(const uint8_t *p, size_t left, int encoding, int *used)
{
    uint32_t c = 0;
    *used = encoding == 8 ? 3 : encoding == 16 || encoding == -16 ? 2 : 4;
    if (left < (size_t)*used)
        return 0;
    switch (encoding) {
    case 8:
        if ((p[0] & 0xF0) == 0xE0 && (p[1] & 0xC0) == 0x80 && (p[2] & 0xC0) == 0x80)
            c = (p[0] & 0xFu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
        break;
    case 16: c = (uint32_t)p[0] | (uint32_t)p[1] << 8; break;
    case -16: c = (uint32_t)p[1] | (uint32_t)p[0] << 8; break;
    case 32: c = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24; break;
    default: c = (uint32_t)p[3] | (uint32_t)p[2] << 8 | (uint32_t)p[1] << 16 | (uint32_t)p[0] << 24; break;
    }
    return c - 0xD800 < 0x800 ? c : 0;
}

NATIVE(surrogatepass_errors, "surrogatepass", "(exception, /)", "Codes surrogates as if they were characters.")
{
    Value exc = args[0];
    if (!is_error(t, exc, EXC_UnicodeEncodeError) && !is_error(t, exc, EXC_UnicodeDecodeError))
        return wrong_type(t, exc);
    ExceptionUnicode *e = (ExceptionUnicode *)value_object(exc);
    if (value_is_empty(e->encoding))
        return error_set(t, EXC_TypeError, "UnicodeError 'encoding' attribute is not set");
    if (!str_check(e->encoding))
        return error_set(t, EXC_TypeError, "UnicodeError 'encoding' attribute must be a string");
    UnicodeErrorInfo info;
    int encoding = standard_encoding(str_ascii_or(e->encoding, "?"));
    if (codec_error_info(t, exc, &info) < 0)
        return VALUE_EMPTY;
    Value result = VALUE_EMPTY;
    if (!encoding)
        goto refuse;
    if (info.sort == UNICODE_ENCODE) {
        BytesBuilder b = {0};
        uint8_t code[4];
        for (size_t i = info.start; i < info.end; i++) {
            uint32_t c = str_at(str_of(info.object), i);
            if (c - 0xD800 >= 0x800) {
                bytesbuilder_discard(t, &b);
                goto refuse;
            }
            if (bytesbuilder_append(t, &b, code, (size_t)encode_surrogate(code, c, encoding)) < 0) {
                bytesbuilder_discard(t, &b);
                ref_dec(t, info.object);
                return VALUE_EMPTY;
            }
        }
        result = handled(t, bytesbuilder_finish(t, &b), info.end);
    } else {
        int used;
        uint32_t c =
            decode_surrogate(bytes_of(info.object)->data + info.start, info.length - info.start, encoding, &used);
        if (!c)
            goto refuse;
        result = handled(t, str_from_char(t, c), info.start + (size_t)used);
    }
    ref_dec(t, info.object);
    return result;
refuse:
    ref_dec(t, info.object);
    return reraise(t, exc);
}

NATIVE(surrogateescape_errors, "surrogateescape", "(exception, /)",
       "Smuggles undecodable bytes as surrogates U+DC80 to U+DCFF (PEP 383).")
{
    Value exc = args[0];
    if (!is_error(t, exc, EXC_UnicodeEncodeError) && !is_error(t, exc, EXC_UnicodeDecodeError))
        return wrong_type(t, exc);
    UnicodeErrorInfo info;
    if (codec_error_info(t, exc, &info) < 0)
        return VALUE_EMPTY;
    Value result = VALUE_EMPTY;
    if (info.sort == UNICODE_ENCODE) {
        size_t count = info.end > info.start ? info.end - info.start : 0;
        result = bytes_new(t, NULL, count);
        for (size_t i = 0; i < count && !value_is_empty(result); i++) {
            uint32_t c = str_at(str_of(info.object), info.start + i);
            if (c - 0xDC80 >= 0x80) {
                ref_dec(t, result);
                goto refuse;
            }
            bytes_of(result)->data[i] = (uint8_t)(c - 0xDC00);
        }
        result = handled(t, result, info.end);
    } else {
        uint32_t text[4];
        size_t count = 0;
        for (; count < 4 && info.start + count < info.end; count++) {
            uint8_t c = bytes_of(info.object)->data[info.start + count];
            if (c < 128) /* ASCII is never escaped */
                break;
            text[count] = 0xDC00u + c;
        }
        if (!count)
            goto refuse;
        result = handled(t, str_from_ucs4(t, text, count), info.start + count);
    }
    ref_dec(t, info.object);
    return result;
refuse:
    ref_dec(t, info.object);
    return reraise(t, exc);
}

const CodecHandler codec_handlers[] = {{"strict", &native_strict_errors},
                                       {"ignore", &native_ignore_errors},
                                       {"replace", &native_replace_errors},
                                       {"xmlcharrefreplace", &native_xmlcharrefreplace_errors},
                                       {"backslashreplace", &native_backslashreplace_errors},
                                       {"namereplace", &native_namereplace_errors},
                                       {"surrogatepass", &native_surrogatepass_errors},
                                       {"surrogateescape", &native_surrogateescape_errors},
                                       {NULL, NULL}};

/* ---- decoding ---- */

/* Splits what a handler returned: the replacement owned, the position; 0 or -1. */
static int parse_result(Thread *t, Value result, bool bytes_allowed, bool index_error, const char *message,
                        Value *replacement, int64_t *position)
{
    if (!tuple_check(result) || tuple_length(result) != 2) {
        error_set(t, EXC_TypeError, "%s", message);
        return -1;
    }
    Value text = tuple_peek(result, 0);
    if (!str_check(text) && !(bytes_allowed && bytes_check(text))) {
        error_set(t, EXC_TypeError, "%s", message);
        return -1;
    }
    *position = number_index_int64(t, tuple_peek(result, 1), index_error ? EXC_IndexError : EXC_OverflowError);
    if (*position == -1 && error_pending(t)) {
        if (error_swallow(t, EXC_TypeError))
            error_set(t, EXC_TypeError, "%s", message);
        return -1;
    }
    *replacement = ref_inc(t, text);
    return 0;
}

static int64_t check_position(Thread *t, int64_t position, size_t length)
{
    if (position < 0)
        position += (int64_t)length;
    if (position < 0 || position > (int64_t)length) {
        error_set(t, EXC_IndexError, "position %lld from error handler out of bounds", (long long)position);
        return -1;
    }
    return position;
}

static int64_t call_decode_handler(Thread *t, Decoder *d, const char *reason, size_t start, size_t end)
{
    if (value_is_empty(d->object)) {
        d->object = bytes_new(t, d->data, d->n);
        if (value_is_empty(d->object))
            return -1;
        d->data = bytes_of(d->object)->data;
    }
    if (value_is_empty(d->handler)) {
        d->handler = codec_lookup_error(t, d->errors);
        if (value_is_empty(d->handler))
            return -1;
    }
    if (update_exception(t, &d->exc, EXC_UnicodeDecodeError, d->encoding, d->object, start, end, reason) < 0)
        return -1;
    Value result = object_call1(t, d->handler, d->exc), replacement;
    if (value_is_empty(result))
        return -1;
    int64_t position;
    int ok = parse_result(t, result, false, d->multibyte, "decoding error handler must return (str, int) tuple",
                          &replacement, &position);
    ref_dec(t, result);
    if (ok < 0)
        return -1;
    ok = strbuilder_str(t, &d->out, replacement);
    ref_dec(t, replacement);
    if (ok < 0)
        return -1;
    Value object = ((ExceptionUnicode *)value_object(d->exc))->object;
    if (value_is_empty(object) || !bytes_check(object)) {
        error_set(t, EXC_TypeError, "UnicodeError 'object' attribute %s",
                  value_is_empty(object) ? "is not set" : "must be a bytes");
        return -1;
    }
    if (!value_is(object, d->object) && !d->multibyte) {
        ref_replace_take(t, &d->object, ref_inc(t, object));
        d->data = bytes_of(object)->data;
        d->n = bytes_of(object)->length;
    }
    return check_position(t, position, d->n);
}

int64_t decoder_error(Thread *t, Decoder *d, const char *reason, size_t start, size_t end)
{
    char text[16];
    switch (d->mode) {
    case ERRORS_IGNORE: return (int64_t)end;
    case ERRORS_REPLACE: return strbuilder_char(t, &d->out, 0xFFFD) < 0 ? -1 : (int64_t)end;
    case ERRORS_BACKSLASHREPLACE:
        for (size_t i = start; i < end; i++)
            if (strbuilder_ascii(t, &d->out, text, (size_t)escape(text, d->data[i])) < 0)
                return -1;
        return (int64_t)end;
    case ERRORS_SURROGATEESCAPE: {
        size_t i = start;
        for (; i < end && i < start + 4 && d->data[i] >= 128; i++)
            if (strbuilder_char(t, &d->out, 0xDC00u + d->data[i]) < 0)
                return -1;
        if (i > start)
            return (int64_t)i;
        break;
    }
    case ERRORS_SURROGATEPASS: {
        int used, encoding = standard_encoding(d->encoding);
        uint32_t c = encoding ? decode_surrogate(d->data + start, d->n - start, encoding, &used) : 0;
        if (c)
            return strbuilder_char(t, &d->out, c) < 0 ? -1 : (int64_t)(start + (size_t)used);
        break;
    }
    default: break;
    }
    return call_decode_handler(t, d, reason, start, end);
}

static void decoder_release(Thread *t, Decoder *d)
{
    ref_clear(t, &d->object);
    ref_clear(t, &d->handler);
    ref_clear(t, &d->exc);
}

Value decoder_finish(Thread *t, Decoder *d)
{
    Value result = strbuilder_finish(t, &d->out);
    decoder_release(t, d);
    return result;
}

Value decoder_fail(Thread *t, Decoder *d)
{
    strbuilder_discard(t, &d->out);
    Value pending = error_take(t);
    decoder_release(t, d);
    if (!value_is_empty(pending))
        error_restore_take(t, pending);
    return VALUE_EMPTY;
}

/* ---- encoding ---- */

Value encoder_raise(Thread *t, Encoder *e, const char *reason, size_t start, size_t end)
{
    if (update_exception(t, &e->exc, EXC_UnicodeEncodeError, e->encoding, e->str, start, end, reason) == 0)
        error_set_take(t, ref_inc(t, e->exc));
    return VALUE_EMPTY;
}

int64_t encoder_error(Thread *t, Encoder *e, const char *reason, size_t start, size_t end, Value *replacement)
{
    *replacement = VALUE_EMPTY;
    if (e->mode == ERRORS_STRICT) {
        encoder_raise(t, e, reason, start, end);
        return -1;
    }
    if (value_is_empty(e->handler)) {
        e->handler = codec_lookup_error(t, e->errors);
        if (value_is_empty(e->handler))
            return -1;
    }
    if (update_exception(t, &e->exc, EXC_UnicodeEncodeError, e->encoding, e->str, start, end, reason) < 0)
        return -1;
    Value result = object_call1(t, e->handler, e->exc);
    if (value_is_empty(result))
        return -1;
    int64_t position;
    int ok = parse_result(t, result, true, e->multibyte, "encoding error handler must return (str/bytes, int) tuple",
                          replacement, &position);
    ref_dec(t, result);
    if (ok < 0)
        return -1;
    position = check_position(t, position, str_length(e->str));
    if (position < 0)
        ref_clear(t, replacement);
    return position;
}

int64_t encoder_error_simple(Thread *t, Encoder *e, const char *reason, size_t start, size_t end, uint32_t limit)
{
    const Str *s = str_of(e->str);
    char text[16];
    switch (e->mode) {
    case ERRORS_STRICT: encoder_raise(t, e, reason, start, end); return -1;
    case ERRORS_IGNORE: return (int64_t)end;
    case ERRORS_REPLACE: {
        uint8_t *p = bytesbuilder_reserve(t, &e->out, end - start);
        if (!p)
            return -1;
        memset(p, '?', end - start);
        e->out.length += end - start;
        return (int64_t)end;
    }
    case ERRORS_BACKSLASHREPLACE:
    case ERRORS_XMLCHARREFREPLACE:
        for (size_t i = start; i < end; i++) {
            int n =
                e->mode == ERRORS_BACKSLASHREPLACE ? escape(text, str_at(s, i)) : decimal_reference(text, str_at(s, i));
            if (bytesbuilder_append(t, &e->out, text, (size_t)n) < 0)
                return -1;
        }
        return (int64_t)end;
    case ERRORS_SURROGATEESCAPE: {
        size_t i = start;
        for (; i < end && str_at(s, i) - 0xDC80 < 0x80; i++)
            if (bytesbuilder_byte(t, &e->out, (uint8_t)(str_at(s, i) - 0xDC00)) < 0)
                return -1;
        if (i == end)
            return (int64_t)end;
        start = i;
        break;
    }
    default: break;
    }
    Value replacement;
    int64_t position = encoder_error(t, e, reason, start, end, &replacement);
    if (position < 0)
        return -1;
    if (bytes_check(replacement)) {
        if (bytesbuilder_append(t, &e->out, bytes_of(replacement)->data, bytes_of(replacement)->length) < 0)
            position = -1;
    } else {
        const Str *r = str_of(replacement);
        uint8_t *p = bytesbuilder_reserve(t, &e->out, r->length);
        if (!p)
            position = -1;
        for (size_t i = 0; p && i < r->length; i++) {
            uint32_t c = str_at(r, i);
            if (c >= limit) {
                encoder_raise(t, e, reason, start, end);
                position = -1;
                break;
            }
            p[i] = (uint8_t)c;
        }
        if (position >= 0)
            e->out.length += r->length;
    }
    ref_dec(t, replacement);
    return position;
}

static void encoder_release(Thread *t, Encoder *e)
{
    ref_clear(t, &e->handler);
    ref_clear(t, &e->exc);
}

Value encoder_finish(Thread *t, Encoder *e)
{
    Value result = bytesbuilder_finish(t, &e->out);
    encoder_release(t, e);
    return result;
}

Value encoder_fail(Thread *t, Encoder *e)
{
    bytesbuilder_discard(t, &e->out);
    Value pending = error_take(t);
    encoder_release(t, e);
    if (!value_is_empty(pending))
        error_restore_take(t, pending);
    return VALUE_EMPTY;
}

/* ---- translating ---- */

int64_t codec_translate_error(Thread *t, const char *errors, Value str, const char *reason, size_t start, size_t end,
                              Value *replacement)
{
    *replacement = VALUE_EMPTY;
    Value exc = exception_new_unicode(t, EXC_UnicodeTranslateError, NULL, str, (int64_t)start, (int64_t)end, reason);
    Value handler = value_is_empty(exc) ? VALUE_EMPTY : codec_lookup_error(t, errors);
    Value result = value_is_empty(handler) ? VALUE_EMPTY : object_call1(t, handler, exc);
    ref_dec(t, handler);
    ref_dec(t, exc);
    int64_t position = -1;
    if (!value_is_empty(result)) {
        if (parse_result(t, result, false, false, "translating error handler must return (str, int) tuple", replacement,
                         &position) < 0)
            position = -1;
        else if ((position = check_position(t, position, str_length(str))) < 0)
            ref_clear(t, replacement);
        ref_dec(t, result);
    }
    return position;
}
