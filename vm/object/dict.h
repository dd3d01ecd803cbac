/* dict.h: dict and set.
 *
 * A dict keeps its entries in insertion order in one table: an index of 1, 2 or 4 bytes a slot (open addressing), then entries.  While all keys are exact strs an entry is
 * (key, value), 16 bytes; else (hash, key, value), 24.  An empty dict has the static empty table.
 *
 * Invariants.  `keys_version` changes (to a number never used before, or 0 = do not cache) whenever a key is added or removed or the table is replaced: while it stands, an entry
 * index stays right.  It is given lazily by dict_keys_version.  With the lock off, mutation holds the object's lock, lookups are lock-free, replaced tables are freed deferred. */
#ifndef BATON_OBJECT_DICT_H
#define BATON_OBJECT_DICT_H

#include "object.h"

typedef struct DictTable DictTable; /* dict.c */
typedef struct Dict {
    Object head;
    size_t length;       /* items */
    DictTable *table;
    _Atomic uint32_t keys_version;
    uint32_t watched;    /* spare */
} Dict;

static ALWAYS_INLINE bool dict_check(Value v) { return object_is(v, KIND_DICT); }
static ALWAYS_INLINE bool dict_check_exact(Value v) { return object_is_exact(v, KIND_DICT); }
static ALWAYS_INLINE Dict *dict_of(Value v) { return (Dict *)value_object(v); }
static ALWAYS_INLINE size_t dict_length(Value v) { return dict_of(v)->length; }
MUST_CHECK Value dict_new(Thread *t);
MUST_CHECK Value dict_new_sized(Thread *t, size_t items);
/* Lookups: owned, or empty: error_pending tells an error from absence... dict_get_optional says it in its result. */
Value dict_get(Thread *t, Value dict, Value key);
int dict_get_optional(Thread *t, Value dict, Value key, Value *result); /* 1 found (owned), 0 absent, -1 error */
int dict_get_hash(Thread *t, Value dict, Value key, hash_t hash, Value *result);
Value dict_get_string(Thread *t, Value dict, const char *ascii);        /* owned; empty without an exception when absent */
int dict_contains(Thread *t, Value dict, Value key);
int dict_set(Thread *t, Value dict, Value key, Value value);
int dict_set_hash(Thread *t, Value dict, Value key, hash_t hash, Value value);
int dict_set_string(Thread *t, Value dict, const char *ascii, Value value);
int dict_set_string_take(Thread *t, Value dict, const char *ascii, Value owned);
int dict_delete(Thread *t, Value dict, Value key);                      /* KeyError */
int dict_pop(Thread *t, Value dict, Value key, Value *result);          /* 1 found (owned; result may be NULL), 0 absent, -1 */
int dict_setdefault(Thread *t, Value dict, Value key, Value value, Value *result /* owned, or NULL */); /* 1 present, 0 inserted, -1 */
void dict_clear(Thread *t, Value dict);
MUST_CHECK Value dict_copy(Thread *t, Value dict);
/* Merges a mapping or dict: override 1 replaces, 0 keeps, 2 raises KeyError(key) on a duplicate (keyword arguments). */
int dict_merge(Thread *t, Value dict, Value other, int override);
/* Iteration: *position starts at 0.  Borrowed key and value (lock on, or under the dict's lock, or a dict of one's own); false at the end. */
bool dict_next(Value dict, size_t *position, Value *key, Value *value);
MUST_CHECK Value dict_keys_list(Thread *t, Value dict);
MUST_CHECK Value dict_values_list(Thread *t, Value dict);
MUST_CHECK Value dict_items_list(Thread *t, Value dict);
/* The version of the set of keys for inline caches: 0 when versions ran out. */
uint32_t dict_keys_version(Thread *t, Dict *d);
/* Entry index of an interned str key, or -1; does not fail, no Python code runs (falls back to -1 when keys other than exact strs are present and would need __eq__). */
int64_t dict_index(Thread *t, Dict *d, Value name);
/* Key and value slot at an entry index (for inline caches; see objlock.h for reading slots). */
Value dict_entry_key(const Dict *d, uint32_t index);
Value *dict_entry_slot(Dict *d, uint32_t index);
size_t dict_entry_limit(const Dict *d); /* entry indices are below it */

/* Sets: open addressing, 16 bytes a slot (key, hash). */
typedef struct SetEntry {
    Value key;   /* empty: free; SET_DUMMY: deleted */
    hash_t hash;
} SetEntry;
typedef struct Set {
    Object head;
    size_t length, used, mask; /* used counts dummies too */
    SetEntry *table;
    hash_t hash; /* frozenset's, or -1 */
    Object *weakrefs;
    SetEntry small[8];
} Set;
static ALWAYS_INLINE bool set_check_any(Value v) { return object_is(v, KIND_SET) || object_is(v, KIND_FROZENSET); }
MUST_CHECK Value set_new(Thread *t, Value iterable_or_empty);
MUST_CHECK Value frozenset_new(Thread *t, Value iterable_or_empty);
int set_add(Thread *t, Value set, Value key);      /* also on a frozenset being built */
int set_discard(Thread *t, Value set, Value key);  /* 1 removed, 0 absent, -1 */
int set_contains(Thread *t, Value set, Value key);
int set_update(Thread *t, Value set, Value iterable);
size_t set_length(Value set);
bool set_next(Value set, size_t *position, Value *key);
MUST_CHECK Value mappingproxy_new(Thread *t, Value mapping);

#endif
