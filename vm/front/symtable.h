/* symtable.h: which scope each name of a program belongs to. */
#ifndef BATON_FRONT_SYMTABLE_H
#define BATON_FRONT_SYMTABLE_H

#include "ast.h"

typedef enum ScopeKind {
    SCOPE_MODULE,
    SCOPE_CLASS,
    SCOPE_FUNCTION,
    SCOPE_ANNOTATION,
    SCOPE_TYPE_ALIAS,
    SCOPE_TYPE_PARAMETERS,
    SCOPE_TYPE_VARIABLE
} ScopeKind;

typedef enum SymbolScope {
    SYMBOL_LOCAL = 1,
    SYMBOL_GLOBAL_EXPLICIT,
    SYMBOL_GLOBAL_IMPLICIT,
    SYMBOL_FREE,
    SYMBOL_CELL
} SymbolScope;

/* Flags of a symbol, numbered as in the module `_symtable` (its scope goes above them). */
#define SYMBOL_DEF_GLOBAL 0x001
#define SYMBOL_DEF_LOCAL 0x002 /* assigned in the scope */
#define SYMBOL_DEF_PARAMETER 0x004
#define SYMBOL_DEF_NONLOCAL 0x008
#define SYMBOL_USED 0x010
#define SYMBOL_DEF_FREE_CLASS                                                                                          \
    0x040 /* bound in the class, and another variable of that name passes through it to methods */
#define SYMBOL_DEF_IMPORT 0x080
#define SYMBOL_DEF_ANNOTATION 0x100
#define SYMBOL_DEF_COMP_ITER 0x200
#define SYMBOL_DEF_TYPE_PARAMETER 0x400
#define SYMBOL_COMP_CELL 0x800 /* captured by a function inside an inlined comprehension */
#define SYMBOL_DEF_BOUND (SYMBOL_DEF_LOCAL | SYMBOL_DEF_PARAMETER | SYMBOL_DEF_IMPORT | SYMBOL_DEF_TYPE_PARAMETER)

typedef struct Symbol {
    Value name;     /* interned (mangled) str, kept by the arena */
    uint32_t flags; /* SYMBOL_... */
    SymbolScope scope;
    int32_t line, column, end_line, end_column; /* of the global or nonlocal statement that names it */
    struct Symbol *next;                        /* in order of first appearance */
} Symbol;

/* Which node opens which scope (the key for symtable_scope):
 *   AstMod; a FunctionDef, AsyncFunctionDef or ClassDef statement; a Lambda or comprehension expression;
 *   the type_params sequence (AstTypeParamSeq) of a definition or alias that has any: SCOPE_TYPE_PARAMETERS, with the parameters ".type_params"-like as CPython's:
 *     ".defaults" and ".kwdefaults" for functions that have such defaults, none otherwise; a class's keeps ".type_params" and ".generic_base" as locals;
 *   a TypeAlias statement: SCOPE_TYPE_ALIAS (its value); an AstTypeParam: SCOPE_TYPE_VARIABLE of its bound; its type_param_default (the address, for the expression itself may open
 *     another): SCOPE_TYPE_VARIABLE of its default.  These three and all SCOPE_ANNOTATION take one positional-only parameter ".format".
 *   Deferred annotations (PEP 649): Scope.annotations of the module's, class's or function's own scope, a SCOPE_ANNOTATION named "__annotate__" whose parent
 *     is the scope in which the definition stands (for a function: the one around it, its type parameter scope if it has one; for a class or module: the class or module itself);
 *     NULL when there are no annotations. */
typedef struct Scope Scope;
struct Scope {
    ScopeKind kind;
    Value name; /* of the function, class, "lambda", "listcomp", "genexpr", "top", ... */
    const void *
        node; /* the AST node that opens it (AstMod, AstStmt, AstExpr, AstArguments for annotations, ...): the key for symtable_scope */
    Scope *parent, *first_child, *next_sibling;
    Symbol *symbols; /* all, in order of first appearance */
    void *table;     /* name -> Symbol */
    Value *
        parameters; /* names of parameters in order of the code object's varnames: positional-only, args, keyword-only, *args, **kwargs */
    uint32_t parameter_count;
    bool is_nested; /* inside a function */
    bool has_free, has_child_free;
    bool is_async; /* `async def`; a module or expression where `await` is allowed at top level */
    bool is_generator,
        is_coroutine;      /* a yield, an await (or async comprehension) inside; `async def` counts as coroutine */
    bool is_comprehension; /* SCOPE_FUNCTION made by a comprehension or generator expression */
    bool is_inlined;       /* a list/set/dict comprehension that PEP 709 inlines into its parent */
    bool has_varargs, has_varkeywords;
    bool returns_value;
    Position return_position; /* of the first such return */
    bool needs_class_closure; /* __class__ is used in a method of this class */
    bool needs_classdict;     /* __classdict__ is used in an annotation scope of this class */
    bool has_conditional_annotations;
    bool can_see_class_scope;
    bool has_docstring;
    Position position;
    int comprehension_kind; /* 0 none, 1 list, 2 dict, 3 set, 4 generator */
    Scope *annotations;     /* the scope of this module's, class's or function's deferred annotations, or NULL */
    Value private_name;     /* class name for mangling, or empty: see symtable_mangle */
};

typedef struct Symtable {
    Scope *top;
    void *scopes; /* node -> Scope */
    Arena *arena;
} Symtable;

#define SYMTABLE_FUTURE_ANNOTATIONS 0x01 /* from __future__ import annotations */
#define SYMTABLE_TOP_LEVEL_AWAIT 0x02
#define SYMTABLE_ANYWHERE                                                                                              \
    0x04 /* do not refuse `return`, `yield`, `await` where they make no sense (the module `symtable`) */

/* Builds all scopes and resolves all names; everything is allocated in the arena.  NULL with SyntaxError and the like. */
Symtable *symtable_build(Thread *t, AstMod *mod, Value filename, Arena *arena, int flags);
/* Where the default of a type parameter is, or NULL if it has none. */
static inline AstExpr *const *type_param_default(const AstTypeParam *p)
{
    return p->kind == AST_TypeVar     ? &p->TypeVar.default_value
           : p->kind == AST_ParamSpec ? &p->ParamSpec.default_value
                                      : &p->TypeVarTuple.default_value;
}
Scope *symtable_scope(const Symtable *st, const void *node);   /* NULL: the node opens none */
Symbol *symtable_find(const Scope *scope, Value mangled_name); /* NULL: not there */
/* The name as it is in a scope: `__x` becomes `_C__x` inside the class C; in the scope of a generic class's type parameters only these are changed so.
 * Borrowed (kept by the arena), or empty with MemoryError. */
Value symtable_mangle(Thread *t, Arena *arena, const Scope *scope, Value name);

#endif
