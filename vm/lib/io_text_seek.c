/* io_text_seek.c: tell() and seek() of a TextIOWrapper.
 *
 * A position in decoded text is a place in the buffer where the decoder can start (with its flags), how many bytes to feed it from there, and how many of the characters
 * that come of it to skip.  These travel as one int, the cookie: for most encodings nothing but the byte position.
 * Locks: the stream's, with the lock off. */
#include "mod__io.h"

#include "../object/container.h"
#include "io_text.h"

typedef struct Cookie {
    int64_t start;
    int32_t flags, feed, skip;
    bool need_end; /* the decoder must be told of the end to give the characters */
} Cookie;
#define COOKIE_SIZE 21

static void put_little(uint8_t *to, uint64_t v, int n)
{
    for (int i = 0; i < n; i++)
        to[i] = (uint8_t)(v >> 8 * i);
}
static uint64_t get_little(const uint8_t *from, int n)
{
    uint64_t v = 0;
    for (int i = 0; i < n; i++)
        v |= (uint64_t)from[i] << 8 * i;
    return v;
}

static Value cookie_value(Thread *t, const Cookie *c)
{
    uint8_t bytes[COOKIE_SIZE];
    put_little(bytes, (uint64_t)c->start, 8);
    put_little(bytes + 8, (uint32_t)c->flags, 4);
    put_little(bytes + 12, (uint32_t)c->feed, 4);
    put_little(bytes + 16, (uint32_t)c->skip, 4);
    bytes[20] = c->need_end;
    return int_from_bytes(t, bytes, sizeof bytes, true, false);
}

static int cookie_parse(Thread *t, Value v, Cookie *c)
{
    uint8_t bytes[COOKIE_SIZE];
    Value number = number_index(t, v);
    int status = value_is_empty(number) ? -1 : int_to_bytes(t, number, bytes, sizeof bytes, true, false);
    ref_dec(t, number);
    if (status < 0)
        return -1;
    c->start = (int64_t)get_little(bytes, 8);
    c->flags = (int32_t)get_little(bytes + 8, 4);
    c->feed = (int32_t)get_little(bytes + 12, 4);
    c->skip = (int32_t)get_little(bytes + 16, 4);
    c->need_end = bytes[20] != 0;
    return 0;
}

/* ---- seek() ---- */

static int set_decoder(Thread *t, TextIO *x, const Cookie *c)
{
    if (c->start == 0 && c->flags == 0)
        return text_decoder_reset(t, x);
    return text_decoder_set(t, x, t->interp->empty_bytes, value_from_int(c->flags));
}

static int flush_self(Thread *t, Value self)
{
    Value result = io_call(t, self, ID(t, flush));
    ref_dec(t, result);
    return value_is_empty(result) ? -1 : 0;
}

static Value seek_buffer(Thread *t, TextIO *x, int64_t position, int whence)
{
    Value offset = int_from_int64(t, position);
    const Value args[3] = {field_get(t, x, &x->buffer), offset, value_from_int(whence)};
    Value result = value_is_empty(args[0]) ? error_set(t, EXC_ValueError, "underlying buffer has been detached")
                                           : object_call_method(t, ID(t, seek), args, whence ? 3 : 2, VALUE_EMPTY);
    ref_dec(t, args[0]);
    ref_dec(t, offset);
    return result;
}

static Value seek_end(Thread *t, Value self)
{
    TextIO *x = io_text(self);
    if (flush_self(t, self) < 0)
        return VALUE_EMPTY;
    text_forget(t, x);
    if (x->can_read && text_decoder_reset(t, x) < 0)
        return VALUE_EMPTY;
    Value end = seek_buffer(t, x, 0, 2);
    if (value_is_empty(end) || !x->can_write)
        return end;
    int start = object_equal(t, end, value_from_int(0));
    if (start < 0 || text_encoder_reset(t, x, start) < 0)
        ref_clear(t, &end);
    return end;
}

/* Decodes again what lies between the starting point and the position. */
static int restore(Thread *t, TextIO *x, const Cookie *c)
{
    Value buffer = field_get(t, x, &x->buffer), input = VALUE_EMPTY, chars = VALUE_EMPTY;
    int status = -1;
    if (!value_is_empty(buffer))
        input = io_call1(t, buffer, ID(t, read), value_from_int(c->feed));
    ref_dec(t, buffer);
    if (value_is_empty(input))
        return -1;
    if (!bytes_check(input)) {
        error_set(t, EXC_TypeError, "underlying read() should have returned a bytes object, not '%.200T'", input);
        goto done;
    }
    field_set_take(t, x, &x->snapshot_flags, value_from_int(c->flags));
    field_set_take(t, x, &x->snapshot, ref_inc(t, input));
    chars = text_decode(t, x, input, c->need_end);
    if (value_is_empty(chars))
        goto done;
    size_t n = str_length(chars);
    text_set_chars_take(t, x, chars);
    if (n < (size_t)c->skip) {
        error_set(t, EXC_OSError, "can't restore logical file position");
        goto done;
    }
    x->chars_used = (size_t)c->skip;
    status = 0;
done:
    ref_dec(t, input);
    return status;
}

static Value seek_cookie(Thread *t, Value self, Value cookie)
{
    TextIO *x = io_text(self);
    Cookie c;
    int negative = object_compare_bool(t, cookie, value_from_int(0), COMPARE_LT);
    if (negative < 0)
        return VALUE_EMPTY;
    if (negative)
        return error_set(t, EXC_ValueError, "negative seek position %V", cookie);
    if (flush_self(t, self) < 0 || cookie_parse(t, cookie, &c) < 0)
        return VALUE_EMPTY;
    Value position = seek_buffer(t, x, c.start, 0);
    if (value_is_empty(position))
        return position;
    ref_dec(t, position);
    text_forget(t, x);
    if (x->can_read && set_decoder(t, x, &c) < 0)
        return VALUE_EMPTY;
    if (c.skip) {
        if (restore(t, x, &c) < 0)
            return VALUE_EMPTY;
    } else {
        field_set_take(t, x, &x->snapshot_flags, value_from_int(c.flags));
        field_set_take(t, x, &x->snapshot, ref_inc(t, t->interp->empty_bytes));
    }
    if (x->can_write && text_encoder_reset(t, x, c.start == 0 && c.flags == 0) < 0)
        return VALUE_EMPTY;
    return ref_inc(t, cookie);
}

Value text_seek(Thread *t, Value self, Value cookie, int whence)
{
    TextIO *x = io_text(self);
    if (text_check_open(t, x) < 0)
        return VALUE_EMPTY;
    if (!x->seekable)
        return io_unsupported(t, "underlying stream is not seekable");
    if (whence == 0)
        return seek_cookie(t, self, cookie);
    if (whence != 1 && whence != 2)
        return error_set(t, EXC_ValueError, "invalid whence (%d, should be %d, %d or %d)", whence, 0, 1, 2);
    int zero = object_equal(t, cookie, value_from_int(0));
    if (zero < 0)
        return VALUE_EMPTY;
    if (!zero)
        return io_unsupported(t, whence == 1 ? "can't do nonzero cur-relative seeks"
                                             : "can't do nonzero end-relative seeks");
    if (whence == 2)
        return seek_end(t, self);
    /* Going to where we are brings the buffer there as well. */
    Value here = io_call(t, self, ID(t, tell));
    if (value_is_empty(here))
        return here;
    Value result = seek_cookie(t, self, here);
    ref_dec(t, here);
    return result;
}

/* ---- tell() ---- */

/* Decodes a part of the snapshot: the number of characters, or -1. */
static int64_t decoded_count(Thread *t, TextIO *x, const uint8_t *data, size_t n, bool final)
{
    Value input = bytes_new(t, data, n), chars = value_is_empty(input) ? VALUE_EMPTY : text_decode(t, x, input, final);
    int64_t count = value_is_empty(chars) ? -1 : (int64_t)str_length(chars);
    ref_dec(t, input);
    ref_dec(t, chars);
    return count;
}

/* The decoder's state: how many bytes it holds back, and its flags; or -1. */
static int64_t held_count(Thread *t, TextIO *x, int32_t *flags)
{
    Value held, value;
    if (text_decoder_get(t, x, &held, &value) < 0)
        return -1;
    int64_t n = (int64_t)bytes_of(held)->length;
    *flags = (int32_t)int_to_uint64_mask(value);
    ref_dec(t, held);
    ref_dec(t, value);
    return n;
}

/* A place in the input, near where `skip` characters end, at which the decoder holds nothing: bytes to skip, or -1. c->flags and c->skip are set for it. */
static int64_t find_start(Thread *t, TextIO *x, Cookie *c, const uint8_t *input, int64_t length)
{
    int64_t skip = (int64_t)(x->bytes_per_char * c->skip), back = 1;
    if (skip > length)
        skip = length;
    while (skip > 0) {
        if (set_decoder(t, x, c) < 0)
            return -1;
        int64_t chars = decoded_count(t, x, input, (size_t)skip, false);
        if (chars < 0)
            return -1;
        if (chars <= c->skip) {
            int32_t flags;
            int64_t held = held_count(t, x, &flags);
            if (held < 0)
                return -1;
            if (held == 0) {
                c->flags = flags;
                c->skip -= (int32_t)chars;
                return skip;
            }
            skip -= held;
            back = 1;
        } else {
            skip -= back;
            back *= 2;
        }
    }
    return set_decoder(t, x, c) < 0 ? -1 : 0;
}

/* From there byte by byte, until enough characters have come: 0 or -1. */
static int feed(Thread *t, TextIO *x, Cookie *c, const uint8_t *input, const uint8_t *end)
{
    int64_t chars = 0;
    for (; input < end; input++) {
        int64_t n = decoded_count(t, x, input, 1, false);
        if (n < 0)
            return -1;
        chars += n;
        c->feed++;
        int32_t flags;
        int64_t held = held_count(t, x, &flags);
        if (held < 0)
            return -1;
        if (held == 0 && chars <= c->skip) { /* a safe starting point, nearer than the last */
            c->start += c->feed;
            c->skip -= (int32_t)chars;
            c->flags = flags;
            c->feed = 0;
            chars = 0;
        }
        if (chars >= c->skip)
            return 0;
    }
    int64_t n = decoded_count(t, x, NULL, 0, true);
    if (n < 0)
        return -1;
    c->need_end = true;
    if (chars + n < c->skip)
        return error_set(t, EXC_OSError, "can't reconstruct logical file position"), -1;
    return 0;
}

/* The cookie of a position behind `skip` characters of the snapshot. */
static Value tell_inside(Thread *t, TextIO *x, Cookie *c, Value input)
{
    Value held, flags, result = VALUE_EMPTY;
    if (text_decoder_get(t, x, &held, &flags) < 0)
        return VALUE_EMPTY;
    NewlineState newline = x->newline;
    const uint8_t *data = bytes_of(input)->data;
    int64_t length = (int64_t)bytes_of(input)->length, skip = find_start(t, x, c, data, length);
    if (skip >= 0) {
        c->start += skip;
        if (c->skip == 0 || feed(t, x, c, data + skip, data + length) == 0)
            result = cookie_value(t, c);
    }
    /* The decoder goes on from where it was. */
    Value exc = error_take(t);
    int status = text_decoder_set(t, x, held, flags);
    x->newline.seen |= newline.seen;
    if (!value_is_empty(exc))
        error_restore_take(t, exc);
    else if (status < 0)
        ref_clear(t, &result);
    ref_dec(t, held);
    ref_dec(t, flags);
    return result;
}

Value text_tell(Thread *t, Value self)
{
    TextIO *x = io_text(self);
    if (text_check_open(t, x) < 0)
        return VALUE_EMPTY;
    if (!x->seekable)
        return io_unsupported(t, "underlying stream is not seekable");
    if (!x->telling)
        return error_set(t, EXC_OSError, "telling position disabled by next() call");
    if (text_write_pending(t, x) < 0 || flush_self(t, self) < 0)
        return VALUE_EMPTY;
    Value buffer = field_get(t, x, &x->buffer);
    if (value_is_empty(buffer))
        return text_check(t, x), VALUE_EMPTY;
    Value position = io_call(t, buffer, ID(t, tell));
    ref_dec(t, buffer);
    if (value_is_empty(position) || !x->can_read || value_is_empty(x->snapshot))
        return position;
    Cookie c = {.flags = (int32_t)int_to_uint64_mask(x->snapshot_flags)};
    int status = int_to_int64(t, position, &c.start);
    ref_dec(t, position);
    if (status < 0)
        return VALUE_EMPTY;
    Value input = field_get(t, x, &x->snapshot);
    c.start -= (int64_t)bytes_of(input)->length;
    Value result;
    if (value_is_empty(x->chars) || x->chars_used == 0) { /* at the snapshot itself */
        result = cookie_value(t, &c);
    } else {
        c.skip = (int32_t)x->chars_used;
        result = tell_inside(t, x, &c, input);
    }
    ref_dec(t, input);
    return result;
}
