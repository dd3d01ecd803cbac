/* property.c: the type property.
 *
 * The functions and the doc string are set by __init__ and by copying; the name by __set_name__.  Fields change under the object's lock.
 * Read next: method.h (the layout), ../run/ops/attributes.inc (which calls getters without going through here). */
#include "type_internal.h"

static Property *property_of(Value v) { return (Property *)value_object(v); }

static void property_dealloc(Thread *t, Object *o)
{
    Property *p = (Property *)o;
    ref_dec(t, p->get);
    ref_dec(t, p->set);
    ref_dec(t, p->del);
    ref_dec(t, p->doc);
    ref_dec(t, p->name);
}

static int property_traverse(Object *o, VisitFn visit, void *arg)
{
    Property *p = (Property *)o;
    VISIT(p->get);
    VISIT(p->set);
    VISIT(p->del);
    VISIT(p->doc);
    VISIT(p->name);
    return 0;
}

static void property_clear(Thread *t, Object *o)
{
    Property *p = (Property *)o;
    ref_clear(t, &p->doc);
}

static void put(Thread *t, Property *p, Value *field, Value owned)
{
    objlock_enter(t, p);
    Value old = *field;
    slot_store(field, owned);
    objlock_exit(t, p);
    ref_dec(t, old);
}

/* A function of the property, held while it runs: __init__ may be called again meanwhile. */
static Value take_function(Thread *t, Property *p, const Value *field)
{
    objlock_enter(t, p);
    Value function = ref_inc(t, *field);
    objlock_exit(t, p);
    return function;
}

static bool is_absent(Value v) { return value_is_empty(v) || value_is_none(v); }

static Value some(Thread *t, Value v) { return is_absent(v) ? VALUE_EMPTY : ref_inc(t, v); }

static int property_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Property *p = property_of(self);
    Value out[4];
    if (native_parse(t, "property", "(fget=None, fset=None, fdel=None, doc=None)", args, n, names, out) < 0)
        return -1;
    put(t, p, &p->get, some(t, out[0]));
    put(t, p, &p->set, some(t, out[1]));
    put(t, p, &p->del, some(t, out[2]));
    put(t, p, &p->name, VALUE_EMPTY);
    p->getter_doc = false;
    Value doc = VALUE_EMPTY;
    if (!is_absent(out[3])) {
        doc = ref_inc(t, out[3]);
    } else if (!is_absent(out[0])) {
        int found = object_getattr_optional(t, out[0], ID(t, __doc__), &doc);
        if (found < 0)
            return -1;
        if (value_is_none(doc))
            doc = VALUE_EMPTY;
        p->getter_doc = !value_is_empty(doc);
    }
    if (value_object(self)->type == t->types[KIND_PROPERTY]) {
        put(t, p, &p->doc, doc);
        return 0;
    }
    /* In a subclass the class's own __doc__ would hide the field: the instance gets an attribute. */
    int result = object_setattr(t, self, ID(t, __doc__), value_is_empty(doc) ? VALUE_NONE : doc);
    ref_dec(t, doc);
    if (result < 0 && !p->getter_doc && error_swallow(t, EXC_AttributeError))
        return 0;
    return result;
}

/* The property's name if it is known: 1 (owned), 0, -1. */
static int name_of(Thread *t, Property *p, Value *name)
{
    objlock_enter(t, p);
    *name = ref_inc(t, p->name);
    objlock_exit(t, p);
    if (!value_is_empty(*name))
        return 1;
    return is_absent(p->get) ? 0 : object_getattr_optional(t, p->get, ID(t, __name__), name);
}

static COLD void refuse(Thread *t, Property *p, Value instance, const char *what)
{
    Value name;
    if (name_of(t, p, &name) < 0)
        return;
    if (value_is_empty(name))
        error_set(t, EXC_AttributeError, "property of %V object has no %s", type_of(t, instance)->qualname, what);
    else
        error_set(t, EXC_AttributeError, "property %V of %V object has no %s", name, type_of(t, instance)->qualname,
                  what);
    ref_dec(t, name);
}

static Value property_get(Thread *t, Value self, Value instance, Value owner)
{
    if (is_absent(instance))
        return ref_inc(t, self);
    Property *p = property_of(self);
    Value function = take_function(t, p, &p->get);
    if (is_absent(function)) {
        refuse(t, p, instance, "getter");
        return VALUE_EMPTY;
    }
    Value result = object_call1(t, function, instance);
    ref_dec(t, function);
    return result;
}

static int property_set(Thread *t, Value self, Value instance, Value value)
{
    Property *p = property_of(self);
    Value function = take_function(t, p, value_is_empty(value) ? &p->del : &p->set);
    if (is_absent(function)) {
        refuse(t, p, instance, value_is_empty(value) ? "deleter" : "setter");
        return -1;
    }
    Value result =
        value_is_empty(value) ? object_call1(t, function, instance) : object_call2(t, function, instance, value);
    ref_dec(t, function);
    ref_dec(t, result);
    return value_is_empty(result) ? -1 : 0;
}

/* A copy, by the object's own class, with some functions replaced. */
static Value copy_with(Thread *t, Value self, Value get, Value set, Value del)
{
    Property *p = property_of(self);
    get = is_absent(get) ? p->get : get;
    set = is_absent(set) ? p->set : set;
    del = is_absent(del) ? p->del : del;
    Value doc = p->getter_doc && !is_absent(get) ? VALUE_NONE : value_is_empty(p->doc) ? VALUE_NONE : p->doc;
    const Value args[4] = {is_absent(get) ? VALUE_NONE : get, is_absent(set) ? VALUE_NONE : set,
                           is_absent(del) ? VALUE_NONE : del, doc};
    Value copy = object_call(t, value_of(value_object(self)->type), args, 4, VALUE_EMPTY);
    if (!value_is_empty(copy) && object_is(copy, KIND_PROPERTY))
        put(t, property_of(copy), &property_of(copy)->name, ref_inc(t, p->name));
    return copy;
}

NATIVE(property_getter, "getter", "($self, object, /)", "A copy of the property with another getter.")
{
    return copy_with(t, args[0], args[1], VALUE_EMPTY, VALUE_EMPTY);
}

NATIVE(property_setter, "setter", "($self, object, /)", "A copy of the property with another setter.")
{
    return copy_with(t, args[0], VALUE_EMPTY, args[1], VALUE_EMPTY);
}

NATIVE(property_deleter, "deleter", "($self, object, /)", "A copy of the property with another deleter.")
{
    return copy_with(t, args[0], VALUE_EMPTY, VALUE_EMPTY, args[1]);
}

NATIVE(property_set_name, "__set_name__", "($self, /, *args)", "Tells the property its name, for messages.")
{
    if (n != 3)
        return error_set(t, EXC_TypeError, "__set_name__() takes 2 positional arguments but %d were given", (int)n - 1);
    put(t, property_of(args[0]), &property_of(args[0])->name, ref_inc(t, args[2]));
    return VALUE_NONE;
}

static Value get_name(Thread *t, Value self)
{
    Value name;
    int found = name_of(t, property_of(self), &name);
    if (found)
        return name;
    return error_attribute(t, self, ID(t, __name__), "'%T' object has no attribute '%U'", self, ID(t, __name__));
}

static int set_name(Thread *t, Value self, Value value)
{
    put(t, property_of(self), &property_of(self)->name, ref_inc(t, value));
    return 0;
}

static Value get_abstract(Thread *t, Value self)
{
    Property *p = property_of(self);
    const Value functions[3] = {p->get, p->set, p->del};
    for (int i = 0; i < 3; i++) {
        int abstract = is_absent(functions[i]) ? 0 : object_is_abstract(t, functions[i]);
        if (abstract)
            return abstract < 0 ? VALUE_EMPTY : VALUE_TRUE;
    }
    return VALUE_FALSE;
}

static const NativeDef *const property_methods[] = {
    &native_property_getter, &native_property_setter, &native_property_deleter, &native_property_set_name, NULL,
};
static const GetSetDef property_getsets[] = {
    {"__name__", get_name, set_name, NULL},
    {"__isabstractmethod__", get_abstract, NULL, NULL},
    {NULL, NULL, NULL, NULL},
};
static const MemberDef property_members[] = {
    {"fget", MEMBER_VALUE, offsetof(Property, get), false, NULL},
    {"fset", MEMBER_VALUE, offsetof(Property, set), false, NULL},
    {"fdel", MEMBER_VALUE, offsetof(Property, del), false, NULL},
    {"__doc__", MEMBER_VALUE, offsetof(Property, doc), true, NULL},
    {NULL, MEMBER_VALUE, 0, false, NULL},
};

const TypeSpec type_spec_property = {
    .name = "property",
    .doc = "An attribute that is computed by functions.\n\nUsed as a decorator of the getter; its methods setter and "
           "deleter decorate the others.",
    .signature = "(fget=None, fset=None, fdel=None, doc=None)",
    .kind = KIND_PROPERTY,
    .flags = TYPE_BASE,
    .size = sizeof(Property),
    .methods = property_methods,
    .getsets = property_getsets,
    .members = property_members,
    .slots = {.dealloc = property_dealloc,
              .traverse = property_traverse,
              .clear = property_clear,
              .create = type_create_plain,
              .init = property_init,
              .descr_get = property_get,
              .descr_set = property_set},
};
