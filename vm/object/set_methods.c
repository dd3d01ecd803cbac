/* set_methods.c: the types set and frozenset: making, comparing, and the algebra of sets.
 *
 * All access to the table goes through set.c, which takes the locks.  Loops go by position and hold the element they
 * work on, since any comparison may change the sets. */
#include "dict_table.h"
#include "set_table.h"

/* A new, empty set of the built-in type that `self` is of. */
static Value new_like(Thread *t, Value self) { return set_new_of_type(t, t->types[object_kind(value_object(self))]); }

static Value copy_of(Thread *t, Value self)
{
    Value copy = new_like(t, self);
    if (!value_is_empty(copy) && set_merge(t, copy, self) < 0) {
        ref_dec(t, copy);
        return VALUE_EMPTY;
    }
    return copy;
}

/* result, or VALUE_EMPTY after releasing it if the status tells of an error. */
static Value result_or_error(Thread *t, Value result, int status)
{
    if (status >= 0)
        return result;
    ref_dec(t, result);
    return VALUE_EMPTY;
}

/* ---- making ---- */

/* May this type's constructor be given keywords?  Only if it is a subclass that has its own. */
static int check_keywords(Thread *t, Type *type, Type *base, const char *name, Value names)
{
    return type == base || type->slots.init == base->slots.init ? refuse_keywords(t, name, names) : 0;
}

static Value set_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    return set_new_of_type(t, type);
}

static int set_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    if (refuse_keywords(t, "set", names) < 0 || check_positional(t, "set", n, 0, 1) < 0)
        return -1;
    if (set_length(self))
        set_clear(t, self);
    return n ? set_update(t, self, args[0]) : 0;
}

static Value frozenset_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Type *exact = t->types[KIND_FROZENSET];
    if (check_keywords(t, type, exact, "frozenset", names) < 0 || check_positional(t, "frozenset", n, 0, 1) < 0)
        return VALUE_EMPTY;
    if (n && type == exact && object_is_exact(args[0], KIND_FROZENSET))
        return ref_inc(t, args[0]);
    Value set = set_new_of_type(t, type);
    if (value_is_empty(set) || !n)
        return set;
    return result_or_error(t, set, set_update(t, set, args[0]));
}

/* ---- operations ---- */

static Value set_repr(Thread *t, Value self)
{
    const Type *type = type_of(t, self);
    if (set_length(self) == 0)
        return str_format(t, "%N()", type);
    int entered = repr_enter(t, self);
    if (entered)
        return entered > 0 ? str_format(t, "%N(...)", type) : VALUE_EMPTY;
    Value elements = object_to_list(t, self), result = VALUE_EMPTY;
    if (!value_is_empty(elements)) {
        result = sequence_repr(t, elements, "{", "}");
        ref_dec(t, elements);
    }
    repr_leave(t, self);
    if (value_is_empty(result) || object_is_exact(self, KIND_SET))
        return result;
    Value wrapped = str_format(t, "%N(%U)", type, result);
    ref_dec(t, result);
    return wrapped;
}

/* Independent of the order of the elements; also what collections.abc.Set._hash computes. */
static hash_t frozenset_hash(Thread *t, Value self)
{
    Set *s = set_of(self);
    if (s->hash != -1)
        return s->hash;
    uint64_t hash = 0;
    for (size_t i = 0; i <= s->mask; i++)
        if (s->table[i].key.bits > SET_DUMMY.bits) {
            uint64_t h = (uint64_t)s->table[i].hash;
            hash ^= (h ^ (h << 16) ^ UINT64_C(89869747)) * UINT64_C(3644798167);
        }
    hash ^= ((uint64_t)s->length + 1) * UINT64_C(1927868237);
    hash ^= (hash >> 11) ^ (hash >> 25);
    hash = hash * UINT64_C(69069) + UINT64_C(907133923);
    if (hash == UINT64_MAX)
        hash = UINT64_C(590923713);
    s->hash = (hash_t)hash;
    return s->hash;
}

/* Are all elements of a in b?  1, 0, -1 */
static int is_subset(Thread *t, Value a, Value b)
{
    if (set_length(a) > set_length(b))
        return 0;
    Value key;
    hash_t hash;
    for (size_t position = 0; set_step(t, a, &position, &key, &hash);) {
        int found = set_contains_quick(t, b, key, hash);
        ref_dec(t, key);
        if (found <= 0)
            return found;
    }
    return 1;
}

static Value set_compare(Thread *t, Value self, Value other, Compare op)
{
    if (!set_check_any(self) || !set_check_any(other))
        return VALUE_NOTIMPLEMENTED;
    size_t na = set_length(self), nb = set_length(other);
    int answer;
    switch (op) {
    case COMPARE_EQ:
    case COMPARE_NE: {
        hash_t ha = set_of(self)->hash, hb = set_of(other)->hash;
        answer = na != nb || (ha != -1 && hb != -1 && ha != hb) ? 0 : is_subset(t, self, other);
        if (answer >= 0 && op == COMPARE_NE)
            answer = !answer;
        break;
    }
    case COMPARE_LE: answer = is_subset(t, self, other); break;
    case COMPARE_GE: answer = is_subset(t, other, self); break;
    case COMPARE_LT: answer = na < nb ? is_subset(t, self, other) : 0; break;
    default: answer = na > nb ? is_subset(t, other, self) : 0; break;
    }
    return answer < 0 ? VALUE_EMPTY : value_from_bool(answer);
}

static int64_t set_len(Thread *t, Value self) { return (int64_t)set_length(self); }

static void set_clear_slot(Thread *t, Object *o) { set_clear(t, value_of(o)); }

/* ---- algebra ---- */

/* Calls fn(set, element, hash) for each element of a set, key of a dict, or item of an iterable, until it returns
 * non-zero: that, or -1. */
typedef int (*ElementFn)(Thread *t, Value set, Value key, hash_t hash, Value extra);
static ALWAYS_INLINE int for_each_element(Thread *t, Value elements, Value set, Value extra, ElementFn fn)
{
    Value key;
    hash_t hash;
    int status = 0;
    for (size_t position = 0; status == 0 && set_step(t, elements, &position, &key, &hash);) {
        status = fn(t, set, key, hash, extra);
        ref_dec(t, key);
    }
    return status;
}
static ALWAYS_INLINE int for_each(Thread *t, Value iterable, Value set, Value extra, ElementFn fn)
{
    Value key;
    hash_t hash;
    int status = 0;
    if (set_check_any(iterable))
        return for_each_element(t, iterable, set, extra, fn);
    if (dict_check_exact(iterable)) {
        for (size_t position = 0; status == 0 && dict_next_hash(t, iterable, &position, &key, NULL, &hash);) {
            status = fn(t, set, key, hash, extra);
            ref_dec(t, key);
        }
        return status;
    }
    Value iterator = object_iter(t, iterable);
    if (value_is_empty(iterator))
        return -1;
    while (status == 0 && !value_is_empty(key = iterate_next(t, iterator))) {
        hash = set_element_hash(t, key);
        status = hash == -1 ? -1 : fn(t, set, key, hash, extra);
        ref_dec(t, key);
    }
    ref_dec(t, iterator);
    return error_pending(t) ? -1 : status;
}

static ALWAYS_INLINE int discard_element(Thread *t, Value set, Value key, hash_t hash, Value extra)
{
    return set_discard_quick(t, set, key, hash) < 0 ? -1 : 0;
}
static ALWAYS_INLINE int contains_element(Thread *t, Value set, Value key, hash_t hash, Value extra)
{
    return set_contains_quick(t, set, key, hash);
}
static ALWAYS_INLINE int lacks_element(Thread *t, Value set, Value key, hash_t hash, Value extra)
{
    int found = set_contains_quick(t, set, key, hash);
    return found < 0 ? -1 : !found;
}
/* Adds to `extra` what is in `set`. */
static ALWAYS_INLINE int add_if_contained(Thread *t, Value set, Value key, hash_t hash, Value extra)
{
    int found = set_contains_quick(t, set, key, hash);
    return found > 0 ? set_add_quick(t, extra, key, hash) : found;
}
/* Adds to `extra` what is not in `set`. */
static ALWAYS_INLINE int add_if_absent(Thread *t, Value set, Value key, hash_t hash, Value extra)
{
    int found = set_contains_quick(t, set, key, hash);
    return found == 0 ? set_add_quick(t, extra, key, hash) : found < 0 ? -1 : 0;
}
/* Adds to `extra` what is no key of the dict `set`. */
static int add_if_no_key(Thread *t, Value set, Value key, hash_t hash, Value extra)
{
    Value found;
    int status = dict_get_hash(t, set, key, hash, &found);
    ref_dec(t, found);
    return status == 0 ? set_add_quick(t, extra, key, hash) : status < 0 ? -1 : 0;
}
static ALWAYS_INLINE int toggle_element(Thread *t, Value set, Value key, hash_t hash, Value extra)
{
    return set_toggle_quick(t, set, key, hash);
}

/* Adds to `result` what is in both.  As in CPython an iterable is read only until all of `self` has come, and an error about its items does not speak of set elements. */
static int add_common(Thread *t, Value self, Value other, Value result)
{
    if (set_check_any(other))
        return for_each_element(t, other, self, result, add_if_contained);
    Value iterator = object_iter(t, other), key;
    if (value_is_empty(iterator))
        return -1;
    int status = 0;
    while (status == 0 && !value_is_empty(key = iterate_next(t, iterator))) {
        hash_t hash = item_hash(t, key);
        status = hash == -1 ? -1 : add_if_contained(t, self, key, hash, result);
        ref_dec(t, key);
        size_t common = set_length(result);
        if (common && common >= set_length(self))
            break;
    }
    ref_dec(t, iterator);
    return error_pending(t) ? -1 : status;
}

static Value intersection(Thread *t, Value self, Value other)
{
    if (value_is(self, other))
        return copy_of(t, self);
    Value result = new_like(t, self);
    if (value_is_empty(result))
        return VALUE_EMPTY;
    /* The smaller one is walked through. */
    if (set_check_any(other) && set_length(other) > set_length(self)) {
        Value smaller = self;
        self = other;
        other = smaller;
    }
    return result_or_error(t, result, add_common(t, self, other, result));
}

int set_difference_update(Thread *t, Value self, Value other)
{
    if (value_is(self, other)) {
        set_clear(t, self);
        return 0;
    }
    if (!set_check_any(other) || set_length(other) <= set_length(self) * 8)
        return for_each(t, other, self, VALUE_EMPTY, discard_element);
    /* A far bigger one: rather look up the elements of this one in it. */
    Value common = intersection(t, self, other);
    if (value_is_empty(common))
        return -1;
    int status = for_each(t, common, self, VALUE_EMPTY, discard_element);
    ref_dec(t, common);
    return status;
}

static Value difference(Thread *t, Value self, Value other)
{
    bool is_set = set_check_any(other), is_dict = dict_check(other);
    size_t n = is_set ? set_length(other) : is_dict ? dict_length(other) : 0;
    if ((!is_set && !is_dict) || set_length(self) >> 2 > n) {
        Value result = copy_of(t, self);
        return value_is_empty(result) ? result : result_or_error(t, result, set_difference_update(t, result, other));
    }
    Value result = new_like(t, self);
    if (value_is_empty(result))
        return VALUE_EMPTY;
    return result_or_error(t, result, for_each(t, self, other, result, is_dict ? add_if_no_key : add_if_absent));
}

int set_symmetric_difference_update(Thread *t, Value self, Value other)
{
    if (value_is(self, other)) {
        set_clear(t, self);
        return 0;
    }
    if (set_check_any(other))
        return for_each(t, other, self, VALUE_EMPTY, toggle_element);
    /* An iterable may name an element twice. */
    Value unique = set_new(t, other);
    if (value_is_empty(unique))
        return -1;
    int status = for_each(t, unique, self, VALUE_EMPTY, toggle_element);
    ref_dec(t, unique);
    return status;
}

static int intersection_update(Thread *t, Value self, Value other)
{
    Value result = intersection(t, self, other);
    if (value_is_empty(result))
        return -1;
    set_swap(t, set_of(self), set_of(result));
    ref_dec(t, result);
    return 0;
}

/* ---- operators ---- */

#define BOTH_SETS(a, b)                                                                                                \
    if (!set_check_any(a) || !set_check_any(b))                                                                        \
    return VALUE_NOTIMPLEMENTED

static Value set_or(Thread *t, Value a, Value b)
{
    BOTH_SETS(a, b);
    if (value_is(a, b))
        return copy_of(t, a);
    Value result = new_like(t, a);
    if (value_is_empty(result))
        return VALUE_EMPTY;
    int status = set_merge_with_room(t, result, a, set_length(b));
    return result_or_error(t, result, status < 0 ? -1 : set_merge(t, result, b));
}
static Value set_and(Thread *t, Value a, Value b)
{
    BOTH_SETS(a, b);
    return intersection(t, a, b);
}
static Value set_sub(Thread *t, Value a, Value b)
{
    BOTH_SETS(a, b);
    return difference(t, a, b);
}
static Value set_xor(Thread *t, Value a, Value b)
{
    BOTH_SETS(a, b);
    /* As CPython: the result is like a, but starts from b. */
    Value result = new_like(t, a);
    if (value_is_empty(result))
        return VALUE_EMPTY;
    int status = set_merge(t, result, b);
    if (status == 0)
        status = set_symmetric_difference_update(t, result, a);
    return result_or_error(t, result, status);
}

#define INPLACE(name, call)                                                                                            \
    static Value name(Thread *t, Value self, Value other)                                                              \
    {                                                                                                                  \
        if (!set_check_any(other))                                                                                     \
            return VALUE_NOTIMPLEMENTED;                                                                               \
        return (call) < 0 ? VALUE_EMPTY : ref_inc(t, self);                                                            \
    }
INPLACE(set_inplace_or, set_merge(t, self, other))
INPLACE(set_inplace_and, intersection_update(t, self, other))
INPLACE(set_inplace_sub, set_difference_update(t, self, other))
INPLACE(set_inplace_xor, set_symmetric_difference_update(t, self, other))

/* ---- methods ---- */

NATIVE(set_add, "add", "($self, object, /)", "Adds an element; nothing happens if it is present.")
{
    return set_add(t, args[0], args[1]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(set_clear, "clear", "($self, /)", "Removes all elements.")
{
    set_clear(t, args[0]);
    return VALUE_NONE;
}

NATIVE(set_copy, "copy", "($self, /)", "A shallow copy.")
{
    return object_is_exact(args[0], KIND_FROZENSET) ? ref_inc(t, args[0]) : copy_of(t, args[0]);
}

NATIVE(set_discard, "discard", "($self, object, /)", "Removes an element; nothing happens if it is absent.")
{
    return set_discard(t, args[0], args[1]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(set_remove, "remove", "($self, object, /)", "Removes an element; KeyError if it is absent.")
{
    int removed = set_discard(t, args[0], args[1]);
    if (removed == 0)
        return error_key(t, args[1]);
    return removed < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(set_pop, "pop", "($self, /)", "Removes any element and returns it; KeyError if the set is empty.")
{
    Value key = set_pop_any(t, args[0]);
    return value_is_empty(key) ? error_set(t, EXC_KeyError, "pop from an empty set") : key;
}

NATIVE(set_union, "union", "($self, /, *others)", "The elements of this set and of all the others.")
{
    Value result = copy_of(t, args[0]);
    for (uint32_t i = 1; i < n && !value_is_empty(result); i++)
        if (!value_is(args[i], args[0]))
            result = result_or_error(t, result, set_update(t, result, args[i]));
    return result;
}

NATIVE(set_update, "update", "($self, /, *others)", "Adds the elements of all the others.")
{
    for (uint32_t i = 1; i < n; i++)
        if (set_update(t, args[0], args[i]) < 0)
            return VALUE_EMPTY;
    return VALUE_NONE;
}

static Value intersection_of_all(Thread *t, Value *args, uint32_t n)
{
    if (n == 1)
        return copy_of(t, args[0]);
    Value result = ref_inc(t, args[0]);
    for (uint32_t i = 1; i < n && !value_is_empty(result); i++) {
        Value smaller = intersection(t, result, args[i]);
        ref_dec(t, result);
        result = smaller;
    }
    return result;
}

NATIVE(set_intersection, "intersection", "($self, /, *others)",
       "The elements that are in this set and in all the others.")
{
    return intersection_of_all(t, args, n);
}

NATIVE(set_intersection_update, "intersection_update", "($self, /, *others)",
       "Keeps only the elements that are in all the others too.")
{
    Value result = intersection_of_all(t, args, n);
    if (value_is_empty(result))
        return VALUE_EMPTY;
    set_swap(t, set_of(args[0]), set_of(result));
    ref_dec(t, result);
    return VALUE_NONE;
}

NATIVE(set_difference, "difference", "($self, /, *others)", "The elements of this set that are in none of the others.")
{
    if (n == 1)
        return copy_of(t, args[0]);
    Value result = difference(t, args[0], args[1]);
    for (uint32_t i = 2; i < n && !value_is_empty(result); i++)
        result = result_or_error(t, result, set_difference_update(t, result, args[i]));
    return result;
}

NATIVE(set_difference_update, "difference_update", "($self, /, *others)", "Removes the elements of all the others.")
{
    for (uint32_t i = 1; i < n; i++)
        if (set_difference_update(t, args[0], args[i]) < 0)
            return VALUE_EMPTY;
    return VALUE_NONE;
}

NATIVE(set_symmetric_difference, "symmetric_difference", "($self, other, /)",
       "The elements that are in one of the two, but not in both.")
{
    Value result = new_like(t, args[0]);
    if (value_is_empty(result))
        return VALUE_EMPTY;
    int status = set_update(t, result, args[1]);
    if (status == 0)
        status = set_symmetric_difference_update(t, result, args[0]);
    return result_or_error(t, result, status);
}

NATIVE(set_symmetric_difference_update, "symmetric_difference_update", "($self, other, /)",
       "Keeps the elements that are in one of the two, but not in both.")
{
    return set_symmetric_difference_update(t, args[0], args[1]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(set_isdisjoint, "isdisjoint", "($self, other, /)", "Have the two no element in common?")
{
    Value self = args[0], other = args[1];
    if (value_is(self, other))
        return value_from_bool(set_length(self) == 0);
    if (set_check_any(other) && set_length(other) > set_length(self)) {
        self = args[1];
        other = args[0];
    }
    int common = for_each(t, other, self, VALUE_EMPTY, contains_element);
    return common < 0 ? VALUE_EMPTY : value_from_bool(!common);
}

NATIVE(set_issubset, "issubset", "($self, other, /)", "Does the other one contain all elements of this set?")
{
    if (set_check_any(args[1])) {
        int answer = is_subset(t, args[0], args[1]);
        return answer < 0 ? VALUE_EMPTY : value_from_bool(answer);
    }
    Value common = intersection(t, args[0], args[1]);
    if (value_is_empty(common))
        return VALUE_EMPTY;
    bool all = set_length(common) == set_length(args[0]);
    ref_dec(t, common);
    return value_from_bool(all);
}

NATIVE(set_issuperset, "issuperset", "($self, other, /)", "Does this set contain all elements of the other one?")
{
    int answer;
    if (set_check_any(args[1])) {
        answer = is_subset(t, args[1], args[0]);
    } else {
        answer = for_each(t, args[1], args[0], VALUE_EMPTY, lacks_element);
        if (answer >= 0)
            answer = !answer;
    }
    return answer < 0 ? VALUE_EMPTY : value_from_bool(answer);
}

NATIVE(set_contains, "__contains__", "($self, object, /)", "Is the object an element?")
{
    int found = set_contains(t, args[0], args[1]);
    return found < 0 ? VALUE_EMPTY : value_from_bool(found);
}

NATIVE(set_reduce, "__reduce__", "($self, /)", "State for pickling.")
{
    Value items[3] = {value_of(ref_inc_ptr(t, type_of(t, args[0]))), VALUE_EMPTY, VALUE_EMPTY};
    Value elements = object_to_list(t, args[0]);
    items[1] = value_is_empty(elements) ? VALUE_EMPTY : tuple_from_array_take(t, &elements, 1);
    if (!value_is_empty(items[1]))
        items[2] = object_call_method(t, ID(t, __getstate__), &args[0], 1, VALUE_EMPTY);
    if (!value_is_empty(items[2]))
        return tuple_from_array_take(t, items, 3);
    ref_dec(t, items[0]);
    ref_dec(t, items[1]);
    return VALUE_EMPTY;
}

NATIVE(set_sizeof, "__sizeof__", "($self, /)", "Size in memory, in bytes.")
{
    return int_from_size(t, type_of(t, args[0])->size + set_table_size(set_of(args[0])));
}

NATIVE_FLAGS(set_class_getitem, "__class_getitem__", "($type, object, /)", "A generic alias: set[int].", NATIVE_CLASS)
{
    return generic_alias_new(t, args[0], args[1]);
}

#define COMMON_METHODS                                                                                                 \
    &native_set_copy, &native_set_union, &native_set_intersection, &native_set_difference,                             \
        &native_set_symmetric_difference, &native_set_isdisjoint, &native_set_issubset, &native_set_issuperset,        \
        &native_set_contains, &native_set_reduce, &native_set_sizeof, &native_set_class_getitem

static const NativeDef *const frozenset_methods[] = {COMMON_METHODS, NULL};
static const NativeDef *const set_methods[] = {COMMON_METHODS,
                                               &native_set_add,
                                               &native_set_clear,
                                               &native_set_discard,
                                               &native_set_remove,
                                               &native_set_pop,
                                               &native_set_update,
                                               &native_set_intersection_update,
                                               &native_set_difference_update,
                                               &native_set_symmetric_difference_update,
                                               NULL};

const TypeSpec type_spec_set = {
    .name = "set",
    .doc = "A mutable, unordered collection of different hashable elements.\n\nWithout an argument it is empty, else "
           "it holds the items of the iterable.",
    .kind = KIND_SET,
    .flags = TYPE_BASE | TYPE_IMMUTABLE | TYPE_MATCH_SELF,
    .size = sizeof(Set),
    .weak_offset = offsetof(Set, weakrefs),
    .methods = set_methods,
    .signature = "(iterable=(), /)",
    .slots =
        {
            .dealloc = set_dealloc,
            .traverse = set_traverse,
            .clear = set_clear_slot,
            .create = set_create,
            .init = set_init,
            .repr = set_repr,
            .hash = slot_hash_unhashable,
            .compare = set_compare,
            .iter = set_iter,
            .binary = {[BINARY_SUB] = set_sub, [BINARY_AND] = set_and, [BINARY_OR] = set_or, [BINARY_XOR] = set_xor},
            .inplace = {[BINARY_SUB] = set_inplace_sub,
                        [BINARY_AND] = set_inplace_and,
                        [BINARY_OR] = set_inplace_or,
                        [BINARY_XOR] = set_inplace_xor},
            .len = set_len,
            .contains = set_contains,
        },
};

const TypeSpec type_spec_frozenset = {
    .name = "frozenset",
    .doc =
        "An immutable and hashable set.\n\nWithout an argument it is empty, else it holds the items of the iterable.",
    .kind = KIND_FROZENSET,
    .flags = TYPE_BASE | TYPE_IMMUTABLE | TYPE_MATCH_SELF,
    .size = sizeof(Set),
    .weak_offset = offsetof(Set, weakrefs),
    .methods = frozenset_methods,
    .signature = "(iterable=(), /)",
    .slots =
        {
            .dealloc = set_dealloc,
            .traverse = set_traverse,
            .clear = set_clear_slot,
            .create = frozenset_create,
            .repr = set_repr,
            .hash = frozenset_hash,
            .compare = set_compare,
            .iter = set_iter,
            .binary = {[BINARY_SUB] = set_sub, [BINARY_AND] = set_and, [BINARY_OR] = set_or, [BINARY_XOR] = set_xor},
            .len = set_len,
            .contains = set_contains,
        },
};
