/* cache.c: filling the inline caches (cache.h). */
#include "cache.h"

#include "../object/descriptor.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/str.h"

/* Is this attribute of a class a data descriptor? */
static bool is_data_descriptor(Thread *t, Value v) { return type_of(t, v)->slots.descr_set != NULL; }

/* Offset of the Value that a member descriptor (of __slots__) stands for, or -1. */
static int64_t slot_offset(Value descriptor)
{
    if (!object_is_exact(descriptor, KIND_MEMBER_DESCRIPTOR))
        return -1;
    MemberDescriptor *d = (MemberDescriptor *)value_object(descriptor);
    return d->writable && (d->kind == MEMBER_VALUE || d->kind == MEMBER_VALUE_OR_ERROR) ? d->offset : -1;
}

/* How many shared keys an instance may have without hiding a class attribute, or -1 if it may hide it any time. */
static int keys_in_use(const Object *o, Value name)
{
    const Type *type = o->type;
    if (type->flags & TYPE_INLINE_VALUES) {
        if (o->aux == INSTANCE_HAS_DICT || shared_keys_find(type->keys, name) >= 0)
            return -1;
        return atomic_load_explicit(&type->keys->count, memory_order_relaxed);
    }
    return type->dict_offset ? -1 : 0;
}

Value cache_load_attribute(Thread *t, _Atomic uint64_t *cache, Value object, Value name)
{
    if (!value_is_object(object))
        return object_getattr(t, object, name);
    Object *o = value_object(object);
    Type *type = o->type;
    if (type->slots.getattr == object_generic_getattr) {
        uint32_t version, index;
        Value found = type_lookup_cached(t, type, name, &version, &index);
        if (version) {
            if (value_is_empty(found) || !is_data_descriptor(t, found)) {
                int key = (type->flags & TYPE_INLINE_VALUES) && o->aux != INSTANCE_HAS_DICT ? shared_keys_find(type->keys, name) : -1;
                if (key >= 0 && !value_is_empty(instance_values(o)[key]))
                    atomic_store_explicit(cache, cache_word(CACHE_INLINE_VALUE, version, (uint32_t)key), memory_order_release);
            } else {
                int64_t offset = slot_offset(found);
                if (offset > 0)
                    atomic_store_explicit(cache, cache_word(CACHE_SLOT, version, (uint32_t)offset), memory_order_release);
            }
        }
        ref_dec(t, found);
    }
    return object_getattr(t, object, name);
}

int cache_store_attribute(Thread *t, _Atomic uint64_t *cache, Value object, Value name, Value value)
{
    if (object_setattr(t, object, name, value) < 0)
        return -1;
    if (!value_is_object(object))
        return 0;
    Object *o = value_object(object);
    Type *type = o->type;
    if (type->slots.setattr == object_generic_setattr) {
        uint32_t version, index;
        Value found = type_lookup_cached(t, type, name, &version, &index);
        if (!version) {
            ref_dec(t, found);
            return 0;
        }
        if (value_is_empty(found) || !is_data_descriptor(t, found)) {
            int key = (type->flags & TYPE_INLINE_VALUES) && o->aux != INSTANCE_HAS_DICT ? shared_keys_find(type->keys, name) : -1;
            if (key >= 0)
                atomic_store_explicit(cache, cache_word(CACHE_INLINE_VALUE, version, (uint32_t)key), memory_order_release);
        } else {
            int64_t offset = slot_offset(found);
            if (offset > 0)
                atomic_store_explicit(cache, cache_word(CACHE_SLOT, version, (uint32_t)offset), memory_order_release);
        }
        ref_dec(t, found);
    }
    return 0;
}

int cache_load_method(Thread *t, _Atomic uint64_t *cache, Value object, Value name, Value pair[2])
{
    Type *type = type_of(t, object);
    pair[1] = VALUE_EMPTY;
    if (type->slots.getattr == object_generic_getattr) {
        uint32_t version, index;
        Value found = type_lookup_cached(t, type, name, &version, &index);
        if (!value_is_empty(found) && (type_of(t, found)->flags & TYPE_METHOD_LIKE)) {
            int keys = value_is_object(object) ? keys_in_use(value_object(object), name) : 0;
            Value own = VALUE_EMPTY;
            if (keys >= 0) {
                if (version && index < 0x10000)
                    atomic_store_explicit(cache, cache_word(CACHE_CLASS, version, index | (uint32_t)keys << 16), memory_order_release);
            } else {
                int status = instance_get(t, value_object(object), name, &own);
                if (status != 0) {
                    ref_dec(t, found);
                    pair[0] = own;
                    return status < 0 ? -1 : 0;
                }
            }
            pair[0] = found;
            pair[1] = ref_inc(t, object);
            return 0;
        }
        ref_dec(t, found);
    }
    pair[0] = object_getattr(t, object, name);
    return value_is_empty(pair[0]) ? -1 : 0;
}

/* An item of a mapping that need not be a dict: a child of dict may have its own __getitem__ or __missing__. */
static int peculiar_mapping_get(Thread *t, Value mapping, Value name, Value *result)
{
    if (dict_check_exact(mapping))
        return dict_get_optional(t, mapping, name, result);
    *result = object_getitem(t, mapping, name);
    return !value_is_empty(*result) ? 1 : error_swallow(t, EXC_KeyError) ? 0 : -1;
}

/* __annotations__ in the text of a module that has none.  Since annotations are deferred there is no such name; a module written for earlier
 * releases, which writes to it, gets a dict of its own all the same. */
static Value module_annotations(Thread *t, Value globals, Value name)
{
    Frame *f = t->frame;
    if (!f || f->locals.bits != globals.bits)
        return error_name(t, EXC_NameError, name, "name '%U' is not defined", name);
    Value dict = dict_new(t);
    if (!value_is_empty(dict) && object_setitem(t, globals, name, dict) < 0)
        ref_clear(t, &dict);
    return dict;
}

Value cache_load_global(Thread *t, _Atomic uint64_t *cache, Value globals, Value builtins, Value name)
{
    Value result;
    if (LIKELY(dict_check_exact(globals) && dict_check_exact(builtins))) {
        Dict *g = dict_of(globals), *b = dict_of(builtins);
        uint32_t version = dict_keys_version(t, g);
        int64_t index = dict_index(t, g, name);
        int found = dict_get_optional(t, globals, name, &result);
        if (found < 0)
            return VALUE_EMPTY;
        if (found) {
            if (index >= 0 && index < (1 << 24))
                atomic_store_explicit(cache, cache_word(CACHE_GLOBAL, version, (uint32_t)index), memory_order_release);
            return result;
        }
        uint32_t builtin_version = dict_keys_version(t, b);
        index = dict_index(t, b, name);
        found = dict_get_optional(t, builtins, name, &result);
        if (found < 0)
            return VALUE_EMPTY;
        if (found) {
            if (index >= 0 && index < (1 << 24) && version && builtin_version) {
                atomic_store_explicit(cache + 1, cache_word(CACHE_GLOBAL, builtin_version, (uint32_t)index), memory_order_release);
                atomic_store_explicit(cache, cache_word(CACHE_BUILTIN, version, 0), memory_order_release);
            }
            return result;
        }
    } else {
        int found = peculiar_mapping_get(t, globals, name, &result);
        if (!found)
            found = peculiar_mapping_get(t, builtins, name, &result);
        if (found)
            return found < 0 ? VALUE_EMPTY : result;
    }
    if (UNLIKELY(name.bits == ID(t, __annotations__).bits))
        return module_annotations(t, globals, name);
    return error_name(t, EXC_NameError, name, "name '%U' is not defined", name);
}

bool cache_global_shared(Thread *t, const _Atomic uint64_t *cache, Dict *globals, Value builtins, Value *result)
{
    uint64_t w = cache_load(cache);
    if (atomic_load_explicit(&globals->keys_version, memory_order_acquire) != cache_version(w))
        return false;
    if (cache_kind(w) == CACHE_GLOBAL)
        return dict_get_cached_shared(t, globals, cache_version(w), cache_slot(w), result);
    if (cache_kind(w) != CACHE_BUILTIN)
        return false;
    uint64_t w2 = cache_load(cache + 1);
    return atomic_load_explicit(&dict_of(builtins)->keys_version, memory_order_acquire) == cache_version(w2) &&
           dict_get_cached_shared(t, dict_of(builtins), cache_version(w2), cache_slot(w2), result);
}
