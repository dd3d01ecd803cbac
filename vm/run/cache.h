/* cache.h: the inline caches of attribute and name sites.
 *
 * A cache is one 64-bit word, published by a single store: version in bits 0-30, CACHE_OTHER, kind in 32-39, slot in 40-63.  The version is a type's (attributes) or a dict's key
 * version (names); versions are never reused, so a word is valid or ignored, never torn.  A site that sees objects of many types has one word only: what others know is in a table of the
 * interpreter (Interp.attribute_cache), used with the lock on. */
#ifndef BATON_RUN_CACHE_H
#define BATON_RUN_CACHE_H

#include "../memory/alloc.h"
#include "../object/dict.h"
#include "../object/exception.h"
#include "../object/module.h"
#include "frame.h"

/* A method of a built-in type, which keeps it as long as the interpreter lives, stands uncounted between LOAD_METHOD and CALL_METHOD: as a word that is no Value of any kind, so nobody
 * releases it. */
#define CACHE_LENT_TAG (UINT64_C(1) << 48)
static ALWAYS_INLINE Value cache_lend(Value method) { return (Value){method.bits + CACHE_LENT_TAG}; }
static ALWAYS_INLINE bool cache_is_lent(Value v) { return v.bits >> 48 == 1; }
static ALWAYS_INLINE Value cache_lent(Value v) { return (Value){v.bits - CACHE_LENT_TAG}; }

typedef enum CacheKind {
    CACHE_NONE,
    /* The version is the type's. */
    CACHE_SLOT,         /* slot: offset in bytes of a __slots__ member */
    CACHE_INLINE_VALUE, /* slot: offset in bytes of the inline value; the type has no data descriptor of that name */
    CACHE_METHOD, /* slot: entry of Type.cache, and CACHE_LENDS: an attribute of the class that binds like a function, and that no instance hides */
    CACHE_METHOD_INLINE, /* the same, not hidden while the instance has no dict: the name is none of the shared keys (one that becomes one changes the version) */
    CACHE_CLASS, /* slot: entry of Type.cache: another attribute of the class, that no instance hides; what is a descriptor is asked */
    CACHE_CLASS_INLINE,
    CACHE_DATA,   /* the same of a data descriptor, as long as it is one */
    CACHE_GETSET, /* of a getset_descriptor that has a getter, for objects like this */
    CACHE_METHOD_NO_DICT, /* as CACHE_METHOD, while the instance, which can have a dict in a slot, has none (with the lock on) */
    /* The version is of the object itself: a type or a module. */
    CACHE_TYPE,   /* slot: entry of Type.cache: an attribute of the type itself */
    CACHE_MODULE, /* slot: entry of the module's dict */
    /* The version is a dict's: of its keys. */
    CACHE_GLOBAL,        /* slot: entry of the globals */
    CACHE_BUILTIN,       /* not among the globals; the next word has the entry of the built-ins */
    CACHE_TUPLE_ITEM,    /* version: the type's; slot: number of an item: a field of a named tuple */
    CACHE_INSTANCE_DICT, /* the version is the type's, which has no data descriptor of that name; slot: where in the table of the instance's dict it was (with the lock on) */
    CACHE_SUPER /* version: of the object's type; slot: place of the class in its MRO; the next word has the version of the class behind it and the entry of Type.cache */
} CacheKind;

/* Beside the version, where the eval loop does not do by itself what the word says.  So one comparison of the lower half with a version tells it both; with the lock off all words have
 * the bit, so that it need not ask for the mode. */
#define CACHE_OTHER (VERSION_MAX + 1)

static inline uint64_t cache_word(CacheKind kind, uint32_t version, uint32_t slot, bool quick)
{
    return version ? (uint64_t)(version | (quick ? 0 : CACHE_OTHER)) | (uint64_t)kind << 32 | (uint64_t)slot << 40
                   : CACHE_EMPTY;
}
static ALWAYS_INLINE uint64_t cache_load(const _Atomic uint64_t *cache)
{
    return atomic_load_explicit(cache, memory_order_acquire);
}
static ALWAYS_INLINE uint32_t cache_version(uint64_t w) { return (uint32_t)w & VERSION_MAX; }
static ALWAYS_INLINE bool cache_is_quick(uint64_t w, uint32_t version) { return (uint32_t)w == version; }
/* Is the word of this version, and not quick? */
static ALWAYS_INLINE bool cache_is_other(uint64_t w, uint32_t version)
{
    return (uint32_t)w == (version | CACHE_OTHER);
}
static ALWAYS_INLINE uint32_t cache_slot(uint64_t w) { return (uint32_t)(w >> 40); }
/* A slot of CACHE_METHOD or CACHE_METHOD_INLINE: the entry, and whether the method is one that is lent. */
#define CACHE_LENDS (UINT32_C(1) << 23)
static ALWAYS_INLINE bool cache_lends(uint64_t w) { return (int64_t)w < 0; }
static ALWAYS_INLINE uint32_t cache_method_entry(uint64_t w) { return cache_slot(w) & (CACHE_LENDS - 1); }
static ALWAYS_INLINE uint8_t cache_kind(uint64_t w) { return (uint8_t)(w >> 32); }

/* What a site does with a name, in the low bits of a key of the interpreter's table: addresses leave them free. */
typedef enum CacheUse {
    USE_LOAD = 1,
    USE_STORE,
    USE_METHOD,
    USE_OPERATOR /* of an instruction's operator, which stands for the name (cache_operator_key) */
} CacheUse;
static ALWAYS_INLINE Value cache_operator_key(uint32_t op) { return (Value){(uint64_t)op << 4}; }
static ALWAYS_INLINE AttributeCacheEntry *cache_common_entry(const Thread *t, Value name, uint32_t version,
                                                             CacheUse use)
{
    return &t->interp
                ->attribute_cache[(version * 7 + (uint32_t)use + (uint32_t)(name.bits >> 4)) % ATTRIBUTE_CACHE_SIZE];
}
/* The word that any site has found for objects of the type, or CACHE_EMPTY.  An entry does not own its name: names are interned, and while the version stands a class or its shared keys hold
 * this very string, so no other name can come to lie where it lay. */
static ALWAYS_INLINE uint64_t cache_common_word(const Thread *t, const Type *type, Value name, CacheUse use)
{
    uint32_t version = atomic_load_explicit(&type->version, memory_order_relaxed);
    const AttributeCacheEntry *entry = cache_common_entry(t, name, version, use);
    if (UNLIKELY(entry->key != (name.bits | use) || cache_version(entry->word) != version))
        return CACHE_EMPTY;
    return entry->word;
}
/* The same for a site, which takes the word if it has none of its own. */
static ALWAYS_INLINE uint64_t cache_common(const Thread *t, _Atomic uint64_t *site, const Type *type, Value name,
                                           CacheUse use)
{
    uint64_t word = cache_common_word(t, type, name, use);
    if (UNLIKELY(cache_load(site) == CACHE_EMPTY) && word != CACHE_EMPTY)
        atomic_store_explicit(site, word, memory_order_release);
    return word;
}
/* Does the eval loop by itself what the word of the frame's site, or else that of the table, says for objects of the type?  (A site without a word gets one elsewhere.) */
static ALWAYS_INLINE bool cache_find_quick(const Thread *t, const Frame *f, intptr_t site, uint64_t *word,
                                           const Type *type, CacheUse use)
{
    uint32_t version = atomic_load_explicit(&type->version, memory_order_relaxed);
    if (LIKELY(cache_is_quick(*word, version)))
        return true;
    Value name = f->code->site_names[site];
    const AttributeCacheEntry *entry = cache_common_entry(t, name, version, use);
    if (*word == CACHE_EMPTY || entry->key != (name.bits | use) || !cache_is_quick(entry->word, version))
        return false;
    *word = entry->word;
    return true;
}
/* Remembers that the operator of an instruction is answered, for objects of the type, by the method at an entry of Type.cache. */
void cache_operator_fill(Thread *t, uint32_t op, uint32_t version, uint32_t index);

/* Finds out what a load of the attribute comes to, for the cache alone; name is interned. */
void cache_fill_attribute(Thread *t, _Atomic uint64_t *cache, Object *o, Value name);
/* The slow paths: look up, fill the cache, return what CPython would.  name is the site's. */
MUST_CHECK Value cache_load_attribute(Thread *t, _Atomic uint64_t *cache, Value object, Value name);
int cache_store_attribute(Thread *t, _Atomic uint64_t *cache, Value object, Value name, Value value);
/* Stores into a field that the caches know, if they do and nothing else is to be thought of. */
bool cache_store_known(Thread *t, _Atomic uint64_t *cache, Value object, Value name, Value value);
/* pair[0] = function and pair[1] = self (both owned), or the attribute and VALUE_EMPTY. 0 or -1. */
int cache_load_method(Thread *t, _Atomic uint64_t *cache, Value object, Value name, Value pair[2]);
/* A global, else a built-in; empty with NameError. */
MUST_CHECK Value cache_load_global(Thread *t, _Atomic uint64_t *cache, Value globals, Value builtins, Value name);

/* What LOAD_GLOBAL does with the lock off when its cache has an answer: true, *result owned. */
bool cache_global_shared(Thread *t, const _Atomic uint64_t *cache, Dict *globals, Value builtins, Value *result);

/* What a filled cache says of an attribute that is no field of the object. */
typedef enum CacheAnswer {
    CACHE_MISS,
    CACHE_FOUND,  /* *result, or the pair: owned */
    CACHE_FAILED, /* an exception */
    CACHE_CALL,   /* *result: the getter of a property, owned: a function of one parameter */
    CACHE_GET     /* *result: a descriptor with a __get__ in Python, owned */
} CacheAnswer;
CacheAnswer cache_attribute_other(Thread *t, _Atomic uint64_t *cache, Object *o, Value name, Value *result);
/* The same for LOAD_METHOD; never CACHE_CALL nor CACHE_GET. */
CacheAnswer cache_method_other(Thread *t, _Atomic uint64_t *cache, Value object, Value name, Value pair[2]);
/* super(class, object).name, the pair as for LOAD_METHOD: */
bool cache_super(Thread *t, const _Atomic uint64_t *cache, Value class, Value object, Value pair[2]);
void cache_super_fill(Thread *t, _Atomic uint64_t *cache, Value class, Value object, Value name);

/* Does a call of the type only allocate (construct_new), and run an __init__ in Python, if any (owned, or NULL)?  With the lock on type->construct remembers it. */
bool cache_construct_fill(Thread *t, Type *type, Function **init);
static ALWAYS_INLINE bool cache_construct(Thread *t, Type *type, Function **init)
{
    uint32_t version = atomic_load_explicit(&type->version, memory_order_relaxed);
    if (UNLIKELY(version == 0) || UNLIKELY(type->construct_version != version))
        return cache_construct_fill(t, type, init);
    *init = (Function *)type->construct;
    if (*init)
        ref_inc_object(t, &(*init)->head);
    return true;
}
/* The new instance of such a type: an exception keeps the arguments. */
static ALWAYS_INLINE MUST_CHECK Value construct_new(Thread *t, Type *type, const Value *args, uint32_t n)
{
    if (UNLIKELY(type->kind == KIND_EXCEPTION))
        return exception_create(t, type, args, n, VALUE_EMPTY);
    return value_of(alloc_object(t, type, type->size));
}

/* With the lock on, and the version just seen to be right: the value at an entry of the type's table, borrowed. */
static ALWAYS_INLINE Value cache_peek_entry(const Type *type, uint32_t index)
{
    return type->cache->entries[index].value;
}

/* What the site's own word says that the object has under the name, where the instruction does not look by itself: owned.  Else empty: with an exception; with *ask (may be NULL), owned: as for CACHE_CALL or CACHE_GET; or the word alone does not say it. */
Value cache_load_at_once(Thread *t, uint64_t w, Object *o, Value name, Value *ask);

#endif
