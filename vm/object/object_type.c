/* object_type.c: the type `object`: what every instance answers unless its class says otherwise.
 *
 * No locks; the assignment of __class__ stops the world.
 * Read next: object_reduce.c (copying and pickling), object_attr.c (its attribute access), type_new.c. */
#include "audit.h"
#include "type_internal.h"

/* ---- making ---- */

/* "'a', 'b'" for the error below. */
static Value quoted_names(Thread *t, Value names)
{
    Value list = object_to_list(t, names);
    if (value_is_empty(list) || list_sort(t, list, VALUE_EMPTY, false) < 0) {
        ref_dec(t, list);
        return VALUE_EMPTY;
    }
    StrBuilder b = {0};
    for (size_t i = 0; i < list_length(list); i++) {
        Value name = list_peek(list, i);
        if (!str_check(name)) {
            error_set(t, EXC_TypeError, "sequence item %d: expected str instance, %T found", (int)i, name);
            goto fail;
        }
        if ((i && strbuilder_string(t, &b, ", ") < 0) || strbuilder_char(t, &b, '\'') < 0 ||
            strbuilder_str(t, &b, name) < 0 || strbuilder_char(t, &b, '\'') < 0)
            goto fail;
    }
    ref_dec(t, list);
    return strbuilder_finish(t, &b);
fail:
    strbuilder_discard(t, &b);
    ref_dec(t, list);
    return VALUE_EMPTY;
}

static COLD Value abstract_error(Thread *t, Type *type)
{
    Value names;
    int found = type_dict_get(t, type, ID(t, __abstractmethods__), &names);
    if (found <= 0)
        return found < 0 ? VALUE_EMPTY
                         : error_set_value(t, t->interp->exceptions[EXC_AttributeError], ID(t, __abstractmethods__));
    int64_t n = object_len(t, names);
    Value quoted = n < 0 ? VALUE_EMPTY : quoted_names(t, names);
    ref_dec(t, names);
    if (value_is_empty(quoted))
        return VALUE_EMPTY;
    error_set(t, EXC_TypeError,
              "Can't instantiate abstract class %N without an implementation for abstract method%s %U", type,
              n == 1 ? "" : "s", quoted);
    ref_dec(t, quoted);
    return VALUE_EMPTY;
}

static bool has_arguments(uint32_t n, Value names) { return n || (!value_is_empty(names) && tuple_length(names)); }

Value type_create_abstract(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    return type_create_plain(t, type, args, n, names);
}

static bool creates_plainly(const Type *type)
{
    return type->slots.create == type_create_plain || type->slots.create == type_create_abstract;
}

Value type_create_plain(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    if (UNLIKELY(has_arguments(n, names))) {
        if (!creates_plainly(type))
            return error_set(t, EXC_TypeError, "object.__new__() takes exactly one argument (the type to instantiate)");
        if (type->slots.init == object_init)
            return error_set(t, EXC_TypeError, "%N() takes no arguments", type);
    }
    if (UNLIKELY(type->flags & TYPE_ABSTRACT))
        return abstract_error(t, type);
    return value_of(type_alloc(t, type, 0));
}

int object_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    if (LIKELY(!has_arguments(n, names)))
        return 0;
    Type *type = type_of(t, self);
    if (type->slots.init != object_init) {
        error_set(t, EXC_TypeError, "object.__init__() takes exactly one argument (the instance to initialize)");
        return -1;
    }
    if (creates_plainly(type)) {
        error_set(t, EXC_TypeError, "%N.__init__() takes exactly one argument (the instance to initialize)", type);
        return -1;
    }
    return 0;
}

/* ---- text, identity ---- */

Value object_repr_default(Thread *t, Value self)
{
    return str_format(t, "<%+T object at %p>", self, (void *)(uintptr_t)self.bits);
}

static Value object_str_default(Thread *t, Value self)
{
    Value (*repr)(Thread *, Value) = type_of(t, self)->slots.repr;
    return repr ? repr(t, self) : object_repr_default(t, self);
}

static Value object_compare_default(Thread *t, Value self, Value other, Compare op)
{
    if (op == COMPARE_EQ)
        return value_is(self, other) ? VALUE_TRUE : VALUE_NOTIMPLEMENTED;
    if (op != COMPARE_NE)
        return VALUE_NOTIMPLEMENTED;
    Value (*compare)(Thread *, Value, Value, Compare) = type_of(t, self)->slots.compare;
    if (!compare)
        return VALUE_NOTIMPLEMENTED;
    Value equal = compare(t, self, other, COMPARE_EQ);
    if (value_is_empty(equal) || value_is(equal, VALUE_NOTIMPLEMENTED))
        return equal;
    int truth = object_truth(t, equal);
    ref_dec(t, equal);
    return truth < 0 ? VALUE_EMPTY : value_from_bool(!truth);
}

NATIVE(object_format, "__format__", "($self, format_spec, /)",
       "The default formatter: str(self), when the specification is empty.")
{
    if (!str_check(args[1]))
        return error_set(t, EXC_TypeError, "__format__() argument must be str, not %M", args[1]);
    if (str_length(args[1]))
        return error_set(t, EXC_TypeError, "unsupported format string passed to %T.__format__", args[0]);
    return object_str(t, args[0]);
}

NATIVE(object_sizeof, "__sizeof__", "($self, /)", "Bytes of memory that the object itself takes.")
{
    Type *type = type_of(t, args[0]);
    uint64_t size = value_is_object(args[0]) ? type->size : sizeof(Value);
    if (type->item_size && value_is_object(args[0])) {
        const Type *native = type->native;
        while (!native->spec->item_size)
            native = native->base;
        size += native->spec->length(value_object(args[0])) * type->item_size + type->trailing * sizeof(Value);
    }
    return int_from_uint64(t, size);
}

/* ---- dir ---- */

/* Adds the names of a class and of its bases to a dict. */
static int merge_class_dict(Thread *t, Value dict, Value class)
{
    Value own, bases;
    int found = object_getattr_optional(t, class, ID(t, __dict__), &own);
    if (found < 0)
        return -1;
    if (found) {
        int merged = dict_merge(t, dict, own, 1);
        ref_dec(t, own);
        if (merged < 0)
            return -1;
    }
    found = object_getattr_optional(t, class, ID(t, __bases__), &bases);
    if (found <= 0)
        return found;
    int64_t n = object_len(t, bases);
    int result = n < 0 ? -1 : 0;
    for (int64_t i = 0; i < n && result == 0; i++) {
        Value base = object_getitem_index(t, bases, i);
        result = value_is_empty(base) ? -1 : merge_class_dict(t, dict, base);
        ref_dec(t, base);
    }
    ref_dec(t, bases);
    return result;
}

Value type_dir_names(Thread *t, Value class)
{
    Value dict = dict_new(t);
    if (value_is_empty(dict))
        return VALUE_EMPTY;
    Value names = merge_class_dict(t, dict, class) < 0 ? VALUE_EMPTY : dict_keys_list(t, dict);
    ref_dec(t, dict);
    return names;
}

NATIVE(object_dir, "__dir__", "($self, /)", "The names of the object's attributes, as far as they are known.")
{
    Value own, class, dict = VALUE_EMPTY, result = VALUE_EMPTY;
    int found = object_getattr_optional(t, args[0], ID(t, __dict__), &own);
    if (found < 0)
        return VALUE_EMPTY;
    dict = found && dict_check(own) ? dict_copy(t, own) : dict_new(t);
    ref_dec(t, own);
    if (value_is_empty(dict))
        return VALUE_EMPTY;
    found = object_getattr_optional(t, args[0], ID(t, __class__), &class);
    if (found >= 0 && (!found || merge_class_dict(t, dict, class) == 0))
        result = dict_keys_list(t, dict);
    ref_dec(t, class);
    ref_dec(t, dict);
    return result;
}

/* ---- __class__ ---- */

static Value get_class(Thread *t, Value self) { return ref_inc(t, value_of(type_of(t, self))); }

/* The classes that add to the layout, from the class downwards, skipping those that add nothing. */
static const Type *skip_plain(const Type *type)
{
    while (type_is_heap(type) && type->slot_count == 0)
        type = type->base;
    return type;
}

bool type_same_layout(Thread *t, const Type *a, const Type *b)
{
    if (a->native != b->native || a->dict_offset != b->dict_offset || a->weak_offset != b->weak_offset ||
        a->item_size != b->item_size || a->trailing != b->trailing)
        return false;
    a = skip_plain(a);
    b = skip_plain(b);
    if (a == b)
        return true;
    /* Two classes that add the same slots to the same base. */
    if (!type_is_heap(a) || !type_is_heap(b) || a->base != b->base || a->slot_count != b->slot_count)
        return false;
    for (size_t i = 0; i < tuple_length(a->slot_names); i++) {
        if (!str_equal(tuple_peek(a->slot_names, i), tuple_peek(b->slot_names, i)))
            return false;
    }
    return true;
}

int type_check_assignment(Thread *t, const Type *old, const Type *new, const char *attribute)
{
    bool old_is_container = type_is_heap(old) || old->slots.traverse,
         new_is_container = type_is_heap(new) || new->slots.traverse;
    if (old_is_container != new_is_container) {
        error_set(t, EXC_TypeError, "%s assignment: '%N' deallocator differs from '%N'", attribute, new, old);
        return -1;
    }
    if (type_same_layout(t, old, new))
        return 0;
    error_set(t, EXC_TypeError, "%s assignment: '%N' object layout differs from '%N'", attribute, new, old);
    return -1;
}

static int set_class(Thread *t, Value self, Value value)
{
    if (value_is_empty(value)) {
        error_set(t, EXC_TypeError, "can't delete __class__ attribute");
        return -1;
    }
    if (!type_check(value)) {
        error_set(t, EXC_TypeError, "__class__ must be set to a class, not '%T' object", value);
        return -1;
    }
    if (audit(t, "object.__setattr__", "OsO", self, "__class__", value) < 0)
        return -1;
    Type *new = type_as(value), *old = type_of(t, self);
    bool modules = type_is_subtype(new, t->types[KIND_MODULE]) && type_is_subtype(old, t->types[KIND_MODULE]);
    if (!modules && (new->flags &TYPE_IMMUTABLE || old->flags &TYPE_IMMUTABLE)) {
        error_set(t, EXC_TypeError, "__class__ assignment only supported for mutable types or ModuleType subclasses");
        return -1;
    }
    bool same = modules ? type_same_layout(t, old, new) : type_check_assignment(t, old, new, "__class__") == 0;
    if (!same) {
        if (modules)
            error_set(t, EXC_TypeError, "__class__ assignment: '%N' object layout differs from '%N'", new, old);
        return -1;
    }
    Object *o = value_object(self);
    /* Inline values lie where the old class says: the instance goes on with a dict. */
    if (instance_leave_inline(t, o) < 0)
        return -1;
    if (type_is_heap(new))
        ref_inc(t, value);
    world_stop(t);
    old = o->type; /* another thread may have been faster, with a class of the same layout */
    if (new->flags & TYPE_INLINE_VALUES && !(old->flags & TYPE_INLINE_VALUES))
        o->aux = INSTANCE_HAS_DICT;
    __atomic_store_n(&o->type, new, __ATOMIC_RELEASE);
    o->kind = new->instance_kind;
    world_start(t);
    if (type_check(self)) /* what others know of its attributes is not what this metaclass hides */
        type_modified(t, type_as(self));
    if (type_is_heap(old))
        ref_dec(t, value_of(old));
    return 0;
}

/* ---- hooks that do nothing ---- */

NATIVE_FLAGS(object_init_subclass, "__init_subclass__", "($type, /)",
             "Called on a class when a subclass of it is made; does nothing by default.", NATIVE_CLASS)
{
    return VALUE_NONE;
}

NATIVE_FLAGS(object_subclasshook, "__subclasshook__", "($type, object, /)",
             "Asked by issubclass() of abstract classes; NotImplemented by default: the usual answer stands.",
             NATIVE_CLASS)
{
    return VALUE_NOTIMPLEMENTED;
}

static const NativeDef *const object_methods[] = {
    &native_object_reduce_ex,     &native_object_reduce,       &native_object_getstate,
    &native_object_format,        &native_object_sizeof,       &native_object_dir,
    &native_object_init_subclass, &native_object_subclasshook, NULL,
};
static const GetSetDef object_getsets[] = {
    {"__class__", get_class, set_class, "The class of the object."},
    {NULL, NULL, NULL, NULL},
};

const TypeSpec type_spec_object = {
    .name = "object",
    .doc = "The base of all classes.\n\nobject() gives a new featureless object.",
    .signature = "()",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE,
    .size = sizeof(Object),
    .methods = object_methods,
    .getsets = object_getsets,
    .slots = {.create = type_create_plain,
              .init = object_init,
              .repr = object_repr_default,
              .str = object_str_default,
              .hash = slot_hash_identity,
              .compare = object_compare_default,
              .getattr = object_generic_getattr,
              .setattr = object_generic_setattr},
};
