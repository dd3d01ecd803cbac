/* ast_dump.h: a syntax tree as text, for tests and for looking inside. */
#ifndef BATON_FRONT_AST_DUMP_H
#define BATON_FRONT_AST_DUMP_H

#include "ast.h"

/* Like ast.dump, all on one line: Name@1,0,1,5('print',Load()), with line, column, end line, end column behind "@" if `positions`. A str. */
MUST_CHECK Value ast_dump(Thread *t, const void *node, bool positions);

#endif
