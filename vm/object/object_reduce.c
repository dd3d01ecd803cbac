/* object_reduce.c: how objects are taken apart for copy and pickle: object.__reduce_ex__, __reduce__ and __getstate__.
 *
 * Protocol 2 and above are done here, the older ones by copyreg._reduce_ex.  No locks: everything goes through ordinary attribute access.
 * Read next: object_type.c. */
#include "../run/frame_access.h"
#include "type_internal.h"

static Value copyreg_get(Thread *t, const char *name)
{
    Value copyreg = import_module(t, "copyreg");
    if (value_is_empty(copyreg))
        return VALUE_EMPTY;
    Value result = object_getattr_string(t, copyreg, name);
    ref_dec(t, copyreg);
    return result;
}

/* The names of all __slots__ of a class: type.__slotnames__ if copyreg has left it there; None or a list. */
static Value slot_names(Thread *t, Type *type)
{
    Value names, key = str_intern(t, "__slotnames__");
    if (value_is_empty(key))
        return VALUE_EMPTY;
    int found = type_dict_get(t, type, key, &names);
    ref_dec(t, key);
    if (found < 0)
        return VALUE_EMPTY;
    if (found) {
        if (value_is_none(names) || list_check(names))
            return names;
        error_set(t, EXC_TypeError, "%N.__slotnames__ should be a list or None, not %T", type, names);
        ref_dec(t, names);
        return VALUE_EMPTY;
    }
    Value function = copyreg_get(t, "_slotnames");
    if (value_is_empty(function))
        return VALUE_EMPTY;
    names = object_call1(t, function, value_of(type));
    ref_dec(t, function);
    if (!value_is_empty(names) && !value_is_none(names) && !list_check(names)) {
        error_set(t, EXC_TypeError, "copyreg._slotnames didn't return a list or None");
        ref_clear(t, &names);
    }
    return names;
}

/* The values of the slots that are set, as a dict, or None when there is none. */
static Value slots_state(Thread *t, Value v, Value names)
{
    Value dict = dict_new(t);
    if (value_is_empty(dict))
        return VALUE_EMPTY;
    for (size_t i = 0; i < list_length(names); i++) {
        Value name = list_get(t, names, i), value;
        if (value_is_empty(name))
            break;
        int found = object_getattr_optional(t, v, name, &value);
        if (found > 0 && dict_set(t, dict, name, value) < 0)
            found = -1;
        ref_dec(t, value);
        ref_dec(t, name);
        if (found < 0) {
            ref_dec(t, dict);
            return VALUE_EMPTY;
        }
    }
    if (dict_length(dict) == 0) {
        ref_dec(t, dict);
        return VALUE_NONE;
    }
    return dict;
}

/* Does the C part of an instance hold more than a plain object's, which nothing here could save? */
static bool has_native_state(const Type *type)
{
    const Type *native = type->native;
    size_t size = sizeof(Object);
    if (native->dict_offset)
        size += sizeof(Value);
    if (native->weak_offset)
        size += sizeof(Object *);
    return native->size > ((size + 7) & ~(size_t)7);
}

static Value state_of(Thread *t, Value v, bool required)
{
    Type *type = type_of(t, v);
    if (required && type->item_size)
        return error_set(t, EXC_TypeError, "cannot pickle '%T' objects", v);
    Value state = VALUE_NONE;
    if (value_is_object(v) && !instance_dict_is_empty(t, value_object(v))) {
        int found = object_getattr_optional(t, v, ID(t, __dict__), &state);
        if (found < 0)
            return VALUE_EMPTY;
        if (!found)
            state = VALUE_NONE;
    }
    Value names = slot_names(t, type);
    if (value_is_empty(names)) {
        ref_dec(t, state);
        return VALUE_EMPTY;
    }
    if (required && (!value_is_object(v) || has_native_state(type))) {
        ref_dec(t, names);
        ref_dec(t, state);
        return error_set(t, EXC_TypeError, "cannot pickle '%T' object", v);
    }
    if (!value_is_none(names) && list_length(names) > 0) {
        Value slots = slots_state(t, v, names);
        if (!value_is_none(slots)) {
            Value both = value_is_empty(slots) ? VALUE_EMPTY : tuple_pack(t, 2, state, slots);
            ref_dec(t, slots);
            ref_dec(t, state);
            state = both;
        }
    }
    ref_dec(t, names);
    return state;
}

static Value get_state(Thread *t, Value v, bool required)
{
    Value method = object_getattr(t, v, ID(t, __getstate__));
    if (value_is_empty(method))
        return VALUE_EMPTY;
    Value state;
    if (object_is_exact(method, KIND_NATIVE) && ((Native *)value_object(method))->def == &native_object_getstate)
        state = state_of(t, v, required);
    else
        state = object_call0(t, method);
    ref_dec(t, method);
    return state;
}

/* __getnewargs_ex__ or __getnewargs__: *args a tuple or empty, *kwargs a dict or empty. */
static int get_new_args(Thread *t, Value v, Value *args, Value *kwargs)
{
    *args = *kwargs = VALUE_EMPTY;
    Value method, result;
    int found = object_special(t, v, ID(t, __getnewargs_ex__), &method);
    if (found < 0)
        return -1;
    if (found) {
        result = object_call0(t, method);
        ref_dec(t, method);
        if (value_is_empty(result))
            return -1;
        if (!tuple_check(result))
            error_set(t, EXC_TypeError, "__getnewargs_ex__ should return a tuple, not '%T'", result);
        else if (tuple_length(result) != 2)
            error_set(t, EXC_ValueError, "__getnewargs_ex__ should return a tuple of length 2, not %zd",
                      tuple_length(result));
        else if (!tuple_check(tuple_peek(result, 0)))
            error_set(t, EXC_TypeError,
                      "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '%T'",
                      tuple_peek(result, 0));
        else if (!dict_check(tuple_peek(result, 1)))
            error_set(t, EXC_TypeError,
                      "second item of the tuple returned by __getnewargs_ex__ must be a dict, not '%T'",
                      tuple_peek(result, 1));
        else {
            *args = ref_inc(t, tuple_peek(result, 0));
            *kwargs = ref_inc(t, tuple_peek(result, 1));
        }
        ref_dec(t, result);
        return value_is_empty(*args) ? -1 : 0;
    }
    found = object_special(t, v, ID(t, __getnewargs__), &method);
    if (found <= 0)
        return found;
    result = object_call0(t, method);
    ref_dec(t, method);
    if (value_is_empty(result))
        return -1;
    if (!tuple_check(result)) {
        error_set(t, EXC_TypeError, "__getnewargs__ should return a tuple, not '%T'", result);
        ref_dec(t, result);
        return -1;
    }
    *args = result;
    return 0;
}

/* (class, *args) */
static Value class_and_args(Thread *t, Value class, Value args)
{
    size_t n = value_is_empty(args) ? 0 : tuple_length(args);
    Value result = tuple_new(t, n + 1);
    if (value_is_empty(result))
        return VALUE_EMPTY;
    Value *items = tuple_of(result)->items;
    items[0] = ref_inc(t, class);
    for (size_t i = 0; i < n; i++)
        items[i + 1] = ref_inc(t, tuple_peek(args, i));
    return result;
}

static Value items_iterator(Thread *t, Value v)
{
    Value items = object_call_method(t, ID(t, items), &v, 1, VALUE_EMPTY);
    if (value_is_empty(items))
        return VALUE_EMPTY;
    Value iterator = object_iter(t, items);
    ref_dec(t, items);
    return iterator;
}

static Value reduce_newobj(Thread *t, Value v)
{
    Type *type = type_of(t, v);
    if (!type->slots.create)
        return error_set(t, EXC_TypeError, "cannot pickle '%T' object", v);
    Value args, kwargs, parts[5] = {VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY},
                        result = VALUE_EMPTY;
    if (get_new_args(t, v, &args, &kwargs) < 0)
        return VALUE_EMPTY;
    bool has_args = !value_is_empty(args);
    if (value_is_empty(kwargs) || dict_length(kwargs) == 0) {
        parts[0] = copyreg_get(t, "__newobj__");
        parts[1] = class_and_args(t, value_of(type), args);
    } else {
        parts[0] = copyreg_get(t, "__newobj_ex__");
        parts[1] = tuple_pack(t, 3, value_of(type), args, kwargs);
    }
    if (value_is_empty(parts[0]) || value_is_empty(parts[1]))
        goto done;
    parts[2] = get_state(t, v, !has_args && !list_check(v) && !dict_check(v));
    if (value_is_empty(parts[2]))
        goto done;
    parts[3] = list_check(v) ? object_iter(t, v) : VALUE_NONE;
    parts[4] = value_is_empty(parts[3]) ? VALUE_EMPTY : dict_check(v) ? items_iterator(t, v) : VALUE_NONE;
    if (!value_is_empty(parts[4]))
        result = tuple_from_array(t, parts, 5);
done:
    for (int i = 0; i < 5; i++)
        ref_dec(t, parts[i]);
    ref_dec(t, args);
    ref_dec(t, kwargs);
    return result;
}

static Value common_reduce(Thread *t, Value v, int64_t protocol)
{
    if (protocol >= 2)
        return reduce_newobj(t, v);
    Value function = copyreg_get(t, "_reduce_ex");
    if (value_is_empty(function))
        return VALUE_EMPTY;
    Value result = object_call2(t, function, v, value_from_int(protocol));
    ref_dec(t, function);
    return result;
}

static Value reduce_fn(Thread *t, Value *args, uint32_t n, Value names) { return common_reduce(t, args[0], 0); }
const NativeDef native_object_reduce = {"__reduce__", "($self, /)", "Takes the object apart for pickle.", reduce_fn, 0};

static Value getstate_fn(Thread *t, Value *args, uint32_t n, Value names) { return state_of(t, args[0], false); }
const NativeDef native_object_getstate = {"__getstate__", "($self, /)",
                                          "What pickle saves of the object besides its class.", getstate_fn, 0};

static Value reduce_ex_fn(Thread *t, Value *args, uint32_t n, Value names)
{
    int64_t protocol;
    if (int_to_int64(t, args[1], &protocol) < 0)
        return VALUE_EMPTY;
    /* A class with its own __reduce__ is asked that. */
    Value reduce;
    int found = object_getattr_optional(t, args[0], ID(t, __reduce__), &reduce);
    if (found < 0)
        return VALUE_EMPTY;
    if (found) {
        Value class = object_getattr(t, args[0], ID(t, __class__));
        Value class_reduce = value_is_empty(class) ? VALUE_EMPTY : object_getattr(t, class, ID(t, __reduce__));
        ref_dec(t, class);
        if (value_is_empty(class_reduce)) {
            ref_dec(t, reduce);
            return VALUE_EMPTY;
        }
        bool own = !(object_is_exact(class_reduce, KIND_METHOD_DESCRIPTOR) &&
                     ((Native *)value_object(class_reduce))->def == &native_object_reduce);
        ref_dec(t, class_reduce);
        Value result = own ? object_call0(t, reduce) : VALUE_EMPTY;
        ref_dec(t, reduce);
        if (own)
            return result;
    }
    return common_reduce(t, args[0], protocol);
}
const NativeDef native_object_reduce_ex = {"__reduce_ex__", "($self, protocol, /)",
                                           "Takes the object apart for pickle by a protocol.", reduce_ex_fn, 0};
