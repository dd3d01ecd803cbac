/* eval.c: running code: frames for functions, modules and class bodies, and the choice of the loop that runs them, with tracing or without.
 *
 * The loop itself is eval_loop.inc, compiled here and in eval_traced.c.  It comes back either with what the frame gave that C code asked for, or with REENTER, to be called again.
 * Read next: eval_loop.inc, frame.h, call.c (argument binding). */
#define EVAL_TRACED 0
#include "eval_loop.inc"

Value eval_loop_traced(Thread *t, bool fresh); /* eval_traced.c */

void frame_pop(Thread *t, Frame *f) { pop(t, f); }

Frame *eval_push_function(Thread *t, Function *function, Value *args)
{
    Code *code = code_of(function->code);
    Frame *f = NULL;
    if (LIKELY(t->chunk) || frame_stack_new(t) == 0)
        f = push(t, code, function, args, code->local_count, false);
    if (!f)
        for (uint32_t i = 0; i < code->local_count; i++)
            ref_clear(t, &args[i]);
    else
        f->resume = RESUME_ENTRY;
    return f;
}

/* Goes on as long as a loop asks to be entered again: with tracing, or without. */
static NOINLINE Value run_on(Thread *t, bool fresh)
{
    Value result;
    bool outer = t->traced;
    do {
        t->traced = trace_wanted(t);
        result = UNLIKELY(t->traced) ? eval_loop_traced(t, fresh) : eval_loop(t, fresh);
        fresh = false;
    } while (UNLIKELY(result.bits == REENTER.bits));
    if (UNLIKELY(t->traced != outer)) { /* the loop around runs the other way: it chooses again */
        t->traced = outer;
        trace_switch(t);
    }
    return result;
}

static ALWAYS_INLINE Value run(Thread *t)
{
    if (UNLIKELY(!recursion_enter(t, "")))
        return unwind_entry(t);
    t->c_depth += CONFIG_C_DEPTH_EVAL - 1;
    Value result = UNLIKELY(t->traced || trace_wanted(t)) ? run_on(t, true) : eval_loop(t, true);
    if (UNLIKELY(result.bits == REENTER.bits))
        result = run_on(t, false);
    t->c_depth -= CONFIG_C_DEPTH_EVAL - 1;
    recursion_leave(t);
    return result;
}

Value eval_run(Thread *t) { return run(t); }

/* Where something is missing: the stack, a frame, or room. */
static NOINLINE Frame *push_copies(Thread *t, Code *code, Function *function, const Value *args, uint32_t n)
{
    Frame *f = LIKELY(t->chunk) || frame_stack_new(t) == 0 ? push(t, code, function, NULL, 0, false) : NULL;
    if (!f)
        return NULL;
    for (uint32_t i = 0; i < n; i++)
        f->registers[i] = ref_inc(t, args[i]);
    f->resume = RESUME_ENTRY;
    return f;
}

Value eval_call_simple(Thread *t, Function *function, const Value *args, uint32_t n)
{
    Code *code = code_of(function->code);
    Frame *caller = t->frame,
          *f = LIKELY(t->chunk != NULL) ? LIKELY(caller != NULL) ? frame_next(caller) : t->frame_pool : NULL;
    Value *window = LIKELY(caller != NULL) ? caller->top : f ? t->chunk->registers : NULL, result = VALUE_EMPTY;
    ref_inc_object(t, &function->head);
    if (UNLIKELY(!f) || UNLIKELY(t->recursion_left <= 0) || UNLIKELY(window + code->register_count > t->stack_limit)) {
        if (push_copies(t, code, function, args, n))
            result = eval_run(t);
    } else {
        uint32_t i = 0;
        for (; i < n; i++)
            window[i] = ref_inc(t, args[i]);
        for (; i < code->local_count; i++)
            window[i] = VALUE_EMPTY;
        f->pc = code_start(code);
        f->registers = window;
        f->code = code;
        f->previous = caller;
        f->top = window + code->register_count;
        f->function = function;
        f->temps = (intptr_t)code->local_count;
        f->unusual = 0;
        f->resume = RESUME_ENTRY;
        t->recursion_left--;
        t->frame = f;
        result = run(t);
    }
    ref_dec_object(t, &function->head);
    return result;
}

Value eval_code(Thread *t, Value code_value, Value globals, Value locals, Value closure)
{
    Code *code = code_of(code_value);
    /* The code runs as a function without parameters, so that free variables have their closure. */
    Value function = function_new(t, code_value, globals, NULL);
    if (value_is_empty(function))
        return function;
    if (!value_is_empty(closure))
        function_of(function)->closure = ref_inc(t, closure);
    Value none[1];
    if (!t->chunk && frame_stack_new(t) < 0) {
        ref_dec(t, function);
        return VALUE_EMPTY;
    }
    Frame *f = push(t, code, function_of(function), none, 0, false);
    Value result = VALUE_EMPTY;
    if (f) {
        f->resume = RESUME_ENTRY;
        if (!(code->flags & CODE_NEWLOCALS)) {
            f->locals = ref_inc(t, value_is_empty(locals) ? globals : locals);
            f->has_more = true;
        }
        if (code->flags & CODE_ANY_GENERATOR) {
            result = generator_new_take(t, function_of(function), f->registers, 0);
            if (!value_is_empty(result)) {
                ref_replace_take(t, &generator_of(result)->frame.locals, f->locals);
                f->locals = VALUE_EMPTY;
            }
            pop(t, f);
        } else {
            result = eval_run(t);
        }
    }
    ref_dec(t, function);
    return result;
}
