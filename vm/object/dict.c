/* dict.c: the dict's table: looking up, inserting, deleting, growing, copying.
 *
 * Layout and invariants: dict.h.  Comparing keys may run any Python code, which may change this very dict: a lookup
 * that has compared goes on only if the table is still the same (`replaced`) and the entry still holds the same key,
 * else it begins again.
 *
 * Locks.  Every change holds the dict's lock (nothing with the GIL on); find, called with the lock held, leaves it
 * around an __eq__ and takes it again.  Reading with the lock off first goes without the lock (find_shared) and takes
 * it only when it meets a change.  What is removed is released after the lock is left. Read next: dict_methods.c (the
 * type), dict_views.c, dict_iterators.c. */
#include "dict_table.h"

/* ---- the table ---- */

/* The empty table: one slot, never used, and no room: the first insertion replaces it. */
static const struct {
    uint8_t index[8];
    DictTable table;
} empty = {{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF},
           {.mask = 0, .free_mark = 0xFF, .capacity = 0, .used = 0, .index_log = 0, .width = 2}};

DictTable *dict_empty_table(void) { return (DictTable *)(uintptr_t)&empty.table; }

/* A table's size is told by the power of two of which its entries are two thirds at most. */
#define LOG2_MIN 3 /* 5 entries */
#define LOG2_MAX 31

/* The slots of its index: as many, or, where they cost little beside the entries, twice as many, so that most look-ups end at the first. */
static ALWAYS_INLINE int slots_log2(int log2) { return log2 > LOG2_MIN && log2 < 16 ? log2 + 1 : log2; }

/* The smallest size for n entries. */
static int log2_for(size_t n)
{
    int log2 = LOG2_MIN;
    while (log2 < LOG2_MAX && (((uint64_t)2 << log2) / 3) < n)
        log2++;
    return log2;
}

/* The smallest power of two, as its logarithm, that is at least n. */
static int log2_at_least(size_t n)
{
    int log2 = LOG2_MIN;
    while (log2 < LOG2_MAX && ((uint64_t)1 << log2) < n)
        log2++;
    return log2;
}

static ALWAYS_INLINE uint32_t free_mark_as(int index_log)
{
    return index_log == 0 ? 0xFF : index_log == 1 ? 0xFFFF : UINT32_MAX;
}
static size_t index_bytes(const DictTable *table) { return ((size_t)table->mask + 1) << table->index_log; }

size_t dict_table_size(const DictTable *table)
{
    if (table == &empty.table)
        return 0;
    return index_bytes(table) + sizeof(DictTable) + (size_t)table->capacity * table->width * sizeof(Value);
}

static DictTable *table_new(Thread *t, int log2, uint32_t width)
{
    if (log2 >= LOG2_MAX) {
        error_no_memory(t);
        return NULL;
    }
    int index_log = log2 <= 8 ? 0 : log2 <= 16 ? 1 : 2;
    uint64_t slots = (uint64_t)1 << slots_log2(log2), capacity = ((uint64_t)2 << log2) / 3;
    uint64_t size = (slots << index_log) + sizeof(DictTable) + capacity * width * sizeof(Value);
    if (size > SIZE_MAX / 2) {
        error_no_memory(t);
        return NULL;
    }
    uint8_t *block = alloc_memory(t, (size_t)size);
    if (UNLIKELY(!block))
        return NULL;
    memset(block, 0xFF, (size_t)(slots << index_log));
    DictTable *table = (DictTable *)(void *)(block + (slots << index_log));
    *table = (DictTable){
        .mask = (uint32_t)(slots - 1),
        .free_mark = free_mark_as(index_log),
        .capacity = (uint32_t)capacity,
        .used = 0,
        .index_log = (uint8_t)index_log,
        .width = (uint8_t)width,
    };
    return table;
}

void dict_table_free(Thread *t, DictTable *table)
{
    if (table && table != &empty.table)
        alloc_memory_free_deferred(t, (uint8_t *)table - index_bytes(table));
}

/* What a slot of the index holds: an entry's number, free_mark, or free_mark - 1 (deleted).  With index_log as a
 * constant a look-up is a loop without a choice in it. */
static ALWAYS_INLINE uint32_t index_get_as(const DictTable *table, size_t slot, int index_log)
{
    ptrdiff_t i = -1 - (ptrdiff_t)slot;
    switch (index_log) {
    case 0: return ((const uint8_t *)table)[i];
    case 1: return ((const uint16_t *)(const void *)table)[i];
    default: return ((const uint32_t *)(const void *)table)[i];
    }
}
static ALWAYS_INLINE uint32_t index_get(const DictTable *table, size_t slot)
{
    return index_get_as(table, slot, table->index_log);
}
/* The same without the lock: what the slot points to is to be seen complete. */
static ALWAYS_INLINE uint32_t index_get_shared(const DictTable *table, size_t slot)
{
    ptrdiff_t i = -1 - (ptrdiff_t)slot;
    switch (table->index_log) {
    case 0: return __atomic_load_n((const uint8_t *)table + i, __ATOMIC_ACQUIRE);
    case 1: return __atomic_load_n((const uint16_t *)(const void *)table + i, __ATOMIC_ACQUIRE);
    default: return __atomic_load_n((const uint32_t *)(const void *)table + i, __ATOMIC_ACQUIRE);
    }
}
static ALWAYS_INLINE void index_put(const Thread *t, DictTable *table, size_t slot, uint32_t n)
{
    ptrdiff_t i = -1 - (ptrdiff_t)slot;
    switch (table->index_log) {
    case 0: store_release(t, (uint8_t *)table + i, n); break;
    case 1: store_release(t, (uint16_t *)(void *)table + i, n); break;
    default: store_release(t, (uint32_t *)(void *)table + i, n); break;
    }
}

/* The order in which slots are tried: the low bits of the hash first, then a sequence that all its bits take part in
 * and that visits every slot. */
typedef struct Probe {
    size_t slot, mask;
    uint64_t rest;
} Probe;
static ALWAYS_INLINE Probe probe_first(const DictTable *table, hash_t hash)
{
    return (Probe){(size_t)hash & table->mask, table->mask, (uint64_t)hash};
}
static ALWAYS_INLINE void probe_next(Probe *p)
{
    p->rest >>= 5;
    p->slot = (p->slot * 5 + (size_t)p->rest + 1) & p->mask;
}

static ALWAYS_INLINE hash_t key_hash(const Value *entry, uint32_t width)
{
    return width == 3 ? (hash_t)entry[2].bits : atomic_load_explicit(&str_of(entry[0])->hash, memory_order_relaxed);
}

static size_t free_slot_big(const DictTable *table, hash_t hash)
{
    Probe p = probe_first(table, hash);
    while (index_get(table, p.slot) < table->free_mark - 1)
        probe_next(&p);
    return p.slot;
}
/* A slot for a key that is not in the table. */
static ALWAYS_INLINE size_t free_slot(const DictTable *table, hash_t hash)
{
    if (LIKELY(table->index_log == 0)) {
        Probe p = probe_first(table, hash);
        while (index_get_as(table, p.slot, 0) < free_mark_as(0) - 1)
            probe_next(&p);
        return p.slot;
    }
    return free_slot_big(table, hash);
}
/* The slot of an entry. */
static size_t slot_of_entry(const DictTable *table, hash_t hash, uint32_t entry)
{
    Probe p = probe_first(table, hash);
    while (index_get(table, p.slot) != entry)
        probe_next(&p);
    return p.slot;
}

/* The entry that holds this very key. */
static uint32_t entry_of_key(const DictTable *table, Value key, hash_t hash)
{
    for (Probe p = probe_first(table, hash);; probe_next(&p)) {
        uint32_t i = index_get(table, p.slot);
        if (i < table->free_mark - 1 && value_is(dict_table_entry(table, i)[0], key))
            return i;
    }
}

static ALWAYS_INLINE void keys_changed(const Thread *t, Dict *d)
{
    if (atomic_load_explicit(&d->keys_version, memory_order_relaxed) != 0)
        store_release(t, &d->keys_version, 0);
}

static ALWAYS_INLINE uint32_t replaced(const Dict *d)
{
    return atomic_load_explicit(&d->replaced, memory_order_acquire);
}

/* Under the lock: lookups under way must notice. */
static void table_replaced(const Thread *t, Dict *d)
{
    store_release(t, &d->replaced, atomic_load_explicit(&d->replaced, memory_order_relaxed) + 1);
}

/* Puts another table in place of the old one, which is returned. */
static DictTable *swap_table(const Thread *t, Dict *d, DictTable *table)
{
    DictTable *old = d->table;
    keys_changed(t, d);
    table_replaced(t, d);
    __atomic_store_n(&d->table, table, __ATOMIC_RELEASE);
    return old;
}

static void fill_index(const Thread *t, DictTable *table)
{
    const Value *entry = dict_table_entry(table, table->first);
    for (uint32_t i = table->first; i < table->used; i++, entry += table->width)
        index_put(t, table, free_slot(table, key_hash(entry, table->width)), i);
}

/* Moves the entries into a fresh table of a size and width, closing gaps, but leaving `before` unused ones at the
 * front. */
static int rebuild(Thread *t, Dict *d, int log2, uint32_t width, uint32_t before)
{
    DictTable *old = d->table, *table = table_new(t, log2, width);
    if (UNLIKELY(!table))
        return -1;
    const Value *from = dict_table_entry(old, old->first);
    memset(dict_table_entry(table, 0), 0, (size_t)before * width * sizeof(Value));
    Value *to = dict_table_entry(table, before);
    if (d->length == old->used - old->first && width == old->width) {
        memcpy(to, from, d->length * width * sizeof(Value));
    } else {
        for (uint32_t i = old->first; i < old->used; i++, from += old->width) {
            if (value_is_empty(from[1]))
                continue;
            to[0] = from[0];
            to[1] = from[1];
            if (width == 3)
                to[2].bits = (uint64_t)key_hash(from, old->width);
            to += width;
        }
    }
    table->first = before;
    table->used = before + (uint32_t)d->length;
    fill_index(t, table);
    dict_table_free(t, swap_table(t, d, table));
    return 0;
}

/* ---- looking up ---- */

#define ABSENT (-1)
#define FAILED (-2)

/* A str key among str keys: no code runs. */
static ALWAYS_INLINE int64_t find_str_as(const DictTable *table, Value key, hash_t hash, int index_log)
{
    const uint32_t free_mark = free_mark_as(index_log);
    for (Probe p = probe_first(table, hash);; probe_next(&p)) {
        uint32_t i = index_get_as(table, p.slot, index_log);
        if (LIKELY(i < free_mark - 1)) {
            Value candidate = ((const Value *)(table + 1))[(size_t)i * 2];
            if (value_is(candidate, key))
                return i;
            if (atomic_load_explicit(&str_of(candidate)->hash, memory_order_relaxed) == hash &&
                LIKELY(str_same(str_of(candidate), str_of(key))))
                return i;
        } else if (i == free_mark) {
            return ABSENT;
        }
    }
}
static NOINLINE int64_t find_str_big(const DictTable *table, Value key, hash_t hash)
{
    return table->index_log == 1 ? find_str_as(table, key, hash, 1) : find_str_as(table, key, hash, 2);
}
static ALWAYS_INLINE int64_t find_str(const DictTable *table, Value key, hash_t hash)
{
    return LIKELY(table->index_log == 0) ? find_str_as(table, key, hash, 0) : find_str_big(table, key, hash);
}

/* Is the candidate, which has the same hash, the key?  1, 0, -1; 2: the dict changed meanwhile, begin again. */
static int compare_key(Thread *t, Dict *d, const DictTable *table, uint32_t i, Value key, bool locked)
{
    const Value *entry = dict_table_entry(table, i);
    Value candidate = entry[0];
    if (items_are_simple(candidate, key))
        return items_equal(t, candidate, key);
    int equal = tuples_equal_simply(candidate, key);
    if (equal >= 0)
        return equal;
    uint32_t before = replaced(d);
    ref_inc(t, candidate);
    if (locked)
        objlock_exit(t, d);
    equal = object_compare_bool(t, candidate, key, COMPARE_EQ);
    if (locked)
        objlock_enter(t, d);
    bool same = replaced(d) == before && value_is(entry[0], candidate);
    if (LIKELY(same)) {
        ref_dec(t, candidate); /* not the last: the table has one */
        return equal;
    }
    if (locked)
        objlock_exit(t, d);
    ref_dec(t, candidate);
    if (locked)
        objlock_enter(t, d);
    return equal < 0 ? -1 : 2;
}

static NOINLINE int64_t find_any(Thread *t, Dict *d, Value key, hash_t hash, bool locked)
{
again:;
    const DictTable *table = d->table;
    for (Probe p = probe_first(table, hash);; probe_next(&p)) {
        uint32_t i = index_get(table, p.slot);
        if (i >= table->free_mark - 1) {
            if (i == table->free_mark)
                return ABSENT;
            continue;
        }
        const Value *entry = dict_table_entry(table, i);
        if (value_is(entry[0], key))
            return i;
        if (key_hash(entry, table->width) != hash)
            continue;
        switch (compare_key(t, d, table, i, key, locked)) {
        case 0: break;
        case 1: return i;
        case 2: goto again;
        default: return FAILED;
        }
    }
}

/* An int key that is unboxed, among any keys. */
static ALWAYS_INLINE int64_t find_int_as(Thread *t, Dict *d, Value key, hash_t hash, bool locked, int index_log)
{
    const DictTable *table = d->table;
    const uint32_t free_mark = free_mark_as(index_log);
    for (Probe p = probe_first(table, hash);; probe_next(&p)) {
        uint32_t i = index_get_as(table, p.slot, index_log);
        if (LIKELY(i < free_mark - 1)) {
            const Value *entry = (const Value *)(table + 1) + (size_t)i * 3;
            if (value_is(entry[0], key))
                return i;
            if (UNLIKELY((hash_t)entry[2].bits == hash && !value_is_int(entry[0])))
                return find_any(t, d, key, hash, locked);
        } else if (i == free_mark) {
            return ABSENT;
        }
    }
}
static NOINLINE int64_t find_int_big(Thread *t, Dict *d, Value key, hash_t hash, bool locked)
{
    return d->table->index_log == 1 ? find_int_as(t, d, key, hash, locked, 1) : find_int_as(t, d, key, hash, locked, 2);
}
static ALWAYS_INLINE int64_t find_int(Thread *t, Dict *d, Value key, hash_t hash, bool locked)
{
    return LIKELY(d->table->index_log == 0) ? find_int_as(t, d, key, hash, locked, 0)
                                            : find_int_big(t, d, key, hash, locked);
}

/* The number of the key's entry, ABSENT or FAILED.  With `locked` the caller holds the lock (which is left and
 * retaken around any __eq__); without, the GIL is on. */
static ALWAYS_INLINE int64_t find(Thread *t, Dict *d, Value key, hash_t hash, bool locked)
{
    const DictTable *table = d->table;
    if (LIKELY(table->width == 2)) {
        if (LIKELY(str_check_exact(key)))
            return find_str(table, key, hash);
    } else if (value_is_int(key)) {
        return find_int(t, d, key, hash, locked);
    }
    return find_any(t, d, key, hash, locked);
}

/* The hash of a str that another thread may just have freed: its memory is readable until a grace period, whatever is in it by then. */
static NO_ASAN hash_t dying_str_hash(Value v) { return atomic_load_explicit(&str_of(v)->hash, memory_order_relaxed); }

/* Lock off, lock not held.  1 found (owned), 0 absent, -1 error, 2: a change was met, take the lock.
 *
 * A candidate that differs is passed over even if it dies while it is looked at: then it was removed during this
 * lookup, and a key equal to it was absent for a moment of it. */
static int find_shared(Thread *t, Dict *d, Value key, hash_t hash, Value *result)
{
again:;
    uint32_t before = replaced(d);
    DictTable *table = __atomic_load_n(&d->table, __ATOMIC_ACQUIRE);
    for (Probe p = probe_first(table, hash);; probe_next(&p)) {
        uint32_t i = index_get_shared(table, p.slot);
        if (i >= table->free_mark - 1) {
            if (i == table->free_mark)
                return replaced(d) == before && __atomic_load_n(&d->table, __ATOMIC_ACQUIRE) == table ? 0 : 2;
            continue;
        }
        Value *entry = dict_table_entry(table, i);
        Value candidate = slot_peek(&entry[0]);
        if (!value_is(candidate, key)) {
            if (value_is_empty(candidate))
                continue;
            if ((table->width == 3 ? (hash_t)slot_peek(&entry[2]).bits : dying_str_hash(candidate)) != hash)
                continue;
            if (!slot_load(t, &entry[0], &candidate))
                return 2;
            int equal = value_is_empty(candidate) ? 2 : items_equal(t, candidate, key);
            bool same = replaced(d) == before && value_is(slot_peek(&entry[0]), candidate);
            ref_dec(t, candidate);
            if (equal < 0)
                return -1;
            if (!same || equal == 2)
                goto again;
            if (!equal)
                continue;
        }
        Value value;
        if (!slot_load(t, &entry[1], &value) || value_is_empty(value))
            return 2;
        if (LIKELY(replaced(d) == before && __atomic_load_n(&d->table, __ATOMIC_ACQUIRE) == table &&
                   !value_is_empty(slot_peek(&entry[0])))) {
            *result = value;
            return 1;
        }
        ref_dec(t, value);
        return 2;
    }
}

/* dict_get_hash with the lock off. */
static NOINLINE int get_shared(Thread *t, Dict *d, Value key, hash_t hash, Value *result)
{
    *result = VALUE_EMPTY;
    int status = find_shared(t, d, key, hash, result);
    if (LIKELY(status != 2))
        return status;
    objlock_enter(t, d);
    int64_t i = find(t, d, key, hash, true);
    if (LIKELY(i >= 0))
        *result = slot_load_locked(t, &dict_table_entry(d->table, (size_t)i)[1]);
    objlock_exit(t, d);
    return i >= 0 ? 1 : i == ABSENT ? 0 : -1;
}

int dict_get_hash(Thread *t, Value dict, Value key, hash_t hash, Value *result)
{
    Dict *d = dict_of(dict);
    if (UNLIKELY(t->free_threaded))
        return get_shared(t, d, key, hash, result);
    int64_t i = find(t, d, key, hash, false);
    if (LIKELY(i >= 0)) {
        *result = ref_inc(t, dict_table_entry(d->table, (size_t)i)[1]);
        return 1;
    }
    *result = VALUE_EMPTY;
    return i == ABSENT ? 0 : -1;
}

/* hash(key); a TypeError says what the key was wanted for. */
static ALWAYS_INLINE hash_t hash_of_key(Thread *t, Value key)
{
    hash_t hash = item_hash(t, key);
    if (UNLIKELY(hash == -1))
        unhashable_item(t, key, "dict key");
    return hash;
}

#define UNDECIDED (-3)

static ALWAYS_INLINE int64_t find_str_quickly_as(const DictTable *table, Value key, hash_t hash, int index_log)
{
    const uint32_t free_mark = free_mark_as(index_log);
    for (Probe p = probe_first(table, hash);; probe_next(&p)) {
        uint32_t i = index_get_as(table, p.slot, index_log);
        if (LIKELY(i < free_mark - 1)) {
            Value candidate = ((const Value *)(table + 1))[(size_t)i * 2];
            if (value_is(candidate, key))
                return (int64_t)i * 2 + 1;
            if (atomic_load_explicit(&str_of(candidate)->hash, memory_order_relaxed) == hash)
                return str_same_short(str_of(candidate), str_of(key)) ? (int64_t)i * 2 + 1 : UNDECIDED;
        } else if (i == free_mark) {
            return ABSENT;
        }
    }
}

static ALWAYS_INLINE int64_t find_int_quickly_as(const DictTable *table, Value key, hash_t hash, int index_log)
{
    const uint32_t free_mark = free_mark_as(index_log);
    for (Probe p = probe_first(table, hash);; probe_next(&p)) {
        uint32_t i = index_get_as(table, p.slot, index_log);
        if (LIKELY(i < free_mark - 1)) {
            const Value *entry = (const Value *)(table + 1) + (size_t)i * 3;
            if (value_is(entry[0], key))
                return (int64_t)i * 3 + 1;
            if (UNLIKELY((hash_t)entry[2].bits == hash && !value_is_int(entry[0])))
                return UNDECIDED;
        } else if (i == free_mark) {
            return ABSENT;
        }
    }
}

/* What most lookups with the GIL on come to, without a call, so that a function that begins with it need not save
 * registers: which of the Values behind the table's header the key's is, ABSENT or UNDECIDED. */
static ALWAYS_INLINE int64_t find_quickly(Thread *t, const Dict *d, Value key)
{
    if (UNLIKELY(t->free_threaded))
        return UNDECIDED;
    const DictTable *table = d->table;
    if (LIKELY(str_check_exact(key))) {
        hash_t hash = atomic_load_explicit(&str_of(key)->hash, memory_order_relaxed);
        if (UNLIKELY(hash == 0) || UNLIKELY(table->width != 2))
            return UNDECIDED;
        return table->index_log == 0   ? find_str_quickly_as(table, key, hash, 0)
               : table->index_log == 1 ? find_str_quickly_as(table, key, hash, 1)
                                       : UNDECIDED;
    }
    if (value_is_int(key) && table->width == 3) {
        hash_t hash = value_to_int(key);
        if (UNLIKELY(hash == -1))
            return UNDECIDED;
        return table->index_log == 0   ? find_int_quickly_as(table, key, hash, 0)
               : table->index_log == 1 ? find_int_quickly_as(table, key, hash, 1)
                                       : find_int_quickly_as(table, key, hash, 2);
    }
    return UNDECIDED;
}

static ALWAYS_INLINE Value found_quickly(Thread *t, Value dict, int64_t i)
{
    return ref_inc(t, ((const Value *)(dict_of(dict)->table + 1))[i]);
}

static NOINLINE Value item_slowly(Thread *t, Value dict, Value key)
{
    hash_t hash = hash_of_key(t, key);
    if (LIKELY(!t->free_threaded && hash != -1)) {
        Dict *d = dict_of(dict);
        int64_t i = find(t, d, key, hash, false);
        if (LIKELY(i >= 0))
            return ref_inc(t, dict_table_entry(d->table, (size_t)i)[1]);
        return i == ABSENT ? error_key(t, key) : VALUE_EMPTY;
    }
    Value result;
    int found = hash == -1 ? -1 : dict_get_hash(t, dict, key, hash, &result);
    return found > 0 ? result : found == 0 ? error_key(t, key) : VALUE_EMPTY;
}

static NOINLINE int get_slowly(Thread *t, Value dict, Value key, Value *result)
{
    hash_t hash = hash_of_key(t, key);
    if (UNLIKELY(hash == -1)) {
        *result = VALUE_EMPTY;
        return -1;
    }
    return dict_get_hash(t, dict, key, hash, result);
}

Value dict_item(Thread *t, Value dict, Value key)
{
    int64_t i = find_quickly(t, dict_of(dict), key);
    if (LIKELY(i >= 0))
        return found_quickly(t, dict, i);
    return item_slowly(t, dict, key);
}

int dict_get_optional(Thread *t, Value dict, Value key, Value *result)
{
    int64_t i = find_quickly(t, dict_of(dict), key);
    if (LIKELY(i >= 0)) {
        *result = found_quickly(t, dict, i);
        return 1;
    }
    if (LIKELY(i == ABSENT)) {
        *result = VALUE_EMPTY;
        return 0;
    }
    return get_slowly(t, dict, key, result);
}

Value dict_get(Thread *t, Value dict, Value key)
{
    Value result;
    dict_get_optional(t, dict, key, &result);
    return result;
}

Value dict_get_string(Thread *t, Value dict, const char *ascii)
{
    Value key = str_from_string(t, ascii);
    if (value_is_empty(key))
        return VALUE_EMPTY;
    Value result = dict_get(t, dict, key);
    ref_dec(t, key);
    return result;
}

int dict_contains(Thread *t, Value dict, Value key)
{
    Value found;
    int status = dict_get_optional(t, dict, key, &found);
    ref_dec(t, found);
    return status;
}

int64_t dict_index(Thread *t, Dict *d, Value name)
{
    objlock_enter(t, d);
    const DictTable *table = d->table;
    int64_t found = ABSENT;
    hash_t hash = item_hash(t, name);
    if (table->width == 2) {
        found = find_str(table, name, hash);
    } else {
        for (Probe p = probe_first(table, hash);; probe_next(&p)) {
            uint32_t i = index_get(table, p.slot);
            if (i == table->free_mark)
                break;
            if (i == table->free_mark - 1)
                continue;
            const Value *entry = dict_table_entry(table, i);
            if (value_is(entry[0], name) ||
                ((hash_t)entry[2].bits == hash && str_check_exact(entry[0]) && str_equal(entry[0], name))) {
                found = i;
                break;
            }
            if ((hash_t)entry[2].bits == hash && !str_check_exact(entry[0]))
                break;
        }
    }
    objlock_exit(t, d);
    return found;
}

int dict_find_str_again(Thread *t, Value dict, Value name, uint16_t *place, Value *result)
{
    int64_t index = t->free_threaded ? ABSENT : dict_index(t, dict_of(dict), name);
    if (index >= 0 && index <= UINT16_MAX)
        *place = (uint16_t)index;
    return dict_get_optional(t, dict, name, result);
}

uint32_t dict_keys_version(Thread *t, Dict *d)
{
    uint32_t version = atomic_load_explicit(&d->keys_version, memory_order_acquire);
    if (version)
        return version;
    _Atomic uint32_t *next = &t->interp->next_keys_version;
    objlock_enter(t, d);
    version = atomic_load_explicit(&d->keys_version, memory_order_relaxed);
    if (!version && atomic_load_explicit(next, memory_order_relaxed) < VERSION_MAX - 1024) {
        version = atomic_fetch_add_explicit(next, 1, memory_order_relaxed) + 1;
        store_release(t, &d->keys_version, version);
    }
    objlock_exit(t, d);
    return version;
}

bool dict_get_cached_shared(Thread *t, Dict *d, uint32_t version, uint32_t index, Value *result)
{
    DictTable *table = __atomic_load_n(&d->table, __ATOMIC_ACQUIRE);
    if (index >= __atomic_load_n(&table->used, __ATOMIC_ACQUIRE) ||
        !slot_load(t, &dict_table_entry(table, index)[1], result) || value_is_empty(*result))
        return false;
    if (atomic_load_explicit(&d->keys_version, memory_order_acquire) == version &&
        __atomic_load_n(&d->table, __ATOMIC_ACQUIRE) == table)
        return true;
    ref_dec(t, *result);
    return false;
}

/* ---- changing ---- */

/* Adds an absent key, under the lock; takes both references only if it succeeds (0; -1: no memory). */
static int insert_take(Thread *t, Dict *d, Value key, hash_t hash, Value value)
{
    DictTable *table = d->table;
    uint32_t width = LIKELY(str_check_exact(key)) ? table->width : 3;
    if (UNLIKELY(table->used == table->capacity || width != table->width)) {
        int log2 = table->used == table->capacity ? log2_at_least(d->length * 3) : log2_for(table->capacity);
        if (d->length == 0 && str_check_exact(key))
            width = 2;
        if (rebuild(t, d, log2, width, 0) < 0)
            return -1;
        table = d->table;
    }
    keys_changed(t, d);
    uint32_t i = table->used;
    Value *entry = dict_table_entry(table, i);
    if (width == 3)
        slot_put(t, &entry[2], (Value){(uint64_t)hash});
    slot_put(t, &entry[1], value);
    slot_put(t, &entry[0], key);
    store_release(t, &table->used, i + 1);
    index_put(t, table, free_slot(table, hash), i);
    store_release(t, &d->length, d->length + 1);
    return 0;
}

/* An entry is in use no more. */
static ALWAYS_INLINE void empty_entry(Thread *t, Dict *d, uint32_t i)
{
    DictTable *table = d->table;
    Value *entry = dict_table_entry(table, i);
    keys_changed(t, d);
    slot_put(t, &entry[1], VALUE_EMPTY);
    slot_put(t, &entry[0], VALUE_EMPTY);
    /* Taking items from the front again and again must not walk over all that are gone. */
    if (i == table->first)
        while (table->first < table->used && value_is_empty(dict_table_entry(table, table->first)[1]))
            table->first++;
}

/* Takes an entry out, under the lock; the caller releases key and value after leaving it.  mark: what its slot holds then. */
static void remove_entry(Thread *t, Dict *d, uint32_t i, hash_t hash, uint32_t mark, Value *key, Value *value)
{
    Value *entry = dict_table_entry(d->table, i);
    *key = entry[0];
    *value = entry[1];
    index_put(t, d->table, slot_of_entry(d->table, hash, i), mark);
    empty_entry(t, d, i);
    store_release(t, &d->length, d->length - 1);
}

int dict_set_hash(Thread *t, Value dict, Value key, hash_t hash, Value value)
{
    Dict *d = dict_of(dict);
    objlock_enter(t, d);
    int64_t i = find(t, d, key, hash, true);
    int status = 0;
    Value old = VALUE_EMPTY;
    if (i >= 0) {
        Value *slot = &dict_table_entry(d->table, (size_t)i)[1];
        old = *slot;
        slot_put(t, slot, ref_inc(t, value));
    } else if (UNLIKELY(i == FAILED)) {
        status = -1;
    } else {
        status = insert_take(t, d, key, hash, value);
        if (LIKELY(status == 0)) {
            ref_inc(t, key);
            ref_inc(t, value);
        }
    }
    objlock_exit(t, d);
    ref_dec(t, old);
    return status;
}

int dict_count_hash(Thread *t, Value dict, Value key, hash_t hash)
{
    Dict *d = dict_of(dict);
    objlock_enter(t, d);
    int64_t i = find(t, d, key, hash, true);
    int status = i == FAILED ? -1 : 1;
    if (LIKELY(i >= 0)) {
        Value *slot = &dict_table_entry(d->table, (size_t)i)[1];
        if (LIKELY(value_is_int(*slot)) && LIKELY(value_to_int(*slot) < VALUE_INT_MAX))
            slot_put(t, slot, value_from_int(value_to_int(*slot) + 1));
        else
            status = 0;
    } else if (i == ABSENT && LIKELY((status = insert_take(t, d, key, hash, value_from_int(1))) == 0)) {
        ref_inc(t, key);
        status = 1;
    }
    objlock_exit(t, d);
    return status;
}

static NOINLINE int set_slowly(Thread *t, Value dict, Value key, Value value)
{
    hash_t hash = hash_of_key(t, key);
    return UNLIKELY(hash == -1) ? -1 : dict_set_hash(t, dict, key, hash, value);
}

/* For a key that find_quickly has not found. */
static NOINLINE int set_absent(Thread *t, Value dict, Value key, Value value)
{
    if (UNLIKELY(insert_take(t, dict_of(dict), key, item_hash(t, key), value) < 0))
        return -1;
    ref_inc(t, key);
    ref_inc(t, value);
    return 0;
}

int dict_set(Thread *t, Value dict, Value key, Value value)
{
    int64_t i = find_quickly(t, dict_of(dict), key);
    if (LIKELY(i >= 0)) {
        Value *slot = (Value *)(dict_of(dict)->table + 1) + i, old = *slot;
        *slot = ref_inc(t, value);
        ref_dec(t, old);
        return 0;
    }
    return i == ABSENT ? set_absent(t, dict, key, value) : set_slowly(t, dict, key, value);
}

int dict_set_string(Thread *t, Value dict, const char *ascii, Value value)
{
    Value key = str_intern(t, ascii);
    if (value_is_empty(key))
        return -1;
    int status = dict_set(t, dict, key, value);
    ref_dec(t, key);
    return status;
}

int dict_set_string_take(Thread *t, Value dict, const char *ascii, Value owned)
{
    if (value_is_empty(owned))
        return -1;
    int status = dict_set_string(t, dict, ascii, owned);
    ref_dec(t, owned);
    return status;
}

int dict_pop_hash(Thread *t, Value dict, Value key, hash_t hash, Value *result)
{
    Dict *d = dict_of(dict);
    Value old_key = VALUE_EMPTY, old_value = VALUE_EMPTY;
    objlock_enter(t, d);
    int64_t i = find(t, d, key, hash, true);
    if (i >= 0)
        remove_entry(t, d, (uint32_t)i, hash, d->table->free_mark - 1, &old_key, &old_value);
    objlock_exit(t, d);
    ref_dec(t, old_key);
    if (result)
        *result = old_value;
    else
        ref_dec(t, old_value);
    return i >= 0 ? 1 : i == ABSENT ? 0 : -1;
}

int dict_pop(Thread *t, Value dict, Value key, Value *result)
{
    if (result)
        *result = VALUE_EMPTY;
    if (dict_length(dict) == 0)
        return 0; /* without hashing the key, as in CPython */
    hash_t hash = hash_of_key(t, key);
    return hash == -1 ? -1 : dict_pop_hash(t, dict, key, hash, result);
}

int dict_delete(Thread *t, Value dict, Value key)
{
    hash_t hash = hash_of_key(t, key);
    if (hash == -1)
        return -1;
    int status = dict_pop_hash(t, dict, key, hash, NULL);
    if (status == 0)
        error_key(t, key);
    return status == 1 ? 0 : -1;
}

int dict_setdefault(Thread *t, Value dict, Value key, Value value, Value *result)
{
    Dict *d = dict_of(dict);
    if (result)
        *result = VALUE_EMPTY;
    hash_t hash = hash_of_key(t, key);
    if (hash == -1)
        return -1;
    objlock_enter(t, d);
    int64_t i = find(t, d, key, hash, true);
    int status = i == FAILED ? -1 : 1;
    if (i >= 0) {
        if (result)
            *result = ref_inc(t, dict_table_entry(d->table, (size_t)i)[1]);
    } else if (i == ABSENT) {
        status = insert_take(t, d, key, hash, value);
        if (status == 0) {
            ref_inc(t, key);
            ref_inc(t, value);
            if (result)
                *result = ref_inc(t, value);
        }
    }
    objlock_exit(t, d);
    return status;
}

bool dict_pop_last(Thread *t, Value dict, Value *key, Value *value)
{
    Dict *d = dict_of(dict);
    objlock_enter(t, d);
    bool any = d->length > 0;
    if (any) {
        DictTable *table = d->table;
        uint32_t i = table->used - 1;
        while (value_is_empty(dict_table_entry(table, i)[1]))
            i--;
        /* Has nothing else been taken out since the index was made, then nothing came to lie behind the last item's slot, which is free again.  Else it is spent until
         * the table is replaced, though the entry is used again: the room is given up with it, or there would be no free slot left one day. */
        bool free_again = !table->spent && table->first == 0 && d->length == table->used;
        remove_entry(t, d, i, key_hash(dict_table_entry(table, i), table->width), table->free_mark - !free_again, key,
                     value);
        table_replaced(t, d);
        if (!free_again) {
            table->capacity -= table->used - i;
            table->spent = true;
        }
        store_release(t, &table->used, i);
        if (table->first > i)
            table->first = i;
    }
    objlock_exit(t, d);
    return any;
}

bool dict_pop_first(Thread *t, Value dict, Value *key, Value *value)
{
    Dict *d = dict_of(dict);
    objlock_enter(t, d);
    bool any = d->length > 0;
    if (any) {
        DictTable *table = d->table;
        remove_entry(t, d, table->first, key_hash(dict_table_entry(table, table->first), table->width),
                     table->free_mark - 1, key, value);
    }
    objlock_exit(t, d);
    return any;
}

int dict_move(Thread *t, Value dict, Value key, bool last)
{
    hash_t hash = hash_of_key(t, key);
    return hash == -1 ? -1 : dict_move_hash(t, dict, key, hash, last, NULL);
}

int dict_move_hash(Thread *t, Value dict, Value key, hash_t hash, bool last, Value *value)
{
    Dict *d = dict_of(dict);
    int status = 0;
    objlock_enter(t, d);
    int64_t i = find(t, d, key, hash, true);
    bool moves = i >= 0 && (uint32_t)i != (last ? d->table->used - 1 : d->table->first);
    if (moves && (last ? d->table->used == d->table->capacity : d->table->first == 0)) {
        /* Room first: nothing may fail once the entry is out.  A gap at the front serves many moves. */
        int log2 = log2_at_least(d->length * 3);
        uint32_t spare = (uint32_t)((((uint64_t)2 << log2) / 3 - d->length) / 2);
        Value present = dict_table_entry(d->table, (size_t)i)[0];
        status = rebuild(t, d, log2, d->table->width, last ? 0 : spare);
        if (status == 0)
            i = entry_of_key(d->table, present, hash);
    }
    DictTable *table = d->table;
    if (value)
        *value = status < 0 || i < 0 ? VALUE_EMPTY : ref_inc(t, dict_table_entry(table, (size_t)i)[1]);
    if (status < 0 || i < 0) {
        status = i == ABSENT ? 0 : -1;
    } else if (!moves) {
        status = 1;
    } else {
        uint32_t to = last ? table->used : table->first - 1;
        Value *from = dict_table_entry(table, (size_t)i), *entry = dict_table_entry(table, to);
        if (table->width == 3)
            slot_put(t, &entry[2], (Value){(uint64_t)hash});
        slot_put(t, &entry[1], from[1]);
        slot_put(t, &entry[0], from[0]);
        if (last)
            store_release(t, &table->used, to + 1);
        else
            table->first = to;
        index_put(t, table, slot_of_entry(table, hash, (uint32_t)i), to);
        table_replaced(t, d);
        empty_entry(t, d, (uint32_t)i);
        status = 1;
    }
    objlock_exit(t, d);
    return status;
}

/* Releases all that a table holds, keys and values in order, and the table. */
static void release_table(Thread *t, DictTable *table)
{
    Value *entry = dict_table_entry(table, table->first);
    for (uint32_t n = table->used - table->first; n > 0; n--, entry += table->width) {
        ref_dec(t, entry[0]);
        ref_dec(t, entry[1]);
    }
    dict_table_free(t, table);
}

void dict_clear(Thread *t, Value dict)
{
    Dict *d = dict_of(dict);
    objlock_enter(t, d);
    DictTable *old = d->table;
    if (old != &empty.table) {
        swap_table(t, d, dict_empty_table());
        store_release(t, &d->length, 0);
    }
    objlock_exit(t, d);
    release_table(t, old);
}

/* ---- making and copying ---- */

Value dict_new(Thread *t)
{
    Dict *d = alloc_container_raw(t, KIND_DICT, sizeof(Dict));
    if (UNLIKELY(!d))
        return VALUE_EMPTY;
    dict_init_empty(d);
    return value_of(d);
}

Value dict_new_sized(Thread *t, size_t items)
{
    Value dict = dict_new(t);
    if (items == 0 || value_is_empty(dict))
        return dict;
    DictTable *table = table_new(t, log2_for(items), 2);
    if (UNLIKELY(!table)) {
        ref_dec(t, dict);
        return VALUE_EMPTY;
    }
    dict_of(dict)->table = table;
    return dict;
}

/* A copy of a table with references of its own, under the lock of its dict; NULL: no memory. */
static DictTable *table_clone(Thread *t, const DictTable *table)
{
    size_t index = index_bytes(table), used = (size_t)table->used * table->width;
    uint8_t *block = alloc_memory(t, dict_table_size(table));
    if (UNLIKELY(!block))
        return NULL;
    memcpy(block, (const uint8_t *)table - index, index + sizeof(DictTable) + used * sizeof(Value));
    DictTable *copy = (DictTable *)(void *)(block + index);
    const Value *entry = dict_table_entry(copy, copy->first);
    for (uint32_t i = copy->first; i < copy->used; i++, entry += copy->width) {
        ref_inc(t, entry[0]);
        ref_inc(t, entry[1]);
    }
    return copy;
}

/* The same, closing gaps. */
static DictTable *table_clone_dense(Thread *t, const Dict *from)
{
    const DictTable *table = from->table;
    DictTable *copy = table_new(t, log2_for(from->length), table->width);
    if (UNLIKELY(!copy))
        return NULL;
    const Value *entry = dict_table_entry(table, table->first);
    Value *to = dict_table_entry(copy, 0);
    for (uint32_t i = table->first; i < table->used; i++, entry += table->width) {
        if (value_is_empty(entry[1]))
            continue;
        memcpy(to, entry, table->width * sizeof(Value));
        ref_inc(t, entry[0]);
        ref_inc(t, entry[1]);
        to += table->width;
    }
    copy->used = (uint32_t)from->length;
    fill_index(t, copy);
    return copy;
}

int dict_copy_into(Thread *t, Dict *to, Dict *from)
{
    objlock_enter2(t, to, from);
    int status = 0;
    if (to->length == 0 && to->table->used == 0 && from->length > 0) {
        bool dense = from->length >= (size_t)from->table->used * 2 / 3;
        DictTable *copy = dense ? table_clone(t, from->table) : table_clone_dense(t, from);
        if (copy) {
            dict_table_free(t, swap_table(t, to, copy));
            store_release(t, &to->length, from->length);
            status = 1;
        } else {
            status = -1;
        }
    }
    objlock_exit2(t, to, from);
    return status;
}

int dict_make_room(Thread *t, Value dict, size_t items)
{
    Dict *d = dict_of(dict);
    objlock_enter(t, d);
    int status = 0;
    if (d->table->capacity < items)
        status = rebuild(t, d, log2_for(d->length + items), d->table->width, 0);
    objlock_exit(t, d);
    return status;
}

/* ---- walking ---- */

bool dict_next(Value dict, size_t *position, Value *key, Value *value)
{
    const DictTable *table = dict_of(dict)->table;
    size_t i = *position < table->first ? table->first : *position;
    for (; i < table->used; i++) {
        const Value *entry = dict_table_entry(table, i);
        if (value_is_empty(entry[1]))
            continue;
        *position = i + 1;
        *key = entry[0];
        if (value)
            *value = entry[1];
        return true;
    }
    return false;
}

bool dict_next_hash(Thread *t, Value dict, size_t *position, Value *key, Value *value, hash_t *hash)
{
    Dict *d = dict_of(dict);
    objlock_enter(t, d);
    bool found = dict_next(dict, position, key, value);
    if (found) {
        const Value *entry = dict_table_entry(d->table, *position - 1);
        *hash = key_hash(entry, d->table->width);
        ref_inc(t, *key);
        if (value)
            ref_inc(t, *value);
    }
    objlock_exit(t, d);
    return found;
}

bool dict_next_owned(Thread *t, Value dict, size_t *position, Value *key, Value *value)
{
    hash_t hash;
    return dict_next_hash(t, dict, position, key, value, &hash);
}

/* ---- life ---- */

void dict_dealloc(Thread *t, Object *o)
{
    Dict *d = (Dict *)o;
    DictTable *table = d->table;
    d->table = dict_empty_table();
    d->length = 0;
    if (LIKELY(table != NULL))
        release_table(t, table);
}

int dict_traverse(Object *o, VisitFn visit, void *arg)
{
    const DictTable *table = ((Dict *)o)->table;
    if (!table)
        return 0;
    const Value *entry = dict_table_entry(table, table->first);
    for (uint32_t n = table->used - table->first; n > 0; n--, entry += table->width) {
        VISIT(entry[0]);
        VISIT(entry[1]);
    }
    return 0;
}
