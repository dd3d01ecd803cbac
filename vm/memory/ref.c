/* ref.c: the slow paths of counting, and what happens when a count reaches zero.
 *
 * Zero: the finalizer runs once (and may bring the object back), weak references are cleared, the type's dealloc releases what the object owns, its memory goes back, and
 * an instance of a heap type gives up its type.  Destructors nest depth first, in CPython's order; beyond CONFIG_DESTROY_DEPTH objects wait in t->destroy_queue until the
 * outermost one is done, so the C stack never overflows.
 *
 * Invariants.  From the moment that an object cannot be brought back any more its owner is OWNER_NONE, its counts are dead, and GC_LIVE is off: no reader takes a
 * reference, the collector does not see it, and a dealloc that counts its own object by mistake cannot free it twice.
 * An immortal object stays so: the owner of a living object is changed by ref_change_owner only, which fails when another thread has made it immortal.  That thread's own
 * reference was counted, so whoever still counts by the old owner does not reach zero.
 * Locks: none while running code; merging for other threads is done under the world's lock (../thread/world.c).
 * Read next: ref.h, cycle.c. */
#include "ref.h"

#include <assert.h>

#include "../debug/heapcheck.h"
#include "../object/error.h"
#include "../object/weakref.h"
#include "../thread/world.h"
#include "contended.h"
#include "end.h"

static ALWAYS_INLINE int32_t shared_count(uint32_t shared) { return (int32_t)shared >> 2; }

/* ---- counting by threads that do not own the object (lock off) ---- */

void ref_inc_slow(Thread *t, Object *o)
{
    assert(!t->free_threaded || o->gc & GC_LIVE);
    if (contended_is(o)) {
        contended_add(t, o, 1);
        return;
    }
    atomic_fetch_add_explicit(&o->shared, REF_SHARED_ONE, memory_order_relaxed);
}

void ref_dec_slow(Thread *t, Object *o)
{
    if (contended_is(o)) {
        contended_add(t, o, -1);
        return;
    }
    uint32_t shared = atomic_load_explicit(&o->shared, memory_order_relaxed), next;
    bool queue;
    do {
        /* The first reference that this thread gives up without having taken it was counted by the owner: the owner is asked to merge. */
        queue = shared == 0 || shared == REF_SHARED_MAYBE;
        next = queue ? REF_SHARED_QUEUED : shared - REF_SHARED_ONE;
    } while (
        !atomic_compare_exchange_weak_explicit(&o->shared, &shared, next, memory_order_acq_rel, memory_order_relaxed));
    if (queue) {
        if (UNLIKELY(!t->free_threaded))
            return; /* a dying object, counted by its own dealloc */
        if (world_queue_merge(t, o))
            ref_destroy(t, o);
    } else if (next == REF_SHARED_MERGED) {
        ref_destroy(t, o);
    }
}

bool ref_try_inc(Thread *t, Object *o)
{
    uint16_t owner = __atomic_load_n(&o->owner, __ATOMIC_RELAXED);
    if (owner == t->owner) {
        o->local++;
        return true;
    }
    if (owner == OWNER_IMMORTAL)
        return true;
    if (contended_is(o)) { /* alive: the table of contended objects has a reference */
        contended_add(t, o, 1);
        return true;
    }
    uint32_t shared = atomic_load_explicit(&o->shared, memory_order_relaxed);
    bool met = false;
    for (;; met = true) {
        if (shared == 0 || ((shared & REF_SHARED_STATE) == REF_SHARED_MERGED && shared_count(shared) <= 0))
            return false;
        if (LIKELY(atomic_compare_exchange_strong_explicit(&o->shared, &shared, shared + REF_SHARED_ONE,
                                                           memory_order_acquire, memory_order_relaxed)))
            break;
    }
    if (UNLIKELY(met))
        contended_met(t, o);
    return true;
}

void ref_share(Thread *t, Object *o)
{
    uint32_t shared = atomic_load_explicit(&o->shared, memory_order_relaxed);
    while (t->free_threaded && !(shared & REF_SHARED_STATE) && !ref_is_immortal(o)) {
        if (atomic_compare_exchange_weak_explicit(&o->shared, &shared, shared | REF_SHARED_MAYBE, memory_order_release,
                                                  memory_order_relaxed))
            return;
    }
}

/* ---- merging ---- */

/* The owner's count is zero but others have counted: the object lives on the shared count alone.  Is it dead? */
static bool merge_zero(Thread *t, Object *o)
{
    if (!ref_change_owner(o, t->owner, OWNER_NONE))
        return false;
    uint32_t shared = atomic_load_explicit(&o->shared, memory_order_relaxed), next;
    do
        next = shared | REF_SHARED_MERGED;
    while (
        !atomic_compare_exchange_weak_explicit(&o->shared, &shared, next, memory_order_acq_rel, memory_order_relaxed));
    return next == REF_SHARED_MERGED;
}

bool ref_merge(Object *o, int32_t extra)
{
    uint16_t owner = __atomic_load_n(&o->owner, __ATOMIC_RELAXED);
    if (owner == OWNER_IMMORTAL)
        return false;
    bool counted = owner != OWNER_NONE && owner != OWNER_THREADS;
    uint32_t local = counted ? o->local : 0;
    /* First: once the counts are merged, another thread may give up the last reference, and the object is gone. */
    if (counted) {
        o->local = 0;
        if (!ref_change_owner(o, owner, OWNER_NONE))
            return false;
    }
    uint32_t shared = atomic_load_explicit(&o->shared, memory_order_relaxed), next;
    do
        next = (uint32_t)(shared_count(shared) + (int32_t)local + extra) << 2 | REF_SHARED_MERGED;
    while (
        !atomic_compare_exchange_weak_explicit(&o->shared, &shared, next, memory_order_acq_rel, memory_order_relaxed));
    return next == REF_SHARED_MERGED;
}

void ref_merge_queue(Thread *t)
{
    Object *o;
    while ((o = world_take_merge(t)) != NULL) {
        if (ref_merge(o, -1))
            ref_destroy(t, o);
    }
}

/* ---- zero ---- */

/* The queue is linked through the counts: the low half of the address in `local`, the high one in `shared`, which reads as merged with a negative count. */
COLD void ref_end_later(Thread *t, Object *o)
{
    uint64_t link = (uint64_t)(uintptr_t)t->destroy_queue;
    o->local = (uint32_t)link;
    o->owner = OWNER_NONE;
    store_relaxed(&o->shared, UINT32_C(0x80000000) | (uint32_t)(link >> 32) << 2 | REF_SHARED_MERGED);
    store_relaxed(&o->gc, atomic_load_explicit(&o->gc, memory_order_relaxed) & (uint8_t)~GC_LIVE);
    t->destroy_queue = o;
}

static Object *queue_pop(Thread *t)
{
    Object *o = t->destroy_queue;
    uint64_t high = (atomic_load_explicit(&o->shared, memory_order_relaxed) & UINT32_C(0x7FFFFFFF)) >> 2;
    t->destroy_queue = (Object *)(uintptr_t)(high << 32 | o->local);
    o->local = 0;
    store_relaxed(&o->shared, 0);
    return o;
}

/* Runs the finalizer with one reference held; true if the object is still to be destroyed. */
static bool finalize(Thread *t, Object *o)
{
    o->flags |= OBJECT_FINALIZED;
    o->local = 1;
    /* Who comes back may be looked for by weak references from other threads. */
    store_relaxed(&o->shared, t->free_threaded && (o->flags & OBJECT_WEAKLY_REFERENCED) ? REF_SHARED_MAYBE : 0);
    __atomic_store_n(&o->owner, t->owner, __ATOMIC_RELEASE);
    store_relaxed(&o->gc, atomic_load_explicit(&o->gc, memory_order_relaxed) | GC_LIVE);
    Value exc = error_take(t);
    o->type->slots.finalize(t, o);
    if (UNLIKELY(error_pending(t)))
        error_unraisable(t, VALUE_EMPTY, "Exception ignored while finalizing an object of type %N", o->type);
    t->exc = exc;
    if (LIKELY(o->owner == t->owner)) {
        if (--o->local != 0)
            return false;
        return LIKELY(atomic_load_explicit(&o->shared, memory_order_acquire) == 0) || merge_zero(t, o);
    }
    return atomic_fetch_sub_explicit(&o->shared, REF_SHARED_ONE, memory_order_acq_rel) ==
           REF_SHARED_ONE + REF_SHARED_MERGED;
}

/* From here on nobody can take a reference, and the collector does not see the object. */
static ALWAYS_INLINE void seal(Object *o)
{
    uint8_t gc = atomic_load_explicit(&o->gc, memory_order_relaxed);
    store_relaxed(&o->shared, 0);
    /* At once: no references, OWNER_NONE, the lock is free. */
    store_relaxed((uint64_t *)(void *)o, (uint64_t)(gc & (uint8_t)~GC_LIVE) << 56);
}

static COLD void clear_weak(Thread *t, Object *o)
{
    Value exc = error_take(t);
    weakref_clear_all(t, o);
    t->exc = exc;
}

static ALWAYS_INLINE void destroy_one(Thread *t, Object *o, bool container)
{
    if (UNLIKELY(o->type->slots.finalize && !(o->flags & (OBJECT_FINALIZED | OBJECT_ENDED))) && !finalize(t, o))
        return;
    Type *type = o->type;
    seal(o);
    if (UNLIKELY(o->flags & OBJECT_WEAKLY_REFERENCED))
        clear_weak(t, o);
    if (type->slots.dealloc)
        type->slots.dealloc(t, o);
    if (UNLIKELY(!heap_object_free(t, o, container)))
        alloc_object_free(t, o);
    if (type->flags & TYPE_HEAP)
        ref_dec_object(t, &type->head);
}

/* Not inlined: what ends without all this shall not save registers for it. */
static NOINLINE void destroy_leaf(Thread *t, Object *o) { destroy_one(t, o, false); }

COLD void ref_end_waiting(Thread *t)
{
    t->destroy_depth++;
    while (t->destroy_queue != NULL)
        destroy_one(t, queue_pop(t), true);
    t->destroy_depth--;
}

static NOINLINE void destroy_container(Thread *t, Object *o)
{
    if (UNLIKELY(t->destroy_depth >= CONFIG_DESTROY_DEPTH)) {
        ref_end_later(t, o);
        return;
    }
    t->destroy_depth++;
    destroy_one(t, o, true);
    if (--t->destroy_depth == 0 && UNLIKELY(t->destroy_queue != NULL))
        ref_end_waiting(t);
}

/* Has a function of its own to end by, and no weak references. */
static ALWAYS_INLINE bool ends_by_itself(const Object *o, uint32_t info)
{
    return info & ALLOC_INFO_OWN_END && LIKELY(!(o->flags & OBJECT_WEAKLY_REFERENCED));
}

static ALWAYS_INLINE void destroy(Thread *t, Object *o)
{
    uint32_t info = alloc_info(o->type);
    if (ends_by_itself(o, info))
        o->type->slots.end(t, o);
    else if (atomic_load_explicit(&o->gc, memory_order_relaxed) & GC_CONTAINER)
        destroy_container(t, o);
    else if (UNLIKELY(!(info & ALLOC_INFO_PLAIN_END)) ||
             UNLIKELY(o->flags & (OBJECT_REGISTERED | OBJECT_WEAKLY_REFERENCED)) ||
             UNLIKELY(!heap_object_free(t, o, false)))
        destroy_leaf(t, o); /* owns no objects but, at most, a leaf */
}

void ref_destroy(Thread *t, Object *o) { destroy(t, o); }

void ref_zero(Thread *t, Object *o)
{
    assert(o->gc & GC_LIVE);
    if (UNLIKELY(atomic_load_explicit(&o->shared, memory_order_acquire) != 0) && !merge_zero(t, o))
        return;
    destroy(t, o);
}

/* ---- permanence ---- */

void ref_make_immortal(Object *o) { __atomic_store_n(&o->owner, OWNER_IMMORTAL, __ATOMIC_RELEASE); }

void ref_defer(Thread *t, Object *o)
{
    if (t->free_threaded && !heapcheck_is_counting(t->interp))
        ref_make_immortal(o);
}

uint32_t ref_count(const Object *o)
{
    if (ref_is_immortal(o))
        return UINT32_C(0xC0000000); /* what CPython's sys.getrefcount says of immortal objects */
    return (contended_is(o) ? 0 : o->local) +
           (uint32_t)shared_count(atomic_load_explicit(&o->shared, memory_order_relaxed));
}
