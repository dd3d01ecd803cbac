/* mod__ast.h: what the files of the module _ast share. */
#ifndef BATON_LIB_MOD__AST_H
#define BATON_LIB_MOD__AST_H

#include "../front/ast_object.h"
#include "../front/ast_table.h"
#include "../object/type.h"

/* The classes and names of one interpreter: interp->module_state[MODULE__ast]. */
typedef struct AstState {
    Type *ast;             /* AST, the base of all; owned, as the others */
    Type *sums[SUM_COUNT]; /* mod, stmt ...; of a product: its only class */
    Type *classes[AST_COUNT];
    Value singletons[AST_COUNT]; /* the one instance of Load, Add ... that trees are made with */
    Value *names[AST_COUNT];     /* of the fields, interned */
    Value *all_names;
    Value lineno, col_offset, end_lineno, end_col_offset, fields, attributes, field_types;
} AstState;

typedef struct AstObject {
    Object head;
    Value dict; /* or empty */
} AstObject;

extern const TypeSpec ast_spec; /* mod__ast_object.c */

/* NULL: nobody has imported the module. */
static inline AstState *ast_state_peek(Thread *t) { return t->interp->module_state[MODULE__ast]; }
/* The same, importing it if need be; NULL with an exception. */
AstState *ast_state(Thread *t);
static inline uint32_t ast_field_count(AstKind kind)
{
    uint32_t n = 0;
    while (ast_class(kind)->fields[n].name)
        n++;
    return n;
}

#endif
