/* mod__asyncio_task.c: _asyncio.Task: a coroutine driven by an event loop.
 *
 * A pending task is in one of three states: it waits for `waiter`, whose callback will wake it; or a step is scheduled with the loop; or it is being run (it is the
 * current task).  A step sends into the coroutine and looks at what it yields: a future to wait for, or None to be called again soon.
 * See mod__asyncio.h for locks. */
#include "mod__asyncio.h"

#include "../memory/alloc.h"
#include "../object/context.h"
#include "../run/generator.h"

static Value step(Thread *t, Value self, Value exc);

/* ---- what the loop calls ---- */

/* Calls a task's step, with an exception to be thrown if there is one. */
typedef struct Step {
    Object head;
    Value task, exception;
} Step;

static Value step_call(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Step *s = (Step *)value_object(self);
    if (!value_is_empty(names) && tuple_length(names) > 0)
        return error_set(t, EXC_TypeError, "function takes no keyword arguments");
    if (n > 0)
        return error_set(t, EXC_TypeError, "function takes no positional arguments");
    return step(t, s->task, s->exception);
}

static Value step_get_self(Thread *t, Value self)
{
    Value task = ((Step *)value_object(self))->task;
    return value_is_empty(task) ? VALUE_NONE : ref_inc(t, task);
}

static Value step_get_qualname(Thread *t, Value self)
{
    Value task = ((Step *)value_object(self))->task;
    Value coroutine = value_is_empty(task) ? VALUE_EMPTY : field_get(t, task, &task_of(task)->coroutine);
    if (value_is_empty(coroutine))
        return VALUE_NONE;
    Value name = object_getattr(t, coroutine, ID(t, __qualname__));
    ref_dec(t, coroutine);
    return name;
}

static void step_clear(Thread *t, Object *o)
{
    ref_clear(t, &((Step *)o)->task);
    ref_clear(t, &((Step *)o)->exception);
}
static int step_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((Step *)o)->task);
    VISIT(((Step *)o)->exception);
    return 0;
}
static const GetSetDef step_getsets[] = {
    {"__self__", step_get_self, NULL, NULL},
    {"__qualname__", step_get_qualname, NULL, NULL},
    {NULL, NULL, NULL, NULL},
};

const TypeSpec asyncio_spec_step = {
    .name = "_asyncio.TaskStepMethWrapper",
    .kind = KIND_OBJECT,
    .flags = TYPE_IMMUTABLE | TYPE_NO_NEW,
    .size = sizeof(Step),
    .getsets = step_getsets,
    .slots = {.dealloc = step_clear, .traverse = step_traverse, .clear = step_clear, .call = step_call},
};

/* Schedules a step with the loop. */
static int call_step_soon(Thread *t, Value self, Value exception)
{
    Task *task = task_of(self);
    Step *s = type_alloc(t, async_state(t)->step, 0);
    if (!s)
        return -1;
    s->task = ref_inc(t, self);
    s->exception = ref_inc(t, exception);
    Value loop = field_get(t, self, &task->loop), context = field_get(t, self, &task->task_context);
    int result = async_call_soon(t, loop, value_of(s), VALUE_EMPTY, context);
    ref_dec_object(t, &s->head);
    ref_dec(t, loop);
    ref_dec(t, context);
    return result;
}

/* The future that the task waits for is done. */
static Value wakeup(Thread *t, Value self, Value future)
{
    Value result = VALUE_EMPTY;
    if (future_check(future) && future_awaited_by_discard(t, future, self) < 0)
        return VALUE_EMPTY;
    if (future_check_exact(t, future)) {
        switch (future_get_result(t, future, &result)) {
        case 0: break;
        case 1: {
            Value done = step(t, self, result);
            ref_dec(t, result);
            return done;
        }
        default: result = VALUE_EMPTY; break;
        }
    } else {
        result = object_call_method(t, async_name(t, ASYNC_result), &future, 1, VALUE_EMPTY);
    }
    if (!value_is_empty(result)) {
        ref_dec(t, result);
        return step(t, self, VALUE_EMPTY);
    }
    Value exc = error_take(t);
    result = step(t, self, exc);
    ref_dec(t, exc);
    return result;
}

NATIVE(wakeup, "TaskWakeupMethWrapper", "($self, future, /)", "Goes on with a task whose future is done.")
{
    return wakeup(t, args[0], args[1]);
}

/* ---- a step ---- */

static int step_error_soon(Thread *t, Value self, Value message)
{
    if (value_is_empty(message))
        return -1;
    Value exc = exception_new(t, EXC_RuntimeError, message);
    int result = value_is_empty(exc) ? -1 : call_step_soon(t, self, exc);
    ref_dec(t, exc);
    ref_dec(t, message);
    return result;
}

/* future.cancel(msg=...): 1, 0, -1. */
static int cancel_waiter(Thread *t, Value future, Value message)
{
    const Value args[2] = {future, value_is_empty(message) ? VALUE_NONE : message};
    Value answer = object_call_method(t, async_name(t, ASYNC_cancel), args, 1, async_state(t)->keywords_msg);
    if (value_is_empty(answer))
        return -1;
    int result = object_truth(t, answer);
    ref_dec(t, answer);
    return result;
}

/* The task waits for a future from now on. */
static int wait_for(Thread *t, Value self, Value future)
{
    Task *task = task_of(self);
    Value callback = native_new(t, &native_wakeup, self, VALUE_EMPTY),
          context = field_get(t, self, &task->task_context);
    int result = -1;
    if (value_is_empty(callback))
        goto done;
    if (future_check_exact(t, future)) {
        result = future_add_callback(t, future, callback, context);
    } else {
        const Value args[3] = {future, callback, context};
        Value added =
            object_call_method(t, async_name(t, ASYNC_add_done_callback), args, 2, async_state(t)->keywords_context);
        result = value_is_empty(added) ? -1 : 0;
        ref_dec(t, added);
    }
    if (result < 0)
        goto done;
    field_set_take(t, self, &task->waiter, ref_inc(t, future));
    if (task->must_cancel) {
        Value message = field_get(t, self, &task->cancel_message);
        int cancelled = cancel_waiter(t, future, message);
        ref_dec(t, message);
        if (cancelled < 0)
            result = -1;
        else if (cancelled)
            task->must_cancel = false;
    }
done:
    ref_dec(t, callback);
    ref_dec(t, context);
    return result;
}

/* The coroutine yielded a future (of any kind) whose _asyncio_future_blocking is `blocking`. */
static int handle_future(Thread *t, Value self, Value result, bool blocking)
{
    Task *task = task_of(self);
    Value loop =
        future_check_exact(t, result) ? field_get(t, result, &future_of(result)->loop) : async_loop_of(t, result);
    if (value_is_empty(loop))
        return -1;
    bool same = value_is(loop, task->loop);
    ref_dec(t, loop);
    if (!same)
        return step_error_soon(t, self,
                               str_format(t, "Task %V got Future %V attached to a different loop", self, result));
    if (!blocking)
        return step_error_soon(t, self,
                               str_format(t, "yield was used instead of yield from in task %V with %V", self, result));
    if (future_check(result)) {
        if (future_awaited_by_add(t, result, self) < 0)
            return -1;
    }
    if (future_check_exact(t, result))
        future_of(result)->blocking = false;
    else if (object_setattr(t, result, async_name(t, ASYNC__asyncio_future_blocking), VALUE_FALSE) < 0)
        return -1;
    return wait_for(t, self, result);
}

static int handle_yielded(Thread *t, Value self, Value result)
{
    if (value_is(result, self))
        return step_error_soon(t, self, str_format(t, "Task cannot await on itself: %V", self));
    if (value_is_none(result))
        return call_step_soon(t, self, VALUE_EMPTY);
    if (future_check_exact(t, result))
        return handle_future(t, self, result, future_of(result)->blocking);
    Value blocking;
    int found = object_getattr_optional(t, result, async_name(t, ASYNC__asyncio_future_blocking), &blocking);
    if (found < 0)
        return -1;
    if (found && !value_is_none(blocking)) {
        int truth = object_truth(t, blocking);
        ref_dec(t, blocking);
        return truth < 0 ? -1 : handle_future(t, self, result, truth);
    }
    if (object_is_exact(result, KIND_GENERATOR))
        return step_error_soon(
            t, self,
            str_format(t, "yield was used instead of yield from for generator in task %V with %V", self, result));
    return step_error_soon(t, self, str_format(t, "Task got bad yield: %V", result));
}

/* The coroutine raised: the pending exception becomes the task's outcome. */
static int handle_raised(Thread *t, Value self)
{
    Task *task = task_of(self);
    Value exc = error_take(t); /* first: an import must not run with an error pending */
    Value cancelled = async_import(t, ASYNC_CancelledError);
    if (value_is_empty(cancelled)) {
        ref_dec(t, exc);
        return -1;
    }
    if (type_is_subtype(value_object(exc)->type, type_as(cancelled))) {
        field_set_take(t, self, &task->cancelled_exception,
                       exc); /* to be the context of the error raised by result() */
        return future_cancel(t, self, VALUE_EMPTY) < 0 ? -1 : 0;
    }
    if (future_set_exception(t, self, exc) < 0) {
        ref_dec(t, exc);
        return -1;
    }
    Type *type = value_object(exc)->type;
    if (type_is_subtype(type, t->interp->exceptions[EXC_KeyboardInterrupt]) ||
        type_is_subtype(type, t->interp->exceptions[EXC_SystemExit])) {
        error_restore_take(t, exc); /* the loop is to end with it */
        return -1;
    }
    ref_dec(t, exc);
    return 0;
}

static int handle_returned(Thread *t, Value self, Value result)
{
    Task *task = task_of(self);
    if (!task->must_cancel)
        return future_set_result(t, self, result);
    task->must_cancel = false; /* cancelled just before it ended */
    Value message = field_get(t, self, &task->cancel_message);
    int cancelled = future_cancel(t, self, message);
    ref_dec(t, message);
    return cancelled < 0 ? -1 : 0;
}

static int run_step(Thread *t, Value self, Value exc)
{
    Task *task = task_of(self);
    if (task->state != FUTURE_PENDING) {
        Value class = async_import(t, ASYNC_InvalidStateError);
        if (!value_is_empty(class))
            error_set_type(t, type_as(class), "__step(): already done: %V %V", self,
                           value_is_empty(exc) ? VALUE_NONE : exc);
        return -1;
    }
    Value thrown = ref_inc(t, exc);
    if (task->must_cancel) {
        Value cancelled = async_import(t, ASYNC_CancelledError);
        if (value_is_empty(cancelled)) {
            ref_dec(t, thrown);
            return -1;
        }
        if (value_is_empty(thrown) || !type_is_subtype(type_of(t, thrown), type_as(cancelled))) {
            ref_dec(t, thrown);
            thrown = future_make_cancelled_error(t, self);
            if (value_is_empty(thrown))
                return -1;
        }
        task->must_cancel = false;
    }
    field_set_take(t, self, &task->waiter, VALUE_EMPTY);
    Value coroutine = field_get(t, self, &task->coroutine), result = VALUE_EMPTY;
    if (value_is_empty(coroutine)) {
        ref_dec(t, thrown);
        return error_set(t, EXC_RuntimeError, "uninitialized Task object"), -1;
    }
    GeneratorResult how = value_is_empty(thrown) ? generator_send(t, coroutine, VALUE_NONE, &result)
                                                 : generator_throw(t, coroutine, thrown, &result);
    ref_dec(t, coroutine);
    ref_dec(t, thrown);
    int status;
    switch (how) {
    case GENERATOR_YIELD: status = handle_yielded(t, self, result); break;
    case GENERATOR_RETURN: status = handle_returned(t, self, result); break;
    default: return handle_raised(t, self);
    }
    ref_dec(t, result);
    return status;
}

static Value step(Thread *t, Value self, Value exc)
{
    Value loop = field_get(t, self, &task_of(self)->loop);
    ref_inc(t, self);
    int result = async_enter_task(t, loop, self);
    if (result == 0) {
        result = run_step(t, self, exc);
        Value pending = error_take(t);
        int left = async_leave_task(t, loop, self);
        if (left < 0)
            result = -1;
        error_chain_context_take(t, pending);
    }
    ref_dec(t, loop);
    ref_dec(t, self);
    return result < 0 ? VALUE_EMPTY : VALUE_NONE;
}

/* ---- making ---- */

int async_is_coroutine(Thread *t, Value v)
{
    if (object_is_exact(v, KIND_COROUTINE))
        return 1;
    Value check = async_import(t, ASYNC_iscoroutine), answer;
    if (value_is_empty(check))
        return -1;
    answer = object_call1(t, check, v);
    if (value_is_empty(answer))
        return -1;
    int result = object_truth(t, answer);
    ref_dec(t, answer);
    return result;
}

/* Runs the first step at once; the task is scheduled only if it has to wait. */
static int eager_start(Thread *t, Value self)
{
    Task *task = task_of(self);
    Value loop = field_get(t, self, &task->loop), context = field_get(t, self, &task->task_context),
          previous = async_swap_task(t, loop, self);
    int result = -1;
    if (value_is_empty(previous))
        goto done;
    async_register_task(t, task);
    if (context_enter(t, context) == 0) {
        result = run_step(t, self, VALUE_EMPTY);
        Value pending = error_take(t);
        if (context_exit(t, context) < 0)
            result = -1;
        error_chain_context_take(t, pending);
    }
    Value pending = error_take(t), current = async_swap_task(t, loop, previous);
    if (value_is_empty(current))
        result = -1;
    ref_dec(t, current);
    error_chain_context_take(t, pending);
    if (task->state != FUTURE_PENDING) {
        async_unregister_task(t, task);
        field_set_take(t, self, &task->coroutine, VALUE_EMPTY);
    }
done:
    ref_dec(t, loop);
    ref_dec(t, context);
    ref_dec(t, previous);
    return result;
}

static int loop_is_running(Thread *t, Value self)
{
    Value loop = field_get(t, self, &task_of(self)->loop);
    Value answer = object_call_method(t, async_name(t, ASYNC_is_running), &loop, 1, VALUE_EMPTY);
    ref_dec(t, loop);
    if (value_is_empty(answer))
        return -1;
    int result = object_truth(t, answer);
    ref_dec(t, answer);
    return result;
}

static int init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Value out[5];
    Task *task = task_of(self);
    if (native_parse(t, "Task", "(coro, *, loop=None, name=None, context=None, eager_start=False)", args, n, names,
                     out) < 0 ||
        future_init(t, self, out[1]) < 0)
        return -1;
    int is_coroutine = async_is_coroutine(t, out[0]);
    if (is_coroutine <= 0) {
        task->log_destroy_pending = false;
        return is_coroutine < 0 ? -1 : (error_set(t, EXC_TypeError, "a coroutine was expected, got %V", out[0]), -1);
    }
    Value context = value_is_empty(out[3]) || value_is_none(out[3]) ? context_copy_current(t) : ref_inc(t, out[3]),
          name;
    if (value_is_empty(context))
        return -1;
    field_set_take(t, self, &task->task_context, context);
    field_set_take(t, self, &task->waiter, VALUE_EMPTY);
    task->must_cancel = false;
    task->log_destroy_pending = true;
    task->cancels = 0;
    field_set_take(t, self, &task->coroutine, ref_inc(t, out[0]));
    if (value_is_empty(out[2]) || value_is_none(out[2]))
        name = int_from_uint64(t, atomic_fetch_add(&async_state(t)->next_task, 1));
    else
        name = object_str(t, out[2]);
    if (value_is_empty(name))
        return -1;
    field_set_take(t, self, &task->name, name);
    int eager = value_is_empty(out[4]) ? 0 : object_truth(t, out[4]);
    if (eager > 0)
        eager = loop_is_running(t, self);
    if (eager < 0)
        return -1;
    if (eager)
        return eager_start(t, self);
    if (call_step_soon(t, self, VALUE_EMPTY) < 0)
        return -1;
    async_register_task(t, task);
    return 0;
}

/* ---- life ---- */

#define TASK_VALUE_COUNT 4 /* waiter ... task_context */
static Value *task_values(Object *o) { return &((Task *)o)->waiter; }

static void clear(Thread *t, Object *o)
{
    for (int i = 0; i < TASK_VALUE_COUNT; i++)
        ref_clear(t, task_values(o) + i);
    future_clear(t, o);
}

static void dealloc(Thread *t, Object *o)
{
    async_unregister_task(t, (Task *)o);
    clear(t, o);
}

static int traverse(Object *o, VisitFn visit, void *arg)
{
    for (int i = 0; i < TASK_VALUE_COUNT; i++)
        VISIT(task_values(o)[i]);
    return future_traverse(o, visit, arg);
}

static void finalize(Thread *t, Object *o)
{
    Task *task = (Task *)o;
    if (task->state == FUTURE_PENDING && task->log_destroy_pending && !value_is_empty(task->loop))
        async_report(t, value_of(o), ASYNC_task, "Task was destroyed but it is pending!", VALUE_EMPTY);
    future_finalize(t, o);
}

/* ---- methods ---- */

NATIVE(cancel, "cancel", "($self, /, msg=None)",
       "Asks the task to cancel itself: CancelledError is raised in the coroutine at its next step, which may catch "
       "it.\n\nFalse when the task is done already.")
{
    Value self = args[0], message = value_is_empty(args[1]) ? VALUE_NONE : args[1];
    Task *task = task_of(self);
    if (future_ensure_alive(t, self) < 0)
        return VALUE_EMPTY;
    task->log_traceback = false;
    if (task->state != FUTURE_PENDING)
        return VALUE_FALSE;
    task->cancels++;
    Value waiter = field_get(t, self, &task->waiter);
    if (!value_is_empty(waiter)) {
        int cancelled = cancel_waiter(t, waiter, message);
        ref_dec(t, waiter);
        if (cancelled)
            return cancelled < 0 ? VALUE_EMPTY : VALUE_TRUE;
    }
    task->must_cancel = true;
    field_set_take(t, self, &task->cancel_message, ref_inc(t, message));
    return VALUE_TRUE;
}

NATIVE(cancelling, "cancelling", "($self, /)", "How often cancelling was asked for, less the calls of uncancel().")
{
    return int_from_int64(t, task_of(args[0])->cancels);
}

NATIVE(uncancel, "uncancel", "($self, /)", "Takes one request to cancel back; returns how many are left.")
{
    Task *task = task_of(args[0]);
    if (task->cancels > 0 && --task->cancels == 0)
        task->must_cancel = false;
    return int_from_int64(t, task->cancels);
}

NATIVE(set_result, "set_result", "($self, result, /)", "Always refused: the coroutine makes the result.")
{
    return error_set(t, EXC_RuntimeError, "Task does not support set_result operation");
}

NATIVE(set_exception, "set_exception", "($self, exception, /)", "Always refused: the coroutine raises the exception.")
{
    return error_set(t, EXC_RuntimeError, "Task does not support set_exception operation");
}

static Value none_if_empty(Value v) { return value_is_empty(v) ? VALUE_NONE : v; }

NATIVE(get_coro, "get_coro", "($self, /)", "The coroutine.")
{
    return none_if_empty(field_get(t, args[0], &task_of(args[0])->coroutine));
}
NATIVE(get_context, "get_context", "($self, /)", "The contextvars context in which the coroutine runs.")
{
    return none_if_empty(field_get(t, args[0], &task_of(args[0])->task_context));
}

NATIVE(get_name, "get_name", "($self, /)", "The task's name.")
{
    Task *task = task_of(args[0]);
    Value name = field_get(t, args[0], &task->name);
    if (value_is_empty(name) || !int_check(name))
        return none_if_empty(name);
    Value text = str_format(t, "Task-%S", name);
    ref_dec(t, name);
    if (!value_is_empty(text))
        field_set_take(t, args[0], &task->name, ref_inc(t, text));
    return text;
}

NATIVE(set_name, "set_name", "($self, value, /)", "Sets the task's name: the str() of the value.")
{
    Value name = object_str(t, args[1]);
    if (value_is_empty(name))
        return VALUE_EMPTY;
    field_set_take(t, args[0], &task_of(args[0])->name, name);
    return VALUE_NONE;
}

NATIVE(get_stack, "get_stack", "($self, /, *, limit=None)",
       "The frames in which the task is suspended, or those of the traceback if it failed: a list, the oldest "
       "first.\n\nWith a limit the newest frames of a suspended task, or the "
       "oldest of a traceback.")
{
    Value function = async_import(t, ASYNC_task_get_stack);
    return value_is_empty(function)
               ? VALUE_EMPTY
               : object_call2(t, function, args[0], value_is_empty(args[1]) ? VALUE_NONE : args[1]);
}

NATIVE(print_stack, "print_stack", "($self, /, *, limit=None, file=None)",
       "Prints the stack or the traceback of the task, to sys.stderr by default.")
{
    Value function = async_import(t, ASYNC_task_print_stack);
    if (value_is_empty(function))
        return VALUE_EMPTY;
    const Value arguments[3] = {args[0], none_if_empty(args[1]), none_if_empty(args[2])};
    return object_call(t, function, arguments, 3, VALUE_EMPTY);
}

static Value repr(Thread *t, Value self)
{
    Value function = async_import(t, ASYNC_task_repr);
    return value_is_empty(function) ? VALUE_EMPTY : object_call1(t, function, self);
}

static Value get_log_destroy_pending(Thread *t, Value self)
{
    return value_from_bool(task_of(self)->log_destroy_pending);
}
static int set_log_destroy_pending(Thread *t, Value self, Value v)
{
    if (value_is_empty(v))
        return error_set(t, EXC_AttributeError, "cannot delete attribute"), -1;
    int truth = object_truth(t, v);
    if (truth < 0)
        return -1;
    task_of(self)->log_destroy_pending = truth;
    return 0;
}
static Value get_must_cancel(Thread *t, Value self) { return value_from_bool(task_of(self)->must_cancel); }
static Value get_coroutine(Thread *t, Value self)
{
    return none_if_empty(field_get(t, self, &task_of(self)->coroutine));
}
static Value get_waiter(Thread *t, Value self) { return none_if_empty(field_get(t, self, &task_of(self)->waiter)); }

static const NativeDef *const methods[] = {
    &native_cancel,        &native_cancelling, &native_uncancel,    &native_set_result,
    &native_set_exception, &native_get_coro,   &native_get_context, &native_get_name,
    &native_set_name,      &native_get_stack,  &native_print_stack, NULL,
};
static const GetSetDef getsets[] = {
    {"_log_destroy_pending", get_log_destroy_pending, set_log_destroy_pending, NULL},
    {"_must_cancel", get_must_cancel, NULL, NULL},
    {"_coro", get_coroutine, NULL, NULL},
    {"_fut_waiter", get_waiter, NULL, NULL},
    {NULL, NULL, NULL, NULL},
};

const TypeSpec asyncio_spec_task = {
    .name = "_asyncio.Task",
    .doc = "Task(coro, *, loop=None, name=None, context=None, eager_start=False)\n\nA coroutine that an event loop "
           "runs, as a future of its result.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Task),
    .dict_offset = offsetof(Task, dict),
    .weak_offset = offsetof(Task, weakrefs),
    .methods = methods,
    .getsets = getsets,
    .signature =
        "(coro, *, loop=<unrepresentable>, name=<unrepresentable>,\n     context=<unrepresentable>, eager_start=False)",
    .slots = {.dealloc = dealloc,
              .traverse = traverse,
              .clear = clear,
              .finalize = finalize,
              .create = type_create_plain,
              .init = init,
              .repr = repr},
};
