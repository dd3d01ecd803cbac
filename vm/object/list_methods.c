/* list_methods.c: the type list: its operators and methods.
 *
 * All access to the array goes through list.c, which takes the locks.  While items are compared or printed, any code
 * may run: loops here go by index, hold the item they work on and look at the length afresh.  Sorting: list_sort.c;
 * iterators: list_iterators.c. */
#include "list_array.h"

/* ---- making ---- */

static Value list_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    if (LIKELY(type_is_kind(t, type, KIND_LIST)))
        return list_new(t, 0);
    return value_of(type_alloc(t, type, 0));
}

static int list_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Type *type = type_of(t, self), *base = t->types[KIND_LIST];
    /* A subclass with a __new__ of its own may take any keywords. */
    if ((type == base || type->slots.create == base->slots.create) && refuse_keywords(t, "list", names) < 0)
        return -1;
    if (check_positional(t, "list", n, 0, 1) < 0)
        return -1;
    if (__atomic_load_n(&list_of(self)->items, __ATOMIC_RELAXED))
        list_clear(t, self);
    return n ? list_extend(t, self, args[0]) : 0;
}

static int list_traverse(Object *o, VisitFn visit, void *arg)
{
    List *l = (List *)o;
    for (size_t i = l->length; i-- > 0;)
        VISIT(l->items[i]);
    return 0;
}

static void list_clear_slot(Thread *t, Object *o) { list_clear(t, value_of(o)); }

/* ---- operations ---- */

static Value list_repr(Thread *t, Value self)
{
    if (list_length(self) == 0)
        return str_from_string(t, "[]");
    int entered = repr_enter(t, self);
    if (entered)
        return entered > 0 ? str_from_string(t, "[...]") : VALUE_EMPTY;
    Value result = sequence_repr(t, self, "[", "]");
    repr_leave(t, self);
    return result;
}

static Value list_compare(Thread *t, Value self, Value other, Compare op)
{
    if (!list_check(self) || !list_check(other))
        return VALUE_NOTIMPLEMENTED;
    if (list_length(self) != list_length(other) && (op == COMPARE_EQ || op == COMPARE_NE))
        return value_from_bool(op == COMPARE_NE);
    for (size_t i = 0;; i++) {
        Value a = list_get(t, self, i), b = list_get(t, other, i), result = VALUE_EMPTY;
        if (value_is_empty(a) || value_is_empty(b)) {
            ref_dec(t, a);
            ref_dec(t, b);
            return compare_sizes(op, list_length(self), list_length(other));
        }
        int equal = items_equal(t, a, b);
        if (equal == 0 && UNLIKELY(i >= list_length(self) || i >= list_length(other)))
            result = compare_sizes(op, list_length(self), list_length(other)); /* the comparison has shortened them */
        else if (equal == 0)
            result =
                op == COMPARE_EQ || op == COMPARE_NE ? value_from_bool(op == COMPARE_NE) : object_compare(t, a, b, op);
        ref_dec(t, a);
        ref_dec(t, b);
        if (equal <= 0)
            return result;
    }
}

static int64_t list_len(Thread *t, Value self) { return (int64_t)list_length(self); }

/* The int64 of an index that is no slice; -1 with an exception pending on error. */
static int64_t index_of_key(Thread *t, Value key)
{
    if (LIKELY(value_is_int(key)))
        return value_to_int(key);
    if (!type_of(t, key)->slots.index) {
        error_set(t, EXC_TypeError, "list indices must be integers or slices, not %N", type_of(t, key));
        return -1;
    }
    return number_index_int64(t, key, EXC_IndexError);
}

Value list_slice_stepped(Thread *t, Value self, int64_t start, int64_t stop, int64_t step)
{
    int64_t length = (int64_t)list_length(self);
    int64_t count = slice_adjust(length, &start, &stop, step);
    if (step == 1)
        return list_slice(t, self, (size_t)start, (size_t)(start + count));
    Value result = list_new(t, (size_t)count);
    if (value_is_empty(result))
        return VALUE_EMPTY;
    List *to = list_of(result);
    if (LIKELY(!t->free_threaded)) {
        const Value *items = list_of(self)->items;
        Value *slot = to->items;
        for (int64_t i = 0; i < count; i++, start += step)
            *slot++ = ref_inc(t, items[start]);
        to->length = (size_t)count;
        return result;
    }
    for (int64_t i = 0; i < count; i++, start += step) {
        Value item = list_get(t, self, (size_t)start);
        if (UNLIKELY(value_is_empty(item)))
            break; /* another thread shortened it */
        to->items[to->length++] = item;
    }
    return result;
}

static Value list_getitem(Thread *t, Value self, Value key)
{
    if (object_is(key, KIND_SLICE)) {
        int64_t start, stop, step;
        return slice_unpack(t, key, &start, &stop, &step) < 0 ? VALUE_EMPTY
                                                              : list_slice_stepped(t, self, start, stop, step);
    }
    int64_t i = index_of_key(t, key);
    if (i < 0) {
        if (i == -1 && error_pending(t))
            return VALUE_EMPTY;
        i += (int64_t)list_length(self);
    }
    Value item = i < 0 ? VALUE_EMPTY : list_get(t, self, (size_t)i);
    if (UNLIKELY(value_is_empty(item)))
        error_set(t, EXC_IndexError, "list index out of range");
    return item;
}

/* The items to be assigned to a slice, in a list nobody else has (an iterable may be the list itself). */
static Value items_to_assign(Thread *t, Value value)
{
    if (list_check(value))
        return list_slice(t, value, 0, SIZE_MAX);
    Value iterator = object_iter(t, value);
    if (value_is_empty(iterator)) {
        if (error_swallow(t, EXC_TypeError))
            error_set(t, EXC_TypeError, "must assign iterable to extended slice");
        return VALUE_EMPTY;
    }
    Value items = object_to_list(t, iterator);
    ref_dec(t, iterator);
    return items;
}

bool list_exchange_slice(Thread *t, Value self, int64_t start, int64_t stop, Value source)
{
    if (t->free_threaded || !list_check_exact(source) || !ref_is_unique(t, value_object(source)) ||
        value_is(self, source))
        return false;
    List *l = list_of(self), *other = list_of(source);
    int64_t count = slice_adjust((int64_t)l->length, &start, &stop, 1);
    if ((size_t)count != other->length)
        return false;
    Value *to = l->items + start, *from = other->items;
    for (int64_t i = 0; i < count; i++) {
        Value old = to[i];
        to[i] = from[i];
        from[i] = old;
    }
    return true;
}

#define FEW 32
/* list[start:stop] = source where as many items come as go, and they are few: done in place (lock on). */
static bool replace_few(Thread *t, List *l, int64_t start, int64_t stop, const List *source)
{
    if (t->free_threaded)
        return false;
    int64_t count = slice_adjust((int64_t)l->length, &start, &stop, 1);
    if ((size_t)count != source->length || count > FEW)
        return false;
    if (count == 0)
        return true;
    Value old[FEW], *to = l->items + start;
    for (int64_t i = 0; i < count; i++) {
        old[i] = to[i];
        ref_inc(t, source->items[i]);
    }
    memmove(to, source->items, (size_t)count * sizeof(Value)); /* the source may be the list itself */
    while (count-- > 0)
        ref_dec(t, old[count]);
    return true;
}

int list_assign_slice(Thread *t, Value self, int64_t start, int64_t stop, int64_t step, Value value)
{
    int64_t count;
    if (value_is_empty(value)) {
        if (step != 1)
            return list_delete_stepped(t, self, start, stop, step);
        count = slice_adjust((int64_t)list_length(self), &start, &stop, step);
        return list_delete_slice(t, self, (size_t)start, (size_t)(start + count));
    }
    if (step == 1 && list_check_exact(value) && replace_few(t, list_of(self), start, stop, list_of(value)))
        return 0;
    Value values = items_to_assign(t, value);
    if (value_is_empty(values))
        return -1;
    int status;
    if (step == 1) {
        count = slice_adjust((int64_t)list_length(self), &start, &stop, step);
        List *source = list_of(values);
        size_t n = source->length;
        source->length = 0;
        status = list_replace_slice_take(t, self, (size_t)start, (size_t)(start + count), source->items, n);
    } else {
        status = list_assign_stepped(t, self, values, start, stop, step);
    }
    ref_dec(t, values);
    return status;
}

static int list_setitem(Thread *t, Value self, Value key, Value value)
{
    if (object_is(key, KIND_SLICE)) {
        int64_t start, stop, step;
        return slice_unpack(t, key, &start, &stop, &step) < 0 ? -1
                                                              : list_assign_slice(t, self, start, stop, step, value);
    }
    int64_t i = index_of_key(t, key);
    if (i == -1 && error_pending(t))
        return -1;
    if (value_is_empty(value)) {
        Value item = list_take_at(t, list_of(self), i);
        if (value_is_empty(item))
            return error_set(t, EXC_IndexError, "list assignment index out of range"), -1;
        ref_dec(t, item);
        return 0;
    }
    if (i < 0)
        i += (int64_t)list_length(self);
    return list_set(t, self, i < 0 ? SIZE_MAX : (size_t)i, value);
}

/* The first index in [start, stop) of an item equal to value; -1 absent, -2 error. */
static int64_t find_item(Thread *t, Value self, Value value, int64_t start, int64_t stop)
{
    for (int64_t i = start; i < stop; i++) {
        Value item = list_get(t, self, (size_t)i);
        if (value_is_empty(item))
            break;
        int equal = items_equal(t, item, value);
        ref_dec(t, item);
        if (equal)
            return equal < 0 ? -2 : i;
    }
    return -1;
}

static int list_contains(Thread *t, Value self, Value item)
{
    int64_t i = find_item(t, self, item, 0, INT64_MAX);
    return i == -2 ? -1 : i >= 0;
}

static Value list_concat(Thread *t, Value a, Value b)
{
    if (!list_check(b))
        return error_set(t, EXC_TypeError, "can only concatenate list (not \"%N\") to list", type_of(t, b));
    Value result = list_new(t, list_length(a) + list_length(b));
    if (value_is_empty(result))
        return VALUE_EMPTY;
    if (list_extend_from_sequence(t, list_of(result), a) < 0 || list_extend_from_sequence(t, list_of(result), b) < 0) {
        ref_dec(t, result);
        return VALUE_EMPTY;
    }
    return result;
}

static Value list_inplace_concat(Thread *t, Value a, Value b)
{
    return list_extend(t, a, b) < 0 ? VALUE_EMPTY : ref_inc(t, a);
}

static Value list_inplace_repeat(Thread *t, Value self, int64_t count)
{
    return list_repeat_in_place(t, self, count) < 0 ? VALUE_EMPTY : ref_inc(t, self);
}

/* ---- methods ---- */

NATIVE(list_append, "append", "($self, object, /)", "Adds an object at the end.")
{
    return list_append(t, args[0], args[1]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(list_clear, "clear", "($self, /)", "Removes all items.")
{
    list_clear(t, args[0]);
    return VALUE_NONE;
}

NATIVE(list_copy, "copy", "($self, /)", "A shallow copy.") { return list_slice(t, args[0], 0, SIZE_MAX); }

NATIVE(list_count, "count", "($self, value, /)", "How many items equal value.")
{
    int64_t count = 0;
    for (int64_t i = 0; (i = find_item(t, args[0], args[1], i, INT64_MAX)) != -1; i++) {
        if (i == -2)
            return VALUE_EMPTY;
        count++;
    }
    return value_from_int(count);
}

NATIVE(list_extend, "extend", "($self, iterable, /)", "Adds all items of an iterable at the end.")
{
    return list_extend(t, args[0], args[1]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(list_index, "index", "($self, value, start=0, stop=sys.maxsize, /)",
       "The index of the first item equal to value; ValueError if there is none.")
{
    int64_t length = (int64_t)list_length(args[0]), start, stop;
    if (index_argument(t, args[2], length, 0, &start) < 0 || index_argument(t, args[3], length, INT64_MAX, &stop) < 0)
        return VALUE_EMPTY;
    int64_t i = find_item(t, args[0], args[1], start, stop);
    if (i >= 0)
        return value_from_int(i);
    return i == -2 ? VALUE_EMPTY : error_set(t, EXC_ValueError, "list.index(x): x not in list");
}

NATIVE(list_insert, "insert", "($self, index, object, /)", "Puts an object before an index.")
{
    int64_t index;
    if (int_to_size(t, args[1], &index) < 0)
        return VALUE_EMPTY;
    return list_insert(t, args[0], index, args[2]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(list_pop, "pop", "($self, index=-1, /)", "Removes the item at an index (the last by default) and returns it.")
{
    int64_t index = -1;
    if (!value_is_empty(args[1])) {
        if (int_to_size(t, args[1], &index) < 0)
            return VALUE_EMPTY;
    }
    return list_pop(t, args[0], index);
}

NATIVE(list_remove, "remove", "($self, value, /)",
       "Removes the first item equal to value; ValueError if there is none.")
{
    int64_t i = find_item(t, args[0], args[1], 0, INT64_MAX);
    if (i < 0)
        return i == -2 ? VALUE_EMPTY : error_set(t, EXC_ValueError, "list.remove(x): x not in list");
    ref_dec(t, list_take_at(t, list_of(args[0]), i));
    return VALUE_NONE;
}

NATIVE(list_reverse, "reverse", "($self, /)", "Turns the order of the items around, in place.")
{
    list_reverse(t, args[0]);
    return VALUE_NONE;
}

NATIVE(list_sort, "sort", "($self, /, *, key=None, reverse=False)",
       "Sorts in place and in ascending order; equal items keep their order.\n\nA key function is called once for each "
       "item, and its results are compared.")
{
    int reverse = value_is_empty(args[2]) ? 0 : object_truth(t, args[2]);
    if (reverse < 0)
        return VALUE_EMPTY;
    Value key = value_is_none(args[1]) ? VALUE_EMPTY : args[1];
    return list_sort(t, args[0], key, reverse) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(list_reversed, "__reversed__", "($self, /)", "An iterator from the last item to the first.")
{
    return list_reverse_iter(t, args[0]);
}

NATIVE(list_sizeof, "__sizeof__", "($self, /)", "Size in memory, in bytes.")
{
    List *l = list_of(args[0]);
    return int_from_size(t, type_of(t, args[0])->size + (l->items ? (l->capacity + 1) * sizeof(Value) : 0));
}

NATIVE_FLAGS(list_class_getitem, "__class_getitem__", "($type, object, /)", "A generic alias: list[int].", NATIVE_CLASS)
{
    return generic_alias_new(t, args[0], args[1]);
}

static const NativeDef *const list_methods[] = {
    &native_list_append, &native_list_clear,    &native_list_copy,   &native_list_count,         &native_list_extend,
    &native_list_index,  &native_list_insert,   &native_list_pop,    &native_list_remove,        &native_list_reverse,
    &native_list_sort,   &native_list_reversed, &native_list_sizeof, &native_list_class_getitem, NULL};

const TypeSpec type_spec_list = {
    .name = "list",
    .doc = "A mutable sequence of any objects.\n\nWithout an argument it is empty, else it holds the items of the "
           "iterable.",
    .kind = KIND_LIST,
    .flags = TYPE_BASE | TYPE_SEQUENCE | TYPE_IMMUTABLE | TYPE_MATCH_SELF,
    .size = sizeof(List),
    .methods = list_methods,
    .signature = "(iterable=(), /)",
    .slots =
        {
            .dealloc = list_dealloc,
            .end = list_end,
            .traverse = list_traverse,
            .clear = list_clear_slot,
            .create = list_create,
            .init = list_init,
            .repr = list_repr,
            .hash = slot_hash_unhashable,
            .compare = list_compare,
            .iter = list_iter,
            .len = list_len,
            .getitem = list_getitem,
            .setitem = list_setitem,
            .contains = list_contains,
            .concat = list_concat,
            .repeat = list_repeated,
            .inplace_concat = list_inplace_concat,
            .inplace_repeat = list_inplace_repeat,
        },
};
