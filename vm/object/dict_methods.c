/* dict_methods.c: the type dict: its operators and methods, merging and updating.
 *
 * All access to the table goes through dict.c, which keeps its invariants and takes the locks.  While keys are
 * compared or values are printed, any code may run: loops here hold what they work on and go by position. */
#include "dict_table.h"

/* ---- making ---- */

static Value dict_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    if (LIKELY(type_is_kind(t, type, KIND_DICT)))
        return dict_new(t);
    Dict *d = type_alloc(t, type, 0);
    if (d)
        dict_init_empty(d);
    return value_of(d);
}

/* What dict() and dict.update() do with their arguments. */
static int update_from_arguments(Thread *t, const char *name, Value self, const Value *args, uint32_t n, Value names)
{
    if (check_positional(t, name, n, 0, 1) < 0 || (n && dict_update(t, self, args[0]) < 0))
        return -1;
    size_t count = value_is_empty(names) ? 0 : tuple_length(names);
    for (size_t i = 0; i < count; i++)
        if (dict_set(t, self, tuple_peek(names, i), args[n + i]) < 0)
            return -1;
    return 0;
}

static int dict_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    return update_from_arguments(t, "dict", self, args, n, names);
}

Value dict_copy(Thread *t, Value dict)
{
    Value copy = dict_new(t);
    if (value_is_empty(copy) || dict_length(dict) == 0)
        return copy;
    int status = dict_copy_into(t, dict_of(copy), dict_of(dict));
    if (status < 0 || (status == 0 && dict_merge_items(t, copy, dict, 1) < 0)) {
        ref_dec(t, copy);
        return VALUE_EMPTY;
    }
    return copy;
}

/* ---- merging ---- */

/* One item of a merge: see dict_merge for override. */
static int merge_item(Thread *t, Value dict, Value key, hash_t hash, Value value, int override)
{
    if (override == 1)
        return dict_set_hash(t, dict, key, hash, value);
    Value present;
    int status = dict_get_hash(t, dict, key, hash, &present);
    ref_dec(t, present);
    if (status < 0)
        return -1;
    if (status == 0)
        return dict_set_hash(t, dict, key, hash, value);
    return override ? (error_key(t, key), -1) : 0;
}

static int merge_items(Thread *t, Value dict, Value other, int override)
{
    size_t n = dict_length(other);
    if (value_is(dict, other) || n == 0)
        return 0;
    if (dict_length(dict) == 0) {
        int status = dict_copy_into(t, dict_of(dict), dict_of(other));
        if (status)
            return status < 0 ? -1 : 0;
    }
    /* One growth instead of several; where keys are shared it may be too much, by a factor of two at most. */
    if (n > 5 && dict_make_room(t, dict, n) < 0)
        return -1;
    Value key, value;
    hash_t hash;
    for (size_t position = 0; dict_next_hash(t, other, &position, &key, &value, &hash);) {
        int status = merge_item(t, dict, key, hash, value, override);
        ref_dec(t, key);
        ref_dec(t, value);
        if (status < 0)
            return -1;
        if (UNLIKELY(dict_length(other) != n))
            return error_set(t, EXC_RuntimeError, "dict mutated during update"), -1;
    }
    return 0;
}

int dict_merge_items(Thread *t, Value dict, Value other, int override)
{
    if (LIKELY(!t->free_threaded) || value_is(dict, other))
        return merge_items(t, dict, other, override);
    /* What other threads do to it meanwhile comes later. */
    Value copy = dict_copy(t, other);
    int status = value_is_empty(copy) ? -1 : merge_items(t, dict, copy, override);
    ref_dec(t, copy);
    return status;
}

/* The keys of a mapping, through its method keys(), as an iterator. */
static Value keys_iterator(Thread *t, Value mapping)
{
    Value keys = object_call_method(t, ID(t, keys), &mapping, 1, VALUE_EMPTY);
    if (value_is_empty(keys))
        return VALUE_EMPTY;
    Value iterator = object_iter(t, keys);
    if (value_is_empty(iterator) && error_matches(t, EXC_TypeError)) {
        error_clear(t);
        error_set(t, EXC_TypeError, "%N.keys() returned a non-iterable (type %N)", type_of(t, mapping),
                  type_of(t, keys));
    }
    ref_dec(t, keys);
    return iterator;
}

static int merge_mapping(Thread *t, Value dict, Value mapping, int override)
{
    Value iterator = keys_iterator(t, mapping);
    if (value_is_empty(iterator))
        return -1;
    int status = 0;
    for (Value key; status == 0 && !value_is_empty(key = iterate_next(t, iterator));) {
        int present = override == 1 ? 0 : dict_contains(t, dict, key);
        if (present) {
            status = present < 0 ? -1 : override ? (error_key(t, key), -1) : 0;
        } else {
            Value value = object_getitem(t, mapping, key);
            status = value_is_empty(value) ? -1 : dict_set(t, dict, key, value);
            ref_dec(t, value);
        }
        ref_dec(t, key);
    }
    ref_dec(t, iterator);
    return status < 0 || error_pending(t) ? -1 : 0;
}

int dict_merge(Thread *t, Value dict, Value other, int override)
{
    if (dict_check(other) && type_of(t, other)->slots.iter == t->types[KIND_DICT]->slots.iter)
        return dict_merge_items(t, dict, other, override);
    return merge_mapping(t, dict, other, override);
}

/* Tells, in a note on the pending TypeError, which element could not be used. */
static void note_bad_element(Thread *t, int64_t index)
{
    Value exc = error_take(t);
    Value note =
        str_format(t, "Cannot convert dictionary update sequence element #%lld to a sequence", (long long)index);
    Value done = value_is_empty(note) ? VALUE_EMPTY
                                      : object_call_method_string(t, exc, "add_note", note, VALUE_EMPTY, VALUE_EMPTY);
    ref_dec(t, note);
    ref_dec(t, done);
    error_clear(t);
    error_restore_take(t, exc);
}

/* dict[item[0]] = item[1], for the index-th element of a sequence of pairs. */
static int set_pair(Thread *t, Value dict, Value item, int64_t index)
{
    Value pair;
    if (list_check(item) || tuple_check(item)) {
        pair = ref_inc(t, item);
    } else {
        Value iterator = object_iter(t, item);
        if (value_is_empty(iterator) && error_matches(t, EXC_TypeError)) {
            error_clear(t);
            error_set(t, EXC_TypeError, "object is not iterable");
        }
        pair = value_is_empty(iterator) ? VALUE_EMPTY : object_to_list(t, iterator);
        ref_dec(t, iterator);
        if (value_is_empty(pair)) {
            if (error_matches(t, EXC_TypeError))
                note_bad_element(t, index);
            return -1;
        }
    }
    bool is_list = list_check(pair);
    size_t n = is_list ? list_length(pair) : tuple_length(pair);
    int status = -1;
    if (n == 2) {
        Value key = is_list ? list_get(t, pair, 0) : ref_inc(t, tuple_peek(pair, 0));
        Value value = is_list ? list_get(t, pair, 1) : ref_inc(t, tuple_peek(pair, 1));
        if (!value_is_empty(key) && !value_is_empty(value))
            status = dict_set(t, dict, key, value);
        ref_dec(t, key);
        ref_dec(t, value);
    } else {
        error_set(t, EXC_ValueError, "dictionary update sequence element #%lld has length %zu; 2 is required",
                  (long long)index, n);
    }
    ref_dec(t, pair);
    return status;
}

static int update_from_pairs(Thread *t, Value dict, Value pairs)
{
    Value iterator = object_iter(t, pairs);
    if (value_is_empty(iterator))
        return -1;
    int status = 0;
    for (int64_t i = 0; status == 0; i++) {
        Value item = iterate_next(t, iterator);
        if (value_is_empty(item))
            break;
        status = set_pair(t, dict, item, i);
        ref_dec(t, item);
    }
    ref_dec(t, iterator);
    return status < 0 || error_pending(t) ? -1 : 0;
}

int dict_update(Thread *t, Value dict, Value source)
{
    if (dict_check_exact(source))
        return dict_merge_items(t, dict, source, 1);
    Value keys;
    int has_keys = object_getattr_optional(t, source, ID(t, keys), &keys);
    ref_dec(t, keys);
    if (has_keys < 0)
        return -1;
    return has_keys ? dict_merge(t, dict, source, 1) : update_from_pairs(t, dict, source);
}

/* ---- operators ---- */

static Value dict_repr(Thread *t, Value self)
{
    if (dict_length(self) == 0)
        return str_from_string(t, "{}");
    int entered = repr_enter(t, self);
    if (entered)
        return entered > 0 ? str_from_string(t, "{...}") : VALUE_EMPTY;
    StrBuilder b = {0};
    Value key, value, result = VALUE_EMPTY;
    bool first = true;
    if (strbuilder_char(t, &b, '{') < 0)
        goto done;
    for (size_t position = 0; dict_next_owned(t, self, &position, &key, &value); first = false) {
        int status = first ? 0 : strbuilder_ascii(t, &b, ", ", 2);
        Value text = status < 0 ? VALUE_EMPTY : object_repr(t, key);
        status = value_is_empty(text) ? -1 : strbuilder_str(t, &b, text);
        ref_dec(t, text);
        if (status == 0)
            status = strbuilder_ascii(t, &b, ": ", 2);
        text = status < 0 ? VALUE_EMPTY : object_repr(t, value);
        status = value_is_empty(text) ? -1 : strbuilder_str(t, &b, text);
        ref_dec(t, text);
        ref_dec(t, key);
        ref_dec(t, value);
        if (status < 0)
            goto done;
    }
    if (strbuilder_char(t, &b, '}') == 0)
        result = strbuilder_finish(t, &b);
done:
    strbuilder_discard(t, &b);
    repr_leave(t, self);
    return result;
}

/* 1, 0, -1 */
static int equal_dicts(Thread *t, Value a, Value b)
{
    if (dict_length(a) != dict_length(b))
        return 0;
    Value key, mine, other;
    hash_t hash;
    for (size_t position = 0; dict_next_hash(t, a, &position, &key, &mine, &hash);) {
        int status = dict_get_hash(t, b, key, hash, &other);
        if (status > 0) {
            status = items_equal(t, mine, other);
            ref_dec(t, other);
        }
        ref_dec(t, key);
        ref_dec(t, mine);
        if (status <= 0)
            return status;
    }
    return 1;
}

static Value dict_compare(Thread *t, Value self, Value other, Compare op)
{
    if (!dict_check(self) || !dict_check(other) || (op != COMPARE_EQ && op != COMPARE_NE))
        return VALUE_NOTIMPLEMENTED;
    int equal = equal_dicts(t, self, other);
    return equal < 0 ? VALUE_EMPTY : value_from_bool(equal == (op == COMPARE_EQ));
}

static Value dict_iter(Thread *t, Value self) { return dict_iterator_new(t, KIND_DICT_KEY_ITERATOR, self); }

static int64_t dict_len(Thread *t, Value self) { return (int64_t)word_read(&dict_of(self)->length); }

static Value dict_getitem(Thread *t, Value self, Value key)
{
    Value result;
    int status = dict_get_optional(t, self, key, &result);
    if (LIKELY(status > 0))
        return result;
    if (status < 0)
        return VALUE_EMPTY;
    if (!dict_check_exact(self)) {
        Value missing;
        status = object_special(t, self, ID(t, __missing__), &missing);
        if (status < 0)
            return VALUE_EMPTY;
        if (status > 0) {
            result = object_call1(t, missing, key);
            ref_dec(t, missing);
            return result;
        }
    }
    return error_key(t, key);
}

static int dict_setitem(Thread *t, Value self, Value key, Value value)
{
    return value_is_empty(value) ? dict_delete(t, self, key) : dict_set(t, self, key, value);
}

static Value dict_or(Thread *t, Value a, Value b)
{
    if (!dict_check(a) || !dict_check(b))
        return VALUE_NOTIMPLEMENTED;
    Value result = dict_copy(t, a);
    if (!value_is_empty(result) && dict_update(t, result, b) < 0) {
        ref_dec(t, result);
        return VALUE_EMPTY;
    }
    return result;
}

static Value dict_inplace_or(Thread *t, Value self, Value other)
{
    return dict_update(t, self, other) < 0 ? VALUE_EMPTY : ref_inc(t, self);
}

static void dict_clear_slot(Thread *t, Object *o)
{
    if (((Dict *)o)->table)
        dict_clear(t, value_of(o));
}

/* ---- methods ---- */

NATIVE(dict_get, "get", "($self, key, default=None, /)", "The value of a key, or the default if there is none.")
{
    Value result;
    int status = str_check_exact(args[1]) ? dict_get_str(t, args[0], args[1], &result)
                                          : dict_get_optional(t, args[0], args[1], &result);
    if (status)
        return result;
    return value_is_empty(args[2]) ? VALUE_NONE : ref_inc(t, args[2]);
}

NATIVE(dict_setdefault, "setdefault", "($self, key, default=None, /)",
       "The value of a key; if there is none, the default becomes it.")
{
    Value result;
    dict_setdefault(t, args[0], args[1], value_is_empty(args[2]) ? VALUE_NONE : args[2], &result);
    return result;
}

NATIVE(dict_pop, "pop", "($self, key, default=<unrepresentable>, /)",
       "Removes a key and returns its value.\n\nIf there is none: the default if given, else KeyError.")
{
    Value result;
    int status = dict_pop(t, args[0], args[1], &result);
    if (status)
        return result;
    return value_is_empty(args[2]) ? error_key(t, args[1]) : ref_inc(t, args[2]);
}

NATIVE(dict_popitem, "popitem", "($self, /)",
       "Removes the item added last and returns it as a tuple (key, value); KeyError if the dict is empty.")
{
    /* The tuple comes first: nothing may fail once the item is out. */
    Value pair = tuple_new(t, 2);
    if (value_is_empty(pair))
        return VALUE_EMPTY;
    if (!dict_pop_last(t, args[0], &tuple_of(pair)->items[0], &tuple_of(pair)->items[1])) {
        ref_dec(t, pair);
        return error_set(t, EXC_KeyError, "popitem(): dictionary is empty");
    }
    return pair;
}

NATIVE(dict_keys, "keys", "($self, /)", "A view of the keys.") { return dict_view_new(t, KIND_DICT_KEYS, args[0]); }
NATIVE(dict_values, "values", "($self, /)", "A view of the values.")
{
    return dict_view_new(t, KIND_DICT_VALUES, args[0]);
}
NATIVE(dict_items, "items", "($self, /)", "A view of the items: tuples (key, value).")
{
    return dict_view_new(t, KIND_DICT_ITEMS, args[0]);
}

NATIVE(dict_update, "update", "($self, iterable_or_mapping=(), /, **kwargs)",
       "Sets the items of a mapping, or of an iterable of pairs, and then those of the keyword arguments.")
{
    return update_from_arguments(t, "update", args[0], args + 1, n - 1, names) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(dict_clear, "clear", "($self, /)", "Removes all items.")
{
    dict_clear(t, args[0]);
    return VALUE_NONE;
}

NATIVE(dict_copy, "copy", "($self, /)", "A shallow copy.") { return dict_copy(t, args[0]); }

/* fromkeys into an exact dict that nobody else has yet. */
static int set_all_keys(Thread *t, Value dict, Value keys, Value value)
{
    bool from_dict = dict_check_exact(keys),
         from_set = object_is_exact(keys, KIND_SET) || object_is_exact(keys, KIND_FROZENSET);
    if (from_dict || from_set) { /* these know the hashes */
        Value key;
        hash_t hash;
        if (dict_make_room(t, dict, from_dict ? dict_length(keys) : set_length(keys)) < 0)
            return -1;
        for (size_t position = 0; from_dict ? dict_next_hash(t, keys, &position, &key, NULL, &hash)
                                            : set_next_owned(t, keys, &position, &key, &hash);) {
            int status = dict_set_hash(t, dict, key, hash, value);
            ref_dec(t, key);
            if (status < 0)
                return -1;
        }
        return 0;
    }
    Value iterator = object_iter(t, keys);
    if (value_is_empty(iterator))
        return -1;
    bool exact = dict_check_exact(dict);
    int status = 0;
    for (Value key; status == 0 && !value_is_empty(key = iterate_next(t, iterator));) {
        status = exact ? dict_set(t, dict, key, value) : object_setitem(t, dict, key, value);
        ref_dec(t, key);
    }
    ref_dec(t, iterator);
    return status < 0 || error_pending(t) ? -1 : 0;
}

Value dict_from_keys(Thread *t, Value class, Value keys, Value value)
{
    Value dict = object_call0(t, class);
    if (value_is_empty(dict))
        return VALUE_EMPTY;
    int status;
    if (dict_check_exact(dict) && dict_length(dict) == 0) {
        status = set_all_keys(t, dict, keys, value);
    } else {
        Value iterator = object_iter(t, keys); /* also of a dict: the class's own __setitem__ is to be called */
        status = value_is_empty(iterator) ? -1 : set_all_keys(t, dict, iterator, value);
        ref_dec(t, iterator);
    }
    if (status < 0)
        ref_clear(t, &dict);
    return dict;
}

NATIVE_FLAGS(dict_fromkeys, "fromkeys", "($type, iterable, value=None, /)",
             "A new dict with the keys of an iterable, all with the same value.", NATIVE_CLASS)
{
    return dict_from_keys(t, args[0], args[1], value_is_empty(args[2]) ? VALUE_NONE : args[2]);
}

NATIVE(dict_reversed, "__reversed__", "($self, /)", "An iterator over the keys, last to first.")
{
    return dict_iterator_new(t, KIND_DICT_REVERSE_KEY_ITERATOR, args[0]);
}

NATIVE(dict_sizeof, "__sizeof__", "($self, /)", "Size in memory, in bytes.")
{
    return int_from_size(t, type_of(t, args[0])->size + dict_table_size(dict_of(args[0])->table));
}

NATIVE_FLAGS(dict_class_getitem, "__class_getitem__", "($type, object, /)", "A generic alias: dict[str, int].",
             NATIVE_CLASS)
{
    return generic_alias_new(t, args[0], args[1]);
}

static const NativeDef *const dict_methods[] = {
    &native_dict_get,      &native_dict_setdefault, &native_dict_pop,    &native_dict_popitem,       &native_dict_keys,
    &native_dict_values,   &native_dict_items,      &native_dict_update, &native_dict_clear,         &native_dict_copy,
    &native_dict_fromkeys, &native_dict_reversed,   &native_dict_sizeof, &native_dict_class_getitem, NULL};

const TypeSpec type_spec_dict = {
    .name = "dict",
    .doc = "A mutable mapping of hashable keys to any objects, in order of insertion.\n\n"
           "dict() is empty; dict(mapping) copies a mapping; dict(pairs) takes an iterable of (key, value);\n"
           "keyword arguments are further items.",
    .kind = KIND_DICT,
    .flags = TYPE_BASE | TYPE_MAPPING | TYPE_IMMUTABLE | TYPE_MATCH_SELF,
    .size = sizeof(Dict),
    .methods = dict_methods,
    .slots =
        {
            .dealloc = dict_dealloc,
            .traverse = dict_traverse,
            .clear = dict_clear_slot,
            .create = dict_create,
            .init = dict_init,
            .repr = dict_repr,
            .hash = slot_hash_unhashable,
            .compare = dict_compare,
            .iter = dict_iter,
            .binary[BINARY_OR] = dict_or,
            .inplace[BINARY_OR] = dict_inplace_or,
            .len = dict_len,
            .getitem = dict_getitem,
            .setitem = dict_setitem,
            .contains = dict_contains,
        },
};
