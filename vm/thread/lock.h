/* lock.h: waiting primitives for Python threads, built on os_wait and os_wake only: native and in the browser the same.
 *
 * All waits publish the address waited on in t->waiting_on, detach from the interpreter, and end early for signals and Stop. */
#ifndef BATON_THREAD_LOCK_H
#define BATON_THREAD_LOCK_H

#include "gil.h"

/* Mutex: state.h. */
void mutex_lock(Mutex *m);
void mutex_unlock(Mutex *m);
bool mutex_try_lock(Mutex *m);

/* threading.Lock: may be released by another thread. */
typedef struct PyLock {
    _Atomic uint32_t state;
} PyLock;
typedef enum LockResult { LOCK_FAILED, LOCK_ACQUIRED, LOCK_INTERRUPTED } LockResult;
/* timeout in ns: 0 does not block, < 0 waits for ever.  Detaches while waiting.  With `interruptible`, LOCK_INTERRUPTED when a signal arrived (the caller runs
 * breaker_check_signals and retries with the time left). */
LockResult pylock_acquire(Thread *t, PyLock *lock, int64_t timeout, bool interruptible, EventReason reason);
bool pylock_release(Thread *t, PyLock *lock); /* false: it was not locked */
static inline bool pylock_locked(const PyLock *lock)
{
    return atomic_load_explicit(&lock->state, memory_order_relaxed) != 0;
}

/* RecursiveLock: state.h. */
void recursive_acquire(Thread *t, RecursiveLock *lock);
bool recursive_release(Thread *t, RecursiveLock *lock); /* false: it is not the thread's */
static inline bool recursive_held(const RecursiveLock *lock)
{
    return atomic_load_explicit(&lock->state, memory_order_relaxed) != 0;
}

/* Waits, detached, until *word != expected, the timeout ends, or a signal or Stop comes: the general form of the above. */
LockResult thread_wait_word(Thread *t, _Atomic uint32_t *word, uint32_t expected, int64_t timeout, bool interruptible,
                            EventReason reason);
/* time.sleep: 0, or -1 when a signal handler raised; resumes after EINTR as PEP 475 says. */
int thread_sleep(Thread *t, int64_t ns);

#endif
