/* stream_rest.c: see stream_rest.h. */
#include "stream_rest.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"

#define ROOM_MIN (32 * 1024)
#define ROOM_MAX (256 * 1024 * 1024)

void stream_rest_init(Thread *t, StreamRest *r)
{
    r->unused_data = t->interp->empty_bytes;
    r->needs_input = true;
}

void stream_rest_free(Thread *t, StreamRest *r)
{
    ref_clear(t, &r->unused_data);
    alloc_memory_free(t, r->pending);
    r->pending = NULL;
}

size_t stream_room(const BytesBuilder *b, size_t max)
{
    size_t room = b->length < ROOM_MIN ? ROOM_MIN : b->length > ROOM_MAX ? ROOM_MAX : b->length;
    return room > max - b->length ? max - b->length : room;
}

/* The input of a run: what was pending, then data. Its address is r->pending if there is any. 0 or -1. */
static int join_input(Thread *t, StreamRest *r, const void *data, size_t n)
{
    if (!r->pending_length)
        return 0;
    uint8_t *joined = alloc_memory_resize(t, r->pending, r->pending_length + n);
    if (!joined)
        return -1;
    if (n)
        memcpy(joined + r->pending_length, data, n);
    r->pending = joined;
    r->pending_length += n;
    return 0;
}

/* Keeps the rest of the input for the next run. 0 or -1. */
static int keep_input(Thread *t, StreamRest *r, const uint8_t *in, size_t n)
{
    if (r->pending_length) {
        memmove(r->pending, in, n);
    } else if (n) {
        uint8_t *kept = alloc_memory_resize(t, r->pending, n);
        if (!kept)
            return -1;
        memcpy(kept, in, n);
        r->pending = kept;
    }
    r->pending_length = n;
    return 0;
}

Value stream_rest_run(Thread *t, StreamRest *r, const void *data, size_t n, int64_t max_length, StreamStep step,
                      void *object)
{
    size_t max = max_length < 0 ? SIZE_MAX : (size_t)max_length;
    BytesBuilder b = {0};
    if (join_input(t, r, data, n) < 0)
        return VALUE_EMPTY;
    StreamPiece piece = {.in = r->pending_length ? r->pending : data,
                         .in_length = r->pending_length ? r->pending_length : n};
    int status = 0;
    for (;;) {
        size_t room = stream_room(&b, max), before = piece.in_length;
        piece.out = bytesbuilder_reserve(t, &b, room);
        if (!piece.out)
            goto fail;
        piece.out_length = room;
        status = step(t, object, &piece);
        b.length += room - piece.out_length;
        if (status < 0)
            goto fail;
        if (status > 0 || b.length == max)
            break;
        if (piece.out_length && (piece.in_length == 0 || piece.in_length == before))
            break;
    }
    if (status > 0) {
        Value unused = bytes_new(t, piece.in, piece.in_length);
        if (value_is_empty(unused))
            goto fail;
        ref_replace_take(t, &r->unused_data, unused);
        r->eof = true;
        r->needs_input = false;
        r->pending_length = 0;
    } else {
        /* Input that is used up may still have filled the output to its limit: then more output is to come. */
        r->needs_input = piece.in_length == 0 && piece.out_length > 0;
        if (keep_input(t, r, piece.in, piece.in_length) < 0)
            goto fail;
    }
    return bytesbuilder_finish(t, &b);
fail:
    r->needs_input = false;
    r->pending_length = 0;
    bytesbuilder_discard(t, &b);
    return VALUE_EMPTY;
}
