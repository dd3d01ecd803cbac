/* type_new.c: what a class statement makes: type.__new__(metatype, name, bases, namespace, **kwds).
 *
 * The steps, in CPython's order: metaclass and base, layout (__slots__, dict, weak references, inline values), the type's own dict, MRO, slots, __set_name__,
 * __init_subclass__.  Until it is returned the new type is known to nobody but the hooks it calls, so nothing here locks.
 *
 * Layout of an instance: the base's fixed part, one Value for each of __slots__, the dict slot, the weak reference list, the inline values.  For bases with
 * inline items (int, str, tuple ...) the additions stand behind the items and inline values are not used.
 * Read next: type.c (MRO, inheritance), instance.c (who reads the layout), type_attrs.c (attributes of a type). */
#include "../run/frame_access.h"
#include "cell.h"
#include "function.h"
#include "type_internal.h"
#include "weakref.h"

/* What is known while the class is being made. */
typedef struct Making {
    Type *metatype;                      /* borrowed */
    Value name, bases, dict, slot_names; /* dict and slot_names are owned */
    Type *base;
    bool add_dict, add_weak;
} Making;

Type *type_calculate_metaclass(Thread *t, Type *metatype, Value bases)
{
    Type *winner = metatype;
    for (size_t i = 0; i < tuple_length(bases); i++) {
        Type *other = type_of(t, tuple_peek(bases, i));
        if (type_is_subtype(winner, other))
            continue;
        if (type_is_subtype(other, winner)) {
            winner = other;
            continue;
        }
        error_set(t, EXC_TypeError,
                  "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the "
                  "metaclasses of all its bases");
        return NULL;
    }
    return winner;
}

/* ---- __slots__ ---- */

/* Does CPython's layout of the base end with items, so that no slots may follow? (Its str does not.) */
static bool ends_with_items(const Type *base)
{
    return (base->item_size && base->kind != KIND_STR) || base->kind == KIND_TYPE;
}

static bool may_add_dict(const Type *base) { return base->dict_offset == 0 && base->kind != KIND_TYPE; }
static bool may_add_weak(const Type *base) { return base->weak_offset == 0 && !ends_with_items(base); }

/* `__x` in class C is `_C__x`. */
static Value mangle(Thread *t, Value class_name, Value name)
{
    size_t n = str_length(name), start = 0, length = str_length(class_name);
    const Str *s = str_of(name), *c = str_of(class_name);
    bool private =
        n > 2 && str_at(s, 0) == '_' && str_at(s, 1) == '_' && !(str_at(s, n - 1) == '_' && str_at(s, n - 2) == '_');
    while (start < length && str_at(c, start) == '_')
        start++;
    if (!private || start == length)
        return ref_inc(t, name);
    Value stripped = str_slice(t, class_name, start, length);
    if (value_is_empty(stripped))
        return VALUE_EMPTY;
    Value result = str_format(t, "_%U%U", stripped, name);
    ref_dec(t, stripped);
    return value_is_empty(result) ? VALUE_EMPTY : str_intern_take(t, result);
}

/* Handles one item of __slots__: __dict__ and __weakref__ set flags, other names are appended to `list`. */
static int add_slot(Thread *t, Making *m, Value list, Value name)
{
    if (!str_check(name)) {
        error_set(t, EXC_TypeError, "__slots__ items must be strings, not '%T'", name);
        return -1;
    }
    if (!str_is_identifier(name)) {
        error_set(t, EXC_TypeError, "__slots__ must be identifiers");
        return -1;
    }
    if (str_equal(name, ID(t, __dict__))) {
        if (!may_add_dict(m->base) || m->add_dict) {
            error_set(t, EXC_TypeError, "__dict__ slot disallowed: we already got one");
            return -1;
        }
        m->add_dict = true;
        return 0;
    }
    if (str_equal(name, ID(t, __weakref__))) {
        if (!may_add_weak(m->base) || m->add_weak) {
            error_set(t, EXC_TypeError, "__weakref__ slot disallowed: we already got one");
            return -1;
        }
        m->add_weak = true;
        return 0;
    }
    Value mangled = mangle(t, m->name, name);
    if (value_is_empty(mangled) || list_append(t, list, mangled) < 0) {
        ref_dec(t, mangled);
        return -1;
    }
    int present = dict_contains(t, m->dict, mangled);
    /* What the compiler leaves in the namespace, and what is taken out again, may have the name of a slot. */
    if (present > 0 && !str_equal(mangled, ID(t, __qualname__)) && !str_equal(mangled, ID(t, __classcell__)) &&
        !str_equal(mangled, ID(t, __classdictcell__))) {
        error_set(t, EXC_ValueError, "%V in __slots__ conflicts with class variable", name);
        present = -1;
    }
    ref_dec(t, mangled);
    return present < 0 ? -1 : 0;
}

static int read_slots(Thread *t, Making *m, Value slots)
{
    Value items = str_check(slots) ? tuple_pack(t, 1, slots) : object_to_tuple(t, slots);
    if (value_is_empty(items))
        return -1;
    Value list = list_new(t, tuple_length(items));
    int result = -1;
    if (value_is_empty(list))
        goto done;
    if (tuple_length(items) && ends_with_items(m->base)) {
        error_set(t, EXC_TypeError, "nonempty __slots__ not supported for subtype of '%N'", m->base);
        goto done;
    }
    for (size_t i = 0; i < tuple_length(items); i++) {
        if (add_slot(t, m, list, tuple_peek(items, i)) < 0)
            goto done;
    }
    if (list_sort(t, list, VALUE_EMPTY, false) < 0)
        goto done;
    m->slot_names = list_to_tuple(t, list);
    if (value_is_empty(m->slot_names))
        goto done;
    /* A further base may bring the dict or the weak references that __slots__ leaves out. */
    for (size_t i = 0; i < tuple_length(m->bases); i++) {
        Type *base = type_as(tuple_peek(m->bases, i));
        if (base == m->base)
            continue;
        if (may_add_dict(m->base) && !m->add_dict && (base->dict_offset || base->kind == KIND_TYPE))
            m->add_dict = true;
        if (may_add_weak(m->base) && !m->add_weak && base->weak_offset)
            m->add_weak = true;
    }
    result = 0;
done:
    ref_dec(t, list);
    ref_dec(t, items);
    return result;
}

static int decide_additions(Thread *t, Making *m)
{
    Value slots;
    int found = dict_get_optional(t, m->dict, ID(t, __slots__), &slots);
    if (found < 0)
        return -1;
    if (!found) {
        m->slot_names = ref_inc(t, t->interp->empty_tuple);
        m->add_dict = may_add_dict(m->base);
        m->add_weak = may_add_weak(m->base);
        return 0;
    }
    int result = read_slots(t, m, slots);
    ref_dec(t, slots);
    return result;
}

/* ---- inline values ---- */

/* Adds the names that the methods of a class assign on their first argument, and guesses the fields of a dataclass by its annotations. */
static int count_attributes(Thread *t, Type *class, Value set, size_t *annotated)
{
    Value v;
    int found = type_dict_get(t, class, ID(t, __static_attributes__), &v);
    if (found > 0) {
        if (tuple_check(v) && set_update(t, set, v) < 0)
            found = -1;
        ref_dec(t, v);
    }
    if (found >= 0)
        found = type_dict_get(t, class, ID(t, __annotations__), &v);
    if (found > 0) {
        *annotated += dict_check(v) ? dict_length(v) : 0;
        ref_dec(t, v);
        return 0;
    }
    if (found >= 0)
        found = type_dict_get(t, class, ID(t, __annotate_func__), &v);
    if (found > 0) {
        Value code = object_is_exact(v, KIND_FUNCTION) ? object_getattr(t, v, ID(t, __code__)) : VALUE_EMPTY;
        Value constants = value_is_empty(code) ? VALUE_EMPTY : object_getattr_string(t, code, "co_consts");
        for (size_t i = 0; tuple_check(constants) && i < tuple_length(constants); i++)
            *annotated += str_check(tuple_peek(constants, i));
        ref_dec(t, constants);
        ref_dec(t, code);
        ref_dec(t, v);
        error_clear(t);
    }
    return found < 0 ? -1 : 0;
}

static int add_inline_values(Thread *t, Type *type)
{
    Value set = set_new(t, VALUE_EMPTY);
    if (value_is_empty(set))
        return -1;
    size_t annotated = 0;
    for (size_t i = 0; i < type_mro_length(type); i++) {
        Type *class = type_mro_at(type, i);
        if (type_is_heap(class) && count_attributes(t, class, set, &annotated) < 0) {
            ref_dec(t, set);
            return -1;
        }
    }
    size_t n = set_length(set) + annotated + 3;
    ref_dec(t, set);
    if (n > CONFIG_INLINE_VALUES_MAX)
        n = CONFIG_INLINE_VALUES_MAX;
    type->keys = shared_keys_new(t, (uint32_t)n);
    if (!type->keys)
        return -1;
    type->values_offset = type->size;
    type->size += (uint32_t)(n * sizeof(Value));
    type->flags |= TYPE_INLINE_VALUES;
    return 0;
}

/* ---- the type object ---- */

static void set_layout(const Making *m, Type *type)
{
    const Type *base = m->base;
    uint32_t n = (uint32_t)tuple_length(m->slot_names);
    type->slot_count = (uint16_t)n;
    type->flags |= n ? TYPE_HAS_SLOTS : base->flags & TYPE_HAS_SLOTS;
    type->item_size = base->item_size;
    type->dict_offset = base->dict_offset;
    type->weak_offset = base->weak_offset;
    if (base->item_size) {
        uint32_t trailing = base->trailing;
        type->size = base->size;
        type->slots_offset = -(int32_t)(trailing + 1);
        trailing += n;
        if (m->add_dict)
            type->dict_offset = -(int32_t)++trailing;
        if (m->add_weak)
            type->weak_offset = -(int32_t)++trailing;
        type->trailing = (uint16_t)trailing;
        return;
    }
    uint32_t offset = (type_fixed_size(base) + 7) & ~7u;
    type->slots_offset = (int32_t)offset;
    offset += n * (uint32_t)sizeof(Value);
    if (m->add_dict) {
        type->dict_offset = (int32_t)offset;
        offset += sizeof(Value);
    }
    if (m->add_weak) {
        type->weak_offset = (int32_t)offset;
        offset += 8;
    }
    type->size = offset;
}

/* Takes a name out of the namespace: 1 found (owned), 0 absent, -1. */
static int pop_name(Thread *t, Value dict, Value name, Value *result)
{
    *result = VALUE_EMPTY;
    return dict_pop(t, dict, name, result);
}

static int set_names(Thread *t, const Making *m, Type *type)
{
    if (type_check_name(t, m->name) < 0)
        return -1;
    type->name = str_exact(t, m->name);
    if (value_is_empty(type->name))
        return -1;
    Value qualname;
    int found = pop_name(t, type->dict, ID(t, __qualname__), &qualname);
    if (found < 0)
        return -1;
    if (found && !str_check(qualname)) {
        error_set(t, EXC_TypeError, "type __qualname__ must be a str, not %T", qualname);
        ref_dec(t, qualname);
        return -1;
    }
    type->qualname = found ? qualname : ref_inc(t, type->name);
    int present = dict_contains(t, type->dict, ID(t, __module__));
    if (present)
        return present < 0 ? -1 : 0;
    Value globals = frame_access_globals(t), module;
    if (value_is_empty(globals))
        return 0;
    found = dict_get_optional(t, globals, ID(t, __name__), &module);
    if (found > 0 && dict_set(t, type->dict, ID(t, __module__), module) < 0)
        found = -1;
    ref_dec(t, module);
    return found < 0 ? -1 : 0;
}

/* A doc string must be text that can be encoded. */
static int check_doc(Thread *t, Type *type)
{
    Value doc, bytes = VALUE_EMPTY;
    int found = type_dict_get(t, type, ID(t, __doc__), &doc);
    if (found > 0 && str_check(doc) && !str_is_ascii(str_of(doc)))
        found = value_is_empty(bytes = str_to_utf8(t, doc)) ? -1 : 1;
    ref_dec(t, bytes);
    ref_dec(t, doc);
    return found < 0 ? -1 : 0;
}

/* Wraps a plain function in the namespace. */
static int wrap_function(Thread *t, Type *type, Value name, Value (*wrap)(Thread *, Value))
{
    Value function;
    int found = type_dict_get(t, type, name, &function);
    if (found <= 0)
        return found;
    int result = 0;
    if (object_is_exact(function, KIND_FUNCTION)) {
        Value wrapped = wrap(t, function);
        result = value_is_empty(wrapped) ? -1 : dict_set(t, type->dict, name, wrapped);
        ref_dec(t, wrapped);
    }
    ref_dec(t, function);
    return result;
}

static int add_descriptor_take(Thread *t, Type *type, Value name, Value descriptor)
{
    if (value_is_empty(descriptor))
        return -1;
    int result = dict_setdefault(t, type->dict, name, descriptor, NULL);
    ref_dec(t, descriptor);
    return result < 0 ? -1 : 0;
}

static Value get_weakref(Thread *t, Value self)
{
    Value list = weakref_list(t, self);
    if (value_is_empty(list))
        return VALUE_EMPTY;
    Value first = list_length(list) ? ref_inc(t, list_peek(list, 0)) : VALUE_NONE;
    ref_dec(t, list);
    return first;
}

/* The native ancestor's own __dict__ descriptor, when it has one (types, modules, exceptions ...): owned or empty. */
static Value native_dict_descriptor(Thread *t, Value self)
{
    Type *native = type_of(t, self)->native;
    return native->kind == KIND_TYPE || native->dict_offset ? type_lookup(t, native, ID(t, __dict__)) : VALUE_EMPTY;
}

static Value get_dict(Thread *t, Value self)
{
    Value descriptor = native_dict_descriptor(t, self);
    if (LIKELY(value_is_empty(descriptor)))
        return instance_get_dict(t, self);
    Value (*get)(Thread *, Value, Value, Value) = type_of(t, descriptor)->slots.descr_get;
    Value result = get ? get(t, descriptor, self, value_of(type_of(t, self)))
                       : error_set(t, EXC_TypeError, "this __dict__ descriptor does not support '%T' objects", self);
    ref_dec(t, descriptor);
    return result;
}

static int set_dict(Thread *t, Value self, Value value)
{
    Value descriptor = native_dict_descriptor(t, self);
    int result = -1;
    if (!value_is_empty(descriptor)) {
        int (*set)(Thread *, Value, Value, Value) = type_of(t, descriptor)->slots.descr_set;
        if (set)
            result = set(t, descriptor, self, value);
        else
            error_set(t, EXC_TypeError, "this __dict__ descriptor does not support '%T' objects", self);
        ref_dec(t, descriptor);
        return result;
    }
    if (!value_is_empty(value) || !type_dict_slot(value_object(self)))
        return instance_set_dict(t, self, value);
    /* The dict may also be deleted: a fresh one takes its place. */
    Value fresh = dict_new(t);
    if (!value_is_empty(fresh))
        result = instance_set_dict(t, self, fresh);
    ref_dec(t, fresh);
    return result;
}

static const GetSetDef dict_getset = {"__dict__", get_dict, set_dict, "The attributes of the object."};
static const GetSetDef weakref_getset = {"__weakref__", get_weakref, NULL, "The weak references to the object."};

static int add_descriptors(Thread *t, const Making *m, Type *type)
{
    for (uint32_t i = 0; i < type->slot_count; i++) {
        int32_t offset = type->slots_offset > 0 ? type->slots_offset + (int32_t)(i * sizeof(Value))
                                                : type->slots_offset - (int32_t)i;
        Value name = tuple_peek(type->slot_names, i);
        if (add_descriptor_take(t, type, name, member_descriptor_new_slot(t, type, name, offset)) < 0)
            return -1;
    }
    if (m->add_dict && add_descriptor_take(t, type, ID(t, __dict__), getset_descriptor_new(t, type, &dict_getset)) < 0)
        return -1;
    if (m->add_weak &&
        add_descriptor_take(t, type, ID(t, __weakref__), getset_descriptor_new(t, type, &weakref_getset)) < 0)
        return -1;
    if (dict_setdefault(t, type->dict, ID(t, __doc__), VALUE_NONE, NULL) < 0)
        return -1;
    return 0;
}

/* Hands the class to the cell that zero-argument super() reads, or its dict to the cell of annotation scopes. */
static int fill_cell(Thread *t, Type *type, Value name, Value content)
{
    Value cell;
    int found = pop_name(t, type->dict, name, &cell);
    if (found <= 0)
        return found;
    int result = 0;
    if (cell_check(cell)) {
        cell_set_take(t, cell, ref_inc(t, content));
    } else {
        error_set(t, EXC_TypeError, "type.__new__: %U must be a nonlocal cell, not %V", name,
                  value_of(type_of(t, cell)));
        result = -1;
    }
    ref_dec(t, cell);
    return result;
}

static int complete(Thread *t, Type *type)
{
    Type *base = type->base;
    if (type_set_mro(t, type) < 0)
        return -1;
    type->slots = base->slots;
    type->slots.dealloc = instance_dealloc;
    type->slots.traverse = instance_traverse;
    type->slots.clear = instance_clear;
    if (type->slots.create == type_create_abstract)
        type->slots.create = type_create_plain;
    if (tuple_length(type->bases) > 1)
        type_inherit_slots(t, type);
    for (size_t i = 1; i < type_mro_length(type) && !(type->flags & (TYPE_SEQUENCE | TYPE_MAPPING));
         i++) /* of two, the first counts */
        type->flags |= type_mro_at(type, i)->flags & (TYPE_SEQUENCE | TYPE_MAPPING);
    type->flags |= base->flags & TYPE_MATCH_SELF;
    int equality = dict_contains(t, type->dict, ID(t, __eq__));
    if (equality < 0 || (equality && dict_setdefault(t, type->dict, ID(t, __hash__), VALUE_NONE, NULL) < 0))
        return -1;
    if (type->dict_offset > 0 && (type->dict_offset != type->native->dict_offset || type->kind == KIND_EXCEPTION) &&
        add_inline_values(t, type) < 0)
        return -1;
    type->flags |= TYPE_VALID;
    return type_register(t, type) < 0 ? -1 : slots_fix(t, type);
}

/* ---- hooks ---- */

static void add_note_to_pending(Thread *t, Value note)
{
    Value exc = error_take(t);
    if (!value_is_empty(note)) {
        Value result = object_call_method_string(t, exc, "add_note", note, VALUE_EMPTY, VALUE_EMPTY);
        ref_dec(t, result);
    }
    error_clear(t);
    error_restore_take(t, exc);
    ref_dec(t, note);
}

static int call_set_name(Thread *t, Type *type, Value name, Value v)
{
    const Value args[3] = {v, value_of(type), name};
    Value result, setter = type_lookup(t, type_of(t, v), ID(t, __set_name__));
    if (value_is_empty(setter))
        return 0;
    ref_dec(t, setter);
    if (!special_call(t, ID(t, __set_name__), args, 3, VALUE_EMPTY, &result))
        return 0;
    if (value_is_empty(result)) {
        Value exc = error_take(t);
        Value note = str_format(t, "Error calling __set_name__ on '%T' instance %V in '%N'", v, name, type);
        error_clear(t);
        error_restore_take(t, exc);
        add_note_to_pending(t, note);
        return -1;
    }
    ref_dec(t, result);
    return 0;
}

static int call_set_names(Thread *t, Type *type)
{
    Value copy = dict_copy(t, type->dict), name, v;
    if (value_is_empty(copy))
        return -1;
    size_t position = 0;
    int result = 0;
    while (result == 0 && dict_next(copy, &position, &name, &v)) {
        if (UNLIKELY(!str_check(name)))
            result =
                error_warn(t, EXC_RuntimeWarning, 1, "non-string key in the __dict__ of class %.200s", type_name(type));
        if (result == 0)
            result = call_set_name(t, type, name, v);
    }
    ref_dec(t, copy);
    return result;
}

/* super(type, type).__init_subclass__(**kwds) */
static int call_init_subclass(Thread *t, Type *type, const Value *kwargs, Value names)
{
    Value hook = super_getattr(t, type, value_of(type), ID(t, __init_subclass__));
    if (value_is_empty(hook))
        return -1;
    Value result = object_call(t, hook, kwargs, 0, names);
    ref_dec(t, hook);
    ref_dec(t, result);
    return value_is_empty(result) ? -1 : 0;
}

/* ---- the whole ---- */

static Type *make_type(Thread *t, Making *m)
{
    Type *type = type_object_alloc(t, m->metatype);
    if (!type)
        return NULL;
    Type *base = m->base;
    type->spec = base->spec;
    type->native = base->native;
    type->kind = base->kind;
    type->instance_kind = (uint8_t)(base->kind | KIND_SUBCLASS);
    type->flags = TYPE_HEAP | TYPE_BASE;
    type->base = ref_inc_ptr(t, base);
    type->bases = ref_inc(t, m->bases);
    type->dict = ref_inc(t, m->dict);
    type->slot_names = ref_inc(t, m->slot_names);
    set_layout(m, type);
    if (set_names(t, m, type) < 0 || check_doc(t, type) < 0 ||
        wrap_function(t, type, ID(t, __new__), staticmethod_new) < 0 ||
        wrap_function(t, type, ID(t, __init_subclass__), classmethod_new) < 0 ||
        wrap_function(t, type, ID(t, __class_getitem__), classmethod_new) < 0 ||
        fill_cell(t, type, ID(t, __classcell__), value_of(type)) < 0 ||
        fill_cell(t, type, ID(t, __classdictcell__), type->dict) < 0 || add_descriptors(t, m, type) < 0 ||
        complete(t, type) < 0) {
        ref_dec_ptr(t, type);
        return NULL;
    }
    return type;
}

/* Bases must be types; an object with __mro_entries__ should have been resolved by the class statement. */
static int check_bases(Thread *t, Value bases)
{
    for (size_t i = 0; i < tuple_length(bases); i++) {
        Value base = tuple_peek(bases, i), entries;
        if (type_check(base))
            continue;
        int found = object_getattr_optional(t, base, ID(t, __mro_entries__), &entries);
        ref_dec(t, entries);
        if (found < 0)
            return -1;
        if (found) {
            error_set(t, EXC_TypeError, "type() doesn't support MRO entry resolution; use types.new_class()");
            return -1;
        }
    }
    return 0;
}

/* Is it the name of what was made in a function? */
static bool is_local(Value qualname)
{
    return !str_is_ascii(str_of(qualname)) || strstr((const char *)str_data1(str_of(qualname)), "<locals>") != NULL;
}

static int check_argument(Thread *t, int number, Value v, bool right, const char *expected)
{
    if (right)
        return 0;
    error_set(t, EXC_TypeError, "type.__new__() argument %d must be %s, not %T", number, expected, v);
    return -1;
}

/* A function of a class, unless it is a nested one, which may capture what is to be released. */
static bool defer_function(Thread *t, Value v)
{
    bool lasting = object_is_exact(v, KIND_FUNCTION) && !is_local(function_of(v)->qualname);
    if (lasting)
        ref_defer(t, value_object(v));
    return lasting;
}

/* A class that is there for good, and that all threads use: nor are its methods counted (lock off). */
static void defer_with_methods(Thread *t, Type *type)
{
    Value key, value;
    ref_defer(t, &type->head);
    for (size_t position = 0; dict_next_owned(t, type->dict, &position, &key, &value);) {
        Value inner = object_is_exact(value, KIND_STATICMETHOD) || object_is_exact(value, KIND_CLASSMETHOD)
                          ? ((MethodWrap *)value_object(value))->callable
                      : object_is_exact(value, KIND_PROPERTY) ? ((Property *)value_object(value))->get
                                                              : VALUE_EMPTY;
        if (!defer_function(t, value) && defer_function(t, inner))
            ref_defer(t, value_object(value));
        ref_dec(t, key);
        ref_dec(t, value);
    }
}

Value type_create(Thread *t, Type *metatype, const Value *args, uint32_t n, Value names)
{
    if (n != 3)
        return error_set(t, EXC_TypeError, "type.__new__() takes exactly 3 arguments (%d given)", (int)n);
    if (check_argument(t, 1, args[0], str_check(args[0]), "str") < 0 ||
        check_argument(t, 2, args[1], tuple_check(args[1]), "tuple") < 0 ||
        check_argument(t, 3, args[2], dict_check(args[2]), "dict") < 0 || check_bases(t, args[1]) < 0)
        return VALUE_EMPTY;
    Making m = {.metatype = metatype, .name = args[0]};
    Value bases = args[1], result = VALUE_EMPTY;
    if (tuple_length(bases) == 0) {
        bases = tuple_pack(t, 1, value_of(t->types[KIND_OBJECT]));
        if (value_is_empty(bases))
            return VALUE_EMPTY;
    } else {
        ref_inc(t, bases);
        Type *winner = type_calculate_metaclass(t, metatype, bases);
        if (!winner)
            goto done;
        if (winner != metatype && winner->slots.create && winner->slots.create != type_create) {
            result = winner->slots.create(t, winner, args, n, names);
            goto done;
        }
        m.metatype = winner;
    }
    m.bases = bases;
    m.base = type_best_base(t, bases, false);
    if (!m.base)
        goto done;
    m.dict = dict_copy(t, args[2]);
    if (value_is_empty(m.dict) || decide_additions(t, &m) < 0)
        goto done;
    Type *type = make_type(t, &m);
    if (!type)
        goto done;
    result = value_of(type);
    if (t->free_threaded && !is_local(type->qualname))
        defer_with_methods(t, type);
    if (call_set_names(t, type) < 0 || call_init_subclass(t, type, args + n, names) < 0)
        ref_clear(t, &result);
done:
    ref_dec(t, m.slot_names);
    ref_dec(t, m.dict);
    ref_dec(t, bases);
    return result;
}
