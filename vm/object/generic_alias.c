/* generic_alias.c: types.GenericAlias: list[int] and the like.
 *
 * An alias passes every attribute on to its origin but those listed in `own_names`.  Substitution of type variables is a protocol with typing.py:
 * __typing_subst__, __typing_prepare_subst__, __parameters__ and friends are asked of the arguments.
 * Invariant: origin and args never change; `parameters` is computed once (a race with the lock off computes it twice, one wins).  Read next: union.c. */
#include "generic_alias.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../thread/objlock.h"
#include "dict.h"
#include "error.h"
#include "list.h"

static GenericAlias *alias_of(Value v) { return (GenericAlias *)value_object(v); }

/* ---- making ---- */

static Value make(Thread *t, Type *type, Value origin, Value args, bool starred)
{
    Value tuple = tuple_check(args) ? ref_inc(t, args) : tuple_pack(t, 1, args);
    if (value_is_empty(tuple))
        return VALUE_EMPTY;
    GenericAlias *a = type_alloc(t, type, 0);
    if (!a) {
        ref_dec(t, tuple);
        return VALUE_EMPTY;
    }
    a->origin = ref_inc(t, origin);
    a->args = tuple;
    a->starred = starred;
    return value_of(a);
}

Value generic_alias_new(Thread *t, Value origin, Value args)
{
    return make(t, t->types[KIND_GENERIC_ALIAS], origin, args, false);
}

static Value create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    if (!value_is_empty(names) && tuple_length(names) > 0)
        return error_set(t, EXC_TypeError, "GenericAlias() takes no keyword arguments");
    if (n != 2)
        return error_set(t, EXC_TypeError, "GenericAlias expected 2 arguments, got %u", n);
    return make(t, type, args[0], args[1], false);
}

/* ---- text ---- */

static int append_take(Thread *t, StrBuilder *b, Value text)
{
    if (value_is_empty(text))
        return -1;
    int result = strbuilder_str(t, b, text);
    ref_dec(t, text);
    return result;
}

static int has_attribute(Thread *t, Value v, Value name)
{
    Value found;
    int result = object_getattr_optional(t, v, name, &found);
    ref_dec(t, found);
    return result;
}

int generic_alias_repr_item(Thread *t, StrBuilder *b, Value item)
{
    if (value_is(item, VALUE_ELLIPSIS))
        return strbuilder_ascii(t, b, "...", 3);
    if (value_is(item, value_of(t->types[KIND_NONE])))
        return strbuilder_ascii(t, b, "None", 4);
    int generic = has_attribute(t, item, ID(t, __origin__));
    if (generic > 0)
        generic = has_attribute(t, item, ID(t, __args__));
    if (generic < 0)
        return -1;
    if (generic)
        return append_take(t, b, object_repr(t, item));
    Value qualname, module;
    int found = object_getattr_optional(t, item, ID(t, __qualname__), &qualname);
    if (found < 0)
        return -1;
    if (!found)
        return append_take(t, b, object_repr(t, item));
    found = object_getattr_optional(t, item, ID(t, __module__), &module);
    int result = -1;
    if (found >= 0) {
        if (!found || value_is_none(module))
            result = append_take(t, b, object_repr(t, item));
        else if (str_check(module) && str_equal_ascii(module, "builtins"))
            result = append_take(t, b, object_str(t, qualname));
        else
            result = append_take(t, b, str_format(t, "%S.%S", module, qualname));
        ref_dec(t, module);
    }
    ref_dec(t, qualname);
    return result;
}

/* A list among the arguments: those of a ParamSpec. */
static int repr_list(Thread *t, StrBuilder *b, Value list)
{
    if (strbuilder_char(t, b, '[') < 0)
        return -1;
    for (size_t i = 0;; i++) {
        Value item = list_get(t, list, i);
        if (value_is_empty(item))
            break;
        int failed = i ? strbuilder_ascii(t, b, ", ", 2) : 0;
        if (failed == 0)
            failed = generic_alias_repr_item(t, b, item);
        ref_dec(t, item);
        if (failed < 0)
            return -1;
    }
    return strbuilder_char(t, b, ']');
}

static Value repr(Thread *t, Value self)
{
    GenericAlias *a = alias_of(self);
    StrBuilder b = {0};
    size_t n = tuple_length(a->args);
    if ((a->starred && strbuilder_char(t, &b, '*') < 0) || generic_alias_repr_item(t, &b, a->origin) < 0 ||
        strbuilder_char(t, &b, '[') < 0)
        goto fail;
    for (size_t i = 0; i < n; i++) {
        Value item = tuple_peek(a->args, i);
        if ((i && strbuilder_ascii(t, &b, ", ", 2) < 0) ||
            (list_check_exact(item) ? repr_list(t, &b, item) : generic_alias_repr_item(t, &b, item)) < 0)
            goto fail;
    }
    if ((n == 0 && strbuilder_ascii(t, &b, "()", 2) < 0) || strbuilder_char(t, &b, ']') < 0)
        goto fail;
    return strbuilder_finish(t, &b);
fail:
    strbuilder_discard(t, &b);
    return VALUE_EMPTY;
}

/* ---- parameters ---- */

static bool list_has(Value list, Value item)
{
    for (size_t i = 0; i < list_length(list); i++) {
        if (value_is(list_peek(list, i), item))
            return true;
    }
    return false;
}

static int add_new(Thread *t, Value list, Value item) { return list_has(list, item) ? 0 : list_append(t, list, item); }

static int add_all_new(Thread *t, Value list, Value tuple)
{
    for (size_t i = 0; i < tuple_length(tuple); i++) {
        if (add_new(t, list, tuple_peek(tuple, i)) < 0)
            return -1;
    }
    return 0;
}

static int collect_parameters(Thread *t, Value list, Value args /* tuple, or a list that is copied */)
{
    Value items = object_to_tuple(t, args);
    if (value_is_empty(items))
        return -1;
    int result = -1;
    for (size_t i = 0; i < tuple_length(items); i++) {
        Value item = tuple_peek(items, i), found;
        if (type_check(item)) /* the __parameters__ of a class are not what is meant here */
            continue;
        if (tuple_check_exact(item) || list_check_exact(item)) {
            if (!recursion_enter(t, " while collecting type parameters"))
                goto done;
            int failed = collect_parameters(t, list, item);
            recursion_leave(t);
            if (failed < 0)
                goto done;
            continue;
        }
        int has = object_getattr_optional(t, item, ID(t, __typing_subst__), &found);
        if (has < 0)
            goto done;
        ref_dec(t, found);
        if (has) {
            if (add_new(t, list, item) < 0)
                goto done;
            continue;
        }
        has = object_getattr_optional(t, item, ID(t, __parameters__), &found);
        if (has < 0)
            goto done;
        int failed = has && tuple_check(found) ? add_all_new(t, list, found) : 0;
        ref_dec(t, found);
        if (failed < 0)
            goto done;
    }
    result = 0;
done:
    ref_dec(t, items);
    return result;
}

Value generic_alias_parameters(Thread *t, Value args)
{
    Value list = list_new(t, 0);
    if (value_is_empty(list))
        return VALUE_EMPTY;
    Value result = VALUE_EMPTY;
    if (recursion_enter(t, " while collecting type parameters")) { /* those of aliases in aliases come by here again */
        result = collect_parameters(t, list, args) < 0 ? VALUE_EMPTY : list_to_tuple(t, list);
        recursion_leave(t);
    }
    ref_dec(t, list);
    return result;
}

Value generic_alias_cached_parameters(Thread *t, Value self, Value *slot, Value args)
{
    objlock_enter(t, value_object(self));
    Value v = ref_inc(t, *slot);
    objlock_exit(t, value_object(self));
    if (!value_is_empty(v))
        return v;
    v = generic_alias_parameters(t, args);
    if (value_is_empty(v))
        return v;
    objlock_enter(t, value_object(self));
    bool won = value_is_empty(*slot);
    if (won)
        *slot = ref_inc(t, v);
    Value result = ref_inc(t, *slot);
    objlock_exit(t, value_object(self));
    ref_dec(t, v);
    return result;
}

static Value get_parameters(Thread *t, Value self)
{
    return generic_alias_cached_parameters(t, self, &alias_of(self)->parameters, alias_of(self)->args);
}

/* ---- substitution ---- */

static int64_t tuple_find(Value tuple, Value item)
{
    for (size_t i = 0; i < tuple_length(tuple); i++) {
        if (value_is(tuple_peek(tuple, i), item))
            return (int64_t)i;
    }
    return -1;
}

/* The items between the brackets with unpacked tuples (*tuple[int, str]) spread: a list. */
static Value unpack_items(Thread *t, Value item)
{
    Value result = list_new(t, 0);
    if (value_is_empty(result))
        return VALUE_EMPTY;
    bool many = tuple_check(item);
    size_t n = many ? tuple_length(item) : 1;
    for (size_t i = 0; i < n; i++) {
        Value one = many ? tuple_peek(item, i) : item, spread = VALUE_EMPTY;
        if (!type_check(one) && object_getattr_optional(t, one, ID(t, __typing_unpacked_tuple_args__), &spread) < 0)
            goto fail;
        size_t length = tuple_check(spread) ? tuple_length(spread) : 0;
        int failed;
        if (tuple_check(spread) && !(length && value_is(tuple_peek(spread, length - 1), VALUE_ELLIPSIS)))
            failed = list_extend(t, result, spread);
        else
            failed = list_append(t, result, one);
        ref_dec(t, spread);
        if (failed < 0)
            goto fail;
    }
    return result;
fail:
    ref_dec(t, result);
    return VALUE_EMPTY;
}

/* An argument that is itself generic: its own parameters are replaced by what ours stand for. */
static Value substitute_inside(Thread *t, Value arg, Value parameters, Value items)
{
    Value inner, list, result = VALUE_EMPTY;
    int found = object_getattr_optional(t, arg, ID(t, __parameters__), &inner);
    if (found < 0)
        return VALUE_EMPTY;
    if (!tuple_check(inner) || tuple_length(inner) == 0) {
        ref_dec(t, inner);
        return ref_inc(t, arg);
    }
    list = list_new(t, tuple_length(inner));
    if (value_is_empty(list))
        goto done;
    for (size_t i = 0; i < tuple_length(inner); i++) {
        Value parameter = tuple_peek(inner, i);
        int64_t index = tuple_find(parameters, parameter);
        Value with = index >= 0 ? tuple_peek(items, (size_t)index) : parameter;
        bool spread = index >= 0 && tuple_check(with) &&
                      type_of(t, parameter)->slots.iter; /* a TypeVarTuple stands for several */
        if ((spread ? list_extend(t, list, with) : list_append(t, list, with)) < 0)
            goto done;
    }
    Value key = list_to_tuple(t, list);
    if (!value_is_empty(key)) {
        result = object_getitem(t, arg, key);
        ref_dec(t, key);
    }
done:
    ref_dec(t, inner);
    ref_dec(t, list);
    return result;
}

/* 1 when arg is an unpacked TypeVarTuple (*Ts), 0, or -1. */
static int is_unpacked(Thread *t, Value arg)
{
    Value flag;
    if (type_check(arg))
        return 0;
    int result = object_getattr_optional(t, arg, ID(t, __typing_is_unpacked_typevartuple__), &flag);
    if (result > 0)
        result = object_truth(t, flag);
    ref_dec(t, flag);
    return result;
}

/* The args with each parameter replaced by the item of the same index: a list. */
static Value replace_parameters(Thread *t, Value args, Value parameters, Value items)
{
    Value list = list_new(t, 0), source = object_to_tuple(t, args);
    if (value_is_empty(list) || value_is_empty(source))
        goto fail;
    for (size_t i = 0; i < tuple_length(source); i++) {
        Value arg = tuple_peek(source, i), with, subst;
        if (type_check(arg)) {
            if (list_append(t, list, arg) < 0)
                goto fail;
            continue;
        }
        if (tuple_check_exact(arg) || list_check_exact(arg)) {
            if (!recursion_enter(t, " while substituting type parameters"))
                goto fail;
            with = replace_parameters(t, arg, parameters, items);
            recursion_leave(t);
            if (!value_is_empty(with) && tuple_check_exact(arg)) {
                Value tuple = list_to_tuple(t, with);
                ref_dec(t, with);
                with = tuple;
            }
            if (value_is_empty(with) || list_append_take(t, list, with) < 0)
                goto fail;
            continue;
        }
        int unpack = is_unpacked(t, arg);
        if (unpack < 0)
            goto fail;
        int found = object_getattr_optional(t, arg, ID(t, __typing_subst__), &subst);
        if (found < 0)
            goto fail;
        if (found) {
            int64_t index = tuple_find(parameters, arg);
            with = index < 0 ? ref_inc(t, arg) : object_call1(t, subst, tuple_peek(items, (size_t)index));
            ref_dec(t, subst);
        } else {
            with = substitute_inside(t, arg, parameters, items);
        }
        if (value_is_empty(with))
            goto fail;
        if (!unpack) {
            if (list_append_take(t, list, with) < 0)
                goto fail;
            continue;
        }
        if (!tuple_check(with))
            error_set(t, EXC_TypeError, "expected __typing_subst__ of %T objects to return a tuple, not %T", arg, with);
        int failed = tuple_check(with) ? list_extend(t, list, with) : -1;
        ref_dec(t, with);
        if (failed < 0)
            goto fail;
    }
    ref_dec(t, source);
    return list;
fail:
    ref_dec(t, list);
    ref_dec(t, source);
    return VALUE_EMPTY;
}

Value generic_alias_substitute(Thread *t, Value self, Value args, Value parameters, Value item)
{
    size_t count = tuple_length(parameters);
    if (count == 0)
        return error_set(t, EXC_TypeError, "%V is not a generic class", self);
    Value list = unpack_items(t, item), items, result = VALUE_EMPTY;
    if (value_is_empty(list))
        return VALUE_EMPTY;
    items = list_to_tuple(t, list);
    ref_dec(t, list);
    if (value_is_empty(items))
        return VALUE_EMPTY;
    for (size_t i = 0; i < count; i++) {
        Value prepare;
        if (object_getattr_optional(t, tuple_peek(parameters, i), ID(t, __typing_prepare_subst__), &prepare) < 0)
            goto done;
        if (!value_is_empty(prepare) && !value_is_none(prepare)) {
            Value prepared = object_call2(t, prepare, self, items);
            ref_dec(t, prepare);
            if (value_is_empty(prepared))
                goto done;
            ref_dec(t, items);
            items = prepared;
            if (!tuple_check(items)) {
                items = tuple_pack(t, 1, prepared);
                ref_dec(t, prepared);
                if (value_is_empty(items))
                    return VALUE_EMPTY;
            }
        } else {
            ref_dec(t, prepare);
        }
    }
    if (tuple_length(items) != count) {
        error_set(t, EXC_TypeError, "Too %s arguments for %V; actual %zu, expected %zu",
                  tuple_length(items) > count ? "many" : "few", self, tuple_length(items), count);
        goto done;
    }
    list = replace_parameters(t, args, parameters, items);
    if (!value_is_empty(list)) {
        result = list_to_tuple(t, list);
        ref_dec(t, list);
    }
done:
    ref_dec(t, items);
    return result;
}

static Value getitem(Thread *t, Value self, Value item)
{
    GenericAlias *a = alias_of(self);
    Value parameters = get_parameters(t, self);
    if (value_is_empty(parameters))
        return VALUE_EMPTY;
    Value args = generic_alias_substitute(t, self, a->args, parameters, item);
    ref_dec(t, parameters);
    if (value_is_empty(args))
        return VALUE_EMPTY;
    Value result = make(t, t->types[KIND_GENERIC_ALIAS], a->origin, args, a->starred);
    ref_dec(t, args);
    return result;
}

/* ---- the other operations ---- */

static hash_t hash(Thread *t, Value self)
{
    hash_t a = object_hash(t, alias_of(self)->origin);
    if (a == -1)
        return -1;
    hash_t b = object_hash(t, alias_of(self)->args);
    if (b == -1)
        return -1;
    return (a ^ b) == -1 ? -2 : a ^ b;
}

static Value compare(Thread *t, Value self, Value other, Compare op)
{
    if (!generic_alias_check(other) || (op != COMPARE_EQ && op != COMPARE_NE))
        return VALUE_NOTIMPLEMENTED;
    GenericAlias *a = alias_of(self), *b = alias_of(other);
    int equal = a->starred == b->starred;
    if (equal)
        equal = object_equal(t, a->origin, b->origin);
    if (equal > 0)
        equal = object_equal(t, a->args, b->args);
    return equal < 0 ? VALUE_EMPTY : value_from_bool((equal == 1) == (op == COMPARE_EQ));
}

/* list[int]() makes a list; the instance remembers the alias where it can. */
static Value call(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Value result = object_call(t, alias_of(self)->origin, args, n, names);
    if (value_is_empty(result) || object_setattr(t, result, ID(t, __orig_class__), self) == 0)
        return result;
    if (error_swallow(t, EXC_AttributeError) || error_swallow(t, EXC_TypeError))
        return result;
    ref_dec(t, result);
    return VALUE_EMPTY;
}

static const char *const own_names[] = {
    "__class__",       "__origin__",     "__args__",
    "__unpacked__",    "__parameters__", "__typing_unpacked_tuple_args__",
    "__mro_entries__", "__reduce_ex__",  "__reduce__",
    "__copy__",        "__deepcopy__",   NULL,
};
/* Names that neither the origin nor, unless a subclass adds them, the alias answers. */
static const char *const blocked_names[] = {"__bases__", "__copy__", "__deepcopy__", NULL};

static bool is_listed(Value name, const char *const *list)
{
    for (; *list; list++) {
        if (str_equal_ascii(name, *list))
            return true;
    }
    return false;
}

static Value getattr(Thread *t, Value self, Value name)
{
    if (str_check(name) && !is_listed(name, own_names) && !is_listed(name, blocked_names))
        return object_getattr(t, alias_of(self)->origin, name);
    return object_generic_getattr(t, self, name);
}

NATIVE(mro_entries, "__mro_entries__", "($self, bases, /)",
       "The origin: what takes the alias's place among the bases of a class.")
{
    return tuple_pack(t, 1, alias_of(args[0])->origin);
}

NATIVE(instancecheck, "__instancecheck__", "($self, instance, /)", "Always refused.")
{
    return error_set(t, EXC_TypeError, "isinstance() argument 2 cannot be a parameterized generic");
}

NATIVE(subclasscheck, "__subclasscheck__", "($self, cls, /)", "Always refused.")
{
    return error_set(t, EXC_TypeError, "issubclass() argument 2 cannot be a parameterized generic");
}

static Value builtin(Thread *t, const char *name)
{
    Value v = dict_get_string(t, t->interp->builtins_dict, name);
    return value_is_empty(v) && !error_pending(t) ? error_set(t, EXC_AttributeError, "%s", name) : v;
}

NATIVE(reduce, "__reduce__", "($self, /)", "What pickle needs to rebuild the alias.")
{
    GenericAlias *a = alias_of(args[0]);
    if (!a->starred) {
        Value pair = tuple_pack(t, 2, a->origin, a->args);
        if (value_is_empty(pair))
            return VALUE_EMPTY;
        Value result = tuple_pack(t, 2, value_of(a->head.type), pair);
        ref_dec(t, pair);
        return result;
    }
    /* *tuple[int] is next(iter(tuple[int])). */
    Value plain = generic_alias_new(t, a->origin, a->args), iterator = VALUE_EMPTY, arguments = VALUE_EMPTY,
          next = VALUE_EMPTY, result = VALUE_EMPTY;
    if (!value_is_empty(plain))
        iterator = object_iter(t, plain);
    if (!value_is_empty(iterator))
        arguments = tuple_pack(t, 1, iterator);
    if (!value_is_empty(arguments))
        next = builtin(t, "next");
    if (!value_is_empty(next))
        result = tuple_pack(t, 2, next, arguments);
    ref_dec(t, plain);
    ref_dec(t, iterator);
    ref_dec(t, arguments);
    ref_dec(t, next);
    return result;
}

NATIVE(dir, "__dir__", "($self, /)", "The origin's names and the alias's own.")
{
    Value list = object_dir(t, alias_of(args[0])->origin);
    if (value_is_empty(list))
        return VALUE_EMPTY;
    for (const char *const *own = own_names; *own; own++) {
        Value name = str_intern(t, *own);
        int has = value_is_empty(name) ? -1 : object_contains(t, list, name);
        if (has == 0)
            has = list_append(t, list, name);
        ref_dec(t, name);
        if (has < 0) {
            ref_dec(t, list);
            return VALUE_EMPTY;
        }
    }
    return list;
}

static Value get_unpacked_args(Thread *t, Value self)
{
    GenericAlias *a = alias_of(self);
    if (a->starred && value_is(a->origin, value_of(t->types[KIND_TUPLE])))
        return ref_inc(t, a->args);
    return VALUE_NONE;
}

static void clear(Thread *t, Object *o)
{
    GenericAlias *a = (GenericAlias *)o;
    ref_dec(t, a->origin);
    ref_dec(t, a->args);
    ref_dec(t, a->parameters);
}

static int traverse(Object *o, VisitFn visit, void *arg)
{
    GenericAlias *a = (GenericAlias *)o;
    VISIT(a->origin);
    VISIT(a->args);
    VISIT(a->parameters);
    return 0;
}

/* ---- iteration: one item, the starred alias ---- */

typedef struct AliasIterator {
    Object head;
    Value alias; /* empty at the end */
} AliasIterator;

static Value iter(Thread *t, Value self)
{
    AliasIterator *i = alloc_object(t, t->types[KIND_GENERIC_ALIAS_ITERATOR], sizeof *i);
    if (!i)
        return VALUE_EMPTY;
    i->alias = ref_inc(t, self);
    return value_of(i);
}

static Value iterator_take(Thread *t, Value self)
{
    AliasIterator *i = (AliasIterator *)value_object(self);
    objlock_enter(t, i);
    Value alias = i->alias;
    i->alias = VALUE_EMPTY;
    objlock_exit(t, i);
    return alias;
}

static Value iterator_next(Thread *t, Value self)
{
    Value alias = iterator_take(t, self);
    if (value_is_empty(alias))
        return VALUE_EMPTY;
    GenericAlias *a = alias_of(alias);
    Value starred = make(t, t->types[KIND_GENERIC_ALIAS], a->origin, a->args, true);
    ref_dec(t, alias);
    return starred;
}

NATIVE(iterator_reduce, "__reduce__", "($self, /)", "What pickle needs to rebuild the iterator.")
{
    AliasIterator *i = (AliasIterator *)value_object(args[0]);
    Value iter = builtin(t, "iter");
    if (value_is_empty(iter))
        return VALUE_EMPTY;
    objlock_enter(t, i);
    Value alias = ref_inc(t, i->alias);
    objlock_exit(t, i);
    Value inner = tuple_pack(t, 1, value_is_empty(alias) ? t->interp->empty_tuple : alias), result = VALUE_EMPTY;
    if (!value_is_empty(inner))
        result = tuple_pack(t, 2, iter, inner);
    ref_dec(t, inner);
    ref_dec(t, alias);
    ref_dec(t, iter);
    return result;
}

static void iterator_dealloc(Thread *t, Object *o) { ref_dec(t, ((AliasIterator *)o)->alias); }
static int iterator_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((AliasIterator *)o)->alias);
    return 0;
}
static void iterator_clear(Thread *t, Object *o) { ref_clear(t, &((AliasIterator *)o)->alias); }

static const NativeDef *const iterator_methods[] = {&native_iterator_reduce, NULL};

const TypeSpec type_spec_generic_alias_iterator = {
    .name = "generic_alias_iterator",
    .kind = KIND_GENERIC_ALIAS_ITERATOR,
    .flags = TYPE_IMMUTABLE | TYPE_NO_NEW,
    .size = sizeof(AliasIterator),
    .methods = iterator_methods,
    .slots = {.dealloc = iterator_dealloc,
              .traverse = iterator_traverse,
              .clear = iterator_clear,
              .iter = slot_iter_self,
              .next = iterator_next},
};

/* ---- the type ---- */

static const NativeDef *const methods[] = {&native_mro_entries, &native_instancecheck, &native_subclasscheck,
                                           &native_reduce,      &native_dir,           NULL};
static const GetSetDef getsets[] = {
    {"__parameters__", get_parameters, NULL, "The type variables of the alias: a tuple."},
    {"__typing_unpacked_tuple_args__", get_unpacked_args, NULL, NULL},
    {NULL, NULL, NULL, NULL},
};
static const MemberDef members[] = {
    {"__origin__", MEMBER_VALUE, offsetof(GenericAlias, origin), false, NULL},
    {"__args__", MEMBER_VALUE, offsetof(GenericAlias, args), false, NULL},
    {"__unpacked__", MEMBER_BOOL, offsetof(GenericAlias, starred), false, NULL},
    {NULL, MEMBER_VALUE, 0, false, NULL},
};

const TypeSpec type_spec_generic_alias = {
    .name = "types.GenericAlias",
    .doc = "A class with type arguments: for a = list[int], a.__origin__ is list and a.__args__ is (int,).",
    .kind = KIND_GENERIC_ALIAS,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(GenericAlias),
    .weak_offset = offsetof(GenericAlias, weakrefs),
    .methods = methods,
    .getsets = getsets,
    .members = members,
    .slots = {.dealloc = clear,
              .traverse = traverse,
              .create = create,
              .repr = repr,
              .hash = hash,
              .compare = compare,
              .call = call,
              .getattr = getattr,
              .iter = iter,
              .getitem = getitem,
              .binary = {[BINARY_OR] = union_or}},
};
