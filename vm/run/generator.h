/* generator.h: generators, coroutines and asynchronous generators: one struct; its frame and registers live in the object.
 *
 * Resuming one from the eval loop pushes its frame: nothing recurses in C.  From C (next(), send() of other code) it runs a nested loop. */
#ifndef BATON_RUN_GENERATOR_H
#define BATON_RUN_GENERATOR_H

#include "frame.h"

typedef enum GeneratorState {
    GENERATOR_CREATED,
    GENERATOR_SUSPENDED,
    GENERATOR_RUNNING,
    GENERATOR_FINISHED
} GeneratorState;

/* Where generator_each puts what a generator yields: the beginning of a struct of the user's. */
typedef struct Sink Sink;
struct Sink {
    int (*take)(Thread *t, Sink *sink,
                Value item); /* takes the item: 1 for more, 0 when that is enough, -1 with an exception */
    int taken;               /* what `take` has said last, where the eval loop has come back with it */
};

typedef struct Generator {
    Object head;
    Frame frame;
    _Atomic uint8_t state; /* GeneratorState; with the lock off, running is entered by compare-and-swap */
    bool delegating;       /* suspended in DELEGATE */
    bool hooks_inited, closed, running_async; /* asynchronous generators */
    HandledException handled;
    Value function; /* owned */
    Value name, qualname;
    Value origin_or_finalizer; /* coroutine: cr_origin; asynchronous generator: its finalizer hook */
    Object *weakrefs;
    Sink *sink;   /* of RESUME_EACH */
    int32_t sent; /* register that receives what is sent; -1: not started */
    uint32_t register_count;
    Value registers[];
} Generator;

/* Running what has ended: -1 with RuntimeError for a coroutine, 0 for a generator. */
int generator_ended(Thread *t, const Generator *g);

/* Invariant: while suspended, frame.pc is behind the YIELD or DELEGATE; resuming a delegating one steps back onto its DELEGATE, which then sends again. */
static inline bool generator_check(Value v) /* any of the three */
{
    return object_is(v, KIND_GENERATOR) || object_is(v, KIND_COROUTINE) || object_is(v, KIND_ASYNC_GENERATOR);
}
static inline Generator *generator_of(Value v) { return (Generator *)value_object(v); }
/* The generator of a frame that lives in one. */
static inline Generator *generator_of_frame(Frame *f) { return (Generator *)((char *)f - offsetof(Generator, frame)); }
/* A generator (or coroutine, by the code's flags) whose registers are taken from `registers` (moved out). */
MUST_CHECK Value generator_new_take(Thread *t, Function *function, Value *registers, uint32_t count);

typedef enum GeneratorResult { GENERATOR_ERROR = -1, GENERATOR_RETURN, GENERATOR_YIELD } GeneratorResult;
/* Sends a value (borrowed; None to start) to anything that can be iterated or delegated to: generator, coroutine, iterator, object with send. */
GeneratorResult generator_send(Thread *t, Value receiver, Value sent, Value *result);
/* Readies a generator for running: checks its state, gives it the sent value (borrowed), pushes its frame and its level of handled exceptions. 0: the caller sets the frame's resume and runs it;
 * 1: it is finished; -1 with an exception (already executing, "can't send non-None value to a just-started generator"). */
int generator_begin(Thread *t, Generator *g, Value sent);
/* Takes its frame from the top, and its level of handled exceptions. */
static ALWAYS_INLINE void generator_leave(Thread *t, Generator *g)
{
    t->handled = g->handled.previous;
    t->frame = g->frame.previous;
    g->frame.previous = NULL;
    t->recursion_left++;
}
/* The generator's frame has yielded. */
static ALWAYS_INLINE void generator_suspended(Thread *t, Generator *g)
{
    generator_leave(t, g);
    store_release(t, &g->state, GENERATOR_SUSPENDED);
    ref_dec_object(t, &g->head);
}
/* It has ended. */
void generator_finished(Thread *t, Generator *g);
/* Puts what is sent where the yield gives it; one that throws it away at once need not get it. */
static ALWAYS_INLINE void generator_give(Thread *t, Generator *g, Value sent)
{
    Instruction next = *g->frame.pc;
    if (LIKELY(INSTRUCTION_OP(next) == OP_RELEASE && INSTRUCTION_A(next) == g->sent) && !t->traced && !g->delegating)
        g->frame.pc++;
    else
        ref_replace_take(t, &g->registers[g->sent], ref_inc(t, sent));
}
/* generator_begin of one that needs no thought; false: nothing is done, ask generator_begin. */
static ALWAYS_INLINE bool generator_begin_plain(Thread *t, Generator *g, Value sent)
{
    if (UNLIKELY(t->free_threaded) ||
        UNLIKELY(atomic_load_explicit(&g->state, memory_order_relaxed) > GENERATOR_SUSPENDED) ||
        UNLIKELY(t->recursion_left <= 0) || UNLIKELY(g->delegating))
        return false;
    if (g->sent >= 0)
        generator_give(t, g, sent);
    else if (UNLIKELY(!value_is_none(sent)))
        return false;
    store_relaxed(&g->state, GENERATOR_RUNNING);
    ref_inc_object(t, &g->head); /* by its running frame */
    frame_link(t, &g->frame);
    t->recursion_left--;
    g->handled.previous = t->handled;
    t->handled = &g->handled;
    return true;
}
/* Runs a generator that generator_begin has readied, in a nested loop. */
GeneratorResult generator_run(Thread *t, Generator *g, Value *result);
/* Gives the sink all that the generator yields, without leaving the eval loop in between: 0, or -1 with an exception. */
int generator_each(Thread *t, Generator *g, Sink *sink);
/* The exception instance of throw's three arguments (type, value, traceback; the last two may be empty): owned. */
MUST_CHECK Value generator_throw_arguments(Thread *t, const Value *args);
/* Throws into it: result as generator_send. exc is an instance (borrowed). */
GeneratorResult generator_throw(Thread *t, Value receiver, Value exc, Value *result);
int generator_close(Thread *t, Generator *g);
/* The iterator of an awaitable: 0 await, 1 __aenter__, 2 __aexit__ word the error. */
MUST_CHECK Value generator_awaitable(Thread *t, Value v, int how);
/* Wraps what an asynchronous generator yields. */
MUST_CHECK Value async_generator_wrap_take(Thread *t, Value v);
MUST_CHECK Value async_generator_anext(Thread *t, Value v); /* awaitable of v.__anext__() */

/* For async_generator.c. */
void generator_dealloc(Thread *t, Object *o);
int generator_traverse(Object *o, VisitFn visit, void *arg);
void generator_finalize(Thread *t, Object *o);
Value generator_repr(Thread *t, Value self);
extern const GetSetDef async_generator_getsets[];

#endif
