/* gil.h: the Global Interpreter Lock and being attached.
 *
 * A thread runs Python only while attached.  With the lock on, attached means holding the GIL; with the lock off it means not standing in the way of
 * stop-the-world.  The visible pattern around anything that blocks is three adjacent lines:
 *
 *     thread_detach(t, EVENT_IO);
 *     n = read(fd, buffer, size);
 *     thread_attach(t);
 */
#ifndef BATON_THREAD_GIL_H
#define BATON_THREAD_GIL_H

#include "state.h"

/* Why a thread gives the lock up: recorded in the event ring, shown by the report. */
typedef enum EventReason {
    EVENT_INTERVAL,
    EVENT_IO,
    EVENT_LOCK,
    EVENT_SLEEP,
    EVENT_JOIN,
    EVENT_COMPUTE /* C code without the lock */,
    EVENT_END,
    EVENT_REASON_COUNT
} EventReason;

/* Lets other threads run until thread_attach; errno is preserved by both.  A thread that tries to attach while the interpreter is finalizing (and is not the
 * finalizing one) hangs for ever, as CPython 3.14's daemon threads do. */
void thread_detach(Thread *t, EventReason reason);
void thread_attach(Thread *t);

Gil *gil_new(bool enabled);
void gil_free(Gil *g);
void gil_take(Thread *t); /* BLOCKS; asks the holder to drop after one switch interval */
void gil_drop(Thread *t, EventReason reason);
/* The holder yields on request: drops, waits until another thread has taken the lock (forced switch), takes it again. */
void gil_yield(Thread *t);
void gil_after_fork_child(Thread *t);
bool gil_is_enabled(const Interp *interp); /* sys._is_gil_enabled() */

#endif
