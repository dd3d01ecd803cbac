/* heap.c: slabs, arenas and runs of pages, and whose they are.
 *
 * Invariants.  A slab belongs to one heap from slab_acquire until it is empty; only the heap's thread (lock on: the holder of the lock) touches its free list, others push on
 * `remote`.  A slab is in heap->remote_slabs exactly while its remote list is not empty, and its blocks count as used until they are taken back, so a
 * slab in that list is never released.
 * Locks: pool->lock, with the lock off only, around everything that belongs to no heap; nothing else is taken under it.
 * Read next: heap.h (the layout), alloc.c (the callers), reclaim.c (why object slabs wait before they leave). */
#include "heap.h"

#include "../os/os.h"
#include "cycle.h"
#include "reclaim.h"
#include "tracer.h"

/* What heap->bins hold before the first slab: nothing free, nothing to carve. */
static const Slab empty_slab;

static void pool_lock(Pool *pool)
{
    if (!pool->interp->config.gil)
        mutex_lock(&pool->lock);
}
static void pool_unlock(Pool *pool)
{
    if (!pool->interp->config.gil)
        mutex_unlock(&pool->lock);
}

/* ---- arenas ---- */

static void arena_link(Pool *pool, HeapArena *a, bool first)
{
    HeapArena **head = &pool->arenas[a->kind];
    if (first || !*head || a->kind != ARENA_SLABS) {
        a->previous = NULL;
        a->next = *head;
        if (*head)
            (*head)->previous = a;
        else if (a->kind == ARENA_SLABS)
            pool->last_slabs = a;
        *head = a;
        return;
    }
    a->next = NULL;
    a->previous = pool->last_slabs;
    pool->last_slabs->next = a;
    pool->last_slabs = a;
}

static void arena_unlink(Pool *pool, HeapArena *a)
{
    if (a->previous)
        a->previous->next = a->next;
    else
        pool->arenas[a->kind] = a->next;
    if (a->next)
        a->next->previous = a->previous;
    else if (a->kind == ARENA_SLABS)
        pool->last_slabs = a->previous;
}

/* Memory for an arena; NULL: there is none. */
static void *arena_reserve(Pool *pool, size_t size)
{
    void *p = pool->half;
    if (size == ARENA_SIZE && p) {
        pool->half = NULL;
        return p;
    }
    if (size != ARENA_SIZE || pool->reserved < CONFIG_HUGE_FROM ||
        !(p = os_memory_reserve(2 * ARENA_SIZE, 2 * ARENA_SIZE))) {
        p = os_memory_reserve(size, ARENA_SIZE);
        if (p && size >= CONFIG_HUGE_FROM)
            os_memory_prefer_huge(p, size);
        return p;
    }
    os_memory_prefer_huge(p, 2 * ARENA_SIZE);
    pool->half = (char *)p + ARENA_SIZE;
    return p;
}

static HeapArena *arena_new(Pool *pool, ArenaKind kind, size_t size)
{
    HeapArena *a = arena_reserve(pool, size);
    if (!a)
        return NULL;
    a->kind = kind;
    a->size = size;
    a->pool = pool;
    pool->reserved += size;
    arena_link(pool, a, true);
    return a;
}

static void arena_free(Pool *pool, HeapArena *a)
{
    arena_unlink(pool, a);
    pool->reserved -= a->size;
    ASAN_UNPOISON(a, a->size);
    os_memory_release(a, a->size);
}

/* ---- slabs ---- */

static Slab *slab_acquire(Heap *heap, AllocKind kind, uint32_t size_class)
{
    Pool *pool = heap->pool;
    pool_lock(pool);
    HeapArena *a = pool->arenas[ARENA_SLABS];
    if (!a || a->free == 0) {
        a = arena_new(pool, ARENA_SLABS, ARENA_SIZE);
        if (!a) {
            pool_unlock(pool);
            return NULL;
        }
        a->free = SLABS_IN_ARENA;
        pool->free_slabs += SLABS_IN_ARENA;
    }
    Slab *slab = NULL;
    for (size_t i = 0; i < SLABS_IN_ARENA; i++) {
        Slab *s = &a->u.slabs[i];
        if (s->heap || (slab && !s->touched))
            continue;
        slab = s;
        if (s->touched)
            break;
    }
    if (slab->touched) {
        pool->touched_slabs--;
    } else if (pool->given_back > 0) {
        pool->given_back--;
        if (pool->keep < CONFIG_SLABS_KEPT_MAX)
            pool->keep++;
    }
    pool->free_slabs--;
    slab->heap = heap;
    if (--a->free == 0) {
        arena_unlink(pool, a);
        arena_link(pool, a, false);
    }
    pool_unlock(pool);
    ASAN_POISON(slab_start(slab), (size_t)(slab_end(slab) - slab_start(slab)));
    slab->touched = 1;
    slab->free = NULL;
    slab->bump = slab_start(slab);
    slab->units = (uint16_t)(class_size(size_class) / 16);
    slab->used = 0;
    slab->kind = (uint8_t)kind;
    slab->class = (uint8_t)size_class;
    slab->next = slab->previous = NULL;
    slab->state = SLAB_CURRENT;
    return slab;
}

/* An empty slab goes back to its arena; with enough free ones elsewhere, the arena goes back to the system. */
static void slab_release(Slab *slab)
{
    HeapArena *a = arena_of(slab);
    Pool *pool = a->pool;
    pool_lock(pool);
    slab->heap = NULL;
    slab->state = SLAB_FREE;
    slab->bump = NULL;
    a->free++;
    pool->free_slabs++;
    pool->touched_slabs++;
    if (a->free == SLABS_IN_ARENA && pool->free_slabs >= SLABS_IN_ARENA + pool->keep) {
        pool->free_slabs -= SLABS_IN_ARENA;
        for (size_t i = 0; i < SLABS_IN_ARENA; i++) {
            pool->touched_slabs -= a->u.slabs[i].touched;
            pool->given_back += a->u.slabs[i].touched;
        }
        arena_free(pool, a);
    } else {
        if (pool->touched_slabs > pool->keep) {
            char *start = (char *)(((uintptr_t)slab_start(slab) + PAGE_SIZE_ - 1) & ~(uintptr_t)(PAGE_SIZE_ - 1));
            os_memory_discard(start, (size_t)(slab_end(slab) - start));
            slab->touched = 0;
            pool->touched_slabs--;
            pool->given_back++;
        }
        arena_unlink(pool, a);
        arena_link(pool, a, true);
    }
    pool_unlock(pool);
}

static void slab_release_later(Thread *t, void *slab) { slab_release(slab); }

/* ---- the lists of a heap: slabs with room, and while allocations are traced those in use (first: the one that gives) ---- */

static void list_add(Slab **head, Slab *slab)
{
    slab->previous = NULL;
    slab->next = *head;
    if (*head)
        (*head)->previous = slab;
    *head = slab;
}

static void list_remove(Slab **head, Slab *slab)
{
    if (slab->previous)
        slab->previous->next = slab->next;
    else
        *head = slab->next;
    if (slab->next)
        slab->next->previous = slab->previous;
    slab->next = slab->previous = NULL;
}

static Slab **partial_of(Slab *slab) { return &slab->heap->partial[slab->kind][slab->class]; }
static Slab **traced_of(Slab *slab) { return &slab->heap->traced[slab->kind][slab->class]; }

static void partial_add(Slab *slab)
{
    slab->state = SLAB_PARTIAL;
    list_add(partial_of(slab), slab);
}

static void traced_add(Slab *slab)
{
    slab->state = SLAB_TRACED;
    list_add(traced_of(slab), slab);
}

static void slab_leave(Thread *t, Slab *slab)
{
    slab->state = SLAB_LIMBO;
    if (slab->heap->interp->config.gil || slab->kind == ALLOC_PLAIN)
        slab_release(slab);
    else
        reclaim_later(t, slab_release_later, slab);
}

static void traced_settle(Thread *t, Slab *slab)
{
    if (slab->state == SLAB_TRACED_FULL)
        traced_add(slab);
    if (slab->used == 0 && slab->previous) { /* the first one is kept */
        list_remove(traced_of(slab), slab);
        slab_leave(t, slab);
    }
}

void heap_slab_settle(Thread *t, Slab *slab)
{
    if (slab->state >= SLAB_TRACED) {
        tracer_remove(slab->heap->tracer, slab->free);
        traced_settle(t, slab);
        return;
    }
    if (slab->state == SLAB_FULL)
        partial_add(slab);
    if (slab->used != 0 || slab->state != SLAB_PARTIAL)
        return;
    list_remove(partial_of(slab), slab);
    slab_leave(t, slab);
}

/* Cuts about a page of never used memory into blocks. */
static NO_ASAN void slab_carve(Slab *slab)
{
    size_t size = (size_t)slab->units * 16;
    size_t room = (size_t)(slab_end(slab) - slab->bump) / size;
    size_t n = size < PAGE_SIZE_ ? PAGE_SIZE_ / size : 1;
    if (n > room)
        n = room;
    AllocKind kind = (AllocKind)slab->kind;
    size_t head = kind == ALLOC_PLAIN ? sizeof(void *) : sizeof(Object);
    char *block = slab->bump + n * size;
    slab->bump = block;
    while (n-- > 0) {
        block -= size;
        ASAN_UNPOISON(block, size);
        if (kind != ALLOC_PLAIN)
            memset(block, 0, sizeof(Object));
        *block_link(block, kind) = slab->free;
        slab->free = block;
        if (BATON_CHECKS && size > head)
            memset(block + head, ALLOC_POISON, size - head);
        ASAN_POISON(block, size); /* until it is given out; the link is read by functions that do not look */
    }
}

static void *traced_block(Heap *heap, AllocKind kind, uint32_t size_class)
{
    for (;;) {
        Slab *slab = heap->traced[kind][size_class];
        if (!slab) {
            slab = slab_acquire(heap, kind, size_class);
            if (!slab)
                return NULL;
            traced_add(slab);
        }
        if (!slab->free)
            slab_carve(slab);
        void *block = slab->free;
        if (block) {
            slab->free = block_next(block, kind);
            slab->used++;
            return block;
        }
        list_remove(traced_of(slab), slab);
        slab->state = SLAB_TRACED_FULL;
    }
}

void *heap_block(Heap *heap, AllocKind kind, uint32_t size_class)
{
    if (UNLIKELY(heap->tracer != NULL))
        return traced_block(heap, kind, size_class);
    for (;;) {
        Slab *slab = heap->bins[kind][size_class];
        if (slab != &empty_slab) {
            if (!slab->free)
                slab_carve(slab);
            void *block = slab->free;
            if (block) {
                slab->free = block_next(block, kind);
                slab->used++;
                return block;
            }
            slab->state = SLAB_FULL;
            heap->bins[kind][size_class] = (Slab *)&empty_slab;
        }
        slab = heap->partial[kind][size_class];
        if (slab) {
            list_remove(partial_of(slab), slab);
            slab->state = SLAB_CURRENT;
        } else {
            uint32_t rounder = class_rounder(size_class);
            if (rounder != size_class && heap->rare[kind][size_class] < CONFIG_RARE_BLOCKS) {
                heap->rare[kind][size_class]++;
                return heap_block(heap, kind, rounder);
            }
            slab = slab_acquire(heap, kind, size_class);
            if (!slab)
                return NULL;
        }
        heap->bins[kind][size_class] = slab;
    }
}

NO_ASAN void heap_block_free_remote(Slab *slab, void *block)
{
    Heap *heap = slab->heap;
    if (UNLIKELY(slab->state >= SLAB_TRACED)) /* one or the other, as long as the world runs */
        tracer_remove(heap->tracer, block);
    void *first = atomic_load_explicit(&slab->remote, memory_order_relaxed);
    do
        *block_link(block, (AllocKind)slab->kind) = first;
    while (!atomic_compare_exchange_weak_explicit(&slab->remote, &first, block, memory_order_acq_rel,
                                                  memory_order_relaxed));
    if (first)
        return; /* else remote_next has been read by who emptied it */
    Slab *top = atomic_load_explicit(&heap->remote_slabs, memory_order_relaxed);
    do
        slab->remote_next = top;
    while (!atomic_compare_exchange_weak_explicit(&heap->remote_slabs, &top, slab, memory_order_release,
                                                  memory_order_relaxed));
}

NO_ASAN void heap_collect_remote(Thread *t, Heap *heap)
{
    Slab *slab = atomic_exchange_explicit(&heap->remote_slabs, NULL, memory_order_acquire);
    while (slab) {
        Slab *next = slab->remote_next;
        void *block = atomic_exchange_explicit(&slab->remote, NULL, memory_order_acq_rel);
        while (block) {
            void **link = block_link(block, (AllocKind)slab->kind);
            void *after = *link;
            *link = slab->free;
            slab->free = block;
            slab->used--;
            block = after;
        }
        if (slab->state >= SLAB_TRACED)
            traced_settle(t, slab);
        else
            heap_slab_settle(t, slab);
        slab = next;
    }
}

/* ---- tracing ---- */

static void begin_traced(Heap *heap, Tracer *tracer)
{
    heap->tracer = tracer;
    for (int kind = 0; kind < ALLOC_KINDS; kind++) {
        for (int size_class = 0; size_class < ALLOC_CLASSES; size_class++) {
            Slab *slab = heap->bins[kind][size_class];
            if (slab != &empty_slab)
                partial_add(slab);
            heap->bins[kind][size_class] = (Slab *)&empty_slab;
        }
    }
}

void heap_set_tracer(Pool *pool, Tracer *tracer)
{
    pool->tracer = tracer;
    for (Heap *heap = pool->heaps; heap; heap = heap->next) {
        if (tracer) {
            begin_traced(heap, tracer);
        } else {
            heap->tracer = NULL;
            memset(heap->traced, 0, sizeof heap->traced);
        }
    }
    for (HeapArena *a = tracer ? NULL : pool->arenas[ARENA_SLABS]; a; a = a->next) {
        for (size_t i = 0; i < SLABS_IN_ARENA; i++) {
            Slab *slab = &a->u.slabs[i];
            if (slab->state == SLAB_TRACED)
                partial_add(slab);
            else if (slab->state == SLAB_TRACED_FULL)
                slab->state = SLAB_FULL;
        }
    }
}

/* ---- runs of pages, and mappings of one block ---- */

/* All pages before `end` have been in use, or are from now on. */
static void use_pages(HeapArena *a, uint32_t end)
{
    if (a->u.pages.fresh < end)
        a->u.pages.fresh = end;
}

static void *run_take(HeapArena *a, AllocKind kind, uint32_t pages)
{
    Run *runs = a->u.pages.runs;
    uint32_t longest = 0;
    for (uint32_t i = 1; i < PAGES_IN_ARENA; i += runs[i].pages) {
        if (runs[i].kind != RUN_FREE)
            continue;
        while (i + runs[i].pages < PAGES_IN_ARENA && runs[i + runs[i].pages].kind == RUN_FREE)
            runs[i].pages = (uint16_t)(runs[i].pages + runs[i + runs[i].pages].pages);
        if (runs[i].pages < pages) {
            if (runs[i].pages > longest)
                longest = runs[i].pages;
            continue;
        }
        if (runs[i].pages > pages)
            runs[i + pages] = (Run){(uint16_t)(runs[i].pages - pages), RUN_FREE, 0};
        runs[i] = (Run){(uint16_t)pages, (uint8_t)kind, i < a->u.pages.fresh};
        a->free -= pages;
        use_pages(a, i + pages);
        return (char *)a + i * PAGE_SIZE_;
    }
    a->u.pages.longest = longest;
    return NULL;
}

static void *big_in_pages(Pool *pool, AllocKind kind, size_t size)
{
    uint32_t pages = (uint32_t)((size + PAGE_SIZE_ - 1) / PAGE_SIZE_);
    for (HeapArena *a = pool->arenas[ARENA_PAGES]; a; a = a->next) {
        if (a->free < pages || a->u.pages.longest < pages)
            continue;
        void *block = run_take(a, kind, pages);
        if (block)
            return block;
    }
    HeapArena *a = arena_new(pool, ARENA_PAGES, ARENA_SIZE);
    if (!a)
        return NULL;
    a->free = a->u.pages.longest = PAGES_IN_ARENA - 1;
    a->u.pages.runs[1] = (Run){PAGES_IN_ARENA - 1, RUN_FREE, 0};
    return run_take(a, kind, pages);
}

void *heap_big(Heap *heap, AllocKind kind, size_t size)
{
    Pool *pool = heap->pool;
    if (size > PTRDIFF_MAX - 2 * ARENA_SIZE)
        return NULL;
    void *block = NULL;
    pool_lock(pool);
    if (size <= CONFIG_RUN_MAX) {
        block = big_in_pages(pool, kind, size);
    } else {
        size_t all = (size + 2 * PAGE_SIZE_ - 1) & ~(PAGE_SIZE_ - 1);
        HeapArena *a = arena_new(pool, ARENA_LARGE, all);
        if (a) {
            a->u.large.bytes = all - PAGE_SIZE_;
            a->u.large.kind = kind;
            block = (char *)a + PAGE_SIZE_;
        }
    }
    if (block && kind != ALLOC_PLAIN)
        memset(block, 0, sizeof(Object));
    pool_unlock(pool);
    return block;
}

static Run *run_of(HeapArena *a, const void *block)
{
    return &a->u.pages.runs[(size_t)((const char *)block - (char *)a) / PAGE_SIZE_];
}

/* Pages of a run that are worth a system call to give back. */
#define LONG_RUN 32

/* Gives the pages of long free runs back, and all free arenas but one; what is freed from now on is counted anew. */
static void discard_free_runs(Pool *pool)
{
    for (HeapArena *a = pool->arenas[ARENA_PAGES], *next; a; a = next) {
        next = a->next;
        if (a->free == PAGES_IN_ARENA - 1 && (next || a->previous)) {
            arena_free(pool, a);
            continue;
        }
        Run *runs = a->u.pages.runs;
        for (uint32_t i = 1; i < PAGES_IN_ARENA; i += runs[i].pages)
            if (runs[i].kind == RUN_FREE && runs[i].pages >= LONG_RUN)
                os_memory_discard((char *)a + i * PAGE_SIZE_, runs[i].pages * PAGE_SIZE_);
    }
    pool->touched_pages = 0;
}

void heap_big_free(HeapArena *a, void *block)
{
    Pool *pool = a->pool;
    pool_lock(pool);
    if (a->kind == ARENA_LARGE) {
        arena_free(pool, a);
    } else {
        Run *run = run_of(a, block);
        run->kind = RUN_FREE;
        a->free += run->pages;
        a->u.pages.longest = a->free;
        ASAN_UNPOISON(block, run->pages * PAGE_SIZE_);
        if (run->pages >= LONG_RUN && (pool->touched_pages += run->pages) > CONFIG_PAGES_KEPT)
            discard_free_runs(pool);
        else if (a->free == PAGES_IN_ARENA - 1 && (a->next || a->previous) && run->pages < LONG_RUN)
            arena_free(pool, a);
    }
    pool_unlock(pool);
}

void *heap_big_resize(HeapArena *a, void *block, size_t size)
{
    Pool *pool = a->pool;
    if (size > PTRDIFF_MAX - 2 * ARENA_SIZE)
        return NULL;
    void *result = NULL;
    pool_lock(pool);
    if (a->kind == ARENA_PAGES) {
        Run *run = run_of(a, block);
        uint32_t pages = (uint32_t)((size + PAGE_SIZE_ - 1) / PAGE_SIZE_);
        Run *end = &a->u.pages.runs[PAGES_IN_ARENA];
        if (size <= ALLOC_BLOCK_MAX || size > CONFIG_RUN_MAX) {
            pool_unlock(pool);
            return NULL;
        }
        if (pages > run->pages) {
            Run *after = run + run->pages;
            while (after < end && after->kind == RUN_FREE && after + after->pages < end &&
                   after[after->pages].kind == RUN_FREE)
                after->pages = (uint16_t)(after->pages + after[after->pages].pages);
            if (after < end && after->kind == RUN_FREE && run->pages + after->pages >= pages) {
                uint32_t left = run->pages + after->pages - pages;
                a->free -= pages - run->pages;
                if (left)
                    run[pages] = (Run){(uint16_t)left, RUN_FREE, 0};
                run->pages = (uint16_t)pages;
                use_pages(a, (uint32_t)(run - a->u.pages.runs) + pages);
                result = block;
            }
        } else {
            uint32_t left = run->pages - pages;
            if (left) {
                run[pages] = (Run){(uint16_t)left, RUN_FREE, 0};
                run->pages = (uint16_t)pages;
                a->free += left;
                a->u.pages.longest = a->free;
            }
            result = block;
        }
    } else if (size > CONFIG_RUN_MAX) {
        size_t all = (size + 2 * PAGE_SIZE_ - 1) & ~(PAGE_SIZE_ - 1), old = a->size;
        if (all == old) {
            result = block;
        } else {
            arena_unlink(pool, a);
            HeapArena *b = os_memory_resize(a, old, all, ARENA_SIZE);
            if (b) {
                b->size = all;
                b->u.large.bytes = all - PAGE_SIZE_;
                pool->reserved += all - old;
                result = (char *)b + PAGE_SIZE_;
            }
            arena_link(pool, b ? b : a, true);
        }
    }
    pool_unlock(pool);
    return result;
}

bool heap_big_is_zero(HeapArena *a, const void *block)
{
    return a->kind == ARENA_LARGE || (a->kind == ARENA_PAGES && !run_of(a, block)->touched);
}

size_t heap_big_usable(HeapArena *a, const void *block)
{
    return a->kind == ARENA_LARGE ? a->u.large.bytes : run_of(a, block)->pages * PAGE_SIZE_;
}

AllocKind heap_big_kind(HeapArena *a, const void *block)
{
    return a->kind == ARENA_LARGE ? a->u.large.kind : (AllocKind)run_of(a, block)->kind;
}

/* ---- heaps ---- */

Pool *heap_pool_new(Interp *interp)
{
    Pool *pool = alloc_raw_zeroed(sizeof *pool);
    if (pool) {
        pool->interp = interp;
        pool->keep = CONFIG_SLABS_KEPT;
    }
    return pool;
}

void heap_pool_free(Pool *pool)
{
    for (int kind = ARENA_SLABS; kind <= ARENA_LARGE; kind++) {
        while (pool->arenas[kind])
            arena_free(pool, pool->arenas[kind]);
    }
    if (pool->half)
        os_memory_release(pool->half, ARENA_SIZE);
    while (pool->heaps) {
        Heap *heap = pool->heaps;
        pool->heaps = heap->next;
        alloc_raw_free(heap->quarantine);
        alloc_raw_free(heap);
    }
    alloc_raw_free(pool);
}

Heap *heap_acquire(Interp *interp)
{
    Pool *pool = interp->pool;
    if (interp->config.gil && pool->heaps)
        return pool->heaps;
    pool_lock(pool);
    Heap *heap = pool->spare;
    if (heap) {
        pool->spare = heap->next_spare;
        heap->next_spare = NULL;
        pool_unlock(pool);
        return heap;
    }
    pool_unlock(pool);
    heap = alloc_raw_zeroed(sizeof *heap);
    if (!heap)
        return NULL;
    for (int kind = 0; kind < ALLOC_KINDS; kind++) {
        for (int size_class = 0; size_class < ALLOC_CLASSES; size_class++)
            heap->bins[kind][size_class] = (Slab *)&empty_slab;
    }
    heap->interp = interp;
    heap->pool = pool;
    heap->young_limit = INT32_MAX;
    pool_lock(pool);
    if (pool->heaps)
        heap->young_limit = pool->heaps->young_limit;
    heap->tracer = pool->tracer;
    heap->next = pool->heaps;
    pool->heaps = heap;
    pool_unlock(pool);
    return heap;
}

void heap_abandon(Interp *interp, Heap *heap)
{
    Pool *pool = interp->pool;
    if (interp->config.gil)
        return;
    pool_lock(pool);
    heap->next_spare = pool->spare;
    pool->spare = heap;
    pool_unlock(pool);
}

void heap_after_fork_child(Thread *t)
{
    Pool *pool = t->interp->pool;
    atomic_store(&pool->lock.state, 0);
    if (t->interp->config.gil)
        return;
    pool->spare = NULL;
    for (Heap *heap = pool->heaps; heap; heap = heap->next) {
        if (heap != t->heap) {
            heap->next_spare = pool->spare;
            pool->spare = heap;
        }
    }
}

/* ---- walking ---- */

static NO_ASAN uint8_t peek_gc(const Object *o) { return atomic_load_explicit(&o->gc, memory_order_relaxed); }

static int walk(Interp *interp, AllocKind first, AllocKind last, HeapVisitFn fn, void *arg)
{
    Pool *pool = interp->pool;
    int result = 0;
    for (HeapArena *a = pool->arenas[ARENA_SLABS]; a; a = a->next) {
        for (size_t i = 0; i < SLABS_IN_ARENA; i++) {
            Slab *slab = &a->u.slabs[i];
            if (slab->state == SLAB_FREE || slab->used == 0 || slab->kind < first || slab->kind > last)
                continue;
            size_t size = (size_t)slab->units * 16;
            char *end = slab->bump;
            for (char *p = slab_start(slab); p < end; p += size) {
                Object *o = (Object *)(void *)p;
                if ((peek_gc(o) & GC_LIVE) && (result = fn(o, arg)) != 0)
                    return result;
            }
        }
    }
    for (HeapArena *a = pool->arenas[ARENA_PAGES]; a; a = a->next) {
        for (uint32_t i = 1; i < PAGES_IN_ARENA; i += a->u.pages.runs[i].pages) {
            Object *o = (Object *)(void *)((char *)a + i * PAGE_SIZE_);
            uint8_t kind = a->u.pages.runs[i].kind;
            if (kind >= first && kind <= last && (peek_gc(o) & GC_LIVE) && (result = fn(o, arg)) != 0)
                return result;
        }
    }
    for (HeapArena *a = pool->arenas[ARENA_LARGE]; a; a = a->next) {
        Object *o = (Object *)(void *)((char *)a + PAGE_SIZE_);
        if (a->u.large.kind >= first && a->u.large.kind <= last && (peek_gc(o) & GC_LIVE) && (result = fn(o, arg)) != 0)
            return result;
    }
    return 0;
}

int heap_walk_containers(Interp *interp, HeapVisitFn fn, void *arg)
{
    return walk(interp, ALLOC_CONTAINER, ALLOC_CONTAINER, fn, arg);
}
int heap_walk_objects(Interp *interp, HeapVisitFn fn, void *arg)
{
    return walk(interp, ALLOC_LEAF, ALLOC_CONTAINER, fn, arg);
}

Heap *heap_first(Interp *interp) { return interp->pool->heaps; }

void heap_set_young(Interp *interp, int32_t young)
{
    for (Heap *heap = interp->pool->heaps; heap; heap = heap->next)
        heap->young = young;
}

void heap_set_young_limit(Interp *interp, int32_t limit)
{
    pool_lock(interp->pool);
    for (Heap *heap = interp->pool->heaps; heap; heap = heap->next)
        alloc_set_young_limit(heap, limit);
    pool_unlock(interp->pool);
}

int32_t heap_young(Interp *interp)
{
    int32_t sum = 0;
    for (Heap *heap = interp->pool->heaps; heap; heap = heap->next)
        sum += heap->young;
    return sum;
}

void heap_collect_spare(Thread *t)
{
    for (Heap *heap = t->interp->pool->spare; heap; heap = heap->next_spare)
        heap_collect_remote(t, heap);
}

void heap_statistics(Interp *interp, size_t *reserved, size_t *used, size_t *objects)
{
    Pool *pool = interp->pool;
    *reserved = pool->reserved;
    *used = *objects = 0;
    for (HeapArena *a = pool->arenas[ARENA_SLABS]; a; a = a->next) {
        for (size_t i = 0; i < SLABS_IN_ARENA; i++) {
            Slab *slab = &a->u.slabs[i];
            if (slab->state == SLAB_FREE)
                continue;
            *used += (size_t)slab->used * slab->units * 16;
            *objects += slab->kind == ALLOC_PLAIN ? 0 : slab->used;
        }
    }
    for (HeapArena *a = pool->arenas[ARENA_PAGES]; a; a = a->next)
        *used += (PAGES_IN_ARENA - 1 - a->free) * PAGE_SIZE_;
    for (HeapArena *a = pool->arenas[ARENA_LARGE]; a; a = a->next)
        *used += a->u.large.bytes;
}

typedef struct Find {
    const void *address;
} Find;
static int find_object(Object *o, void *arg) { return (const void *)o == ((Find *)arg)->address; }

bool heap_is_object(Interp *interp, const void *address)
{
    return heap_walk_objects(interp, find_object, &(Find){address}) != 0;
}
