/* check.h: is a code object well-formed? */
#ifndef BATON_COMPILE_CHECK_H
#define BATON_COMPILE_CHECK_H

#include "code.h"

/* Checks every operand against the tables that it refers to, every jump against the instructions, and that no temporary is read that holds nothing.  The compiler's output
 * is checked in debug builds, code from outside (marshal) always.  0 with NULL in *fault, or a string constant that says what is wrong with the code; -1: no memory. */
MUST_CHECK int check_code(Thread *t, const Code *code, const char **fault);

#endif
