/* set_table.h: what set.c and set_methods.c know of each other. */
#ifndef BATON_OBJECT_SET_TABLE_H
#define BATON_OBJECT_SET_TABLE_H

#include "container.h"

static ALWAYS_INLINE Set *set_of(Value v) { return (Set *)value_object(v); }

static ALWAYS_INLINE bool set_is_element(const SetEntry *e) { return e->key.bits > SET_DUMMY.bits; }
/* set_next_owned, at hand where the lock is on. */
static ALWAYS_INLINE bool set_step(Thread *t, Value set, size_t *position, Value *key, hash_t *hash)
{
    if (UNLIKELY(t->free_threaded))
        return set_next_owned(t, set, position, key, hash);
    const Set *s = set_of(set);
    for (size_t i = *position; i <= s->mask; i++)
        if (set_is_element(&s->table[i])) {
            *position = i + 1;
            *key = ref_inc(t, s->table[i].key);
            *hash = s->table[i].hash;
            return true;
        }
    return false;
}

/* A set of type KIND_SET or KIND_FROZENSET, or of a subclass. */
MUST_CHECK Value set_new_of_type(Thread *t, Type *type);
/* hash(key); the TypeError says that it was wanted for a set element. -1: error. */
static ALWAYS_INLINE hash_t set_element_hash(Thread *t, Value key)
{
    hash_t hash = item_hash(t, key);
    if (UNLIKELY(hash == -1))
        unhashable_item(t, key, "set element");
    return hash;
}

/* ---- the table (lock held) ---- */

#define SET_STRETCH 9 /* further slots tried in sequence */

/* Finds the key's entry, or the free one that ends its search: 1, 0, -1. */
int set_find(Thread *t, Set *s, Value key, hash_t hash, SetEntry **result);
/* The same; unboxed ints are looked for right here. */
static ALWAYS_INLINE int set_find_quick(Thread *t, Set *s, Value key, hash_t hash, SetEntry **result)
{
    if (!value_is_int(key))
        return set_find(t, s, key, hash, result);
    size_t mask = s->mask, i = (size_t)hash & mask;
    for (uint64_t rest = (uint64_t)hash;;) {
        SetEntry *e = &s->table[i];
        for (int more = i + SET_STRETCH <= mask ? SET_STRETCH : 0; more >= 0; more--, e++) {
            if (value_is(e->key, key) || value_is_empty(e->key)) {
                *result = e;
                return !value_is_empty(e->key);
            }
            if (UNLIKELY(e->hash == hash && !value_is_int(e->key)))
                return set_find(t, s, key, hash, result);
        }
        rest >>= 5;
        i = (i * 5 + 1 + (size_t)rest) & mask;
    }
}

static ALWAYS_INLINE bool set_too_full(size_t used, size_t mask) { return used * 5 >= mask * 3; }
/* A bigger table: 0 or -1. */
int set_grow(Thread *t, Set *s);
/* Fills the free entry with a new element, whose reference it takes also on error. */
static ALWAYS_INLINE int set_insert_take(Thread *t, Set *s, SetEntry *e, Value key, hash_t hash)
{
    e->key = key;
    e->hash = hash;
    s->used++;
    store_release(t, &s->length, s->length + 1);
    return UNLIKELY(set_too_full(s->used, s->mask)) ? set_grow(t, s) : 0;
}
static ALWAYS_INLINE Value set_remove_entry(Thread *t, Set *s, SetEntry *e)
{
    Value key = e->key;
    e->key = SET_DUMMY;
    e->hash = -1;
    store_release(t, &s->length, s->length - 1);
    return key;
}

/* ---- with known hashes: 1 yes, 0 no, -1 error ---- */

static ALWAYS_INLINE int set_contains_quick(Thread *t, Value set, Value key, hash_t hash)
{
    SetEntry *e;
    objlock_enter(t, set_of(set));
    int found = set_find_quick(t, set_of(set), key, hash, &e);
    objlock_exit(t, set_of(set));
    return found;
}
static ALWAYS_INLINE int set_add_quick(Thread *t, Value set, Value key, hash_t hash)
{
    Set *s = set_of(set);
    SetEntry *e;
    objlock_enter(t, s);
    int status = set_find_quick(t, s, key, hash, &e);
    if (status == 0)
        status = set_insert_take(t, s, e, ref_inc(t, key), hash);
    objlock_exit(t, s);
    return status < 0 ? -1 : 0;
}
static ALWAYS_INLINE int set_discard_quick(Thread *t, Value set, Value key, hash_t hash)
{
    Set *s = set_of(set);
    SetEntry *e;
    Value old = VALUE_EMPTY;
    objlock_enter(t, s);
    int found = set_find_quick(t, s, key, hash, &e);
    if (found > 0)
        old = set_remove_entry(t, s, e);
    objlock_exit(t, s);
    ref_dec(t, old);
    return found;
}
/* Removes an element that is there, adds one that is not: 0 or -1. */
static ALWAYS_INLINE int set_toggle_quick(Thread *t, Value set, Value key, hash_t hash)
{
    Set *s = set_of(set);
    SetEntry *e;
    Value old = VALUE_EMPTY;
    objlock_enter(t, s);
    int status = set_find_quick(t, s, key, hash, &e);
    if (status > 0)
        old = set_remove_entry(t, s, e);
    else if (status == 0)
        status = set_insert_take(t, s, e, ref_inc(t, key), hash);
    objlock_exit(t, s);
    ref_dec(t, old);
    return status < 0 ? -1 : 0;
}
/* Adds all elements of another set: 0 or -1. */
int set_merge(Thread *t, Value set, Value other);
/* The same into a set that as many more elements will be added to. */
int set_merge_with_room(Thread *t, Value set, Value other, size_t more);
/* The methods of these names, for any iterable: 0 or -1. */
int set_difference_update(Thread *t, Value set, Value other);
int set_symmetric_difference_update(Thread *t, Value set, Value other);
void set_clear(Thread *t, Value set);
/* Removes any element: owned, or empty when there is none. */
Value set_pop_any(Thread *t, Value set);
size_t set_table_size(const Set *s); /* bytes outside the object */
/* Exchanges the contents of a set with those of a set that nobody else has. */
void set_swap(Thread *t, Set *set, Set *own);

void set_dealloc(Thread *t, Object *o);
int set_traverse(Object *o, VisitFn visit, void *arg);
MUST_CHECK Value set_iter(Thread *t, Value self);

#endif
