/* io_base.c: _IOBase, from which all streams derive, and what every file of the module uses of it.
 *
 * The methods here are the defaults in terms of other methods, which are called by name: subclasses in Python define some of them.
 * An object that is not closed when it dies is closed by its finalizer.
 * Locks: none.  Read next: io_abstract.c (raw, buffered and text streams in general), io_file.c. */
#include "mod__io.h"

#include <errno.h>

/* ---- helpers ---- */

Value io_unsupported(Thread *t, const char *message)
{
    return error_set_type(t, io_state(t)->unsupported, "%s", message);
}

Value io_call(Thread *t, Value self, Value name) { return object_call_method(t, name, &self, 1, VALUE_EMPTY); }

Value io_call1(Thread *t, Value self, Value name, Value arg)
{
    const Value args[2] = {self, arg};
    return object_call_method(t, name, args, 2, VALUE_EMPTY);
}

static int truth_take(Thread *t, Value v)
{
    if (value_is_bool(v))
        return value_is(v, VALUE_TRUE);
    int truth = value_is_empty(v) ? -1 : object_truth(t, v);
    ref_dec(t, v);
    return truth;
}

int io_call_truth(Thread *t, Value self, Value name) { return truth_take(t, io_call(t, self, name)); }
int io_closed(Thread *t, Value self) { return truth_take(t, object_getattr(t, self, ID(t, closed))); }

int io_check_closed(Thread *t, Value self)
{
    Value closed;
    int found = object_getattr_optional(t, self, ID(t, closed), &closed);
    if (found <= 0)
        return found;
    int truth = truth_take(t, closed);
    if (truth > 0)
        error_set(t, EXC_ValueError, "I/O operation on closed file.");
    return truth ? -1 : 0;
}

static int check_able(Thread *t, Value self, Value method, const char *message)
{
    Value able = io_call(t, self, method);
    if (value_is_empty(able))
        return -1;
    ref_dec(t, able);
    if (value_is(able, VALUE_TRUE))
        return 0;
    io_unsupported(t, message);
    return -1;
}
int io_check_readable(Thread *t, Value self)
{
    return check_able(t, self, ID(t, readable), "File or stream is not readable.");
}
int io_check_writable(Thread *t, Value self)
{
    return check_able(t, self, ID(t, writable), "File or stream is not writable.");
}
int io_check_seekable(Thread *t, Value self)
{
    return check_able(t, self, ID(t, seekable), "File or stream is not seekable.");
}

int io_size(Thread *t, Value v, int64_t absent, int64_t *result)
{
    *result = absent;
    if (value_is_empty(v) || value_is_none(v))
        return 0;
    if (LIKELY(value_is_int(v))) {
        *result = value_to_int(v);
        return 0;
    }
    if (!int_check(v) && !type_of(t, v)->slots.index)
        return error_set(t, EXC_TypeError, "argument should be integer or None, not '%.200T'", v), -1;
    *result = number_index_int64(t, v, EXC_OverflowError);
    return *result == -1 && error_pending(t) ? -1 : 0;
}

int io_offset(Thread *t, Value v, int64_t *result)
{
    if (int_to_int64(t, v, result) == 0)
        return 0;
    if (error_swallow(t, EXC_OverflowError))
        error_set(t, EXC_ValueError, "cannot fit '%T' into an offset-sized integer", v);
    return -1;
}

bool io_interrupted(Thread *t)
{
    if (!error_matches(t, EXC_InterruptedError))
        return false;
    Value exc = error_take(t);
    if (breaker_check_signals(t) < 0) {
        ref_dec(t, exc);
        return false;
    }
    ref_dec(t, exc);
    return true;
}

void io_dealloc_warn(Thread *t, Value raw, Value source)
{
    Value result = io_call1(t, raw, ID(t, _dealloc_warn), source);
    if (value_is_empty(result))
        error_clear(t);
    ref_dec(t, result);
}

int io_warn_encoding(Thread *t, int stack_level)
{
    return error_warn(t, EXC_EncodingWarning, stack_level, "'encoding' argument not specified");
}

/* ---- locks ---- */

/* After a fork the owner may not exist in this process: the lock is free then. */
static COLD bool owner_is_gone(Thread *t, const Thread *owner)
{
    for (const Thread *other = t->interp->threads; other; other = other->next) {
        if (other == owner)
            return false;
    }
    return true;
}

#define FINAL_WAIT                                                                                                     \
    1000000000 /* ns that a lock is waited for while the interpreter ends: a daemon thread may hold it for ever */

static COLD int wait_for_lock(Thread *t, IoLock *lock, Value self)
{
    Thread *owner = atomic_load(&lock->owner);
    if (owner == t)
        return error_set(t, EXC_RuntimeError, "reentrant call inside %V", self), -1;
    if (owner && t->is_main && !t->next && !t->previous && owner_is_gone(t, owner)) {
        atomic_store(&lock->owner, NULL);
        pylock_release(t, &lock->lock);
    }
    bool ending = atomic_load(&t->interp->finalizing);
    if (pylock_acquire(t, &lock->lock, ending ? FINAL_WAIT : -1, false, EVENT_IO) == LOCK_ACQUIRED)
        return 0;
    error_set(t, EXC_RuntimeError,
              "could not acquire the lock of %V at interpreter shutdown, possibly due to daemon threads", self);
    return -1;
}

int io_lock_enter(Thread *t, IoLock *lock, Value self)
{
    uint32_t free = 0;
    if (UNLIKELY(!atomic_compare_exchange_strong(&lock->lock.state, &free, 1)) && wait_for_lock(t, lock, self) < 0)
        return -1;
    atomic_store_explicit(&lock->owner, t, memory_order_relaxed);
    return 0;
}

void io_lock_exit(Thread *t, IoLock *lock)
{
    atomic_store_explicit(&lock->owner, NULL, memory_order_relaxed);
    pylock_release(t, &lock->lock);
}

int io_lock_enter_again(Thread *t, IoLock *lock, Value self)
{
    if (LIKELY(!t->free_threaded))
        return 0;
    if (atomic_load_explicit(&lock->owner, memory_order_relaxed) != t && io_lock_enter(t, lock, self) < 0)
        return -1;
    lock->depth++;
    return 0;
}

void io_lock_exit_again(Thread *t, IoLock *lock)
{
    if (UNLIKELY(t->free_threaded) && --lock->depth == 0)
        io_lock_exit(t, lock);
}

/* ---- positions and closing ---- */

NATIVE(iobase_seek, "seek", "($self, offset, whence=0, /)",
       "Moves the position.\n\n  offset\n    relative to what `whence` says.\n  whence\n    0 the start, 1 the current "
       "position, 2 the end.\n\nReturns the new position.")
{
    return io_unsupported(t, "seek");
}
NATIVE(iobase_tell, "tell", "($self, /)", "Returns the current position.")
{
    const Value call[3] = {args[0], value_from_int(0), value_from_int(1)};
    return object_call_method(t, ID(t, seek), call, 3, VALUE_EMPTY);
}
NATIVE(
    iobase_truncate, "truncate", "($self, size=None, /)",
    "Cuts or extends the file to a size, the current position by default; the position stays.\n\nReturns the new size.")
{
    return io_unsupported(t, "truncate");
}
NATIVE(iobase_fileno, "fileno", "($self, /)", "Returns the file descriptor, if there is one.\n\nOSError otherwise.")
{
    return io_unsupported(t, "fileno");
}

NATIVE(iobase_flush, "flush", "($self, /)",
       "Writes out what is buffered.\n\nStreams only for reading, and those that do not buffer, do nothing.")
{
    if (io_base(args[0])->base_closed)
        return error_set(t, EXC_ValueError, "I/O operation on closed file.");
    return VALUE_NONE;
}

Value io_base_close(Thread *t, Value self)
{
    if (io_base(self)->base_closed)
        return VALUE_NONE;
    Value result = io_call(t, self, ID(t, flush)), exc = error_take(t);
    io_base(self)->base_closed = true;
    if (!value_is_empty(exc)) {
        error_restore_take(t, exc);
        return VALUE_EMPTY;
    }
    ref_dec(t, result);
    return VALUE_NONE;
}
NATIVE(iobase_close, "close", "($self, /)", "Flushes and closes the stream.\n\nClosing a closed one has no effect.")
{
    return io_base_close(t, args[0]);
}

void io_base_finalize(Thread *t, Object *o)
{
    Value self = value_of(o), closed;
    if (object_getattr_optional(t, self, ID(t, closed), &closed) <= 0) {
        error_clear(t);
        return;
    }
    int truth = truth_take(t, closed);
    if (truth != 0) { /* also when it cannot be told: the object is of no use then */
        error_clear(t);
        return;
    }
    /* close() of the streams written here looks at it and warns. */
    if (object_setattr(t, self, ID(t, _finalizing), VALUE_TRUE) < 0)
        error_clear(t);
    Value result = io_call(t, self, ID(t, close));
    if (value_is_empty(result))
        error_unraisable(t, VALUE_EMPTY, "Exception ignored while finalizing file %V", self);
    ref_dec(t, result);
}

NATIVE(iobase_seekable, "seekable", "($self, /)",
       "Whether the stream has a position that can be moved.\n\nIf not, seek(), tell() and truncate() raise OSError.")
{
    return VALUE_FALSE;
}
NATIVE(iobase_readable, "readable", "($self, /)",
       "Whether the stream was opened for reading.\n\nIf not, read() raises OSError.")
{
    return VALUE_FALSE;
}
NATIVE(iobase_writable, "writable", "($self, /)",
       "Whether the stream was opened for writing.\n\nIf not, write() raises OSError.")
{
    return VALUE_FALSE;
}
NATIVE(iobase_isatty, "isatty", "($self, /)", "Whether the stream is a terminal.\n\nFalse when that cannot be told.")
{
    return io_check_closed(t, args[0]) < 0 ? VALUE_EMPTY : VALUE_FALSE;
}

NATIVE(iobase_check_closed, "_checkClosed", "($self, /, *args)", "ValueError if the stream is closed.")
{
    return io_check_closed(t, args[0]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}
NATIVE(iobase_check_seekable, "_checkSeekable", "($self, /, *args)", "UnsupportedOperation unless seekable().")
{
    return io_check_seekable(t, args[0]) < 0 ? VALUE_EMPTY : VALUE_TRUE;
}
NATIVE(iobase_check_readable, "_checkReadable", "($self, /, *args)", "UnsupportedOperation unless readable().")
{
    return io_check_readable(t, args[0]) < 0 ? VALUE_EMPTY : VALUE_TRUE;
}
NATIVE(iobase_check_writable, "_checkWritable", "($self, /, *args)", "UnsupportedOperation unless writable().")
{
    return io_check_writable(t, args[0]) < 0 ? VALUE_EMPTY : VALUE_TRUE;
}

NATIVE(iobase_enter, "__enter__", "($self, /)", NULL)
{
    return io_check_closed(t, args[0]) < 0 ? VALUE_EMPTY : ref_inc(t, args[0]);
}
NATIVE(iobase_exit, "__exit__", "($self, /, *args)", NULL) { return io_call(t, args[0], ID(t, close)); }

/* ---- lines ---- */

/* How many bytes to read for one more piece of a line: up to a newline that peek() shows, at most `limit` (< 0: any). -1 on error. */
static int64_t line_ahead(Thread *t, Value self, Value peek, int64_t limit)
{
    if (value_is_empty(peek))
        return 1;
    Value ahead;
    do
        ahead = object_call1(t, peek, value_from_int(1));
    while (value_is_empty(ahead) && io_interrupted(t));
    if (value_is_empty(ahead))
        return -1;
    if (!bytes_check(ahead)) {
        error_set(t, EXC_OSError, "peek() should have returned a bytes object, not '%.200T'", ahead);
        ref_dec(t, ahead);
        return -1;
    }
    size_t n = bytes_of(ahead)->length;
    if (limit >= 0 && n > (size_t)limit)
        n = (size_t)limit;
    const uint8_t *end = memchr(bytes_of(ahead)->data, '\n', n);
    int64_t count = end ? end - bytes_of(ahead)->data + 1 : n ? (int64_t)n : 1;
    ref_dec(t, ahead);
    return count;
}

NATIVE(iobase_readline, "readline", "($self, size=-1, /)",
       "Reads a line and returns it, at most `size` bytes if that is given.\n\nLines end in b'\\n' in binary files.")
{
    int64_t limit;
    if (io_size(t, args[1], -1, &limit) < 0)
        return VALUE_EMPTY;
    Value self = args[0], peek;
    if (object_getattr_optional(t, self, ID(t, peek), &peek) < 0)
        return VALUE_EMPTY;
    BytesBuilder line = {0};
    while (limit < 0 || line.length < (size_t)limit) {
        int64_t ahead = line_ahead(t, self, peek, limit < 0 ? -1 : limit - (int64_t)line.length);
        if (ahead < 0)
            goto fail;
        Value piece = io_call1(t, self, ID(t, read), value_from_int(ahead));
        if (value_is_empty(piece)) {
            if (io_interrupted(t))
                continue;
            goto fail;
        }
        if (!bytes_check(piece)) {
            error_set(t, EXC_OSError, "read() should have returned a bytes object, not '%.200T'", piece);
            ref_dec(t, piece);
            goto fail;
        }
        size_t n = bytes_of(piece)->length;
        int status = bytesbuilder_append(t, &line, bytes_of(piece)->data, n);
        ref_dec(t, piece);
        if (status < 0)
            goto fail;
        if (n == 0 || line.b->data[line.length - 1] == '\n')
            break;
    }
    ref_dec(t, peek);
    return bytesbuilder_finish(t, &line);
fail:
    ref_dec(t, peek);
    bytesbuilder_discard(t, &line);
    return VALUE_EMPTY;
}

static Value iobase_iter(Thread *t, Value self)
{
    return io_check_closed(t, self) < 0 ? VALUE_EMPTY : ref_inc(t, self);
}

Value io_next_line(Thread *t, Value self, bool text)
{
    Value line = io_call(t, self, ID(t, readline));
    if (value_is_empty(line))
        return line;
    if (text && !str_check(line)) {
        error_set(t, EXC_OSError, "readline() should have returned a str object, not '%.200T'", line);
        ref_dec(t, line);
        return VALUE_EMPTY;
    }
    if (object_len(t, line) > 0)
        return line;
    ref_dec(t, line);
    return VALUE_EMPTY;
}
static Value iobase_next(Thread *t, Value self) { return io_next_line(t, self, false); }

NATIVE(iobase_readlines, "readlines", "($self, hint=-1, /)",
       "Returns a list of the stream's lines.\n\nNo more are read once their total size (in bytes or characters) "
       "exceeds `hint`.")
{
    int64_t hint, total = 0;
    if (io_size(t, args[1], -1, &hint) < 0)
        return VALUE_EMPTY;
    if (hint <= 0)
        return object_to_list(t, args[0]);
    Value lines = list_new(t, 0), iterator = value_is_empty(lines) ? VALUE_EMPTY : object_iter(t, args[0]);
    if (value_is_empty(iterator)) {
        ref_dec(t, lines);
        return VALUE_EMPTY;
    }
    while (true) {
        Value line = object_next(t, iterator);
        if (value_is_empty(line))
            break;
        int64_t n = object_len(t, line);
        if (list_append_take(t, lines, line) < 0 || n < 0 || n > hint - total)
            break;
        total += n;
    }
    ref_dec(t, iterator);
    if (error_pending(t))
        ref_clear(t, &lines);
    return lines;
}

NATIVE(iobase_writelines, "writelines", "($self, lines, /)",
       "Writes lines to the stream.\n\nNo line endings are added.")
{
    if (io_check_closed(t, args[0]) < 0)
        return VALUE_EMPTY;
    Value iterator = object_iter(t, args[1]), line;
    if (value_is_empty(iterator))
        return iterator;
    while (!value_is_empty(line = object_next(t, iterator))) {
        Value result;
        do
            result = io_call1(t, args[0], ID(t, write), line);
        while (value_is_empty(result) && io_interrupted(t));
        ref_dec(t, line);
        if (value_is_empty(result))
            break;
        ref_dec(t, result);
    }
    ref_dec(t, iterator);
    return error_pending(t) ? VALUE_EMPTY : VALUE_NONE;
}

/* ---- shared parts of types ---- */

IO_NATIVE(io_cannot_pickle, "__reduce__", "($self, /)", "Refuses: a stream is part of its process.")
{
    return error_set(t, EXC_TypeError, "cannot pickle '%.100s' instances", type_name(type_of(t, args[0])));
}
IO_NATIVE(io_cannot_pickle_ex, "__reduce_ex__", "($self, protocol, /)", "Refuses: a stream is part of its process.")
{
    return error_set(t, EXC_TypeError, "cannot pickle '%.100s' instances", type_name(type_of(t, args[0])));
}

int io_head_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((IoBase *)o)->dict);
    return 0;
}
void io_head_clear(Thread *t, Object *o) { ref_clear(t, &((IoBase *)o)->dict); }

Value io_repr_name(Thread *t, Value self)
{
    Value name;
    int found = object_getattr_optional(t, self, ID(t, name), &name);
    if (found < 0 && !error_swallow(t, EXC_ValueError)) /* detached */
        return VALUE_EMPTY;
    if (found <= 0)
        return str_format(t, "<%N>", type_of(t, self));
    Value text = VALUE_EMPTY;
    int entered = repr_enter(t, self);
    if (entered > 0)
        error_set(t, EXC_RuntimeError, "reentrant call inside %N.__repr__", type_of(t, self));
    if (entered == 0) {
        text = str_format(t, "<%N name=%V>", type_of(t, self), name);
        repr_leave(t, self);
    }
    ref_dec(t, name);
    return text;
}

static Value get_closed(Thread *t, Value self) { return value_from_bool(io_base(self)->base_closed); }

static const NativeDef *const methods[] = {
    &native_iobase_seek,           &native_iobase_tell,
    &native_iobase_truncate,       &native_iobase_flush,
    &native_iobase_close,          &native_iobase_seekable,
    &native_iobase_readable,       &native_iobase_writable,
    &native_iobase_fileno,         &native_iobase_isatty,
    &native_iobase_check_closed,   &native_iobase_check_seekable,
    &native_iobase_check_readable, &native_iobase_check_writable,
    &native_iobase_enter,          &native_iobase_exit,
    &native_iobase_readline,       &native_iobase_readlines,
    &native_iobase_writelines,     NULL,
};
static const GetSetDef getsets[] = {
    {"__dict__", instance_get_dict, NULL, NULL},
    {"closed", get_closed, NULL, "Whether close() was called."},
    {NULL, NULL, NULL, NULL},
};

const TypeSpec io_base_spec = {
    .name = "_io._IOBase",
    .doc = "The base of all streams, of bytes and of text.\n\nMethods that cannot be had in general raise "
           "UnsupportedOperation, which is an OSError. A stream iterates over its lines,\n"
           "and is a context manager that closes it.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(IoBase),
    .dict_offset = offsetof(IoBase, dict),
    .weak_offset = offsetof(IoBase, weakrefs),
    .methods = methods,
    .getsets = getsets,
    .slots =
        {
            .dealloc = io_head_clear,
            .traverse = io_head_traverse,
            .clear = io_head_clear,
            .finalize = io_base_finalize,
            .create = type_create_plain,
            .iter = iobase_iter,
            .next = iobase_next,
        },
};
