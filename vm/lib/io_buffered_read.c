/* io_buffered_read.c: reading from BufferedReader and BufferedRandom.
 *
 * Locks: IoLock of the stream, see io_buffered.c. */
#include "mod__io.h"

#include "../object/container.h"

/* Reads into the buffer behind what was read: bytes, IO_WOULD_BLOCK, -1. */
static int64_t fill_buffer(Thread *t, Buffered *b)
{
    int64_t start = buffered_valid_read(b) ? b->read_end : 0;
    if (buffered_need_buffer(t, b) < 0)
        return -1;
    int64_t n = buffered_raw_read(t, b, b->buffer + start, b->buffer_size - start);
    if (n <= 0)
        return n;
    b->read_end = start + n;
    b->raw_pos = start + n;
    return n;
}

/* What was read ahead, up to n bytes of it, as bytes; the position moves behind it. */
static Value take_ahead(Thread *t, Buffered *b, int64_t n)
{
    int64_t have = buffered_readahead(b);
    if (n > have)
        n = have;
    if (n <= 0)
        return ref_inc(t, t->interp->empty_bytes);
    Value data = bytes_new(t, b->buffer + b->pos, (size_t)n);
    if (!value_is_empty(data))
        b->pos += n;
    return data;
}

/* ---- read() ---- */

/* The rest of the raw stream behind `ahead` (taken). */
static Value read_rest(Thread *t, Buffered *b, Value ahead)
{
    Value raw = field_get(t, b, &b->raw), readall = VALUE_EMPTY, data;
    if (value_is_empty(raw)) {
        ref_dec(t, ahead);
        return error_set(t, EXC_ValueError, "raw stream has been detached");
    }
    BytesBuilder all = {0};
    bool any = false;
    int found = 1;
    if (b->exact_file && !io_has_own(t, raw, ID(t, readall))) {
        data = io_file_readall(t, io_file(raw));
    } else {
        found = object_getattr_optional(t, raw, ID(t, readall), &readall);
        data = found > 0 ? object_call0(t, readall) : VALUE_EMPTY;
        ref_dec(t, readall);
    }
    if (found > 0) {
        ref_dec(t, raw);
        if (!value_is_empty(data) && !value_is_none(data) && !bytes_check(data)) {
            ref_clear(t, &data);
            error_set(t, EXC_TypeError, "readall() should return bytes");
        }
        if (value_is_empty(data)) {
            ref_dec(t, ahead);
            return data;
        }
        b->abs_pos = -1;
        if (bytes_of(ahead)->length == 0) {
            ref_dec(t, ahead);
            return data;
        }
        if (value_is_none(data))
            return ahead;
        Value joined = bytes_concat(t, ahead, data);
        ref_dec(t, ahead);
        ref_dec(t, data);
        return joined;
    }
    if (found < 0 || bytesbuilder_append(t, &all, bytes_of(ahead)->data, bytes_of(ahead)->length) < 0)
        goto fail;
    any = all.length > 0;
    for (;;) {
        data = io_call(t, raw, ID(t, read));
        if (value_is_empty(data))
            goto fail;
        if (value_is_none(data) || (bytes_check(data) && bytes_of(data)->length == 0)) {
            ref_dec(t, raw);
            ref_dec(t, ahead);
            if (any) {
                ref_dec(t, data);
                return bytesbuilder_finish(t, &all);
            }
            bytesbuilder_discard(t, &all);
            return data;
        }
        if (!bytes_check(data)) {
            ref_dec(t, data);
            error_set(t, EXC_TypeError, "read() should return bytes");
            goto fail;
        }
        int status = bytesbuilder_append(t, &all, bytes_of(data)->data, bytes_of(data)->length);
        if (b->abs_pos != -1)
            b->abs_pos += (int64_t)bytes_of(data)->length;
        ref_dec(t, data);
        any = true;
        if (status < 0)
            goto fail;
    }
fail:
    ref_dec(t, raw);
    ref_dec(t, ahead);
    bytesbuilder_discard(t, &all);
    return VALUE_EMPTY;
}

static Value read_all(Thread *t, Buffered *b)
{
    Value ahead = take_ahead(t, b, INT64_MAX);
    if (value_is_empty(ahead))
        return ahead;
    if (b->writable && buffered_flush_and_rewind(t, b) < 0) {
        ref_dec(t, ahead);
        return VALUE_EMPTY;
    }
    buffered_reset_read(b);
    return read_rest(t, b, ahead);
}

/* Copies n bytes to `out`, as many as come: the number, IO_WOULD_BLOCK when there are none yet, or -1.  With `once` the raw stream is read at most once. */
static int64_t read_to(Thread *t, Buffered *b, uint8_t *out, int64_t n, bool once)
{
    int64_t done = buffered_readahead(b);
    if (done > n)
        done = n;
    if (done > 0) {
        memcpy(out, b->buffer + b->pos, (size_t)done);
        b->pos += done;
    } else {
        done = 0;
    }
    if (done == n)
        return done;
    if (b->writable && buffered_flush_and_rewind(t, b) < 0)
        return -1;
    buffered_reset_read(b);
    b->pos = 0;
    while (done < n) {
        int64_t left = n - done, got, whole = left - left % b->buffer_size;
        if (once)
            whole = left > b->buffer_size ? left : 0;
        if (once && done > 0 && whole == 0) /* there is something already: the buffer is not filled for more */
            return done;
        if (whole > 0) { /* whole buffers go straight to the caller */
            got = buffered_raw_read(t, b, out + done, whole);
            b->raw_pos = 0;
        } else {
            got = fill_buffer(t, b);
            if (got > 0) {
                int64_t part = buffered_readahead(b);
                if (part > left)
                    part = left;
                memcpy(out + done, b->buffer + b->pos, (size_t)part);
                b->pos += part;
                done += part;
                if (once)
                    return done;
                if (done < n && b->read_end == b->buffer_size) {
                    buffered_reset_read(b);
                    b->pos = 0;
                }
                continue;
            }
        }
        if (got == -1)
            return -1;
        if (got == 0 || got == IO_WOULD_BLOCK)
            return got == 0 || done > 0 ? done : IO_WOULD_BLOCK;
        done += got;
        if (once)
            break;
    }
    return done;
}

static Value read_some(Thread *t, Buffered *b, int64_t n)
{
    Value data = bytes_new(t, NULL, (size_t)(n < 2 ? 2 : n)); /* a fresh object, not one of the shared ones */
    if (value_is_empty(data))
        return data;
    int64_t got = read_to(t, b, bytes_of(data)->data, n, false);
    if (got < 0) {
        ref_dec(t, data);
        return got == IO_WOULD_BLOCK ? VALUE_NONE : VALUE_EMPTY;
    }
    if (got > 1)
        return bytes_resize_take(t, data, (size_t)got);
    Value small = bytes_new(t, bytes_of(data)->data, (size_t)got);
    ref_dec(t, data);
    return small;
}

IO_NATIVE(buffered_method_read, "read", "($self, size=-1, /)",
          "Reads at most `size` bytes; without it, or with -1, all until the end.\n\nThe raw stream is read as often "
          "as needed. None if it has nothing yet and does not wait.")
{
    Buffered *b = io_buffered(args[0]);
    int64_t size;
    if (io_size(t, args[1], -1, &size) < 0 || buffered_check(t, b) < 0)
        return VALUE_EMPTY;
    if (size < -1)
        return error_set(t, EXC_ValueError, "read length must be non-negative or -1");
    if (buffered_check_open(t, b, "read of closed file") < 0)
        return VALUE_EMPTY;
    if (size >= 0 && buffered_is_free(t, b) && size <= buffered_readahead(b))
        return take_ahead(t, b, size);
    if (io_lock_enter(t, &b->lock, args[0]) < 0)
        return VALUE_EMPTY;
    Value data = size < 0                        ? read_all(t, b)
                 : size <= buffered_readahead(b) ? take_ahead(t, b, size)
                                                 : read_some(t, b, size);
    io_lock_exit(t, &b->lock);
    return data;
}

/* ---- read1(), peek(), readinto() ---- */

static Value read1_locked(Thread *t, Buffered *b, int64_t n)
{
    if (buffered_readahead(b) > 0)
        return take_ahead(t, b, n);
    Value data = bytes_new(t, NULL, (size_t)(n < 2 ? 2 : n));
    if (value_is_empty(data))
        return data;
    if (b->writable && buffered_flush_and_rewind(t, b) < 0) {
        ref_dec(t, data);
        return VALUE_EMPTY;
    }
    buffered_reset_read(b);
    int64_t got = buffered_raw_read(t, b, bytes_of(data)->data, n);
    if (got == IO_WOULD_BLOCK)
        got = 0;
    if (got > 1)
        return bytes_resize_take(t, data, (size_t)got);
    Value small = got < 0 ? VALUE_EMPTY : bytes_new(t, bytes_of(data)->data, (size_t)got);
    ref_dec(t, data);
    return small;
}

/* For small pieces: fills the buffer, so that the next pieces come from there. */
static Value read1_through(Thread *t, Buffered *b, int64_t n)
{
    if (buffered_readahead(b) <= 0) {
        if (b->writable && buffered_flush_and_rewind(t, b) < 0)
            return VALUE_EMPTY;
        buffered_reset_read(b);
        b->pos = 0;
        int64_t got = fill_buffer(t, b);
        if (got == -1)
            return VALUE_EMPTY;
    }
    return take_ahead(t, b, n);
}

Value io_buffered_read1(Thread *t, Value self, int64_t n)
{
    Buffered *b = io_buffered(self);
    if (buffered_check_open(t, b, "read of closed file") < 0)
        return VALUE_EMPTY;
    if (io_lock_enter(t, &b->lock, self) < 0)
        return VALUE_EMPTY;
    Value data = n * 4 <= b->buffer_size && b->exact_file ? read1_through(t, b, n) : read1_locked(t, b, n);
    io_lock_exit(t, &b->lock);
    return data;
}

IO_NATIVE(buffered_method_read1, "read1", "($self, size=-1, /)",
          "Reads at most `size` bytes with at most one read of the raw stream; what is buffered, if anything.")
{
    Buffered *b = io_buffered(args[0]);
    int64_t size;
    if (argument_size(t, args[1], -1, &size) < 0 || buffered_check(t, b) < 0)
        return VALUE_EMPTY;
    if (size < 0)
        size = b->buffer_size;
    if (buffered_check_open(t, b, "read of closed file") < 0)
        return VALUE_EMPTY;
    if (size == 0)
        return ref_inc(t, t->interp->empty_bytes);
    if (io_lock_enter(t, &b->lock, args[0]) < 0)
        return VALUE_EMPTY;
    Value data = read1_locked(t, b, size);
    io_lock_exit(t, &b->lock);
    return data;
}

IO_NATIVE(buffered_method_peek, "peek", "($self, size=0, /)",
          "What is buffered, after one read of the raw stream if that is nothing; the position stays.")
{
    Buffered *b = io_buffered(args[0]);
    if (buffered_check_open(t, b, "peek of closed file") < 0 || io_lock_enter(t, &b->lock, args[0]) < 0)
        return VALUE_EMPTY;
    Value data = VALUE_EMPTY;
    if (b->writable && buffered_flush_and_rewind(t, b) < 0)
        goto done;
    int64_t have = buffered_readahead(b);
    if (have <= 0) {
        buffered_reset_read(b);
        have = fill_buffer(t, b);
        if (have == -1)
            goto done;
        if (have == IO_WOULD_BLOCK)
            have = 0;
        b->pos = 0;
    }
    data = have ? bytes_new(t, b->buffer + b->pos, (size_t)have) : ref_inc(t, t->interp->empty_bytes);
done:
    io_lock_exit(t, &b->lock);
    return data;
}

static Value read_into(Thread *t, Value self, Value target, bool once)
{
    Buffered *b = io_buffered(self);
    Buffer view;
    if (buffered_check(t, b) < 0 ||
        argument_buffer_writable(t, target, once ? "readinto1" : "readinto", "argument", &view) < 0)
        return VALUE_EMPTY;
    int64_t got = -1;
    if (buffered_check_open(t, b, "readinto of closed file") == 0 && io_lock_enter(t, &b->lock, self) == 0) {
        got = read_to(t, b, view.data, (int64_t)view.length, once);
        io_lock_exit(t, &b->lock);
    }
    buffer_release(t, &view);
    return got == IO_WOULD_BLOCK ? VALUE_NONE : got < 0 ? VALUE_EMPTY : int_from_int64(t, got);
}
IO_NATIVE(buffered_method_readinto, "readinto", "($self, buffer, /)",
          "Reads into a buffer, as much as comes, and returns the number of bytes.")
{
    return read_into(t, args[0], args[1], false);
}
IO_NATIVE(buffered_method_readinto1, "readinto1", "($self, buffer, /)",
          "Reads into a buffer with at most one read of the raw stream, and returns the number of bytes.")
{
    return read_into(t, args[0], args[1], true);
}

/* ---- lines ---- */

/* The line that ends in the buffer, or empty without an exception. */
static ALWAYS_INLINE Value line_in_buffer(Thread *t, Buffered *b, int64_t limit)
{
    int64_t n = buffered_readahead(b);
    if (n <= 0)
        return VALUE_EMPTY;
    if (limit >= 0 && limit <= n)
        n = limit;
    const uint8_t *start = b->buffer + b->pos, *end = memchr(start, '\n', (size_t)n);
    if (!end && n != limit)
        return VALUE_EMPTY;
    return take_ahead(t, b, end ? end - start + 1 : n);
}

static Value read_line(Thread *t, Value self, int64_t limit)
{
    Buffered *b = io_buffered(self);
    if (buffered_check_open(t, b, "readline of closed file") < 0)
        return VALUE_EMPTY;
    if (limit == 0)
        return ref_inc(t, t->interp->empty_bytes);
    if (LIKELY(buffered_is_free(t, b))) {
        Value line = line_in_buffer(t, b, limit);
        if (!value_is_empty(line) || error_pending(t))
            return line;
    }
    if (io_lock_enter(t, &b->lock, self) < 0)
        return VALUE_EMPTY;
    BytesBuilder pieces = {0};
    Value line = line_in_buffer(t, b, limit);
    if (!value_is_empty(line) || error_pending(t))
        goto done;
    for (;;) {
        int64_t have = buffered_readahead(b);
        if (have > 0) {
            if (bytesbuilder_append(t, &pieces, b->buffer + b->pos, (size_t)have) < 0)
                goto done;
            b->pos += have;
            if (limit >= 0)
                limit -= have;
        }
        if (b->writable && buffered_flush_and_rewind(t, b) < 0)
            goto done;
        buffered_reset_read(b);
        b->pos = 0;
        int64_t got = fill_buffer(t, b);
        if (got == -1)
            goto done;
        if (got <= 0)
            break;
        int64_t n = limit >= 0 && limit < got ? limit : got;
        const uint8_t *end = memchr(b->buffer, '\n', (size_t)n);
        if (end)
            n = end - b->buffer + 1;
        if (!end && n != limit)
            continue;
        if (bytesbuilder_append(t, &pieces, b->buffer, (size_t)n) < 0)
            goto done;
        b->pos = n;
        break;
    }
    line = bytesbuilder_finish(t, &pieces);
done:
    io_lock_exit(t, &b->lock);
    bytesbuilder_discard(t, &pieces);
    return line;
}

IO_NATIVE(buffered_method_readline, "readline", "($self, size=-1, /)",
          "Reads a line with its newline, at most `size` bytes; empty at the end.")
{
    int64_t limit;
    return buffered_check(t, io_buffered(args[0])) < 0 || io_size(t, args[1], -1, &limit) < 0
               ? VALUE_EMPTY
               : read_line(t, args[0], limit < 0 ? -1 : limit);
}

Value buffered_iter_next(Thread *t, Value self)
{
    if (buffered_check(t, io_buffered(self)) < 0)
        return VALUE_EMPTY;
    if (UNLIKELY(!io_is_reader(t, self))) { /* readline() may be overridden */
        Value line = io_call(t, self, ID(t, readline));
        if (value_is_empty(line))
            return line;
        if (!bytes_check(line))
            error_set(t, EXC_OSError, "readline() should have returned a bytes object, not '%.200T'", line);
        else if (bytes_of(line)->length)
            return line;
        ref_dec(t, line);
        return VALUE_EMPTY;
    }
    Value line = read_line(t, self, -1);
    if (!value_is_empty(line) && bytes_of(line)->length == 0) {
        ref_dec(t, line);
        return VALUE_EMPTY;
    }
    return line;
}
