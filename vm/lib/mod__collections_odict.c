/* mod__collections_odict.c: collections.OrderedDict.
 *
 * Our dicts are in order by themselves, and can move an item to either end (dict_move): what is left to do here is an
 * equality that minds the order, popitem at both ends, and iterators that notice a change.  Invariant: `state`
 * changes with every insertion, removal or move that goes through an OrderedDict's own methods. */
#include "mod__collections.h"

#include "../object/dict_table.h"

typedef struct OrderedDict {
    Dict dict;
    Value attributes; /* __dict__, or empty */
    Object *weakrefs;
    size_t state;
} OrderedDict;

static OrderedDict *odict_of(Value v) { return (OrderedDict *)value_object(v); }
static bool is_odict(Thread *t, Value v)
{
    return value_is_object(v) && type_is_subtype(type_of(t, v), collections_state(t)->ordered_dict);
}
static bool is_exact(Thread *t, Value v) { return type_of(t, v) == collections_state(t)->ordered_dict; }
static void changed(Value self) { __atomic_fetch_add(&odict_of(self)->state, 1, __ATOMIC_RELAXED); }

static int odict_setitem(Thread *t, Value self, Value key, Value value)
{
    size_t length = dict_length(self);
    int status = value_is_empty(value) ? dict_delete(t, self, key) : dict_set(t, self, key, value);
    if (dict_length(self) != length)
        changed(self);
    return status;
}

/* ---- updating, through the class's own __setitem__ ---- */

static int set_pair(Thread *t, Value self, Value pair)
{
    Value iterator = object_iter(t, pair);
    if (value_is_empty(iterator))
        return -1;
    Value parts[2] = {VALUE_EMPTY, VALUE_EMPTY}, extra = VALUE_EMPTY;
    int n = 0, status = -1;
    while (n < 2 && !value_is_empty(parts[n] = iterate_next(t, iterator)))
        n++;
    if (n == 2)
        extra = iterate_next(t, iterator);
    if (!error_pending(t)) {
        if (n < 2)
            error_set(t, EXC_ValueError, "need more than %d value%s to unpack", n, n == 1 ? "" : "s");
        else if (!value_is_empty(extra))
            error_set(t, EXC_ValueError, "too many values to unpack (expected 2)");
        else
            status = object_setitem(t, self, parts[0], parts[1]);
    }
    ref_dec(t, extra);
    ref_dec(t, parts[0]);
    ref_dec(t, parts[1]);
    ref_dec(t, iterator);
    return status;
}

static int add_pairs(Thread *t, Value self, Value pairs)
{
    Value iterator = object_iter(t, pairs), pair;
    if (value_is_empty(iterator))
        return -1;
    int status = 0;
    while (status == 0 && !value_is_empty(pair = iterate_next(t, iterator))) {
        status = set_pair(t, self, pair);
        ref_dec(t, pair);
    }
    ref_dec(t, iterator);
    return status < 0 || error_pending(t) ? -1 : 0;
}

static int add_keys(Thread *t, Value self, Value mapping, Value keys)
{
    Value iterator = object_iter(t, keys), key;
    if (value_is_empty(iterator))
        return -1;
    int status = 0;
    while (status == 0 && !value_is_empty(key = iterate_next(t, iterator))) {
        Value value = object_getitem(t, mapping, key);
        status = value_is_empty(value) ? -1 : object_setitem(t, self, key, value);
        ref_dec(t, value);
        ref_dec(t, key);
    }
    ref_dec(t, iterator);
    return status < 0 || error_pending(t) ? -1 : 0;
}

static int update_from(Thread *t, Value self, Value source)
{
    if (dict_check_exact(source)) {
        if (is_exact(t, self)) {
            int status = dict_merge_items(t, self, source, 1);
            changed(self);
            return status;
        }
        Value items = object_call_method(t, ID(t, items), &source, 1, VALUE_EMPTY);
        int status = value_is_empty(items) ? -1 : add_pairs(t, self, items);
        ref_dec(t, items);
        return status;
    }
    Value method;
    int found = object_getattr_optional(t, source, ID(t, keys), &method);
    bool by_keys = found > 0;
    if (found == 0)
        found = object_getattr_optional(t, source, ID(t, items), &method);
    if (found <= 0)
        return found < 0 ? -1 : add_pairs(t, self, source);
    Value part = object_call0(t, method);
    ref_dec(t, method);
    int status = value_is_empty(part) ? -1 : by_keys ? add_keys(t, self, source, part) : add_pairs(t, self, part);
    ref_dec(t, part);
    return status;
}

static int update_from_arguments(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    if (n && update_from(t, self, args[0]) < 0)
        return -1;
    size_t count = value_is_empty(names) ? 0 : tuple_length(names);
    for (size_t i = 0; i < count; i++)
        if (object_setitem(t, self, tuple_peek(names, i), args[n + i]) < 0)
            return -1;
    return 0;
}

/* ---- life ---- */

static int odict_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    if (n > 1)
        return error_set(t, EXC_TypeError, "expected at most 1 arguments, got %u", n), -1;
    return update_from_arguments(t, self, args, n, names);
}

static void odict_dealloc(Thread *t, Object *o)
{
    ref_clear(t, &((OrderedDict *)o)->attributes);
    dict_dealloc(t, o);
}

static int odict_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((OrderedDict *)o)->attributes);
    return dict_traverse(o, visit, arg);
}

static void odict_clear(Thread *t, Object *o)
{
    ref_clear(t, &((OrderedDict *)o)->attributes);
    type_spec_dict.slots.clear(t, o);
}

/* ---- iterators ---- */

typedef struct OdictIterator {
    Object head;
    Value odict; /* empty once exhausted */
    Value inner; /* iterator over it as a dict */
    size_t state, length;
    bool done;
} OdictIterator;

static OdictIterator *iterator_of(Value v) { return (OdictIterator *)value_object(v); }

static Value iterator_new(Thread *t, Kind kind, Value odict)
{
    Value inner = dict_iterator_new(t, kind, odict);
    OdictIterator *it = value_is_empty(inner) ? NULL : type_alloc(t, collections_state(t)->odict_iterator, 0);
    if (!it) {
        ref_dec(t, inner);
        return VALUE_EMPTY;
    }
    it->odict = ref_inc(t, odict);
    it->inner = inner;
    it->state = word_read(&odict_of(odict)->state);
    it->length = dict_length(odict);
    return value_of(it);
}

static void iterator_dealloc(Thread *t, Object *o)
{
    ref_clear(t, &((OdictIterator *)o)->inner);
    ref_clear(t, &((OdictIterator *)o)->odict);
}

static int iterator_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((OdictIterator *)o)->odict);
    VISIT(((OdictIterator *)o)->inner);
    return 0;
}

static Value iterator_next(Thread *t, Value self)
{
    OdictIterator *it = iterator_of(self);
    if (it->done || value_is_empty(it->odict))
        return VALUE_EMPTY;
    if (UNLIKELY(it->state != word_read(&odict_of(it->odict)->state))) {
        error_set(t, EXC_RuntimeError, "OrderedDict mutated during iteration");
    } else if (UNLIKELY(it->length != dict_length(it->odict))) {
        error_set(t, EXC_RuntimeError, "OrderedDict changed size during iteration");
    } else {
        Value item = iterate_next(t, it->inner);
        if (!value_is_empty(item) || error_pending(t))
            return item;
    }
    it->done = true;
    iterator_finish(t, &it->odict);
    return VALUE_EMPTY;
}

NATIVE(iterator_reduce, "__reduce__", "($self, /)", "State for pickling: what is left, as a list.")
{
    OdictIterator *it = iterator_of(args[0]);
    Value rest = value_is_empty(it->odict) ? list_new(t, 0) : VALUE_EMPTY;
    if (value_is_empty(rest) && !error_pending(t)) {
        /* The inner iterator knows how to copy itself: (iter, (list,)). */
        Value inner = object_call_method(t, ID(t, __reduce__), &it->inner, 1, VALUE_EMPTY);
        if (value_is_empty(inner))
            return VALUE_EMPTY;
        return inner;
    }
    return value_is_empty(rest) ? VALUE_EMPTY : reduce_result_take(t, builtin_function(t, "iter"), rest);
}

static const NativeDef *const iterator_methods[] = {&native_iterator_reduce, NULL};

static const TypeSpec iterator_spec = {
    .name = "odict_iterator",
    .kind = KIND_OBJECT,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(OdictIterator),
    .methods = iterator_methods,
    .slots =
        {
            .dealloc = iterator_dealloc,
            .traverse = iterator_traverse,
            .iter = slot_iter_self,
            .next = iterator_next,
        },
};

static Value odict_iter(Thread *t, Value self) { return iterator_new(t, KIND_DICT_KEY_ITERATOR, self); }

/* ---- views ---- */

static Value view_new(Thread *t, Type *type, Value odict)
{
    DictView *view = type_alloc(t, type, 0);
    if (view)
        view->dict = ref_inc(t, odict);
    return value_of(view);
}

static Value dict_in(Value view) { return ((DictView *)value_object(view))->dict; }

#define ODICT_VIEW(lower, KIND)                                                                                        \
    static Value lower##_iter(Thread *t, Value self)                                                                   \
    {                                                                                                                  \
        return iterator_new(t, KIND_DICT_##KIND##_ITERATOR, dict_in(self));                                            \
    }                                                                                                                  \
    NATIVE(lower##_reversed, "__reversed__", "($self, /)", "An iterator in reverse order.")                            \
    {                                                                                                                  \
        return iterator_new(t, KIND_DICT_REVERSE_##KIND##_ITERATOR, dict_in(args[0]));                                 \
    }                                                                                                                  \
    static const NativeDef *const lower##_methods[] = {&native_##lower##_reversed, NULL};                              \
    static const TypeSpec lower##_spec = {                                                                             \
        .name = "odict_" #lower,                                                                                       \
        .kind = KIND_DICT_##KIND##S,                                                                                   \
        .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,                                                                         \
        .size = sizeof(DictView),                                                                                      \
        .methods = lower##_methods,                                                                                    \
        .slots = {.iter = lower##_iter},                                                                               \
    };
ODICT_VIEW(keys, KEY)
ODICT_VIEW(values, VALUE)
ODICT_VIEW(items, ITEM)

/* ---- operators ---- */

static Value odict_repr(Thread *t, Value self)
{
    if (dict_length(self) == 0)
        return str_format(t, "%s()", type_name(type_of(t, self)));
    int entered = repr_enter(t, self);
    if (entered)
        return entered > 0 ? str_from_string(t, "...") : VALUE_EMPTY;
    Value plain = dict_copy(t, self);
    Value result = value_is_empty(plain) ? VALUE_EMPTY : str_format(t, "%s(%V)", type_name(type_of(t, self)), plain);
    ref_dec(t, plain);
    repr_leave(t, self);
    return result;
}

/* Are the keys the same, in the same order?  1, 0, -1 (also when comparing them changes one of the two) */
static int same_order(Thread *t, Value a, Value b)
{
    size_t at_a = 0, at_b = 0, state_a = odict_of(a)->state, state_b = odict_of(b)->state;
    for (;;) {
        Value x, y;
        bool more_a = dict_next_owned(t, a, &at_a, &x, NULL), more_b = dict_next_owned(t, b, &at_b, &y, NULL);
        int equal = more_a && more_b ? items_equal(t, x, y) : more_a == more_b;
        ref_dec(t, more_a ? x : VALUE_EMPTY);
        ref_dec(t, more_b ? y : VALUE_EMPTY);
        if (equal >= 0 && (odict_of(a)->state != state_a || odict_of(b)->state != state_b))
            return error_set(t, EXC_RuntimeError, "OrderedDict mutated during iteration"), -1;
        if (equal <= 0 || !more_a)
            return equal;
    }
}

static Value odict_compare(Thread *t, Value self, Value other, Compare op)
{
    if (!dict_check(other) || (op != COMPARE_EQ && op != COMPARE_NE))
        return VALUE_NOTIMPLEMENTED;
    Value equal = type_spec_dict.slots.compare(t, self, other, COMPARE_EQ);
    if (!value_is_bool(equal))
        return equal;
    int same = value_is(equal, VALUE_TRUE);
    if (same && is_odict(t, other))
        same = same_order(t, self, other);
    return same < 0 ? VALUE_EMPTY : value_from_bool(same == (op == COMPARE_EQ));
}

static Value odict_or(Thread *t, Value a, Value b)
{
    Value self = is_odict(t, a) ? a : b;
    if (!dict_check(a) || !dict_check(b))
        return VALUE_NOTIMPLEMENTED;
    Value result = object_call1(t, value_of(type_of(t, self)), a);
    if (!value_is_empty(result) && update_from(t, result, b) < 0)
        ref_clear(t, &result);
    return result;
}

static Value odict_inplace_or(Thread *t, Value self, Value other)
{
    return update_from(t, self, other) < 0 ? VALUE_EMPTY : ref_inc(t, self);
}

/* ---- methods ---- */

NATIVE(odict_setdefault, "setdefault", "($self, /, key, default=None)",
       "The value of a key; if there is none, the default becomes it.")
{
    Value self = args[0], key = args[1], value = value_is_empty(args[2]) ? VALUE_NONE : args[2], result;
    if (is_exact(t, self)) {
        if (dict_setdefault(t, self, key, value, &result) == 0)
            changed(self);
        return result;
    }
    int present = object_contains(t, self, key);
    if (present > 0)
        return object_getitem(t, self, key);
    return present < 0 || object_setitem(t, self, key, value) < 0 ? VALUE_EMPTY : ref_inc(t, value);
}

NATIVE(odict_pop, "pop", "($self, /, key, default=<unrepresentable>)",
       "Removes a key and returns its value.\n\nIf there is none: the default if given, else KeyError.")
{
    Value result;
    int status = dict_pop(t, args[0], args[1], &result);
    if (status > 0)
        changed(args[0]);
    if (status)
        return result;
    return value_is_empty(args[2]) ? error_key(t, args[1]) : ref_inc(t, args[2]);
}

NATIVE(odict_popitem, "popitem", "($self, /, last=True)",
       "Removes the last item, or the first one, and returns it as a tuple (key, value).")
{
    int last = value_is_empty(args[1]) ? 1 : object_truth(t, args[1]);
    if (last < 0)
        return VALUE_EMPTY;
    Value pair = tuple_new(t, 2);
    if (value_is_empty(pair))
        return VALUE_EMPTY;
    Value *items = tuple_of(pair)->items;
    if (last ? dict_pop_last(t, args[0], &items[0], &items[1]) : dict_pop_first(t, args[0], &items[0], &items[1])) {
        changed(args[0]);
        return pair;
    }
    ref_dec(t, pair);
    return error_set(t, EXC_KeyError, "dictionary is empty");
}

NATIVE(odict_move_to_end, "move_to_end", "($self, /, key, last=True)",
       "Moves an item to the end, or to the front; KeyError if the key is absent.")
{
    int last = value_is_empty(args[2]) ? 1 : object_truth(t, args[2]);
    if (last < 0)
        return VALUE_EMPTY;
    int moved = dict_move(t, args[0], args[1], last);
    if (moved == 0)
        return error_key(t, args[1]);
    if (moved > 0)
        changed(args[0]);
    return moved < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(odict_update, "update", "($self, other=(), /, **kwargs)",
       "Sets the items of a mapping, or of an iterable of pairs, and then those of the keyword arguments.")
{
    if (n > 2)
        return error_set(t, EXC_TypeError, "update() takes at most 1 positional argument (%u given)", n - 1);
    return update_from_arguments(t, args[0], args + 1, n - 1, names) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(odict_clear, "clear", "($self, /)", "Removes all items.")
{
    dict_clear(t, args[0]);
    changed(args[0]);
    return VALUE_NONE;
}

NATIVE(odict_copy, "copy", "($self, /)", "A shallow copy.")
{
    Value self = args[0], copy = object_call0(t, value_of(type_of(t, self))), key;
    if (value_is_empty(copy))
        return VALUE_EMPTY;
    int status = 0;
    if (is_exact(t, self)) {
        status = dict_merge_items(t, copy, self, 1);
    } else {
        for (size_t position = 0; status == 0 && dict_next_owned(t, self, &position, &key, NULL);) {
            Value value = object_getitem(t, self, key);
            status = value_is_empty(value) ? -1 : object_setitem(t, copy, key, value);
            ref_dec(t, value);
            ref_dec(t, key);
        }
    }
    if (status < 0)
        ref_clear(t, &copy);
    return copy;
}

NATIVE_FLAGS(odict_fromkeys, "fromkeys", "($type, /, iterable, value=None)",
             "A new ordered dict with the keys of an iterable, all with the same value.", NATIVE_CLASS)
{
    return dict_from_keys(t, args[0], args[1], value_is_empty(args[2]) ? VALUE_NONE : args[2]);
}

NATIVE(odict_keys, "keys", "($self, /)", "A view of the keys.")
{
    return view_new(t, collections_state(t)->odict_keys, args[0]);
}
NATIVE(odict_values, "values", "($self, /)", "A view of the values.")
{
    return view_new(t, collections_state(t)->odict_values, args[0]);
}
NATIVE(odict_items, "items", "($self, /)", "A view of the items: tuples (key, value).")
{
    return view_new(t, collections_state(t)->odict_items, args[0]);
}

NATIVE(odict_reversed, "__reversed__", "($self, /)", "An iterator over the keys, last to first.")
{
    return iterator_new(t, KIND_DICT_REVERSE_KEY_ITERATOR, args[0]);
}

NATIVE(odict_reduce, "__reduce__", "($self, /)", "State for pickling.")
{
    Value self = args[0], state = object_call_method(t, ID(t, __getstate__), &self, 1, VALUE_EMPTY);
    Value items = value_is_empty(state) ? VALUE_EMPTY : object_call_method(t, ID(t, items), &self, 1, VALUE_EMPTY);
    Value iterator = value_is_empty(items) ? VALUE_EMPTY : object_iter(t, items);
    ref_dec(t, items);
    if (value_is_empty(iterator)) {
        ref_dec(t, state);
        return VALUE_EMPTY;
    }
    Value parts[5] = {value_of(ref_inc_ptr(t, type_of(t, self))), ref_inc(t, t->interp->empty_tuple), state, VALUE_NONE,
                      iterator};
    return tuple_from_array_take(t, parts, 5);
}

static const NativeDef *const odict_methods[] = {&native_odict_setdefault, &native_odict_pop,
                                                 &native_odict_popitem,    &native_odict_move_to_end,
                                                 &native_odict_update,     &native_odict_clear,
                                                 &native_odict_copy,       &native_odict_keys,
                                                 &native_odict_values,     &native_odict_items,
                                                 &native_odict_reversed,   &native_odict_reduce,
                                                 &native_odict_fromkeys,   NULL};

static const GetSetDef odict_getsets[] = {{"__dict__", instance_get_dict, instance_set_dict, NULL}, {0}};

static const TypeSpec odict_spec = {
    .name = "collections.OrderedDict",
    .doc = "A dict that can rearrange its items, and whose equality with another one minds their order.",
    .kind = KIND_DICT,
    .flags = TYPE_BASE | TYPE_MAPPING | TYPE_IMMUTABLE,
    .size = sizeof(OrderedDict),
    .dict_offset = offsetof(OrderedDict, attributes),
    .weak_offset = offsetof(OrderedDict, weakrefs),
    .methods = odict_methods,
    .getsets = odict_getsets,
    .slots =
        {
            .dealloc = odict_dealloc,
            .traverse = odict_traverse,
            .clear = odict_clear,
            .init = odict_init,
            .repr = odict_repr,
            .hash = slot_hash_unhashable,
            .compare = odict_compare,
            .iter = odict_iter,
            .setitem = odict_setitem,
            .binary[BINARY_OR] = odict_or,
            .inplace[BINARY_OR] = odict_inplace_or,
        },
};

/* A view type on top of the dict's, from which no class statement may derive. */
static int add_view(Thread *t, Value module, const TypeSpec *spec, Kind base, Type **field)
{
    t->types[base]->flags |= TYPE_BASE;
    int status = collections_add_type(t, module, spec, t->types[base], false, field);
    t->types[base]->flags &= ~TYPE_BASE;
    return status;
}

int collections_add_odict(Thread *t, Value module, CollectionsState *state)
{
    if (collections_add_type(t, module, &odict_spec, t->types[KIND_DICT], true, &state->ordered_dict) < 0 ||
        collections_add_type(t, module, &iterator_spec, NULL, false, &state->odict_iterator) < 0 ||
        add_view(t, module, &keys_spec, KIND_DICT_KEYS, &state->odict_keys) < 0 ||
        add_view(t, module, &values_spec, KIND_DICT_VALUES, &state->odict_values) < 0)
        return -1;
    return add_view(t, module, &items_spec, KIND_DICT_ITEMS, &state->odict_items);
}
