/* type_attrs.c: a class as Python sees it: calling it, its attribute access, and the methods and attributes of `type`.
 *
 * What a class statement left in the namespace is in type->dict; the getsets here compute what is kept elsewhere or needs care when it is set (__bases__ in
 * type_bases.c, annotations in type_annotations.c).  The dict guards itself; a change is followed by type_modified.
 * Read next: type_new.c (making), type_cache.c (what type_modified does), slots.c. */
#include "audit.h"
#include "type_internal.h"

static Type *self_type(Value v) { return (Type *)value_object(v); }

/* ---- calling ---- */

Value type_call(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Type *type = self_type(self);
    if (UNLIKELY(type == t->types[KIND_TYPE])) {
        if (n == 1 && (value_is_empty(names) || tuple_length(names) == 0))
            return ref_inc(t, value_of(type_of(t, args[0])));
        if (n != 3)
            return error_set(t, EXC_TypeError, "type() takes 1 or 3 arguments");
    }
    if (type == t->types[KIND_STR] && n == 1 && LIKELY(value_is_empty(names)) && value_is_int(args[0]))
        return int_to_str(t, args[0], 10);
    if (UNLIKELY(!type->slots.create))
        return error_set(t, EXC_TypeError, "cannot create '%N' instances", type);
    Value v = type->slots.create(t, type, args, n, names);
    if (UNLIKELY(value_is_empty(v)))
        return VALUE_EMPTY;
    Type *made = type_of(t, v);
    if (UNLIKELY(made != type) && !type_is_subtype(made, type))
        return v;
    int (*init)(Thread *, Value, const Value *, uint32_t, Value) = made->slots.init;
    if (init && UNLIKELY(init(t, v, args, n, names) < 0)) {
        ref_dec(t, v);
        return VALUE_EMPTY;
    }
    return v;
}

int type_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    if (n == 1 && !value_is_empty(names) && tuple_length(names)) {
        error_set(t, EXC_TypeError, "type.__init__() takes no keyword arguments");
        return -1;
    }
    if (n != 1 && n != 3) {
        error_set(t, EXC_TypeError, "type.__init__() takes 1 or 3 arguments");
        return -1;
    }
    return 0;
}

/* ---- attribute access ---- */

int type_generic_lookup(Thread *t, Value self, Value name, Value *result)
{
    Type *type = self_type(self), *meta = type->head.type;
    Value meta_found = type_lookup(t, meta, name);
    Value (*meta_get)(Thread *, Value, Value, Value) = NULL;
    if (!value_is_empty(meta_found)) {
        const Slots *slots = &type_of(t, meta_found)->slots;
        meta_get = slots->descr_get;
        if (meta_get && slots->descr_set)
            goto bind_meta;
    }
    Value found = type_lookup(t, type, name);
    if (LIKELY(!value_is_empty(found))) {
        ref_dec(t, meta_found);
        Value (*get)(Thread *, Value, Value, Value) = type_of(t, found)->slots.descr_get;
        if (!get) {
            *result = found;
            return 1;
        }
        *result = get(t, found, VALUE_EMPTY, self);
        ref_dec(t, found);
        return value_is_empty(*result) ? -1 : 1;
    }
    if (!meta_get) {
        *result = meta_found;
        return !value_is_empty(meta_found);
    }
bind_meta:
    *result = meta_get(t, meta_found, self, value_of(meta));
    ref_dec(t, meta_found);
    return value_is_empty(*result) ? -1 : 1;
}

Value type_getattr(Thread *t, Value self, Value name)
{
    if (UNLIKELY(!str_check(name)))
        return error_set(t, EXC_TypeError, "attribute name must be string, not '%T'", name);
    Value result;
    if (LIKELY(type_generic_lookup(t, self, name, &result) != 0))
        return result;
    return error_attribute(t, self, name, "type object '%N' has no attribute '%U'", self_type(self), name);
}

/* Sets or deletes a value of the type's own dict; slots and caches follow. */
static int set_own(Thread *t, Type *type, Value name, Value value)
{
    int result;
    if (value_is_empty(type_peek_dict(t, type)))
        return -1;
    if (value_is_empty(value)) {
        result = dict_pop(t, type->dict, name, NULL);
        if (result == 0) {
            error_attribute(t, value_of(type), name, "type object '%N' has no attribute '%U'", type, name);
            return -1;
        }
    } else {
        result = dict_set(t, type->dict, name, value);
    }
    if (result < 0)
        return -1;
    type_modified(t, type);
    if (!slots_is_dunder(name))
        return 0;
    int (*set)(Thread *, Value, Value, Value) = type->slots.descr_set;
    result = slots_update(t, type, name);
    if (UNLIKELY(type->slots.descr_set !=
                 set)) /* what instances hide of any class that has such an object is another */
        type_modified(t, t->types[KIND_OBJECT]);
    return result;
}

int type_set_attr(Thread *t, Type *type, Value name, Value value)
{
    name = str_intern_take(t, ref_inc(t, name));
    if (value_is_empty(name))
        return -1;
    int result = set_own(t, type, name, value);
    ref_dec(t, name);
    return result;
}

int type_setattr(Thread *t, Value self, Value name, Value value)
{
    Type *type = self_type(self), *meta = type->head.type;
    if (!str_check(name)) {
        error_set(t, EXC_TypeError, "attribute name must be string, not '%T'", name);
        return -1;
    }
    if (type->flags & TYPE_IMMUTABLE) {
        error_set(t, EXC_TypeError, "cannot set %V attribute of immutable type '%N'", name, type);
        return -1;
    }
    Value found = type_lookup(t, meta, name);
    if (!value_is_empty(found)) {
        int (*set)(Thread *, Value, Value, Value) = type_of(t, found)->slots.descr_set;
        int result = set ? set(t, found, self, value) : 0;
        ref_dec(t, found);
        if (set)
            return result;
    }
    return type_set_attr(t, type, name, value);
}

int type_clear_descriptors(Thread *t, Type *type)
{
    if (type->flags & TYPE_IMMUTABLE) {
        error_set(t, EXC_TypeError, "argument is immutable");
        return -1;
    }
    Value dict = type_peek_dict(t, type);
    int result = value_is_empty(dict) ? -1 : dict_pop(t, dict, ID(t, __dict__), NULL);
    if (result >= 0)
        result = dict_pop(t, dict, ID(t, __weakref__), NULL);
    type_modified(t, type);
    return result < 0 ? -1 : 0;
}

Value type_repr(Thread *t, Value self) { return str_format(t, "<class '%+N'>", self_type(self)); }

/* ---- names ---- */

int type_check_special(Thread *t, Type *type, Value value, const char *name)
{
    if (type->flags & TYPE_IMMUTABLE) {
        error_set(t, EXC_TypeError, "cannot set '%s' attribute of immutable type '%N'", name, type);
        return -1;
    }
    if (value_is_empty(value)) {
        error_set(t, EXC_TypeError, "cannot delete '%s' attribute of immutable type '%N'", name, type);
        return -1;
    }
    return audit(t, "object.__setattr__", "OsO", value_of(type), name, value);
}

int type_check_name(Thread *t, Value name)
{
    size_t n;
    Value owner = VALUE_EMPTY;
    const char *utf8 = str_utf8(t, name, &n, &owner);
    if (!utf8)
        return -1;
    bool bad = memchr(utf8, 0, n) != NULL;
    ref_dec(t, owner);
    if (bad)
        error_set(t, EXC_ValueError, "type name must not contain null characters");
    return bad ? -1 : 0;
}

static void replace_text(Thread *t, Type *type, Value *field, Value value)
{
    type_lock(t);
    Value old = *field;
    slot_store(field, ref_inc(t, value));
    type_unlock(t);
    ref_dec(t, old);
}

static Value get_name(Thread *t, Value self) { return ref_inc(t, self_type(self)->name); }

static int set_name(Thread *t, Value self, Value value)
{
    Type *type = self_type(self);
    if (type_check_special(t, type, value, "__name__") < 0)
        return -1;
    if (!str_check(value)) {
        error_set(t, EXC_TypeError, "can only assign string to %N.__name__, not '%T'", type, value);
        return -1;
    }
    if (type_check_name(t, value) < 0)
        return -1;
    Value exact = str_exact(t, value);
    if (value_is_empty(exact))
        return -1;
    replace_text(t, type, &type->name, exact);
    ref_dec(t, exact);
    return 0;
}

static Value get_qualname(Thread *t, Value self) { return ref_inc(t, self_type(self)->qualname); }

static int set_qualname(Thread *t, Value self, Value value)
{
    Type *type = self_type(self);
    if (type_check_special(t, type, value, "__qualname__") < 0)
        return -1;
    if (!str_check(value)) {
        error_set(t, EXC_TypeError, "can only assign string to %N.__qualname__, not '%T'", type, value);
        return -1;
    }
    replace_text(t, type, &type->qualname, value);
    return 0;
}

static Value get_module(Thread *t, Value self)
{
    Type *type = self_type(self);
    Value module = VALUE_EMPTY;
    /* What a native type's dict would say is in its spec. */
    int found = value_is_empty(type->dict) ? 0 : type_dict_get(t, type, ID(t, __module__), &module);
    if (found < 0)
        return VALUE_EMPTY;
    /* A native type that defines __module__ for its instances keeps a descriptor there. */
    if (found && (type_is_heap(type) || str_check(module)))
        return module;
    ref_dec(t, module);
    if (type_is_heap(type))
        return error_attribute(t, self, ID(t, __module__), "type object '%N' has no attribute '__module__'", type);
    const char *dot = strrchr(type->spec->name, '.');
    return dot ? str_from_utf8(t, type->spec->name, (size_t)(dot - type->spec->name)) : ref_inc(t, ID(t, builtins));
}

static int set_module(Thread *t, Value self, Value value)
{
    Type *type = self_type(self);
    if (type_check_special(t, type, value, "__module__") < 0)
        return -1;
    if (value_is_empty(type_peek_dict(t, type)) || dict_pop(t, type->dict, ID(t, __firstlineno__), NULL) < 0)
        return -1;
    return set_own(t, type, ID(t, __module__), value);
}

static Value get_doc(Thread *t, Value self)
{
    Type *type = self_type(self);
    Value doc;
    int found = type_dict_get(t, type, ID(t, __doc__), &doc);
    if (found <= 0)
        return found < 0 ? VALUE_EMPTY : VALUE_NONE;
    /* A native type's descriptor of its instances' __doc__. */
    if (!type_is_heap(type) && !str_check(doc) && !value_is_none(doc)) {
        ref_dec(t, doc);
        return type->spec->doc ? str_from_string(t, type->spec->doc) : VALUE_NONE;
    }
    Value (*get)(Thread *, Value, Value, Value) = type_of(t, doc)->slots.descr_get;
    if (!get)
        return doc;
    Value result = get(t, doc, VALUE_EMPTY, self);
    ref_dec(t, doc);
    return result;
}

static int set_doc(Thread *t, Value self, Value value)
{
    Type *type = self_type(self);
    if (type_check_special(t, type, value, "__doc__") < 0)
        return -1;
    return set_own(t, type, ID(t, __doc__), value);
}

/* The signature that a class's docstring begins with, as those of CPython's C types do: "NAME(...)", a line "--" and an empty one.  None: it does not. */
static Value signature_of_doc(Thread *t, Type *type)
{
    Value doc, owner, result = VALUE_NONE;
    int found = type_dict_get(t, type, ID(t, __doc__), &doc);
    if (found <= 0)
        return found < 0 ? VALUE_EMPTY : VALUE_NONE;
    if (str_check(doc)) {
        size_t length, name_length = strlen(type_name(type));
        const char *text = str_utf8(t, doc, &length, &owner);
        if (text) {
            const char *start = text + name_length, *paragraph = NULL;
            if (length > name_length && strncmp(text, type_name(type), name_length) == 0 && *start == '(')
                paragraph = strstr(start, "\n\n");
            if (paragraph && paragraph - start >= 4 && memcmp(paragraph - 4, ")\n--", 4) == 0)
                result = str_from_utf8(t, start, (size_t)(paragraph - 3 - start));
            ref_dec(t, owner);
        } else if (error_matches(t, EXC_UnicodeEncodeError)) {
            error_clear(t);
        } else {
            result = VALUE_EMPTY;
        }
    }
    ref_dec(t, doc);
    return result;
}

static Value get_text_signature(Thread *t, Value self)
{
    Type *type = self_type(self);
    if (type_is_heap(type))
        return signature_of_doc(t, type);
    return type->spec->signature ? str_from_string(t, type->spec->signature) : VALUE_NONE;
}

static Value get_type_params(Thread *t, Value self)
{
    Value params;
    if (self_type(self) == t->types[KIND_TYPE]) /* what is in its dict is this attribute itself */
        return ref_inc(t, t->interp->empty_tuple);
    int found = type_dict_get(t, self_type(self), ID(t, __type_params__), &params);
    return found < 0 ? VALUE_EMPTY : found ? params : ref_inc(t, t->interp->empty_tuple);
}

static int set_type_params(Thread *t, Value self, Value value)
{
    Type *type = self_type(self);
    if (type_check_special(t, type, value, "__type_params__") < 0)
        return -1;
    return set_own(t, type, ID(t, __type_params__), value);
}

/* ---- abstract classes ---- */

static Value get_abstract_methods(Thread *t, Value self)
{
    Type *type = self_type(self);
    Value methods = VALUE_EMPTY;
    /* `type` itself has this descriptor in its dict. */
    int found = type == t->types[KIND_TYPE] ? 0 : type_dict_get(t, type, ID(t, __abstractmethods__), &methods);
    if (found)
        return methods;
    return error_set_value(t, t->interp->exceptions[EXC_AttributeError], ID(t, __abstractmethods__));
}

static int set_abstract_methods(Thread *t, Value self, Value value)
{
    Type *type = self_type(self);
    int abstract = 0, result;
    if (value_is_empty(type_peek_dict(t, type)))
        return -1;
    if (value_is_empty(value)) {
        result = dict_pop(t, type->dict, ID(t, __abstractmethods__), NULL);
        if (result == 0) {
            error_set_value(t, t->interp->exceptions[EXC_AttributeError], ID(t, __abstractmethods__));
            return -1;
        }
    } else {
        abstract = object_truth(t, value);
        if (abstract < 0)
            return -1;
        result = dict_set(t, type->dict, ID(t, __abstractmethods__), value);
    }
    if (result < 0)
        return -1;
    type_modified(t, type);
    if (abstract) {
        type->flags |= TYPE_ABSTRACT;
        if (type->slots.create == type_create_plain)
            type->slots.create = type_create_abstract;
    } else {
        type->flags &= ~TYPE_ABSTRACT;
        if (type->slots.create == type_create_abstract)
            type->slots.create = type_create_plain;
    }
    return 0;
}

/* ---- plain facts ---- */

static Value get_dict(Thread *t, Value self)
{
    Value dict = type_peek_dict(t, self_type(self));
    return value_is_empty(dict) ? dict : mappingproxy_new(t, dict);
}
static Value get_base(Thread *t, Value self)
{
    Type *base = self_type(self)->base;
    return base ? ref_inc(t, value_of(base)) : VALUE_NONE;
}
static Value get_mro(Thread *t, Value self)
{
    Value mro = self_type(self)->mro;
    return value_is_empty(mro) ? VALUE_NONE : ref_inc(t, mro);
}
static Value get_basic_size(Thread *t, Value self) { return value_from_int(self_type(self)->size); }
static Value get_item_size(Thread *t, Value self) { return value_from_int(self_type(self)->item_size); }
static Value get_dict_offset(Thread *t, Value self) { return value_from_int(self_type(self)->dict_offset); }
static Value get_weak_offset(Thread *t, Value self) { return value_from_int(self_type(self)->weak_offset); }

/* The bits that CPython's library reads. */
static Value get_flags(Thread *t, Value self)
{
    const Type *type = self_type(self);
    int64_t flags = INT64_C(1) << 12; /* ready */
    bool is_heap = type_is_heap(type) ||
                   strchr(type->spec->name, '.') != NULL; /* modules make their types when they are imported */
    flags |= is_heap ? INT64_C(1) << 9 : 0;
    flags |= type->flags & TYPE_BASE ? INT64_C(1) << 10 : 0;
    flags |= type->flags & TYPE_IMMUTABLE ? INT64_C(1) << 8 : 0;
    flags |= !type->slots.create ? INT64_C(1) << 7 : 0;
    flags |= type->flags & TYPE_SEQUENCE ? INT64_C(1) << 5 : 0;
    flags |= type->flags & TYPE_MAPPING ? INT64_C(1) << 6 : 0;
    flags |= type->slots.traverse || type_is_heap(type) ? INT64_C(1) << 14 : 0;
    flags |= type->flags & TYPE_METHOD_LIKE ? INT64_C(1) << 17 : 0;
    flags |= type->flags & TYPE_ABSTRACT ? INT64_C(1) << 20 : 0;
    flags |= type->flags & TYPE_MATCH_SELF ? INT64_C(1) << 22 : 0;
    switch (type->kind) {
    case KIND_INT:
    case KIND_BOOL: flags |= INT64_C(1) << 24; break;
    case KIND_LIST: flags |= INT64_C(1) << 25; break;
    case KIND_TUPLE: flags |= INT64_C(1) << 26; break;
    case KIND_BYTES: flags |= INT64_C(1) << 27; break;
    case KIND_STR: flags |= INT64_C(1) << 28; break;
    case KIND_DICT: flags |= INT64_C(1) << 29; break;
    case KIND_EXCEPTION: flags |= INT64_C(1) << 30; break;
    case KIND_TYPE: flags |= INT64_C(1) << 31; break;
    default: break;
    }
    return value_from_int(flags);
}

/* ---- methods ---- */

NATIVE(type_mro, "mro", "($self, /)", "The method resolution order of the class, computed anew.")
{
    Value mro = type_compute_mro(t, self_type(args[0]));
    if (value_is_empty(mro))
        return VALUE_EMPTY;
    Value list = object_to_list(t, mro);
    ref_dec(t, mro);
    return list;
}

NATIVE(type_subclasses, "__subclasses__", "($self, /)", "A list of the direct subclasses that are alive.")
{
    return type_subclasses_list(t, self_type(args[0]));
}

NATIVE_FLAGS(type_prepare, "__prepare__", "($type, *args, **kwds)",
             "Makes the namespace in which a class body runs: a dict.", NATIVE_CLASS)
{
    return dict_new(t);
}

NATIVE(type_instancecheck, "__instancecheck__", "($self, instance, /)", "Is the object an instance?")
{
    int result = object_real_isinstance(t, args[1], args[0]);
    return result < 0 ? VALUE_EMPTY : value_from_bool(result);
}

NATIVE(type_subclasscheck, "__subclasscheck__", "($self, subclass, /)", "Is the class a subclass?")
{
    int result = object_real_issubclass(t, args[1], args[0]);
    return result < 0 ? VALUE_EMPTY : value_from_bool(result);
}

NATIVE(type_dir, "__dir__", "($self, /)", "The names of the class's attributes and of its bases'.")
{
    return type_dir_names(t, args[0]);
}

NATIVE(type_sizeof, "__sizeof__", "($self, /)", "Bytes of memory that the class itself takes.")
{
    const Type *type = self_type(args[0]);
    uint64_t size = sizeof(Type) + type->subclass_capacity * sizeof(Type *);
    if (type->keys)
        size += sizeof(SharedKeys) + type->keys->capacity * sizeof(Value);
    return int_from_uint64(t, size);
}

const NativeDef *const type_methods[] = {
    &native_type_mro,           &native_type_subclasses, &native_type_prepare, &native_type_instancecheck,
    &native_type_subclasscheck, &native_type_dir,        &native_type_sizeof,  NULL,
};

const GetSetDef type_getsets[] = {
    {"__name__", get_name, set_name, NULL},
    {"__qualname__", get_qualname, set_qualname, NULL},
    {"__bases__", type_get_bases, type_set_bases, NULL},
    {"__base__", get_base, NULL, NULL},
    {"__mro__", get_mro, NULL, NULL},
    {"__module__", get_module, set_module, NULL},
    {"__abstractmethods__", get_abstract_methods, set_abstract_methods, NULL},
    {"__dict__", get_dict, NULL, NULL},
    {"__doc__", get_doc, set_doc, NULL},
    {"__text_signature__", get_text_signature, NULL, NULL},
    {"__annotations__", type_get_annotations, type_set_annotations, NULL},
    {"__annotate__", type_get_annotate, type_set_annotate, NULL},
    {"__type_params__", get_type_params, set_type_params, NULL},
    {"__basicsize__", get_basic_size, NULL, NULL},
    {"__itemsize__", get_item_size, NULL, NULL},
    {"__flags__", get_flags, NULL, NULL},
    {"__weakrefoffset__", get_weak_offset, NULL, NULL},
    {"__dictoffset__", get_dict_offset, NULL, NULL},
    {NULL, NULL, NULL, NULL},
};
