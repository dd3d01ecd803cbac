/* gil.c: where the lock is handed over, and what attaching and detaching mean.
 *
 * The protocol is CPython's.  A taker that has waited one switch interval, while nobody changed places, sets BREAKER_DROP_GIL on the holder; the holder
 * meets it at its next poll, gives the lock up, and does not come back before another thread has taken it (forced switch).  A thread that blocks gives the lock up by itself
 * and does not wait for anyone.
 *
 * Invariants.  `held` is 1 while a thread has the lock; `takes` counts the takes, so a changed number means that the lock has moved on.  `holder` is read and written under
 * `mutex`: it keeps the holder's Thread alive while a taker sets its breaker.
 * Locks: `mutex`, for a few instructions; nothing is taken under it.  Everything that waits here waits in os_wait.
 * Read next: breaker.c (who calls gil_yield), events.c (what is recorded), world.c (stop-the-world). */
#include "gil.h"

#include <errno.h>
#include <limits.h>

#include "../memory/alloc.h"
#include "../os/os.h"
#include "breaker.h"
#include "events.h"
#include "lock.h"
#include "world.h"

struct Gil {
    bool enabled;
    _Atomic uint32_t held;    /* takers wait on it */
    _Atomic uint32_t waiters; /* threads in gil_take */
    _Atomic uint32_t takes;   /* droppers of a forced switch wait on it */
    _Atomic uint32_t forced;  /* how many they are */
    Mutex mutex;
    Thread *holder;
};

Gil *gil_new(bool enabled)
{
    Gil *g = alloc_raw_zeroed(sizeof *g);
    if (g)
        g->enabled = enabled;
    return g;
}

void gil_free(Gil *g) { alloc_raw_free(g); }

bool gil_is_enabled(const Interp *interp) { return interp->gil->enabled; }

static ALWAYS_INLINE bool try_take(Gil *g)
{
    uint32_t free = 0;
    return atomic_compare_exchange_strong(&g->held, &free, 1);
}

static void ask_holder(Gil *g)
{
    mutex_lock(&g->mutex);
    if (g->holder)
        breaker_set(g->holder, BREAKER_DROP_GIL);
    mutex_unlock(&g->mutex);
}

static void wait_for_lock(Thread *t, Gil *g)
{
    int64_t interval = (int64_t)(atomic_load_explicit(&t->interp->switch_interval, memory_order_relaxed) * 1e9);
    if (interval < 1000)
        interval = 1000;
    atomic_fetch_add(&g->waiters, 1);
    uint32_t takes = atomic_load(&g->takes);
    int64_t deadline = os_monotonic() + interval;
    while (!try_take(g)) {
        int64_t left = deadline - os_monotonic();
        if (left > 0)
            os_wait(&g->held, 1, left);
        uint32_t now = atomic_load(&g->takes);
        if (now == takes && deadline - os_monotonic() > 0)
            continue;
        if (now == takes && atomic_load(&g->held) == 1)
            ask_holder(g);
        takes = now;
        deadline = os_monotonic() + interval;
    }
    atomic_fetch_sub(&g->waiters, 1);
}

void gil_take(Thread *t)
{
    Gil *g = t->interp->gil;
    if (!g->enabled)
        return;
    events_record(t, EVENT_WANTS, 0, 0);
    if (!try_take(g))
        wait_for_lock(t, g);
    mutex_lock(&g->mutex);
    g->holder = t;
    mutex_unlock(&g->mutex);
    breaker_clear(t, BREAKER_DROP_GIL);
    atomic_fetch_add(&g->takes, 1);
    if (UNLIKELY(atomic_load(&g->forced) != 0))
        os_wake(&g->takes, INT_MAX);
    events_record(t, EVENT_GOT, 0, 0);
}

static void release(Thread *t, Gil *g, EventReason reason)
{
    events_record(t, EVENT_GAVE_UP, reason,
                  reason == EVENT_INTERVAL ? 0 : atomic_load_explicit(&t->waiting_on, memory_order_relaxed));
    mutex_lock(&g->mutex);
    g->holder = NULL;
    mutex_unlock(&g->mutex);
    atomic_store(&g->held, 0);
    if (atomic_load(&g->waiters) != 0)
        os_wake(&g->held, 1);
}

void gil_drop(Thread *t, EventReason reason)
{
    Gil *g = t->interp->gil;
    if (g->enabled)
        release(t, g, reason);
}

void gil_yield(Thread *t)
{
    Gil *g = t->interp->gil;
    if (!g->enabled || atomic_load(&g->waiters) == 0) {
        breaker_clear(t, BREAKER_DROP_GIL);
        return;
    }
    if (UNLIKELY(t->free_threaded))
        world_detach(t);
    else
        atomic_store_explicit(&t->status, THREAD_DETACHED, memory_order_release);
    atomic_fetch_add(&g->forced, 1);
    uint32_t mine = atomic_load(&g->takes);
    release(t, g, EVENT_INTERVAL);
    while (atomic_load(&g->takes) == mine && atomic_load(&g->waiters) != 0)
        os_wait(&g->takes, mine, -1);
    atomic_fetch_sub(&g->forced, 1);
    thread_attach(t);
}

/* After fork in the child: the caller holds the lock and nobody waits. */
void gil_after_fork_child(Thread *t)
{
    Gil *g = t->interp->gil;
    atomic_store(&g->mutex.state, 0);
    atomic_store(&g->waiters, 0);
    atomic_store(&g->forced, 0);
    atomic_store(&g->held, g->enabled);
    g->holder = t;
}

/* ---- attached and detached ---- */

/* Daemon threads stop here when the interpreter ends: exiting instead would run C code of frames whose owners are gone. */
static COLD void hang(Thread *t)
{
    _Atomic uint32_t never = 0;
    if (t->free_threaded)
        world_detach(t); /* who is stopping the world may have counted this thread as running */
    else
        atomic_store(&t->status, THREAD_DETACHED);
    gil_drop(t, EVENT_END);
    for (;;)
        os_wait(&never, 0, -1);
}

void thread_detach(Thread *t, EventReason reason)
{
    int saved = errno;
    if (UNLIKELY(t->free_threaded)) {
        if (!gil_is_enabled(t->interp))
            events_record(t, EVENT_GAVE_UP, reason, atomic_load_explicit(&t->waiting_on, memory_order_relaxed));
        world_detach(t);
    } else {
        atomic_store_explicit(&t->status, THREAD_DETACHED, memory_order_release);
    }
    gil_drop(t, reason);
    errno = saved;
}

void thread_attach(Thread *t)
{
    int saved = errno;
    gil_take(t);
    if (UNLIKELY(t->free_threaded)) {
        bool lock = gil_is_enabled(t->interp);
        if (!lock)
            events_record(t, EVENT_WANTS, 0, 0);
        world_attach(t);
        if (!lock)
            events_record(t, EVENT_GOT, 0, 0);
    } else {
        atomic_store_explicit(&t->status, THREAD_ATTACHED, memory_order_relaxed);
    }
    Interp *interp = t->interp;
    if (UNLIKELY(atomic_load_explicit(&interp->finalizing, memory_order_relaxed)) &&
        t != (interp->finalizing_thread ? interp->finalizing_thread : interp->main_thread))
        hang(t);
    errno = saved;
}
