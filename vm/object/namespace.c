/* namespace.c: types.SimpleNamespace, an object that is nothing but its attributes. */
#include "namespace.h"

#include "container.h"

/* Invariant: dict is a dict from creation on. */
typedef struct Namespace {
    Object head;
    Value dict;
} Namespace;

static Value dict_in(Value self) { return ((Namespace *)value_object(self))->dict; }
static bool is_namespace(Value v) { return object_is(v, KIND_NAMESPACE); }

static Value namespace_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value dict = dict_new(t);
    Namespace *ns = value_is_empty(dict) ? NULL : type_alloc(t, type, 0);
    if (!ns) {
        ref_dec(t, dict);
        return VALUE_EMPTY;
    }
    ns->dict = dict;
    return value_of(ns);
}

Value namespace_new(Thread *t, Value dict_or_empty)
{
    Value self = namespace_create(t, t->types[KIND_NAMESPACE], NULL, 0, VALUE_EMPTY);
    if (!value_is_empty(self) && !value_is_empty(dict_or_empty) && dict_merge(t, dict_in(self), dict_or_empty, 1) < 0) {
        ref_dec(t, self);
        return VALUE_EMPTY;
    }
    return self;
}

/* The attributes given by a mapping or an iterable of pairs. */
static int take_attributes(Thread *t, Value self, Value source)
{
    Value attributes = dict_new(t), key;
    if (value_is_empty(attributes))
        return -1;
    int status = dict_update(t, attributes, source);
    for (size_t position = 0; status == 0 && dict_next(attributes, &position, &key, NULL);)
        if (!str_check(key))
            status = (error_set(t, EXC_TypeError, "keywords must be strings"), -1);
    if (status == 0)
        status = dict_merge(t, dict_in(self), attributes, 1);
    ref_dec(t, attributes);
    return status;
}

static int set_keywords(Thread *t, Value self, const Value *values, Value names)
{
    size_t count = value_is_empty(names) ? 0 : tuple_length(names);
    for (size_t i = 0; i < count; i++)
        if (dict_set(t, dict_in(self), tuple_peek(names, i), values[i]) < 0)
            return -1;
    return 0;
}

static int namespace_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    if (check_positional(t, type_name(type_of(t, self)), n, 0, 1) < 0)
        return -1;
    if (n && take_attributes(t, self, args[0]) < 0)
        return -1;
    return set_keywords(t, self, args + n, names);
}

static void namespace_dealloc(Thread *t, Object *o) { ref_dec(t, ((Namespace *)o)->dict); }

static int namespace_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((Namespace *)o)->dict);
    return 0;
}

static void namespace_clear(Thread *t, Object *o)
{
    if (dict_check(((Namespace *)o)->dict))
        dict_clear(t, ((Namespace *)o)->dict);
}

static Value namespace_repr(Thread *t, Value self)
{
    const char *name = object_is_exact(self, KIND_NAMESPACE) ? "namespace" : type_name(type_of(t, self));
    int entered = repr_enter(t, self);
    if (entered)
        return entered > 0 ? str_format(t, "%s(...)", name) : VALUE_EMPTY;
    Value dict = ref_inc(t, dict_in(self)), parts = list_new(t, 0), key, value, result = VALUE_EMPTY;
    int status = value_is_empty(parts) ? -1 : 0;
    for (size_t position = 0; status == 0 && dict_next_owned(t, dict, &position, &key, &value);) {
        if (str_check(key) && str_length(key) > 0) {
            Value part = str_format(t, "%U=%V", key, value);
            status = value_is_empty(part) ? -1 : list_append_take(t, parts, part);
        }
        ref_dec(t, key);
        ref_dec(t, value);
    }
    Value comma = status == 0 ? str_from_string(t, ", ") : VALUE_EMPTY;
    Value joined = value_is_empty(comma) ? VALUE_EMPTY : str_join(t, comma, parts);
    if (!value_is_empty(joined))
        result = str_format(t, "%s(%U)", name, joined);
    ref_dec(t, joined);
    ref_dec(t, comma);
    ref_dec(t, parts);
    ref_dec(t, dict);
    repr_leave(t, self);
    return result;
}

static Value namespace_compare(Thread *t, Value self, Value other, Compare op)
{
    if (!is_namespace(self) || !is_namespace(other))
        return VALUE_NOTIMPLEMENTED;
    return object_compare(t, dict_in(self), dict_in(other), op);
}

NATIVE(namespace_reduce, "__reduce__", "($self, /)", "State for pickling.")
{
    Value items[3] = {value_of(ref_inc_ptr(t, type_of(t, args[0]))), ref_inc(t, t->interp->empty_tuple),
                      ref_inc(t, dict_in(args[0]))};
    return tuple_from_array_take(t, items, 3);
}

NATIVE(namespace_replace, "__replace__", "($self, /, **changes)", "A copy with some attributes changed.")
{
    if (n > 1)
        return error_set(t, EXC_TypeError, "__replace__() takes no positional arguments");
    Value copy = object_call0(t, value_of(type_of(t, args[0])));
    if (value_is_empty(copy))
        return VALUE_EMPTY;
    if (!is_namespace(copy)) {
        error_set(t, EXC_TypeError, "expect %#N type, but %#T() returned '%#T' object", t->types[KIND_NAMESPACE],
                  args[0], copy);
    } else if (dict_update(t, dict_in(copy), dict_in(args[0])) == 0 && set_keywords(t, copy, args + n, names) == 0) {
        return copy;
    }
    ref_dec(t, copy);
    return VALUE_EMPTY;
}

static const NativeDef *const namespace_methods[] = {&native_namespace_reduce, &native_namespace_replace, NULL};

static const MemberDef namespace_members[] = {{"__dict__", MEMBER_VALUE, offsetof(Namespace, dict), false, NULL}, {0}};

const TypeSpec type_spec_namespace = {
    .name = "types.SimpleNamespace",
    .doc = "An object with the attributes given by a mapping, or an iterable of pairs, and by keyword arguments.",
    .kind = KIND_NAMESPACE,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Namespace),
    .dict_offset = offsetof(Namespace, dict),
    .methods = namespace_methods,
    .members = namespace_members,
    .signature = "(mapping_or_iterable=(), /, **kwargs)",
    .slots =
        {
            .dealloc = namespace_dealloc,
            .traverse = namespace_traverse,
            .clear = namespace_clear,
            .create = namespace_create,
            .init = namespace_init,
            .repr = namespace_repr,
            .hash = slot_hash_unhashable,
            .compare = namespace_compare,
        },
};
