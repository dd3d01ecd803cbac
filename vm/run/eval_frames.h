/* eval_frames.h: frames pushed and popped by the eval loop, for eval.c and the two compilations of the loop.
 *
 * A frame's registers are a window of the thread's stack.  In place: the arguments lie where the callee's registers begin, so that a call copies nothing.  Read next: frame.h. */
#ifndef BATON_RUN_EVAL_FRAMES_H
#define BATON_RUN_EVAL_FRAMES_H

#include "frame.h"
#include "unwind.h"

/* Opens a window for `code` whose first `given` registers are the values at `args`: in place where they are the top of the stack, else moved. NULL: RecursionError or
 * MemoryError; the values stay where they were. */
static Frame *push(Thread *t, Code *code, Function *function, Value *args, uint32_t given, bool in_place)
{
    Frame *n = LIKELY(t->frame != NULL) ? frame_next(t->frame) : t->frame_pool;
    Value *window = args;
    bool new_chunk = false;
    if (UNLIKELY(code_complete(t, code) < 0))
        return NULL;
    if (UNLIKELY(t->recursion_left <= 0)) {
        error_set(t, EXC_RecursionError, "maximum recursion depth exceeded");
        return NULL;
    }
    if (UNLIKELY(!n) && !(n = frame_pool_grow(t)))
        return NULL;
    if (!in_place || UNLIKELY(window + code->register_count > t->stack_limit)) {
        window = t->frame ? t->frame->top : t->chunk->registers;
        /* What is in place may lie above `top`, behind its callable. */
        if (in_place || window + code->register_count > t->stack_limit) {
            window = frame_chunk_push(t, code->register_count);
            if (!window)
                return NULL;
            new_chunk = true;
        }
        for (uint32_t i = 0; i < given; i++) {
            window[i] = args[i];
            args[i] = VALUE_EMPTY;
        }
    }
    for (uint32_t i = given; i < code->local_count; i++)
        window[i] = VALUE_EMPTY;
    n->pc = code_start(code);
    n->registers = window;
    n->code = code;
    n->previous = t->frame;
    n->top = window + code->register_count;
    n->function = function;
    n->temps = (intptr_t)code->local_count;
    n->unusual = 0;
    n->new_chunk = new_chunk;
    t->recursion_left--;
    t->frame = n;
    return n;
}

/* A generator's registers are not. */
static ALWAYS_INLINE bool is_on_stack(const Thread *t, const Value *window)
{
    return (uintptr_t)window - (uintptr_t)t->chunk->registers <=
           (uintptr_t)t->stack_limit - (uintptr_t)t->chunk->registers;
}

/* The same for a frame t->frame == f that needs nothing unusual, in place. */
static ALWAYS_INLINE Frame *push_in_place(Thread *t, Frame *f, Code *code, Function *function, Value *window,
                                          uint32_t given)
{
    Frame *n = frame_next(f);
    Value *top = window + code->register_count;
    if (UNLIKELY(top > t->stack_limit) || UNLIKELY(f->is_generator && !is_on_stack(t, window)) || UNLIKELY(!n))
        return push(t, code, function, window, given, is_on_stack(t, window));
    if (UNLIKELY(--t->recursion_left < 0)) {
        t->recursion_left = 0;
        return push(t, code, function, window, given, true);
    }
    for (Value *local = window + given, *end = window + code->local_count; local < end; local++)
        *local = VALUE_EMPTY;
    n->pc = code_start(code);
    n->registers = window;
    n->code = code;
    n->previous = f;
    n->top = top;
    n->function = function;
    n->temps = (intptr_t)code->local_count;
    n->unusual = 0;
    t->frame = n;
    return n;
}

/* call_add_defaults() at the top of a frame's registers, if there is room for those of the function. */
static NOINLINE bool add_defaults(Thread *t, const Frame *f, const Function *function, const Code *code, Value *args,
                                  uint32_t n)
{
    return !f->is_generator && args + code->register_count <= t->stack_limit &&
           call_add_defaults(t, function, code, args, n);
}

/* A call from a generator's frame: what it has in its registers for the callee, `n` values, goes to where it can be the top of the stack; nothing is done without room. */
static NOINLINE Value *move_to_stack(Thread *t, const Frame *f, const Code *code, Value *from, uint32_t n)
{
    Value *to = f->top;
    if (UNLIKELY(to + n + code->register_count > t->stack_limit))
        return from;
    for (uint32_t i = 0; i < n; i++) {
        to[i] = from[i];
        from[i] = VALUE_EMPTY;
    }
    return to;
}

static ALWAYS_INLINE void release_registers(Thread *t, Value *from, Value *end)
{
    for (; from < end; from++) {
        Value v = *from;
        if (value_is_object(v)) {
            *from = VALUE_EMPTY;
            ref_dec_object(t, value_object(v));
        }
    }
}

/* What few frames have.  A destructor of a local may have asked for the frame's object anew, and by it given locals values that had been released: they are released once more, and
 * from then on (`ending`) it gives none. */
static COLD void pop_rest(Thread *t, Frame *f)
{
    f->ending = true;
    if (!value_is_empty(f->object)) {
        frame_detach(t, f);
        release_registers(t, f->registers, f->registers + f->code->local_count);
    }
    ref_clear(t, &f->locals);
    ref_clear(t, &f->keep);
    if (!value_is_empty(f->object))
        frame_detach(t, f);
    f->ending = f->has_more = false;
}

/* The same above the registers of f, the innermost frame, where code that a release runs would have its own. */
static NOINLINE void release_above(Thread *t, Frame *f, Value *from, Value *end)
{
    Value *top = f->top;
    if (end > top)
        f->top = end;
    release_registers(t, from, end);
    f->top = top;
}

/* Puts the arguments of a call above the registers of f, behind `window[-1]`, and binds them: how many of the callee's registers are given then, or -1. */
static int32_t gather(Thread *t, Function *function, Value *window, Value first, Value *args, uint32_t n)
{
    uint32_t more = (uint32_t)tuple_length(first);
    for (uint32_t i = 0; i < more; i++)
        window[i] = ref_inc(t, tuple_peek(first, i));
    for (uint32_t i = 0; i < n; i++) {
        window[more + i] = args[i];
        args[i] = VALUE_EMPTY;
    }
    Code *code = code_of(function->code);
    if (LIKELY(code_simple(code) == more + n))
        return (int32_t)(more + n);
    return call_bind_in_place(t, function, window, more + n, VALUE_EMPTY) < 0 ? -1 : (int32_t)code->local_count;
}

/* A call of what hands its calls on (Slots.forward), with the n values at `args`, which are moved, as soon as there is room for a frame above the registers of f.  The frame that was
 * pushed; or NULL: *result if that is not empty, an exception, or neither, and then it is to be called like anything else.  A frame with RESUME_AFTER needs `callable` to stay. */
static NOINLINE Frame *push_forwarded(Thread *t, Frame *f, Value callable, Value *args, uint32_t n, Value *result)
{
    const Slots *slots = &value_object(callable)->type->slots;
    Value function, first, before = VALUE_EMPTY;
    if (!slots->forward(t, callable, &function, &first))
        return NULL;
    Frame *pushed = NULL;
    Value *window = f->top + 1;
    Code *code = object_is_exact(function, KIND_FUNCTION) ? code_of(function_of(function)->code) : NULL;
    uint32_t count = n + (uint32_t)tuple_length(first);
    if (!code || UNLIKELY(window + count + code->register_count > t->stack_limit) || (code->flags & CODE_ANY_GENERATOR))
        goto done;
    if (slots->call_before) {
        int found = slots->call_before(t, callable, args, n, VALUE_EMPTY, &before);
        if (found) {
            *result = before;
            before = VALUE_EMPTY;
            goto done;
        }
    }
    int32_t given = gather(t, function_of(function), window, first, args, n);
    if (UNLIKELY(given < 0))
        goto done;
    pushed = push_in_place(t, f, code, function_of(function), window, (uint32_t)given);
    if (UNLIKELY(!pushed)) {
        release_above(t, f, window, window + given);
        goto done;
    }
    if (slots->call_before) {
        pushed->resume = RESUME_AFTER;
        pushed->extra = before;
        pushed->keep = function;
        pushed->has_more = true;
        before = VALUE_EMPTY;
    } else {
        window[-1] = function;
    }
    function = VALUE_EMPTY;
done:
    unwind_release(t, before);
    unwind_release(t, first);
    unwind_release(t, function);
    return pushed;
}

/* The frame ends: its locals are released (temporaries are gone already), then its struct. */
static void pop(Thread *t, Frame *f)
{
    if (UNLIKELY(!value_is_empty(f->object)))
        frame_detach(t, f);
    release_registers(t, f->registers, f->registers + f->code->local_count);
    if (f->has_more)
        pop_rest(t, f);
    t->recursion_left++;
    t->frame = f->previous;
    if (UNLIKELY(f->is_generator))
        return;
    if (UNLIKELY(f->new_chunk)) {
        f->new_chunk = false;
        frame_chunk_pop(t);
    }
}

#endif
