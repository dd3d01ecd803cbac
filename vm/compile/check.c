/* check.c: the checker of code objects: operands by the letters of opcode.def, jumps, exception ranges, positions. */
#include "check.h"

#include "../object/error.h"
#include "../object/list.h"
#include "../object/str.h"
#include "stackmap.h"

static const char *const operand_kinds[OP_COUNT] = {
#define OP(name, operands, meaning) operands,
#include "opcode.def"
#undef OP
};

static bool check_operand(const Code *c, char kind, int64_t x, int64_t next)
{
    switch (kind) {
    case 'w':
    case 'r':
    case 'p':
    case 'R': return x >= 0 && x < c->register_count;
    case 'k': return x >= 0 && x < c->constant_count;
    case 's': return x >= 0 && x < c->site_count;
    case 'u': return x >= 0;
    case 'f': return x >= 0 && x < c->free_count;
    case 'j': return next + x >= 0 && next + x < c->instruction_count;
    default: return true;
    }
}

/* What a constant must be, and how many names a call has, where the loop does not look. */
static bool check_constants(const Code *c, uint32_t op, const int64_t *operands, int64_t next)
{
    if (op == OP_MAKE_FUNCTION)
        return code_check(c->constants[operands[1]]);
    if (op != OP_CALL_KW && op != OP_CALL_METHOD_KW)
        return true;
    if (next >= c->instruction_count || INSTRUCTION_OP(c->instructions[next]) != OP_EXTRA ||
        !check_operand(c, 'k', INSTRUCTION_A(c->instructions[next]), next))
        return false;
    Value names = c->constants[INSTRUCTION_A(c->instructions[next])];
    if (!tuple_check_exact(names) || (int64_t)tuple_length(names) > operands[1])
        return false;
    for (size_t i = 0; i < tuple_length(names); i++)
        if (!str_check(tuple_peek(names, i)))
            return false;
    return true;
}

static bool check_instructions(const Code *c)
{
    int64_t high[3] = {0, 0, 0};
    bool wide = false;
    for (int64_t i = 0; i < c->instruction_count; i++) {
        Instruction ins = c->instructions[i];
        uint32_t op = INSTRUCTION_OP(ins);
        if (op >= OP_COUNT)
            return false;
        int64_t operands[3] = {INSTRUCTION_A(ins), INSTRUCTION_B(ins), INSTRUCTION_C(ins)};
        if (op == OP_WIDE) {
            if (wide || i + 1 == c->instruction_count)
                return false;
            for (int k = 0; k < 3; k++)
                high[k] = operands[k];
            wide = true;
            continue;
        }
        if (wide)
            for (int k = 0; k < 3; k++)
                operands[k] = (int32_t)((uint32_t)high[k] << 16 | (uint16_t)operands[k]);
        wide = false;
        const char *kinds = operand_kinds[op];
        if (!check_operand(c, kinds[0], operands[0], i + 1))
            return false;
        if (kinds[1] == 'J') {
            bool jump = op != OP_LOAD_INT;
            if (jump && !check_operand(c, 'j', INSTRUCTION_BC(ins), i + 1))
                return false;
            continue;
        }
        if (!check_operand(c, kinds[1], operands[1], i + 1) || !check_operand(c, kinds[2], operands[2], i + 1) ||
            !check_constants(c, op, operands, i + 1))
            return false;
    }
    if (wide || c->instruction_count < 2 || INSTRUCTION_OP(c->instructions[0]) != OP_RESUME)
        return false;
    uint32_t last = INSTRUCTION_OP(c->instructions[c->instruction_count - 1]);
    return last == OP_RETURN_NONE || last == OP_RETURN || last == OP_RAISE || last == OP_RERAISE || last == OP_JUMP ||
           last == OP_UNWIND_EXC;
}

static bool check_tables(const Code *c)
{
    uint32_t previous = 0;
    for (uint32_t i = 0; i < c->exception_count; i++) {
        const ExceptionEntry *e = &c->exceptions[i];
        if (e->start < previous || e->end <= e->start || e->end > c->instruction_count ||
            e->target >= c->instruction_count || c->local_count + e->keep > c->register_count)
            return false;
        previous = e->end;
    }
    uint64_t parameters =
        (uint64_t)c->argument_count + c->kwonly_count + !!(c->flags & CODE_VARARGS) + !!(c->flags & CODE_VARKEYWORDS);
    return parameters <= c->local_count && c->posonly_count <= c->argument_count && c->local_count <= c->register_count;
}

/* Positions: runs of five numbers of seven bits a byte, that end within the instructions. */
static bool check_positions(const Code *c)
{
    const uint8_t *at = c->positions, *end = at + c->positions_size;
    uint64_t covered = 0;
    while (at < end) {
        for (int k = 0; k < 5; k++) {
            uint64_t number = 0;
            int shift = 0;
            for (bool more = true; more; shift += 7) {
                if (at == end || shift > 28)
                    return false;
                number |= (uint64_t)(*at & 0x7F) << shift;
                more = *at++ & 0x80;
            }
            if (k == 0)
                covered += number;
        }
        if (covered > c->instruction_count)
            return false;
    }
    return true;
}

int check_code(Thread *t, const Code *code, const char **fault)
{
    *fault = !check_instructions(code) ? "an instruction is malformed"
             : !check_tables(code)     ? "its tables do not agree"
             : !check_positions(code)  ? "its positions are malformed"
                                       : NULL;
    if (*fault)
        return 0;
    StackMap map;
    if (stackmap_new(t, &map, code) < 0)
        return -1;
    *fault = map.fault;
    stackmap_free(t, &map);
    return 0;
}
