/* handle.h: starting, joining and ending Python threads: what _thread._ThreadHandle and start_new_thread stand on. */
#ifndef BATON_THREAD_HANDLE_H
#define BATON_THREAD_HANDLE_H

#include "lock.h"

typedef enum HandleState { HANDLE_NOT_STARTED, HANDLE_STARTING, HANDLE_RUNNING } HandleState;

/* One Python thread, or the promise of one; counted by the objects and threads that use it. */
typedef struct ThreadHandle {
    _Atomic uint32_t references;
    _Atomic uint32_t state; /* HandleState; the starter waits on it */
    _Atomic uint32_t done;  /* 1 when the thread has let go of all it had; joiners wait on it */
    _Atomic uint64_t ident;
    _Atomic bool daemon;
    _Atomic bool started; /* by handle_start */
    Interp *interp;
    struct ThreadHandle *next, *previous; /* in interp->handles: all there are */
} ThreadHandle;

ThreadHandle *handle_new(Interp *interp); /* one reference; NULL: no memory */
void handle_release(ThreadHandle *h);
static inline ThreadHandle *handle_retain(ThreadHandle *h) { return atomic_fetch_add(&h->references, 1), h; }

/* Starts main(t, arg) on a new Python thread, attached.  0; -1 with RuntimeError ("can't start new thread", "thread already started"); `arg` stays the caller's on failure. */
int handle_start(Thread *t, ThreadHandle *h, bool daemon, size_t stack_size, void (*main)(Thread *t, void *arg),
                 void *arg);
/* The handle of a thread that runs already (the main thread, a foreign one). */
void handle_adopt(ThreadHandle *h, uint64_t ident);
/* Waits for its end: LOCK_ACQUIRED, LOCK_FAILED (timeout) or LOCK_INTERRUPTED.  timeout in ns, < 0 for ever. */
LockResult handle_join(Thread *t, ThreadHandle *h, int64_t timeout);
static inline bool handle_is_done(const ThreadHandle *h) { return atomic_load(&h->done) != 0; }
void handle_set_done(Thread *t, ThreadHandle *h);
/* Waits for all threads that are no daemons: 0, or -1 when a signal handler raised. */
int handle_shutdown(Thread *t);
/* In the child of a fork: all others are done. */
void handle_after_fork_child(Thread *t);
/* Threads started and not yet ended. */
size_t handle_count(Interp *interp);

#endif
