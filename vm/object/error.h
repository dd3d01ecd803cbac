/* error.h: raising, catching and inspecting the pending exception of a thread.
 *
 * Errors are values: a function that fails sets `t->exc` and returns VALUE_EMPTY, NULL or -1.  Nothing jumps. */
#ifndef BATON_OBJECT_ERROR_H
#define BATON_OBJECT_ERROR_H

#include "object.h"

/* Raises an exception with a formatted message (str.h, str_format: %s %d %zu ... and %V repr, %S str, %T type name of a Value).  Returns
 * VALUE_EMPTY, so: `return error_set(...)`, or `return error_set(...), -1`. The exception being handled becomes __context__. */
Value error_set(Thread *t, ExceptionId id, const char *format, ...);
Value error_set_type(Thread *t, Type *type, const char *format, ...);
/* Raises type(args...): value may be empty (no arguments), a tuple is NOT spread. */
Value error_set_value(Thread *t, Type *type, Value value);
Value error_set_none(Thread *t, ExceptionId id); /* without arguments */
/* Raises an exception instance as `raise` does, taking the reference: the exception being handled, if it is another one, becomes its __context__. (An exception
 * that is merely passed on goes through error_restore_take.) */
Value error_set_take(Thread *t, Value exception);
Value error_no_memory(Thread *t);              /* MemoryError, made without allocating */
Value error_from_errno(Thread *t, int errnum); /* OSError of the right subclass with strerror */
Value error_from_errno_path(Thread *t, int errnum, Value path, Value path2 /* or empty */);
Value error_key(Thread *t, Value key); /* KeyError(key), a tuple key kept whole */
Value error_attribute(Thread *t, Value object, Value name, const char *format,
                      ...); /* AttributeError with name and obj set */
void error_attribute_context(
    Thread *t, Value object,
    Value name); /* tells the pending AttributeError, if it is one that does not know, what was asked for */
Value error_name(Thread *t, Value name, const char *format, ...); /* NameError with name set */
Value error_bad_internal_call(Thread *t, const char *where);      /* SystemError */

static inline bool error_pending(const Thread *t) { return !value_is_empty(t->exc); }
bool error_matches(Thread *t, ExceptionId id); /* is the pending exception an instance of it? */
bool error_matches_type(Thread *t, Type *type);
static inline Value error_take(Thread *t) /* the pending exception, owned, no longer pending; or empty */
{
    Value exc = t->exc;
    t->exc = VALUE_EMPTY;
    return exc;
}
void error_restore_take(Thread *t, Value exc); /* makes it pending again, as it is; drops what was pending */
void error_clear(Thread *t);
/* Clears the pending exception and returns true if it matches; else leaves it and returns false. */
bool error_swallow(Thread *t, ExceptionId id);
/* The pending exception becomes the __cause__ and __context__ of a new one. */
Value error_set_from_cause(Thread *t, ExceptionId id, const char *format, ...);
/* `earlier` (taken, may be empty) becomes the __context__ of the exception pending now, or pending itself when none is. */
void error_chain_context_take(Thread *t, Value earlier);
/* sys.exception(): borrowed, or VALUE_NONE. */
Value error_peek_handled(Thread *t);
/* Reports the pending exception through sys.unraisablehook and clears it; format describes the place ("Exception ignored in ..."); object may be empty. */
void error_unraisable(Thread *t, Value object, const char *format, ...);
/* Adds the innermost frame, if any, to the pending exception's traceback (../run/frame.c). */
void error_trace(Thread *t);
/* What sys.__unraisablehook__ does: writes the message (None or empty: a standard one), the object's repr and the exception with its traceback to sys.stderr. */
void error_write_unraisable(Thread *t, Value exc, Value message, Value object);
/* Writes the exception with its traceback to a file, without the library (error_print.c): false when the file does not take it. */
bool error_print(Thread *t, Value file, Value exc);
/* file.write(text) (taken; empty: it could not be made): false if that failed; no exception is left. */
bool error_print_text_take(Thread *t, Value file, Value text);
/* Issues a warning of a category: 0, or -1 if it became an exception. */
int error_warn(Thread *t, ExceptionId category, int stack_level, const char *format, ...);
/* The same for a place in a source file (the compiler's warnings): message and filename are strs. */
int error_warn_explicit(Thread *t, ExceptionId category, Value message, Value filename, int line);
/* ResourceWarning about an object that was not closed: it must still be whole. */
int error_warn_resource(Thread *t, Value source, int stack_level, const char *format, ...);
/* "coroutine '...' was never awaited"; what goes wrong is reported as unraisable. */
void error_warn_unawaited(Thread *t, Value coroutine);

/* The candidate (of a list or tuple of strs) nearest to a misspelt name: owned; None when none is near; empty on error (suggest.c). */
Value error_suggest(Thread *t, Value candidates, Value name);

#endif
