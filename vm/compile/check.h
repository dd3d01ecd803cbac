/* check.h: is a code object well-formed? */
#ifndef BATON_COMPILE_CHECK_H
#define BATON_COMPILE_CHECK_H

#include "code.h"

/* Checks every operand against the tables that it refers to and every jump against the instructions.  The compiler's output is checked in debug builds, code
 * from outside (marshal) always. */
bool check_code(const Code *code);

#endif
