/* ast_validate.h: checks of trees that did not come from the parser. */
#ifndef BATON_FRONT_AST_VALIDATE_H
#define BATON_FRONT_AST_VALIDATE_H

#include "ast.h"

/* 0, or -1 with ValueError or TypeError.  Pointers that must not be NULL have been checked before. */
int ast_validate(Thread *t, const AstMod *mod);

#endif
