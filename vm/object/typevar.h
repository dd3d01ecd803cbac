/* typevar.h: type parameters (PEP 695, PEP 696), type aliases, Generic and NoDefault: the types behind the syntax `class C[T]` and `type A = ...`, and behind the module
 * typing. */
#ifndef BATON_OBJECT_TYPEVAR_H
#define BATON_OBJECT_TYPEVAR_H

#include "type.h"

/* interp->typing_types; typing_type makes them at the first use. */
typedef enum TypingType {
    TYPING_TYPEVAR,
    TYPING_PARAMSPEC,
    TYPING_TYPEVARTUPLE,
    TYPING_PARAMSPEC_ARGS,
    TYPING_PARAMSPEC_KWARGS,
    TYPING_TYPE_ALIAS,
    TYPING_GENERIC,
    TYPING_NO_DEFAULT,
    TYPING_CONST_EVALUATOR
} TypingType;

/* Layout of TypeVar, ParamSpec and TypeVarTuple.  Bound, constraints and default may be given as evaluators: functions that take a format (PEP 649) and are called
 * with 1 when the value is first asked for.  Empty: absent or not evaluated yet. */
typedef struct TypeParameter {
    Object head;
    Value dict;
    Object *weakrefs;
    Value name;
    Value bound, evaluate_bound;
    Value constraints, evaluate_constraints;
    Value default_value, evaluate_default;
    bool covariant, contravariant, infer_variance;
} TypeParameter;

/* A type of the table above: borrowed, NULL with an exception. */
Type *typing_type(Thread *t, TypingType which);
/* typing.NoDefault: owned. */
Value typing_no_default(Thread *t);

/* What the compiler calls.  All return owned values. */
MUST_CHECK Value typevar_new(Thread *t, Value name);
MUST_CHECK Value typevar_new_bound(Thread *t, Value name, Value evaluate_bound);
MUST_CHECK Value typevar_new_constraints(Thread *t, Value name, Value evaluate_constraints);
MUST_CHECK Value paramspec_new(Thread *t, Value name);
MUST_CHECK Value typevartuple_new(Thread *t, Value name);
/* Gives a type parameter its default's evaluator; returns the parameter itself, with one more reference. */
MUST_CHECK Value typevar_set_default(Thread *t, Value parameter, Value evaluate_default);
/* params: a tuple or None. */
MUST_CHECK Value type_alias_new(Thread *t, Value name, Value params, Value evaluate_value);
/* Generic[*params]: the base of a class with type parameters. */
MUST_CHECK Value typing_subscript_generic(Thread *t, Value params);

/* ---- shared by typevar.c and type_alias.c ---- */

extern const TypeSpec type_spec_typevar, type_spec_paramspec, type_spec_typevartuple, type_spec_paramspec_args,
    type_spec_paramspec_kwargs, type_spec_type_alias, type_spec_generic, type_spec_no_default,
    type_spec_const_evaluator;
/* An evaluator that gives a value that is known already. */
MUST_CHECK Value const_evaluator_new(Thread *t, Value value);
/* typing.name(args...) */
MUST_CHECK Value typing_call(Thread *t, const char *name, const Value *args, uint32_t n);
/* iter((typing.Unpack[self],)): what *self gives. */
MUST_CHECK Value typing_unpack_iter(Thread *t, Value self);
/* __name__ of the calling Python code's module: owned; None without. */
Value typing_caller(Thread *t);
/* A value computed once by its evaluator: owned; empty with an exception. `none` is what an absent one gives (borrowed). */
Value typing_evaluate(Thread *t, void *owner, Value *value, const Value *evaluate, Value none);

#endif
