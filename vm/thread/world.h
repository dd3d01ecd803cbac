/* world.h: all threads of an interpreter: making, listing, stopping and ending them. */
#ifndef BATON_THREAD_WORLD_H
#define BATON_THREAD_WORLD_H

#include "gil.h"

/* The interpreter and its main thread, attached, before any type exists. NULL: no memory. */
Interp *interp_new(const Config *config);
/* Frees the C structures and all memory of objects without looking inside.  With threads left (they hang, or are still in C code) nothing may be freed and
 * nothing is: the process is about to end. */
void interp_free(Interp *interp);
/* Makes everything that exists before Python code can run: strings, types, exceptions, singletons, sys.modules.  0, or -1 with a message on stderr. */
int interp_bootstrap(Thread *t);
/* A Thread for a new Python thread, not yet attached; the creator calls it, the new OS thread then calls thread_bind and thread_attach. NULL: no memory. */
Thread *thread_new(Interp *interp);
void thread_bind(Thread *t); /* on the OS thread that will run it: ids, stack guard, heap */
void thread_end(
    Thread *t); /* attached, its last act: releases all it holds, hands its heap and objects over, detaches, frees t */
void thread_release_values(Thread *t);         /* what its C structures own in Python objects */
void thread_discard(Thread *t, Thread *fresh); /* a Thread that was never bound; t is the caller's */
/* Stops all other threads at their next poll (they are detached or suspended when it returns); balanced by world_start. */
void world_stop(Thread *t);
void world_start(Thread *t);
/* After fork in the child: only the calling thread exists. */
void world_after_fork_child(Thread *t);
/* Sets another thread's asynchronous exception (PyThreadState_SetAsyncExc): true if the thread exists. */
bool thread_set_async_exception(Thread *t, uint64_t id, Value exc_or_empty);

/* The end begins: sys.is_finalizing() is true, and every other thread hangs when it attaches. */
void world_finalize(Thread *t);
/* Calls fn for each thread of the interpreter under the world's lock; non-zero stops. */
int world_each(Interp *interp, int (*fn)(Thread *x, void *arg), void *arg);
/* Is t the only thread, so that nobody can look at anything before it starts another one? */
static inline bool world_is_alone(const Thread *t)
{
    return !__atomic_load_n(&t->next, __ATOMIC_RELAXED) && !__atomic_load_n(&t->previous, __ATOMIC_RELAXED);
}
/* Number of threads but the caller's. */
size_t world_others(Thread *t);

/* ---- for interp.c, gil.c, breaker.c, ref.c ---- */

World *world_new(void);
void world_free(World *w);

/* With the lock off: attaching and detaching as stop-the-world sees it. */
void world_attach(Thread *t);
void world_detach(Thread *t);
/* At a poll, when stop-the-world is asked for: waits until the world starts again. */
void world_park(Thread *t);
/* Another thread owns o and it was just marked REF_SHARED_QUEUED: merges at once if the owner cannot run, else queues it there.  True if o is dead. */
bool world_queue_merge(Thread *t, Object *o);
/* The next object queued for this thread, or NULL. */
Object *world_take_merge(Thread *t);
/* The smallest epoch (Thread.quiescent, reclaim.h) among the attached threads, t included; asks laggards for a checkpoint. */
uint32_t world_quiescent(Thread *t, uint32_t epoch);
/* Around fork(): the parent's world is stopped and its locks are free in the child. */
void world_before_fork(Thread *t);
void world_after_fork_parent(Thread *t);
/* The asynchronous exception set for this thread (owned), or empty. */
Value world_take_async_exception(Thread *t);
/* Pending calls (breaker.h). */
int world_run_pending(Thread *t);

#endif
