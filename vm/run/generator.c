/* generator.c: generators and coroutines: making, resuming, throwing, closing.  Asynchronous generators add async_generator.c.
 *
 * Invariants.  state says who may touch the frame: CREATED and SUSPENDED: whoever resumes it; RUNNING: the thread that runs it; FINISHED: registers are empty.  While suspended, frame.pc is behind
 * its YIELD or DELEGATE. */
#include "generator.h"

#include "../memory/alloc.h"
#include "../object/audit.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/exception.h"
#include "../object/generic_alias.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/str.h"
#include "../thread/world.h"
#include "eval.h"
#include "frame_access.h"

/* cr_origin: a tuple of (file, line, function) for each of the frames that make the coroutine, the innermost first. */
static Value origin(Thread *t)
{
    Value list = list_new(t, (size_t)t->coroutine_origin_depth);
    if (value_is_empty(list))
        return list;
    int left = t->coroutine_origin_depth;
    for (const Frame *f = t->frame; f && left-- > 0; f = f->previous) {
        if (list_append_take(t, list,
                             tuple_pack(t, 3, f->code->filename, value_from_int(frame_line(f)), f->code->name)) < 0) {
            ref_dec(t, list);
            return VALUE_EMPTY;
        }
    }
    Value result = list_to_tuple(t, list);
    ref_dec(t, list);
    return result;
}

Value generator_new_take(Thread *t, Function *function, Value *registers, uint32_t count)
{
    Code *code = code_of(function->code);
    Kind kind = code->flags & CODE_COROUTINE         ? KIND_COROUTINE
                : code->flags & CODE_ASYNC_GENERATOR ? KIND_ASYNC_GENERATOR
                                                     : KIND_GENERATOR;
    Generator *g = code_complete(t, code) < 0
                       ? NULL
                       : alloc_container_raw(t, kind, sizeof *g + code->register_count * sizeof(Value));
    if (UNLIKELY(!g)) {
        for (uint32_t i = 0; i < count; i++)
            ref_clear(t, &registers[i]);
        return VALUE_EMPTY;
    }
    memset((char *)g + sizeof(Object), 0, sizeof *g - sizeof(Object));
    uint32_t i = 0;
    for (; i < count; i++) {
        g->registers[i] = registers[i];
        registers[i] = VALUE_EMPTY;
    }
    for (uint32_t end = g->register_count = code->register_count; i < end; i++)
        g->registers[i] = VALUE_EMPTY;
    g->function = ref_inc(t, value_of(function));
    g->name = ref_inc(t, function->name);
    g->qualname = ref_inc(t, function->qualname);
    g->sent = -1;
    Frame *f = &g->frame;
    f->pc = code_start(code);
    f->registers = g->registers;
    f->code = code;
    f->function = function;
    f->temps = (intptr_t)code->local_count;
    f->is_generator = true;
    if (UNLIKELY(!(code->flags & CODE_NEWLOCALS))) /* a module that awaits at the top */
        f->locals = ref_inc(t, function->globals);
    if (UNLIKELY(t->coroutine_origin_depth) && kind == KIND_COROUTINE) {
        g->origin_or_finalizer = origin(t);
        if (value_is_empty(g->origin_or_finalizer)) {
            ref_dec(t, value_of(g));
            return VALUE_EMPTY;
        }
    }
    return value_of(g);
}

/* ---- running ---- */

static const char *kind_name(const Generator *g)
{
    switch (object_kind(&g->head)) {
    case KIND_COROUTINE: return "coroutine";
    case KIND_ASYNC_GENERATOR: return "async generator";
    default: return "generator";
    }
}

/* Puts its frame on top, and its level of handled exceptions. */
static ALWAYS_INLINE void push(Thread *t, Generator *g)
{
    store_relaxed(&g->state, GENERATOR_RUNNING);
    ref_inc(t, value_of(g)); /* by its running frame */
    Frame *f = &g->frame;
    frame_link(t, f);
    t->recursion_left--;
    g->handled.previous = t->handled;
    t->handled = &g->handled;
}

/* Marks it as running and puts its frame on top: 0, or -1 with an exception (it runs already, or the stack is full), 1 finished. */
static int enter_within(Thread *t, Generator *g, int32_t frames_left)
{
    if (UNLIKELY(!t->chunk) && frame_stack_new(t) < 0)
        return -1;
    uint8_t state = atomic_load_explicit(&g->state, memory_order_acquire);
    do {
        if (UNLIKELY(state == GENERATOR_RUNNING))
            return error_set(t, EXC_ValueError, "%s already executing", kind_name(g)), -1;
        if (state == GENERATOR_FINISHED)
            return 1;
        if (UNLIKELY(frames_left <= 0))
            return error_set(t, EXC_RecursionError, "maximum recursion depth exceeded"), -1;
        if (LIKELY(!t->free_threaded)) /* the lock lets nobody else in */
            break;
    } while (!atomic_compare_exchange_weak_explicit(&g->state, &state, GENERATOR_RUNNING, memory_order_acq_rel,
                                                    memory_order_acquire));
    push(t, g);
    return 0;
}
static int enter(Thread *t, Generator *g) { return enter_within(t, g, t->recursion_left); }

static void step_back(Generator *g)
{
    Frame *f = &g->frame;
    f->pc--;
    if (f->pc > f->code->instructions && INSTRUCTION_OP(f->pc[-1]) == OP_WIDE)
        f->pc--;
    g->delegating = false;
}

int generator_begin(Thread *t, Generator *g, Value sent)
{
    if (g->state == GENERATOR_CREATED && g->sent < 0 && !value_is_none(sent))
        return error_set(t, EXC_TypeError, "can't send non-None value to a just-started %s", kind_name(g)), -1;
    int status = enter(t, g);
    if (status != 0)
        return status;
    if (g->sent >= 0)
        generator_give(t, g, sent);
    if (g->delegating)
        step_back(g);
    return 0;
}

/* The first `count` registers, where the others hold no objects. */
static ALWAYS_INLINE void release_registers(Thread *t, Generator *g, uint32_t count)
{
    Frame *f = &g->frame;
    if (UNLIKELY(!value_is_empty(f->object)))
        frame_detach(t, f);
    for (Value *slot = g->registers, *end = slot + count; slot < end; slot++) {
        Value v = *slot;
        if (value_is_object(v)) {
            *slot = VALUE_EMPTY;
            ref_dec_object(t, value_object(v));
        }
    }
    ref_clear(t, &f->locals);
    if (UNLIKELY(!value_is_empty(f->object))) /* a destructor has asked for it anew */
        frame_detach(t, f);
}

/* It ends; only the first `count` registers may hold objects. */
static void finish(Thread *t, Generator *g, uint32_t count)
{
    Value exc = error_take(t);
    store_release(t, &g->state, GENERATOR_FINISHED); /* for the destructors of its locals it is over already */
    release_registers(t, g, count);
    generator_leave(t, g);
    Value handled = g->handled.exc;
    g->handled.exc = VALUE_EMPTY;
    g->delegating = false;
    ref_dec(t, handled);
    if (LIKELY(!t->free_threaded))
        g->head.flags |= OBJECT_ENDED;
    else
        t->ended = g;
    ref_dec_object(t, &g->head);
    t->exc = exc;
}

void generator_finished(Thread *t, Generator *g)
{
    finish(t, g, g->frame.code->local_count);
} /* temporaries are gone already */

#define NOT_TAKEN 2

/* Has eval_run, before which t->ended was emptied, come back because the generator ended, and not because it yielded?  With the lock off its state does not tell: another
 * thread may have taken it on since. */
static bool has_ended(const Thread *t, const Generator *g)
{
    return UNLIKELY(t->free_threaded) ? t->ended == g : g->state == GENERATOR_FINISHED;
}

/* Runs a generator that `enter` or `generator_begin` has put on top. */
GeneratorResult generator_run(Thread *t, Generator *g, Value *result)
{
    g->frame.resume = RESUME_ENTRY;
    ref_inc(t, value_of(g));
    t->ended = NULL;
    *result = eval_run(t);
    bool finished = has_ended(t, g);
    ref_dec(t, value_of(g));
    if (value_is_empty(*result))
        return GENERATOR_ERROR;
    return finished ? GENERATOR_RETURN : GENERATOR_YIELD;
}

int generator_each(Thread *t, Generator *g, Sink *sink)
{
    int more = 1;
    ref_inc(t, value_of(g));
    while (more > 0) {
        int begun = generator_begin(t, g, VALUE_NONE);
        if (begun != 0) {
            more = begun < 0 ? -1 : 0;
            break;
        }
        g->frame.resume = RESUME_EACH;
        g->sink = sink;
        sink->taken = NOT_TAKEN;
        t->ended = NULL;
        Value result = eval_run(t);
        if (value_is_empty(result)) {
            more = -1;
        } else if (sink->taken != NOT_TAKEN) {
            more = sink->taken;
        } else if (has_ended(t, g)) {
            ref_dec(t, result);
            more = 0;
        } else { /* the loop that traces leaves it to us */
            more = sink->take(t, sink, result);
        }
    }
    ref_dec(t, value_of(g));
    return more;
}

int generator_ended(Thread *t, const Generator *g)
{
    if (object_kind(&g->head) != KIND_COROUTINE)
        return 0;
    error_set(t, EXC_RuntimeError, "cannot reuse already awaited coroutine");
    return -1;
}

static GeneratorResult send(Thread *t, Generator *g, Value sent, Value *result)
{
    int begun = generator_begin(t, g, sent);
    if (begun < 0)
        return GENERATOR_ERROR;
    if (begun > 0) {
        *result = VALUE_NONE;
        return generator_ended(t, g) < 0 ? GENERATOR_ERROR : GENERATOR_RETURN;
    }
    return generator_run(t, g, result);
}

/* The value of the pending StopIteration, which is cleared: 1; 0 another exception is pending. */
static int stop_value(Thread *t, Value *result)
{
    if (!error_matches(t, EXC_StopIteration))
        return 0;
    Value exc = error_take(t);
    *result = ref_inc(t, ((ExceptionStopIteration *)value_object(exc))->value);
    if (value_is_empty(*result))
        *result = VALUE_NONE;
    ref_dec(t, exc);
    return 1;
}

GeneratorResult generator_send(Thread *t, Value receiver, Value sent, Value *result)
{
    if (object_is_exact(receiver, KIND_GENERATOR) || object_is_exact(receiver, KIND_COROUTINE))
        return send(t, generator_of(receiver), sent, result);
    Type *type = type_of(t, receiver);
    if (value_is_none(sent) && type->slots.next) {
        *result = type->slots.next(t, receiver);
        if (value_is_empty(*result) && !error_pending(t)) {
            *result = VALUE_NONE;
            return GENERATOR_RETURN;
        }
    } else {
        *result = object_call_method_string(t, receiver, "send", sent, VALUE_EMPTY, VALUE_EMPTY);
    }
    if (!value_is_empty(*result))
        return GENERATOR_YIELD;
    return stop_value(t, result) ? GENERATOR_RETURN : GENERATOR_ERROR;
}

/* What a suspended delegating generator waits on: borrowed. */
static Value delegate(const Generator *g)
{
    Instruction ins = g->frame.pc[-1];
    int32_t a = INSTRUCTION_A(ins);
    if (g->frame.pc - 1 > g->frame.code->instructions && INSTRUCTION_OP(g->frame.pc[-2]) == OP_WIDE)
        a = (int32_t)((uint32_t)INSTRUCTION_A(g->frame.pc[-2]) << 16 | (uint16_t)(ins >> 16));
    return g->registers[a];
}

static int close_delegate(Thread *t, Value receiver)
{
    if (object_is_exact(receiver, KIND_GENERATOR) || object_is_exact(receiver, KIND_COROUTINE))
        return generator_close(t, generator_of(receiver));
    Value method, result;
    int found = object_getattr_optional(t, receiver, ID(t, close), &method);
    if (found <= 0) {
        if (found < 0)
            error_unraisable(t, receiver, NULL);
        return 0;
    }
    result = object_call0(t, method);
    ref_dec(t, method);
    ref_dec(t, result);
    return value_is_empty(result) ? -1 : 0;
}

/* Resumes with the exception raised at the point of suspension. */
static GeneratorResult raise_in(Thread *t, Generator *g, Value exc, Value *result)
{
    int status = enter(t, g);
    if (status < 0)
        return GENERATOR_ERROR;
    if (status > 0) {
        if (generator_ended(t, g) == 0)
            error_restore_take(t, ref_inc(t, exc));
        return GENERATOR_ERROR;
    }
    if (g->sent < 0) { /* never started: the frame ends before its first instruction */
        error_restore_take(t, ref_inc(t, exc));
        traceback_add(t, &g->frame);
        generator_finished(t, g);
        return GENERATOR_ERROR;
    }
    g->delegating = false;
    if (value_is_object(
            g->handled.exc)) /* it becomes the context of what is thrown; what the caller handles does not */
        error_set_take(t, ref_inc(t, exc));
    else
        error_restore_take(t, ref_inc(t, exc));
    return generator_run(t, g, result);
}

/* For a generator that delegates, and has been claimed by its state: what it waits for gets the exception first. */
static GeneratorResult throw_through(Thread *t, Generator *g, Value exc, Value *result)
{
    Value inner = ref_inc(t, delegate(g));
    GeneratorResult status;
    if (type_is_subtype(type_of(t, exc), t->interp->exceptions[EXC_GeneratorExit])) {
        /* close() of the inner one, then GeneratorExit here */
        int closed = close_delegate(t, inner);
        store_release(t, &g->state, GENERATOR_SUSPENDED);
        ref_dec(t, inner);
        if (closed < 0) {
            Value own = error_take(t);
            status = raise_in(t, g, own, result);
            ref_dec(t, own);
            return status;
        }
        return raise_in(t, g, exc, result);
    }
    if (!generator_check(inner)) {
        Value method;
        int found = object_getattr_optional(t, inner, ID(t, throw), &method);
        if (found <= 0) {
            store_release(t, &g->state, GENERATOR_SUSPENDED);
            ref_dec(t, inner);
            return found < 0 ? GENERATOR_ERROR : raise_in(t, g, exc, result);
        }
        ref_dec(t, method);
    }
    frame_link(t, &g->frame); /* so that tracebacks and frames of the inner one lead here */
    status = generator_throw(t, inner, exc, result);
    t->frame = g->frame.previous;
    g->frame.previous = NULL;
    if (status == GENERATOR_RETURN) {
        /* The delegation is over: its value goes into the register of the iterator. */
        Value value = *result;
        Instruction ins = g->frame.pc[-1];
        int32_t a = INSTRUCTION_A(ins), b = INSTRUCTION_B(ins);
        if (g->frame.pc - 1 > g->frame.code->instructions && INSTRUCTION_OP(g->frame.pc[-2]) == OP_WIDE) {
            Instruction high = g->frame.pc[-2];
            a = (int32_t)((uint32_t)INSTRUCTION_A(high) << 16 | (uint16_t)(ins >> 16));
            b = (int32_t)((uint32_t)INSTRUCTION_B(high) << 16 | (uint16_t)(ins >> 32));
        }
        ref_replace_take(t, &g->registers[a], value);
        ref_clear(t, &g->registers[b]);
        g->delegating = false;
        g->sent = b; /* receives nothing that matters: the register is empty and a temporary */
    }
    store_release(t, &g->state, GENERATOR_SUSPENDED);
    ref_dec(t, inner);
    if (status == GENERATOR_YIELD)
        return status;
    if (status == GENERATOR_RETURN) {
        int entered = enter(t, g);
        if (entered == 0)
            return generator_run(t, g, result);
        *result = entered < 0 ? VALUE_EMPTY : VALUE_NONE; /* lock off: another thread was quicker */
        return entered < 0 ? GENERATOR_ERROR : GENERATOR_RETURN;
    }
    Value own = error_take(t);
    status = raise_in(t, g, own, result);
    ref_dec(t, own);
    return status;
}

GeneratorResult generator_throw(Thread *t, Value receiver, Value exc, Value *result)
{
    if (!generator_check(receiver)) {
        Value method;
        int found = object_getattr_optional(t, receiver, ID(t, throw), &method);
        if (found < 0)
            return GENERATOR_ERROR;
        if (!found) {
            error_restore_take(t, ref_inc(t, exc));
            return GENERATOR_ERROR;
        }
        *result = object_call1(t, method, exc);
        ref_dec(t, method);
        if (!value_is_empty(*result))
            return GENERATOR_YIELD;
        return stop_value(t, result) ? GENERATOR_RETURN : GENERATOR_ERROR;
    }
    Generator *g = generator_of(receiver);
    /* Nobody else runs it while one looks at what it waits for. */
    uint8_t state = GENERATOR_SUSPENDED;
    bool claimed = atomic_compare_exchange_strong_explicit(&g->state, &state, GENERATOR_RUNNING, memory_order_acq_rel,
                                                           memory_order_acquire);
    if (claimed && g->delegating && recursion_enter(t, "")) {
        GeneratorResult status = throw_through(t, g, exc, result);
        recursion_leave(t);
        return status;
    }
    if (claimed)
        store_release(t, &g->state, GENERATOR_SUSPENDED);
    return error_pending(t) ? GENERATOR_ERROR : raise_in(t, g, exc, result);
}

/* Would an exception raised where the generator waits leave it at once?  Only the handler that every generator has is there (opcode STOP_ITERATION_ERROR). */
static bool unprotected(const Generator *g)
{
    const Code *code = g->frame.code;
    const ExceptionEntry *handler = g->delegating ? NULL : code_handler(code, frame_index(&g->frame));
    return handler && INSTRUCTION_OP(code->instructions[handler->target + 1]) == OP_STOP_ITERATION_ERROR;
}

/* What the generator returns instead of ending by GeneratorExit, or None: owned. */
static Value close(Thread *t, Generator *g)
{
    if (g->state == GENERATOR_FINISHED)
        return VALUE_NONE;
    if (g->state == GENERATOR_CREATED || (g->state == GENERATOR_SUSPENDED && unprotected(g))) {
        int entered = enter_within(t, g, 1); /* no frame will run */
        bool still = entered != 0 || g->sent < 0 || unprotected(g);
        if (entered == 0 && still)
            finish(t, g, g->register_count);
        if (LIKELY(still))
            return error_pending(t) ? VALUE_EMPTY : VALUE_NONE;
        generator_suspended(t, g); /* lock off: it has gone on meanwhile */
    }
    Value exc = exception_new(t, EXC_GeneratorExit, VALUE_EMPTY), result = VALUE_EMPTY;
    if (value_is_empty(exc))
        return exc;
    GeneratorResult status = generator_throw(t, value_of(g), exc, &result);
    ref_dec(t, exc);
    if (status == GENERATOR_RETURN)
        return result;
    if (status == GENERATOR_YIELD) {
        ref_dec(t, result);
        return error_set(t, EXC_RuntimeError, "%s ignored GeneratorExit", kind_name(g));
    }
    if (!error_matches(t, EXC_GeneratorExit) && !error_matches(t, EXC_StopIteration))
        return VALUE_EMPTY;
    error_clear(t);
    return VALUE_NONE;
}

int generator_close(Thread *t, Generator *g)
{
    Value result = close(t, g);
    ref_dec(t, result);
    return value_is_empty(result) ? -1 : 0;
}

Value generator_awaitable(Thread *t, Value v, int how)
{
    if (object_is_exact(v, KIND_COROUTINE)) {
        Generator *g = generator_of(v);
        if (g->state == GENERATOR_SUSPENDED && g->delegating)
            return error_set(t, EXC_RuntimeError, "coroutine is being awaited already");
        return ref_inc(t, v);
    }
    if (object_is_exact(v, KIND_GENERATOR) && (generator_of(v)->frame.code->flags & CODE_ITERABLE_COROUTINE))
        return ref_inc(t, v);
    Type *type = type_of(t, v);
    if (!type->slots.await) {
        static const char *const formats[] = {
            "object %T can't be used in 'await' expression",
            "'async with' received an object from __aenter__ that does not implement __await__: %T",
            "'async with' received an object from __aexit__ that does not implement __await__: %T"};
        if (how < 0)
            return error_set(t, EXC_TypeError, "'%T' object can't be awaited", v);
        return error_set(t, EXC_TypeError, formats[how], v);
    }
    Value iterator = type->slots.await(t, v);
    if (value_is_empty(iterator))
        return iterator;
    if (object_is_exact(iterator, KIND_COROUTINE) ||
        (object_is_exact(iterator, KIND_GENERATOR) &&
         (generator_of(iterator)->frame.code->flags & CODE_ITERABLE_COROUTINE))) {
        error_set(t, EXC_TypeError, "__await__() returned a coroutine");
    } else if (!type_of(t, iterator)->slots.next) {
        error_set(t, EXC_TypeError, "__await__() returned non-iterator of type '%T'", iterator);
    } else {
        return iterator;
    }
    ref_dec(t, iterator);
    return VALUE_EMPTY;
}

/* ---- the types ---- */

/* RuntimeWarning through warnings._warn_unawaited_coroutine, which can tell where the coroutine was made. */
static int warn_unawaited(Thread *t, Generator *g)
{
    Value warn = import_module_attr(t, "warnings", "_warn_unawaited_coroutine");
    if (value_is_empty(warn)) {
        error_clear(t);
        return error_warn(t, EXC_RuntimeWarning, 1, "coroutine '%U' was never awaited", g->qualname);
    }
    Value result = object_call1(t, warn, value_of(g));
    ref_dec(t, warn);
    ref_dec(t, result);
    if (!value_is_empty(result))
        return 0;
    if (error_matches(t, EXC_RuntimeWarning)) /* the warning itself, which a filter has made an error */
        return -1;
    error_unraisable(t, value_of(g), NULL);
    return error_warn(t, EXC_RuntimeWarning, 1, "coroutine '%U' was never awaited", g->qualname);
}

void generator_finalize(Thread *t, Object *o)
{
    Generator *g = (Generator *)o;
    if (g->state == GENERATOR_FINISHED)
        return;
    Value exc = error_take(t);
    if (object_kind(o) == KIND_COROUTINE && g->state == GENERATOR_CREATED) {
        if (warn_unawaited(t, g) < 0)
            error_unraisable(t, value_of(g), NULL);
    }
    if (object_kind(o) == KIND_ASYNC_GENERATOR && !value_is_empty(g->origin_or_finalizer) && !g->closed &&
        g->state == GENERATOR_SUSPENDED) {
        Value result = object_call1(t, g->origin_or_finalizer, value_of(g));
        if (value_is_empty(result))
            error_unraisable(t, value_of(g), NULL);
        ref_dec(t, result);
    } else if (generator_close(t, g) < 0) {
        error_unraisable(t, value_of(g), NULL);
    }
    t->exc = exc;
}

void generator_dealloc(Thread *t, Object *o)
{
    Generator *g = (Generator *)o;
    if (g->state != GENERATOR_FINISHED)
        release_registers(t, g, g->register_count);
    ref_clear(t, &g->handled.exc);
    ref_clear(t, &g->origin_or_finalizer);
    ref_clear(t, &g->name);
    ref_clear(t, &g->qualname);
    ref_clear(t, &g->function);
}

int generator_traverse(Object *o, VisitFn visit, void *arg)
{
    Generator *g = (Generator *)o;
    for (uint32_t i = 0; i < g->register_count; i++)
        VISIT(g->registers[i]);
    VISIT(g->frame.locals);
    VISIT(g->frame.object);
    VISIT(g->handled.exc);
    VISIT(g->function);
    VISIT(g->origin_or_finalizer);
    return 0;
}

static Value next(Thread *t, Value self)
{
    Generator *g = generator_of(self);
    Value result;
    /* One that goes on from a yield, with the lock on: what generator_send does, less what cannot be. */
    if (LIKELY(!t->free_threaded && atomic_load_explicit(&g->state, memory_order_relaxed) == GENERATOR_SUSPENDED &&
               !g->delegating && t->recursion_left > 0)) {
        push(t, g);
        generator_give(t, g, VALUE_NONE);
        g->frame.resume = RESUME_ENTRY;
        ref_inc(t, self); /* the object that asks may let go of it meanwhile */
        result = eval_run(t);
        bool finished = g->state == GENERATOR_FINISHED;
        ref_dec(t, self);
        if (LIKELY(!finished) || value_is_empty(result))
            return result;
        goto returned;
    }
    switch (send(t, g, VALUE_NONE, &result)) {
    case GENERATOR_YIELD: return result;
    case GENERATOR_RETURN:
    returned:
        if (!value_is_none(result)) {
            exception_stop_iteration(t, result);
            ref_dec(t, result);
        }
        return VALUE_EMPTY;
    default: return VALUE_EMPTY;
    }
}

/* The value of send() and throw(): a return raises StopIteration. */
static Value outcome(Thread *t, GeneratorResult status, Value result)
{
    if (status == GENERATOR_YIELD)
        return result;
    if (status == GENERATOR_RETURN) {
        exception_stop_iteration(t, result);
        ref_dec(t, result);
    }
    return VALUE_EMPTY;
}

NATIVE(generator_send, "send", "($self, arg, /)",
       "Resumes with a value for the pending yield; returns what is yielded next.")
{
    Value result = VALUE_EMPTY;
    GeneratorResult status = send(t, generator_of(args[0]), args[1], &result);
    return outcome(t, status, result);
}

Value generator_throw_arguments(Thread *t, const Value *args)
{
    Value type = args[0], value = args[1], tb = args[2];
    if (!value_is_empty(tb) && !value_is_none(tb) && !object_is_exact(tb, KIND_TRACEBACK))
        return error_set(t, EXC_TypeError, "throw() third argument must be a traceback object");
    Value exc;
    bool has_value = !value_is_empty(value) && !value_is_none(value);
    if (exception_is_class(t, type)) {
        if (has_value && exception_check(value) && type_is_subtype(type_of(t, value), (Type *)value_object(type)))
            exc = ref_inc(t, value);
        else if (has_value && tuple_check(value))
            exc = object_call_tuple(t, type, value, VALUE_EMPTY);
        else
            exc = has_value ? object_call1(t, type, value) : object_call0(t, type);
        if (!value_is_empty(exc) && !exception_check(exc)) {
            error_set(t, EXC_TypeError, "calling %V should have returned an instance of BaseException, not %T", type,
                      exc);
            ref_dec(t, exc);
            exc = VALUE_EMPTY;
        }
        if (value_is_empty(exc)) /* what making it has raised is thrown in its place */
            exc = error_take(t);
    } else if (exception_check(type)) {
        if (has_value)
            return error_set(t, EXC_TypeError, "instance exception may not have a separate value");
        exc = ref_inc(t, type);
    } else {
        return error_set(t, EXC_TypeError,
                         "exceptions must be classes or instances deriving from BaseException, not %T", type);
    }
    if (!value_is_empty(tb) && !value_is_none(tb))
        exception_set_traceback_take(t, exc, ref_inc(t, tb));
    return exc;
}

NATIVE(generator_throw, "throw", "(self, type, value=None, traceback=None, /)",
       "Raises an exception at the point of suspension; returns what is yielded next.")
{
    if (!value_is_empty(args[2]) || !value_is_empty(args[3])) {
        if (error_warn(
                t, EXC_DeprecationWarning, 1,
                "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead.") < 0)
            return VALUE_EMPTY;
    }
    Value exc = generator_throw_arguments(t, args + 1), result = VALUE_EMPTY;
    if (value_is_empty(exc))
        return exc;
    GeneratorResult status = generator_throw(t, args[0], exc, &result);
    ref_dec(t, exc);
    return outcome(t, status, result);
}

NATIVE_FLAGS(generator_class_getitem, "__class_getitem__", "($cls, object, /)", "See PEP 585", NATIVE_CLASS)
{
    return generic_alias_new(t, args[0], args[1]);
}

NATIVE(generator_close, "close", "($self, /)",
       "Raises GeneratorExit at the point of suspension and returns the generator's return value, if any.")
{
    return close(t, generator_of(args[0]));
}

NATIVE(generator_sizeof, "__sizeof__", "($self, /)", "Size of the object in bytes.")
{
    return value_from_int((int64_t)(sizeof(Generator) + generator_of(args[0])->register_count * sizeof(Value)));
}

Value generator_repr(Thread *t, Value self)
{
    static const char *const formats[] = {"<generator object %U at %p>", "<coroutine object %U at %p>",
                                          "<async_generator object %U at %p>"};
    Kind kind = object_kind(value_object(self));
    return str_format(t,
                      formats[kind == KIND_COROUTINE         ? 1
                              : kind == KIND_ASYNC_GENERATOR ? 2
                                                             : 0],
                      generator_of(self)->qualname, (void *)value_object(self));
}

static Value get_name(Thread *t, Value self) { return ref_inc(t, generator_of(self)->name); }
static Value get_qualname(Thread *t, Value self) { return ref_inc(t, generator_of(self)->qualname); }
static int set_name(Thread *t, Value self, Value value)
{
    if (value_is_empty(value) || !str_check(value))
        return error_set(t, EXC_TypeError, "__name__ must be set to a string object"), -1;
    slot_replace_take(t, &generator_of(self)->name, ref_inc(t, value));
    return 0;
}
static int set_qualname(Thread *t, Value self, Value value)
{
    if (value_is_empty(value) || !str_check(value))
        return error_set(t, EXC_TypeError, "__qualname__ must be set to a string object"), -1;
    slot_replace_take(t, &generator_of(self)->qualname, ref_inc(t, value));
    return 0;
}
/* With the lock off another thread may be running the generator, and ending it: its frame is looked at with the world stopped. */
static void look(Thread *t)
{
    if (t->free_threaded)
        world_stop(t);
}
static void look_away(Thread *t)
{
    if (t->free_threaded)
        world_start(t);
}

static Value get_yieldfrom(Thread *t, Value self)
{
    Generator *g = generator_of(self);
    look(t);
    Value v = g->state == GENERATOR_SUSPENDED && g->delegating ? ref_inc(t, delegate(g)) : VALUE_NONE;
    look_away(t);
    return v;
}
static Value get_running(Thread *t, Value self)
{
    return value_from_bool(generator_of(self)->state == GENERATOR_RUNNING);
}
static Value get_running_async(Thread *t, Value self) { return value_from_bool(generator_of(self)->running_async); }
static Value get_suspended(Thread *t, Value self)
{
    return value_from_bool(generator_of(self)->state == GENERATOR_SUSPENDED);
}
/* Reading its frame or code is an event. */
static int tell_get(Thread *t, Value self, const char *const names[3])
{
    Kind kind = object_kind(value_object(self));
    return audit(t, "object.__getattr__", "Os", self,
                 names[kind == KIND_GENERATOR   ? 0
                       : kind == KIND_COROUTINE ? 1
                                                : 2]);
}
static Value get_frame(Thread *t, Value self)
{
    static const char *const names[] = {"gi_frame", "cr_frame", "ag_frame"};
    Generator *g = generator_of(self);
    if (tell_get(t, self, names) < 0)
        return VALUE_EMPTY;
    look(t);
    Value frame = g->state == GENERATOR_FINISHED ? VALUE_NONE : frame_object(t, &g->frame);
    look_away(t);
    return frame;
}
static Value get_code(Thread *t, Value self)
{
    static const char *const names[] = {"gi_code", "cr_code", "ag_code"};
    return tell_get(t, self, names) < 0 ? VALUE_EMPTY : ref_inc(t, function_of(generator_of(self)->function)->code);
}
static Value get_origin(Thread *t, Value self)
{
    Value v = generator_of(self)->origin_or_finalizer;
    return value_is_empty(v) ? VALUE_NONE : ref_inc(t, v);
}

static const GetSetDef generator_getsets[] = {
    {"__name__", get_name, set_name, "Name of the generator."},
    {"__qualname__", get_qualname, set_qualname, "Qualified name of the generator."},
    {"gi_yieldfrom", get_yieldfrom, NULL, "The iterator that `yield from` delegates to, or None."},
    {"gi_running", get_running, NULL, "Whether it runs now."},
    {"gi_suspended", get_suspended, NULL, "Whether it is suspended at a yield."},
    {"gi_frame", get_frame, NULL, "Its frame, or None once it has finished."},
    {"gi_code", get_code, NULL, "Its code."},
    {NULL, NULL, NULL, NULL},
};
static const GetSetDef coroutine_getsets[] = {
    {"__name__", get_name, set_name, "Name of the coroutine."},
    {"__qualname__", get_qualname, set_qualname, "Qualified name of the coroutine."},
    {"cr_await", get_yieldfrom, NULL, "What it awaits, or None."},
    {"cr_running", get_running, NULL, "Whether it runs now."},
    {"cr_suspended", get_suspended, NULL, "Whether it is suspended."},
    {"cr_frame", get_frame, NULL, "Its frame, or None once it has finished."},
    {"cr_code", get_code, NULL, "Its code."},
    {"cr_origin", get_origin, NULL, "Where it was created, or None."},
    {NULL, NULL, NULL, NULL},
};
const GetSetDef async_generator_getsets[] = {
    {"__name__", get_name, set_name, "Name of the generator."},
    {"__qualname__", get_qualname, set_qualname, "Qualified name of the generator."},
    {"ag_await", get_yieldfrom, NULL, "What it awaits, or None."},
    {"ag_running", get_running_async, NULL, "Whether it runs now."},
    {"ag_suspended", get_suspended, NULL, "Whether it is suspended."},
    {"ag_frame", get_frame, NULL, "Its frame, or None once it has finished."},
    {"ag_code", get_code, NULL, "Its code."},
    {NULL, NULL, NULL, NULL},
};
static const NativeDef *const generator_methods[] = {&native_generator_send,          &native_generator_throw,
                                                     &native_generator_close,         &native_generator_sizeof,
                                                     &native_generator_class_getitem, NULL};

#define GENERATOR_SLOTS                                                                                                \
    .dealloc = generator_dealloc, .traverse = generator_traverse, .finalize = generator_finalize, .repr = generator_repr

const TypeSpec type_spec_generator = {
    .name = "generator",
    .doc = "A suspended function that yields values.",
    .kind = KIND_GENERATOR,
    .flags = TYPE_NO_NEW,
    .size = sizeof(Generator),
    .weak_offset = offsetof(Generator, weakrefs),
    .methods = generator_methods,
    .getsets = generator_getsets,
    .slots = {GENERATOR_SLOTS, .iter = slot_iter_self, .next = next},
};

/* await on a coroutine from C and from code that is no coroutine: an iterator over its suspensions. */
typedef struct CoroutineWrapper {
    Object head;
    Value coroutine;
} CoroutineWrapper;

static Value coroutine_await(Thread *t, Value self)
{
    CoroutineWrapper *w = alloc_object(t, t->types[KIND_COROUTINE_WRAPPER], sizeof *w);
    if (!w)
        return VALUE_EMPTY;
    w->coroutine = ref_inc(t, self);
    return value_of(w);
}

const TypeSpec type_spec_coroutine = {
    .name = "coroutine",
    .doc = "What calling an async function makes: run by awaiting it.",
    .kind = KIND_COROUTINE,
    .flags = TYPE_NO_NEW,
    .size = sizeof(Generator),
    .weak_offset = offsetof(Generator, weakrefs),
    .methods = generator_methods,
    .getsets = coroutine_getsets,
    .slots = {GENERATOR_SLOTS, .await = coroutine_await},
};

static Value wrapped(Value self) { return ((CoroutineWrapper *)value_object(self))->coroutine; }
static void wrapper_dealloc(Thread *t, Object *o) { ref_clear(t, &((CoroutineWrapper *)o)->coroutine); }
static int wrapper_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((CoroutineWrapper *)o)->coroutine);
    return 0;
}
static Value wrapper_next(Thread *t, Value self) { return next(t, wrapped(self)); }
NATIVE(coroutine_wrapper_send, "send", "($self, arg, /)", "Resumes the coroutine with a value.")
{
    Value result = VALUE_EMPTY;
    return outcome(t, send(t, generator_of(wrapped(args[0])), args[1], &result), result);
}
NATIVE(coroutine_wrapper_throw, "throw", "($self, type, value=None, traceback=None, /)",
       "Raises an exception in the coroutine.")
{
    Value exc = generator_throw_arguments(t, args + 1), result = VALUE_EMPTY;
    if (value_is_empty(exc))
        return exc;
    GeneratorResult status = generator_throw(t, wrapped(args[0]), exc, &result);
    ref_dec(t, exc);
    return outcome(t, status, result);
}
NATIVE(coroutine_wrapper_close, "close", "($self, /)", "Closes the coroutine.")
{
    return generator_close(t, generator_of(wrapped(args[0]))) < 0 ? VALUE_EMPTY : VALUE_NONE;
}
static const NativeDef *const wrapper_methods[] = {&native_coroutine_wrapper_send, &native_coroutine_wrapper_throw,
                                                   &native_coroutine_wrapper_close, NULL};
const TypeSpec type_spec_coroutine_wrapper = {
    .name = "coroutine_wrapper",
    .doc = "The iterator of a coroutine's suspensions.",
    .kind = KIND_COROUTINE_WRAPPER,
    .flags = TYPE_NO_NEW,
    .size = sizeof(CoroutineWrapper),
    .methods = wrapper_methods,
    .slots = {.dealloc = wrapper_dealloc, .traverse = wrapper_traverse, .iter = slot_iter_self, .next = wrapper_next},
};
