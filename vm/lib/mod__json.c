/* mod__json.c: the module _json, which makes Lib/json quick: strings to and from their quoted form.  Documents are read by mod__json_scanner.c and
 * written by mod__json_encoder.c. */
#include "mod__json.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/codec_state.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/list.h"
#include "argument.h"

Value json_decode_error(Thread *t, const char *message, Value document, size_t position)
{
    JsonState *state = json_state(t);
    if (value_is_empty(state->decode_error)) {
        Value name = str_intern(t, "json.decoder"), package = VALUE_EMPTY, module = VALUE_EMPTY;
        if (!value_is_empty(name))
            package = object_call1(t, t->interp->import_func, name);
        if (!value_is_empty(package))
            module = object_getattr_string(t, package, "decoder");
        if (!value_is_empty(module))
            ref_replace_take(t, &state->decode_error, object_getattr_string(t, module, "JSONDecodeError"));
        ref_dec(t, module);
        ref_dec(t, package);
        ref_dec(t, name);
        if (value_is_empty(state->decode_error))
            return VALUE_EMPTY;
    }
    Value args[3] = {str_from_string(t, message), document, value_from_int((int64_t)position)};
    if (value_is_empty(args[0]))
        return VALUE_EMPTY;
    Value exc = object_call(t, state->decode_error, args, 3, VALUE_EMPTY);
    ref_dec(t, args[0]);
    return value_is_empty(exc) ? exc : error_set_take(t, exc);
}

/* ---- writing strings ---- */

static const char hex[] = "0123456789abcdef";

static int put_unicode_escape(Thread *t, StrBuilder *b, uint32_t unit)
{
    char text[6] = {'\\', 'u', hex[unit >> 12], hex[unit >> 8 & 15], hex[unit >> 4 & 15], hex[unit & 15]};
    return strbuilder_ascii(t, b, text, 6);
}

static int put_escape(Thread *t, StrBuilder *b, uint32_t c)
{
    switch (c) {
    case '\\': return strbuilder_ascii(t, b, "\\\\", 2);
    case '"': return strbuilder_ascii(t, b, "\\\"", 2);
    case '\b': return strbuilder_ascii(t, b, "\\b", 2);
    case '\f': return strbuilder_ascii(t, b, "\\f", 2);
    case '\n': return strbuilder_ascii(t, b, "\\n", 2);
    case '\r': return strbuilder_ascii(t, b, "\\r", 2);
    case '\t': return strbuilder_ascii(t, b, "\\t", 2);
    default: break;
    }
    if (c < 0x10000)
        return put_unicode_escape(t, b, c);
    c -= 0x10000;
    return put_unicode_escape(t, b, 0xD800 | c >> 10) < 0 ? -1 : put_unicode_escape(t, b, 0xDC00 | (c & 0x3FF));
}

int json_encode_str(Thread *t, StrBuilder *b, Value v, bool ascii)
{
    const Str *s = str_of(v);
    size_t run = 0;
    if (strbuilder_char(t, b, '"') < 0)
        return -1;
    for (size_t i = 0; i < s->length; i++) {
        uint32_t c = str_at(s, i);
        if (c >= ' ' && c != '"' && c != '\\' && (!ascii || c <= '~'))
            continue;
        if ((i > run && strbuilder_slice(t, b, v, run, i) < 0) || put_escape(t, b, c) < 0)
            return -1;
        run = i + 1;
    }
    if (s->length > run && strbuilder_slice(t, b, v, run, s->length) < 0)
        return -1;
    return strbuilder_char(t, b, '"');
}

static Value encode_function(Thread *t, Value v, bool ascii)
{
    if (!str_check(v))
        return error_set(t, EXC_TypeError, "first argument must be a string, not %.80T", v);
    StrBuilder b = {0};
    if (json_encode_str(t, &b, v, ascii) < 0) {
        strbuilder_discard(t, &b);
        return VALUE_EMPTY;
    }
    return strbuilder_finish(t, &b);
}

NATIVE(json_encode_basestring, "encode_basestring", "($module, object, /)",
       "A str quoted and escaped as JSON wants it.")
{
    return encode_function(t, args[1], false);
}
NATIVE(json_encode_basestring_ascii, "encode_basestring_ascii", "($module, object, /)",
       "A str quoted and escaped as JSON, in ASCII characters only.")
{
    return encode_function(t, args[1], true);
}

int json_builtin_encoder(Value v)
{
    if (!object_is(v, KIND_NATIVE))
        return -1;
    const NativeDef *def = ((const Native *)value_object(v))->def;
    return def == &native_json_encode_basestring_ascii ? 1 : def == &native_json_encode_basestring ? 0 : -1;
}

/* ---- reading strings ---- */

/* Index of the first quote, backslash or control character from i on. */
static size_t plain_run(const Str *s, size_t i, bool strict)
{
#define SCAN(type)                                                                                                     \
    {                                                                                                                  \
        const type *p = (const type *)(const void *)s->data;                                                           \
        while (i < s->length && p[i] != '"' && p[i] != '\\' && (p[i] >= ' ' || !strict))                               \
            i++;                                                                                                       \
        break;                                                                                                         \
    }
    switch (str_kind(s)) {
    case 1: SCAN(uint8_t)
    case 2: SCAN(uint16_t)
    default: SCAN(uint32_t)
    }
#undef SCAN
    return i;
}

/* Four hexadecimal digits at i, or -1. */
static int32_t four_digits(const Str *s, size_t i)
{
    int32_t c = 0;
    if (s->length < 4 || i > s->length - 4)
        return -1;
    for (size_t k = 0; k < 4; k++) {
        uint32_t d = str_at(s, i + k);
        if (d >= '0' && d <= '9')
            c = c << 4 | (int32_t)(d - '0');
        else if ((d | 32) >= 'a' && (d | 32) <= 'f' && d < 128)
            c = c << 4 | (int32_t)((d | 32) - 'a' + 10);
        else
            return -1;
    }
    return c;
}

Value json_scan_string(Thread *t, Value document, size_t start, bool strict, size_t *end)
{
    const Str *s = str_of(document);
    size_t i = plain_run(s, start, strict);
    if (LIKELY(i < s->length && str_at(s, i) == '"')) { /* no escapes at all */
        *end = i + 1;
        return str_slice(t, document, start, i);
    }
    StrBuilder b = {0};
    size_t run = start, opening = start - 1;
    for (;;) {
        if (i >= s->length) {
            json_decode_error(t, "Unterminated string starting at", document, opening);
            goto fail;
        }
        uint32_t c = str_at(s, i);
        if (i > run && strbuilder_slice(t, &b, document, run, i) < 0)
            goto fail;
        if (c == '"')
            break;
        if (c != '\\') {
            json_decode_error(t, "Invalid control character at", document, i);
            goto fail;
        }
        if (++i >= s->length) {
            json_decode_error(t, "Unterminated string starting at", document, opening);
            goto fail;
        }
        c = str_at(s, i++);
        switch (c) {
        case '"':
        case '\\':
        case '/': break;
        case 'b': c = '\b'; break;
        case 'f': c = '\f'; break;
        case 'n': c = '\n'; break;
        case 'r': c = '\r'; break;
        case 't': c = '\t'; break;
        case 'u': {
            int32_t unit = four_digits(s, i);
            if (unit < 0) {
                json_decode_error(t, "Invalid \\uXXXX escape", document, i - 1);
                goto fail;
            }
            i += 4;
            c = (uint32_t)unit;
            if (c - 0xD800 < 0x400 && i + 6 <= s->length && str_at(s, i) == '\\' && str_at(s, i + 1) == 'u') {
                int32_t low = four_digits(s, i + 2);
                if (low >= 0xDC00 && low < 0xE000) {
                    c = 0x10000 + ((c & 0x3FF) << 10 | ((uint32_t)low & 0x3FF));
                    i += 6;
                }
            }
            break;
        }
        default: json_decode_error(t, "Invalid \\escape", document, i - 2); goto fail;
        }
        if (strbuilder_char(t, &b, c) < 0)
            goto fail;
        run = i;
        i = plain_run(s, i, strict);
    }
    *end = i + 1;
    return strbuilder_finish(t, &b);
fail:
    strbuilder_discard(t, &b);
    return VALUE_EMPTY;
}

NATIVE(json_scanstring, "scanstring", "($module, string, end, strict=True, /)",
       "scanstring(string, end, strict=True): the string whose opening quote is before end, and the index behind it.")
{
    int64_t start;
    size_t end;
    int strict = argument_bool(t, args[3], 1);
    if (strict < 0 || argument_size(t, args[2], 0, &start) < 0)
        return VALUE_EMPTY;
    if (!str_check(args[1]))
        return error_set(t, EXC_TypeError, "first argument must be a string, not %.80T", args[1]);
    if (start < 0 || (uint64_t)start > str_length(args[1]))
        return error_set(t, EXC_ValueError, "end is out of bounds");
    Value text = json_scan_string(t, args[1], (size_t)start, strict, &end);
    if (value_is_empty(text))
        return text;
    Value result = tuple_pack(t, 2, text, value_from_int((int64_t)end));
    ref_dec(t, text);
    return result;
}

static const NativeDef *const methods[] = {&native_json_encode_basestring, &native_json_encode_basestring_ascii,
                                           &native_json_scanstring, NULL};

static int exec(Thread *t, Value module)
{
    JsonState *state = json_state(t);
    if (!state) {
        state = alloc_memory_zeroed(t, 1, sizeof *state);
        if (!state)
            return -1;
        t->interp->module_state[MODULE__json] = state;
    }
    const struct {
        const TypeSpec *spec;
        Type **slot;
        const char *name;
    } types[] = {{&json_scanner_spec, &state->scanner_type, "make_scanner"},
                 {&json_encoder_spec, &state->encoder_type, "make_encoder"}};
    for (int i = 0; i < 2; i++) {
        if (!*types[i].slot && !(*types[i].slot = type_from_spec(t, types[i].spec, NULL)))
            return -1;
        if (module_add_take(t, module, types[i].name, ref_inc(t, value_of(*types[i].slot))) < 0)
            return -1;
    }
    return 0;
}

static void free_state(Thread *t, void *memory)
{
    JsonState *state = memory;
    ref_dec_ptr(t, state->scanner_type);
    ref_dec_ptr(t, state->encoder_type);
    ref_dec(t, state->decode_error);
    alloc_memory_free(t, state);
}

const ModuleDef module_def__json = {.name = "_json",
                                    .doc = "Quick parts of the package json.",
                                    .methods = methods,
                                    .exec = exec,
                                    .free_state = free_state};
