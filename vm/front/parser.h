/* parser.h: source text to syntax tree. */
#ifndef BATON_FRONT_PARSER_H
#define BATON_FRONT_PARSER_H

#include "ast.h"

typedef enum ParseMode { PARSE_FILE, PARSE_SINGLE, PARSE_EVAL, PARSE_FUNCTION_TYPE } ParseMode;
#define PARSE_TYPE_COMMENTS 0x01
#define PARSE_ALLOW_INCOMPLETE 0x02 /* raise _IncompleteInputError where more input could complete it (codeop, REPL) */
#define PARSE_DONT_IMPLY_DEDENT 0x04
#define PARSE_IGNORE_COOKIE 0x08 /* the text was a str: it is UTF-8 whatever its coding line says */
#define PARSE_BARRY 0x10         /* from __future__ import barry_as_FLUFL */
#define PARSE_OPTIMIZED_AST 0x20 /* fold constants as ast.parse(optimize=...) does */
#define PARSE_PROGRAM                                                                                                  \
    0x40 /* the text of a file that is run, which CPython reads line by line: errors at its end have no column */

/* Parses `n` bytes (UTF-8 unless a coding line or BOM says otherwise).  The tree lives in *arena (to be freed by the caller; NULL on error).  NULL with SyntaxError (message,
 * position and caret range, text line as CPython's), ValueError for null bytes, MemoryError, RecursionError ... `filename` is a str. */
AstMod *parser_parse(Thread *t, const char *source, size_t n, Value filename, ParseMode mode, int flags,
                     int feature_version, Arena **arena);

#endif
