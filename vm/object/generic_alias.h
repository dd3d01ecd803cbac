/* generic_alias.h: types.GenericAlias (list[int]) and typing.Union (int | str). */
#ifndef BATON_OBJECT_GENERIC_ALIAS_H
#define BATON_OBJECT_GENERIC_ALIAS_H

#include "str.h"
#include "type.h"

/* origin[args]; `starred` marks what iteration yields, for *tuple[int]. */
typedef struct GenericAlias {
    Object head;
    Value origin;
    Value args;       /* tuple */
    Value parameters; /* tuple, or empty: not computed yet */
    Object *weakrefs;
    bool starred;
} GenericAlias;
extern const TypeSpec type_spec_generic_alias, type_spec_generic_alias_iterator, type_spec_union;
static inline bool generic_alias_check(Value v) { return object_is(v, KIND_GENERIC_ALIAS); }
/* origin[args]: args that is no tuple is wrapped in one. */
MUST_CHECK Value generic_alias_new(Thread *t, Value origin, Value args);
/* For `__class_getitem__` of native types: NATIVE_FLAGS(..., "__class_getitem__", "($type, object, /)", ..., NATIVE_CLASS) { return generic_alias_new(t, args[0], args[1]); } */

/* The type variables in args, in order of appearance: a tuple. */
MUST_CHECK Value generic_alias_parameters(Thread *t, Value args);
/* The same for __parameters__ of an object that keeps them in `slot` once they are known. */
MUST_CHECK Value generic_alias_cached_parameters(Thread *t, Value self, Value *slot, Value args);
/* self[item] with the parameters replaced: a new tuple of args. */
MUST_CHECK Value generic_alias_substitute(Thread *t, Value self, Value args, Value parameters, Value item);
/* Appends repr of an argument as type hints show it: classes by qualified name, Ellipsis as ... */
int generic_alias_repr_item(Thread *t, StrBuilder *b, Value item);

/* ---- union.c ---- */

typedef struct Union {
    Object head;
    Value args;            /* tuple, flattened and without duplicates, in order */
    Value hashable_args;   /* frozenset of the hashable ones, or empty */
    Value unhashable_args; /* tuple, or empty */
    Value parameters;      /* tuple, or empty: not computed yet */
    Object *weakrefs;
} Union;
static inline bool union_check(Value v) { return object_is(v, KIND_UNION); }
/* isinstance and issubclass take a union like the tuple of its args (borrowed). */
static inline Value union_peek_args(Value v) { return ((Union *)value_object(v))->args; }
/* Union of the types in a tuple (Union[...]): one type alone is returned as it is; None becomes NoneType. */
MUST_CHECK Value union_new(Thread *t, Value args_tuple);
/* a | b for types and their like, the slot of type, GenericAlias, Union ...: VALUE_NOTIMPLEMENTED unless both are unionable. */
MUST_CHECK Value union_or(Thread *t, Value a, Value b);

#endif
