/* mod__asyncio.h: the module _asyncio: mod__asyncio.c (the module, running loops, current tasks), mod__asyncio_future.c, mod__asyncio_task.c.
 *
 * Futures and tasks belong to the thread of their loop, as in CPython: what follows keeps memory sound with the lock off (every Value field is read and replaced under
 * the object's lock), not the program right. */
#ifndef BATON_LIB_MOD__ASYNCIO_H
#define BATON_LIB_MOD__ASYNCIO_H

#include "../memory/ref.h"
#include "../object/dict.h"
#include "../object/exception.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/module.h"
#include "../object/str.h"
#include "../thread/lock.h"
#include "../thread/objlock.h"

typedef enum FutureState { FUTURE_PENDING, FUTURE_CANCELLED, FUTURE_FINISHED } FutureState;

/* The first callback, nearly always the only one, has a place of its own.  Empty Values stand for None. */
#define FUTURE_HEAD                                                                                                    \
    Object head;                                                                                                       \
    Value dict;                                                                                                        \
    Object *weakrefs;                                                                                                  \
    Value loop;                                                                                                        \
    Value callback, context; /* the first callback */                                                                  \
    Value callbacks;         /* list of the others: (callback, context) */                                             \
    Value result, exception, exception_traceback;                                                                      \
    Value source_traceback, cancel_message, cancelled_exception;                                                       \
    Value awaited_by; /* a future, or a set of them (awaited_by_many) */                                               \
    uint8_t state;    /* FutureState */                                                                                \
    bool log_traceback, blocking, awaited_by_many

typedef struct Future {
    FUTURE_HEAD;
} Future;

typedef struct Task {
    FUTURE_HEAD;
    Value waiter; /* the future that it waits for */
    Value coroutine;
    Value name; /* str, or an int: not written out yet */
    Value task_context;
    int64_t cancels;
    bool must_cancel, log_destroy_pending, registered;
    struct Task *next, *previous; /* of the registered tasks, under AsyncState.lock */
} Task;

/* Names and library objects that are looked up once. */
/* clang-format off */
#define ASYNC_NAMES(X) \
    X(call_soon) X(cancel) X(add_done_callback) X(result) X(get_debug) X(call_exception_handler) X(get_loop) X(_loop) X(is_running) \
    X(get_event_loop) X(_asyncio_future_blocking) X(message) X(exception) X(future) X(task) X(source_traceback) X(add) X(discard) X(done)
/* clang-format on */
typedef enum AsyncName {
#define X(name) ASYNC_##name,
    ASYNC_NAMES(X)
#undef X
        ASYNC_NAME_COUNT
} AsyncName;
typedef enum AsyncImport {
    ASYNC_CancelledError,
    ASYNC_InvalidStateError,
    ASYNC_get_event_loop_policy,
    ASYNC_extract_stack,
    ASYNC_future_repr,
    ASYNC_task_repr,
    ASYNC_task_get_stack,
    ASYNC_task_print_stack,
    ASYNC_iscoroutine,
    ASYNC_WeakSet,
    ASYNC_IMPORT_COUNT
} AsyncImport;

typedef struct AsyncState {
    Value names[ASYNC_NAME_COUNT];
    Value imports[ASYNC_IMPORT_COUNT];    /* empty: not imported yet */
    Value keywords_context, keywords_msg; /* ("context",), ("msg",) */
    Type *future, *task, *future_iterator, *step;
    Value foreign_tasks;       /* WeakSet of registered tasks of other types, or empty */
    Value foreign_eager_tasks; /* set, or empty */
    Task *tasks;               /* the first registered one */
    Mutex lock;                /* of the list, with the lock off */
    _Atomic uint64_t next_task;
} AsyncState;

extern const TypeSpec asyncio_spec_future, asyncio_spec_task, asyncio_spec_future_iterator, asyncio_spec_step;

static inline AsyncState *async_state(Thread *t) { return (AsyncState *)t->interp->module_state[MODULE__asyncio]; }
static inline Value async_name(Thread *t, AsyncName name) { return async_state(t)->names[name]; }
/* A library object (borrowed), importing it at the first use; empty on error. */
Value async_import(Thread *t, AsyncImport what);

static inline bool task_check(Value v) { return object_is_native(v, &asyncio_spec_task); }
static inline bool future_check(Value v) { return object_is_native(v, &asyncio_spec_future) || task_check(v); }
/* Exactly a Future or Task of ours: nothing is overridden. */
static inline bool future_check_exact(Thread *t, Value v)
{
    const Type *type = value_is_object(v) ? value_object(v)->type : NULL;
    return type && (type == async_state(t)->future || type == async_state(t)->task);
}
static inline Future *future_of(Value v) { return (Future *)value_object(v); }
static inline Task *task_of(Value v) { return (Task *)value_object(v); }

/* A field, owned or empty; replaced by a taken value; and taken out of the field. */
static inline Value field_get(Thread *t, Value self, const Value *slot)
{
    objlock_enter(t, value_object(self));
    Value v = ref_inc(t, *slot);
    objlock_exit(t, value_object(self));
    return v;
}
static inline void field_set_take(Thread *t, Value self, Value *slot, Value value)
{
    objlock_enter(t, value_object(self));
    Value old = *slot;
    *slot = value;
    objlock_exit(t, value_object(self));
    ref_dec(t, old);
}
static inline Value field_take(Thread *t, Value self, Value *slot)
{
    objlock_enter(t, value_object(self));
    Value v = *slot;
    *slot = VALUE_EMPTY;
    objlock_exit(t, value_object(self));
    return v;
}

/* ---- mod__asyncio.c ---- */

/* The loop that runs on this thread, else the policy's: owned. */
MUST_CHECK Value async_get_event_loop(Thread *t);
/* loop.call_soon(function[, argument], context=context): 0 or -1. */
int async_call_soon(Thread *t, Value loop, Value function, Value argument_or_empty, Value context_or_empty);
/* The loop of any kind of future: get_loop(), or _loop where there is no such method; owned. */
MUST_CHECK Value async_loop_of(Thread *t, Value future);
int async_enter_task(Thread *t, Value loop, Value task);
int async_leave_task(Thread *t, Value loop, Value task);
MUST_CHECK Value async_swap_task(Thread *t, Value loop, Value task); /* the previous one, or None */
void async_register_task(Thread *t, Task *task);
void async_unregister_task(Thread *t, Task *task);
/* {message: ..., key: self, exception: ...} to loop.call_exception_handler, errors reported as unraisable: for finalizers. */
void async_report(Thread *t, Value self, AsyncName key, const char *message, Value exception_or_empty);

/* ---- mod__asyncio_future.c ---- */

int future_init(Thread *t, Value self, Value loop_or_empty);
int future_ensure_alive(Thread *t, Value self); /* RuntimeError when __init__ has not run: 0 or -1 */
int future_set_result(Thread *t, Value self, Value result);
int future_set_exception(Thread *t, Value self, Value exception);
/* 1 cancelled, 0 done already, -1 error. */
int future_cancel(Thread *t, Value self, Value message_or_empty);
/* The outcome: 0 *result (owned), 1 *result is the exception to be raised (owned), -1 error pending (cancelled, not done). */
int future_get_result(Thread *t, Value self, Value *result);
int future_add_callback(Thread *t, Value self, Value callback, Value context);
MUST_CHECK Value future_make_cancelled_error(Thread *t, Value self);
int future_awaited_by_add(Thread *t, Value future, Value waiter);
int future_awaited_by_discard(Thread *t, Value future, Value waiter);
void future_clear(Thread *t, Object *o);
int future_traverse(Object *o, VisitFn visit, void *arg);
void future_finalize(Thread *t, Object *o);

/* ---- mod__asyncio_task.c ---- */

int async_is_coroutine(Thread *t, Value v);

#endif
