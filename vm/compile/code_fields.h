/* code_fields.h: code objects taken apart into the fields that Python sees, and put together from them. */
#ifndef BATON_COMPILE_CODE_FIELDS_H
#define BATON_COMPILE_CODE_FIELDS_H

#include "code.h"

/* The getters of those fields that are no more than derived from what a code object holds; self: its Value. */
MUST_CHECK Value code_fields_names(Thread *t, Value self);
MUST_CHECK Value code_fields_varnames(Thread *t, Value self);
MUST_CHECK Value code_fields_cellvars(Thread *t, Value self);
MUST_CHECK Value code_fields_nlocals(Thread *t, Value self);
MUST_CHECK Value code_fields_tables(Thread *t, Value self); /* co_exceptiontable */
/* CodeType(...). */
MUST_CHECK Value code_fields_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names);
/* code.replace(**changes): args[0] is the code object, the changes are behind the n positional arguments. */
MUST_CHECK Value code_fields_replace(Thread *t, const Value *args, uint32_t n, Value names);

#endif
