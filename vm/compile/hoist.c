/* hoist.c: constants that are operands inside loops are loaded once, when the function begins, into registers of their own.
 *
 * These registers are locals without a name, as those of inlined comprehensions are: an instruction reads a local in place and does not consume it, so that the LOAD_CONST in the
 * loop goes without anything in its place.  They are given out when a unit is complete, and lie between its locals and its temporaries, which move up.
 *
 * A load is left out when what follows it in a straight line, on the same line of the source, consumes it as an operand of its own ('r' in opcode.def; not one of a run, as
 * arguments are).  Read next: emit.c (assembly). */
#include "compiler.h"

/* A function has at most so many: each is also emptied and released with every call. */
#define MOST_CONSTANTS 6
/* How far behind a load its consumer is looked for. */
#define FAR_ENOUGH 12

static const char *const operand_kinds[OP_COUNT] = {
#define OP(name, operands, meaning) operands,
#include "opcode.def"
#undef OP
};

static bool is_load(const PendingInstruction *p) { return p->op == OP_LOAD_CONST || p->op == OP_LOAD_INT; }

static int32_t *operand_at(PendingInstruction *p, int k) { return k == 0 ? &p->a : k == 1 ? &p->b : &p->c; }
/* Is operand k a register? */
static bool is_register(Opcode op, int k)
{
    char kind = operand_kinds[op][k];
    return kind == 'w' || kind == 'r' || kind == 'p' || kind == 'R';
}

/* What there is to know of each instruction, and one behind the last. */
typedef struct Place {
    int32_t depth;   /* number of loops around it, as differences at first */
    bool is_target;  /* of a jump or a handler */
    uint8_t operand; /* of a load: 1 + which operand of its consumer it is; 0: it stays */
    uint32_t by;     /* of a load: its consumer */
    uint32_t moved_to;
} Place;

static void find_loops(const Unit *u, Place *places)
{
    for (uint32_t i = 0; i < u->label_count; i++)
        if (u->labels[i].place >= 0)
            places[u->labels[i].place].is_target = true;
    /* One for each head, up to the last jump back to it: that comes first when looked for from behind; `moved_to` says whether it has been seen. */
    for (uint32_t i = u->ins_count; i-- > 0;) {
        Label label = u->ins[i].label;
        int32_t head = label == NO_LABEL ? -1 : u->labels[label].place;
        if (head < 0 || head > (int32_t)i || places[head].moved_to)
            continue;
        places[head].moved_to = 1;
        places[head].depth++;
        places[i + 1].depth--;
    }
    int32_t depth = 0;
    for (uint32_t i = 0; i <= u->ins_count; i++)
        places[i].depth = depth += places[i].depth;
}

/* Finds the consumer of the load at `i`. */
static void find_consumer(const Unit *u, Place *places, uint32_t i)
{
    const PendingInstruction *load = &u->ins[i];
    if (!reg_is_temp(u, load->a))
        return;
    for (uint32_t j = i + 1; j < u->ins_count && j <= i + FAR_ENOUGH; j++) {
        PendingInstruction *p = &u->ins[j];
        const char *kinds = operand_kinds[p->op];
        if (places[j].is_target || p->handler != load->handler)
            return;
        int found = -1;
        for (int k = 0; k < 3; k++) {
            int32_t r = *operand_at(p, k);
            if (kinds[k] == 'R' ? r <= load->a : kinds[k] == 'p' && r == load->a)
                return;
            if (kinds[k] == 'r' && r == load->a) {
                if (found >= 0)
                    return;
                found = k;
            }
        }
        if (found >= 0) {
            if (p->position.line == load->position.line && p->position.end_line >= load->position.end_line) {
                places[i].operand = (uint8_t)(1 + found);
                places[i].by = j;
            }
            return;
        }
        for (int k = 0; k < 3; k++)
            if (kinds[k] == 'w' && *operand_at(p, k) == load->a)
                return;
        if (p->label != NO_LABEL)
            return;
    }
}

typedef struct Candidate {
    Opcode op;
    int32_t what; /* operand b */
    uint64_t weight;
} Candidate;

/* The constants that are worth a register, most used first: how many. */
static uint32_t choose(const Unit *u, const Place *places, Candidate *chosen)
{
    Candidate all[32];
    uint32_t count = 0;
    for (uint32_t i = 0; i < u->ins_count; i++) {
        const PendingInstruction *p = &u->ins[i];
        if (!places[i].operand)
            continue;
        uint32_t at = 0;
        while (at < count && (all[at].op != p->op || all[at].what != p->b))
            at++;
        if (at == sizeof all / sizeof *all)
            continue;
        if (at == count)
            all[count++] = (Candidate){p->op, p->b, 0};
        all[at].weight += UINT64_C(1) << 4 * (places[i].depth < 8 ? places[i].depth : 8);
    }
    uint32_t n = 0;
    for (; n < count && n < MOST_CONSTANTS; n++) {
        uint32_t best = n;
        for (uint32_t i = n + 1; i < count; i++)
            if (all[i].weight > all[best].weight)
                best = i;
        chosen[n] = all[best];
        all[best] = all[n];
    }
    return n;
}

/* Opens room for n registers above the locals. */
static void move_temporaries(Unit *u, uint32_t n)
{
    for (uint32_t i = 0; i < u->ins_count; i++)
        for (int k = 0; k < 3; k++) {
            int32_t *r = operand_at(&u->ins[i], k);
            if (is_register(u->ins[i].op, k) && reg_is_temp(u, *r))
                *r += (int32_t)n;
        }
    u->temp_max += n;
}

/* Instruction 0, RESUME, and the MAKE_CELLs behind it come before the loads. */
static uint32_t prologue_length(const Unit *u)
{
    uint32_t n = 1;
    while (n < u->ins_count && u->ins[n].op == OP_MAKE_CELL)
        n++;
    return n;
}

static int rewrite(Compiler *c, Place *places, const Candidate *chosen, uint32_t n)
{
    Unit *u = c->u;
    uint32_t first = u->local_count, start = prologue_length(u), at = 0;
    uint8_t *kinds = alloc_memory_zeroed(c->t, first + n, 1);
    PendingInstruction *ins = alloc_memory(c->t, (u->ins_count + n) * sizeof *ins);
    if (!kinds || !ins)
        goto fail;
    for (uint32_t i = 0; i < n; i++)
        if (list_append(c->t, u->local_names, c->t->interp->empty_str) < 0)
            goto fail;
    move_temporaries(u, n);
    for (uint32_t i = 0; i <= u->ins_count; i++) {
        if (i == start)
            for (uint32_t k = 0; k < n; k++)
                ins[at++] = (PendingInstruction){.op = chosen[k].op,
                                                 .a = (int32_t)(first + k),
                                                 .b = chosen[k].what,
                                                 .label = NO_LABEL,
                                                 .handler = NO_HANDLER};
        places[i].moved_to = at;
        if (i == u->ins_count)
            break;
        if (places[i].operand) {
            uint32_t k = 0;
            while (k < n && (chosen[k].op != u->ins[i].op || chosen[k].what != u->ins[i].b))
                k++;
            if (k < n) {
                *operand_at(&u->ins[places[i].by], places[i].operand - 1) = (int32_t)(first + k);
                continue;
            }
        }
        ins[at++] = u->ins[i];
    }
    for (uint32_t i = 0; i < u->label_count; i++)
        if (u->labels[i].place >= 0)
            u->labels[i].place = (int32_t)places[u->labels[i].place].moved_to;
    memcpy(kinds, u->local_kinds, first);
    memset(kinds + first, LOCAL_HIDDEN, n);
    alloc_memory_free(c->t, u->local_kinds);
    alloc_memory_free(c->t, u->ins);
    u->local_kinds = kinds;
    u->local_count += n;
    u->ins = ins;
    u->ins_count = at;
    return 0;
fail:
    alloc_memory_free(c->t, kinds);
    alloc_memory_free(c->t, ins);
    return -1;
}

int hoist_constants(Compiler *c)
{
    Unit *u = c->u;
    Candidate chosen[MOST_CONSTANTS];
    if (!(u->flags & CODE_OPTIMIZED))
        return 0;
    Place *places = alloc_memory_zeroed(c->t, u->ins_count + 1, sizeof *places);
    if (!places)
        return -1;
    find_loops(u, places);
    for (uint32_t i = 0; i < u->ins_count; i++)
        if (places[i].depth > 0 && is_load(&u->ins[i]))
            find_consumer(u, places, i);
    uint32_t n = choose(u, places, chosen);
    int status = n ? rewrite(c, places, chosen, n) : 0;
    alloc_memory_free(c->t, places);
    return status;
}
