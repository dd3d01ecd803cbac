/* exception.h: the layouts of exception objects. */
#ifndef BATON_OBJECT_EXCEPTION_H
#define BATON_OBJECT_EXCEPTION_H

#include "error.h"
#include "list.h"
#include "type.h"

#define EXCEPTION_HEAD                                                                                                 \
    Object head;                                                                                                       \
    Value dict;      /* or empty */                                                                                    \
    Value args;      /* tuple */                                                                                       \
    Value traceback; /* or empty */                                                                                    \
    Value context;   /* or empty */                                                                                    \
    Value cause;     /* or empty (None: see suppress_context) */                                                       \
    bool suppress_context

typedef struct Exception {
    EXCEPTION_HEAD;
} Exception;
typedef struct ExceptionStopIteration {
    EXCEPTION_HEAD;
    Value value;
} ExceptionStopIteration;
typedef struct ExceptionSystemExit {
    EXCEPTION_HEAD;
    Value code;
} ExceptionSystemExit;
typedef struct ExceptionImport {
    EXCEPTION_HEAD;
    Value msg, name, path, name_from;
} ExceptionImport;
typedef struct ExceptionName {
    EXCEPTION_HEAD;
    Value name;
} ExceptionName;
typedef struct ExceptionAttribute {
    EXCEPTION_HEAD;
    Value name, obj;
} ExceptionAttribute;
typedef struct ExceptionOS {
    EXCEPTION_HEAD;
    Value errnum, strerror, filename, filename2;
    int64_t written;
} ExceptionOS;
typedef struct ExceptionSyntax {
    EXCEPTION_HEAD;
    Value msg, filename, lineno, offset, end_lineno, end_offset, text, print_file_and_line, metadata;
} ExceptionSyntax;
typedef struct ExceptionUnicode {
    EXCEPTION_HEAD;
    Value encoding, object, reason;
    int64_t start, end;
} ExceptionUnicode;
typedef struct ExceptionGroup {
    EXCEPTION_HEAD;
    Value msg, excs;
    Object *weakrefs; /* of ExceptionGroup and its children only */
} ExceptionGroup;

extern const TypeSpec type_spec_exception; /* BaseException */
static inline bool exception_check(Value v) { return object_is(v, KIND_EXCEPTION); }
static ALWAYS_INLINE Exception *exception_of(Value v) { return (Exception *)value_object(v); } /* exception_check(v) */
/* Creates all types of exception.def in interp->exceptions, and the MemoryErrors kept for when there is no memory: called once by type_bootstrap, after
 * object, type, str, tuple and dict exist. 0 or -1. */
int exception_bootstrap(Thread *t);
void exception_free_state(Thread *t); /* at the interpreter's end, when no exception can be raised any more */
/* Is v a class derived from BaseException? */
bool exception_is_class(Thread *t, Value v);
/* except matching: is `exc` (an instance) caught by `pattern` (class or tuple of classes)? 1, 0, -1 (TypeError as CPython's). */
int exception_matches(Thread *t, Value exc, Value pattern);
/* An instance of a built-in exception with one argument (may be empty). */
MUST_CHECK Value exception_new(Thread *t, ExceptionId id, Value arg);
/* The same for any exception type, also one written in Python (it is called). */
MUST_CHECK Value exception_new_type(Thread *t, Type *type, Value arg);
/* A new exception class for a module, "zlib.error": its base is a class or a tuple of classes (empty: Exception), doc may be NULL. */
MUST_CHECK Value exception_new_class(Thread *t, const char *qualified_name, Value base, const char *doc);
/* What `raise v` makes of v: an exception as it is, a class called without arguments; else TypeError ("exceptions must derive from BaseException"). */
MUST_CHECK Value exception_from_raise(Thread *t, Value v);
/* The fields, with the object's lock where that matters.  Getters: owned or empty.  Setters take the value; they check nothing. */
Value exception_get_traceback(Thread *t, Value exc);
void exception_set_traceback_take(Thread *t, Value exc, Value traceback_or_empty);
/* A further entry in front of the traceback, which *next gets, owned or empty. */
void exception_push_traceback_take(Thread *t, Value exc, Value traceback, Value *next);
Value exception_get_context(Thread *t, Value exc);
void exception_set_context_take(Thread *t, Value exc, Value context_or_empty);
Value exception_get_cause(Thread *t, Value exc);
void exception_set_cause_take(Thread *t, Value exc, Value cause_or_empty); /* sets suppress_context, as `from` does */
/* UnicodeEncodeError, UnicodeDecodeError (object: bytes) and UnicodeTranslateError (encoding is not looked at) for the codecs. */
MUST_CHECK Value exception_new_unicode(Thread *t, ExceptionId id, const char *encoding, Value object, int64_t start,
                                       int64_t end, const char *reason);
/* Raises StopIteration(value), as a generator's return does; returns empty. */
Value exception_stop_iteration(Thread *t, Value value);
/* Splits an exception for except*: *match and *rest are owned, None where there is nothing. 0 or -1. */
int exception_group_split(Thread *t, Value exc, Value pattern, Value *match, Value *rest);
/* Builds what to raise after except* clauses from the original and the exceptions raised or re-raised in them (a list). */
Value exception_group_prep_reraise(Thread *t, Value original, Value raised_list);

/* ---- between exception.c and exception_*.c ---- */

/* What a layout column of exception.def stands for.  `methods`, `getsets` and `members` belong to the first type of the layout, its children inherit them. */
typedef struct ExceptionLayout {
    uint32_t size;
    const NativeDef *const *methods;
    const GetSetDef *getsets;
    const MemberDef *members;
    Slots slots;
} ExceptionLayout;
extern const ExceptionLayout exception_layout_Base, exception_layout_StopIteration, exception_layout_SystemExit,
    exception_layout_Import, exception_layout_Name, exception_layout_Attribute, exception_layout_OS,
    exception_layout_Syntax, exception_layout_UnicodeEncode, exception_layout_UnicodeDecode,
    exception_layout_UnicodeTranslate, exception_layout_Group;
/* Slots.dealloc, traverse and clear of a layout whose struct adds `count` Values from offset `first` on: for the layouts' files. */
#define EXCEPTION_LIFE(name, first, count)                                                                             \
    static void name##_clear(Thread *t, Object *o)                                                                     \
    {                                                                                                                  \
        for (uint32_t i = 0; i < (count); i++)                                                                         \
            ref_clear(t, (Value *)((char *)o + (first)) + i);                                                          \
        exception_clear(t, o);                                                                                         \
    }                                                                                                                  \
    static void name##_dealloc(Thread *t, Object *o) { name##_clear(t, o); }                                           \
    static int name##_traverse(Object *o, VisitFn visit, void *arg)                                                    \
    {                                                                                                                  \
        for (uint32_t i = 0; i < (count); i++)                                                                         \
            VISIT(((Value *)((char *)o + (first)))[i]);                                                                \
        return exception_traverse(o, visit, arg);                                                                      \
    }
int exception_bootstrap_os(Thread *t); /* the table from errno to subclass */

/* The slots of BaseException, which the others build on. */
Value exception_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names);
int exception_init(Thread *t, Value self, const Value *args, uint32_t n, Value names);
int exception_init_positional(Thread *t, Value self, const Value *args, uint32_t n); /* sets self.args */
Value exception_repr(Thread *t, Value self);
Value exception_str(Thread *t, Value self);
void exception_dealloc(Thread *t, Object *o);
int exception_traverse(Object *o, VisitFn visit, void *arg);
void exception_clear(Thread *t, Object *o);
/* A field, owned or empty; and its replacement by a borrowed value (empty allowed). */
Value exception_field(Thread *t, Value self, const Value *slot);
/* The instance's dict, owned, or empty. 0 or -1. */
int exception_get_dict(Thread *t, Value self, Value *dict);
void exception_set_field(Thread *t, Value self, Value *slot, Value value);
static inline bool exception_has_keywords(Value names)
{
    return !value_is_empty(names) && ((const Tuple *)value_object(names))->length > 0;
}
/* TypeError "X() takes no keyword arguments" where there are any: 0 or -1. */
int exception_refuse_keywords(Thread *t, Type *type, Value names);

/* State of the exceptions of one interpreter (interp->exception_state). */
#define EXCEPTION_SPARE_MEMORY_ERRORS 4
typedef struct ExceptionState {
    TypeSpec specs[EXC_COUNT];
    Value spare[EXCEPTION_SPARE_MEMORY_ERRORS]; /* MemoryErrors, each handed out once and replaced when one dies */
    Value last_resort;                          /* raised when none is left: shared */
    Value errno_map;                            /* dict: errno -> subclass of OSError */
} ExceptionState;
static inline ExceptionState *exception_state(Thread *t) { return (ExceptionState *)t->interp->exception_state; }

#endif
