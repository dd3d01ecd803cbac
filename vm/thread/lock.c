/* lock.c: where a thread waits for a lock: mutexes of the interpreter, threading.Lock, words, and time.sleep.
 *
 * Everything is os_wait on a word.  The waits of Python threads publish the word in t->waiting_on before they detach, so that signals and Stop, which only
 * set the breaker and wake, end them.  A signal may come between the look at the breaker and the wait; the main thread therefore waits in slices of
 * half a second.
 * Locks: none of its own; never called with a leaf lock held, mutexes excepted.  Read next: gil.c, ../lib/mod__thread.c. */
#include "lock.h"

#include <limits.h>

#include "../os/os.h"
#include "breaker.h"

#define SLICE 500000000

/* ---- Mutex ---- */

bool mutex_try_lock(Mutex *m)
{
    uint32_t free = 0;
    return atomic_compare_exchange_strong_explicit(&m->state, &free, 1, memory_order_acquire, memory_order_relaxed);
}

void mutex_lock(Mutex *m)
{
    if (LIKELY(mutex_try_lock(m)))
        return;
    while (atomic_exchange_explicit(&m->state, 2, memory_order_acquire) != 0)
        os_wait(&m->state, 2, -1);
}

void mutex_unlock(Mutex *m)
{
    if (UNLIKELY(atomic_exchange_explicit(&m->state, 0, memory_order_release) == 2))
        os_wake(&m->state, 1);
}

/* ---- waits of Python threads ---- */

static ALWAYS_INLINE bool interrupted(Thread *t)
{
    return (atomic_load(&t->breaker) & (BREAKER_SIGNALS | BREAKER_PENDING)) != 0;
}

/* One os_wait, bounded by the deadline (< 0: none) and, where a signal may be missed, by a slice.  False when the time is over. */
static bool wait_some(Thread *t, _Atomic uint32_t *word, uint32_t expected, int64_t deadline, bool interruptible)
{
    int64_t left = -1;
    if (deadline >= 0) {
        left = deadline - os_monotonic();
        if (left <= 0)
            return false;
    }
    if (interruptible && t->is_main && (left < 0 || left > SLICE))
        left = SLICE;
    os_wait(word, expected, left);
    return true;
}

static ALWAYS_INLINE int64_t deadline_of(int64_t timeout)
{
    int64_t deadline;
    if (timeout < 0)
        return -1;
    return __builtin_add_overflow(os_monotonic(), timeout, &deadline) ? INT64_MAX : deadline;
}

LockResult pylock_acquire(Thread *t, PyLock *lock, int64_t timeout, bool interruptible, EventReason reason)
{
    uint32_t free = 0;
    if (atomic_compare_exchange_strong(&lock->state, &free, 1))
        return LOCK_ACQUIRED;
    if (timeout == 0)
        return LOCK_FAILED;
    int64_t deadline = deadline_of(timeout);
    LockResult result = LOCK_ACQUIRED;
    atomic_store(&t->waiting_on, (uintptr_t)&lock->state);
    thread_detach(t, reason);
    while (atomic_exchange(&lock->state, 2) != 0) {
        if (interruptible && interrupted(t)) {
            result = LOCK_INTERRUPTED;
            break;
        }
        if (!wait_some(t, &lock->state, 2, deadline, interruptible)) {
            result = LOCK_FAILED;
            break;
        }
    }
    atomic_store(&t->waiting_on, 0);
    thread_attach(t);
    return result;
}

bool pylock_release(Thread *t, PyLock *lock)
{
    uint32_t old = atomic_load(&lock->state);
    do {
        if (old == 0)
            return false;
    } while (!atomic_compare_exchange_weak(&lock->state, &old, 0));
    if (old == 2)
        os_wake(&lock->state, 1);
    return true;
}

void recursive_acquire(Thread *t, RecursiveLock *lock)
{
    if (atomic_load(&lock->owner) != t) {
        pylock_acquire(t, (PyLock *)&lock->state, -1, false, EVENT_LOCK);
        atomic_store(&lock->owner, t);
    }
    lock->depth++;
}

bool recursive_release(Thread *t, RecursiveLock *lock)
{
    if (atomic_load(&lock->owner) != t)
        return false;
    if (--lock->depth == 0) {
        atomic_store(&lock->owner, NULL);
        pylock_release(t, (PyLock *)&lock->state);
    }
    return true;
}

LockResult thread_wait_word(Thread *t, _Atomic uint32_t *word, uint32_t expected, int64_t timeout, bool interruptible,
                            EventReason reason)
{
    if (atomic_load(word) != expected)
        return LOCK_ACQUIRED;
    if (timeout == 0)
        return LOCK_FAILED;
    int64_t deadline = deadline_of(timeout);
    LockResult result = LOCK_ACQUIRED;
    atomic_store(&t->waiting_on, (uintptr_t)word);
    thread_detach(t, reason);
    while (atomic_load(word) == expected) {
        if (interruptible && interrupted(t)) {
            result = LOCK_INTERRUPTED;
            break;
        }
        if (!wait_some(t, word, expected, deadline, interruptible)) {
            result = LOCK_FAILED;
            break;
        }
    }
    atomic_store(&t->waiting_on, 0);
    thread_attach(t);
    return result;
}

int thread_sleep(Thread *t, int64_t ns)
{
    if (ns <= 0) {
        if (gil_is_enabled(t->interp)) {
            gil_yield(t);
        } else {
            thread_detach(t, EVENT_SLEEP);
            os_thread_yield();
            thread_attach(t);
        }
        return breaker_check_signals(t);
    }
    int64_t deadline = deadline_of(ns);
    for (;;) {
        int64_t left = deadline - os_monotonic();
        if (left <= 0)
            return 0;
        if (thread_wait_word(t, &t->park, 0, left, true, EVENT_SLEEP) == LOCK_INTERRUPTED && breaker_handle(t) < 0)
            return -1;
    }
}
