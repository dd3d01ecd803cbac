/* io_bytes.c: BytesIO: a stream of bytes in memory, and the object behind getbuffer().
 *
 * The contents are the first `size` bytes of `store`, a bytes object used as plain memory; its length is the capacity.  While `shared` is set somebody else may
 * hold the object (getvalue(), the initial value): it is copied before it changes.  While there are exports nothing may change the size.
 * Locks: with the lock off each operation holds the object's leaf lock; arguments are converted before. Read next: io_string.c. */
#include "mod__io.h"

typedef struct BytesIO {
    IO_HEAD;
    bool shared;
    Value store; /* bytes; empty when closed */
    size_t size, pos, exports;
} BytesIO;
static inline BytesIO *bytesio(Value v) { return (BytesIO *)value_object(v); }

#define CAPACITY_MIN 64

static inline bool is_open(const BytesIO *b) { return !value_is_empty(b->store); }
static Value closed_error(Thread *t) { return error_set(t, EXC_ValueError, "I/O operation on closed file."); }
static Value exports_error(Thread *t)
{
    return error_set(t, EXC_BufferError, "Existing exports of data: object cannot be re-sized");
}

/* ---- the contents; the lock is held ---- */

/* Makes the store one's own, of at least `capacity` bytes (more, so that growing by bits takes linear time): 0 or -1.  *old is to be released after unlocking. */
static int own_store(Thread *t, BytesIO *b, size_t capacity, Value *old)
{
    size_t have = bytes_of(b->store)->length;
    if (!b->shared && capacity <= have)
        return 0;
    if (capacity > PTRDIFF_MAX / 2)
        return error_no_memory(t), -1;
    if (capacity > have)
        capacity += (capacity >> 3) + (capacity < 9 ? 3 : 6);
    else
        capacity = b->size > capacity ? b->size : capacity;
    if (capacity < CAPACITY_MIN)
        capacity = CAPACITY_MIN;
    Value store = VALUE_EMPTY;
    if (!b->shared && !t->free_threaded) {
        store = bytes_resize_take(t, b->store, capacity);
        if (value_is_empty(store)) { /* the old one is gone */
            b->store = bytes_new(t, NULL, 0);
            b->size = 0;
            b->shared = true;
            return -1;
        }
    } else {
        store = bytes_new(t, NULL, capacity);
        if (value_is_empty(store))
            return -1;
        memcpy(bytes_of(store)->data, bytes_of(b->store)->data, b->size < capacity ? b->size : capacity);
        *old = b->store;
    }
    b->store = store;
    b->shared = false;
    return 0;
}

/* The contents [start, end) as a bytes object; all of them without a copy if nothing is behind them, or if the spare capacity may go (`fit`). */
static Value contents(Thread *t, BytesIO *b, size_t start, size_t end, bool fit)
{
    if (start == 0 && end == b->size && end > 1 && b->exports == 0) {
        if (b->size == bytes_of(b->store)->length) {
            b->shared = true;
            return ref_inc(t, b->store);
        }
        if (fit && !b->shared && !t->free_threaded &&
            b->size > CAPACITY_MIN) { /* gives the spare capacity back and shares the rest */
            Value store = bytes_resize_take(t, b->store, b->size);
            if (value_is_empty(store)) {
                b->store = bytes_new(t, NULL, 0);
                b->size = 0;
                b->shared = true;
                return VALUE_EMPTY;
            }
            b->store = store;
            b->shared = true;
            return ref_inc(t, store);
        }
    }
    return bytes_new(t, bytes_of(b->store)->data + start, end - start);
}

/* Somebody has given the shared object back: it may change again. */
static inline void reclaim(Thread *t, BytesIO *b)
{
    Object *o = value_object(b->store);
    if (b->shared && !t->free_threaded && o->owner == t->owner && o->local == 1 &&
        bytes_of(b->store)->length >= CAPACITY_MIN) {
        store_relaxed(&bytes_of(b->store)->hash, 0);
        b->shared = false;
    }
}

static inline size_t ahead(const BytesIO *b) { return b->pos < b->size ? b->size - b->pos : 0; }
static inline size_t take(const BytesIO *b, int64_t n)
{
    size_t have = ahead(b);
    return n < 0 || (uint64_t)n > have ? have : (size_t)n;
}
static size_t line_length(const BytesIO *b, int64_t limit)
{
    size_t n = take(b, limit);
    if (n == 0)
        return 0;
    const uint8_t *start = bytes_of(b->store)->data + b->pos, *end = memchr(start, '\n', n);
    return end ? (size_t)(end - start) + 1 : n;
}

static int64_t write_bytes(Thread *t, BytesIO *b, const void *data, size_t n)
{
    Value old = VALUE_EMPTY;
    int64_t result = -1;
    objlock_enter(t, b);
    if (UNLIKELY(!is_open(b))) {
        closed_error(t);
    } else if (UNLIKELY(b->exports)) {
        exports_error(t);
    } else if (n == 0) {
        result = 0;
    } else {
        if (UNLIKELY(b->shared))
            reclaim(t, b);
        if (UNLIKELY(b->pos > PTRDIFF_MAX - n)) {
            error_set(t, EXC_OverflowError, "new buffer size too large");
        } else if (own_store(t, b, b->pos + n, &old) == 0) {
            uint8_t *store = bytes_of(b->store)->data;
            if (UNLIKELY(b->pos > b->size))
                memset(store + b->size, 0, b->pos - b->size);
            memcpy(store + b->pos, data, n);
            b->pos += n;
            if (b->pos > b->size)
                b->size = b->pos;
            result = (int64_t)n;
        }
    }
    objlock_exit(t, b);
    ref_dec(t, old);
    return result;
}

/* ---- reading ---- */

static Value read_n(Thread *t, BytesIO *b, int64_t n, bool line)
{
    Value result;
    objlock_enter(t, b);
    if (UNLIKELY(!is_open(b))) {
        result = closed_error(t);
    } else {
        size_t length = line ? line_length(b, n) : take(b, n), start = b->pos;
        result = contents(t, b, length ? start : 0, length ? start + length : 0, false);
        if (!value_is_empty(result))
            b->pos = start + length;
    }
    objlock_exit(t, b);
    return result;
}

#define SIZED(line)                                                                                                    \
    int64_t n_;                                                                                                        \
    if (io_size(t, args[1], -1, &n_) < 0)                                                                              \
        return VALUE_EMPTY;                                                                                            \
    return read_n(t, bytesio(args[0]), n_, line)

NATIVE(bytesio_read, "read", "($self, size=-1, /)", "Reads at most `size` bytes, all until the end by default.")
{
    SIZED(false);
}
NATIVE(bytesio_read1, "read1", "($self, size=-1, /)", "Reads at most `size` bytes, all until the end by default.")
{
    SIZED(false);
}
NATIVE(bytesio_readline, "readline", "($self, size=-1, /)",
       "Reads a line with its newline, at most `size` bytes; empty at the end.")
{
    SIZED(true);
}

NATIVE(bytesio_readlines, "readlines", "($self, size=None, /)",
       "A list of the lines; no more are read once their total size exceeds `size`.")
{
    int64_t hint, total = 0;
    if (io_size(t, args[1], 0, &hint) < 0)
        return VALUE_EMPTY;
    Value lines = list_new(t, 0);
    while (!value_is_empty(lines)) {
        Value line = read_n(t, bytesio(args[0]), -1, true);
        if (value_is_empty(line)) {
            ref_clear(t, &lines);
            break;
        }
        size_t n = bytes_of(line)->length;
        if (n == 0) {
            ref_dec(t, line);
            break;
        }
        if (list_append_take(t, lines, line) < 0)
            ref_clear(t, &lines);
        total += (int64_t)n;
        if (hint > 0 && total >= hint)
            break;
    }
    return lines;
}

NATIVE(bytesio_readinto, "readinto", "($self, buffer, /)", "Reads into a buffer and returns the number of bytes.")
{
    BytesIO *b = bytesio(args[0]);
    Buffer view;
    if (argument_buffer_writable(t, args[1], "readinto", "argument", &view) < 0)
        return VALUE_EMPTY;
    size_t size = 0;
    objlock_enter(t, b);
    bool open = is_open(b);
    if (open) {
        size = take(b, (int64_t)view.length);
        if (size)
            memmove(view.data, bytes_of(b->store)->data + b->pos, size);
        b->pos += size;
    }
    objlock_exit(t, b);
    buffer_release(t, &view);
    return open ? int_from_size(t, size) : closed_error(t);
}

static Value bytesio_next(Thread *t, Value self)
{
    Value line = read_n(t, bytesio(self), -1, true);
    if (!value_is_empty(line) && bytes_of(line)->length == 0) {
        ref_dec(t, line);
        return VALUE_EMPTY;
    }
    return line;
}

/* ---- writing ---- */

static int64_t write_object(Thread *t, Value self, Value data)
{
    BytesIO *b = bytesio(self);
    if (LIKELY(object_is_exact(data, KIND_BYTES)))
        return write_bytes(t, b, bytes_of(data)->data, bytes_of(data)->length);
    if (!is_open(b))
        return closed_error(t), -1;
    if (b->exports)
        return exports_error(t), -1;
    Buffer view;
    if (buffer_get(t, data, &view, BUFFER_SIMPLE) < 0)
        return -1;
    int64_t n = write_bytes(t, b, view.data, view.length);
    buffer_release(t, &view);
    return n;
}
NATIVE(bytesio_write, "write", "($self, b, /)", "Writes bytes and returns how many.")
{
    int64_t size = write_object(t, args[0], args[1]);
    return size < 0 ? VALUE_EMPTY : value_from_int(size);
}
NATIVE(bytesio_writelines, "writelines", "($self, lines, /)",
       "Writes what an iterable gives; no line endings are added.")
{
    if (!is_open(bytesio(args[0])))
        return closed_error(t);
    Value iterator = object_iter(t, args[1]), line;
    if (value_is_empty(iterator))
        return iterator;
    while (!value_is_empty(line = object_next(t, iterator))) {
        int64_t n = write_object(t, args[0], line);
        ref_dec(t, line);
        if (n < 0)
            break;
    }
    ref_dec(t, iterator);
    return error_pending(t) ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(bytesio_truncate, "truncate", "($self, size=None, /)",
       "Cuts the contents at a size, the current position by default, and returns it.\n\nThe position stays.")
{
    BytesIO *b = bytesio(args[0]);
    int64_t size = -1;
    bool here = value_is_empty(args[1]) || value_is_none(args[1]);
    if (!is_open(b))
        return closed_error(t);
    if (b->exports)
        return exports_error(t);
    if (!here && io_size(t, args[1], 0, &size) < 0)
        return VALUE_EMPTY;
    if (!here && size < 0)
        return error_set(t, EXC_ValueError, "negative size value %lld", (long long)size);
    Value result = VALUE_EMPTY;
    objlock_enter(t, b);
    if (!is_open(b)) {
        closed_error(t);
    } else if (b->exports) {
        exports_error(t);
    } else {
        if (here)
            size = (int64_t)b->pos;
        if ((size_t)size < b->size)
            b->size = (size_t)size;
        result = int_from_int64(t, size);
    }
    objlock_exit(t, b);
    return result;
}

/* ---- the whole ---- */

NATIVE(bytesio_getvalue, "getvalue", "($self, /)", "All of the contents as bytes.")
{
    BytesIO *b = bytesio(args[0]);
    objlock_enter(t, b);
    Value result = is_open(b) ? contents(t, b, 0, b->size, true) : closed_error(t);
    objlock_exit(t, b);
    return result;
}

NATIVE(
    bytesio_seek, "seek", "($self, pos, whence=0, /)",
    "Moves the position and returns it.\n\nwhence: 0 relative to the start, 1 to the current position, 2 to the end.")
{
    BytesIO *b = bytesio(args[0]);
    int64_t pos, base = 0;
    int whence;
    if (argument_size(t, args[1], 0, &pos) < 0 || argument_int(t, args[2], 0, &whence) < 0)
        return VALUE_EMPTY;
    if (!is_open(b))
        return closed_error(t);
    if (pos < 0 && whence == 0)
        return error_set(t, EXC_ValueError, "negative seek value %lld", (long long)pos);
    objlock_enter(t, b);
    if (whence == 1)
        base = (int64_t)b->pos;
    else if (whence == 2)
        base = (int64_t)b->size;
    bool known = whence >= 0 && whence <= 2, overflow = __builtin_add_overflow(base, pos, &pos);
    if (pos < 0)
        pos = 0;
    if (known && !overflow)
        b->pos = (size_t)pos;
    objlock_exit(t, b);
    if (!known)
        return error_set(t, EXC_ValueError, "invalid whence (%i, should be 0, 1 or 2)", whence);
    if (overflow)
        return error_set(t, EXC_OverflowError, "new position too large");
    return int_from_int64(t, pos);
}

#define WHEN_OPEN(value) return is_open(bytesio(args[0])) ? (value) : closed_error(t)
NATIVE(bytesio_tell, "tell", "($self, /)", "The current position.")
{
    WHEN_OPEN(int_from_size(t, bytesio(args[0])->pos));
}
NATIVE(bytesio_readable, "readable", "($self, /)", "True: the stream can be read.") { WHEN_OPEN(VALUE_TRUE); }
NATIVE(bytesio_writable, "writable", "($self, /)", "True: the stream can be written.") { WHEN_OPEN(VALUE_TRUE); }
NATIVE(bytesio_seekable, "seekable", "($self, /)", "True: the position can be moved.") { WHEN_OPEN(VALUE_TRUE); }
NATIVE(bytesio_isatty, "isatty", "($self, /)", "False: it is no terminal.") { WHEN_OPEN(VALUE_FALSE); }
NATIVE(bytesio_flush, "flush", "($self, /)", "Does nothing.") { WHEN_OPEN(VALUE_NONE); }

NATIVE(bytesio_close, "close", "($self, /)", "Gives the contents up. Later operations raise ValueError.")
{
    BytesIO *b = bytesio(args[0]);
    Value store = VALUE_EMPTY;
    objlock_enter(t, b);
    bool busy = b->exports != 0;
    if (!busy) {
        store = b->store;
        b->store = VALUE_EMPTY;
    }
    objlock_exit(t, b);
    ref_dec(t, store);
    return busy ? exports_error(t) : VALUE_NONE;
}

static int set_initial(Thread *t, BytesIO *b, Value initial)
{
    Value store, old;
    if (value_is_empty(initial) || value_is_none(initial)) {
        store = bytes_new(t, NULL, 0);
    } else if (object_is_exact(initial, KIND_BYTES)) {
        store = ref_inc(t, initial);
    } else {
        Buffer view;
        if (buffer_get(t, initial, &view, BUFFER_FULL_RO) < 0)
            return -1;
        store = bytes_new(t, NULL, view.length);
        if (!value_is_empty(store) && view.length)
            buffer_copy_out(&view, bytes_of(store)->data, 'C');
        buffer_release(t, &view);
    }
    if (value_is_empty(store))
        return -1;
    objlock_enter(t, b);
    bool busy = b->exports != 0;
    old = busy ? store : b->store;
    if (!busy) {
        b->store = store;
        b->size = bytes_of(store)->length;
        b->pos = 0;
        b->shared = true;
    }
    objlock_exit(t, b);
    ref_dec(t, old);
    if (busy)
        exports_error(t);
    return busy ? -1 : 0;
}

/* ---- making ---- */

static Value bytesio_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    BytesIO *b = type_alloc(t, type, 0);
    if (!b)
        return VALUE_EMPTY;
    b->store = ref_inc(t, t->interp->empty_bytes);
    b->shared = true;
    return value_of(b);
}

static int bytesio_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Value initial = VALUE_EMPTY;
    if (LIKELY(value_is_empty(names) && n <= 1))
        initial = n ? args[0] : VALUE_EMPTY;
    else if (native_parse(t, "BytesIO", "(initial_bytes=b'')", args, n, names, &initial) < 0)
        return -1;
    return set_initial(t, bytesio(self), initial);
}

NATIVE(bytesio_getstate, "__getstate__", "($self, /)", "(contents, position, attributes), for pickle.")
{
    BytesIO *b = bytesio(args[0]);
    objlock_enter(t, b);
    Value all = is_open(b) ? contents(t, b, 0, b->size, true) : closed_error(t);
    int64_t pos = (int64_t)b->pos;
    objlock_exit(t, b);
    if (value_is_empty(all))
        return all;
    Value dict = slot_peek(&b->dict), copy = value_is_empty(dict) ? VALUE_NONE : dict_copy(t, dict);
    Value state = value_is_empty(copy) ? VALUE_EMPTY : tuple_pack(t, 3, all, value_from_int(pos), copy);
    ref_dec(t, all);
    ref_dec(t, copy);
    return state;
}

NATIVE(bytesio_setstate, "__setstate__", "($self, state, /)", "Restores what __getstate__() returned.")
{
    BytesIO *b = bytesio(args[0]);
    Value state = args[1];
    int64_t pos;
    if (!tuple_check(state) || tuple_length(state) < 3)
        return error_set(t, EXC_TypeError, "%.200N.__setstate__ argument should be 3-tuple, got %.200T",
                         type_of(t, args[0]), state);
    if (b->exports)
        return exports_error(t);
    if (b->base_closed || !is_open(b))
        return closed_error(t);
    if (set_initial(t, b, tuple_peek(state, 0)) < 0)
        return VALUE_EMPTY;
    Value position = tuple_peek(state, 1), dict = tuple_peek(state, 2);
    if (!int_check(position))
        return error_set(t, EXC_TypeError, "second item of state must be an integer, not %.200T", position);
    if (int_to_int64(t, position, &pos) < 0)
        return VALUE_EMPTY;
    if (pos < 0)
        return error_set(t, EXC_ValueError, "position value cannot be negative");
    b->pos = (size_t)pos;
    if (value_is_none(dict))
        return VALUE_NONE;
    if (!dict_check(dict))
        return error_set(t, EXC_TypeError, "third item of state should be a dict, got a %.200T", dict);
    Value own = type_instance_dict(t, &b->head);
    int status = value_is_empty(own) ? -1 : dict_update(t, own, dict);
    ref_dec(t, own);
    return status < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(bytesio_sizeof, "__sizeof__", "($self, /)",
       "Bytes of memory, those of the contents included when they are its own.")
{
    BytesIO *b = bytesio(args[0]);
    size_t size = sizeof *b;
    objlock_enter(t, b);
    if (is_open(b) && !b->shared)
        size += sizeof(Bytes) + bytes_of(b->store)->length + 1;
    objlock_exit(t, b);
    return int_from_size(t, size);
}

/* Only subclasses may have a close() that is worth calling when one dies. */
static void bytesio_finalize(Thread *t, Object *o)
{
    if (o->type != io_state(t)->bytes)
        io_base_finalize(t, o);
}
static void bytesio_dealloc(Thread *t, Object *o)
{
    io_head_clear(t, o);
    ref_clear(t, &((BytesIO *)o)->store);
}

static Value get_closed(Thread *t, Value self) { return value_from_bool(!is_open(bytesio(self))); }

/* ---- getbuffer() ---- */

/* Exports the memory of a BytesIO; a memoryview of it is what getbuffer() returns. */
typedef struct BytesIOBuffer {
    Object head;
    Value source; /* the BytesIO */
    Object *weakrefs;
} BytesIOBuffer;

static int view_get(Thread *t, Value self, Buffer *view, int flags)
{
    BytesIO *b = bytesio(((BytesIOBuffer *)value_object(self))->source);
    Value old = VALUE_EMPTY;
    objlock_enter(t, b);
    int status = !is_open(b) ? (closed_error(t), -1) : 0;
    if (status == 0 && b->exports == 0) {
        reclaim(t, b);
        status = own_store(t, b, b->size, &old);
    }
    if (status == 0)
        b->exports++;
    objlock_exit(t, b);
    ref_dec(t, old);
    if (status < 0)
        return -1;
    if (buffer_fill(t, view, self, bytes_of(b->store)->data, b->size, false, flags) == 0)
        return 0;
    objlock_enter(t, b);
    b->exports--;
    objlock_exit(t, b);
    return -1;
}
static void view_release(Thread *t, Value self, Buffer *view)
{
    BytesIO *b = bytesio(((BytesIOBuffer *)value_object(self))->source);
    objlock_enter(t, b);
    b->exports--;
    objlock_exit(t, b);
}
static void view_clear(Thread *t, Object *o) { ref_clear(t, &((BytesIOBuffer *)o)->source); }
static int view_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((BytesIOBuffer *)o)->source);
    return 0;
}

const TypeSpec io_bytes_buffer_spec = {
    .name = "_io._BytesIOBuffer",
    .kind = KIND_OBJECT,
    .flags = TYPE_IMMUTABLE | TYPE_NO_NEW,
    .size = sizeof(BytesIOBuffer),
    .weak_offset = offsetof(BytesIOBuffer, weakrefs),
    .slots = {.dealloc = view_clear, .traverse = view_traverse, .buffer_get = view_get, .buffer_release = view_release},
};

NATIVE(bytesio_getbuffer, "getbuffer", "($self, /)",
       "A memoryview of the contents, which may be changed through it; while it exists the size may not change.")
{
    if (!is_open(bytesio(args[0])))
        return closed_error(t);
    BytesIOBuffer *o = alloc_object(t, io_state(t)->bytes_buffer, sizeof *o);
    if (!o)
        return VALUE_EMPTY;
    o->source = ref_inc(t, args[0]);
    Value view = memoryview_new(t, value_of(o));
    ref_dec_ptr(t, o);
    return view;
}

static const NativeDef *const methods[] = {
    &native_bytesio_readable,   &native_bytesio_seekable,
    &native_bytesio_writable,   &native_bytesio_close,
    &native_bytesio_flush,      &native_bytesio_isatty,
    &native_bytesio_tell,       &native_bytesio_write,
    &native_bytesio_writelines, &native_bytesio_read1,
    &native_bytesio_readinto,   &native_bytesio_readline,
    &native_bytesio_readlines,  &native_bytesio_read,
    &native_bytesio_getbuffer,  &native_bytesio_getvalue,
    &native_bytesio_seek,       &native_bytesio_truncate,
    &native_bytesio_getstate,   &native_bytesio_setstate,
    &native_bytesio_sizeof,     NULL,
};
static const GetSetDef getsets[] = {{"closed", get_closed, NULL, "Whether close() was called."},
                                    {NULL, NULL, NULL, NULL}};

const TypeSpec io_bytes_spec = {
    .name = "_io.BytesIO",
    .doc = "A buffered stream of bytes in memory, with initial contents.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(BytesIO),
    .dict_offset = offsetof(BytesIO, dict),
    .weak_offset = offsetof(BytesIO, weakrefs),
    .methods = methods,
    .getsets = getsets,
    .signature = "(initial_bytes=b'')",
    .slots =
        {
            .dealloc = bytesio_dealloc,
            .traverse = io_head_traverse,
            .clear = io_head_clear,
            .finalize = bytesio_finalize,
            .create = bytesio_create,
            .init = bytesio_init,
            .iter = slot_iter_self,
            .next = bytesio_next,
        },
};
