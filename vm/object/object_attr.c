/* object_attr.c: attribute access on any object: the generic lookup (object.__getattribute__, object.__setattr__) and the entry points around Slots.getattr.
 *
 * Order of the lookup: data descriptor of the type, the instance's own attribute, other attribute of the type.  No locks: what is read is held by a
 * reference.  Read next: type_cache.c, instance.c, ../run/cache.c (the inline caches). */
#include "module.h"
#include "type_internal.h"

int object_generic_lookup(Thread *t, Value v, Value name, Value *result)
{
    Type *type = type_of(t, v);
    Value found = type_lookup(t, type, name);
    Value (*get)(Thread *, Value, Value, Value) = NULL;
    if (!value_is_empty(found)) {
        const Slots *slots = &type_of(t, found)->slots;
        get = slots->descr_get;
        if (get && slots->descr_set)
            goto bind;
    }
    if (type->dict_offset && value_is_object(v)) {
        int own = instance_get(t, value_object(v), name, result);
        if (own) {
            ref_dec(t, found);
            return own;
        }
    }
    if (!get) {
        *result = found;
        return !value_is_empty(found);
    }
bind:
    *result = get(t, found, v, value_of(type));
    ref_dec(t, found);
    return value_is_empty(*result) ? -1 : 1;
}

static COLD Value missing(Thread *t, Value v, Value name)
{
    return error_attribute(t, v, name, "'%T' object has no attribute '%U'", v, name);
}

static COLD int bad_name(Thread *t, Value name)
{
    error_set(t, EXC_TypeError, "attribute name must be string, not '%T'", name);
    return -1;
}

Value object_generic_getattr(Thread *t, Value v, Value name)
{
    if (UNLIKELY(!str_check(name)))
        return bad_name(t, name), VALUE_EMPTY;
    Value result;
    if (LIKELY(object_generic_lookup(t, v, name, &result) != 0))
        return result;
    return missing(t, v, name);
}

static COLD int cannot_set(Thread *t, Value v, Value name, bool class_attribute)
{
    Type *type = type_of(t, v);
    if (class_attribute)
        error_attribute(t, v, name, "'%T' object attribute '%U' is read-only", v, name);
    else if (type->slots.setattr == object_generic_setattr)
        error_attribute(t, v, name, "'%T' object has no attribute '%U' and no __dict__ for setting new attributes", v,
                        name);
    else
        error_attribute(t, v, name, "'%T' object has no attribute '%U'", v, name);
    return -1;
}

int object_generic_setattr(Thread *t, Value v, Value name, Value value)
{
    if (UNLIKELY(!str_check(name)))
        return bad_name(t, name);
    Type *type = type_of(t, v);
    Value found = type_lookup(t, type, name);
    if (!value_is_empty(found)) {
        int (*set)(Thread *, Value, Value, Value) = type_of(t, found)->slots.descr_set;
        if (set) {
            int result = set(t, found, v, value);
            ref_dec(t, found);
            return result;
        }
    }
    bool class_attribute = !value_is_empty(found);
    ref_dec(t, found);
    if (!type->dict_offset || !value_is_object(v))
        return cannot_set(t, v, name, class_attribute);
    bool existed;
    if (instance_set(t, value_object(v), name, value, &existed) < 0)
        return -1;
    if (LIKELY(existed))
        return 0;
    missing(t, v, name);
    return -1;
}

/* ---- entry points ---- */

Value object_getattr(Thread *t, Value v, Value name)
{
    if (UNLIKELY(!str_check(name)))
        return bad_name(t, name), VALUE_EMPTY;
    Value (*get)(Thread *, Value, Value) = type_of(t, v)->slots.getattr;
    Value result = VALUE_EMPTY;
    int found = 0;
    if (LIKELY(get == object_generic_getattr)) {
        found = object_generic_lookup(t, v, name, &result);
        if (LIKELY(found > 0))
            return result;
    } else if (get) {
        result = get(t, v, name);
        if (LIKELY(!value_is_empty(result)))
            return result;
        found = -1;
    }
    if (found == 0)
        return missing(t, v, name);
    error_attribute_context(t, v, name);
    return VALUE_EMPTY;
}

int object_getattr_optional(Thread *t, Value v, Value name, Value *result)
{
    Value (*get)(Thread *, Value, Value) = type_of(t, v)->slots.getattr;
    if (LIKELY(get == object_generic_getattr) || get == type_getattr || get == module_getattr) {
        int found = get == type_getattr     ? type_generic_lookup(t, v, name, result)
                    : get == module_getattr ? module_getattr_optional(t, v, name, result)
                                            : object_generic_lookup(t, v, name, result);
        if (found < 0 && error_swallow(t, EXC_AttributeError))
            return 0;
        return found;
    }
    *result = get ? get(t, v, name) : VALUE_EMPTY;
    if (!value_is_empty(*result))
        return 1;
    return !error_pending(t) || error_swallow(t, EXC_AttributeError) ? 0 : -1;
}

int object_setattr(Thread *t, Value v, Value name, Value value)
{
    if (UNLIKELY(!str_check(name)))
        return bad_name(t, name);
    int (*set)(Thread *, Value, Value, Value) = type_of(t, v)->slots.setattr;
    if (UNLIKELY(!set)) {
        error_set(t, EXC_TypeError, "'%T' object has no attributes (%s .%U)", v,
                  value_is_empty(value) ? "del" : "assign to", name);
        return -1;
    }
    if (str_check_exact(name) && !(value_object(name)->aux & STR_INTERNED)) {
        name = str_intern_take(t, ref_inc(t, name));
        if (value_is_empty(name))
            return -1;
        int result = set(t, v, name, value);
        ref_dec(t, name);
        return result;
    }
    return set(t, v, name, value);
}

Value object_getattr_string(Thread *t, Value v, const char *ascii_name)
{
    Value name = str_intern(t, ascii_name);
    if (value_is_empty(name))
        return VALUE_EMPTY;
    Value result = object_getattr(t, v, name);
    ref_dec(t, name);
    return result;
}

int object_setattr_string(Thread *t, Value v, const char *ascii_name, Value value)
{
    Value name = str_intern(t, ascii_name);
    if (value_is_empty(name))
        return -1;
    int result = object_setattr(t, v, name, value);
    ref_dec(t, name);
    return result;
}

int object_is_abstract(Thread *t, Value v)
{
    Value flag;
    int found = object_getattr_optional(t, v, ID(t, __isabstractmethod__), &flag);
    if (found <= 0)
        return found;
    int truth = object_truth(t, flag);
    ref_dec(t, flag);
    return truth;
}

/* ---- dir ---- */

Value object_dir(Thread *t, Value v)
{
    Value result;
    if (!special_call(t, ID(t, __dir__), &v, 1, VALUE_EMPTY, &result))
        return error_set(t, EXC_TypeError, "object does not provide __dir__");
    if (value_is_empty(result))
        return VALUE_EMPTY;
    Value list = object_to_list(t, result);
    ref_dec(t, result);
    if (!value_is_empty(list) && list_sort(t, list, VALUE_EMPTY, false) < 0)
        ref_clear(t, &list);
    return list;
}
