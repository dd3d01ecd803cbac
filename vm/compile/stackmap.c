/* stackmap.c: a forward analysis of the temporaries, over basic blocks until nothing changes.
 *
 * What an instruction does to temporaries follows from the letters of its operands (opcode.def); only runs of registers need to be spelled out here.  An instruction
 * that fails has consumed nothing; its handler starts with the temporaries that the exception table keeps. */
#include "stackmap.h"

#include "../memory/alloc.h"

static const char *const operand_kinds[OP_COUNT] = {
#define OP(name, operands, meaning) operands,
#include "opcode.def"
#undef OP
};

/* One instruction with its prefix and what follows it. */
typedef struct Decoded {
    Opcode op;
    int32_t operands[3];
    int32_t extra;        /* operand a of EXTRA behind it, or 0 */
    uint32_t index, next; /* its number, that of the instruction behind */
    int64_t target;       /* of its jump, or -1 */
    bool falls;           /* may go on with the next one */
} Decoded;

static Decoded decode(const Code *code, uint32_t i)
{
    Instruction ins = code->instructions[i];
    Decoded d = {.operands = {INSTRUCTION_A(ins), INSTRUCTION_B(ins), INSTRUCTION_C(ins)}, .target = -1, .falls = true};
    int32_t far = INSTRUCTION_BC(ins);
    if (INSTRUCTION_OP(ins) == OP_WIDE) {
        Instruction low = code->instructions[++i];
        for (int k = 0; k < 3; k++)
            d.operands[k] = (int32_t)((uint32_t)d.operands[k] << 16 | (uint16_t)(low >> (16 + 16 * k)));
        ins = low;
        far = INSTRUCTION_BC(low);
    }
    d.op = (Opcode)INSTRUCTION_OP(ins);
    d.index = i;
    d.next = i + 1;
    const char *kinds = operand_kinds[d.op];
    if (kinds[1] == 'J' && d.op != OP_LOAD_INT)
        d.target = (int64_t)d.next + far;
    else if (kinds[2] == 'j')
        d.target = (int64_t)d.next + d.operands[2];
    if (d.next < code->instruction_count && INSTRUCTION_OP(code->instructions[d.next]) == OP_EXTRA)
        d.extra = (int32_t)INSTRUCTION_A(code->instructions[d.next++]);
    switch (d.op) {
    case OP_JUMP:
    case OP_RETURN:
    case OP_RETURN_NONE:
    case OP_RAISE:
    case OP_RAISE_BARE:
    case OP_RERAISE:
    case OP_UNWIND_EXC:
    case OP_STOP_ITERATION_ERROR: d.falls = false; break;
    default: break;
    }
    return d;
}

bool stackmap_branch(const Code *code, uint32_t index, uint32_t *next, uint32_t *target)
{
    Decoded d = decode(code, index);
    *next = d.next;
    *target = (uint32_t)d.target;
    return d.target >= 0 && d.falls;
}

/* The registers of a run: how many it reads and consumes, how many it writes. */
static void run_extent(const Decoded *d, int which, uint32_t *consumed, uint32_t *written)
{
    uint32_t n = (uint32_t)d->operands[1];
    *consumed = *written = 0;
    switch (d->op) {
    case OP_CLEAR: *consumed = n; break;
    case OP_RELEASE: *consumed = 1; break;
    case OP_CALL:
    case OP_CALL_KW: *consumed = n + 1; break;
    case OP_CALL_METHOD:
    case OP_CALL_METHOD_KW:
    case OP_CALL_EX: *consumed = n + 2; break;
    case OP_BUILD_LIST:
    case OP_BUILD_TUPLE:
    case OP_BUILD_SET:
    case OP_BUILD_STRING: *consumed = (uint32_t)d->operands[2]; break;
    case OP_BUILD_DICT: *consumed = 2 * (uint32_t)d->operands[2]; break;
    case OP_BUILD_SLICE:
    case OP_BUILD_INTERPOLATION:
    case OP_LOAD_SUPER_ATTR: *consumed = 3; break;
    case OP_LOAD_SUPER_METHOD: *(which == 0 ? written : consumed) = which == 0 ? 2 : 3; break;
    case OP_MAKE_FUNCTION: *consumed = (uint32_t)__builtin_popcount((uint32_t)d->extra); break;
    case OP_WITH_EXIT:
    case OP_WITH_EXIT_CALL: break; /* the pair stays */
    case OP_LOAD_METHOD:
    case OP_LOAD_SPECIAL:
    case OP_MATCH_EXC_GROUP:
    case OP_PUSH_EXC: *written = 2; break;
    case OP_UNPACK: *written = (uint32_t)d->operands[2]; break;
    case OP_UNPACK_EX: *written = (uint32_t)d->operands[2] + 1 + (uint32_t)d->extra; break;
    default: *consumed = 2; break;
    }
}

/* The kind of what an instruction writes: to the first register of its operand, and to the second of a pair. */
static void written_kind(const StackMap *m, const Decoded *d, const HeldKind *held, HeldKind kind[2])
{
    kind[0] = kind[1] = (HeldKind)(HELD_WRITTEN + d->index % (UINT16_MAX - HELD_WRITTEN));
    switch (d->op) {
    case OP_GET_ITER: kind[0] = HELD_ITERATOR; break;
    case OP_GET_AITER: kind[0] = HELD_AITERATOR; break;
    case OP_BUILD_LIST: kind[0] = HELD_LIST; break;
    case OP_BUILD_SET: kind[0] = HELD_SET; break;
    case OP_BUILD_DICT: kind[0] = HELD_DICT; break;
    case OP_BUILD_TUPLE:
    case OP_LIST_TO_TUPLE: kind[0] = HELD_TUPLE; break;
    case OP_LOAD_METHOD:
    case OP_LOAD_SUPER_METHOD: kind[1] = HELD_MAYBE; break;
    case OP_LOAD_SPECIAL:
        kind[0] = HELD_EXIT;
        kind[1] = HELD_EXIT_SELF;
        break;
    case OP_PUSH_EXC:
        kind[0] = d->operands[1] ? HELD_REHANDLED : HELD_HANDLED;
        kind[1] = d->operands[1] ? HELD_RECAUGHT : HELD_CAUGHT;
        break;
    case OP_MOVE:
    case OP_COPY: {
        int64_t from = d->operands[1] - (int64_t)m->code->local_count;
        if (from >= 0)
            kind[0] = held[from];
        break;
    }
    default: break;
    }
}

/* What an instruction does, to `held`. NULL, or what is wrong. */
static const char *apply(const StackMap *m, const Decoded *d, HeldKind *held)
{
    const char *kinds = operand_kinds[d->op];
    uint32_t locals = m->code->local_count, consumed, written;
    HeldKind kind[2];
    written_kind(m, d, held, kind);
    for (int k = 0; k < 3; k++) {
        int64_t reg = d->operands[k] - (int64_t)locals;
        if ((kinds[k] == 'r' || kinds[k] == 'p') && reg >= 0 && held[reg] <= HELD_MAYBE)
            return "a temporary is read that may be empty";
    }
    for (int k = 0; k < 3; k++) { /* an instruction may name a register twice */
        int64_t reg = d->operands[k] - (int64_t)locals;
        if (kinds[k] == 'R') {
            run_extent(d, k, &consumed, &written);
            if (consumed > m->width || reg + consumed > m->width)
                return "a run of registers ends behind the last one";
            for (uint32_t i = 0; i < consumed; i++)
                if (reg + i >= 0)
                    held[reg + i] = HELD_NOTHING;
        } else if (kinds[k] == 'r' && reg >= 0) {
            held[reg] = HELD_NOTHING;
        }
    }
    for (int k = 0; k < 3; k++) {
        int64_t reg = d->operands[k] - (int64_t)locals;
        if (kinds[k] == 'R') {
            run_extent(d, k, &consumed, &written);
            if (written > m->width || reg + written > m->width)
                return "a run of registers ends behind the last one";
            for (uint32_t i = 0; i < written; i++)
                if (reg + i >= 0)
                    held[reg + i] = kind[i == 1];
        } else if (kinds[k] == 'w' && reg >= 0 && d->op != OP_FOR_NEXT) {
            held[reg] = kind[0];
        }
    }
    if (d->op == OP_FOR_NEXT && d->operands[0] + INT64_C(1) >= (int64_t)m->code->register_count)
        return "a loop has no register for its position";
    if (d->op == OP_RETURN || d->op == OP_RETURN_NONE)
        for (uint32_t i = 0; i < m->width; i++)
            if (held[i] != HELD_NOTHING)
                return "a temporary is in use at a return";
    if (d->op == OP_DELEGATE) {
        held[d->operands[0] - (int64_t)locals] = HELD_VALUE;
        held[d->operands[1] - (int64_t)locals] = HELD_NOTHING;
    }
    return NULL;
}

/* What the two ways out of an instruction differ in: sets the register that does so, for the way taken. */
static void apply_way(const StackMap *m, const Decoded *d, bool jumps, HeldKind *held)
{
    int64_t a = d->operands[0] - (int64_t)m->code->local_count, b = d->operands[1] - (int64_t)m->code->local_count;
    switch (d->op) {
    case OP_FOR_NEXT:
        if (jumps && b >= 0)
            held[b] = HELD_VALUE; /* the item */
        if (!jumps && a >= 0)
            held[a] = HELD_NOTHING;
        break;
    case OP_JUMP_IF_TRUE_OR_POP:
    case OP_JUMP_IF_FALSE_OR_POP:
        if (!jumps && a >= 0)
            held[a] = HELD_NOTHING;
        break;
    default: break;
    }
}

/* A way to a block, with the first `keep` of the temporaries: has what is known of its beginning changed? */
static bool join(StackMap *m, uint32_t block, const HeldKind *held, uint32_t keep)
{
    HeldKind *state = m->states + (size_t)block * m->width;
    bool first = !m->reached[block], changed = first;
    m->reached[block] = true;
    for (uint32_t i = 0; i < m->width; i++) {
        HeldKind kind = i < keep ? held[i] : HELD_NOTHING;
        if (first) {
            state[i] = kind;
        } else if (state[i] != kind && state[i] != HELD_MAYBE) {
            HeldKind both =
                kind == HELD_NOTHING || kind == HELD_MAYBE || state[i] == HELD_NOTHING ? HELD_MAYBE : HELD_VALUE;
            changed |= state[i] != both;
            state[i] = both;
        }
    }
    return changed;
}

/* Follows a block from its beginning to its ends. Has it changed the beginning of any? */
static bool follow(StackMap *m, uint32_t start, HeldKind *held)
{
    const Code *code = m->code;
    bool changed = false;
    memcpy(held, m->states + (size_t)m->block[start] * m->width, m->width * sizeof *held);
    for (uint32_t i = start; i < code->instruction_count;) {
        if (i != start && m->block[i])
            return changed | join(m, m->block[i], held, m->width);
        Decoded d = decode(code, i);
        const ExceptionEntry *h = code_handler(code, i);
        if (h)
            changed |= join(m, m->block[h->target], held, h->keep);
        const char *fault = apply(m, &d, held);
        if (fault) {
            m->fault = fault;
            return false;
        }
        if (d.target >= 0) {
            /* Only one register tells the ways apart, so one copy serves both. */
            int64_t which = (d.op == OP_FOR_NEXT ? d.operands[1] : d.operands[0]) - (int64_t)code->local_count;
            HeldKind before = which >= 0 ? held[which] : 0;
            apply_way(m, &d, true, held);
            changed |= join(m, m->block[d.target], held, m->width);
            if (which >= 0)
                held[which] = before;
        }
        if (!d.falls)
            return changed;
        apply_way(m, &d, false, held);
        i = d.next;
    }
    m->fault = "the code has no end";
    return false;
}

static void begin_block(StackMap *m, uint32_t i)
{
    if (!m->block[i])
        m->block[i] = ++m->block_count;
}

int stackmap_new(Thread *t, StackMap *m, const Code *code)
{
    *m = (StackMap){.code = code, .width = code->register_count - code->local_count};
    uint32_t n = code->instruction_count;
    HeldKind *held = alloc_memory_zeroed(t, m->width + 1, sizeof *held); /* HELD_NOTHING */
    m->block = alloc_memory_zeroed(t, n, sizeof *m->block);
    if (!held || !m->block)
        goto fail;
    begin_block(m, 0);
    for (uint32_t i = 0; i < n;) {
        Decoded d = decode(code, i);
        if (d.target >= 0)
            begin_block(m, (uint32_t)d.target);
        i = d.next;
        if (!d.falls && i < n)
            begin_block(m, i);
    }
    for (uint32_t i = 0; i < code->exception_count; i++)
        begin_block(m, code->exceptions[i].target);
    m->states = alloc_memory_zeroed(t, m->block_count + 1, (m->width + 1) * sizeof *m->states);
    m->reached = alloc_memory_zeroed(t, m->block_count + 1, sizeof *m->reached);
    if (!m->states || !m->reached)
        goto fail;
    bool changed = join(m, m->block[0], held, m->width);
    while (changed && !m->fault) {
        changed = false;
        for (uint32_t i = 0; i < n && !m->fault; i++)
            if (m->block[i] && m->reached[m->block[i]])
                changed |= follow(m, i, held);
    }
    alloc_memory_free(t, held);
    return 0;
fail:
    alloc_memory_free(t, held);
    stackmap_free(t, m);
    return -1;
}

void stackmap_free(Thread *t, StackMap *m)
{
    alloc_memory_free(t, m->block);
    alloc_memory_free(t, m->states);
    alloc_memory_free(t, m->reached);
    *m = (StackMap){0};
}

bool stackmap_at(const StackMap *m, uint32_t index, HeldKind *held)
{
    uint32_t start = index;
    while (!m->block[start])
        start--;
    if (!m->reached[m->block[start]])
        return false;
    memcpy(held, m->states + (size_t)m->block[start] * m->width, m->width * sizeof *held);
    for (uint32_t i = start; i < index;) {
        Decoded d = decode(m->code, i);
        apply(m, &d, held);
        apply_way(m, &d, false, held);
        i = d.next;
    }
    return true;
}
