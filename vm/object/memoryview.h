/* memoryview.h: the layout of memoryview objects. */
#ifndef BATON_OBJECT_MEMORYVIEW_H
#define BATON_OBJECT_MEMORYVIEW_H

#include "buffer.h"
#include "type.h"

/* One view got from an exporter, shared by all memoryviews that were sliced and cast from each other. */
typedef struct ManagedBuffer {
    Object head;
    Buffer master;          /* released when the last memoryview that uses it is */
    _Atomic uint32_t users; /* memoryviews not yet released */
} ManagedBuffer;

#define MEMORYVIEW_RELEASED 0x01
#define MEMORYVIEW_C 0x02          /* C contiguous */
#define MEMORYVIEW_FORTRAN 0x04    /* Fortran contiguous */
#define MEMORYVIEW_INDIRECT 0x08   /* has suboffsets */
#define MEMORYVIEW_RESTRICTED 0x10 /* no further views: made for a __release_buffer__ call */

/* Invariants.  view.owner is borrowed (managed->master owns it). view.shape and strides are set when ndim > 0; they and suboffsets point to
 * shape1/stride1 or into dims.  While exports > 0 it cannot be released. */
typedef struct MemoryView {
    Object head;
    ManagedBuffer *managed; /* owned; NULL once released */
    uint32_t flags;
    int64_t exports;
    _Atomic hash_t hash; /* of a read-only view of bytes; 0 not computed */
    Buffer view;
    int64_t *dims;   /* alloc_memory: shape, strides, suboffsets of more than one dimension; or NULL */
    char format[16]; /* own copy of a short format */
    Object *weakrefs;
} MemoryView;

static ALWAYS_INLINE MemoryView *memoryview_of(Value v) { return (MemoryView *)value_object(v); }
/* Ends a view: 0, or -1 with BufferError while it is exported. */
int memoryview_release(Thread *t, Value v);
void memoryview_drop_export(Thread *t, Value v);
MUST_CHECK Value memoryview_from_flags(Thread *t, Value v, int flags);
MUST_CHECK Value memoryview_from_getter(Thread *t, Value v, BufferGetFn get,
                                        int flags); /* by one class's slot, whatever a subclass has */
/* A memoryview over a view that stays with its owner and cannot be viewed again. */
MUST_CHECK Value memoryview_restricted(Thread *t, const Buffer *view);
/* An internal type made once for the interpreter. */
Type *memoryview_helper_type(Thread *t, Type **slot, const TypeSpec *spec);

/* Items (memoryview_item.c): a native format is one code of struct, optionally after '@'. */
char memoryview_native_code(const char *format, int64_t *item_size); /* 0: not a single native code */
/* The code of items that are read and written one by one: a single one, known or not (reading and writing tell), or 0. */
char memoryview_item_code(const char *format);
MUST_CHECK Value memoryview_unpack_item(Thread *t, char code, const void *p);
int memoryview_pack_item(Thread *t, char code, void *p, Value item, const char *format);
MUST_CHECK Value memoryview_to_list(Thread *t, const MemoryView *m);

/* A pinned view cannot be released: 0, or -1 with ValueError when it is released already. */
int memoryview_pin(Thread *t, MemoryView *m);
void memoryview_unpin(Thread *t, MemoryView *m);

/* memoryview_compare.c */
Value memoryview_compare(Thread *t, Value self, Value other, Compare op);
Value memoryview_count(Thread *t, Value self, Value value);
Value memoryview_index(Thread *t, Value self, Value value, Value start, Value stop);

extern const TypeSpec type_spec_memoryview, type_spec_memory_iterator;

#endif
