/* match.c: the parts of the match statement that look into subjects. */
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/list.h"
#include "../object/str.h"
#include "cache.h"
#include "slow.h"

/* For what the patterns inside will look at.  Code of the subject, which runs while it is filled, may find it by way of the collector: so no item is ever empty. */
static Value values_new(Thread *t, size_t n)
{
    Value values = tuple_new(t, n);
    for (size_t i = 0; !value_is_empty(values) && i < n; i++)
        tuple_of(values)->items[i] = VALUE_NONE;
    return values;
}

Value match_keys(Thread *t, Value subject, Value keys)
{
    size_t n = tuple_length(keys);
    Value values = values_new(t, n), get = VALUE_EMPTY, seen = VALUE_EMPTY, missing = VALUE_EMPTY, result = VALUE_EMPTY;
    if (value_is_empty(values) || n == 0)
        return values;
    bool plain = dict_check_exact(subject);
    if (!plain) {
        get = object_getattr_string(t, subject, "get");
        missing = list_new(t, 0); /* an object that no mapping holds */
        if (value_is_empty(get) || value_is_empty(missing))
            goto done;
    }
    bool alone = n == 1 && (str_check_exact(tuple_peek(keys, 0)) || value_is_int(tuple_peek(keys, 0)));
    if (!alone) {
        seen = set_new(t, VALUE_EMPTY);
        if (value_is_empty(seen))
            goto done;
    }
    for (size_t i = 0; i < n; i++) {
        Value key = tuple_peek(keys, i), v;
        int known = alone ? 0 : set_contains(t, seen, key);
        if (known < 0 || (!alone && !known && set_add(t, seen, key) < 0))
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

/* subject.name: 1 (owned), 0 missing, -1.  There is no site with a cache: what others know of the type is asked for. */
static int get_attribute(Thread *t, Value subject, Value name, Value *result)
{
    if (value_is_object(subject) && (value_object(name)->aux & STR_INTERNED) && LIKELY(!t->free_threaded)) {
        _Atomic uint64_t site = 0;
        CacheAnswer answer = cache_attribute_other(t, &site, value_object(subject), name, result);
        if (LIKELY(answer == CACHE_FOUND))
            return 1;
        if (UNLIKELY(answer == CACHE_FAILED))
            return error_swallow(t, EXC_AttributeError) ? 0 : -1;
        if (answer != CACHE_MISS)
            ref_dec(t, *result);
        cache_fill_attribute(t, &site, value_object(subject), name);
    }
    return object_getattr_optional(t, subject, name, result);
}

/* The names whose attributes a class pattern asks for, in order: the first of __match_args__, then keywords. */
typedef struct AttributeNames {
    Value match_args, keywords;
    size_t positional;
} AttributeNames;
static Value name_at(const AttributeNames *names, size_t i)
{
    return i < names->positional ? tuple_peek(names->match_args, i)
                                 : tuple_peek(names->keywords, i - names->positional);
}

/* The attributes, into values: 1, 0 one is missing, -1. */
static int match_attributes(Thread *t, Value subject, const Type *class, const AttributeNames *names, Value *values)
{
    size_t n = names->positional + tuple_length(names->keywords);
    for (size_t i = 0; i < n; i++) {
        Value name = name_at(names, i);
        if (UNLIKELY(!str_check_exact(name))) {
            error_set(t, EXC_TypeError, "__match_args__ elements must be strings (got %T)", name);
            return -1;
        }
        for (size_t k = 0; k < i; k++)
            if (UNLIKELY(str_equal(name_at(names, k), name))) {
                error_set(t, EXC_TypeError, "%U() got multiple sub-patterns for attribute %V", class->name, name);
                return -1;
            }
        int found = get_attribute(t, subject, name, &values[i]);
        if (found <= 0) {
            values[i] = VALUE_NONE;
            return found;
        }
    }
    return 1;
}

Value match_class(Thread *t, Value subject, Value class, int32_t positional, Value keywords)
{
    if (!object_is(class, KIND_TYPE))
        return error_set(t, EXC_TypeError, "called match pattern must be a class");
    int instance = object_isinstance(t, subject, class);
    if (instance <= 0)
        return instance < 0 ? VALUE_EMPTY : VALUE_NONE;
    Type *type = (Type *)value_object(class);
    Value values = values_new(t, (size_t)positional + tuple_length(keywords)), match_args = VALUE_EMPTY,
          result = VALUE_EMPTY;
    if (value_is_empty(values))
        return values;
    AttributeNames names = {.keywords = keywords, .positional = (size_t)positional};
    size_t first = 0;
    if (positional) {
        int found = object_getattr_optional(t, class, ID(t, __match_args__), &match_args);
        if (found < 0)
            goto done;
        if (found && !tuple_check_exact(match_args)) {
            error_set(t, EXC_TypeError, "%U.__match_args__ must be a tuple (got %T)", type->name, match_args);
            goto done;
        }
        bool match_self = !found && type->flags & TYPE_MATCH_SELF;
        size_t allowed = found ? tuple_length(match_args) : match_self;
        if (allowed < (size_t)positional) {
            error_set(t, EXC_TypeError, "%U() accepts %zu positional sub-pattern%s (%d given)", type->name, allowed,
                      allowed == 1 ? "" : "s", (int)positional);
            goto done;
        }
        if (match_self) {
            tuple_of(values)->items[0] = ref_inc(t, subject);
            first = 1;
            names.positional = 0;
        }
        names.match_args = match_args;
    }
    int matched = match_attributes(t, subject, type, &names, tuple_of(values)->items + first);
    if (matched >= 0)
        result = matched ? ref_inc(t, values) : VALUE_NONE;
done:
    ref_dec(t, values);
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
