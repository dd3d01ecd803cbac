/* mod_select.c: the module select: select(), and the constants; the objects are in mod_select_poll.c and
 * mod_select_epoll.c.
 *
 * All waiting happens detached and goes on after a signal whose handlers did not raise (PEP 475).  No locks. */
#include "mod_select.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/select.h>
#ifdef __linux__
#include <sys/epoll.h>
#endif

#include "../os/os.h"
#include "../thread/breaker.h"
#include "clock.h"
#include "posix_path.h"

/* One of the three arguments: its items, and the descriptor of each. */
typedef struct Side {
    Value items; /* list, owned */
    int *fds;
    fd_set set;
} Side;

static void side_free(Thread *t, Side *side)
{
    ref_clear(t, &side->items);
    alloc_memory_free(t, side->fds);
}

/* Room for one more descriptor, 0 or -1. */
static int side_grow(Thread *t, Side *side, size_t n)
{
    if (n & (n - 1)) /* it doubles at powers of two */
        return 0;
    int *fds = alloc_memory_resize(t, side->fds, (n ? n * 2 : 1) * sizeof *fds);
    if (!fds)
        return -1;
    side->fds = fds;
    return 0;
}

/* Fills a side from an iterable; the highest descriptor so far is in *top. 0 or -1. */
static int side_fill(Thread *t, Side *side, Value iterable, int *top)
{
    FD_ZERO(&side->set);
    side->items = list_new(t, 0);
    if (value_is_empty(side->items))
        return -1;
    Value source = list_check(iterable) ? ref_inc(t, iterable) : object_to_tuple(t, iterable);
    if (value_is_empty(source)) {
        if (error_swallow(t, EXC_TypeError))
            error_set(t, EXC_TypeError, "arguments 1-3 must be sequences");
        return -1;
    }
    int status = 0;
    for (size_t i = 0; status == 0; i++) { /* fileno() may run any code: a list may change meanwhile */
        Value item;
        int fd;
        if (list_check(source))
            item = list_get(t, source, i);
        else
            item = i < tuple_length(source) ? ref_inc(t, tuple_peek(source, i)) : VALUE_EMPTY;
        if (value_is_empty(item))
            break;
        status = posix_fd(t, item, &fd);
        if (status == 0 && fd >= FD_SETSIZE)
            status = (error_set(t, EXC_ValueError, "filedescriptor out of range in select()"), -1);
        if (status == 0)
            status = side_grow(t, side, i);
        if (status == 0) {
            side->fds[i] = fd;
            FD_SET(fd, &side->set);
            if (fd > *top)
                *top = fd;
            status = list_append(t, side->items, item);
        }
        ref_dec(t, item);
    }
    ref_dec(t, source);
    return status;
}

/* The items whose descriptors are ready. */
static Value side_ready(Thread *t, const Side *side)
{
    Value ready = list_new(t, 0);
    size_t n = list_length(side->items);
    for (size_t i = 0; !value_is_empty(ready) && i < n; i++) {
        if (FD_ISSET(side->fds[i], &side->set) && list_append(t, ready, list_peek(side->items, i)) < 0)
            ref_clear(t, &ready);
    }
    return ready;
}

/* Waits until something is ready, and leaves in the sides what is: 0 or -1. */
static int wait_sides(Thread *t, Side sides[3], int top, int64_t timeout)
{
    int64_t deadline = timeout < 0 ? 0 : os_monotonic() + timeout;
    fd_set wanted[3] = {sides[0].set, sides[1].set, sides[2].set};
    for (;;) {
        struct timeval left = {timeout / 1000000000, (timeout % 1000000000 + 999) / 1000};
        if (left.tv_usec == 1000000)
            left = (struct timeval){left.tv_sec + 1, 0};
        thread_detach(t, EVENT_IO);
        int ready = select(top + 1, &sides[0].set, &sides[1].set, &sides[2].set, timeout < 0 ? NULL : &left);
        thread_attach(t);
        if (ready > 0)
            return 0;
        if (ready < 0 && errno != EINTR)
            return error_from_errno(t, errno), -1;
        if (ready < 0 && breaker_check_signals(t) < 0)
            return -1;
        if (timeout >= 0 && (ready == 0 || (timeout = deadline - os_monotonic()) < 0)) {
            for (int i = 0; i < 3; i++)
                FD_ZERO(&sides[i].set);
            return 0;
        }
        for (int i = 0; i < 3; i++)
            sides[i].set = wanted[i];
    }
}

NATIVE(
    select, "select", "($module, rlist, wlist, xlist, timeout=None, /)",
    "Waits until something of three iterables of descriptors, or of objects with fileno(), is ready: for reading, "
    "for writing, for exceptional conditions.\n\nReturns the ready ones as three lists: empty when `timeout` seconds "
    "are over.")
{
    int64_t timeout = -1;
    if (!value_is_empty(args[4]) && !value_is_none(args[4])) {
        if (clock_from_seconds(t, args[4], CLOCK_AWAY, &timeout) < 0) {
            if (error_swallow(t, EXC_TypeError))
                error_set(t, EXC_TypeError, "timeout must be a float or None");
            return VALUE_EMPTY;
        }
        if (timeout < 0)
            return error_set(t, EXC_ValueError, "timeout must be non-negative");
    }
    Side sides[3] = {0};
    Value ready[3] = {VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY}, v = VALUE_EMPTY;
    int top = -1;
    bool ok = true;
    for (int i = 0; ok && i < 3; i++)
        ok = side_fill(t, &sides[i], args[1 + i], &top) == 0;
    ok = ok && wait_sides(t, sides, top, timeout) == 0;
    for (int i = 0; ok && i < 3; i++)
        ok = !value_is_empty(ready[i] = side_ready(t, &sides[i]));
    if (ok)
        v = tuple_pack(t, 3, ready[0], ready[1], ready[2]);
    for (int i = 0; i < 3; i++) {
        ref_dec(t, ready[i]);
        side_free(t, &sides[i]);
    }
    return v;
}

NATIVE(poll, "poll", "($module, /)",
       "A polling object: descriptors are registered with it, and it tells which are ready.")
{
    return select_poll_new(t);
}

/* ---- the module ---- */

#define CONSTANT(name)                                                                                                 \
    {                                                                                                                  \
#name, (int64_t)(uint32_t)(name)                                                                               \
    }
static const struct {
    const char *name;
    int64_t value;
} constants[] = {
    CONSTANT(PIPE_BUF),      CONSTANT(POLLIN),       CONSTANT(POLLPRI),        CONSTANT(POLLOUT),
    CONSTANT(POLLERR),       CONSTANT(POLLHUP),      CONSTANT(POLLNVAL),       CONSTANT(POLLRDNORM),
    CONSTANT(POLLRDBAND),    CONSTANT(POLLWRNORM),   CONSTANT(POLLWRBAND),
#ifdef __linux__
    CONSTANT(POLLMSG),       CONSTANT(POLLRDHUP),    CONSTANT(EPOLLIN),        CONSTANT(EPOLLOUT),
    CONSTANT(EPOLLPRI),      CONSTANT(EPOLLERR),     CONSTANT(EPOLLHUP),       CONSTANT(EPOLLRDHUP),
    CONSTANT(EPOLLET),       CONSTANT(EPOLLONESHOT), CONSTANT(EPOLLEXCLUSIVE), CONSTANT(EPOLLRDNORM),
    CONSTANT(EPOLLRDBAND),   CONSTANT(EPOLLWRNORM),  CONSTANT(EPOLLWRBAND),    CONSTANT(EPOLLMSG),
    CONSTANT(EPOLL_CLOEXEC), CONSTANT(EPOLLWAKEUP),
#endif
};

static int exec(Thread *t, Value module)
{
    SelectState *state = select_state(t);
    if (!state) {
        state = t->interp->module_state[MODULE_select] = alloc_memory_zeroed(t, 1, sizeof *state);
        if (!state)
            return -1;
    }
    Type *poll = type_from_spec(t, &select_poll_spec, NULL), *epoll;
    if (!poll)
        return -1;
    REF_CLEAR_PTR(t, state->poll);
    state->poll = poll;
#ifdef __linux__
    if (!(epoll = module_add_type(t, module, &select_epoll_spec, NULL)))
        return -1;
    REF_CLEAR_PTR(t, state->epoll);
    state->epoll = ref_inc_ptr(t, epoll);
#endif
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++) {
        if (module_add_int(t, module, constants[i].name, constants[i].value) < 0)
            return -1;
    }
    return module_add_take(t, module, "error", ref_inc(t, value_of(t->interp->exceptions[EXC_OSError])));
}

static void free_state(Thread *t, void *p)
{
    SelectState *state = p;
    REF_CLEAR_PTR(t, state->poll);
    REF_CLEAR_PTR(t, state->epoll);
    alloc_memory_free(t, state);
}

static const NativeDef *const methods[] = {&native_select, &native_poll, NULL};

const ModuleDef module_def_select = {
    .name = "select",
    .doc = "Waiting until descriptors are ready for reading or writing.",
    .methods = methods,
    .exec = exec,
    .free_state = free_state,
};
