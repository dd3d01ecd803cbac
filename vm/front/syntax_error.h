/* syntax_error.h: making SyntaxErrors with their place in the text, and the warnings of the front end. */
#ifndef BATON_FRONT_SYNTAX_ERROR_H
#define BATON_FRONT_SYNTAX_ERROR_H

#include <stdarg.h>

#include "../object/error.h"
#include "ast.h"

/* A place as SyntaxError has it: columns count characters from 1; 0 and -1 stand for "unknown". */
typedef struct SyntaxPlace {
    int64_t line, column, end_line, end_column;
} SyntaxPlace;

/* Raises `id` (SyntaxError or a child) with a formatted message (str_format).  `text` is the source line: taken, may be empty. */
void syntax_error_raise_v(Thread *t, ExceptionId id, Value filename, SyntaxPlace place, Value text_take,
                          const char *format, va_list args);
void syntax_error_raise(Thread *t, ExceptionId id, Value filename, SyntaxPlace place, Value text_take,
                        const char *format, ...);
/* The same for stages after the parser: line and byte columns of a node of the tree; the text is looked up in the file `filename` where there is one. Returns -1.
 * What the symbol table and __future__ refuse has the message alone in `args`, the place in the attributes: in_args false. */
int syntax_error_at(Thread *t, Value filename, Position p, bool in_args, const char *format, ...);
/* Text that may hold half a character at its end: never fails but for memory. */
Value syntax_error_decode(Thread *t, const char *utf8, size_t n);
/* Number of characters in valid UTF-8. */
size_t syntax_error_characters(const char *utf8, size_t n);
/* A SyntaxWarning for a line of a file: 0, or -1 with the warning as an exception pending. */
int syntax_error_warn(Thread *t, Value filename, int line, const char *format, ...);

#endif
