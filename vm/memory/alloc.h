/* alloc.h: memory for objects and for everything else.
 *
 * Objects come from size-class slabs of per-thread heaps; containers (types with Slots.traverse) from slabs of their own, which the
 * collector walks: there are no collector links in objects.  A freed object's header stays readable until a grace period
 * has passed.  All functions report failure with NULL and a pending MemoryError, except where noted. */
#ifndef BATON_MEMORY_ALLOC_H
#define BATON_MEMORY_ALLOC_H

#include "../object/object.h"

/* A fresh object of `size` bytes (header included): count 1, owned by the calling thread, kind and type set (a heap type gains a
 * reference), the rest ZEROED, so it may be released or traversed at any time. */
MUST_CHECK void *alloc_object(Thread *t, Type *type, size_t size);
/* The same, but the bytes after the header are left as they are: for hot types that fill every field at once. */
MUST_CHECK void *alloc_object_raw(Thread *t, Type *type, size_t size);
/* Grows or shrinks an object just made, with no other reference to it (str and bytes building). NULL: the old one is untouched. */
MUST_CHECK void *alloc_object_resize(Thread *t, void *object, size_t size);
/* Gives an object's memory back without looking inside: only for ref_zero and for constructors that failed before publishing. */
void alloc_object_free(Thread *t, void *object);

/* Plain memory: tables of dicts, items of lists, buffers.  Size 0 gives a unique pointer. */
MUST_CHECK void *alloc_memory(Thread *t, size_t size);
MUST_CHECK void *alloc_memory_zeroed(Thread *t, size_t count, size_t size); /* checks the product */
MUST_CHECK void *alloc_memory_resize(Thread *t, void *memory, size_t size);
void alloc_memory_free(Thread *t, void *memory); /* NULL is ignored */
/* With the lock off, frees once no other thread can still be reading it (old arrays of lists and dicts); with the lock on, at once. */
void alloc_memory_free_deferred(Thread *t, void *memory);

/* Memory without a thread (start-up, os/, the lock's own structures): NULL on failure, no exception. */
void *alloc_raw(size_t size);
void *alloc_raw_resize(void *memory, size_t size);
void alloc_raw_free(void *memory);

/* The usable bytes of an object's block (sys.getsizeof helpers, heap checks). */
size_t alloc_object_usable(const void *object);

#endif
