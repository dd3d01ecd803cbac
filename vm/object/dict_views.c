/* dict_views.c: keys, values and items of a dict: as lists, and as what dict.keys(), values() and items() return.
 *
 * A view has nothing but its dict.  Views of keys and items behave like sets: their operators make real sets.  Locks: the dict's, while a list is filled. */
#include "dict_table.h"
#include "set_table.h"

/* ---- lists ---- */

/* Keys (part 0), values (part 1), or keys and values in turn (part 2) as a list, in one step. */
static Value list_of_part(Thread *t, Value dict, int part)
{
    Dict *d = dict_of(dict);
    for (;;) {
        size_t n = word_read(&d->length);
        Value result = list_new(t, part == 2 ? 2 * n : n);
        if (value_is_empty(result))
            return VALUE_EMPTY;
        List *l = list_of(result);
        objlock_enter(t, d);
        bool fits = d->length == n;
        if (fits) {
            const DictTable *table = d->table;
            for (uint32_t i = table->first; i < table->used; i++) {
                const Value *entry = dict_table_entry(table, i);
                if (value_is_empty(entry[1]))
                    continue;
                if (part != 1)
                    l->items[l->length++] = ref_inc(t, entry[0]);
                if (part != 0)
                    l->items[l->length++] = ref_inc(t, entry[1]);
            }
        }
        objlock_exit(t, d);
        if (LIKELY(fits))
            return result;
        ref_dec(t, result);
    }
}

Value dict_keys_list(Thread *t, Value dict) { return list_of_part(t, dict, 0); }
Value dict_values_list(Thread *t, Value dict) { return list_of_part(t, dict, 1); }

Value dict_items_list(Thread *t, Value dict)
{
    Value both = list_of_part(t, dict, 2);
    if (value_is_empty(both))
        return VALUE_EMPTY;
    /* The pairs are put into the front half as they are made. */
    List *l = list_of(both);
    size_t n = l->length / 2;
    for (size_t i = 0; i < n; i++) {
        Value pair = tuple_from_array(t, &l->items[2 * i], 2);
        if (value_is_empty(pair)) {
            ref_dec(t, both);
            return VALUE_EMPTY;
        }
        ref_dec(t, l->items[2 * i]); /* the pair has another */
        ref_dec(t, l->items[2 * i + 1]);
        l->items[2 * i] = l->items[2 * i + 1] = VALUE_NONE;
        l->items[i] = pair;
    }
    l->length = n;
    return both;
}

/* ---- views ---- */

static DictView *view_of(Value v) { return (DictView *)value_object(v); }

static bool is_set_view(Value v) { return object_is(v, KIND_DICT_KEYS) || object_is(v, KIND_DICT_ITEMS); }

Value dict_view_new(Thread *t, Kind kind, Value dict)
{
    DictView *view = alloc_object_raw(t, t->types[kind], sizeof(DictView));
    if (!view)
        return VALUE_EMPTY;
    view->dict = ref_inc(t, dict);
    return value_of(view);
}

static void view_dealloc(Thread *t, Object *o) { ref_dec(t, ((DictView *)o)->dict); }

static int view_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((DictView *)o)->dict);
    return 0;
}

static int64_t view_len(Thread *t, Value self) { return (int64_t)dict_length(view_of(self)->dict); }

static Value view_repr(Thread *t, Value self)
{
    int entered = repr_enter(t, self);
    if (entered)
        return entered > 0 ? str_from_string(t, "...") : VALUE_EMPTY;
    Value items = object_to_list(t, self);
    Value result = value_is_empty(items) ? VALUE_EMPTY : str_format(t, "%N(%V)", type_of(t, self), items);
    ref_dec(t, items);
    repr_leave(t, self);
    return result;
}

static Value keys_iter(Thread *t, Value self)
{
    return dict_iterator_new(t, KIND_DICT_KEY_ITERATOR, view_of(self)->dict);
}
static Value values_iter(Thread *t, Value self)
{
    return dict_iterator_new(t, KIND_DICT_VALUE_ITERATOR, view_of(self)->dict);
}
static Value items_iter(Thread *t, Value self)
{
    return dict_iterator_new(t, KIND_DICT_ITEM_ITERATOR, view_of(self)->dict);
}

static int keys_contains(Thread *t, Value self, Value item) { return dict_contains(t, view_of(self)->dict, item); }

static int items_contains(Thread *t, Value self, Value item)
{
    if (!tuple_check(item) || tuple_length(item) != 2)
        return 0;
    Value value;
    int found = dict_get_optional(t, view_of(self)->dict, tuple_peek(item, 0), &value);
    if (found > 0) {
        found = items_equal(t, value, tuple_peek(item, 1));
        ref_dec(t, value);
    }
    return found;
}

Value dict_view_to_list(Thread *t, Value iterable)
{
    if (!value_is_object(iterable))
        return VALUE_EMPTY;
    switch (value_object(iterable)->kind) {
    case KIND_DICT: return dict_keys_list(t, iterable);
    case KIND_DICT_KEYS: return dict_keys_list(t, view_of(iterable)->dict);
    case KIND_DICT_VALUES: return dict_values_list(t, view_of(iterable)->dict);
    case KIND_DICT_ITEMS: return dict_items_list(t, view_of(iterable)->dict);
    default: return VALUE_EMPTY;
    }
}

/* ---- comparing ---- */

/* Does `other` contain every item of the iterable?  1, 0, -1 */
static int all_contained(Thread *t, Value iterable, Value other)
{
    Value iterator = object_iter(t, iterable), item;
    if (value_is_empty(iterator))
        return -1;
    int answer = 1;
    while (answer > 0 && !value_is_empty(item = iterate_next(t, iterator))) {
        answer = object_contains(t, other, item);
        ref_dec(t, item);
    }
    ref_dec(t, iterator);
    return error_pending(t) ? -1 : answer;
}

static Value view_compare(Thread *t, Value self, Value other, Compare op)
{
    if (!set_check_any(other) && !is_set_view(other))
        return VALUE_NOTIMPLEMENTED;
    int64_t a = view_len(t, self), b = object_len(t, other);
    if (b < 0)
        return VALUE_EMPTY;
    int answer;
    switch (op) {
    case COMPARE_EQ:
    case COMPARE_NE: answer = a == b ? all_contained(t, self, other) : 0; break;
    case COMPARE_LT: answer = a < b ? all_contained(t, self, other) : 0; break;
    case COMPARE_LE: answer = a <= b ? all_contained(t, self, other) : 0; break;
    case COMPARE_GT: answer = a > b ? all_contained(t, other, self) : 0; break;
    default: answer = a >= b ? all_contained(t, other, self) : 0; break;
    }
    if (answer < 0)
        return VALUE_EMPTY;
    return value_from_bool(op == COMPARE_NE ? !answer : answer);
}

/* ---- algebra: one operand is a view of keys or items, the other any iterable ---- */

static Value result_or_error(Thread *t, Value result, int status)
{
    if (status >= 0)
        return result;
    ref_dec(t, result);
    return VALUE_EMPTY;
}

static Value view_sub(Thread *t, Value a, Value b)
{
    Value result = set_new(t, a);
    return value_is_empty(result) ? result : result_or_error(t, result, set_difference_update(t, result, b));
}

static Value view_or(Thread *t, Value a, Value b)
{
    Value result = set_new(t, a);
    return value_is_empty(result) ? result : result_or_error(t, result, set_update(t, result, b));
}

static Value view_and(Thread *t, Value a, Value b)
{
    /* `view` is asked, `other` walked through: any iterable, or the smaller view. */
    Value view = is_set_view(a) ? a : b, other = is_set_view(a) ? b : a;
    if (is_set_view(other) && view_len(t, other) > view_len(t, view)) {
        Value smaller = view;
        view = other;
        other = smaller;
    }
    if (object_is_exact(other, KIND_SET) && (int64_t)set_length(other) >= view_len(t, view)) {
        Value smaller = view;
        view = other;
        other = smaller;
    }
    Value result = set_new(t, VALUE_EMPTY);
    Value iterator = value_is_empty(result) ? VALUE_EMPTY : object_iter(t, other), item;
    int status = value_is_empty(iterator) ? -1 : 0;
    while (status == 0 && !value_is_empty(item = iterate_next(t, iterator))) {
        status = object_contains(t, view, item);
        if (status > 0)
            status = set_add(t, result, item);
        ref_dec(t, item);
    }
    ref_dec(t, iterator);
    return result_or_error(t, result, error_pending(t) ? -1 : status);
}

/* Adds the items of a that are not items of b.  Values of items in both need not be hashable. */
static int add_items_not_in(Thread *t, Value result, Value a, Value b)
{
    Value key, value;
    int status = 0;
    for (size_t position = 0; status == 0 && dict_next_owned(t, a, &position, &key, &value);) {
        Value other;
        status = dict_get_optional(t, b, key, &other);
        if (status > 0) {
            status = items_equal(t, value, other);
            ref_dec(t, other);
        }
        if (status == 0) {
            Value pair = tuple_pack(t, 2, key, value);
            status = value_is_empty(pair) ? -1 : set_add(t, result, pair);
            ref_dec(t, pair);
        } else if (status > 0) {
            status = 0;
        }
        ref_dec(t, key);
        ref_dec(t, value);
    }
    return status;
}

static Value view_xor(Thread *t, Value a, Value b)
{
    if (object_is(a, KIND_DICT_ITEMS) && object_is(b, KIND_DICT_ITEMS)) {
        Value result = set_new(t, VALUE_EMPTY), x = view_of(a)->dict, y = view_of(b)->dict;
        if (value_is_empty(result))
            return VALUE_EMPTY;
        int status = add_items_not_in(t, result, x, y);
        return result_or_error(t, result, status < 0 ? -1 : add_items_not_in(t, result, y, x));
    }
    Value result = set_new(t, a);
    return value_is_empty(result) ? result : result_or_error(t, result, set_symmetric_difference_update(t, result, b));
}

NATIVE(view_isdisjoint, "isdisjoint", "($self, other, /)", "Have the two no element in common?")
{
    Value self = args[0], other = args[1];
    if (value_is(self, other))
        return value_from_bool(view_len(t, self) == 0);
    if (set_check_any(other) || is_set_view(other)) {
        int64_t n = object_len(t, other);
        if (n < 0)
            return VALUE_EMPTY;
        if (n > view_len(t, self)) {
            self = args[1];
            other = args[0];
        }
    }
    Value iterator = object_iter(t, other), item;
    if (value_is_empty(iterator))
        return VALUE_EMPTY;
    int found = 0;
    while (found == 0 && !value_is_empty(item = iterate_next(t, iterator))) {
        found = object_contains(t, self, item);
        ref_dec(t, item);
    }
    ref_dec(t, iterator);
    return error_pending(t) ? VALUE_EMPTY : value_from_bool(!found);
}

/* ---- the types ---- */

NATIVE(keys_reversed, "__reversed__", "($self, /)", "An iterator over the keys, last to first.")
{
    return dict_iterator_new(t, KIND_DICT_REVERSE_KEY_ITERATOR, view_of(args[0])->dict);
}
NATIVE(values_reversed, "__reversed__", "($self, /)", "An iterator over the values, last to first.")
{
    return dict_iterator_new(t, KIND_DICT_REVERSE_VALUE_ITERATOR, view_of(args[0])->dict);
}
NATIVE(items_reversed, "__reversed__", "($self, /)", "An iterator over the items, last to first.")
{
    return dict_iterator_new(t, KIND_DICT_REVERSE_ITEM_ITERATOR, view_of(args[0])->dict);
}

static const NativeDef *const keys_methods[] = {&native_view_isdisjoint, &native_keys_reversed, NULL};
static const NativeDef *const values_methods[] = {&native_values_reversed, NULL};
static const NativeDef *const items_methods[] = {&native_view_isdisjoint, &native_items_reversed, NULL};

static Value get_mapping(Thread *t, Value self) { return mappingproxy_new(t, view_of(self)->dict); }
static const GetSetDef view_getsets[] = {{"mapping", get_mapping, NULL, "The dict that this view is of, read-only."},
                                         {0}};

#define SET_VIEW(lower, KIND, iter_, contains_)                                                                        \
    const TypeSpec type_spec_dict_##lower = {                                                                          \
        .name = "dict_" #lower,                                                                                        \
        .kind = KIND_DICT_##KIND,                                                                                      \
        .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,                                                                         \
        .size = sizeof(DictView),                                                                                      \
        .methods = lower##_methods,                                                                                    \
        .getsets = view_getsets,                                                                                       \
        .slots =                                                                                                       \
            {                                                                                                          \
                .dealloc = view_dealloc,                                                                               \
                .traverse = view_traverse,                                                                             \
                .repr = view_repr,                                                                                     \
                .hash = slot_hash_unhashable,                                                                          \
                .compare = view_compare,                                                                               \
                .iter = iter_,                                                                                         \
                .len = view_len,                                                                                       \
                .contains = contains_,                                                                                 \
                .binary = {[BINARY_SUB] = view_sub,                                                                    \
                           [BINARY_AND] = view_and,                                                                    \
                           [BINARY_OR] = view_or,                                                                      \
                           [BINARY_XOR] = view_xor},                                                                   \
            },                                                                                                         \
    };
SET_VIEW(keys, KEYS, keys_iter, keys_contains)
SET_VIEW(items, ITEMS, items_iter, items_contains)

const TypeSpec type_spec_dict_values = {
    .name = "dict_values",
    .kind = KIND_DICT_VALUES,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(DictView),
    .methods = values_methods,
    .getsets = view_getsets,
    .slots =
        {
            .dealloc = view_dealloc,
            .traverse = view_traverse,
            .repr = view_repr,
            .iter = values_iter,
            .len = view_len,
        },
};
