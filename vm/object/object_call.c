/* object_call.c: calling any object from C.
 *
 * A callable's Slots.call gets the arguments as they lie in the caller's array: no tuple is built for natives, functions and methods.  Python functions are entered by
 * their own slot (../run/call.c).  Every call counts against the C recursion limit.  Read next: native.c, method.c, type_attrs.c (type_call). */
#include "type_internal.h"

static COLD Value not_callable(Thread *t, Value v)
{
    return error_set(t, EXC_TypeError, "'%T' object is not callable", v);
}

Value object_call(Thread *t, Value callable, const Value *args, uint32_t n, Value names)
{
    Value (*call)(Thread *, Value, const Value *, uint32_t, Value) = type_of(t, callable)->slots.call;
    if (UNLIKELY(!call))
        return not_callable(t, callable);
    if (UNLIKELY(!recursion_enter(t, " while calling a Python object")))
        return VALUE_EMPTY;
    Value result = call(t, callable, args, n, names);
    recursion_leave(t);
    if (BATON_CHECKS && UNLIKELY(value_is_empty(result) != error_pending(t))) {
        if (error_pending(t)) {
            ref_dec(t, result);
            return error_set_from_cause(t, EXC_SystemError, "%V returned a result with an exception set", callable);
        }
        return error_set(t, EXC_SystemError, "%V returned NULL without setting an exception", callable);
    }
    return result;
}

Value object_call0(Thread *t, Value callable) { return object_call(t, callable, NULL, 0, VALUE_EMPTY); }

Value object_call1(Thread *t, Value callable, Value arg) { return object_call(t, callable, &arg, 1, VALUE_EMPTY); }

Value object_call2(Thread *t, Value callable, Value arg1, Value arg2)
{
    const Value args[2] = {arg1, arg2};
    return object_call(t, callable, args, 2, VALUE_EMPTY);
}

/* Spreads a dict of keyword arguments: values behind args[n], their names as a tuple; a call may change the dict, so references are held. */
static Value call_with_dict(Thread *t, Value callable, Value tuple, Value kwargs)
{
    size_t n = tuple_length(tuple), keywords = dict_length(kwargs);
    Value *all = alloc_memory(t, (n + keywords + 1) * sizeof(Value));
    if (!all)
        return VALUE_EMPTY;
    Value names = tuple_new(t, keywords), result = VALUE_EMPTY;
    size_t position = 0, count = 0;
    Value key, value;
    if (value_is_empty(names))
        goto done;
    if (n)
        memcpy(all, tuple_of(tuple)->items, n * sizeof(Value));
    bool strings = true;
    while (count < keywords && dict_next(kwargs, &position, &key, &value)) {
        strings &= str_check(key);
        tuple_of(names)->items[count] = ref_inc(t, key);
        all[n + count++] = ref_inc(t, value);
    }
    if (count < keywords)
        error_set(t, EXC_RuntimeError, "dictionary changed size during iteration");
    else if (!strings)
        error_set(t, EXC_TypeError, "keywords must be strings");
    else
        result = object_call(t, callable, all, (uint32_t)n, names);
    for (size_t i = 0; i < count; i++)
        ref_dec(t, all[n + i]);
    ref_dec(t, names);
done:
    alloc_memory_free(t, all);
    return result;
}

Value object_call_tuple(Thread *t, Value callable, Value args_tuple, Value kwargs)
{
    if (!value_is_empty(kwargs) && dict_length(kwargs))
        return call_with_dict(t, callable, args_tuple, kwargs);
    return object_call(t, callable, tuple_of(args_tuple)->items, (uint32_t)tuple_length(args_tuple), VALUE_EMPTY);
}

Value object_call_method(Thread *t, Value name, const Value *args, uint32_t n, Value names)
{
    Value v = args[0];
    Type *type = type_of(t, v);
    if (LIKELY(type->slots.getattr == object_generic_getattr)) {
        /* A function of the class, not hidden by an attribute of the instance, is called without a bound method. */
        Value found = type_lookup(t, type, name);
        if (!value_is_empty(found) && type_of(t, found)->flags & TYPE_METHOD_LIKE) {
            Value own = VALUE_EMPTY;
            int shadowed = type->dict_offset && value_is_object(v) ? instance_get(t, value_object(v), name, &own) : 0;
            Value result = shadowed == 0  ? object_call(t, found, args, n, names)
                           : shadowed < 0 ? VALUE_EMPTY
                                          : object_call(t, own, args + 1, n - 1, names);
            ref_dec(t, own);
            ref_dec(t, found);
            return result;
        }
        ref_dec(t, found);
    }
    Value method = object_getattr(t, v, name);
    if (value_is_empty(method))
        return VALUE_EMPTY;
    Value result = object_call(t, method, args + 1, n - 1, names);
    ref_dec(t, method);
    return result;
}

Value object_call_method_string(Thread *t, Value v, const char *ascii_name, Value a, Value b, Value c)
{
    Value name = str_intern(t, ascii_name);
    if (value_is_empty(name))
        return VALUE_EMPTY;
    const Value args[4] = {v, a, b, c};
    uint32_t n = value_is_empty(a) ? 1 : value_is_empty(b) ? 2 : value_is_empty(c) ? 3 : 4;
    Value result = object_call_method(t, name, args, n, VALUE_EMPTY);
    ref_dec(t, name);
    return result;
}

bool object_is_callable(Thread *t, Value v) { return type_of(t, v)->slots.call != NULL; }
