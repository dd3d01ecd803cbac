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

/* Invariant: while exports > 0 the size may not change (BufferError). */
typedef struct ByteArray {
    Object head;
    uint8_t *data; /* alloc_memory; capacity + 1 bytes, NUL behind length; may be NULL when empty */
    size_t offset; /* bytes dropped at the front */
    size_t length, capacity;
    size_t exports;
    Object *weakrefs;
} ByteArray;

static ALWAYS_INLINE bool bytes_check(Value v) { return object_is(v, KIND_BYTES); }
static ALWAYS_INLINE Bytes *bytes_of(Value v) { return (Bytes *)value_object(v); }
MUST_CHECK Value bytes_new(Thread *t, const void *data_or_null, size_t n); /* NULL: uninitialised, fill before publishing */
MUST_CHECK Value bytes_resize_take(Thread *t, Value v, size_t n);          /* v fresh, unshared */
MUST_CHECK Value bytes_from_object(Thread *t, Value v);                    /* bytes(v) of a buffer or iterable */
MUST_CHECK Value bytes_concat(Thread *t, Value a, Value b);
MUST_CHECK Value bytearray_new(Thread *t, const void *data_or_null, size_t n);
/* Encoding and decoding by name (codec.c): errors NULL means "strict". */
MUST_CHECK Value codec_encode(Thread *t, Value str, const char *encoding, const char *errors);
MUST_CHECK Value codec_decode(Thread *t, const void *bytes, size_t n, const char *encoding, const char *errors);

#endif
