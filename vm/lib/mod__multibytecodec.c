/* mod__multibytecodec.c: the module _multibytecodec: MultibyteCodec, and the incremental codecs, which keep what waits for more input.
 *
 * Locks: an object's leaf lock around its state bytes and around what waits; the conversion itself works on copies. Read next: multibyte_convert.c,
 * multibyte_stream.c. */
#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/container.h"
#include "../object/exception.h"
#include "../object/int.h"
#include "argument.h"
#include "multibyte_stateful.h"
#include "multibyte_table.h"

/* ---- MultibyteCodec ---- */

void multibyte_start(const MultibyteCodec *codec, MultibyteState *state, bool decoding)
{
    *state = (MultibyteState){0};
    if (codec->encoding->start)
        codec->encoding->start(codec->encoding, state, decoding);
}

Value multibyte_codec_new(Thread *t, const MultibyteEncoding *encoding)
{
    CharsetState *module = t->interp->module_state[MODULE__multibytecodec];
    MultibyteCodec *codec = type_alloc(t, module->codec_type, 0);
    if (!codec)
        return VALUE_EMPTY;
    codec->encoding = encoding;
    for (int i = 0; i < encoding->charset_count; i++) {
        codec->tables[i] = charset_get(t, encoding->charsets[i]);
        if (!codec->tables[i]) {
            ref_dec_ptr(t, codec);
            return VALUE_EMPTY;
        }
    }
    return value_of(codec);
}

/* (result, length); takes the result. */
static Value with_length(Thread *t, Value result, size_t n)
{
    if (value_is_empty(result))
        return result;
    Value both = tuple_pack(t, 2, result, value_from_int((int64_t)n));
    ref_dec(t, result);
    return both;
}

NATIVE(codec_encode, "encode", "($self, /, input, errors=None)", "Encodes a text: (bytes, length of the text).")
{
    const MultibyteCodec *codec = multibyte_codec_of(args[0]);
    Value owner, text = args[1];
    const char *errors;
    MultibyteState state;
    size_t used;
    if (argument_string_or_none(t, args[2], "encode", "argument 'errors'", &errors, &owner) < 0)
        return VALUE_EMPTY;
    text = str_check(text) ? ref_inc(t, text) : object_str(t, text);
    multibyte_start(codec, &state, false);
    Value result = value_is_empty(text) ? text : multibyte_encode(t, codec, &state, text, errors, true, true, &used);
    if (!value_is_empty(result))
        result = with_length(t, result, str_length(text));
    ref_dec(t, text);
    ref_dec(t, owner);
    return result;
}

NATIVE(codec_decode, "decode", "($self, /, input, errors=None)", "Decodes bytes: (text, number of bytes).")
{
    const MultibyteCodec *codec = multibyte_codec_of(args[0]);
    Value owner = VALUE_EMPTY, result = VALUE_EMPTY;
    const char *errors;
    MultibyteState state;
    Buffer view;
    size_t used;
    if (argument_buffer(t, args[1], "decode", "argument 'input'", &view) < 0)
        return VALUE_EMPTY;
    if (argument_string_or_none(t, args[2], "decode", "argument 'errors'", &errors, &owner) == 0) {
        multibyte_start(codec, &state, true);
        result = with_length(t, multibyte_decode(t, codec, &state, view.data, view.length, errors, true, &used),
                             view.length);
    }
    buffer_release(t, &view);
    ref_dec(t, owner);
    return result;
}

static const NativeDef *const codec_methods[] = {&native_codec_encode, &native_codec_decode, NULL};
const TypeSpec multibyte_codec_spec = {
    .name = "_multibytecodec.MultibyteCodec",
    .doc = "An encoding of Chinese, Japanese or Korean text.",
    .kind = KIND_OBJECT,
    .flags = TYPE_IMMUTABLE | TYPE_NO_NEW,
    .size = sizeof(MultibyteCodec),
    .methods = codec_methods,
};

/* ---- what incremental codecs and streams share ---- */

Value multibyte_codec_get(Thread *t, Value object)
{
    CharsetState *module = t->interp->module_state[MODULE__multibytecodec];
    Value codec = object_getattr_string(t, object, "codec");
    if (!value_is_empty(codec) && (!value_is_object(codec) || value_object(codec)->type != module->codec_type)) {
        ref_dec(t, codec);
        return error_set(t, EXC_TypeError, "codec is unexpected type");
    }
    return codec;
}

Value stateful_create(Thread *t, Type *type, Value errors, bool decoding)
{
    if (!value_is_empty(errors) && !str_check(errors))
        return error_set(t, EXC_TypeError, "argument 'errors' must be str, not %T", errors);
    Stateful *s = type_alloc(t, type, 0);
    if (!s)
        return VALUE_EMPTY;
    Value codec = multibyte_codec_get(t, value_of(s));
    s->codec = codec;
    s->errors = value_is_empty(errors) ? str_intern(t, "strict") : ref_inc(t, errors);
    if (value_is_empty(codec) || value_is_empty(s->errors)) {
        ref_dec_ptr(t, s);
        return VALUE_EMPTY;
    }
    multibyte_start(multibyte_codec_of(codec), &s->state, decoding);
    return value_of(s);
}

/* All is done; the __init__ of a second base class is not for these objects. */
int stateful_init(Thread *t, Value self, const Value *args, uint32_t n, Value names) { return 0; }

MultibyteState stateful_state(Thread *t, Stateful *s)
{
    objlock_enter(t, s);
    MultibyteState state = s->state;
    objlock_exit(t, s);
    return state;
}

void stateful_set(Thread *t, Stateful *s, const MultibyteState *state, Value pending)
{
    objlock_enter(t, s);
    s->state = *state;
    objlock_exit(t, s);
    field_set_take(t, s, &s->pending, pending);
}

static Value get_errors(Thread *t, Value self) { return field_get(t, stateful_of(self), &stateful_of(self)->errors); }

static int set_errors(Thread *t, Value self, Value value)
{
    if (value_is_empty(value))
        error_set(t, EXC_AttributeError, "cannot delete attribute");
    else if (!str_check(value))
        error_set(t, EXC_TypeError, "errors must be a string");
    else
        field_set_take(t, stateful_of(self), &stateful_of(self)->errors, ref_inc(t, value));
    return error_pending(t) ? -1 : 0;
}
const GetSetDef stateful_getsets[] = {{"errors", get_errors, set_errors, "The name of the error handler."},
                                      {NULL, NULL, NULL, NULL}};

void stateful_clear(Thread *t, Object *o)
{
    Stateful *s = (Stateful *)o;
    ref_clear(t, &s->codec);
    ref_clear(t, &s->errors);
    ref_clear(t, &s->pending);
    ref_clear(t, &s->stream);
}

int stateful_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((Stateful *)o)->codec);
    VISIT(((Stateful *)o)->stream);
    return 0;
}

/* More waits than can. */
static void overflow(Thread *t, ExceptionId id, const MultibyteCodec *codec, Value object, size_t length)
{
    Value exc =
        exception_new_unicode(t, id, codec->encoding->name, object, 0, (int64_t)length, "pending buffer overflow");
    if (!value_is_empty(exc))
        error_set_take(t, exc);
}

Value stateful_encode(Thread *t, Stateful *s, Value text, bool final)
{
    const MultibyteCodec *codec = multibyte_codec_of(s->codec);
    Value pending = field_get(t, s, &s->pending), errors = field_get(t, s, &s->errors), owner = VALUE_EMPTY,
          result = VALUE_EMPTY, rest;
    Value whole = value_is_empty(pending) ? ref_inc(t, text) : str_concat(t, pending, text);
    const char *handler = argument_string(t, errors, "encode", "errors", &owner);
    MultibyteState state = stateful_state(t, s);
    size_t used;
    if (value_is_empty(whole) || !handler)
        goto done;
    result = multibyte_encode(t, codec, &state, whole, handler, final, final, &used);
    if (value_is_empty(result))
        goto done;
    rest = used < str_length(whole) ? str_slice(t, whole, used, str_length(whole)) : VALUE_EMPTY;
    if (used < str_length(whole) && (value_is_empty(rest) || str_length(rest) > STATEFUL_CHARACTERS)) {
        if (!value_is_empty(rest))
            overflow(t, EXC_UnicodeEncodeError, codec, whole, str_length(whole));
        ref_dec(t, rest);
        ref_clear(t, &result);
        goto done;
    }
    stateful_set(t, s, &state, rest);
done:
    ref_dec(t, pending);
    ref_dec(t, errors);
    ref_dec(t, owner);
    ref_dec(t, whole);
    return result;
}

Value stateful_decode(Thread *t, Stateful *s, const void *data, size_t n, bool final)
{
    const MultibyteCodec *codec = multibyte_codec_of(s->codec);
    Value pending = field_get(t, s, &s->pending), errors = field_get(t, s, &s->errors), owner = VALUE_EMPTY,
          joined = VALUE_EMPTY, result = VALUE_EMPTY;
    const char *handler = argument_string(t, errors, "decode", "errors", &owner);
    MultibyteState state = stateful_state(t, s);
    size_t used;
    if (!handler)
        goto done;
    if (!value_is_empty(pending) || n > STATEFUL_BYTES) {
        size_t before = value_is_empty(pending) ? 0 : bytes_of(pending)->length;
        joined = bytes_new(t, NULL, before + n);
        if (value_is_empty(joined))
            goto done;
        if (before)
            memcpy(bytes_of(joined)->data, bytes_of(pending)->data, before);
        memcpy(bytes_of(joined)->data + before, data, n);
        data = bytes_of(joined)->data;
        n += before;
    }
    result = multibyte_decode(t, codec, &state, data, n, handler, final, &used);
    if (value_is_empty(result)) { /* what waited has been looked at: who goes on after the error goes on behind it */
        Value exc = error_take(t);
        stateful_set(t, s, &state, VALUE_EMPTY);
        t->exc = exc;
        goto done;
    }
    Value rest = VALUE_EMPTY;
    if (used < n && n - used > STATEFUL_BYTES)
        overflow(t, EXC_UnicodeDecodeError, codec, joined, n);
    else if (used < n)
        rest = bytes_new(t, (const uint8_t *)data + used, n - used);
    if (error_pending(t)) {
        ref_clear(t, &result);
        goto done;
    }
    stateful_set(t, s, &state, rest);
done:
    ref_dec(t, pending);
    ref_dec(t, errors);
    ref_dec(t, owner);
    ref_dec(t, joined);
    return result;
}

/* ---- the incremental encoder ---- */

static Value encoder_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value out[1];
    return native_parse(t, "IncrementalEncoder", "(errors='strict')", args, n, names, out) < 0
               ? VALUE_EMPTY
               : stateful_create(t, type, out[0], false);
}

NATIVE(encoder_encode, "encode", "($self, /, input, final=False)", "Encodes a piece of text.")
{
    int final = argument_bool(t, args[2], 0);
    if (final < 0)
        return VALUE_EMPTY;
    Value text = str_check(args[1]) ? ref_inc(t, args[1]) : object_str(t, args[1]);
    Value result = value_is_empty(text) ? text : stateful_encode(t, stateful_of(args[0]), text, final);
    ref_dec(t, text);
    return result;
}

/* The state as a number: how many bytes of UTF-8 wait, these, and the state of the encoding. */
NATIVE(encoder_getstate, "getstate", "($self, /)", "The state as an int.")
{
    Stateful *s = stateful_of(args[0]);
    uint8_t all[1 + STATEFUL_CHARACTERS * 4 + sizeof(MultibyteState)];
    Value pending = field_get(t, s, &s->pending), utf8 = VALUE_EMPTY;
    size_t length = 0;
    if (!value_is_empty(pending)) {
        utf8 = codec_utf8_encode(t, pending, NULL);
        ref_dec(t, pending);
        if (value_is_empty(utf8))
            return utf8;
        length = bytes_of(utf8)->length;
        memcpy(all + 1, bytes_of(utf8)->data, length);
    }
    MultibyteState state = stateful_state(t, s);
    all[0] = (uint8_t)length;
    memcpy(all + 1 + length, state.bytes, sizeof state.bytes);
    ref_dec(t, utf8);
    return int_from_bytes(t, all, 1 + length + sizeof state.bytes, true, false);
}

NATIVE(encoder_setstate, "setstate", "($self, state, /)", "Goes back to a state that getstate() told.")
{
    uint8_t all[1 + STATEFUL_CHARACTERS * 4 + sizeof(MultibyteState)] = {0};
    MultibyteState state;
    if (!int_check(args[1]))
        return argument_wrong_type(t, "setstate", "argument", "int", args[1]), VALUE_EMPTY;
    if (int_to_bytes(t, args[1], all, sizeof all, true, false) < 0)
        return VALUE_EMPTY;
    if (all[0] > STATEFUL_CHARACTERS * 4)
        return error_set(t, EXC_UnicodeError, "pending buffer too large");
    Value pending = all[0] ? codec_utf8_decode(t, all + 1, all[0], NULL, NULL) : VALUE_EMPTY;
    if (error_pending(t))
        return VALUE_EMPTY;
    memcpy(state.bytes, all + 1 + all[0], sizeof state.bytes);
    stateful_set(t, stateful_of(args[0]), &state, pending);
    return VALUE_NONE;
}

NATIVE(encoder_reset, "reset", "($self, /)", "Back to the start.")
{
    Stateful *s = stateful_of(args[0]);
    MultibyteState state;
    multibyte_start(multibyte_codec_of(s->codec), &state, false);
    stateful_set(t, s, &state, VALUE_EMPTY);
    return VALUE_NONE;
}

static const NativeDef *const encoder_methods[] = {&native_encoder_encode, &native_encoder_getstate,
                                                   &native_encoder_setstate, &native_encoder_reset, NULL};
const TypeSpec multibyte_incremental_encoder_spec = {
    .name = "_multibytecodec.MultibyteIncrementalEncoder",
    .doc = "Encodes text piece by piece; a subclass says by which `codec`.",
    STATEFUL_LAYOUT,
    .methods = encoder_methods,
    .getsets = stateful_getsets,
    .signature = "(errors='strict')",
    .slots = STATEFUL_SLOTS(encoder_create),
};

/* ---- the incremental decoder ---- */

static Value decoder_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value out[1];
    return native_parse(t, "IncrementalDecoder", "(errors='strict')", args, n, names, out) < 0
               ? VALUE_EMPTY
               : stateful_create(t, type, out[0], true);
}

NATIVE(decoder_decode, "decode", "($self, /, input, final=False)", "Decodes a piece of input.")
{
    Buffer view;
    int final = argument_bool(t, args[2], 0);
    if (final < 0 || argument_buffer(t, args[1], "decode", "argument 'input'", &view) < 0)
        return VALUE_EMPTY;
    Value result = stateful_decode(t, stateful_of(args[0]), view.data, view.length, final);
    buffer_release(t, &view);
    return result;
}

NATIVE(decoder_getstate, "getstate", "($self, /)", "(bytes that wait, the encoding's state as an int).")
{
    Stateful *s = stateful_of(args[0]);
    MultibyteState state = stateful_state(t, s);
    Value pending = field_get(t, s, &s->pending),
          number = int_from_bytes(t, state.bytes, sizeof state.bytes, true, false), result = VALUE_EMPTY;
    if (!value_is_empty(number))
        result = tuple_pack(t, 2, value_is_empty(pending) ? t->interp->empty_bytes : pending, number);
    ref_dec(t, pending);
    ref_dec(t, number);
    return result;
}

NATIVE(decoder_setstate, "setstate", "($self, state, /)", "Goes back to a state that getstate() told.")
{
    Stateful *s = stateful_of(args[0]);
    Value state = args[1];
    if (!tuple_check(state))
        return argument_wrong_type(t, "setstate", "argument", "tuple", state), VALUE_EMPTY;
    if (tuple_length(state) != 2 || !bytes_check(tuple_peek(state, 0)) || !int_check(tuple_peek(state, 1)))
        return error_set(t, EXC_TypeError, "setstate(): illegal state argument");
    MultibyteState number;
    Value pending = tuple_peek(state, 0);
    size_t length = bytes_of(pending)->length;
    if (int_to_bytes(t, tuple_peek(state, 1), number.bytes, sizeof number.bytes, true, false) < 0)
        return VALUE_EMPTY;
    if (length > STATEFUL_BYTES) {
        Value exc = exception_new_unicode(t, EXC_UnicodeDecodeError, multibyte_codec_of(s->codec)->encoding->name,
                                          pending, 0, (int64_t)length, "pending buffer too large");
        return value_is_empty(exc) ? exc : error_set_take(t, exc);
    }
    stateful_set(t, s, &number, length ? ref_inc(t, pending) : VALUE_EMPTY);
    return VALUE_NONE;
}

NATIVE(decoder_reset, "reset", "($self, /)", "Forgets what waits; the next input is the beginning of a text.")
{
    stateful_restart(t, stateful_of(args[0]));
    return VALUE_NONE;
}

void stateful_restart(Thread *t, Stateful *s)
{
    const MultibyteEncoding *encoding = multibyte_codec_of(s->codec)->encoding;
    MultibyteState state = stateful_state(t, s);
    if (encoding->restart)
        encoding->restart(encoding, &state);
    stateful_set(t, s, &state, VALUE_EMPTY);
}

static const NativeDef *const decoder_methods[] = {&native_decoder_decode, &native_decoder_getstate,
                                                   &native_decoder_setstate, &native_decoder_reset, NULL};
const TypeSpec multibyte_incremental_decoder_spec = {
    .name = "_multibytecodec.MultibyteIncrementalDecoder",
    .doc = "Decodes bytes piece by piece; a subclass says by which `codec`.",
    STATEFUL_LAYOUT,
    .methods = decoder_methods,
    .getsets = stateful_getsets,
    .signature = "(errors='strict')",
    .slots = STATEFUL_SLOTS(decoder_create),
};

/* ---- the module ---- */

static int exec(Thread *t, Value module)
{
    CharsetState *state = t->interp->module_state[MODULE__multibytecodec];
    if (!state) {
        state = alloc_memory_zeroed(t, 1, sizeof *state);
        if (!state)
            return -1;
        t->interp->module_state[MODULE__multibytecodec] = state;
    }
    Type *codec = module_add_type(t, module, &multibyte_codec_spec, NULL);
    if (!codec)
        return -1;
    ref_inc_ptr(t, codec);
    Type *before = state->codec_type;
    state->codec_type = codec;
    if (before)
        ref_dec_ptr(t, before);
    return module_add_type(t, module, &multibyte_incremental_encoder_spec, NULL) &&
                   module_add_type(t, module, &multibyte_incremental_decoder_spec, NULL) &&
                   module_add_type(t, module, &multibyte_stream_reader_spec, NULL) &&
                   module_add_type(t, module, &multibyte_stream_writer_spec, NULL)
               ? 0
               : -1;
}

static void free_state(Thread *t, void *state)
{
    if (((CharsetState *)state)->codec_type)
        ref_dec_ptr(t, ((CharsetState *)state)->codec_type);
    charset_free_state(t, state);
}

const ModuleDef module_def__multibytecodec = {.name = "_multibytecodec",
                                              .doc = "What the codecs of Chinese, Japanese and Korean text share.",
                                              .exec = exec,
                                              .free_state = free_state};
