/* mappingproxy.c: types.MappingProxyType, a read-only view of any mapping.  Everything is passed on to the mapping;
 * nothing changes after creation. */
#include "container.h"

typedef struct MappingProxy {
    Object head;
    Value mapping;
} MappingProxy;

static Value mapping_of(Value self) { return ((MappingProxy *)value_object(self))->mapping; }
static bool is_proxy(Value v) { return object_is(v, KIND_MAPPINGPROXY); }

Value mappingproxy_new(Thread *t, Value mapping)
{
    MappingProxy *proxy = alloc_object_raw(t, t->types[KIND_MAPPINGPROXY], sizeof(MappingProxy));
    if (!proxy)
        return VALUE_EMPTY;
    proxy->mapping = ref_inc(t, mapping);
    return value_of(proxy);
}

static Value proxy_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value mapping;
    if (native_parse(t, "mappingproxy", "(mapping)", args, n, names, &mapping) < 0)
        return VALUE_EMPTY;
    if (!type_of(t, mapping)->slots.getitem || list_check(mapping) || tuple_check(mapping) || str_check(mapping))
        return error_set(t, EXC_TypeError, "mappingproxy() argument must be a mapping, not %N", type_of(t, mapping));
    return mappingproxy_new(t, mapping);
}

static void proxy_dealloc(Thread *t, Object *o) { ref_dec(t, ((MappingProxy *)o)->mapping); }

static int proxy_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((MappingProxy *)o)->mapping);
    return 0;
}

static Value proxy_repr(Thread *t, Value self) { return str_format(t, "mappingproxy(%V)", mapping_of(self)); }
static Value proxy_str(Thread *t, Value self) { return object_str(t, mapping_of(self)); }
static hash_t proxy_hash(Thread *t, Value self) { return object_hash(t, mapping_of(self)); }
static Value proxy_compare(Thread *t, Value self, Value other, Compare op)
{
    return object_compare(t, mapping_of(self), other, op);
}
static Value proxy_iter(Thread *t, Value self) { return object_iter(t, mapping_of(self)); }
static int64_t proxy_len(Thread *t, Value self) { return object_len(t, mapping_of(self)); }
static Value proxy_getitem(Thread *t, Value self, Value key) { return object_getitem(t, mapping_of(self), key); }
static int proxy_contains(Thread *t, Value self, Value key)
{
    Value mapping = mapping_of(self);
    return dict_check_exact(mapping) ? dict_contains(t, mapping, key) : object_contains(t, mapping, key);
}

static Value proxy_or(Thread *t, Value a, Value b)
{
    return number_binary(t, BINARY_OR, is_proxy(a) ? mapping_of(a) : a, is_proxy(b) ? mapping_of(b) : b);
}

static Value proxy_inplace_or(Thread *t, Value self, Value other)
{
    return error_set(t, EXC_TypeError, "'|=' is not supported by %N; use '|' instead", type_of(t, self));
}

/* The mapping's method of the same name, with the other arguments. */
static Value pass_on(Thread *t, Value self, Value name, Value a, Value b)
{
    Value args[3] = {mapping_of(self), a, b};
    return object_call_method(t, name, args, value_is_empty(a) ? 1 : value_is_empty(b) ? 2 : 3, VALUE_EMPTY);
}

NATIVE(proxy_get, "get", "($self, key, default=None, /)", "The value of a key, or the default if there is none.")
{
    Value get = str_intern(t, "get");
    if (value_is_empty(get))
        return VALUE_EMPTY;
    Value result = pass_on(t, args[0], get, args[1], value_is_empty(args[2]) ? VALUE_NONE : args[2]);
    ref_dec(t, get);
    return result;
}

NATIVE(proxy_keys, "keys", "($self, /)", "The mapping's keys().")
{
    return pass_on(t, args[0], ID(t, keys), VALUE_EMPTY, VALUE_EMPTY);
}
NATIVE(proxy_values, "values", "($self, /)", "The mapping's values().")
{
    return pass_on(t, args[0], ID(t, values), VALUE_EMPTY, VALUE_EMPTY);
}
NATIVE(proxy_items, "items", "($self, /)", "The mapping's items().")
{
    return pass_on(t, args[0], ID(t, items), VALUE_EMPTY, VALUE_EMPTY);
}

NATIVE(proxy_copy, "copy", "($self, /)", "A shallow copy of the mapping.")
{
    return object_call_method_string(t, mapping_of(args[0]), "copy", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
}

NATIVE(proxy_reversed, "__reversed__", "($self, /)", "The mapping's items in reverse order.")
{
    return pass_on(t, args[0], ID(t, __reversed__), VALUE_EMPTY, VALUE_EMPTY);
}

NATIVE_FLAGS(proxy_class_getitem, "__class_getitem__", "($type, object, /)", "A generic alias.", NATIVE_CLASS)
{
    return generic_alias_new(t, args[0], args[1]);
}

static const NativeDef *const proxy_methods[] = {
    &native_proxy_get,  &native_proxy_keys,     &native_proxy_values,        &native_proxy_items,
    &native_proxy_copy, &native_proxy_reversed, &native_proxy_class_getitem, NULL};

const TypeSpec type_spec_mappingproxy = {
    .name = "mappingproxy",
    .doc = "A read-only view of a mapping.",
    .kind = KIND_MAPPINGPROXY,
    .flags = TYPE_MAPPING | TYPE_IMMUTABLE,
    .size = sizeof(MappingProxy),
    .methods = proxy_methods,
    .signature = "(mapping)",
    .slots =
        {
            .dealloc = proxy_dealloc,
            .traverse = proxy_traverse,
            .create = proxy_create,
            .repr = proxy_repr,
            .str = proxy_str,
            .hash = proxy_hash,
            .compare = proxy_compare,
            .iter = proxy_iter,
            .binary[BINARY_OR] = proxy_or,
            .inplace[BINARY_OR] = proxy_inplace_or,
            .len = proxy_len,
            .getitem = proxy_getitem,
            .contains = proxy_contains,
        },
};
