/* typevar.c: TypeVar, ParamSpec, TypeVarTuple and the arguments of a ParamSpec.
 *
 * A parameter's bound, constraints and default are evaluated when they are first asked for; the result is published under the object's lock.
 * Substitution is the module typing's: the methods here call its functions.  Read next: typevar.h, type_alias.c, generic_alias.c. */
#include "typevar.h"

#include "../run/frame_access.h"
#include "generic_alias.h"
#include "type_internal.h"

/* ---- the types ---- */

Type *typing_type(Thread *t, TypingType which)
{
    static const TypeSpec *const specs[] = {
        &type_spec_typevar,        &type_spec_paramspec,        &type_spec_typevartuple,
        &type_spec_paramspec_args, &type_spec_paramspec_kwargs, &type_spec_type_alias,
        &type_spec_generic,        &type_spec_no_default,       &type_spec_const_evaluator};
    Type *type = atomic_load_explicit(&t->interp->typing_types[which], memory_order_acquire);
    if (LIKELY(type != NULL))
        return type;
    type = type_from_spec(t, specs[which], NULL);
    if (!type)
        return NULL;
    Type *expected = NULL;
    if (!atomic_compare_exchange_strong(&t->interp->typing_types[which], &expected, type))
        return expected; /* another thread was faster; native types are immortal */
    return type;
}

Value typing_no_default(Thread *t)
{
    Value value = slot_peek(&t->interp->typing_no_default);
    if (!value_is_empty(value))
        return value;
    Type *type = typing_type(t, TYPING_NO_DEFAULT);
    Object *o = type ? alloc_object(t, type, sizeof(Object)) : NULL;
    if (!o)
        return VALUE_EMPTY;
    ref_make_immortal(o);
    type_lock(t);
    if (value_is_empty(t->interp->typing_no_default))
        slot_store(&t->interp->typing_no_default, value_of(o));
    value = t->interp->typing_no_default;
    type_unlock(t);
    return value;
}

/* ---- helpers ---- */

static TypeParameter *parameter_of(Value v) { return (TypeParameter *)value_object(v); }

Value typing_call(Thread *t, const char *name, const Value *args, uint32_t n)
{
    Value function = import_module_attr(t, "typing", name);
    if (value_is_empty(function))
        return VALUE_EMPTY;
    Value result = object_call(t, function, args, n, VALUE_EMPTY);
    ref_dec(t, function);
    return result;
}

Value typing_caller(Thread *t)
{
    Value globals = frame_access_globals(t), name;
    if (value_is_empty(globals))
        return VALUE_NONE;
    int found = dict_get_optional(t, globals, ID(t, __name__), &name);
    return found < 0 ? VALUE_EMPTY : found ? name : VALUE_NONE;
}

Value typing_unpack_iter(Thread *t, Value self)
{
    Value unpack = import_module_attr(t, "typing", "Unpack");
    if (value_is_empty(unpack))
        return VALUE_EMPTY;
    Value unpacked = object_getitem(t, unpack, self);
    ref_dec(t, unpack);
    Value tuple = value_is_empty(unpacked) ? VALUE_EMPTY : tuple_pack(t, 1, unpacked);
    ref_dec(t, unpacked);
    Value iterator = value_is_empty(tuple) ? VALUE_EMPTY : object_iter(t, tuple);
    ref_dec(t, tuple);
    return iterator;
}

static Value read_field(Thread *t, void *owner, const Value *field)
{
    objlock_enter(t, owner);
    Value v = ref_inc(t, *field);
    objlock_exit(t, owner);
    return v;
}

Value typing_evaluate(Thread *t, void *owner, Value *value, const Value *evaluate, Value none)
{
    Value known = read_field(t, owner, value);
    if (!value_is_empty(known))
        return known;
    Value evaluator = read_field(t, owner, evaluate);
    if (value_is_empty(evaluator))
        return ref_inc(t, none);
    Value result = object_call1(t, evaluator, value_from_int(1));
    ref_dec(t, evaluator);
    if (value_is_empty(result))
        return VALUE_EMPTY;
    objlock_enter(t, owner);
    Value old = *value;
    slot_store(value, ref_inc(t, result));
    objlock_exit(t, owner);
    ref_dec(t, old);
    return result;
}

/* What may stand for a type: owned. */
static Value check_type(Thread *t, Value v, const char *message)
{
    if (value_is_none(v))
        return ref_inc(t, value_of(t->types[KIND_NONE]));
    Value text = str_from_string(t, message);
    if (value_is_empty(text))
        return VALUE_EMPTY;
    const Value args[2] = {v, text};
    Value result = typing_call(t, "_type_check", args, 2);
    ref_dec(t, text);
    return result;
}

/* ---- const evaluators ---- */

typedef struct ConstEvaluator {
    Object head;
    Value value;
} ConstEvaluator;

Value const_evaluator_new(Thread *t, Value value)
{
    Type *type = typing_type(t, TYPING_CONST_EVALUATOR);
    ConstEvaluator *e = type ? alloc_object(t, type, sizeof *e) : NULL;
    if (!e)
        return VALUE_EMPTY;
    e->value = ref_inc(t, value);
    return value_of(e);
}

static void const_evaluator_dealloc(Thread *t, Object *o) { ref_dec(t, ((ConstEvaluator *)o)->value); }

static int const_evaluator_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((ConstEvaluator *)o)->value);
    return 0;
}

static void const_evaluator_clear(Thread *t, Object *o) { ref_clear(t, &((ConstEvaluator *)o)->value); }

static Value const_evaluator_repr(Thread *t, Value self)
{
    return str_format(t, "<constevaluator %V>", ((ConstEvaluator *)value_object(self))->value);
}

/* The value as source text: format STRING. */
static Value as_source(Thread *t, Value value)
{
    StrBuilder b = {0};
    if (!tuple_check(value)) {
        if (generic_alias_repr_item(t, &b, value) < 0)
            goto fail;
        return strbuilder_finish(t, &b);
    }
    if (strbuilder_char(t, &b, '(') < 0)
        goto fail;
    for (size_t i = 0; i < tuple_length(value); i++) {
        if ((i && strbuilder_string(t, &b, ", ") < 0) || generic_alias_repr_item(t, &b, tuple_peek(value, i)) < 0)
            goto fail;
    }
    if (strbuilder_string(t, &b, tuple_length(value) == 1 ? ",)" : ")") < 0)
        goto fail;
    return strbuilder_finish(t, &b);
fail:
    strbuilder_discard(t, &b);
    return VALUE_EMPTY;
}

static Value const_evaluator_call(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Value format;
    int which;
    if (native_parse(t, "constevaluator.__call__", "(format)", args, n, names, &format) < 0 ||
        int_to_int(t, format, &which) < 0)
        return VALUE_EMPTY;
    Value value = ((ConstEvaluator *)value_object(self))->value;
    return which == 4 ? as_source(t, value) : ref_inc(t, value);
}

const TypeSpec type_spec_const_evaluator = {
    .name = "_typing._ConstEvaluator",
    .doc = "An evaluator of a value that is known.",
    .kind = KIND_OBJECT,
    .flags = TYPE_IMMUTABLE,
    .size = sizeof(ConstEvaluator),
    .slots = {.dealloc = const_evaluator_dealloc,
              .traverse = const_evaluator_traverse,
              .clear = const_evaluator_clear,
              .repr = const_evaluator_repr,
              .call = const_evaluator_call},
};

/* ---- what all type parameters share ---- */

static TypeParameter *parameter_alloc(Thread *t, TypingType which, Value name)
{
    Type *type = typing_type(t, which);
    TypeParameter *p = type ? alloc_object(t, type, sizeof *p) : NULL;
    if (p)
        p->name = ref_inc(t, name);
    return p;
}

static void parameter_dealloc(Thread *t, Object *o)
{
    TypeParameter *p = (TypeParameter *)o;
    Value *fields[] = {&p->name,
                       &p->bound,
                       &p->evaluate_bound,
                       &p->constraints,
                       &p->evaluate_constraints,
                       &p->default_value,
                       &p->evaluate_default,
                       &p->dict};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        ref_clear(t, fields[i]);
}

static void parameter_clear(Thread *t, Object *o)
{
    TypeParameter *p = (TypeParameter *)o;
    Value *fields[] = {&p->bound,         &p->evaluate_bound,   &p->constraints, &p->evaluate_constraints,
                       &p->default_value, &p->evaluate_default, &p->dict};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        ref_clear(t, fields[i]);
}

static int parameter_traverse(Object *o, VisitFn visit, void *arg)
{
    TypeParameter *p = (TypeParameter *)o;
    VISIT(p->bound);
    VISIT(p->evaluate_bound);
    VISIT(p->constraints);
    VISIT(p->evaluate_constraints);
    VISIT(p->default_value);
    VISIT(p->evaluate_default);
    VISIT(p->dict);
    return 0;
}

static Value parameter_repr(Thread *t, Value self)
{
    const TypeParameter *p = parameter_of(self);
    if (p->infer_variance)
        return ref_inc(t, p->name);
    return str_format(t, "%c%U", p->covariant ? '+' : p->contravariant ? '-' : '~', p->name);
}

static Value name_repr(Thread *t, Value self) { return ref_inc(t, parameter_of(self)->name); }

/* The module that defines a parameter is an attribute of its own; it is None where the code belongs to none. */
static Value with_module_take(Thread *t, Value parameter, Value module)
{
    if (value_is_empty(parameter) || value_is_empty(module) ||
        object_setattr(t, parameter, ID(t, __module__), module) < 0) {
        ref_dec(t, parameter);
        parameter = VALUE_EMPTY;
    }
    ref_dec(t, module);
    return parameter;
}

static Value get_default(Thread *t, Value self)
{
    TypeParameter *p = parameter_of(self);
    Value none = typing_no_default(t);
    return value_is_empty(none) ? VALUE_EMPTY : typing_evaluate(t, p, &p->default_value, &p->evaluate_default, none);
}

/* The evaluator, or one for the value that is known, or None. */
static Value get_evaluator(Thread *t, void *owner, const Value *evaluate, const Value *value)
{
    Value evaluator = read_field(t, owner, evaluate);
    if (!value_is_empty(evaluator))
        return evaluator;
    Value known = read_field(t, owner, value);
    if (value_is_empty(known))
        return VALUE_NONE;
    evaluator = const_evaluator_new(t, known);
    ref_dec(t, known);
    return evaluator;
}

static Value get_evaluate_default(Thread *t, Value self)
{
    TypeParameter *p = parameter_of(self);
    if (value_is_empty(p->default_value) && value_is_empty(p->evaluate_default)) {
        Value none = typing_no_default(t);
        return value_is_empty(none) ? VALUE_EMPTY : const_evaluator_new(t, none);
    }
    return get_evaluator(t, p, &p->evaluate_default, &p->default_value);
}

static bool has_default(Thread *t, const TypeParameter *p)
{
    return !value_is_empty(p->evaluate_default) ||
           (!value_is_empty(p->default_value) && !value_is(p->default_value, t->interp->typing_no_default));
}

NATIVE(has_default, "has_default", "($self, /)", "Has the parameter a default?")
{
    return value_from_bool(has_default(t, parameter_of(args[0])));
}
NATIVE(reduce, "__reduce__", "($self, /)", "How pickle finds the parameter again: by its name.")
{
    return ref_inc(t, parameter_of(args[0])->name);
}

static Value refuse_subclass(Thread *t, const char *what)
{
    return error_set(t, EXC_TypeError, "Cannot subclass an instance of %s", what);
}
NATIVE(typevar_mro_entries, "__mro_entries__", "($self, bases, /)", NULL) { return refuse_subclass(t, "TypeVar"); }
NATIVE(paramspec_mro_entries, "__mro_entries__", "($self, bases, /)", NULL) { return refuse_subclass(t, "ParamSpec"); }
NATIVE(typevartuple_mro_entries, "__mro_entries__", "($self, bases, /)", NULL)
{
    return refuse_subclass(t, "TypeVarTuple");
}
NATIVE(args_mro_entries, "__mro_entries__", "($self, bases, /)", NULL) { return refuse_subclass(t, "ParamSpecArgs"); }
NATIVE(kwargs_mro_entries, "__mro_entries__", "($self, bases, /)", NULL)
{
    return refuse_subclass(t, "ParamSpecKwargs");
}

static Value parameter_or(Thread *t, Value a, Value b)
{
    Value args = tuple_pack(t, 2, a, b);
    if (value_is_empty(args))
        return VALUE_EMPTY;
    Value result = union_new(t, args);
    ref_dec(t, args);
    return result;
}

Value typevar_set_default(Thread *t, Value parameter, Value evaluate_default)
{
    TypeParameter *p = parameter_of(parameter);
    slot_replace_take(t, &p->evaluate_default, ref_inc(t, evaluate_default));
    return ref_inc(t, parameter);
}

static int check_name(Thread *t, const char *function, Value name)
{
    if (str_check(name))
        return 0;
    error_set(t, EXC_TypeError, "%s() argument 'name' must be str, not %T", function, name);
    return -1;
}

static int truth_or(Thread *t, Value v, bool *out)
{
    int truth = value_is_empty(v) ? 0 : object_truth(t, v);
    *out = truth > 0;
    return truth < 0 ? -1 : 0;
}

static int check_variance(Thread *t, const TypeParameter *p)
{
    if (p->covariant && p->contravariant)
        error_set(t, EXC_ValueError, "Bivariant types are not supported.");
    else if (p->infer_variance && (p->covariant || p->contravariant))
        error_set(t, EXC_ValueError, "Variance cannot be specified with infer_variance.");
    else
        return 0;
    return -1;
}

/* ---- TypeVar ---- */

static Value typevar_make(Thread *t, Value name, Value evaluate_bound, Value evaluate_constraints)
{
    TypeParameter *p = parameter_alloc(t, TYPING_TYPEVAR, name);
    if (!p)
        return VALUE_EMPTY;
    p->evaluate_bound = ref_inc(t, evaluate_bound);
    p->evaluate_constraints = ref_inc(t, evaluate_constraints);
    p->infer_variance = true;
    return value_of(p);
}

Value typevar_new(Thread *t, Value name) { return typevar_make(t, name, VALUE_EMPTY, VALUE_EMPTY); }
Value typevar_new_bound(Thread *t, Value name, Value evaluate) { return typevar_make(t, name, evaluate, VALUE_EMPTY); }
Value typevar_new_constraints(Thread *t, Value name, Value evaluate)
{
    return typevar_make(t, name, VALUE_EMPTY, evaluate);
}

static Value typevar_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value out[6];
    if (native_parse(t, "typevar",
                     "(name, *constraints, bound=None, default=typing.NoDefault, covariant=False, contravariant=False, "
                     "infer_variance=False)",
                     args, n, names, out) < 0 ||
        check_name(t, "typevar", out[0]) < 0)
        return VALUE_EMPTY;
    uint32_t constraints = n > 1 ? n - 1 : 0;
    bool bounded = !value_is_empty(out[1]) && !value_is_none(out[1]);
    TypeParameter *p = parameter_alloc(t, TYPING_TYPEVAR, out[0]);
    if (!p)
        return VALUE_EMPTY;
    if (truth_or(t, out[3], &p->covariant) < 0 || truth_or(t, out[4], &p->contravariant) < 0 ||
        truth_or(t, out[5], &p->infer_variance) < 0 || check_variance(t, p) < 0)
        goto fail;
    if (bounded) {
        p->bound = check_type(t, out[1], "Bound must be a type.");
        if (value_is_empty(p->bound))
            goto fail;
    }
    if (constraints == 1) {
        error_set(t, EXC_TypeError, "A single constraint is not allowed");
        goto fail;
    }
    if (constraints && bounded) {
        error_set(t, EXC_TypeError, "Constraints cannot be combined with bound=...");
        goto fail;
    }
    p->constraints = tuple_from_array(t, args + 1, constraints);
    if (value_is_empty(p->constraints))
        goto fail;
    p->default_value = ref_inc(t, out[2]);
    return with_module_take(t, value_of(p), typing_caller(t));
fail:
    ref_dec_ptr(t, p);
    return VALUE_EMPTY;
}

static Value get_bound(Thread *t, Value self)
{
    TypeParameter *p = parameter_of(self);
    return typing_evaluate(t, p, &p->bound, &p->evaluate_bound, VALUE_NONE);
}
static Value get_constraints(Thread *t, Value self)
{
    TypeParameter *p = parameter_of(self);
    return typing_evaluate(t, p, &p->constraints, &p->evaluate_constraints, t->interp->empty_tuple);
}
static Value get_evaluate_bound(Thread *t, Value self)
{
    TypeParameter *p = parameter_of(self);
    return get_evaluator(t, p, &p->evaluate_bound, &p->bound);
}
static Value get_evaluate_constraints(Thread *t, Value self)
{
    TypeParameter *p = parameter_of(self);
    if (value_is_empty(p->evaluate_constraints) && tuple_check(p->constraints) && tuple_length(p->constraints) == 0)
        return VALUE_NONE;
    return get_evaluator(t, p, &p->evaluate_constraints, &p->constraints);
}

NATIVE(typevar_subst, "__typing_subst__", "($self, arg, /)", NULL) { return typing_call(t, "_typevar_subst", args, 2); }

NATIVE(typevar_prepare_subst, "__typing_prepare_subst__", "($self, alias, args, /)", NULL)
{
    Value self = args[0], alias = args[1], given = args[2], result = VALUE_EMPTY;
    Value parameters = object_getattr(t, alias, ID(t, __parameters__));
    if (value_is_empty(parameters))
        return VALUE_EMPTY;
    int64_t count = object_len(t, given);
    Value position =
        count < 0 ? VALUE_EMPTY : object_call_method_string(t, parameters, "index", self, VALUE_EMPTY, VALUE_EMPTY);
    ref_dec(t, parameters);
    int64_t index;
    if (value_is_empty(position) || int_to_int64(t, position, &index) < 0)
        goto done;
    if (index < count) {
        result = ref_inc(t, given);
    } else if (index == count && has_default(t, parameter_of(self))) {
        Value value = get_default(t, self);
        Value extra = value_is_empty(value) ? VALUE_EMPTY : tuple_pack(t, 1, value);
        ref_dec(t, value);
        if (!value_is_empty(extra))
            result = number_binary(t, BINARY_ADD, given, extra);
        ref_dec(t, extra);
    } else {
        error_set(t, EXC_TypeError, "Too few arguments for %S; actual %lld, expected at least %lld", alias,
                  (long long)count, (long long)index + 1);
    }
done:
    ref_dec(t, position);
    return result;
}

static const NativeDef *const typevar_methods[] = {
    &native_typevar_subst,
    &native_typevar_prepare_subst,
    &native_typevar_mro_entries,
    &native_has_default,
    &native_reduce,
    NULL,
};
static const GetSetDef typevar_getsets[] = {
    {"__bound__", get_bound, NULL, NULL},
    {"__constraints__", get_constraints, NULL, NULL},
    {"__default__", get_default, NULL, NULL},
    {"evaluate_bound", get_evaluate_bound, NULL, NULL},
    {"evaluate_constraints", get_evaluate_constraints, NULL, NULL},
    {"evaluate_default", get_evaluate_default, NULL, NULL},
    {NULL, NULL, NULL, NULL},
};
#define VARIANCE_MEMBERS                                                                                               \
    {"__covariant__", MEMBER_BOOL, offsetof(TypeParameter, covariant), false, NULL},                                   \
        {"__contravariant__", MEMBER_BOOL, offsetof(TypeParameter, contravariant), false, NULL},                       \
    {                                                                                                                  \
        "__infer_variance__", MEMBER_BOOL, offsetof(TypeParameter, infer_variance), false, NULL                        \
    }
static const MemberDef typevar_members[] = {
    {"__name__", MEMBER_VALUE, offsetof(TypeParameter, name), false, NULL},
    VARIANCE_MEMBERS,
    {NULL, MEMBER_VALUE, 0, false, NULL},
};

#define PARAMETER_SPEC(python_name, docs, create_fn, repr_fn, or_fn, iter_fn, methods_, getsets_, members_)            \
    {                                                                                                                  \
        .name = python_name, .doc = docs, .kind = KIND_OBJECT, .flags = TYPE_IMMUTABLE, .size = sizeof(TypeParameter), \
        .dict_offset = offsetof(TypeParameter, dict), .weak_offset = offsetof(TypeParameter, weakrefs),                \
        .methods = methods_, .getsets = getsets_, .members = members_,                                                 \
        .slots = {.dealloc = parameter_dealloc,                                                                        \
                  .traverse = parameter_traverse,                                                                      \
                  .clear = parameter_clear,                                                                            \
                  .create = create_fn,                                                                                 \
                  .repr = repr_fn,                                                                                     \
                  .iter = iter_fn,                                                                                     \
                  .binary = {[BINARY_OR] = or_fn}},                                                                    \
    }

const TypeSpec type_spec_typevar = PARAMETER_SPEC(
    "typing.TypeVar", "A type variable: it stands for any one type, within its bound or constraints.", typevar_create,
    parameter_repr, parameter_or, NULL, typevar_methods, typevar_getsets, typevar_members);

/* ---- ParamSpec ---- */

typedef struct ParamSpecPart { /* P.args, P.kwargs */
    Object head;
    Object *weakrefs;
    Value origin;
} ParamSpecPart;

Value paramspec_new(Thread *t, Value name)
{
    TypeParameter *p = parameter_alloc(t, TYPING_PARAMSPEC, name);
    if (p)
        p->infer_variance = true;
    return value_of(p);
}

static Value paramspec_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value out[6];
    if (native_parse(t, "paramspec",
                     "(name, *, bound=None, default=typing.NoDefault, covariant=False, contravariant=False, "
                     "infer_variance=False)",
                     args, n, names, out) < 0 ||
        check_name(t, "paramspec", out[0]) < 0)
        return VALUE_EMPTY;
    TypeParameter *p = parameter_alloc(t, TYPING_PARAMSPEC, out[0]);
    if (!p)
        return VALUE_EMPTY;
    if (truth_or(t, out[3], &p->covariant) < 0 || truth_or(t, out[4], &p->contravariant) < 0 ||
        truth_or(t, out[5], &p->infer_variance) < 0 || check_variance(t, p) < 0)
        goto fail;
    p->bound = check_type(t, value_is_empty(out[1]) ? VALUE_NONE : out[1], "Bound must be a type.");
    if (value_is_empty(p->bound))
        goto fail;
    p->default_value = ref_inc(t, out[2]);
    return with_module_take(t, value_of(p), typing_caller(t));
fail:
    ref_dec_ptr(t, p);
    return VALUE_EMPTY;
}

static Value part_new(Thread *t, TypingType which, Value origin)
{
    Type *type = typing_type(t, which);
    ParamSpecPart *part = type ? alloc_object(t, type, sizeof *part) : NULL;
    if (part)
        part->origin = ref_inc(t, origin);
    return value_of(part);
}

static Value get_args(Thread *t, Value self) { return part_new(t, TYPING_PARAMSPEC_ARGS, self); }
static Value get_kwargs(Thread *t, Value self) { return part_new(t, TYPING_PARAMSPEC_KWARGS, self); }

NATIVE(paramspec_subst, "__typing_subst__", "($self, arg, /)", NULL)
{
    return typing_call(t, "_paramspec_subst", args, 2);
}
NATIVE(paramspec_prepare_subst, "__typing_prepare_subst__", "($self, alias, args, /)", NULL)
{
    return typing_call(t, "_paramspec_prepare_subst", args, 3);
}

static const NativeDef *const paramspec_methods[] = {
    &native_paramspec_subst,
    &native_paramspec_prepare_subst,
    &native_paramspec_mro_entries,
    &native_has_default,
    &native_reduce,
    NULL,
};
static const GetSetDef paramspec_getsets[] = {
    {"args", get_args, NULL, "Stands for the positional arguments."},
    {"kwargs", get_kwargs, NULL, "Stands for the keyword arguments."},
    {"__default__", get_default, NULL, NULL},
    {"evaluate_default", get_evaluate_default, NULL, NULL},
    {NULL, NULL, NULL, NULL},
};
static const MemberDef paramspec_members[] = {
    {"__name__", MEMBER_VALUE, offsetof(TypeParameter, name), false, NULL},
    {"__bound__", MEMBER_VALUE, offsetof(TypeParameter, bound), false, NULL},
    VARIANCE_MEMBERS,
    {NULL, MEMBER_VALUE, 0, false, NULL},
};

const TypeSpec type_spec_paramspec = PARAMETER_SPEC(
    "typing.ParamSpec", "A type variable that stands for the parameters of a callable.", paramspec_create,
    parameter_repr, parameter_or, NULL, paramspec_methods, paramspec_getsets, paramspec_members);

static void part_dealloc(Thread *t, Object *o) { ref_dec(t, ((ParamSpecPart *)o)->origin); }
static int part_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((ParamSpecPart *)o)->origin);
    return 0;
}
static void part_clear(Thread *t, Object *o) { ref_clear(t, &((ParamSpecPart *)o)->origin); }

static Value part_repr(Thread *t, Value self, const char *suffix)
{
    Value origin = ((ParamSpecPart *)value_object(self))->origin;
    if (object_is_native(origin, &type_spec_paramspec))
        return str_format(t, "%U.%s", parameter_of(origin)->name, suffix);
    return str_format(t, "%V.%s", origin, suffix);
}
static Value args_repr(Thread *t, Value self) { return part_repr(t, self, "args"); }
static Value kwargs_repr(Thread *t, Value self) { return part_repr(t, self, "kwargs"); }

static Value part_compare(Thread *t, Value a, Value b, Compare op)
{
    if ((op != COMPARE_EQ && op != COMPARE_NE) || type_of(t, a) != type_of(t, b))
        return VALUE_NOTIMPLEMENTED;
    return object_compare(t, ((ParamSpecPart *)value_object(a))->origin, ((ParamSpecPart *)value_object(b))->origin,
                          op);
}

static Value args_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value origin;
    return native_parse(t, "paramspecargs", "(origin)", args, n, names, &origin) < 0
               ? VALUE_EMPTY
               : part_new(t, TYPING_PARAMSPEC_ARGS, origin);
}
static Value kwargs_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value origin;
    return native_parse(t, "paramspeckwargs", "(origin)", args, n, names, &origin) < 0
               ? VALUE_EMPTY
               : part_new(t, TYPING_PARAMSPEC_KWARGS, origin);
}

static const NativeDef *const args_methods[] = {&native_args_mro_entries, NULL};
static const NativeDef *const kwargs_methods[] = {&native_kwargs_mro_entries, NULL};
static const MemberDef part_members[] = {
    {"__origin__", MEMBER_VALUE, offsetof(ParamSpecPart, origin), false, NULL},
    {NULL, MEMBER_VALUE, 0, false, NULL},
};

#define PART_SPEC(python_name, docs, methods_, create_fn, repr_fn)                                                     \
    {                                                                                                                  \
        .name = python_name, .doc = docs, .kind = KIND_OBJECT, .flags = TYPE_IMMUTABLE, .size = sizeof(ParamSpecPart), \
        .weak_offset = offsetof(ParamSpecPart, weakrefs), .methods = methods_, .members = part_members,                \
        .slots = {.dealloc = part_dealloc,                                                                             \
                  .traverse = part_traverse,                                                                           \
                  .clear = part_clear,                                                                                 \
                  .create = create_fn,                                                                                 \
                  .repr = repr_fn,                                                                                     \
                  .compare = part_compare},                                                                            \
    }
const TypeSpec type_spec_paramspec_args =
    PART_SPEC("typing.ParamSpecArgs", "The positional arguments of a ParamSpec, written P.args.", args_methods,
              args_create, args_repr);
const TypeSpec type_spec_paramspec_kwargs =
    PART_SPEC("typing.ParamSpecKwargs", "The keyword arguments of a ParamSpec, written P.kwargs.", kwargs_methods,
              kwargs_create, kwargs_repr);

/* ---- TypeVarTuple ---- */

Value typevartuple_new(Thread *t, Value name) { return value_of(parameter_alloc(t, TYPING_TYPEVARTUPLE, name)); }

static Value typevartuple_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value out[2];
    if (native_parse(t, "typevartuple", "(name, *, default=typing.NoDefault)", args, n, names, out) < 0 ||
        check_name(t, "typevartuple", out[0]) < 0)
        return VALUE_EMPTY;
    TypeParameter *p = parameter_alloc(t, TYPING_TYPEVARTUPLE, out[0]);
    if (!p)
        return VALUE_EMPTY;
    p->default_value = ref_inc(t, out[1]);
    return with_module_take(t, value_of(p), typing_caller(t));
}

NATIVE(typevartuple_subst, "__typing_subst__", "($self, arg, /)", NULL)
{
    return error_set(t, EXC_TypeError, "Substitution of bare TypeVarTuple is not supported");
}
NATIVE(typevartuple_prepare_subst, "__typing_prepare_subst__", "($self, alias, args, /)", NULL)
{
    return typing_call(t, "_typevartuple_prepare_subst", args, 3);
}

static const NativeDef *const typevartuple_methods[] = {
    &native_typevartuple_subst,
    &native_typevartuple_prepare_subst,
    &native_typevartuple_mro_entries,
    &native_has_default,
    &native_reduce,
    NULL,
};
static const GetSetDef typevartuple_getsets[] = {
    {"__default__", get_default, NULL, NULL},
    {"evaluate_default", get_evaluate_default, NULL, NULL},
    {NULL, NULL, NULL, NULL},
};
static const MemberDef typevartuple_members[] = {
    {"__name__", MEMBER_VALUE, offsetof(TypeParameter, name), false, NULL},
    {NULL, MEMBER_VALUE, 0, false, NULL},
};

const TypeSpec type_spec_typevartuple = PARAMETER_SPEC(
    "typing.TypeVarTuple", "A type variable that stands for any number of types; used as *Ts.", typevartuple_create,
    name_repr, NULL, typing_unpack_iter, typevartuple_methods, typevartuple_getsets, typevartuple_members);
