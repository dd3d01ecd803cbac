/* symtable_build.h: what the files of the symbol table share: symtable_build.c and symtable_expr.c walk the tree, symtable_resolve.c decides. */
#ifndef BATON_FRONT_SYMTABLE_BUILD_H
#define BATON_FRONT_SYMTABLE_BUILD_H

#include "symtable.h"

#include "../object/str.h"
#include "syntax_error.h"

/* A scope with what is only needed while it is built. */
typedef struct BuildScope {
    Scope s; /* first: a Scope * of a BuildScope is a BuildScope * */
    Scope *last_child;
    Symbol *last_symbol;
    uint32_t parameter_capacity;
    uint32_t iterables;       /* > 0 inside the iterable of a comprehension that stands in this scope */
    bool in_iteration_target; /* inside the target of a comprehension's `for` */
    bool in_conditional;      /* inside a statement whose body may not run */
    bool unevaluated;         /* annotations of local variables: names in them mean nothing */
    const Scope *
        class_parameters; /* the scope of a class's type parameters, which this is or is in: no names but theirs are mangled */
    const char *what; /* SCOPE_TYPE_VARIABLE: "a TypeVar bound" ... */
} BuildScope;

typedef struct Builder {
    Thread *t;
    Arena *arena;
    Symtable *st;
    Value filename;
    int flags;                /* SYMTABLE_... */
    Scope *scope;             /* current */
    Value private_name;       /* class for mangling, or empty */
    bool in_finally, in_loop; /* of the innermost function: inside a `finally`; inside a loop that is inside it */
    /* Interned, kept by the arena. */
    Value format, type_params, generic_base, defaults, kwdefaults, dot_zero, conditional_annotations, super;
} Builder;

static inline BuildScope *build_scope(Scope *s) { return (BuildScope *)s; }
static inline bool scope_is_function_like(const Scope *s) { return s->kind != SCOPE_MODULE && s->kind != SCOPE_CLASS; }

/* All return 0, or -1 with an exception. */

/* COMPILER_ERROR is one of those that CPython's compiler finds, where this one has no more to do than to look. */
#define COMPILER_ERROR(b, p, ...) syntax_error_at((b)->t, (b)->filename, p, true, __VA_ARGS__)
#define SYMTABLE_ERROR(b, p, ...) syntax_error_at((b)->t, (b)->filename, p, false, __VA_ARGS__)

/* A new scope inside the current one, which it becomes.  node NULL: it opens under no node.  detached: it is no child of its parent. */
int scope_enter(Builder *b, ScopeKind kind, Value name, const void *node, Position position, bool detached);
static inline void scope_leave(Builder *b, Scope *outer) { b->scope = outer; }
Symbol *scope_symbol(Builder *b, Scope *scope, Value mangled); /* found or added; NULL with MemoryError */
/* Notes a use (SYMBOL_...) of a name in a scope, with the errors that this may show. */
int scope_add(Builder *b, Scope *scope, Value name, uint32_t flag, Position position);
static inline int scope_use(Builder *b, Value name, uint32_t flag, Position position)
{
    return scope_add(b, b->scope, name, flag, position);
}
/* Flags of a name in a scope so far; -1 with MemoryError. */
int64_t scope_flags(Builder *b, const Scope *scope, Value name);
/* Remembers where a name was declared global or nonlocal. */
int scope_directive(Builder *b, Value name, Position position);

/* symtable_expr.c */
int visit_expr(Builder *b, AstExpr *e);
int visit_exprs(Builder *b, const AstExprSeq *s);           /* items may be NULL */
int visit_arguments(Builder *b, AstArguments *a);           /* inside the function's scope */
int check_store(Builder *b, Value name, Position position); /* "cannot assign to __debug__" */
/* symtable_build.c */
int visit_module(Builder *b, AstMod *mod);
/* symtable_resolve.c */
int scope_resolve(Builder *b, Scope *scope);

#endif
