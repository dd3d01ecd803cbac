/* tracer.h: which blocks were allocated since tracing began, how big they are, and by what (tracemalloc).
 *
 * Off, it costs nothing: the fast paths of allocating and freeing do not know of it.  On, blocks come from slabs of their own (SLAB_TRACED): none of them is in
 * heap->bins, so every allocation takes the slow path, and every block that is freed into one is told to heap_slab_settle.
 *
 * Invariants.  Tracing begins and ends with the world stopped (lock on: by whoever holds the lock).  A traced block is in a slab with state SLAB_TRACED or
 * SLAB_TRACED_FULL, or big; not every such block is traced (memory for its entry may have been lacking).
 * Locks: the tracer's mutex around the table, a leaf; `capture` runs before it is taken.
 * Read next: heap.c (slabs), ../lib/mod__tracemalloc.c (tracebacks). */
#ifndef BATON_MEMORY_TRACER_H
#define BATON_MEMORY_TRACER_H

#include "../thread/lock.h"
#include "heap.h"

typedef struct TracerEntry {
    void *block; /* NULL: free */
    size_t size; /* as asked for */
    uint32_t traceback;
} TracerEntry;

/* What the calling thread is doing, as a number that entries keep: may not allocate but by alloc_raw, nor call Python or drop a reference. */
typedef uint32_t (*TracerCapture)(Thread *t, void *arg);

typedef struct Tracer {
    Mutex lock;
    TracerCapture capture;
    void *arg;
    TracerEntry *entries; /* open addressing by block */
    size_t capacity, used;
    size_t bytes, peak; /* in traced blocks: now, and at most */
} Tracer;

/* With the world stopped.  false: no memory. */
bool tracer_start(Thread *t, TracerCapture capture, void *arg);
void tracer_stop(Thread *t);
static inline Tracer *tracer_of(const Heap *heap) { return heap->tracer; } /* NULL: off */

/* For alloc.c and heap.c. */
void tracer_add(Thread *t, Tracer *tracer, void *block,
                size_t size); /* in place of an earlier entry, if there is one */
void tracer_remove(Tracer *tracer, const void *block);

bool tracer_find(Tracer *tracer, const void *block, TracerEntry *found);
void tracer_clear(Tracer *tracer); /* forgets all blocks */
/* A copy of all entries, to be freed with alloc_raw_free; NULL: no memory. */
TracerEntry *tracer_copy(Tracer *tracer, size_t *count);

#endif
