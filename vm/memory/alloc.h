/* alloc.h: memory for objects and for everything else.
 *
 * Blocks of up to ALLOC_BLOCK_MAX bytes come from slabs of one size class; slabs are slices of aligned arenas, so that the slab, and with it the
 * home heap, is found from any block's address.  Three kinds of slabs: leaf objects, containers (types with Slots.traverse, and instances of heap types), which the
 * collector walks (there are no collector links in objects), and plain memory.  Bigger blocks are runs of pages, or mappings of their own.
 *
 * With the lock on, all threads share one heap: whoever holds the lock owns it.  With the lock off each thread has its own, and a block freed by another thread
 * goes back through an atomic list of its slab.
 *
 * Invariants.  A free block of an object slab has zero counts, owner OWNER_NONE and no GC_LIVE in its header, so ref_try_inc refuses it; the link of the free
 * list is in `type`.  With the lock off an object slab changes its class, or leaves, only after a grace period (reclaim.h).
 *
 * All functions report failure with NULL and a pending MemoryError, except where noted.  Read next: alloc.c (blocks), heap.c (slabs, arenas). */
#ifndef BATON_MEMORY_ALLOC_H
#define BATON_MEMORY_ALLOC_H

#include <assert.h>

#include "../object/object.h"
#include "../object/type.h"
#include "ref.h"

#define ALLOC_FINE_MAX 1024   /* classes of 16 bytes up to here, then four to a doubling */
#define ALLOC_BLOCK_MAX 16384 /* bigger ones are runs of pages */
#define ALLOC_CLASSES 81
#define ALLOC_POISON 0xDB /* BATON_CHECKS: what freed memory is filled with */

typedef enum AllocKind { ALLOC_LEAF, ALLOC_CONTAINER, ALLOC_PLAIN, ALLOC_KINDS } AllocKind;

/* One slab's bookkeeping; it lives in the header of its arena.  `used` counts the blocks that are not on `free` or `remote` nor behind `bump`. */
typedef struct Slab {
    void *free;        /* blocks to be given out next; only the home heap's thread touches it */
    char *bump;        /* from here to the slab's end: never given out */
    struct Heap *heap; /* NULL: the slab is free */
    _Atomic(void *)
        remote; /* blocks freed by other threads (lock off); the slab is in heap->remote_slabs while not NULL */
    struct Slab *remote_next;
    struct Slab *next, *previous; /* in heap->partial */
    uint16_t units;               /* block size in steps of 16 bytes */
    uint16_t used;
    uint8_t kind; /* AllocKind */
    uint8_t class;
    uint8_t state;   /* heap.c */
    uint8_t touched; /* its pages may be in memory */
} Slab;

struct Heap {
    Slab *bins[ALLOC_KINDS][ALLOC_CLASSES]; /* where blocks are taken from: never NULL */
    int32_t young;       /* containers made less containers freed since the last collection, at least 0 */
    int32_t young_limit; /* ask for a collection from here on */
    Slab *partial[ALLOC_KINDS][ALLOC_CLASSES]; /* further slabs with free blocks */
    Interp *interp;
    struct Pool *pool;                        /* arenas of the interpreter */
    struct Heap *next;                        /* all heaps of the interpreter */
    struct Heap *next_spare;                  /* those without a thread */
    _Atomic(Slab *) remote_slabs;             /* with blocks freed by other threads (lock off) */
    struct Quarantine *quarantine;            /* AddressSanitizer */
    struct Tracer *tracer;                    /* tracer.h; NULL: blocks are not traced */
    Slab *traced[ALLOC_KINDS][ALLOC_CLASSES]; /* slabs of traced blocks with room, if any is */
    uint8_t rare[ALLOC_KINDS]
                [ALLOC_CLASSES]; /* blocks that came from slabs of a rounder size, up to CONFIG_RARE_BLOCKS */
};

/* Set by whoever has collected, for the heaps of other threads too. */
static ALWAYS_INLINE int32_t alloc_young_limit(const Heap *heap)
{
    return __atomic_load_n(&heap->young_limit, __ATOMIC_RELAXED);
}
static inline void alloc_set_young_limit(Heap *heap, int32_t limit) { store_relaxed(&heap->young_limit, limit); }

/* Type.alloc_info: what alloc_object must know, in one word.  0: not yet computed (alloc_type_info). */
#define ALLOC_INFO_KIND 0x0FFu
#define ALLOC_INFO_CONTAINER 0x100u
#define ALLOC_INFO_HEAP_TYPE 0x200u
#define ALLOC_INFO_VALID 0x400u
#define ALLOC_INFO_PLAIN_END                                                                                           \
    0x800u /* a leaf whose death is only that its memory goes back, unless OBJECT_REGISTERED or weakly referenced */
#define ALLOC_INFO_OWN_END 0x1000u /* the type has a Slots.end (end.h) */
uint32_t alloc_type_info(Thread *t, Type *type);
static ALWAYS_INLINE uint32_t alloc_info(const Type *type)
{
    return __atomic_load_n(&type->alloc_info, __ATOMIC_RELAXED); /* two threads may compute it, which gives the same */
}

void *alloc_object_slow(Thread *t, Type *type, size_t size);
void alloc_ask_collect(Thread *t);

/* Writes a fresh header: count 1, owned by the calling thread. */
static ALWAYS_INLINE void alloc_header(Thread *t, Object *o, Type *type, uint32_t info)
{
    uint64_t words[2] = {
        1 | (uint64_t)t->owner << 32 |
            (uint64_t)(GC_LIVE | ((info & ALLOC_INFO_CONTAINER) / ALLOC_INFO_CONTAINER * GC_CONTAINER)) << 56,
        (uint64_t)(info & ALLOC_INFO_KIND) << 32,
    };
    memcpy(o, words, sizeof words);
    o->type = type;
}

/* A fresh object of `size` bytes (header included): count 1, owned by the calling thread, kind and type set (a heap type gains a
 * reference).  The bytes after the header are left as they are: for hot types that fill every field at once. */
static ALWAYS_INLINE MUST_CHECK void *alloc_object_raw(Thread *t, Type *type, size_t size)
{
    if (BATON_CHECKS || ALLOC_ASAN)
        return alloc_object_slow(t, type, size);
    uint32_t info = alloc_info(type);
    if (UNLIKELY(size > ALLOC_FINE_MAX || info == 0))
        return alloc_object_slow(t, type, size);
    Heap *heap = t->heap;
    uint32_t container = (info / ALLOC_INFO_CONTAINER) & 1;
    Slab *slab = heap->bins[container][(size + 15) >> 4];
    Object *o = slab->free;
    if (UNLIKELY(o == NULL))
        return alloc_object_slow(t, type, size);
    slab->free = o->type;
    slab->used++;
    heap->young += container;
    if (UNLIKELY(heap->young >= alloc_young_limit(heap)))
        alloc_ask_collect(t);
    alloc_header(t, o, type, info);
    if (info & ALLOC_INFO_HEAP_TYPE)
        ref_inc_object(t, &type->head);
    return o;
}

/* The same for a built-in type that is known here, and so is what its objects are. */
static ALWAYS_INLINE MUST_CHECK void *alloc_known_raw(Thread *t, Kind kind, bool container, size_t size)
{
    Type *type = t->types[kind];
    assert(((alloc_type_info(t, type) & ALLOC_INFO_CONTAINER) != 0) == container);
    if (BATON_CHECKS || ALLOC_ASAN || UNLIKELY(size > ALLOC_FINE_MAX))
        return alloc_object_slow(t, type, size);
    Heap *heap = t->heap;
    Slab *slab = heap->bins[container ? ALLOC_CONTAINER : ALLOC_LEAF][(size + 15) >> 4];
    Object *o = slab->free;
    if (UNLIKELY(o == NULL))
        return alloc_object_slow(t, type, size);
    slab->free = o->type;
    slab->used++;
    if (container && UNLIKELY(++heap->young >= alloc_young_limit(heap)))
        alloc_ask_collect(t);
    alloc_header(t, o, type, (uint32_t)kind | (container ? ALLOC_INFO_CONTAINER : 0));
    return o;
}
static ALWAYS_INLINE MUST_CHECK void *alloc_leaf_raw(Thread *t, Kind kind, size_t size)
{
    return alloc_known_raw(t, kind, false, size);
}
static ALWAYS_INLINE MUST_CHECK void *alloc_container_raw(Thread *t, Kind kind, size_t size)
{
    return alloc_known_raw(t, kind, true, size);
}

/* The same where it takes no call, else NULL without an exception: a function that begins with it, and goes on in another one without it, need not save registers. */
static ALWAYS_INLINE void *alloc_container_quick(Thread *t, Kind kind, size_t size)
{
    Heap *heap = t->heap;
    if (BATON_CHECKS || ALLOC_ASAN || UNLIKELY(size > ALLOC_FINE_MAX) ||
        UNLIKELY(heap->young + 1 >= alloc_young_limit(heap)))
        return NULL;
    Slab *slab = heap->bins[ALLOC_CONTAINER][(size + 15) >> 4];
    Object *o = slab->free;
    if (UNLIKELY(o == NULL))
        return NULL;
    slab->free = o->type;
    slab->used++;
    heap->young++;
    alloc_header(t, o, t->types[kind], (uint32_t)kind | ALLOC_INFO_CONTAINER);
    return o;
}

/* The same with the rest ZEROED, so it may be released or traversed at any time. */
static ALWAYS_INLINE MUST_CHECK void *alloc_object(Thread *t, Type *type, size_t size)
{
    void *o = alloc_object_raw(t, type, size);
    if (LIKELY(o != NULL))
        memset((char *)o + sizeof(Object), 0, size - sizeof(Object));
    return o;
}
/* For the first type objects, before any type exists: a zeroed container of the kind, without a type. */
MUST_CHECK void *alloc_object_untyped(Thread *t, Kind kind, size_t size);
/* Grows or shrinks an object just made, with no other reference to it (str and bytes building). NULL: the old one is untouched. */
MUST_CHECK void *alloc_object_resize(Thread *t, void *object, size_t size);
/* Gives an object's memory back without looking inside: only for ref_zero and for constructors that failed before publishing.  A heap type's reference that
 * alloc_object took stays with the caller. */
void alloc_object_free(Thread *t, void *object);
/* The same for a constructor that failed: also releases the heap type. */
void alloc_object_discard(Thread *t, void *object);

/* Plain memory: tables of dicts, items of lists, buffers.  Size 0 gives a unique pointer.  Aligned to 16 bytes. */
MUST_CHECK void *alloc_memory(Thread *t, size_t size);
/* The same, at hand: for small blocks where many are made. */
static ALWAYS_INLINE MUST_CHECK void *alloc_memory_quick(Thread *t, size_t size)
{
    if (BATON_CHECKS || ALLOC_ASAN || UNLIKELY(size - 1 >= ALLOC_FINE_MAX))
        return alloc_memory(t, size);
    Slab *slab = t->heap->bins[ALLOC_PLAIN][(size + 15) >> 4];
    void *block = slab->free;
    if (UNLIKELY(block == NULL))
        return alloc_memory(t, size);
    memcpy(&slab->free, block, sizeof block); /* the link to the next one */
    slab->used++;
    return block;
}
/* Takes alloc_memory_quick no call? */
static ALWAYS_INLINE bool alloc_memory_is_quick(Thread *t, size_t size)
{
    return !BATON_CHECKS && !ALLOC_ASAN && LIKELY(size - 1 < ALLOC_FINE_MAX) &&
           LIKELY(t->heap->bins[ALLOC_PLAIN][(size + 15) >> 4]->free != NULL);
}
MUST_CHECK void *alloc_memory_zeroed(Thread *t, size_t count, size_t size); /* checks the product */
MUST_CHECK void *alloc_memory_resize(Thread *t, void *memory, size_t size);
void alloc_memory_free(Thread *t, void *memory); /* NULL is ignored */
/* With the lock off, frees once no other thread can still be reading it (old arrays of lists and dicts); with the lock on, at once. */
void alloc_memory_free_deferred(Thread *t, void *memory);

/* Memory without a thread (start-up, os/, the lock's own structures): NULL on failure, no exception. */
void *alloc_raw(size_t size);
void *alloc_raw_zeroed(size_t size);
void *alloc_raw_resize(void *memory, size_t size);
void alloc_raw_free(void *memory);

/* The usable bytes of an object's block (sys.getsizeof helpers, heap checks). */
size_t alloc_object_usable(const void *object);
size_t alloc_memory_usable(const void *memory);

/* ---- heaps (heap.c) ---- */

/* The memory of an interpreter: its arenas and heaps. */
struct Pool *heap_pool_new(Interp *interp);
void heap_pool_free(struct Pool *pool); /* all memory of all objects at once, without looking inside */
/* A heap for a thread: the shared one with the lock on; with the lock off one left by an ended thread, or a new one. NULL: no memory. */
Heap *heap_acquire(Interp *interp);
void heap_abandon(Interp *interp, Heap *heap);
void heap_after_fork_child(Thread *t);
/* Takes back what other threads freed in heaps without a thread; the world must be stopped. */
void heap_collect_spare(Thread *t);
/* Calls fn for every live container; the world must be stopped (lock on: just do not run Python). Non-zero stops. */
typedef int (*HeapVisitFn)(Object *o, void *arg);
int heap_walk_containers(Interp *interp, HeapVisitFn fn, void *arg);
int heap_walk_objects(Interp *interp, HeapVisitFn fn, void *arg); /* leaf objects too */
Heap *heap_first(Interp *interp); /* the list of all heaps: ->next; the world must be stopped */
/* Sets the collector's counters of all heaps (the world must be stopped), and how far they may go; sums them up. */
void heap_set_young(Interp *interp, int32_t young);
void heap_set_young_limit(Interp *interp, int32_t limit);
int32_t heap_young(Interp *interp);
/* Bytes held from the system, and in live blocks. */
void heap_statistics(Interp *interp, size_t *reserved, size_t *used, size_t *objects);
/* Is this address the start of a live object of the interpreter? (heap checks, debugger helpers) */
bool heap_is_object(Interp *interp, const void *address);

#endif
