/* io_buffered.c: what BufferedReader, BufferedWriter and BufferedRandom share: the raw stream beneath, positions, closing, attributes; and the three types.
 *
 * The invariants of the buffer stand in mod__io.h.  The lock is held while the raw stream is called, which may run Python: a call of the same stream
 * from there raises RuntimeError.  With the lock (the GIL) on, what needs no raw stream runs without taking it if nobody has it.
 * Locks: IoLock of the stream.  Read next: io_buffered_read.c, io_buffered_write.c. */
#include "mod__io.h"

#include "../object/container.h"

/* ---- state ---- */

int buffered_check(Thread *t, Buffered *b)
{
    if (LIKELY(b->ok))
        return 0;
    error_set(t, EXC_ValueError,
              b->detached ? "raw stream has been detached" : "I/O operation on uninitialized object");
    return -1;
}

static int is_closed(Thread *t, Buffered *b)
{
    if (LIKELY(b->exact_file))
        return atomic_load_explicit(&io_file(b->raw)->fd, memory_order_relaxed) < 0;
    Value raw = field_get(t, b, &b->raw);
    int closed = value_is_empty(raw) ? 1 : io_closed(t, raw);
    ref_dec(t, raw);
    return closed;
}

int buffered_check_open(Thread *t, Buffered *b, const char *message)
{
    if (buffered_check(t, b) < 0)
        return -1;
    int closed = is_closed(t, b);
    if (closed > 0)
        error_set(t, EXC_ValueError, "%s", message);
    return closed ? -1 : 0;
}

int buffered_need_buffer(Thread *t, Buffered *b)
{
    if (LIKELY(b->buffer != NULL))
        return 0;
    b->buffer = alloc_memory(t, (size_t)b->buffer_size);
    return b->buffer ? 0 : -1;
}

/* The raw stream, owned, with the lock held: a detach() in another thread cannot take it away. */
static Value raw_of(Thread *t, Buffered *b)
{
    Value raw = field_get(t, b, &b->raw);
    return value_is_empty(raw) ? error_set(t, EXC_ValueError, "raw stream has been detached") : raw;
}

static Value call_raw(Thread *t, Value self, Value method)
{
    Buffered *b = io_buffered(self);
    if (buffered_check(t, b) < 0)
        return VALUE_EMPTY;
    Value raw = raw_of(t, b);
    Value result = value_is_empty(raw) ? VALUE_EMPTY : io_call(t, raw, method);
    ref_dec(t, raw);
    return result;
}

/* ---- the raw stream; the lock is held ---- */

static inline bool raw_is_file(Thread *t, Buffered *b, Value method)
{
    return b->exact_file && !io_has_own(t, b->raw, method);
}

/* raw.METHOD(memoryview of data).  Whoever keeps the view keeps the stream and its memory alive. */
static Value call_with_view(Thread *t, Buffered *b, Value method, uint8_t *data, int64_t n, bool readonly)
{
    Buffer buffer;
    if (buffer_fill(t, &buffer, value_of(b), data, (size_t)n, readonly, BUFFER_FULL_RO) < 0)
        return VALUE_EMPTY;
    Value view = memoryview_from_buffer_take(t, &buffer), raw = value_is_empty(view) ? VALUE_EMPTY : raw_of(t, b),
          result;
    if (value_is_empty(raw)) {
        ref_dec(t, view);
        return VALUE_EMPTY;
    }
    do
        result = io_call1(t, raw, method, view);
    while (value_is_empty(result) && io_interrupted(t));
    ref_dec(t, raw);
    bool in_buffer = b->buffer && data >= b->buffer && data <= b->buffer + b->buffer_size;
    bool kept = ref_count(value_object(view)) > 1;
    if (kept && in_buffer) {
        b->leaked = true;
    } else if (kept) { /* memory of somebody else: the view must not outlive the call */
        Value exc = error_take(t),
              released = object_call_method_string(t, view, "release", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
        ref_dec(t, released);
        error_clear(t);
        if (!value_is_empty(exc))
            error_restore_take(t, exc);
    }
    ref_dec(t, view);
    return result;
}

/* A result of readinto() or write(): a number of bytes up to n, None, or the error. */
static int64_t transferred(Thread *t, Buffered *b, Value result, int64_t n, const char *method)
{
    int64_t count;
    if (value_is_empty(result))
        return -1;
    if (value_is_none(result))
        return IO_WOULD_BLOCK;
    int status = int_to_int64(t, result, &count);
    ref_dec(t, result);
    if (status < 0) {
        error_set_from_cause(t, EXC_OSError, "raw %s failed", method);
        return -1;
    }
    if (count < 0 || count > n) {
        error_set(t, EXC_OSError, "raw %s returned invalid length %zd (should have been between 0 and %zd)", method,
                  (ptrdiff_t)count, (ptrdiff_t)n);
        return -1;
    }
    if (count > 0 && b->abs_pos != -1)
        b->abs_pos += count;
    return count;
}

int64_t buffered_raw_read(Thread *t, Buffered *b, uint8_t *data, int64_t n)
{
    if (LIKELY(raw_is_file(t, b, ID(t, readinto)))) {
        int64_t got = io_file_read(t, io_file(b->raw), data, (size_t)n);
        if (got > 0 && b->abs_pos != -1)
            b->abs_pos += got;
        return got;
    }
    return transferred(t, b, call_with_view(t, b, ID(t, readinto), data, n, false), n, "readinto()");
}

int64_t buffered_raw_write(Thread *t, Buffered *b, const uint8_t *data, int64_t n)
{
    if (LIKELY(raw_is_file(t, b, ID(t, write)))) {
        int64_t put = io_file_write(t, io_file(b->raw), data, (size_t)n);
        if (put > 0 && b->abs_pos != -1)
            b->abs_pos += put;
        return put;
    }
    return transferred(t, b, call_with_view(t, b, ID(t, write), (uint8_t *)(uintptr_t)data, n, true), n, "write()");
}

static int64_t position_take(Thread *t, Buffered *b, Value v)
{
    if (value_is_empty(v))
        return -1;
    int64_t n;
    int status = int_to_int64(t, v, &n);
    if (status == 0 && n < 0) {
        error_set(t, EXC_OSError, "Raw stream returned invalid position %V", v);
        status = -1;
    }
    ref_dec(t, v);
    if (status < 0)
        return -1;
    b->abs_pos = n;
    return n;
}

int64_t buffered_raw_tell(Thread *t, Buffered *b)
{
    if (raw_is_file(t, b, ID(t, tell))) {
        int64_t n = io_file_seek(t, io_file(b->raw), 0, 1);
        if (n >= 0)
            b->abs_pos = n;
        return n;
    }
    Value raw = raw_of(t, b);
    if (value_is_empty(raw))
        return -1;
    int64_t n = position_take(t, b, io_call(t, raw, ID(t, tell)));
    ref_dec(t, raw);
    return n;
}
static inline int64_t known_tell(Thread *t, Buffered *b)
{
    return b->abs_pos != -1 ? b->abs_pos : buffered_raw_tell(t, b);
}

int64_t buffered_raw_seek(Thread *t, Buffered *b, int64_t target, int whence)
{
    if (raw_is_file(t, b, ID(t, seek))) {
        int64_t n = io_file_seek(t, io_file(b->raw), target, whence);
        if (n >= 0)
            b->abs_pos = n;
        return n;
    }
    Value offset = int_from_int64(t, target), raw = value_is_empty(offset) ? VALUE_EMPTY : raw_of(t, b);
    if (value_is_empty(raw)) {
        ref_dec(t, offset);
        return -1;
    }
    const Value args[3] = {raw, offset, value_from_int(whence)};
    int64_t n = position_take(t, b, object_call_method(t, ID(t, seek), args, 3, VALUE_EMPTY));
    ref_dec(t, raw);
    ref_dec(t, offset);
    return n;
}

int buffered_flush_and_rewind(Thread *t, Buffered *b)
{
    if (buffered_flush(t, b) < 0)
        return -1;
    if (b->readable) {
        /* The raw stream goes where the reader is. */
        int64_t offset = buffered_raw_offset(b);
        bool failed = offset != 0 ? buffered_raw_seek(t, b, -offset, 1) < 0 : false;
        buffered_reset_read(b);
        if (failed)
            return -1;
    }
    return 0;
}

/* ---- making ---- */

int buffered_init(Thread *t, Buffered *b, Value raw, int64_t size)
{
    if (size <= 0)
        return error_set(t, EXC_ValueError, "buffer size must be strictly positive"), -1;
    if (size > PTRDIFF_MAX / 4) /* the memory itself is taken later */
        return error_no_memory(t), -1;
    if (io_lock_enter(t, &b->lock, value_of(b)) < 0)
        return -1;
    bool file = io_is_file(t, raw);
    uint8_t *old = b->leaked ? NULL : b->buffer;
    b->exact_file = false;
    Value old_raw = field_swap(t, b, &b->raw, ref_inc(t, raw));
    b->exact_file = file;
    b->buffer = NULL;
    b->buffer_size = size;
    b->detached = false;
    b->pos = 0;
    b->raw_pos = 0;
    b->abs_pos = -1;
    buffered_reset_read(b);
    buffered_reset_write(b);
    if (!file && buffered_raw_tell(t, b) < 0)
        error_clear(t);
    b->ok = true;
    io_lock_exit(t, &b->lock);
    alloc_memory_free(t, old);
    ref_dec(t, old_raw);
    return 0;
}

static Value buffered_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Buffered *b = type_alloc(t, type, 0);
    if (!b)
        return VALUE_EMPTY;
    buffered_reset_read(b);
    buffered_reset_write(b);
    return value_of(b);
}

static int init_arguments(Thread *t, const char *name, const Value *args, uint32_t n, Value names, Value *raw,
                          int64_t *size)
{
    Value out[2];
    if (native_parse(t, name, "(raw, buffer_size=DEFAULT_BUFFER_SIZE)", args, n, names, out) < 0)
        return -1;
    *raw = out[0];
    return argument_size(t, out[1], IO_BUFFER_SIZE, size);
}

static int init_reader(Thread *t, Value self, Value raw, int64_t size)
{
    Buffered *b = io_buffered(self);
    b->ok = b->detached = false;
    if (!(io_is_file(t, raw) && io_file(raw)->readable && atomic_load(&io_file(raw)->fd) >= 0) &&
        io_check_readable(t, raw) < 0)
        return -1;
    b->readable = true;
    b->writable = false;
    return buffered_init(t, b, raw, size);
}
static int init_writer(Thread *t, Value self, Value raw, int64_t size)
{
    Buffered *b = io_buffered(self);
    b->ok = b->detached = false;
    if (!(io_is_file(t, raw) && io_file(raw)->writable && atomic_load(&io_file(raw)->fd) >= 0) &&
        io_check_writable(t, raw) < 0)
        return -1;
    b->readable = false;
    b->writable = true;
    return buffered_init(t, b, raw, size);
}
static int init_random(Thread *t, Value self, Value raw, int64_t size)
{
    Buffered *b = io_buffered(self);
    b->ok = b->detached = false;
    if (io_check_seekable(t, raw) < 0 || io_check_readable(t, raw) < 0 || io_check_writable(t, raw) < 0)
        return -1;
    b->readable = b->writable = true;
    return buffered_init(t, b, raw, size);
}

static int reader_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Value raw;
    int64_t size;
    return init_arguments(t, "BufferedReader", args, n, names, &raw, &size) < 0 ? -1 : init_reader(t, self, raw, size);
}
static int writer_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Value raw;
    int64_t size;
    return init_arguments(t, "BufferedWriter", args, n, names, &raw, &size) < 0 ? -1 : init_writer(t, self, raw, size);
}
static int random_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Value raw;
    int64_t size;
    return init_arguments(t, "BufferedRandom", args, n, names, &raw, &size) < 0 ? -1 : init_random(t, self, raw, size);
}

Value io_buffered_new(Thread *t, Type *type, Value raw, int64_t size)
{
    Value v = buffered_create(t, type, NULL, 0, VALUE_EMPTY);
    if (value_is_empty(v))
        return v;
    IoState *s = io_state(t);
    int status = type == s->reader   ? init_reader(t, v, raw, size)
                 : type == s->writer ? init_writer(t, v, raw, size)
                                     : init_random(t, v, raw, size);
    if (status == 0)
        return v;
    Value exc = error_take(t);
    ref_dec(t, v);
    error_restore_take(t, exc);
    return VALUE_EMPTY;
}

static void buffered_dealloc(Thread *t, Object *o)
{
    Buffered *b = (Buffered *)o;
    b->ok = false;
    io_head_clear(t, o);
    ref_clear(t, &b->raw);
    alloc_memory_free(t, b->buffer);
}
static void buffered_clear(Thread *t, Object *o)
{
    Buffered *b = (Buffered *)o;
    b->ok = b->exact_file = false;
    io_head_clear(t, o);
    ref_clear(t, &b->raw);
}
static int buffered_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((Buffered *)o)->raw);
    return io_head_traverse(o, visit, arg);
}

/* ---- closing ---- */

NATIVE(buffered_dealloc_warn, "_dealloc_warn", "($self, source, /)",
       "ResourceWarning about a stream that is not closed.")
{
    Buffered *b = io_buffered(args[0]);
    if (b->ok && !value_is_empty(b->raw))
        io_dealloc_warn(t, b->raw, args[1]);
    return VALUE_NONE;
}

NATIVE(buffered_flush_raw, "flush", "($self, /)", "Flushes the raw stream.")
{
    return call_raw(t, args[0], ID(t, flush));
}

/* self.flush(), directly where it is ours. */
static Value flush_self(Thread *t, Value self)
{
    Buffered *b = io_buffered(self);
    if (b->exact_file && io_is_exact(self, io_state(t)->reader) && !io_has_own(t, self, ID(t, flush)) &&
        !io_has_own(t, b->raw, ID(t, flush)))
        return VALUE_NONE; /* nothing to flush */
    return io_call(t, self, ID(t, flush));
}

NATIVE(buffered_close, "close", "($self, /)", "Flushes and closes the stream and the raw one.")
{
    Buffered *b = io_buffered(args[0]);
    Value self = args[0];
    if (buffered_check(t, b) < 0 || io_lock_enter(t, &b->lock, self) < 0)
        return VALUE_EMPTY;
    int closed = is_closed(t, b);
    if (closed == 0 && b->finalizing && !value_is_empty(b->raw))
        io_dealloc_warn(t, b->raw, self);
    io_lock_exit(t, &b->lock);
    if (closed)
        return closed < 0 ? VALUE_EMPTY : VALUE_NONE;
    /* flush() takes the lock itself, and may be a method of a subclass. */
    Value flushed = flush_self(t, self), exc = error_take(t);
    ref_dec(t, flushed);
    if (io_lock_enter(t, &b->lock, self) < 0) {
        ref_dec(t, exc);
        return VALUE_EMPTY;
    }
    Value raw = raw_of(t, b), result = value_is_empty(raw) ? VALUE_EMPTY : io_call(t, raw, ID(t, close));
    uint8_t *buffer = b->leaked ? NULL : b->buffer;
    if (buffer)
        b->buffer = NULL;
    buffered_reset_read(b);
    buffered_reset_write(b);
    b->pos = 0;
    io_lock_exit(t, &b->lock);
    alloc_memory_free(t, buffer);
    ref_dec(t, raw);
    if (value_is_empty(exc))
        return result;
    ref_dec(t, result);
    error_chain_context_take(t, exc);
    return VALUE_EMPTY;
}

NATIVE(buffered_detach, "detach", "($self, /)",
       "Flushes, gives the raw stream up and returns it.\n\nThe buffered stream is of no use afterwards.")
{
    Buffered *b = io_buffered(args[0]);
    if (buffered_check(t, b) < 0)
        return VALUE_EMPTY;
    Value flushed = io_call(t, args[0], ID(t, flush));
    if (value_is_empty(flushed))
        return flushed;
    ref_dec(t, flushed);
    if (io_lock_enter(t, &b->lock, args[0]) < 0)
        return VALUE_EMPTY;
    b->exact_file = false;
    Value raw = field_swap(t, b, &b->raw, VALUE_EMPTY);
    b->detached = true;
    b->ok = false;
    io_lock_exit(t, &b->lock);
    return value_is_empty(raw) ? error_set(t, EXC_ValueError, "raw stream has been detached") : raw;
}

/* ---- positions ---- */

NATIVE(buffered_tell, "tell", "($self, /)", "The current position.")
{
    Buffered *b = io_buffered(args[0]);
    if (buffered_check(t, b) < 0 || io_lock_enter(t, &b->lock, args[0]) < 0)
        return VALUE_EMPTY;
    int64_t pos = buffered_raw_tell(t, b);
    if (pos >= 0) {
        pos -= buffered_raw_offset(b);
        if (pos < 0) /* the raw stream was moved under the buffer */
            pos = 0;
    }
    io_lock_exit(t, &b->lock);
    return pos < 0 ? VALUE_EMPTY : int_from_int64(t, pos);
}

/* Within what was read ahead no raw stream is needed: the new position, or -1. */
static int64_t seek_in_buffer(Thread *t, Buffered *b, int64_t target, int whence)
{
    if (whence == 2 || !b->readable)
        return -1;
    int64_t ahead = buffered_readahead(b);
    if (ahead <= 0)
        return -1;
    int64_t current = known_tell(t, b);
    if (current < 0)
        return -1;
    int64_t here = current - buffered_raw_offset(b), offset;
    if (whence == 1)
        offset = target;
    else if (__builtin_sub_overflow(target, here, &offset))
        return -1;
    if (offset < -b->pos || offset > ahead)
        return -1;
    b->pos += offset;
    return here + offset;
}

static int64_t seek_locked(Thread *t, Buffered *b, int64_t target, int whence)
{
    int64_t n = seek_in_buffer(t, b, target, whence);
    if (n >= 0 || error_pending(t))
        return n;
    if (b->writable && buffered_flush(t, b) < 0)
        return -1;
    if (whence == 1)
        target -= buffered_raw_offset(b);
    n = buffered_raw_seek(t, b, target, whence);
    if (n < 0)
        return -1;
    b->raw_pos = -1;
    buffered_reset_read(b);
    return n;
}

NATIVE(
    buffered_seek, "seek", "($self, target, whence=0, /)",
    "Moves the position and returns it.\n\nwhence: 0 relative to the start, 1 to the current position, 2 to the end.")
{
    Buffered *b = io_buffered(args[0]);
    int whence;
    int64_t target;
    if (argument_int(t, args[2], 0, &whence) < 0 || buffered_check(t, b) < 0)
        return VALUE_EMPTY;
    if (whence < 0 || whence > 4) /* 3 and 4: SEEK_DATA and SEEK_HOLE */
        return error_set(t, EXC_ValueError, "whence value %d unsupported", whence);
    if (buffered_check_open(t, b, "seek of closed file") < 0)
        return VALUE_EMPTY;
    Value raw = raw_of(t, b);
    if (value_is_empty(raw))
        return raw;
    int seekable = raw_is_file(t, b, ID(t, seekable)) ? io_file_seekable(t, io_file(raw)) == 1 ? 0 : -1
                                                      : io_check_seekable(t, raw);
    ref_dec(t, raw);
    if (seekable < 0) {
        if (!error_pending(t))
            io_unsupported(t, "File or stream is not seekable.");
        return VALUE_EMPTY;
    }
    if (io_offset(t, args[1], &target) < 0 || io_lock_enter(t, &b->lock, args[0]) < 0)
        return VALUE_EMPTY;
    int64_t position = seek_locked(t, b, target, whence);
    io_lock_exit(t, &b->lock);
    return position < 0 ? VALUE_EMPTY : int_from_int64(t, position);
}

NATIVE(buffered_truncate, "truncate", "($self, pos=None, /)",
       "Sets the file's size, to the current position by default, and returns it.")
{
    Buffered *b = io_buffered(args[0]);
    if (buffered_check_open(t, b, "truncate of closed file") < 0)
        return VALUE_EMPTY;
    if (!b->writable)
        return io_unsupported(t, "truncate");
    if (io_lock_enter(t, &b->lock, args[0]) < 0)
        return VALUE_EMPTY;
    Value result = VALUE_EMPTY;
    if (buffered_flush_and_rewind(t, b) == 0) {
        Value raw = raw_of(t, b);
        if (!value_is_empty(raw))
            result = io_call1(t, raw, ID(t, truncate), value_is_empty(args[1]) ? VALUE_NONE : args[1]);
        ref_dec(t, raw);
        if (!value_is_empty(result) && buffered_raw_tell(t, b) < 0)
            error_clear(t);
    }
    io_lock_exit(t, &b->lock);
    return result;
}

/* ---- attributes ---- */

NATIVE(buffered_seekable, "seekable", "($self, /)", "Whether the raw stream's position can be moved.")
{
    return call_raw(t, args[0], ID(t, seekable));
}
NATIVE(buffered_readable, "readable", "($self, /)", "Whether the raw stream can be read.")
{
    return call_raw(t, args[0], ID(t, readable));
}
NATIVE(buffered_writable, "writable", "($self, /)", "Whether the raw stream can be written.")
{
    return call_raw(t, args[0], ID(t, writable));
}
NATIVE(buffered_fileno, "fileno", "($self, /)", "The raw stream's descriptor.")
{
    return call_raw(t, args[0], ID(t, fileno));
}
NATIVE(buffered_isatty, "isatty", "($self, /)", "Whether the raw stream is a terminal.")
{
    return call_raw(t, args[0], ID(t, isatty));
}

static Value raw_attribute(Thread *t, Value self, Value name)
{
    Buffered *b = io_buffered(self);
    if (buffered_check(t, b) < 0)
        return VALUE_EMPTY;
    Value raw = raw_of(t, b), result = value_is_empty(raw) ? VALUE_EMPTY : object_getattr(t, raw, name);
    ref_dec(t, raw);
    return result;
}
static Value get_closed(Thread *t, Value self) { return raw_attribute(t, self, ID(t, closed)); }
static Value get_name(Thread *t, Value self) { return raw_attribute(t, self, ID(t, name)); }
static Value get_mode(Thread *t, Value self) { return raw_attribute(t, self, ID(t, mode)); }
static Value get_raw(Thread *t, Value self)
{
    Value raw = field_get(t, io_buffered(self), &io_buffered(self)->raw);
    return value_is_empty(raw) ? VALUE_NONE : raw;
}

NATIVE(buffered_sizeof, "__sizeof__", "($self, /)", "Bytes of memory, the buffer included.")
{
    Buffered *b = io_buffered(args[0]);
    return int_from_size(t, sizeof *b + (b->ok ? (size_t)b->buffer_size : 0));
}

#define COMMON_METHODS                                                                                                 \
    &native_buffered_detach, &native_buffered_close, &native_buffered_seekable, &native_buffered_fileno,               \
        &native_buffered_isatty, &native_buffered_dealloc_warn, &native_buffered_seek, &native_buffered_tell,          \
        &native_buffered_truncate, &native_buffered_sizeof, &io_cannot_pickle, &io_cannot_pickle_ex
#define READ_METHODS                                                                                                   \
    &native_buffered_readable, &buffered_method_read, &buffered_method_peek, &buffered_method_read1,                   \
        &buffered_method_readinto, &buffered_method_readinto1, &buffered_method_readline
#define WRITE_METHODS &native_buffered_writable, &buffered_method_write, &buffered_method_flush

extern const NativeDef buffered_method_flush;
static const NativeDef *const reader_methods[] = {COMMON_METHODS, READ_METHODS, &native_buffered_flush_raw, NULL};
static const NativeDef *const writer_methods[] = {COMMON_METHODS, WRITE_METHODS, NULL};
static const NativeDef *const random_methods[] = {COMMON_METHODS, READ_METHODS, WRITE_METHODS, NULL};
static const GetSetDef getsets[] = {
    {"closed", get_closed, NULL, "Whether the raw stream is closed."},
    {"name", get_name, NULL, "The raw stream's name."},
    {"mode", get_mode, NULL, "The raw stream's mode."},
    {"raw", get_raw, NULL, "The raw stream."},
    {NULL, NULL, NULL, NULL},
};
static const MemberDef members[] = {{"_finalizing", MEMBER_BOOL, offsetof(Buffered, finalizing), true, NULL},
                                    {NULL, 0, 0, false, NULL}};

#define BUFFERED_TYPE(spec, python_name, methods_, init_, next_, doc_)                                                 \
    const TypeSpec spec = {                                                                                            \
        .name = "_io." python_name,                                                                                    \
        .doc = doc_,                                                                                                   \
        .kind = KIND_OBJECT,                                                                                           \
        .flags = TYPE_BASE | TYPE_IMMUTABLE,                                                                           \
        .size = sizeof(Buffered),                                                                                      \
        .dict_offset = offsetof(Buffered, dict),                                                                       \
        .weak_offset = offsetof(Buffered, weakrefs),                                                                   \
        .methods = methods_,                                                                                           \
        .getsets = getsets,                                                                                            \
        .members = members,                                                                                            \
        .signature = "(raw, buffer_size=DEFAULT_BUFFER_SIZE)",                                                         \
        .slots =                                                                                                       \
            {                                                                                                          \
                .dealloc = buffered_dealloc,                                                                           \
                .traverse = buffered_traverse,                                                                         \
                .clear = buffered_clear,                                                                               \
                .finalize = io_base_finalize,                                                                          \
                .create = buffered_create,                                                                             \
                .init = init_,                                                                                         \
                .repr = io_repr_name,                                                                                  \
                .next = next_,                                                                                         \
            },                                                                                                         \
    }
BUFFERED_TYPE(io_reader_spec, "BufferedReader", reader_methods, reader_init, buffered_iter_next,
              "A buffer over a raw stream that is read.");
BUFFERED_TYPE(io_writer_spec, "BufferedWriter", writer_methods, writer_init, NULL,
              "A buffer over a raw stream that is written.");
BUFFERED_TYPE(io_random_spec, "BufferedRandom", random_methods, random_init, buffered_iter_next,
              "A buffer over a raw stream that is read and written, and whose position can be moved.");
