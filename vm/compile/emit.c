/* emit.c: units: instructions in the making, labels, handlers, constants, and their assembly into a code object.
 *
 * Instructions are kept apart from their encoding until the unit is left: then jumps are measured (a 16-bit one that does not reach gets a WIDE prefix, which may
 * lengthen others, so this is repeated until it is stable), exception ranges are merged, positions compressed.
 *
 * Read next: compiler.h for the conventions, ../run/ops/ for what the instructions do. */
#include "check.h"
#include "compiler.h"

#include "../object/native.h"

static const char *const operand_kinds[OP_COUNT] = {
#define OP(name, operands, meaning) operands,
#include "opcode.def"
#undef OP
};

/* ---- units ---- */

static uint32_t count_hidden(const Scope *scope)
{
    uint32_t n = 0;
    for (const Scope *child = scope->first_child; child; child = child->next_sibling) {
        if (!child->is_inlined)
            continue;
        for (const Symbol *s = child->symbols; s; s = s->next)
            n += symbol_is_hidden(s);
        n += count_hidden(child);
    }
    return n;
}

static int add_local(Compiler *c, Value name, uint8_t kind)
{
    Unit *u = c->u;
    Value index = value_from_int((int64_t)list_length(u->local_names));
    u->local_kinds[list_length(u->local_names)] = kind;
    if (dict_set(c->t, u->locals, name, index) < 0)
        return -1;
    return list_append(c->t, u->local_names, name);
}

/* The implicit cells of a class body. */
static int add_cell(Compiler *c, Value name)
{
    int present = dict_contains(c->t, c->u->locals, name);
    return present != 0 ? (present < 0 ? -1 : 0) : add_local(c, name, LOCAL_CELL);
}

static int collect_locals(Compiler *c)
{
    Unit *u = c->u;
    Scope *scope = u->scope;
    bool function_like = scope->kind != SCOPE_MODULE && scope->kind != SCOPE_CLASS;
    uint32_t capacity = scope->parameter_count + count_hidden(scope) + 4;
    for (const Symbol *s = scope->symbols; s; s = s->next)
        capacity++;
    u->local_kinds = alloc_memory_zeroed(c->t, capacity, 1);
    u->bound = alloc_memory_zeroed(c->t, capacity, 1);
    u->never_bound = alloc_memory_zeroed(c->t, capacity, 1);
    if (!u->local_kinds || !u->bound || !u->never_bound)
        return -1;
    for (uint32_t i = 0; i < scope->parameter_count; i++) {
        Symbol *s = symtable_find(scope, scope->parameters[i]);
        bool cell = s && s->scope == SYMBOL_CELL;
        u->bound[i] = 1;
        if (add_local(c, scope->parameters[i], LOCAL_ARGUMENT | (cell ? LOCAL_CELL : 0)) < 0)
            return -1;
    }
    for (const Symbol *s = scope->symbols; s; s = s->next) {
        if (s->scope == SYMBOL_FREE || (s->flags & SYMBOL_DEF_FREE_CLASS)) {
            if (list_append(c->t, u->free_names, s->name) < 0)
                return -1;
            continue;
        }
        bool cell = s->scope == SYMBOL_CELL;
        if (!cell && !(s->scope == SYMBOL_LOCAL && function_like))
            continue;
        int present = dict_contains(c->t, u->locals, s->name);
        if (present < 0)
            return -1;
        if (!present && add_local(c, s->name, cell ? LOCAL_CELL : 0) < 0)
            return -1;
    }
    /* Sorted as in CPython: what is given to exec(closure=...) goes by the order of co_freevars. */
    if (list_sort(c->t, u->free_names, VALUE_EMPTY, false) < 0)
        return -1;
    if (scope->kind == SCOPE_CLASS && ((scope->needs_class_closure && add_cell(c, ID(c->t, __class__)) < 0) ||
                                       (scope->needs_classdict && add_cell(c, ID(c->t, __classdict__)) < 0)))
        return -1;
    u->next_hidden = (uint32_t)list_length(u->local_names);
    u->local_count = u->next_hidden + count_hidden(scope);
    for (uint32_t i = u->next_hidden; i < u->local_count; i++) {
        u->local_kinds[i] = LOCAL_HIDDEN;
        if (list_append(c->t, u->local_names, c->t->interp->empty_str) < 0)
            return -1;
    }
    u->temp_top = u->temp_max = u->local_count;
    return 0;
}

static MUST_CHECK Value make_qualname(Compiler *c, Scope *scope, Value name)
{
    Thread *t = c->t;
    Unit *parent = c->u;
    if (!parent || parent->scope->kind == SCOPE_MODULE)
        return ref_inc(t, name);
    /* Type parameter scopes leave no trace in qualified names. */
    if (parent->scope->kind == SCOPE_TYPE_PARAMETERS || parent->scope->kind == SCOPE_TYPE_ALIAS ||
        parent->scope->kind == SCOPE_TYPE_VARIABLE) {
        parent = parent->parent;
        if (!parent || parent->scope->kind == SCOPE_MODULE)
            return ref_inc(t, name);
    }
    if (scope->kind == SCOPE_FUNCTION || scope->kind == SCOPE_CLASS) {
        Symbol *s = symtable_find(parent->scope, symtable_mangle(t, c->arena, parent->scope, name));
        if (s && s->scope == SYMBOL_GLOBAL_EXPLICIT)
            return ref_inc(t, name);
    }
    bool function = parent->scope->kind == SCOPE_FUNCTION || parent->scope->kind == SCOPE_ANNOTATION;
    return str_format(t, function ? "%U.<locals>.%U" : "%U.%U", parent->qualname, name);
}

int unit_enter(Compiler *c, Scope *scope, Value name, uint32_t first_line)
{
    Thread *t = c->t;
    Unit *u = alloc_memory_zeroed(t, 1, sizeof *u);
    if (!u)
        return -1;
    u->scope = scope;
    u->first_line = first_line;
    u->handler = NO_HANDLER;
    u->reachable = true;
    u->name = ref_inc(t, name);
    u->qualname = make_qualname(c, scope, name);
    u->parent = c->u;
    c->u = u;
    u->constants = list_new(t, 8);
    u->constant_index = dict_new(t);
    u->sites = list_new(t, 8);
    u->locals = dict_new(t);
    u->local_names = list_new(t, 8);
    u->free_names = list_new(t, 4);
    if (value_is_empty(u->qualname) || value_is_empty(u->constants) || value_is_empty(u->constant_index) ||
        value_is_empty(u->sites) || value_is_empty(u->locals) || value_is_empty(u->local_names) ||
        value_is_empty(u->free_names))
        goto fail;
    if (collect_locals(c) < 0)
        goto fail;
    c->position =
        scope->kind == SCOPE_MODULE ? (Position){0} : (Position){(int32_t)first_line, 0, (int32_t)first_line, 0};
    if (emit(c, OP_RESUME, 0, 0, 0) < 0)
        goto fail;
    c->position = (Position){0};
    for (uint32_t i = 0; i < u->next_hidden; i++)
        if ((u->local_kinds[i] & LOCAL_CELL) && emit(c, OP_MAKE_CELL, (int32_t)i, 0, 0) < 0)
            goto fail;
    return 0;
fail:
    unit_abandon(c);
    return -1;
}

static void unit_free(Compiler *c, Unit *u)
{
    Thread *t = c->t;
    for (uint32_t i = 0; i < u->label_count; i++)
        alloc_memory_free(t, u->labels[i].bound);
    alloc_memory_free(t, u->labels);
    alloc_memory_free(t, u->ins);
    alloc_memory_free(t, u->handlers);
    alloc_memory_free(t, u->local_kinds);
    alloc_memory_free(t, u->bound);
    alloc_memory_free(t, u->never_bound);
    ref_dec(t, u->name);
    ref_dec(t, u->qualname);
    ref_dec(t, u->constants);
    ref_dec(t, u->constant_index);
    ref_dec(t, u->sites);
    ref_dec(t, u->locals);
    ref_dec(t, u->local_names);
    ref_dec(t, u->free_names);
    ref_dec(t, u->static_attributes);
    alloc_memory_free(t, u);
}

void unit_abandon(Compiler *c)
{
    Unit *u = c->u;
    c->u = u->parent;
    unit_free(c, u);
}

/* ---- instructions ---- */

int emit(Compiler *c, Opcode op, int32_t a, int32_t b, int32_t cc)
{
    Unit *u = c->u;
    if (!u->reachable)
        return 0;
    if (u->ins_count == u->ins_capacity) {
        uint32_t capacity = u->ins_capacity ? u->ins_capacity * 2 : 64;
        void *grown = alloc_memory_resize(c->t, u->ins, capacity * sizeof *u->ins);
        if (!grown)
            return -1;
        u->ins = grown;
        u->ins_capacity = capacity;
    }
    u->ins[u->ins_count++] = (PendingInstruction){op, a, b, cc, NO_LABEL, u->handler, c->position};
    if (op == OP_RETURN || op == OP_RETURN_NONE || op == OP_RAISE || op == OP_RAISE_BARE || op == OP_RERAISE ||
        op == OP_UNWIND_EXC || op == OP_STOP_ITERATION_ERROR) {
        u->reachable = false;
        memset(u->bound, 1, u->local_count);
    }
    return 0;
}

static int merge_bound(Compiler *c, LabelState *label)
{
    Unit *u = c->u;
    if (!label->bound) {
        label->bound = alloc_memory(c->t, u->local_count + 1);
        if (!label->bound)
            return -1;
        memcpy(label->bound, u->bound, u->local_count);
        return 0;
    }
    for (uint32_t i = 0; i < u->local_count; i++)
        label->bound[i] &= u->bound[i];
    return 0;
}

int emit_jump(Compiler *c, Opcode op, int32_t a, int32_t b, Label label)
{
    Unit *u = c->u;
    if (!u->reachable)
        return 0;
    if (emit(c, op, a, b, 0) < 0)
        return -1;
    u->ins[u->ins_count - 1].label = label;
    if (u->labels[label].place < 0 && merge_bound(c, &u->labels[label]) < 0)
        return -1;
    if (op == OP_JUMP) {
        u->reachable = false;
        memset(u->bound, 1, u->local_count);
    }
    return 0;
}

Label label_new(Compiler *c)
{
    Unit *u = c->u;
    if (u->label_count == u->label_capacity) {
        uint32_t capacity = u->label_capacity ? u->label_capacity * 2 : 16;
        void *grown = alloc_memory_resize(c->t, u->labels, capacity * sizeof *u->labels);
        if (!grown)
            return -1;
        u->labels = grown;
        u->label_capacity = capacity;
    }
    u->labels[u->label_count] = (LabelState){-1, NULL};
    return (Label)u->label_count++;
}

/* The code from here on can be reached by falling through and by the jumps to the label made so far. A label that nothing reaches yet and that is placed in
 * unreachable code stays unreachable, except loop heads, which are placed while reachable. */
int label_place(Compiler *c, Label label)
{
    Unit *u = c->u;
    LabelState *l = &u->labels[label];
    l->place = (int32_t)u->ins_count;
    if (l->bound) {
        if (u->reachable)
            for (uint32_t i = 0; i < u->local_count; i++)
                u->bound[i] &= l->bound[i];
        else
            memcpy(u->bound, l->bound, u->local_count);
        u->reachable = true;
    }
    return 0;
}

/* A loop is rotated: a jump to its test at the bottom, then the body, which the test reaches by jumping back. */
int loop_enter(Compiler *c, Label test)
{
    Unit *u = c->u;
    if (!u->reachable)
        return 0;
    if (emit_jump(c, OP_JUMP, 0, 0, test) < 0)
        return -1;
    u->reachable = true;
    memcpy(u->bound, u->labels[test].bound, u->local_count);
    return 0;
}

int handler_new(Compiler *c, Label label, uint32_t keep_top)
{
    Unit *u = c->u;
    if (u->handler_count == u->handler_capacity) {
        uint32_t capacity = u->handler_capacity ? u->handler_capacity * 2 : 8;
        void *grown = alloc_memory_resize(c->t, u->handlers, capacity * sizeof *u->handlers);
        if (!grown)
            return -1;
        u->handlers = grown;
        u->handler_capacity = capacity;
    }
    u->handlers[u->handler_count] = (Handler){label, keep_top - u->local_count};
    /* The handler may be entered from any point it protects: what is bound now stays bound. */
    if (u->reachable && merge_bound(c, &u->labels[label]) < 0)
        return -1;
    return (int)u->handler_count++;
}

/* ---- constants and sites ---- */

/* Equal constants of different types (1, 1.0, True) or signs of zero are different constants: the key spells the type. */
static MUST_CHECK Value constant_key(Thread *t, Value v)
{
    if (value_is_object(v) && object_is_exact(v, KIND_TUPLE)) {
        Value key = tuple_new(t, tuple_length(v) + 1);
        if (value_is_empty(key))
            return key;
        if (tuple_length(v) == 0)
            return ref_dec(t, key), tuple_pack(t, 1, value_of(t->types[KIND_TUPLE]));
        tuple_of(key)->items[0] = ref_inc(t, value_of(t->types[KIND_TUPLE]));
        for (size_t i = 0; i < tuple_length(v); i++) {
            Value item = constant_key(t, tuple_peek(v, i));
            if (value_is_empty(item)) {
                ref_dec(t, key);
                return VALUE_EMPTY;
            }
            tuple_of(key)->items[i + 1] = item;
        }
        return key;
    }
    if (str_check_exact(v) || value_is_int(v) || object_is_exact(v, KIND_INT))
        return ref_inc(t, v);
    if (value_is_double(v)) /* by bits: -0.0 and NaN keep their identity */
        return tuple_pack(t, 3, value_of(t->types[KIND_FLOAT]), value_from_int((int64_t)(v.bits >> 32)),
                          value_from_int((int64_t)(v.bits & 0xFFFFFFFF)));
    if (object_is_exact(v, KIND_COMPLEX) || code_check(v)) /* by identity */
        return tuple_pack(t, 2, value_of(t->types[KIND_COMPLEX]), value_from_int((int64_t)(v.bits & 0xFFFFFFFFFFFF)));
    return tuple_pack(t, 2, value_of(type_of(t, v)), v);
}

static bool looks_like_name(const Str *s)
{
    if (!str_is_ascii(s))
        return false;
    for (size_t i = 0; i < s->length; i++) {
        uint8_t c = s->data[i];
        if (c != '_' && (c < '0' || c > '9') && ((c | 0x20) < 'a' || (c | 0x20) > 'z'))
            return false;
    }
    return true;
}

/* Takes v and returns what stands for it: a str that looks like a name is interned, as an item of a tuple too, since it will mostly be a key or an attribute. */
static Value intern_constant_take(Thread *t, Value v)
{
    if (str_check_exact(v))
        return looks_like_name(str_of(v)) ? str_intern_take(t, v) : v;
    if (!object_is_exact(v, KIND_TUPLE))
        return v;
    Value copy = VALUE_EMPTY; /* made when the first item changes: others may be reading the tuple */
    for (size_t i = 0; i < tuple_length(v); i++) {
        Value item = intern_constant_take(t, ref_inc(t, tuple_peek(v, i)));
        if (value_is_empty(item) || (!value_is(item, tuple_peek(v, i)) && value_is_empty(copy) &&
                                     value_is_empty(copy = tuple_from_array(t, tuple_of(v)->items, tuple_length(v))))) {
            ref_dec(t, item);
            ref_dec(t, copy);
            ref_dec(t, v);
            return VALUE_EMPTY;
        }
        if (value_is_empty(copy))
            ref_dec(t, item);
        else
            ref_replace_take(t, &tuple_of(copy)->items[i], item);
    }
    if (value_is_empty(copy))
        return v;
    ref_dec(t, v);
    return copy;
}

int constant_index(Compiler *c, Value constant)
{
    Thread *t = c->t;
    Unit *u = c->u;
    Value found, v = intern_constant_take(t, ref_inc(t, constant)),
                 key = value_is_empty(v) ? VALUE_EMPTY : constant_key(t, v);
    if (value_is_empty(key)) {
        ref_dec(t, v);
        return -1;
    }
    int result = dict_get_optional(t, u->constant_index, key, &found);
    if (result > 0) {
        result = (int)value_to_int(found);
    } else if (result == 0) {
        result = (int)list_length(u->constants);
        if (list_append(t, u->constants, v) < 0 || dict_set(t, u->constant_index, key, value_from_int(result)) < 0)
            result = -1;
    }
    ref_dec(t, key);
    ref_dec(t, v);
    return result;
}

int site_new(Compiler *c, Value name, int words)
{
    int index = (int)list_length(c->u->sites);
    for (int i = 0; i < words; i++)
        if (list_append(c->t, c->u->sites, name) < 0)
            return -1;
    return index;
}

/* ---- registers ---- */

Reg temp_push_n(Compiler *c, uint32_t n)
{
    Unit *u = c->u;
    Reg r = (Reg)u->temp_top;
    u->temp_top += n;
    if (u->temp_top > u->temp_max)
        u->temp_max = u->temp_top;
    return r;
}
Reg temp_push(Compiler *c) { return temp_push_n(c, 1); }

void bound_add(Compiler *c, Reg local)
{
    if (!c->u->never_bound[local])
        c->u->bound[local] = 1;
}
bool bound_has(Compiler *c, Reg local) { return c->u->bound[local] && !c->u->never_bound[local]; }

/* ---- assembly ---- */

/* Operands that hold numbers beyond 16 bits, J jumps excepted. */
static bool needs_wide(const PendingInstruction *p)
{
    const char *kinds = operand_kinds[p->op];
    if (!INSTRUCTION_FITS(p->a))
        return true;
    if (kinds[1] == 'J')
        return false;
    return !INSTRUCTION_FITS(p->b) || !INSTRUCTION_FITS(p->c);
}

static void put_varint(uint8_t **at, uint32_t x)
{
    while (x >= 0x80) {
        *(*at)++ = (uint8_t)(x | 0x80);
        x >>= 7;
    }
    *(*at)++ = (uint8_t)x;
}
static uint32_t zigzag(int32_t x) { return ((uint32_t)x << 1) ^ (uint32_t)(x >> 31); }

static bool same_position(const Position *a, const Position *b, bool columns)
{
    return a->line == b->line && a->end_line == b->end_line &&
           (!columns || (a->column == b->column && a->end_column == b->end_column));
}

/* Runs of equal positions: length, line delta, lines spanned, columns (plus one: 0 is none). */
static int assemble_positions(Compiler *c, CodeParts *parts, const uint32_t *places, uint32_t total)
{
    Unit *u = c->u;
    uint8_t *buffer = alloc_memory(c->t, (size_t)u->ins_count * 25 + 1);
    if (!buffer)
        return -1;
    uint8_t *at = buffer;
    int32_t line = (int32_t)u->first_line;
    const bool columns = !c->t->interp->config.no_debug_ranges;
    for (uint32_t i = 0; i < u->ins_count;) {
        uint32_t start = i;
        const Position *p = &u->ins[i].position;
        while (i < u->ins_count && same_position(&u->ins[i].position, p, columns))
            i++;
        uint32_t from = start ? places[start - 1] + 1 : 0; /* a WIDE prefix belongs to its instruction */
        uint32_t to = i < u->ins_count ? places[i - 1] + 1 : total;
        put_varint(&at, to - from);
        put_varint(&at, zigzag(p->line - line));
        put_varint(&at, zigzag(p->end_line - p->line));
        put_varint(&at, columns ? (uint32_t)(p->column + 1) : 0);
        put_varint(&at, columns ? (uint32_t)(p->end_column + 1) : 0);
        line = p->line;
    }
    parts->positions_size = (uint32_t)(at - buffer);
    void *shrunk = alloc_memory_resize(c->t, buffer, parts->positions_size ? parts->positions_size : 1);
    parts->positions = shrunk ? shrunk : buffer;
    return 0;
}

/* Index in the final code of the first word (the WIDE prefix, if any) of pending instruction i. */
static uint32_t first_word(const uint32_t *places, uint32_t i, uint32_t total, uint32_t count)
{
    if (i >= count)
        return total;
    return i ? places[i - 1] + 1 : 0;
}

/* What is known now for certain makes some instructions cheaper. */
static void specialise(const Unit *u, PendingInstruction *p)
{
    if (p->op == OP_MOVE && p->b < (int32_t)u->local_count)
        p->op = OP_COPY;
    else if (p->op == OP_CLEAR && p->b == 1)
        p->op = OP_RELEASE;
}

static int assemble(Compiler *c, CodeParts *parts)
{
    Thread *t = c->t;
    Unit *u = c->u;
    uint32_t n = u->ins_count, total = 0;
    uint32_t *places = alloc_memory(t, (n + 1) * sizeof *places); /* index of the instruction word itself */
    uint8_t *wide = alloc_memory_zeroed(t, n + 1, 1);
    if (!places || !wide)
        goto fail;
    for (uint32_t i = 0; i < n; i++) {
        specialise(u, &u->ins[i]);
        wide[i] = needs_wide(&u->ins[i]);
    }
    for (bool changed = true; changed;) {
        changed = false;
        total = 0;
        for (uint32_t i = 0; i < n; i++) {
            total += wide[i];
            places[i] = total++;
        }
        for (uint32_t i = 0; i < n; i++) {
            PendingInstruction *p = &u->ins[i];
            if (p->label == NO_LABEL)
                continue;
            int32_t target = (int32_t)first_word(places, (uint32_t)u->labels[p->label].place, total, n);
            int32_t offset = target - (int32_t)places[i] - 1;
            if (operand_kinds[p->op][1] == 'J') {
                p->b = offset;
            } else {
                p->c = offset;
                if (!wide[i] && !INSTRUCTION_FITS(offset))
                    wide[i] = changed = true;
            }
        }
    }
    parts->instructions = alloc_memory(t, (total ? total : 1) * sizeof(Instruction));
    if (!parts->instructions)
        goto fail;
    parts->instruction_count = total;
    for (uint32_t i = 0; i < n; i++) {
        const PendingInstruction *p = &u->ins[i];
        if (wide[i])
            parts->instructions[places[i] - 1] = instruction_make(OP_WIDE, p->a >> 16, p->b >> 16, p->c >> 16);
        if (operand_kinds[p->op][1] == 'J')
            parts->instructions[places[i]] =
                (uint64_t)(uint16_t)p->op | (uint64_t)(uint16_t)p->a << 16 | (uint64_t)(uint32_t)p->b << 32;
        else
            parts->instructions[places[i]] = instruction_make(p->op, p->a, p->b, p->c);
    }
    /* Exception ranges: runs of instructions under the same handler. */
    uint32_t ranges = 0;
    for (uint32_t i = 0; i < n; i++)
        ranges += u->ins[i].handler != NO_HANDLER && (i == 0 || u->ins[i - 1].handler != u->ins[i].handler);
    parts->exceptions = alloc_memory(t, (ranges + 1) * sizeof(ExceptionEntry));
    if (!parts->exceptions)
        goto fail;
    for (uint32_t i = 0; i < n;) {
        int32_t handler = u->ins[i].handler;
        uint32_t start = i;
        while (i < n && u->ins[i].handler == handler)
            i++;
        if (handler == NO_HANDLER)
            continue;
        const Handler *h = &u->handlers[handler];
        int32_t place = u->labels[h->label].place;
        parts->exceptions[parts->exception_count++] =
            (ExceptionEntry){first_word(places, start, total, n), first_word(places, i, total, n),
                             first_word(places, (uint32_t)place, total, n), h->keep};
    }
    if (assemble_positions(c, parts, places, total) < 0)
        goto fail;
    alloc_memory_free(t, places);
    alloc_memory_free(t, wide);
    return 0;
fail:
    alloc_memory_free(t, places);
    alloc_memory_free(t, wide);
    return -1;
}

Value unit_leave(Compiler *c)
{
    Thread *t = c->t;
    Unit *u = c->u;
    CodeParts parts = {0};
    Value code = VALUE_EMPTY;
    if (!u->reachable) { /* a label placed at the very end may be jumped to */
        u->reachable = true;
        c->position = (Position){0};
    }
    if (emit(c, OP_RETURN_NONE, 1, 0, 0) < 0)
        goto done;
    if ((!(c->flags & COMPILE_SMALL) && hoist_constants(c) < 0) || assemble(c, &parts) < 0)
        goto done;
    size_t sites = list_length(u->sites);
    parts.site_names = alloc_memory(t, (sites + 1) * sizeof(Value));
    parts.local_kinds = alloc_memory(t, u->local_count + 1);
    parts.constants_tuple = list_to_tuple(t, u->constants);
    parts.local_names = list_to_tuple(t, u->local_names);
    parts.free_names = list_to_tuple(t, u->free_names);
    if (!parts.site_names || !parts.local_kinds || value_is_empty(parts.constants_tuple) ||
        value_is_empty(parts.local_names) || value_is_empty(parts.free_names))
        goto done;
    for (size_t i = 0; i < sites; i++)
        parts.site_names[i] = ref_inc(t, list_peek(u->sites, i));
    parts.site_count = (uint32_t)sites;
    memcpy(parts.local_kinds, u->local_kinds, u->local_count);
    parts.register_count =
        u->temp_max +
        NATIVE_ABSENT_MAX; /* room behind the arguments of a call: a bound method shifts them, C functions have absent ones */
    parts.argument_count = u->argument_count;
    parts.posonly_count = u->posonly_count;
    parts.kwonly_count = u->kwonly_count;
    parts.flags = u->flags | (c->flags & (CODE_FUTURE_ANNOTATIONS | CODE_FUTURE_BARRY));
    parts.first_line = u->first_line;
    parts.filename = ref_inc(t, c->filename);
    parts.name = ref_inc(t, u->name);
    parts.qualname = ref_inc(t, u->qualname);
    code = code_new_take(t, &parts);
    memset(&parts, 0, sizeof parts);
    if (BATON_CHECKS && !value_is_empty(code)) {
        const char *fault;
        int checked = check_code(t, code_of(code), &fault);
        if (checked == 0 && fault)
            error_set(t, EXC_SystemError, "the compiler has made bad code of %S, line %u: %s", u->qualname,
                      u->first_line, fault);
        if (checked < 0 || fault) {
            ref_dec(t, code);
            code = VALUE_EMPTY;
        }
    }
done:
    if (value_is_empty(code)) {
        alloc_memory_free(t, parts.instructions);
        alloc_memory_free(t, parts.exceptions);
        alloc_memory_free(t, parts.positions);
        alloc_memory_free(t, parts.site_names);
        alloc_memory_free(t, parts.local_kinds);
        ref_dec(t, parts.constants_tuple);
        ref_dec(t, parts.local_names);
        ref_dec(t, parts.free_names);
    }
    c->u = u->parent;
    unit_free(c, u);
    return code;
}
