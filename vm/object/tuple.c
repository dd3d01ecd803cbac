/* tuple.c: tuples and their iterator.
 *
 * Invariant: the items of a published tuple never change, so nothing here takes a lock; the hash is computed once.
 * (The iterators of enumerate, zip and dict.items refill a tuple only while nobody else has it: ref_is_unique.)  Read
 * next: list.c. */
#include <stdarg.h>

#include "../memory/end.h"
#include "container.h"

static size_t tuple_items(const Object *o) { return ((const Tuple *)o)->length; }

static ALWAYS_INLINE Tuple *allocate(Thread *t, size_t n)
{
    if (UNLIKELY(n > (SIZE_MAX / 2 - sizeof(Tuple)) / sizeof(Value))) {
        error_no_memory(t);
        return NULL;
    }
    Tuple *tuple = alloc_container_raw(t, KIND_TUPLE, sizeof(Tuple) + n * sizeof(Value));
    if (UNLIKELY(!tuple))
        return NULL;
    tuple->length = n;
    tuple->hash = -1;
    return tuple;
}

static ALWAYS_INLINE Tuple *allocate_quick(Thread *t, size_t n)
{
    /* Nothing is shifted out of the size of one that has it. */
    Tuple *tuple = LIKELY(n <= ALLOC_FINE_MAX / sizeof(Value))
                       ? alloc_container_quick(t, KIND_TUPLE, sizeof(Tuple) + n * sizeof(Value))
                       : NULL;
    if (LIKELY(tuple != NULL)) {
        tuple->length = n;
        tuple->hash = -1;
    }
    return tuple;
}

int tuple_bootstrap(Thread *t)
{
    Tuple *empty = allocate(t, 0);
    if (!empty)
        return -1;
    ref_make_immortal(&empty->head);
    t->interp->empty_tuple = value_of(empty);
    return 0;
}

Value tuple_new(Thread *t, size_t n)
{
    if (n == 0)
        return ref_inc(t, t->interp->empty_tuple);
    Tuple *tuple = allocate(t, n);
    if (UNLIKELY(!tuple))
        return VALUE_EMPTY;
    memset(tuple->items, 0, n * sizeof(Value));
    return value_of(tuple);
}

static NOINLINE Value from_array_slowly(Thread *t, const Value *items, size_t n)
{
    if (n == 0)
        return ref_inc(t, t->interp->empty_tuple);
    Tuple *tuple = allocate(t, n);
    if (UNLIKELY(!tuple))
        return VALUE_EMPTY;
    for (size_t i = 0; i < n; i++)
        tuple->items[i] = ref_inc(t, items[i]);
    return value_of(tuple);
}

Value tuple_from_array(Thread *t, const Value *items, size_t n)
{
    Tuple *tuple = LIKELY(n > 0) ? allocate_quick(t, n) : NULL;
    if (UNLIKELY(!tuple))
        return from_array_slowly(t, items, n);
    for (size_t i = 0; i < n; i++)
        tuple->items[i] = ref_inc(t, items[i]);
    return value_of(tuple);
}

static NOINLINE Value from_array_take_slowly(Thread *t, Value *items, size_t n)
{
    Value tuple = from_array_slowly(t, items, n);
    for (size_t i = 0; i < n; i++)
        ref_clear(t, &items[i]);
    return tuple;
}

Value tuple_from_array_take(Thread *t, Value *items, size_t n)
{
    Tuple *tuple = LIKELY(n > 0) ? allocate_quick(t, n) : NULL;
    if (UNLIKELY(!tuple))
        return from_array_take_slowly(t, items, n);
    for (size_t i = 0; i < n; i++) {
        tuple->items[i] = items[i];
        items[i] = VALUE_EMPTY;
    }
    return value_of(tuple);
}

Value tuple_pack(Thread *t, size_t n, ...)
{
    if (n == 0)
        return ref_inc(t, t->interp->empty_tuple);
    Tuple *tuple = allocate(t, n);
    if (UNLIKELY(!tuple))
        return VALUE_EMPTY;
    va_list values;
    va_start(values, n);
    for (size_t i = 0; i < n; i++)
        tuple->items[i] = ref_inc(t, va_arg(values, Value));
    va_end(values);
    return value_of(tuple);
}

Value tuple_slice(Thread *t, Value v, size_t start, size_t end)
{
    Tuple *tuple = tuple_of(v);
    if (end > tuple->length)
        end = tuple->length;
    if (start > end)
        start = end;
    if (start == 0 && end == tuple->length && tuple_check_exact(v))
        return ref_inc(t, v);
    return tuple_from_array(t, tuple->items + start, end - start);
}

/* ---- life ---- */

static ALWAYS_INLINE void tuple_dealloc(Thread *t, Object *o)
{
    Tuple *tuple = (Tuple *)o;
    for (size_t i = tuple->length; i-- > 0;)
        ref_dec(t, tuple->items[i]);
}

static void tuple_end(Thread *t, Object *o) { end_container(t, o, tuple_dealloc); }

static int tuple_traverse(Object *o, VisitFn visit, void *arg)
{
    Tuple *tuple = (Tuple *)o;
    for (size_t i = tuple->length; i-- > 0;)
        VISIT(tuple->items[i]);
    return 0;
}

static Value tuple_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    /* A subclass with an __init__ of its own may take any keywords. */
    if (type->slots.init == t->types[KIND_TUPLE]->slots.init && refuse_keywords(t, "tuple", names) < 0)
        return VALUE_EMPTY;
    if (check_positional(t, "tuple", n, 0, 1) < 0)
        return VALUE_EMPTY;
    Value items = n ? object_to_tuple(t, args[0]) : ref_inc(t, t->interp->empty_tuple);
    if (value_is_empty(items) || type_is_kind(t, type, KIND_TUPLE))
        return items;
    size_t length = tuple_length(items);
    Tuple *tuple = type_alloc(t, type, length);
    if (tuple) {
        tuple->hash = -1;
        for (size_t i = 0; i < length; i++)
            tuple->items[i] = ref_inc(t, tuple_peek(items, i));
        tuple->length = length;
    }
    ref_dec(t, items);
    return value_of(tuple);
}

/* ---- operations ---- */

static Value tuple_repr(Thread *t, Value self)
{
    if (tuple_length(self) == 0)
        return str_from_string(t, "()");
    int entered = repr_enter(t, self);
    if (entered)
        return entered > 0 ? str_from_string(t, "(...)") : VALUE_EMPTY;
    Value result = sequence_repr(t, self, "(", tuple_length(self) == 1 ? ",)" : ")");
    repr_leave(t, self);
    return result;
}

/* The xxHash round for each item's hash, which scatters tuples of small ints well. */
#define HASH_PRIME_1 UINT64_C(11400714785074694791)
#define HASH_PRIME_2 UINT64_C(14029467366897019727)
#define HASH_PRIME_5 UINT64_C(2870177450012600261)

static hash_t tuple_hash(Thread *t, Value self)
{
    Tuple *tuple = tuple_of(self);
    hash_t cached = __atomic_load_n(&tuple->hash, __ATOMIC_RELAXED);
    if (cached != -1)
        return cached;
    uint64_t acc = HASH_PRIME_5;
    for (size_t i = 0; i < tuple->length; i++) {
        hash_t lane = item_hash(t, tuple->items[i]);
        if (lane == -1)
            return -1;
        acc += (uint64_t)lane * HASH_PRIME_2;
        acc = (acc << 31) | (acc >> 33);
        acc *= HASH_PRIME_1;
    }
    acc += tuple->length ^ (HASH_PRIME_5 ^ UINT64_C(3527539));
    hash_t hash = acc == UINT64_MAX ? 1546275796 : (hash_t)acc;
    store_relaxed(&tuple->hash, hash);
    return hash;
}

static Value tuple_compare(Thread *t, Value self, Value other, Compare op)
{
    if (!tuple_check(self) || !tuple_check(other))
        return VALUE_NOTIMPLEMENTED;
    Tuple *a = tuple_of(self), *b = tuple_of(other);
    size_t shorter = a->length < b->length ? a->length : b->length;
    for (size_t i = 0; i < shorter; i++) {
        int equal = items_equal(t, a->items[i], b->items[i]);
        if (equal < 0)
            return VALUE_EMPTY;
        if (equal)
            continue;
        if (op == COMPARE_EQ || op == COMPARE_NE)
            return value_from_bool(op == COMPARE_NE);
        return object_compare(t, a->items[i], b->items[i], op);
    }
    return compare_sizes(op, a->length, b->length);
}

int items_less_slowly(Thread *t, Value a, Value b)
{
    if (str_check_exact(a) && str_check_exact(b))
        return str_compare(a, b) < 0;
    if (!tuple_check_exact(a) || !tuple_check_exact(b))
        return object_compare_bool(t, a, b, COMPARE_LT);
    size_t na = tuple_length(a), nb = tuple_length(b);
    for (size_t i = 0; i < na && i < nb; i++) {
        Value x = tuple_peek(a, i), y = tuple_peek(b, i);
        int equal = items_equal(t, x, y);
        if (UNLIKELY(equal < 0))
            return -1;
        if (equal)
            continue;
        if (value_is_int(x) && value_is_int(y))
            return x.bits < y.bits;
        return str_check_exact(x) && str_check_exact(y) ? str_compare(x, y) < 0
                                                        : object_compare_bool(t, x, y, COMPARE_LT);
    }
    return na < nb;
}

static int64_t tuple_len(Thread *t, Value self) { return (int64_t)tuple_length(self); }

Value tuple_slice_stepped(Thread *t, Value self, int64_t start, int64_t stop, int64_t step)
{
    Tuple *tuple = tuple_of(self);
    int64_t count = slice_adjust((int64_t)tuple->length, &start, &stop, step);
    if (step == 1)
        return tuple_slice(t, self, (size_t)start, (size_t)(start + count));
    Value result = tuple_new(t, (size_t)count);
    if (value_is_empty(result))
        return VALUE_EMPTY;
    for (int64_t i = 0; i < count; i++, start += step)
        tuple_of(result)->items[i] = ref_inc(t, tuple->items[start]);
    return result;
}

static Value tuple_getitem(Thread *t, Value self, Value key)
{
    Tuple *tuple = tuple_of(self);
    if (object_is(key, KIND_SLICE)) {
        int64_t start, stop, step;
        return slice_unpack(t, key, &start, &stop, &step) < 0 ? VALUE_EMPTY
                                                              : tuple_slice_stepped(t, self, start, stop, step);
    }
    int64_t i;
    if (LIKELY(value_is_int(key))) {
        i = value_to_int(key);
    } else {
        if (!int_check(key) && !type_of(t, key)->slots.index)
            return error_set(t, EXC_TypeError, "tuple indices must be integers or slices, not %N", type_of(t, key));
        i = number_index_int64(t, key, EXC_IndexError);
        if (i == -1 && error_pending(t))
            return VALUE_EMPTY;
    }
    if (i < 0)
        i += (int64_t)tuple->length;
    if (UNLIKELY(i < 0 || (size_t)i >= tuple->length))
        return error_set(t, EXC_IndexError, "tuple index out of range");
    return ref_inc(t, tuple->items[i]);
}

static int tuple_contains(Thread *t, Value self, Value item)
{
    Tuple *tuple = tuple_of(self);
    for (size_t i = 0; i < tuple->length; i++) {
        int equal = items_equal(t, tuple->items[i], item);
        if (equal)
            return equal;
    }
    return 0;
}

static Value tuple_concat(Thread *t, Value a, Value b)
{
    if (!tuple_check(b))
        return error_set(t, EXC_TypeError, "can only concatenate tuple (not \"%N\") to tuple", type_of(t, b));
    size_t na = tuple_length(a), nb = tuple_length(b);
    if (na == 0 && tuple_check_exact(b))
        return ref_inc(t, b);
    if (nb == 0 && tuple_check_exact(a))
        return ref_inc(t, a);
    if (na + nb == 0)
        return ref_inc(t, t->interp->empty_tuple);
    Tuple *tuple = allocate(t, na + nb);
    if (UNLIKELY(!tuple))
        return VALUE_EMPTY;
    Value *to = tuple->items;
    for (const Value *from = tuple_of(a)->items, *end = from + na; from < end; from++)
        *to++ = ref_inc(t, *from);
    for (const Value *from = tuple_of(b)->items, *end = from + nb; from < end; from++)
        *to++ = ref_inc(t, *from);
    return value_of(tuple);
}

static Value tuple_repeat(Thread *t, Value self, int64_t count)
{
    size_t n = tuple_length(self);
    if ((n == 0 || count == 1) && tuple_check_exact(self))
        return ref_inc(t, self);
    if (n == 0 || count <= 0)
        return ref_inc(t, t->interp->empty_tuple);
    if ((uint64_t)count > SIZE_MAX / sizeof(Value) / n)
        return error_no_memory(t);
    size_t total = n * (size_t)count;
    Tuple *tuple = allocate(t, total);
    if (!tuple)
        return VALUE_EMPTY;
    for (size_t i = 0; i < total; i++)
        tuple->items[i] = ref_inc(t, i < n ? tuple_peek(self, i) : tuple->items[i - n]);
    return value_of(tuple);
}

/* ---- methods ---- */

NATIVE(tuple_index, "index", "($self, value, start=0, stop=sys.maxsize, /)",
       "The index of the first item equal to value; ValueError if there is none.")
{
    Tuple *tuple = tuple_of(args[0]);
    int64_t length = (int64_t)tuple->length, start, stop;
    if (index_argument(t, args[2], length, 0, &start) < 0 || index_argument(t, args[3], length, length, &stop) < 0)
        return VALUE_EMPTY;
    for (int64_t i = start; i < stop && i < length; i++) {
        int equal = items_equal(t, tuple->items[i], args[1]);
        if (equal)
            return equal < 0 ? VALUE_EMPTY : value_from_int(i);
    }
    return error_set(t, EXC_ValueError, "tuple.index(x): x not in tuple");
}

NATIVE(tuple_count, "count", "($self, value, /)", "How many items equal value.")
{
    Tuple *tuple = tuple_of(args[0]);
    int64_t count = 0;
    for (size_t i = 0; i < tuple->length; i++) {
        int equal = items_equal(t, tuple->items[i], args[1]);
        if (equal < 0)
            return VALUE_EMPTY;
        count += equal;
    }
    return value_from_int(count);
}

NATIVE(tuple_getnewargs, "__getnewargs__", "($self, /)", "Arguments of __new__ for pickling.")
{
    Value plain = tuple_from_array(t, tuple_of(args[0])->items, tuple_length(args[0]));
    if (value_is_empty(plain))
        return VALUE_EMPTY;
    return tuple_from_array_take(t, &plain, 1);
}

NATIVE_FLAGS(tuple_class_getitem, "__class_getitem__", "($type, object, /)", "A generic alias: tuple[int, str].",
             NATIVE_CLASS)
{
    return generic_alias_new(t, args[0], args[1]);
}

static const NativeDef *const tuple_methods[] = {&native_tuple_index, &native_tuple_count, &native_tuple_getnewargs,
                                                 &native_tuple_class_getitem, NULL};

/* ---- the iterator ---- */

static Value tuple_iter(Thread *t, Value self)
{
    TupleIterator *it = alloc_container_raw(t, KIND_TUPLE_ITERATOR, sizeof(TupleIterator));
    if (!it)
        return VALUE_EMPTY;
    it->tuple = ref_inc(t, self);
    it->index = 0;
    return value_of(it);
}

const TypeSpec type_spec_tuple = {
    .name = "tuple",
    .doc = "An immutable sequence of any objects.\n\nWithout an argument it is empty, else it holds the items of the "
           "iterable.",
    .kind = KIND_TUPLE,
    .flags = TYPE_BASE | TYPE_SEQUENCE | TYPE_IMMUTABLE | TYPE_MATCH_SELF,
    .size = sizeof(Tuple),
    .item_size = sizeof(Value),
    .length = tuple_items,
    .methods = tuple_methods,
    .signature = "(iterable=(), /)",
    .slots =
        {
            .dealloc = tuple_dealloc,
            .end = tuple_end,
            .traverse = tuple_traverse,
            .create = tuple_create,
            .repr = tuple_repr,
            .hash = tuple_hash,
            .compare = tuple_compare,
            .iter = tuple_iter,
            .len = tuple_len,
            .getitem = tuple_getitem,
            .contains = tuple_contains,
            .concat = tuple_concat,
            .repeat = tuple_repeat,
        },
};

static void iterator_dealloc(Thread *t, Object *o) { ref_dec(t, ((TupleIterator *)o)->tuple); }

static int iterator_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((TupleIterator *)o)->tuple);
    return 0;
}

static Value iterator_next(Thread *t, Value self)
{
    TupleIterator *it = (TupleIterator *)value_object(self);
    if (value_is_empty(it->tuple))
        return VALUE_EMPTY;
    size_t index = __atomic_load_n(&it->index, __ATOMIC_RELAXED);
    if (LIKELY(index < tuple_length(it->tuple))) {
        store_relaxed(&it->index, index + 1);
        return ref_inc(t, tuple_peek(it->tuple, index));
    }
    iterator_finish(t, &it->tuple);
    return VALUE_EMPTY;
}

static size_t iterator_left(TupleIterator *it)
{
    if (value_is_empty(it->tuple) || it->index >= tuple_length(it->tuple))
        return 0;
    return tuple_length(it->tuple) - it->index;
}

NATIVE(iterator_length_hint, "__length_hint__", "($self, /)", "How many items are left.")
{
    return int_from_size(t, iterator_left((TupleIterator *)value_object(args[0])));
}

NATIVE(iterator_reduce, "__reduce__", "($self, /)", "State for pickling.")
{
    Value iter = builtin_function(t, "iter");
    if (value_is_empty(iter))
        return VALUE_EMPTY;
    TupleIterator *it = (TupleIterator *)value_object(args[0]);
    if (value_is_empty(it->tuple) ||
        (t->free_threaded && iterator_left(it) == 0)) /* there the tuple stays: iterator_finish */
        return reduce_result_take(t, iter, ref_inc(t, t->interp->empty_tuple));
    return reduce_state_take(t, iter, ref_inc(t, it->tuple), int_from_size(t, it->index));
}

NATIVE(iterator_setstate, "__setstate__", "($self, state, /)", "Sets the position.")
{
    TupleIterator *it = (TupleIterator *)value_object(args[0]);
    int64_t index;
    if (int_to_int64(t, args[1], &index) < 0)
        return VALUE_EMPTY;
    if (!value_is_empty(it->tuple)) {
        size_t length = tuple_length(it->tuple);
        it->index = index < 0 ? 0 : (uint64_t)index > length ? length : (size_t)index;
    }
    return VALUE_NONE;
}

static const NativeDef *const iterator_methods[] = {&native_iterator_length_hint, &native_iterator_reduce,
                                                    &native_iterator_setstate, NULL};

const TypeSpec type_spec_tuple_iterator = {
    .name = "tuple_iterator",
    .kind = KIND_TUPLE_ITERATOR,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(TupleIterator),
    .methods = iterator_methods,
    .slots =
        {
            .dealloc = iterator_dealloc,
            .traverse = iterator_traverse,
            .iter = slot_iter_self,
            .next = iterator_next,
        },
};
