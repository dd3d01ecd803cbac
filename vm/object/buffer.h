/* buffer.h: the buffer protocol (PEP 3118) between C functions. */
#ifndef BATON_OBJECT_BUFFER_H
#define BATON_OBJECT_BUFFER_H

#include "object.h"

#define BUFFER_MAX_NDIM 64

struct Buffer {
    void *data;
    Value owner;   /* owned: the exporter; empty after buffer_release */
    size_t length; /* bytes in all */
    int64_t item_size;
    bool readonly;
    int ndim;
    const char *format; /* struct syntax; NULL means "B" */
    int64_t *shape;     /* may be NULL when the flags do not ask for it */
    int64_t *strides;
    int64_t *suboffsets;
    int64_t shape1,
        stride1; /* room for the common one-dimensional case: shape and strides may point here, so copy with buffer_move only */
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
typedef int (*BufferGetFn)(Thread *t, Value v, Buffer *view, int flags); /* Slots.buffer_get */
int buffer_get(Thread *t, Value v, Buffer *view, int flags);
void buffer_release(Thread *t, Buffer *view); /* does nothing when owner is empty */
/* For exporters: fills the common one-dimensional byte case. */
int buffer_fill(Thread *t, Buffer *view, Value owner, void *data, size_t n, bool readonly, int flags);
bool buffer_is_contiguous(const Buffer *view, char order); /* 'C', 'F', 'A' */
/* Moves a filled view; `from` is empty afterwards (its release does nothing). */
static inline void buffer_move(Buffer *to, Buffer *from)
{
    *to = *from;
    if (from->shape == &from->shape1)
        to->shape = &to->shape1;
    if (from->strides == &from->stride1)
        to->strides = &to->stride1;
    from->owner = VALUE_EMPTY;
}
/* The address of an item of a view by its indices (ndim of them), suboffsets followed. */
void *buffer_item(const Buffer *view, const int64_t *indices);
/* Copies all of a view into view->length contiguous bytes in the order 'C', 'F' or 'A' (F if it is Fortran contiguous), and back. */
void buffer_copy_out(const Buffer *view, void *out, char order);
void buffer_copy_in(const Buffer *view, const void *in, char order);
/* What obj.__buffer__(flags) and obj.__release_buffer__(view) do for an object whose type is written in C. */
MUST_CHECK Value buffer_method_get(Thread *t, Value self, BufferGetFn get,
                                   Value flags); /* `get`: the slot of the class whose method it is */
MUST_CHECK Value buffer_method_release(Thread *t, Value self, Value view);
/* Slots of classes that define __buffer__ or __release_buffer__ in Python (PEP 688). */
int slot_python_buffer_get(Thread *t, Value self, Buffer *view, int flags);
void slot_python_buffer_release(Thread *t, Value self, Buffer *view);

/* memoryview over an object, or over a filled view (taken). */
MUST_CHECK Value memoryview_new(Thread *t, Value v);
MUST_CHECK Value memoryview_from_buffer_take(Thread *t, Buffer *view);

#endif
