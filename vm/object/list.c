/* list.c: the array of a list: reading, changing and growing it (the type's operators and methods: list_methods.c).
 *
 * Invariants: list.h.  The array of items is preceded in memory by its capacity.  Every change is made under the
 * list's lock (objlock.h; nothing with the GIL on) by this pattern: take the lock, look at length and items afresh,
 * change, leave the lock, and only then release what was removed.  Reading one item takes no lock: list_get_shared.
 * A slot that falls out of use is emptied, so that such a reader notices. */
#include <assert.h>

#include "../memory/end.h"
#include "dict_table.h"
#include "list_array.h"

/* ---- the array ---- */

static size_t items_capacity(const Value *items) { return (size_t)items[-1].bits; }

static ALWAYS_INLINE Value *items_new(Thread *t, size_t capacity)
{
    if (UNLIKELY(capacity > SIZE_MAX / 2 / sizeof(Value) - 1)) {
        error_no_memory(t);
        return NULL;
    }
    Value *block = alloc_memory_quick(t, (capacity + 1) * sizeof(Value));
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
        end_memory(t, items - 1);
}

/* Releases n values last to first, and the array. */
static ALWAYS_INLINE void items_release(Thread *t, Value *items, size_t n)
{
    while (n-- > 0)
        ref_dec(t, items[n]);
    items_free(t, items);
}

/* Gives the list an array of exactly `capacity` (at least its length), under its lock. */
static NOINLINE int items_resize(Thread *t, List *l, size_t capacity)
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
            if (old)
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

static ALWAYS_INLINE void put_length(Thread *t, List *l, size_t n) { store_release(t, &l->length, n); }

/* Lock off: one item, first without the lock.  What was loaded counts only if its array is still the list's: then
 * slot and array tell of the same moment. */
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
    v = index < l->length ? slot_load_locked(t, &l->items[index]) : VALUE_EMPTY;
    objlock_exit(t, l);
    return v;
}

/* ---- making ---- */

static List *allocate(Thread *t, size_t capacity)
{
    List *l = alloc_container_raw(t, KIND_LIST, sizeof(List));
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

/* The same for a capacity above 0, where it takes no call; else NULL without an exception. */
static ALWAYS_INLINE List *allocate_quick(Thread *t, size_t capacity)
{
    size_t size = (capacity + 1) * sizeof(Value);
    if (UNLIKELY(capacity - 1 >= ALLOC_FINE_MAX / sizeof(Value) - 1) || UNLIKELY(t->free_threaded) ||
        UNLIKELY(!alloc_memory_is_quick(t, size)))
        return NULL;
    List *l = alloc_container_quick(t, KIND_LIST, sizeof(List));
    if (UNLIKELY(!l))
        return NULL;
    Value *block = alloc_memory_quick(t, size);
    block->bits = capacity;
    l->items = block + 1;
    l->length = l->capacity = capacity;
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

static NOINLINE Value from_array_take_slowly(Thread *t, Value *items, size_t n)
{
    List *l = allocate(t, n);
    if (UNLIKELY(!l)) {
        for (size_t i = 0; i < n; i++)
            ref_clear(t, &items[i]);
        return VALUE_EMPTY;
    }
    for (size_t i = 0; i < n; i++) {
        l->items[i] = items[i];
        items[i] = VALUE_EMPTY;
    }
    l->length = n;
    return value_of(l);
}

Value list_from_array_take(Thread *t, Value *items, size_t n)
{
    List *l = allocate_quick(t, n);
    if (UNLIKELY(!l))
        return from_array_take_slowly(t, items, n);
    for (size_t i = 0; i < n; i++) {
        l->items[i] = items[i];
        items[i] = VALUE_EMPTY;
    }
    return value_of(l);
}

static ALWAYS_INLINE void release_all(Thread *t, Object *o)
{
    List *l = (List *)o;
    Value *items = l->items;
    l->items = NULL;
    items_release(t, items, l->length);
}
void list_dealloc(Thread *t, Object *o) { release_all(t, o); }
void list_end(Thread *t, Object *o) { end_container(t, o, release_all); }

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
    if (UNLIKELY(value_is_empty(owned)))
        return -1;
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

Value list_take_at(Thread *t, List *l, int64_t index)
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
    Value item = list_take_at(t, list_of(list), index);
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

int list_extend_from_sequence(Thread *t, List *l, Value other)
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
        return list_extend_from_sequence(t, list_of(list), iterable);
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
    if (hint > 0 && !__atomic_load_n(&list_of(list)->items, __ATOMIC_RELAXED) &&
        list_reserve(t, list, (size_t)hint) < 0)
        goto fail;
    for (;;) {
        Value item = iterate_next_inline(t, iterator);
        if (value_is_empty(item))
            break;
        if (!list_append_quick_take(t, list, item) && list_append_take(t, list, item) < 0)
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

int list_delete_slice(Thread *t, Value list, size_t start, size_t end)
{
    return list_replace_slice_take(t, list, start, end, NULL, 0);
}

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

/* del list[start:stop:step], bounds as slice_unpack gives them: closes the gaps in one pass. */
int list_delete_stepped(Thread *t, Value self, int64_t start, int64_t stop, int64_t step)
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

int list_assign_stepped(Thread *t, Value self, Value values, int64_t start, int64_t stop, int64_t step)
{
    List *l = list_of(self), *source = list_of(values);
    objlock_enter(t, l);
    int64_t count = slice_adjust((int64_t)l->length, &start, &stop, step);
    if ((size_t)count != source->length) {
        objlock_exit(t, l);
        error_set(t, EXC_ValueError, "attempt to assign sequence of size %zu to extended slice of size %lld",
                  source->length, (long long)count);
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

/* ---- repeating ---- */

/* Makes the first n items of a list that has room count times as many. */
static void repeat_items(Thread *t, List *l, size_t n, size_t total)
{
    for (size_t i = n; i < total; i++)
        slot_put(t, &l->items[i], ref_inc(t, l->items[i - n]));
    put_length(t, l, total);
}

int list_repeat_in_place(Thread *t, Value list, int64_t count)
{
    List *l = list_of(list);
    if (count <= 0)
        return list_clear(t, list);
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
    return status;
}

/* ---- copies ---- */

static NOINLINE Value slice_slowly(Thread *t, Value list, size_t start, size_t end)
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

Value list_slice(Thread *t, Value list, size_t start, size_t end)
{
    const List *l = list_of(list);
    size_t length = list_length(list);
    if (end > length)
        end = length;
    List *result = LIKELY(start < end) ? allocate_quick(t, end - start) : NULL; /* with the lock on */
    if (UNLIKELY(!result))
        return slice_slowly(t, list, start, end);
    Value *to = result->items;
    for (const Value *from = l->items + start, *last = l->items + end; from < last; from++)
        *to++ = ref_inc(t, *from);
    return value_of(result);
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

Value list_repeated(Thread *t, Value list, int64_t count)
{
    size_t n = list_length(list);
    if (count <= 0 || n == 0)
        return list_new(t, 0);
    if ((uint64_t)count > SIZE_MAX / 2 / sizeof(Value) / n)
        return error_no_memory(t);
    Value result = list_new(t, n * (size_t)count);
    if (value_is_empty(result))
        return VALUE_EMPTY;
    List *l = list_of(result);
    assert(l->items);
    for (size_t i = 0; i < n; i++) {
        Value item = list_get(t, list, i);
        if (value_is_empty(item))
            break;
        l->items[l->length++] = item;
    }
    repeat_items(t, l, l->length, l->length * (size_t)count);
    return result;
}
