/* io_buffered_write.c: writing to BufferedWriter and BufferedRandom.
 *
 * What does not fit makes room by writing the buffer; data longer than the buffer goes past it.  When the raw stream would have to wait, as much as possible is
 * kept, and BlockingIOError tells how much that was.
 * Locks: IoLock of the stream, see io_buffered.c. */
#include "mod__io.h"

#include <errno.h>

#include "../object/exception.h"

#define WOULD_BLOCK_TEXT "write could not complete without blocking"

static void raise_blocking(Thread *t, int64_t written)
{
    error_clear(t);
    Value args[3] = {value_from_int(EAGAIN), str_from_string(t, WOULD_BLOCK_TEXT), int_from_int64(t, written)},
          exc = VALUE_EMPTY;
    if (!value_is_empty(args[1]))
        exc = object_call(t, value_of(t->interp->exceptions[EXC_BlockingIOError]), args, 3, VALUE_EMPTY);
    ref_dec(t, args[1]);
    if (!value_is_empty(exc))
        error_set_take(t, exc);
}

int buffered_flush(Thread *t, Buffered *b)
{
    if (buffered_valid_write(b) && b->write_pos < b->write_end) {
        /* The raw stream goes to where the data belong. */
        int64_t rewind = buffered_raw_offset(b) + (b->pos - b->write_pos);
        if (rewind != 0) {
            if (buffered_raw_seek(t, b, -rewind, 1) < 0)
                return -1;
            b->raw_pos -= rewind;
        }
        while (b->write_pos < b->write_end) {
            int64_t n = buffered_raw_write(t, b, b->buffer + b->write_pos, b->write_end - b->write_pos);
            if (n == -1)
                return -1;
            if (n == IO_WOULD_BLOCK) {
                raise_blocking(t, 0);
                return -1;
            }
            b->write_pos += n;
            b->raw_pos = b->write_pos;
            /* A signal may have cut it short. */
            if (b->write_pos < b->write_end && breaker_check_signals(t) < 0)
                return -1;
        }
    }
    buffered_reset_write(b);
    return 0;
}

IO_NATIVE(buffered_method_flush, "flush", "($self, /)", "Writes what is buffered to the raw stream.")
{
    Buffered *b = io_buffered(args[0]);
    if (buffered_check_open(t, b, "flush of closed file") < 0 || io_lock_enter(t, &b->lock, args[0]) < 0)
        return VALUE_EMPTY;
    int status = buffered_flush_and_rewind(t, b);
    io_lock_exit(t, &b->lock);
    return status < 0 ? VALUE_EMPTY : VALUE_NONE;
}

/* Does it fit into the buffer?  Then it is taken. */
static ALWAYS_INLINE bool put(Buffered *b, const uint8_t *data, int64_t n)
{
    if (!buffered_valid_read(b) && !buffered_valid_write(b))
        b->pos = b->raw_pos = 0;
    if (n > b->buffer_size - b->pos || n >= b->buffer_size)
        return false;
    memcpy(b->buffer + b->pos, data, (size_t)n);
    if (!buffered_valid_write(b) || b->write_pos > b->pos)
        b->write_pos = b->pos;
    buffered_move_to(b, b->pos + n);
    if (b->write_end < b->pos)
        b->write_end = b->pos;
    return true;
}

/* After a flush that the raw stream refused for now: buffers what fits behind the rest. */
static int64_t keep(Thread *t, Buffered *b, const uint8_t *data, int64_t n)
{
    if (!error_matches(t, EXC_BlockingIOError))
        return -1;
    buffered_reset_read(b);
    memmove(b->buffer, b->buffer + b->write_pos, (size_t)(b->write_end - b->write_pos));
    b->write_end -= b->write_pos;
    b->raw_pos -= b->write_pos;
    b->pos -= b->write_pos;
    b->write_pos = 0;
    int64_t room = b->buffer_size - b->write_end, taken = n <= room ? n : room;
    memcpy(b->buffer + b->write_end, data, (size_t)taken);
    b->write_end += taken;
    b->pos += taken;
    if (taken == n) {
        error_clear(t);
        return n;
    }
    raise_blocking(t, taken);
    return -1;
}

static int64_t write_locked(Thread *t, Buffered *b, const uint8_t *data, int64_t n)
{
    if (buffered_need_buffer(t, b) < 0)
        return -1;
    if (put(b, data, n))
        return n;
    if (buffered_flush(t, b) < 0)
        return keep(t, b, data, n);
    /* The raw stream may be ahead of us, after reading. */
    int64_t offset = buffered_raw_offset(b);
    if (offset != 0) {
        if (buffered_raw_seek(t, b, -offset, 1) < 0)
            return -1;
        b->raw_pos -= offset;
    }
    int64_t done = 0;
    while (n - done > b->buffer_size) {
        int64_t put_now = buffered_raw_write(t, b, data + done, n - done);
        if (put_now == -1)
            return -1;
        if (put_now == IO_WOULD_BLOCK) { /* as much as fits is kept all the same */
            memcpy(b->buffer, data + done, (size_t)b->buffer_size);
            b->raw_pos = 0;
            buffered_move_to(b, b->buffer_size);
            b->write_pos = 0;
            b->write_end = b->buffer_size;
            raise_blocking(t, done + b->buffer_size);
            return -1;
        }
        done += put_now;
        if (breaker_check_signals(t) < 0)
            return -1;
    }
    buffered_reset_read(b);
    memcpy(b->buffer, data + done, (size_t)(n - done));
    b->write_pos = 0;
    b->write_end = n - done;
    b->pos = n - done;
    b->raw_pos = 0;
    return n;
}

int64_t io_buffered_write(Thread *t, Value self, const void *data, size_t n)
{
    Buffered *b = io_buffered(self);
    if (LIKELY(buffered_is_free(t, b) && b->exact_file && b->ok && b->buffer &&
               atomic_load_explicit(&io_file(b->raw)->fd, memory_order_relaxed) >= 0) &&
        put(b, data, (int64_t)n))
        return (int64_t)n;
    if (buffered_check(t, b) < 0 || io_lock_enter(t, &b->lock, self) < 0)
        return -1;
    int64_t done = buffered_check_open(t, b, "write to closed file") < 0 ? -1 : write_locked(t, b, data, (int64_t)n);
    io_lock_exit(t, &b->lock);
    return done;
}

IO_NATIVE(buffered_method_write, "write", "($self, buffer, /)",
          "Writes bytes and returns how many, which is all of them; the raw stream may get them later.")
{
    int64_t done;
    if (LIKELY(object_is_exact(args[1], KIND_BYTES))) {
        done = io_buffered_write(t, args[0], bytes_of(args[1])->data, bytes_of(args[1])->length);
    } else {
        Buffer view;
        if (buffer_get(t, args[1], &view, BUFFER_SIMPLE) < 0)
            return VALUE_EMPTY;
        done = io_buffered_write(t, args[0], view.data, view.length);
        buffer_release(t, &view);
    }
    return done < 0 ? VALUE_EMPTY : int_from_int64(t, done);
}
