/* slice.c: slice objects, and how their bounds become indices. */
#include "container.h"

static Slice *slice_of(Value v) { return (Slice *)value_object(v); }

Value slice_new(Thread *t, Value start, Value stop, Value step)
{
    Slice *s = alloc_container_raw(t, KIND_SLICE, sizeof(Slice));
    if (UNLIKELY(!s))
        return VALUE_EMPTY;
    s->start = ref_inc(t, start);
    s->stop = ref_inc(t, stop);
    s->step = ref_inc(t, step);
    return value_of(s);
}

/* ---- indices ---- */

/* One bound, clipped to int64. 0 or -1. */
static int bound(Thread *t, Value v, int64_t *result)
{
    if (LIKELY(value_is_int(v))) {
        *result = value_to_int(v);
        return 0;
    }
    if (!type_of(t, v)->slots.index)
        return error_set(t, EXC_TypeError, "slice indices must be integers or None or have an __index__ method"), -1;
    *result = number_index_int64(t, v, -1);
    return *result == -1 && error_pending(t) ? -1 : 0;
}

int slice_unpack(Thread *t, Value slice, int64_t *start, int64_t *stop, int64_t *step)
{
    Slice *s = slice_of(slice);
    if (LIKELY(slice_unpack_quick(s->start, s->stop, s->step, start, stop, step)))
        return 0;
    *step = 1;
    if (!value_is_none(s->step)) {
        if (bound(t, s->step, step) < 0)
            return -1;
        if (*step == 0)
            return error_set(t, EXC_ValueError, "slice step cannot be zero"), -1;
        if (*step < -INT64_MAX)
            *step = -INT64_MAX; /* so that it can be negated */
    }
    *start = *step < 0 ? INT64_MAX : 0;
    if (!value_is_none(s->start) && bound(t, s->start, start) < 0)
        return -1;
    *stop = *step < 0 ? INT64_MIN : INT64_MAX;
    if (!value_is_none(s->stop) && bound(t, s->stop, stop) < 0)
        return -1;
    return 0;
}

int slice_indices(Thread *t, Value slice, int64_t length, int64_t *start, int64_t *stop, int64_t *step, int64_t *count)
{
    if (slice_unpack(t, slice, start, stop, step) < 0)
        return -1;
    *count = slice_adjust(length, start, stop, *step);
    return 0;
}

int slice_bounds(Thread *t, Value start, Value end, int64_t length, int64_t *out_start, int64_t *out_end)
{
    int64_t from = 0, to = INT64_MAX;
    if (!value_is_empty(start) && !value_is_none(start) && bound(t, start, &from) < 0)
        return -1;
    if (!value_is_empty(end) && !value_is_none(end) && bound(t, end, &to) < 0)
        return -1;
    if (to > length)
        to = length;
    else if (to < 0 && (to += length) < 0)
        to = 0;
    if (from < 0 && (from += length) < 0)
        from = 0;
    *out_start = from;
    *out_end = to;
    return 0;
}

/* A bound of slice.indices for a length of any size: like clip, on Python ints.  Owned. */
static Value big_bound(Thread *t, Value v, Value length, Value lowest, Value highest, Value missing)
{
    if (value_is_none(v))
        return ref_inc(t, missing);
    if (!type_of(t, v)->slots.index)
        return error_set(t, EXC_TypeError, "slice indices must be integers or None or have an __index__ method");
    Value i = number_index(t, v);
    if (value_is_empty(i))
        return VALUE_EMPTY;
    if (int_sign(i) < 0) {
        Value sum = int_binary(t, BINARY_ADD, i, length);
        ref_dec(t, i);
        i = sum;
        if (value_is_empty(i))
            return VALUE_EMPTY;
        if (int_compare(i, lowest) < 0) {
            ref_dec(t, i);
            return ref_inc(t, lowest);
        }
    } else if (int_compare(i, highest) > 0) {
        ref_dec(t, i);
        return ref_inc(t, highest);
    }
    return i;
}

int slice_indices_big(Thread *t, Value slice, Value length, Value *start, Value *stop, Value *step)
{
    Slice *s = slice_of(slice);
    *start = *stop = VALUE_EMPTY;
    if (value_is_none(s->step)) {
        *step = value_from_int(1);
    } else if (!type_of(t, s->step)->slots.index) {
        *step = error_set(t, EXC_TypeError, "slice indices must be integers or None or have an __index__ method");
    } else {
        *step = number_index(t, s->step);
    }
    if (value_is_empty(*step))
        return -1;
    int sign = int_sign(*step);
    Value lowest = value_from_int(sign < 0 ? -1 : 0), highest = VALUE_EMPTY;
    if (sign == 0) {
        error_set(t, EXC_ValueError, "slice step cannot be zero");
        goto fail;
    }
    highest = sign < 0 ? int_binary(t, BINARY_SUB, length, value_from_int(1)) : ref_inc(t, length);
    if (value_is_empty(highest))
        goto fail;
    *start = big_bound(t, s->start, length, lowest, highest, sign < 0 ? highest : lowest);
    if (value_is_empty(*start))
        goto fail;
    *stop = big_bound(t, s->stop, length, lowest, highest, sign < 0 ? lowest : highest);
    if (value_is_empty(*stop))
        goto fail;
    ref_dec(t, highest);
    return 0;
fail:
    ref_dec(t, highest);
    ref_clear(t, start);
    ref_clear(t, step);
    return -1;
}

/* ---- the type ---- */

static void slice_dealloc(Thread *t, Object *o)
{
    Slice *s = (Slice *)o;
    ref_dec(t, s->step);
    ref_dec(t, s->start);
    ref_dec(t, s->stop);
}

static int slice_traverse(Object *o, VisitFn visit, void *arg)
{
    Slice *s = (Slice *)o;
    VISIT(s->start);
    VISIT(s->stop);
    VISIT(s->step);
    return 0;
}

static Value slice_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    if (refuse_keywords(t, "slice", names) < 0 || check_positional(t, "slice", n, 1, 3) < 0)
        return VALUE_EMPTY;
    if (n == 1)
        return slice_new(t, VALUE_NONE, args[0], VALUE_NONE);
    return slice_new(t, args[0], args[1], n == 3 ? args[2] : VALUE_NONE);
}

static Value slice_repr(Thread *t, Value self)
{
    Slice *s = slice_of(self);
    return str_format(t, "slice(%V, %V, %V)", s->start, s->stop, s->step);
}

static Value as_tuple(Thread *t, Value self)
{
    Slice *s = slice_of(self);
    return tuple_pack(t, 3, s->start, s->stop, s->step);
}

static hash_t slice_hash(Thread *t, Value self)
{
    Value parts = as_tuple(t, self);
    if (value_is_empty(parts))
        return -1;
    hash_t hash = object_hash(t, parts);
    ref_dec(t, parts);
    return hash;
}

static Value slice_compare(Thread *t, Value self, Value other, Compare op)
{
    if (!object_is(self, KIND_SLICE) || !object_is(other, KIND_SLICE))
        return VALUE_NOTIMPLEMENTED;
    if (value_is(self, other))
        return compare_sizes(op, 0, 0);
    Value a = as_tuple(t, self), b = as_tuple(t, other);
    Value result = value_is_empty(a) || value_is_empty(b) ? VALUE_EMPTY : object_compare(t, a, b, op);
    ref_dec(t, a);
    ref_dec(t, b);
    return result;
}

NATIVE(slice_indices, "indices", "($self, length, /)",
       "start, stop and step, as a tuple, of the slice applied to a sequence of this length.")
{
    Value length = number_index(t, args[1]), bounds[3];
    if (value_is_empty(length))
        return VALUE_EMPTY;
    if (int_sign(length) < 0) {
        ref_dec(t, length);
        return error_set(t, EXC_ValueError, "length should not be negative");
    }
    int status = slice_indices_big(t, args[0], length, &bounds[0], &bounds[1], &bounds[2]);
    ref_dec(t, length);
    return status < 0 ? VALUE_EMPTY : tuple_from_array_take(t, bounds, 3);
}

NATIVE(slice_reduce, "__reduce__", "($self, /)", "State for pickling.")
{
    Value items[2] = {value_of(ref_inc_ptr(t, t->types[KIND_SLICE])), as_tuple(t, args[0])};
    if (value_is_empty(items[1])) {
        ref_dec(t, items[0]);
        return VALUE_EMPTY;
    }
    return tuple_from_array_take(t, items, 2);
}

static const NativeDef *const slice_methods[] = {&native_slice_indices, &native_slice_reduce, NULL};

static const MemberDef slice_members[] = {
    {"start", MEMBER_VALUE, offsetof(Slice, start), false, NULL},
    {"stop", MEMBER_VALUE, offsetof(Slice, stop), false, NULL},
    {"step", MEMBER_VALUE, offsetof(Slice, step), false, NULL},
    {0},
};

const TypeSpec type_spec_slice = {
    .name = "slice",
    .doc = "slice(stop)\nslice(start, stop[, step])\n\nWhat sequence[start:stop:step] passes to __getitem__.",
    .kind = KIND_SLICE,
    .flags = TYPE_IMMUTABLE,
    .size = sizeof(Slice),
    .methods = slice_methods,
    .members = slice_members,
    .slots =
        {
            .dealloc = slice_dealloc,
            .traverse = slice_traverse,
            .create = slice_create,
            .repr = slice_repr,
            .hash = slice_hash,
            .compare = slice_compare,
        },
};
