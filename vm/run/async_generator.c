/* async_generator.c: asynchronous generators (PEP 525): the awaitables of __anext__, asend, athrow and aclose, and anext(iterator, default).
 *
 * A value that the generator yields travels wrapped (KIND_ASYNC_GENERATOR_VALUE) through the frames, so that the awaitable can tell it from what an inner await passes to
 * the event loop.  Read next: generator.c. */
#include "../memory/alloc.h"
#include "../object/error.h"
#include "../object/exception.h"
#include "../object/generic_alias.h"
#include "../object/list.h"
#include "../object/str.h"
#include "frame_access.h"
#include "generator.h"

typedef struct WrappedValue {
    Object head;
    Value value;
} WrappedValue;

typedef enum AwaitableState { AWAITABLE_INIT, AWAITABLE_ITERATING, AWAITABLE_CLOSED } AwaitableState;

/* asend(value) and __anext__ (value None); athrow(args) and aclose() (args empty). */
typedef struct AsyncAwaitable {
    Object head;
    Value generator;
    Value sent; /* asend: the value; athrow: tuple of throw's arguments, or empty for aclose */
    uint8_t state;
    bool throws; /* athrow or aclose */
} AsyncAwaitable;

static AsyncAwaitable *awaitable_of(Value v) { return (AsyncAwaitable *)value_object(v); }
static Generator *generator_in(Value v) { return generator_of(awaitable_of(v)->generator); }

Value async_generator_wrap_take(Thread *t, Value v)
{
    WrappedValue *w = alloc_object(t, t->types[KIND_ASYNC_GENERATOR_VALUE], sizeof *w);
    if (!w) {
        ref_dec(t, v);
        return VALUE_EMPTY;
    }
    w->value = v;
    return value_of(w);
}

/* ---- hooks ---- */

static int init_hooks(Thread *t, Generator *g)
{
    if (g->hooks_inited)
        return 0;
    g->hooks_inited = true;
    if (!value_is_empty(t->async_finalizer))
        g->origin_or_finalizer = ref_inc(t, t->async_finalizer);
    if (value_is_empty(t->async_firstiter))
        return 0;
    Value hook = ref_inc(t, t->async_firstiter), result = object_call1(t, hook, value_of(g));
    ref_dec(t, hook);
    ref_dec(t, result);
    return value_is_empty(result) ? -1 : 0;
}

static MUST_CHECK Value awaitable_new(Thread *t, Value generator, Value sent_take, bool throws)
{
    AsyncAwaitable *a = NULL;
    if (init_hooks(t, generator_of(generator)) == 0)
        a = alloc_object(t, t->types[throws ? KIND_ASYNC_GENERATOR_ATHROW : KIND_ASYNC_GENERATOR_ASEND], sizeof *a);
    if (!a) {
        ref_dec(t, sent_take);
        return VALUE_EMPTY;
    }
    a->generator = ref_inc(t, generator);
    a->sent = sent_take;
    a->throws = throws;
    return value_of(a);
}

/* ---- stepping ---- */

/* What one step of the generator means for the awaitable: a wrapped value ends it with that value; another value goes to the event loop. */
static Value step_result(Thread *t, AsyncAwaitable *a, GeneratorResult status, Value result)
{
    Generator *g = generator_of(a->generator);
    if (status == GENERATOR_YIELD) {
        if (!object_is_exact(result, KIND_ASYNC_GENERATOR_VALUE))
            return result;
        g->running_async = false;
        a->state = AWAITABLE_CLOSED;
        exception_stop_iteration(t, ((WrappedValue *)value_object(result))->value);
        ref_dec(t, result);
        return VALUE_EMPTY;
    }
    g->running_async = false;
    a->state = AWAITABLE_CLOSED;
    if (status == GENERATOR_RETURN) {
        g->closed = true;
        ref_dec(t, result);
        return error_set_none(t, EXC_StopAsyncIteration);
    }
    if (error_matches(t, EXC_StopAsyncIteration) || error_matches(t, EXC_GeneratorExit))
        g->closed = true;
    return VALUE_EMPTY;
}

static GeneratorResult send_raw(Thread *t, Generator *g, Value sent, Value *result)
{
    int begun = generator_begin(t, g, sent);
    if (begun < 0)
        return GENERATOR_ERROR;
    if (begun > 0) {
        *result = VALUE_NONE;
        return GENERATOR_RETURN;
    }
    return generator_run(t, g, result);
}

static Value asend_send(Thread *t, Value self, Value arg)
{
    AsyncAwaitable *a = awaitable_of(self);
    Generator *g = generator_of(a->generator);
    if (a->state == AWAITABLE_CLOSED)
        return error_set(t, EXC_RuntimeError, "cannot reuse already awaited __anext__()/asend()");
    if (a->state == AWAITABLE_INIT) {
        if (g->running_async) {
            a->state = AWAITABLE_CLOSED;
            return error_set(t, EXC_RuntimeError, "anext(): asynchronous generator is already running");
        }
        if (value_is_none(arg))
            arg = a->sent;
        a->state = AWAITABLE_ITERATING;
    }
    g->running_async = true;
    Value result = VALUE_EMPTY;
    GeneratorResult status = send_raw(t, g, arg, &result);
    return step_result(t, a, status, result);
}

static Value asend_throw(Thread *t, Value self, Value exc)
{
    AsyncAwaitable *a = awaitable_of(self);
    Generator *g = generator_of(a->generator);
    if (a->state == AWAITABLE_CLOSED)
        return error_set(t, EXC_RuntimeError, "cannot reuse already awaited __anext__()/asend()");
    if (a->state == AWAITABLE_INIT) {
        if (g->running_async) {
            a->state = AWAITABLE_CLOSED;
            return error_set(t, EXC_RuntimeError, "anext(): asynchronous generator is already running");
        }
        a->state = AWAITABLE_ITERATING;
        g->running_async = true;
    }
    Value result = VALUE_EMPTY;
    GeneratorResult status = generator_throw(t, a->generator, exc, &result);
    return step_result(t, a, status, result);
}

/* The end of aclose(): the generator must not have yielded. */
static Value aclose_result(Thread *t, AsyncAwaitable *a, GeneratorResult status, Value result)
{
    Generator *g = generator_of(a->generator);
    if (status == GENERATOR_YIELD) {
        if (!object_is_exact(result, KIND_ASYNC_GENERATOR_VALUE))
            return result;
        ref_dec(t, result);
        g->running_async = false;
        a->state = AWAITABLE_CLOSED;
        return error_set(t, EXC_RuntimeError, "async generator ignored GeneratorExit");
    }
    g->running_async = false;
    a->state = AWAITABLE_CLOSED;
    if (status == GENERATOR_RETURN) {
        ref_dec(t, result);
        return exception_stop_iteration(t, VALUE_NONE), VALUE_EMPTY;
    }
    if (error_matches(t, EXC_StopAsyncIteration) || error_matches(t, EXC_GeneratorExit)) {
        error_clear(t);
        return exception_stop_iteration(t, VALUE_NONE), VALUE_EMPTY;
    }
    return VALUE_EMPTY;
}

static Value athrow_send(Thread *t, Value self, Value arg)
{
    AsyncAwaitable *a = awaitable_of(self);
    Generator *g = generator_of(a->generator);
    bool close = value_is_empty(a->sent);
    Value result = VALUE_EMPTY;
    GeneratorResult status;
    if (a->state == AWAITABLE_CLOSED)
        return error_set(t, EXC_RuntimeError, "cannot reuse already awaited aclose()/athrow()");
    if (g->state == GENERATOR_FINISHED) {
        a->state = AWAITABLE_CLOSED;
        return error_set_none(t, EXC_StopIteration);
    }
    if (a->state == AWAITABLE_INIT) {
        if (g->running_async) {
            a->state = AWAITABLE_CLOSED;
            return error_set(t, EXC_RuntimeError,
                             close ? "aclose(): asynchronous generator is already running"
                                   : "athrow(): asynchronous generator is already running");
        }
        if (g->closed) {
            a->state = AWAITABLE_CLOSED;
            return error_set_none(t, EXC_StopAsyncIteration);
        }
        if (!value_is_none(arg))
            return error_set(t, EXC_RuntimeError, "can't send non-None value to a just-started coroutine");
        a->state = AWAITABLE_ITERATING;
        g->running_async = true;
        Value exc;
        if (close) {
            g->closed = true;
            exc = exception_new(t, EXC_GeneratorExit, VALUE_EMPTY);
        } else {
            Value parts[3] = {VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY};
            for (size_t i = 0; i < tuple_length(a->sent); i++)
                parts[i] = tuple_peek(a->sent, i);
            exc = generator_throw_arguments(t, parts);
        }
        if (value_is_empty(exc)) {
            g->running_async = false;
            a->state = AWAITABLE_CLOSED;
            return exc;
        }
        status = generator_throw(t, a->generator, exc, &result);
        ref_dec(t, exc);
    } else {
        status = send_raw(t, g, arg, &result);
    }
    return close ? aclose_result(t, a, status, result) : step_result(t, a, status, result);
}

static Value athrow_throw(Thread *t, Value self, Value exc)
{
    AsyncAwaitable *a = awaitable_of(self);
    Generator *g = generator_of(a->generator);
    bool close = value_is_empty(a->sent);
    if (a->state == AWAITABLE_CLOSED)
        return error_set(t, EXC_RuntimeError, "cannot reuse already awaited aclose()/athrow()");
    if (a->state == AWAITABLE_INIT) {
        if (g->running_async) {
            a->state = AWAITABLE_CLOSED;
            return error_set(t, EXC_RuntimeError,
                             close ? "aclose(): asynchronous generator is already running"
                                   : "athrow(): asynchronous generator is already running");
        }
        a->state = AWAITABLE_ITERATING;
        g->running_async = true;
    }
    Value result = VALUE_EMPTY;
    GeneratorResult status = generator_throw(t, a->generator, exc, &result);
    return close ? aclose_result(t, a, status, result) : step_result(t, a, status, result);
}

static Value awaitable_next(Thread *t, Value self)
{
    return awaitable_of(self)->throws ? athrow_send(t, self, VALUE_NONE) : asend_send(t, self, VALUE_NONE);
}
NATIVE(async_awaitable_send, "send", "($self, value, /)", "Resumes the generator on behalf of an event loop.")
{
    return awaitable_of(args[0])->throws ? athrow_send(t, args[0], args[1]) : asend_send(t, args[0], args[1]);
}
NATIVE(async_awaitable_throw, "throw", "($self, type, value=None, traceback=None, /)",
       "Raises an exception in the generator.")
{
    Value exc = generator_throw_arguments(t, args + 1);
    if (value_is_empty(exc))
        return exc;
    Value result = awaitable_of(args[0])->throws ? athrow_throw(t, args[0], exc) : asend_throw(t, args[0], exc);
    ref_dec(t, exc);
    return result;
}
NATIVE(async_awaitable_close, "close", "($self, /)", "Ends the awaitable with GeneratorExit.")
{
    AsyncAwaitable *a = awaitable_of(args[0]);
    if (a->state == AWAITABLE_CLOSED)
        return VALUE_NONE;
    if (a->state == AWAITABLE_INIT && generator_in(args[0])->state == GENERATOR_CREATED) {
        a->state = AWAITABLE_CLOSED;
        return VALUE_NONE;
    }
    Value exc = exception_new(t, EXC_GeneratorExit, VALUE_EMPTY);
    if (value_is_empty(exc))
        return exc;
    Value result = a->throws ? athrow_throw(t, args[0], exc) : asend_throw(t, args[0], exc);
    ref_dec(t, exc);
    if (value_is_empty(result)) {
        if (error_matches(t, EXC_StopIteration) || error_matches(t, EXC_StopAsyncIteration) ||
            error_matches(t, EXC_GeneratorExit)) {
            error_clear(t);
            return VALUE_NONE;
        }
        return result;
    }
    ref_dec(t, result);
    return error_set(t, EXC_RuntimeError, "coroutine ignored GeneratorExit");
}
static const NativeDef *const awaitable_methods[] = {&native_async_awaitable_send, &native_async_awaitable_throw,
                                                     &native_async_awaitable_close, NULL};

static void awaitable_dealloc(Thread *t, Object *o)
{
    ref_clear(t, &((AsyncAwaitable *)o)->generator);
    ref_clear(t, &((AsyncAwaitable *)o)->sent);
}
static int awaitable_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((AsyncAwaitable *)o)->generator);
    VISIT(((AsyncAwaitable *)o)->sent);
    return 0;
}
static void awaitable_finalize(Thread *t, Object *o)
{
    AsyncAwaitable *a = (AsyncAwaitable *)o;
    if (a->state != AWAITABLE_INIT)
        return;
    Value exc = error_take(t);
    const char *name = a->throws ? (value_is_empty(a->sent) ? "aclose" : "athrow") : "asend";
    if (error_warn(t, EXC_RuntimeWarning, 1, "coroutine method '%s' of '%U' was never awaited", name,
                   generator_of(a->generator)->qualname) < 0)
        error_unraisable(t, value_of(o), NULL);
    t->exc = exc;
}

#define AWAITABLE_SLOTS                                                                                                \
    {                                                                                                                  \
        .dealloc = awaitable_dealloc, .traverse = awaitable_traverse, .finalize = awaitable_finalize,                  \
        .await = slot_iter_self, .iter = slot_iter_self, .next = awaitable_next                                        \
    }

const TypeSpec type_spec_async_generator_asend = {.name = "async_generator_asend",
                                                  .doc = "The awaitable of __anext__() and asend().",
                                                  .kind = KIND_ASYNC_GENERATOR_ASEND,
                                                  .flags = TYPE_NO_NEW,
                                                  .size = sizeof(AsyncAwaitable),
                                                  .methods = awaitable_methods,
                                                  .slots = AWAITABLE_SLOTS};
const TypeSpec type_spec_async_generator_athrow = {.name = "async_generator_athrow",
                                                   .doc = "The awaitable of athrow() and aclose().",
                                                   .kind = KIND_ASYNC_GENERATOR_ATHROW,
                                                   .flags = TYPE_NO_NEW,
                                                   .size = sizeof(AsyncAwaitable),
                                                   .methods = awaitable_methods,
                                                   .slots = AWAITABLE_SLOTS};

static void wrapped_dealloc(Thread *t, Object *o) { ref_clear(t, &((WrappedValue *)o)->value); }
static int wrapped_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((WrappedValue *)o)->value);
    return 0;
}
const TypeSpec type_spec_async_generator_value = {.name = "async_generator_wrapped_value",
                                                  .doc = "A value on its way out of an asynchronous generator.",
                                                  .kind = KIND_ASYNC_GENERATOR_VALUE,
                                                  .flags = TYPE_NO_NEW,
                                                  .size = sizeof(WrappedValue),
                                                  .slots = {.dealloc = wrapped_dealloc, .traverse = wrapped_traverse}};

/* ---- the generator's methods ---- */

static Value anext(Thread *t, Value self) { return awaitable_new(t, self, VALUE_NONE, false); }

NATIVE(async_generator_asend, "asend", "($self, value, /)", "Returns an awaitable that resumes with a value.")
{
    return awaitable_new(t, args[0], ref_inc(t, args[1]), false);
}
NATIVE(async_generator_athrow, "athrow", "($self, type, value=None, traceback=None, /)",
       "Returns an awaitable that raises an exception in the generator.")
{
    size_t given = value_is_empty(args[2]) ? 1 : value_is_empty(args[3]) ? 2 : 3;
    if (given > 1 &&
        error_warn(t, EXC_DeprecationWarning, 1,
                   "the (type, exc, tb) signature of athrow() is deprecated, use the single-arg signature instead.") <
            0)
        return VALUE_EMPTY;
    Value tuple = tuple_from_array(t, args + 1, given);
    return value_is_empty(tuple) ? tuple : awaitable_new(t, args[0], tuple, true);
}
NATIVE(async_generator_aclose, "aclose", "($self, /)", "Returns an awaitable that closes the generator.")
{
    return awaitable_new(t, args[0], VALUE_EMPTY, true);
}
NATIVE_FLAGS(async_generator_class_getitem, "__class_getitem__", "($cls, object, /)", "See PEP 585", NATIVE_CLASS)
{
    return generic_alias_new(t, args[0], args[1]);
}
static const NativeDef *const generator_methods[] = {&native_async_generator_asend, &native_async_generator_athrow,
                                                     &native_async_generator_aclose,
                                                     &native_async_generator_class_getitem, NULL};

const TypeSpec type_spec_async_generator = {
    .name = "async_generator",
    .doc = "A suspended asynchronous function that yields values.",
    .kind = KIND_ASYNC_GENERATOR,
    .flags = TYPE_NO_NEW,
    .size = sizeof(Generator),
    .weak_offset = offsetof(Generator, weakrefs),
    .methods = generator_methods,
    .getsets = async_generator_getsets,
    .slots = {.dealloc = generator_dealloc,
              .traverse = generator_traverse,
              .finalize = generator_finalize,
              .repr = generator_repr,
              .aiter = slot_iter_self,
              .anext = anext},
};

Value async_generator_anext(Thread *t, Value v)
{
    Type *type = type_of(t, v);
    if (!type->slots.anext)
        return error_set(t, EXC_TypeError, "'async for' requires an iterator with __anext__ method, got %T", v);
    Value awaitable = type->slots.anext(t, v);
    if (value_is_empty(awaitable) || object_is_exact(v, KIND_ASYNC_GENERATOR))
        return awaitable;
    Value iterator = generator_awaitable(t, awaitable, 0);
    if (value_is_empty(iterator)) {
        Value cause = error_take(t);
        error_set(t, EXC_TypeError, "'async for' received an invalid object from __anext__: %T", awaitable);
        exception_set_cause_take(t, t->exc, cause);
    }
    ref_dec(t, awaitable);
    return iterator;
}

/* ---- anext(iterator, default) ---- */

typedef struct AnextAwaitable {
    Object head;
    Value awaitable, default_value;
} AnextAwaitable;

static AnextAwaitable *anext_of(Value v) { return (AnextAwaitable *)value_object(v); }

Value anext_awaitable_new(Thread *t, Value awaitable, Value default_value)
{
    AnextAwaitable *a = alloc_object(t, t->types[KIND_ANEXT_AWAITABLE], sizeof *a);
    if (!a)
        return VALUE_EMPTY;
    a->awaitable = ref_inc(t, awaitable);
    a->default_value = ref_inc(t, default_value);
    return value_of(a);
}

/* StopAsyncIteration becomes the default. */
static Value anext_end(Thread *t, AnextAwaitable *a, Value result)
{
    if (value_is_empty(result) && error_swallow(t, EXC_StopAsyncIteration))
        exception_stop_iteration(t, a->default_value);
    return result;
}

static Value anext_iterator(Thread *t, AnextAwaitable *a)
{
    Value iterator = generator_awaitable(t, a->awaitable, 0);
    if (object_is_exact(iterator, KIND_COROUTINE)) {
        Value wrapper = type_of(t, iterator)->slots.await(t, iterator);
        ref_dec(t, iterator);
        return wrapper;
    }
    return iterator;
}

static Value anext_next(Thread *t, Value self)
{
    AnextAwaitable *a = anext_of(self);
    Value iterator = anext_iterator(t, a);
    if (value_is_empty(iterator))
        return iterator;
    Value result = type_of(t, iterator)->slots.next(t, iterator);
    ref_dec(t, iterator);
    return anext_end(t, a, result);
}

static Value anext_call(Thread *t, Value self, const char *method, const Value *args)
{
    AnextAwaitable *a = anext_of(self);
    Value iterator = anext_iterator(t, a);
    if (value_is_empty(iterator))
        return iterator;
    Value result = object_call_method_string(t, iterator, method, args[0], args[1], args[2]);
    ref_dec(t, iterator);
    return anext_end(t, a, result);
}
NATIVE(anext_awaitable_send, "send", "($self, value, /)", "Resumes the iterator on behalf of an event loop.")
{
    Value rest[3] = {args[1], VALUE_EMPTY, VALUE_EMPTY};
    return anext_call(t, args[0], "send", rest);
}
NATIVE(anext_awaitable_throw, "throw", "($self, type, value=None, traceback=None, /)",
       "Raises an exception in the iterator.")
{
    return anext_call(t, args[0], "throw", args + 1);
}
NATIVE(anext_awaitable_close, "close", "($self, /)", "Closes the iterator.")
{
    Value rest[3] = {VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY};
    return anext_call(t, args[0], "close", rest);
}
static const NativeDef *const anext_methods[] = {&native_anext_awaitable_send, &native_anext_awaitable_throw,
                                                 &native_anext_awaitable_close, NULL};
static void anext_dealloc(Thread *t, Object *o)
{
    ref_clear(t, &((AnextAwaitable *)o)->awaitable);
    ref_clear(t, &((AnextAwaitable *)o)->default_value);
}
static int anext_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((AnextAwaitable *)o)->awaitable);
    VISIT(((AnextAwaitable *)o)->default_value);
    return 0;
}
const TypeSpec type_spec_anext_awaitable = {
    .name = "anext_awaitable",
    .doc = "The awaitable of anext() with a default.",
    .kind = KIND_ANEXT_AWAITABLE,
    .flags = TYPE_NO_NEW,
    .size = sizeof(AnextAwaitable),
    .methods = anext_methods,
    .slots = {.dealloc = anext_dealloc,
              .traverse = anext_traverse,
              .await = slot_iter_self,
              .iter = slot_iter_self,
              .next = anext_next},
};
