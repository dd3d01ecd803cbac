/* name.c: where a variable lives and the instructions that read, write and delete it.
 *
 * Inside an inlined comprehension the comprehension's own variables come first (in hidden registers), then those of the unit. */
#include "compiler.h"

/* The register of a variable of an inlined comprehension: entered into u->locals under (scope address, name) when the comprehension starts. */
static Value hidden_key(Thread *t, const Scope *scope, Value name)
{
    return tuple_pack(t, 2, value_from_int((int64_t)(uintptr_t)scope), name);
}

static int hidden_register(Compiler *c, const Scope *scope, Value name)
{
    Value key = hidden_key(c->t, scope, name), found;
    if (value_is_empty(key))
        return -1;
    int result = dict_get_optional(c->t, c->u->locals, key, &found);
    ref_dec(c->t, key);
    return result <= 0 ? -1 : (int)value_to_int(found);
}

static int local_register(Compiler *c, Value name)
{
    Value found;
    int result = dict_get_optional(c->t, c->u->locals, name, &found);
    if (result == 0)
        error_set(c->t, EXC_SystemError, "compiler: no register for %V", name);
    return result <= 0 ? -1 : (int)value_to_int(found);
}

int free_index(Compiler *c, Value name)
{
    Value names = c->u->free_names;
    for (size_t i = 0; i < list_length(names); i++)
        if (str_equal(list_peek(names, i), name))
            return (int)i;
    return -1;
}

static bool sees_class_scope(const Scope *scope)
{
    return scope->can_see_class_scope && scope->kind != SCOPE_CLASS && scope->kind != SCOPE_FUNCTION;
}

int variable_resolve(Compiler *c, Value name, Variable *v)
{
    Thread *t = c->t;
    Unit *u = c->u;
    Value mangled = symtable_mangle(t, c->arena, u->scope, name);
    if (value_is_empty(mangled))
        return -1;
    v->name = mangled;
    Symbol *symbol = NULL, *innermost = NULL;
    for (InlinedScope *i = u->inlined; i; i = i->outer) {
        symbol = symtable_find(i->scope, mangled);
        if (!symbol)
            continue;
        if (!innermost)
            innermost = symbol;
        if (symbol->scope == SYMBOL_LOCAL || symbol->scope == SYMBOL_CELL) {
            v->kind = symbol->scope == SYMBOL_CELL ? VARIABLE_CELL : VARIABLE_LOCAL;
            v->index = hidden_register(c, i->scope, mangled);
            return v->index;
        }
    }
    if (u->inlined && u->scope->kind == SCOPE_CLASS) {
        /* A comprehension does not see the names of the class that it is in, __class__ neither. */
        v->index = innermost && innermost->scope == SYMBOL_FREE ? free_index(c, mangled) : -1;
        v->kind = v->index >= 0 ? VARIABLE_FREE : VARIABLE_GLOBAL;
        return 0;
    }
    Symbol *own = symtable_find(u->scope, mangled);
    if (own)
        symbol = own;
    SymbolScope scope = symbol ? symbol->scope : SYMBOL_GLOBAL_IMPLICIT;
    bool function_like = u->scope->kind != SCOPE_MODULE && u->scope->kind != SCOPE_CLASS;
    switch (scope) {
    case SYMBOL_LOCAL:
        if (function_like) {
            v->kind = VARIABLE_LOCAL;
            v->index = local_register(c, mangled);
            return v->index;
        }
        v->kind = VARIABLE_NAME;
        return 0;
    case SYMBOL_CELL:
        v->kind = VARIABLE_CELL;
        v->index = local_register(c, mangled);
        return v->index;
    case SYMBOL_FREE:
        v->index = free_index(c, mangled);
        if (v->index < 0) {
            error_set(t, EXC_SystemError, "compiler: no free variable %V", mangled);
            return -1;
        }
        v->kind = u->scope->kind == SCOPE_CLASS               ? VARIABLE_CLASS_FREE
                  : sees_class_scope(u->scope) && !u->inlined ? VARIABLE_DICT_FREE
                                                              : VARIABLE_FREE;
        return 0;
    case SYMBOL_GLOBAL_EXPLICIT: v->kind = VARIABLE_GLOBAL; return 0;
    case SYMBOL_GLOBAL_IMPLICIT:
    default:
        v->kind = !function_like ? VARIABLE_NAME : sees_class_scope(u->scope) ? VARIABLE_DICT_GLOBAL : VARIABLE_GLOBAL;
        return 0;
    }
}

/* The namespace of the class that an annotation scope looks into first: the free variable __classdict__. */
static Reg load_classdict(Compiler *c)
{
    Reg r = temp_push(c);
    int index = free_index(c, ID(c->t, __classdict__));
    if (index < 0) {
        error_set(c->t, EXC_SystemError, "compiler: no __classdict__");
        return -1;
    }
    return emit(c, OP_LOAD_FREE, r, index, 0) < 0 ? -1 : r;
}

int name_load(Compiler *c, Value name, Reg dst)
{
    Variable v;
    uint32_t mark = c->u->temp_top;
    if (variable_resolve(c, name, &v) < 0)
        return -1;
    switch (v.kind) {
    case VARIABLE_LOCAL:
        if (!bound_has(c, v.index)) {
            if (emit(c, OP_CHECK_LOCAL, v.index, 0, 0) < 0)
                return -1;
            bound_add(c, v.index);
        }
        return dst == v.index ? 0 : emit(c, OP_MOVE, dst, v.index, 0);
    case VARIABLE_CELL: return emit(c, OP_LOAD_CELL, dst, v.index, 0);
    case VARIABLE_FREE: return emit(c, OP_LOAD_FREE, dst, v.index, 0);
    case VARIABLE_GLOBAL:
    case VARIABLE_NAME: {
        int site = site_new(c, v.name, 2);
        return site < 0 ? -1 : emit(c, v.kind == VARIABLE_GLOBAL ? OP_LOAD_GLOBAL : OP_LOAD_NAME, dst, site, 0);
    }
    default: break;
    }
    Reg dict;
    if (v.kind == VARIABLE_CLASS_FREE) {
        dict = temp_push(c);
        if (emit(c, OP_LOAD_LOCALS, dict, 0, 0) < 0)
            return -1;
    } else if ((dict = load_classdict(c)) < 0) {
        return -1;
    }
    int site = site_new(c, v.name, 2);
    if (site < 0)
        return -1;
    c->u->temp_top = mark;
    if (v.kind == VARIABLE_DICT_GLOBAL)
        return emit(c, OP_LOAD_DICT_OR_GLOBAL, dst, dict, site);
    if (emit(c, OP_LOAD_DICT_OR_CELL, dst, dict, site) < 0)
        return -1;
    return emit(c, OP_EXTRA, 1, v.index, 0);
}

Reg name_register(Compiler *c, Value name)
{
    Variable v;
    if (variable_resolve(c, name, &v) < 0)
        return -1;
    return v.kind == VARIABLE_LOCAL ? v.index : -2;
}

Reg name_in_place(Compiler *c, Value name)
{
    Reg r = name_register(c, name);
    if (r >= 0 && !bound_has(c, r)) {
        if (emit(c, OP_CHECK_LOCAL, r, 0, 0) < 0)
            return -1;
        bound_add(c, r);
    }
    return r;
}

int name_store(Compiler *c, Value name, Reg src)
{
    Variable v;
    if (variable_resolve(c, name, &v) < 0)
        return -1;
    int site;
    switch (v.kind) {
    case VARIABLE_LOCAL: bound_add(c, v.index); return src == v.index ? 0 : emit(c, OP_MOVE, v.index, src, 0);
    case VARIABLE_CELL: return emit(c, OP_STORE_CELL, v.index, src, 0);
    case VARIABLE_FREE:
    case VARIABLE_CLASS_FREE:
    case VARIABLE_DICT_FREE: return emit(c, OP_STORE_FREE, v.index, src, 0);
    case VARIABLE_GLOBAL:
    case VARIABLE_DICT_GLOBAL:
        site = site_new(c, v.name, 1);
        return site < 0 ? -1 : emit(c, OP_STORE_GLOBAL, site, src, 0);
    case VARIABLE_NAME: site = site_new(c, v.name, 1); return site < 0 ? -1 : emit(c, OP_STORE_NAME, site, src, 0);
    }
    return -1;
}

int name_delete(Compiler *c, Value name)
{
    Variable v;
    if (variable_resolve(c, name, &v) < 0)
        return -1;
    int site;
    switch (v.kind) {
    case VARIABLE_LOCAL: c->u->never_bound[v.index] = 1; return emit(c, OP_DELETE_LOCAL, v.index, 0, 0);
    case VARIABLE_CELL: return emit(c, OP_DELETE_CELL, v.index, 0, 0);
    case VARIABLE_FREE:
    case VARIABLE_CLASS_FREE:
    case VARIABLE_DICT_FREE: return emit(c, OP_DELETE_FREE, v.index, 0, 0);
    case VARIABLE_GLOBAL:
    case VARIABLE_DICT_GLOBAL:
        site = site_new(c, v.name, 1);
        return site < 0 ? -1 : emit(c, OP_DELETE_GLOBAL, site, 0, 0);
    case VARIABLE_NAME: site = site_new(c, v.name, 1); return site < 0 ? -1 : emit(c, OP_DELETE_NAME, site, 0, 0);
    }
    return -1;
}

/* A cell of this unit for a nested function's free variable: its own (register) or one that it was given (closure). */
static int load_cell_for(Compiler *c, Value name, Reg dst)
{
    Unit *u = c->u;
    for (InlinedScope *i = u->inlined; i; i = i->outer) {
        Symbol *s = symtable_find(i->scope, name);
        if (s && s->scope == SYMBOL_CELL) {
            int r = hidden_register(c, i->scope, name);
            return r < 0 ? -1 : emit(c, OP_COPY, dst, r, 0);
        }
    }
    Value own;
    int known = dict_get_optional(c->t, u->locals, name, &own);
    if (known < 0)
        return -1;
    if (known && (u->local_kinds[value_to_int(own)] & LOCAL_CELL))
        return emit(c, OP_COPY, dst, (Reg)value_to_int(own), 0);
    int index = free_index(c, name);
    if (index < 0) {
        error_set(c->t, EXC_SystemError, "compiler: no cell for %V in %U", name, u->qualname);
        return -1;
    }
    return emit(c, OP_LOAD_CLOSURE, dst, index, 0);
}

int load_closure(Compiler *c, Value code, Reg dst)
{
    Value names = code_of(code)->free_names;
    uint32_t n = (uint32_t)tuple_length(names), mark = c->u->temp_top;
    if (n == 0)
        return 0;
    Reg base = temp_push_n(c, n);
    for (uint32_t i = 0; i < n; i++)
        if (load_cell_for(c, tuple_peek(names, i), base + (Reg)i) < 0)
            return -1;
    c->u->temp_top = mark;
    return emit(c, OP_BUILD_TUPLE, dst, base, (int32_t)n) < 0 ? -1 : 1;
}
