/* exception.h: the layouts of exception objects. */
#ifndef BATON_OBJECT_EXCEPTION_H
#define BATON_OBJECT_EXCEPTION_H

#include "error.h"
#include "type.h"

#define EXCEPTION_HEAD         \
    Object head;               \
    Value dict;      /* or empty */ \
    Value args;      /* tuple */    \
    Value traceback; /* or empty */ \
    Value context;   /* or empty */ \
    Value cause;     /* or empty (None: see suppress_context) */ \
    bool suppress_context

typedef struct Exception { EXCEPTION_HEAD; } Exception;
typedef struct ExceptionStopIteration { EXCEPTION_HEAD; Value value; } ExceptionStopIteration;
typedef struct ExceptionSystemExit { EXCEPTION_HEAD; Value code; } ExceptionSystemExit;
typedef struct ExceptionImport { EXCEPTION_HEAD; Value msg, name, path, name_from; } ExceptionImport;
typedef struct ExceptionName { EXCEPTION_HEAD; Value name; } ExceptionName;
typedef struct ExceptionAttribute { EXCEPTION_HEAD; Value name, obj; } ExceptionAttribute;
typedef struct ExceptionOS { EXCEPTION_HEAD; Value errnum, strerror, filename, filename2; int64_t written; } ExceptionOS;
typedef struct ExceptionSyntax { EXCEPTION_HEAD; Value msg, filename, lineno, offset, end_lineno, end_offset, text, print_file_and_line, metadata; } ExceptionSyntax;
typedef struct ExceptionUnicode { EXCEPTION_HEAD; Value encoding, object, reason; int64_t start, end; } ExceptionUnicode;
typedef struct ExceptionGroup { EXCEPTION_HEAD; Value msg, excs; } ExceptionGroup;

static inline bool exception_check(Value v) { return object_is(v, KIND_EXCEPTION); }
/* Is v a class derived from BaseException? */
bool exception_is_class(Thread *t, Value v);
/* except matching: is `exc` (an instance) caught by `pattern` (class or tuple of classes)? 1, 0, -1 (TypeError as CPython's). */
int exception_matches(Thread *t, Value exc, Value pattern);
/* An instance of a built-in exception with one argument (may be empty). */
MUST_CHECK Value exception_new(Thread *t, ExceptionId id, Value arg);
/* StopIteration(value) ready to be raised by a generator's return. */
Value exception_stop_iteration(Thread *t, Value value);
/* Splits an exception for except*: *match and *rest are owned, None where there is nothing. 0 or -1. */
int exception_group_split(Thread *t, Value exc, Value pattern, Value *match, Value *rest);
/* Builds what to raise after except* clauses from the original and the exceptions raised or re-raised in them (a list). */
Value exception_group_prep_reraise(Thread *t, Value original, Value raised_list);

#endif
