/* reclaim.c: grace periods (lock off): memory that lock-free readers may still look at waits until every attached thread has passed a quiescent state.
 *
 * A counter, the epoch, advances now and then; each thread notes the epoch that it saw at its last checkpoint.  What is handed in at epoch e may be freed once all attached
 * threads have noted e + 1 or later.  A detached thread reads nothing; attaching, it notes the epoch again.
 *
 * Invariant: a queue's goals never decrease from its first entry to its last.
 * Locks: r->lock around the orphans; the world's lock while looking at the others' epochs (world_quiescent).  Read next: ../thread/breaker.c. */
#include "reclaim.h"

#include "../thread/breaker.h"
#include "../thread/lock.h"
#include "../thread/world.h"
#include "alloc.h"

#define CHUNK_ENTRIES 126
#define ENTRIES_BEFORE_POLL 64

typedef struct Entry {
    void (*fn)(Thread *t, void *p);
    void *p;
    uint32_t goal;
} Entry;

typedef struct ReclaimChunk {
    struct ReclaimChunk *next;
    uint32_t first, last; /* entries[first..last) wait */
    Entry entries[CHUNK_ENTRIES];
} ReclaimChunk;

struct Reclaimer {
    Mutex lock;
    _Atomic uint32_t epoch;
    ReclaimChunk *_Atomic orphans; /* of ended threads */
};

Reclaimer *reclaim_new(Interp *interp)
{
    Reclaimer *r = alloc_raw_zeroed(sizeof *r);
    if (r)
        r->epoch = 1;
    return r;
}

void reclaim_free(Reclaimer *r)
{
    if (!r)
        return;
    while (r->orphans) {
        ReclaimChunk *chunk = r->orphans;
        r->orphans = chunk->next;
        alloc_raw_free(chunk);
    }
    alloc_raw_free(r);
}

void reclaim_attached(Thread *t) { atomic_store(&t->quiescent, atomic_load(&t->interp->reclaimer->epoch)); }

void reclaim_later(Thread *t, void (*fn)(Thread *t, void *p), void *p)
{
    if (!t->free_threaded) {
        fn(t, p);
        return;
    }
    Reclaimer *r = t->interp->reclaimer;
    ReclaimChunk *chunk = t->reclaim_last;
    if (!chunk || chunk->last == CHUNK_ENTRIES) {
        chunk = alloc_raw(sizeof *chunk);
        if (!chunk)
            return; /* no memory to remember it: it is never freed */
        chunk->next = NULL;
        chunk->first = chunk->last = 0;
        if (t->reclaim_last)
            t->reclaim_last->next = chunk;
        else
            t->reclaim_queue = chunk;
        t->reclaim_last = chunk;
    }
    atomic_thread_fence(memory_order_seq_cst); /* p was taken out of sight before the epoch is read */
    chunk->entries[chunk->last++] = (Entry){fn, p, atomic_load(&r->epoch) + 1};
    if (chunk->last % ENTRIES_BEFORE_POLL == 0)
        breaker_set(t, BREAKER_RECLAIM);
}

/* The entry that has waited longest, or NULL.  Chunks that are done with are dropped: one may come first that ended threads' are appended to. */
static Entry *first_entry(Thread *t)
{
    for (ReclaimChunk *chunk; (chunk = t->reclaim_queue) != NULL;) {
        if (chunk->first < chunk->last)
            return &chunk->entries[chunk->first];
        if (chunk == t->reclaim_last) {
            chunk->first = chunk->last = 0;
            return NULL;
        }
        t->reclaim_queue = chunk->next;
        alloc_raw_free(chunk);
    }
    return NULL;
}

/* Runs the entries whose grace period is over: those with goals up to `passed`. What is released may run code that comes here again: nothing is held across the call. */
static void run(Thread *t, uint32_t passed)
{
    for (Entry *first; (first = first_entry(t)) != NULL && (int32_t)(first->goal - passed) <= 0;) {
        Entry e = *first;
        t->reclaim_queue->first++;
        e.fn(t, e.p);
    }
}

/* Ended threads' entries are taken over at the end, with goals of their own. */
static void adopt_orphans(Thread *t, Reclaimer *r)
{
    mutex_lock(&r->lock);
    ReclaimChunk *chunk = atomic_load(&r->orphans);
    atomic_store(&r->orphans, NULL);
    mutex_unlock(&r->lock);
    while (chunk) {
        ReclaimChunk *next = chunk->next;
        for (uint32_t i = chunk->first; i < chunk->last; i++)
            chunk->entries[i].goal = atomic_load(&r->epoch) + 1;
        chunk->next = NULL;
        if (t->reclaim_last)
            t->reclaim_last->next = chunk;
        else
            t->reclaim_queue = chunk;
        t->reclaim_last = chunk;
        chunk = next;
    }
}

void reclaim_checkpoint(Thread *t)
{
    Reclaimer *r = t->interp->reclaimer;
    if (UNLIKELY(atomic_load_explicit(&r->orphans, memory_order_relaxed) != NULL))
        adopt_orphans(t, r);
    uint32_t epoch = atomic_load(&r->epoch);
    const Entry *first = first_entry(t);
    if (first) {
        uint32_t goal = first->goal;
        if ((int32_t)(goal - epoch) > 0) {
            atomic_compare_exchange_strong(&r->epoch, &epoch, goal);
            epoch = atomic_load(&r->epoch);
        }
        atomic_store(&t->quiescent, epoch);
        run(t, world_quiescent(t, epoch));
        return;
    }
    atomic_store(&t->quiescent, epoch);
}

bool reclaim_all(Thread *t)
{
    if (!t->free_threaded)
        return false;
    Reclaimer *r = t->interp->reclaimer;
    bool any = false;
    for (adopt_orphans(t, r); first_entry(t); adopt_orphans(t, r)) {
        any = true;
        run(t, atomic_load(&r->epoch) + 1);
    }
    return any;
}

void reclaim_thread_end(Thread *t)
{
    Reclaimer *r = t->interp->reclaimer;
    if (!t->reclaim_queue)
        return;
    mutex_lock(&r->lock);
    t->reclaim_last->next = atomic_load(&r->orphans);
    atomic_store(&r->orphans, t->reclaim_queue);
    mutex_unlock(&r->lock);
    t->reclaim_queue = t->reclaim_last = NULL;
}
