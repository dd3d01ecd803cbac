/* list.c: lists and their iterators (sorting: list_sort.c).
 *
 * Invariants: list.h.  The array of items is preceded in memory by its capacity.  Every change is made under the list's lock (objlock.h; nothing with the
 * GIL on) by this pattern: take the lock, look at length and items afresh, change, leave the lock, and only then release what was removed.  Reading one
 * item takes no lock: list_get_shared.  A slot that falls out of use is emptied, so that such a reader notices. */
#include "container.h"
#include "dict_table.h"

/* ---- the array ---- */

static size_t items_capacity(const Value *items) { return (size_t)items[-1].bits; }

static Value *items_new(Thread *t, size_t capacity)
{
    if (UNLIKELY(capacity > SIZE_MAX / 2 / sizeof(Value) - 1)) {
        error_no_memory(t);
        return NULL;
    }
    Value *block = alloc_memory(t, (capacity + 1) * sizeof(Value));
    if (UNLIKELY(!block))
        return NULL;
    block->bits = capacity;
    return block + 1;
}

/* The array of a list that is being sorted: no room, and any change puts another one, or none, in its place. */
static const Value being_sorted[2];
#define BEING_SORTED ((Value *)(uintptr_t)&being_sorted[1])

static void items_free(Thread *t, Value *items)
{
    if (items && items != BEING_SORTED)
        alloc_memory_free_deferred(t, items - 1);
}

/* Releases n values last to first, and the array. */
static void items_release(Thread *t, Value *items, size_t n)
{
    while (n-- > 0)
        ref_dec(t, items[n]);
    items_free(t, items);
}

/* Gives the list an array of exactly `capacity` (at least its length), under its lock. */
static COLD int items_resize(Thread *t, List *l, size_t capacity)
{
    Value *items;
    if (!t->free_threaded && l->items && l->items != BEING_SORTED && capacity) {
        if (capacity > SIZE_MAX / 2 / sizeof(Value) - 1)
            return error_no_memory(t), -1;
        Value *block = alloc_memory_resize(t, l->items - 1, (capacity + 1) * sizeof(Value));
        if (!block)
            return -1;
        block->bits = capacity;
        items = block + 1;
    } else {
        Value *old = l->items;
        items = NULL;
        if (capacity) {
            items = items_new(t, capacity);
            if (!items)
                return -1;
            if (l->length)
                memcpy(items, old, l->length * sizeof(Value));
            memset(items + l->length, 0, (capacity - l->length) * sizeof(Value));
        }
        __atomic_store_n(&l->items, items, __ATOMIC_RELEASE);
        items_free(t, old);
        l->capacity = capacity;
        return 0;
    }
    l->items = items;
    l->capacity = capacity;
    return 0;
}

/* An eighth more than asked for, in steps of four: 4, 8, 16, 24, 32, 40, 52, 64, ... */
static size_t generous(size_t n) { return (n + (n >> 3) + 6) & ~(size_t)3; }

/* Room for n items in all, with some to spare. */
static ALWAYS_INLINE int ensure(Thread *t, List *l, size_t n)
{
    if (LIKELY(n <= l->capacity))
        return 0;
    size_t capacity = generous(n);
    /* A long extension is not over-allocated. */
    if (n - l->length > capacity - n)
        capacity = (n + 3) & ~(size_t)3;
    return items_resize(t, l, capacity);
}

/* Gives memory back once more than half is unused.  Failing is harmless. */
static void trim(Thread *t, List *l)
{
    if (LIKELY(l->length >= l->capacity / 2))
        return;
    size_t capacity = l->length ? generous(l->length) : 0;
    if (capacity < l->capacity && items_resize(t, l, capacity) < 0)
        error_clear(t);
}

/* The slots [from, to) are no longer part of the list. */
static ALWAYS_INLINE void vacate(Thread *t, List *l, size_t from, size_t to)
{
    if (UNLIKELY(t->free_threaded))
        for (size_t i = from; i < to; i++)
            slot_store(&l->items[i], VALUE_EMPTY);
}

static ALWAYS_INLINE void put_length(Thread *t, List *l, size_t n) { word_put(t, &l->length, n); }

/* Lock off: one item, first without the lock.  What was loaded counts only if its array is still the list's: then slot and array tell of the same moment. */
Value list_get_shared(Thread *t, List *l, size_t index)
{
    if (index >= word_read(&l->length))
        return VALUE_EMPTY;
    Value *items = __atomic_load_n(&l->items, __ATOMIC_ACQUIRE), v;
    if (LIKELY(items && index < items_capacity(items) && slot_load(t, &items[index], &v) && !value_is_empty(v))) {
        if (LIKELY(__atomic_load_n(&l->items, __ATOMIC_ACQUIRE) == items))
            return v;
        ref_dec(t, v);
    }
    objlock_enter(t, l);
    v = index < l->length ? ref_inc(t, l->items[index]) : VALUE_EMPTY;
    objlock_exit(t, l);
    return v;
}

/* ---- making ---- */

static List *allocate(Thread *t, size_t capacity)
{
    List *l = alloc_object_raw(t, t->types[KIND_LIST], sizeof(List));
    if (UNLIKELY(!l))
        return NULL;
    l->items = NULL;
    l->length = l->capacity = 0;
    if (capacity) {
        l->items = items_new(t, capacity);
        if (UNLIKELY(!l->items)) {
            ref_dec_object(t, &l->head);
            return NULL;
        }
        if (UNLIKELY(t->free_threaded))
            memset(l->items, 0, capacity * sizeof(Value));
        l->capacity = capacity;
    }
    return l;
}

Value list_new(Thread *t, size_t capacity) { return value_of(allocate(t, capacity)); }

Value list_from_array(Thread *t, const Value *items, size_t n)
{
    List *l = allocate(t, n);
    if (UNLIKELY(!l))
        return VALUE_EMPTY;
    for (size_t i = 0; i < n; i++)
        l->items[i] = ref_inc(t, items[i]);
    l->length = n;
    return value_of(l);
}

Value list_from_array_take(Thread *t, Value *items, size_t n)
{
    List *l = allocate(t, n);
    if (UNLIKELY(!l)) {
        for (size_t i = 0; i < n; i++)
            ref_clear(t, &items[i]);
        return VALUE_EMPTY;
    }
    if (n) {
        memcpy(l->items, items, n * sizeof(Value));
        memset(items, 0, n * sizeof(Value));
    }
    l->length = n;
    return value_of(l);
}

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
    if (list_of(self)->items)
        list_clear(t, self);
    return n ? list_extend(t, self, args[0]) : 0;
}

static void list_dealloc(Thread *t, Object *o)
{
    List *l = (List *)o;
    Value *items = l->items;
    l->items = NULL;
    items_release(t, items, l->length);
}

static int list_traverse(Object *o, VisitFn visit, void *arg)
{
    List *l = (List *)o;
    for (size_t i = l->length; i-- > 0;)
        VISIT(l->items[i]);
    return 0;
}

static void list_clear_slot(Thread *t, Object *o) { list_clear(t, value_of(o)); }

/* ---- changing ---- */

int list_reserve(Thread *t, Value list, size_t capacity)
{
    List *l = list_of(list);
    objlock_enter(t, l);
    int status = capacity > l->capacity ? items_resize(t, l, capacity) : 0;
    objlock_exit(t, l);
    return status;
}

int list_append_take(Thread *t, Value list, Value owned)
{
    List *l = list_of(list);
    objlock_enter(t, l);
    size_t n = l->length;
    if (UNLIKELY(ensure(t, l, n + 1) < 0)) {
        objlock_exit(t, l);
        ref_dec(t, owned);
        return -1;
    }
    slot_put(t, &l->items[n], owned);
    put_length(t, l, n + 1);
    objlock_exit(t, l);
    return 0;
}

int list_append(Thread *t, Value list, Value value) { return list_append_take(t, list, ref_inc(t, value)); }

int list_set(Thread *t, Value list, size_t index, Value value)
{
    List *l = list_of(list);
    objlock_enter(t, l);
    if (UNLIKELY(index >= l->length)) {
        objlock_exit(t, l);
        return error_set(t, EXC_IndexError, "list assignment index out of range"), -1;
    }
    Value old = l->items[index];
    slot_put(t, &l->items[index], ref_inc(t, value));
    objlock_exit(t, l);
    ref_dec(t, old);
    return 0;
}

int list_insert(Thread *t, Value list, int64_t index, Value value)
{
    List *l = list_of(list);
    objlock_enter(t, l);
    size_t n = l->length;
    if (UNLIKELY(ensure(t, l, n + 1) < 0)) {
        objlock_exit(t, l);
        return -1;
    }
    if (index < 0)
        index = index + (int64_t)n < 0 ? 0 : index + (int64_t)n;
    size_t at = (uint64_t)index > n ? n : (size_t)index;
    slots_move(t, &l->items[at + 1], &l->items[at], n - at);
    slot_put(t, &l->items[at], ref_inc(t, value));
    put_length(t, l, n + 1);
    objlock_exit(t, l);
    return 0;
}

/* Removes one item and returns it; empty without an exception when out of range. */
static Value take_at(Thread *t, List *l, int64_t index)
{
    objlock_enter(t, l);
    size_t n = l->length;
    if (index < 0)
        index += (int64_t)n;
    Value item = VALUE_EMPTY;
    if (LIKELY(index >= 0 && (uint64_t)index < n)) {
        item = l->items[index];
        slots_move(t, &l->items[index], &l->items[index + 1], n - (size_t)index - 1);
        vacate(t, l, n - 1, n);
        put_length(t, l, n - 1);
        trim(t, l);
    }
    objlock_exit(t, l);
    return item;
}

Value list_pop(Thread *t, Value list, int64_t index)
{
    Value item = take_at(t, list_of(list), index);
    if (UNLIKELY(value_is_empty(item)))
        error_set(t, EXC_IndexError, list_length(list) ? "pop index out of range" : "pop from empty list");
    return item;
}

int list_clear(Thread *t, Value list)
{
    List *l = list_of(list);
    objlock_enter(t, l);
    Value *items = l->items;
    size_t n = l->length;
    put_length(t, l, 0);
    l->capacity = 0;
    __atomic_store_n(&l->items, NULL, __ATOMIC_RELEASE);
    objlock_exit(t, l);
    items_release(t, items, n);
    return 0;
}

/* The values of an exact list or tuple (other may be the list itself), in one step. */
static int extend_from_sequence(Thread *t, List *l, Value other)
{
    bool from_list = list_check(other);
    List *source = from_list ? list_of(other) : NULL;
    if (source && source != l)
        objlock_enter2(t, l, source);
    else
        objlock_enter(t, l);
    size_t n = l->length, m = source ? source->length : tuple_length(other);
    int status = ensure(t, l, n + m);
    if (LIKELY(status == 0)) {
        const Value *values = source ? source->items : tuple_of(other)->items;
        for (size_t i = 0; i < m; i++)
            slot_put(t, &l->items[n + i], ref_inc(t, values[i]));
        put_length(t, l, n + m);
    }
    if (source && source != l)
        objlock_exit2(t, l, source);
    else
        objlock_exit(t, l);
    return status;
}

/* Adds the items of a list that nobody else has, and releases it. */
static int extend_take(Thread *t, Value list, Value fresh)
{
    List *l = list_of(list), *source = list_of(fresh);
    int status = 0;
    objlock_enter(t, l);
    if (l->items == NULL) {
        l->capacity = source->capacity;
        __atomic_store_n(&l->items, source->items, __ATOMIC_RELEASE);
        put_length(t, l, source->length);
        source->items = NULL;
        source->length = source->capacity = 0;
    } else {
        status = ensure(t, l, l->length + source->length);
        if (status == 0) {
            for (size_t i = 0; i < source->length; i++)
                slot_put(t, &l->items[l->length + i], source->items[i]);
            put_length(t, l, l->length + source->length);
            source->length = 0;
        }
    }
    objlock_exit(t, l);
    ref_dec(t, fresh);
    return status;
}

int list_extend(Thread *t, Value list, Value iterable)
{
    if (list_check_exact(iterable) || tuple_check_exact(iterable) || value_is(list, iterable))
        return extend_from_sequence(t, list_of(list), iterable);
    /* Dicts and sets give all they have in one step, so that list(d) is safe while other threads change d. */
    bool from_set = object_is_exact(iterable, KIND_SET) || object_is_exact(iterable, KIND_FROZENSET);
    Value fresh = from_set ? set_to_list(t, iterable) : dict_view_to_list(t, iterable);
    if (!value_is_empty(fresh))
        return extend_take(t, list, fresh);
    if (error_pending(t))
        return -1;
    Value iterator = object_iter(t, iterable);
    if (value_is_empty(iterator))
        return -1;
    int64_t hint = object_length_hint(t, iterable, 8);
    if (hint < 0)
        goto fail;
    /* Only an empty list is given room by the hint, which may be wrong. */
    if (hint > 0 && !list_of(list)->items && list_reserve(t, list, (size_t)hint) < 0)
        goto fail;
    for (;;) {
        Value item = iterate_next(t, iterator);
        if (value_is_empty(item))
            break;
        if (list_append_take(t, list, item) < 0)
            goto fail;
    }
    if (error_pending(t))
        goto fail;
    ref_dec(t, iterator);
    List *l = list_of(list);
    objlock_enter(t, l);
    trim(t, l);
    objlock_exit(t, l);
    return 0;
fail:
    ref_dec(t, iterator);
    return -1;
}

int list_replace_slice_take(Thread *t, Value list, size_t start, size_t end, Value *values, size_t n)
{
    List *l = list_of(list);
    Value few[8], *removed = few, *room = NULL;
    size_t removed_count = 0, room_count = 0;
    int status = -1;
    for (;;) {
        objlock_enter(t, l);
        size_t length = l->length;
        size_t from = start > length ? length : start, to = end > length ? length : end < from ? from : end;
        removed_count = to - from;
        if (removed_count > 8 && removed_count > room_count) {
            /* Allocated outside the lock; the list may have changed until it is taken again. */
            objlock_exit(t, l);
            alloc_memory_free(t, room);
            room = alloc_memory(t, removed_count * sizeof(Value));
            if (!room) {
                removed_count = 0;
                break;
            }
            room_count = removed_count;
            continue;
        }
        if (n > removed_count && ensure(t, l, length + (n - removed_count)) < 0) {
            objlock_exit(t, l);
            removed_count = 0;
            break;
        }
        if (removed_count > 8)
            removed = room;
        if (removed_count)
            memcpy(removed, l->items + from, removed_count * sizeof(Value));
        size_t new_length = length - removed_count + n;
        if (n != removed_count)
            slots_move(t, l->items + from + n, l->items + to, length - to);
        for (size_t i = 0; i < n; i++)
            slot_put(t, &l->items[from + i], values[i]);
        if (new_length < length)
            vacate(t, l, new_length, length);
        put_length(t, l, new_length);
        if (new_length < length)
            trim(t, l);
        objlock_exit(t, l);
        if (n)
            memset(values, 0, n * sizeof(Value));
        status = 0;
        break;
    }
    while (removed_count-- > 0)
        ref_dec(t, removed[removed_count]);
    alloc_memory_free(t, room);
    if (status < 0)
        for (size_t i = 0; i < n; i++)
            ref_clear(t, &values[i]);
    return status;
}

int list_delete_slice(Thread *t, Value list, size_t start, size_t end) { return list_replace_slice_take(t, list, start, end, NULL, 0); }

int list_reverse(Thread *t, Value list)
{
    List *l = list_of(list);
    objlock_enter(t, l);
    for (size_t i = 0, j = l->length; i + 1 < j; i++) {
        Value v = l->items[i];
        slot_put(t, &l->items[i], l->items[--j]);
        slot_put(t, &l->items[j], v);
    }
    objlock_exit(t, l);
    return 0;
}

int list_detach_items(Thread *t, Value list, ListItems *out)
{
    List *l = list_of(list);
    objlock_enter(t, l);
    *out = (ListItems){l->items, l->length, l->capacity};
    if (UNLIKELY(t->free_threaded) && l->items) {
        /* Readers may still look at the old array: the work is done on another. */
        Value *copy = items_new(t, l->capacity);
        if (!copy) {
            objlock_exit(t, l);
            return -1;
        }
        memcpy(copy, l->items, l->length * sizeof(Value));
        memset(copy + l->length, 0, (l->capacity - l->length) * sizeof(Value));
        items_free(t, l->items);
        out->items = copy;
    }
    put_length(t, l, 0);
    l->capacity = 0;
    __atomic_store_n(&l->items, BEING_SORTED, __ATOMIC_RELEASE);
    objlock_exit(t, l);
    return 0;
}

bool list_attach_items_take(Thread *t, Value list, ListItems *in)
{
    List *l = list_of(list);
    objlock_enter(t, l);
    Value *strays = l->items;
    size_t n = l->length;
    l->capacity = in->capacity;
    __atomic_store_n(&l->items, in->items, __ATOMIC_RELEASE);
    put_length(t, l, in->length);
    objlock_exit(t, l);
    items_release(t, strays, n);
    return strays != BEING_SORTED;
}

/* ---- copies ---- */

Value list_slice(Thread *t, Value list, size_t start, size_t end)
{
    List *l = list_of(list), *result;
    for (;;) {
        size_t length = list_length(list);
        size_t to = end > length ? length : end, from = start > to ? to : start;
        result = allocate(t, to - from);
        if (UNLIKELY(!result))
            return VALUE_EMPTY;
        objlock_enter(t, l);
        if (LIKELY(l->length == length)) {
            for (size_t i = from; i < to; i++)
                result->items[i - from] = ref_inc(t, l->items[i]);
            objlock_exit(t, l);
            result->length = to - from;
            return value_of(result);
        }
        objlock_exit(t, l);
        ref_dec(t, value_of(result));
    }
}

Value list_to_tuple(Thread *t, Value list)
{
    if (LIKELY(!t->free_threaded))
        return tuple_from_array(t, list_of(list)->items, list_of(list)->length);
    Value copy = list_slice(t, list, 0, SIZE_MAX);
    if (value_is_empty(copy))
        return VALUE_EMPTY;
    Value result = tuple_from_array_take(t, list_of(copy)->items, list_of(copy)->length);
    list_of(copy)->length = 0;
    ref_dec(t, copy);
    return result;
}

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
            result = op == COMPARE_EQ || op == COMPARE_NE ? value_from_bool(op == COMPARE_NE) : object_compare(t, a, b, op);
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

static Value get_slice(Thread *t, Value self, Value slice)
{
    int64_t start, stop, step;
    if (slice_unpack(t, slice, &start, &stop, &step) < 0)
        return VALUE_EMPTY;
    int64_t length = (int64_t)list_length(self);
    int64_t count = slice_adjust(length, &start, &stop, step);
    if (step == 1)
        return list_slice(t, self, (size_t)start, (size_t)(start + count));
    Value result = list_new(t, (size_t)count);
    if (value_is_empty(result))
        return VALUE_EMPTY;
    List *to = list_of(result);
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
    if (object_is(key, KIND_SLICE))
        return get_slice(t, self, key);
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

/* del list[start::step], count items: closes the gaps in one pass. */
static int delete_stepped(Thread *t, Value self, int64_t start, int64_t stop, int64_t step)
{
    List *l = list_of(self);
    Value *garbage = NULL;
    int64_t count, room = 0;
    for (;;) {
        objlock_enter(t, l);
        int64_t from = start, to = stop, length = (int64_t)l->length;
        count = slice_adjust(length, &from, &to, step);
        if (count > room) {
            objlock_exit(t, l);
            alloc_memory_free(t, garbage);
            garbage = alloc_memory(t, (size_t)count * sizeof(Value));
            if (!garbage)
                return -1;
            room = count;
            continue;
        }
        if (count > 0) {
            int64_t stride = step;
            if (step < 0) {
                from += step * (count - 1);
                stride = -step;
            }
            size_t put = (size_t)from;
            for (int64_t k = 0; k < count; k++) {
                size_t gap = (size_t)(from + k * stride);
                size_t next = k + 1 < count ? gap + (size_t)stride : (size_t)length;
                garbage[k] = l->items[gap];
                slots_move(t, &l->items[put], &l->items[gap + 1], next - gap - 1);
                put += next - gap - 1;
            }
            vacate(t, l, put, (size_t)length);
            put_length(t, l, put);
            trim(t, l);
        }
        objlock_exit(t, l);
        break;
    }
    for (int64_t k = 0; k < count; k++)
        ref_dec(t, garbage[k]);
    alloc_memory_free(t, garbage);
    return 0;
}

/* The items to be assigned to a slice, in a list nobody else has (an iterable may be the list itself). */
static Value items_to_assign(Thread *t, Value value, const char *message)
{
    if (list_check(value))
        return list_slice(t, value, 0, SIZE_MAX);
    Type *type = type_of(t, value);
    if (!type->slots.iter && !type->slots.getitem)
        return error_set(t, EXC_TypeError, "%s", message);
    return object_to_list(t, value);
}

static int assign_stepped(Thread *t, Value self, Value values, int64_t start, int64_t stop, int64_t step)
{
    List *l = list_of(self), *source = list_of(values);
    objlock_enter(t, l);
    int64_t count = slice_adjust((int64_t)l->length, &start, &stop, step);
    if ((size_t)count != source->length) {
        objlock_exit(t, l);
        error_set(t, EXC_ValueError, "attempt to assign sequence of size %zu to extended slice of size %lld", source->length,
                  (long long)count);
        return -1;
    }
    /* The old items change places with the new ones. */
    for (int64_t i = 0; i < count; i++, start += step) {
        Value old = l->items[start];
        slot_put(t, &l->items[start], source->items[i]);
        source->items[i] = old;
    }
    objlock_exit(t, l);
    source->length = 0;
    for (int64_t i = 0; i < count; i++)
        ref_dec(t, source->items[i]);
    return 0;
}

static int set_slice(Thread *t, Value self, Value slice, Value value)
{
    int64_t start, stop, step, count;
    if (slice_unpack(t, slice, &start, &stop, &step) < 0)
        return -1;
    if (value_is_empty(value)) {
        if (step != 1)
            return delete_stepped(t, self, start, stop, step);
        count = slice_adjust((int64_t)list_length(self), &start, &stop, step);
        return list_delete_slice(t, self, (size_t)start, (size_t)(start + count));
    }
    Value values = items_to_assign(t, value, step == 1 ? "can only assign an iterable" : "must assign iterable to extended slice");
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
        status = assign_stepped(t, self, values, start, stop, step);
    }
    ref_dec(t, values);
    return status;
}

static int list_setitem(Thread *t, Value self, Value key, Value value)
{
    if (object_is(key, KIND_SLICE))
        return set_slice(t, self, key, value);
    int64_t i = index_of_key(t, key);
    if (i == -1 && error_pending(t))
        return -1;
    if (value_is_empty(value)) {
        Value item = take_at(t, list_of(self), i);
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
    if (extend_from_sequence(t, list_of(result), a) < 0 || extend_from_sequence(t, list_of(result), b) < 0) {
        ref_dec(t, result);
        return VALUE_EMPTY;
    }
    return result;
}

static Value list_inplace_concat(Thread *t, Value a, Value b) { return list_extend(t, a, b) < 0 ? VALUE_EMPTY : ref_inc(t, a); }

/* Makes the first n items of a list that has room count times as many. */
static void repeat_items(Thread *t, List *l, size_t n, size_t total)
{
    for (size_t i = n; i < total; i++)
        slot_put(t, &l->items[i], ref_inc(t, l->items[i - n]));
    put_length(t, l, total);
}

static Value list_repeat(Thread *t, Value self, int64_t count)
{
    size_t n = list_length(self);
    if (count <= 0 || n == 0)
        return list_new(t, 0);
    if ((uint64_t)count > SIZE_MAX / 2 / sizeof(Value) / n)
        return error_no_memory(t);
    Value result = list_new(t, n * (size_t)count);
    if (value_is_empty(result))
        return VALUE_EMPTY;
    List *l = list_of(result);
    for (size_t i = 0; i < n; i++) {
        Value item = list_get(t, self, i);
        if (value_is_empty(item))
            break;
        l->items[l->length++] = item;
    }
    repeat_items(t, l, l->length, l->length * (size_t)count);
    return result;
}

static Value list_inplace_repeat(Thread *t, Value self, int64_t count)
{
    List *l = list_of(self);
    if (count <= 0) {
        list_clear(t, self);
        return ref_inc(t, self);
    }
    objlock_enter(t, l);
    size_t n = l->length;
    int status = 0;
    if (n && count > 1) {
        if ((uint64_t)count > SIZE_MAX / 2 / sizeof(Value) / n)
            status = (error_no_memory(t), -1);
        else
            status = ensure(t, l, n * (size_t)count);
        if (status == 0)
            repeat_items(t, l, n, n * (size_t)count);
    }
    objlock_exit(t, l);
    return status < 0 ? VALUE_EMPTY : ref_inc(t, self);
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

NATIVE(list_index, "index", "($self, value, start=0, stop=sys.maxsize, /)", "The index of the first item equal to value; ValueError if there is none.")
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
    int64_t index = number_index_int64(t, args[1], EXC_OverflowError);
    if (index == -1 && error_pending(t))
        return VALUE_EMPTY;
    return list_insert(t, args[0], index, args[2]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(list_pop, "pop", "($self, index=-1, /)", "Removes the item at an index (the last by default) and returns it.")
{
    int64_t index = -1;
    if (!value_is_empty(args[1])) {
        index = number_index_int64(t, args[1], EXC_IndexError);
        if (index == -1 && error_pending(t))
            return VALUE_EMPTY;
    }
    return list_pop(t, args[0], index);
}

NATIVE(list_remove, "remove", "($self, value, /)", "Removes the first item equal to value; ValueError if there is none.")
{
    int64_t i = find_item(t, args[0], args[1], 0, INT64_MAX);
    if (i < 0)
        return i == -2 ? VALUE_EMPTY : error_set(t, EXC_ValueError, "list.remove(x): x not in list");
    ref_dec(t, take_at(t, list_of(args[0]), i));
    return VALUE_NONE;
}

NATIVE(list_reverse, "reverse", "($self, /)", "Turns the order of the items around, in place.")
{
    list_reverse(t, args[0]);
    return VALUE_NONE;
}

NATIVE(list_sort, "sort", "($self, /, *, key=None, reverse=False)",
       "Sorts in place and in ascending order; equal items keep their order.\n\nA key function is called once for each item, and its results are compared.")
{
    int reverse = value_is_empty(args[2]) ? 0 : object_truth(t, args[2]);
    if (reverse < 0)
        return VALUE_EMPTY;
    Value key = value_is_none(args[1]) ? VALUE_EMPTY : args[1];
    return list_sort(t, args[0], key, reverse) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(list_reversed, "__reversed__", "($self, /)", "An iterator from the last item to the first.")
{
    ListReverseIterator *it = alloc_object_raw(t, t->types[KIND_LIST_REVERSE_ITERATOR], sizeof(ListReverseIterator));
    if (!it)
        return VALUE_EMPTY;
    it->list = ref_inc(t, args[0]);
    it->index = (int64_t)list_length(args[0]) - 1;
    return value_of(it);
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
    &native_list_append,  &native_list_clear,  &native_list_copy,   &native_list_count,   &native_list_extend,
    &native_list_index,   &native_list_insert, &native_list_pop,    &native_list_remove,  &native_list_reverse,
    &native_list_sort,    &native_list_reversed, &native_list_sizeof, &native_list_class_getitem, NULL};

/* ---- iterators ---- */

static Value list_iter(Thread *t, Value self)
{
    ListIterator *it = alloc_object_raw(t, t->types[KIND_LIST_ITERATOR], sizeof(ListIterator));
    if (!it)
        return VALUE_EMPTY;
    it->list = ref_inc(t, self);
    it->index = 0;
    return value_of(it);
}

const TypeSpec type_spec_list = {
    .name = "list",
    .doc = "A mutable sequence of any objects.\n\nWithout an argument it is empty, else it holds the items of the iterable.",
    .kind = KIND_LIST,
    .flags = TYPE_BASE | TYPE_SEQUENCE | TYPE_IMMUTABLE | TYPE_MATCH_SELF,
    .size = sizeof(List),
    .methods = list_methods,
    .signature = "(iterable=(), /)",
    .slots = {
        .dealloc = list_dealloc,
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
        .repeat = list_repeat,
        .inplace_concat = list_inplace_concat,
        .inplace_repeat = list_inplace_repeat,
    },
};

static void iterator_dealloc(Thread *t, Object *o) { ref_dec(t, ((ListIterator *)o)->list); }

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
        __atomic_store_n(&it->index, index + 1, __ATOMIC_RELAXED);
        return item;
    }
    __atomic_store_n(&it->index, SIZE_MAX, __ATOMIC_RELAXED);
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

static const NativeDef *const iterator_methods[] = {&native_iterator_length_hint, &native_iterator_reduce, &native_iterator_setstate,
                                                    NULL};

const TypeSpec type_spec_list_iterator = {
    .name = "list_iterator",
    .kind = KIND_LIST_ITERATOR,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(ListIterator),
    .methods = iterator_methods,
    .slots = {
        .dealloc = iterator_dealloc,
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
        __atomic_store_n(&it->index, index - 1, __ATOMIC_RELAXED);
        return item;
    }
    __atomic_store_n(&it->index, -1, __ATOMIC_RELAXED);
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

static const NativeDef *const reverse_methods[] = {&native_reverse_length_hint, &native_reverse_reduce, &native_reverse_setstate, NULL};

const TypeSpec type_spec_list_reverse_iterator = {
    .name = "list_reverseiterator",
    .kind = KIND_LIST_REVERSE_ITERATOR,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(ListReverseIterator),
    .methods = reverse_methods,
    .slots = {
        .dealloc = reverse_dealloc,
        .traverse = reverse_traverse,
        .iter = slot_iter_self,
        .next = reverse_next,
    },
};
