/* str_iter.c: the iterator over the characters of a str.
 *
 * With the lock off two threads may share one: the index is read and written by atomic operations and bounded by the length each time, so a character may be given twice
 * or skipped, but never one beyond the end, and the str stays until the iterator dies.  With the lock on it is released at the end. */
#include "str_internal.h"

#include "dict.h"
#include "native.h"

typedef struct StrIterator {
    Object head;
    Value str;            /* may be empty once exhausted */
    _Atomic size_t index; /* SIZE_MAX: exhausted */
} StrIterator;

static StrIterator *iterator_of(Value v) { return (StrIterator *)value_object(v); }
static size_t position(StrIterator *i) { return atomic_load_explicit(&i->index, memory_order_relaxed); }

Value str_iter(Thread *t, Value v)
{
    StrIterator *i = alloc_object_raw(t, t->types[KIND_STR_ITERATOR], sizeof *i);
    if (!i)
        return VALUE_EMPTY;
    i->str = ref_inc(t, v);
    store_relaxed(&i->index, 0);
    return value_of(i);
}

static void dealloc(Thread *t, Object *o) { ref_clear(t, &((StrIterator *)o)->str); }

static Value next(Thread *t, Value self)
{
    StrIterator *i = iterator_of(self);
    size_t at = position(i);
    if (UNLIKELY(at == SIZE_MAX))
        return VALUE_EMPTY;
    const Str *s = str_of(i->str);
    if (UNLIKELY(at >= s->length)) {
        store_relaxed(&i->index, SIZE_MAX);
        if (!t->free_threaded)
            ref_clear(t, &i->str);
        return VALUE_EMPTY;
    }
    store_relaxed(&i->index, at + 1);
    return str_from_char(t, str_at(s, at));
}

NATIVE(str_iterator_length_hint, "__length_hint__", "($self, /)", "How many characters are left.")
{
    StrIterator *i = iterator_of(args[0]);
    size_t at = position(i), length = at == SIZE_MAX ? 0 : str_length(i->str);
    return int_from_size(t, at < length ? length - at : 0);
}

NATIVE(str_iterator_reduce, "__reduce__", "($self, /)", "State for pickling.")
{
    StrIterator *i = iterator_of(args[0]);
    Value iter = dict_get_string(t, t->interp->builtins_dict, "iter"), result = VALUE_EMPTY;
    if (value_is_empty(iter))
        return error_set(t, EXC_AttributeError, "iter");
    size_t at = position(i); /* not before: the search for iter() may have moved it */
    Value from = tuple_pack(t, 1, at == SIZE_MAX ? t->interp->empty_str : i->str);
    if (!value_is_empty(from)) {
        result =
            at == SIZE_MAX ? tuple_pack(t, 2, iter, from) : tuple_pack(t, 3, iter, from, value_from_int((int64_t)at));
        ref_dec(t, from);
    }
    ref_dec(t, iter);
    return result;
}

NATIVE(str_iterator_setstate, "__setstate__", "($self, object, /)", "Sets the position, for unpickling.")
{
    StrIterator *i = iterator_of(args[0]);
    if (!int_check(args[1]))
        return error_set(t, EXC_TypeError, "an integer is required");
    int64_t at = number_index_int64(t, args[1], EXC_OverflowError);
    if (at == -1 && error_pending(t))
        return VALUE_EMPTY;
    if (position(i) != SIZE_MAX) {
        size_t length = str_length(i->str);
        store_relaxed(&i->index, at < 0 ? 0 : (size_t)at > length ? length : (size_t)at);
    }
    return VALUE_NONE;
}

static const NativeDef *const iterator_methods[] = {&native_str_iterator_length_hint, &native_str_iterator_reduce,
                                                    &native_str_iterator_setstate, NULL};

const TypeSpec type_spec_str_iterator = {
    .name = "str_iterator",
    .kind = KIND_STR_ITERATOR,
    .flags = TYPE_NO_NEW,
    .size = sizeof(StrIterator),
    .methods = iterator_methods,
    .slots = {.dealloc = dealloc, .iter = slot_iter_self, .next = next},
};
