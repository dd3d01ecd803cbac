/* ast_object.h: between syntax trees in C and the node objects of the module _ast, for compile(). */
#ifndef BATON_FRONT_AST_OBJECT_H
#define BATON_FRONT_AST_OBJECT_H

#include "parser.h"

/* Is v an instance of _ast.AST? 1, 0, -1. (0 without importing _ast when nobody has imported it yet.) */
int ast_object_check(Thread *t, Value v);
/* A tree from node objects, checked as compile() checks them; NULL with TypeError ("expected Module node, got ..."), ValueError ... */
AstMod *ast_from_object(Thread *t, Value object, ParseMode mode, Arena *arena);
/* Node objects from a tree. */
MUST_CHECK Value ast_to_object(Thread *t, const AstMod *mod);
/* Folds constants in place, as ast.parse(optimize=...) shows them; optimize and flags as compile()'s. 0 or -1. */
int ast_optimize(Thread *t, AstMod *mod, int optimize, int flags, Arena *arena);

#endif
