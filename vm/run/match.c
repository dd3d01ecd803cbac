/* match.c: the parts of the match statement that look into subjects. */
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/list.h"
#include "../object/str.h"
#include "slow.h"

Value match_keys(Thread *t, Value subject, Value keys)
{
    size_t n = tuple_length(keys);
    Value values = tuple_new(t, n), get = VALUE_EMPTY, seen = VALUE_EMPTY, missing = VALUE_EMPTY, result = VALUE_EMPTY;
    if (value_is_empty(values) || n == 0)
        return values;
    bool plain = dict_check_exact(subject);
    if (!plain) {
        get = object_getattr_string(t, subject, "get");
        missing = list_new(t, 0); /* an object that no mapping holds */
        if (value_is_empty(get) || value_is_empty(missing))
            goto done;
    }
    seen = set_new(t, VALUE_EMPTY);
    if (value_is_empty(seen))
        goto done;
    for (size_t i = 0; i < n; i++) {
        Value key = tuple_peek(keys, i), v;
        int known = set_contains(t, seen, key);
        if (known < 0 || (!known && set_add(t, seen, key) < 0))
            goto done;
        if (known) {
            error_set(t, EXC_ValueError, "mapping pattern checks duplicate key (%V)", key);
            goto done;
        }
        if (plain) {
            int found = dict_get_optional(t, subject, key, &v);
            if (found < 0)
                goto done;
            if (!found) {
                result = VALUE_NONE;
                goto done;
            }
        } else {
            v = object_call2(t, get, key, missing);
            if (value_is_empty(v))
                goto done;
            if (value_is(v, missing)) {
                ref_dec(t, v);
                result = VALUE_NONE;
                goto done;
            }
        }
        tuple_of(values)->items[i] = v;
    }
    result = ref_inc(t, values);
done:
    ref_dec(t, values);
    ref_dec(t, get);
    ref_dec(t, missing);
    ref_dec(t, seen);
    return result;
}

/* subject.name into the list: 1, 0 missing, -1. */
static int match_attribute(Thread *t, Value subject, Value class, Value name, Value seen, Value list)
{
    int known = set_contains(t, seen, name);
    if (known < 0)
        return -1;
    if (known) {
        error_set(t, EXC_TypeError, "%U() got multiple sub-patterns for attribute %V", ((Type *)value_object(class))->name, name);
        return -1;
    }
    Value v;
    if (set_add(t, seen, name) < 0)
        return -1;
    int found = object_getattr_optional(t, subject, name, &v);
    if (found <= 0)
        return found;
    return list_append_take(t, list, v) < 0 ? -1 : 1;
}

Value match_class(Thread *t, Value subject, Value class, int32_t positional, Value names)
{
    if (!object_is(class, KIND_TYPE))
        return error_set(t, EXC_TypeError, "called match pattern must be a class");
    int instance = object_isinstance(t, subject, class);
    if (instance <= 0)
        return instance < 0 ? VALUE_EMPTY : VALUE_NONE;
    Type *type = (Type *)value_object(class);
    Value seen = set_new(t, VALUE_EMPTY), list = list_new(t, (size_t)positional + tuple_length(names)), match_args = VALUE_EMPTY, result = VALUE_EMPTY;
    if (value_is_empty(seen) || value_is_empty(list))
        goto done;
    if (positional) {
        bool match_self = false;
        int found = object_getattr_optional(t, class, ID(t, __match_args__), &match_args);
        if (found < 0)
            goto done;
        if (found && !tuple_check_exact(match_args)) {
            error_set(t, EXC_TypeError, "%U.__match_args__ must be a tuple (got %T)", type->name, match_args);
            goto done;
        }
        if (!found) {
            match_args = ref_inc(t, t->interp->empty_tuple);
            match_self = type->flags & TYPE_MATCH_SELF;
        }
        size_t allowed = match_self ? 1 : tuple_length(match_args);
        if (allowed < (size_t)positional) {
            error_set(t, EXC_TypeError, "%U() accepts %zu positional sub-pattern%s (%d given)", type->name, allowed, allowed == 1 ? "" : "s", (int)positional);
            goto done;
        }
        if (match_self && list_append(t, list, subject) < 0)
            goto done;
        for (int32_t i = 0; i < positional && !match_self; i++) {
            Value name = tuple_peek(match_args, (size_t)i);
            if (!str_check_exact(name)) {
                error_set(t, EXC_TypeError, "__match_args__ elements must be strings (got %T)", name);
                goto done;
            }
            int matched = match_attribute(t, subject, class, name, seen, list);
            if (matched <= 0) {
                result = matched < 0 ? VALUE_EMPTY : VALUE_NONE;
                goto done;
            }
        }
    }
    for (size_t i = 0; i < tuple_length(names); i++) {
        int matched = match_attribute(t, subject, class, tuple_peek(names, i), seen, list);
        if (matched <= 0) {
            result = matched < 0 ? VALUE_EMPTY : VALUE_NONE;
            goto done;
        }
    }
    result = list_to_tuple(t, list);
done:
    ref_dec(t, seen);
    ref_dec(t, list);
    ref_dec(t, match_args);
    return result;
}

Value match_dict_without(Thread *t, Value subject, Value keys)
{
    Value dict = dict_new(t);
    if (value_is_empty(dict) || dict_merge(t, dict, subject, 1) < 0)
        goto fail;
    for (size_t i = 0; i < tuple_length(keys); i++)
        if (dict_delete(t, dict, tuple_peek(keys, i)) < 0)
            goto fail;
    return dict;
fail:
    ref_dec(t, dict);
    return VALUE_EMPTY;
}
