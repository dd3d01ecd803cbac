/* mod__collections.c: the module _collections: defaultdict, the descriptors of named tuples, and the counting loop of
 * Counter. */
#include "mod__collections.h"

#include "../object/descriptor.h"
#include "../object/dict_table.h"
#include "../run/generator.h"

/* ---- defaultdict ---- */

typedef struct DefaultDict {
    Dict dict;
    Value factory; /* None or empty: no default */
} DefaultDict;

static Value factory_of(Value self)
{
    Value factory = ((DefaultDict *)value_object(self))->factory;
    return value_is_empty(factory) ? VALUE_NONE : factory;
}
static bool is_defaultdict(Thread *t, Value v)
{
    return value_is_object(v) && type_is_subtype(type_of(t, v), collections_state(t)->defaultdict);
}

static int defaultdict_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    if (n && !value_is_none(args[0]) && !object_is_callable(t, args[0]))
        return error_set(t, EXC_TypeError, "first argument must be callable or None"), -1;
    ref_replace_take(t, &((DefaultDict *)value_object(self))->factory, n ? ref_inc(t, args[0]) : VALUE_EMPTY);
    return n ? type_spec_dict.slots.init(t, self, args + 1, n - 1, names)
             : type_spec_dict.slots.init(t, self, args, 0, names);
}

static void defaultdict_dealloc(Thread *t, Object *o)
{
    ref_clear(t, &((DefaultDict *)o)->factory);
    dict_dealloc(t, o);
}

static int defaultdict_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((DefaultDict *)o)->factory);
    return dict_traverse(o, visit, arg);
}

static void defaultdict_clear(Thread *t, Object *o)
{
    ref_clear(t, &((DefaultDict *)o)->factory);
    type_spec_dict.slots.clear(t, o);
}

static Value defaultdict_repr(Thread *t, Value self)
{
    Value items = type_spec_dict.slots.repr(t, self), factory = ref_inc(t, factory_of(self)), text = VALUE_EMPTY,
          result = VALUE_EMPTY;
    if (value_is_empty(items))
        goto done;
    /* A factory may be a method of this very dict. */
    int entered = repr_enter(t, factory);
    if (entered == 0) {
        text = object_repr(t, factory);
        repr_leave(t, factory);
    } else if (entered > 0) {
        text = str_from_string(t, "...");
    }
    if (!value_is_empty(text))
        result = str_format(t, "%s(%U, %U)", type_name(type_of(t, self)), text, items);
done:
    ref_dec(t, text);
    ref_dec(t, factory);
    ref_dec(t, items);
    return result;
}

/* type(self)(factory, source) */
static Value new_like(Thread *t, Value self, Value source)
{
    return object_call2(t, value_of(type_of(t, self)), factory_of(self), source);
}

static Value defaultdict_or(Thread *t, Value a, Value b)
{
    Value self = is_defaultdict(t, a) ? a : b, other = is_defaultdict(t, a) ? b : a;
    if (!dict_check(other))
        return VALUE_NOTIMPLEMENTED;
    Value result = new_like(t, self, a);
    if (!value_is_empty(result) && dict_update(t, result, b) < 0)
        ref_clear(t, &result);
    return result;
}

NATIVE(defaultdict_missing, "__missing__", "($self, key, /)",
       "Called for an absent key: sets and returns what the factory gives, if there is one.")
{
    Value factory = factory_of(args[0]);
    if (value_is_none(factory))
        return error_key(t, args[1]);
    ref_inc(t, factory);
    Value value = object_call0(t, factory);
    ref_dec(t, factory);
    if (!value_is_empty(value) && object_setitem(t, args[0], args[1], value) < 0)
        ref_clear(t, &value);
    return value;
}

NATIVE(defaultdict_copy, "copy", "($self, /)", "A shallow copy.") { return new_like(t, args[0], args[0]); }
NATIVE(defaultdict_copy_dunder, "__copy__", "($self, /)", "A shallow copy.") { return new_like(t, args[0], args[0]); }

NATIVE(defaultdict_reduce, "__reduce__", "($self, /)", "State for pickling.")
{
    Value self = args[0], factory = factory_of(self);
    Value items = object_call_method(t, ID(t, items), &self, 1, VALUE_EMPTY);
    Value iterator = value_is_empty(items) ? VALUE_EMPTY : object_iter(t, items);
    ref_dec(t, items);
    Value arguments = value_is_empty(iterator) ? VALUE_EMPTY
                      : value_is_none(factory) ? ref_inc(t, t->interp->empty_tuple)
                                               : tuple_pack(t, 1, factory);
    if (value_is_empty(arguments)) {
        ref_dec(t, iterator);
        return VALUE_EMPTY;
    }
    Value parts[5] = {value_of(ref_inc_ptr(t, type_of(t, self))), arguments, VALUE_NONE, VALUE_NONE, iterator};
    return tuple_from_array_take(t, parts, 5);
}

NATIVE_FLAGS(defaultdict_class_getitem, "__class_getitem__", "($type, object, /)",
             "A generic alias: defaultdict[str, int].", NATIVE_CLASS)
{
    return generic_alias_new(t, args[0], args[1]);
}

static const NativeDef *const defaultdict_methods[] = {&native_defaultdict_missing,       &native_defaultdict_copy,
                                                       &native_defaultdict_copy_dunder,   &native_defaultdict_reduce,
                                                       &native_defaultdict_class_getitem, NULL};

static const MemberDef defaultdict_members[] = {{"default_factory", MEMBER_VALUE, offsetof(DefaultDict, factory), true,
                                                 "What __missing__ calls for a value, or None."},
                                                {0}};

static const TypeSpec defaultdict_spec = {
    .name = "collections.defaultdict",
    .doc = "defaultdict(default_factory=None, /, [...])\n\nA dict that calls default_factory, without arguments, for "
           "the value of an absent key that is asked for\n"
           "with [].  The other arguments are those of dict.",
    .kind = KIND_DICT,
    .flags = TYPE_BASE | TYPE_MAPPING | TYPE_IMMUTABLE,
    .size = sizeof(DefaultDict),
    .methods = defaultdict_methods,
    .members = defaultdict_members,
    .slots =
        {
            .dealloc = defaultdict_dealloc,
            .traverse = defaultdict_traverse,
            .clear = defaultdict_clear,
            .init = defaultdict_init,
            .repr = defaultdict_repr,
            .binary[BINARY_OR] = defaultdict_or,
        },
};

/* ---- _tuplegetter: what a named tuple's class has for each field ---- */

static TupleGetter *getter_of(Value v) { return (TupleGetter *)value_object(v); }

static Value getter_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value arguments[2];
    if (native_parse(t, "_tuplegetter", "(index, doc, /)", args, n, names, arguments) < 0)
        return VALUE_EMPTY;
    int64_t index = number_index_int64(t, arguments[0], EXC_OverflowError);
    if (index == -1 && error_pending(t))
        return VALUE_EMPTY;
    TupleGetter *getter = type_alloc(t, type, 0);
    if (getter) {
        getter->index = index;
        getter->doc = ref_inc(t, arguments[1]);
    }
    return value_of(getter);
}

static void getter_dealloc(Thread *t, Object *o) { ref_clear(t, &((TupleGetter *)o)->doc); }

static int getter_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((TupleGetter *)o)->doc);
    return 0;
}

static Value getter_get(Thread *t, Value self, Value instance, Value owner)
{
    int64_t index = getter_of(self)->index;
    if (value_is_empty(instance) || value_is_none(instance))
        return ref_inc(t, self);
    if (!tuple_check(instance))
        return error_set(t, EXC_TypeError,
                         "descriptor for index '%lld' for tuple subclasses doesn't apply to '%N' object",
                         (long long)index, type_of(t, instance));
    if (index < 0 || (uint64_t)index >= tuple_length(instance))
        return error_set(t, EXC_IndexError, "tuple index out of range");
    return ref_inc(t, tuple_peek(instance, (size_t)index));
}

static int getter_set(Thread *t, Value self, Value instance, Value value)
{
    error_set(t, EXC_AttributeError, value_is_empty(value) ? "can't delete attribute" : "can't set attribute");
    return -1;
}

static Value getter_repr(Thread *t, Value self)
{
    return str_format(t, "%s(%lld, %V)", type_name(type_of(t, self)), (long long)getter_of(self)->index,
                      getter_of(self)->doc);
}

NATIVE(getter_reduce, "__reduce__", "($self, /)", "State for pickling.")
{
    Value index = int_from_int64(t, getter_of(args[0])->index);
    Value arguments = value_is_empty(index) ? VALUE_EMPTY : tuple_pack(t, 2, index, getter_of(args[0])->doc);
    ref_dec(t, index);
    if (value_is_empty(arguments))
        return VALUE_EMPTY;
    Value parts[2] = {value_of(ref_inc_ptr(t, type_of(t, args[0]))), arguments};
    return tuple_from_array_take(t, parts, 2);
}

static const NativeDef *const getter_methods[] = {&native_getter_reduce, NULL};
static const MemberDef getter_members[] = {{"__doc__", MEMBER_VALUE, offsetof(TupleGetter, doc), true, NULL}, {0}};

const TypeSpec tuple_getter_spec = {
    .name = "collections._tuplegetter",
    .kind = KIND_OBJECT,
    .flags = TYPE_IMMUTABLE,
    .size = sizeof(TupleGetter),
    .methods = getter_methods,
    .members = getter_members,
    .slots =
        {
            .dealloc = getter_dealloc,
            .traverse = getter_traverse,
            .create = getter_create,
            .repr = getter_repr,
            .descr_get = getter_get,
            .descr_set = getter_set,
        },
};

/* ---- counting ---- */

/* Has the type the method of this name from dict?  1, 0, -1 */
static int has_method_of_dict(Thread *t, Type *type, Value name)
{
    Value mine = type_lookup(t, type, name), its = type_lookup(t, t->types[KIND_DICT], name);
    bool same = value_is(mine, its);
    ref_dec(t, mine);
    ref_dec(t, its);
    return error_pending(t) ? -1 : same;
}

/* Are get and __setitem__ of the mapping those of dict?  1, 0, -1 */
static int counts_like_dict(Thread *t, Value mapping)
{
    if (!dict_check(mapping) || dict_check_exact(mapping))
        return dict_check(mapping);
    Type *type = type_of(t, mapping);
    int same = has_method_of_dict(t, type, ID(t, __setitem__));
    if (same <= 0)
        return same;
    Value get = str_intern(t, "get");
    same = value_is_empty(get) ? -1 : has_method_of_dict(t, type, get);
    ref_dec(t, get);
    return same;
}

static Value plus_one(Thread *t, Value count)
{
    return LIKELY(value_is_int(count)) ? int_from_int64(t, value_to_int(count) + 1)
                                       : number_binary(t, BINARY_ADD, count, value_from_int(1));
}

static int count_in_dict(Thread *t, Value dict, Value key)
{
    hash_t hash = item_hash(t, key);
    if (hash == -1) {
        unhashable_item(t, key, "dict key");
        return -1;
    }
    int counted = dict_count_hash(t, dict, key, hash);
    if (LIKELY(counted != 0))
        return counted < 0 ? -1 : 0;
    Value old;
    int found = dict_get_hash(t, dict, key, hash, &old);
    if (found < 0)
        return -1;
    Value count = found ? plus_one(t, old) : value_from_int(1);
    ref_dec(t, old);
    int status = value_is_empty(count) ? -1 : dict_set_hash(t, dict, key, hash, count);
    ref_dec(t, count);
    return status;
}

static int count_in_mapping(Thread *t, Value mapping, Value get, Value key)
{
    Value old = object_call2(t, get, key, value_from_int(0));
    Value count = value_is_empty(old) ? VALUE_EMPTY : plus_one(t, old);
    ref_dec(t, old);
    int status = value_is_empty(count) ? -1 : object_setitem(t, mapping, key, count);
    ref_dec(t, count);
    return status;
}

typedef struct Counting {
    Sink sink;
    Value dict;
} Counting;

static int count_take(Thread *t, Sink *sink, Value key)
{
    int status = count_in_dict(t, ((Counting *)sink)->dict, key);
    ref_dec(t, key);
    return status < 0 ? -1 : 1;
}

NATIVE(count_elements, "_count_elements", "($module, mapping, iterable, /)",
       "Adds one to the mapping's count of each item of the iterable.")
{
    Value mapping = args[1], get = VALUE_EMPTY, key;
    int like_dict = counts_like_dict(t, mapping);
    if (like_dict < 0)
        return VALUE_EMPTY;
    Value iterator = object_iter(t, args[2]);
    if (value_is_empty(iterator))
        return VALUE_EMPTY;
    int status = 0;
    if (!like_dict) {
        get = object_getattr_string(t, mapping, "get");
        status = value_is_empty(get) ? -1 : 0;
    }
    if (like_dict && object_is_exact(iterator, KIND_GENERATOR)) {
        Counting counting = {{count_take, 0}, mapping};
        status = generator_each(t, generator_of(iterator), &counting.sink);
    }
    while (status == 0 && !value_is_empty(key = iterate_next(t, iterator))) {
        status = like_dict ? count_in_dict(t, mapping, key) : count_in_mapping(t, mapping, get, key);
        ref_dec(t, key);
    }
    ref_dec(t, get);
    ref_dec(t, iterator);
    return status < 0 || error_pending(t) ? VALUE_EMPTY : VALUE_NONE;
}

/* ---- the module ---- */

int collections_add_type(Thread *t, Value module, const TypeSpec *spec, Type *base, bool exported, Type **field)
{
    Type *type = exported ? module_add_type(t, module, spec, base) : type_from_spec(t, spec, base);
    if (!type)
        return -1;
    if (exported)
        ref_inc_ptr(t, type);
    ref_dec_ptr(t, *field);
    *field = type;
    return 0;
}

static int collections_exec(Thread *t, Value module)
{
    CollectionsState *state = collections_state(t);
    if (!state) {
        state = alloc_memory_zeroed(t, 1, sizeof *state);
        if (!state)
            return -1;
        t->interp->module_state[MODULE__collections] = state;
    }
    if (collections_add_deque(t, module, state) < 0 || collections_add_odict(t, module, state) < 0)
        return -1;
    if (collections_add_type(t, module, &defaultdict_spec, t->types[KIND_DICT], true, &state->defaultdict) < 0)
        return -1;
    return collections_add_type(t, module, &tuple_getter_spec, NULL, true, &state->tuplegetter);
}

static void collections_free(Thread *t, void *p)
{
    CollectionsState *state = p;
    Type **types = (Type **)state;
    for (size_t i = 0; i < sizeof *state / sizeof(Type *); i++)
        REF_CLEAR_PTR(t, types[i]);
    alloc_memory_free(t, state);
}

static const NativeDef *const collections_functions[] = {&native_count_elements, NULL};

const ModuleDef module_def__collections = {
    .name = "_collections",
    .doc = "The container types that the module collections builds on.",
    .methods = collections_functions,
    .exec = collections_exec,
    .free_state = collections_free,
};
