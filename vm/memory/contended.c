/* contended.c: making objects contended, and adding up what threads counted apart.
 *
 * Invariants.  A contended object was merged before (so that no thread has a count of its own in `local`), and the table of them holds one reference, in `shared`: threads that
 * saw the old owner a moment ago still count there, and never to zero.  Numbers are given out again only when all were gathered.
 * Locks: c->lock while an object becomes contended; gathering needs none, the world is stopped.  Read next: ref.c, cycle.c. */
#include "contended.h"

#include "../thread/lock.h"
#include "../thread/world.h"
#include "alloc.h"

#define MEETINGS_MIN 32 /* per thread, before an object is worth it */

struct Contended {
    Mutex lock;
    uint32_t count, dead_count;
    Object *objects[CONFIG_CONTENDED_MAX];
    int64_t ended[CONFIG_CONTENDED_MAX]; /* what threads counted that ended */
    Object *dead[CONFIG_CONTENDED_MAX];
};

struct Contended *contended_new(void) { return alloc_raw_zeroed(sizeof(struct Contended)); }

void contended_free(struct Contended *c) { alloc_raw_free(c); }

static void make_contended(Thread *t, Object *o)
{
    struct Contended *c = t->interp->contended;
    mutex_lock(&c->lock);
    if (c->count + c->dead_count < CONFIG_CONTENDED_MAX && __atomic_load_n(&o->owner, __ATOMIC_ACQUIRE) == OWNER_NONE) {
        atomic_fetch_add_explicit(&o->shared, REF_SHARED_ONE, memory_order_relaxed);
        c->objects[c->count] = o;
        o->local = c->count;
        if (ref_change_owner(o, OWNER_NONE, OWNER_THREADS))
            c->count++;
    }
    mutex_unlock(&c->lock);
}

/* Has the owner's count merged, by giving up a reference the way a thread does that has not taken it. */
static void ask_owner(Thread *t, Object *o)
{
    uint32_t shared = atomic_load_explicit(&o->shared, memory_order_relaxed);
    do {
        if (shared & REF_SHARED_QUEUED) /* asked, or merged meanwhile */
            return;
    } while (!atomic_compare_exchange_weak_explicit(&o->shared, &shared,
                                                    (shared & ~REF_SHARED_STATE) + REF_SHARED_ONE + REF_SHARED_QUEUED,
                                                    memory_order_acq_rel, memory_order_relaxed));
    world_queue_merge(t, o); /* not dead: the caller has a reference */
}

void contended_met(Thread *t, Object *o)
{
    uint8_t *meetings = &t->meetings[(uintptr_t)o / 64 % sizeof t->meetings];
    if (++*meetings < MEETINGS_MIN)
        return;
    *meetings = 0;
    if (__atomic_load_n(&o->owner, __ATOMIC_RELAXED) == OWNER_NONE)
        make_contended(t, o);
    else
        ask_owner(t, o);
}

typedef struct Sum {
    uint32_t number;
    int64_t n;
} Sum;

static int add_thread(Thread *x, void *arg)
{
    Sum *sum = arg;
    sum->n += __atomic_load_n(&x->contended[sum->number], __ATOMIC_RELAXED);
    return 0;
}

int64_t contended_sum(Thread *t, const Object *o)
{
    if (!contended_is(o))
        return 0;
    Sum sum = {o->local, t->interp->contended->ended[o->local] - 1}; /* not the table's own */
    world_each(t->interp, add_thread, &sum);
    return sum.n;
}

void contended_settle(Thread *t)
{
    struct Contended *c = t->interp->contended;
    if (!t->free_threaded || world_others(t) > 1)
        return;
    mutex_lock(&c->lock);
    uint32_t count = c->count;
    mutex_unlock(&c->lock);
    if (count == 0)
        return;
    world_stop(t);
    contended_gather(t);
    world_start(t);
    contended_release(t);
}

void contended_thread_end(Thread *t)
{
    struct Contended *c = t->interp->contended;
    for (uint32_t i = 0; t->free_threaded && i < CONFIG_CONTENDED_MAX; i++)
        c->ended[i] += t->contended[i];
}

static int forget(Thread *x, void *arg)
{
    memset(x->contended, 0, CONFIG_CONTENDED_MAX * sizeof *x->contended);
    return 0;
}

void contended_gather(Thread *t)
{
    struct Contended *c = t->interp->contended;
    if (!t->free_threaded || c->count == 0)
        return;
    for (uint32_t i = 0; i < c->count; i++) {
        Object *o = c->objects[i];
        if (!contended_is(o))
            continue; /* immortal by now */
        int64_t n = ((int32_t)atomic_load_explicit(&o->shared, memory_order_relaxed) >> 2) + contended_sum(t, o);
        if (n == 0) {
            n = 1;
            c->dead[c->dead_count++] = o;
        }
        o->local = 0;
        store_relaxed(&o->shared, (uint32_t)n * REF_SHARED_ONE + REF_SHARED_MERGED);
        __atomic_store_n(&o->owner, OWNER_NONE, __ATOMIC_RELEASE);
    }
    world_each(t->interp, forget, NULL);
    memset(c->ended, 0, sizeof c->ended);
    c->count = 0;
}

void contended_release(Thread *t)
{
    struct Contended *c = t->interp->contended;
    for (;;) {
        Object *o = NULL;
        if (!t->free_threaded)
            return;
        mutex_lock(&c->lock);
        if (c->dead_count > 0)
            o = c->dead[--c->dead_count];
        mutex_unlock(&c->lock);
        if (!o)
            return;
        ref_dec_object(t, o);
    }
}
