/* type_annotations.c: __annotate__ and __annotations__ of classes (PEP 649, PEP 749).
 *
 * In a class's own dict: __annotate_func__ is the function that the compiler made, __annotate__ one that the class body defined by that name,
 * __annotations_cache__ what it gave, __annotations__ a dict written eagerly (from __future__ import annotations, or by hand).
 * Read next: type_attrs.c. */
#include "type_internal.h"

static Type *self_type(Value v) { return (Type *)value_object(v); }

/* The first of two names that the type's own dict has, with descriptors resolved: 1 found, 0, -1. */
static int own_value(Thread *t, Type *type, Value name, Value fallback, Value *result)
{
    int found = type_dict_get(t, type, name, result);
    if (found == 0)
        found = type_dict_get(t, type, fallback, result);
    if (found <= 0)
        return found;
    Value (*get)(Thread *, Value, Value, Value) = type_of(t, *result)->slots.descr_get;
    if (!get)
        return 1;
    Value bound = get(t, *result, VALUE_EMPTY, value_of(type));
    ref_dec(t, *result);
    *result = bound;
    return value_is_empty(bound) ? -1 : 1;
}

static Value no_attribute(Thread *t, Type *type, Value name)
{
    return error_attribute(t, value_of(type), name, "type object '%N' has no attribute '%U'", type, name);
}

static int refuse_immutable(Thread *t, Type *type, Value name)
{
    if (!(type->flags & TYPE_IMMUTABLE))
        return value_is_empty(type_peek_dict(t, type)) ? -1 : 0;
    error_set(t, EXC_TypeError, "cannot set '%U' attribute of immutable type '%N'", name, type);
    return -1;
}

Value type_get_annotate(Thread *t, Value self)
{
    Type *type = self_type(self);
    if (!type_is_heap(type))
        return no_attribute(t, type, ID(t, __annotate__));
    Value annotate;
    int found = own_value(t, type, ID(t, __annotate__), ID(t, __annotate_func__), &annotate);
    if (found)
        return annotate;
    return dict_set(t, type->dict, ID(t, __annotate_func__), VALUE_NONE) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

int type_set_annotate(Thread *t, Value self, Value value)
{
    Type *type = self_type(self);
    if (value_is_empty(value)) {
        error_set(t, EXC_TypeError, "cannot delete __annotate__ attribute");
        return -1;
    }
    if (refuse_immutable(t, type, ID(t, __annotate__)) < 0)
        return -1;
    if (!value_is_none(value) && !object_is_callable(t, value)) {
        error_set(t, EXC_TypeError, "__annotate__ must be callable or None");
        return -1;
    }
    int result = dict_set(t, type->dict, ID(t, __annotate_func__), value);
    if (result == 0 && !value_is_none(value))
        result = dict_pop(t, type->dict, ID(t, __annotations_cache__), NULL);
    type_modified(t, type);
    return result < 0 ? -1 : 0;
}

Value annotations_from(Thread *t, Value annotate)
{
    if (!object_is_callable(t, annotate))
        return dict_new(t);
    Value annotations = object_call1(t, annotate, value_from_int(1));
    if (!value_is_empty(annotations) && !dict_check(annotations)) {
        error_set(t, EXC_TypeError, "__annotate__ returned non-dict of type '%T'", annotations);
        ref_clear(t, &annotations);
    }
    return annotations;
}

Value type_get_annotations(Thread *t, Value self)
{
    Type *type = self_type(self);
    if (!type_is_heap(type))
        return no_attribute(t, type, ID(t, __annotations__));
    Value annotations;
    int found = own_value(t, type, ID(t, __annotations__), ID(t, __annotations_cache__), &annotations);
    if (found)
        return annotations;
    Value annotate = object_getattr(t, self, ID(t, __annotate__));
    if (value_is_empty(annotate))
        return VALUE_EMPTY;
    annotations = annotations_from(t, annotate);
    ref_dec(t, annotate);
    if (value_is_empty(annotations))
        return VALUE_EMPTY;
    if (dict_set(t, type->dict, ID(t, __annotations_cache__), annotations) < 0)
        ref_clear(t, &annotations);
    else
        type_modified(t, type);
    return annotations;
}

int type_set_annotations(Thread *t, Value self, Value value)
{
    Type *type = self_type(self);
    if (refuse_immutable(t, type, ID(t, __annotations__)) < 0)
        return -1;
    int result;
    if (!value_is_empty(value)) {
        result = dict_contains(t, type->dict, ID(t, __annotations__));
        if (result >= 0)
            result = dict_set(t, type->dict, result ? ID(t, __annotations__) : ID(t, __annotations_cache__), value);
    } else {
        result = dict_pop(t, type->dict, ID(t, __annotations__), NULL);
        if (result == 0)
            result = dict_pop(t, type->dict, ID(t, __annotations_cache__), NULL);
        if (result == 0) {
            error_set_value(t, t->interp->exceptions[EXC_AttributeError], ID(t, __annotations__));
            return -1;
        }
    }
    if (result >= 0)
        result = dict_pop(t, type->dict, ID(t, __annotate_func__), NULL);
    if (result >= 0)
        result = dict_pop(t, type->dict, ID(t, __annotate__), NULL);
    type_modified(t, type);
    return result < 0 ? -1 : 0;
}
