/* method.c: bound methods: a callable and the object that becomes its first argument.
 *
 * They never change after creation.  The eval loop does not make one for a call `x.f()`; these are for methods that are kept.
 * Read next: method.h, ../run/call.c. */
#include "type_internal.h"

static Method *method_of(Value v) { return (Method *)value_object(v); }

Value method_new(Thread *t, Value function, Value self)
{
    Method *m = alloc_container_raw(t, KIND_METHOD, sizeof *m);
    if (!m)
        return VALUE_EMPTY;
    m->function = ref_inc(t, function);
    m->self = ref_inc(t, self);
    m->weakrefs = NULL;
    return value_of(m);
}

static void method_dealloc(Thread *t, Object *o)
{
    Method *m = (Method *)o;
    ref_dec(t, m->function);
    ref_dec(t, m->self);
}

static int method_traverse(Object *o, VisitFn visit, void *arg)
{
    Method *m = (Method *)o;
    VISIT(m->function);
    VISIT(m->self);
    return 0;
}

static Value method_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value out[2];
    if (native_parse(t, "method", "(function, instance, /)", args, n, names, out) < 0)
        return VALUE_EMPTY;
    if (!object_is_callable(t, out[0]))
        return error_set(t, EXC_TypeError, "first argument must be callable");
    if (value_is_none(out[1]))
        return error_set(t, EXC_TypeError, "instance must not be None");
    return method_new(t, out[0], out[1]);
}

static Value method_call(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    const Method *m = method_of(self);
    size_t total = n + 1 + (value_is_empty(names) ? 0 : tuple_length(names));
    Value small[10], *all = small;
    if (total > sizeof small / sizeof *small) {
        all = alloc_memory(t, total * sizeof(Value));
        if (!all)
            return VALUE_EMPTY;
    }
    all[0] = m->self;
    for (size_t i = 1; i < total; i++) /* a few: what copies memory is slow to begin */
        all[i] = args[i - 1];
    Value result = object_call(t, m->function, all, n + 1, names);
    if (all != small)
        alloc_memory_free(t, all);
    return result;
}

static Value method_compare(Thread *t, Value a, Value b, Compare op)
{
    if ((op != COMPARE_EQ && op != COMPARE_NE) || !object_is_exact(b, KIND_METHOD))
        return VALUE_NOTIMPLEMENTED;
    const Method *m = method_of(a), *o = method_of(b);
    int equal = object_equal(t, m->function, o->function);
    if (equal < 0)
        return VALUE_EMPTY;
    equal = equal && value_is(m->self, o->self);
    return value_from_bool(equal == (op == COMPARE_EQ));
}

static hash_t method_hash(Thread *t, Value self)
{
    const Method *m = method_of(self);
    hash_t hash = object_hash(t, m->function);
    if (hash == -1)
        return -1;
    hash ^= slot_hash_identity(t, m->self);
    return hash == -1 ? -2 : hash;
}

static Value method_repr(Thread *t, Value self)
{
    const Method *m = method_of(self);
    Value name;
    if (object_getattr_optional(t, m->function, ID(t, __qualname__), &name) < 0)
        return VALUE_EMPTY;
    if (value_is_empty(name) && object_getattr_optional(t, m->function, ID(t, __name__), &name) < 0)
        return VALUE_EMPTY;
    Value result;
    if (!value_is_empty(name) && str_check(name))
        result = str_format(t, "<bound method %U of %V>", name, m->self);
    else
        result = str_format(t, "<bound method ? of %V>", m->self);
    ref_dec(t, name);
    return result;
}

/* An attribute of the function, which may be a method itself. */
static Value forward(Thread *t, Value function, Value name)
{
    if (!recursion_enter(t, ""))
        return VALUE_EMPTY;
    Value v = object_getattr(t, function, name);
    recursion_leave(t);
    return v;
}
/* Attributes of the function show through. */
static Value method_getattr(Thread *t, Value self, Value name)
{
    Value result = type_lookup(t, t->types[KIND_METHOD], name);
    if (value_is_empty(result))
        return forward(t, method_of(self)->function, name);
    Value (*get)(Thread *, Value, Value, Value) = type_of(t, result)->slots.descr_get;
    if (!get)
        return result;
    Value bound = get(t, result, self, value_of(t->types[KIND_METHOD]));
    ref_dec(t, result);
    return bound;
}

static Value method_get_descr(Thread *t, Value self, Value instance, Value owner) { return ref_inc(t, self); }

static Value method_get_doc(Thread *t, Value self)
{
    Value doc;
    int found = object_getattr_optional(t, method_of(self)->function, ID(t, __doc__), &doc);
    return found < 0 ? VALUE_EMPTY : found ? doc : VALUE_NONE;
}

NATIVE(method_reduce, "__reduce__", "($self, /)", "How pickle finds the method again: as an attribute of its instance.")
{
    const Method *m = method_of(args[0]);
    Value getattr = dict_get_string(t, t->interp->builtins_dict, "getattr");
    if (value_is_empty(getattr))
        return error_pending(t) ? VALUE_EMPTY : error_set(t, EXC_RuntimeError, "lost builtins.getattr");
    Value name = object_getattr(t, m->function, ID(t, __name__)), inner = VALUE_EMPTY, result = VALUE_EMPTY;
    if (!value_is_empty(name))
        inner = tuple_pack(t, 2, m->self, name);
    if (!value_is_empty(inner))
        result = tuple_pack(t, 2, getattr, inner);
    ref_dec(t, inner);
    ref_dec(t, name);
    ref_dec(t, getattr);
    return result;
}

static const NativeDef *const method_methods[] = {&native_method_reduce, NULL};
static const GetSetDef method_getsets[] = {{"__doc__", method_get_doc, NULL, NULL}, {NULL, NULL, NULL, NULL}};
static const MemberDef method_members[] = {
    {"__func__", MEMBER_VALUE, offsetof(Method, function), false, "The function that the method calls."},
    {"__self__", MEMBER_VALUE, offsetof(Method, self), false, "The object that becomes its first argument."},
    {NULL, MEMBER_VALUE, 0, false, NULL},
};

const TypeSpec type_spec_method = {
    .name = "method",
    .doc = "A function bound to the object that becomes its first argument.",
    .signature = "(function, instance, /)",
    .kind = KIND_METHOD,
    .size = sizeof(Method),
    .weak_offset = offsetof(Method, weakrefs),
    .methods = method_methods,
    .getsets = method_getsets,
    .members = method_members,
    .slots = {.dealloc = method_dealloc,
              .traverse = method_traverse,
              .create = method_create,
              .repr = method_repr,
              .hash = method_hash,
              .compare = method_compare,
              .call = method_call,
              .getattr = method_getattr,
              .descr_get = method_get_descr},
};
