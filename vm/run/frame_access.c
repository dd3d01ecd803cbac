/* frame_access.c: what built-in functions ask of running code (frame_access.h). */
#include "frame_access.h"

#include "../object/audit.h"
#include "../object/cell.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/list.h"
#include "../object/str.h"
#include "eval.h"

Value frame_access_globals(Thread *t) { return t->frame ? frame_globals(t->frame) : VALUE_EMPTY; }
Value frame_access_builtins(Thread *t) { return t->frame ? frame_builtins(t->frame) : t->interp->builtins_dict; }

Value frame_access_locals(Thread *t)
{
    if (!t->frame)
        return error_set(t, EXC_SystemError, "frame does not exist");
    return frame_locals_snapshot(t, t->frame);
}

uint32_t frame_access_future_flags(Thread *t)
{
    return t->frame ? t->frame->code->flags & (CODE_FUTURE_ANNOTATIONS | CODE_FUTURE_BARRY) : 0;
}

/* The local variable that was copied to a register for the call at an instruction, or -1. */
static int64_t copied_from(const Code *code, uint32_t call, int64_t reg)
{
    for (uint32_t i = call; i-- > 0 && call - i < 64;) { /* arguments before it may be long; then it is not found */
        Instruction ins = code->instructions[i];
        if (i > 0 && INSTRUCTION_OP(code->instructions[i - 1]) == OP_WIDE)
            return -1;
        if (INSTRUCTION_OP(ins) == OP_COPY && INSTRUCTION_A(ins) == reg)
            return INSTRUCTION_B(ins) >= 0 && INSTRUCTION_B(ins) < code->local_count ? INSTRUCTION_B(ins) : -1;
        if (INSTRUCTION_A(ins) == reg || INSTRUCTION_C(ins) == reg)
            return -1;
    }
    return -1;
}

/* The register of the first argument of a plain call, or -1. */
static int64_t first_argument(const Code *code, uint32_t call)
{
    Instruction ins = code->instructions[call];
    uint32_t op = INSTRUCTION_OP(ins);
    if (call > 0 && INSTRUCTION_OP(code->instructions[call - 1]) == OP_WIDE)
        return -1;
    return op == OP_CALL ? INSTRUCTION_A(ins) + 1 : op == OP_CALL_METHOD ? INSTRUCTION_A(ins) + 2 : -1;
}

uint32_t frame_access_lent(Thread *t, Value argument)
{
    uint32_t lent = 0;
    Frame *f = t->frame;
    int64_t reg = f ? first_argument(f->code, frame_index(f)) : -1;
    while (reg >= 0) {
        const Code *code = f->code;
        int64_t local = copied_from(code, frame_index(f), reg);
        if (local < 0 || (code->local_kinds[local] & LOCAL_CELL) || !value_is(f->registers[local], argument))
            break;
        lent++;
        /* A parameter: its register is one of the caller's. */
        if (local >= code->argument_count || f->is_generator || f->new_chunk || resume_leaves(f->resume) ||
            !f->previous || first_argument(f->previous->code, frame_index(f->previous)) < 0)
            break;
        reg = f->registers + local - f->previous->registers;
        f = f->previous;
        if (reg < f->code->local_count || reg >= f->code->register_count)
            break;
    }
    return lent;
}

int frame_access_super(Thread *t, Type **type, Value *object)
{
    Frame *f = t->frame;
    if (!f)
        return error_set(t, EXC_RuntimeError, "super(): no current frame"), -1;
    Code *code = f->code;
    if (code->argument_count == 0)
        return error_set(t, EXC_RuntimeError, "super(): no arguments"), -1;
    Value first = f->registers[0];
    first = (code->local_kinds[0] & LOCAL_CELL) && cell_check(first) ? cell_get(t, first) : ref_inc(t, first);
    if (value_is_empty(first))
        return error_set(t, EXC_RuntimeError, "super(): arg[0] deleted"), -1;
    for (uint32_t i = 0; i < code->free_count; i++) {
        if (!str_equal(tuple_peek(code->free_names, i), ID(t, __class__)))
            continue;
        Value class = cell_get(t, tuple_peek(f->function->closure, i));
        if (value_is_empty(class)) {
            error_set(t, EXC_RuntimeError, "super(): empty __class__ cell");
        } else if (!object_is(class, KIND_TYPE)) {
            error_set(t, EXC_RuntimeError, "super(): __class__ is not a type (%T)", class);
            ref_dec(t, class);
        } else {
            *type = (Type *)value_object(class);
            *object = first;
            return 0;
        }
        ref_dec(t, first);
        return -1;
    }
    ref_dec(t, first);
    return error_set(t, EXC_RuntimeError, "super(): __class__ cell not found"), -1;
}

struct Frame *frame_access_first(Thread *t) { return t->frame; }
struct Frame *frame_access_next(struct Frame *f) { return f->previous; }
Value frame_access_frame_globals(struct Frame *f) { return frame_globals(f); }
Value frame_access_frame_code(struct Frame *f) { return value_of(f->code); }
int32_t frame_access_frame_line(struct Frame *f) { return frame_line(f); }

Value frame_access_run(Thread *t, Value code, Value globals, Value locals, Value closure)
{
    return audit(t, "exec", "O", code) < 0 ? VALUE_EMPTY : eval_code(t, code, globals, locals, closure);
}

Value frame_access_run_class_body(Thread *t, Value function, Value namespace)
{
    Function *f = function_of(function);
    return eval_code(t, f->code, f->globals, namespace, f->closure);
}
