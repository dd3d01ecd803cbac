/* io_text_read.c: reading from a TextIOWrapper: chunks of bytes are decoded, characters and lines taken from what was decoded.
 *
 * Locks: the stream's, with the lock off. Read next: io_text_seek.c, which finds positions in what was decoded. */
#include "mod__io.h"

#include "../object/container.h"
#include "io_text.h"

void text_set_chars_take(Thread *t, TextIO *x, Value chars)
{
    x->chars_used = 0;
    field_set_take(t, x, &x->chars, chars);
}

void text_forget(Thread *t, TextIO *x)
{
    if (!value_is_empty(x->chars))
        text_set_chars_take(t, x, VALUE_EMPTY);
    if (!value_is_empty(x->snapshot))
        field_set_take(t, x, &x->snapshot, VALUE_EMPTY);
}

static inline size_t chars_left(const TextIO *x)
{
    return value_is_empty(x->chars) ? 0 : str_length(x->chars) - x->chars_used;
}

/* Up to n of the decoded characters (< 0: all). */
static Value take_chars(Thread *t, TextIO *x, int64_t n)
{
    size_t left = chars_left(x), count = n < 0 || (uint64_t)n > left ? left : (size_t)n;
    if (count == 0)
        return ref_inc(t, t->interp->empty_str);
    size_t start = x->chars_used;
    Value text = start == 0 && count == str_length(x->chars) ? ref_inc(t, x->chars)
                                                             : str_slice(t, x->chars, start, start + count);
    if (!value_is_empty(text))
        x->chars_used = start + count;
    return text;
}

static Value read_buffer(Thread *t, TextIO *x, Value buffer, int64_t n)
{
    if (LIKELY(x->has_read1 && io_is_reader(t, buffer) && !io_has_own(t, buffer, ID(t, read1))))
        return io_buffered_read1(t, buffer, n);
    Value size = int_from_int64(t, n), input = io_call1(t, buffer, x->has_read1 ? ID(t, read1) : ID(t, read), size);
    ref_dec(t, size);
    if (!value_is_empty(input) && !bytes_check(input) && !buffer_supported(t, input)) {
        error_set(t, EXC_TypeError, "underlying %s() should have returned a bytes-like object, not '%.200T'",
                  x->has_read1 ? "read1" : "read", input);
        ref_clear(t, &input);
    }
    return input;
}

/* held + input, as tell() will feed it again: owned bytes. */
static Value joined_input(Thread *t, Value held, Value input)
{
    if (bytes_of(held)->length == 0 && object_is_exact(input, KIND_BYTES))
        return ref_inc(t, input);
    Buffer view;
    if (buffer_get(t, input, &view, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    size_t n = bytes_of(held)->length;
    Value all = bytes_new(t, NULL, n + view.length);
    if (!value_is_empty(all) && n + view.length) {
        memcpy(bytes_of(all)->data, bytes_of(held)->data, n);
        memcpy(bytes_of(all)->data + n, view.data, view.length);
    }
    buffer_release(t, &view);
    return all;
}

static int64_t length_of(Thread *t, Value input)
{
    if (LIKELY(bytes_check(input)))
        return (int64_t)bytes_of(input)->length;
    Buffer view;
    if (buffer_get(t, input, &view, BUFFER_SIMPLE) < 0)
        return -1;
    int64_t n = (int64_t)view.length;
    buffer_release(t, &view);
    return n;
}

/* Decodes the next chunk, which replaces the decoded characters: 1, 0 at the end, -1. */
static int read_chunk(Thread *t, TextIO *x, int64_t hint)
{
    if (!x->can_read)
        return io_unsupported(t, "not readable"), -1;
    Value held = VALUE_EMPTY, flags = VALUE_EMPTY, buffer = field_get(t, x, &x->buffer), input = VALUE_EMPTY;
    int status = -1;
    if (value_is_empty(buffer))
        return text_check(t, x);
    if (x->telling && text_decoder_get(t, x, &held, &flags) < 0)
        goto done;
    int64_t size = x->chunk_size;
    if (hint > 0) {
        double wanted = (x->bytes_per_char > 1 ? x->bytes_per_char : 1) * (double)hint;
        if (wanted > (double)size)
            size = wanted > 1e15 ? hint : (int64_t)wanted;
    }
    input = read_buffer(t, x, buffer, size);
    if (value_is_empty(input))
        goto done;
    int64_t n = length_of(t, input);
    if (n < 0)
        goto done;
    bool end = n == 0;
    Value chars = text_decode(t, x, input, end);
    if (value_is_empty(chars))
        goto done;
    size_t count = str_length(chars);
    text_set_chars_take(t, x, chars);
    x->bytes_per_char = count ? (double)n / (double)count : 0;
    if (count)
        end = false;
    if (x->telling && !value_is_empty(held)) {
        Value all = joined_input(t, held, input);
        if (value_is_empty(all))
            goto done;
        field_set_take(t, x, &x->snapshot_flags, ref_inc(t, flags));
        field_set_take(t, x, &x->snapshot, all);
    }
    status = !end;
done:
    ref_dec(t, held);
    ref_dec(t, flags);
    ref_dec(t, buffer);
    ref_dec(t, input);
    return status;
}

static int next_chunk(Thread *t, TextIO *x, int64_t hint)
{
    int status;
    do
        status = read_chunk(t, x, hint);
    while (status < 0 && io_interrupted(t));
    return status;
}

/* ---- read() ---- */

static Value read_all(Thread *t, TextIO *x)
{
    Value buffer = field_get(t, x, &x->buffer), data = VALUE_EMPTY, text = VALUE_EMPTY, before = VALUE_EMPTY;
    if (value_is_empty(buffer))
        return text_check(t, x), VALUE_EMPTY;
    data = io_call(t, buffer, ID(t, read));
    ref_dec(t, buffer);
    if (value_is_empty(data))
        return data;
    if (value_is_none(data)) {
        error_set(t, EXC_BlockingIOError, "read() returned None, so no more data is available yet");
        return VALUE_EMPTY;
    }
    if (!bytes_check(data) && !buffer_supported(t, data))
        error_set(t, EXC_TypeError, "a bytes-like object is required, not '%.100T'", data);
    else
        text = text_decode(t, x, data, true);
    ref_dec(t, data);
    if (value_is_empty(text))
        return text;
    if (chars_left(x)) {
        before = take_chars(t, x, -1);
        Value joined = value_is_empty(before) ? VALUE_EMPTY : str_concat(t, before, text);
        ref_dec(t, before);
        ref_dec(t, text);
        text = joined;
    }
    text_forget(t, x);
    return text;
}

static Value read_n(Thread *t, TextIO *x, int64_t n)
{
    Value text = take_chars(t, x, n);
    if (value_is_empty(text) || (int64_t)str_length(text) == n)
        return text;
    while ((int64_t)str_length(text) < n) {
        int64_t left = n - (int64_t)str_length(text);
        int status = next_chunk(t, x, left);
        if (status < 0) {
            ref_dec(t, text);
            return VALUE_EMPTY;
        }
        if (status == 0)
            break;
        Value more = take_chars(t, x, left);
        if (value_is_empty(more)) {
            ref_dec(t, text);
            return more;
        }
        text = str_append_take(t, text, more);
        ref_dec(t, more);
        if (value_is_empty(text))
            return text;
    }
    return text;
}

Value text_read(Thread *t, Value self, int64_t n)
{
    TextIO *x = io_text(self);
    if (text_check_open(t, x) < 0)
        return VALUE_EMPTY;
    if (!x->can_read)
        return io_unsupported(t, "not readable");
    if (text_write_pending(t, x) < 0)
        return VALUE_EMPTY;
    return n < 0 ? read_all(t, x) : read_n(t, x, n);
}

/* ---- readline() ---- */

Value text_readline(Thread *t, Value self, int64_t limit)
{
    TextIO *x = io_text(self);
    if (text_check_open(t, x) < 0 || (x->pending_count && text_write_pending(t, x) < 0))
        return VALUE_EMPTY;
    Value line = VALUE_EMPTY; /* what the chunks before have of it */
    size_t searched = 0;
    if (limit == 0)
        return ref_inc(t, t->interp->empty_str);
    for (;;) {
        if (chars_left(x) == 0) {
            int status = next_chunk(t, x, 0);
            if (status < 0)
                goto fail;
            if (status == 0) { /* the end */
                text_forget(t, x);
                return value_is_empty(line) ? ref_inc(t, t->interp->empty_str) : line;
            }
            if (chars_left(x) == 0)
                continue;
        }
        if (LIKELY(value_is_empty(line))) {
            const Str *s = str_of(x->chars);
            size_t start = x->chars_used, end = s->length;
            if (limit >= 0 && end - start > (size_t)limit)
                end = start + (size_t)limit;
            int64_t found = newline_find(s, start, end, x->line_end, &searched);
            if (found >= 0)
                end = (size_t)found;
            else if (limit < 0 || end - start < (size_t)limit)
                goto gather;
            line = start == 0 && end == s->length ? ref_inc(t, x->chars) : str_slice(t, x->chars, start, end);
            if (!value_is_empty(line))
                x->chars_used = end;
            return line;
        gather:
            searched -= start;
            line = take_chars(t, x, -1);
            if (value_is_empty(line))
                return line;
            continue;
        }
        size_t before = str_length(line);
        Value more = take_chars(t, x, -1);
        if (!value_is_empty(more))
            line = str_append_take(t, line, more);
        ref_dec(t, more);
        if (value_is_empty(more) || value_is_empty(line))
            goto fail;
        size_t length = str_length(line), end = limit >= 0 && length > (size_t)limit ? (size_t)limit : length;
        int64_t found = newline_find(str_of(line), searched, end, x->line_end, &searched);
        if (found >= 0)
            end = (size_t)found;
        else if (limit < 0 || length < (size_t)limit)
            continue;
        /* What is behind stays decoded. */
        size_t back = length - end;
        if (back > length - before)
            back = length - before;
        x->chars_used -= back < x->chars_used ? back : x->chars_used;
        if (end == length)
            return line;
        Value result = str_slice(t, line, 0, end);
        ref_dec(t, line);
        return result;
    }
fail:
    ref_dec(t, line);
    return VALUE_EMPTY;
}

Value text_next(Thread *t, Value self)
{
    TextIO *x = io_text(self);
    if (text_check(t, x) < 0)
        return VALUE_EMPTY;
    x->telling = false; /* until the end: no snapshots, which makes it quicker */
    Value line;
    if (LIKELY(io_is_text(t, self))) {
        if (io_lock_enter_again(t, &x->lock, self) < 0)
            return VALUE_EMPTY;
        line = text_readline(t, self, -1);
        io_lock_exit_again(t, &x->lock);
        if (!value_is_empty(line) && str_length(line) == 0)
            ref_clear(t, &line);
    } else {
        line = io_next_line(t, self, true);
    }
    if (value_is_empty(line) && !error_pending(t)) {
        field_set_take(t, x, &x->snapshot, VALUE_EMPTY);
        x->telling = x->seekable;
    }
    return line;
}
