/* set.c: the table of sets and frozensets, and their iterator.
 *
 * Open addressing: from the place given by the hash a short stretch is tried in sequence, which costs little as it
 * lies in few cache lines, then the next place in the sequence that all bits of the hash determine.  A table is at
 * most three fifths full, deleted elements included.
 *
 * Locks.  Every operation holds the set's lock (nothing with the GIL on); find leaves it around an __eq__ and takes
 * it again, and begins again if the table or the element has changed.  What is removed is released after the lock is
 * left.  Read next: set_methods.c. */
#include "dict_table.h"
#include "set_table.h"

#define SMALL_MASK 7

size_t set_table_size(const Set *s) { return s->table == s->small ? 0 : (s->mask + 1) * sizeof(SetEntry); }

size_t set_length(Value set) { return word_read(&set_of(set)->length); }

/* ---- the table (lock held) ---- */

int set_find(Thread *t, Set *s, Value key, hash_t hash, SetEntry **result)
{
again:;
    SetEntry *table = s->table;
    size_t mask = s->mask, i = (size_t)hash & mask;
    for (uint64_t rest = (uint64_t)hash;;) {
        SetEntry *e = &table[i];
        for (int more = i + SET_STRETCH <= mask ? SET_STRETCH : 0; more >= 0; more--, e++) {
            if (value_is_empty(e->key)) {
                *result = e;
                return 0;
            }
            if (e->hash != hash)
                continue;
            if (value_is(e->key, key)) {
                *result = e;
                return 1;
            }
            if (items_are_simple(e->key, key)) {
                if (items_equal(t, e->key, key)) {
                    *result = e;
                    return 1;
                }
                continue;
            }
            int equal = tuples_equal_simply(e->key, key);
            if (equal > 0) {
                *result = e;
                return 1;
            }
            if (equal == 0)
                continue;
            Value candidate = ref_inc(t, e->key);
            objlock_exit(t, s);
            equal = object_compare_bool(t, candidate, key, COMPARE_EQ);
            objlock_enter(t, s);
            if (UNLIKELY(s->table != table || s->mask != mask || !value_is(e->key, candidate))) {
                objlock_exit(t, s);
                ref_dec(t, candidate);
                objlock_enter(t, s);
                if (equal < 0)
                    return -1;
                goto again;
            }
            ref_dec(t, candidate); /* not the last: the table has one */
            if (equal < 0)
                return -1;
            if (equal) {
                *result = e;
                return 1;
            }
        }
        rest >>= 5;
        i = (i * 5 + 1 + (size_t)rest) & mask;
    }
}

/* A free entry for an element known to be absent, in a table without deleted ones. */
static SetEntry *free_entry(SetEntry *table, size_t mask, hash_t hash)
{
    size_t i = (size_t)hash & mask;
    for (uint64_t rest = (uint64_t)hash;;) {
        SetEntry *e = &table[i];
        for (int more = i + SET_STRETCH <= mask ? SET_STRETCH : 0; more >= 0; more--, e++)
            if (value_is_empty(e->key))
                return e;
        rest >>= 5;
        i = (i * 5 + 1 + (size_t)rest) & mask;
    }
}

/* The size of a table that has room for more than `wanted`; 0: too big. */
static size_t size_for(size_t wanted)
{
    size_t size = SMALL_MASK + 1;
    while (size <= wanted) {
        if (size > SIZE_MAX / 4 / sizeof(SetEntry))
            return 0;
        size <<= 1;
    }
    return size;
}

/* Moves the elements into a table with room for more than `wanted`. */
static int resize(Thread *t, Set *s, size_t wanted)
{
    size_t size = size_for(wanted);
    if (!size)
        return error_no_memory(t), -1;
    SetEntry *old = s->table, kept[SMALL_MASK + 1], *table;
    size_t old_mask = s->mask;
    bool was_small = old == s->small;
    if (size == SMALL_MASK + 1) {
        if (was_small) {
            if (s->used == s->length)
                return 0;
            memcpy(kept, s->small, sizeof kept);
            old = kept;
        }
        table = s->small;
        memset(table, 0, sizeof s->small);
    } else {
        table = alloc_memory_zeroed(t, size, sizeof(SetEntry));
        if (!table)
            return -1;
    }
    for (size_t i = 0; i <= old_mask; i++)
        if (set_is_element(&old[i]))
            *free_entry(table, size - 1, old[i].hash) = old[i];
    s->table = table;
    s->mask = size - 1;
    s->used = s->length;
    if (!was_small)
        alloc_memory_free(t, old);
    return 0;
}

int set_grow(Thread *t, Set *s) { return resize(t, s, s->length > 50000 ? s->length * 2 : s->length * 4); }

/* ---- operations ---- */

int set_contains_hash(Thread *t, Value set, Value key, hash_t hash) { return set_contains_quick(t, set, key, hash); }
int set_add_hash(Thread *t, Value set, Value key, hash_t hash) { return set_add_quick(t, set, key, hash); }

int set_add(Thread *t, Value set, Value key)
{
    hash_t hash = set_element_hash(t, key);
    return hash == -1 ? -1 : set_add_quick(t, set, key, hash);
}

/* An unhashable set is looked for as the frozenset of its elements: that one, owned, after the pending TypeError is
 * cleared; or empty, leaving it. */
static Value frozen_key(Thread *t, Value key)
{
    if (!object_is(key, KIND_SET) || !error_swallow(t, EXC_TypeError))
        return VALUE_EMPTY;
    return frozenset_new(t, key);
}

int set_contains(Thread *t, Value set, Value key)
{
    hash_t hash = set_element_hash(t, key);
    if (LIKELY(hash != -1))
        return set_contains_quick(t, set, key, hash);
    Value frozen = frozen_key(t, key);
    if (value_is_empty(frozen))
        return -1;
    int found = set_contains(t, set, frozen);
    ref_dec(t, frozen);
    return found;
}

int set_discard(Thread *t, Value set, Value key)
{
    hash_t hash = set_element_hash(t, key);
    if (LIKELY(hash != -1))
        return set_discard_quick(t, set, key, hash);
    Value frozen = frozen_key(t, key);
    if (value_is_empty(frozen))
        return -1;
    int found = set_discard(t, set, frozen);
    ref_dec(t, frozen);
    return found;
}

Value set_pop_any(Thread *t, Value set)
{
    Set *s = set_of(set);
    Value key = VALUE_EMPTY;
    objlock_enter(t, s);
    if (s->length > 0) {
        size_t i = s->finger & s->mask;
        while (!set_is_element(&s->table[i]))
            i = (i + 1) & s->mask;
        key = set_remove_entry(t, s, &s->table[i]);
        s->finger = i + 1;
    }
    objlock_exit(t, s);
    return key;
}

/* Makes it empty and hands its elements over in `out`; the caller frees out->table unless it is out->small. */
static void detach(Thread *t, Set *s, Set *out)
{
    out->table = s->table;
    out->mask = s->mask;
    out->length = s->length;
    if (s->table == s->small) {
        memcpy(out->small, s->small, sizeof s->small);
        out->table = out->small;
    }
    memset(s->small, 0, sizeof s->small);
    s->table = s->small;
    s->mask = SMALL_MASK;
    s->used = 0;
    store_release(t, &s->length, 0);
}

static void release_detached(Thread *t, Set *contents)
{
    size_t left = contents->length;
    for (SetEntry *e = contents->table; left > 0; e++)
        if (set_is_element(e)) {
            left--;
            ref_dec(t, e->key);
        }
    if (contents->table != contents->small)
        alloc_memory_free(t, contents->table);
}

void set_clear(Thread *t, Value set)
{
    Set *s = set_of(set), contents;
    if (!s->table)
        return; /* half made */
    objlock_enter(t, s);
    detach(t, s, &contents);
    objlock_exit(t, s);
    release_detached(t, &contents);
}

void set_swap(Thread *t, Set *set, Set *own)
{
    Set kept;
    objlock_enter(t, set);
    size_t length = set->length, used = set->used;
    detach(t, set, &kept);
    memcpy(set->small, own->small, sizeof set->small);
    set->table = own->table == own->small ? set->small : own->table;
    set->mask = own->mask;
    set->used = own->used;
    store_release(t, &set->length, own->length);
    objlock_exit(t, set);
    memcpy(own->small, kept.small, sizeof own->small);
    own->table = kept.table == kept.small ? own->small : kept.table;
    own->mask = kept.mask;
    own->used = used;
    own->length = length;
}

/* Copies o's elements into the empty set s, whose table gets `size` entries; no element needs to be compared. */
static int fill_empty(Thread *t, Set *s, const Set *o, size_t size)
{
    bool alike = size == o->mask + 1 && o->used == o->length;
    SetEntry *table = s->small;
    if (size != SMALL_MASK + 1) {
        table = alike ? alloc_memory(t, size * sizeof(SetEntry)) : alloc_memory_zeroed(t, size, sizeof(SetEntry));
        if (!table)
            return -1;
    } else if (!alike) {
        memset(table, 0, sizeof s->small);
    }
    if (alike)
        memcpy(table, o->table, size * sizeof(SetEntry));
    for (size_t i = 0; i <= o->mask; i++) {
        SetEntry e = o->table[i];
        if (!set_is_element(&e))
            continue;
        ref_inc(t, e.key);
        if (!alike)
            *free_entry(table, size - 1, e.hash) = e;
    }
    if (s->table != s->small)
        alloc_memory_free(t, s->table);
    s->table = table;
    s->mask = size - 1;
    s->used = o->length;
    store_release(t, &s->length, o->length);
    return 0;
}

int set_merge(Thread *t, Value set, Value other) { return set_merge_with_room(t, set, other, 0); }

int set_merge_with_room(Thread *t, Value set, Value other, size_t more)
{
    Set *s = set_of(set), *o = set_of(other);
    if (s == o || set_length(other) == 0)
        return 0;
    int status = 0;
    objlock_enter2(t, s, o);
    size_t total = s->length + o->length, mask = s->mask;
    bool fills = s->length == 0;
    if (set_too_full((fills ? 0 : s->used) + o->length, mask))
        mask = size_for(total * 2) - 1;
    if (more && set_too_full(total + more, mask))
        mask = size_for((total + more) * 2) - 1;
    if (mask == SIZE_MAX)
        status = (error_no_memory(t), -1);
    else if (fills)
        status = fill_empty(t, s, o, mask + 1);
    else if (mask != s->mask)
        status = resize(t, s, total * 2);
    objlock_exit2(t, s, o);
    if (fills || status < 0)
        return status;
    Value key;
    hash_t hash;
    for (size_t position = 0; status == 0 && set_step(t, other, &position, &key, &hash);) {
        status = set_add_quick(t, set, key, hash);
        ref_dec(t, key);
    }
    return status;
}

/* The items of an exact tuple or list, which may change meanwhile. */
static int update_from_sequence(Thread *t, Value set, Value sequence)
{
    bool is_tuple = tuple_check_exact(sequence);
    for (size_t i = 0;; i++) {
        if (is_tuple && i == tuple_length(sequence))
            return 0;
        Value key = is_tuple ? ref_inc(t, tuple_peek(sequence, i)) : list_get(t, sequence, i);
        if (value_is_empty(key))
            return 0;
        int status = set_add(t, set, key);
        ref_dec(t, key);
        if (status < 0)
            return -1;
    }
}

int set_update(Thread *t, Value set, Value iterable)
{
    if (set_check_any(iterable))
        return set_merge(t, set, iterable);
    Value key;
    if (dict_check_exact(iterable)) {
        hash_t hash;
        for (size_t position = 0; dict_next_hash(t, iterable, &position, &key, NULL, &hash);) {
            int status = set_add_hash(t, set, key, hash);
            ref_dec(t, key);
            if (status < 0)
                return -1;
        }
        return 0;
    }
    if (tuple_check_exact(iterable) || list_check_exact(iterable))
        return update_from_sequence(t, set, iterable);
    Value iterator = object_iter(t, iterable);
    if (value_is_empty(iterator))
        return -1;
    int status = 0;
    while (status == 0 && !value_is_empty(key = iterate_next_inline(t, iterator))) {
        status = set_add(t, set, key);
        ref_dec(t, key);
    }
    ref_dec(t, iterator);
    return status < 0 || error_pending(t) ? -1 : 0;
}

Value set_to_list(Thread *t, Value set)
{
    Set *s = set_of(set);
    for (;;) {
        size_t n = set_length(set);
        Value result = list_new(t, n), key;
        if (value_is_empty(result))
            return VALUE_EMPTY;
        List *l = list_of(result);
        objlock_enter(t, s);
        bool fits = s->length == n;
        for (size_t position = 0; fits && set_next(set, &position, &key);)
            l->items[l->length++] = ref_inc(t, key);
        objlock_exit(t, s);
        if (LIKELY(fits))
            return result;
        ref_dec(t, result);
    }
}

bool set_next(Value set, size_t *position, Value *key)
{
    Set *s = set_of(set);
    for (size_t i = *position; i <= s->mask; i++) {
        if (set_is_element(&s->table[i])) {
            *position = i + 1;
            *key = s->table[i].key;
            return true;
        }
    }
    return false;
}

bool set_next_owned(Thread *t, Value set, size_t *position, Value *key, hash_t *hash)
{
    Set *s = set_of(set);
    objlock_enter(t, s);
    bool found = set_next(set, position, key);
    if (found) {
        ref_inc(t, *key);
        *hash = s->table[*position - 1].hash;
    }
    objlock_exit(t, s);
    return found;
}

/* ---- life ---- */

static void init_empty(Set *s)
{
    s->table = s->small;
    s->mask = SMALL_MASK;
    s->hash = -1;
}

Value set_new_of_type(Thread *t, Type *type)
{
    Set *s = type_is_kind(t, type, KIND_SET) || type_is_kind(t, type, KIND_FROZENSET)
                 ? alloc_object(t, type, sizeof(Set))
                 : type_alloc(t, type, 0);
    if (s)
        init_empty(s);
    return value_of(s);
}

static Value new_filled(Thread *t, Kind kind, Value iterable)
{
    Value set = set_new_of_type(t, t->types[kind]);
    if (!value_is_empty(set) && !value_is_empty(iterable) && set_update(t, set, iterable) < 0) {
        ref_dec(t, set);
        return VALUE_EMPTY;
    }
    return set;
}

Value set_new(Thread *t, Value iterable) { return new_filled(t, KIND_SET, iterable); }
Value frozenset_new(Thread *t, Value iterable) { return new_filled(t, KIND_FROZENSET, iterable); }

int set_bootstrap(Thread *t)
{
    Value empty = set_new_of_type(t, t->types[KIND_FROZENSET]);
    if (value_is_empty(empty))
        return -1;
    ref_make_immortal(value_object(empty));
    t->interp->empty_frozenset = empty;
    return 0;
}

void set_dealloc(Thread *t, Object *o)
{
    Set *s = (Set *)o;
    if (s->table)
        release_detached(t, s);
}

int set_traverse(Object *o, VisitFn visit, void *arg)
{
    Set *s = (Set *)o;
    for (size_t i = 0; s->table && i <= s->mask; i++)
        if (set_is_element(&s->table[i]))
            VISIT(s->table[i].key);
    return 0;
}

/* ---- the iterator ---- */

typedef struct SetIterator {
    Object head;
    Value set;     /* empty once exhausted */
    size_t length; /* of the set when iteration began; SIZE_MAX: it has changed, which is sticky */
    size_t position;
    size_t left;
} SetIterator;

static SetIterator *iterator_of(Value v) { return (SetIterator *)value_object(v); }

Value set_iter(Thread *t, Value self)
{
    SetIterator *it = alloc_container_raw(t, KIND_SET_ITERATOR, sizeof(SetIterator));
    if (!it)
        return VALUE_EMPTY;
    it->set = ref_inc(t, self);
    it->length = it->left = set_length(self);
    it->position = 0;
    return value_of(it);
}

static void iterator_dealloc(Thread *t, Object *o) { ref_dec(t, ((SetIterator *)o)->set); }

static int iterator_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((SetIterator *)o)->set);
    return 0;
}

static Value iterator_next(Thread *t, Value self)
{
    SetIterator *it = iterator_of(self);
    if (value_is_empty(it->set))
        return VALUE_EMPTY;
    Set *s = set_of(it->set);
    objlock_enter(t, s);
    if (UNLIKELY(it->length != s->length)) {
        it->length = SIZE_MAX;
        objlock_exit(t, s);
        return error_set(t, EXC_RuntimeError, "Set changed size during iteration");
    }
    Value key;
    bool found = set_next(it->set, &it->position, &key);
    if (found) {
        ref_inc(t, key);
        it->left--;
    } else {
        it->position = s->mask + 1;
        it->left = 0;
    }
    objlock_exit(t, s);
    if (found)
        return key;
    iterator_finish(t, &it->set);
    return VALUE_EMPTY;
}

NATIVE(iterator_length_hint, "__length_hint__", "($self, /)", "How many elements are left.")
{
    SetIterator *it = iterator_of(args[0]);
    return int_from_size(t, !value_is_empty(it->set) && it->length == set_length(it->set) ? it->left : 0);
}

NATIVE(iterator_reduce, "__reduce__", "($self, /)", "State for pickling: what is left, as a list.")
{
    SetIterator *it = iterator_of(args[0]);
    SetIterator *copy = alloc_object(t, it->head.type, sizeof(SetIterator));
    if (!copy)
        return VALUE_EMPTY;
    copy->set = ref_inc(t, it->set);
    copy->length = it->length;
    copy->position = it->position;
    copy->left = it->left;
    Value rest = object_to_list(t, value_of(copy));
    ref_dec(t, value_of(copy));
    if (value_is_empty(rest))
        return VALUE_EMPTY;
    return reduce_result_take(t, builtin_function(t, "iter"), rest);
}

static const NativeDef *const iterator_methods[] = {&native_iterator_length_hint, &native_iterator_reduce, NULL};

const TypeSpec type_spec_set_iterator = {
    .name = "set_iterator",
    .kind = KIND_SET_ITERATOR,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(SetIterator),
    .methods = iterator_methods,
    .slots =
        {
            .dealloc = iterator_dealloc,
            .traverse = iterator_traverse,
            .iter = slot_iter_self,
            .next = iterator_next,
        },
};
