/* trace.h: sys.settrace, sys.setprofile and sys.monitoring: what the traced eval loop calls.
 *
 * The loop (eval_loop.inc) is compiled twice, by eval.c and eval_traced.c.  Only the second one has these calls, so nothing is paid while nobody looks.  A thread runs in the second loop while
 * trace_wanted holds for it; BREAKER_TRACE makes a running loop return, so that eval_run chooses again.
 *
 * Invariant.  While a function of a tool runs, Thread.tracing is not 0 and nothing is reported on that thread.
 * Locks.  Monitor.mutex guards the tools' functions and the instructions switched off; it is never held while Python runs. */
#ifndef BATON_RUN_TRACE_H
#define BATON_RUN_TRACE_H

#include "frame.h"

/* Numbered as in sys.monitoring.events: the bit of an event is 1 << its number. */
typedef enum TraceEvent {
    TRACE_PY_START,
    TRACE_PY_RESUME,
    TRACE_PY_RETURN,
    TRACE_PY_YIELD,
    TRACE_CALL,
    TRACE_LINE,
    TRACE_INSTRUCTION,
    TRACE_JUMP,
    TRACE_BRANCH_LEFT,
    TRACE_BRANCH_RIGHT,
    TRACE_STOP_ITERATION, /* the last that can be local to a code object, or switched off at an instruction */
    TRACE_RAISE,
    TRACE_EXCEPTION_HANDLED,
    TRACE_PY_UNWIND,
    TRACE_PY_THROW,
    TRACE_RERAISE,
    TRACE_C_RETURN,
    TRACE_C_RAISE,
    TRACE_BRANCH,
    TRACE_EVENTS
} TraceEvent;
#define TRACE_LOCAL_EVENTS (TRACE_STOP_ITERATION + 1)
#define TRACE_TOOLS 6

struct Monitor {
    Mutex mutex;
    uint32_t global[TRACE_TOOLS]; /* bits of events, everywhere */
    Value names[TRACE_TOOLS];     /* of the tools in use, or empty */
    Value functions[TRACE_TOOLS][TRACE_EVENTS];
    Value disable, missing;  /* sys.monitoring.DISABLE, MISSING */
    _Atomic uint32_t active; /* bits of events that anybody wants anywhere */
    uint32_t restarts;       /* restart_events() calls: what was switched off before the last one is on again */
};

/* An event switched off at an instruction. */
typedef struct TraceDisabled {
    uint32_t index, event, tools, restarts;
} TraceDisabled;

/* What tracing keeps with a code object. */
typedef struct CodeMonitor {
    int32_t *lines; /* one an instruction; 0: none */
    uint32_t local[TRACE_TOOLS];
    TraceDisabled *disabled;
    uint32_t disabled_count, disabled_capacity;
} CodeMonitor;

static inline bool trace_wanted(const Thread *t)
{
    return !value_is_empty(t->trace_function) || !value_is_empty(t->profile_function) ||
           atomic_load_explicit(&t->interp->monitor->active, memory_order_relaxed);
}
int trace_new(Thread *t);                       /* start-up: 0 or -1 */
CodeMonitor *trace_code(Thread *t, Code *code); /* made at the first use; NULL with MemoryError */
void trace_code_free(Thread *t, void *monitor);
/* The wishes have changed: the thread, or all threads, choose their loop again. */
void trace_switch(Thread *t);
void trace_switch_all(Interp *interp);
/* Adds up Monitor.active after the tools' events have changed; extra: bits of a code object's events. */
void trace_update(Interp *interp, uint32_t extra);

/* ---- for the loop: 0, or -1 with an exception ---- */

int trace_entered(Thread *t, Frame *f); /* started or resumed */
void trace_thrown(Thread *t, Frame *f); /* resumed by an exception, which is pending */
/* Before the instruction at f->pc; `previous` was the one before it in this frame, or is before the code's first.  May change f->pc (f_lineno was set). */
int trace_step(Thread *t, Frame *f, const Instruction *previous);
int trace_left(Thread *t, Frame *f, Value result, bool yields);
/* A call of `callable` with `n` arguments at f->pc; and what a call of other than a Python function has ended with: an empty result leaves its exception pending. */
int trace_call(Thread *t, Frame *f, Value callable, const Value *args, uint32_t n);
Value trace_called_take(Thread *t, Frame *f, Value callable, Value first, Value result);
/* What `for`, `yield from` or await ran has ended; `delegated`: a generator or coroutine run by one of the latter two. */
int trace_stop_iteration(Thread *t, Frame *f, Value value, bool delegated);
/* May the loop call it without the events of a call into C? */
bool trace_is_python_call(Thread *t, Value callable);
/* unwind_to_handler with the events of an exception. */
bool trace_unwind(Thread *t, Frame *f, uint32_t flags);

/* f_lineno = line: 0 or -1. */
int trace_set_line(Thread *t, FrameObject *o, Value line);

#endif
