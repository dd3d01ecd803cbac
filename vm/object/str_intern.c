/* str_intern.c: the table of interned strs, one an interpreter: equal interned strs are one object, so that attribute names and keywords compare by address.
 *
 * With the lock on the table holds no references: a str that dies takes itself out (str_intern_remove, called by its dealloc), and whoever holds the lock may look and
 * change.  With the lock off interned strs are immortal: nothing is ever removed, look-ups take no lock (slots are published by a release store, a replaced table is
 * freed after a grace period), additions take the mutex. */
#include "str_internal.h"

#include "../memory/reclaim.h"
#include "../thread/lock.h"

/* Open addressing with linear probing; less than two thirds full.  A slot holds the address of a str, and above it TAG bits of the hash: a str that is not the one looked
 * for is mostly not looked at.  0: empty. */
typedef struct Table {
    size_t mask;
    size_t used;
    _Atomic uint64_t slots[];
} Table;

#define TAG_SHIFT 49 /* addresses are smaller (value.h) */
static ALWAYS_INLINE uint64_t tag_of(hash_t hash) { return (uint64_t)hash >> TAG_SHIFT << TAG_SHIFT; }
static ALWAYS_INLINE Str *str_in(uint64_t slot) { return (Str *)(uintptr_t)(slot & ((UINT64_C(1) << TAG_SHIFT) - 1)); }

typedef struct InternState {
    Mutex mutex; /* additions with the lock off */
    _Atomic(Table *) table;
} InternState;

static Table *table_new(size_t capacity)
{
    Table *table = alloc_raw(sizeof(Table) + capacity * sizeof(uint64_t));
    if (!table)
        return NULL;
    table->mask = capacity - 1;
    table->used = 0;
    memset((void *)table->slots, 0, capacity * sizeof(uint64_t));
    return table;
}

int str_intern_start(Thread *t)
{
    InternState *state = alloc_raw(sizeof *state);
    Table *table = table_new(CONFIG_INTERNED);
    if (!state || !table) {
        alloc_raw_free(state);
        alloc_raw_free(table);
        error_no_memory(t);
        return -1;
    }
    memset(state, 0, sizeof *state);
    atomic_store_explicit(&state->table, table, memory_order_relaxed);
    t->interp->str_state = state;
    return 0;
}

void str_free_state(Interp *interp)
{
    InternState *state = interp->str_state;
    if (!state)
        return;
    interp->str_state = NULL;
    alloc_raw_free(atomic_load_explicit(&state->table, memory_order_relaxed));
    alloc_raw_free(state);
}

static inline hash_t hash_of(const Str *s) { return atomic_load_explicit(&s->hash, memory_order_relaxed); }

/* The entry with these characters or NULL. */
static Str *find(Table *table, hash_t hash, const void *data, size_t length, int kind)
{
    for (size_t i = (size_t)hash & table->mask;; i = (i + 1) & table->mask) {
        uint64_t slot = atomic_load_explicit(&table->slots[i], memory_order_acquire);
        if (!slot)
            return NULL;
        Str *s = str_in(slot);
        if (tag_of((hash_t)slot) == tag_of(hash) && hash_of(s) == hash && s->length == length && str_kind(s) == kind &&
            memcmp(s->data, data, length * (size_t)kind) == 0)
            return s;
    }
}

static void place(Table *table, Str *s)
{
    size_t i = (size_t)hash_of(s) & table->mask;
    while (atomic_load_explicit(&table->slots[i], memory_order_relaxed))
        i = (i + 1) & table->mask;
    atomic_store_explicit(&table->slots[i], (uint64_t)(uintptr_t)s | tag_of(hash_of(s)), memory_order_release);
    table->used++;
}

static void free_table(__attribute__((unused)) Thread *t, void *table) { alloc_raw_free(table); }

/* Makes room for one more entry; the table may be replaced. */
static Table *grow(Thread *t, InternState *state, Table *table)
{
    if (LIKELY((table->used + 1) * 3 <= (table->mask + 1) * 2))
        return table;
    Table *bigger = table_new((table->mask + 1) * 2);
    if (!bigger)
        return NULL;
    for (size_t i = 0; i <= table->mask; i++) {
        uint64_t slot = atomic_load_explicit(&table->slots[i], memory_order_relaxed);
        if (slot)
            place(bigger, str_in(slot));
    }
    atomic_store_explicit(&state->table, bigger, memory_order_release);
    reclaim_later(t, free_table, table);
    return bigger;
}

static void mark(Str *s)
{
    s->head.flags |= OBJECT_REGISTERED;
    store_relaxed(&s->head.aux, (uint16_t)(s->head.aux | STR_INTERNED));
}

/* With the lock on: an entry whose last reference is gone, but whose destruction is still queued, is taken out and found no more. */
static Str *only_living(Thread *t, Str *s)
{
    if (LIKELY(!s || s->head.owner == OWNER_IMMORTAL || (s->head.owner != OWNER_NONE && s->head.local > 0) ||
               t->free_threaded))
        return s;
    str_intern_remove(t, s);
    s->head.aux &= (uint16_t)~STR_INTERNED;
    return NULL;
}

/* Adds s, which has not been found: s itself, or with the lock off one that another thread has added meanwhile; borrowed; NULL when memory runs out. */
static Str *add(Thread *t, Str *s, hash_t hash)
{
    InternState *state = t->interp->str_state;
    Table *table = atomic_load_explicit(&state->table, memory_order_acquire);
    if (LIKELY(!t->free_threaded)) {
        table = grow(t, state, table);
        if (!table)
            return NULL;
        mark(s);
        place(table, s);
        return s;
    }
    mutex_lock(&state->mutex);
    table = atomic_load_explicit(&state->table, memory_order_acquire);
    Str *found = find(table, hash, s->data, s->length, str_kind(s));
    if (!found && (table = grow(t, state, table))) {
        ref_make_immortal(&s->head);
        mark(s);
        place(table, s);
        found = s;
    }
    mutex_unlock(&state->mutex);
    return found;
}

static Str *find_living(Thread *t, hash_t hash, const void *data, size_t length, int kind)
{
    const InternState *state = t->interp->str_state;
    return only_living(t, find(atomic_load_explicit(&state->table, memory_order_acquire), hash, data, length, kind));
}

/* The interned str with the characters of s: s itself (added) or one that was there, borrowed; NULL when memory runs out. */
static Str *find_or_add(Thread *t, Str *s, hash_t hash)
{
    Str *found = find_living(t, hash, s->data, s->length, str_kind(s));
    return found ? found : add(t, s, hash);
}

int str_intern_adopt(Thread *t, Str *s)
{
    if (find_or_add(t, s, str_hash(t, value_of(s))))
        return 0;
    error_no_memory(t);
    return -1;
}

/* What stands for s (taken) now that the table has `one`. */
static Value replaced(Thread *t, Str *s, Str *one)
{
    if (!one || one == s)
        return value_of(s); /* without memory for the table a str that is not interned is still right, only slower */
    ref_inc_object(t, &one->head);
    ref_dec(t, value_of(s));
    return value_of(one);
}

Value str_intern_take(Thread *t, Value v)
{
    if (value_is_empty(v) || !str_check_exact(v))
        return v;
    Str *s = str_of(v);
    if (s->head.aux & STR_INTERNED)
        return v;
    return replaced(t, s, find_or_add(t, s, str_hash(t, v)));
}

Value str_intern_ascii(Thread *t, const uint8_t *ascii, size_t n)
{
    hash_t hash = str_hash_bytes(t, ascii, n);
    Str *found = find_living(t, hash, ascii, n, 1);
    if (found) {
        ref_inc_object(t, &found->head);
        return value_of(found);
    }
    Value v = str_new(t, n, 0x7F);
    if (value_is_empty(v))
        return v;
    Str *s = str_of(v);
    memcpy(s->data, ascii, n);
    store_relaxed(&s->hash, hash);
    return replaced(t, s, add(t, s, hash));
}

Value str_intern(Thread *t, const char *s)
{
    size_t n = strlen(s);
    if (UNLIKELY(str_ascii_prefix((const uint8_t *)s, n) < n))
        return str_intern_take(t, str_from_utf8(t, s, n));
    return str_intern_ascii(t, (const uint8_t *)s, n);
}

void str_intern_remove(Thread *t, Str *s)
{
    InternState *state = t->interp->str_state;
    if (!state)
        return;
    Table *table = atomic_load_explicit(&state->table, memory_order_relaxed);
    size_t i = (size_t)hash_of(s) & table->mask, mask = table->mask;
    for (;; i = (i + 1) & mask) {
        uint64_t entry = atomic_load_explicit(&table->slots[i], memory_order_relaxed);
        if (!entry)
            return;
        if (str_in(entry) == s)
            break;
    }
    /* Closes the gap: a later entry moves in when its home is at or before the gap. */
    for (size_t j = i;;) {
        j = (j + 1) & mask;
        uint64_t entry = atomic_load_explicit(&table->slots[j], memory_order_relaxed);
        if (!entry)
            break;
        size_t home = (size_t)hash_of(str_in(entry)) & mask;
        if (((j - home) & mask) >= ((j - i) & mask)) {
            store_relaxed(&table->slots[i], entry);
            i = j;
        }
    }
    store_relaxed(&table->slots[i], 0);
    table->used--;
}
