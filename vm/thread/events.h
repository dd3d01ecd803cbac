/* events.h: the record of who had the lock: fixed-size events in a ring for each thread, ordered by one shared counter.  Off, it costs one predictable
 * branch at each hand-over.
 *
 * A ring is read without stopping its thread: events[(head - 1) & mask] is the youngest; an event whose `order` changes while it is copied was overwritten. */
#ifndef BATON_THREAD_EVENTS_H
#define BATON_THREAD_EVENTS_H

#include "gil.h"

typedef enum EventKind { EVENT_WANTS, EVENT_GOT, EVENT_GAVE_UP, EVENT_STARTED, EVENT_ENDED } EventKind;
typedef struct Event {
    uint64_t order;   /* of all threads of the interpreter */
    int64_t time;     /* os_monotonic */
    uint64_t thread;  /* Thread.id */
    uint32_t kind;    /* EventKind */
    uint32_t reason;  /* EventReason of a GAVE_UP */
    uint64_t address; /* what it waits on, or 0 */
} Event;

/* One thread's events and sums.  It outlives the thread, until the interpreter ends. */
struct EventRing {
    struct EventRing *next;
    uint64_t thread, native_id;
    char name[32]; /* UTF-8 */
    bool ended;
    uint32_t last_reason;                           /* of the last GAVE_UP */
    int64_t started, wanted_at, got_at, gave_up_at; /* 0: never */
    int64_t held, waited, blocked;                  /* ns: with the lock; wanting it; without wanting it */
    uint64_t takes, drops[EVENT_REASON_COUNT];
    uint32_t mask;
    _Atomic uint64_t head; /* events ever written */
    Event events[];
};

int events_enable(Interp *interp);   /* from now on, for all threads; 0 or -1 (no memory); the caller is attached */
void events_disable(Interp *interp); /* stops recording; what was recorded stays */
void events_write(Thread *t, EventKind kind, EventReason reason, uint64_t address);
static ALWAYS_INLINE void events_record(Thread *t, EventKind kind, EventReason reason, uint64_t address)
{
    if (UNLIKELY(t->events != NULL))
        events_write(t, kind, reason, address);
}
void events_thread_begin(Thread *t);
void events_thread_end(Thread *t);
void events_set_name(Thread *t, const char *utf8);
void events_after_fork_child(Thread *t);
void events_free(Interp *interp);
/* The rings, youngest thread first; they stay valid until the interpreter ends. */
EventRing *events_rings(Interp *interp);
/* For an observer of the process's memory: where the youngest thread's ring is named, or NULL.  With -X gil_events all of this outlives the interpreter. */
EventRing **events_list(Interp *interp);
/* The per-thread summary printed by --gil-report: time holding, waiting and blocked, takes, drops by reason.  Writes UTF-8 text to the file descriptor. */
void events_report(Interp *interp, int fd);
/* The same as text in memory of alloc_raw; NULL: no memory. */
char *events_report_text(Interp *interp);

#endif
