/* type_bootstrap.c: the first types of an interpreter, which must exist before anything else can be made.
 *
 * First all core types get what allocation needs (type_prepare_native), then strings, tuples and bytes make their singletons, then each type is completed in
 * an order in which bases come first, then the exceptions.  Nothing here runs Python code or takes a lock.  Read next: type.c, kind.def. */
#include "bytes.h"
#include "exception.h"
#include "type_internal.h"

/* The spec of each kind. */
/* clang-format off */
#define SPECS(X) \
    X(OBJECT, object) X(TYPE, type) X(NONE, none) X(NOTIMPLEMENTED, notimplemented) X(ELLIPSIS, ellipsis) X(INT, int) X(BOOL, bool) \
    X(FLOAT, float) X(COMPLEX, complex) X(STR, str) X(BYTES, bytes) X(BYTEARRAY, bytearray) X(MEMORYVIEW, memoryview) X(LIST, list) \
    X(TUPLE, tuple) X(DICT, dict) X(SET, set) X(FROZENSET, frozenset) X(RANGE, range) X(SLICE, slice) X(DICT_KEYS, dict_keys) \
    X(DICT_VALUES, dict_values) X(DICT_ITEMS, dict_items) X(MAPPINGPROXY, mappingproxy) X(CELL, cell) X(CODE, code) \
    X(FUNCTION, function) X(METHOD, method) X(NATIVE, native) X(METHOD_DESCRIPTOR, method_descriptor) \
    X(CLASSMETHOD_DESCRIPTOR, classmethod_descriptor) X(WRAPPER_DESCRIPTOR, wrapper_descriptor) X(METHOD_WRAPPER, method_wrapper) \
    X(GETSET_DESCRIPTOR, getset_descriptor) X(MEMBER_DESCRIPTOR, member_descriptor) X(PROPERTY, property) X(CLASSMETHOD, classmethod) \
    X(STATICMETHOD, staticmethod) X(SUPER, super) X(GENERATOR, generator) X(COROUTINE, coroutine) \
    X(COROUTINE_WRAPPER, coroutine_wrapper) X(ASYNC_GENERATOR, async_generator) X(ASYNC_GENERATOR_ASEND, async_generator_asend) \
    X(ASYNC_GENERATOR_ATHROW, async_generator_athrow) X(ASYNC_GENERATOR_VALUE, async_generator_value) \
    X(ANEXT_AWAITABLE, anext_awaitable) X(FRAME, frame) X(FRAME_LOCALS_PROXY, frame_locals_proxy) X(TRACEBACK, traceback) \
    X(MODULE, module) X(EXCEPTION, exception) X(WEAKREF, weakref) X(WEAKPROXY, weakproxy) X(WEAK_CALLABLE_PROXY, weak_callable_proxy) \
    X(NAMESPACE, namespace) X(GENERIC_ALIAS, generic_alias) X(GENERIC_ALIAS_ITERATOR, generic_alias_iterator) X(UNION, union) \
    X(TEMPLATE, template) X(INTERPOLATION, interpolation) \
    X(TEMPLATE_ITERATOR, template_iterator) X(LIST_ITERATOR, list_iterator) X(LIST_REVERSE_ITERATOR, list_reverse_iterator) \
    X(TUPLE_ITERATOR, tuple_iterator) X(STR_ITERATOR, str_iterator) X(BYTES_ITERATOR, bytes_iterator) \
    X(BYTEARRAY_ITERATOR, bytearray_iterator) X(MEMORY_ITERATOR, memory_iterator) X(RANGE_ITERATOR, range_iterator) \
    X(LONG_RANGE_ITERATOR, long_range_iterator) X(SET_ITERATOR, set_iterator) X(DICT_KEY_ITERATOR, dict_key_iterator) \
    X(DICT_VALUE_ITERATOR, dict_value_iterator) X(DICT_ITEM_ITERATOR, dict_item_iterator) \
    X(DICT_REVERSE_KEY_ITERATOR, dict_reverse_key_iterator) X(DICT_REVERSE_VALUE_ITERATOR, dict_reverse_value_iterator) \
    X(DICT_REVERSE_ITEM_ITERATOR, dict_reverse_item_iterator) X(SEQUENCE_ITERATOR, sequence_iterator) \
    X(CALLABLE_ITERATOR, callable_iterator) X(ENUMERATE, enumerate) X(ZIP, zip) X(MAP, map) X(FILTER, filter) X(REVERSED, reversed)
/* clang-format on */

#define DECLARE(kind, name) extern const TypeSpec type_spec_##name;
SPECS(DECLARE)
#undef DECLARE

static const TypeSpec *const specs[KIND_COUNT] = {
#define ENTRY(kind, name) [KIND_##kind] = &type_spec_##name,
    SPECS(ENTRY)
#undef ENTRY
};

#define COUNT(kind, name) +1
_Static_assert(0 SPECS(COUNT) == KIND_COUNT, "each kind of kind.def has its spec");
#undef COUNT

int type_bootstrap(Thread *t)
{
    Interp *interp = t->interp;
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        interp->types[kind] = alloc_object_untyped(t, KIND_TYPE, sizeof(Type));
        if (!interp->types[kind])
            return -1;
    }
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        Type *type = interp->types[kind];
        type->head.type = interp->types[KIND_TYPE];
        type_prepare_native(t, type, specs[kind]);
    }
    if (str_bootstrap(t) < 0 || tuple_bootstrap(t) < 0 || bytes_bootstrap(t) < 0)
        return -1;
    slots_mark_names(t);
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        Type *type = interp->types[kind];
        Type *base = kind == KIND_OBJECT ? NULL
                     : kind == KIND_BOOL ? interp->types[KIND_INT]
                                         : interp->types[KIND_OBJECT];
        type->flags |= TYPE_IMMUTABLE;
        Value bases = base ? tuple_pack(t, 1, value_of(base)) : ref_inc(t, interp->empty_tuple);
        if (value_is_empty(bases) || type_finish_native(t, type, bases) < 0)
            return -1;
    }
    if (set_bootstrap(t) < 0)
        return -1;
    return exception_bootstrap(t);
}
