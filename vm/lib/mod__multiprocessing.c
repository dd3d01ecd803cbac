/* mod__multiprocessing.c: the module _multiprocessing: SemLock, a lock or semaphore between processes.
 *
 * Beneath is a named POSIX semaphore: a child made by fork has it already, any other opens it again by its name (_rebuild).  A recursive mutex is a semaphore of 1
 * plus `owner` and `count` in each process.  Waiting is detached and ended by signals, whose handlers run between two waits.
 * Invariant: `owner` and `count` are written by the thread that holds the semaphore; another thread finds its own id in `owner` only if it wrote it.  For
 * semaphores that are no mutex `count` only informs.  No locks. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <semaphore.h>
#include <time.h>

#include "../memory/alloc.h"
#include "../object/dict.h"
#include "../object/module.h"
#include "../os/os.h"
#include "argument.h"
#include "posix_path.h"

enum { RECURSIVE_MUTEX, SEMAPHORE };

typedef struct SemLock {
    Object head;
    sem_t *handle;
    int kind, max;
    char *name;             /* alloc_memory; NULL: cannot be opened by others */
    _Atomic uint64_t owner; /* Thread.id */
    _Atomic int count;      /* acquired less released in this process */
} SemLock;

static SemLock *semlock_of(Value v) { return (SemLock *)value_object(v); }
static bool is_mine(Thread *t, SemLock *s) { return s->count > 0 && s->owner == t->id; }

/* ---- waiting ---- */

/* Waits until the time `until` of the realtime clock, NULL for ever: 0, or -1 with errno. */
static int wait_until(Thread *t, SemLock *s, const struct timespec *until)
{
    thread_detach(t, EVENT_LOCK);
    int result = until ? sem_timedwait(s->handle, until) : sem_wait(s->handle);
    thread_attach(t);
    return result;
}

/* Acquires, running signal handlers meanwhile.  timeout in ns; -1 for ever, 0 not to wait: 1 acquired, 0 not, -1 error. */
static int acquire(Thread *t, SemLock *s, int64_t timeout)
{
    if (s->kind == RECURSIVE_MUTEX && is_mine(t, s)) {
        s->count++;
        return 1;
    }
    int result;
    do
        result = sem_trywait(s->handle);
    while (result < 0 && errno == EINTR);
    if (result < 0 && errno == EAGAIN && timeout != 0) {
        struct timespec until;
        if (timeout > 0) {
            int64_t now = os_realtime();
            int64_t end = timeout > INT64_MAX - now ? INT64_MAX : now + timeout;
            until = (struct timespec){end / 1000000000, end % 1000000000};
        }
        do
            result = wait_until(t, s, timeout < 0 ? NULL : &until);
        while (result < 0 && errno == EINTR && breaker_check_signals(t) == 0);
    }
    if (result < 0) {
        if (error_pending(t))
            return -1;
        return errno == EAGAIN || errno == ETIMEDOUT ? 0 : (error_from_errno(t, errno), -1);
    }
    s->count++;
    s->owner = t->id;
    return 1;
}

static Value release(Thread *t, SemLock *s)
{
    if (s->kind == RECURSIVE_MUTEX) {
        if (!is_mine(t, s))
            return error_set(t, EXC_AssertionError, "attempt to release recursive lock not owned by thread");
        if (s->count > 1) {
            s->count--;
            return VALUE_NONE;
        }
    } else {
        int value;
        if (sem_getvalue(s->handle, &value) < 0)
            return error_from_errno(t, errno);
        if (value >= s->max)
            return error_set(t, EXC_ValueError, "semaphore or lock released too many times");
    }
    s->count--; /* before anyone else may have it */
    if (sem_post(s->handle) < 0) {
        s->count++;
        return error_from_errno(t, errno);
    }
    return VALUE_NONE;
}

/* ---- methods ---- */

NATIVE(semlock_acquire, "acquire", "($self, /, block=True, timeout=None)",
       "Acquires it: waits, at most `timeout` seconds, unless `block` is false. Tells whether it was acquired.")
{
    int block = argument_bool(t, args[1], 1);
    int64_t timeout = block ? -1 : 0;
    if (block < 0)
        return VALUE_EMPTY;
    if (block && !value_is_empty(args[2]) && !value_is_none(args[2])) {
        double seconds = number_to_double(t, args[2]);
        if (seconds == -1 && error_pending(t))
            return VALUE_EMPTY;
        timeout = !(seconds > 0) ? 0 : seconds > 4e9 ? INT64_C(4000000000000000000) : (int64_t)(seconds * 1e9 + 0.5);
    }
    int got = acquire(t, semlock_of(args[0]), timeout);
    return got < 0 ? VALUE_EMPTY : value_from_bool(got);
}
NATIVE(semlock_release, "release", "($self, /)", "Releases it: another one who waits for it can have it.")
{
    return release(t, semlock_of(args[0]));
}
NATIVE(semlock_enter, "__enter__", "($self, /)", "Acquires it.")
{
    int got = acquire(t, semlock_of(args[0]), -1);
    return got < 0 ? VALUE_EMPTY : value_from_bool(got);
}
NATIVE(semlock_exit, "__exit__", "($self, exc_type=None, exc_value=None, exc_tb=None, /)", "Releases it.")
{
    return release(t, semlock_of(args[0]));
}
NATIVE(semlock_count, "_count", "($self, /)",
       "How often this process has acquired it less how often it has released it.")
{
    return value_from_int(semlock_of(args[0])->count);
}
NATIVE(semlock_is_mine, "_is_mine", "($self, /)", "Tells whether this thread owns it.")
{
    return value_from_bool(is_mine(t, semlock_of(args[0])));
}
NATIVE(semlock_get_value, "_get_value", "($self, /)", "The value of the semaphore.")
{
    int value;
    return sem_getvalue(semlock_of(args[0])->handle, &value) < 0 ? error_from_errno(t, errno)
                                                                 : value_from_int(value < 0 ? 0 : value);
}
NATIVE(semlock_is_zero, "_is_zero", "($self, /)", "Tells whether the semaphore is zero.")
{
    int value;
    return sem_getvalue(semlock_of(args[0])->handle, &value) < 0 ? error_from_errno(t, errno)
                                                                 : value_from_bool(value == 0);
}
NATIVE(semlock_after_fork, "_after_fork", "($self, /)", "In the child of a fork: this process has not acquired it.")
{
    semlock_of(args[0])->count = 0;
    return VALUE_NONE;
}

/* ---- life ---- */

/* The bytes of a name, copied: NULL with an exception. */
static char *copy_name(Thread *t, Value name)
{
    Value owner;
    const char *text = argument_string(t, name, "SemLock", "argument 'name'", &owner);
    size_t size = text ? strlen(text) + 1 : 0;
    char *copy = text ? alloc_memory(t, size) : NULL;
    if (copy)
        memcpy(copy, text, size);
    ref_dec(t, owner);
    return copy;
}

/* Takes handle and name, also on error. */
static Value semlock_new(Thread *t, Type *type, sem_t *handle, int kind, int max, char *name)
{
    SemLock *s = type_alloc(t, type, 0);
    if (!s) {
        sem_close(handle);
        alloc_memory_free(t, name);
        return VALUE_EMPTY;
    }
    s->handle = handle;
    s->kind = kind;
    s->max = max;
    s->name = name;
    return value_of(s);
}

static Value semlock_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value a[5];
    int kind, value, max, unlink;
    if (native_parse(t, "SemLock", "(kind, value, maxvalue, name, unlink)", args, n, names, a) < 0 ||
        int_to_int(t, a[0], &kind) < 0 || int_to_int(t, a[1], &value) < 0 || int_to_int(t, a[2], &max) < 0 ||
        argument_str(t, a[3], "SemLock", "argument 'name'") < 0 || (unlink = object_truth(t, a[4])) < 0)
        return VALUE_EMPTY;
    if (kind != RECURSIVE_MUTEX && kind != SEMAPHORE)
        return error_set(t, EXC_ValueError, "unrecognized kind");
    char *name = copy_name(t, a[3]);
    if (!name)
        return VALUE_EMPTY;
    thread_detach(t, EVENT_IO);
    sem_t *handle = sem_open(name, O_CREAT | O_EXCL, 0600, (unsigned)value);
    bool failed = handle == SEM_FAILED || (unlink && sem_unlink(name) < 0);
    int error = errno;
    thread_attach(t);
    if (failed) {
        if (handle != SEM_FAILED)
            sem_close(handle);
        alloc_memory_free(t, name);
        return error_from_errno(t, error);
    }
    if (unlink) {
        alloc_memory_free(t, name);
        name = NULL;
    }
    return semlock_new(t, type, handle, kind, max, name);
}

NATIVE_FLAGS(semlock_rebuild, "_rebuild", "($type, handle, kind, maxvalue, name, /)",
             "The same semaphore in another process: opened by its name, or by its address in a fork.", NATIVE_CLASS)
{
    int64_t address;
    int kind, max;
    if (int_to_int64(t, args[1], &address) < 0 || int_to_int(t, args[2], &kind) < 0 || int_to_int(t, args[3], &max) < 0)
        return VALUE_EMPTY;
    if (value_is_none(args[4]))
        return semlock_new(t, type_as(args[0]), (sem_t *)(uintptr_t)address, kind, max, NULL);
    char *name = copy_name(t, args[4]);
    if (!name)
        return VALUE_EMPTY;
    thread_detach(t, EVENT_IO);
    sem_t *handle = sem_open(name, 0);
    int error = errno;
    thread_attach(t);
    if (handle == SEM_FAILED) {
        alloc_memory_free(t, name);
        return error_from_errno(t, error);
    }
    return semlock_new(t, type_as(args[0]), handle, kind, max, name);
}

static void semlock_dealloc(Thread *t, Object *o)
{
    SemLock *s = (SemLock *)o;
    if (s->handle)
        sem_close(s->handle);
    alloc_memory_free(t, s->name);
}

static Value get_handle(Thread *t, Value self) { return int_from_pointer(t, semlock_of(self)->handle); }
static Value get_kind(Thread *t, Value self) { return value_from_int(semlock_of(self)->kind); }
static Value get_max(Thread *t, Value self) { return value_from_int(semlock_of(self)->max); }
static Value get_name(Thread *t, Value self)
{
    return semlock_of(self)->name ? str_from_string(t, semlock_of(self)->name) : VALUE_NONE;
}
static const GetSetDef semlock_getsets[] = {{"handle", get_handle, NULL, NULL},
                                            {"kind", get_kind, NULL, NULL},
                                            {"maxvalue", get_max, NULL, NULL},
                                            {"name", get_name, NULL, NULL},
                                            {0}};

static const NativeDef *const semlock_methods[] = {&native_semlock_acquire,
                                                   &native_semlock_release,
                                                   &native_semlock_enter,
                                                   &native_semlock_exit,
                                                   &native_semlock_count,
                                                   &native_semlock_is_mine,
                                                   &native_semlock_get_value,
                                                   &native_semlock_is_zero,
                                                   &native_semlock_rebuild,
                                                   &native_semlock_after_fork,
                                                   NULL};

static int semlock_ready(Thread *t, Type *type)
{
    return dict_set_string(t, type->dict, "SEM_VALUE_MAX", value_from_int(SEM_VALUE_MAX));
}

static const TypeSpec semlock_spec = {
    .name = "_multiprocessing.SemLock",
    .doc = "A lock (kind 0, which its owner may acquire again) or semaphore (kind 1) between processes.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(SemLock),
    .methods = semlock_methods,
    .getsets = semlock_getsets,
    .ready = semlock_ready,
    .slots = {.create = semlock_create, .dealloc = semlock_dealloc},
};

/* ---- the module ---- */

NATIVE(sem_unlink, "sem_unlink", "($module, name, /)",
       "Removes the name of a semaphore: it goes when nobody has it open.")
{
    Value owner;
    const char *name = argument_string(t, args[1], "sem_unlink", "argument", &owner);
    if (!name)
        return VALUE_EMPTY;
    int result = sem_unlink(name), error = errno;
    ref_dec(t, owner);
    return result < 0 ? error_from_errno(t, error) : VALUE_NONE;
}

static int exec(Thread *t, Value module)
{
    Value flags = dict_new(t);
    if (value_is_empty(flags) || dict_set_string(t, flags, "HAVE_SEM_OPEN", value_from_int(1)) < 0 ||
        dict_set_string(t, flags, "HAVE_SEM_TIMEDWAIT", value_from_int(1)) < 0) {
        ref_dec(t, flags);
        return -1;
    }
    return module_add_take(t, module, "flags", flags) < 0 || !module_add_type(t, module, &semlock_spec, NULL) ? -1 : 0;
}

static const NativeDef *const functions[] = {&native_sem_unlink, NULL};
const ModuleDef module_def__multiprocessing = {
    .name = "_multiprocessing",
    .doc = "Locks between processes for the module multiprocessing.",
    .methods = functions,
    .exec = exec,
};
