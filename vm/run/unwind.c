/* unwind.c: exceptions on their way to a handler.  Read next: eval_loop.inc (label `error`), ../compile/flow.c (what handlers look like). */
#include "unwind.h"

#include "../object/error.h"
#include "eval.h"

void unwind_release(Thread *t, Value v)
{
    if (!value_is_object(v))
        return;
    Value exc = error_take(t);
    ref_dec(t, v);
    error_restore_take(t, exc);
}

/* Does the exception go on at the end of a handler that is no part of the program's text? */
static bool goes_on(Instruction instruction)
{
    uint32_t op = INSTRUCTION_OP(instruction);
    return op == OP_UNWIND_EXC || op == OP_STOP_ITERATION_ERROR || (op == OP_RERAISE && INSTRUCTION_B(instruction));
}

/* True unless the handler is that of an `async for`, which protects no comprehension but may belong to one. */
static bool leaves_comprehensions(const Code *code, const ExceptionEntry *handler)
{
    return !handler || INSTRUCTION_OP(code->instructions[handler->target]) != OP_PUSH_EXC ||
           INSTRUCTION_OP(code->instructions[handler->target + 1]) != OP_END_ASYNC_FOR;
}

/* Releases the registers from `slot` on down to `end`, last to first as a stack would be popped; the exception is put aside only when something is released. */
static void release_down(Thread *t, Value *slot, const Value *end)
{
    bool taken = false;
    Value exc = VALUE_EMPTY;
    while (slot > end) {
        Value v = *--slot;
        *slot = VALUE_EMPTY;
        if (LIKELY(!value_is_object(v)))
            continue;
        if (!taken) {
            exc = error_take(t);
            taken = true;
        }
        ref_dec_object(t, value_object(v));
    }
    if (taken)
        error_restore_take(t, exc);
}

bool unwind_to_handler(Thread *t, Frame *f, uint32_t flags)
{
    Code *code = f->code;
    if (flags & UNWIND_TRACEBACK)
        traceback_add(t, f);
    uint32_t index = frame_index(f);
    const ExceptionEntry *handler = code_handler(code, index);
    if (!goes_on(code->instructions[index]))
        f->raised = index;
    else if (!handler)
        f->pc = code->instructions + f->raised + 1;
    uint32_t keep = code->local_count + (handler ? handler->keep : 0);
    release_down(t, f->registers + code->register_count, f->registers + keep);
    if (UNLIKELY(code->own_end != 0) && leaves_comprehensions(code, handler))
        release_down(t, f->registers + code->own_end, f->registers + code->own_start);
    if (!handler)
        return false;
    f->pc = code->instructions + handler->target;
    return true;
}

Value unwind_entry(Thread *t)
{
    Frame *f = t->frame;
    unwind_to_handler(t, f, UNWIND_TRACEBACK);
    if (f->is_generator) {
        generator_finished(t, generator_of_frame(f));
        return VALUE_EMPTY;
    }
    Value exc = error_take(t);
    frame_pop(t, f);
    error_restore_take(t, exc);
    return VALUE_EMPTY;
}
