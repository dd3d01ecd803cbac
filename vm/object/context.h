/* context.h: context variables: contextvars.Context, ContextVar and Token.
 *
 * A context is an immutable map from variables to values, held in an object that can be entered: so a copy costs
 * nothing, and setting a variable makes a new map that shares most of the old one.  Each thread has a current
 * context, made at its first use. */
#ifndef BATON_OBJECT_CONTEXT_H
#define BATON_OBJECT_CONTEXT_H

#include "object.h"

/* The three types; they are made at the first call.  Borrowed; NULL on error. */
typedef struct ContextTypes {
    Type *context, *variable, *token;
    Value missing; /* Token.MISSING */
} ContextTypes;
ContextTypes *context_types(Thread *t);
void context_free_types(Thread *t); /* at the interpreter's end */

MUST_CHECK Value context_new(Thread *t); /* empty */
MUST_CHECK Value context_copy(Thread *t, Value context);
MUST_CHECK Value context_copy_current(Thread *t); /* contextvars.copy_context() */
bool context_check(Thread *t, Value v);
/* Makes a context current, and goes back to the one before: 0, or -1 with RuntimeError if it is entered already (is
 * not the current one). */
int context_enter(Thread *t, Value context);
int context_exit(Thread *t, Value context);

MUST_CHECK Value context_variable_new(Thread *t, Value name, Value default_or_empty);
bool context_variable_check(Thread *t, Value v);
/* The value in the current context, else `fallback`, else the variable's default: 1 (owned), 0 none of them, -1. */
int context_variable_get(Thread *t, Value variable, Value fallback_or_empty, Value *result);
MUST_CHECK Value context_variable_set(Thread *t, Value variable, Value value); /* a token */
int context_variable_reset(Thread *t, Value variable, Value token);

#endif
