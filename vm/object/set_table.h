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
hash_t set_element_hash(Thread *t, Value key);
/* With known hashes: 1 yes, 0 no, -1 error. */
int set_contains_hash(Thread *t, Value set, Value key, hash_t hash);
int set_add_hash(Thread *t, Value set, Value key, hash_t hash);
int set_discard_hash(Thread *t, Value set, Value key, hash_t hash);
/* Adds all elements of another set: 0 or -1. */
int set_merge(Thread *t, Value set, Value other);
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
