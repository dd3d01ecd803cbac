/* none.c: the types of None, NotImplemented and Ellipsis.  Calling such a type gives its constant. No locks. */
#include "none.h"

#include "error.h"
#include "list.h"
#include "str.h"

static bool no_arguments(Thread *t, uint32_t n, Value names, const char *type)
{
    if (LIKELY(n == 0 && (value_is_empty(names) || tuple_length(names) == 0)))
        return true;
    error_set(t, EXC_TypeError, "%s takes no arguments", type);
    return false;
}

/* ---- None ---- */

static Value none_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    return no_arguments(t, n, names, "NoneType") ? VALUE_NONE : VALUE_EMPTY;
}
static Value none_repr(Thread *t, Value self) { return str_intern(t, "None"); }
static hash_t none_hash(Thread *t, Value self) { return 0xFCA86420; }
static int none_truth(Thread *t, Value self) { return 0; }
static Value none_compare(Thread *t, Value self, Value other, Compare op)
{
    if ((op == COMPARE_EQ || op == COMPARE_NE) && value_is_none(other))
        return value_from_bool(op == COMPARE_EQ);
    return VALUE_NOTIMPLEMENTED;
}

const TypeSpec type_spec_none = {
    .name = "NoneType",
    .doc = "The type of None.",
    .kind = KIND_NONE,
    .flags = TYPE_IMMUTABLE,
    .size = sizeof(Object),
    .slots =
        {.create = none_create, .repr = none_repr, .hash = none_hash, .truth = none_truth, .compare = none_compare},
};

/* ---- NotImplemented ---- */

static Value notimplemented_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    return no_arguments(t, n, names, "NotImplementedType") ? VALUE_NOTIMPLEMENTED : VALUE_EMPTY;
}
static Value notimplemented_repr(Thread *t, Value self) { return str_intern(t, "NotImplemented"); }
static int notimplemented_truth(Thread *t, Value self)
{
    return error_set(t, EXC_TypeError, "NotImplemented should not be used in a boolean context"), -1;
}
NATIVE(notimplemented_reduce, "__reduce__", "($self, /)", "The constant's name, for pickle.")
{
    return str_intern(t, "NotImplemented");
}
static const NativeDef *const notimplemented_methods[] = {&native_notimplemented_reduce, NULL};

const TypeSpec type_spec_notimplemented = {
    .name = "NotImplementedType",
    .doc = "The type of NotImplemented.",
    .kind = KIND_NOTIMPLEMENTED,
    .flags = TYPE_IMMUTABLE,
    .size = sizeof(Object),
    .methods = notimplemented_methods,
    .slots = {.create = notimplemented_create, .repr = notimplemented_repr, .truth = notimplemented_truth},
};

/* ---- Ellipsis ---- */

static Value ellipsis_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    return no_arguments(t, n, names, "EllipsisType") ? VALUE_ELLIPSIS : VALUE_EMPTY;
}
static Value ellipsis_repr(Thread *t, Value self) { return str_intern(t, "Ellipsis"); }
NATIVE(ellipsis_reduce, "__reduce__", "($self, /)", "The constant's name, for pickle.")
{
    return str_intern(t, "Ellipsis");
}
static const NativeDef *const ellipsis_methods[] = {&native_ellipsis_reduce, NULL};

const TypeSpec type_spec_ellipsis = {
    .name = "ellipsis",
    .doc = "The type of Ellipsis, which is written ... too.",
    .kind = KIND_ELLIPSIS,
    .flags = TYPE_IMMUTABLE,
    .size = sizeof(Object),
    .methods = ellipsis_methods,
    .slots = {.create = ellipsis_create, .repr = ellipsis_repr},
};
