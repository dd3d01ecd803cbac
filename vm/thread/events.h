/* events.h: the record of who had the lock: fixed-size events in a ring for each thread, ordered by one shared counter.  Off, it costs one predictable
 * branch at each hand-over. */
#ifndef BATON_THREAD_EVENTS_H
#define BATON_THREAD_EVENTS_H

#include "gil.h"

typedef enum EventKind { EVENT_WANTS, EVENT_GOT, EVENT_GAVE_UP, EVENT_STARTED, EVENT_ENDED } EventKind;
typedef struct Event {
    uint64_t order;    /* of all threads of the interpreter */
    int64_t time;      /* os_monotonic */
    uint64_t thread;   /* Thread.id */
    uint32_t kind;     /* EventKind */
    uint32_t reason;   /* EventReason of a GAVE_UP */
    uint64_t address;  /* what it waits on, or 0 */
} Event;
int events_enable(Interp *interp);   /* from now on, for all threads; 0 or -1 (no memory) */
void events_record(Thread *t, EventKind kind, EventReason reason, uint64_t address);
/* The per-thread summary printed by --gil-report: time holding, waiting and blocked, takes, drops by reason.  Writes UTF-8 text to the file descriptor. */
void events_report(Interp *interp, int fd);

#endif
