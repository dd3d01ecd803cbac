/* io_newline.c: universal newlines: the translation that TextIOWrapper and StringIO do, and the same as a decoder object, IncrementalNewlineDecoder.
 *
 * A \r at the end of one piece waits for the next one, which may begin with the \n that belongs to it.
 * Locks: the decoder object takes its leaf lock around its own state. Read next: io_text_read.c. */
#include "mod__io.h"

#include "../object/container.h"

/* ---- what a piece of text holds ---- */

/* Is there a \r? */
static bool has_cr(const Str *s)
{
    if (str_kind(s) == 1)
        return memchr(s->data, '\r', s->length) != NULL;
    for (size_t i = 0; i < s->length; i++) {
        if (str_at(s, i) == '\r')
            return true;
    }
    return false;
}

/* Which endings occur; stops when all three are known. */
static uint8_t seen_in(const Str *s, uint8_t seen, bool cr)
{
    if (!cr)
        return seen & NEWLINE_LF || str_find_char(value_of(s), '\n', 0, s->length) < 0 ? seen : seen | NEWLINE_LF;
    for (size_t i = 0; i < s->length && seen != (NEWLINE_CR | NEWLINE_LF | NEWLINE_CRLF); i++) {
        uint32_t c = str_at(s, i);
        if (c == '\n') {
            seen |= NEWLINE_LF;
        } else if (c == '\r') {
            if (i + 1 < s->length && str_at(s, i + 1) == '\n') {
                seen |= NEWLINE_CRLF;
                i++;
            } else {
                seen |= NEWLINE_CR;
            }
        }
    }
    return seen;
}

/* A copy in which every ending is \n. */
static Value translate(Thread *t, const Str *s)
{
    size_t n = s->length, out = 0;
    uint32_t bound = str_is_ascii(s) ? 0x7F : str_kind(s) == 1 ? 0xFF : str_kind(s) == 2 ? 0xFFFF : 0x10FFFF;
    Value copy = str_new(t, n, bound);
    if (value_is_empty(copy))
        return copy;
    Str *to = str_of(copy);
    for (size_t i = 0; i < n; i++) {
        uint32_t c = str_at(s, i);
        if (c == '\r') {
            c = '\n';
            if (i + 1 < n && str_at(s, i + 1) == '\n')
                i++;
        }
        str_put(to, out++, c);
    }
    Value result = str_slice(t, copy, 0, out);
    ref_dec(t, copy);
    return result;
}

Value newline_decode_take(Thread *t, NewlineState *state, Value text, bool final)
{
    if (value_is_empty(text))
        return text;
    size_t n = str_length(text);
    if (state->pending_cr && (final || n > 0)) { /* the \r that waited comes first */
        Value joined = str_concat(t, t->interp->latin1['\r'], text);
        ref_dec(t, text);
        if (value_is_empty(joined))
            return joined;
        text = joined;
        state->pending_cr = false;
        n++;
    }
    if (!final && n > 0 && str_at(str_of(text), n - 1) == '\r') {
        Value cut = str_slice(t, text, 0, n - 1);
        ref_dec(t, text);
        if (value_is_empty(cut))
            return cut;
        text = cut;
        state->pending_cr = true;
        n--;
    }
    if (n == 0)
        return text;
    bool cr = has_cr(str_of(text));
    state->seen = seen_in(str_of(text), state->seen, cr);
    if (!cr || !state->translate)
        return text;
    Value result = translate(t, str_of(text));
    ref_dec(t, text);
    return result;
}

Value newline_seen(Thread *t, const NewlineState *state)
{
    static const char *const names[] = {"\r", "\n", "\r\n"};
    Value found[3];
    size_t count = 0;
    for (int i = 0; i < 3; i++) {
        if (!(state->seen & 1 << i))
            continue;
        found[count] = str_from_string(t, names[i]);
        if (value_is_empty(found[count++]))
            return VALUE_EMPTY;
    }
    if (count == 0)
        return VALUE_NONE;
    if (count == 1)
        return found[0];
    Value all = tuple_from_array(t, found, count);
    for (size_t i = 0; i < count; i++)
        ref_dec(t, found[i]);
    return all;
}

/* ---- finding the end of a line ---- */

static int64_t find_char(const Str *s, uint32_t c, size_t start, size_t end)
{
    if (str_kind(s) == 1) {
        const uint8_t *p = memchr(s->data + start, (int)c, end - start);
        return p ? p - s->data : -1;
    }
    return str_find_char(value_of(s), c, start, end);
}

int64_t newline_find(const Str *s, size_t start, size_t end, LineEnd mode, size_t *searched)
{
    *searched = end;
    int64_t at;
    switch (mode) {
    case LINE_LF: at = find_char(s, '\n', start, end); return at < 0 ? -1 : at + 1;
    case LINE_CR: at = find_char(s, '\r', start, end); return at < 0 ? -1 : at + 1;
    case LINE_CRLF:
        for (size_t from = start; (at = find_char(s, '\r', from, end)) >= 0; from = (size_t)at + 1) {
            if ((size_t)at + 1 == end)
                break;
            if (str_at(s, (size_t)at + 1) == '\n')
                return at + 2;
        }
        if (at >= 0) /* its \n may be the next character */
            *searched = (size_t)at;
        return -1;
    default:
        /* A decoder that does not translate keeps a final \r back, so \r\n is never torn apart. */
        for (size_t i = start; i < end; i++) {
            uint32_t c = str_at(s, i);
            if (c == '\n')
                return (int64_t)i + 1;
            if (c == '\r')
                return (int64_t)i + (i + 1 < end && str_at(s, i + 1) == '\n' ? 2 : 1);
        }
        return -1;
    }
}

int newline_check(Thread *t, Value newline, const char *message)
{
    if (value_is_empty(newline) || value_is_none(newline))
        return 0;
    const Str *s = str_of(newline);
    bool known = s->length == 0 || (s->length == 1 && (str_at(s, 0) == '\n' || str_at(s, 0) == '\r')) ||
                 (s->length == 2 && str_at(s, 0) == '\r' && str_at(s, 1) == '\n');
    if (!known)
        error_set(t, EXC_ValueError, message, newline);
    return known ? 0 : -1;
}

/* ---- IncrementalNewlineDecoder ---- */

typedef struct NewlineDecoder {
    Object head;
    Value decoder, errors; /* empty: not initialised; a decoder of None takes strs */
    NewlineState state;
} NewlineDecoder;
static inline NewlineDecoder *decoder_of(Value v) { return (NewlineDecoder *)value_object(v); }

static Value decoder_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    return value_of(type_alloc(t, type, 0));
}

static int decoder_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    NewlineDecoder *d = decoder_of(self);
    Value out[3];
    if (native_parse(t, "IncrementalNewlineDecoder", "(decoder, translate, errors='strict')", args, n, names, out) < 0)
        return -1;
    int translate_them = object_truth(t, out[1]);
    if (translate_them < 0)
        return -1;
    Value errors = value_is_empty(out[2]) ? str_intern(t, "strict") : ref_inc(t, out[2]);
    if (value_is_empty(errors))
        return -1;
    objlock_enter(t, d);
    d->state = (NewlineState){.translate = translate_them};
    objlock_exit(t, d);
    field_set_take(t, d, &d->errors, errors);
    field_set_take(t, d, &d->decoder, ref_inc(t, out[0]));
    return 0;
}

/* The decoder beneath, owned; None: there is none. Empty with an exception before __init__. */
static Value inner_of(Thread *t, Value self)
{
    Value inner = field_get(t, decoder_of(self), &decoder_of(self)->decoder);
    return value_is_empty(inner) ? error_set(t, EXC_ValueError, "IncrementalNewlineDecoder.__init__() not called")
                                 : inner;
}

NATIVE(decoder_decode, "decode", "($self, /, input, final=False)",
       "Decodes a piece of input and translates its line endings.")
{
    int final = argument_bool(t, args[2], 0);
    Value inner = final < 0 ? VALUE_EMPTY : inner_of(t, args[0]);
    if (value_is_empty(inner))
        return inner;
    Value text;
    if (value_is_none(inner)) {
        text = ref_inc(t, args[1]);
    } else {
        const Value call[3] = {inner, args[1], value_from_bool(final)};
        text = object_call_method(t, ID(t, decode), call, 3, VALUE_EMPTY);
        ref_dec(t, inner);
    }
    if (value_is_empty(text))
        return text;
    if (!str_check(text)) {
        error_set(t, EXC_TypeError, "decoder should return a string result, not '%.200T'", text);
        ref_dec(t, text);
        return VALUE_EMPTY;
    }
    NewlineDecoder *d = decoder_of(args[0]);
    objlock_enter(t, d);
    NewlineState state = d->state;
    objlock_exit(t, d);
    text = newline_decode_take(t, &state, text, final);
    objlock_enter(t, d);
    d->state.pending_cr = state.pending_cr;
    d->state.seen |= state.seen;
    objlock_exit(t, d);
    return text;
}

NATIVE(decoder_getstate, "getstate", "($self, /)", "(bytes that wait, flags).")
{
    Value inner = inner_of(t, args[0]), held, flags;
    if (value_is_empty(inner))
        return inner;
    bool waits = decoder_of(args[0])->state.pending_cr;
    if (value_is_none(inner))
        return tuple_pack(t, 2, t->interp->empty_bytes, value_from_int(waits));
    Value state = io_call(t, inner, ID(t, getstate)), result = VALUE_EMPTY;
    ref_dec(t, inner);
    if (value_is_empty(state))
        return state;
    if (!tuple_check(state) || tuple_length(state) != 2) {
        error_set(t, EXC_TypeError, "illegal decoder state");
    } else {
        held = tuple_peek(state, 0);
        flags = tuple_peek(state, 1);
        uint64_t word;
        if (!int_check(flags)) {
            error_set(t, EXC_TypeError, "illegal decoder state");
        } else {
            word = int_to_uint64_mask(flags) << 1 | waits;
            flags = int_from_uint64(t, word);
            result = tuple_pack(t, 2, held, flags);
            ref_dec(t, flags);
        }
    }
    ref_dec(t, state);
    return result;
}

NATIVE(decoder_setstate, "setstate", "($self, state, /)", "Restores what getstate() returned.")
{
    Value inner = inner_of(t, args[0]), state = args[1];
    if (value_is_empty(inner))
        return inner;
    if (!tuple_check(state) || tuple_length(state) != 2 || !int_check(tuple_peek(state, 1))) {
        ref_dec(t, inner);
        return error_set(t, EXC_TypeError,
                         tuple_check(state) ? "illegal decoder state" : "state argument must be a tuple");
    }
    uint64_t word = int_to_uint64_mask(tuple_peek(state, 1));
    decoder_of(args[0])->state.pending_cr = word & 1;
    if (value_is_none(inner))
        return inner;
    Value flags = int_from_uint64(t, word >> 1), pair = tuple_pack(t, 2, tuple_peek(state, 0), flags),
          result = VALUE_EMPTY;
    if (!value_is_empty(pair))
        result = io_call1(t, inner, ID(t, setstate), pair);
    ref_dec(t, flags);
    ref_dec(t, pair);
    ref_dec(t, inner);
    return result;
}

NATIVE(decoder_reset, "reset", "($self, /)", "Forgets everything.")
{
    Value inner = inner_of(t, args[0]);
    if (value_is_empty(inner))
        return inner;
    NewlineDecoder *d = decoder_of(args[0]);
    objlock_enter(t, d);
    d->state.seen = 0;
    d->state.pending_cr = false;
    objlock_exit(t, d);
    if (value_is_none(inner))
        return inner;
    Value result = io_call(t, inner, ID(t, reset));
    ref_dec(t, inner);
    return result;
}

static Value get_newlines(Thread *t, Value self)
{
    Value inner = inner_of(t, self);
    if (value_is_empty(inner))
        return inner;
    ref_dec(t, inner);
    return newline_seen(t, &decoder_of(self)->state);
}

static void decoder_clear(Thread *t, Object *o)
{
    ref_clear(t, &((NewlineDecoder *)o)->decoder);
    ref_clear(t, &((NewlineDecoder *)o)->errors);
}
static int decoder_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((NewlineDecoder *)o)->decoder);
    VISIT(((NewlineDecoder *)o)->errors);
    return 0;
}

static const NativeDef *const methods[] = {&native_decoder_decode, &native_decoder_getstate, &native_decoder_setstate,
                                           &native_decoder_reset, NULL};
static const GetSetDef getsets[] = {{"newlines", get_newlines, NULL, "The line endings seen: None, one, or a tuple."},
                                    {NULL, NULL, NULL, NULL}};

const TypeSpec io_decoder_spec = {
    .name = "_io.IncrementalNewlineDecoder",
    .doc = "Decodes in universal newlines mode: wraps another decoder (or None: the input is text).\n\nWith "
           "`translate`, \\r\\n and \\r become \\n; which endings were seen is remembered.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(NewlineDecoder),
    .methods = methods,
    .getsets = getsets,
    .signature = "(decoder, translate, errors='strict')",
    .slots = {.dealloc = decoder_clear,
              .traverse = decoder_traverse,
              .clear = decoder_clear,
              .create = decoder_create,
              .init = decoder_init},
};
