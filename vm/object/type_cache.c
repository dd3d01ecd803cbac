/* type_cache.c: looking attributes up along the MRO, and the cache that makes it one probe.
 *
 * Each type has a table from interned names to what the lookup found (or that it found nothing).  The table and the version live as long as nothing
 * that a lookup depends on changes: type_modified drops both for the type and all its subclasses.
 *
 * Invariants.  A type with a cache or a version has it that all types of its MRO have a version, so type_modified may stop at a type that has neither.  A table that grows
 * is replaced and the version changes (indices are given out): there is none while it is being replaced, so who reads the same version before and after
 * has read the table that goes with it.  Entries own name and value.  With the lock off tables are changed under the type lock, an
 * entry's value is stored before its name, and dropped tables are freed after a grace period.  Read next: slots.c, ../run/cache.c. */
#include "type_internal.h"

#define CACHE_START 16
#define CACHE_MAX 1024 /* a table that would grow beyond is begun anew: names looked up by chance must not pile up */

static inline uint32_t cache_hash(Value name) { return (uint32_t)(name.bits >> 4) ^ (uint32_t)(name.bits >> 12); }

static bool is_cacheable(Value name)
{
    return object_is_exact(name, KIND_STR) && (value_object(name)->aux & STR_INTERNED);
}

static void cache_free(Thread *t, void *p)
{
    TypeCache *cache = p;
    for (uint32_t i = 0; i <= cache->mask; i++) {
        ref_dec(t, cache->entries[i].name);
        ref_dec(t, cache->entries[i].value);
    }
    alloc_memory_free(t, cache);
}

void type_cache_drop(Thread *t, TypeCache *cache)
{
    if (cache)
        reclaim_later(t, cache_free, cache);
}

int type_cache_traverse(const TypeCache *cache, VisitFn visit, void *arg)
{
    if (!cache)
        return 0;
    for (uint32_t i = 0; i <= cache->mask; i++) {
        VISIT(cache->entries[i].value);
    }
    return 0;
}

static TypeCache *cache_new(Thread *t, uint32_t capacity)
{
    TypeCache *cache = alloc_memory_zeroed(t, 1, sizeof(TypeCache) + capacity * sizeof(TypeCacheEntry));
    if (cache)
        cache->mask = capacity - 1;
    return cache;
}

/* Where name is, or the free entry where it belongs. */
static uint32_t cache_probe(const TypeCache *cache, Value name)
{
    uint32_t i = cache_hash(name) & cache->mask;
    for (;;) {
        Value found = slot_peek(&cache->entries[i].name);
        if (LIKELY(value_is(found, name)) || value_is_empty(found))
            return i;
        i = (i + 1) & cache->mask;
    }
}

static uint32_t new_version(Interp *interp)
{
    uint32_t version = atomic_load_explicit(&interp->next_type_version, memory_order_relaxed);
    do {
        if (version == VERSION_MAX)
            return 0; /* none left: caching by version ends */
    } while (!atomic_compare_exchange_weak(&interp->next_type_version, &version, version + 1));
    return version + 1;
}

/* Gives type, and first all types of its MRO, a version. */
static void ensure_version(Thread *t, Type *type)
{
    if (atomic_load_explicit(&type->version, memory_order_relaxed))
        return;
    for (size_t i = type_mro_length(type); i-- > 0;) {
        Type *base = type_mro_at(type, i);
        if (!atomic_load_explicit(&base->version, memory_order_relaxed))
            atomic_store_explicit(&base->version, new_version(t->interp), memory_order_release);
    }
}

/* The walk along the MRO: owned; empty without an exception when absent, or when it cannot be told (then *failed). */
static Value walk(Thread *t, Type *type, Value name, bool *failed)
{
    Value mro = ref_inc(t, type->mro);
    if (value_is_empty(mro))
        return VALUE_EMPTY;
    hash_t hash = object_hash(t, name);
    Value result = VALUE_EMPTY;
    if (hash == -1)
        error_clear(t);
    size_t n = hash == -1 ? 0 : tuple_length(mro);
    for (size_t i = 0; i < n; i++) {
        Type *base = (Type *)value_object(tuple_peek(mro, i));
        if (value_is_empty(base->dict) && !type_may_have(base, name))
            continue;
        Value dict = type_peek_dict(t, base);
        int found = value_is_empty(dict) ? -1 : dict_get_hash(t, dict, name, hash, &result);
        if (found < 0) {
            error_clear(t);
            *failed = true;
        }
        if (found > 0)
            break;
    }
    ref_dec(t, mro);
    return result;
}

Value type_lookup_uncached(Thread *t, Type *type, Value name)
{
    bool failed;
    return walk(t, type, name, &failed);
}

/* Puts what a lookup found into the cache; the type lock is held.  A table that is replaced goes to *garbage. */
static void cache_insert(Thread *t, Type *type, Value name, Value value, TypeCache **garbage)
{
    TypeCache *cache = type->cache;
    if (!cache || cache->used * 3 >= (cache->mask + 1) * 2) {
        bool full = cache && cache->mask + 1 == CACHE_MAX;
        TypeCache *larger = cache_new(t, cache && !full ? (cache->mask + 1) * 2 : CACHE_START);
        if (!larger) {
            error_clear(t);
            return;
        }
        for (uint32_t i = 0; cache && !full && i <= cache->mask; i++) {
            const TypeCacheEntry *old = &cache->entries[i];
            if (value_is_empty(old->name))
                continue;
            TypeCacheEntry *entry = &larger->entries[cache_probe(larger, old->name)];
            entry->name = ref_inc(t, old->name);
            entry->value = ref_inc(t, old->value);
            larger->used++;
        }
        *garbage = cache;
        uint32_t version = atomic_load_explicit(&type->version, memory_order_relaxed);
        if (cache)
            version = new_version(t->interp);
        atomic_store_explicit(&type->version, 0, memory_order_release);
        __atomic_store_n(&type->cache, larger, __ATOMIC_RELEASE);
        atomic_store_explicit(&type->version, version, memory_order_release);
        cache = larger;
    }
    TypeCacheEntry *entry = &cache->entries[cache_probe(cache, name)];
    if (!value_is_empty(entry->name))
        return; /* another thread was faster */
    slot_store(&entry->value, ref_inc(t, value));
    slot_store(&entry->name, ref_inc(t, name));
    cache->used++;
}

/* The slow path: walks the MRO and remembers the result if nothing changed meanwhile. */
static Value lookup_fill(Thread *t, Type *type, Value name)
{
    if (!is_cacheable(name) || !(type->flags & TYPE_VALID))
        return type_lookup_uncached(t, type, name);
    type_lock(t);
    ensure_version(t, type);
    type_unlock(t);
    uint32_t before = atomic_load_explicit(&type->version, memory_order_acquire);
    bool failed = false;
    Value value = walk(t, type, name, &failed);
    if (before == 0 || failed)
        return value;
    TypeCache *garbage = NULL;
    type_lock(t);
    if (atomic_load_explicit(&type->version, memory_order_relaxed) == before)
        cache_insert(t, type, name, value, &garbage);
    type_unlock(t);
    type_cache_drop(t, garbage);
    return value;
}

/* What the cache knows: true and *value owned (or empty: known to be absent). */
static ALWAYS_INLINE bool cache_get(Thread *t, Type *type, Value name, Value *value, uint32_t *index)
{
    const TypeCache *cache = __atomic_load_n(&type->cache, __ATOMIC_ACQUIRE);
    if (UNLIKELY(!cache))
        return false;
    uint32_t i = cache_probe(cache, name);
    if (UNLIKELY(!value_is(slot_peek(&cache->entries[i].name), name))) /* free, or just taken by another name */
        return false;
    *index = i;
    /* An entry never changes while its table lives, and the table owns the value. */
    return slot_load(t, &cache->entries[i].value, value);
}

void type_cache_name_hidden(Thread *t, Type *type, Value name)
{
    const TypeCache *cache = type->cache;
    if (cache && !value_is_empty(cache->entries[cache_probe(cache, name)].value))
        atomic_store_explicit(&type->version, new_version(t->interp), memory_order_release);
}

Value type_lookup(Thread *t, Type *type, Value name)
{
    Value value;
    uint32_t index;
    if (LIKELY(cache_get(t, type, name, &value, &index)))
        return value;
    return lookup_fill(t, type, name);
}

Value type_lookup_cached(Thread *t, Type *type, Value name, uint32_t *version, uint32_t *index)
{
    *index = 0;
    *version = atomic_load_explicit(&type->version, memory_order_acquire);
    Value value;
    if (LIKELY(*version && cache_get(t, type, name, &value, index))) {
        if (atomic_load_explicit(&type->version, memory_order_acquire) != *version)
            *version = 0;
        return value;
    }
    value = lookup_fill(t, type, name);
    *version = atomic_load_explicit(&type->version, memory_order_acquire);
    Value again;
    if (*version && cache_get(t, type, name, &again, index)) {
        bool same = value_is(again, value) && atomic_load_explicit(&type->version, memory_order_acquire) == *version;
        ref_dec(t, again);
        if (!same)
            *version = 0;
    } else {
        *version = 0;
    }
    return value;
}

/* ---- change ---- */

/* Drops version and cache of type and of its subclasses, chaining the tables; the type lock is held.  Is one of them a metaclass? */
static bool invalidate(Type *type, TypeCache **dropped)
{
    TypeCache *cache = type->cache;
    if (!cache && !atomic_load_explicit(&type->version, memory_order_relaxed))
        return false;
    bool metaclass = type->kind == KIND_TYPE && (type->flags & TYPE_HEAP);
    atomic_store_explicit(&type->version, 0, memory_order_release);
    __atomic_store_n(&type->cache, NULL, __ATOMIC_RELEASE);
    if (cache) {
        cache->next_dropped = *dropped;
        *dropped = cache;
    }
    for (uint32_t i = 0; i < type->subclass_count; i++)
        metaclass |= invalidate(type->subclasses[i], dropped);
    return metaclass;
}

/* The same of the classes, from `type` down, whose metaclass has no version: what they seem to have is what it does not hide. */
static void invalidate_instances(Type *type, TypeCache **dropped)
{
    if (!atomic_load_explicit(&type->head.type->version, memory_order_relaxed))
        invalidate(type, dropped);
    for (uint32_t i = 0; i < type->subclass_count; i++)
        invalidate_instances(type->subclasses[i], dropped);
}

void type_modified(Thread *t, Type *type)
{
    TypeCache *dropped = NULL;
    type_lock(t);
    if (invalidate(type, &dropped))
        invalidate_instances(t->types[KIND_OBJECT], &dropped);
    type_unlock(t);
    while (dropped) {
        TypeCache *next = dropped->next_dropped;
        type_cache_drop(t, dropped);
        dropped = next;
    }
}
