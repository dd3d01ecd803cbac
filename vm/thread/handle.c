/* handle.c: Python threads come to life and end.
 *
 * The starter makes the Thread, starts the OS thread and waits, detached, until it has bound itself, so that the identity is known when start returns.  `done` is
 * set as the very last act, after the Thread is gone: who has joined finds everything released.
 * Locks: interp->handles_lock around the list.  Read next: world.c (thread_new to thread_end), ../lib/mod__thread.c. */
#include "handle.h"

#include <limits.h>

#include "../memory/alloc.h"
#include "../object/error.h"
#include "../os/os.h"
#include "breaker.h"
#include "world.h"

ThreadHandle *handle_new(void)
{
    ThreadHandle *h = alloc_raw_zeroed(sizeof *h);
    if (h)
        h->references = 1;
    return h;
}

void handle_release(ThreadHandle *h)
{
    if (h && atomic_fetch_sub(&h->references, 1) == 1)
        alloc_raw_free(h);
}

static void list_add(Interp *interp, ThreadHandle *h)
{
    mutex_lock(&interp->handles_lock);
    h->next = interp->handles;
    h->previous = NULL;
    if (h->next)
        h->next->previous = h;
    interp->handles = h;
    h->listed = true;
    mutex_unlock(&interp->handles_lock);
}

static void list_remove(Interp *interp, ThreadHandle *h)
{
    mutex_lock(&interp->handles_lock);
    if (h->listed) {
        if (h->previous)
            h->previous->next = h->next;
        else
            interp->handles = h->next;
        if (h->next)
            h->next->previous = h->previous;
        h->listed = false;
    }
    mutex_unlock(&interp->handles_lock);
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
    atomic_fetch_sub(&interp->started_threads, 1);
    list_remove(interp, h);
    thread_end(t);
    os_thread_ends();
    mark_done(h);
    handle_release(h);
}

int handle_start(Thread *t, ThreadHandle *h, bool daemon, size_t stack_size, void (*main)(Thread *t, void *arg), void *arg)
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
    fresh->daemon = h->daemon = daemon;
    fresh->started = true;
    if (!daemon)
        list_add(interp, h);
    atomic_fetch_add(&interp->started_threads, 1);
    OsThread os_thread;
    if (os_thread_start(&os_thread, run, boot, stack_size) < 0) {
        atomic_fetch_sub(&interp->started_threads, 1);
        if (!daemon)
            list_remove(interp, h);
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

void handle_set_done(Thread *t, ThreadHandle *h)
{
    list_remove(t->interp, h);
    mark_done(h);
}

int handle_shutdown(Thread *t)
{
    Interp *interp = t->interp;
    for (;;) {
        mutex_lock(&interp->handles_lock);
        ThreadHandle *h = interp->handles;
        while (h && atomic_load(&h->ident) == t->id)
            h = h->next;
        if (h)
            handle_retain(h);
        mutex_unlock(&interp->handles_lock);
        if (!h)
            return 0;
        LockResult result = handle_join(t, h, -1);
        if (result == LOCK_ACQUIRED)
            list_remove(interp, h); /* one that never ran: its starter failed */
        handle_release(h);
        if (result == LOCK_INTERRUPTED && breaker_handle(t) < 0)
            return -1;
    }
}

void handle_after_fork_child(Thread *t)
{
    Interp *interp = t->interp;
    atomic_store(&interp->handles_lock.state, 0);
    atomic_store(&interp->started_threads, t->started);
    ThreadHandle *next;
    for (ThreadHandle *h = interp->handles; h; h = next) {
        next = h->next;
        if (atomic_load(&h->ident) == t->id)
            continue;
        h->listed = false;
        if (h->previous)
            h->previous->next = next;
        else
            interp->handles = next;
        if (next)
            next->previous = h->previous;
        atomic_store(&h->done, 1);
    }
}

size_t handle_count(Interp *interp) { return atomic_load(&interp->started_threads); }
