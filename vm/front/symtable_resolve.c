/* symtable_resolve.c: the second pass of the symbol table: which scope does each name belong to?
 *
 * Scopes are resolved outside in.  A name that a scope does not bind is looked for in the scopes around: classes are skipped, a function that binds it
 * owns it.  The name is then free in the scope and in all between, and a cell in its owner; except that a comprehension inlined into the owner (PEP 709) uses the owner's
 * variable directly, so that it does not become a cell for its sake. */
#include "symtable_build.h"

/* The names that live in a class as cells for what is defined in it. */
static bool is_class_cell(Builder *b, Value name)
{
    return value_is(name, ID(b->t, __class__)) || value_is(name, ID(b->t, __classdict__)) ||
           value_is(name, b->conditional_annotations);
}

/* The scope around `scope` whose variable the name is; NULL: it is global. */
static Scope *find_owner(Builder *b, const Scope *scope, Value name)
{
    for (Scope *p = scope->parent; p && p->kind != SCOPE_MODULE; p = p->parent) {
        if (p->kind == SCOPE_CLASS) {
            if (is_class_cell(b, name))
                return p;
            continue;
        }
        const Symbol *s = symtable_find(p, name);
        if (!s)
            continue;
        if (s->flags & SYMBOL_DEF_GLOBAL)
            return NULL;
        if (!(s->flags & SYMBOL_DEF_NONLOCAL) && (s->flags & SYMBOL_DEF_BOUND))
            return p;
    }
    return NULL;
}

/* Makes a name of a scope free, its owner's variable a cell where it must be, and lets the name pass through the scopes between. */
static int make_free(Builder *b, Scope *scope, Scope *owner, Symbol *s)
{
    s->scope = SYMBOL_FREE;
    scope->has_free = true;
    bool captured = !scope->is_inlined;
    for (Scope *p = scope->parent; p != owner; p = p->parent) {
        Symbol *passing = symtable_find(p, s->name);
        if (!passing) {
            passing = scope_symbol(b, p, s->name);
            if (!passing)
                return -1;
            passing->scope = SYMBOL_FREE;
        } else if (p->kind == SCOPE_CLASS || p->can_see_class_scope) {
            passing->flags |= SYMBOL_DEF_FREE_CLASS;
        }
        captured |= !p->is_inlined;
        p->has_child_free = true;
    }
    owner->has_child_free = true;
    if (owner->kind == SCOPE_CLASS) {
        if (value_is(s->name, ID(b->t, __class__)))
            owner->needs_class_closure = true;
        else if (value_is(s->name, ID(b->t, __classdict__)))
            owner->needs_classdict = true;
        else
            owner->has_conditional_annotations = true;
    } else if (captured) {
        Symbol *cell = symtable_find(owner, s->name);
        cell->scope = SYMBOL_CELL;
        if (owner->is_inlined)
            cell->flags |= SYMBOL_COMP_CELL;
    }
    return 0;
}

static int directive_error(Builder *b, const Symbol *s, const char *format)
{
    Position p = {s->line, s->column, s->end_line, s->end_column};
    return SYMTABLE_ERROR(b, p, format, s->name);
}

/* The class that an annotation scope looks into at run time. */
static const Scope *seen_class(const Scope *scope)
{
    for (const Scope *p = scope; p->can_see_class_scope && p->parent; p = p->parent)
        if (p->parent->kind == SCOPE_CLASS)
            return p->parent;
    return NULL;
}

static int resolve_symbol(Builder *b, Scope *scope, const Scope *class, Symbol *s)
{
    if (s->flags & SYMBOL_DEF_GLOBAL) {
        if (s->flags & SYMBOL_DEF_NONLOCAL)
            return directive_error(b, s, "name '%U' is nonlocal and global");
        s->scope = SYMBOL_GLOBAL_EXPLICIT;
        return 0;
    }
    if (s->flags & SYMBOL_DEF_NONLOCAL) {
        if (scope->kind == SCOPE_MODULE)
            return directive_error(b, s, "nonlocal declaration not allowed at module level");
        Scope *owner = find_owner(b, scope, s->name);
        if (!owner)
            return directive_error(b, s, "no binding for nonlocal '%U' found");
        const Symbol *bound = symtable_find(owner, s->name);
        if (bound && (bound->flags & SYMBOL_DEF_TYPE_PARAMETER))
            return directive_error(b, s, "nonlocal binding not allowed for type parameter '%U'");
        return make_free(b, scope, owner, s);
    }
    if (s->flags & SYMBOL_DEF_BOUND) {
        s->scope = SYMBOL_LOCAL;
        return 0;
    }
    if (class) {
        /* Bound in the class: it is found there or is global; a variable of a function around the class is not meant. */
        const Symbol *in_class = symtable_find(class, s->name);
        if (in_class && (in_class->flags & SYMBOL_DEF_GLOBAL)) {
            s->scope = SYMBOL_GLOBAL_EXPLICIT;
            return 0;
        }
        if (in_class && (in_class->flags & SYMBOL_DEF_BOUND) && !(in_class->flags & SYMBOL_DEF_NONLOCAL)) {
            s->scope = SYMBOL_GLOBAL_IMPLICIT;
            return 0;
        }
    }
    Scope *owner = find_owner(b, scope, s->name);
    if (owner)
        return make_free(b, scope, owner, s);
    s->scope = SYMBOL_GLOBAL_IMPLICIT;
    return 0;
}

static int resolve(Builder *b, Scope *scope)
{
    const Scope *class = seen_class(scope);
    for (Symbol *s = scope->symbols; s; s = s->next)
        if (resolve_symbol(b, scope, class, s) < 0)
            return -1;
    for (Scope *child = scope->first_child; child; child = child->next_sibling)
        if (scope_resolve(b, child) < 0)
            return -1;
    if (scope->kind == SCOPE_CLASS && scope->has_conditional_annotations) {
        Symbol *s = scope_symbol(b, scope, b->conditional_annotations);
        if (!s)
            return -1;
        s->scope = SYMBOL_CELL;
    }
    return 0;
}

int scope_resolve(Builder *b, Scope *scope)
{
    if (!recursion_enter(b->t, " during compilation"))
        return -1;
    int result = resolve(b, scope);
    recursion_leave(b->t);
    return result;
}
