/* cache.h: the inline caches of attribute and name sites.
 *
 * A cache is one 64-bit word, published by a single store: version in bits 0-31, slot in 32-55, kind in 56-63.  The version is a type's (attributes) or a dict's key
 * version (names); versions are never reused, so a word is valid or ignored, never torn. */
#ifndef BATON_RUN_CACHE_H
#define BATON_RUN_CACHE_H

#include "../object/dict.h"
#include "frame.h"

typedef enum CacheKind {
    CACHE_NONE,
    CACHE_INLINE_VALUE, /* slot: index of the inline value; the type has no data descriptor of that name */
    CACHE_CLASS,        /* slot: entry of Type.cache in bits 0-15, number of shared keys in bits 16-23: an attribute of the class that binds like a
                           function, and that instances with that many shared keys cannot hide */
    CACHE_CLASS_PLAIN,  /* the same for an attribute without __get__ */
    CACHE_SLOT,         /* slot: offset in bytes of a __slots__ member */
    CACHE_GLOBAL,       /* slot: entry of the globals */
    CACHE_BUILTIN       /* not among the globals; the next word has the entry of the built-ins */
} CacheKind;

static inline uint64_t cache_word(CacheKind kind, uint32_t version, uint32_t slot)
{
    return version ? (uint64_t)version | (uint64_t)(slot & 0xFFFFFF) << 32 | (uint64_t)kind << 56 : 0;
}
static ALWAYS_INLINE uint64_t cache_load(const _Atomic uint64_t *cache) { return atomic_load_explicit(cache, memory_order_acquire); }
static ALWAYS_INLINE uint32_t cache_version(uint64_t w) { return (uint32_t)w; }
static ALWAYS_INLINE uint32_t cache_slot(uint64_t w) { return (uint32_t)(w >> 32) & 0xFFFFFF; }
static ALWAYS_INLINE uint32_t cache_kind(uint64_t w) { return (uint32_t)(w >> 56); }

/* The slow paths: look up, fill the cache, return what CPython would.  name is the site's. */
MUST_CHECK Value cache_load_attribute(Thread *t, _Atomic uint64_t *cache, Value object, Value name);
int cache_store_attribute(Thread *t, _Atomic uint64_t *cache, Value object, Value name, Value value);
/* pair[0] = function and pair[1] = self (both owned), or the attribute and VALUE_EMPTY. 0 or -1. */
int cache_load_method(Thread *t, _Atomic uint64_t *cache, Value object, Value name, Value pair[2]);
/* A global, else a built-in; empty with NameError. */
MUST_CHECK Value cache_load_global(Thread *t, _Atomic uint64_t *cache, Value globals, Value builtins, Value name);

/* What LOAD_GLOBAL does with the lock off when its cache has an answer: true, *result owned. */
bool cache_global_shared(Thread *t, const _Atomic uint64_t *cache, Dict *globals, Value builtins, Value *result);

/* The fast path of reading an attribute: true when the cache answered. */
static ALWAYS_INLINE bool cache_attribute(Thread *t, uint64_t w, Object *o, Value *result)
{
    Type *type = o->type;
    if (UNLIKELY(atomic_load_explicit(&type->version, memory_order_acquire) != cache_version(w)))
        return false;
    switch (cache_kind(w)) {
    case CACHE_INLINE_VALUE:
        return slot_load(t, &instance_values(o)[cache_slot(w)], result) && !value_is_empty(*result);
    case CACHE_SLOT:
        return slot_load(t, (Value *)((char *)o + cache_slot(w)), result) && !value_is_empty(*result);
    default: return false;
    }
}

/* The value at an index that an inline cache remembers, owned, if the type still has the version that the cache was filled for (which the caller has just seen). */
static ALWAYS_INLINE bool cache_class_value(Thread *t, const Type *type, uint32_t version, uint32_t index, Value *result)
{
    const TypeCache *cache = __atomic_load_n(&type->cache, __ATOMIC_ACQUIRE);
    if (LIKELY(!t->free_threaded))
        return slot_load(t, &cache->entries[index].value, result);
    if (!cache || index > cache->mask || !slot_load(t, &cache->entries[index].value, result))
        return false; /* replaced meanwhile */
    if (LIKELY(!value_is_empty(*result) && atomic_load_explicit(&type->version, memory_order_acquire) == version))
        return true;
    ref_dec(t, *result);
    return false;
}

#endif
