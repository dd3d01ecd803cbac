/* type_alias.c: TypeAliasType (the statement `type A = ...`), Generic and NoDefault.
 *
 * An alias's value is evaluated when it is first asked for and published under the object's lock.  Read next: typevar.c, generic_alias.c. */
#include "../run/frame_access.h"
#include "generic_alias.h"
#include "type_internal.h"
#include "typevar.h"

typedef struct TypeAlias {
    Object head;
    Value name;
    Value params; /* tuple, or empty */
    Value value, evaluate_value;
    Value module; /* or empty */
} TypeAlias;

static TypeAlias *alias_of(Value v) { return (TypeAlias *)value_object(v); }

static void alias_dealloc(Thread *t, Object *o)
{
    TypeAlias *a = (TypeAlias *)o;
    ref_dec(t, a->name);
    ref_dec(t, a->params);
    ref_dec(t, a->value);
    ref_dec(t, a->evaluate_value);
    ref_dec(t, a->module);
}

static int alias_traverse(Object *o, VisitFn visit, void *arg)
{
    TypeAlias *a = (TypeAlias *)o;
    VISIT(a->params);
    VISIT(a->value);
    VISIT(a->evaluate_value);
    VISIT(a->module);
    return 0;
}

static void alias_clear(Thread *t, Object *o)
{
    TypeAlias *a = (TypeAlias *)o;
    ref_clear(t, &a->params);
    ref_clear(t, &a->value);
    ref_clear(t, &a->evaluate_value);
    ref_clear(t, &a->module);
}

static TypeAlias *alias_alloc(Thread *t, Value name, Value params)
{
    Type *type = typing_type(t, TYPING_TYPE_ALIAS);
    TypeAlias *a = type ? alloc_object(t, type, sizeof *a) : NULL;
    if (!a)
        return NULL;
    a->name = ref_inc(t, name);
    if (tuple_check(params) && tuple_length(params))
        a->params = ref_inc(t, params);
    return a;
}

Value type_alias_new(Thread *t, Value name, Value params, Value evaluate_value)
{
    TypeAlias *a = alias_alloc(t, name, params);
    if (a)
        a->evaluate_value = ref_inc(t, evaluate_value);
    return value_of(a);
}

/* Parameters must be type parameters, those with a default last. */
static int check_params(Thread *t, Value params)
{
    bool default_seen = false;
    for (size_t i = 0; i < tuple_length(params); i++) {
        Value param = tuple_peek(params, i);
        if (!object_is_native(param, &type_spec_typevar) && !object_is_native(param, &type_spec_paramspec) &&
            !object_is_native(param, &type_spec_typevartuple)) {
            error_set(t, EXC_TypeError, "Expected a type param, got %V", param);
            return -1;
        }
        const TypeParameter *p = (const TypeParameter *)value_object(param);
        bool has_default =
            !value_is_empty(p->evaluate_default) ||
            (!value_is_empty(p->default_value) && !value_is(p->default_value, t->interp->typing_no_default));
        if (!has_default && default_seen) {
            error_set(t, EXC_TypeError, "non-default type parameter '%S' follows default type parameter", param);
            return -1;
        }
        default_seen |= has_default;
    }
    return 0;
}

static Value alias_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value out[3];
    if (native_parse(t, "typealias", "(name, value, *, type_params=())", args, n, names, out) < 0)
        return VALUE_EMPTY;
    if (!str_check(out[0]))
        return error_set(t, EXC_TypeError, "typealias() argument 'name' must be str, not %T", out[0]);
    if (!value_is_empty(out[2])) {
        if (!tuple_check(out[2]))
            return error_set(t, EXC_TypeError, "type_params must be a tuple");
        if (check_params(t, out[2]) < 0)
            return VALUE_EMPTY;
    }
    Value module = typing_caller(t);
    TypeAlias *a = value_is_empty(module) ? NULL : alias_alloc(t, out[0], out[2]);
    if (!a) {
        ref_dec(t, module);
        return VALUE_EMPTY;
    }
    a->value = ref_inc(t, out[1]);
    a->module = module;
    return value_of(a);
}

static Value alias_repr(Thread *t, Value self) { return ref_inc(t, alias_of(self)->name); }

static Value get_value(Thread *t, Value self)
{
    TypeAlias *a = alias_of(self);
    return typing_evaluate(t, a, &a->value, &a->evaluate_value, VALUE_NONE);
}

static Value get_evaluate_value(Thread *t, Value self)
{
    TypeAlias *a = alias_of(self);
    return value_is_empty(a->evaluate_value) ? const_evaluator_new(t, a->value) : ref_inc(t, a->evaluate_value);
}

static Value get_type_params(Thread *t, Value self)
{
    TypeAlias *a = alias_of(self);
    return ref_inc(t, value_is_empty(a->params) ? t->interp->empty_tuple : a->params);
}

/* The parameters with each TypeVarTuple unpacked. */
static Value get_parameters(Thread *t, Value self)
{
    Value params = alias_of(self)->params;
    if (value_is_empty(params))
        return ref_inc(t, t->interp->empty_tuple);
    Value list = list_new(t, tuple_length(params));
    bool failed = value_is_empty(list);
    for (size_t i = 0; !failed && i < tuple_length(params); i++) {
        Value param = tuple_peek(params, i);
        failed = object_is_native(param, &type_spec_typevartuple) ? list_extend(t, list, param) < 0
                                                                  : list_append(t, list, param) < 0;
    }
    Value result = failed ? VALUE_EMPTY : list_to_tuple(t, list);
    ref_dec(t, list);
    return result;
}

static Value get_module(Thread *t, Value self)
{
    TypeAlias *a = alias_of(self);
    if (!value_is_empty(a->module))
        return ref_inc(t, a->module);
    if (value_is_empty(a->evaluate_value))
        return VALUE_NONE;
    Value module;
    int found = object_getattr_optional(t, a->evaluate_value, ID(t, __module__), &module);
    return found < 0 ? VALUE_EMPTY : found ? module : VALUE_NONE;
}

static Value alias_getitem(Thread *t, Value self, Value key)
{
    if (value_is_empty(alias_of(self)->params))
        return error_set(t, EXC_TypeError, "Only generic type aliases are subscriptable");
    return generic_alias_new(t, self, key);
}

NATIVE(alias_reduce, "__reduce__", "($self, /)", "How pickle finds the alias again: by its name.")
{
    return ref_inc(t, alias_of(args[0])->name);
}

static const NativeDef *const alias_methods[] = {&native_alias_reduce, NULL};
static const GetSetDef alias_getsets[] = {
    {"__parameters__", get_parameters, NULL, NULL}, {"__type_params__", get_type_params, NULL, NULL},
    {"__value__", get_value, NULL, NULL},           {"evaluate_value", get_evaluate_value, NULL, NULL},
    {"__module__", get_module, NULL, NULL},         {NULL, NULL, NULL, NULL},
};
static const MemberDef alias_members[] = {
    {"__name__", MEMBER_VALUE, offsetof(TypeAlias, name), false, NULL},
    {NULL, MEMBER_VALUE, 0, false, NULL},
};

const TypeSpec type_spec_type_alias = {
    .name = "typing.TypeAliasType",
    .doc = "A named type, made by the statement `type Name = ...`.",
    .kind = KIND_OBJECT,
    .flags = TYPE_IMMUTABLE,
    .size = sizeof(TypeAlias),
    .methods = alias_methods,
    .getsets = alias_getsets,
    .members = alias_members,
    .slots = {.dealloc = alias_dealloc,
              .traverse = alias_traverse,
              .clear = alias_clear,
              .create = alias_create,
              .repr = alias_repr,
              .iter = typing_unpack_iter,
              .getitem = alias_getitem,
              .binary = {[BINARY_OR] = union_or}},
};

/* ---- Generic ---- */

NATIVE_FLAGS(generic_class_getitem, "__class_getitem__", "($type, /, *args, **kwargs)",
             "Makes a parametrized class: Class[args].", NATIVE_CLASS)
{
    return typing_call(t, "_generic_class_getitem", args, n);
}

NATIVE_FLAGS(generic_init_subclass, "__init_subclass__", "($type, /, *args, **kwargs)",
             "Finds the type parameters of a new generic class.", NATIVE_CLASS)
{
    Value function = import_module_attr(t, "typing", "_generic_init_subclass");
    if (value_is_empty(function))
        return VALUE_EMPTY;
    Value result = object_call(t, function, args, n, names);
    ref_dec(t, function);
    return result;
}

static const NativeDef *const generic_methods[] = {&native_generic_class_getitem, &native_generic_init_subclass, NULL};

const TypeSpec type_spec_generic = {
    .name = "typing.Generic",
    .doc = "The base of generic classes; `class C[T]` derives from it implicitly.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE,
    .size = sizeof(Object),
    .methods = generic_methods,
    .slots = {.create = type_create_plain},
};

Value typing_subscript_generic(Thread *t, Value params)
{
    Type *generic = typing_type(t, TYPING_GENERIC);
    if (!generic)
        return VALUE_EMPTY;
    /* typing unpacks each TypeVarTuple. */
    Value list = list_new(t, tuple_length(params));
    bool failed = value_is_empty(list);
    for (size_t i = 0; !failed && i < tuple_length(params); i++) {
        Value param = tuple_peek(params, i);
        failed = object_is_native(param, &type_spec_typevartuple) ? list_extend(t, list, param) < 0
                                                                  : list_append(t, list, param) < 0;
    }
    Value unpacked = failed ? VALUE_EMPTY : list_to_tuple(t, list), result = VALUE_EMPTY;
    ref_dec(t, list);
    if (!value_is_empty(unpacked)) {
        const Value args[2] = {value_of(generic), unpacked};
        result = typing_call(t, "_GenericAlias", args, 2);
    }
    ref_dec(t, unpacked);
    return result;
}

/* ---- NoDefault ---- */

static Value no_default_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    if (n || (!value_is_empty(names) && tuple_length(names)))
        return error_set(t, EXC_TypeError, "NoDefaultType takes no arguments");
    return typing_no_default(t);
}

static Value no_default_repr(Thread *t, Value self) { return str_from_string(t, "typing.NoDefault"); }

NATIVE(no_default_reduce, "__reduce__", "($self, /)", "How pickle finds the object again: by its name.")
{
    return str_from_string(t, "NoDefault");
}

static const NativeDef *const no_default_methods[] = {&native_no_default_reduce, NULL};

const TypeSpec type_spec_no_default = {
    .name = "NoDefaultType",
    .doc = "The type of NoDefault, which says that a type parameter has no default.",
    .kind = KIND_OBJECT,
    .flags = TYPE_IMMUTABLE,
    .size = sizeof(Object),
    .methods = no_default_methods,
    .slots = {.create = no_default_create, .repr = no_default_repr},
};
