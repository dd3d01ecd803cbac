/* mod_select_poll.c: polling objects, as select.poll() makes them.
 *
 * Invariant: the registered descriptors are in an array ordered by their first registration; poll() copies it and
 * waits detached on the copy, so registering meanwhile does no harm. The array is under the object's leaf lock. */
#include "mod_select.h"

#include <errno.h>
#include <poll.h>

#include "../os/os.h"
#include "../thread/breaker.h"
#include "clock.h"
#include "posix_path.h"

typedef struct Poll {
    Object head;
    struct pollfd *items;
    size_t length, capacity;
    _Atomic bool running;
} Poll;

static Poll *poll_of(Value v) { return (Poll *)value_object(v); }

Value select_poll_new(Thread *t) { return value_of(type_alloc(t, select_state(t)->poll, 0)); }

static void dealloc(Thread *t, Object *o)
{
    alloc_memory_free(t, ((Poll *)o)->items);
    ((Poll *)o)->items = NULL;
}

/* Under the lock: the item of a descriptor, or NULL. */
static struct pollfd *find(Poll *p, int fd)
{
    for (size_t i = 0; i < p->length; i++) {
        if (p->items[i].fd == fd)
            return &p->items[i];
    }
    return NULL;
}

static int to_mask(Thread *t, Value v, unsigned short absent, unsigned short *mask)
{
    *mask = absent;
    if (value_is_empty(v))
        return 0;
    Value i = number_index(t, v);
    if (value_is_empty(i))
        return -1;
    int over;
    int64_t number = int_to_int64_overflow(t, i, &over);
    ref_dec(t, i);
    if (over < 0 || (!over && number < 0))
        return error_set(t, EXC_ValueError, "value must be positive"), -1;
    if (over || number > UINT16_MAX)
        return error_set(t, EXC_OverflowError, "Python int too large for C unsigned short"), -1;
    *mask = (unsigned short)number;
    return 0;
}

/* Under the lock: room for one more, or -1 with MemoryError. */
static int grow(Thread *t, Poll *p)
{
    if (p->length < p->capacity)
        return 0;
    size_t capacity = p->capacity ? p->capacity * 2 : 8;
    struct pollfd *items = alloc_memory_resize(t, p->items, capacity * sizeof *items);
    if (!items)
        return -1;
    p->items = items;
    p->capacity = capacity;
    return 0;
}

NATIVE(register, "register", "($self, fd, eventmask=POLLIN | POLLPRI | POLLOUT, /)",
       "Watches a descriptor, or an object with fileno(), for events; replaces what was registered for it.")
{
    Poll *p = poll_of(args[0]);
    int fd, status = 0;
    unsigned short mask;
    if (posix_fd(t, args[1], &fd) < 0 || to_mask(t, args[2], POLLIN | POLLPRI | POLLOUT, &mask) < 0)
        return VALUE_EMPTY;
    objlock_enter(t, p);
    struct pollfd *item = find(p, fd);
    if (!item && (status = grow(t, p)) == 0) {
        item = &p->items[p->length++];
        item->fd = fd;
    }
    if (item)
        item->events = (short)mask;
    objlock_exit(t, p);
    return status < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(modify, "modify", "($self, fd, eventmask, /)", "Changes the events that a registered descriptor is watched for.")
{
    Poll *p = poll_of(args[0]);
    int fd;
    unsigned short mask;
    if (posix_fd(t, args[1], &fd) < 0 || to_mask(t, args[2], 0, &mask) < 0)
        return VALUE_EMPTY;
    objlock_enter(t, p);
    struct pollfd *item = find(p, fd);
    if (item)
        item->events = (short)mask;
    objlock_exit(t, p);
    return item ? VALUE_NONE : error_from_errno(t, ENOENT);
}

NATIVE(unregister, "unregister", "($self, fd, /)", "Watches a descriptor no longer; KeyError if it is not registered.")
{
    Poll *p = poll_of(args[0]);
    int fd;
    if (posix_fd(t, args[1], &fd) < 0)
        return VALUE_EMPTY;
    objlock_enter(t, p);
    struct pollfd *item = find(p, fd);
    if (item) {
        p->length--;
        memmove(item, item + 1, (size_t)(p->items + p->length - item) * sizeof *item);
    }
    objlock_exit(t, p);
    return item ? VALUE_NONE : error_key(t, value_from_int(fd));
}

/* Waits on a copy of the items: how many are ready, or -1. */
static int wait_items(Thread *t, struct pollfd *items, size_t n, int64_t ms)
{
    int64_t deadline = ms < 0 ? 0 : os_monotonic() + ms * 1000000;
    for (;;) {
        thread_detach(t, EVENT_IO);
        int ready = poll(items, n, (int)ms);
        thread_attach(t);
        if (ready >= 0)
            return ready;
        if (errno != EINTR)
            return error_from_errno(t, errno), -1;
        if (breaker_check_signals(t) < 0)
            return -1;
        if (ms >= 0) {
            int64_t left = deadline - os_monotonic();
            if (left < 0)
                return 0;
            ms = (left + 999999) / 1000000;
        }
    }
}

static Value ready_list(Thread *t, const struct pollfd *items, size_t n, int ready)
{
    Value list = list_new(t, (size_t)ready);
    for (size_t i = 0; !value_is_empty(list) && i < n && ready > 0; i++) {
        if (!items[i].revents)
            continue;
        ready--;
        Value pair = tuple_pack(t, 2, value_from_int(items[i].fd), value_from_int((uint16_t)items[i].revents));
        if (list_append_take(t, list, pair) < 0)
            ref_clear(t, &list);
    }
    return list;
}

/* A timeout in milliseconds, rounded up; None, absent or negative: -1. */
static int to_milliseconds(Thread *t, Value v, int64_t *ms)
{
    *ms = -1;
    if (value_is_empty(v) || value_is_none(v))
        return 0;
    double d = -1;
    if (value_is_double(v) || object_is(v, KIND_FLOAT)) {
        d = number_to_double(t, v);
        if (d != d)
            return error_set(t, EXC_ValueError, "Invalid value NaN (not a number)"), -1;
        d = d >= 0 ? (double)(int64_t)(d < 1e15 ? d : 1e15) + (d < 1e15 && d > (double)(int64_t)d) : -1;
    } else {
        Value i = number_index(t, v);
        if (value_is_empty(i)) {
            if (error_swallow(t, EXC_TypeError))
                error_set(t, EXC_TypeError, "timeout must be an integer or None");
            return -1;
        }
        int over;
        int64_t number = int_to_int64_overflow(t, i, &over);
        ref_dec(t, i);
        d = over > 0 ? 1e15 : over < 0 ? -1e15 : (double)number;
        if (over < 0 || number < -(INT64_C(1) << 53))
            return error_set(t, EXC_OverflowError, "timeout is too large"), -1;
    }
    if (d > INT32_MAX)
        return error_set(t, EXC_OverflowError, "timeout is too large"), -1;
    *ms = d < 0 ? -1 : (int64_t)d;
    return 0;
}

NATIVE(poll, "poll", "($self, timeout=None, /)",
       "Waits until a registered descriptor is ready, at most `timeout` milliseconds: a list of (descriptor, events).")
{
    Poll *p = poll_of(args[0]);
    int64_t ms;
    if (to_milliseconds(t, args[1], &ms) < 0)
        return VALUE_EMPTY;
    if (atomic_exchange(&p->running, true))
        return error_set(t, EXC_RuntimeError, "concurrent poll() invocation");
    objlock_enter(t, p);
    size_t count = p->length;
    struct pollfd *items = alloc_memory(t, (count ? count : 1) * sizeof *items);
    if (items && count)
        memcpy(items, p->items, count * sizeof *items);
    objlock_exit(t, p);
    Value v = VALUE_EMPTY;
    int ready = items ? wait_items(t, items, count, ms) : -1;
    if (ready >= 0)
        v = ready_list(t, items, count, ready);
    alloc_memory_free(t, items);
    atomic_store(&p->running, false);
    return v;
}

static const NativeDef *const methods[] = {&native_register, &native_modify, &native_unregister, &native_poll, NULL};

const TypeSpec select_poll_spec = {
    .name = "select.poll",
    .doc = "Descriptors to be watched, and what for.",
    .kind = KIND_OBJECT,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(Poll),
    .methods = methods,
    .slots = {.dealloc = dealloc},
};
