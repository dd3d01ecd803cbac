/* union.c: typing.Union, made by X | Y and Union[X, Y].
 *
 * Invariant: args are flat (no unions among them) and without duplicates, in the order of writing; there are at least two.  Hashable and unhashable ones are kept
 * apart too, for comparing without regard to order.  No locks: nothing but `parameters` changes. */
#include "generic_alias.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "dict.h"
#include "error.h"
#include "list.h"

static Union *union_of(Value v) { return (Union *)value_object(v); }

/* ---- building ---- */

typedef struct Builder {
    Value args, hashable, unhashable; /* list, set, list */
    bool checked;                     /* Union[...] checks its arguments and turns strings into forward references */
} Builder;

static int builder_start(Thread *t, Builder *b, bool checked)
{
    b->checked = checked;
    b->args = list_new(t, 2);
    b->hashable = value_is_empty(b->args) ? VALUE_EMPTY : set_new(t, VALUE_EMPTY);
    b->unhashable = value_is_empty(b->hashable) ? VALUE_EMPTY : list_new(t, 0);
    return value_is_empty(b->unhashable) ? -1 : 0;
}

static void builder_end(Thread *t, Builder *b)
{
    ref_dec(t, b->args);
    ref_dec(t, b->hashable);
    ref_dec(t, b->unhashable);
}

static int add_unchecked(Thread *t, Builder *b, Value arg)
{
    int present;
    if (object_hash(t, arg) == -1) {
        error_clear(t);
        present = object_contains(t, b->unhashable, arg);
        if (present == 0 && list_append(t, b->unhashable, arg) < 0)
            return -1;
    } else {
        present = set_contains(t, b->hashable, arg);
        if (present == 0 && set_add(t, b->hashable, arg) < 0)
            return -1;
    }
    return present ? (present < 0 ? -1 : 0) : list_append(t, b->args, arg);
}

static bool is_unionable(Thread *t, Value v)
{
    if (value_is_none(v) || type_check(v) || generic_alias_check(v) || union_check(v))
        return true;
    const Type *type = type_of(t, v);
    return type->spec && !strcmp(type->spec->name, "typing.TypeAliasType");
}

/* The argument as typing checks and converts it: owned. */
static Value check(Thread *t, Value arg)
{
    if (is_unionable(t, arg))
        return ref_inc(t, arg);
    Value name = str_intern(t, "typing"), text = str_from_string(t, "Union[arg, ...]: each arg must be a type."),
          typing = VALUE_EMPTY, result = VALUE_EMPTY;
    if (!value_is_empty(name) && !value_is_empty(text))
        typing = object_call1(t, t->interp->import_func, name);
    if (!value_is_empty(typing))
        result = object_call_method_string(t, typing, "_type_check", arg, text, VALUE_EMPTY);
    ref_dec(t, name);
    ref_dec(t, text);
    ref_dec(t, typing);
    return result;
}

static int add(Thread *t, Builder *b, Value arg)
{
    if (value_is_none(arg))
        return add_unchecked(t, b, value_of(t->types[KIND_NONE]));
    if (union_check(arg)) {
        Value args = union_of(arg)->args;
        for (size_t i = 0; i < tuple_length(args); i++) {
            if (add_unchecked(t, b, tuple_peek(args, i)) < 0)
                return -1;
        }
        return 0;
    }
    if (!b->checked)
        return add_unchecked(t, b, arg);
    Value checked = check(t, arg);
    int result = value_is_empty(checked) ? -1 : add_unchecked(t, b, checked);
    ref_dec(t, checked);
    return result;
}

static Value finish(Thread *t, Builder *b)
{
    size_t n = list_length(b->args);
    if (n == 0)
        return error_set(t, EXC_TypeError, "Cannot take a Union of no types.");
    if (n == 1)
        return ref_inc(t, list_peek(b->args, 0));
    Union *u = alloc_object(t, t->types[KIND_UNION], sizeof(Union));
    if (!u)
        return VALUE_EMPTY;
    u->args = list_to_tuple(t, b->args);
    if (!value_is_empty(u->args))
        u->hashable_args = frozenset_new(t, b->hashable);
    bool complete = !value_is_empty(u->hashable_args);
    if (complete && list_length(b->unhashable) > 0) {
        u->unhashable_args = list_to_tuple(t, b->unhashable);
        complete = !value_is_empty(u->unhashable_args);
    }
    if (complete)
        return value_of(u);
    ref_dec_object(t, &u->head);
    return VALUE_EMPTY;
}

Value union_new(Thread *t, Value args)
{
    Builder b = {0};
    Value result = VALUE_EMPTY;
    if (builder_start(t, &b, true) < 0)
        goto done;
    for (size_t i = 0; i < tuple_length(args); i++) {
        if (add(t, &b, tuple_peek(args, i)) < 0)
            goto done;
    }
    result = finish(t, &b);
done:
    builder_end(t, &b);
    return result;
}

Value union_or(Thread *t, Value left, Value right)
{
    if (!is_unionable(t, left) || !is_unionable(t, right))
        return VALUE_NOTIMPLEMENTED;
    Builder b = {0};
    Value result = VALUE_EMPTY;
    if (builder_start(t, &b, false) == 0 && add(t, &b, left) == 0 && add(t, &b, right) == 0)
        result = finish(t, &b);
    builder_end(t, &b);
    return result;
}

/* ---- operations ---- */

static hash_t hash(Thread *t, Value self)
{
    Union *u = union_of(self);
    if (value_is_empty(u->unhashable_args))
        return object_hash(t, u->hashable_args);
    size_t n = tuple_length(u->unhashable_args);
    for (size_t i = 0; i < n; i++) { /* the arguments' own error, if there still is one */
        if (object_hash(t, tuple_peek(u->unhashable_args, i)) == -1)
            return -1;
    }
    return error_set(t, EXC_TypeError, "union contains %zu unhashable elements", n), -1;
}

static int contains_all(Thread *t, Value tuple, Value of)
{
    for (size_t i = 0; i < tuple_length(of); i++) {
        int has = object_contains(t, tuple, tuple_peek(of, i));
        if (has <= 0)
            return has;
    }
    return 1;
}

static int equal(Thread *t, const Union *a, const Union *b)
{
    int result = object_equal(t, a->hashable_args, b->hashable_args);
    if (result <= 0)
        return result;
    if (value_is_empty(a->unhashable_args) || value_is_empty(b->unhashable_args))
        return value_is(a->unhashable_args, b->unhashable_args);
    if (tuple_length(a->unhashable_args) != tuple_length(b->unhashable_args))
        return 0;
    result = contains_all(t, b->unhashable_args, a->unhashable_args);
    return result > 0 ? contains_all(t, a->unhashable_args, b->unhashable_args) : result;
}

static Value compare(Thread *t, Value self, Value other, Compare op)
{
    if (!union_check(other) || (op != COMPARE_EQ && op != COMPARE_NE))
        return VALUE_NOTIMPLEMENTED;
    int result = equal(t, union_of(self), union_of(other));
    return result < 0 ? VALUE_EMPTY : value_from_bool((result == 1) == (op == COMPARE_EQ));
}

static Value repr(Thread *t, Value self)
{
    Value args = union_of(self)->args;
    StrBuilder b = {0};
    for (size_t i = 0; i < tuple_length(args); i++) {
        if ((i && strbuilder_ascii(t, &b, " | ", 3) < 0) || generic_alias_repr_item(t, &b, tuple_peek(args, i)) < 0) {
            strbuilder_discard(t, &b);
            return VALUE_EMPTY;
        }
    }
    return strbuilder_finish(t, &b);
}

static Value get_parameters(Thread *t, Value self)
{
    return generic_alias_cached_parameters(t, self, &union_of(self)->parameters, union_of(self)->args);
}

static Value getitem(Thread *t, Value self, Value item)
{
    Value parameters = get_parameters(t, self);
    if (value_is_empty(parameters))
        return VALUE_EMPTY;
    Value args = generic_alias_substitute(t, self, union_of(self)->args, parameters, item);
    ref_dec(t, parameters);
    if (value_is_empty(args))
        return VALUE_EMPTY;
    Value result = union_new(t, args);
    ref_dec(t, args);
    return result;
}

/* A union's module is its type's. */
static Value getattr(Thread *t, Value self, Value name)
{
    if (str_check(name) && str_equal_ascii(name, "__module__"))
        return object_getattr(t, value_of(t->types[KIND_UNION]), name);
    return object_generic_getattr(t, self, name);
}

NATIVE(mro_entries, "__mro_entries__", "($self, bases, /)", "Always refused.")
{
    return error_set(t, EXC_TypeError, "Cannot subclass %V", args[0]);
}

/* isinstance and issubclass take a union like the tuple of its types. */
static Value check_each(Thread *t, Value self, Value v, int (*check_one)(Thread *, Value, Value))
{
    int result = check_one(t, v, union_of(self)->args);
    return result < 0 ? VALUE_EMPTY : value_from_bool(result);
}

NATIVE(instancecheck, "__instancecheck__", "($self, instance, /)",
       "Whether the object is an instance of one of the types.")
{
    return check_each(t, args[0], args[1], object_isinstance);
}

NATIVE(subclasscheck, "__subclasscheck__", "($self, cls, /)", "Whether the class derives from one of the types.")
{
    return check_each(t, args[0], args[1], object_issubclass);
}

NATIVE_FLAGS(class_getitem, "__class_getitem__", "($type, object, /)", "Union[X, Y]: the union of the types.",
             NATIVE_CLASS)
{
    if (tuple_check(args[1]))
        return union_new(t, args[1]);
    Value one = tuple_pack(t, 1, args[1]);
    if (value_is_empty(one))
        return VALUE_EMPTY;
    Value result = union_new(t, one);
    ref_dec(t, one);
    return result;
}

static Value get_name(Thread *t, Value self) { return str_intern(t, "Union"); }
static Value get_origin(Thread *t, Value self) { return ref_inc(t, value_of(t->types[KIND_UNION])); }

static void dealloc(Thread *t, Object *o)
{
    Union *u = (Union *)o;
    ref_dec(t, u->args);
    ref_dec(t, u->hashable_args);
    ref_dec(t, u->unhashable_args);
    ref_dec(t, u->parameters);
}

static int traverse(Object *o, VisitFn visit, void *arg)
{
    Union *u = (Union *)o;
    VISIT(u->args);
    VISIT(u->hashable_args);
    VISIT(u->unhashable_args);
    VISIT(u->parameters);
    return 0;
}

static const NativeDef *const methods[] = {&native_mro_entries, &native_instancecheck, &native_subclasscheck,
                                           &native_class_getitem, NULL};
static const GetSetDef getsets[] = {
    {"__name__", get_name, NULL, NULL},
    {"__qualname__", get_name, NULL, NULL},
    {"__origin__", get_origin, NULL, "typing.Union itself."},
    {"__parameters__", get_parameters, NULL, "The type variables of the union: a tuple."},
    {NULL, NULL, NULL, NULL},
};
static const MemberDef members[] = {
    {"__args__", MEMBER_VALUE, offsetof(Union, args), false, NULL},
    {NULL, MEMBER_VALUE, 0, false, NULL},
};

const TypeSpec type_spec_union = {
    .name = "typing.Union",
    .doc = "A choice of types, as in int | str.",
    .kind = KIND_UNION,
    .flags = TYPE_IMMUTABLE | TYPE_NO_NEW,
    .size = sizeof(Union),
    .weak_offset = offsetof(Union, weakrefs),
    .methods = methods,
    .getsets = getsets,
    .members = members,
    .slots = {.dealloc = dealloc,
              .traverse = traverse,
              .repr = repr,
              .hash = hash,
              .compare = compare,
              .getattr = getattr,
              .getitem = getitem,
              .binary = {[BINARY_OR] = union_or}},
};
