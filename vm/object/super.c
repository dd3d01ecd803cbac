/* super.c: super(): attribute lookup that begins behind a class in the MRO of an object's class.
 *
 * super_getattr does it without an object, for the instruction that the compiler makes of super().name.  Fields are set once by __init__; no locks.
 * Read next: method.h (the layout), type_cache.c. */
#include "../run/frame_access.h"
#include "type_internal.h"

static Super *super_of(Value v) { return (Super *)value_object(v); }

/* Is the class in the MRO?  A metaclass's mro() may leave even the class itself out. */
static bool in_mro(const Type *type, const Type *class)
{
    if (value_is_empty(type->mro))
        return type_is_subtype(type, class);
    for (size_t i = 0; i < type_mro_length(type); i++) {
        if (type_mro_at(type, i) == class)
            return true;
    }
    return false;
}

/* The class in whose MRO super(type, object) looks: owned, or NULL with TypeError. */
static Type *check_object(Thread *t, Type *type, Value object)
{
    if (type_check(object) && in_mro(type_as(object), type))
        return ref_inc_ptr(t, type_as(object));
    if (in_mro(type_of(t, object), type))
        return ref_inc_ptr(t, type_of(t, object));
    Value class;
    int found = object_getattr_optional(t, object, ID(t, __class__), &class);
    if (found < 0)
        return NULL;
    if (found && type_check(class) && type_as(class) != type_of(t, object) && type_is_subtype(type_as(class), type))
        return type_as(class);
    ref_dec(t, class);
    bool is_type = type_check(object);
    error_set(t, EXC_TypeError, "super(type, obj): obj (%s %N) is not an instance or subtype of type (%N).",
              is_type ? "type" : "instance of", is_type ? type_as(object) : type_of(t, object), type);
    return NULL;
}

/* Is the MRO of mro[at] the rest of mro? Then the ordinary, cached lookup on it answers. */
static bool rest_is_mro_of(const Tuple *mro, size_t at)
{
    Value next_mro = ((Type *)value_object(mro->items[at]))->mro;
    if (value_is_empty(next_mro) || tuple_length(next_mro) != mro->length - at)
        return false;
    return memcmp(tuple_of(next_mro)->items, mro->items + at, (mro->length - at) * sizeof(Value)) == 0;
}

Type *super_next(const Type *object_type, const Type *type, uint32_t *place)
{
    if (value_is_empty(object_type->mro))
        return NULL;
    const Tuple *mro = tuple_of(object_type->mro);
    for (uint32_t i = 0; i + 1 < mro->length; i++) {
        if (value_object(mro->items[i]) == &type->head) {
            *place = i;
            return rest_is_mro_of(mro, i + 1) ? (Type *)value_object(mro->items[i + 1]) : NULL;
        }
    }
    return NULL;
}

/* The attribute behind `type` in the MRO of object_type, unbound: owned, or empty; *failed tells an error from absence. */
static Value lookup_behind(Thread *t, Type *type, Type *object_type, Value name, bool *failed)
{
    *failed = false;
    Value mro_value = ref_inc(t, object_type->mro), found = VALUE_EMPTY;
    if (value_is_empty(mro_value))
        return VALUE_EMPTY;
    const Tuple *mro = tuple_of(mro_value);
    size_t at = 0;
    while (at < mro->length && value_object(mro->items[at]) != &type->head)
        at++;
    at++;
    if (at < mro->length && rest_is_mro_of(mro, at)) {
        found = type_lookup(t, (Type *)value_object(mro->items[at]), name);
    } else {
        for (; at < mro->length; at++) {
            int result = type_dict_get(t, (Type *)value_object(mro->items[at]), name, &found);
            *failed = result < 0;
            if (result)
                break;
        }
    }
    ref_dec(t, mro_value);
    return found;
}

static Value bind_found_take(Thread *t, Value found, Value object, Type *object_type)
{
    Value (*get)(Thread *, Value, Value, Value) = type_of(t, found)->slots.descr_get;
    if (!get)
        return found;
    Value instance = value_is(object, value_of(object_type)) ? VALUE_EMPTY : object;
    Value result = get(t, found, instance, value_of(object_type));
    ref_dec(t, found);
    return result;
}

Value super_getattr(Thread *t, Type *type, Value object, Value name)
{
    const bool bound = !value_is_none(object);
    Type *object_type = bound ? check_object(t, type, object) : NULL;
    if (bound && !object_type)
        return VALUE_EMPTY;
    bool failed;
    Value found = VALUE_EMPTY, result;
    if (bound && !value_is(name, ID(t, __class__))) {
        found = lookup_behind(t, type, object_type, name, &failed);
        if (value_is_empty(found) && failed) {
            ref_dec_ptr(t, object_type);
            return VALUE_EMPTY;
        }
    }
    if (!value_is_empty(found)) {
        result = bind_found_take(t, found, object, object_type);
        ref_dec_ptr(t, object_type);
        return result;
    }
    /* Left are the attributes of super objects themselves. */
    Super *s = alloc_object(t, t->types[KIND_SUPER], sizeof *s);
    if (!s) {
        ref_dec_ptr(t, object_type);
        return VALUE_EMPTY;
    }
    s->type = ref_inc_ptr(t, type);
    s->object = bound ? ref_inc(t, object) : VALUE_EMPTY;
    s->object_type = object_type;
    result = object_generic_getattr(t, value_of(s), name);
    ref_dec_ptr(t, s);
    return result;
}

static Value super_getattribute(Thread *t, Value self, Value name)
{
    const Super *s = super_of(self);
    if (s->object_type && !(str_check(name) && str_equal(name, ID(t, __class__)))) {
        bool failed;
        Value found = lookup_behind(t, s->type, s->object_type, name, &failed);
        if (!value_is_empty(found))
            return bind_found_take(t, found, s->object, s->object_type);
        if (failed)
            return VALUE_EMPTY;
    }
    return object_generic_getattr(t, self, name);
}

static int super_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Value out[2];
    if (!value_is_empty(names) && tuple_length(names)) {
        error_set(t, EXC_TypeError, "super() takes no keyword arguments");
        return -1;
    }
    if (n > 2) {
        error_set(t, EXC_TypeError, "super() expected at most 2 arguments, got %d", (int)n);
        return -1;
    }
    out[0] = n > 0 ? args[0] : VALUE_EMPTY;
    out[1] = n > 1 && !value_is_none(args[1]) ? args[1] : VALUE_EMPTY;
    if (!value_is_empty(out[0]) && !type_check(out[0])) {
        error_set(t, EXC_TypeError, "super() argument 1 must be a type, not %T", out[0]);
        return -1;
    }
    Type *type = n ? ref_inc_ptr(t, type_as(out[0])) : NULL, *object_type = NULL;
    Value object = ref_inc(t, out[1]);
    if (!n && frame_access_super(t, &type, &object) < 0)
        return -1;
    if (!value_is_empty(object)) {
        object_type = check_object(t, type, object);
        if (!object_type) {
            ref_dec_ptr(t, type);
            ref_dec(t, object);
            return -1;
        }
    }
    Super *s = super_of(self);
    Super old = *s;
    s->type = type;
    s->object = object;
    s->object_type = object_type;
    ref_dec_ptr(t, old.type);
    ref_dec(t, old.object);
    ref_dec_ptr(t, old.object_type);
    return 0;
}

static void super_dealloc(Thread *t, Object *o)
{
    Super *s = (Super *)o;
    ref_dec(t, s->object);
    ref_dec_ptr(t, s->type);
    ref_dec_ptr(t, s->object_type);
}

static int super_traverse(Object *o, VisitFn visit, void *arg)
{
    Super *s = (Super *)o;
    VISIT(s->object);
    VISIT_PTR(s->type);
    VISIT_PTR(s->object_type);
    return 0;
}

/* An unbound super object found on a class binds to the instance. */
static Value super_descr_get(Thread *t, Value self, Value instance, Value owner)
{
    const Super *s = super_of(self);
    if (value_is_empty(instance) || value_is_none(instance) || !value_is_empty(s->object))
        return ref_inc(t, self);
    if (s->head.type != t->types[KIND_SUPER])
        return object_call2(t, value_of(s->head.type), value_of(s->type), instance);
    Type *object_type = check_object(t, s->type, instance);
    if (!object_type)
        return VALUE_EMPTY;
    Super *bound = alloc_object(t, t->types[KIND_SUPER], sizeof *bound);
    if (!bound) {
        ref_dec_ptr(t, object_type);
        return VALUE_EMPTY;
    }
    bound->type = ref_inc_ptr(t, s->type);
    bound->object = ref_inc(t, instance);
    bound->object_type = object_type;
    return value_of(bound);
}

static Value super_repr(Thread *t, Value self)
{
    const Super *s = super_of(self);
    if (!s->type)
        return str_format(t, "<super: <class 'NULL'>, NULL>");
    if (s->object_type)
        return str_format(t, "<super: <class '%N'>, <%N object>>", s->type, s->object_type);
    return str_format(t, "<super: <class '%N'>, NULL>", s->type);
}

static Value get_type_field(Thread *t, Type *type) { return type ? ref_inc(t, value_of(type)) : VALUE_NONE; }
static Value get_this_class(Thread *t, Value self) { return get_type_field(t, super_of(self)->type); }
static Value get_self_class(Thread *t, Value self) { return get_type_field(t, super_of(self)->object_type); }

static const GetSetDef super_getsets[] = {
    {"__thisclass__", get_this_class, NULL, "The class behind which the lookup begins."},
    {"__self_class__", get_self_class, NULL, "The class in whose MRO the lookup goes; may be None."},
    {NULL, NULL, NULL, NULL},
};
static const MemberDef super_members[] = {
    {"__self__", MEMBER_VALUE, offsetof(Super, object), false,
     "The instance or class that attributes are bound to; may be None."},
    {NULL, MEMBER_VALUE, 0, false, NULL},
};

const TypeSpec type_spec_super = {
    .name = "super",
    .doc = "Attribute lookup that begins behind a class in the method resolution order.\n\n"
           "super() in a method means super(__class__, first argument); super(type) is unbound.",
    .kind = KIND_SUPER,
    .flags = TYPE_BASE,
    .size = sizeof(Super),
    .getsets = super_getsets,
    .members = super_members,
    .slots = {.dealloc = super_dealloc,
              .traverse = super_traverse,
              .create = type_create_plain,
              .init = super_init,
              .repr = super_repr,
              .getattr = super_getattribute,
              .descr_get = super_descr_get},
};
