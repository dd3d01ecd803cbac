/* io_text_write.c: writing to a TextIOWrapper: text is encoded at once, and collected as bytes until there is a chunk of it.
 *
 * Locks: the stream's, with the lock off. */
#include "mod__io.h"

#include "../object/container.h"
#include "io_text.h"

int text_write_pending(Thread *t, TextIO *x)
{
    if (x->pending_count == 0)
        return 0;
    /* Taken out first: the buffer may call us, or another thread may write meanwhile. */
    uint8_t *data = x->pending;
    size_t n = x->pending_count, capacity = x->pending_capacity;
    x->pending = NULL;
    x->pending_count = x->pending_capacity = 0;
    Value buffer = field_get(t, x, &x->buffer);
    int status = 0;
    if (value_is_empty(buffer)) {
        status = text_check(t, x);
    } else if (LIKELY(io_is_writer(t, buffer) && !io_has_own(t, buffer, ID(t, write)))) {
        status = io_buffered_write(t, buffer, data, n) < 0 ? -1 : 0;
    } else {
        Value bytes = bytes_new(t, data, n), result = VALUE_EMPTY;
        while (!value_is_empty(bytes)) {
            result = io_call1(t, buffer, ID(t, write), bytes);
            if (!value_is_empty(result) || !io_interrupted(t))
                break;
        }
        status = value_is_empty(result) ? -1 : 0;
        ref_dec(t, result);
        ref_dec(t, bytes);
    }
    ref_dec(t, buffer);
    if (x->pending) {
        alloc_memory_free(t, data);
    } else { /* its memory serves again */
        x->pending = data;
        x->pending_capacity = capacity;
    }
    return status;
}

static int add_pending(Thread *t, TextIO *x, const uint8_t *data, size_t n)
{
    if (n == 0)
        return 0;
    /* As a rule no more than a chunk is pending. Writing it may let others add to it. */
    while (x->pending_count && x->pending_count + n > (size_t)x->chunk_size) {
        if (text_write_pending(t, x) < 0)
            return -1;
    }
    size_t needed = x->pending_count + n;
    if (needed > x->pending_capacity) {
        size_t capacity = needed > (size_t)x->chunk_size ? needed : needed < 512 ? 512 : (size_t)x->chunk_size;
        uint8_t *memory = x->pending ? alloc_memory_resize(t, x->pending, capacity) : alloc_memory(t, capacity);
        if (!memory)
            return -1;
        x->pending = memory;
        x->pending_capacity = capacity;
    }
    memcpy(x->pending + x->pending_count, data, n);
    x->pending_count = needed;
    return 0;
}

static int flush_buffer(Thread *t, TextIO *x)
{
    Value buffer = field_get(t, x, &x->buffer);
    if (value_is_empty(buffer))
        return text_check(t, x);
    Value result = io_call(t, buffer, ID(t, flush));
    ref_dec(t, buffer);
    ref_dec(t, result);
    return value_is_empty(result) ? -1 : 0;
}

/* With \n replaced by the stream's line ending. */
static Value with_endings(Thread *t, TextIO *x, Value text)
{
    Value ending = str_from_string(t, x->write_newline);
    Value result = value_is_empty(ending) ? VALUE_EMPTY : str_replace(t, text, t->interp->latin1['\n'], ending, -1);
    ref_dec(t, ending);
    return result;
}

static int write_checked(Thread *t, TextIO *x, Value text)
{
    bool lf = (x->write_newline || x->line_buffering) && str_find_char(text, '\n', 0, str_length(text)) >= 0;
    bool flush = x->line_buffering && (lf || str_find_char(text, '\r', 0, str_length(text)) >= 0);
    Value translated = VALUE_EMPTY, data = VALUE_EMPTY;
    int status = -1;
    if (UNLIKELY(lf && x->write_newline)) {
        translated = with_endings(t, x, text);
        if (value_is_empty(translated))
            return -1;
        text = translated;
    }
    const Str *s = str_of(text);
    if (LIKELY(x->codec != TEXT_OBJECT && (str_is_ascii(s) || (x->codec == TEXT_LATIN1 && str_kind(s) == 1)))) {
        status = add_pending(t, x, s->data, s->length);
    } else {
        data = text_encode(t, x, text);
        if (!value_is_empty(data))
            status = add_pending(t, x, bytes_of(data)->data, bytes_of(data)->length);
        ref_dec(t, data);
    }
    ref_dec(t, translated);
    if (status < 0)
        return -1;
    if (UNLIKELY(x->pending_count >= (size_t)x->chunk_size || flush || x->write_through) &&
        text_write_pending(t, x) < 0)
        return -1;
    if (flush && flush_buffer(t, x) < 0)
        return -1;
    if (!value_is_empty(
            x->snapshot)) /* a stream that is read and written at once, without positions, goes on with what was decoded */
        text_forget(t, x);
    return x->can_read ? text_decoder_reset(t, x) : 0;
}

int text_write(Thread *t, Value self, Value text)
{
    TextIO *x = io_text(self);
    if (text_check_open(t, x) < 0)
        return -1;
    if (UNLIKELY(!x->can_write))
        return io_unsupported(t, "not writable"), -1;
    return write_checked(t, x, text);
}

int io_text_write(Thread *t, Value self, Value text)
{
    TextIO *x = io_text(self);
    if (io_lock_enter_again(t, &x->lock, self) < 0)
        return -1;
    int status = text_write(t, self, text);
    io_lock_exit_again(t, &x->lock);
    return status;
}

Value text_flush(Thread *t, Value self)
{
    TextIO *x = io_text(self);
    if (text_check_open(t, x) < 0)
        return VALUE_EMPTY;
    x->telling = x->seekable;
    if (text_write_pending(t, x) < 0)
        return VALUE_EMPTY;
    Value buffer = field_get(t, x, &x->buffer);
    if (value_is_empty(buffer))
        return text_check(t, x), VALUE_EMPTY;
    Value result = io_call(t, buffer, ID(t, flush));
    ref_dec(t, buffer);
    return result;
}
