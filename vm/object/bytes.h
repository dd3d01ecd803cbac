/* bytes.h: bytes and bytearray. */
#ifndef BATON_OBJECT_BYTES_H
#define BATON_OBJECT_BYTES_H

#include "object.h"

typedef struct Bytes {
    Object head;
    size_t length;
    _Atomic hash_t hash; /* as Str.hash */
    uint8_t data[];      /* length + 1, the last is NUL */
} Bytes;

/* Invariants.  While exports > 0 the size may not change (BufferError).  data[length] is NUL unless data is NULL. With the lock off, the contents are read and
 * changed under the object's lock, or through an export. */
typedef struct ByteArray {
    Object head;
    uint8_t *data; /* first byte; the block (alloc_memory) begins at data - offset; NULL when there is none */
    size_t offset; /* bytes dropped at the front */
    size_t length;
    size_t capacity; /* of the block, without the NUL */
    size_t exports;
} ByteArray;

static ALWAYS_INLINE bool bytes_check(Value v) { return object_is(v, KIND_BYTES); }
static ALWAYS_INLINE Bytes *bytes_of(Value v) { return (Bytes *)value_object(v); }
MUST_CHECK Value bytes_new(Thread *t, const void *data_or_null,
                           size_t n);                             /* NULL: uninitialised, fill before publishing */
MUST_CHECK Value bytes_resize_take(Thread *t, Value v, size_t n); /* v fresh, unshared */
MUST_CHECK Value bytes_from_object(Thread *t, Value v);           /* bytes(v) of a buffer or iterable */
MUST_CHECK Value bytes_concat(Thread *t, Value a, Value b);
MUST_CHECK Value bytearray_new(Thread *t, const void *data_or_null, size_t n);
/* What interp->empty_bytes and byte_values hold; called once, when the type bytes exists. 0 or -1. */
int bytes_bootstrap(Thread *t);
hash_t bytes_hash(Thread *t, Value v);
MUST_CHECK Value bytes_repr(Thread *t, const uint8_t *data, size_t n, const char *prefix, const char *suffix);

/* Building bytes of unknown length: start zeroed {0}, append, then finish or discard. Functions return 0 or -1 (MemoryError). */
typedef struct BytesBuilder {
    Bytes *b; /* grows; or NULL */
    size_t length, capacity;
} BytesBuilder;
int bytesbuilder_grow(Thread *t, BytesBuilder *b, size_t extra);
/* Room for `extra` more bytes; the address where they go. The caller then adds to b->length. NULL: no memory. */
static inline uint8_t *bytesbuilder_reserve(Thread *t, BytesBuilder *b, size_t extra)
{
    if (UNLIKELY(b->capacity - b->length < extra) || UNLIKELY(!b->b)) {
        if (bytesbuilder_grow(t, b, extra) < 0)
            return NULL;
    }
    return b->b->data + b->length;
}
static inline int bytesbuilder_byte(Thread *t, BytesBuilder *b, uint8_t c)
{
    uint8_t *p = bytesbuilder_reserve(t, b, 1);
    if (UNLIKELY(!p))
        return -1;
    *p = c;
    b->length++;
    return 0;
}
static inline int bytesbuilder_append(Thread *t, BytesBuilder *b, const void *data, size_t n)
{
    uint8_t *p = bytesbuilder_reserve(t, b, n);
    if (UNLIKELY(!p))
        return -1;
    memcpy(p, data, n);
    b->length += n;
    return 0;
}
MUST_CHECK Value bytesbuilder_finish(Thread *t, BytesBuilder *b); /* the bytes; the builder is empty again */
void bytesbuilder_discard(Thread *t, BytesBuilder *b);

/* Encoding and decoding by name (codec.c): errors NULL means "strict". */
MUST_CHECK Value codec_encode(Thread *t, Value str, const char *encoding, const char *errors);
MUST_CHECK Value codec_decode(Thread *t, const void *bytes, size_t n, const char *encoding, const char *errors);

#endif
