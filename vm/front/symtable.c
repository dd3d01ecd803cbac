/* symtable.c: the scopes of a program: their tables, name mangling, and how names are noted in them.
 *
 * Two passes.  The first walks the tree, opens scopes and notes how each name is used (flags); it finds the errors that do not depend on other scopes.  The second decides
 * for each name of each scope where it lives.  All memory is the arena's.
 *
 * Read next: symtable.h (what a scope tells), symtable_build.c (the walk), symtable_resolve.c (the decision), ../compile/name.c (the user). */
#include "symtable_build.h"

#include "../memory/ref.h"

/* ---- name mangling ---- */

static Value mangle(Thread *t, Arena *arena, Value class_name, Value name)
{
    if (LIKELY(value_is_empty(class_name)) || value_is_empty(name))
        return name;
    const Str *s = str_of(name), *c = str_of(class_name);
    size_t n = s->length;
    if (n < 2 || str_at(s, 0) != '_' || str_at(s, 1) != '_' || (str_at(s, n - 1) == '_' && str_at(s, n - 2) == '_'))
        return name;
    for (size_t i = 0; i < n; i++)
        if (str_at(s, i) == '.')
            return name; /* import __a.__b */
    size_t start = 0;
    while (start < c->length && str_at(c, start) == '_')
        start++;
    if (start == c->length)
        return name;
    Value stripped = str_slice(t, class_name, start, c->length);
    Value mangled = value_is_empty(stripped) ? VALUE_EMPTY : str_format(t, "_%U%U", stripped, name);
    ref_dec(t, stripped);
    if (!value_is_empty(mangled))
        mangled = str_intern_take(t, mangled);
    return value_is_empty(mangled) || arena_keep_take(t, arena, mangled) < 0 ? VALUE_EMPTY : mangled;
}

Value symtable_mangle(Thread *t, Arena *arena, const Scope *scope, Value name)
{
    Value mangled = mangle(t, arena, scope->private_name, name);
    const Scope *parameters = ((const BuildScope *)scope)->class_parameters;
    if (!value_is_empty(mangled) && !value_is(mangled, name) && parameters) {
        const Symbol *s = symtable_find(parameters, mangled);
        if (!s || !(s->flags & SYMBOL_DEF_TYPE_PARAMETER))
            return name;
    }
    return mangled;
}

/* ---- tables: open addressing by address; names are interned, nodes are unique ---- */

typedef struct TableEntry {
    uint64_t key; /* 0: free */
    void *value;
} TableEntry;

typedef struct Table {
    uint32_t mask, used;
    TableEntry entries[];
} Table;

static TableEntry *table_slot(Table *table, uint64_t key)
{
    uint32_t i = (uint32_t)((key >> 3) * UINT64_C(0x9E3779B97F4A7C15) >> 32) & table->mask;
    while (table->entries[i].key && table->entries[i].key != key)
        i = (i + 1) & table->mask;
    return &table->entries[i];
}

static void *table_get(void *table, uint64_t key) { return table ? table_slot(table, key)->value : NULL; }

static int table_add(Builder *b, void **where, uint64_t key, void *value)
{
    Table *table = *where;
    if (!table || (table->used + 1) * 4 > (table->mask + 1) * 3) {
        uint32_t capacity = table ? (table->mask + 1) * 2 : 8;
        Table *grown = arena_alloc(b->t, b->arena, sizeof *grown + capacity * sizeof(TableEntry));
        if (!grown)
            return -1;
        grown->mask = capacity - 1;
        for (uint32_t i = 0; table && i <= table->mask; i++)
            if (table->entries[i].key)
                *table_slot(grown, table->entries[i].key) = table->entries[i];
        grown->used = table ? table->used : 0;
        *where = table = grown;
    }
    *table_slot(table, key) = (TableEntry){key, value};
    table->used++;
    return 0;
}

Scope *symtable_scope(const Symtable *st, const void *node) { return table_get(st->scopes, (uint64_t)(uintptr_t)node); }
Symbol *symtable_find(const Scope *scope, Value mangled_name) { return table_get(scope->table, mangled_name.bits); }

/* ---- scopes ---- */

int scope_enter(Builder *b, ScopeKind kind, Value name, const void *node, Position position, bool detached)
{
    BuildScope *build = arena_alloc(b->t, b->arena, sizeof *build);
    Scope *s = &build->s, *parent = b->scope;
    if (!build || (node && table_add(b, &b->st->scopes, (uint64_t)(uintptr_t)node, s) < 0))
        return -1;
    s->kind = kind;
    s->name = name;
    s->node = node;
    s->position = position;
    s->parent = parent;
    s->private_name = b->private_name;
    b->scope = s;
    if (!parent)
        return 0;
    s->is_nested = parent->is_nested || scope_is_function_like(parent);
    build->iterables = build_scope(parent)->iterables; /* a lambda in the iterable is in it, too */
    build->class_parameters = kind == SCOPE_CLASS ? NULL : build_scope(parent)->class_parameters;
    if (!detached) {
        BuildScope *outer = build_scope(parent);
        if (outer->last_child)
            outer->last_child->next_sibling = s;
        else
            parent->first_child = s;
        outer->last_child = s;
    }
    return 0;
}

Symbol *scope_symbol(Builder *b, Scope *scope, Value mangled)
{
    Symbol *s = symtable_find(scope, mangled);
    if (s)
        return s;
    s = arena_alloc(b->t, b->arena, sizeof *s);
    if (!s || table_add(b, &scope->table, mangled.bits, s) < 0)
        return NULL;
    s->name = mangled;
    BuildScope *build = build_scope(scope);
    if (build->last_symbol)
        build->last_symbol->next = s;
    else
        scope->symbols = s;
    build->last_symbol = s;
    return s;
}

static int add_parameter(Builder *b, Scope *scope, Value mangled)
{
    BuildScope *build = build_scope(scope);
    if (scope->parameter_count == build->parameter_capacity) {
        uint32_t capacity = build->parameter_capacity ? build->parameter_capacity * 2 : 4;
        Value *parameters = arena_alloc(b->t, b->arena, capacity * sizeof *parameters);
        if (!parameters)
            return -1;
        if (scope->parameter_count)
            memcpy(parameters, scope->parameters, scope->parameter_count * sizeof *parameters);
        scope->parameters = parameters;
        build->parameter_capacity = capacity;
    }
    scope->parameters[scope->parameter_count++] = mangled;
    return 0;
}

int scope_add(Builder *b, Scope *scope, Value name, uint32_t flag, Position position)
{
    Value mangled;
    if (flag & SYMBOL_DEF_TYPE_PARAMETER)
        mangled = mangle(b->t, b->arena, scope->private_name, name);
    else
        mangled = symtable_mangle(b->t, b->arena, scope, name);
    Symbol *s = value_is_empty(mangled) ? NULL : scope_symbol(b, scope, mangled);
    if (!s)
        return -1;
    if (flag & s->flags & SYMBOL_DEF_PARAMETER)
        return SYMTABLE_ERROR(b, position, "duplicate argument '%U' in function definition", name);
    if (flag & s->flags & SYMBOL_DEF_TYPE_PARAMETER)
        return SYMTABLE_ERROR(b, position, "duplicate type parameter '%U'", name);
    s->flags |= flag;
    if (build_scope(scope)->in_iteration_target) {
        if (s->flags & (SYMBOL_DEF_GLOBAL | SYMBOL_DEF_NONLOCAL))
            return SYMTABLE_ERROR(b, position,
                                  "comprehension inner loop cannot rebind assignment expression target '%U'", name);
        s->flags |= SYMBOL_DEF_COMP_ITER;
    }
    return flag & SYMBOL_DEF_PARAMETER ? add_parameter(b, scope, mangled) : 0;
}

int64_t scope_flags(Builder *b, const Scope *scope, Value name)
{
    Value mangled = symtable_mangle(b->t, b->arena, scope, name);
    if (value_is_empty(mangled))
        return -1;
    const Symbol *s = symtable_find(scope, mangled);
    return s ? s->flags : 0;
}

int scope_directive(Builder *b, Value name, Position position)
{
    Value mangled = symtable_mangle(b->t, b->arena, b->scope, name);
    Symbol *s = value_is_empty(mangled) ? NULL : symtable_find(b->scope, mangled);
    if (!s)
        return -1;
    if (!s->line) { /* the first counts */
        s->line = position.line;
        s->column = position.column;
        s->end_line = position.end_line;
        s->end_column = position.end_column;
    }
    return 0;
}

Symtable *symtable_build(Thread *t, AstMod *mod, Value filename, Arena *arena, int flags)
{
    Builder b = {.t = t, .arena = arena, .filename = filename, .flags = flags};
    static const char *const texts[] = {
        ".format", ".type_params", ".generic_base", ".defaults", ".kwdefaults", ".0", "__conditional_annotations__",
        "super"};
    Value *const values[] = {
        &b.format, &b.type_params, &b.generic_base, &b.defaults, &b.kwdefaults, &b.dot_zero, &b.conditional_annotations,
        &b.super};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        Value v = str_intern(t, texts[i]);
        if (value_is_empty(v) || arena_keep_take(t, arena, v) < 0)
            return NULL;
        *values[i] = v;
    }
    b.st = arena_alloc(t, arena, sizeof *b.st);
    if (!b.st)
        return NULL;
    b.st->arena = arena;
    if (visit_module(&b, mod) < 0 || scope_resolve(&b, b.st->top) < 0)
        return NULL;
    return b.st;
}
