/* trace_jump.c: f_lineno = line, by which a debugger moves the execution of a frame to another line.
 *
 * At the beginning of a line the temporaries in use are those of the blocks around it: iterators of `for`, managers of `with`, the exceptions that handlers
 * put aside.  So a jump may leave blocks, whose temporaries it releases, but not enter them. */
#include "trace.h"

#include "../memory/ref.h"
#include "../object/error.h"
#include "../object/int.h"

static const char *const operand_kinds[OP_COUNT] = {
#define OP(name, operands, meaning) operands,
#include "../compile/opcode.def"
#undef OP
};

/* Operand `which` of an instruction is a run of registers that it writes. */
static bool writes_run(Opcode op, int which)
{
    switch (op) {
    case OP_LOAD_METHOD:
    case OP_LOAD_SPECIAL:
    case OP_LOAD_SUPER_METHOD:
    case OP_PUSH_EXC: return which == 0;
    case OP_UNPACK:
    case OP_UNPACK_EX: return which == 1;
    default: return false;
    }
}

/* How many registers a run has, at least. */
static int32_t run_length(Opcode op, const int32_t *operands)
{
    switch (op) {
    case OP_CLEAR: return operands[1];
    case OP_CALL:
    case OP_CALL_KW: return operands[1] + 1;
    case OP_CALL_METHOD:
    case OP_CALL_METHOD_KW: return operands[1] + 2;
    case OP_CALL_EX: return operands[1] + 2;
    case OP_BUILD_LIST:
    case OP_BUILD_TUPLE:
    case OP_BUILD_SET:
    case OP_BUILD_STRING:
    case OP_UNPACK: return operands[2];
    case OP_BUILD_DICT: return 2 * operands[2];
    case OP_UNPACK_EX: return operands[2] + 1;
    case OP_BUILD_SLICE: return 3;
    case OP_MAKE_FUNCTION: return 1;
    default: return 2;
    }
}

/* The instruction that reads a temporary next, in the order of the code and on from where it jumps back, or -1: it is written first, or never mentioned again.  Blocks lie in one piece and keep their
 * temporaries until they end, so at the beginning of a line this tells which temporaries are in use and for what. */
static int64_t next_reader(const Code *code, uint32_t from, int32_t reg)
{
    int hops = 8; /* jumps back that are followed */
    for (uint32_t i = from; i < code->instruction_count; i++) {
        Instruction ins = code->instructions[i];
        int32_t operands[3] = {INSTRUCTION_A(ins), INSTRUCTION_B(ins), INSTRUCTION_C(ins)};
        uint32_t at = i;
        if (INSTRUCTION_OP(ins) == OP_EXTRA)
            continue;
        if (INSTRUCTION_OP(ins) == OP_WIDE && i + 1 < code->instruction_count) {
            ins = code->instructions[++i];
            for (int k = 0; k < 3; k++)
                operands[k] = (int32_t)((uint32_t)operands[k] << 16 | (uint16_t)(ins >> (16 + 16 * k)));
        }
        Opcode op = (Opcode)INSTRUCTION_OP(ins);
        bool writes = false;
        for (int k = 0; k < 3; k++) {
            char kind = operand_kinds[op][k];
            if (!strchr("wrpR", kind) || reg < operands[k] || reg >= operands[k] + (kind == 'R' ? run_length(op, operands) : 1))
                continue;
            if (kind == 'w' || (kind == 'R' && writes_run(op, k)))
                writes = true;
            else
                return at;
        }
        if (writes)
            return -1;
        if (op == OP_JUMP && at == i && INSTRUCTION_BC(ins) < 0 && hops-- > 0)
            i = (uint32_t)((int32_t)i + INSTRUCTION_BC(ins)); /* the loop adds one */
    }
    return -1;
}

/* Do two instructions make the same of a block's temporary: an iterator, or the exit of a `with`? */
static bool same_use(const Code *code, int64_t a, int64_t b)
{
    Opcode op = (Opcode)INSTRUCTION_OP(code->instructions[a]);
    return op == INSTRUCTION_OP(code->instructions[b]) && (op == OP_FOR_NEXT || op == OP_GET_ANEXT || op == OP_MOVE);
}

/* Is what the temporaries hold at `from` what the code at `to` expects? */
static bool enters_block(const Code *code, uint32_t from, uint32_t to)
{
    for (uint32_t reg = code->local_count; reg < code->register_count; reg++) {
        int64_t wanted = next_reader(code, to, (int32_t)reg), present = wanted < 0 ? -1 : next_reader(code, from, (int32_t)reg);
        if (wanted >= 0 && wanted != present && !(present >= 0 && same_use(code, wanted, present)))
            return true;
    }
    return false;
}

/* Releases what only the blocks that the jump leaves hold, the innermost first. */
static void leave_blocks(Thread *t, Frame *f, uint32_t to)
{
    const Code *code = f->code;
    for (uint32_t reg = code->register_count; reg-- > code->local_count;)
        if (next_reader(code, to, (int32_t)reg) < 0)
            ref_clear(t, &f->registers[reg]);
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
        leave_blocks(t, f, i);
        f->pc = code->instructions + i + 1; /* the instruction is the current one */
        return 0;
    }
    return error_set(t, EXC_ValueError, refused ? "can't jump into the middle of a block" : "cannot find bytecode for specified line"), -1;
}
