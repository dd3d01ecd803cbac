/* heap.h: what alloc.c, heap.c and the collector share: arenas, slabs and runs of pages.
 *
 *   HeapArena (aligned to its size, CONFIG_ARENA_SIZE)
 *     ARENA_SLABS: 16 slabs of 64 KB; the first gives up the room of the arena's header
 *     ARENA_PAGES: runs of 4 KB pages for blocks of ALLOC_BLOCK_MAX up to CONFIG_RUN_MAX
 *     ARENA_LARGE: one block, in a mapping of its own (which may be longer than an arena)
 *
 * A block's arena is found by masking its address: a large block begins in the first CONFIG_ARENA_SIZE bytes of its mapping. */
#ifndef BATON_MEMORY_HEAP_H
#define BATON_MEMORY_HEAP_H

#include "../thread/lock.h"
#include "alloc.h"

#if ALLOC_ASAN
#include <sanitizer/asan_interface.h>
#define ASAN_POISON(p, n) __asan_poison_memory_region((p), (n))
#define ASAN_UNPOISON(p, n) __asan_unpoison_memory_region((p), (n))
#define ALWAYS_INLINE_ inline /* a function that is not instrumented cannot be inlined into one that is */
#else
#define ASAN_POISON(p, n) ((void)(p), (void)(n))
#define ASAN_UNPOISON(p, n) ((void)(p), (void)(n))
#define ALWAYS_INLINE_ ALWAYS_INLINE
#endif

#define ARENA_SIZE ((size_t)CONFIG_ARENA_SIZE)
#define SLAB_SIZE ((size_t)CONFIG_SLAB_SIZE)
#define SLABS_IN_ARENA (CONFIG_ARENA_SIZE / CONFIG_SLAB_SIZE)
#define PAGE_SIZE_ ((size_t)4096)
#define PAGES_IN_ARENA (CONFIG_ARENA_SIZE / 4096)

typedef enum ArenaKind { ARENA_SLABS = 1, ARENA_PAGES, ARENA_LARGE } ArenaKind;

/* A run of pages: at its first page. `kind` is an AllocKind, or RUN_FREE.  `touched`: when it was taken, its pages may have been in use before. */
#define RUN_FREE 0xFF
typedef struct Run {
    uint16_t pages;
    uint8_t kind;
    uint8_t touched;
} Run;

typedef struct HeapArena {
    ArenaKind kind;
    uint32_t free; /* slabs or pages that are free */
    size_t size;   /* of the mapping */
    struct HeapArena *next, *previous;
    struct Pool *pool;
    union {
        Slab slabs[SLABS_IN_ARENA];
        struct {
            uint32_t longest; /* no free run is longer: a hint */
            uint32_t fresh;   /* from this page on nothing has ever been in use: all is zero */
            Run runs[PAGES_IN_ARENA];
        } pages;
        struct {
            size_t bytes; /* usable */
            AllocKind kind;
        } large;
    } u;
} HeapArena;

/* Invariant: the lists and everything in arenas but the insides of slabs that belong to a heap change under `lock`, which is taken with the lock off only. */
typedef struct Pool {
    Mutex lock;
    Interp *interp;
    HeapArena *arenas[4];   /* by ArenaKind; of ARENA_SLABS those with free slabs come first */
    HeapArena *last_slabs;  /* the end of arenas[ARENA_SLABS] */
    uint32_t free_slabs;    /* in all arenas */
    uint32_t touched_slabs; /* free ones whose pages may be in memory */
    uint32_t keep;          /* as many of them may stay: grows when slabs given back are wanted again */
    uint32_t given_back;    /* slabs given back and not wanted again yet */
    uint32_t touched_pages; /* freed in long runs since free runs were last given back */
    Heap *heaps;            /* all of them */
    Heap *spare;            /* left by ended threads */
    size_t reserved;        /* bytes mapped */
    struct Tracer *tracer;  /* of all heaps */
    void *half;             /* the other half of a pair of arenas that was reserved at once, or NULL */
} Pool;

/* Slab.state */
#define SLAB_FREE 0        /* heap is NULL */
#define SLAB_CURRENT 1     /* in heap->bins */
#define SLAB_PARTIAL 2     /* in heap->partial */
#define SLAB_FULL 3        /* in no list */
#define SLAB_LIMBO 4       /* empty, waits for the grace period */
#define SLAB_TRACED 5      /* in heap->traced: tracer.h */
#define SLAB_TRACED_FULL 6 /* of traced blocks, in no list */

static ALWAYS_INLINE HeapArena *arena_of(const void *p)
{
    return (HeapArena *)((uintptr_t)p & ~(uintptr_t)(ARENA_SIZE - 1));
}
static ALWAYS_INLINE size_t slab_index(const void *p) { return ((uintptr_t)p & (ARENA_SIZE - 1)) / SLAB_SIZE; }
static ALWAYS_INLINE Slab *slab_of(HeapArena *a, const void *p) { return &a->u.slabs[slab_index(p)]; }
static ALWAYS_INLINE char *slab_end(Slab *slab)
{
    HeapArena *a = arena_of(slab);
    return (char *)a + (size_t)(slab - a->u.slabs + 1) * SLAB_SIZE;
}
/* First block of a slab. */
static ALWAYS_INLINE char *slab_start(Slab *slab)
{
    HeapArena *a = arena_of(slab);
    size_t i = (size_t)(slab - a->u.slabs);
    size_t header = i == 0 ? (sizeof(HeapArena) + 63) & ~(size_t)63 : 0;
    return (char *)a + i * SLAB_SIZE + header;
}
/* Where the link of a free block is: in `type` of objects, so that the counts stay readable. */
static ALWAYS_INLINE void **block_link(void *block, AllocKind kind)
{
    return kind == ALLOC_PLAIN ? (void **)block : (void **)(void *)&((Object *)block)->type;
}

static NO_ASAN inline void *block_next(void *block, AllocKind kind) { return *block_link(block, kind); }

static ALWAYS_INLINE uint32_t class_of(size_t size)
{
    if (LIKELY(size <= ALLOC_FINE_MAX))
        return (uint32_t)((size + 15) >> 4);
    uint32_t s = (uint32_t)size - 1, high = 31 - (uint32_t)__builtin_clz(s);
    return 65 + (high - 10) * 4 + ((s >> (high - 2)) & 3);
}
static inline size_t class_size(uint32_t class)
{
    if (class <= ALLOC_FINE_MAX / 16)
        return class ? (size_t) class * 16 : 16;
    uint32_t q = (class - 65) / 4, r = (class - 65) % 4;
    return ((size_t)1 << (10 + q)) + (size_t)(r + 1) * ((size_t)1 << (8 + q));
}

/* The rounder class from which the first blocks of a class are taken: multiples of 64 bytes up to 256, of 256 up to ALLOC_FINE_MAX, then powers of two. */
static inline uint32_t class_rounder(uint32_t class)
{
    return class <= 16                    ? (class + 3) & ~3u
           : class <= ALLOC_FINE_MAX / 16 ? (class + 15) & ~15u
                                          : ((class - 65) | 3) + 65;
}

/* A block of a slab when heap->bins has none: carves, changes slabs, gets a new one. NULL: no memory (no exception). */
void *heap_block(Heap *heap, AllocKind kind, uint32_t class);
/* A block of another thread's heap goes back through its slab's remote list (lock off). */
void heap_block_free_remote(Slab *slab, void *block);
/* After the block at the head of slab->free came back: a full slab is of use again, an empty one leaves; a traced block is forgotten. */
void heap_slab_settle(Thread *t, Slab *slab);
/* Gives a block back, whoever's it is. */
static NO_ASAN ALWAYS_INLINE_ void heap_block_free(Thread *t, Slab *slab, void *block)
{
    if (UNLIKELY(slab->heap != t->heap)) {
        heap_block_free_remote(slab, block);
        return;
    }
    *block_link(block, (AllocKind)slab->kind) = slab->free;
    slab->free = block;
    slab->used--;
    if (UNLIKELY(slab->used == 0 || slab->state >= SLAB_FULL))
        heap_slab_settle(t, slab);
}
/* The memory of an object, which is dead, where nothing more has to be done about it than that; false: alloc_object_free must.  The header is zero but for the type. */
static ALWAYS_INLINE bool heap_sealed_free(Thread *t, Object *o, bool container)
{
    HeapArena *a = arena_of(o);
    if (BATON_CHECKS || ALLOC_ASAN || UNLIKELY(a->kind != ARENA_SLABS))
        return false;
    Slab *slab = slab_of(a, o);
    Heap *heap = t->heap;
    if (UNLIKELY(slab->heap != heap))
        return false;
    if (container && UNLIKELY(--heap->young < 0))
        heap->young = 0;
    o->type = slab->free;
    slab->free = o;
    slab->used--;
    if (UNLIKELY(slab->used == 0 || slab->state >= SLAB_FULL))
        heap_slab_settle(t, slab);
    return true;
}
/* The same whatever the header holds. */
static ALWAYS_INLINE bool heap_object_free(Thread *t, Object *o, bool container)
{
    if (BATON_CHECKS || ALLOC_ASAN || UNLIKELY(arena_of(o)->kind != ARENA_SLABS) ||
        UNLIKELY(slab_of(arena_of(o), o)->heap != t->heap))
        return false;
    memset(o, 0, 16);
    return heap_sealed_free(t, o, container);
}
/* All heaps begin (or, with NULL, end) to take blocks from slabs of traced ones; the world must be stopped. */
void heap_set_tracer(Pool *pool, struct Tracer *tracer);
/* Blocks above ALLOC_BLOCK_MAX. NULL: no memory (no exception). */
void *heap_big(Heap *heap, AllocKind kind, size_t size);
void heap_big_free(HeapArena *arena, void *block);
/* In place or by moving pages: the block of at least `size` bytes, or NULL when that cannot be done (the block is as it was). */
void *heap_big_resize(HeapArena *arena, void *block, size_t size);
/* Is such a block, just made, all zero? */
bool heap_big_is_zero(HeapArena *arena, const void *block);
size_t heap_big_usable(HeapArena *arena, const void *block);
AllocKind heap_big_kind(HeapArena *arena, const void *block);
/* Takes the blocks back that other threads freed (lock off). */
void heap_collect_remote(Thread *t, Heap *heap);

#endif
