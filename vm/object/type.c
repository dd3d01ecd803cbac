/* type.c: making type objects, the method resolution order, inheritance of slots and layouts, and the end of a type.
 *
 * A native type is made from its TypeSpec (type_from_spec) and never dies; a class statement goes through type_new.c.  Both end with the same steps: MRO,
 * inherit slots, register with the bases.
 * Invariants.  A type's `base` is the one of its bases whose instances its own begin with.  A type is in the subclass list of each of its bases as long as it
 * lives; the lists borrow.  The type lock guards MRO, bases and subclass lists.  Read next: type_new.c, slots.c, type_cache.c. */
#include "generic_alias.h"
#include "type_internal.h"

/* ---- the type object ---- */

Type *type_object_alloc(Thread *t, Type *metatype)
{
    const Type *native = metatype->native; /* a metaclass of a module may have a longer struct */
    return alloc_object(
        t, metatype, native && native->spec && native->spec->size > sizeof(Type) ? native->spec->size : sizeof(Type));
}

/* ---- subclasses ---- */

static int add_subclass(Thread *t, Type *base, Type *type)
{
    int result = 0;
    Type **garbage = NULL;
    ref_share(t, &type->head); /* type_subclasses_list tries to take references */
    type_lock(t);
    if (base->subclass_count == base->subclass_capacity) {
        uint32_t capacity = base->subclass_capacity ? base->subclass_capacity * 2 : 4;
        Type **larger = alloc_memory(t, capacity * sizeof *larger);
        if (!larger) {
            result = -1;
            goto done;
        }
        if (base->subclass_count)
            memcpy(larger, base->subclasses, base->subclass_count * sizeof *larger);
        garbage = base->subclasses;
        base->subclasses = larger;
        base->subclass_capacity = capacity;
    }
    base->subclasses[base->subclass_count++] = type;
done:
    type_unlock(t);
    alloc_memory_free(t, garbage);
    return result;
}

static void remove_subclass(Thread *t, Type *base, Type *type)
{
    type_lock(t);
    for (uint32_t i = base->subclass_count; i-- > 0;) {
        if (base->subclasses[i] == type) {
            base->subclass_count--;
            memmove(base->subclasses + i, base->subclasses + i + 1,
                    (base->subclass_count - i) * sizeof *base->subclasses);
            break;
        }
    }
    type_unlock(t);
}

/* Takes type out of the lists of the bases it was registered with. */
static void unregister_take(Thread *t, Type *type, Value bases)
{
    for (size_t i = 0; !value_is_empty(bases) && i < tuple_length(bases); i++)
        remove_subclass(t, (Type *)value_object(tuple_peek(bases, i)), type);
    ref_dec(t, bases);
}

int type_register(Thread *t, Type *type)
{
    Value old = type->registered;
    type->registered = VALUE_EMPTY;
    unregister_take(t, type, old);
    Value bases = ref_inc(t, type->bases);
    int result = 0;
    for (size_t i = 0; i < tuple_length(bases) && result == 0; i++)
        result = add_subclass(t, (Type *)value_object(tuple_peek(bases, i)), type);
    old = type->registered; /* what a finalizer run meanwhile may have registered */
    type->registered = bases;
    unregister_take(t, type, old);
    return result;
}

/* ---- the end of a type ---- */

static int type_traverse(Object *o, VisitFn visit, void *arg)
{
    Type *type = (Type *)o;
    VISIT_PTR(type->base);
    VISIT(type->bases);
    VISIT(type->registered);
    VISIT(type->mro);
    VISIT(type->dict);
    return type_cache_traverse(type->cache, visit, arg);
}

static void type_clear(Thread *t, Object *o)
{
    Type *type = (Type *)o;
    Value registered = type->registered;
    type->registered = VALUE_EMPTY;
    unregister_take(t, type, registered);
    type_modified(t, type);
    if (!value_is_empty(type->dict))
        dict_clear(t, type->dict);
    ref_clear(t, &type->mro);
}

void type_empty(Thread *t, Type *type)
{
    unregister_take(t, type, type->registered);
    type->registered = VALUE_EMPTY;
    type_modified(t, type);
    ref_clear(t, &type->mro);
    ref_clear(t, &type->dict);
    ref_clear(t, &type->bases);
    ref_clear(t, &type->name);
    ref_clear(t, &type->qualname);
    ref_clear(t, &type->slot_names);
    shared_keys_free(t, type->keys);
    type->keys = NULL;
    alloc_memory_free(t, type->subclasses);
    type->subclasses = NULL;
    type->subclass_count = type->subclass_capacity = 0;
}

static void type_dealloc(Thread *t, Object *o)
{
    Type *type = (Type *)o;
    type_empty(t, type);
    REF_CLEAR_PTR(t, type->base);
}

const char *type_name(const Type *type)
{
    if (value_is_empty(type->name))
        return type->spec ? type->spec->name : "?";
    return str_ascii_or(type->name, "?");
}

bool type_is_subtype(const Type *type, const Type *base)
{
    if (type == base)
        return true;
    if (UNLIKELY(value_is_empty(type->mro))) {
        for (; type; type = type->base) {
            if (type == base)
                return true;
        }
        return base->kind == KIND_OBJECT && !base->base && base->spec && base->spec->kind == KIND_OBJECT;
    }
    const Tuple *mro = tuple_of(type->mro);
    for (size_t i = 0; i < mro->length; i++) {
        if (value_object(mro->items[i]) == &base->head)
            return true;
    }
    return false;
}

Value type_subclasses_list(Thread *t, Type *type)
{
    Value list = list_new(t, type->subclass_count);
    if (value_is_empty(list) || type->subclass_count == 0)
        return list;
    /* References are collected under the lock, the list is filled behind it. */
    type_lock(t);
    uint32_t n = type->subclass_count, alive = 0;
    Value *found = alloc_memory(t, (n + 1) * sizeof(Value));
    for (uint32_t i = 0; found && i < n; i++) {
        Type *subclass = type->subclasses[i];
        if (atomic_load_explicit(&subclass->head.gc, memory_order_relaxed) & GC_GARBAGE)
            continue;
        bool living = t->free_threaded ? ref_try_inc(t, &subclass->head)
                                       : ref_count(&subclass->head) != 0 || ref_is_immortal(&subclass->head);
        if (!living)
            continue;
        if (!t->free_threaded)
            ref_inc_object(t, &subclass->head);
        found[alive++] = value_of(subclass);
    }
    type_unlock(t);
    bool failed = !found;
    for (uint32_t i = 0; i < alive; i++) {
        if (!failed && list_append(t, list, found[i]) < 0)
            failed = true;
        ref_dec(t, found[i]);
    }
    alloc_memory_free(t, found);
    if (failed)
        ref_clear(t, &list);
    return list;
}

/* ---- the method resolution order ---- */

static COLD Value mro_conflict(Thread *t, Value *heads, size_t n)
{
    /* Each base that still heads a list, once. */
    StrBuilder b = {0};
    if (strbuilder_string(t, &b, "Cannot create a consistent method resolution order (MRO) for bases ") < 0)
        return VALUE_EMPTY;
    bool first = true;
    for (size_t i = 0; i < n; i++) {
        bool seen = value_is_empty(heads[i]);
        for (size_t k = 0; k < i && !seen; k++)
            seen = value_is(heads[k], heads[i]);
        if (seen)
            continue;
        if ((!first && strbuilder_string(t, &b, ", ") < 0) || strbuilder_str(t, &b, type_as(heads[i])->name) < 0)
            return VALUE_EMPTY;
        first = false;
    }
    Value message = strbuilder_finish(t, &b);
    if (!value_is_empty(message))
        error_set(t, EXC_TypeError, "%U", message);
    ref_dec(t, message);
    return VALUE_EMPTY;
}

/* Does `class` occur behind the head of a list that is at `next`? */
static bool in_tail(Value list, size_t next, Value class)
{
    for (size_t i = next + 1; i < tuple_length(list); i++) {
        if (value_is(tuple_peek(list, i), class))
            return true;
    }
    return false;
}

/* C3: merges the MROs of the bases and the list of bases. */
static Value merge_mro(Thread *t, Type *type, Value bases)
{
    size_t n = tuple_length(bases), lists = n + 1, most = 1 + n;
    for (size_t i = 0; i < n; i++)
        most += type_mro_length(type_as(tuple_peek(bases, i)));
    Value *list = alloc_memory(t, lists * sizeof(Value));
    Value *heads = list ? alloc_memory(t, lists * sizeof(Value)) : NULL;
    size_t *next = heads ? alloc_memory_zeroed(t, lists, sizeof *next) : NULL;
    Value *order = next ? alloc_memory(t, most * sizeof(Value)) : NULL;
    Value result = VALUE_EMPTY;
    if (!order)
        goto done;
    for (size_t i = 0; i < n; i++)
        list[i] = type_as(tuple_peek(bases, i))->mro;
    list[n] = bases;
    size_t count = 0;
    order[count++] = value_of(type);
    for (;;) {
        Value chosen = VALUE_EMPTY;
        bool all_empty = true;
        for (size_t i = 0; i < lists && value_is_empty(chosen); i++) {
            if (next[i] >= tuple_length(list[i]))
                continue;
            all_empty = false;
            Value candidate = tuple_peek(list[i], next[i]);
            bool blocked = false;
            for (size_t k = 0; k < lists && !blocked; k++)
                blocked = in_tail(list[k], next[k], candidate);
            if (!blocked)
                chosen = candidate;
        }
        if (all_empty)
            break;
        if (value_is_empty(chosen)) {
            for (size_t i = 0; i < lists; i++)
                heads[i] = next[i] < tuple_length(list[i]) ? tuple_peek(list[i], next[i]) : VALUE_EMPTY;
            mro_conflict(t, heads, lists);
            goto done;
        }
        order[count++] = chosen;
        for (size_t i = 0; i < lists; i++) {
            if (next[i] < tuple_length(list[i]) && value_is(tuple_peek(list[i], next[i]), chosen))
                next[i]++;
        }
    }
    result = tuple_from_array(t, order, count);
done:
    alloc_memory_free(t, order);
    alloc_memory_free(t, next);
    alloc_memory_free(t, heads);
    alloc_memory_free(t, list);
    return result;
}

Value type_compute_mro(Thread *t, Type *type)
{
    Value bases = type->bases;
    size_t n = tuple_length(bases);
    for (size_t i = 0; i < n; i++) {
        Type *base = type_as(tuple_peek(bases, i));
        if (value_is_empty(base->mro))
            return error_set(t, EXC_TypeError, "Cannot extend an incomplete type '%N'", base);
        for (size_t k = i + 1; k < n; k++) {
            if (value_is(tuple_peek(bases, k), value_of(base)))
                return error_set(t, EXC_TypeError, "duplicate base class %U", base->name);
        }
    }
    if (n != 1)
        return n ? merge_mro(t, type, bases) : tuple_pack(t, 1, value_of(type));
    const Tuple *base_mro = tuple_of(type_as(tuple_peek(bases, 0))->mro);
    Value mro = tuple_new(t, base_mro->length + 1);
    if (value_is_empty(mro))
        return VALUE_EMPTY;
    Value *items = tuple_of(mro)->items;
    items[0] = ref_inc(t, value_of(type));
    for (size_t i = 0; i < base_mro->length; i++)
        items[i + 1] = ref_inc(t, base_mro->items[i]);
    return mro;
}

/* The result of an overridden metaclass.mro(), checked. */
static Value custom_mro(Thread *t, Type *type)
{
    Value self = value_of(type), result;
    if (!special_call(t, ID(t, mro), &self, 1, VALUE_EMPTY, &result))
        return error_set_value(t, t->interp->exceptions[EXC_AttributeError], ID(t, mro));
    if (value_is_empty(result))
        return VALUE_EMPTY;
    Value mro = object_to_tuple(t, result);
    ref_dec(t, result);
    if (value_is_empty(mro))
        return VALUE_EMPTY;
    Type *solid = type_solid_base(type);
    for (size_t i = 0; i < tuple_length(mro); i++) {
        Value item = tuple_peek(mro, i);
        if (!type_check(item))
            error_set(t, EXC_TypeError, "mro() returned a non-class ('%T')", item);
        else if (!type_is_subtype(solid, type_solid_base(type_as(item))))
            error_set(t, EXC_TypeError, "mro() returned base with unsuitable layout ('%N')", type_as(item));
        else
            continue;
        ref_dec(t, mro);
        return VALUE_EMPTY;
    }
    return mro;
}

void type_replace_mro(Thread *t, Type *type, Value mro)
{
    bool in_use = type->flags & TYPE_VALID;
    if (in_use)
        world_stop(t);
    Value old = type->mro;
    slot_store(&type->mro, mro);
    type_modified(t, type);
    if (in_use)
        world_start(t);
    ref_dec(t, old);
}

int type_set_mro(Thread *t, Type *type)
{
    Value before = ref_inc(t, type->mro);
    bool custom = type->head.type != t->types[KIND_TYPE];
    if (custom) {
        Value method = type_lookup(t, type->head.type, ID(t, mro));
        custom = !object_is_exact(method, KIND_METHOD_DESCRIPTOR) ||
                 ((Native *)value_object(method))->owner != t->types[KIND_TYPE];
        ref_dec(t, method);
    }
    Value mro = custom ? custom_mro(t, type) : type_compute_mro(t, type);
    bool reentered = !value_is(before, type->mro);
    ref_dec(t, before);
    if (value_is_empty(mro))
        return -1;
    if (reentered) {
        /* mro() itself assigned __bases__: that result stands. */
        ref_dec(t, mro);
        return 0;
    }
    type_replace_mro(t, type, mro);
    return 0;
}

/* ---- layouts ---- */

/* Does a class begin a new layout, compared with its base?  A dict and weak references alone do not count. */
static bool adds_layout(const Type *type)
{
    const Type *base = type->base;
    if (!base)
        return true;
    if (type_is_heap(type))
        return type->slot_count != 0;
    if (type->item_size != base->item_size)
        return true;
    size_t size = type->size;
    if (type->dict_offset > 0 && base->dict_offset == 0 && (size_t)type->dict_offset + sizeof(Value) == size)
        size -= sizeof(Value);
    return size != type_fixed_size(base);
}

Type *type_solid_base(Type *type)
{
    while (type->base && !adds_layout(type))
        type = type->base;
    return type;
}

Type *type_best_base(Thread *t, Value bases, bool native)
{
    Type *best = NULL, *winner = NULL;
    for (size_t i = 0; i < tuple_length(bases); i++) {
        Value item = tuple_peek(bases, i);
        if (!type_check(item)) {
            error_set(t, EXC_TypeError, "bases must be types");
            return NULL;
        }
        Type *base = type_as(item);
        if (!(base->flags & TYPE_BASE) && !native) {
            error_set(t, EXC_TypeError, "type '%N' is not an acceptable base type", base);
            return NULL;
        }
        Type *candidate = type_solid_base(base);
        if (!winner) {
            winner = candidate;
            best = base;
        } else if (type_is_subtype(winner, candidate)) {
            continue;
        } else if (type_is_subtype(candidate, winner)) {
            winner = candidate;
            best = base;
        } else {
            error_set(t, EXC_TypeError, "multiple bases have instance lay-out conflict");
            return NULL;
        }
    }
    return best;
}

/* ---- inheritance ---- */

/* Fills the slots that are empty in type from one base. */
static void inherit_from(Type *type, const Type *base)
{
    Slots *to = &type->slots;
    const Slots *from = &base->slots;
    Slots kept = *to;
    SlotFn *a = (SlotFn *)(void *)to;
    const SlotFn *b = (const SlotFn *)(const void *)from;
    for (size_t i = 0; i < sizeof(Slots) / sizeof(SlotFn); i++) {
        if (!a[i])
            a[i] = b[i];
    }
    /* Groups that only make sense together. */
    to->create = kept.create;
    if (kept.traverse || kept.clear) {
        to->traverse = kept.traverse;
        to->clear = kept.clear;
    }
    if (kept.buffer_get) {
        to->buffer_release = kept.buffer_release;
    }
    if (kept.compare || kept.hash) {
        to->compare = kept.compare;
        to->hash = kept.hash;
    }
}

void type_inherit_slots(Thread *t, Type *type)
{
    /* An only base has inherited from the rest of the MRO itself. */
    size_t n = tuple_length(type->bases) == 1 && type_mro_length(type) > 1 ? 2 : type_mro_length(type);
    for (size_t i = 1; i < n; i++)
        inherit_from(type, type_mro_at(type, i));
    if (type->slots.compare && !type->slots.hash)
        type->slots.hash = slot_hash_unhashable;
    if (type->slots.finalize)
        type->flags |= TYPE_HAS_FINALIZER;
    store_relaxed(&type->alloc_info, 0);
}

/* ---- native types ---- */

static int add_to_dict_take(Thread *t, Type *type, Value name, Value value)
{
    if (value_is_empty(value))
        return -1;
    int result = dict_setdefault(t, type->dict, name, value, NULL);
    ref_dec(t, value);
    return result < 0 ? -1 : 0;
}

static int add_descriptor_take(Thread *t, Type *type, Value descriptor)
{
    return value_is_empty(descriptor)
               ? -1
               : add_to_dict_take(t, type, ((Descriptor *)value_object(descriptor))->name, descriptor);
}

/* The last part of a dotted name. */
static const char *last_part(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot ? dot + 1 : name;
}

/* About how many entries the dict of a type will have: most types fill few slots. */
static size_t dict_size_of(const TypeSpec *spec)
{
    size_t n = 6;
    for (const NativeDef *const *def = spec->methods; def && *def; def++)
        n++;
    for (const MemberDef *def = spec->members; def && def->name; def++)
        n++;
    for (const GetSetDef *def = spec->getsets; def && def->name; def++)
        n++;
    return n;
}

static int fill(Thread *t, Type *type)
{
    const TypeSpec *spec = type->spec;
    if (slots_add_wrappers(t, type) < 0)
        return -1;
    for (const NativeDef *const *def = spec->methods; def && *def; def++) {
        /* A method hides the slot wrapper of the same name. */
        Value key = str_intern(t, (*def)->name), value = native_descriptor_new(t, *def, type);
        int result = value_is_empty(key) || value_is_empty(value) ? -1 : dict_set(t, type->dict, key, value);
        ref_dec(t, key);
        ref_dec(t, value);
        if (result < 0)
            return -1;
    }
    for (const MemberDef *def = spec->members; def && def->name; def++) {
        if (add_descriptor_take(t, type, member_descriptor_new(t, type, def)) < 0)
            return -1;
    }
    for (const GetSetDef *def = spec->getsets; def && def->name; def++) {
        if (add_descriptor_take(t, type, getset_descriptor_new(t, type, def)) < 0)
            return -1;
    }
    const char *dot = strrchr(spec->name, '.');
    if (dot &&
        add_to_dict_take(t, type, ID(t, __module__), str_from_utf8(t, spec->name, (size_t)(dot - spec->name))) < 0)
        return -1;
    if (add_to_dict_take(t, type, ID(t, __doc__), spec->doc ? str_from_string(t, spec->doc) : VALUE_NONE) < 0)
        return -1;
    return spec->ready ? spec->ready(t, type) : 0;
}

static bool is_named(Value name, const char *text)
{
    return str_of(name)->data[0] == (uint8_t)text[0] && str_equal_ascii(name, text);
}

bool type_may_have(const Type *type, Value name)
{
    const TypeSpec *spec = type->spec;
    if (!str_check_exact(name) || spec->ready || str_of(name)->head.aux & STR_OF_SLOT || is_named(name, "__doc__") ||
        is_named(name, "__module__"))
        return true;
    for (const NativeDef *const *def = spec->methods; def && *def; def++)
        if (is_named(name, (*def)->name))
            return true;
    for (const MemberDef *def = spec->members; def && def->name; def++)
        if (is_named(name, def->name))
            return true;
    for (const GetSetDef *def = spec->getsets; def && def->name; def++)
        if (is_named(name, def->name))
            return true;
    return false;
}

/* Nothing here runs Python code or lets another thread run: nobody sees the dict half filled. */
Value type_fill_dict(Thread *t, Type *type)
{
    assert(!type_is_heap(type));
    type->dict = dict_new_sized(t, dict_size_of(type->spec));
    if (!value_is_empty(type->dict) && fill(t, type) < 0)
        ref_clear(t, &type->dict);
    return type->dict;
}

/* Copies from the spec what instances can be made with; nothing else of the type is needed for that. */
void type_prepare_native(Thread *t, Type *type, const TypeSpec *spec)
{
    type->spec = spec;
    type->native = type;
    type->kind = spec->kind;
    type->flags = spec->flags & ~TYPE_HEAP;
    type->size = spec->size;
    type->item_size = spec->item_size;
    type->dict_offset = spec->dict_offset;
    type->weak_offset = spec->weak_offset;
    type->slots = spec->slots;
    type->instance_kind = (uint8_t)(spec->kind | (t->types[spec->kind] == type ? 0 : KIND_SUBCLASS));
}

/* Completes a native type whose spec is set: name, bases (taken), MRO, slots; with the lock off, where lookups take none, its dict as well. */
int type_finish_native(Thread *t, Type *type, Value bases_take)
{
    const TypeSpec *spec = type->spec;
    type->bases = bases_take;
    type->base = NULL;
    if (tuple_length(bases_take)) {
        Type *base = type_best_base(t, bases_take, true);
        if (!base)
            return -1;
        type->base = ref_inc_ptr(t, base);
        if (type->kind == KIND_OBJECT && base->kind != KIND_OBJECT) {
            type->kind = base->kind;
            type->instance_kind = (uint8_t)(base->kind | KIND_SUBCLASS);
        }
        if (type->size < base->size)
            type->size = base->size;
        if (!type->item_size)
            type->item_size = base->item_size;
        if (!type->dict_offset)
            type->dict_offset = base->dict_offset;
        if (!type->weak_offset)
            type->weak_offset = base->weak_offset;
        type->trailing = base->trailing;
        type->flags |= base->flags & (TYPE_SEQUENCE | TYPE_MAPPING | TYPE_MATCH_SELF);
    }
    type->name = str_intern(t, last_part(spec->name));
    type->qualname = ref_inc(t, type->name);
    if (value_is_empty(type->name))
        return -1;
    type->mro = type_compute_mro(t, type);
    if (value_is_empty(type->mro) || (t->free_threaded && value_is_empty(type_fill_dict(t, type))))
        return -1;
    type_inherit_slots(t, type);
    /* Directly below object, a type without a create function of its own cannot be called. */
    if (!type->slots.create && type->base && type->base->base && !(type->flags & TYPE_NO_NEW))
        type->slots.create = type->base->slots.create;
    if (!type->slots.create)
        type->flags |= TYPE_NO_NEW;
    type->flags |= TYPE_VALID;
    if (type_register(t, type) < 0)
        return -1;
    ref_make_immortal(&type->head);
    return 0;
}

Type *type_from_spec_meta(Thread *t, Type *metatype, const TypeSpec *spec, Value bases)
{
    Type *type = type_object_alloc(t, metatype);
    if (!type)
        return NULL;
    type_prepare_native(t, type, spec);
    if (type_finish_native(t, type, ref_inc(t, bases)) < 0) {
        ref_dec_ptr(t, type);
        return NULL;
    }
    return type;
}

Type *type_from_spec_bases(Thread *t, const TypeSpec *spec, Value bases)
{
    Type *metatype = type_calculate_metaclass(t, t->types[KIND_TYPE], bases);
    return metatype ? type_from_spec_meta(t, metatype, spec, bases) : NULL;
}

Type *type_from_spec(Thread *t, const TypeSpec *spec, Type *base)
{
    Value bases = tuple_pack(t, 1, value_of(base ? base : t->types[KIND_OBJECT]));
    if (value_is_empty(bases))
        return NULL;
    Type *type = type_from_spec_bases(t, spec, bases);
    ref_dec(t, bases);
    return type;
}

static size_t type_no_items(const Object *o) { return 0; }

const TypeSpec type_spec_type = {
    .name = "type",
    .doc = "The class of all classes.\n\ntype(object) gives an object's class; type(name, bases, dict, **kwds) makes a "
           "new class.",
    .kind = KIND_TYPE,
    .flags = TYPE_BASE,
    .size = sizeof(Type),
    .length = type_no_items,
    .dict_offset = 0, /* attributes of a class are found by type_getattr, not by the generic lookup */
    .weak_offset = offsetof(Type, weakrefs),
    .methods = type_methods,
    .getsets = type_getsets,
    .slots = {.dealloc = type_dealloc,
              .traverse = type_traverse,
              .clear = type_clear,
              .create = type_create,
              .init = type_init,
              .repr = type_repr,
              .call = type_call,
              .getattr = type_getattr,
              .setattr = type_setattr,
              .binary = {[BINARY_OR] = union_or}},
};
