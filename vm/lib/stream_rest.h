/* stream_rest.h: what decompressor objects have in common: input that waits for room in the output, and what follows
 * the end of a stream.
 *
 * Invariant: `pending` is input not yet used; `needs_input` says that no output can come without more.  The owner's
 * lock is held during a run. */
#ifndef BATON_LIB_STREAM_REST_H
#define BATON_LIB_STREAM_REST_H

#include "../object/bytes.h"

typedef struct StreamRest {
    Value unused_data; /* bytes */
    uint8_t *pending;  /* or NULL */
    size_t pending_length;
    bool eof, needs_input;
} StreamRest;

/* Input and room for output of one step, which moves both on. */
typedef struct StreamPiece {
    const uint8_t *in;
    size_t in_length;
    uint8_t *out;
    size_t out_length; /* fits an unsigned int */
} StreamPiece;
/* One step: 1 at the end of the stream, 0 to go on, -1 with an exception. */
typedef int (*StreamStep)(Thread *t, void *object, StreamPiece *piece);

void stream_rest_init(Thread *t, StreamRest *r);
void stream_rest_free(Thread *t, StreamRest *r);
/* Decompresses pending input and `data` into at most max bytes (negative: all): bytes. */
MUST_CHECK Value stream_rest_run(Thread *t, StreamRest *r, const void *data, size_t n, int64_t max, StreamStep step,
                                 void *object);
/* How much room to make for the next output, `max` bytes in all. */
size_t stream_room(const BytesBuilder *b, size_t max);

#endif
