/* breaker.c: what a running thread does when its breaker word is set.
 *
 * The order is CPython's: stop for the world, merge, signals, pending calls, collection, the request for the lock, an asynchronous exception.
 * Any thread may set bits of any thread; only the thread itself clears them.
 * Locks: none held on entry or exit; called only where everything that the thread holds is counted (a poll).  Read next: gil.c, world.c, ../memory/cycle.c. */
#include "breaker.h"

#include "../debug/heapcheck.h"
#include "../memory/cycle.h"
#include "../memory/reclaim.h"
#include "../memory/ref.h"
#include "../object/error.h"
#include "gil.h"
#include "world.h"

void breaker_set(Thread *t, uint32_t bits) { atomic_fetch_or(&t->breaker, bits); }
void breaker_clear(Thread *t, uint32_t bits) { atomic_fetch_and(&t->breaker, ~bits); }

int breaker_check_signals(Thread *t)
{
    Interp *interp = t->interp;
    if (!(atomic_load(&t->breaker) & BREAKER_SIGNALS) || t != interp->main_thread)
        return 0;
    breaker_clear(t, BREAKER_SIGNALS);
    if (interp->run_signals && interp->run_signals(t) < 0)
        return -1;
    return 0;
}

static int raise_async(Thread *t)
{
    Value exc = world_take_async_exception(t);
    if (value_is_empty(exc))
        return 0;
    if (object_is(exc, KIND_TYPE)) {
        error_set_value(t, (Type *)value_object(exc), VALUE_EMPTY);
        ref_dec(t, exc);
    } else {
        error_set_take(t, exc);
    }
    return -1;
}

int breaker_handle(Thread *t)
{
    uint32_t bits = atomic_load(&t->breaker);
    if (bits & BREAKER_STOP_WORLD)
        world_park(t);
    if (bits & BREAKER_MERGE) {
        breaker_clear(t, BREAKER_MERGE);
        ref_merge_queue(t);
    }
    if (bits & BREAKER_RECLAIM)
        breaker_clear(t, BREAKER_RECLAIM);
    if (t->free_threaded)
        reclaim_checkpoint(t);
    if ((bits & BREAKER_SIGNALS) && breaker_check_signals(t) < 0)
        return -1;
    if (bits & BREAKER_PENDING) {
        breaker_clear(t, BREAKER_PENDING);
        if (world_run_pending(t) < 0)
            return -1;
    }
    if (bits & BREAKER_COLLECT) {
        breaker_clear(t, BREAKER_COLLECT);
        cycle_poll(t);
    }
    if (BATON_CHECKS && (bits & BREAKER_STRESS) && t->interp->heapcheck->collect)
        cycle_collect(t, 2);
    if (bits & (BREAKER_DROP_GIL | BREAKER_STRESS))
        gil_yield(t);
    if (bits & BREAKER_PENDING)
        return raise_async(t);
    return 0;
}
