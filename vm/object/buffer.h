/* buffer.h: the buffer protocol (PEP 3118) between C functions. */
#ifndef BATON_OBJECT_BUFFER_H
#define BATON_OBJECT_BUFFER_H

#include "object.h"

#define BUFFER_MAX_NDIM 64

struct Buffer {
    void *data;
    Value owner;      /* owned: the exporter; empty after buffer_release */
    size_t length;    /* bytes in all */
    int64_t item_size;
    bool readonly;
    int ndim;
    const char *format; /* struct syntax; NULL means "B" */
    int64_t *shape;     /* may be NULL when the flags do not ask for it */
    int64_t *strides;
    int64_t *suboffsets;
    int64_t shape1, stride1; /* room for the common one-dimensional case */
    void *internal;
};
typedef struct Buffer Buffer;

#define BUFFER_SIMPLE 0
#define BUFFER_WRITABLE 0x0001
#define BUFFER_FORMAT 0x0004
#define BUFFER_ND 0x0008
#define BUFFER_STRIDES (0x0010 | BUFFER_ND)
#define BUFFER_C_CONTIGUOUS (0x0020 | BUFFER_STRIDES)
#define BUFFER_F_CONTIGUOUS (0x0040 | BUFFER_STRIDES)
#define BUFFER_ANY_CONTIGUOUS (0x0080 | BUFFER_STRIDES)
#define BUFFER_INDIRECT (0x0100 | BUFFER_STRIDES)
#define BUFFER_FULL_RO (BUFFER_INDIRECT | BUFFER_FORMAT)
#define BUFFER_FULL (BUFFER_FULL_RO | BUFFER_WRITABLE)

bool buffer_supported(Thread *t, Value v);
/* 0, or -1: TypeError "a bytes-like object is required, not 'X'" or BufferError. Also through __buffer__ (PEP 688). */
int buffer_get(Thread *t, Value v, Buffer *view, int flags);
void buffer_release(Thread *t, Buffer *view); /* does nothing when owner is empty */
/* For exporters: fills the common one-dimensional byte case. */
int buffer_fill(Thread *t, Buffer *view, Value owner, void *data, size_t n, bool readonly, int flags);
bool buffer_is_contiguous(const Buffer *view, char order); /* 'C', 'F', 'A' */
/* memoryview over an object, or over a filled view (taken). */
MUST_CHECK Value memoryview_new(Thread *t, Value v);
MUST_CHECK Value memoryview_from_buffer_take(Thread *t, Buffer *view);

#endif
