/* io_string.c: StringIO: a stream of text in memory.
 *
 * The contents are `size` characters of `width` bytes each in plain memory; a wider character widens all.
 * Locks: with the lock off each operation holds the object's leaf lock; arguments are converted, and newlines translated, before. Read next: io_newline.c. */
#include "mod__io.h"

#include "../object/container.h"
#include "../object/str_internal.h"

typedef struct StringIO {
    IO_HEAD;
    bool ok, closed, universal;
    uint8_t width;             /* 1, 2, 4 */
    const char *write_newline; /* what \n becomes, or NULL */
    NewlineState newline;
    LineEnd line_end;
    Value read_newline; /* the argument: a str, or empty for None */
    uint8_t *data;
    size_t size, capacity, pos; /* in characters */
} StringIO;
static inline StringIO *stringio(Value v) { return (StringIO *)value_object(v); }

static Value state_error(Thread *t, const StringIO *s)
{
    return error_set(t, EXC_ValueError,
                     s->ok ? "I/O operation on closed file" : "I/O operation on uninitialized object");
}
static inline bool is_open(const StringIO *s) { return s->ok && !s->closed; }

/* ---- the contents; the lock is held ---- */

static inline uint32_t char_at(const StringIO *s, size_t i)
{
    switch (s->width) {
    case 1: return s->data[i];
    case 2: return ((const uint16_t *)(const void *)s->data)[i];
    default: return ((const uint32_t *)(const void *)s->data)[i];
    }
}

static void put_char(uint8_t *data, int width, size_t i, uint32_t c)
{
    switch (width) {
    case 1: data[i] = (uint8_t)c; break;
    case 2: ((uint16_t *)(void *)data)[i] = (uint16_t)c; break;
    default: ((uint32_t *)(void *)data)[i] = c;
    }
}

/* Room for `capacity` characters of `width` bytes: 0 or -1. */
static int make_room(Thread *t, StringIO *s, size_t capacity, uint8_t width)
{
    if (LIKELY(capacity <= s->capacity && width <= s->width))
        return 0;
    if (width < s->width)
        width = s->width;
    if (capacity > s->capacity)
        capacity += (capacity >> 3) + 64;
    else
        capacity = s->capacity;
    if (capacity > PTRDIFF_MAX / 8)
        return error_no_memory(t), -1;
    if (width == s->width) {
        uint8_t *data = s->data ? alloc_memory_resize(t, s->data, capacity * width) : alloc_memory(t, capacity * width);
        if (!data)
            return -1;
        s->data = data;
    } else {
        uint8_t *data = alloc_memory(t, capacity * width);
        if (!data)
            return -1;
        for (size_t i = 0; i < s->size; i++)
            put_char(data, width, i, char_at(s, i));
        alloc_memory_free(t, s->data);
        s->data = data;
        s->width = width;
    }
    s->capacity = capacity;
    return 0;
}

static int write_chars(Thread *t, StringIO *s, Value text)
{
    const Str *from = str_of(text);
    size_t n = from->length;
    uint8_t width = (uint8_t)str_kind(from);
    if (s->pos > PTRDIFF_MAX / 8 - n)
        return error_set(t, EXC_OverflowError, "new position too large"), -1;
    if (make_room(t, s, s->pos + n, width) < 0)
        return -1;
    if (UNLIKELY(s->pos > s->size))
        memset(s->data + s->size * s->width, 0, (s->pos - s->size) * s->width);
    if (LIKELY(width == s->width)) {
        memcpy(s->data + s->pos * width, from->data, n * width);
    } else {
        for (size_t i = 0; i < n; i++)
            put_char(s->data, s->width, s->pos + i, str_at(from, i));
    }
    s->pos += n;
    if (s->pos > s->size)
        s->size = s->pos;
    return 0;
}

static Value text_of(Thread *t, const StringIO *s, size_t start, size_t end)
{
    size_t n = end - start;
    if (n == 0)
        return ref_inc(t, t->interp->empty_str);
    const uint8_t *at = s->data + start * s->width;
    switch (s->width) {
    case 1: return str_from_latin1(t, at, n);
    case 2: return str_from_ucs2(t, (const uint16_t *)(const void *)at, n);
    default: return str_from_ucs4(t, (const uint32_t *)(const void *)at, n);
    }
}

static inline size_t take(const StringIO *s, int64_t n)
{
    size_t have = s->pos < s->size ? s->size - s->pos : 0;
    return n < 0 || (uint64_t)n > have ? have : (size_t)n;
}

static size_t line_length(const StringIO *s, int64_t limit)
{
    size_t n = take(s, limit);
    if (n && s->width == 1 && (s->line_end == LINE_LF || s->line_end == LINE_CR)) {
        const uint8_t *start = s->data + s->pos, *end = memchr(start, s->line_end == LINE_LF ? '\n' : '\r', n);
        return end ? (size_t)(end - start) + 1 : n;
    }
    size_t have = s->pos < s->size ? s->size - s->pos : 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t c = char_at(s, s->pos + i), next = i + 1 < have ? char_at(s, s->pos + i + 1) : 0;
        size_t length = 0;
        if (c == '\n' && s->line_end <= LINE_ANY)
            length = i + 1;
        else if (c == '\r' && s->line_end != LINE_LF)
            length = s->line_end == LINE_CR ? i + 1 : next == '\n' ? i + 2 : s->line_end == LINE_ANY ? i + 1 : 0;
        if (length)
            return length < n ? length : n;
    }
    return n;
}

/* ---- reading ---- */

static Value read_n(Thread *t, StringIO *s, int64_t n, bool line)
{
    Value result;
    objlock_enter(t, s);
    if (UNLIKELY(!is_open(s))) {
        result = state_error(t, s);
    } else {
        size_t length = line ? line_length(s, n) : take(s, n);
        result = length ? text_of(t, s, s->pos, s->pos + length) : ref_inc(t, t->interp->empty_str);
        if (!value_is_empty(result))
            s->pos += length;
    }
    objlock_exit(t, s);
    return result;
}

NATIVE(stringio_read, "read", "($self, size=-1, /)", "Reads at most `size` characters, all until the end by default.")
{
    int64_t size;
    return io_size(t, args[1], -1, &size) < 0 ? VALUE_EMPTY : read_n(t, stringio(args[0]), size, false);
}
NATIVE(stringio_readline, "readline", "($self, size=-1, /)",
       "Reads a line, at most `size` characters of it; empty at the end.")
{
    int64_t size;
    return io_size(t, args[1], -1, &size) < 0 ? VALUE_EMPTY : read_n(t, stringio(args[0]), size, true);
}

static Value stringio_next(Thread *t, Value self)
{
    if (type_of(t, self) != io_state(t)->string) /* readline() may be overridden */
        return io_check_closed(t, self) < 0 ? VALUE_EMPTY : io_next_line(t, self, true);
    Value line = read_n(t, stringio(self), -1, true);
    if (!value_is_empty(line) && str_length(line) == 0) {
        ref_dec(t, line);
        return VALUE_EMPTY;
    }
    return line;
}

/* ---- writing ---- */

static int write_str(Thread *t, StringIO *s, Value text)
{
    Value translated = ref_inc(t, text);
    if (UNLIKELY(s->universal)) {
        objlock_enter(t, s);
        NewlineState state = s->newline;
        objlock_exit(t, s);
        translated = newline_decode_take(t, &state, translated, true);
        objlock_enter(t, s);
        s->newline.seen |= state.seen;
        objlock_exit(t, s);
    }
    if (UNLIKELY(s->write_newline != NULL) && !value_is_empty(translated)) {
        Value newline = str_from_string(t, s->write_newline), lf = t->interp->latin1['\n'], replaced = VALUE_EMPTY;
        if (!value_is_empty(newline))
            replaced = str_replace(t, translated, lf, newline, -1);
        ref_dec(t, newline);
        ref_dec(t, translated);
        translated = replaced;
    }
    if (value_is_empty(translated))
        return -1;
    int status = -1;
    objlock_enter(t, s);
    if (!is_open(s))
        state_error(t, s);
    else
        status = str_length(translated) ? write_chars(t, s, translated) : 0;
    objlock_exit(t, s);
    ref_dec(t, translated);
    return status;
}

NATIVE(stringio_write, "write", "($self, s, /)", "Writes text and returns how many characters.")
{
    StringIO *s = stringio(args[0]);
    if (!s->ok)
        return state_error(t, s);
    if (!str_check(args[1]))
        return error_set(t, EXC_TypeError, "string argument expected, got '%T'", args[1]);
    if (s->closed)
        return state_error(t, s);
    return write_str(t, s, args[1]) < 0 ? VALUE_EMPTY : int_from_size(t, str_length(args[1]));
}

NATIVE(stringio_truncate, "truncate", "($self, pos=None, /)",
       "Cuts the contents at a size, the current position by default, and returns it.\n\nThe position stays.")
{
    StringIO *s = stringio(args[0]);
    int64_t size = -1;
    if (!is_open(s))
        return state_error(t, s);
    bool here = value_is_empty(args[1]) || value_is_none(args[1]);
    if (!here && io_size(t, args[1], 0, &size) < 0)
        return VALUE_EMPTY;
    if (!here && size < 0)
        return error_set(t, EXC_ValueError, "Negative size value %lld", (long long)size);
    objlock_enter(t, s);
    if (here)
        size = (int64_t)s->pos;
    if ((size_t)size < s->size)
        s->size = (size_t)size;
    objlock_exit(t, s);
    return int_from_int64(t, size);
}

/* ---- the whole ---- */

NATIVE(stringio_getvalue, "getvalue", "($self, /)", "All of the contents.")
{
    StringIO *s = stringio(args[0]);
    objlock_enter(t, s);
    Value result = is_open(s) ? text_of(t, s, 0, s->size) : state_error(t, s);
    objlock_exit(t, s);
    return result;
}

NATIVE(stringio_seek, "seek", "($self, pos, whence=0, /)",
       "Moves the position and returns it.\n\nwhence: 0 to `pos`, 1 stay, 2 the end; `pos` must be 0 for these two.")
{
    StringIO *s = stringio(args[0]);
    int64_t pos;
    int whence;
    if (argument_size(t, args[1], 0, &pos) < 0 || argument_int(t, args[2], 0, &whence) < 0)
        return VALUE_EMPTY;
    if (!is_open(s))
        return state_error(t, s);
    if (whence < 0 || whence > 2)
        return error_set(t, EXC_ValueError, "Invalid whence (%i, should be 0, 1 or 2)", whence);
    if (pos < 0 && whence == 0)
        return error_set(t, EXC_ValueError, "Negative seek position %lld", (long long)pos);
    if (whence != 0 && pos != 0)
        return error_set(t, EXC_OSError, "Can't do nonzero cur-relative seeks");
    objlock_enter(t, s);
    if (whence == 0)
        s->pos = (size_t)pos;
    else if (whence == 2)
        s->pos = s->size;
    pos = (int64_t)s->pos;
    objlock_exit(t, s);
    return int_from_int64(t, pos);
}

#define WHEN_OPEN(value) return is_open(stringio(args[0])) ? (value) : state_error(t, stringio(args[0]))
NATIVE(stringio_tell, "tell", "($self, /)", "The current position.")
{
    WHEN_OPEN(int_from_size(t, stringio(args[0])->pos));
}
NATIVE(stringio_readable, "readable", "($self, /)", "True: the stream can be read.") { WHEN_OPEN(VALUE_TRUE); }
NATIVE(stringio_writable, "writable", "($self, /)", "True: the stream can be written.") { WHEN_OPEN(VALUE_TRUE); }
NATIVE(stringio_seekable, "seekable", "($self, /)", "True: the position can be moved.") { WHEN_OPEN(VALUE_TRUE); }

NATIVE(stringio_close, "close", "($self, /)", "Gives the contents up. Later operations raise ValueError.")
{
    StringIO *s = stringio(args[0]);
    objlock_enter(t, s);
    uint8_t *data = s->data;
    s->closed = true;
    s->data = NULL;
    s->size = s->capacity = 0;
    s->width = 1;
    objlock_exit(t, s);
    alloc_memory_free(t, data);
    return VALUE_NONE;
}

/* ---- making ---- */

static Value stringio_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    StringIO *s = type_alloc(t, type, 0);
    if (s)
        s->width = 1;
    return value_of(s);
}

static void set_newline(Thread *t, StringIO *s, Value newline)
{
    bool none = value_is_none(newline);
    const Str *text = none ? NULL : str_of(newline);
    uint32_t first = none || text->length == 0 ? 0 : str_at(text, 0);
    s->universal = none || text->length == 0;
    s->newline = (NewlineState){.translate = none};
    s->line_end = none || first == '\n' ? LINE_LF : first == 0 ? LINE_ANY : text->length == 2 ? LINE_CRLF : LINE_CR;
    s->write_newline = first != '\r' ? NULL : text->length == 2 ? "\r\n" : "\r";
    field_set_take(t, s, &s->read_newline, none ? VALUE_EMPTY : ref_inc(t, newline));
}

static int stringio_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    StringIO *s = stringio(self);
    Value out[2] = {VALUE_EMPTY, VALUE_EMPTY};
    if (UNLIKELY(!value_is_empty(names) || n > 1)) {
        if (native_parse(t, "StringIO", "(initial_value='', newline='\\n')", args, n, names, out) < 0)
            return -1;
    } else if (n) {
        out[0] = args[0];
    }
    Value newline = value_is_empty(out[1]) ? t->interp->latin1['\n'] : out[1], initial = out[0];
    if (!value_is_none(newline) && !str_check(newline))
        return error_set(t, EXC_TypeError, "newline must be str or None, not %.200T", newline), -1;
    if (newline_check(t, newline, "illegal newline value: %V") < 0)
        return -1;
    bool given = !value_is_empty(initial) && !value_is_none(initial);
    if (given && !str_check(initial))
        return error_set(t, EXC_TypeError, "initial_value must be str or None, not %.200T", initial), -1;
    objlock_enter(t, s);
    s->ok = true;
    s->closed = false;
    s->size = s->pos = 0;
    objlock_exit(t, s);
    set_newline(t, s, newline);
    if (given && write_str(t, s, initial) < 0)
        return -1;
    s->pos = 0;
    return 0;
}

NATIVE(stringio_getstate, "__getstate__", "($self, /)", "(contents, newline, position, attributes), for pickle.")
{
    StringIO *s = stringio(args[0]);
    objlock_enter(t, s);
    Value text = is_open(s) ? text_of(t, s, 0, s->size) : state_error(t, s);
    int64_t pos = (int64_t)s->pos;
    objlock_exit(t, s);
    if (value_is_empty(text))
        return text;
    Value dict = slot_peek(&s->dict), copy = value_is_empty(dict) ? VALUE_NONE : dict_copy(t, dict);
    Value newline = value_is_empty(s->read_newline) ? VALUE_NONE : s->read_newline;
    Value state = value_is_empty(copy) ? VALUE_EMPTY : tuple_pack(t, 4, text, newline, value_from_int(pos), copy);
    ref_dec(t, text);
    ref_dec(t, copy);
    return state;
}

NATIVE(stringio_setstate, "__setstate__", "($self, state, /)", "Restores what __getstate__() returned.")
{
    StringIO *s = stringio(args[0]);
    Value state = args[1];
    int64_t pos;
    if (s->closed)
        return state_error(t, s);
    if (!tuple_check(state) || tuple_length(state) < 4)
        return error_set(t, EXC_TypeError, "%.200N.__setstate__ argument should be 4-tuple, got %.200T",
                         type_of(t, args[0]), state);
    /* The text is taken as it is: its newlines were translated when it was written. */
    const Value init[2] = {VALUE_NONE, tuple_peek(state, 1)};
    if (stringio_init(t, args[0], init, 2, VALUE_EMPTY) < 0)
        return VALUE_EMPTY;
    Value text = tuple_peek(state, 0), position = tuple_peek(state, 2), dict = tuple_peek(state, 3);
    if (!str_check(text))
        return error_set(t, EXC_TypeError, "initial_value must be str or None, not %.200T", text);
    objlock_enter(t, s);
    int status = str_length(text) ? write_chars(t, s, text) : 0;
    objlock_exit(t, s);
    if (status < 0)
        return VALUE_EMPTY;
    if (!int_check(position))
        return error_set(t, EXC_TypeError, "third item of state must be an integer, got %.200T", position);
    if (int_to_int64(t, position, &pos) < 0)
        return VALUE_EMPTY;
    if (pos < 0)
        return error_set(t, EXC_ValueError, "position value cannot be negative");
    s->pos = (size_t)pos;
    if (value_is_none(dict))
        return VALUE_NONE;
    if (!dict_check(dict))
        return error_set(t, EXC_TypeError, "fourth item of state should be a dict, got a %.200T", dict);
    Value own = type_instance_dict(t, &s->head);
    status = value_is_empty(own) ? -1 : dict_update(t, own, dict);
    ref_dec(t, own);
    return status < 0 ? VALUE_EMPTY : VALUE_NONE;
}

/* Only subclasses may have a close() that is worth calling when one dies. */
static void stringio_finalize(Thread *t, Object *o)
{
    if (o->type != io_state(t)->string)
        io_base_finalize(t, o);
}
static void stringio_dealloc(Thread *t, Object *o)
{
    StringIO *s = (StringIO *)o;
    io_head_clear(t, o);
    ref_clear(t, &s->read_newline);
    alloc_memory_free(t, s->data);
}

static Value get_closed(Thread *t, Value self)
{
    StringIO *s = stringio(self);
    return s->ok ? value_from_bool(s->closed) : state_error(t, s);
}
static Value get_newlines(Thread *t, Value self)
{
    StringIO *s = stringio(self);
    return is_open(s) ? newline_seen(t, &s->newline) : state_error(t, s);
}
static Value get_line_buffering(Thread *t, Value self)
{
    StringIO *s = stringio(self);
    return is_open(s) ? VALUE_FALSE : state_error(t, s);
}

static const NativeDef *const methods[] = {
    &native_stringio_close,    &native_stringio_getvalue,
    &native_stringio_read,     &native_stringio_readline,
    &native_stringio_tell,     &native_stringio_truncate,
    &native_stringio_seek,     &native_stringio_write,
    &native_stringio_seekable, &native_stringio_readable,
    &native_stringio_writable, &native_stringio_getstate,
    &native_stringio_setstate, NULL,
};
static const GetSetDef getsets[] = {
    {"closed", get_closed, NULL, "Whether close() was called."},
    {"newlines", get_newlines, NULL, "The line endings seen: None, one, or a tuple."},
    {"line_buffering", get_line_buffering, NULL, "False."},
    {NULL, NULL, NULL, NULL},
};

const TypeSpec io_string_spec = {
    .name = "_io.StringIO",
    .doc = "A stream of text in memory, with initial contents.\n\nnewline: as for TextIOWrapper, but '\\n' by default: "
           "nothing is translated.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(StringIO),
    .dict_offset = offsetof(StringIO, dict),
    .weak_offset = offsetof(StringIO, weakrefs),
    .methods = methods,
    .getsets = getsets,
    .signature = "(initial_value='', newline='\\n')",
    .slots =
        {
            .dealloc = stringio_dealloc,
            .traverse = io_head_traverse,
            .clear = io_head_clear,
            .finalize = stringio_finalize,
            .create = stringio_create,
            .init = stringio_init,
            .next = stringio_next,
        },
};
