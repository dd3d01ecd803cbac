/* classmethod.c: the types classmethod and staticmethod, which change how a function of a class is bound.
 *
 * Both take over the wrapped function's name, doc and module, so that they look like it.  The callable is set once by __init__; no locks.
 * Read next: method.c, native.c (class methods of native types). */
#include "generic_alias.h"
#include "type_internal.h"

static MethodWrap *wrap_of(Value v) { return (MethodWrap *)value_object(v); }

static void wrap_dealloc(Thread *t, Object *o)
{
    MethodWrap *w = (MethodWrap *)o;
    ref_dec(t, w->callable);
    ref_dec(t, w->dict);
}

static int wrap_traverse(Object *o, VisitFn visit, void *arg)
{
    MethodWrap *w = (MethodWrap *)o;
    VISIT(w->callable);
    VISIT(w->dict);
    return 0;
}

static void wrap_clear(Thread *t, Object *o)
{
    MethodWrap *w = (MethodWrap *)o;
    ref_clear(t, &w->callable);
    ref_clear(t, &w->dict);
}

/* Copies what makes the wrapper look like the function. */
static int look_like(Thread *t, Value wrapper, Value wrapped)
{
    static const NameId copied[] = {NAME___module__, NAME___name__, NAME___qualname__, NAME___doc__};
    for (size_t i = 0; i < sizeof copied / sizeof *copied; i++) {
        Value name = t->interp->names[copied[i]], v;
        int found = object_getattr_optional(t, wrapped, name, &v);
        if (found > 0 && object_setattr(t, wrapper, name, v) < 0)
            found = -1;
        ref_dec(t, v);
        if (found < 0)
            return -1;
    }
    return 0;
}

static Value wrap_new(Thread *t, Kind kind, Value callable)
{
    MethodWrap *w = alloc_object(t, t->types[kind], sizeof *w);
    if (!w)
        return VALUE_EMPTY;
    w->callable = ref_inc(t, callable);
    Value v = value_of(w);
    if (!object_is_exact(callable, KIND_NATIVE) && look_like(t, v, callable) < 0)
        ref_clear(t, &v);
    return v;
}

Value classmethod_new(Thread *t, Value callable) { return wrap_new(t, KIND_CLASSMETHOD, callable); }
Value staticmethod_new(Thread *t, Value callable) { return wrap_new(t, KIND_STATICMETHOD, callable); }

static int init(Thread *t, const char *name, Value self, const Value *args, uint32_t n, Value names)
{
    Value callable;
    if (native_parse(t, name, "(function, /)", args, n, names, &callable) < 0)
        return -1;
    slot_replace_take(t, &wrap_of(self)->callable, ref_inc(t, callable));
    return look_like(t, self, callable);
}

static int classmethod_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    return init(t, "classmethod", self, args, n, names);
}

static int staticmethod_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    return init(t, "staticmethod", self, args, n, names);
}

static Value classmethod_get(Thread *t, Value self, Value instance, Value owner)
{
    Value callable = wrap_of(self)->callable;
    if (value_is_empty(callable))
        return error_set(t, EXC_RuntimeError, "uninitialized classmethod object");
    return method_new(t, callable, value_is_empty(owner) ? value_of(type_of(t, instance)) : owner);
}

static Value staticmethod_get(Thread *t, Value self, Value instance, Value owner)
{
    Value callable = wrap_of(self)->callable;
    if (value_is_empty(callable))
        return error_set(t, EXC_RuntimeError, "uninitialized staticmethod object");
    return ref_inc(t, callable);
}

static Value staticmethod_call(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Value callable = wrap_of(self)->callable;
    if (value_is_empty(callable))
        return error_set(t, EXC_RuntimeError, "uninitialized staticmethod object");
    return object_call(t, callable, args, n, names);
}

static Value classmethod_repr(Thread *t, Value self)
{
    return str_format(t, "<classmethod(%V)>", wrap_of(self)->callable);
}
static Value staticmethod_repr(Thread *t, Value self)
{
    return str_format(t, "<staticmethod(%V)>", wrap_of(self)->callable);
}

static Value get_abstract(Thread *t, Value self)
{
    int abstract = value_is_empty(wrap_of(self)->callable) ? 0 : object_is_abstract(t, wrap_of(self)->callable);
    return abstract < 0 ? VALUE_EMPTY : value_from_bool(abstract);
}

/* __annotations__ and __annotate__ are asked from the function once and then kept: computing them early could fail. */
static Value get_delegated(Thread *t, Value self, Value name)
{
    Value dict = instance_get_dict(t, self), v;
    if (value_is_empty(dict))
        return VALUE_EMPTY;
    int found = dict_get_optional(t, dict, name, &v);
    if (found == 0) {
        v = object_getattr(t, wrap_of(self)->callable, name);
        if (!value_is_empty(v) && dict_set(t, dict, name, v) < 0)
            ref_clear(t, &v);
    }
    ref_dec(t, dict);
    return v;
}

static int set_delegated(Thread *t, Value self, Value name, Value value)
{
    Value dict = instance_get_dict(t, self);
    if (value_is_empty(dict))
        return -1;
    int result = value_is_empty(value) ? dict_pop(t, dict, name, NULL) : dict_set(t, dict, name, value);
    ref_dec(t, dict);
    if (value_is_empty(value) && result == 0) {
        error_set_value(t, t->interp->exceptions[EXC_AttributeError], name);
        return -1;
    }
    return result < 0 ? -1 : 0;
}

static Value get_annotations(Thread *t, Value self) { return get_delegated(t, self, ID(t, __annotations__)); }
static Value get_annotate(Thread *t, Value self) { return get_delegated(t, self, ID(t, __annotate__)); }
static int set_annotations(Thread *t, Value self, Value value)
{
    return set_delegated(t, self, ID(t, __annotations__), value);
}
static int set_annotate(Thread *t, Value self, Value value)
{
    return set_delegated(t, self, ID(t, __annotate__), value);
}

NATIVE_FLAGS(wrap_class_getitem, "__class_getitem__", "($type, object, /)", "See PEP 585.", NATIVE_CLASS)
{
    return generic_alias_new(t, args[0], args[1]);
}

static const NativeDef *const wrap_methods[] = {&native_wrap_class_getitem, NULL};
static const MemberDef wrap_members[] = {
    {"__func__", MEMBER_VALUE, offsetof(MethodWrap, callable), false, NULL},
    {"__wrapped__", MEMBER_VALUE, offsetof(MethodWrap, callable), false, NULL},
    {NULL, MEMBER_VALUE, 0, false, NULL},
};
static const GetSetDef wrap_getsets[] = {
    {"__isabstractmethod__", get_abstract, NULL, NULL},
    {"__dict__", instance_get_dict, instance_set_dict, NULL},
    {"__annotations__", get_annotations, set_annotations, NULL},
    {"__annotate__", get_annotate, set_annotate, NULL},
    {NULL, NULL, NULL, NULL},
};

const TypeSpec type_spec_classmethod = {
    .name = "classmethod",
    .doc = "A method that gets the class as its first argument.\n\nUsed as a decorator: @classmethod.",
    .signature = "(function, /)",
    .kind = KIND_CLASSMETHOD,
    .flags = TYPE_BASE,
    .size = sizeof(MethodWrap),
    .dict_offset = offsetof(MethodWrap, dict),
    .weak_offset = offsetof(MethodWrap, weakrefs),
    .methods = wrap_methods,
    .getsets = wrap_getsets,
    .members = wrap_members,
    .slots = {.dealloc = wrap_dealloc,
              .traverse = wrap_traverse,
              .clear = wrap_clear,
              .create = type_create_plain,
              .init = classmethod_init,
              .repr = classmethod_repr,
              .descr_get = classmethod_get},
};

const TypeSpec type_spec_staticmethod = {
    .name = "staticmethod",
    .doc = "A function of a class that gets neither the instance nor the class.\n\nUsed as a decorator: @staticmethod.",
    .signature = "(function, /)",
    .kind = KIND_STATICMETHOD,
    .flags = TYPE_BASE,
    .size = sizeof(MethodWrap),
    .dict_offset = offsetof(MethodWrap, dict),
    .weak_offset = offsetof(MethodWrap, weakrefs),
    .methods = wrap_methods,
    .getsets = wrap_getsets,
    .members = wrap_members,
    .slots = {.dealloc = wrap_dealloc,
              .traverse = wrap_traverse,
              .clear = wrap_clear,
              .create = type_create_plain,
              .init = staticmethod_init,
              .repr = staticmethod_repr,
              .call = staticmethod_call,
              .descr_get = staticmethod_get},
};
