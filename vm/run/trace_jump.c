/* trace_jump.c: f_lineno = line, by which a debugger moves the execution of a frame to another line.
 *
 * Invariant.  A jump goes only where the temporaries in use are among those in use here, and of the same kinds (../compile/stackmap.h): it may leave blocks, whose
 * temporaries are released and whose exceptions are put back, but not enter them. */
#include "trace.h"

#include "../compile/stackmap.h"
#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/error.h"
#include "../object/int.h"

/* Why the temporaries of `from` do not do for `to`, or NULL. */
static const char *mismatch(const HeldKind *from, const HeldKind *to, uint32_t width)
{
    for (uint32_t i = width; i-- > 0;) {
        if (to[i] == HELD_NOTHING || to[i] == from[i])
            continue;
        switch (to[i]) {
        case HELD_HANDLED:
        case HELD_CAUGHT:
        case HELD_REHANDLED:
        case HELD_RECAUGHT: return "can't jump into an 'except' block as there's no exception";
        case HELD_ITERATOR:
        case HELD_AITERATOR: return "can't jump into the body of a for loop";
        default: return "incompatible stacks";
        }
    }
    return NULL;
}

/* Releases what only the blocks that the jump leaves hold, the innermost first. */
static void leave_blocks(Thread *t, Frame *f, const HeldKind *from, const HeldKind *to, uint32_t width)
{
    Value *temporaries = f->registers + f->code->local_count;
    for (uint32_t i = width; i-- > 0;) {
        if (to[i] != HELD_NOTHING || value_is_int(temporaries[i])) /* it may be the position of a loop that goes on */
            continue;
        if (from[i] == HELD_HANDLED || from[i] == HELD_REHANDLED) { /* as the end of the handler does */
            Value before = temporaries[i];
            temporaries[i] = VALUE_EMPTY;
            ref_replace_take(t, &t->handled->exc, before);
        } else {
            ref_clear(t, &temporaries[i]);
        }
    }
}

/* Variables without a value become None, with a warning: the compiler knows which of them need no check on their way through the code, and the jump is not on it. */
static int bind_locals(Thread *t, Frame *f)
{
    Code *code = f->code;
    int unbound = 0;
    for (uint32_t i = 0; i < code->local_count; i++)
        unbound += value_is_empty(f->registers[i]) && !(code->local_kinds[i] & LOCAL_CELL);
    if (unbound && error_warn(t, EXC_RuntimeWarning, 0, "assigning None to %d unbound local%s", unbound,
                              unbound == 1 ? "" : "s") < 0)
        return -1;
    for (uint32_t i = 0; i < code->local_count; i++)
        if (value_is_empty(f->registers[i]) && !(code->local_kinds[i] & LOCAL_CELL))
            f->registers[i] = VALUE_NONE;
    return 0;
}

static uint32_t in_use(const HeldKind *held, uint32_t width)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < width; i++)
        n += held[i] != HELD_NOTHING;
    return n;
}

/* Moves the frame to the line `line` of its code, where it begins with as many of the temporaries as possible (a `finally` block is there more than once): 0, or -1. */
static int jump(Thread *t, FrameObject *o, const CodeMonitor *cm, int32_t line)
{
    Frame *f = o->frame;
    Code *code = f->code;
    uint32_t from = frame_index(f);
    const char *refusal = "cannot find bytecode for specified line";
    StackMap map;
    if (stackmap_new(t, &map, code) < 0)
        return -1;
    HeldKind *held = alloc_memory_zeroed(t, 2 * (size_t)map.width + 1, sizeof *held), *wanted = held + map.width;
    int status = -1;
    if (!held)
        goto done;
    if (!stackmap_at(&map, from, held)) {
        error_set(t, EXC_ValueError, "cannot jump from unreachable code");
        goto done;
    }
    int64_t best = -1;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < code->instruction_count; i++) {
        if (cm->lines[i] != line || (i && cm->lines[i - 1] == line) || !stackmap_at(&map, i, wanted))
            continue;
        const char *why = mismatch(held, wanted, map.width);
        if (why) {
            refusal = why;
        } else if (best < 0 || in_use(wanted, map.width) > kept) {
            best = i;
            kept = in_use(wanted, map.width);
        }
    }
    if (best < 0) {
        error_set(t, EXC_ValueError, "%s", refusal);
        goto done;
    }
    if (bind_locals(t, f) < 0)
        goto done;
    stackmap_at(&map, (uint32_t)best, wanted);
    leave_blocks(t, f, held, wanted, map.width);
    f->pc = code->instructions + best + 1; /* the instruction is the current one */
    o->shown = o->last = (uint32_t)best + 1;
    status = 0;
done:
    alloc_memory_free(t, held);
    stackmap_free(t, &map);
    return status;
}

int trace_set_line(Thread *t, FrameObject *o, Value value)
{
    int overflow;
    if (value_is_empty(value))
        return error_set(t, EXC_AttributeError, "cannot delete attribute"), -1;
    if (!int_check_exact(value))
        return error_set(t, EXC_ValueError, "lineno must be an integer"), -1;
    bool own = frame_is_own(t, o); /* another thread's may run meanwhile */
    if (own && o->event == FRAME_EVENT_CALL)
        return error_set(t, EXC_ValueError, "can't jump from the 'call' trace event of a new frame"), -1;
    if (!own || value_is_empty(o->trace) || !t->tracing)
        return error_set(t, EXC_ValueError, "f_lineno can only be set in a trace function"), -1;
    if (o->event != FRAME_EVENT_LINE)
        return error_set(t, EXC_ValueError, "can only jump from a 'line' trace event"), -1;
    int64_t line = int_to_int64_overflow(t, value, &overflow);
    if (overflow || line > INT32_MAX || line < INT32_MIN)
        return error_set(t, EXC_ValueError, "lineno out of range"), -1;
    Code *code = o->frame->code;
    if (line < (int64_t)code->first_line)
        return error_set(t, EXC_ValueError, "line %lld comes before the current code block", (long long)line), -1;
    CodeMonitor *cm = trace_code(t, code);
    if (!cm)
        return -1;
    /* The first line at or behind the one asked for that has code. */
    int32_t best = 0;
    for (uint32_t i = 0; i < code->instruction_count; i++)
        if (cm->lines[i] >= line && (!best || cm->lines[i] < best))
            best = cm->lines[i];
    if (!best)
        return error_set(t, EXC_ValueError, "line %lld comes after the current code block", (long long)line), -1;
    return jump(t, o, cm, best);
}
