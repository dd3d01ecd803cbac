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
    if (slot < (1 << 24) && word != 0 &&
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
static uint64_t word_for(Thread *t, _Atomic uint64_t *cache, const Type *type, Value name, CacheUse use)
{
    uint64_t w = cache_load(cache);
    if (cache_version(w) == atomic_load_explicit(&type->version, memory_order_acquire) || cache_kind(w) == CACHE_TYPE ||
        cache_kind(w) == CACHE_MODULE)
        return w;
    uint64_t common = cache_common(t, cache, type, name, use);
    return common ? common : w;
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

/* A property whose getter runs by pushing a frame. */
static bool is_simple_property(Thread *t, Value v)
{
    if (!object_is_exact(v, KIND_PROPERTY))
        return false;
    Value get = ((Property *)value_object(v))->get;
    if (!object_is_exact(get, KIND_FUNCTION))
        return false;
    Code *code = code_of(function_of(get)->code);
    if (code_complete(t, code) < 0)
        error_clear(t);
    return code_simple(code) == 1;
}
static bool is_method_wrap(Value v)
{
    return (object_is_exact(v, KIND_STATICMETHOD) || object_is_exact(v, KIND_CLASSMETHOD)) &&
           !value_is_empty(((MethodWrap *)value_object(v))->callable);
}
static bool is_plain(Thread *t, Value v) { return !type_of(t, v)->slots.descr_get && !type_of(t, v)->slots.descr_set; }

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

/* Remembers an attribute of a type or of a module read from itself. */
static void store_own(Thread *t, _Atomic uint64_t *cache, Object *o, Value name)
{
    Value meta = type_lookup(t, o->type, name), found = VALUE_EMPTY;
    uint32_t version, index;
    if (!value_is_empty(meta) && is_data_descriptor(t, meta)) {
        ref_dec(t, meta);
        return;
    }
    ref_dec(t, meta);
    if (o->kind == KIND_TYPE) {
        found = type_lookup_cached(t, (Type *)o, name, &version, &index);
        if (!value_is_empty(found) &&
            (is_plain(t, found) || object_is_exact(found, KIND_FUNCTION) || is_method_wrap(found)))
            store(t, cache, CACHE_TYPE, version, index);
        ref_dec(t, found);
    } else {
        Value dict = ((Module *)o)->dict;
        if (!dict_check_exact(dict))
            return;
        version = dict_keys_version(t, dict_of(dict));
        int64_t at = dict_index(t, dict_of(dict), name);
        if (at >= 0 && dict_of(dict)->table->width == 2)
            store(t, cache, CACHE_MODULE, version, dict_index_slot(at));
    }
}

void cache_fill_attribute(Thread *t, _Atomic uint64_t *cache, Object *o, Value name)
{
    Type *type = o->type;
    if (type->slots.getattr == object_generic_getattr) {
        uint32_t version, index;
        Value found = type_lookup_cached(t, type, name, &version, &index);
        if (version && !store_field(t, cache, o, name, found, version, USE_LOAD) && !value_is_empty(found)) {
            bool property = is_simple_property(t, found);
            int hidden = property ? 0 : hidden_by(o, name);
            if (hidden >= 0 &&
                (property || is_method_wrap(found) || is_plain(t, found) || object_is_exact(found, KIND_FUNCTION)))
                store_for_type(t, cache, hidden ? CACHE_CLASS_INLINE : CACHE_CLASS, version, index, name, USE_LOAD);
        }
        ref_dec(t, found);
    } else if (o->kind == KIND_TYPE || o->kind == KIND_MODULE) {
        store_own(t, cache, o, name);
    }
}

Value cache_load_attribute(Thread *t, _Atomic uint64_t *cache, Value object, Value name)
{
    if (value_is_object(object))
        cache_fill_attribute(t, cache, value_object(object), name);
    return object_getattr(t, object, name);
}

/* Stores into a field that the word stands for, if it does and nothing else is to be thought of. */
static bool store_known(Thread *t, uint64_t w, Object *o, Value name, Value value)
{
    uint32_t kind = cache_kind(w);
    if (kind == CACHE_INSTANCE_DICT && LIKELY(!t->free_threaded) && cache_version(w) == o->type->version) {
        const Dict *dict = exact_dict_of(o);
        Value *place = dict ? place_in_dict(dict, cache_slot(w), name) : NULL;
        if (place)
            ref_replace_take(t, place, ref_inc(t, value));
        return place != NULL;
    }
    if ((kind != CACHE_SLOT && kind != CACHE_INLINE_VALUE) ||
        cache_version(w) != atomic_load_explicit(&o->type->version, memory_order_relaxed))
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
    if (value_is_object(object)) {
        Object *o = value_object(object);
        if (store_known(t, word_for(t, cache, o->type, name, USE_STORE), o, name, value))
            return 0;
    }
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
            !store_field(t, cache, value_object(object), name, found, version, USE_METHOD) && !value_is_empty(found) &&
            hidden >= 0 && (is_method_wrap(found) || is_plain(t, found)))
            store_for_type(t, cache, hidden ? CACHE_CLASS_INLINE : CACHE_CLASS, version, index, name, USE_METHOD);
        ref_dec(t, found);
    } else if (value_is_object(object) &&
               (value_object(object)->kind == KIND_TYPE || value_object(object)->kind == KIND_MODULE)) {
        store_own(t, cache, value_object(object), name);
    }
    pair[0] = object_getattr(t, object, name);
    return value_is_empty(pair[0]) ? -1 : 0;
}

/* ---- what filled caches answer, but for the commonest: ops/attributes.inc has that ---- */

/* The entry of a type's table, owned, if it still is what `version` stands for. */
static bool load_entry(Thread *t, const Type *type, uint32_t version, uint32_t index, Value *result)
{
    if (atomic_load_explicit(&type->version, memory_order_acquire) != version)
        return false;
    const TypeCache *table = __atomic_load_n(&type->cache, __ATOMIC_ACQUIRE);
    if (!table || index > table->mask || !slot_load(t, &table->entries[index].value, result))
        return false; /* replaced meanwhile */
    if (LIKELY(!value_is_empty(*result) && atomic_load_explicit(&type->version, memory_order_acquire) == version))
        return true;
    ref_dec(t, *result);
    return false;
}

Value cache_peek_other(const Thread *t, uint64_t w, Object *o, Value name, Function **getter)
{
    const Type *type = o->type;
    uint32_t kind = cache_kind(w), slot = cache_slot(w);
    if (UNLIKELY(t->free_threaded))
        return VALUE_EMPTY;
    if (kind == CACHE_MODULE) {
        Dict *dict = o->kind == KIND_MODULE ? dict_of(((Module *)o)->dict) : NULL;
        return dict && atomic_load_explicit(&dict->keys_version, memory_order_relaxed) == cache_version(w)
                   ? *dict_table_slot(dict, slot)
                   : VALUE_EMPTY;
    }
    if (cache_version(w) != type->version)
        return VALUE_EMPTY;
    if (kind == CACHE_INLINE_VALUE || kind == CACHE_SLOT)
        return *(Value *)((char *)o + slot);
    if (kind == CACHE_TUPLE_ITEM)
        return slot < tuple_length(value_of(o)) ? tuple_peek(value_of(o), slot) : VALUE_EMPTY;
    if (kind == CACHE_INSTANCE_DICT) {
        Value dict = type->dict_offset > 0 ? *(Value *)((char *)o + type->dict_offset) : VALUE_EMPTY;
        const Value *place = dict_check_exact(dict) ? place_in_dict(dict_of(dict), slot, name) : NULL;
        return place ? *place : VALUE_EMPTY;
    }
    if (kind == CACHE_CLASS || (kind == CACHE_CLASS_INLINE && o->aux != INSTANCE_HAS_DICT)) {
        Value found = cache_peek_entry(type, slot);
        if (!value_is_object(found) || !value_object(found)->type->slots.descr_get)
            return found;
        Value get =
            getter && object_is_exact(found, KIND_PROPERTY) ? ((Property *)value_object(found))->get : VALUE_EMPTY;
        if (object_is_exact(get, KIND_FUNCTION) && code_simple(code_of(function_of(get)->code)) == 1)
            *getter = function_of(get);
    }
    return VALUE_EMPTY;
}

/* A field, or an attribute of the object itself, owned. */
static bool load_own(Thread *t, uint64_t w, Object *o, Value name, Value *result)
{
    uint32_t version = cache_version(w), slot = cache_slot(w);
    switch (cache_kind(w)) {
    case CACHE_SLOT:
    case CACHE_INLINE_VALUE:
        return atomic_load_explicit(&o->type->version, memory_order_acquire) == version &&
               slot_load(t, (Value *)((char *)o + slot), result) && !value_is_empty(*result);
    case CACHE_TUPLE_ITEM:
        if (atomic_load_explicit(&o->type->version, memory_order_acquire) != version ||
            slot >= tuple_length(value_of(o)))
            return false;
        *result = ref_inc(t, tuple_peek(value_of(o), slot));
        return true;
    case CACHE_INSTANCE_DICT: {
        if (t->free_threaded || o->type->version != version)
            return false;
        const Dict *dict = exact_dict_of(o);
        const Value *place = dict ? place_in_dict(dict, slot, name) : NULL;
        *result = place ? ref_inc(t, *place) : VALUE_EMPTY;
        return place != NULL;
    }
    case CACHE_MODULE: {
        if (o->kind != KIND_MODULE)
            return false;
        Dict *dict = dict_of(((Module *)o)->dict);
        if (atomic_load_explicit(&dict->keys_version, memory_order_acquire) != version)
            return false;
        if (UNLIKELY(t->free_threaded))
            return dict_get_cached_shared(t, dict, version, dict_slot_index(slot), result);
        *result = ref_inc(t, *dict_table_slot(dict, slot));
        return true;
    }
    default: return false;
    }
}

/* An attribute of the class: the pair as for LOAD_METHOD, from what the table holds. */
static void bind_class_take(Thread *t, Value found, Value object, Value class, Value pair[2])
{
    pair[0] = found;
    pair[1] = VALUE_EMPTY;
    if (!value_is_object(found))
        return;
    if (is_method_wrap(found)) {
        pair[0] = ref_inc(t, ((MethodWrap *)value_object(found))->callable);
        if (object_is_exact(found, KIND_CLASSMETHOD))
            pair[1] = ref_inc(t, class);
        ref_dec(t, found);
    } else if (!value_is_empty(object) && (value_object(found)->type->flags & TYPE_METHOD_LIKE)) {
        pair[1] = ref_inc(t, object);
    }
}

/* The pair for anything that a cache knows. */
static CacheAnswer load_pair(Thread *t, uint64_t w, Value object, Value name, Value pair[2])
{
    Value found;
    uint32_t kind = cache_kind(w);
    if (kind >= CACHE_METHOD && kind <= CACHE_METHOD_NO_DICT) {
        Type *type = type_of(t, object);
        bool needs_inline = kind == CACHE_METHOD_INLINE || kind == CACHE_CLASS_INLINE;
        if ((needs_inline && (!value_is_object(object) || value_object(object)->aux == INSTANCE_HAS_DICT)) ||
            (kind == CACHE_METHOD_NO_DICT && (!value_is_object(object) || !has_no_dict(t, value_object(object)))) ||
            !load_entry(t, type, cache_version(w), cache_method_entry(w), &found))
            return CACHE_MISS;
        if (object_is_exact(found, KIND_PROPERTY)) {
            bool got = slot_load(t, &((Property *)value_object(found))->get, &pair[0]);
            ref_dec(t, found);
            return got ? CACHE_CALL : CACHE_MISS;
        }
        bind_class_take(t, found, object, value_of(type), pair);
        return CACHE_FOUND;
    }
    if (!value_is_object(object))
        return CACHE_MISS;
    Object *o = value_object(object);
    if (kind == CACHE_TYPE) {
        if (o->kind != KIND_TYPE || !load_entry(t, (Type *)o, cache_version(w), cache_slot(w), &found))
            return CACHE_MISS;
        bind_class_take(t, found, VALUE_EMPTY, object, pair);
        return CACHE_FOUND;
    }
    pair[1] = VALUE_EMPTY;
    return load_own(t, w, o, name, &pair[0]) ? CACHE_FOUND : CACHE_MISS;
}

CacheAnswer cache_method_other(Thread *t, _Atomic uint64_t *cache, Value object, Value name, Value pair[2])
{
    CacheAnswer answer = load_pair(t, word_for(t, cache, type_of(t, object), name, USE_METHOD), object, name, pair);
    if (answer != CACHE_CALL)
        return answer;
    ref_dec(t, pair[0]);
    return CACHE_MISS;
}

CacheAnswer cache_attribute_other(Thread *t, _Atomic uint64_t *cache, Object *o, Value name, Value *result)
{
    Value pair[2];
    CacheAnswer answer = load_pair(t, word_for(t, cache, o->type, name, USE_LOAD), value_of(o), name, pair);
    if (answer == CACHE_FOUND && !value_is_empty(pair[1])) {
        *result = method_new(t, pair[0], pair[1]);
        ref_dec(t, pair[0]);
        ref_dec(t, pair[1]);
        if (UNLIKELY(value_is_empty(*result))) {
            error_clear(t); /* the slow path says it again */
            return CACHE_MISS;
        }
        return CACHE_FOUND;
    }
    *result = pair[0];
    if (answer == CACHE_CALL &&
        (!object_is_exact(pair[0], KIND_FUNCTION) || code_simple(code_of(function_of(pair[0])->code)) != 1)) {
        ref_dec(t, pair[0]);
        return CACHE_MISS;
    }
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
    bind_class_take(t, found, object, value_of(type), pair);
    return true;
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
