/* codec.c: codecs by name: the short cuts to those written in C, the registry of search functions, and the registry of error handlers.
 *
 * The usual encodings never reach the registry, so text can be coded before anything can be imported.  The first other name imports the
 * package `encodings`, which registers its search function.  Locks: those of the containers used. Read next: codec_error.c, codec_utf8.c. */
#include "codec.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "buffer.h"
#include "codec_state.h"
#include "dict.h"
#include "error.h"
#include "exception.h"
#include "list.h"

/* ---- state ---- */

static CodecState *state_of(Thread *t)
{
    CodecState *state = __atomic_load_n((CodecState **)&t->interp->codec_state, __ATOMIC_ACQUIRE);
    if (LIKELY(state != NULL))
        return state;
    state = alloc_memory_zeroed(t, 1, sizeof *state);
    if (!state)
        return NULL;
    state->search_path = list_new(t, 0);
    state->cache = dict_new(t);
    state->errors = dict_new(t);
    bool ok = !value_is_empty(state->search_path) && !value_is_empty(state->cache) && !value_is_empty(state->errors);
    Value module = ok ? str_intern(t, "_codecs") : VALUE_EMPTY;
    for (const CodecHandler *h = codec_handlers; ok && h->name; h++) {
        Value function = native_new(t, h->def, VALUE_EMPTY, module);
        ok = !value_is_empty(function) && dict_set_string_take(t, state->errors, h->name, function) == 0;
    }
    ref_dec(t, module);
    CodecState *expected = NULL;
    if (ok && __atomic_compare_exchange_n((CodecState **)&t->interp->codec_state, &expected, state, false,
                                          __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return state;
    ref_dec(t, state->search_path);
    ref_dec(t, state->cache);
    ref_dec(t, state->errors);
    alloc_memory_free(t, state);
    return ok ? expected : NULL;
}

void codec_free_state(Thread *t)
{
    CodecState *state = t->interp->codec_state;
    t->interp->codec_state = NULL;
    if (!state)
        return;
    ref_dec(t, state->search_path);
    ref_dec(t, state->cache);
    ref_dec(t, state->errors);
    alloc_memory_free(t, state);
}

Value codec_import(Thread *t, const char *module)
{
    Value name = str_intern(t, module);
    if (value_is_empty(name))
        return VALUE_EMPTY;
    Value result = object_call1(t, t->interp->import_func, name);
    ref_dec(t, name);
    return result;
}

/* ---- names ---- */

/* Lower-cases a name and folds runs of anything but letters, digits and dots into one underscore, as encodings.normalize_encoding does. */
static bool normalize(const char *name, char *out, size_t size)
{
    size_t n = 0;
    bool gap = false;
    for (; *name; name++) {
        char c = *name;
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || (c >= 'A' && c <= 'Z')) {
            if (gap && n) {
                if (n + 1 >= size)
                    return false;
                out[n++] = '_';
            }
            gap = false;
            if (n + 1 >= size)
                return false;
            out[n++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
        } else {
            gap = true;
        }
    }
    out[n] = 0;
    return true;
}

typedef enum Shortcut {
    SHORTCUT_NONE,
    SHORTCUT_UTF8,
    SHORTCUT_ASCII,
    SHORTCUT_LATIN1,
    SHORTCUT_UTF16,
    SHORTCUT_UTF32
} Shortcut;

static Shortcut shortcut(const char *encoding)
{
    static const struct {
        const char *name;
        Shortcut shortcut;
    } names[] = {{"utf_8", SHORTCUT_UTF8},        {"utf8", SHORTCUT_UTF8},        {"ascii", SHORTCUT_ASCII},
                 {"us_ascii", SHORTCUT_ASCII},    {"latin_1", SHORTCUT_LATIN1},   {"latin1", SHORTCUT_LATIN1},
                 {"iso_8859_1", SHORTCUT_LATIN1}, {"iso8859_1", SHORTCUT_LATIN1}, {"utf_16", SHORTCUT_UTF16},
                 {"utf16", SHORTCUT_UTF16},       {"utf_32", SHORTCUT_UTF32},     {"utf32", SHORTCUT_UTF32}};
    char name[16];
    if (strcmp(encoding, "utf-8") == 0)
        return SHORTCUT_UTF8;
    if (!normalize(encoding, name, sizeof name))
        return SHORTCUT_NONE;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i].name) == 0)
            return names[i].shortcut;
    return SHORTCUT_NONE;
}

/* ---- the registry ---- */

int codec_register(Thread *t, Value search_function)
{
    CodecState *state = state_of(t);
    if (!state)
        return -1;
    if (!object_is_callable(t, search_function)) {
        error_set(t, EXC_TypeError, "argument must be callable");
        return -1;
    }
    return list_append(t, state->search_path, search_function);
}

int codec_unregister(Thread *t, Value search_function)
{
    CodecState *state = state_of(t);
    if (!state)
        return -1;
    for (size_t i = 0;; i++) {
        Value item = list_get(t, state->search_path, i);
        if (value_is_empty(item))
            return error_pending(t) ? -1 : 0;
        bool same = value_is(item, search_function);
        ref_dec(t, item);
        if (same) {
            dict_clear(t, state->cache);
            return list_delete_slice(t, state->search_path, i, i + 1);
        }
    }
}

static int import_encodings(Thread *t, CodecState *state)
{
    if (__atomic_load_n(&state->encodings_imported, __ATOMIC_ACQUIRE))
        return 0;
    Value module = codec_import(t, "encodings");
    if (value_is_empty(module))
        return -1;
    ref_dec(t, module);
    __atomic_store_n(&state->encodings_imported, true, __ATOMIC_RELEASE);
    return 0;
}

static Value search(Thread *t, CodecState *state, Value name, const char *encoding)
{
    if (list_length(state->search_path) == 0)
        return error_set(t, EXC_LookupError, "no codec search functions registered: can't find encoding");
    for (size_t i = 0;; i++) {
        Value function = list_get(t, state->search_path, i);
        if (value_is_empty(function))
            return error_pending(t) ? VALUE_EMPTY : error_set(t, EXC_LookupError, "unknown encoding: %s", encoding);
        Value result = object_call1(t, function, name);
        ref_dec(t, function);
        if (value_is_empty(result) || !value_is_none(result)) {
            if (!value_is_empty(result) && (!tuple_check(result) || tuple_length(result) != 4)) {
                ref_dec(t, result);
                return error_set(t, EXC_TypeError, "codec search functions must return 4-tuples");
            }
            return result;
        }
    }
}

Value codec_lookup(Thread *t, const char *encoding)
{
    CodecState *state = state_of(t);
    if (!state || import_encodings(t, state) < 0)
        return VALUE_EMPTY;
    size_t size = strlen(encoding) + 1;
    char *normal = alloc_memory(t, size);
    if (!normal)
        return VALUE_EMPTY;
    normalize(encoding, normal, size);
    Value name = str_intern(t, normal);
    alloc_memory_free(t, normal);
    if (value_is_empty(name))
        return VALUE_EMPTY;
    Value result;
    int found = dict_get_optional(t, state->cache, name, &result);
    if (found == 0) {
        result = search(t, state, name, encoding);
        if (!value_is_empty(result) && dict_set(t, state->cache, name, result) < 0)
            ref_clear(t, &result);
    }
    ref_dec(t, name);
    return found < 0 ? VALUE_EMPTY : result;
}

/* Notes on a failing codec's exception which one it was. */
static void note_failure(Thread *t, const char *operation, const char *encoding)
{
    Value exc = error_take(t);
    Value note = str_format(t, "%s with '%s' codec failed", operation, encoding);
    if (!value_is_empty(note)) {
        Value result = object_call_method_string(t, exc, "add_note", note, VALUE_EMPTY, VALUE_EMPTY);
        ref_dec(t, result);
        ref_dec(t, note);
    }
    error_clear(t);
    error_restore_take(t, exc);
}

/* Calls the encoder (0) or decoder (1) of a CodecInfo. */
static Value run_codec(Thread *t, Value info, uint32_t which, Value object, const char *encoding, const char *errors)
{
    Value args[2] = {object, VALUE_EMPTY};
    if (errors) {
        args[1] = str_from_string(t, errors);
        if (value_is_empty(args[1]))
            return VALUE_EMPTY;
    }
    Value function = ref_inc(t, tuple_peek(info, which));
    Value pair = object_call(t, function, args, errors ? 2 : 1, VALUE_EMPTY), result = VALUE_EMPTY;
    ref_dec(t, function);
    ref_dec(t, args[1]);
    if (value_is_empty(pair)) {
        note_failure(t, which ? "decoding" : "encoding", encoding);
        return VALUE_EMPTY;
    }
    if (!tuple_check(pair) || tuple_length(pair) != 2)
        error_set(t, EXC_TypeError,
                  which ? "decoder must return a tuple (object,integer)"
                        : "encoder must return a tuple (object, integer)");
    else
        result = ref_inc(t, tuple_peek(pair, 0));
    ref_dec(t, pair);
    return result;
}

Value codec_encode_object(Thread *t, Value object, const char *encoding, const char *errors)
{
    Value info = codec_lookup(t, encoding);
    if (value_is_empty(info))
        return info;
    Value result = run_codec(t, info, 0, object, encoding, errors);
    ref_dec(t, info);
    return result;
}

Value codec_decode_object(Thread *t, Value object, const char *encoding, const char *errors)
{
    Value info = codec_lookup(t, encoding);
    if (value_is_empty(info))
        return info;
    Value result = run_codec(t, info, 1, object, encoding, errors);
    ref_dec(t, info);
    return result;
}

/* A codec between str and bytes; LookupError for the others, which tells the function that runs them. */
static Value lookup_text(Thread *t, const char *encoding, const char *alternative)
{
    Value info = codec_lookup(t, encoding);
    if (value_is_empty(info) || tuple_check_exact(info))
        return info;
    Value name = str_intern(t, "_is_text_encoding"), flag;
    int found = value_is_empty(name) ? -1 : object_getattr_optional(t, info, name, &flag);
    ref_dec(t, name);
    if (found > 0) {
        found = object_truth(t, flag);
        ref_dec(t, flag);
        if (found == 0)
            error_set(t, EXC_LookupError, "'%.400s' is not a text encoding; use %s to handle arbitrary codecs",
                      encoding, alternative);
        found = found > 0 ? 0 : -1;
    }
    if (found < 0)
        ref_clear(t, &info);
    return info;
}

/* Development mode asks for both names, even where neither will be needed; otherwise they are looked up once they are. */
static bool names_known(Thread *t, const char *encoding, const char *errors)
{
    if (LIKELY(!t->interp->config.dev_mode))
        return true;
    Value found = VALUE_NONE;
    if (encoding && shortcut(encoding) == SHORTCUT_NONE)
        found = codec_lookup(t, encoding);
    if (!value_is_empty(found) && errors) {
        ref_dec(t, found);
        found = codec_lookup_error(t, errors);
    }
    bool known = !value_is_empty(found);
    ref_dec(t, found);
    return known;
}

Value codec_encode(Thread *t, Value str, const char *encoding, const char *errors)
{
    if (!names_known(t, encoding, errors))
        return VALUE_EMPTY;
    switch (encoding ? shortcut(encoding) : SHORTCUT_UTF8) {
    case SHORTCUT_UTF8: return codec_utf8_encode(t, str, errors);
    case SHORTCUT_ASCII: return codec_ascii_encode(t, str, errors);
    case SHORTCUT_LATIN1: return codec_latin1_encode(t, str, errors);
    case SHORTCUT_UTF16: return codec_utf16_encode(t, str, errors, 0);
    case SHORTCUT_UTF32: return codec_utf32_encode(t, str, errors, 0);
    default: break;
    }
    Value info = lookup_text(t, encoding, "codecs.encode()");
    if (value_is_empty(info))
        return info;
    Value result = run_codec(t, info, 0, str, encoding, errors);
    ref_dec(t, info);
    if (value_is_empty(result) || bytes_check(result))
        return result;
    Value bytes = VALUE_EMPTY;
    if (object_is(result, KIND_BYTEARRAY)) {
        if (error_warn(
                t, EXC_RuntimeWarning, 1,
                "encoder %s returned bytearray instead of bytes; use codecs.encode() to encode to arbitrary types",
                encoding) == 0)
            bytes = bytes_from_object(t, result);
    } else {
        error_set(
            t, EXC_TypeError,
            "'%.400s' encoder returned '%.400s' instead of 'bytes'; use codecs.encode() to encode to arbitrary types",
            encoding, type_name(type_of(t, result)));
    }
    ref_dec(t, result);
    return bytes;
}

static Value decode_shortcut(Thread *t, Shortcut which, const void *data, size_t n, const char *errors)
{
    int byte_order = 0;
    switch (which) {
    case SHORTCUT_UTF8: return codec_utf8_decode(t, data, n, errors, NULL);
    case SHORTCUT_ASCII: return codec_ascii_decode(t, data, n, errors);
    case SHORTCUT_LATIN1: return str_from_latin1(t, data, n);
    case SHORTCUT_UTF16: return codec_utf16_decode(t, data, n, errors, &byte_order, NULL);
    default: return codec_utf32_decode(t, data, n, errors, &byte_order, NULL);
    }
}

static Value decode_by_registry(Thread *t, Value object, const char *encoding, const char *errors)
{
    Value info = lookup_text(t, encoding, "codecs.decode()");
    if (value_is_empty(info))
        return info;
    Value result = run_codec(t, info, 1, object, encoding, errors);
    ref_dec(t, info);
    if (!value_is_empty(result) && !str_check(result)) {
        error_set(
            t, EXC_TypeError,
            "'%.400s' decoder returned '%.400s' instead of 'str'; use codecs.decode() to decode to arbitrary types",
            encoding, type_name(type_of(t, result)));
        ref_clear(t, &result);
    }
    return result;
}

Value codec_decode(Thread *t, const void *data, size_t n, const char *encoding, const char *errors)
{
    Shortcut which = encoding ? shortcut(encoding) : SHORTCUT_UTF8;
    if (which != SHORTCUT_NONE)
        return decode_shortcut(t, which, data, n, errors);
    Value bytes = bytes_new(t, data, n);
    Value view = value_is_empty(bytes) ? VALUE_EMPTY : memoryview_new(t, bytes);
    Value result = value_is_empty(view) ? VALUE_EMPTY : decode_by_registry(t, view, encoding, errors);
    ref_dec(t, view);
    ref_dec(t, bytes);
    return result;
}

Value codec_decode_text(Thread *t, Value object, const char *encoding, const char *errors)
{
    Shortcut which = encoding ? shortcut(encoding) : SHORTCUT_UTF8;
    Value result = VALUE_EMPTY;
    Buffer contents;
    if (!names_known(t, encoding, errors) || buffer_get(t, object, &contents, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    bool nothing = contents.length == 0; /* is '' in any encoding */
    if (which != SHORTCUT_NONE && !nothing)
        result = decode_shortcut(t, which, contents.data, contents.length, errors);
    buffer_release(t, &contents);
    if (nothing)
        return ref_inc(t, t->interp->empty_str);
    if (which != SHORTCUT_NONE)
        return result;
    Value view = memoryview_new(t, object);
    if (!value_is_empty(view)) {
        result = decode_by_registry(t, view, encoding, errors);
        ref_dec(t, view);
    }
    return result;
}

/* ---- error handlers ---- */

int codec_register_error(Thread *t, const char *name, Value handler)
{
    CodecState *state = state_of(t);
    if (!state)
        return -1;
    if (!object_is_callable(t, handler)) {
        error_set(t, EXC_TypeError, "handler must be callable");
        return -1;
    }
    Value key = str_from_string(t, name);
    if (value_is_empty(key))
        return -1;
    int result = dict_set(t, state->errors, key, handler);
    ref_dec(t, key);
    return result;
}

int codec_unregister_error(Thread *t, const char *name)
{
    CodecState *state = state_of(t);
    if (!state)
        return -1;
    for (const CodecHandler *h = codec_handlers; h->name; h++)
        if (strcmp(h->name, name) == 0) {
            error_set(t, EXC_ValueError, "cannot un-register built-in error handler '%s'", name);
            return -1;
        }
    Value key = str_from_string(t, name);
    if (value_is_empty(key))
        return -1;
    int result = dict_pop(t, state->errors, key, NULL);
    ref_dec(t, key);
    return result;
}

Value codec_lookup_error(Thread *t, const char *name)
{
    CodecState *state = state_of(t);
    if (!state)
        return VALUE_EMPTY;
    if (!name)
        name = "strict";
    Value key = str_from_string(t, name), handler;
    if (value_is_empty(key))
        return VALUE_EMPTY;
    int found = dict_get_optional(t, state->errors, key, &handler);
    ref_dec(t, key);
    if (found == 0)
        return error_set(t, EXC_LookupError, "unknown error handler name '%.400s'", name);
    return found < 0 ? VALUE_EMPTY : handler;
}
