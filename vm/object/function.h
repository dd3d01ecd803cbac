/* function.h: functions written in Python. */
#ifndef BATON_OBJECT_FUNCTION_H
#define BATON_OBJECT_FUNCTION_H

#include "../compile/code.h"
#include "type.h"

typedef struct Function {
    Object head;
    Value code;     /* code object */
    Value globals;  /* dict */
    Value builtins; /* dict */
    Value name, qualname;
    Value module, doc;                   /* any object, or empty for None */
    bool doc_in_code;                    /* doc is empty because the code is not complete yet: the first constant */
    uint16_t name_place, builtins_place; /* where globals had __name__ and __builtins__ (dict_get_str_again) */
    Value defaults;                      /* tuple, or empty */
    Value kwdefaults;                    /* dict, or empty */
    Value closure;                       /* tuple of cells, or empty */
    Value annotations;                   /* dict, or empty */
    Value annotate;                      /* callable, or empty */
    Value type_params;                   /* tuple, or empty */
    Value dict;                          /* __dict__, or empty */
    Object *weakrefs;
} Function;

static inline bool function_check(Value v) { return object_is(v, KIND_FUNCTION); }
static inline Function *function_of(Value v) { return (Function *)value_object(v); }
/* A function of a code object in a namespace; the rest is empty.  `maker`: another one with these globals, or NULL: it knows its way in them. */
MUST_CHECK Value function_new(Thread *t, Value code, Value globals, const Function *maker);
/* The namespace of built-ins that code with these globals sees: globals["__builtins__"] (module or dict) or the interpreter's. Owned.
 * *place as for dict_get_str_again. */
MUST_CHECK Value function_builtins(Thread *t, Value globals, uint16_t *place);
/* Slots.call of functions: runs the eval loop (../run/call.c). */
Value function_call(Thread *t, Value function, const Value *args, uint32_t n, Value names);

#endif
