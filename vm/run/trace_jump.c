/* trace_jump.c: f_lineno = line, by which a debugger moves the execution of a frame to another line.
 *
 * At the beginning of a line the temporaries in use are those of the blocks around it: iterators of `for`, managers of `with`, the exceptions that handlers
 * put aside.  So a jump may leave blocks, whose temporaries it releases, but not enter them. */
#include "trace.h"

#include "../memory/ref.h"
#include "../object/error.h"
#include "../object/int.h"

/* Is the temporary `reg` in use at the instruction `index`: is it, on some way on from there, read before it is written?  Blocks keep theirs in registers that only their own
 * instructions touch, so the first mention in the order of the code tells. */
static bool enters_block(const Code *code, uint32_t from, uint32_t to)
{
    /* A handler that covers the target but not the origin, or keeps more temporaries there, belongs to a block that the jump would enter. */
    uint32_t keep_from = 0, keep_to = 0;
    for (uint32_t i = 0; i < code->exception_count; i++) {
        const ExceptionEntry *e = &code->exceptions[i];
        if (from >= e->start && from < e->end)
            keep_from = e->keep;
        if (to >= e->start && to < e->end)
            keep_to = e->keep;
    }
    if (keep_to > keep_from)
        return true;
    /* Loops: from the target of FOR_NEXT, the body, up to it. */
    for (uint32_t i = 0; i < code->instruction_count; i++) {
        Instruction ins = code->instructions[i];
        if (INSTRUCTION_OP(ins) != OP_FOR_NEXT)
            continue;
        int64_t body = (int64_t)i + 1 + INSTRUCTION_C(ins);
        bool inside_to = to >= body && to <= i, inside_from = from >= body && from <= i;
        if (inside_to && !inside_from)
            return true;
    }
    /* Handlers: from where one begins to the end of its exception. */
    for (uint32_t i = 0; i < code->instruction_count; i++) {
        if (INSTRUCTION_OP(code->instructions[i]) != OP_PUSH_EXC)
            continue;
        int32_t reg = INSTRUCTION_A(code->instructions[i]);
        uint32_t end = i + 1;
        while (end < code->instruction_count) {
            Opcode op = (Opcode)INSTRUCTION_OP(code->instructions[end]);
            if ((op == OP_RERAISE || op == OP_UNWIND_EXC) && INSTRUCTION_A(code->instructions[end]) == reg)
                break;
            end++;
        }
        if (to > i && to <= end && !(from > i && from <= end))
            return true;
    }
    return false;
}

/* Releases what blocks that the jump leaves hold: temporaries that are not kept at the target. */
static void leave_blocks(Thread *t, Frame *f, uint32_t from, uint32_t to)
{
    Code *code = f->code;
    uint32_t keep = 0;
    for (uint32_t i = 0; i < code->exception_count; i++)
        if (to >= code->exceptions[i].start && to < code->exceptions[i].end)
            keep = code->exceptions[i].keep;
    for (uint32_t i = 0; i < code->instruction_count; i++) {
        Instruction ins = code->instructions[i];
        if (INSTRUCTION_OP(ins) != OP_FOR_NEXT)
            continue;
        int64_t body = (int64_t)i + 1 + INSTRUCTION_C(ins);
        uint32_t reg = (uint32_t)INSTRUCTION_A(ins) - code->local_count;
        if (to >= body && to <= i && reg + 1 > keep)
            keep = reg + 1;
    }
    for (uint32_t i = code->register_count; i-- > code->local_count + keep;)
        ref_clear(t, &f->registers[i]);
}

int trace_set_line(Thread *t, FrameObject *o, Value value)
{
    int overflow;
    if (value_is_empty(value))
        return error_set(t, EXC_AttributeError, "cannot delete attribute"), -1;
    if (!int_check_exact(value))
        return error_set(t, EXC_ValueError, "lineno must be an integer"), -1;
    Frame *f = o->frame;
    if (o->event == FRAME_EVENT_CALL)
        return error_set(t, EXC_ValueError, "can't jump from the 'call' trace event of a new frame"), -1;
    if (!f || value_is_empty(o->trace) || !t->tracing)
        return error_set(t, EXC_ValueError, "f_lineno can only be set in a trace function"), -1;
    if (o->event != FRAME_EVENT_LINE)
        return error_set(t, EXC_ValueError, "can only jump from a 'line' trace event"), -1;
    int64_t line = int_to_int64_overflow(t, value, &overflow);
    if (overflow || line > INT32_MAX || line < INT32_MIN)
        return error_set(t, EXC_ValueError, "lineno out of range"), -1;
    Code *code = f->code;
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
    uint32_t from = frame_index(f);
    bool refused = false;
    for (uint32_t i = 0; i < code->instruction_count; i++) {
        if (cm->lines[i] != best || (i && cm->lines[i - 1] == best))
            continue;
        if (enters_block(code, from, i)) {
            refused = true;
            continue;
        }
        leave_blocks(t, f, from, i);
        f->pc = code->instructions + i + 1; /* the instruction is the current one */
        return 0;
    }
    return error_set(t, EXC_ValueError, refused ? "can't jump into the middle of a block" : "cannot find bytecode for specified line"), -1;
}
