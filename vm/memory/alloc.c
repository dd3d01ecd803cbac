/* alloc.c: blocks for objects and for everything else.
 *
 * The fast path of objects is inline in alloc.h; here are the rest, plain memory, and what checking builds add: poisoned free blocks
 * whose poison is verified when they are given out again, a quarantine under AddressSanitizer, and the n-th allocation failing on demand.
 * Locks: none of its own.  Read next: heap.c (where blocks come from), ref.c (the only user of alloc_object_free but for failed constructors). */
#include "heap.h"

#include <stdio.h>
#include <stdlib.h>

#include "../object/error.h"
#include "../thread/breaker.h"
#include "../debug/failalloc.h"
#include "reclaim.h"
#include "tracer.h"

/* ---- without a thread ---- */

void *alloc_raw(size_t size) { return failalloc_now(size) ? NULL : malloc(size ? size : 1); }
void *alloc_raw_zeroed(size_t size) { return failalloc_now(size) ? NULL : calloc(1, size ? size : 1); }
void *alloc_raw_resize(void *memory, size_t size)
{
    return failalloc_now(size) ? NULL : realloc(memory, size ? size : 1);
}
void alloc_raw_free(void *memory) { free(memory); }

/* ---- what checking builds add ---- */

#if ALLOC_ASAN
/* Freed blocks wait here, so that a stale pointer meets poisoned memory and not the next object. */
#define QUARANTINE_SLOTS 4096
typedef struct Quarantine {
    void *blocks[QUARANTINE_SLOTS];
    size_t next;
} Quarantine;

static void *quarantine_exchange(Heap *heap, void *block)
{
    if (!heap->quarantine)
        heap->quarantine = alloc_raw_zeroed(sizeof(Quarantine));
    Quarantine *q = heap->quarantine;
    if (!q)
        return block;
    void *old = q->blocks[q->next];
    q->blocks[q->next] = block;
    q->next = (q->next + 1) % QUARANTINE_SLOTS;
    return old;
}
#endif

#if BATON_CHECKS && !ALLOC_ASAN
static void check_poison(const void *block, size_t size, AllocKind kind)
{
    const uint8_t *p = block;
    for (size_t i = kind == ALLOC_PLAIN ? sizeof(void *) : sizeof(Object); i < size; i++) {
        if (p[i] != ALLOC_POISON) {
            fprintf(stderr, "baton: freed memory at %p was written to (byte %zu of %zu)\n", block, i, size);
            abort();
        }
    }
}
#endif

/* ---- blocks ---- */

static void *block_get(Thread *t, AllocKind kind, size_t size)
{
    Heap *heap = t->heap;
    if (UNLIKELY(failalloc_now(size)))
        return NULL;
    if (UNLIKELY(size > ALLOC_BLOCK_MAX)) {
        void *big = heap_big(heap, kind, size);
        if (UNLIKELY(heap->tracer != NULL) && big)
            tracer_add(t, heap->tracer, big, size);
        return big;
    }
    uint32_t class = class_of(size);
    if (class == 0)
        class = 1;
    Slab *slab = heap->bins[kind][class];
    void *block = slab->free;
    if (LIKELY(block != NULL)) {
        slab->free = block_next(block, kind);
        slab->used++;
    } else {
        if (UNLIKELY(atomic_load_explicit(&heap->remote_slabs, memory_order_relaxed) != NULL))
            heap_collect_remote(t, heap);
        block = heap_block(heap, kind, class);
        if (!block)
            return NULL;
        if (UNLIKELY(heap->tracer != NULL))
            tracer_add(t, heap->tracer, block, size);
    }
#if ALLOC_ASAN
    ASAN_UNPOISON(block, size);
#elif BATON_CHECKS
    check_poison(block, class_size(class), kind);
#endif
    return block;
}

static void big_free_later(Thread *t, void *block) { heap_big_free(arena_of(block), block); }

/* A block that stays where it is has another size now. */
static void block_resized(Thread *t, void *block, size_t size)
{
    TracerEntry entry;
    Tracer *tracer = t->heap->tracer;
    if (UNLIKELY(tracer != NULL) && tracer_find(tracer, block, &entry))
        tracer_add(t, tracer, block, size);
}

static void block_put(Thread *t, void *block, AllocKind kind)
{
    HeapArena *a = arena_of(block);
    if (UNLIKELY(a->kind != ARENA_SLABS)) {
        if (UNLIKELY(t->heap->tracer != NULL))
            tracer_remove(t->heap->tracer, block);
        if (kind != ALLOC_PLAIN && t->free_threaded)
            reclaim_later(t, big_free_later, block);
        else
            heap_big_free(a, block);
        return;
    }
    Slab *slab = slab_of(a, block);
#if ALLOC_ASAN
    size_t head = kind != ALLOC_PLAIN && t->free_threaded ? sizeof(Object) : 0, size = (size_t)slab->units * 16;
    ASAN_POISON((char *)block + head, size - head);
    if (UNLIKELY(t->heap->tracer != NULL))
        tracer_remove(t->heap->tracer, block); /* the program is done with it now */
    block = quarantine_exchange(t->heap, block);
    if (!block)
        return;
    slab = slab_of(arena_of(block), block);
#elif BATON_CHECKS
    size_t head = kind == ALLOC_PLAIN ? sizeof(void *) : sizeof(Object), size = (size_t)slab->units * 16;
    if (size > head)
        memset((char *)block + head, ALLOC_POISON, size - head);
#endif
    heap_block_free(t, slab, block);
}

static size_t block_usable(const void *block)
{
    HeapArena *a = arena_of(block);
    if (a->kind != ARENA_SLABS)
        return heap_big_usable(a, block);
    return (size_t)slab_of(a, block)->units * 16;
}

/* ---- objects ---- */

uint32_t alloc_type_info(Thread *t, Type *type)
{
    uint32_t info = ALLOC_INFO_VALID | type->instance_kind;
    if (type->slots.traverse || (type->flags & TYPE_HEAP))
        info |= ALLOC_INFO_CONTAINER;
    if (type->flags & TYPE_HEAP)
        info |= ALLOC_INFO_HEAP_TYPE;
    if (!(info & (ALLOC_INFO_CONTAINER | ALLOC_INFO_HEAP_TYPE)) && !type->slots.finalize &&
        (!type->slots.dealloc || type->flags & TYPE_DEALLOC_REGISTERED))
        info |= ALLOC_INFO_PLAIN_END;
    /* Of its own: one that is inherited does not know what the objects of a tuple with named fields have beyond a tuple's. */
    if (type->spec && type->spec->slots.end && !(info & ALLOC_INFO_HEAP_TYPE) && !type->slots.finalize)
        info |= ALLOC_INFO_OWN_END;
    if ((type->flags & TYPE_HAS_FINALIZER) && !(info & ALLOC_INFO_CONTAINER))
        t->interp->finalizable_leaves = true;
    store_relaxed(&type->alloc_info, info);
    return info;
}

void alloc_ask_collect(Thread *t)
{
    alloc_set_young_limit(t->heap, INT32_MAX); /* ask once; the collector sets it again */
    breaker_set(t, BREAKER_COLLECT);
}

static void count_young(Thread *t)
{
    Heap *heap = t->heap;
    if (UNLIKELY(++heap->young >= alloc_young_limit(heap)))
        alloc_ask_collect(t);
}

void *alloc_object_slow(Thread *t, Type *type, size_t size)
{
    uint32_t info = alloc_info(type);
    if (info == 0)
        info = alloc_type_info(t, type);
    Object *o = block_get(t, info & ALLOC_INFO_CONTAINER ? ALLOC_CONTAINER : ALLOC_LEAF, size);
    if (UNLIKELY(!o)) {
        error_no_memory(t);
        return NULL;
    }
    if (info & ALLOC_INFO_CONTAINER)
        count_young(t);
    alloc_header(t, o, type, info);
    if (info & ALLOC_INFO_HEAP_TYPE)
        ref_inc_object(t, &type->head);
    return o;
}

void *alloc_object_untyped(Thread *t, Kind kind, size_t size)
{
    Object *o = block_get(t, ALLOC_CONTAINER, size);
    if (!o) {
        error_no_memory(t);
        return NULL;
    }
    memset(o, 0, size);
    alloc_header(t, o, NULL, ALLOC_INFO_VALID | ALLOC_INFO_CONTAINER | (uint32_t)kind);
    return o;
}

void *alloc_object_resize(Thread *t, void *object, size_t size)
{
    Object *o = object;
    HeapArena *a = arena_of(o);
    AllocKind kind = atomic_load_explicit(&o->gc, memory_order_relaxed) & GC_CONTAINER ? ALLOC_CONTAINER : ALLOC_LEAF;
    size_t old;
    if (a->kind == ARENA_SLABS) {
        Slab *slab = slab_of(a, o);
        old = (size_t)slab->units * 16;
        if (size <= old && (size > old / 2 || old <= 64)) {
#if ALLOC_ASAN
            ASAN_UNPOISON(o, size);
            ASAN_POISON((char *)o + ((size + 7) & ~(size_t)7), old - ((size + 7) & ~(size_t)7));
#endif
            block_resized(t, o, size);
            return o;
        }
    } else {
        bool may_move = size > ALLOC_BLOCK_MAX && !t->free_threaded && !t->heap->tracer;
        void *moved = may_move ? heap_big_resize(a, o, size) : NULL;
        if (moved)
            return moved;
        old = heap_big_usable(a, o);
        if (size <= old && size > ALLOC_BLOCK_MAX && size > old - old / 4) {
            block_resized(t, o, size);
            return o;
        }
    }
    Object *fresh = block_get(t, kind, size);
    if (!fresh) {
        error_no_memory(t);
        return NULL;
    }
#if ALLOC_ASAN
    ASAN_UNPOISON(o, old);
#endif
    memcpy(fresh, o, size < old ? size : old);
    memset(o, 0, 16);
    block_put(t, o, kind);
    return fresh;
}

void alloc_object_free(Thread *t, void *object)
{
    Object *o = object;
    AllocKind kind = ALLOC_LEAF;
    if (atomic_load_explicit(&o->gc, memory_order_relaxed) & GC_CONTAINER) {
        kind = ALLOC_CONTAINER;
        if (t->heap->young > 0)
            t->heap->young--;
    }
    memset(o, 0, 16); /* dead: no counts, no owner, not GC_LIVE */
    block_put(t, o, kind);
}

void alloc_object_discard(Thread *t, void *object)
{
    Type *type = ((Object *)object)->type;
    alloc_object_free(t, object);
    if (type && (type->flags & TYPE_HEAP))
        ref_dec_object(t, &type->head);
}

size_t alloc_object_usable(const void *object)
{
    size_t size = block_usable(object);
    ASAN_UNPOISON(object, size);
    return size;
}

/* ---- plain memory ---- */

void *alloc_memory(Thread *t, size_t size)
{
    void *p = block_get(t, ALLOC_PLAIN, size);
    if (UNLIKELY(!p))
        error_no_memory(t);
    return p;
}

void *alloc_memory_zeroed(Thread *t, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        error_no_memory(t);
        return NULL;
    }
    void *p = alloc_memory(t, bytes);
    if (p && !(bytes > ALLOC_BLOCK_MAX && heap_big_is_zero(arena_of(p), p)))
        memset(p, 0, bytes);
    return p;
}

void *alloc_memory_resize(Thread *t, void *memory, size_t size)
{
    if (!memory)
        return alloc_memory(t, size);
    HeapArena *a = arena_of(memory);
    size_t old;
    if (a->kind == ARENA_SLABS) {
        Slab *slab = slab_of(a, memory);
        old = (size_t)slab->units * 16;
        if (size <= old && size > old / 2) {
#if ALLOC_ASAN
            ASAN_UNPOISON(memory, size);
            ASAN_POISON((char *)memory + ((size + 7) & ~(size_t)7), old - ((size + 7) & ~(size_t)7));
#endif
            block_resized(t, memory, size);
            return memory;
        }
    } else {
        void *moved = size > ALLOC_BLOCK_MAX && !t->heap->tracer ? heap_big_resize(a, memory, size) : NULL;
        if (moved)
            return moved;
        old = heap_big_usable(a, memory);
    }
    void *fresh = alloc_memory(t, size);
    if (!fresh)
        return NULL;
#if ALLOC_ASAN
    ASAN_UNPOISON(memory, old);
#endif
    memcpy(fresh, memory, size < old ? size : old);
    block_put(t, memory, ALLOC_PLAIN);
    return fresh;
}

void alloc_memory_free(Thread *t, void *memory)
{
    if (memory)
        block_put(t, memory, ALLOC_PLAIN);
}

static void memory_free_later(Thread *t, void *memory) { block_put(t, memory, ALLOC_PLAIN); }

void alloc_memory_free_deferred(Thread *t, void *memory)
{
    if (!memory)
        return;
    if (t->free_threaded)
        reclaim_later(t, memory_free_later, memory);
    else
        block_put(t, memory, ALLOC_PLAIN);
}

size_t alloc_memory_usable(const void *memory)
{
    size_t size = block_usable(memory);
    ASAN_UNPOISON(memory, size);
    return size;
}
