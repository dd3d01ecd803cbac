/* mod__thread_lock.c: _thread.lock and _thread.RLock.
 *
 * Waiting itself is pylock_acquire (../thread/lock.c): detached, ended by signals, whose handlers run here between two waits.
 * Invariant of RLock: `owner` and `count` are written by the thread that holds `lock` only; another thread may read `owner`, and finds its own id there only if it wrote it.
 * Locks: none but those that the objects are. */
#include "mod__thread.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/str.h"
#include "../os/os.h"
#include "../thread/breaker.h"
#include "../thread/lock.h"
#include "clock.h"

typedef struct Lock {
    Object head;
    PyLock lock;
    Object *weakrefs;
} Lock;

typedef struct RLock {
    Object head;
    PyLock lock;
    _Atomic uint64_t owner; /* Thread.id, 0: nobody */
    uint64_t count;
    Object *weakrefs;
} RLock;

static Lock *lock_of(Value v) { return (Lock *)value_object(v); }
static RLock *rlock_of(Value v) { return (RLock *)value_object(v); }

/* The arguments of acquire: the timeout in ns, 0 not to block, -1 for ever. 0, or -1 with an exception. */
static int parse_acquire(Thread *t, Value blocking, Value timeout, int64_t *ns)
{
    int block = value_is_empty(blocking) ? 1 : object_truth(t, blocking);
    if (block < 0)
        return -1;
    *ns = -1;
    if (!value_is_empty(timeout) && !value_is(timeout, value_from_int(-1))) {
        if (clock_from_seconds(t, timeout, CLOCK_AWAY, ns) < 0)
            return -1;
        if (*ns == -1000000000)
            *ns = -1;
        else if (!block)
            return error_set(t, EXC_ValueError, "can't specify a timeout for a non-blocking call"), -1;
        else if (*ns < 0)
            return error_set(t, EXC_ValueError, "timeout value must be a non-negative number"), -1;
    }
    if (!block)
        *ns = 0;
    return 0;
}

/* Acquires, running signal handlers meanwhile: 1 acquired, 0 timed out, -1 a handler raised. */
static int acquire(Thread *t, Object *owner, PyLock *lock, int64_t timeout)
{
    LockResult result = pylock_acquire(t, lock, 0, false, EVENT_LOCK);
    if (result == LOCK_ACQUIRED || timeout == 0)
        return result == LOCK_ACQUIRED;
    int64_t deadline = timeout < 0 ? -1 : os_monotonic() + timeout;
    int answer = -1;
    ref_inc_object(t, owner); /* nothing else may hold it while this thread waits */
    for (;;) {
        result = pylock_acquire(t, lock, timeout, true, EVENT_LOCK);
        if (result != LOCK_INTERRUPTED) {
            answer = result == LOCK_ACQUIRED;
            break;
        }
        if (breaker_handle(t) < 0)
            break;
        if (timeout >= 0) {
            timeout = deadline - os_monotonic();
            if (timeout < 0)
                timeout = 0;
        }
    }
    ref_dec_object(t, owner);
    return answer;
}

#define ACQUIRE_SIGNATURE "($self, /, blocking=True, timeout=-1)"

/* ---- lock ---- */

NATIVE(lock_acquire, "acquire", ACQUIRE_SIGNATURE,
       "Acquires the lock: waits for it, at most `timeout` seconds, unless blocking is false.\n\nTells whether the "
       "lock was acquired. Waiting is ended by signals.")
{
    int64_t timeout;
    if (parse_acquire(t, args[1], args[2], &timeout) < 0)
        return VALUE_EMPTY;
    int got = acquire(t, value_object(args[0]), &lock_of(args[0])->lock, timeout);
    return got < 0 ? VALUE_EMPTY : value_from_bool(got);
}
static const NativeDef native_lock_acquire_lock = {"acquire_lock", ACQUIRE_SIGNATURE, "An obsolete name of acquire().",
                                                   native_fn_lock_acquire, 0};

NATIVE(lock_enter, "__enter__", "($self, /)", "Acquires the lock.")
{
    int got = acquire(t, value_object(args[0]), &lock_of(args[0])->lock, -1);
    return got < 0 ? VALUE_EMPTY : value_from_bool(got);
}

NATIVE(lock_release, "release", "($self, /)",
       "Releases the lock, so that another thread that waits for it can have it.\n\nThe lock must be locked, but any "
       "thread may release it.")
{
    if (!pylock_release(t, &lock_of(args[0])->lock))
        return error_set(t, EXC_RuntimeError, "release unlocked lock");
    return VALUE_NONE;
}
static const NativeDef native_lock_release_lock = {"release_lock", "($self, /)", "An obsolete name of release().",
                                                   native_fn_lock_release, 0};

NATIVE(lock_exit, "__exit__", "($self, /, *exc_info)", "Releases the lock.")
{
    if (!pylock_release(t, &lock_of(args[0])->lock))
        return error_set(t, EXC_RuntimeError, "release unlocked lock");
    return VALUE_NONE;
}

NATIVE(lock_locked, "locked", "($self, /)", "Tells whether the lock is locked.")
{
    return value_from_bool(pylock_locked(&lock_of(args[0])->lock));
}
static const NativeDef native_lock_locked_lock = {"locked_lock", "($self, /)", "An obsolete name of locked().",
                                                  native_fn_lock_locked, 0};

NATIVE(lock_at_fork_reinit, "_at_fork_reinit", "($self, /)", "Makes the lock a fresh one, in the child of a fork.")
{
    atomic_store(&lock_of(args[0])->lock.state, 0);
    return VALUE_NONE;
}

static Value lock_repr(Thread *t, Value self)
{
    return str_format(t, "<%s %T object at %p>", pylock_locked(&lock_of(self)->lock) ? "locked" : "unlocked", self,
                      (void *)value_object(self));
}

static Value lock_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    if (native_parse(t, "lock", "()", args, n, names, NULL) < 0)
        return VALUE_EMPTY;
    return value_of(type_alloc(t, type, 0));
}

Value thread_lock_new(Thread *t) { return value_of(type_alloc(t, thread_state(t)->lock_type, 0)); }

static const NativeDef *const lock_methods[] = {
    &native_lock_acquire_lock,   &native_lock_acquire,
    &native_lock_release_lock,   &native_lock_release,
    &native_lock_locked_lock,    &native_lock_locked,
    &native_lock_enter,          &native_lock_exit,
    &native_lock_at_fork_reinit, NULL,
};

const TypeSpec type_spec_thread_lock = {
    .name = "_thread.lock",
    .doc = "The simplest lock: locked or unlocked, owned by nobody.\n\nIt is a context manager. A blocked acquire() "
           "ends as soon as any thread releases the lock.",
    .flags = TYPE_IMMUTABLE,
    .size = sizeof(Lock),
    .weak_offset = offsetof(Lock, weakrefs),
    .methods = lock_methods,
    .signature = "()",
    .slots = {.create = lock_create, .repr = lock_repr},
};

/* ---- RLock ---- */

static bool is_mine(Thread *t, RLock *r) { return atomic_load_explicit(&r->owner, memory_order_relaxed) == t->id; }

static Value rlock_acquire(Thread *t, Value self, int64_t timeout)
{
    RLock *r = rlock_of(self);
    if (is_mine(t, r)) {
        r->count++;
        return VALUE_TRUE;
    }
    int got = acquire(t, &r->head, &r->lock, timeout);
    if (got <= 0)
        return got < 0 ? VALUE_EMPTY : VALUE_FALSE;
    store_relaxed(&r->owner, t->id);
    r->count = 1;
    return VALUE_TRUE;
}

static Value rlock_release(Thread *t, Value self)
{
    RLock *r = rlock_of(self);
    if (!is_mine(t, r))
        return error_set(t, EXC_RuntimeError, "cannot release un-acquired lock");
    if (--r->count == 0) {
        store_relaxed(&r->owner, 0);
        pylock_release(t, &r->lock);
    }
    return VALUE_NONE;
}

NATIVE(rlock_acquire, "acquire", ACQUIRE_SIGNATURE,
       "Acquires the lock: at once if this thread owns it already, and then it must be released that many "
       "times.\n\nElse as lock.acquire().")
{
    int64_t timeout;
    if (parse_acquire(t, args[1], args[2], &timeout) < 0)
        return VALUE_EMPTY;
    return rlock_acquire(t, args[0], timeout);
}

NATIVE(rlock_enter, "__enter__", "($self, /)", "Acquires the lock.") { return rlock_acquire(t, args[0], -1); }

NATIVE(rlock_release, "release", "($self, /)",
       "Releases the lock, once for each time that it was acquired; only its owner may.")
{
    return rlock_release(t, args[0]);
}

NATIVE(rlock_exit, "__exit__", "($self, /, *exc_info)", "Releases the lock.") { return rlock_release(t, args[0]); }

NATIVE(rlock_locked, "locked", "($self, /)", "Tells whether some thread owns the lock.")
{
    return value_from_bool(pylock_locked(&rlock_of(args[0])->lock));
}

NATIVE(rlock_acquire_restore, "_acquire_restore", "($self, state, /)",
       "For Condition: acquires the lock again as often as _release_save() said.")
{
    uint64_t count, owner;
    if (!tuple_check(args[1]) || tuple_length(args[1]) != 2)
        return error_set(t, EXC_TypeError, "_acquire_restore() argument must be 2-item tuple, not %T", args[1]);
    if (int_to_uint64(t, tuple_peek(args[1], 0), &count) < 0 || int_to_uint64(t, tuple_peek(args[1], 1), &owner) < 0)
        return VALUE_EMPTY;
    RLock *r = rlock_of(args[0]);
    while (pylock_acquire(t, &r->lock, -1, false, EVENT_LOCK) != LOCK_ACQUIRED)
        ;
    store_relaxed(&r->owner, owner);
    r->count = count;
    return VALUE_NONE;
}

NATIVE(rlock_release_save, "_release_save", "($self, /)",
       "For Condition: releases the lock however often it was acquired.")
{
    RLock *r = rlock_of(args[0]);
    if (r->count == 0 || !is_mine(t, r))
        return error_set(t, EXC_RuntimeError, "cannot release un-acquired lock");
    Value count = int_from_uint64(t, r->count), owner = int_from_uint64(t, t->id);
    Value state = value_is_empty(count) || value_is_empty(owner) ? VALUE_EMPTY : tuple_pack(t, 2, count, owner);
    ref_dec(t, count);
    ref_dec(t, owner);
    if (value_is_empty(state))
        return VALUE_EMPTY;
    r->count = 0;
    store_relaxed(&r->owner, 0);
    pylock_release(t, &r->lock);
    return state;
}

NATIVE(rlock_is_owned, "_is_owned", "($self, /)", "For Condition: tells whether this thread owns the lock.")
{
    return value_from_bool(is_mine(t, rlock_of(args[0])));
}

NATIVE(rlock_recursion_count, "_recursion_count", "($self, /)", "How often this thread has acquired the lock.")
{
    return is_mine(t, rlock_of(args[0])) ? int_from_uint64(t, rlock_of(args[0])->count) : value_from_int(0);
}

NATIVE(rlock_at_fork_reinit, "_at_fork_reinit", "($self, /)", "Makes the lock a fresh one, in the child of a fork.")
{
    RLock *r = rlock_of(args[0]);
    r->count = 0;
    atomic_store(&r->owner, 0);
    atomic_store(&r->lock.state, 0);
    return VALUE_NONE;
}

static Value rlock_repr(Thread *t, Value self)
{
    RLock *r = rlock_of(self);
    uint64_t owner = atomic_load_explicit(&r->owner, memory_order_relaxed);
    return str_format(t, "<%s %T object owner=%llu count=%llu at %p>", owner ? "locked" : "unlocked", self,
                      (unsigned long long)owner, (unsigned long long)(owner ? r->count : 0), (void *)r);
}

static Value rlock_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    return value_of(type_alloc(t, type, 0)); /* takes any arguments, as CPython's does, for subclasses */
}

static const NativeDef *const rlock_methods[] = {
    &native_rlock_acquire,
    &native_rlock_release,
    &native_rlock_locked,
    &native_rlock_is_owned,
    &native_rlock_acquire_restore,
    &native_rlock_release_save,
    &native_rlock_recursion_count,
    &native_rlock_enter,
    &native_rlock_exit,
    &native_rlock_at_fork_reinit,
    NULL,
};

const TypeSpec type_spec_thread_rlock = {
    .name = "_thread.RLock",
    .doc = "A lock that its owner may acquire again.",
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(RLock),
    .weak_offset = offsetof(RLock, weakrefs),
    .methods = rlock_methods,
    .slots = {.create = rlock_create, .repr = rlock_repr},
};
