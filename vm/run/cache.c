/* cache.c: filling the inline caches (cache.h). */
#include "cache.h"

#include "../memory/alloc.h"
#include "../object/container.h"
#include "../object/descriptor.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/exception.h"
#include "../object/method.h"
#include "../object/module.h"
#include "../object/list.h"
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

static AttributeCacheEntry *shared_entry(Thread *t, Value name, uint32_t version, CacheUse use)
{
    return t->free_threaded ? NULL : cache_common_entry(t, name, version, use);
}

static void store_word(_Atomic uint64_t *cache, uint64_t word, uint64_t slot)
{
    if (slot < (1 << 24) && word != CACHE_EMPTY &&
        word != cache_load(cache)) /* what it has already is not written: other threads read the line */
        atomic_store_explicit(cache, word, memory_order_release);
}

static void store(Thread *t, _Atomic uint64_t *cache, CacheKind kind, uint32_t version, uint64_t slot)
{
    store_word(cache, cache_word(kind, version, (uint32_t)slot, kind == CACHE_GLOBAL && !t->free_threaded), slot);
}

/* What concerns the type of an object is also remembered for all sites. */
static void store_for_type(Thread *t, _Atomic uint64_t *cache, CacheKind kind, uint32_t version, uint64_t slot,
                           Value name, CacheUse use)
{
    bool quick = use == USE_METHOD ? kind == CACHE_METHOD || kind == CACHE_METHOD_INLINE
                                   : kind == CACHE_SLOT || kind == CACHE_INLINE_VALUE;
    uint64_t word = cache_word(kind, version, (uint32_t)slot, quick && !t->free_threaded);
    store_word(cache, word, slot);
    AttributeCacheEntry *entry = version && slot < (1 << 24) ? shared_entry(t, name, version, use) : NULL;
    if (entry)
        *entry = (AttributeCacheEntry){name.bits | use, word};
}

void cache_operator_fill(Thread *t, uint32_t op, uint32_t version, uint32_t index)
{
    Value key = cache_operator_key(op);
    AttributeCacheEntry *entry = version ? shared_entry(t, key, version, USE_OPERATOR) : NULL;
    if (entry)
        *entry = (AttributeCacheEntry){key.bits | USE_OPERATOR, cache_word(CACHE_METHOD, version, index, false)};
}

/* The word of a site for an object of this type: its own, or else what the interpreter's table has. */
static NOINLINE uint64_t other_word(Thread *t, _Atomic uint64_t *cache, const Type *type, Value name, CacheUse use)
{
    uint64_t common = cache_common(t, cache, type, name, use);
    return common != CACHE_EMPTY ? common : cache_load(cache);
}
static ALWAYS_INLINE uint64_t word_for(Thread *t, _Atomic uint64_t *cache, const Type *type, Value name, CacheUse use)
{
    uint64_t w = cache_load(cache);
    if (LIKELY(cache_version(w) == atomic_load_explicit(&type->version, memory_order_acquire)) ||
        cache_kind(w) == CACHE_TYPE || cache_kind(w) == CACHE_MODULE)
        return w;
    return other_word(t, cache, type, name, use);
}

/* May instances hide an attribute of the class: 0 never, 1 only those with a dict, -1 any time. */
static int hidden_by(const Object *o, Value name)
{
    const Type *type = o->type;
    if (type->flags & TYPE_INLINE_VALUES)
        return o->aux == INSTANCE_HAS_DICT || shared_keys_find(type->keys, name) >= 0 ? -1 : 1;
    return type->dict_offset ? -1 : 0;
}

/* With the lock on: a dict can be in a slot of the instance, and is not yet. */
static bool has_no_dict(const Thread *t, Object *o)
{
    const Value *slot = t->free_threaded || o->type->flags & TYPE_INLINE_VALUES ? NULL : type_dict_slot(o);
    return slot && value_is_empty(*slot);
}

/* A function that runs by pushing a frame, with one argument. */
static bool is_simple_getter(Value v)
{
    return object_is_exact(v, KIND_FUNCTION) && code_simple(code_of(function_of(v)->code)) == 1;
}
static bool is_method_wrap(Value v)
{
    return (object_is_exact(v, KIND_STATICMETHOD) || object_is_exact(v, KIND_CLASSMETHOD)) &&
           !value_is_empty(((MethodWrap *)value_object(v))->callable);
}
/* A descriptor of a built-in type that objects of the class, too, may be asked through. */
static bool is_getter_of(Value v, const Type *type)
{
    if (!object_is_exact(v, KIND_GETSET_DESCRIPTOR))
        return false;
    const GetSetDescriptor *d = (const GetSetDescriptor *)value_object(v);
    return d->def->get && type_is_subtype(type, d->owner);
}

/* Where the class keeps an attribute that it has, and who may hide it. */
static void store_class(Thread *t, _Atomic uint64_t *cache, const Object *o, Value name, Value found, uint32_t version,
                        uint32_t index, CacheUse use)
{
    const Slots *slots = &type_of(t, found)->slots;
    bool data = slots->descr_get && slots->descr_set;
    int hidden = data ? 0 : hidden_by(o, name);
    if (object_is_exact(found, KIND_PROPERTY)) { /* is_simple_getter asks for its code */
        Value get = ((Property *)value_object(found))->get;
        if (object_is_exact(get, KIND_FUNCTION) && code_complete(t, code_of(function_of(get)->code)) < 0)
            error_clear(t);
    }
    if (hidden >= 0) {
        CacheKind kind = is_getter_of(found, o->type) ? CACHE_GETSET
                         : data                       ? CACHE_DATA
                         : hidden                     ? CACHE_CLASS_INLINE
                                                      : CACHE_CLASS;
        store_for_type(t, cache, kind, version, index, name, use);
    }
}

/* The dict of an instance, borrowed, if it has an exact one; with the lock on. */
static Dict *exact_dict_of(Object *o)
{
    Value *slot = type_dict_slot(o);
    return slot && dict_check_exact(*slot) ? dict_of(*slot) : NULL;
}

/* Where an instance's own dict has the value of a name, if it lies where others of the class had it; or NULL. */
static Value *place_in_dict(const Dict *dict, uint32_t slot, Value name)
{
    const DictTable *table = dict->table;
    if (table->width != 2 || dict_slot_index(slot) >= table->used)
        return NULL;
    Value *place = dict_table_slot(dict, slot);
    return value_is(place[-1], name) && !value_is_empty(*place) ? place : NULL;
}

/* Remembers where an attribute is in the instance's own dict: instances that were filled in the same way have it in the same place. */
static bool store_dict_slot(Thread *t, _Atomic uint64_t *cache, Object *o, Value name, uint32_t version, CacheUse use)
{
    Dict *dict = t->free_threaded ? NULL : exact_dict_of(o);
    int64_t at = dict && dict->table->width == 2 ? dict_index(t, dict, name) : -1;
    if (at < 0 || at >= UINT16_MAX)
        return false;
    store_for_type(t, cache, CACHE_INSTANCE_DICT, version, dict_index_slot(at), name, use);
    return true;
}

/* Remembers the place of an inline value or of a __slots__ member; `found`: what the class has of that name. Was it one? */
static bool store_field(Thread *t, _Atomic uint64_t *cache, Object *o, Value name, Value found, uint32_t version,
                        CacheUse use)
{
    Type *type = o->type;
    if (value_is_empty(found) || !is_data_descriptor(t, found)) {
        int key =
            (type->flags & TYPE_INLINE_VALUES) && o->aux != INSTANCE_HAS_DICT ? shared_keys_find(type->keys, name) : -1;
        if (key < 0)
            return use != USE_METHOD && store_dict_slot(t, cache, o, name, version, use);
        if (value_is_empty(slot_peek(&instance_values(o)[key])))
            return false;
        store_for_type(t, cache, CACHE_INLINE_VALUE, version, type->values_offset + (size_t)key * sizeof(Value), name,
                       use);
        return true;
    }
    if (object_is_native(found, &tuple_getter_spec) && object_is(value_of(o), KIND_TUPLE)) {
        int64_t index = ((TupleGetter *)value_object(found))->index;
        if (index >= 0)
            store_for_type(t, cache, CACHE_TUPLE_ITEM, version, (uint64_t)index, name, use);
        return true;
    }
    int64_t offset = slot_offset(found);
    if (offset > 0)
        store_for_type(t, cache, CACHE_SLOT, version, (uint64_t)offset, name, use);
    return offset > 0;
}

/* Remembers an attribute of a class read from itself.  The class loses its version when its metaclass changes, too. */
static void store_own(Thread *t, _Atomic uint64_t *cache, Object *o, Value name, CacheUse use)
{
    Type *type = (Type *)o;
    uint32_t before = atomic_load_explicit(&type->version, memory_order_acquire), version, index;
    Value found = type_lookup_cached(t, o->type, name, &version, &index);
    if (!value_is_empty(found) && is_data_descriptor(t, found)) {
        if (type_of(t, found)->slots.descr_get)
            store_for_type(t, cache, is_getter_of(found, o->type) ? CACHE_GETSET : CACHE_DATA, version, index, name,
                           use);
    } else {
        ref_dec(t, found);
        found = type_lookup_cached(t, type, name, &version, &index);
        if (!value_is_empty(found) && version == before)
            store(t, cache, CACHE_TYPE, version, index);
    }
    ref_dec(t, found);
}

/* Remembers an attribute of a module read from itself. */
static void store_global(Thread *t, _Atomic uint64_t *cache, Object *o, Value name)
{
    Value hidden = type_lookup(t, o->type, name), dict = ((Module *)o)->dict;
    bool data = !value_is_empty(hidden) && is_data_descriptor(t, hidden);
    ref_dec(t, hidden);
    if (data || !dict_check_exact(dict))
        return;
    uint32_t version = dict_keys_version(t, dict_of(dict));
    int64_t at = dict_index(t, dict_of(dict), name);
    if (at >= 0 && dict_of(dict)->table->width == 2)
        store(t, cache, CACHE_MODULE, version, dict_index_slot(at));
}

static bool is_class_with_own_attributes(Object *o)
{
    return type_check(value_of(o)) && o->type->slots.getattr == type_getattr;
}

void cache_fill_attribute(Thread *t, _Atomic uint64_t *cache, Object *o, Value name)
{
    Type *type = o->type;
    if (type->slots.getattr == object_generic_getattr) {
        uint32_t version, index;
        Value found = type_lookup_cached(t, type, name, &version, &index);
        if (version && !store_field(t, cache, o, name, found, version, USE_LOAD) && !value_is_empty(found))
            store_class(t, cache, o, name, found, version, index, USE_LOAD);
        ref_dec(t, found);
    } else if (is_class_with_own_attributes(o)) {
        store_own(t, cache, o, name, USE_LOAD);
    } else if (o->kind == KIND_MODULE) {
        store_global(t, cache, o, name);
    }
}

Value cache_load_attribute(Thread *t, _Atomic uint64_t *cache, Value object, Value name)
{
    if (value_is_object(object))
        cache_fill_attribute(t, cache, value_object(object), name);
    return object_getattr(t, object, name);
}

bool cache_store_known(Thread *t, _Atomic uint64_t *cache, Value object, Value name, Value value)
{
    if (!value_is_object(object))
        return false;
    Object *o = value_object(object);
    uint64_t w = word_for(t, cache, o->type, name, USE_STORE);
    uint32_t kind = cache_kind(w), version = atomic_load_explicit(&o->type->version, memory_order_relaxed);
    if (kind == CACHE_INSTANCE_DICT && LIKELY(!t->free_threaded) && cache_version(w) == version) {
        const Dict *dict = exact_dict_of(o);
        Value *place = dict ? place_in_dict(dict, cache_slot(w), name) : NULL;
        if (place)
            ref_replace_take(t, place, ref_inc(t, value));
        return place != NULL;
    }
    if ((kind != CACHE_SLOT && kind != CACHE_INLINE_VALUE) || cache_version(w) != version)
        return false;
    Value *slot = (Value *)((char *)o + cache_slot(w));
    objlock_enter(t, o);
    Value old = *slot;
    /* An empty one may only be the next in order.  (The class of o cannot change meanwhile: for that the world stops.) */
    bool next = kind == CACHE_INLINE_VALUE && value_is_empty(old), fits = !next || slot == instance_values(o) + o->aux;
    if (fits) {
        slot_put(t, slot, ref_inc(t, value));
        if (next)
            __atomic_store_n(&o->aux, (uint16_t)(o->aux + 1), __ATOMIC_RELEASE);
    }
    objlock_exit(t, o);
    if (fits)
        ref_dec(t, old);
    return fits;
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
        if (version)
            store_field(t, cache, o, name, found, version, USE_STORE);
        ref_dec(t, found);
    }
    return 0;
}

/* The slot of a word for a method at an entry of the type's table; without room for the mark in it the word is refused. */
static uint64_t method_slot(Value method, uint32_t index)
{
    if (index >= CACHE_LENDS)
        return UINT32_MAX;
    bool lends = object_is_exact(method, KIND_METHOD_DESCRIPTOR) &&
                 !(((const Native *)value_object(method))->owner->flags & TYPE_HEAP);
    return index | (lends ? CACHE_LENDS : 0);
}

int cache_load_method(Thread *t, _Atomic uint64_t *cache, Value object, Value name, Value pair[2])
{
    Type *type = type_of(t, object);
    pair[1] = VALUE_EMPTY;
    if (type->slots.getattr == object_generic_getattr) {
        uint32_t version, index;
        Value found = type_lookup_cached(t, type, name, &version, &index);
        int hidden = value_is_object(object) ? hidden_by(value_object(object), name) : 0;
        if (!value_is_empty(found) && (type_of(t, found)->flags & TYPE_METHOD_LIKE)) {
            Value own = VALUE_EMPTY;
            if (hidden >= 0) {
                store_for_type(t, cache, hidden ? CACHE_METHOD_INLINE : CACHE_METHOD, version,
                               method_slot(found, index), name, USE_METHOD);
            } else {
                int status = instance_get(t, value_object(object), name, &own);
                if (status != 0) {
                    ref_dec(t, found);
                    pair[0] = own;
                    if (status > 0 && version)
                        store_field(t, cache, value_object(object), name, VALUE_EMPTY, version, USE_METHOD);
                    return status < 0 ? -1 : 0;
                }
                if (has_no_dict(t, value_object(object)))
                    store_for_type(t, cache, CACHE_METHOD_NO_DICT, version, method_slot(found, index), name,
                                   USE_METHOD);
            }
            pair[0] = found;
            pair[1] = ref_inc(t, object);
            return 0;
        }
        if (value_is_object(object) && version &&
            !store_field(t, cache, value_object(object), name, found, version, USE_METHOD) && !value_is_empty(found))
            store_class(t, cache, value_object(object), name, found, version, index, USE_METHOD);
        ref_dec(t, found);
    } else if (value_is_object(object) && is_class_with_own_attributes(value_object(object))) {
        store_own(t, cache, value_object(object), name, USE_METHOD);
    } else if (object_is_exact(object, KIND_MODULE)) {
        store_global(t, cache, value_object(object), name);
    }
    pair[0] = object_getattr(t, object, name);
    return value_is_empty(pair[0]) ? -1 : 0;
}

/* ---- what filled caches answer, but for the commonest: ops/attributes.inc has that ---- */

/* The entry of a type's table, owned, if it still is what `version` stands for. */
static NOINLINE bool load_entry_shared(Thread *t, const Type *type, uint32_t version, uint32_t index, Value *result)
{
    const TypeCache *table = __atomic_load_n(&type->cache, __ATOMIC_ACQUIRE);
    if (!table || index > table->mask || !slot_load(t, &table->entries[index].value, result))
        return false; /* replaced meanwhile */
    if (LIKELY(!value_is_empty(*result) && atomic_load_explicit(&type->version, memory_order_acquire) == version))
        return true;
    ref_dec(t, *result);
    return false;
}
static ALWAYS_INLINE bool load_entry(Thread *t, const Type *type, uint32_t version, uint32_t index, Value *result)
{
    if (atomic_load_explicit(&type->version, memory_order_acquire) != version)
        return false;
    if (UNLIKELY(t->free_threaded))
        return load_entry_shared(t, type, version, index, result);
    *result = ref_inc(t, cache_peek_entry(type, index));
    return true;
}

Value cache_load_at_once(Thread *t, uint64_t w, Object *o, Value name, Value *ask)
{
    const Type *type = o->type;
    uint32_t kind = cache_kind(w), version = cache_version(w), slot = cache_slot(w);
    Value found;
    if (UNLIKELY(t->free_threaded))
        return VALUE_EMPTY;
    if (version != atomic_load_explicit(&type->version, memory_order_relaxed)) { /* it may be the object's own */
        if (kind == CACHE_MODULE && o->kind == KIND_MODULE) {
            const Dict *dict = dict_of(((Module *)o)->dict);
            if (atomic_load_explicit(&dict->keys_version, memory_order_relaxed) == version)
                return ref_inc(t, *dict_table_slot(dict, slot));
        } else if (kind == CACHE_TYPE && type_check(value_of(o)) &&
                   atomic_load_explicit(&((Type *)o)->version, memory_order_relaxed) == version) {
            found = cache_peek_entry((Type *)o, slot);
            if (object_is_exact(found, KIND_FUNCTION) || !type_of(t, found)->slots.descr_get)
                return ref_inc(t, found);
        }
        return VALUE_EMPTY;
    }
    switch (kind) {
    case CACHE_INLINE_VALUE:
    case CACHE_SLOT: return ref_inc(t, *(Value *)((char *)o + slot));
    case CACHE_TUPLE_ITEM:
        return slot < tuple_length(value_of(o)) ? ref_inc(t, tuple_peek(value_of(o), slot)) : VALUE_EMPTY;
    case CACHE_INSTANCE_DICT: {
        Value dict = type->dict_offset > 0 ? *(Value *)((char *)o + type->dict_offset) : VALUE_EMPTY;
        const Value *place = dict_check_exact(dict) ? place_in_dict(dict_of(dict), slot, name) : NULL;
        return place ? ref_inc(t, *place) : VALUE_EMPTY;
    }
    case CACHE_CLASS_INLINE:
        if (o->aux == INSTANCE_HAS_DICT)
            return VALUE_EMPTY;
        __attribute__((fallthrough));
    case CACHE_CLASS:
        found = cache_peek_entry(type, slot);
        if (!type_of(t, found)->slots.descr_get)
            return ref_inc(t, found);
        break;
    case CACHE_GETSET:
        return ((const GetSetDescriptor *)value_object(cache_peek_entry(type, slot)))->def->get(t, value_of(o));
    case CACHE_DATA:
        found = cache_peek_entry(type, slot);
        if (object_is_exact(found, KIND_PROPERTY)) {
            Value get = ((Property *)value_object(found))->get;
            if (ask && is_simple_getter(get))
                *ask = ref_inc(t, get);
            return VALUE_EMPTY;
        }
        if (!is_data_descriptor(t, found))
            return VALUE_EMPTY;
        break;
    default: return VALUE_EMPTY;
    }
    if (ask && type_of(t, found)->slots.descr_get == slot_python_descr_get)
        *ask = ref_inc(t, found);
    return VALUE_EMPTY;
}

/* The pair for LOAD_METHOD of a method that the class has, which is taken, for an object of it (empty: for the class itself); or false. */
static bool bind_method_take(Thread *t, Value found, Value object, const Type *class, Value pair[2])
{
    if (is_method_wrap(found)) {
        pair[0] = ref_inc(t, ((MethodWrap *)value_object(found))->callable);
        pair[1] = object_is_exact(found, KIND_CLASSMETHOD) ? ref_inc(t, value_of(class)) : VALUE_EMPTY;
        ref_dec(t, found);
        return true;
    }
    if (!(type_of(t, found)->flags & TYPE_METHOD_LIKE))
        return false;
    pair[0] = found;
    pair[1] = ref_inc(t, object);
    return true;
}

static COLD CacheAnswer failed(Thread *t, Value object, Value name)
{
    error_attribute_context(t, object, name);
    return CACHE_FAILED;
}

/* What anything that the class has, taken, comes to; the pair only for USE_METHOD. */
static CacheAnswer bind_take(Thread *t, Value found, Value object, Type *class, Value name, CacheUse use, Value pair[2])
{
    if (use == USE_METHOD && bind_method_take(t, found, object, class, pair))
        return CACHE_FOUND;
    Value (*get)(Thread *, Value, Value, Value) = type_of(t, found)->slots.descr_get;
    pair[0] = found;
    pair[1] = VALUE_EMPTY;
    if (!get)
        return CACHE_FOUND;
    if (use == USE_LOAD && !value_is_empty(object)) {
        if (get == slot_python_descr_get)
            return CACHE_GET;
        if (object_is_exact(found, KIND_PROPERTY) && slot_load(t, &((Property *)value_object(found))->get, &pair[0])) {
            if (is_simple_getter(pair[0])) {
                ref_dec(t, found);
                return CACHE_CALL;
            }
            ref_dec(t, pair[0]);
        }
    }
    pair[0] = get(t, found, object, value_of(class));
    ref_dec(t, found);
    if (LIKELY(!value_is_empty(pair[0])))
        return CACHE_FOUND;
    return failed(t, value_is_empty(object) ? value_of(class) : object, name);
}

/* A value of an object, borrowed from where `place` says: FOUND, if there is one. */
static ALWAYS_INLINE CacheAnswer load_field(Thread *t, const Value *place, Value *result)
{
    return slot_load(t, place, result) && LIKELY(!value_is_empty(*result)) ? CACHE_FOUND : CACHE_MISS;
}

/* What the word says of the object; the pair only for USE_METHOD. */
static ALWAYS_INLINE CacheAnswer load_known(Thread *t, uint64_t w, Value object, Value name, CacheUse use,
                                            Value pair[2])
{
    Type *type = type_of(t, object);
    Object *o = value_is_object(object) ? value_object(object) : NULL;
    uint32_t kind = cache_kind(w), version = cache_version(w), slot = cache_slot(w);
    Value found;
    pair[1] = VALUE_EMPTY;
    if (kind == CACHE_MODULE) {
        if (!o || o->kind != KIND_MODULE)
            return CACHE_MISS;
        Dict *dict = dict_of(((Module *)o)->dict);
        if (atomic_load_explicit(&dict->keys_version, memory_order_acquire) != version)
            return CACHE_MISS;
        if (UNLIKELY(t->free_threaded))
            return dict_get_cached_shared(t, dict, version, dict_slot_index(slot), &pair[0]) ? CACHE_FOUND : CACHE_MISS;
        pair[0] = ref_inc(t, *dict_table_slot(dict, slot));
        return CACHE_FOUND;
    }
    if (kind == CACHE_TYPE) {
        if (!o || !type_check(object) || !load_entry(t, (Type *)o, version, slot, &found))
            return CACHE_MISS;
        return bind_take(t, found, VALUE_EMPTY, (Type *)o, name, use, pair);
    }
    if (atomic_load_explicit(&type->version, memory_order_acquire) != version)
        return CACHE_MISS;
    switch (kind) {
    case CACHE_SLOT:
    case CACHE_INLINE_VALUE:
        assert(o); /* only objects have places for values */
        return load_field(t, (Value *)((char *)o + slot), &pair[0]);
    case CACHE_TUPLE_ITEM:
        if (slot >= tuple_length(object))
            return CACHE_MISS;
        pair[0] = ref_inc(t, tuple_peek(object, slot));
        return CACHE_FOUND;
    case CACHE_INSTANCE_DICT: {
        const Dict *dict = UNLIKELY(t->free_threaded) ? NULL : exact_dict_of(o);
        const Value *place = dict ? place_in_dict(dict, slot, name) : NULL;
        pair[0] = place ? ref_inc(t, *place) : VALUE_EMPTY;
        return place ? CACHE_FOUND : CACHE_MISS;
    }
    case CACHE_GETSET:
        if (!load_entry(t, type, version, slot, &found))
            return CACHE_MISS;
        pair[0] = ((const GetSetDescriptor *)value_object(found))->def->get(t, object);
        ref_dec(t, found);
        return LIKELY(!value_is_empty(pair[0])) ? CACHE_FOUND : failed(t, object, name);
    case CACHE_METHOD_NO_DICT:
        if (!o || !has_no_dict(t, o))
            return CACHE_MISS;
        break;
    case CACHE_METHOD_INLINE:
    case CACHE_CLASS_INLINE:
        if (!o || o->aux == INSTANCE_HAS_DICT)
            return CACHE_MISS;
        break;
    case CACHE_METHOD:
    case CACHE_CLASS:
    case CACHE_DATA: break;
    default: return CACHE_MISS;
    }
    if (!load_entry(t, type, version, cache_method_entry(w), &found))
        return CACHE_MISS;
    if (kind == CACHE_DATA && UNLIKELY(!is_data_descriptor(t, found))) {
        ref_dec(t, found);
        return CACHE_MISS;
    }
    return bind_take(t, found, object, type, name, use, pair);
}

CacheAnswer cache_method_other(Thread *t, _Atomic uint64_t *cache, Value object, Value name, Value pair[2])
{
    return load_known(t, word_for(t, cache, type_of(t, object), name, USE_METHOD), object, name, USE_METHOD, pair);
}

CacheAnswer cache_attribute_other(Thread *t, _Atomic uint64_t *cache, Object *o, Value name, Value *result)
{
    Value pair[2];
    CacheAnswer answer = load_known(t, word_for(t, cache, o->type, name, USE_LOAD), value_of(o), name, USE_LOAD, pair);
    *result = pair[0];
    return answer;
}

/* ---- calls of types ---- */

bool cache_construct_fill(Thread *t, Type *type, Function **construct)
{
    uint32_t version, index;
    bool plain = type->slots.create == type_create_plain && !(type->flags & TYPE_ABSTRACT) && !type->item_size;
    bool python = type->slots.init == slot_python_init;
    *construct = NULL;
    if (type->head.kind != KIND_TYPE || !(plain ? python || type->slots.init == t->types[KIND_OBJECT]->slots.init
                                                : python && type->slots.create == exception_create))
        return false;
    Value init = type_lookup_cached(t, type, ID(t, __init__), &version, &index);
    bool fits = version && (!python || object_is_exact(init, KIND_FUNCTION));
    if (fits && !t->free_threaded) {
        type->construct = python ? value_object(init) : NULL;
        type->construct_version = version;
    }
    if (fits && python)
        *construct = function_of(init);
    else
        ref_dec(t, init);
    return fits;
}

/* ---- super ---- */

void cache_super_fill(Thread *t, _Atomic uint64_t *cache, Value class, Value object, Value name)
{
    uint32_t place, version, index;
    Type *type = type_of(t, object), *next = object_is_exact(object, KIND_TYPE) || type_check(object)
                                                 ? NULL
                                                 : super_next(type, (Type *)value_object(class), &place);
    if (!next || !atomic_load_explicit(&type->version, memory_order_relaxed))
        return;
    Value found = type_lookup_cached(t, next, name, &version, &index);
    if (!value_is_empty(found) && version && (is_method_wrap(found) || (type_of(t, found)->flags & TYPE_METHOD_LIKE))) {
        store(t, cache + 1, CACHE_SUPER, version, index);
        store(t, cache, CACHE_SUPER, atomic_load_explicit(&type->version, memory_order_relaxed), place);
    }
    ref_dec(t, found);
}

bool cache_super(Thread *t, const _Atomic uint64_t *cache, Value class, Value object, Value pair[2])
{
    uint64_t w = cache_load(cache), behind = cache_load(cache + 1);
    if (UNLIKELY(t->free_threaded) || cache_kind(w) != CACHE_SUPER || !value_is_object(object))
        return false;
    Type *type = value_object(object)->type;
    if (atomic_load_explicit(&type->version, memory_order_relaxed) != cache_version(w))
        return false;
    const Value *mro = tuple_of(type->mro)->items + cache_slot(w);
    if (!value_is(mro[0], class))
        return false;
    Value found;
    if (!load_entry(t, (Type *)value_object(mro[1]), cache_version(behind), cache_slot(behind), &found))
        return false;
    if (LIKELY(bind_method_take(t, found, object, type, pair)))
        return true;
    ref_dec(t, found);
    return false;
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
        return error_name(t, name, "name '%U' is not defined", name);
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
            if (index >= 0 && g->table->width == 2)
                store(t, cache, CACHE_GLOBAL, version, dict_index_slot(index));
            return result;
        }
        uint32_t builtin_version = dict_keys_version(t, b);
        index = dict_index(t, b, name);
        found = dict_get_optional(t, builtins, name, &result);
        if (found < 0)
            return VALUE_EMPTY;
        if (found) {
            if (index >= 0 && index < (1 << 22) && b->table->width == 2 && version && builtin_version) {
                store(t, cache + 1, CACHE_GLOBAL, builtin_version, dict_index_slot(index));
                store(t, cache, CACHE_BUILTIN, version, 0);
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
    return error_name(t, name, "name '%U' is not defined", name);
}

bool cache_global_shared(Thread *t, const _Atomic uint64_t *cache, Dict *globals, Value builtins, Value *result)
{
    uint64_t w = cache_load(cache);
    if (atomic_load_explicit(&globals->keys_version, memory_order_acquire) != cache_version(w))
        return false;
    if (cache_kind(w) == CACHE_GLOBAL)
        return dict_get_cached_shared(t, globals, cache_version(w), dict_slot_index(cache_slot(w)), result);
    if (cache_kind(w) != CACHE_BUILTIN)
        return false;
    uint64_t w2 = cache_load(cache + 1);
    return atomic_load_explicit(&dict_of(builtins)->keys_version, memory_order_acquire) == cache_version(w2) &&
           dict_get_cached_shared(t, dict_of(builtins), cache_version(w2), dict_slot_index(cache_slot(w2)), result);
}
