/* dict.h: dict and set.
 *
 * A dict keeps its entries in insertion order in one table: an index of 1, 2 or 4 bytes a slot (open addressing),
 * then entries.  While all keys are exact strs an entry is (key, value), 16 bytes; else (key, value, hash), 24.  An
 * empty dict has the static empty table.
 *
 * Invariants.  `keys_version` changes (to a number never used before, or 0 = do not cache) whenever a key is added or
 * removed or the table is replaced: while it stands, an entry index stays right.  It is given lazily by
 * dict_keys_version.  With the lock off, mutation holds the object's lock, lookups are lock-free, replaced tables are
 * freed deferred. */
#ifndef BATON_OBJECT_DICT_H
#define BATON_OBJECT_DICT_H

#include "str.h"
#include "type.h"
#include "../thread/objlock.h"

/* The table's memory: the index, growing DOWN from this header, then the header, then the entries, so that both are
 * found at constant offsets.  The index maps a slot (of the hash) to an entry's number; entries are in order of
 * insertion. Invariants.  Entries [first, used) have been begun; a deleted one has an empty key and value, and its
 * slot holds free_mark - 1.  At most two thirds of the slots are ever in use or deleted, so every probe ends at a free
 * one.
 * width 2: all keys are exact strs. */
typedef struct DictTable {
    uint32_t mask;      /* slots - 1 */
    uint32_t free_mark; /* content of a slot never used: all ones in the index's width */
    uint32_t capacity;  /* entries that may be begun: as many as fit, less those whose slots are spent */
    uint32_t used;      /* entries begun */
    uint32_t first;     /* all entries below it are deleted or were never begun */
    uint8_t index_log;  /* bytes a slot: 1 << index_log */
    uint8_t width;      /* Values an entry: 2 (key, value), or 3 (key, value, hash) */
    bool spent;         /* there are slots of deleted entries that are not below `used` any more */
} DictTable;

typedef struct Dict {
    Object head;
    size_t length; /* items */
    DictTable *table;
    _Atomic uint32_t keys_version;
    _Atomic uint32_t replaced; /* counts replacements of the table and reuses of an entry: lookups under way notice */
} Dict;

static ALWAYS_INLINE Value *dict_table_entry(const DictTable *table, size_t i)
{
    return (Value *)(uintptr_t)(table + 1) + i * table->width;
}
static ALWAYS_INLINE bool dict_check(Value v) { return object_is(v, KIND_DICT); }
static ALWAYS_INLINE bool dict_check_exact(Value v) { return object_is_exact(v, KIND_DICT); }
static ALWAYS_INLINE Dict *dict_of(Value v) { return (Dict *)value_object(v); }
static ALWAYS_INLINE size_t dict_length(Value v) { return __atomic_load_n(&dict_of(v)->length, __ATOMIC_RELAXED); }
MUST_CHECK Value dict_new(Thread *t);
MUST_CHECK Value dict_new_sized(Thread *t, size_t items);
/* Lookups: owned, or empty: error_pending tells an error from absence; dict_get_optional says it in its result. */
Value dict_get(Thread *t, Value dict, Value key);                       /* absent: empty WITHOUT an exception */
int dict_get_optional(Thread *t, Value dict, Value key, Value *result); /* 1 found (owned), 0 absent, -1 error */
/* dict_get_optional for a key that is an exact str: decided here when an interned key is found at the first probe. */
static ALWAYS_INLINE int dict_get_str(Thread *t, Value dict, Value key, Value *result)
{
    const DictTable *table = LIKELY(!t->free_threaded) ? dict_of(dict)->table : NULL;
    if (table && LIKELY((table->index_log | (table->width & 1)) == 0)) {
        size_t hash = (size_t)atomic_load_explicit(&str_of(key)->hash, memory_order_relaxed);
        uint32_t i = ((const uint8_t *)table)[-1 - (ptrdiff_t)(hash & table->mask)];
        const Value *entry = (const Value *)(table + 1) + (size_t)i * 2;
        if (LIKELY(i < table->used && value_is(entry[0], key))) {
            *result = ref_inc(t, entry[1]);
            return 1;
        }
    }
    return dict_get_optional(t, dict, key, result);
}
MUST_CHECK Value dict_item(Thread *t, Value dict, Value key); /* dict[key] of an exact dict: KeyError */
int dict_get_hash(Thread *t, Value dict, Value key, hash_t hash, Value *result);
Value dict_get_string(Thread *t, Value dict, const char *ascii); /* owned; empty without an exception when absent */
int dict_contains(Thread *t, Value dict, Value key);
int dict_set(Thread *t, Value dict, Value key, Value value);
int dict_set_hash(Thread *t, Value dict, Value key, hash_t hash, Value value);
/* Adds one to the number under the key, which counts as 0 when absent: 1, or 0 when it is no small int, or -1. */
int dict_count_hash(Thread *t, Value dict, Value key, hash_t hash);
int dict_set_string(Thread *t, Value dict, const char *ascii, Value value);
int dict_set_string_take(Thread *t, Value dict, const char *ascii, Value owned);
int dict_delete(Thread *t, Value dict, Value key);             /* KeyError */
int dict_pop(Thread *t, Value dict, Value key, Value *result); /* 1 found (owned; result may be NULL), 0 absent, -1 */
int dict_setdefault(Thread *t, Value dict, Value key, Value value,
                    Value *result /* owned, or NULL */); /* 1 present, 0 inserted, -1 */
void dict_clear(Thread *t, Value dict);
MUST_CHECK Value dict_copy(Thread *t, Value dict);
/* Merges a mapping or dict: override 1 replaces, 0 keeps, 2 raises KeyError(key) on a duplicate (keyword arguments). */
int dict_merge(Thread *t, Value dict, Value other, int override);
/* Iteration: *position starts at 0.  Borrowed key and value (lock on, or under the dict's lock, or a dict of one's
 * own); false at the end. */
bool dict_next(Value dict, size_t *position, Value *key, Value *value);
MUST_CHECK Value dict_keys_list(Thread *t, Value dict);
MUST_CHECK Value dict_values_list(Thread *t, Value dict);
MUST_CHECK Value dict_items_list(Thread *t, Value dict);
/* The version of the set of keys for inline caches: 0 when versions ran out. */
uint32_t dict_keys_version(Thread *t, Dict *d);
/* Entry index of an interned str key, or -1; does not fail, no Python code runs (falls back to -1 when keys other
 * than exact strs are present and would need __eq__). */
int64_t dict_index(Thread *t, Dict *d, Value name);
/* Key and value slot at an entry index (for inline caches; see objlock.h for reading slots). */
static ALWAYS_INLINE Value dict_entry_key(const Dict *d, uint32_t index)
{
    return dict_table_entry(d->table, index)[0];
}
static ALWAYS_INLINE Value *dict_entry_slot(Dict *d, uint32_t index) { return &dict_table_entry(d->table, index)[1]; }
/* dict_get_optional for an interned str that is asked for again and again: *place, 0 at first, remembers which entry has it (with the lock on). */
int dict_find_str_again(Thread *t, Value dict, Value name, uint16_t *place, Value *result);
static ALWAYS_INLINE int dict_get_str_again(Thread *t, Value dict, Value name, uint16_t *place, Value *result)
{
    const DictTable *table = dict_of(dict)->table;
    if (LIKELY(!t->free_threaded) && LIKELY(*place < table->used)) {
        const Value *entry = dict_table_entry(table, *place);
        if (LIKELY(value_is(entry[0], name))) {
            *result = ref_inc(t, entry[1]);
            return 1;
        }
    }
    return dict_find_str_again(t, dict, name, place, result);
}
/* What inline caches remember of an entry in a table of width 2: the place of its value, counted in Values from the table's header. */
static ALWAYS_INLINE Value *dict_table_slot(const Dict *d, uint32_t slot) { return (Value *)d->table + slot; }
static inline uint64_t dict_index_slot(int64_t index)
{
    return (uint64_t)index * 2 + sizeof(DictTable) / sizeof(Value) + 1;
}
static inline uint32_t dict_slot_index(uint32_t slot)
{
    return (uint32_t)((slot - sizeof(DictTable) / sizeof(Value) - 1) / 2);
}
static ALWAYS_INLINE size_t dict_entry_limit(const Dict *d) { return d->table->used; } /* entry indices are below it */
/* With the lock off: the value of the entry that a cache remembers, owned; false: the keys have changed since `version` (not
 * 0), look it up. */
bool dict_get_cached_shared(Thread *t, Dict *d, uint32_t version, uint32_t index, Value *result);
/* Merges what dict.update and dict() take: a dict, a mapping (with keys()), or an iterable of pairs. */
int dict_update(Thread *t, Value dict, Value mapping_or_pairs);
/* For dict_next with the lock off: the n-th entry, owned; false at the end. */
bool dict_next_owned(Thread *t, Value dict, size_t *position, Value *key, Value *value);
extern const TypeSpec type_spec_dict, type_spec_dict_keys, type_spec_dict_values, type_spec_dict_items;
extern const TypeSpec type_spec_dict_key_iterator, type_spec_dict_value_iterator, type_spec_dict_item_iterator;
extern const TypeSpec type_spec_dict_reverse_key_iterator, type_spec_dict_reverse_value_iterator,
    type_spec_dict_reverse_item_iterator;

/* The iterators over dicts (dict_iterators.c).  Invariant: once exhausted `dict` is empty (lock off: left = 0 and
 * position = SIZE_MAX). */
typedef struct DictIterator {
    Object head;
    Value dict;
    size_t position; /* entry to look at next; reverse iterators: one above it */
    size_t length;   /* of the dict when iteration began; SIZE_MAX: it has changed, which is sticky */
    size_t left;     /* items to come */
    Value pair;      /* item iterators: the last tuple, refilled when nobody kept it */
} DictIterator;
/* The next item of a KIND_DICT_ITEM_ITERATOR without a tuple: 1 (both owned), 0 at the end, -1. */
int dict_item_iterator_next(Thread *t, Value iterator, Value *key, Value *value);

/* Sets: open addressing, 16 bytes a slot (key, hash). */
typedef struct SetEntry {
    Value key;   /* empty: free; SET_DUMMY: deleted */
    hash_t hash; /* -1 for a deleted one */
} SetEntry;
#define SET_DUMMY ((Value){1})
typedef struct Set {
    Object head;
    size_t length, used, mask; /* used counts dummies too */
    SetEntry *table;
    hash_t hash;   /* frozenset's, or -1 */
    size_t finger; /* where pop looks next */
    Object *weakrefs;
    SetEntry small[8];
} Set;
static ALWAYS_INLINE bool set_check_any(Value v) { return object_is(v, KIND_SET) || object_is(v, KIND_FROZENSET); }
MUST_CHECK Value set_new(Thread *t, Value iterable_or_empty);
MUST_CHECK Value frozenset_new(Thread *t, Value iterable_or_empty);
int set_add(Thread *t, Value set, Value key);     /* also on a frozenset being built */
int set_discard(Thread *t, Value set, Value key); /* 1 removed, 0 absent, -1 */
int set_contains(Thread *t, Value set, Value key);
int set_update(Thread *t, Value set, Value iterable);
size_t set_length(Value set);
bool set_next(Value set, size_t *position, Value *key); /* borrowed; lock on, or a set of one's own */
/* The same with the lock off too: owned key. */
bool set_next_owned(Thread *t, Value set, size_t *position, Value *key, hash_t *hash);
MUST_CHECK Value set_to_list(Thread *t, Value set); /* the elements, in one step */
/* interp->empty_frozenset.  0 or -1. */
int set_bootstrap(Thread *t);
extern const TypeSpec type_spec_set, type_spec_frozenset, type_spec_set_iterator;
MUST_CHECK Value mappingproxy_new(Thread *t, Value mapping);
extern const TypeSpec type_spec_mappingproxy;

#endif
