/* descriptor.c: the descriptors of native types: getset_descriptor, member_descriptor, wrapper_descriptor (a dunder made from a slot) and its bound form method-wrapper.
 *
 * They never change after creation; the fields that a member reads and writes are guarded by the instance's object lock.
 * Read next: descriptor.h, slots.c (what a wrapper calls), native.c (method descriptors). */
#include "descriptor.h"

#include "slots.h"
#include "type_internal.h"

/* ---- common ---- */

static Descriptor *descriptor_of(Value v) { return (Descriptor *)value_object(v); }

static void *descriptor_alloc(Thread *t, Kind kind, size_t size, Type *owner, Value name_take)
{
    if (value_is_empty(name_take))
        return NULL;
    Descriptor *d = alloc_object(t, t->types[kind], size);
    if (!d) {
        ref_dec(t, name_take);
        return NULL;
    }
    d->owner = ref_inc_ptr(t, owner);
    d->name = name_take;
    return d;
}

static void descriptor_dealloc(Thread *t, Object *o)
{
    Descriptor *d = (Descriptor *)o;
    ref_dec(t, d->name);
    ref_dec(t, d->qualname);
    ref_dec_ptr(t, d->owner);
}

static int descriptor_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT_PTR(((Descriptor *)o)->owner);
    return 0;
}

/* Does the descriptor apply to this instance? */
static ALWAYS_INLINE bool applies(Thread *t, const Descriptor *d, Value instance)
{
    Type *type = type_of(t, instance);
    if (LIKELY(type == d->owner || type_is_subtype(type, d->owner)))
        return true;
    error_set(t, EXC_TypeError, "descriptor '%U' for '%N' objects doesn't apply to a '%T' object", d->name, d->owner,
              instance);
    return false;
}

static Value get_name(Thread *t, Value self) { return ref_inc(t, descriptor_of(self)->name); }
static Value get_owner(Thread *t, Value self) { return ref_inc(t, value_of(descriptor_of(self)->owner)); }

static Value get_qualname(Thread *t, Value self)
{
    Descriptor *d = descriptor_of(self);
    return str_format(t, "%U.%U", d->owner->qualname, d->name);
}

/* (getattr, (object, name)) */
static Value reduce_as_attribute(Thread *t, Value object, Value name)
{
    Value getattr = dict_get_string(t, t->interp->builtins_dict, "getattr");
    if (value_is_empty(getattr))
        return error_pending(t) ? VALUE_EMPTY : error_set(t, EXC_RuntimeError, "lost builtins.getattr");
    Value args = tuple_pack(t, 2, object, name);
    Value result = value_is_empty(args) ? VALUE_EMPTY : tuple_pack(t, 2, getattr, args);
    ref_dec(t, args);
    ref_dec(t, getattr);
    return result;
}

NATIVE(reduce, "__reduce__", "($self, /)", "How pickle finds the descriptor again: as an attribute of its class.")
{
    return reduce_as_attribute(t, value_of(descriptor_of(args[0])->owner), descriptor_of(args[0])->name);
}

static const NativeDef *const reduce_methods[] = {&native_reduce, NULL};

static Value doc_or_none(Thread *t, const char *doc) { return doc ? str_from_string(t, doc) : VALUE_NONE; }

/* ---- getset_descriptor ---- */

Value getset_descriptor_new(Thread *t, Type *owner, const GetSetDef *def)
{
    GetSetDescriptor *d = descriptor_alloc(t, KIND_GETSET_DESCRIPTOR, sizeof *d, owner, str_intern(t, def->name));
    if (d)
        d->def = def;
    return value_of(d);
}

static Value getset_get(Thread *t, Value self, Value instance, Value owner)
{
    const GetSetDescriptor *d = (const GetSetDescriptor *)value_object(self);
    if (value_is_empty(instance))
        return ref_inc(t, self);
    if (UNLIKELY(!applies(t, (const Descriptor *)d, instance)))
        return VALUE_EMPTY;
    if (LIKELY(d->def->get != NULL))
        return d->def->get(t, instance);
    return error_set(t, EXC_AttributeError, "attribute '%U' of '%N' objects is not readable", d->name, d->owner);
}

static int getset_set(Thread *t, Value self, Value instance, Value value)
{
    const GetSetDescriptor *d = (const GetSetDescriptor *)value_object(self);
    if (UNLIKELY(!applies(t, (const Descriptor *)d, instance)))
        return -1;
    if (LIKELY(d->def->set != NULL))
        return d->def->set(t, instance, value);
    error_set(t, EXC_AttributeError, "attribute '%U' of '%N' objects is not writable", d->name, d->owner);
    return -1;
}

static Value getset_repr(Thread *t, Value self)
{
    const Descriptor *d = descriptor_of(self);
    return str_format(t, "<attribute '%U' of '%N' objects>", d->name, d->owner);
}

static Value getset_get_doc(Thread *t, Value self)
{
    return doc_or_none(t, ((const GetSetDescriptor *)value_object(self))->def->doc);
}

static const GetSetDef getset_getsets[] = {
    {"__name__", get_name, NULL, NULL},
    {"__objclass__", get_owner, NULL, NULL},
    {"__qualname__", get_qualname, NULL, NULL},
    {"__doc__", getset_get_doc, NULL, NULL},
    {NULL, NULL, NULL, NULL},
};

const TypeSpec type_spec_getset_descriptor = {
    .name = "getset_descriptor",
    .kind = KIND_GETSET_DESCRIPTOR,
    .size = sizeof(GetSetDescriptor),
    .getsets = getset_getsets,
    .slots = {.dealloc = descriptor_dealloc,
              .traverse = descriptor_traverse,
              .repr = getset_repr,
              .descr_get = getset_get,
              .descr_set = getset_set},
};

/* ---- member_descriptor ---- */

Value member_descriptor_new(Thread *t, Type *owner, const MemberDef *def)
{
    MemberDescriptor *d = descriptor_alloc(t, KIND_MEMBER_DESCRIPTOR, sizeof *d, owner, str_intern(t, def->name));
    if (!d)
        return VALUE_EMPTY;
    d->kind = def->kind;
    d->offset = (int32_t)def->offset;
    d->writable = def->writable;
    d->doc = def->doc;
    return value_of(d);
}

Value member_descriptor_new_slot(Thread *t, Type *owner, Value name, int32_t offset)
{
    MemberDescriptor *d = alloc_object(t, t->types[KIND_MEMBER_DESCRIPTOR], sizeof *d);
    if (!d)
        return VALUE_EMPTY;
    d->owner = ref_inc_ptr(t, owner);
    d->name = ref_inc(t, name);
    d->kind = MEMBER_VALUE_OR_ERROR;
    d->offset = offset;
    d->writable = true;
    return value_of(d);
}

static Value load_value(Thread *t, Object *o, const Value *slot)
{
    Value v;
    if (LIKELY(slot_load(t, slot, &v)))
        return v;
    objlock_enter(t, o);
    v = slot_load_locked(t, slot);
    objlock_exit(t, o);
    return v;
}

static Value member_get(Thread *t, Value self, Value instance, Value owner)
{
    const MemberDescriptor *d = (const MemberDescriptor *)value_object(self);
    if (value_is_empty(instance))
        return ref_inc(t, self);
    if (UNLIKELY(!applies(t, (const Descriptor *)d, instance)))
        return VALUE_EMPTY;
    Object *o = value_object(instance);
    void *field = (char *)o + d->offset;
    switch (d->kind) {
    case MEMBER_VALUE_OR_ERROR: {
        Value v = load_value(t, o, object_slot_at(o, d->offset));
        if (LIKELY(!value_is_empty(v)))
            return v;
        return error_attribute(t, instance, d->name, "'%#T' object has no attribute '%U'", instance, d->name);
    }
    case MEMBER_VALUE: {
        Value v = load_value(t, o, field);
        return value_is_empty(v) ? VALUE_NONE : v;
    }
    case MEMBER_INT32: return value_from_int(*(const int32_t *)field);
    case MEMBER_INT64: return int_from_int64(t, *(const int64_t *)field);
    case MEMBER_BOOL: return value_from_bool(*(const bool *)field);
    case MEMBER_SIZE: return int_from_size(t, *(const size_t *)field);
    case MEMBER_DOUBLE: return value_from_double(*(const double *)field);
    }
    return error_bad_internal_call(t, "member_get");
}

static int set_number(Thread *t, const MemberDescriptor *d, void *field, Value value)
{
    if (value_is_empty(value)) {
        error_set(t, EXC_TypeError, "can't delete numeric/char attribute");
        return -1;
    }
    switch (d->kind) {
    case MEMBER_BOOL:
        if (!value_is_bool(value)) {
            error_set(t, EXC_TypeError, "attribute value type must be bool");
            return -1;
        }
        *(bool *)field = value_is(value, VALUE_TRUE);
        return 0;
    case MEMBER_DOUBLE: {
        double number = number_to_double(t, value);
        if (number == -1.0 && error_pending(t))
            return -1;
        *(double *)field = number;
        return 0;
    }
    case MEMBER_INT32: return int_to_int(t, value, (int *)field);
    case MEMBER_SIZE: {
        uint64_t number;
        if (int_to_uint64(t, value, &number) < 0)
            return -1;
        *(size_t *)field = (size_t)number;
        return 0;
    }
    default: return int_to_int64(t, value, (int64_t *)field);
    }
}

static int member_set(Thread *t, Value self, Value instance, Value value)
{
    const MemberDescriptor *d = (const MemberDescriptor *)value_object(self);
    if (UNLIKELY(!applies(t, (const Descriptor *)d, instance)))
        return -1;
    if (!d->writable) {
        error_set(t, EXC_AttributeError, "readonly attribute");
        return -1;
    }
    Object *o = value_object(instance);
    if (d->kind != MEMBER_VALUE && d->kind != MEMBER_VALUE_OR_ERROR)
        return set_number(t, d, (char *)o + d->offset, value);
    Value *slot = object_slot_at(o, d->offset);
    objlock_enter(t, o);
    Value old = *slot;
    slot_store(slot, ref_inc(t, value));
    objlock_exit(t, o);
    if (UNLIKELY(value_is_empty(old) && value_is_empty(value)) && d->kind == MEMBER_VALUE_OR_ERROR) {
        error_set_value(t, t->interp->exceptions[EXC_AttributeError], d->name);
        return -1;
    }
    ref_dec(t, old);
    return 0;
}

static Value member_repr(Thread *t, Value self)
{
    const Descriptor *d = descriptor_of(self);
    return str_format(t, "<member '%U' of '%N' objects>", d->name, d->owner);
}

static Value member_get_doc(Thread *t, Value self)
{
    return doc_or_none(t, ((const MemberDescriptor *)value_object(self))->doc);
}

static const GetSetDef member_getsets[] = {
    {"__name__", get_name, NULL, NULL},
    {"__objclass__", get_owner, NULL, NULL},
    {"__qualname__", get_qualname, NULL, NULL},
    {"__doc__", member_get_doc, NULL, NULL},
    {NULL, NULL, NULL, NULL},
};

const TypeSpec type_spec_member_descriptor = {
    .name = "member_descriptor",
    .kind = KIND_MEMBER_DESCRIPTOR,
    .size = sizeof(MemberDescriptor),
    .methods = reduce_methods,
    .getsets = member_getsets,
    .slots = {.dealloc = descriptor_dealloc,
              .traverse = descriptor_traverse,
              .repr = member_repr,
              .descr_get = member_get,
              .descr_set = member_set},
};

/* ---- wrapper_descriptor ---- */

Value wrapper_descriptor_new(Thread *t, Type *owner, const SlotDef *def, SlotFn fn)
{
    WrapperDescriptor *d =
        descriptor_alloc(t, KIND_WRAPPER_DESCRIPTOR, sizeof *d, owner, ref_inc(t, t->interp->names[def->name]));
    if (!d)
        return VALUE_EMPTY;
    d->def = def;
    d->fn = fn;
    return value_of(d);
}

static Value wrapper_call(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    const WrapperDescriptor *d = (const WrapperDescriptor *)value_object(self);
    if (n == 0)
        return error_set(t, EXC_TypeError, "descriptor '%U' of '%N' object needs an argument", d->name, d->owner);
    Type *type = type_of(t, args[0]);
    if (type != d->owner && !type_is_subtype(type, d->owner))
        return error_set(t, EXC_TypeError, "descriptor '%U' requires a '%N' object but received a '%T'", d->name,
                         d->owner, args[0]);
    return slots_call_wrapper(t, d, args[0], args + 1, n - 1, names);
}

static Value wrapper_get(Thread *t, Value self, Value instance, Value owner)
{
    WrapperDescriptor *d = (WrapperDescriptor *)value_object(self);
    if (value_is_empty(instance))
        return ref_inc(t, self);
    if (!applies(t, (const Descriptor *)d, instance))
        return VALUE_EMPTY;
    MethodWrapper *bound = alloc_object_raw(t, t->types[KIND_METHOD_WRAPPER], sizeof *bound);
    if (!bound)
        return VALUE_EMPTY;
    bound->descriptor = ref_inc_ptr(t, d);
    bound->self = ref_inc(t, instance);
    return value_of(bound);
}

static Value wrapper_repr(Thread *t, Value self)
{
    const Descriptor *d = descriptor_of(self);
    return str_format(t, "<slot wrapper '%U' of '%N' objects>", d->name, d->owner);
}

static Value wrapper_get_doc(Thread *t, Value self)
{
    return doc_or_none(t, ((const WrapperDescriptor *)value_object(self))->def->doc);
}
static Value wrapper_get_signature(Thread *t, Value self)
{
    return doc_or_none(t, ((const WrapperDescriptor *)value_object(self))->def->signature);
}

static const GetSetDef wrapper_getsets[] = {
    {"__name__", get_name, NULL, NULL},
    {"__objclass__", get_owner, NULL, NULL},
    {"__qualname__", get_qualname, NULL, NULL},
    {"__doc__", wrapper_get_doc, NULL, NULL},
    {"__text_signature__", wrapper_get_signature, NULL, NULL},
    {NULL, NULL, NULL, NULL},
};

const TypeSpec type_spec_wrapper_descriptor = {
    .name = "wrapper_descriptor",
    .kind = KIND_WRAPPER_DESCRIPTOR,
    .flags = TYPE_METHOD_LIKE,
    .size = sizeof(WrapperDescriptor),
    .methods = reduce_methods,
    .getsets = wrapper_getsets,
    .slots = {.dealloc = descriptor_dealloc,
              .traverse = descriptor_traverse,
              .repr = wrapper_repr,
              .call = wrapper_call,
              .descr_get = wrapper_get},
};

/* ---- method-wrapper ---- */

static MethodWrapper *method_wrapper_of(Value v) { return (MethodWrapper *)value_object(v); }

static void method_wrapper_dealloc(Thread *t, Object *o)
{
    MethodWrapper *w = (MethodWrapper *)o;
    ref_dec_ptr(t, w->descriptor);
    ref_dec(t, w->self);
}

static int method_wrapper_traverse(Object *o, VisitFn visit, void *arg)
{
    MethodWrapper *w = (MethodWrapper *)o;
    VISIT_PTR(w->descriptor);
    VISIT(w->self);
    return 0;
}

static Value method_wrapper_call(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    const MethodWrapper *w = method_wrapper_of(self);
    return slots_call_wrapper(t, w->descriptor, w->self, args, n, names);
}

static Value method_wrapper_repr(Thread *t, Value self)
{
    const MethodWrapper *w = method_wrapper_of(self);
    return str_format(t, "<method-wrapper '%U' of %T object at %p>", w->descriptor->name, w->self,
                      (void *)(uintptr_t)w->self.bits);
}

static Value method_wrapper_compare(Thread *t, Value a, Value b, Compare op)
{
    if ((op != COMPARE_EQ && op != COMPARE_NE) || !object_is_exact(b, KIND_METHOD_WRAPPER))
        return VALUE_NOTIMPLEMENTED;
    const MethodWrapper *v = method_wrapper_of(a), *w = method_wrapper_of(b);
    bool equal = v->descriptor == w->descriptor && value_is(v->self, w->self);
    return value_from_bool(equal == (op == COMPARE_EQ));
}

static hash_t method_wrapper_hash(Thread *t, Value self)
{
    const MethodWrapper *w = method_wrapper_of(self);
    hash_t hash = slot_hash_identity(t, w->self) ^ slot_hash_identity(t, value_of(w->descriptor));
    return hash == -1 ? -2 : hash;
}

static Value method_wrapper_get_self(Thread *t, Value self) { return ref_inc(t, method_wrapper_of(self)->self); }
static Value method_wrapper_get_name(Thread *t, Value self)
{
    return ref_inc(t, method_wrapper_of(self)->descriptor->name);
}
static Value method_wrapper_get_owner(Thread *t, Value self)
{
    return ref_inc(t, value_of(method_wrapper_of(self)->descriptor->owner));
}
static Value method_wrapper_get_qualname(Thread *t, Value self)
{
    return get_qualname(t, value_of(method_wrapper_of(self)->descriptor));
}
static Value method_wrapper_get_doc(Thread *t, Value self)
{
    return doc_or_none(t, method_wrapper_of(self)->descriptor->def->doc);
}
static Value method_wrapper_get_signature(Thread *t, Value self)
{
    return doc_or_none(t, method_wrapper_of(self)->descriptor->def->signature);
}

NATIVE(method_wrapper_reduce, "__reduce__", "($self, /)",
       "How pickle finds the method again: as an attribute of what it is bound to.")
{
    const MethodWrapper *w = method_wrapper_of(args[0]);
    return reduce_as_attribute(t, w->self, w->descriptor->name);
}

static const NativeDef *const method_wrapper_methods[] = {&native_method_wrapper_reduce, NULL};
static const GetSetDef method_wrapper_getsets[] = {
    {"__self__", method_wrapper_get_self, NULL, NULL},
    {"__objclass__", method_wrapper_get_owner, NULL, NULL},
    {"__name__", method_wrapper_get_name, NULL, NULL},
    {"__qualname__", method_wrapper_get_qualname, NULL, NULL},
    {"__doc__", method_wrapper_get_doc, NULL, NULL},
    {"__text_signature__", method_wrapper_get_signature, NULL, NULL},
    {NULL, NULL, NULL, NULL},
};

const TypeSpec type_spec_method_wrapper = {
    .name = "method-wrapper",
    .kind = KIND_METHOD_WRAPPER,
    .size = sizeof(MethodWrapper),
    .methods = method_wrapper_methods,
    .getsets = method_wrapper_getsets,
    .slots = {.dealloc = method_wrapper_dealloc,
              .traverse = method_wrapper_traverse,
              .repr = method_wrapper_repr,
              .hash = method_wrapper_hash,
              .compare = method_wrapper_compare,
              .call = method_wrapper_call},
};
