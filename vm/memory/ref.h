/* ref.h: reference counting, biased as in PEP 703, one code for both modes of the lock.
 *
 * An object's `local` count belongs to the thread whose id is in `owner`; all other threads count in `shared`.  With the lock on
 * every thread has the id OWNER_GIL, so whoever holds the lock owns every object, the first test below always hits and no
 * atomic operation ever runs.  With the lock off each thread has its own id.
 *
 * `shared` holds a signed count times 4 plus a state (REF_SHARED_...).  When the owner's count reaches zero it merges: owner becomes
 * OWNER_NONE and the object lives on the shared count alone.  An immortal object is never counted.
 *
 * No count may be touched while the thread is detached from the interpreter.  Read next: ref.c (the slow paths, zero), alloc.h. */
#ifndef BATON_MEMORY_REF_H
#define BATON_MEMORY_REF_H

#include "../object/object.h"
#include "store.h"

#define OWNER_NONE 0          /* merged: only `shared` counts; also every object that is dying or free */
#define OWNER_GIL 1           /* with the lock on: every thread */
#define OWNER_THREADS 0xFFFE  /* each thread counts for itself (contended.h) */
#define OWNER_IMMORTAL 0xFFFF /* not counted: permanent, or deferred with the lock off */

/* Object.shared: a signed count times REF_SHARED_ONE plus a state.  Dead: 0 with OWNER_NONE, or merged with a count not above 0. */
#define REF_SHARED_ONE 4
#define REF_SHARED_STATE 3u /* mask */
#define REF_SHARED_MAYBE                                                                                               \
    1u /* other threads may try to take references without a lock: the owner must merge before it frees */
#define REF_SHARED_QUEUED 2u /* waits in the owner's queue to be merged */
#define REF_SHARED_MERGED 3u

/* Object.gc: bits of the collector.  A block without GC_LIVE is free or its object is being destroyed: the collector does not see it. */
#define GC_LIVE 0x01
#define GC_CONTAINER 0x02 /* in a container slab: traversed */
#define GC_REACHED 0x04   /* during a collection: known to be alive */
#define GC_GARBAGE 0x08   /* during a collection: in the list of the unreachable */
#define GC_FROZEN 0x10    /* gc.freeze */
#define GC_AGE 0x60       /* collections survived: 0x00, 0x20, 0x40 */
#define GC_AGE_ONE 0x20
#define GC_START_UP                                                                                                    \
    (GC_FROZEN | GC_AGE) /* with both: made by start-up, and frozen until somebody asks the collector a question */
#define GC_GREY 0x80     /* during a collection: reached, its references not yet (mark stack overflow) */

void ref_inc_slow(Thread *t, Object *o); /* not the owner: counts in `shared`, or apart */
void ref_dec_slow(Thread *t, Object *o);
/* The count has reached zero: finalizer, weak references, Slots.dealloc, and the memory is given back.  Depth first, queued beyond a depth. */
void ref_zero(Thread *t, Object *o);

/* The same when the count is known to be zero in every sense (after a merge). */
void ref_destroy(Thread *t, Object *o);

/* With the lock off: takes a reference to an object that another thread may be freeing; false if it is dead already. */
bool ref_try_inc(Thread *t, Object *o);
/* With the lock off: from now on ref_try_inc may succeed on it without a lock; the caller holds a reference. */
void ref_share(Thread *t, Object *o);
/* Merges what other threads queued for this one; and everything that an ended thread owned is merged by whoever drops a reference. */
void ref_merge_queue(Thread *t);
/* For world.c: moves the owner's count, and `extra`, to the shared one, when the owner cannot be running: is the object dead? */
bool ref_merge(Object *o, int32_t extra);
/* Makes an object immortal (interned names, constants, types of modules with the lock off ...). */
void ref_make_immortal(Object *o);
/* With the lock off only: stops counting a top-level function, code, module or type that all threads use (design: deferral). With the
 * lock on it does nothing: everything dies promptly; nor where leaks are looked for (heapcheck.h). */
void ref_defer(Thread *t, Object *o);
/* sys.getrefcount's number for an object: local plus shared. */
uint32_t ref_count(const Object *o);
/* Of a living object, from what it was when the caller looked; false: another thread made it immortal meanwhile. */
static inline bool ref_change_owner(Object *o, uint16_t from, uint16_t to)
{
    return __atomic_compare_exchange_n(&o->owner, &from, to, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED);
}
static inline bool ref_is_immortal(const Object *o) { return o->owner == OWNER_IMMORTAL; }

static ALWAYS_INLINE void ref_inc_object(Thread *t, Object *o)
{
    uint16_t owner = __atomic_load_n(&o->owner, __ATOMIC_RELAXED);
    if (LIKELY(owner == t->owner))
        o->local++;
    else if (owner != OWNER_IMMORTAL)
        ref_inc_slow(t, o);
}
/* ref_dec_object, with something to be done before and after what can run other code. */
#define REF_DEC_AROUND(t, o, before, after)                                                                            \
    do {                                                                                                               \
        Object *dead_ = (o);                                                                                           \
        uint16_t owner_ = __atomic_load_n(&dead_->owner, __ATOMIC_RELAXED);                                            \
        if (LIKELY(owner_ == (t)->owner)) {                                                                            \
            if (UNLIKELY(--dead_->local == 0)) {                                                                       \
                before;                                                                                                \
                ref_zero(t, dead_);                                                                                    \
                after;                                                                                                 \
            }                                                                                                          \
        } else if (owner_ != OWNER_IMMORTAL) {                                                                         \
            before;                                                                                                    \
            ref_dec_slow(t, dead_);                                                                                    \
            after;                                                                                                     \
        }                                                                                                              \
    } while (0)
static ALWAYS_INLINE void ref_dec_object(Thread *t, Object *o) { REF_DEC_AROUND(t, o, (void)0, (void)0); }

/* One more reference; returns v for convenience. */
static ALWAYS_INLINE Value ref_inc(Thread *t, Value v)
{
    if (value_is_object(v))
        ref_inc_object(t, value_object(v));
    return v;
}
/* One reference less.  VALUE_EMPTY is ignored.  May run arbitrary Python code. */
static ALWAYS_INLINE void ref_dec(Thread *t, Value v)
{
    if (value_is_object(v))
        ref_dec_object(t, value_object(v));
}
/* The same for pointers to object structs; NULL is ignored. */
static ALWAYS_INLINE void *ref_inc_ptr(Thread *t, void *object)
{
    if (object)
        ref_inc_object(t, (Object *)object);
    return object;
}
static ALWAYS_INLINE void ref_dec_ptr(Thread *t, void *object)
{
    if (object)
        ref_dec_object(t, (Object *)object);
}
/* Empties a slot before releasing what it held, so that code run by the release never sees a dead value. */
static ALWAYS_INLINE void ref_clear(Thread *t, Value *slot)
{
    Value old = *slot;
    *slot = VALUE_EMPTY;
    ref_dec(t, old);
}
/* Replaces a slot's value with an owned one, then releases the old. */
static ALWAYS_INLINE void ref_replace_take(Thread *t, Value *slot, Value owned)
{
    Value old = *slot;
    *slot = owned;
    ref_dec(t, old);
}
#define REF_CLEAR_PTR(t, field)                                                                                        \
    do {                                                                                                               \
        void *ref_old_ = (field);                                                                                      \
        (field) = NULL;                                                                                                \
        ref_dec_ptr((t), ref_old_);                                                                                    \
    } while (0)

#endif
