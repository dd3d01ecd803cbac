/* list.h: list, tuple, slice and range objects. */
#ifndef BATON_OBJECT_LIST_H
#define BATON_OBJECT_LIST_H

#include "../thread/objlock.h"
#include "type.h"

/* Invariants.  items[0..length) are owned and never empty.  With the lock off: mutation under the object's lock; item
 * reads are lock-free, so an array that was replaced is freed deferred, `items` and `length` are stored with release
 * order, and the array is preceded by its capacity (readers bound by it). */
typedef struct List {
    Object head;
    Value *items; /* alloc_memory, or NULL */
    size_t length, capacity;
} List;

static ALWAYS_INLINE bool list_check(Value v) { return object_is(v, KIND_LIST); }
static ALWAYS_INLINE bool list_check_exact(Value v) { return object_is_exact(v, KIND_LIST); }
static ALWAYS_INLINE List *list_of(Value v) { return (List *)value_object(v); }
static ALWAYS_INLINE size_t list_length(Value v) { return __atomic_load_n(&list_of(v)->length, __ATOMIC_RELAXED); }
MUST_CHECK Value list_new(Thread *t, size_t capacity); /* length 0 */
MUST_CHECK Value list_from_array(Thread *t, const Value *items, size_t n);
MUST_CHECK Value list_from_array_take(Thread *t, Value *items,
                                      size_t n); /* takes the references, empties the array; releases them on error */
Value list_get_shared(Thread *t, List *l, size_t index);
/* Owned; empty without an exception when out of range. */
static ALWAYS_INLINE Value list_get(Thread *t, Value list, size_t index)
{
    List *l = list_of(list);
    if (LIKELY(!t->free_threaded))
        return LIKELY(index < l->length) ? ref_inc(t, l->items[index]) : VALUE_EMPTY;
    return list_get_shared(t, l, index);
}
static ALWAYS_INLINE Value list_peek(Value list, size_t index)
{
    return list_of(list)->items[index];
} /* lock on, or list not shared */
int list_set(Thread *t, Value list, size_t index, Value value); /* borrowed value; IndexError */
int list_append(Thread *t, Value list, Value value);
int list_append_take(Thread *t, Value list,
                     Value owned); /* takes the reference, also on error; an empty Value is an error that is pending */
/* The same where neither the lock nor more room is needed: false, nothing done, if they are. */
static ALWAYS_INLINE bool list_append_quick_take(Thread *t, Value list, Value owned)
{
    List *l = list_of(list);
    if (UNLIKELY(t->free_threaded) || UNLIKELY(l->length >= l->capacity))
        return false;
    l->items[l->length++] = owned;
    return true;
}
int list_insert(Thread *t, Value list, int64_t index, Value value);
int list_extend(Thread *t, Value list, Value iterable);
MUST_CHECK Value list_slice(Thread *t, Value list, size_t start, size_t end);
int list_delete_slice(Thread *t, Value list, size_t start, size_t end);
MUST_CHECK Value list_pop(Thread *t, Value list, int64_t index);
int list_sort(Thread *t, Value list, Value key_or_empty, bool reverse);
int list_reverse(Thread *t, Value list);
int list_clear(Thread *t, Value list);
MUST_CHECK Value list_to_tuple(Thread *t, Value list);
/* Replaces items[start, end) by n values whose references it takes (also on error; the array is emptied).  Bounds are
 * clipped to the list's length. */
int list_replace_slice_take(Thread *t, Value list, size_t start, size_t end, Value *values, size_t n);
/* Room for `capacity` items in all, exactly: 0 or -1. */
int list_reserve(Thread *t, Value list, size_t capacity);

/* The array of a list taken out of it, so that the list is empty while it is worked on (list_sort.c). */
typedef struct ListItems {
    Value *items; /* or NULL */
    size_t length, capacity;
} ListItems;
int list_detach_items(Thread *t, Value list, ListItems *out); /* 0, or -1 (no memory) */
/* Puts it back; what the list gathered meanwhile is released.  Was the list changed meanwhile? */
bool list_attach_items_take(Thread *t, Value list, ListItems *in);

extern const TypeSpec type_spec_list, type_spec_list_iterator, type_spec_list_reverse_iterator;

typedef struct Tuple {
    Object head;
    size_t length;
    hash_t hash; /* cached; -1 not computed */
    Value items[];
} Tuple;

static ALWAYS_INLINE bool tuple_check(Value v) { return object_is(v, KIND_TUPLE); }
static ALWAYS_INLINE bool tuple_check_exact(Value v) { return object_is_exact(v, KIND_TUPLE); }
static ALWAYS_INLINE Tuple *tuple_of(Value v) { return (Tuple *)value_object(v); }
static ALWAYS_INLINE size_t tuple_length(Value v) { return tuple_of(v)->length; }
static ALWAYS_INLINE Value tuple_peek(Value v, size_t i) { return tuple_of(v)->items[i]; }
MUST_CHECK Value tuple_new(Thread *t, size_t n); /* items empty: fill before publishing; n 0 gives the singleton */
MUST_CHECK Value tuple_from_array(Thread *t, const Value *items, size_t n);
MUST_CHECK Value tuple_from_array_take(Thread *t, Value *items,
                                       size_t n); /* takes the references, empties the array; releases them on error */
MUST_CHECK Value tuple_pack(Thread *t, size_t n, ...); /* n borrowed Values */
MUST_CHECK Value tuple_slice(Thread *t, Value v, size_t start, size_t end);

/* interp->empty_tuple; the first thing to be made once t->types[KIND_TUPLE] can be allocated from. 0 or -1. */
int tuple_bootstrap(Thread *t);
extern const TypeSpec type_spec_tuple, type_spec_tuple_iterator;

typedef struct Slice {
    Object head;
    Value start, stop, step; /* None where absent */
} Slice;
MUST_CHECK Value slice_new(Thread *t, Value start, Value stop, Value step);
/* Indices for a sequence of `length`: 0 or -1.  *count is the number of items selected. */
/* slice_indices in two steps: unpack may run Python code (__index__), adjust does not, so that a length can be read
 * between them. Unpack: start, stop and step clipped to int64 (step never 0, defaults by the sign of step); 0 or -1.
 * Adjust returns the count. */
int slice_unpack(Thread *t, Value slice, int64_t *start, int64_t *stop, int64_t *step);
/* unpack of the three parts where they are None or unboxed ints, which fails not; false: they are not. */
static ALWAYS_INLINE bool slice_unpack_quick(Value start, Value stop, Value step, int64_t *out_start, int64_t *out_stop,
                                             int64_t *out_step)
{
    int64_t by = value_is_none(step) ? 1 : value_is_int(step) ? value_to_int(step) : 0;
    if (UNLIKELY(by == 0 || !(value_is_int(start) || value_is_none(start)) ||
                 !(value_is_int(stop) || value_is_none(stop))))
        return false;
    *out_step = by;
    *out_start = value_is_int(start) ? value_to_int(start) : by < 0 ? INT64_MAX : 0;
    *out_stop = value_is_int(stop) ? value_to_int(stop) : by < 0 ? INT64_MIN : INT64_MAX;
    return true;
}
/* Brings a bound into [0, length], or [-1, length - 1] for a negative step. */
static ALWAYS_INLINE int64_t slice_clip(int64_t i, int64_t length, int64_t step)
{
    if (i < 0) {
        i += length;
        return i >= 0 ? i : step < 0 ? -1 : 0;
    }
    return i < length ? i : step < 0 ? length - 1 : length;
}
static ALWAYS_INLINE int64_t slice_adjust(int64_t length, int64_t *start, int64_t *stop, int64_t step)
{
    *start = slice_clip(*start, length, step);
    *stop = slice_clip(*stop, length, step);
    int64_t distance = step < 0 ? *start - *stop : *stop - *start, stride = step < 0 ? -step : step;
    if (distance <= 0)
        return 0;
    return stride == 1 ? distance : (distance - 1) / stride + 1; /* a division takes long */
}
int slice_indices(Thread *t, Value slice, int64_t length, int64_t *start, int64_t *stop, int64_t *step, int64_t *count);
/* The same for a length of any size (an int): owned ints, 0 or -1. */
int slice_indices_big(Thread *t, Value slice, Value length, Value *start, Value *stop, Value *step);
/* Adjusts start and stop like slicing does with defaults; for find(sub, start, end) arguments: None or empty are
 * defaults. */
int slice_bounds(Thread *t, Value start, Value end, int64_t length, int64_t *out_start, int64_t *out_end);

/* sequence[start:stop:step] of exact ones, and its assignment (an empty value: deletion), bounds as unpack gives them. */
MUST_CHECK Value list_slice_stepped(Thread *t, Value self, int64_t start, int64_t stop, int64_t step);
MUST_CHECK Value tuple_slice_stepped(Thread *t, Value self, int64_t start, int64_t stop, int64_t step);
MUST_CHECK Value str_slice_stepped(Thread *t, Value self, int64_t start, int64_t stop, int64_t step);
/* list[start:stop] = source, which the caller releases next, by an exchange of items: where it is a list that nobody else has, of as many.  false: nothing is done. */
bool list_exchange_slice(Thread *t, Value list, int64_t start, int64_t stop, Value source);
int list_assign_slice(Thread *t, Value self, int64_t start, int64_t stop, int64_t step, Value value);

extern const TypeSpec type_spec_slice;

/* range whose bounds are ints of any size; the iterator over small ranges is what `for` runs on. */
typedef struct Range {
    Object head;
    Value start, stop, step, length; /* exact ints */
} Range;
/* KIND_RANGE_ITERATOR: all in int64.  One word is all that changes: threads that share one with the lock off may get an item twice, but none that is not in the range. */
typedef struct RangeIterator {
    Object head;
    int64_t end, step; /* end: behind the last item, modulo 2^64 */
    uint64_t left;     /* items to come */
} RangeIterator;
static ALWAYS_INLINE int64_t range_iterator_item(const RangeIterator *it, uint64_t left)
{
    return (int64_t)((uint64_t)it->end - left * (uint64_t)it->step);
}
typedef struct LongRangeIterator { /* KIND_LONG_RANGE_ITERATOR */
    Object head;
    Value next, step, left; /* exact ints */
} LongRangeIterator;
typedef struct ListIterator {
    Object head;
    Value list; /* empty once exhausted */
    size_t index;
} ListIterator;
typedef struct ListReverseIterator {
    Object head;
    Value list;    /* empty once exhausted */
    int64_t index; /* of the next item; -1 at the end */
} ListReverseIterator;
typedef struct TupleIterator {
    Object head;
    Value tuple;
    size_t index;
} TupleIterator;
MUST_CHECK Value range_new(Thread *t, Value start, Value stop, Value step);
extern const TypeSpec type_spec_range, type_spec_range_iterator, type_spec_long_range_iterator;
MUST_CHECK Value sequence_iterator_new(Thread *t, Value sequence); /* iter() of an object with __getitem__ */
MUST_CHECK Value callable_iterator_new(Thread *t, Value callable, Value sentinel);

#endif
