/* mod__collections_deque.c: collections.deque and its iterators.
 *
 * The items are in a ring: an array whose size is a power of two, the first item anywhere in it.  Invariants: items
 * [first, first + length) modulo the capacity are owned, the other slots are empty; with a maximum length, length <=
 * maxlen; `state` changes with every addition, removal or rearrangement, so that loops notice.
 *
 * Locks.  Every operation holds the deque's lock (nothing with the GIL on) and releases what it removed after leaving
 * it. */
#include "mod__collections.h"

typedef struct Deque {
    Object head;
    Value *items; /* or NULL */
    size_t capacity, first, length;
    int64_t maxlen; /* -1: unbounded */
    size_t state;
    Object *weakrefs;
} Deque;

static Deque *deque_of(Value v) { return (Deque *)value_object(v); }
static bool is_deque(Thread *t, Value v)
{
    return value_is_object(v) && type_is_subtype(type_of(t, v), collections_state(t)->deque);
}
static ALWAYS_INLINE Value *slot_at(Deque *d, size_t i) { return &d->items[(d->first + i) & (d->capacity - 1)]; }

#define CAPACITY_MIN 8

/* ---- the ring (lock held) ---- */

static int resize(Thread *t, Deque *d, size_t capacity)
{
    Value *items = alloc_memory_zeroed(t, capacity, sizeof(Value));
    if (!items)
        return -1;
    for (size_t i = 0; i < d->length; i++)
        items[i] = *slot_at(d, i);
    alloc_memory_free(t, d->items);
    d->items = items;
    d->capacity = capacity;
    d->first = 0;
    return 0;
}

static ALWAYS_INLINE int make_room(Thread *t, Deque *d)
{
    return LIKELY(d->length < d->capacity) ? 0 : resize(t, d, d->capacity ? d->capacity * 2 : CAPACITY_MIN);
}

static void shrink(Thread *t, Deque *d)
{
    if (UNLIKELY(d->capacity > 64 && d->length < d->capacity / 8) && resize(t, d, d->capacity / 2) < 0)
        error_clear(t);
}

static Value take_first(Thread *t, Deque *d)
{
    Value item = d->items[d->first];
    d->items[d->first] = VALUE_EMPTY;
    d->first = (d->first + 1) & (d->capacity - 1);
    store_release(t, &d->length, d->length - 1);
    store_release(t, &d->state, d->state + 1);
    return item;
}

static Value take_last(Thread *t, Deque *d)
{
    Value *slot = slot_at(d, d->length - 1), item = *slot;
    *slot = VALUE_EMPTY;
    store_release(t, &d->length, d->length - 1);
    store_release(t, &d->state, d->state + 1);
    return item;
}

/* Adds at the right or left end, taking the reference also on error; an item too many falls out at the other end. */
static int add_take(Thread *t, Deque *d, Value item, bool left)
{
    Value dropped = VALUE_EMPTY;
    objlock_enter(t, d);
    int status = 0;
    if (UNLIKELY(d->maxlen == 0)) {
        dropped = item;
    } else {
        if (d->maxlen >= 0 && (int64_t)d->length >= d->maxlen)
            dropped = left ? take_last(t, d) : take_first(t, d);
        status = make_room(t, d);
        if (LIKELY(status == 0)) {
            if (left) {
                d->first = (d->first - 1) & (d->capacity - 1);
                d->items[d->first] = item;
            } else {
                *slot_at(d, d->length) = item;
            }
            store_release(t, &d->length, d->length + 1);
            store_release(t, &d->state, d->state + 1);
        } else {
            objlock_exit(t, d);
            ref_dec(t, item);
            return -1;
        }
    }
    objlock_exit(t, d);
    ref_dec(t, dropped);
    return status;
}

static Value remove_end(Thread *t, Deque *d, bool left)
{
    objlock_enter(t, d);
    Value item = VALUE_EMPTY;
    if (d->length) {
        item = left ? take_first(t, d) : take_last(t, d);
        shrink(t, d);
    }
    objlock_exit(t, d);
    return item;
}

/* Item i, owned; empty without an exception when there is none. */
static Value item_at(Thread *t, Deque *d, size_t i)
{
    objlock_enter(t, d);
    Value item = i < d->length ? ref_inc(t, *slot_at(d, i)) : VALUE_EMPTY;
    objlock_exit(t, d);
    return item;
}

/* Removes item i, moving the shorter side; owned. */
static Value remove_at(Thread *t, Deque *d, size_t i)
{
    objlock_enter(t, d);
    Value item = VALUE_EMPTY;
    if (i < d->length) {
        item = *slot_at(d, i);
        if (i < d->length / 2) {
            for (; i > 0; i--)
                *slot_at(d, i) = *slot_at(d, i - 1);
            take_first(t, d);
        } else {
            for (; i + 1 < d->length; i++)
                *slot_at(d, i) = *slot_at(d, i + 1);
            take_last(t, d);
        }
    }
    objlock_exit(t, d);
    return item;
}

static void clear(Thread *t, Deque *d)
{
    objlock_enter(t, d);
    Value *items = d->items;
    size_t first = d->first, length = d->length, capacity = d->capacity;
    d->items = NULL;
    store_release(t, &d->length, 0);
    d->first = d->capacity = 0;
    store_release(t, &d->state, d->state + 1);
    objlock_exit(t, d);
    for (size_t i = 0; i < length; i++)
        ref_dec(t, items[(first + i) & (capacity - 1)]);
    alloc_memory_free(t, items);
}

static int extend(Thread *t, Value self, Value iterable, bool left)
{
    Value copy = VALUE_EMPTY;
    if (value_is(self, iterable)) {
        copy = object_to_list(t, iterable);
        if (value_is_empty(copy))
            return -1;
        iterable = copy;
    }
    Value iterator = object_iter(t, iterable), item;
    ref_dec(t, copy);
    if (value_is_empty(iterator))
        return -1;
    int status = 0;
    while (status == 0 && !value_is_empty(item = iterate_next(t, iterator)))
        status = add_take(t, deque_of(self), item, left);
    ref_dec(t, iterator);
    return status < 0 || error_pending(t) ? -1 : 0;
}

/* ---- life ---- */

static Value deque_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Deque *d = type_alloc(t, type, 0);
    if (d)
        d->maxlen = -1;
    return value_of(d);
}

static int deque_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Deque *d = deque_of(self);
    Value arguments[2];
    if (native_parse(t, "deque", "(iterable=(), maxlen=None)", args, n, names, arguments) < 0)
        return -1;
    int64_t maxlen = -1;
    if (!value_is_empty(arguments[1]) && !value_is_none(arguments[1])) {
        if (!int_check(arguments[1]))
            return error_set(t, EXC_TypeError, "an integer is required"), -1;
        if (int_to_size(t, arguments[1], &maxlen) < 0)
            return -1;
        if (maxlen < 0)
            return error_set(t, EXC_ValueError, "maxlen must be non-negative"), -1;
    }
    d->maxlen = maxlen;
    if (d->length)
        clear(t, d);
    return value_is_empty(arguments[0]) ? 0 : extend(t, self, arguments[0], false);
}

static void deque_clear_slot(Thread *t, Object *o) { clear(t, (Deque *)o); }

static int deque_traverse(Object *o, VisitFn visit, void *arg)
{
    Deque *d = (Deque *)o;
    for (size_t i = 0; i < d->length; i++)
        VISIT(*slot_at(d, i));
    return 0;
}

/* A new deque like this one: of its class, with its maximum length, filled with its items. */
static Value copy_of(Thread *t, Value self)
{
    Deque *d = deque_of(self);
    Type *type = type_of(t, self);
    Value result;
    if (type == collections_state(t)->deque) {
        result = deque_create(t, type, NULL, 0, VALUE_EMPTY);
        if (value_is_empty(result))
            return VALUE_EMPTY;
        deque_of(result)->maxlen = d->maxlen;
        if (extend(t, result, self, false) < 0)
            ref_clear(t, &result);
        return result;
    }
    if (d->maxlen < 0) {
        result = object_call1(t, value_of(type), self);
    } else {
        Value maxlen = int_from_int64(t, d->maxlen);
        result = value_is_empty(maxlen) ? VALUE_EMPTY : object_call2(t, value_of(type), self, maxlen);
        ref_dec(t, maxlen);
    }
    if (!value_is_empty(result) && !is_deque(t, result)) {
        error_set(t, EXC_TypeError, "%N() must return a deque, not %N", type, type_of(t, result));
        ref_clear(t, &result);
    }
    return result;
}

/* ---- operators ---- */

static int64_t deque_len(Thread *t, Value self) { return (int64_t)word_read(&deque_of(self)->length); }

static Value deque_repr(Thread *t, Value self)
{
    int entered = repr_enter(t, self);
    if (entered)
        return entered > 0 ? str_from_string(t, "[...]") : VALUE_EMPTY;
    Value items = object_to_list(t, self), result = VALUE_EMPTY;
    int64_t maxlen = deque_of(self)->maxlen;
    if (!value_is_empty(items)) {
        if (maxlen >= 0)
            result = str_format(t, "%s(%V, maxlen=%lld)", type_name(type_of(t, self)), items, (long long)maxlen);
        else
            result = str_format(t, "%s(%V)", type_name(type_of(t, self)), items);
        ref_dec(t, items);
    }
    repr_leave(t, self);
    return result;
}

static Value deque_compare(Thread *t, Value self, Value other, Compare op)
{
    if (!is_deque(t, self) || !is_deque(t, other))
        return VALUE_NOTIMPLEMENTED;
    if ((op == COMPARE_EQ || op == COMPARE_NE) && deque_len(t, self) != deque_len(t, other))
        return value_from_bool(op == COMPARE_NE);
    Value a = object_iter(t, self), b = value_is_empty(a) ? VALUE_EMPTY : object_iter(t, other), result = VALUE_EMPTY;
    while (!value_is_empty(b)) {
        Value x = iterate_next(t, a), y = VALUE_EMPTY;
        if (!value_is_empty(x) || !error_pending(t))
            y = iterate_next(t, b);
        if (value_is_empty(x) || value_is_empty(y)) {
            if (!error_pending(t))
                result = compare_sizes(op, !value_is_empty(x), !value_is_empty(y));
            ref_dec(t, x);
            ref_dec(t, y);
            break;
        }
        int equal = items_equal(t, x, y);
        if (equal == 0) { /* unlike a list's, the items that differ are asked for ==, too, and the answer is a bool */
            int answer = object_compare_bool(t, x, y, op);
            result = answer < 0 ? VALUE_EMPTY : value_from_bool(answer);
        }
        ref_dec(t, x);
        ref_dec(t, y);
        if (equal <= 0)
            break;
    }
    ref_dec(t, a);
    ref_dec(t, b);
    return result;
}

/* The first index in [start, stop) of an item equal to value; -1 absent, -2 error (`mutated` is raised if the deque
 * changes meanwhile). */
static int64_t find_item(Thread *t, Deque *d, Value value, int64_t start, int64_t stop, ExceptionId mutated,
                         const char *message)
{
    size_t state = word_read(&d->state);
    for (int64_t i = start; i < stop; i++) {
        Value item = item_at(t, d, (size_t)i);
        if (value_is_empty(item))
            break;
        int equal = items_equal(t, item, value);
        ref_dec(t, item);
        if (equal < 0)
            return -2;
        if (equal && word_read(&d->state) == state)
            return i;
        if (word_read(&d->state) != state)
            return error_set(t, mutated, "%s", message), -2;
    }
    return -1;
}

#define MUTATED "deque mutated during iteration"

static int deque_contains(Thread *t, Value self, Value item)
{
    /* A match counts even if the comparison changed the deque. */
    Deque *d = deque_of(self);
    size_t state = word_read(&d->state);
    for (size_t i = 0;; i++) {
        Value candidate = item_at(t, d, i);
        if (value_is_empty(candidate))
            return 0;
        int equal = items_equal(t, candidate, item);
        ref_dec(t, candidate);
        if (equal)
            return equal;
        if (word_read(&d->state) != state)
            return error_set(t, EXC_RuntimeError, MUTATED), -1;
    }
}

/* The index that a key stands for, or -1 with an exception. */
static int64_t index_of_key(Thread *t, Deque *d, Value key)
{
    if (!type_of(t, key)->slots.index)
        return error_set(t, EXC_TypeError, "sequence index must be integer, not '%N'", type_of(t, key)), -1;
    int64_t i = number_index_int64(t, key, EXC_IndexError);
    if (i == -1 && error_pending(t))
        return -1;
    int64_t length = (int64_t)word_read(&d->length);
    if (i < 0)
        i += length;
    if (i < 0 || i >= length)
        return error_set(t, EXC_IndexError, "deque index out of range"), -1;
    return i;
}

static Value deque_getitem(Thread *t, Value self, Value key)
{
    int64_t i = index_of_key(t, deque_of(self), key);
    if (i < 0)
        return VALUE_EMPTY;
    Value item = item_at(t, deque_of(self), (size_t)i);
    return value_is_empty(item) ? error_set(t, EXC_IndexError, "deque index out of range") : item;
}

static int deque_setitem(Thread *t, Value self, Value key, Value value)
{
    Deque *d = deque_of(self);
    int64_t i = index_of_key(t, d, key);
    if (i < 0)
        return -1;
    Value old = VALUE_EMPTY;
    if (value_is_empty(value)) {
        old = remove_at(t, d, (size_t)i);
    } else {
        objlock_enter(t, d);
        if ((size_t)i < d->length) {
            old = *slot_at(d, (size_t)i);
            *slot_at(d, (size_t)i) = ref_inc(t, value);
        }
        objlock_exit(t, d);
    }
    if (value_is_empty(old))
        return error_set(t, EXC_IndexError, "deque index out of range"), -1;
    ref_dec(t, old);
    return 0;
}

static Value deque_concat(Thread *t, Value a, Value b)
{
    if (!is_deque(t, b))
        return error_set(t, EXC_TypeError, "can only concatenate deque (not \"%N\") to deque", type_of(t, b));
    Value result = copy_of(t, a);
    if (!value_is_empty(result) && extend(t, result, b, false) < 0)
        ref_clear(t, &result);
    return result;
}

static Value deque_inplace_concat(Thread *t, Value a, Value b)
{
    return extend(t, a, b, false) < 0 ? VALUE_EMPTY : ref_inc(t, a);
}

static Value deque_inplace_repeat(Thread *t, Value self, int64_t count)
{
    Deque *d = deque_of(self);
    if (d->length == 0 || count == 1)
        return ref_inc(t, self);
    if (count <= 0) {
        clear(t, d);
        return ref_inc(t, self);
    }
    Value items = object_to_list(t, self);
    if (value_is_empty(items))
        return VALUE_EMPTY;
    int64_t n = (int64_t)list_length(items);
    int status = 0;
    if (d->maxlen >= 0 && count > (d->maxlen + n - 1) / n)
        count = (d->maxlen + n - 1) / n; /* more rounds than fill a bounded deque change nothing */
    else if ((uint64_t)count > SIZE_MAX / 4 / sizeof(Value) / (uint64_t)n)
        status = (error_no_memory(t), -1);
    while (status == 0 && --count > 0)
        status = extend(t, self, items, false);
    ref_dec(t, items);
    return status < 0 ? VALUE_EMPTY : ref_inc(t, self);
}

static Value deque_repeat(Thread *t, Value self, int64_t count)
{
    Value copy = copy_of(t, self);
    if (value_is_empty(copy))
        return VALUE_EMPTY;
    Value result = deque_inplace_repeat(t, copy, count);
    ref_dec(t, copy);
    return result;
}

/* ---- methods ---- */

NATIVE(append, "append", "($self, item, /)", "Adds an item at the right end.")
{
    return add_take(t, deque_of(args[0]), ref_inc(t, args[1]), false) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(appendleft, "appendleft", "($self, item, /)", "Adds an item at the left end.")
{
    return add_take(t, deque_of(args[0]), ref_inc(t, args[1]), true) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(pop, "pop", "($self, /)", "Removes the item at the right end and returns it.")
{
    Value item = remove_end(t, deque_of(args[0]), false);
    return value_is_empty(item) ? error_set(t, EXC_IndexError, "pop from an empty deque") : item;
}

NATIVE(popleft, "popleft", "($self, /)", "Removes the item at the left end and returns it.")
{
    Value item = remove_end(t, deque_of(args[0]), true);
    return value_is_empty(item) ? error_set(t, EXC_IndexError, "pop from an empty deque") : item;
}

NATIVE(extend, "extend", "($self, iterable, /)", "Adds the items of an iterable at the right end.")
{
    return extend(t, args[0], args[1], false) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(extendleft, "extendleft", "($self, iterable, /)",
       "Adds the items of an iterable at the left end, one after the other.")
{
    return extend(t, args[0], args[1], true) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(clear, "clear", "($self, /)", "Removes all items.")
{
    clear(t, deque_of(args[0]));
    return VALUE_NONE;
}

NATIVE(copy, "copy", "($self, /)", "A shallow copy.") { return copy_of(t, args[0]); }
NATIVE(copy_dunder, "__copy__", "($self, /)", "A shallow copy.") { return copy_of(t, args[0]); }

NATIVE(count, "count", "($self, value, /)", "How many items equal value.")
{
    Deque *d = deque_of(args[0]);
    size_t state = word_read(&d->state);
    int64_t count = 0;
    for (size_t i = 0;; i++) {
        Value item = item_at(t, d, i);
        if (value_is_empty(item))
            return value_from_int(count);
        int equal = items_equal(t, item, args[1]);
        ref_dec(t, item);
        if (equal < 0)
            return VALUE_EMPTY;
        count += equal;
        if (word_read(&d->state) != state)
            return error_set(t, EXC_RuntimeError, MUTATED);
    }
}

NATIVE(index, "index", "($self, value[, start[, stop]], /)",
       "The index of the first item equal to value; ValueError if there is none.")
{
    Deque *d = deque_of(args[0]);
    int64_t length = deque_len(t, args[0]), start, stop;
    if (index_argument(t, args[2], length, 0, &start) < 0 || index_argument(t, args[3], length, length, &stop) < 0)
        return VALUE_EMPTY;
    int64_t i = find_item(t, d, args[1], start, stop < length ? stop : length, EXC_RuntimeError, MUTATED);
    if (i >= 0)
        return value_from_int(i);
    return i == -2 ? VALUE_EMPTY : error_set(t, EXC_ValueError, "deque.index(x): x not in deque");
}

NATIVE(insert, "insert", "($self, index, value, /)", "Puts a value before an index.")
{
    Deque *d = deque_of(args[0]);
    int64_t index;
    if (int_to_size(t, args[1], &index) < 0)
        return VALUE_EMPTY;
    objlock_enter(t, d);
    int64_t length = (int64_t)d->length;
    if (d->maxlen >= 0 && length >= d->maxlen) {
        objlock_exit(t, d);
        return error_set(t, EXC_IndexError, "deque already at its maximum size");
    }
    if (make_room(t, d) < 0) {
        objlock_exit(t, d);
        return VALUE_EMPTY;
    }
    if (index < 0)
        index = index + length < 0 ? 0 : index + length;
    if (index > length)
        index = length;
    if (index < length / 2) {
        d->first = (d->first - 1) & (d->capacity - 1);
        for (int64_t i = 0; i < index; i++)
            *slot_at(d, (size_t)i) = *slot_at(d, (size_t)i + 1);
    } else {
        for (int64_t i = length; i > index; i--)
            *slot_at(d, (size_t)i) = *slot_at(d, (size_t)i - 1);
    }
    *slot_at(d, (size_t)index) = ref_inc(t, args[2]);
    store_release(t, &d->length, d->length + 1);
    store_release(t, &d->state, d->state + 1);
    objlock_exit(t, d);
    return VALUE_NONE;
}

NATIVE(remove, "remove", "($self, value, /)", "Removes the first item equal to value; ValueError if there is none.")
{
    Deque *d = deque_of(args[0]);
    int64_t i = find_item(t, d, args[1], 0, INT64_MAX, EXC_IndexError, "deque mutated during remove().");
    if (i < 0)
        return i == -2 ? VALUE_EMPTY : error_set(t, EXC_ValueError, "deque.remove(x): x not in deque");
    ref_dec(t, remove_at(t, d, (size_t)i));
    return VALUE_NONE;
}

NATIVE(reverse, "reverse", "($self, /)", "Turns the order of the items around, in place.")
{
    Deque *d = deque_of(args[0]);
    objlock_enter(t, d);
    for (size_t i = 0, j = d->length; i + 1 < j; i++) {
        Value *a = slot_at(d, i), *b = slot_at(d, --j), kept = *a;
        *a = *b;
        *b = kept;
    }
    store_release(t, &d->state, d->state + 1);
    objlock_exit(t, d);
    return VALUE_NONE;
}

NATIVE(rotate, "rotate", "($self, n=1, /)",
       "Moves n items from the right end to the left one; with a negative n the other way.")
{
    Deque *d = deque_of(args[0]);
    int64_t by = 1;
    if (!value_is_empty(args[1])) {
        if (int_to_size(t, args[1], &by) < 0)
            return VALUE_EMPTY;
    }
    objlock_enter(t, d);
    int64_t length = (int64_t)d->length;
    if (length > 1 && (by %= length) != 0) {
        /* The shorter way round. */
        if (by > length / 2)
            by -= length;
        else if (by < -(length / 2))
            by += length;
        for (; by > 0; by--) {
            Value *last = slot_at(d, d->length - 1), item = *last;
            *last = VALUE_EMPTY;
            d->first = (d->first - 1) & (d->capacity - 1);
            d->items[d->first] = item;
        }
        for (; by < 0; by++) {
            Value item = d->items[d->first];
            d->items[d->first] = VALUE_EMPTY;
            d->first = (d->first + 1) & (d->capacity - 1);
            *slot_at(d, d->length - 1) = item;
        }
        store_release(t, &d->state, d->state + 1);
    }
    objlock_exit(t, d);
    return VALUE_NONE;
}

NATIVE(reduce, "__reduce__", "($self, /)", "State for pickling.")
{
    Value self = args[0], items[4] = {0};
    int64_t maxlen = deque_of(self)->maxlen;
    items[2] = object_call_method(t, ID(t, __getstate__), &self, 1, VALUE_EMPTY);
    if (value_is_empty(items[2]))
        return VALUE_EMPTY;
    items[0] = value_of(ref_inc_ptr(t, type_of(t, self)));
    if (maxlen < 0) {
        items[1] = ref_inc(t, t->interp->empty_tuple);
    } else {
        Value number = int_from_int64(t, maxlen);
        items[1] = value_is_empty(number) ? VALUE_EMPTY : tuple_pack(t, 2, t->interp->empty_tuple, number);
        ref_dec(t, number);
    }
    items[3] = value_is_empty(items[1]) ? VALUE_EMPTY : object_iter(t, self);
    if (!value_is_empty(items[3]))
        return tuple_from_array_take(t, items, 4);
    for (int i = 0; i < 3; i++)
        ref_dec(t, items[i]);
    return VALUE_EMPTY;
}

NATIVE(sizeof, "__sizeof__", "($self, /)", "Size in memory, in bytes.")
{
    return int_from_size(t, type_of(t, args[0])->size + deque_of(args[0])->capacity * sizeof(Value));
}

NATIVE_FLAGS(class_getitem, "__class_getitem__", "($type, object, /)", "A generic alias: deque[int].", NATIVE_CLASS)
{
    return generic_alias_new(t, args[0], args[1]);
}

/* ---- iterators ---- */

typedef struct DequeIterator {
    Object head;
    Value deque;
    size_t position; /* items given or skipped */
    size_t left;     /* items to come */
    size_t state;    /* of the deque when iteration began */
} DequeIterator;

static DequeIterator *iterator_of(Value v) { return (DequeIterator *)value_object(v); }

static Value iterator_new(Thread *t, Type *type, Value deque)
{
    DequeIterator *it = type_alloc(t, type, 0);
    if (!it)
        return VALUE_EMPTY;
    it->deque = ref_inc(t, deque);
    objlock_enter(t, deque_of(deque)); /* both of the same moment */
    it->left = deque_of(deque)->length;
    it->state = word_read(&deque_of(deque)->state);
    objlock_exit(t, deque_of(deque));
    return value_of(it);
}

static Value deque_iter(Thread *t, Value self) { return iterator_new(t, collections_state(t)->deque_iterator, self); }

NATIVE(reversed, "__reversed__", "($self, /)", "An iterator from the last item to the first.")
{
    return iterator_new(t, collections_state(t)->deque_reverse_iterator, args[0]);
}

static Value next_item(Thread *t, DequeIterator *it, bool reverse)
{
    Deque *d = deque_of(it->deque);
    objlock_enter(t, d);
    if (UNLIKELY(it->state != d->state) && (it->left || !reverse)) {
        it->left = 0;
        objlock_exit(t, d);
        return error_set(t, EXC_RuntimeError, MUTATED);
    }
    Value item = VALUE_EMPTY;
    if (it->left) {
        size_t i = it->position++;
        it->left--;
        item = ref_inc(t, *slot_at(d, reverse ? d->length - 1 - i : i));
    }
    objlock_exit(t, d);
    return item;
}
static Value iterator_next(Thread *t, Value self) { return next_item(t, iterator_of(self), false); }
static Value reverse_iterator_next(Thread *t, Value self) { return next_item(t, iterator_of(self), true); }

/* _deque_iterator(deque, index=0), for unpickling. */
static Value iterator_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    CollectionsState *state = collections_state(t);
    bool reverse = type == state->deque_reverse_iterator;
    Value arguments[2];
    if (native_parse(t, reverse ? "_deque_reverse_iterator" : "_deque_iterator", "(deque, index=0, /)", args, n, names,
                     arguments) < 0)
        return VALUE_EMPTY;
    if (!is_deque(t, arguments[0]))
        return error_set(t, EXC_TypeError, "argument 1 must be collections.deque, not %N", type_of(t, arguments[0]));
    int64_t index = 0;
    if (!value_is_empty(arguments[1]) && int_to_size(t, arguments[1], &index) < 0)
        return VALUE_EMPTY;
    Value result = iterator_new(t, type, arguments[0]);
    if (!value_is_empty(result) && index > 0) {
        DequeIterator *it = iterator_of(result);
        size_t skip = (uint64_t)index < it->left ? (size_t)index : it->left;
        it->position += skip;
        it->left -= skip;
    }
    return result;
}

static void iterator_dealloc(Thread *t, Object *o) { ref_dec(t, ((DequeIterator *)o)->deque); }

static int iterator_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((DequeIterator *)o)->deque);
    return 0;
}

NATIVE(iterator_length_hint, "__length_hint__", "($self, /)", "How many items are left.")
{
    return int_from_size(t, iterator_of(args[0])->left);
}

NATIVE(iterator_reduce, "__reduce__", "($self, /)", "State for pickling.")
{
    DequeIterator *it = iterator_of(args[0]);
    Value index = int_from_int64(t, (int64_t)deque_of(it->deque)->length - (int64_t)it->left);
    Value arguments = value_is_empty(index) ? VALUE_EMPTY : tuple_pack(t, 2, it->deque, index);
    ref_dec(t, index);
    if (value_is_empty(arguments))
        return VALUE_EMPTY;
    Value items[2] = {value_of(ref_inc_ptr(t, type_of(t, args[0]))), arguments};
    return tuple_from_array_take(t, items, 2);
}

static const NativeDef *const iterator_methods[] = {&native_iterator_length_hint, &native_iterator_reduce, NULL};

#define DEQUE_ITERATOR(c_name, python_name, next_)                                                                     \
    static const TypeSpec c_name = {                                                                                   \
        .name = python_name,                                                                                           \
        .kind = KIND_OBJECT,                                                                                           \
        .flags = TYPE_IMMUTABLE,                                                                                       \
        .size = sizeof(DequeIterator),                                                                                 \
        .methods = iterator_methods,                                                                                   \
        .slots =                                                                                                       \
            {                                                                                                          \
                .dealloc = iterator_dealloc,                                                                           \
                .traverse = iterator_traverse,                                                                         \
                .create = iterator_create,                                                                             \
                .iter = slot_iter_self,                                                                                \
                .next = next_,                                                                                         \
            },                                                                                                         \
    };
DEQUE_ITERATOR(iterator_spec, "collections._deque_iterator", iterator_next)
DEQUE_ITERATOR(reverse_iterator_spec, "collections._deque_reverse_iterator", reverse_iterator_next)

/* ---- the type ---- */

static Value get_maxlen(Thread *t, Value self)
{
    int64_t maxlen = deque_of(self)->maxlen;
    return maxlen < 0 ? VALUE_NONE : int_from_int64(t, maxlen);
}
static const GetSetDef deque_getsets[] = {{"maxlen", get_maxlen, NULL, "The maximum length, or None."}, {0}};

static const NativeDef *const deque_methods[] = {
    &native_append,     &native_appendleft, &native_pop,      &native_popleft,       &native_extend,
    &native_extendleft, &native_clear,      &native_copy,     &native_copy_dunder,   &native_count,
    &native_index,      &native_insert,     &native_remove,   &native_reverse,       &native_rotate,
    &native_reduce,     &native_sizeof,     &native_reversed, &native_class_getitem, NULL};

static const TypeSpec deque_spec = {
    .name = "collections.deque",
    .doc = "A sequence that is fast at both ends, with a maximum length if one is given: then an item too many\npushes "
           "one out at the other end.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_SEQUENCE | TYPE_IMMUTABLE,
    .size = sizeof(Deque),
    .weak_offset = offsetof(Deque, weakrefs),
    .methods = deque_methods,
    .getsets = deque_getsets,
    .signature = "([iterable[, maxlen]])",
    .slots =
        {
            .dealloc = deque_clear_slot,
            .traverse = deque_traverse,
            .clear = deque_clear_slot,
            .create = deque_create,
            .init = deque_init,
            .repr = deque_repr,
            .hash = slot_hash_unhashable,
            .compare = deque_compare,
            .iter = deque_iter,
            .len = deque_len,
            .getitem = deque_getitem,
            .setitem = deque_setitem,
            .contains = deque_contains,
            .concat = deque_concat,
            .repeat = deque_repeat,
            .inplace_concat = deque_inplace_concat,
            .inplace_repeat = deque_inplace_repeat,
        },
};

int collections_add_deque(Thread *t, Value module, CollectionsState *state)
{
    if (collections_add_type(t, module, &deque_spec, NULL, true, &state->deque) < 0)
        return -1;
    if (collections_add_type(t, module, &iterator_spec, NULL, true, &state->deque_iterator) < 0)
        return -1;
    return collections_add_type(t, module, &reverse_iterator_spec, NULL, true, &state->deque_reverse_iterator);
}
