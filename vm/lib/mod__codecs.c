/* mod__codecs.c: the module _codecs: the registry of codecs and the codecs written in C, as Lib/codecs.py and Lib/encodings use them.
 *
 * No state of its own: the registry is in ../object/codec.c. */
#include "../object/codec.h"

#include "../object/int.h"
#include "../object/list.h"
#include "../object/module.h"
#include "argument.h"

/* ---- the registry ---- */

NATIVE(codecs_register, "register", "($module, search_function, /)",
       "Adds a function that finds codecs by their normalised names.")
{
    return codec_register(t, args[1]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(codecs_unregister, "unregister", "($module, search_function, /)",
       "Takes a search function out again and forgets the codecs found.")
{
    return codec_unregister(t, args[1]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(codecs_lookup, "lookup", "($module, encoding, /)", "The CodecInfo of an encoding.")
{
    Value owner;
    const char *encoding = argument_string(t, args[1], "lookup", "argument", &owner);
    Value result = encoding ? codec_lookup(t, encoding) : VALUE_EMPTY;
    ref_dec(t, owner);
    return result;
}

static Value convert(Thread *t, Value *args, const char *function,
                     Value (*operation)(Thread *, Value, const char *, const char *))
{
    const char *encoding = "utf-8", *errors = NULL;
    Value owner1 = VALUE_EMPTY, owner2 = VALUE_EMPTY, result = VALUE_EMPTY;
    if (!value_is_empty(args[2]) && !(encoding = argument_string(t, args[2], function, "argument 'encoding'", &owner1)))
        goto done;
    if (!value_is_empty(args[3]) && !(errors = argument_string(t, args[3], function, "argument 'errors'", &owner2)))
        goto done;
    result = operation(t, args[1], encoding, errors);
done:
    ref_dec(t, owner1);
    ref_dec(t, owner2);
    return result;
}

NATIVE(codecs_encode, "encode", "($module, /, obj, encoding='utf-8', errors='strict')",
       "Encodes any object by the codec of a name.")
{
    return convert(t, args, "encode", codec_encode_object);
}
NATIVE(codecs_decode, "decode", "($module, /, obj, encoding='utf-8', errors='strict')",
       "Decodes any object by the codec of a name.")
{
    return convert(t, args, "decode", codec_decode_object);
}

NATIVE(codecs_register_error, "register_error", "($module, errors, handler, /)",
       "Registers a handler of encoding and decoding errors under a name.")
{
    Value owner;
    const char *name = argument_string(t, args[1], "register_error", "argument 1", &owner);
    int result = name ? codec_register_error(t, name, args[2]) : -1;
    ref_dec(t, owner);
    return result < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(codecs_unregister_error, "_unregister_error", "($module, errors, /)",
       "Takes a registered handler out again: was there one?")
{
    Value owner;
    const char *name = argument_string(t, args[1], "_unregister_error", "argument", &owner);
    int result = name ? codec_unregister_error(t, name) : -1;
    ref_dec(t, owner);
    return result < 0 ? VALUE_EMPTY : value_from_bool(result);
}

NATIVE(codecs_lookup_error, "lookup_error", "($module, name, /)", "The handler registered under a name.")
{
    Value owner;
    const char *name = argument_string(t, args[1], "lookup_error", "argument", &owner);
    Value result = name ? codec_lookup_error(t, name) : VALUE_EMPTY;
    ref_dec(t, owner);
    return result;
}

/* ---- codecs: (result, length of the input used) ---- */

/* Takes the result. */
static Value with_length(Thread *t, Value result, size_t used)
{
    if (value_is_empty(result))
        return result;
    Value pair = tuple_pack(t, 2, result, value_from_int((int64_t)used));
    ref_dec(t, result);
    return pair;
}

typedef struct DecodeCall {
    Buffer view;
    const char *errors;
    Value owner;
    int final;
} DecodeCall;

static int decode_begin(Thread *t, DecodeCall *call, const char *function, Value data, Value errors, Value final,
                        int final_absent, bool str_allowed)
{
    call->owner = VALUE_EMPTY;
    if ((str_allowed ? argument_buffer_or_str : argument_buffer)(t, data, function, "argument 1", &call->view) < 0)
        return -1;
    call->final = argument_bool(t, final, final_absent);
    if (call->final < 0 ||
        argument_string_or_none(t, errors, function, "argument 2", &call->errors, &call->owner) < 0) {
        buffer_release(t, &call->view);
        ref_dec(t, call->owner);
        return -1;
    }
    return 0;
}

static Value decode_end(Thread *t, DecodeCall *call, Value result, size_t used)
{
    buffer_release(t, &call->view);
    ref_dec(t, call->owner);
    return with_length(t, result, used);
}

#define DECODE(name, code)                                                                                             \
    NATIVE(codecs_##name, #name, "($module, data, errors=None, final=False, /)",                                       \
           "Decodes bytes; with final false, an incomplete end is left.")                                              \
    {                                                                                                                  \
        DecodeCall call;                                                                                               \
        if (decode_begin(t, &call, #name, args[1], args[2], args[3], 0, false) < 0)                                    \
            return VALUE_EMPTY;                                                                                        \
        size_t used = call.view.length, *consumed = call.final ? NULL : &used;                                         \
        int order;                                                                                                     \
        (void)order;                                                                                                   \
        Value result = code;                                                                                           \
        return decode_end(t, &call, result, used);                                                                     \
    }

DECODE(utf_7_decode, codec_utf7_decode(t, call.view.data, call.view.length, call.errors, consumed))
DECODE(utf_8_decode, codec_utf8_decode(t, call.view.data, call.view.length, call.errors, consumed))
DECODE(utf_16_decode,
       (order = 0, codec_utf16_decode(t, call.view.data, call.view.length, call.errors, &order, consumed)))
DECODE(utf_16_le_decode,
       (order = -1, codec_utf16_decode(t, call.view.data, call.view.length, call.errors, &order, consumed)))
DECODE(utf_16_be_decode,
       (order = 1, codec_utf16_decode(t, call.view.data, call.view.length, call.errors, &order, consumed)))
DECODE(utf_32_decode,
       (order = 0, codec_utf32_decode(t, call.view.data, call.view.length, call.errors, &order, consumed)))
DECODE(utf_32_le_decode,
       (order = -1, codec_utf32_decode(t, call.view.data, call.view.length, call.errors, &order, consumed)))
DECODE(utf_32_be_decode,
       (order = 1, codec_utf32_decode(t, call.view.data, call.view.length, call.errors, &order, consumed)))

/* (text, used, byte order found). */
static Value decode_ex(Thread *t, Value *args, const char *function,
                       Value (*decode)(Thread *, const void *, size_t, const char *, int *, size_t *))
{
    DecodeCall call;
    int order;
    if (argument_int(t, args[3], 0, &order) < 0 ||
        decode_begin(t, &call, function, args[1], args[2], args[4], 0, false) < 0)
        return VALUE_EMPTY;
    size_t used = call.view.length;
    Value text = decode(t, call.view.data, call.view.length, call.errors, &order, call.final ? NULL : &used),
          result = VALUE_EMPTY;
    buffer_release(t, &call.view);
    ref_dec(t, call.owner);
    if (!value_is_empty(text))
        result = tuple_pack(t, 3, text, value_from_int((int64_t)used), value_from_int(order));
    ref_dec(t, text);
    return result;
}

NATIVE(codecs_utf_16_ex_decode, "utf_16_ex_decode", "($module, data, errors=None, byteorder=0, final=False, /)",
       "As utf_16_decode, also telling the byte order.")
{
    return decode_ex(t, args, "utf_16_ex_decode", codec_utf16_decode);
}
NATIVE(codecs_utf_32_ex_decode, "utf_32_ex_decode", "($module, data, errors=None, byteorder=0, final=False, /)",
       "As utf_32_decode, also telling the byte order.")
{
    return decode_ex(t, args, "utf_32_ex_decode", codec_utf32_decode);
}

NATIVE(codecs_latin_1_decode, "latin_1_decode", "($module, data, errors=None, /)", "Decodes Latin-1.")
{
    DecodeCall call;
    if (decode_begin(t, &call, "latin_1_decode", args[1], args[2], VALUE_EMPTY, 1, false) < 0)
        return VALUE_EMPTY;
    return decode_end(t, &call, str_from_latin1(t, call.view.data, call.view.length), call.view.length);
}
NATIVE(codecs_ascii_decode, "ascii_decode", "($module, data, errors=None, /)", "Decodes ASCII.")
{
    DecodeCall call;
    if (decode_begin(t, &call, "ascii_decode", args[1], args[2], VALUE_EMPTY, 1, false) < 0)
        return VALUE_EMPTY;
    return decode_end(t, &call, codec_ascii_decode(t, call.view.data, call.view.length, call.errors), call.view.length);
}
NATIVE(codecs_charmap_decode, "charmap_decode", "($module, data, errors=None, mapping=None, /)",
       "Decodes by a mapping of bytes to characters.")
{
    DecodeCall call;
    if (decode_begin(t, &call, "charmap_decode", args[1], args[2], VALUE_EMPTY, 1, false) < 0)
        return VALUE_EMPTY;
    return decode_end(t, &call, codec_charmap_decode(t, call.view.data, call.view.length, args[3], call.errors),
                      call.view.length);
}

/* Warns about the first invalid escape of `data`: 0, or -1. */
static int warn_escape(Thread *t, const char *prefix, const Buffer *data, int64_t at, bool octal)
{
    if (at < 0)
        return 0;
    const uint8_t *p = (const uint8_t *)data->data + at;
    if (octal)
        return error_warn(
            t, EXC_DeprecationWarning, 1,
            "%s\"\\%c%c%c\" is an invalid octal escape sequence. Such sequences will not work in the future. ", prefix,
            p[0], p[1], p[2]);
    return error_warn(t, EXC_DeprecationWarning, 1,
                      "%s\"\\%c\" is an invalid escape sequence. Such sequences will not work in the future. ", prefix,
                      p[0]);
}

NATIVE(codecs_unicode_escape_decode, "unicode_escape_decode", "($module, data, errors=None, final=True, /)",
       "Decodes text with backslash escapes.")
{
    DecodeCall call;
    if (decode_begin(t, &call, "unicode_escape_decode", args[1], args[2], args[3], 1, true) < 0)
        return VALUE_EMPTY;
    size_t used = call.view.length;
    int64_t invalid;
    bool octal = false;
    Value result = codec_unicode_escape_decode(t, call.view.data, call.view.length, call.errors,
                                               call.final ? NULL : &used, &invalid, &octal);
    if (!value_is_empty(result) && warn_escape(t, "", &call.view, invalid, octal) < 0)
        ref_clear(t, &result);
    return decode_end(t, &call, result, used);
}
NATIVE(codecs_raw_unicode_escape_decode, "raw_unicode_escape_decode", "($module, data, errors=None, final=True, /)",
       "Decodes text with \\u and \\U escapes only.")
{
    DecodeCall call;
    if (decode_begin(t, &call, "raw_unicode_escape_decode", args[1], args[2], args[3], 1, true) < 0)
        return VALUE_EMPTY;
    size_t used = call.view.length;
    Value result =
        codec_raw_unicode_escape_decode(t, call.view.data, call.view.length, call.errors, call.final ? NULL : &used);
    return decode_end(t, &call, result, used);
}
NATIVE(codecs_escape_decode, "escape_decode", "($module, data, errors=None, /)",
       "Decodes the escapes of bytes literals to bytes.")
{
    DecodeCall call;
    if (decode_begin(t, &call, "escape_decode", args[1], args[2], VALUE_EMPTY, 1, true) < 0)
        return VALUE_EMPTY;
    int64_t invalid;
    bool octal = false;
    Value result = codec_escape_decode(t, call.view.data, call.view.length, call.errors, &invalid, &octal);
    if (!value_is_empty(result) && warn_escape(t, "b", &call.view, invalid, octal) < 0)
        ref_clear(t, &result);
    return decode_end(t, &call, result, call.view.length);
}

#define ENCODE(name, code)                                                                                             \
    NATIVE(codecs_##name, #name, "($module, str, errors=None, /)", "Encodes text.")                                    \
    {                                                                                                                  \
        const char *errors;                                                                                            \
        Value owner = VALUE_EMPTY;                                                                                     \
        if (argument_str(t, args[1], #name, "argument 1") < 0 ||                                                       \
            argument_string_or_none(t, args[2], #name, "argument 2", &errors, &owner) < 0) {                           \
            ref_dec(t, owner);                                                                                         \
            return VALUE_EMPTY;                                                                                        \
        }                                                                                                              \
        Value result = code;                                                                                           \
        ref_dec(t, owner);                                                                                             \
        return with_length(t, result, str_length(args[1]));                                                            \
    }

ENCODE(utf_7_encode, codec_utf7_encode(t, args[1], errors))
ENCODE(utf_8_encode, codec_utf8_encode(t, args[1], errors))
ENCODE(utf_16_le_encode, codec_utf16_encode(t, args[1], errors, -1))
ENCODE(utf_16_be_encode, codec_utf16_encode(t, args[1], errors, 1))
ENCODE(utf_32_le_encode, codec_utf32_encode(t, args[1], errors, -1))
ENCODE(utf_32_be_encode, codec_utf32_encode(t, args[1], errors, 1))
ENCODE(unicode_escape_encode, codec_unicode_escape_encode(t, args[1]))
ENCODE(raw_unicode_escape_encode, codec_raw_unicode_escape_encode(t, args[1]))
ENCODE(latin_1_encode, codec_latin1_encode(t, args[1], errors))
ENCODE(ascii_encode, codec_ascii_encode(t, args[1], errors))

static Value encode_ordered(Thread *t, Value *args, const char *function,
                            Value (*encode)(Thread *, Value, const char *, int))
{
    const char *errors;
    int order;
    Value owner = VALUE_EMPTY, result = VALUE_EMPTY;
    if (argument_str(t, args[1], function, "argument 1") == 0 &&
        argument_string_or_none(t, args[2], function, "argument 2", &errors, &owner) == 0 &&
        argument_int(t, args[3], 0, &order) == 0)
        result = with_length(t, encode(t, args[1], errors, order), str_length(args[1]));
    ref_dec(t, owner);
    return result;
}

NATIVE(codecs_utf_16_encode, "utf_16_encode", "($module, str, errors=None, byteorder=0, /)",
       "Encodes to UTF-16; a byte order of 0 is the machine's, with a mark.")
{
    return encode_ordered(t, args, "utf_16_encode", codec_utf16_encode);
}
NATIVE(codecs_utf_32_encode, "utf_32_encode", "($module, str, errors=None, byteorder=0, /)",
       "Encodes to UTF-32; a byte order of 0 is the machine's, with a mark.")
{
    return encode_ordered(t, args, "utf_32_encode", codec_utf32_encode);
}

NATIVE(codecs_charmap_encode, "charmap_encode", "($module, str, errors=None, mapping=None, /)",
       "Encodes by a mapping of characters to bytes.")
{
    const char *errors;
    Value owner = VALUE_EMPTY, result = VALUE_EMPTY;
    if (argument_str(t, args[1], "charmap_encode", "argument 1") == 0 &&
        argument_string_or_none(t, args[2], "charmap_encode", "argument 2", &errors, &owner) == 0)
        result = with_length(t, codec_charmap_encode(t, args[1], args[3], errors), str_length(args[1]));
    ref_dec(t, owner);
    return result;
}

NATIVE(codecs_charmap_build, "charmap_build", "($module, map, /)", "The encoding map of a decoding table.")
{
    return argument_str(t, args[1], "charmap_build", "argument") < 0 ? VALUE_EMPTY : codec_charmap_build(t, args[1]);
}

NATIVE(codecs_escape_encode, "escape_encode", "($module, data, errors=None, /)",
       "Encodes bytes with the escapes of bytes literals.")
{
    if (argument_bytes(t, args[1], "escape_encode", "argument 1") < 0)
        return VALUE_EMPTY;
    const Bytes *bytes = bytes_of(args[1]);
    static const char digits[] = "0123456789abcdef";
    BytesBuilder b = {0};
    for (size_t i = 0; i < bytes->length; i++) {
        uint8_t c = bytes->data[i], *p = bytesbuilder_reserve(t, &b, 4), *before = p;
        if (!p) {
            bytesbuilder_discard(t, &b);
            return VALUE_EMPTY;
        }
        if (c == '\'' || c == '\\') {
            *p++ = '\\';
            *p++ = c;
        } else if (c == '\t' || c == '\n' || c == '\r') {
            *p++ = '\\';
            *p++ = c == '\t' ? 't' : c == '\n' ? 'n' : 'r';
        } else if (c < ' ' || c >= 0x7f) {
            *p++ = '\\';
            *p++ = 'x';
            *p++ = (uint8_t)digits[c >> 4];
            *p++ = (uint8_t)digits[c & 15];
        } else {
            *p++ = c;
        }
        b.length += (size_t)(p - before);
    }
    return with_length(t, bytesbuilder_finish(t, &b), bytes->length);
}

NATIVE(codecs_readbuffer_encode, "readbuffer_encode", "($module, data, errors=None, /)",
       "The bytes of a buffer or of a str in UTF-8.")
{
    DecodeCall call;
    if (decode_begin(t, &call, "readbuffer_encode", args[1], args[2], VALUE_EMPTY, 1, true) < 0)
        return VALUE_EMPTY;
    return decode_end(t, &call, bytes_new(t, call.view.data, call.view.length), call.view.length);
}

static const NativeDef *const methods[] = {
    &native_codecs_register,
    &native_codecs_unregister,
    &native_codecs_lookup,
    &native_codecs_encode,
    &native_codecs_decode,
    &native_codecs_register_error,
    &native_codecs_unregister_error,
    &native_codecs_lookup_error,
    &native_codecs_utf_7_decode,
    &native_codecs_utf_8_decode,
    &native_codecs_utf_16_decode,
    &native_codecs_utf_16_le_decode,
    &native_codecs_utf_16_be_decode,
    &native_codecs_utf_16_ex_decode,
    &native_codecs_utf_32_decode,
    &native_codecs_utf_32_le_decode,
    &native_codecs_utf_32_be_decode,
    &native_codecs_utf_32_ex_decode,
    &native_codecs_latin_1_decode,
    &native_codecs_ascii_decode,
    &native_codecs_charmap_decode,
    &native_codecs_unicode_escape_decode,
    &native_codecs_raw_unicode_escape_decode,
    &native_codecs_escape_decode,
    &native_codecs_utf_7_encode,
    &native_codecs_utf_8_encode,
    &native_codecs_utf_16_encode,
    &native_codecs_utf_16_le_encode,
    &native_codecs_utf_16_be_encode,
    &native_codecs_utf_32_encode,
    &native_codecs_utf_32_le_encode,
    &native_codecs_utf_32_be_encode,
    &native_codecs_unicode_escape_encode,
    &native_codecs_raw_unicode_escape_encode,
    &native_codecs_latin_1_encode,
    &native_codecs_ascii_encode,
    &native_codecs_charmap_encode,
    &native_codecs_charmap_build,
    &native_codecs_escape_encode,
    &native_codecs_readbuffer_encode,
    NULL,
};

const ModuleDef module_def__codecs = {
    .name = "_codecs", .doc = "Codecs written in C, and the registry of codecs.", .methods = methods};
