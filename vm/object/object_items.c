/* object_items.c: what every container and iterator answers: iter, next, len, item access, containment, and turning iterables into lists.
 *
 * Nothing here holds a lock; every call may run Python code.  Read next: list.c, dict.c, iterator.c. */
#include "generic_alias.h"
#include "type_internal.h"

Value object_iter(Thread *t, Value v)
{
    Type *type = type_of(t, v);
    if (LIKELY(type->slots.iter != NULL)) {
        Value iterator = type->slots.iter(t, v);
        if (UNLIKELY(!value_is_empty(iterator) && !type_of(t, iterator)->slots.next)) {
            error_set(t, EXC_TypeError, "iter() returned non-iterator of type '%T'", iterator);
            ref_clear(t, &iterator);
        }
        return iterator;
    }
    if (type->slots.getitem && type->kind != KIND_DICT && !(type->flags & TYPE_MAPPING)) {
        if (!type_is_heap(type) &&
            !type->slots.len) /* such as type and types.GenericAlias: subscription is no sequence */
            return error_set(t, EXC_TypeError, "'%T' object is not iterable", v);
        return sequence_iterator_new(t, v);
    }
    return error_set(t, EXC_TypeError, "'%T' object is not iterable", v);
}

static Value no_iterator(Thread *t, Value v)
{
    return error_set(t, EXC_TypeError, "'%T' object is not an iterator", v);
}

Value object_given_iterator(Thread *t, Value v)
{
    return LIKELY(type_of(t, v)->slots.next != NULL) ? ref_inc(t, v) : no_iterator(t, v);
}

Value object_next(Thread *t, Value iterator)
{
    Value (*next)(Thread *, Value) = type_of(t, iterator)->slots.next;
    if (UNLIKELY(!next))
        return no_iterator(t, iterator);
    Value item = next(t, iterator);
    if (UNLIKELY(value_is_empty(item)) && error_pending(t))
        error_swallow(t, EXC_StopIteration);
    return item;
}

int64_t object_len(Thread *t, Value v)
{
    int64_t (*len)(Thread *, Value) = type_of(t, v)->slots.len;
    if (LIKELY(len != NULL))
        return len(t, v);
    error_set(t, EXC_TypeError, "object of type '%T' has no len()", v);
    return -1;
}

int64_t object_length_hint(Thread *t, Value v, int64_t fallback)
{
    if (type_of(t, v)->slots.len) {
        int64_t length = object_len(t, v);
        if (length >= 0 || !error_swallow(t, EXC_TypeError))
            return length;
    }
    Value hint;
    if (!special_call(t, ID(t, __length_hint__), &v, 1, VALUE_EMPTY, &hint))
        return fallback;
    if (value_is_empty(hint))
        return error_swallow(t, EXC_TypeError) ? fallback : -1;
    int64_t length = fallback;
    if (!value_is(hint, VALUE_NOTIMPLEMENTED)) {
        length = -1;
        if (!int_check(hint)) {
            error_set(t, EXC_TypeError, "__length_hint__ must be an integer, not %T", hint);
        } else {
            int overflow;
            length = int_to_int64_overflow(t, hint, &overflow);
            if (overflow)
                length = -1, error_set(t, EXC_OverflowError, "cannot fit '%T' into an index-sized integer", hint);
            else if (length < 0)
                length = -1, error_set(t, EXC_ValueError, "__length_hint__() should return >= 0");
        }
    }
    ref_dec(t, hint);
    return length;
}

/* ---- items ---- */

Value object_getitem(Thread *t, Value v, Value key)
{
    Type *type = type_of(t, v);
    if (LIKELY(type->slots.getitem != NULL))
        return type->slots.getitem(t, v, key);
    if (type->kind == KIND_TYPE) {
        /* type[int] is spelled like list[int]; other classes answer by __class_getitem__. */
        if (value_is(v, value_of(t->types[KIND_TYPE])))
            return generic_alias_new(t, v, key);
        Value method;
        int found = object_getattr_optional(t, v, ID(t, __class_getitem__), &method);
        if (found < 0)
            return VALUE_EMPTY;
        if (found && !value_is_none(method)) {
            Value result = object_call1(t, method, key);
            ref_dec(t, method);
            return result;
        }
        return error_set(t, EXC_TypeError, "type '%N' is not subscriptable", type_as(v));
    }
    return error_set(t, EXC_TypeError, "'%T' object is not subscriptable", v);
}

int object_setitem(Thread *t, Value v, Value key, Value value)
{
    int (*set)(Thread *, Value, Value, Value) = type_of(t, v)->slots.setitem;
    if (LIKELY(set != NULL))
        return set(t, v, key, value);
    error_set(t, EXC_TypeError,
              value_is_empty(value) ? "'%T' object doesn't support item deletion"
                                    : "'%T' object does not support item assignment",
              v);
    return -1;
}

Value object_getitem_index(Thread *t, Value v, int64_t index)
{
    Value key = int_from_int64(t, index);
    if (value_is_empty(key))
        return VALUE_EMPTY;
    Value result = object_getitem(t, v, key);
    ref_dec(t, key);
    return result;
}

int object_contains_by_iteration(Thread *t, Value container, Value item)
{
    Value iterator = object_iter(t, container);
    if (value_is_empty(iterator)) {
        if (error_matches(t, EXC_TypeError)) {
            error_clear(t);
            error_set(t, EXC_TypeError, "argument of type '%T' is not a container or iterable", container);
        }
        return -1;
    }
    int result = 0;
    while (result == 0) {
        Value next = object_next(t, iterator);
        if (value_is_empty(next)) {
            result = error_pending(t) ? -1 : 0;
            break;
        }
        result = object_equal(t, next, item);
        ref_dec(t, next);
    }
    ref_dec(t, iterator);
    return result;
}

int object_contains(Thread *t, Value container, Value item)
{
    int (*contains)(Thread *, Value, Value) = type_of(t, container)->slots.contains;
    if (LIKELY(contains != NULL))
        return contains(t, container, item);
    return object_contains_by_iteration(t, container, item);
}

Value object_to_list(Thread *t, Value iterable)
{
    Value list = list_new(t, 0);
    if (!value_is_empty(list) && list_extend(t, list, iterable) < 0)
        ref_clear(t, &list);
    return list;
}

Value object_to_tuple(Thread *t, Value iterable)
{
    if (tuple_check_exact(iterable))
        return ref_inc(t, iterable);
    if (list_check_exact(iterable))
        return list_to_tuple(t, iterable);
    Value list = object_to_list(t, iterable);
    if (value_is_empty(list))
        return VALUE_EMPTY;
    Value tuple = list_to_tuple(t, list);
    ref_dec(t, list);
    return tuple;
}
