/* world.c: all threads of an interpreter: making, listing, stopping and ending them; ids of owners; merging counts for others; pending calls.
 *
 * Stop-the-world (lock off; with the lock on, holding it is enough): the stopper marks detached threads SUSPENDED, so that they cannot attach, and asks attached
 * ones to park at their next poll.  A thread that detaches meanwhile counts itself as parked.
 *
 * Invariants.  The list of threads, owner ids, merge queues, and every change of DETACHED to SUSPENDED and back happen under world->lock; a thread turns ATTACHED to DETACHED
 * by itself.  An owner id is given out again only under that lock, so while it is held, a dead owner stays dead.
 * Locks: world->lock, for short stretches without Python code; the pool's lock may be taken under it.  Read next: world.h, gil.c, ../memory/ref.c. */
#include "world.h"

#include <assert.h>
#include <limits.h>

#include "../debug/heapcheck.h"
#include "../memory/alloc.h"
#include "../memory/contended.h"
#include "../memory/reclaim.h"
#include "../object/error.h"
#include "../os/os.h"
#include "breaker.h"
#include "events.h"
#include "handle.h"
#include "lock.h"

#define PENDING_MAX 300

typedef struct PendingCall {
    Thread *target;
    int (*fn)(Thread *t, void *arg);
    void *arg;
} PendingCall;

/* One object to be merged by its owner. */
typedef struct MergeNode {
    struct MergeNode *next;
    Object *object;
} MergeNode;

struct World {
    Mutex lock;
    Thread *stopper;
    uint32_t stop_depth;
    uint32_t running;        /* threads that the stopper still waits for */
    _Atomic uint32_t parked; /* counts parkings: the stopper waits on it */
    _Atomic uint32_t epoch;  /* counts starts of the world: suspended threads wait on it */
    Thread **owners;         /* by id; NULL: free */
    uint32_t owners_capacity, owners_next;
    Mutex pending_lock;
    PendingCall pending[PENDING_MAX];
    uint32_t pending_count;
};

static void world_lock(World *w) { mutex_lock(&w->lock); }
static void world_unlock(World *w) { mutex_unlock(&w->lock); }

/* ---- owner ids ---- */

#define OWNERS_FIRST 2 /* OWNER_NONE and OWNER_GIL are never given out */

/* Under the lock: an id for t, 0 when there are no more (or no memory). */
static uint16_t owner_new(World *w, Thread *t)
{
    for (uint32_t i = 0; i < w->owners_capacity; i++) {
        uint32_t id = (w->owners_next + i) % w->owners_capacity;
        if (id >= OWNERS_FIRST && !w->owners[id]) {
            w->owners[id] = t;
            w->owners_next = id + 1;
            return (uint16_t)id;
        }
    }
    uint32_t old = w->owners_capacity, grown = old ? old * 2 : 64;
    if (grown > OWNER_THREADS)
        grown = OWNER_THREADS;
    if (grown == old)
        return 0;
    Thread **owners = alloc_raw_resize(w->owners, grown * sizeof *owners);
    if (!owners)
        return 0;
    for (uint32_t i = old; i < grown; i++)
        owners[i] = NULL;
    w->owners = owners;
    w->owners_capacity = grown;
    uint32_t id = old < OWNERS_FIRST ? OWNERS_FIRST : old;
    owners[id] = t;
    w->owners_next = id + 1;
    return (uint16_t)id;
}

/* ---- threads ---- */

/* Of another thread, which may be asking whether it is alone. */
static void put_link(Thread **link, Thread *t) { __atomic_store_n(link, t, __ATOMIC_RELAXED); }

static void link_thread(Interp *interp, Thread *t)
{
    t->previous = NULL;
    t->next = interp->threads;
    if (t->next)
        put_link(&t->next->previous, t);
    interp->threads = t;
}

static void unlink_thread(Interp *interp, Thread *t)
{
    if (t->previous)
        put_link(&t->previous->next, t->next);
    else
        interp->threads = t->next;
    if (t->next)
        put_link(&t->next->previous, t->previous);
}

Thread *thread_new(Interp *interp)
{
    World *w = interp->world;
    bool free_threaded = !interp->config.gil;
    Thread *t = alloc_raw_zeroed(sizeof *t + (free_threaded ? CONFIG_CONTENDED_MAX * sizeof *t->contended : 0));
    if (!t)
        return NULL;
    t->interp = interp;
    t->types = interp->types;
    t->free_threaded = free_threaded;
    if (free_threaded)
        os_threads_unlocked();
    t->handled = &t->handled_base;
    t->recursion_left = (int32_t)interp->recursion_limit;
    t->heap = heap_acquire(interp);
    if (!t->heap) {
        alloc_raw_free(t);
        return NULL;
    }
    world_lock(w);
    t->owner = t->free_threaded ? owner_new(w, t) : OWNER_GIL;
    if (t->owner == 0) {
        world_unlock(w);
        heap_abandon(interp, t->heap);
        alloc_raw_free(t);
        return NULL;
    }
    t->status = w->stopper ? THREAD_SUSPENDED : THREAD_DETACHED;
    link_thread(interp, t);
    world_unlock(w);
    if (interp->heapcheck && (interp->heapcheck->switch_ || interp->heapcheck->collect))
        t->breaker = BREAKER_STRESS;
    return t;
}

void thread_bind(Thread *t)
{
    t->id = os_thread_id();
    t->native_id = os_thread_native_id();
    thread_measure_stack(t);
    events_thread_begin(t);
}

void thread_release_values(Thread *t)
{
    Value *const values[] = {&t->exc,
                             &t->handled_base.exc,
                             &t->context,
                             &t->locals,
                             &t->async_firstiter,
                             &t->async_finalizer,
                             &t->asyncio_loop,
                             &t->asyncio_task,
                             &t->trace_function,
                             &t->trace_argument,
                             &t->profile_function,
                             &t->profile_argument,
                             &t->delete_later};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        ref_clear(t, values[i]);
    ref_dec(t, world_take_async_exception(t));
}

void thread_end(Thread *t)
{
    Interp *interp = t->interp;
    World *w = interp->world;
    contended_settle(t);
    for (;;) { /* what is destroyed may leave more to be done */
        thread_release_values(t);
        ref_merge_queue(t);
        world_lock(w);
        if (!t->merge_queue && value_is_empty(t->async_exc))
            break;
        world_unlock(w);
    }
    /* From here on nobody finds the thread: no merges are queued for it, no breaker bit is set, and who stops the world or waits for a grace period does not wait for
     * it. So it touches no object any more. */
    frame_stack_free(t);
    contended_thread_end(t);
    heap_abandon(interp, t->heap);
    reclaim_thread_end(t);
    unlink_thread(interp, t);
    if (t->free_threaded)
        w->owners[t->owner] = NULL;
    world_unlock(w);
    mutex_lock(&w->pending_lock);
    for (uint32_t i = 0; i < w->pending_count; i++) {
        if (w->pending[i].target == t)
            w->pending[i].fn = NULL;
    }
    mutex_unlock(&w->pending_lock);
    thread_detach(t, EVENT_END);
    events_thread_end(t);
    alloc_raw_free(t);
}

void thread_discard(Thread *t, Thread *fresh)
{
    World *w = t->interp->world;
    world_lock(w);
    unlink_thread(t->interp, fresh);
    if (fresh->free_threaded)
        w->owners[fresh->owner] = NULL;
    world_unlock(w);
    heap_abandon(t->interp, fresh->heap);
    alloc_raw_free(fresh);
}

void world_finalize(Thread *t)
{
    world_stop(t); /* with the lock off the others must not be in the middle of something */
    t->interp->finalizing_thread = t;
    atomic_store(&t->interp->finalizing, true);
    world_start(t);
}

int world_each(Interp *interp, int (*fn)(Thread *x, void *arg), void *arg)
{
    World *w = interp->world;
    int result = 0;
    world_lock(w);
    for (Thread *x = interp->threads; x && !result; x = x->next)
        result = fn(x, arg);
    world_unlock(w);
    return result;
}

size_t world_others(Thread *t)
{
    size_t n = 0;
    world_lock(t->interp->world);
    for (Thread *x = t->interp->threads; x; x = x->next)
        n += x != t;
    world_unlock(t->interp->world);
    return n;
}

/* ---- stop-the-world ---- */

void world_attach(Thread *t)
{
    World *w = t->interp->world;
    for (;;) {
        uint32_t epoch = atomic_load(&w->epoch);
        uint8_t detached = THREAD_DETACHED;
        if (atomic_compare_exchange_strong(&t->status, &detached, THREAD_ATTACHED)) {
            reclaim_attached(t);
            return;
        }
        os_wait(&w->epoch, epoch, -1);
    }
}

/* Under the lock: t, which was attached when the stopper counted, no longer is. */
static void count_parked(World *w)
{
    if (--w->running == 0) {
        atomic_fetch_add(&w->parked, 1);
        os_wake(&w->parked, 1);
    }
}

void world_detach(Thread *t)
{
    World *w = t->interp->world;
    atomic_store(&t->status, THREAD_DETACHED);
    if (LIKELY(!(atomic_load(&t->breaker) & BREAKER_STOP_WORLD)))
        return;
    world_lock(w);
    uint8_t detached = THREAD_DETACHED;
    if (w->stopper && w->stopper != t && (atomic_load(&t->breaker) & BREAKER_STOP_WORLD) &&
        atomic_compare_exchange_strong(&t->status, &detached, THREAD_SUSPENDED))
        count_parked(w);
    world_unlock(w);
}

void world_park(Thread *t)
{
    if (!t->free_threaded) {
        breaker_clear(t, BREAKER_STOP_WORLD);
        return;
    }
    thread_detach(t, EVENT_COMPUTE);
    thread_attach(t);
}

void world_stop(Thread *t)
{
    World *w = t->interp->world;
    if (!t->free_threaded)
        return;
    for (;;) {
        world_lock(w);
        if (w->stopper == t) {
            w->stop_depth++;
            world_unlock(w);
            return;
        }
        if (!w->stopper)
            break;
        world_unlock(w); /* someone else is first: be stopped */
        thread_detach(t, EVENT_COMPUTE);
        thread_attach(t);
    }
    w->stopper = t;
    w->stop_depth = 1;
    w->running = 0;
    for (Thread *x = t->interp->threads; x; x = x->next) {
        if (x == t)
            continue;
        breaker_set(x, BREAKER_STOP_WORLD);
        uint8_t detached = THREAD_DETACHED;
        if (!atomic_compare_exchange_strong(&x->status, &detached, THREAD_SUSPENDED) && detached == THREAD_ATTACHED)
            w->running++;
    }
    while (w->running > 0) {
        uint32_t parked = atomic_load(&w->parked);
        world_unlock(w);
        os_wait(&w->parked, parked, -1);
        world_lock(w);
    }
    world_unlock(w);
}

void world_start(Thread *t)
{
    World *w = t->interp->world;
    if (!t->free_threaded)
        return;
    world_lock(w);
    assert(w->stopper == t);
    if (--w->stop_depth == 0) {
        w->stopper = NULL;
        for (Thread *x = t->interp->threads; x; x = x->next) {
            if (x == t)
                continue;
            breaker_clear(x, BREAKER_STOP_WORLD);
            uint8_t suspended = THREAD_SUSPENDED;
            atomic_compare_exchange_strong(&x->status, &suspended, THREAD_DETACHED);
        }
        atomic_fetch_add(&w->epoch, 1);
        os_wake(&w->epoch, INT_MAX);
    }
    world_unlock(w);
}

uint32_t world_quiescent(Thread *t, uint32_t epoch)
{
    World *w = t->interp->world;
    uint32_t least = epoch;
    world_lock(w);
    for (Thread *x = t->interp->threads; x; x = x->next) {
        if (x == t || atomic_load(&x->status) != THREAD_ATTACHED)
            continue;
        uint32_t passed = atomic_load(&x->quiescent);
        if ((int32_t)(passed - least) < 0)
            least = passed;
        if (passed != epoch)
            breaker_set(x, BREAKER_RECLAIM);
    }
    world_unlock(w);
    return least;
}

/* ---- merging for others ---- */

bool world_queue_merge(Thread *t, Object *o)
{
    World *w = t->interp->world;
    bool dead = false;
    MergeNode *node = alloc_raw(sizeof *node);
    world_lock(w);
    uint16_t owner = __atomic_load_n(&o->owner, __ATOMIC_ACQUIRE);
    Thread *x = owner == OWNER_NONE || owner == OWNER_GIL || owner >= w->owners_capacity ? NULL : w->owners[owner];
    uint8_t detached = THREAD_DETACHED;
    if (!x || x == t) {
        dead = ref_merge(o, -1);
    } else if (atomic_compare_exchange_strong(&x->status, &detached, THREAD_SUSPENDED)) {
        dead = ref_merge(
            o, -1); /* it cannot attach meanwhile, nor can the world be stopped: both need the lock or the status */
        atomic_store(&x->status, THREAD_DETACHED);
        atomic_fetch_add(&w->epoch, 1);
        os_wake(&w->epoch, INT_MAX);
    } else if (LIKELY(node != NULL)) {
        node->object = o;
        node->next = x->merge_queue;
        x->merge_queue = node;
        breaker_set(x, BREAKER_MERGE);
        node = NULL;
    }
    /* Without memory for a node the reference is lost and the object stays: a leak is all that can be afforded here. */
    world_unlock(w);
    alloc_raw_free(node);
    return dead;
}

Object *world_take_merge(Thread *t)
{
    World *w = t->interp->world;
    if (!t->free_threaded)
        return NULL;
    world_lock(w);
    MergeNode *node = t->merge_queue;
    if (node)
        t->merge_queue = node->next;
    world_unlock(w);
    if (!node)
        return NULL;
    Object *o = node->object;
    alloc_raw_free(node);
    return o;
}

/* ---- pending calls and asynchronous exceptions ---- */

int breaker_add_pending(Interp *interp, Thread *target, int (*fn)(Thread *t, void *arg), void *arg)
{
    World *w = interp->world;
    int result = -1;
    mutex_lock(&w->pending_lock);
    if (!target)
        target = interp->main_thread;
    if (w->pending_count < PENDING_MAX) {
        w->pending[w->pending_count++] = (PendingCall){target, fn, arg};
        breaker_set(target, BREAKER_PENDING);
        uintptr_t address = atomic_load(&target->waiting_on);
        if (address)
            os_wake((_Atomic uint32_t *)address, INT_MAX);
        result = 0;
    }
    mutex_unlock(&w->pending_lock);
    return result;
}

int world_run_pending(Thread *t)
{
    World *w = t->interp->world;
    for (;;) {
        PendingCall call = {0};
        mutex_lock(&w->pending_lock);
        for (uint32_t i = 0; i < w->pending_count && !call.fn; i++) {
            if (w->pending[i].fn && w->pending[i].target != t)
                continue;
            call = w->pending[i];
            for (uint32_t j = i + 1; j < w->pending_count; j++)
                w->pending[j - 1] = w->pending[j];
            w->pending_count--;
            if (!call.fn)
                i--;
        }
        mutex_unlock(&w->pending_lock);
        if (!call.fn)
            return 0;
        if (call.fn(t, call.arg) < 0) {
            breaker_set(t, BREAKER_PENDING); /* the rest comes later */
            return -1;
        }
    }
}

bool thread_set_async_exception(Thread *t, uint64_t id, Value exc_or_empty)
{
    World *w = t->interp->world;
    Value old = VALUE_EMPTY;
    bool found = false;
    ref_inc(t, exc_or_empty);
    world_lock(w);
    for (Thread *x = t->interp->threads; x; x = x->next) {
        if (x->id != id)
            continue;
        found = true;
        old = x->async_exc;
        x->async_exc = exc_or_empty;
        breaker_set(x, BREAKER_PENDING);
        break;
    }
    world_unlock(w);
    ref_dec(t, found ? old : exc_or_empty);
    return found;
}

Value world_take_async_exception(Thread *t)
{
    world_lock(t->interp->world);
    Value exc = t->async_exc;
    t->async_exc = VALUE_EMPTY;
    world_unlock(t->interp->world);
    return exc;
}

World *world_new(void) { return alloc_raw_zeroed(sizeof(World)); }

void world_free(World *w)
{
    if (w)
        alloc_raw_free(w->owners);
    alloc_raw_free(w);
}

/* ---- fork ---- */

void world_before_fork(Thread *t)
{
    recursive_acquire(t, &t->interp->import_lock);
    world_stop(t);
    contended_gather(t); /* the other threads' tables have no threads in the child */
    World *w = t->interp->world;
    mutex_lock(&w->pending_lock);
    world_lock(w);
}

void world_after_fork_parent(Thread *t)
{
    World *w = t->interp->world;
    world_unlock(w);
    mutex_unlock(&w->pending_lock);
    world_start(t);
    recursive_release(t, &t->interp->import_lock);
    contended_release(t);
}

void world_after_fork_child(Thread *t)
{
    Interp *interp = t->interp;
    World *w = interp->world;
    interp->forks++;
    atomic_store(&w->lock.state, 0);
    atomic_store(&w->pending_lock.state, 0);
    w->pending_count = 0;
    w->stopper = NULL;
    w->stop_depth = w->running = 0;
    /* The others' structures stay where they are: what they owned is owned by nobody, and their ids count as dead. */
    for (uint32_t i = 0; i < w->owners_capacity; i++) {
        if (w->owners[i] != t)
            w->owners[i] = NULL;
    }
    t->next = t->previous = NULL;
    interp->threads = t;
    interp->main_thread = t;
    t->is_main = true;
    t->id = os_thread_id();
    t->native_id = os_thread_native_id();
    atomic_store(&t->status, THREAD_ATTACHED);
    atomic_store(&t->breaker, atomic_load(&t->breaker) & (BREAKER_COLLECT | BREAKER_TRACE | BREAKER_STRESS));
    gil_after_fork_child(t);
    heap_after_fork_child(t);
    handle_after_fork_child(t);
    events_after_fork_child(t);
    recursive_release(t, &interp->import_lock);
    os_signal_target(&t->breaker, BREAKER_SIGNALS, &t->waiting_on);
    contended_release(t);
}
