/* list_iterators.c: the iterators over lists, forward and reverse.
 *
 * An iterator goes by index and asks the list at each step, so it follows what happens to the list.  With the lock
 * off two threads that share one may get an item twice; the list stays until the iterator dies (iterator_finish).
 * Read next: list.c. */
#include "../memory/end.h"
#include "list_array.h"

Value list_iter(Thread *t, Value self)
{
    ListIterator *it = alloc_container_raw(t, KIND_LIST_ITERATOR, sizeof(ListIterator));
    if (!it)
        return VALUE_EMPTY;
    it->list = ref_inc(t, self);
    it->index = 0;
    return value_of(it);
}

Value list_reverse_iter(Thread *t, Value self)
{
    ListReverseIterator *it = alloc_object_raw(t, t->types[KIND_LIST_REVERSE_ITERATOR], sizeof(ListReverseIterator));
    if (!it)
        return VALUE_EMPTY;
    it->list = ref_inc(t, self);
    it->index = (int64_t)list_length(self) - 1;
    return value_of(it);
}

static ALWAYS_INLINE void iterator_dealloc(Thread *t, Object *o) { ref_dec(t, ((ListIterator *)o)->list); }
static void iterator_end(Thread *t, Object *o) { end_container(t, o, iterator_dealloc); }

static int iterator_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((ListIterator *)o)->list);
    return 0;
}

static Value iterator_next(Thread *t, Value self)
{
    ListIterator *it = (ListIterator *)value_object(self);
    if (UNLIKELY(value_is_empty(it->list)))
        return VALUE_EMPTY;
    size_t index = __atomic_load_n(&it->index, __ATOMIC_RELAXED);
    Value item = list_get(t, it->list, index);
    if (LIKELY(!value_is_empty(item))) {
        store_relaxed(&it->index, index + 1);
        return item;
    }
    store_relaxed(&it->index, SIZE_MAX);
    iterator_finish(t, &it->list);
    return VALUE_EMPTY;
}

NATIVE(iterator_length_hint, "__length_hint__", "($self, /)", "How many items are left.")
{
    ListIterator *it = (ListIterator *)value_object(args[0]);
    size_t length = value_is_empty(it->list) ? 0 : list_length(it->list);
    return int_from_size(t, it->index < length ? length - it->index : 0);
}

NATIVE(iterator_reduce, "__reduce__", "($self, /)", "State for pickling.")
{
    Value iter = builtin_function(t, "iter");
    if (value_is_empty(iter))
        return VALUE_EMPTY;
    ListIterator *it = (ListIterator *)value_object(args[0]);
    if (value_is_empty(it->list) || it->index == SIZE_MAX)
        return reduce_result_take(t, iter, list_new(t, 0));
    return reduce_state_take(t, iter, ref_inc(t, it->list), int_from_size(t, it->index));
}

NATIVE(iterator_setstate, "__setstate__", "($self, state, /)", "Sets the position.")
{
    ListIterator *it = (ListIterator *)value_object(args[0]);
    int64_t index;
    if (int_to_int64(t, args[1], &index) < 0)
        return VALUE_EMPTY;
    if (!value_is_empty(it->list) && it->index != SIZE_MAX) {
        size_t length = list_length(it->list);
        it->index = index < 0 ? 0 : (uint64_t)index > length ? length : (size_t)index;
    }
    return VALUE_NONE;
}

static const NativeDef *const iterator_methods[] = {&native_iterator_length_hint, &native_iterator_reduce,
                                                    &native_iterator_setstate, NULL};

const TypeSpec type_spec_list_iterator = {
    .name = "list_iterator",
    .kind = KIND_LIST_ITERATOR,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(ListIterator),
    .methods = iterator_methods,
    .slots =
        {
            .dealloc = iterator_dealloc,
            .end = iterator_end,
            .traverse = iterator_traverse,
            .iter = slot_iter_self,
            .next = iterator_next,
        },
};

static void reverse_dealloc(Thread *t, Object *o) { ref_dec(t, ((ListReverseIterator *)o)->list); }

static int reverse_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((ListReverseIterator *)o)->list);
    return 0;
}

static Value reverse_next(Thread *t, Value self)
{
    ListReverseIterator *it = (ListReverseIterator *)value_object(self);
    int64_t index = __atomic_load_n(&it->index, __ATOMIC_RELAXED);
    if (value_is_empty(it->list))
        return VALUE_EMPTY;
    Value item = index < 0 ? VALUE_EMPTY : list_get(t, it->list, (size_t)index);
    if (LIKELY(!value_is_empty(item))) {
        store_relaxed(&it->index, index - 1);
        return item;
    }
    store_relaxed(&it->index, -1);
    iterator_finish(t, &it->list);
    return VALUE_EMPTY;
}

NATIVE(reverse_length_hint, "__length_hint__", "($self, /)", "How many items are left.")
{
    ListReverseIterator *it = (ListReverseIterator *)value_object(args[0]);
    int64_t left = it->index + 1;
    if (value_is_empty(it->list) || (int64_t)list_length(it->list) < left)
        left = 0;
    return value_from_int(left);
}

NATIVE(reverse_reduce, "__reduce__", "($self, /)", "State for pickling.")
{
    Value reversed = builtin_function(t, "reversed");
    if (value_is_empty(reversed))
        return VALUE_EMPTY;
    ListReverseIterator *it = (ListReverseIterator *)value_object(args[0]);
    if (it->index >= 0 && !value_is_empty(it->list))
        return reduce_state_take(t, reversed, ref_inc(t, it->list), int_from_int64(t, it->index));
    return reduce_result_take(t, reversed, list_new(t, 0));
}

NATIVE(reverse_setstate, "__setstate__", "($self, state, /)", "Sets the position.")
{
    ListReverseIterator *it = (ListReverseIterator *)value_object(args[0]);
    int64_t index;
    if (int_to_int64(t, args[1], &index) < 0)
        return VALUE_EMPTY;
    if (!value_is_empty(it->list)) {
        int64_t last = (int64_t)list_length(it->list) - 1;
        it->index = index < -1 ? -1 : index > last ? last : index;
    }
    return VALUE_NONE;
}

static const NativeDef *const reverse_methods[] = {&native_reverse_length_hint, &native_reverse_reduce,
                                                   &native_reverse_setstate, NULL};

const TypeSpec type_spec_list_reverse_iterator = {
    .name = "list_reverseiterator",
    .kind = KIND_LIST_REVERSE_ITERATOR,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(ListReverseIterator),
    .methods = reverse_methods,
    .slots =
        {
            .dealloc = reverse_dealloc,
            .traverse = reverse_traverse,
            .iter = slot_iter_self,
            .next = reverse_next,
        },
};
