/* mod__operator_getters.c: itemgetter, attrgetter and methodcaller of the module _operator.  These objects never
 * change. */
#include "../run/frame_access.h"
#include "mod__operator.h"

/* "TYPE() takes no keyword arguments", or the complaint about a number of arguments that is not one: 0 or -1. */
static int check_one(Thread *t, const char *name, uint32_t n, Value names)
{
    return refuse_keywords(t, name, names) < 0 || check_positional(t, name, n, 1, 1) < 0 ? -1 : 0;
}

/* (type, arguments); takes arguments. */
static Value reduce_take(Thread *t, Value self, Value arguments)
{
    if (value_is_empty(arguments))
        return VALUE_EMPTY;
    Value parts[2] = {value_of(ref_inc_ptr(t, type_of(t, self))), arguments};
    return tuple_from_array_take(t, parts, 2);
}

/* fn(self, object, i) for i below n: the result itself if n is 1, else a tuple. */
static Value collect(Thread *t, Value self, Value object, size_t n,
                     Value (*fn)(Thread *t, Value self, Value object, size_t i))
{
    if (n == 1)
        return fn(t, self, object, 0);
    Value result = tuple_new(t, n);
    for (size_t i = 0; i < n && !value_is_empty(result); i++) {
        Value item = fn(t, self, object, i);
        if (value_is_empty(item))
            ref_clear(t, &result);
        else
            tuple_of(result)->items[i] = item;
    }
    return result;
}

/* The objects of this file hold a tuple or two. */
typedef struct Getter {
    Object head;
    Value names;    /* itemgetter: keys; attrgetter: names as given; methodcaller: name and positional arguments */
    Value detail;   /* attrgetter: for each name a str or the tuple of its parts; methodcaller: keyword values */
    Value keywords; /* methodcaller: names of the keyword arguments, or empty */
} Getter;

static Getter *getter_of(Value v) { return (Getter *)value_object(v); }

static void getter_dealloc(Thread *t, Object *o)
{
    Getter *g = (Getter *)o;
    ref_clear(t, &g->names);
    ref_clear(t, &g->detail);
    ref_clear(t, &g->keywords);
}

static int getter_traverse(Object *o, VisitFn visit, void *arg)
{
    Getter *g = (Getter *)o;
    VISIT(g->names);
    VISIT(g->detail);
    VISIT(g->keywords);
    return 0;
}

/* Takes names and detail. */
static Value getter_new_take(Thread *t, Type *type, Value names, Value detail)
{
    Getter *g = value_is_empty(names) ? NULL : type_alloc(t, type, 0);
    if (!g) {
        ref_dec(t, names);
        ref_dec(t, detail);
        return VALUE_EMPTY;
    }
    g->names = names;
    g->detail = detail;
    return value_of(g);
}

NATIVE(reduce, "__reduce__", "($self, /)", "State for pickling.")
{
    return reduce_take(t, args[0], ref_inc(t, getter_of(args[0])->names));
}
static const NativeDef *const getter_methods[] = {&native_reduce, NULL};

/* ---- itemgetter ---- */

static Value itemgetter_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    if (refuse_keywords(t, "itemgetter", names) < 0 || check_positional(t, "itemgetter", n, 1, n ? UINT32_MAX : 1) < 0)
        return VALUE_EMPTY;
    return getter_new_take(t, type, tuple_from_array(t, args, n), VALUE_EMPTY);
}

static Value get_item(Thread *t, Value self, Value object, size_t i)
{
    Value key = tuple_peek(getter_of(self)->names, i);
    if (value_is_int(key) && value_to_int(key) >= 0 && tuple_check_exact(object) &&
        (uint64_t)value_to_int(key) < tuple_length(object))
        return ref_inc(t, tuple_peek(object, (size_t)value_to_int(key)));
    return object_getitem(t, object, key);
}

static Value itemgetter_call(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    if (check_one(t, "itemgetter", n, names) < 0)
        return VALUE_EMPTY;
    return collect(t, self, args[0], tuple_length(getter_of(self)->names), get_item);
}

static Value itemgetter_repr(Thread *t, Value self)
{
    int entered = repr_enter(t, self);
    if (entered)
        return entered > 0 ? str_format(t, "%N(...)", type_of(t, self)) : VALUE_EMPTY;
    Value keys = getter_of(self)->names;
    Value result = tuple_length(keys) == 1 ? str_format(t, "%N(%V)", type_of(t, self), tuple_peek(keys, 0))
                                           : str_format(t, "%N%V", type_of(t, self), keys);
    repr_leave(t, self);
    return result;
}

/* Of instances, which are called. */
static Value get_signature(Thread *t, Value self) { return str_from_string(t, "(obj, /)"); }
static const GetSetDef getsets[] = {{"__text_signature__", get_signature, NULL, NULL}, {0}};

const TypeSpec operator_itemgetter = {
    .name = "operator.itemgetter",
    .doc = "itemgetter(k)(x) is x[k]; itemgetter(k, l)(x) is (x[k], x[l]).",
    .kind = KIND_OBJECT,
    .flags = TYPE_IMMUTABLE,
    .size = sizeof(Getter),
    .methods = getter_methods,
    .getsets = getsets,
    .signature = "(item, /, *items)",
    .slots =
        {
            .dealloc = getter_dealloc,
            .traverse = getter_traverse,
            .create = itemgetter_create,
            .repr = itemgetter_repr,
            .call = itemgetter_call,
        },
};

/* ---- attrgetter ---- */

/* A name as an interned str or, if it has dots, the tuple of its parts. */
static Value split_name(Thread *t, Value name)
{
    if (!str_check(name))
        return error_set(t, EXC_TypeError, "attribute name must be a string");
    Value dot = str_from_char(t, '.');
    if (value_is_empty(dot))
        return VALUE_EMPTY;
    if (str_find(name, dot, 0, str_length(name)) < 0) {
        ref_dec(t, dot);
        return str_intern_take(t, ref_inc(t, name));
    }
    Value parts = str_split(t, name, dot, -1);
    ref_dec(t, dot);
    if (value_is_empty(parts))
        return VALUE_EMPTY;
    Value result = list_to_tuple(t, parts);
    ref_dec(t, parts);
    for (size_t i = 0; !value_is_empty(result) && i < tuple_length(result); i++) {
        Value *slot = &tuple_of(result)->items[i];
        *slot = str_intern_take(t, *slot);
        if (value_is_empty(*slot))
            ref_clear(t, &result);
    }
    return result;
}

static Value attrgetter_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    if (refuse_keywords(t, "attrgetter", names) < 0 || check_positional(t, "attrgetter", n, 1, n ? UINT32_MAX : 1) < 0)
        return VALUE_EMPTY;
    Value detail = tuple_new(t, n);
    for (uint32_t i = 0; i < n && !value_is_empty(detail); i++) {
        Value parts = split_name(t, args[i]);
        if (value_is_empty(parts))
            ref_clear(t, &detail);
        else
            tuple_of(detail)->items[i] = parts;
    }
    return value_is_empty(detail) ? VALUE_EMPTY : getter_new_take(t, type, tuple_from_array(t, args, n), detail);
}

static Value get_attribute(Thread *t, Value self, Value object, size_t i)
{
    Value name = tuple_peek(getter_of(self)->detail, i);
    if (!tuple_check(name))
        return object_getattr(t, object, name);
    Value result = ref_inc(t, object);
    for (size_t k = 0; k < tuple_length(name) && !value_is_empty(result); k++) {
        Value inner = object_getattr(t, result, tuple_peek(name, k));
        ref_dec(t, result);
        result = inner;
    }
    return result;
}

static Value attrgetter_call(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    if (check_one(t, "attrgetter", n, names) < 0)
        return VALUE_EMPTY;
    return collect(t, self, args[0], tuple_length(getter_of(self)->detail), get_attribute);
}

const TypeSpec operator_attrgetter = {
    .name = "operator.attrgetter",
    .doc = "attrgetter('a')(x) is x.a; attrgetter('a', 'b.c')(x) is (x.a, x.b.c).",
    .kind = KIND_OBJECT,
    .flags = TYPE_IMMUTABLE,
    .size = sizeof(Getter),
    .methods = getter_methods,
    .getsets = getsets,
    .signature = "(attr, /, *attrs)",
    .slots =
        {
            .dealloc = getter_dealloc,
            .traverse = getter_traverse,
            .create = attrgetter_create,
            .repr = itemgetter_repr,
            .call = attrgetter_call,
        },
};

/* ---- methodcaller ---- */

static Value methodcaller_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    if (n < 1)
        return error_set(t, EXC_TypeError, "methodcaller needs at least one argument, the method name");
    if (!str_check(args[0]))
        return error_set(t, EXC_TypeError, "method name must be a string");
    size_t count = value_is_empty(names) ? 0 : tuple_length(names);
    Value positional = tuple_from_array(t, args, n),
          values = count ? tuple_from_array(t, args + n, count) : VALUE_EMPTY;
    if (value_is_empty(positional) || (count && value_is_empty(values))) {
        ref_dec(t, positional);
        ref_dec(t, values);
        return VALUE_EMPTY;
    }
    Value *name = &tuple_of(positional)->items[0];
    *name = str_intern_take(t, *name);
    if (value_is_empty(*name))
        ref_clear(t, &positional);
    Value result = getter_new_take(t, type, positional, values);
    if (!value_is_empty(result) && count)
        getter_of(result)->keywords = ref_inc(t, names);
    return result;
}

static Value methodcaller_call(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    if (check_one(t, "methodcaller", n, names) < 0)
        return VALUE_EMPTY;
    Getter *g = getter_of(self);
    size_t positional = tuple_length(g->names), keywords = value_is_empty(g->detail) ? 0 : tuple_length(g->detail);
    Value few[8], *all = few;
    if (positional + keywords > 8 && !(all = alloc_memory(t, (positional + keywords) * sizeof(Value))))
        return VALUE_EMPTY;
    all[0] = args[0];
    for (size_t i = 1; i < positional; i++)
        all[i] = tuple_peek(g->names, i);
    for (size_t i = 0; i < keywords; i++)
        all[positional + i] = tuple_peek(g->detail, i);
    Value result = object_call_method(t, tuple_peek(g->names, 0), all, (uint32_t)positional, g->keywords);
    if (all != few)
        alloc_memory_free(t, all);
    return result;
}

static Value methodcaller_repr(Thread *t, Value self)
{
    int entered = repr_enter(t, self);
    if (entered)
        return entered > 0 ? str_format(t, "%N(...)", type_of(t, self)) : VALUE_EMPTY;
    Getter *g = getter_of(self);
    Value text = str_format(t, "%N(%V", type_of(t, self), tuple_peek(g->names, 0));
    size_t positional = tuple_length(g->names), keywords = value_is_empty(g->detail) ? 0 : tuple_length(g->detail);
    for (size_t i = 1; i < positional + keywords && !value_is_empty(text); i++) {
        Value longer = i < positional ? str_format(t, "%U, %V", text, tuple_peek(g->names, i))
                                      : str_format(t, "%U, %U=%V", text, tuple_peek(g->keywords, i - positional),
                                                   tuple_peek(g->detail, i - positional));
        ref_dec(t, text);
        text = longer;
    }
    Value result = value_is_empty(text) ? VALUE_EMPTY : str_format(t, "%U)", text);
    ref_dec(t, text);
    repr_leave(t, self);
    return result;
}

/* With keyword arguments a partial of the type stands for the constructor. */
NATIVE(methodcaller_reduce, "__reduce__", "($self, /)", "State for pickling.")
{
    Getter *g = getter_of(args[0]);
    if (value_is_empty(g->keywords))
        return reduce_take(t, args[0], ref_inc(t, g->names));
    Value partial = import_module_attr(t, "functools", "partial");
    if (value_is_empty(partial))
        return VALUE_EMPTY;
    size_t keywords = tuple_length(g->detail);
    Value few[8], *all = few, constructor = VALUE_EMPTY;
    if (keywords + 2 > 8 && !(all = alloc_memory(t, (keywords + 2) * sizeof(Value)))) {
        ref_dec(t, partial);
        return VALUE_EMPTY;
    }
    all[0] = value_of(type_of(t, args[0]));
    all[1] = tuple_peek(g->names, 0);
    for (size_t i = 0; i < keywords; i++)
        all[i + 2] = tuple_peek(g->detail, i);
    constructor = object_call(t, partial, all, 2, g->keywords);
    if (all != few)
        alloc_memory_free(t, all);
    ref_dec(t, partial);
    Value parts[2] = {constructor, value_is_empty(constructor) ? VALUE_EMPTY : tuple_slice(t, g->names, 1, SIZE_MAX)};
    if (value_is_empty(parts[1])) {
        ref_dec(t, constructor);
        return VALUE_EMPTY;
    }
    return tuple_from_array_take(t, parts, 2);
}
static const NativeDef *const methodcaller_methods[] = {&native_methodcaller_reduce, NULL};

const TypeSpec operator_methodcaller = {
    .name = "operator.methodcaller",
    .doc = "methodcaller('m', a, k=b)(x) is x.m(a, k=b).",
    .kind = KIND_OBJECT,
    .flags = TYPE_IMMUTABLE,
    .size = sizeof(Getter),
    .methods = methodcaller_methods,
    .getsets = getsets,
    .signature = "(name, /, *args, **kwargs)",
    .slots =
        {
            .dealloc = getter_dealloc,
            .traverse = getter_traverse,
            .create = methodcaller_create,
            .repr = methodcaller_repr,
            .call = methodcaller_call,
        },
};
