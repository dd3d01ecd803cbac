/* end.h: the death of an object of a hot built-in container type, in one function with the type's dealloc: what ref.c does for all others through Slots.dealloc.
 *
 * A type that has it names it in Slots.end.  ref_zero calls that for objects of the very type (not of one that derives from it) which no weak reference knows; the type
 * has no finalizer.  Depth and queue: ref.c. */
#ifndef BATON_MEMORY_END_H
#define BATON_MEMORY_END_H

#include "heap.h"

/* Destructors are nested too deep: the object waits. */
void ref_end_later(Thread *t, Object *o);
/* What has waited ends, after the outermost destructor. */
void ref_end_waiting(Thread *t);

static ALWAYS_INLINE void end_container(Thread *t, Object *o, void (*dealloc)(Thread *, Object *))
{
    if (UNLIKELY(t->destroy_depth >= CONFIG_DESTROY_DEPTH)) {
        ref_end_later(t, o);
        return;
    }
    t->destroy_depth++;
    memset(o, 0, 16); /* sealed, as by ref.c's seal, and ready for being free memory */
    dealloc(t, o);
    if (UNLIKELY(!heap_sealed_free(t, o, true))) {
        store_relaxed(&o->gc, GC_CONTAINER);
        alloc_object_free(t, o);
    }
    if (--t->destroy_depth == 0 && UNLIKELY(t->destroy_queue != NULL))
        ref_end_waiting(t);
}

/* alloc_memory_free_deferred, at hand for blocks of slabs with the lock on. */
static ALWAYS_INLINE void end_memory(Thread *t, void *memory)
{
    HeapArena *a = arena_of(memory);
    if (BATON_CHECKS || ALLOC_ASAN || UNLIKELY(a->kind != ARENA_SLABS) || UNLIKELY(t->free_threaded)) {
        alloc_memory_free_deferred(t, memory);
        return;
    }
    heap_block_free(t, slab_of(a, memory), memory);
}

#endif
