/* events.c: writes down who wanted, got and gave up the lock, and sums it up by thread.
 *
 * Each thread writes into its own ring, so nothing is shared but the counter that orders the events.
 * Locks: e->lock around the list of rings.  Read next: gil.c (what is recorded), ../lib/mod__baton.c (who reads it). */
#include "events.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../memory/alloc.h"
#include "../os/os.h"
#include "lock.h"
#include "world.h"

typedef struct Events {
    Mutex lock;
    bool on;
    _Atomic uint64_t order;
    EventRing *rings;
    int64_t started;
} Events;

static int ring_new(Interp *interp, Thread *t)
{
    EventRing *ring = alloc_raw_zeroed(sizeof *ring + CONFIG_EVENT_RING * sizeof(Event));
    if (!ring)
        return -1;
    ring->mask = CONFIG_EVENT_RING - 1;
    ring->thread = t->id;
    ring->native_id = t->native_id;
    ring->started = os_monotonic();
    snprintf(ring->name, sizeof ring->name, t->is_main ? "MainThread" : "Thread %llu",
             (unsigned long long)t->native_id);
    Events *e = interp->events;
    mutex_lock(&e->lock);
    ring->next = e->rings;
    e->rings = ring;
    mutex_unlock(&e->lock);
    t->events = ring;
    return 0;
}

static int enable_thread(Thread *x, void *arg)
{
    if (x->events || !x->id)
        return 0;
    if (ring_new(arg, x) < 0)
        return -1;
    if (atomic_load(&x->status) == THREAD_ATTACHED)
        x->events->got_at = os_monotonic();
    else
        x->events->gave_up_at = os_monotonic();
    return 0;
}

int events_enable(Interp *interp)
{
    if (!interp->events) {
        interp->events = alloc_raw_zeroed(sizeof *interp->events);
        if (!interp->events)
            return -1;
        interp->events->started = os_monotonic();
    }
    interp->events->on = true;
    return world_each(interp, enable_thread, interp);
}

static int disable_thread(Thread *x, void *arg)
{
    x->events = NULL;
    return 0;
}
void events_disable(Interp *interp)
{
    if (!interp->events)
        return;
    interp->events->on = false;
    world_each(interp, disable_thread, NULL);
}

void events_thread_begin(Thread *t)
{
    Events *e = t->interp->events;
    if (!e || !e->on || t->events || ring_new(t->interp, t) < 0)
        return;
    events_write(t, EVENT_STARTED, 0, 0);
}

void events_thread_end(Thread *t)
{
    if (!t->events)
        return;
    events_write(t, EVENT_ENDED, 0, 0);
    t->events->ended = true;
    t->events = NULL;
}

void events_set_name(Thread *t, const char *utf8)
{
    if (t->events)
        snprintf(t->events->name, sizeof t->events->name, "%s", utf8);
}

void events_write(Thread *t, EventKind kind, EventReason reason, uint64_t address)
{
    EventRing *ring = t->events;
    int64_t now = os_monotonic();
    switch (kind) {
    case EVENT_WANTS:
        ring->wanted_at = now;
        if (ring->gave_up_at && ring->last_reason != EVENT_INTERVAL)
            ring->blocked += now - ring->gave_up_at;
        break;
    case EVENT_GOT:
        ring->got_at = now;
        ring->takes++;
        if (ring->wanted_at)
            ring->waited += now - ring->wanted_at;
        ring->wanted_at = 0;
        break;
    case EVENT_GAVE_UP:
        ring->gave_up_at = now;
        ring->last_reason = reason;
        ring->drops[reason]++;
        if (ring->got_at)
            ring->held += now - ring->got_at;
        ring->got_at = 0;
        break;
    default: break;
    }
    uint64_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
    ring->events[head & ring->mask] =
        (Event){atomic_fetch_add_explicit(&t->interp->events->order, 1, memory_order_relaxed),
                now,
                t->id,
                kind,
                reason,
                address};
    atomic_store_explicit(&ring->head, head + 1, memory_order_release);
}

void events_after_fork_child(Thread *t)
{
    Events *e = t->interp->events;
    if (!e)
        return;
    atomic_store(&e->lock.state, 0);
    for (EventRing *ring = e->rings; ring; ring = ring->next)
        ring->ended = ring != t->events;
}

void events_free(Interp *interp)
{
    Events *e = interp->events;
    if (!e || interp->config.gil_events) /* the observer reads them to the end of the process */
        return;
    while (e->rings) {
        EventRing *ring = e->rings;
        e->rings = ring->next;
        alloc_raw_free(ring);
    }
    alloc_raw_free(e);
    interp->events = NULL;
}

EventRing *events_rings(Interp *interp)
{
    if (!interp->events)
        return NULL;
    mutex_lock(&interp->events->lock);
    EventRing *rings = interp->events->rings;
    mutex_unlock(&interp->events->lock);
    return rings;
}

EventRing **events_list(Interp *interp) { return interp->events ? &interp->events->rings : NULL; }

/* ---- the report ---- */

/* How many terminal columns a UTF-8 text takes, nearly: its code points. */
static int columns(const char *s)
{
    int n = 0;
    for (; *s; s++)
        n += ((unsigned char)*s & 0xC0) != 0x80;
    return n;
}

static const char *const reason_names[EVENT_REASON_COUNT] = {"interval", "I/O",     "lock", "sleep",
                                                             "join",     "compute", "end"};

char *events_report_text(Interp *interp)
{
    size_t rows = 0;
    EventRing *rings = events_rings(interp);
    for (EventRing *r = rings; r; r = r->next)
        rows++;
    size_t capacity = 600 + rows * 256, n = 0;
    char *text = alloc_raw(capacity);
    if (!text)
        return NULL;
    int64_t now = os_monotonic();
    int width = 6;
    for (EventRing *r = rings; r; r = r->next)
        width = columns(r->name) > width ? columns(r->name) : width;
#define PUT(...) (n += (size_t)snprintf(text + n, n < capacity ? capacity - n : 0, __VA_ARGS__))
    double wall = interp->events ? (double)(now - interp->events->started) * 1e-9 : 0;
    if (gil_is_enabled(interp))
        PUT("The lock in %.3f s, switch interval %g ms; times in seconds\n", wall,
            atomic_load(&interp->switch_interval) * 1e3);
    else
        PUT("The lock is off; %.3f s; times in seconds: attached, stopped, detached\n", wall);
    PUT("%-*s %9s %9s %9s %8s ", width, "thread", "holding", "waiting", "blocked", "takes");
    for (int i = 0; i < EVENT_REASON_COUNT; i++)
        PUT(" %8s", reason_names[i]);
    PUT("\n");
    /* The list is youngest first; the report shows threads in the order of their start. */
    for (size_t row = rows; row-- > 0;) {
        EventRing *r = rings;
        for (size_t i = 0; i < row; i++)
            r = r->next;
        int64_t held = r->held, waited = r->waited, blocked = r->blocked;
        if (!r->ended) { /* what it is doing now counts too */
            int64_t got = r->got_at, wanted = r->wanted_at, gave_up = r->gave_up_at;
            if (got)
                held += now - got;
            else if (wanted)
                waited += now - wanted;
            else if (gave_up)
                blocked += now - gave_up;
        }
        PUT("%s%*s %9.3f %9.3f %9.3f %8llu ", r->name, width - columns(r->name), "", (double)held * 1e-9,
            (double)waited * 1e-9, (double)blocked * 1e-9, (unsigned long long)r->takes);
        for (int i = 0; i < EVENT_REASON_COUNT; i++)
            PUT(" %8llu", (unsigned long long)r->drops[i]);
        PUT("\n");
    }
#undef PUT
    return text;
}

void events_report(Interp *interp, int fd)
{
    char *text = events_report_text(interp);
    if (!text)
        return;
    size_t n = strlen(text), done = 0;
    while (done < n) {
        ssize_t w = write(fd, text + done, n - done);
        if (w <= 0)
            break;
        done += (size_t)w;
    }
    alloc_raw_free(text);
}
