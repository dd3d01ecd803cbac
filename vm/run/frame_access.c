/* frame_access.c: what built-in functions ask of running code (frame_access.h). */
#include "frame_access.h"

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
    return eval_code(t, code, globals, locals, closure);
}

Value frame_access_run_class_body(Thread *t, Value function, Value namespace)
{
    Function *f = function_of(function);
    return eval_code(t, f->code, f->globals, namespace, f->closure);
}
