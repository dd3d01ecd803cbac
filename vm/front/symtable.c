/* symtable.c: building the scopes of a program and deciding where each name lives.
 *
 * Two passes.  The first walks the tree, opens scopes and notes how each name is used (flags).  The second resolves every name of every scope, children after
 * their parent, by walking outwards through the enclosing scopes: classes are skipped, a binding in a function makes the name a cell there and free in all
 * scopes between.  Comprehensions that are inlined (PEP 709) read and write the variables of the function around them directly.
 *
 * Read next: symtable.h (what a scope tells), ../compile/name.c (its user). */
#include "symtable.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/str.h"
#include "symtable_build.h"
#include "syntax_error.h"

/* ---- names ---- */

Value symtable_mangle(Thread *t, Arena *arena, Value class_name, Value name)
{
    if (value_is_empty(class_name) || value_is_empty(name))
        return name;
    Str *s = str_of(name);
    size_t n = s->length;
    if (n < 3 || str_at(s, 0) != '_' || str_at(s, 1) != '_' || (str_at(s, n - 1) == '_' && str_at(s, n - 2) == '_'))
        return name;
    for (size_t i = 0; i < n; i++)
        if (str_at(s, i) == '.')
            return name;
    Str *c = str_of(class_name);
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
    if (value_is_empty(mangled) || arena_keep_take(t, arena, mangled) < 0)
        return VALUE_EMPTY;
    return mangled;
}

/* ---- tables: open addressing on addresses; names are interned, nodes are unique ---- */

typedef struct Table {
    uint32_t mask, used;
    struct { uint64_t key; void *value; } *entries;
} Table;

static size_t slot_of(const Table *table, uint64_t key)
{
    uint64_t h = (key >> 4) * UINT64_C(0x9E3779B97F4A7C15);
    size_t i = (size_t)(h >> 32) & table->mask;
    while (table->entries[i].key && table->entries[i].key != key)
        i = (i + 1) & table->mask;
    return i;
}

static void *table_get(const Table *table, uint64_t key)
{
    return table ? table->entries[slot_of(table, key)].value : NULL;
}

static Table *table_new(Thread *t, Arena *arena, uint32_t capacity)
{
    Table *table = arena_alloc(t, arena, sizeof *table);
    if (!table)
        return NULL;
    table->mask = capacity - 1;
    table->entries = arena_alloc(t, arena, capacity * sizeof *table->entries);
    return table->entries ? table : NULL;
}

static int table_set(Thread *t, Arena *arena, Table **table, uint64_t key, void *value)
{
    if (!*table || ((*table)->used + 1) * 4 > ((*table)->mask + 1) * 3) {
        Table *old = *table, *grown = table_new(t, arena, old ? (old->mask + 1) * 2 : 8);
        if (!grown)
            return -1;
        for (uint32_t i = 0; old && i <= old->mask; i++)
            if (old->entries[i].key) {
                size_t j = slot_of(grown, old->entries[i].key);
                grown->entries[j].key = old->entries[i].key;
                grown->entries[j].value = old->entries[i].value;
                grown->used++;
            }
        *table = grown;
    }
    size_t i = slot_of(*table, key);
    if (!(*table)->entries[i].key)
        (*table)->used++;
    (*table)->entries[i].key = key;
    (*table)->entries[i].value = value;
    return 0;
}

Scope *symtable_scope(const Symtable *st, const void *node) { return table_get(st->scopes, (uint64_t)(uintptr_t)node); }
Symbol *symtable_find(const Scope *scope, Value name) { return table_get(scope->table, name.bits); }

Symbol *scope_symbol(Builder *b, Scope *scope, Value name)
{
    Symbol *s = symtable_find(scope, name);
    if (s)
        return s;
    s = arena_alloc(b->t, b->arena, sizeof *s);
    if (!s)
        return NULL;
    s->name = name;
    if (scope->last)
        scope->last->next = s;
    else
        scope->symbols = s;
    scope->last = s;
    Table *table = scope->table;
    if (table_set(b->t, b->arena, &table, name.bits, s) < 0)
        return NULL;
    scope->table = table;
    return s;
}

int scope_register(Builder *b, const void *node, Scope *scope)
{
    Table *table = b->st->scopes;
    int status = table_set(b->t, b->arena, &table, (uint64_t)(uintptr_t)node, scope);
    b->st->scopes = table;
    return status;
}

/* ---- the second pass ---- */

#define BOUND (SYMBOL_DEF_LOCAL | SYMBOL_DEF_PARAMETER | SYMBOL_DEF_IMPORT | SYMBOL_DEF_TYPE_PARAMETER | SYMBOL_DEF_COMP_ITER)

static bool is_function_like(const Scope *s) { return s->kind != SCOPE_MODULE && s->kind != SCOPE_CLASS; }

/* The function whose variables an inlined comprehension shares. */
static Scope *host(Scope *s)
{
    while (s->is_inlined)
        s = s->parent;
    return s;
}

/* The enclosing function-like scope that binds the name; NULL: none, or it is global there. */
static Scope *find_binding(Scope *from, Value name)
{
    for (Scope *p = from->parent; p; p = p->parent) {
        if (!is_function_like(p)) {
            /* Annotation scopes right inside a class see its names at run time, through __classdict__; that is no binding here.  __class__ and __classdict__ are cells of
             * the class itself. */
            if (p->kind == SCOPE_CLASS && ((p->needs_class_closure && str_equal_ascii(name, "__class__")) ||
                                           (p->needs_classdict && str_equal_ascii(name, "__classdict__"))))
                return p;
            continue;
        }
        Symbol *s = symtable_find(p, name);
        if (!s)
            continue;
        if (s->flags & SYMBOL_DEF_GLOBAL)
            return NULL;
        if (s->flags & SYMBOL_DEF_NONLOCAL)
            continue;
        if (s->flags & BOUND)
            return p;
    }
    return NULL;
}

static int make_free(Builder *b, Scope *from, Scope *owner, Value name)
{
    if (host(from) == host(owner) && owner->kind != SCOPE_CLASS) {
        /* An inlined comprehension uses a variable of its host, or of a comprehension around it: no cell. */
        Symbol *s = scope_symbol(b, from, name);
        if (!s)
            return -1;
        s->scope = SYMBOL_FREE;
        return 0;
    }
    Symbol *cell = owner->kind == SCOPE_CLASS ? NULL : symtable_find(owner, name);
    if (cell)
        cell->scope = SYMBOL_CELL;
    for (Scope *s = from; s != owner; s = s->parent) {
        Symbol *symbol = scope_symbol(b, s, name);
        if (!symbol)
            return -1;
        if (host(s) == host(owner) && s != from)
            continue;
        s->has_free = true;
        if (s->kind == SCOPE_CLASS && s != from && (symbol->flags & BOUND)) {
            symbol->flags |= SYMBOL_DEF_FREE_CLASS; /* its own variable, and passed on to its methods */
            if (!symbol->scope)
                symbol->scope = SYMBOL_LOCAL;
        } else {
            symbol->scope = SYMBOL_FREE;
        }
    }
    return 0;
}

static int resolve_symbol(Builder *b, Scope *scope, Symbol *s)
{
    if (s->scope)
        return 0; /* by a child already */
    if (s->flags & SYMBOL_DEF_GLOBAL) {
        if (s->flags & SYMBOL_DEF_NONLOCAL)
            return syntax_error_at(b->t, b->filename, scope->position.line, scope->position.column, scope->position.end_line, scope->position.end_column,
                                   "name '%U' is nonlocal and global", s->name);
        s->scope = SYMBOL_GLOBAL_EXPLICIT;
        return 0;
    }
    if (s->flags & SYMBOL_DEF_NONLOCAL) {
        Scope *owner = find_binding(scope, s->name);
        if (!owner)
            return syntax_error_at(b->t, b->filename, s->line, s->column, s->end_line, s->end_column, "no binding for nonlocal '%U' found", s->name);
        Symbol *bound = symtable_find(owner, s->name);
        if (bound && (bound->flags & SYMBOL_DEF_TYPE_PARAMETER))
            return syntax_error_at(b->t, b->filename, s->line, s->column, s->end_line, s->end_column,
                                   "nonlocal binding not allowed for type parameter '%U'", s->name);
        return make_free(b, scope, owner, s->name);
    }
    if (s->flags & BOUND) {
        s->scope = SYMBOL_LOCAL;
        return 0;
    }
    Scope *owner = find_binding(scope, s->name);
    if (owner)
        return make_free(b, scope, owner, s->name);
    s->scope = SYMBOL_GLOBAL_IMPLICIT;
    return 0;
}

/* May this comprehension's code become part of the scope around it? */
static bool can_inline(const Scope *s)
{
    if (!s->is_comprehension || s->comprehension_kind == 4)
        return false;
    const Scope *p = s->parent;
    return !(p->is_comprehension && !p->is_inlined && p->comprehension_kind != 4 && p->parent->kind == SCOPE_CLASS) && p->kind != SCOPE_CLASS &&
           !p->can_see_class_scope;
}

static int mark_inlined(Builder *b, Scope *scope)
{
    for (Scope *child = scope->first_child; child; child = child->next_sibling) {
        child->is_inlined = can_inline(child);
        if (mark_inlined(b, child) < 0)
            return -1;
    }
    return 0;
}

static int resolve(Builder *b, Scope *scope)
{
    if (!recursion_enter(b->t, " during compilation"))
        return -1;
    int status = 0;
    /* The list may grow at its end: names that children pass through. */
    for (Symbol *s = scope->symbols; s && status == 0; s = s->next)
        status = resolve_symbol(b, scope, s);
    for (Scope *child = scope->first_child; child && status == 0; child = child->next_sibling) {
        status = resolve(b, child);
        scope->has_child_free = scope->has_child_free || child->has_free || child->has_child_free;
    }
    recursion_leave(b->t);
    return status;
}

Symtable *symtable_build(Thread *t, AstMod *mod, Value filename, Arena *arena, bool future_annotations)
{
    Builder b = {.t = t, .arena = arena, .filename = filename, .future_annotations = future_annotations};
    b.st = arena_alloc(t, arena, sizeof *b.st);
    if (!b.st)
        return NULL;
    b.st->arena = arena;
    if (symtable_collect(&b, mod) < 0 || mark_inlined(&b, b.st->top) < 0 || resolve(&b, b.st->top) < 0)
        return NULL;
    return b.st;
}
