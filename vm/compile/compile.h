/* compile.h: from a syntax tree to a code object. */
#ifndef BATON_COMPILE_COMPILE_H
#define BATON_COMPILE_COMPILE_H

#include "../front/parser.h"
#include "code.h"

/* PyCF_ALLOW_TOP_LEVEL_AWAIT: a module that awaits becomes the code of a coroutine. */
#define COMPILE_TOP_LEVEL_AWAIT 0x2000
/* The code is to be small, as it is stored: loops go on loading their constants. */
#define COMPILE_SMALL 0x4000
/* Compiles a tree (Module, Interactive, Expression).  `flags` are future flags (CODE_FUTURE_...) and COMPILE_...; optimize: 0, 1 (no asserts), 2 (no docstrings either); the result is a code
 * object, or empty with SyntaxError and the like. */
MUST_CHECK Value compile_tree(Thread *t, AstMod *mod, Value filename, uint32_t flags, int optimize, Arena *arena,
                              ParseMode mode);
/* Source to code in one step. */
MUST_CHECK Value compile_source(Thread *t, const char *source, size_t n, Value filename, ParseMode mode,
                                int parse_flags, uint32_t flags, int optimize);

#endif
