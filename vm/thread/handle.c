/* handle.c: Python threads come to life and end.
 *
 * The starter makes the Thread, starts the OS thread and waits, detached, until it has bound itself, so that the identity is known when start returns.  `done` is
 * set as the very last act, after the Thread is gone: who has joined finds everything released.
 * Locks: interp->handles_lock around the list of all handles, which fork needs.  Read next: world.c (thread_new to thread_end), ../lib/mod__thread.c. */
#include "handle.h"

#include <limits.h>

#include "../memory/alloc.h"
#include "../object/error.h"
#include "../os/os.h"
#include "breaker.h"
#include "world.h"

ThreadHandle *handle_new(Interp *interp)
{
    ThreadHandle *h = alloc_raw_zeroed(sizeof *h);
    if (!h)
        return NULL;
    h->references = 1;
    h->interp = interp;
    mutex_lock(&interp->handles_lock);
    h->next = interp->handles;
    if (h->next)
        h->next->previous = h;
    interp->handles = h;
    mutex_unlock(&interp->handles_lock);
    return h;
}

void handle_release(ThreadHandle *h)
{
    if (!h)
        return;
    Interp *interp = h->interp;
    mutex_lock(&interp->handles_lock); /* so that next_to_join never finds one that is being freed */
    bool last = atomic_fetch_sub(&h->references, 1) == 1;
    if (last) {
        if (h->previous)
            h->previous->next = h->next;
        else
            interp->handles = h->next;
        if (h->next)
            h->next->previous = h->previous;
    }
    mutex_unlock(&interp->handles_lock);
    if (last)
        alloc_raw_free(h);
}

typedef struct Boot {
    Thread *t;
    ThreadHandle *handle;
    void (*main)(Thread *t, void *arg);
    void *arg;
} Boot;

static void mark_done(ThreadHandle *h)
{
    atomic_store(&h->done, 1);
    os_wake(&h->done, INT_MAX);
}

static void run(void *p)
{
    Boot boot = *(Boot *)p;
    Thread *t = boot.t;
    Interp *interp = t->interp;
    ThreadHandle *h = boot.handle;
    alloc_raw_free(p);
    thread_bind(t);
    atomic_store(&h->ident, t->id);
    atomic_store(&h->state, HANDLE_RUNNING);
    os_wake(&h->state, INT_MAX);
    thread_attach(t);
    if (frame_stack_new(t) < 0)
        error_unraisable(t, VALUE_EMPTY, "Exception ignored while starting a thread");
    else
        boot.main(t, boot.arg);
    atomic_fetch_add(&interp->ending_threads, 1);
    atomic_fetch_sub(&interp->started_threads, 1);
    thread_end(t);
    os_thread_ends();
    mark_done(h);
    handle_release(h);
    atomic_fetch_sub(&interp->ending_threads, 1); /* the last look at the interpreter: interp_free waits for it */
}

int handle_start(Thread *t, ThreadHandle *h, bool daemon, size_t stack_size, void (*main)(Thread *t, void *arg),
                 void *arg)
{
    Interp *interp = t->interp;
    uint32_t state = HANDLE_NOT_STARTED;
    if (!atomic_compare_exchange_strong(&h->state, &state, HANDLE_STARTING)) {
        error_set(t, EXC_RuntimeError, "thread already started");
        return -1;
    }
    if (atomic_load(&interp->finalizing)) {
        atomic_store(&h->state, HANDLE_NOT_STARTED);
        error_set(t, EXC_PythonFinalizationError, "can't create new thread at interpreter shutdown");
        return -1;
    }
    Boot *boot = alloc_raw(sizeof *boot);
    Thread *fresh = boot ? thread_new(interp) : NULL;
    if (!fresh) {
        alloc_raw_free(boot);
        atomic_store(&h->state, HANDLE_NOT_STARTED);
        error_no_memory(t);
        return -1;
    }
    *boot = (Boot){fresh, handle_retain(h), main, arg};
    h->daemon = fresh->daemon = daemon;
    h->started = fresh->started = true;
    atomic_fetch_add(&interp->started_threads, 1);
    OsThread os_thread;
    if (os_thread_start(&os_thread, run, boot, stack_size) < 0) {
        atomic_fetch_sub(&interp->started_threads, 1);
        h->started = false;
        handle_release(h);
        thread_discard(t, fresh);
        alloc_raw_free(boot);
        atomic_store(&h->state, HANDLE_NOT_STARTED);
        error_set(t, EXC_RuntimeError, "can't start new thread");
        return -1;
    }
    thread_wait_word(t, &h->state, HANDLE_STARTING, -1, false, EVENT_COMPUTE);
    return 0;
}

void handle_adopt(ThreadHandle *h, uint64_t ident)
{
    atomic_store(&h->ident, ident);
    atomic_store(&h->state, HANDLE_RUNNING);
}

LockResult handle_join(Thread *t, ThreadHandle *h, int64_t timeout)
{
    return thread_wait_word(t, &h->done, 0, timeout, true, EVENT_JOIN);
}

void handle_set_done(Thread *t, ThreadHandle *h) { mark_done(h); }

/* One that must be waited for, with a reference; or NULL. */
static ThreadHandle *next_to_join(Thread *t)
{
    mutex_lock(&t->interp->handles_lock);
    ThreadHandle *h = t->interp->handles;
    while (h && (!h->started || h->daemon || handle_is_done(h) || atomic_load(&h->ident) == t->id))
        h = h->next;
    if (h)
        handle_retain(h);
    mutex_unlock(&t->interp->handles_lock);
    return h;
}

int handle_shutdown(Thread *t)
{
    ThreadHandle *h;
    while ((h = next_to_join(t)) != NULL) {
        LockResult result = handle_join(t, h, -1);
        handle_release(h);
        if (result == LOCK_INTERRUPTED && breaker_handle(t) < 0)
            return -1;
    }
    return 0;
}

void handle_after_fork_child(Thread *t)
{
    Interp *interp = t->interp;
    atomic_store(&interp->handles_lock.state, 0);
    atomic_store(&interp->started_threads, t->started);
    atomic_store(&interp->ending_threads, 0);
    for (ThreadHandle *h = interp->handles; h; h = h->next) {
        if (atomic_load(&h->state) != HANDLE_NOT_STARTED && atomic_load(&h->ident) != t->id)
            atomic_store(&h->done, 1);
    }
}

size_t handle_count(Interp *interp) { return atomic_load(&interp->started_threads); }
