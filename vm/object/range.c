/* range.c: range objects and their iterators.
 *
 * Bounds are ints of any size.  When start, stop and step are unboxed, so is everything that follows from them, and
 * plain 64-bit arithmetic serves (`Small`); else it is done on Python ints.  A range never changes, so nothing here
 * takes a lock. */
#include <assert.h>

#include "container.h"

static Range *range_of(Value v) { return (Range *)value_object(v); }

typedef struct Small {
    int64_t start, step, length;
} Small;

static ALWAYS_INLINE bool range_small(const Range *r, Small *s)
{
    if (UNLIKELY(!value_is_int(r->start) || !value_is_int(r->stop) || !value_is_int(r->step)))
        return false;
    *s = (Small){value_to_int(r->start), value_to_int(r->step), value_to_int(r->length)};
    return true;
}

/* ---- ints of any size ---- */

/* a OP b, releasing both; an empty operand passes its error on. */
static Value calc_take(Thread *t, BinaryOp op, Value a, Value b)
{
    Value result = value_is_empty(a) || value_is_empty(b) ? VALUE_EMPTY : int_binary(t, op, a, b);
    ref_dec(t, a);
    ref_dec(t, b);
    return result;
}

static Value big_length(Thread *t, Value start, Value stop, Value step)
{
    bool down = int_sign(step) < 0;
    Value low = down ? stop : start, high = down ? start : stop;
    if (int_compare(low, high) >= 0)
        return value_from_int(0);
    Value span = int_binary(t, BINARY_SUB, high, low);
    span = calc_take(t, BINARY_SUB, span, value_from_int(1));
    span = calc_take(t, BINARY_FLOORDIV, span, down ? int_negate(t, step) : ref_inc(t, step));
    return calc_take(t, BINARY_ADD, span, value_from_int(1));
}

/* start + i * step */
static Value big_item(Thread *t, Value start, Value step, Value i)
{
    return calc_take(t, BINARY_ADD, int_binary(t, BINARY_MUL, i, step), ref_inc(t, start));
}

/* How many items from start, for bounds in int64. */
static uint64_t count_items(int64_t start, int64_t stop, int64_t step)
{
    assert(step != 0);
    if (step > 0)
        return start < stop ? ((uint64_t)stop - (uint64_t)start - 1) / (uint64_t)step + 1 : 0;
    return start > stop ? ((uint64_t)start - (uint64_t)stop - 1) / (0 - (uint64_t)step) + 1 : 0;
}

/* Takes all references; an empty one passes its error on. */
static Value range_new_take(Thread *t, Value start, Value stop, Value step)
{
    Value length = VALUE_EMPTY;
    if (LIKELY(value_is_int(start) && value_is_int(stop) && value_is_int(step)))
        length = value_from_int((int64_t)count_items(value_to_int(start), value_to_int(stop), value_to_int(step)));
    else if (!value_is_empty(start) && !value_is_empty(stop) && !value_is_empty(step))
        length = big_length(t, start, stop, step);
    Range *r = value_is_empty(length) ? NULL : alloc_object_raw(t, t->types[KIND_RANGE], sizeof(Range));
    if (UNLIKELY(!r)) {
        ref_dec(t, start);
        ref_dec(t, stop);
        ref_dec(t, step);
        ref_dec(t, length);
        return VALUE_EMPTY;
    }
    r->start = start;
    r->stop = stop;
    r->step = step;
    r->length = length;
    return value_of(r);
}

Value range_new(Thread *t, Value start, Value stop, Value step)
{
    return range_new_take(t, ref_inc(t, start), ref_inc(t, stop), ref_inc(t, step));
}

static Value range_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    if (refuse_keywords(t, "range", names) < 0 || check_positional(t, "range", n, 1, 3) < 0)
        return VALUE_EMPTY;
    Value bounds[3] = {value_from_int(0), VALUE_EMPTY, value_from_int(1)};
    for (uint32_t i = 0; i < n; i++) {
        Value bound = LIKELY(value_is_int(args[i])) ? args[i] : number_index(t, args[i]);
        if (value_is_empty(bound)) {
            while (i-- > 0)
                ref_dec(t, bounds[n == 1 ? 1 : i]);
            return VALUE_EMPTY;
        }
        bounds[n == 1 ? 1 : i] = bound;
    }
    if (int_sign(bounds[2]) == 0) {
        ref_dec(t, bounds[0]);
        ref_dec(t, bounds[1]);
        return error_set(t, EXC_ValueError, "range() arg 3 must not be zero");
    }
    return range_new_take(t, bounds[0], bounds[1], bounds[2]);
}

/* Ranges own ints only: no cycle can pass through them. */
static void range_dealloc(Thread *t, Object *o)
{
    Range *r = (Range *)o;
    ref_dec(t, r->start);
    ref_dec(t, r->stop);
    ref_dec(t, r->step);
    ref_dec(t, r->length);
}

/* ---- operations ---- */

static Value range_repr(Thread *t, Value self)
{
    Range *r = range_of(self);
    if (value_is(r->step, value_from_int(1)))
        return str_format(t, "range(%V, %V)", r->start, r->stop);
    return str_format(t, "range(%V, %V, %V)", r->start, r->stop, r->step);
}

static bool ranges_equal(const Range *a, const Range *b)
{
    if (a == b)
        return true;
    if (int_compare(a->length, b->length) != 0)
        return false;
    if (int_sign(a->length) == 0)
        return true;
    if (int_compare(a->start, b->start) != 0)
        return false;
    return value_is(a->length, value_from_int(1)) || int_compare(a->step, b->step) == 0;
}

static Value range_compare(Thread *t, Value self, Value other, Compare op)
{
    if (!object_is(self, KIND_RANGE) || !object_is(other, KIND_RANGE) || (op != COMPARE_EQ && op != COMPARE_NE))
        return VALUE_NOTIMPLEMENTED;
    return value_from_bool(ranges_equal(range_of(self), range_of(other)) == (op == COMPARE_EQ));
}

static hash_t range_hash(Thread *t, Value self)
{
    Range *r = range_of(self);
    bool none = int_sign(r->length) == 0, one = value_is(r->length, value_from_int(1));
    Value key = tuple_pack(t, 3, r->length, none ? VALUE_NONE : r->start, none || one ? VALUE_NONE : r->step);
    if (value_is_empty(key))
        return -1;
    hash_t hash = object_hash(t, key);
    ref_dec(t, key);
    return hash;
}

static int64_t range_len(Thread *t, Value self)
{
    int overflow;
    int64_t length = int_to_int64_overflow(t, range_of(self)->length, &overflow);
    if (overflow || (uint64_t)length > SIZE_MAX / 2)
        return error_set(t, EXC_OverflowError, "Python int too large to convert to C ssize_t"), -1;
    return length;
}

static int range_truth(Thread *t, Value self) { return int_sign(range_of(self)->length) != 0; }

static Value get_slice(Thread *t, Value self, Value slice)
{
    Range *r = range_of(self);
    Small s;
    int64_t start, stop, step, first, last;
    Value by_step = ((Slice *)value_object(slice))->step;
    if (range_small(r, &s) &&
        (value_is_none(by_step) || value_is_int(by_step))) { /* slice_unpack clips a larger step */
        if (slice_unpack(t, slice, &start, &stop, &step) < 0)
            return VALUE_EMPTY;
        slice_adjust(s.length, &start, &stop, step);
        int64_t new_step;
        if (!__builtin_mul_overflow(step, s.step, &new_step) && !__builtin_mul_overflow(start, s.step, &first) &&
            !__builtin_mul_overflow(stop, s.step, &last) && !__builtin_add_overflow(first, s.start, &first) &&
            !__builtin_add_overflow(last, s.start, &last))
            return range_new_take(t, int_from_int64(t, first), int_from_int64(t, last), int_from_int64(t, new_step));
    }
    Value bounds[3];
    if (slice_indices_big(t, slice, r->length, &bounds[0], &bounds[1], &bounds[2]) < 0)
        return VALUE_EMPTY;
    Value from = big_item(t, r->start, r->step, bounds[0]), to = big_item(t, r->start, r->step, bounds[1]);
    Value by = int_binary(t, BINARY_MUL, bounds[2], r->step);
    for (int i = 0; i < 3; i++)
        ref_dec(t, bounds[i]);
    return range_new_take(t, from, to, by);
}

static Value range_getitem(Thread *t, Value self, Value key)
{
    Range *r = range_of(self);
    if (object_is(key, KIND_SLICE))
        return get_slice(t, self, key);
    if (!int_check(key) && !type_of(t, key)->slots.index)
        return error_set(t, EXC_TypeError, "range indices must be integers or slices, not %N", type_of(t, key));
    Value index = number_index(t, key);
    if (value_is_empty(index))
        return VALUE_EMPTY;
    Small s;
    if (value_is_int(index) && range_small(r, &s)) {
        int64_t i = value_to_int(index);
        if (i < 0)
            i += s.length;
        if (i >= 0 && i < s.length)
            return value_from_int(s.start + i * s.step);
    } else {
        if (int_sign(index) < 0)
            index = calc_take(t, BINARY_ADD, index, ref_inc(t, r->length));
        if (value_is_empty(index))
            return VALUE_EMPTY;
        bool inside = int_sign(index) >= 0 && int_compare(index, r->length) < 0;
        Value item = inside ? big_item(t, r->start, r->step, index) : VALUE_EMPTY;
        ref_dec(t, index);
        if (inside)
            return item;
    }
    return error_set(t, EXC_IndexError, "range object index out of range");
}

/* The position of an int (exact, or a bool) in the range: owned, or empty without an exception if it is not in it. */
static Value position_of_int(Thread *t, Range *r, Value v)
{
    Small s;
    if (value_is_bool(v))
        v = value_from_int(value_is(v, VALUE_TRUE));
    if (value_is_int(v) && range_small(r, &s)) {
        int64_t distance = value_to_int(v) - s.start;
        if (distance % s.step != 0 || distance / s.step < 0 || distance / s.step >= s.length)
            return VALUE_EMPTY;
        return value_from_int(distance / s.step);
    }
    Value distance = int_binary(t, BINARY_SUB, v, r->start);
    Value rest = value_is_empty(distance) ? VALUE_EMPTY : int_binary(t, BINARY_MOD, distance, r->step);
    Value position =
        value_is_empty(rest) || int_sign(rest) != 0 ? VALUE_EMPTY : int_binary(t, BINARY_FLOORDIV, distance, r->step);
    ref_dec(t, distance);
    ref_dec(t, rest);
    if (!value_is_empty(position) && (int_sign(position) < 0 || int_compare(position, r->length) >= 0))
        ref_clear(t, &position);
    return position;
}

static bool is_plain_int(Value v) { return int_check_exact(v) || value_is_bool(v); }

/* Compares item by item with something that is no plain int: how many are equal (stops at the first if `first`: its
 * index, else -1), or -2. */
static int64_t search(Thread *t, Value self, Value wanted, bool first)
{
    Value iterator = object_iter(t, self), item;
    if (value_is_empty(iterator))
        return -2;
    int64_t count = 0, result = first ? -1 : 0;
    for (; !value_is_empty(item = iterate_next(t, iterator)); count++) {
        int equal = items_equal(t, item, wanted);
        ref_dec(t, item);
        if (equal < 0) {
            result = -2;
            break;
        }
        if (equal && first) {
            result = count;
            break;
        }
        result += equal;
    }
    ref_dec(t, iterator);
    return error_pending(t) ? -2 : result;
}

static int range_contains(Thread *t, Value self, Value item)
{
    if (is_plain_int(item)) {
        Value position = position_of_int(t, range_of(self), item);
        ref_dec(t, position);
        return error_pending(t) ? -1 : !value_is_empty(position);
    }
    int64_t found = search(t, self, item, true);
    return found == -2 ? -1 : found >= 0;
}

NATIVE(range_count, "count", "($self, object, /)", "How many items equal an object.")
{
    if (is_plain_int(args[1])) {
        int found = range_contains(t, args[0], args[1]);
        return found < 0 ? VALUE_EMPTY : value_from_int(found);
    }
    int64_t count = search(t, args[0], args[1], false);
    return count < 0 ? VALUE_EMPTY : value_from_int(count);
}

NATIVE(range_index, "index", "($self, object, /)",
       "The index of the first item equal to an object; ValueError if there is none.")
{
    if (is_plain_int(args[1])) {
        Value position = position_of_int(t, range_of(args[0]), args[1]);
        if (value_is_empty(position) && !error_pending(t))
            error_set(t, EXC_ValueError, "range.index(x): x not in range");
        return position;
    }
    int64_t index = search(t, args[0], args[1], true);
    if (index == -1)
        error_set(t, EXC_ValueError, "sequence.index(x): x not in sequence");
    return index < 0 ? VALUE_EMPTY : value_from_int(index);
}

NATIVE(range_reduce, "__reduce__", "($self, /)", "State for pickling.")
{
    Range *r = range_of(args[0]);
    Value items[2] = {value_of(ref_inc_ptr(t, t->types[KIND_RANGE])), tuple_pack(t, 3, r->start, r->stop, r->step)};
    if (value_is_empty(items[1])) {
        ref_dec(t, items[0]);
        return VALUE_EMPTY;
    }
    return tuple_from_array_take(t, items, 2);
}

/* ---- iterators ---- */

static Value iterator_new(Thread *t, int64_t start, int64_t step, uint64_t left)
{
    RangeIterator *it = alloc_object_raw(t, t->types[KIND_RANGE_ITERATOR], sizeof(RangeIterator));
    if (UNLIKELY(!it))
        return VALUE_EMPTY;
    it->end = (int64_t)((uint64_t)start + left * (uint64_t)step);
    it->step = step;
    it->left = left;
    return value_of(it);
}

/* Takes all references; an empty one passes its error on. */
static Value long_iterator_new_take(Thread *t, Value start, Value step, Value left)
{
    LongRangeIterator *it = NULL;
    if (!value_is_empty(start) && !value_is_empty(step) && !value_is_empty(left))
        it = alloc_object_raw(t, t->types[KIND_LONG_RANGE_ITERATOR], sizeof(LongRangeIterator));
    if (!it) {
        ref_dec(t, start);
        ref_dec(t, step);
        ref_dec(t, left);
        return VALUE_EMPTY;
    }
    it->next = start;
    it->step = step;
    it->left = left;
    return value_of(it);
}

static bool fits(Thread *t, Value v, int64_t *result)
{
    int overflow;
    *result = int_to_int64_overflow(t, v, &overflow);
    return !overflow;
}

static Value range_iter(Thread *t, Value self)
{
    Range *r = range_of(self);
    Small s;
    int64_t start, stop, step;
    if (LIKELY(range_small(r, &s)))
        return iterator_new(t, s.start, s.step, (uint64_t)s.length);
    if (fits(t, r->start, &start) && fits(t, r->stop, &stop) && fits(t, r->step, &step)) {
        /* Also the number behind the last item must fit: __reduce__ names it. */
        uint64_t count = count_items(start, stop, step);
        __int128 end = (__int128)start + (__int128)count * step;
        if (end >= INT64_MIN && end <= INT64_MAX)
            return iterator_new(t, start, step, count);
    }
    return long_iterator_new_take(t, ref_inc(t, r->start), ref_inc(t, r->step), ref_inc(t, r->length));
}

NATIVE(range_reversed, "__reversed__", "($self, /)", "An iterator from the last item to the first.")
{
    Range *r = range_of(args[0]);
    int64_t start, stop, step;
    if (fits(t, r->start, &start) && fits(t, r->stop, &stop) && fits(t, r->step, &step) && step != INT64_MIN &&
        (__int128)start - step >= INT64_MIN && (__int128)start - step <= INT64_MAX) {
        uint64_t length = count_items(start, stop, step);
        int64_t last = (int64_t)((uint64_t)start + (length - 1) * (uint64_t)step);
        return iterator_new(t, length ? last : start, -step, length);
    }
    Value last = int_binary(t, BINARY_SUB, r->length, value_from_int(1));
    Value start_value = value_is_empty(last) ? VALUE_EMPTY : big_item(t, r->start, r->step, last);
    ref_dec(t, last);
    if (value_is_empty(start_value))
        return VALUE_EMPTY;
    return long_iterator_new_take(t, start_value, int_negate(t, r->step), ref_inc(t, r->length));
}

static const NativeDef *const range_methods[] = {&native_range_reversed, &native_range_reduce, &native_range_count,
                                                 &native_range_index, NULL};

static const MemberDef range_members[] = {
    {"start", MEMBER_VALUE, offsetof(Range, start), false, NULL},
    {"stop", MEMBER_VALUE, offsetof(Range, stop), false, NULL},
    {"step", MEMBER_VALUE, offsetof(Range, step), false, NULL},
    {0},
};

const TypeSpec type_spec_range = {
    .name = "range",
    .doc = "range(stop)\nrange(start, stop[, step])\n\nThe ints from start (0 by default) up to stop, which is not "
           "among them, by steps.",
    .kind = KIND_RANGE,
    .flags = TYPE_SEQUENCE | TYPE_IMMUTABLE,
    .size = sizeof(Range),
    .methods = range_methods,
    .members = range_members,
    .slots =
        {
            .dealloc = range_dealloc,
            .create = range_create,
            .repr = range_repr,
            .hash = range_hash,
            .compare = range_compare,
            .iter = range_iter,
            .truth = range_truth,
            .len = range_len,
            .getitem = range_getitem,
            .contains = range_contains,
        },
};

static RangeIterator *iterator_of(Value v) { return (RangeIterator *)value_object(v); }

static uint64_t left_of(const RangeIterator *it) { return __atomic_load_n(&it->left, __ATOMIC_RELAXED); }
static void set_left(RangeIterator *it, uint64_t left) { store_relaxed(&it->left, left); }

static Value iterator_next(Thread *t, Value self)
{
    RangeIterator *it = iterator_of(self);
    uint64_t left = left_of(it);
    if (UNLIKELY(left == 0))
        return VALUE_EMPTY;
    set_left(it, left - 1);
    return int_from_int64(t, range_iterator_item(it, left));
}

NATIVE(iterator_length_hint, "__length_hint__", "($self, /)", "How many items are left.")
{
    return int_from_uint64(t, left_of(iterator_of(args[0])));
}

NATIVE(iterator_reduce, "__reduce__", "($self, /)", "State for pickling.")
{
    Value iter = builtin_function(t, "iter");
    if (value_is_empty(iter))
        return VALUE_EMPTY;
    RangeIterator *it = iterator_of(args[0]);
    uint64_t more = left_of(it);
    Value start = int_from_int64(t, range_iterator_item(it, more)), step = int_from_int64(t, it->step),
          left = int_from_uint64(t, more);
    Value stop = value_is_empty(start) || value_is_empty(step) || value_is_empty(left) ? VALUE_EMPTY
                                                                                       : big_item(t, start, step, left);
    ref_dec(t, left);
    return reduce_state_take(t, iter, range_new_take(t, start, stop, step), VALUE_NONE);
}

NATIVE(iterator_setstate, "__setstate__", "($self, state, /)", "Skips that many items.")
{
    int64_t skip = number_index_int64(t, args[1], -1);
    if (skip == -1 && error_pending(t))
        return VALUE_EMPTY;
    RangeIterator *it = iterator_of(args[0]);
    uint64_t left = left_of(it);
    set_left(it, skip < 0 ? left : (uint64_t)skip > left ? 0 : left - (uint64_t)skip);
    return VALUE_NONE;
}

static const NativeDef *const iterator_methods[] = {&native_iterator_length_hint, &native_iterator_reduce,
                                                    &native_iterator_setstate, NULL};

const TypeSpec type_spec_range_iterator = {
    .name = "range_iterator",
    .kind = KIND_RANGE_ITERATOR,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(RangeIterator),
    .methods = iterator_methods,
    .slots = {.iter = slot_iter_self, .next = iterator_next},
};

static LongRangeIterator *long_iterator_of(Value v) { return (LongRangeIterator *)value_object(v); }

static void long_iterator_dealloc(Thread *t, Object *o)
{
    LongRangeIterator *it = (LongRangeIterator *)o;
    ref_dec(t, it->next);
    ref_dec(t, it->step);
    ref_dec(t, it->left);
}

/* Skips `by` items and returns the one where it stood; empty with an exception on error. */
static Value long_iterator_skip(Thread *t, LongRangeIterator *it, Value by)
{
    objlock_enter(t, it); /* ints are added and released without running other code */
    Value next = big_item(t, it->next, it->step, by), here = VALUE_EMPTY;
    Value left = value_is_empty(next) ? VALUE_EMPTY : int_binary(t, BINARY_SUB, it->left, by);
    if (value_is_empty(left)) {
        ref_dec(t, next);
    } else {
        here = it->next;
        it->next = next;
        ref_replace_take(t, &it->left, left);
    }
    objlock_exit(t, it);
    return here;
}

static Value long_iterator_next(Thread *t, Value self)
{
    LongRangeIterator *it = long_iterator_of(self);
    return int_sign(it->left) == 0 ? VALUE_EMPTY : long_iterator_skip(t, it, value_from_int(1));
}

NATIVE(long_iterator_length_hint, "__length_hint__", "($self, /)", "How many items are left.")
{
    LongRangeIterator *it = long_iterator_of(args[0]);
    objlock_enter(t, it);
    Value left = ref_inc(t, it->left);
    objlock_exit(t, it);
    return left;
}

NATIVE(long_iterator_reduce, "__reduce__", "($self, /)", "State for pickling.")
{
    Value iter = builtin_function(t, "iter");
    if (value_is_empty(iter))
        return VALUE_EMPTY;
    LongRangeIterator *it = long_iterator_of(args[0]);
    Value stop = big_item(t, it->next, it->step, it->left);
    return reduce_state_take(t, iter, range_new_take(t, ref_inc(t, it->next), stop, ref_inc(t, it->step)), VALUE_NONE);
}

NATIVE(long_iterator_setstate, "__setstate__", "($self, state, /)", "Skips that many items.")
{
    if (!int_check(args[1]))
        return error_set(t, EXC_TypeError, "state must be an int, not %N", type_of(t, args[1]));
    LongRangeIterator *it = long_iterator_of(args[0]);
    Value skip = int_sign(args[1]) < 0                ? value_from_int(0)
                 : int_compare(args[1], it->left) > 0 ? ref_inc(t, it->left)
                                                      : int_exact(t, args[1]);
    Value here = value_is_empty(skip) ? VALUE_EMPTY : long_iterator_skip(t, it, skip);
    ref_dec(t, skip);
    if (value_is_empty(here))
        return VALUE_EMPTY;
    ref_dec(t, here);
    return VALUE_NONE;
}

static const NativeDef *const long_iterator_methods[] = {
    &native_long_iterator_length_hint, &native_long_iterator_reduce, &native_long_iterator_setstate, NULL};

const TypeSpec type_spec_long_range_iterator = {
    .name = "longrange_iterator",
    .kind = KIND_LONG_RANGE_ITERATOR,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(LongRangeIterator),
    .methods = long_iterator_methods,
    .slots = {.dealloc = long_iterator_dealloc, .iter = slot_iter_self, .next = long_iterator_next},
};
