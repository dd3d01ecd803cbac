/* breaker.h: the eval breaker: one word a thread, polled at loop back-edges, function entry and resumption, and after calls into C. */
#ifndef BATON_THREAD_BREAKER_H
#define BATON_THREAD_BREAKER_H

#include "state.h"

static ALWAYS_INLINE bool breaker_is_set(const Thread *t)
{
    return UNLIKELY(atomic_load_explicit(&t->breaker, memory_order_relaxed) != 0);
}
/* Handles what the word asks for: hand over the lock, signals and pending calls (main thread), collect, stop for the world, merge.
 * 0, or -1 with an exception pending (KeyboardInterrupt, an asynchronous exception, ...). */
int breaker_handle(Thread *t);
void breaker_set(Thread *t, uint32_t bits); /* any thread may set any thread's bits */
void breaker_clear(Thread *t, uint32_t bits);
/* Arranges `fn(t, arg)` to run soon on the main thread (or on thread `target` if not NULL); may be called detached. 0, or -1 when the queue is full. */
int breaker_add_pending(Interp *interp, Thread *target, int (*fn)(Thread *t, void *arg), void *arg);
/* Checks for signals at once (after EINTR): 0, or -1 when a handler raised. */
int breaker_check_signals(Thread *t);

#endif
