/* mod__asyncio_future.c: _asyncio.Future, and the iterator that `await future` runs on.  See mod__asyncio.h for invariants and locks. */
#include "mod__asyncio.h"

#include "../object/context.h"
#include "../object/generic_alias.h"
#include "../run/generator.h"

/* ---- life ---- */

#define FUTURE_FIRST_VALUE offsetof(Future, loop)
#define FUTURE_VALUE_COUNT 11 /* loop ... awaited_by */

static Value *future_values(Object *o) { return (Value *)((char *)o + FUTURE_FIRST_VALUE); }

void future_clear(Thread *t, Object *o)
{
    for (int i = 0; i < FUTURE_VALUE_COUNT; i++)
        ref_clear(t, &future_values(o)[i]);
    ref_clear(t, &((Future *)o)->dict);
}

int future_traverse(Object *o, VisitFn visit, void *arg)
{
    for (int i = 0; i < FUTURE_VALUE_COUNT; i++)
        VISIT(future_values(o)[i]);
    VISIT(((Future *)o)->dict);
    return 0;
}

void future_finalize(Thread *t, Object *o)
{
    Future *f = (Future *)o;
    if (!f->log_traceback)
        return;
    f->log_traceback = false;
    const char *name = type_name(o->type), *dot = strrchr(name, '.'); /* without the module */
    Value self = value_of(o), text = str_format(t, "%s exception was never retrieved", dot ? dot + 1 : name);
    if (!value_is_empty(text))
        async_report(t, self, ASYNC_future, str_ascii_or(text, "Future exception was never retrieved"), f->exception);
    ref_dec(t, text);
}

int future_init(Thread *t, Value self, Value loop)
{
    Future *f = future_of(self);
    /* __init__ may be called again: a new life. */
    for (int i = 0; i < FUTURE_VALUE_COUNT; i++)
        field_set_take(t, self, &future_values(value_object(self))[i], VALUE_EMPTY);
    f->state = FUTURE_PENDING;
    f->log_traceback = f->blocking = f->awaited_by_many = false;
    loop = value_is_empty(loop) || value_is_none(loop) ? async_get_event_loop(t) : ref_inc(t, loop);
    if (value_is_empty(loop))
        return -1;
    field_set_take(t, self, &f->loop, loop);
    Value debug = object_call_method(t, async_name(t, ASYNC_get_debug), &loop, 1, VALUE_EMPTY);
    if (value_is_empty(debug))
        return -1;
    int is_debug = object_truth(t, debug);
    ref_dec(t, debug);
    if (is_debug <= 0 || t->interp->finalizing)
        return is_debug < 0 ? -1 : 0;
    Value extract = async_import(t, ASYNC_extract_stack),
          stack = value_is_empty(extract) ? VALUE_EMPTY : object_call0(t, extract);
    if (value_is_empty(stack))
        return -1;
    field_set_take(t, self, &f->source_traceback, stack);
    return 0;
}

static int init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Value out[1];
    if (native_parse(t, "Future", "(*, loop=None)", args, n, names, out) < 0)
        return -1;
    return future_init(t, self, out[0]);
}

int future_ensure_alive(Thread *t, Value self)
{
    if (LIKELY(!value_is_empty(slot_peek(&future_of(self)->loop))))
        return 0;
    return error_set(t, EXC_RuntimeError, "Future object is not initialized."), -1;
}

/* ---- callbacks ---- */

static int schedule_take(Thread *t, Value self, Value loop, Value callback, Value context)
{
    int result = async_call_soon(t, loop, callback, self, context);
    ref_dec(t, callback);
    ref_dec(t, context);
    return result;
}

/* Done: the loop is to call all callbacks, which are forgotten. */
static int schedule_callbacks(Thread *t, Value self)
{
    Future *f = future_of(self);
    Value loop = field_get(t, self, &f->loop), first = field_take(t, self, &f->callback),
          context = field_take(t, self, &f->context), others = field_take(t, self, &f->callbacks);
    int result = value_is_empty(first) ? 0 : schedule_take(t, self, loop, first, context);
    for (size_t i = 0; result == 0 && !value_is_empty(others) && i < list_length(others); i++) {
        Value pair = list_get(t, others, i);
        if (value_is_empty(pair))
            break;
        result = async_call_soon(t, loop, tuple_peek(pair, 0), self, tuple_peek(pair, 1));
        ref_dec(t, pair);
    }
    ref_dec(t, loop);
    ref_dec(t, others);
    return result;
}

int future_add_callback(Thread *t, Value self, Value callback, Value context)
{
    Future *f = future_of(self);
    if (future_ensure_alive(t, self) < 0)
        return -1;
    if (f->state != FUTURE_PENDING) {
        Value loop = field_get(t, self, &f->loop);
        int result = async_call_soon(t, loop, callback, self, context);
        ref_dec(t, loop);
        return result;
    }
    objlock_enter(t, f);
    bool first = value_is_empty(f->callback) && value_is_empty(f->callbacks);
    if (first) {
        f->callback = ref_inc(t, callback);
        f->context = ref_inc(t, context);
    }
    objlock_exit(t, f);
    if (first)
        return 0;
    Value list = field_get(t, self, &f->callbacks), pair = tuple_pack(t, 2, callback, context);
    if (value_is_empty(pair))
        goto fail;
    if (value_is_empty(list)) {
        list = list_new(t, 1);
        if (value_is_empty(list))
            goto fail;
        field_set_take(t, self, &f->callbacks, ref_inc(t, list));
    }
    int result = list_append_take(t, list, pair);
    ref_dec(t, list);
    return result;
fail:
    ref_dec(t, list);
    ref_dec(t, pair);
    return -1;
}

NATIVE(add_done_callback, "add_done_callback", "($self, fn, /, *, context=<unrepresentable>)",
       "Has fn(future) called when the future is done: soon, through the loop's call_soon(), if it is already.")
{
    Value context = value_is_empty(args[2]) || value_is_none(args[2]) ? context_copy_current(t) : ref_inc(t, args[2]);
    if (value_is_empty(context))
        return VALUE_EMPTY;
    int result = future_add_callback(t, args[0], args[1], context);
    ref_dec(t, context);
    return result < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(remove_done_callback, "remove_done_callback", "($self, fn, /)",
       "Removes a callback wherever it was added; returns how many times that was.")
{
    Value self = args[0];
    Future *f = future_of(self);
    int64_t removed = 0;
    if (future_ensure_alive(t, self) < 0)
        return VALUE_EMPTY;
    Value first = field_get(t, self, &f->callback);
    if (!value_is_empty(first)) {
        int same = object_equal(t, args[1], first);
        ref_dec(t, first);
        if (same < 0)
            return VALUE_EMPTY;
        if (same) {
            field_set_take(t, self, &f->callback, VALUE_EMPTY);
            field_set_take(t, self, &f->context, VALUE_EMPTY);
            removed = 1;
        }
    }
    Value list = field_get(t, self, &f->callbacks);
    if (value_is_empty(list))
        return value_from_int(removed);
    Value kept = list_new(t, list_length(list)), result = VALUE_EMPTY;
    if (value_is_empty(kept))
        goto done;
    for (size_t i = 0;; i++) {
        Value pair = list_get(t, list, i); /* comparing may change the list */
        if (value_is_empty(pair))
            break;
        int same = object_equal(t, tuple_peek(pair, 0), args[1]);
        if (same == 0)
            same = list_append(t, kept, pair);
        else if (same > 0)
            removed++;
        ref_dec(t, pair);
        if (same < 0)
            goto done;
    }
    field_set_take(t, self, &f->callbacks, list_length(kept) ? ref_inc(t, kept) : VALUE_EMPTY);
    result = value_from_int(removed);
done:
    ref_dec(t, kept);
    ref_dec(t, list);
    return result;
}

/* ---- outcomes ---- */

static Value invalid_state(Thread *t, const char *message)
{
    Value class = async_import(t, ASYNC_InvalidStateError);
    return value_is_empty(class) ? VALUE_EMPTY : error_set_type(t, type_as(class), "%s", message);
}

int future_set_result(Thread *t, Value self, Value result)
{
    Future *f = future_of(self);
    if (future_ensure_alive(t, self) < 0)
        return -1;
    if (f->state != FUTURE_PENDING)
        return invalid_state(t, "invalid state"), -1;
    field_set_take(t, self, &f->result, ref_inc(t, result));
    f->state = FUTURE_FINISHED;
    return schedule_callbacks(t, self);
}

/* What is kept of the exception to be set: an instance, owned; StopIteration is wrapped. */
static Value exception_to_keep(Thread *t, Value v)
{
    Value exc;
    if (exception_is_class(t, v)) {
        exc = exception_new_type(t, type_as(v), VALUE_EMPTY);
        if (value_is_empty(exc))
            return VALUE_EMPTY;
    } else {
        exc = ref_inc(t, v);
    }
    if (!exception_check(exc)) {
        ref_dec(t, exc);
        return error_set(t, EXC_TypeError, "invalid exception object");
    }
    if (!type_is_subtype(value_object(exc)->type, t->interp->exceptions[EXC_StopIteration]))
        return exc;
    Value text = str_from_string(t, "StopIteration interacts badly with generators and cannot be raised into a Future");
    Value wrapped = value_is_empty(text) ? VALUE_EMPTY : exception_new(t, EXC_RuntimeError, text);
    ref_dec(t, text);
    if (!value_is_empty(wrapped)) {
        exception_set_cause_take(t, wrapped, ref_inc(t, exc));
        exception_set_context_take(t, wrapped, ref_inc(t, exc));
    }
    ref_dec(t, exc);
    return wrapped;
}

int future_set_exception(Thread *t, Value self, Value exception)
{
    Future *f = future_of(self);
    if (future_ensure_alive(t, self) < 0)
        return -1;
    if (f->state != FUTURE_PENDING)
        return invalid_state(t, "invalid state"), -1;
    Value exc = exception_to_keep(t, exception);
    if (value_is_empty(exc))
        return -1;
    field_set_take(t, self, &f->exception_traceback, exception_get_traceback(t, exc));
    field_set_take(t, self, &f->exception, exc);
    f->state = FUTURE_FINISHED;
    if (schedule_callbacks(t, self) < 0)
        return -1;
    f->log_traceback = true;
    return 0;
}

int future_cancel(Thread *t, Value self, Value message)
{
    Future *f = future_of(self);
    f->log_traceback = false;
    if (f->state != FUTURE_PENDING)
        return 0;
    f->state = FUTURE_CANCELLED;
    field_set_take(t, self, &f->cancel_message, ref_inc(t, message));
    return schedule_callbacks(t, self) < 0 ? -1 : 1;
}

Value future_make_cancelled_error(Thread *t, Value self)
{
    Future *f = future_of(self);
    Value exc = field_take(t, self, &f->cancelled_exception);
    if (!value_is_empty(exc))
        return exc;
    Value class = async_import(t, ASYNC_CancelledError);
    if (value_is_empty(class))
        return VALUE_EMPTY;
    Value message = field_get(t, self, &f->cancel_message);
    exc = value_is_empty(message) || value_is_none(message) ? object_call0(t, class) : object_call1(t, class, message);
    ref_dec(t, message);
    return exc;
}

static int check_done(Thread *t, Value self, const char *message)
{
    Future *f = future_of(self);
    if (UNLIKELY(value_is_empty(slot_peek(&f->loop))))
        return invalid_state(t, "Future object is not initialized."), -1;
    if (f->state == FUTURE_CANCELLED) {
        Value exc = future_make_cancelled_error(t, self);
        if (!value_is_empty(exc))
            error_set_take(t, exc);
        return -1;
    }
    if (f->state != FUTURE_FINISHED)
        return invalid_state(t, message), -1;
    f->log_traceback = false;
    return 0;
}

int future_get_result(Thread *t, Value self, Value *result)
{
    Future *f = future_of(self);
    if (check_done(t, self, "Result is not set.") < 0)
        return -1;
    Value exc = field_get(t, self, &f->exception);
    if (value_is_empty(exc)) {
        *result = field_get(t, self, &f->result);
        if (value_is_empty(*result))
            *result = VALUE_NONE;
        return 0;
    }
    exception_set_traceback_take(t, exc, field_take(t, self, &f->exception_traceback));
    *result = exc;
    return 1;
}

/* result() as a value or a raised exception. */
static Value get_result(Thread *t, Value self)
{
    Value result;
    switch (future_get_result(t, self, &result)) {
    case 0: return result;
    case 1: return error_set_take(t, result);
    default: return VALUE_EMPTY;
    }
}

NATIVE(result, "result", "($self, /)",
       "The result, or the exception raised; InvalidStateError when the future is not done.")
{
    return get_result(t, args[0]);
}

NATIVE(exception, "exception", "($self, /)",
       "The exception that was set, or None; InvalidStateError when the future is not done.")
{
    if (check_done(t, args[0], "Exception is not set.") < 0)
        return VALUE_EMPTY;
    Value exc = field_get(t, args[0], &future_of(args[0])->exception);
    return value_is_empty(exc) ? VALUE_NONE : exc;
}

NATIVE(set_result, "set_result", "($self, result, /)",
       "Makes the future done with a result; InvalidStateError when it is done already.")
{
    return future_set_result(t, args[0], args[1]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(set_exception, "set_exception", "($self, exception, /)",
       "Makes the future done with an exception; InvalidStateError when it is done already.")
{
    return future_set_exception(t, args[0], args[1]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(cancel, "cancel", "($self, /, msg=None)",
       "Cancels the future and has its callbacks called; False when it is done already.")
{
    if (future_ensure_alive(t, args[0]) < 0)
        return VALUE_EMPTY;
    int result = future_cancel(t, args[0], args[1]);
    return result < 0 ? VALUE_EMPTY : value_from_bool(result);
}

NATIVE(cancelled, "cancelled", "($self, /)", "Whether the future was cancelled.")
{
    return value_from_bool(!value_is_empty(slot_peek(&future_of(args[0])->loop)) &&
                           future_of(args[0])->state == FUTURE_CANCELLED);
}

NATIVE(done, "done", "($self, /)", "Whether the future is done: it has a result or an exception, or was cancelled.")
{
    return value_from_bool(!value_is_empty(slot_peek(&future_of(args[0])->loop)) &&
                           future_of(args[0])->state != FUTURE_PENDING);
}

NATIVE(get_loop, "get_loop", "($self, /)", "The event loop that the future belongs to.")
{
    return future_ensure_alive(t, args[0]) < 0 ? VALUE_EMPTY : field_get(t, args[0], &future_of(args[0])->loop);
}

NATIVE(make_cancelled_error, "_make_cancelled_error", "($self, /)",
       "The CancelledError to be raised: called once, for it forgets a saved one.")
{
    return future_make_cancelled_error(t, args[0]);
}

NATIVE_FLAGS(class_getitem, "__class_getitem__", "($type, object, /)", "The class as a generic alias.", NATIVE_CLASS)
{
    return generic_alias_new(t, args[0], args[1]);
}

static Value repr(Thread *t, Value self)
{
    Value function = async_import(t, ASYNC_future_repr);
    return value_is_empty(function) ? VALUE_EMPTY : object_call1(t, function, self);
}

/* ---- who awaits it ---- */

int future_awaited_by_add(Thread *t, Value self, Value waiter)
{
    Future *f = future_of(self);
    Value known = field_get(t, self, &f->awaited_by), set;
    int result = -1;
    if (value_is_empty(known)) {
        field_set_take(t, self, &f->awaited_by, ref_inc(t, waiter));
        f->awaited_by_many = false;
        return 0;
    }
    if (f->awaited_by_many) {
        result = set_add(t, known, waiter);
    } else if (value_is(known, waiter)) {
        result = 0;
    } else {
        set = set_new(t, VALUE_EMPTY);
        if (!value_is_empty(set) && set_add(t, set, known) == 0 && set_add(t, set, waiter) == 0) {
            field_set_take(t, self, &f->awaited_by, ref_inc(t, set));
            f->awaited_by_many = true;
            result = 0;
        }
        ref_dec(t, set);
    }
    ref_dec(t, known);
    return result;
}

int future_awaited_by_discard(Thread *t, Value self, Value waiter)
{
    Future *f = future_of(self);
    Value known = field_get(t, self, &f->awaited_by);
    int result = 0;
    if (value_is_empty(known))
        return 0;
    if (f->awaited_by_many)
        result = set_discard(t, known, waiter) < 0 ? -1 : 0;
    else if (value_is(known, waiter))
        field_set_take(t, self, &f->awaited_by, VALUE_EMPTY);
    ref_dec(t, known);
    return result;
}

static Value get_awaited_by(Thread *t, Value self)
{
    Future *f = future_of(self);
    Value known = field_get(t, self, &f->awaited_by), result;
    if (value_is_empty(known))
        return VALUE_NONE;
    if (f->awaited_by_many) {
        result = frozenset_new(t, known);
    } else {
        Value one = tuple_pack(t, 1, known);
        result = value_is_empty(one) ? VALUE_EMPTY : frozenset_new(t, one);
        ref_dec(t, one);
    }
    ref_dec(t, known);
    return result;
}

/* ---- attributes ---- */

static Value get_state(Thread *t, Value self)
{
    static const char *const names[] = {"PENDING", "CANCELLED", "FINISHED"};
    return future_ensure_alive(t, self) < 0 ? VALUE_EMPTY : str_intern(t, names[future_of(self)->state]);
}

#define FIELD_GETTER(name, field)                                                                                      \
    static Value get_##name(Thread *t, Value self)                                                                     \
    {                                                                                                                  \
        Value v = field_get(t, self, &future_of(self)->field);                                                         \
        return value_is_empty(v) ? VALUE_NONE : v;                                                                     \
    }
FIELD_GETTER(loop, loop)
FIELD_GETTER(result_field, result)
FIELD_GETTER(exception, exception)
FIELD_GETTER(source_traceback, source_traceback)
FIELD_GETTER(cancel_message, cancel_message)

static int set_cancel_message(Thread *t, Value self, Value v)
{
    if (value_is_empty(v))
        return error_set(t, EXC_AttributeError, "cannot delete attribute"), -1;
    field_set_take(t, self, &future_of(self)->cancel_message, ref_inc(t, v));
    return 0;
}

static Value get_blocking(Thread *t, Value self)
{
    return value_from_bool(!value_is_empty(slot_peek(&future_of(self)->loop)) && future_of(self)->blocking);
}

static int set_blocking(Thread *t, Value self, Value v)
{
    if (future_ensure_alive(t, self) < 0)
        return -1;
    if (value_is_empty(v))
        return error_set(t, EXC_AttributeError, "cannot delete attribute"), -1;
    int truth = object_truth(t, v);
    if (truth < 0)
        return -1;
    future_of(self)->blocking = truth;
    return 0;
}

static Value get_log_traceback(Thread *t, Value self)
{
    return future_ensure_alive(t, self) < 0 ? VALUE_EMPTY : value_from_bool(future_of(self)->log_traceback);
}

static int set_log_traceback(Thread *t, Value self, Value v)
{
    if (value_is_empty(v))
        return error_set(t, EXC_AttributeError, "cannot delete attribute"), -1;
    int truth = object_truth(t, v);
    if (truth < 0)
        return -1;
    if (truth)
        return error_set(t, EXC_ValueError, "_log_traceback can only be set to False"), -1;
    future_of(self)->log_traceback = false;
    return 0;
}

/* All callbacks as a list of pairs, or None. */
static Value get_callbacks(Thread *t, Value self)
{
    Future *f = future_of(self);
    if (future_ensure_alive(t, self) < 0)
        return VALUE_EMPTY;
    Value first = field_get(t, self, &f->callback), context = field_get(t, self, &f->context),
          others = field_get(t, self, &f->callbacks), result = VALUE_NONE;
    if (!value_is_empty(first) || !value_is_empty(others)) {
        result = list_new(t, 1);
        if (!value_is_empty(result) && !value_is_empty(first) &&
            list_append_take(t, result, tuple_pack(t, 2, first, value_is_empty(context) ? VALUE_NONE : context)) < 0)
            ref_clear(t, &result);
        if (!value_is_empty(result) && !value_is_empty(others) && list_extend(t, result, others) < 0)
            ref_clear(t, &result);
    }
    ref_dec(t, first);
    ref_dec(t, context);
    ref_dec(t, others);
    return result;
}

static const GetSetDef getsets[] = {
    {"_state", get_state, NULL, NULL},
    {"_asyncio_future_blocking", get_blocking, set_blocking, NULL},
    {"_loop", get_loop, NULL, NULL},
    {"_callbacks", get_callbacks, NULL, NULL},
    {"_result", get_result_field, NULL, NULL},
    {"_exception", get_exception, NULL, NULL},
    {"_log_traceback", get_log_traceback, set_log_traceback, NULL},
    {"_source_traceback", get_source_traceback, NULL, NULL},
    {"_cancel_message", get_cancel_message, set_cancel_message, NULL},
    {"_asyncio_awaited_by", get_awaited_by, NULL, NULL},
    {NULL, NULL, NULL, NULL},
};

static const NativeDef *const methods[] = {
    &native_result,
    &native_exception,
    &native_set_result,
    &native_set_exception,
    &native_add_done_callback,
    &native_remove_done_callback,
    &native_cancel,
    &native_cancelled,
    &native_done,
    &native_get_loop,
    &native_make_cancelled_error,
    &native_class_getitem,
    NULL,
};

/* ---- await ---- */

typedef struct FutureIterator {
    Object head;
    Value future; /* empty at the end */
} FutureIterator;

static Value iter(Thread *t, Value self)
{
    if (future_ensure_alive(t, self) < 0)
        return VALUE_EMPTY;
    FutureIterator *i = type_alloc(t, async_state(t)->future_iterator, 0);
    if (!i)
        return VALUE_EMPTY;
    i->future = ref_inc(t, self);
    return value_of(i);
}

/* Yields the future itself, which tells the task what to wait for; then returns its result. */
static Value iterator_next(Thread *t, Value self)
{
    FutureIterator *i = (FutureIterator *)value_object(self);
    Value future = field_get(t, self, &i->future);
    if (value_is_empty(future))
        return VALUE_EMPTY;
    Future *f = future_of(future);
    if (f->state == FUTURE_PENDING) {
        if (!f->blocking) {
            f->blocking = true;
            return future;
        }
        ref_dec(t, future);
        return error_set(t, EXC_RuntimeError, "await wasn't used with future");
    }
    field_set_take(t, self, &i->future, VALUE_EMPTY);
    Value result = get_result(t, future);
    ref_dec(t, future);
    if (value_is_empty(result) || value_is_none(result))
        return VALUE_EMPTY;
    exception_stop_iteration(t, result);
    ref_dec(t, result);
    return VALUE_EMPTY;
}

NATIVE(iterator_send, "send", "($self, value, /)", "The same as next(): the value is ignored.")
{
    Value item = iterator_next(t, args[0]);
    return value_is_empty(item) && !error_pending(t) ? error_set_none(t, EXC_StopIteration) : item;
}

NATIVE(iterator_throw, "throw", "($self, type, value=None, traceback=None, /)",
       "Raises the exception; the iterator is at its end then.")
{
    FutureIterator *i = (FutureIterator *)value_object(args[0]);
    if ((!value_is_empty(args[2]) || !value_is_empty(args[3])) &&
        error_warn(t, EXC_DeprecationWarning, 1,
                   "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead.") < 0)
        return VALUE_EMPTY;
    Value exc = generator_throw_arguments(t, args + 1);
    if (value_is_empty(exc))
        return VALUE_EMPTY;
    field_set_take(t, args[0], &i->future, VALUE_EMPTY);
    error_restore_take(t, exc);
    return VALUE_EMPTY;
}

NATIVE(iterator_close, "close", "($self, /)", "Ends the iterator.")
{
    field_set_take(t, args[0], &((FutureIterator *)value_object(args[0]))->future, VALUE_EMPTY);
    return VALUE_NONE;
}

static void iterator_clear(Thread *t, Object *o) { ref_clear(t, &((FutureIterator *)o)->future); }
static int iterator_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((FutureIterator *)o)->future);
    return 0;
}

static const NativeDef *const iterator_methods[] = {&native_iterator_send, &native_iterator_throw,
                                                    &native_iterator_close, NULL};

const TypeSpec asyncio_spec_future_iterator = {
    .name = "_asyncio.FutureIter",
    .kind = KIND_OBJECT,
    .flags = TYPE_IMMUTABLE | TYPE_NO_NEW,
    .size = sizeof(FutureIterator),
    .methods = iterator_methods,
    .slots = {.dealloc = iterator_clear,
              .traverse = iterator_traverse,
              .clear = iterator_clear,
              .iter = slot_iter_self,
              .next = iterator_next},
};

/* ---- the type ---- */

const TypeSpec asyncio_spec_future = {
    .name = "_asyncio.Future",
    .doc = "Future(*, loop=None)\n\nA result that will come later: coroutines await it, callbacks are called when it "
           "is there.\n\nIt is made for one event loop and is not "
           "thread-safe.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Future),
    .dict_offset = offsetof(Future, dict),
    .weak_offset = offsetof(Future, weakrefs),
    .methods = methods,
    .getsets = getsets,
    .signature = "(*, loop=<unrepresentable>)",
    .slots = {.dealloc = future_clear,
              .traverse = future_traverse,
              .clear = future_clear,
              .finalize = future_finalize,
              .create = type_create_plain,
              .init = init,
              .repr = repr,
              .iter = iter,
              .await = iter},
};
