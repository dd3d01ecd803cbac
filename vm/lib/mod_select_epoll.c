/* mod_select_epoll.c: the type select.epoll: the kernel keeps what is watched (Linux).
 *
 * Invariant: `fd` is -1 before the descriptor is closed.  No locks: it is atomic. */
#ifdef __linux__
#include "mod_select.h"

#include <errno.h>
#include <limits.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "../os/os.h"
#include "../thread/breaker.h"
#include "clock.h"
#include "posix_path.h"

typedef struct Epoll {
    Object head;
    _Atomic int fd; /* -1: closed */
} Epoll;

static Epoll *epoll_of(Value v) { return (Epoll *)value_object(v); }

static Value closed_error(Thread *t) { return error_set(t, EXC_ValueError, "I/O operation on closed epoll object"); }

/* ---- life ---- */

/* fd -1: a new one. */
static Value epoll_new(Thread *t, Type *type, int fd)
{
    Epoll *e = type_alloc(t, type, 0);
    if (!e)
        return VALUE_EMPTY;
    if (fd < 0)
        fd = epoll_create1(EPOLL_CLOEXEC);
    atomic_store(&e->fd, fd);
    if (fd < 0) {
        int error = errno;
        ref_dec_ptr(t, e);
        return error_from_errno(t, error);
    }
    return value_of(e);
}

static Value create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value given[2];
    int hint, flags;
    if (native_parse(t, "epoll", "(sizehint=-1, flags=0)", args, n, names, given) < 0 ||
        argument_int(t, given[0], -1, &hint) < 0 || argument_int(t, given[1], 0, &flags) < 0)
        return VALUE_EMPTY;
    if (hint < -1 || hint == 0)
        return error_set(t, EXC_ValueError, "negative sizehint");
    if (flags && flags != EPOLL_CLOEXEC)
        return error_set(t, EXC_OSError, "invalid flags");
    return epoll_new(t, type, -1);
}

/* 0 or an errno. */
static int close_descriptor(Thread *t, Epoll *e)
{
    int fd = atomic_exchange(&e->fd, -1), error = 0;
    if (fd >= 0) {
        thread_detach(t, EVENT_IO);
        error = close(fd) < 0 ? errno : 0;
        thread_attach(t);
    }
    return error;
}

static void dealloc(Thread *t, Object *o) { close_descriptor(t, (Epoll *)o); }

NATIVE_FLAGS(fromfd, "fromfd", "($type, fd, /)", "An epoll object over an existing descriptor.", NATIVE_CLASS)
{
    int fd;
    return int_to_int(t, args[1], &fd) < 0 ? VALUE_EMPTY : epoll_new(t, type_as(args[0]), fd);
}

NATIVE(close, "close", "($self, /)", "Closes the descriptor; other operations raise ValueError afterwards.")
{
    int error = close_descriptor(t, epoll_of(args[0]));
    return error ? error_from_errno(t, error) : VALUE_NONE;
}
NATIVE(fileno, "fileno", "($self, /)", "The epoll descriptor itself.")
{
    int fd = atomic_load(&epoll_of(args[0])->fd);
    return fd < 0 ? closed_error(t) : value_from_int(fd);
}
NATIVE(enter, "__enter__", "($self, /)", "The object itself, if it is open.")
{
    return atomic_load(&epoll_of(args[0])->fd) < 0 ? closed_error(t) : ref_inc(t, args[0]);
}
NATIVE(exit, "__exit__", "($self, exc_type=None, exc_value=None, exc_tb=None, /)", "Closes the object.")
{
    return object_call_method_string(t, args[0], "close", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
}
static Value get_closed(Thread *t, Value self) { return value_from_bool(atomic_load(&epoll_of(self)->fd) < 0); }

/* ---- what is watched ---- */

static int to_events(Thread *t, Value v, uint32_t *events)
{
    *events = EPOLLIN | EPOLLOUT | EPOLLPRI;
    if (value_is_empty(v))
        return 0;
    if (!int_check(v))
        return error_set(t, EXC_TypeError, "%T object cannot be interpreted as an integer", v), -1;
    *events = (uint32_t)int_to_uint64_mask(v);
    return 0;
}

static Value control(Thread *t, Value self, int operation, Value object, Value mask)
{
    int fd, epoll = atomic_load(&epoll_of(self)->fd);
    uint32_t events;
    if (posix_fd(t, object, &fd) < 0 || to_events(t, mask, &events) < 0)
        return VALUE_EMPTY;
    if (epoll < 0)
        return closed_error(t);
    struct epoll_event event = {.events = events, .data.fd = fd};
    thread_detach(t, EVENT_IO);
    int result = epoll_ctl(epoll, operation, fd, &event);
    thread_attach(t);
    return result < 0 ? error_from_errno(t, errno) : VALUE_NONE;
}

NATIVE(register, "register", "($self, /, fd, eventmask=EPOLLIN | EPOLLPRI | EPOLLOUT)",
       "Watches a descriptor, or an object with fileno(), for events.")
{
    return control(t, args[0], EPOLL_CTL_ADD, args[1], args[2]);
}
NATIVE(modify, "modify", "($self, /, fd, eventmask)", "Changes the events that a registered descriptor is watched for.")
{
    return control(t, args[0], EPOLL_CTL_MOD, args[1], args[2]);
}
NATIVE(unregister, "unregister", "($self, /, fd)", "Watches a descriptor no longer.")
{
    return control(t, args[0], EPOLL_CTL_DEL, args[1], VALUE_EMPTY);
}

/* ---- waiting ---- */

/* How many events are there, waiting at most `timeout` ns (-1: for ever); -1 with an exception. */
static int wait_events(Thread *t, Epoll *e, struct epoll_event *events, int max, int64_t timeout)
{
    int64_t deadline = timeout < 0 ? 0 : os_monotonic() + timeout;
    for (;;) {
        int64_t ms = timeout < 0 ? -1 : (timeout + 999999) / 1000000;
        thread_detach(t, EVENT_IO);
        int ready = epoll_wait(atomic_load(&e->fd), events, max, (int)ms);
        thread_attach(t);
        if (ready >= 0)
            return ready;
        if (errno != EINTR)
            return error_from_errno(t, errno), -1;
        if (breaker_check_signals(t) < 0)
            return -1;
        if (timeout >= 0 && (timeout = deadline - os_monotonic()) < 0)
            return 0;
    }
}

NATIVE(
    poll, "poll", "($self, /, timeout=None, maxevents=-1)",
    "Waits until a registered descriptor is ready, at most `timeout` seconds: a list of (descriptor, events), at most "
    "`maxevents`.")
{
    Epoll *e = epoll_of(args[0]);
    int64_t timeout = -1;
    int max;
    if (atomic_load(&e->fd) < 0)
        return closed_error(t);
    if (!value_is_empty(args[1]) && !value_is_none(args[1])) {
        if (clock_from_seconds(t, args[1], CLOCK_AWAY, &timeout) < 0) {
            if (error_swallow(t, EXC_TypeError))
                error_set(t, EXC_TypeError, "timeout must be an integer or None");
            return VALUE_EMPTY;
        }
        if (timeout < 0)
            timeout = -1;
        if (timeout / 1000000 >= INT_MAX)
            return error_set(t, EXC_OverflowError, "timeout is too large");
    }
    if (argument_int(t, args[2], -1, &max) < 0)
        return VALUE_EMPTY;
    if (max == -1)
        max = FD_SETSIZE - 1;
    else if (max < 1)
        return error_set(t, EXC_ValueError, "maxevents must be greater than 0, got %d", max);
    struct epoll_event *events = alloc_memory_zeroed(t, (size_t)max, sizeof *events);
    if (!events)
        return VALUE_EMPTY;
    int ready = wait_events(t, e, events, max, timeout);
    Value list = ready < 0 ? VALUE_EMPTY : list_new(t, (size_t)ready);
    for (int i = 0; !value_is_empty(list) && i < ready; i++) {
        Value pair = tuple_pack(t, 2, value_from_int(events[i].data.fd), value_from_int(events[i].events));
        if (list_append_take(t, list, pair) < 0)
            ref_clear(t, &list);
    }
    alloc_memory_free(t, events);
    return list;
}

static const NativeDef *const methods[] = {
    &native_fromfd,     &native_close, &native_fileno, &native_register, &native_modify,
    &native_unregister, &native_poll,  &native_enter,  &native_exit,     NULL,
};
static const GetSetDef getsets[] = {{"closed", get_closed, NULL, "is the object closed?"}, {0}};

const TypeSpec select_epoll_spec = {
    .name = "select.epoll",
    .doc = "Descriptors to be watched, kept by the kernel.\n\nThe arguments are accepted for old programs: the kernel "
           "needs "
           "no hint, and the descriptor is never inherited.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Epoll),
    .methods = methods,
    .getsets = getsets,
    .signature = "(sizehint=-1, flags=0)",
    .slots = {.dealloc = dealloc, .create = create},
};
#else
typedef int no_epoll; /* a file of C must declare something */
#endif
