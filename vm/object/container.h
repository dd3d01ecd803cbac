/* container.h: small operations that lists, tuples, dicts, sets and their iterators share.
 *
 * What differs between the two modes of the lock is behind the named operations here: slots_move, ref_is_unique,
 * iterator_finish; and slot_put (objlock.h) and store_release (store.h), stores that lock-free readers see whole.  With the lock on each is
 * an ordinary move. */
#ifndef BATON_OBJECT_CONTAINER_H
#define BATON_OBJECT_CONTAINER_H

#include "../memory/alloc.h"
#include "../thread/objlock.h"
#include "dict.h"
#include "error.h"
#include "float.h"
#include "generic_alias.h"
#include "int.h"
#include "list.h"
#include "str.h"
#include "type.h"

/* Nobody else can hold a reference: the caller, who holds one, may change an immutable object in place.  Never true
 * with the lock off. */
static ALWAYS_INLINE bool ref_is_unique(const Thread *t, const Object *o)
{
    return !t->free_threaded && o->local == 1 && o->owner != OWNER_IMMORTAL;
}

/* ---- stores into shared structures, under the owner's lock ---- */

static ALWAYS_INLINE size_t word_read(const size_t *word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }
/* Moves n slots that may overlap. */
static inline void slots_move(const Thread *t, Value *to, const Value *from, size_t n)
{
    if (LIKELY(!t->free_threaded)) {
        if (n > 16) {
            memmove(to, from, n * sizeof(Value));
        } else if (to < from) {
            for (size_t i = 0; i < n; i++)
                to[i] = from[i];
        } else {
            for (size_t i = n; i-- > 0;)
                to[i] = from[i];
        }
    } else if (to < from) {
        for (size_t i = 0; i < n; i++)
            slot_store(&to[i], from[i]);
    } else {
        for (size_t i = n; i-- > 0;)
            slot_store(&to[i], from[i]);
    }
}

/* ---- comparing and hashing items ---- */

/* Are both unboxed ints or exact strs, which compare without running Python? */
static ALWAYS_INLINE bool items_are_simple(Value a, Value b)
{
    return (value_is_int(a) && value_is_int(b)) || (str_check_exact(a) && str_check_exact(b));
}
/* Two exact tuples of such items: 1 equal, 0 not; -1: something else, or code would have to run. */
static inline int tuples_equal_simply(Value a, Value b)
{
    if (!tuple_check_exact(a) || !tuple_check_exact(b))
        return -1;
    size_t n = tuple_length(a);
    if (n != tuple_length(b))
        return 0;
    for (size_t i = 0; i < n; i++) {
        Value x = tuple_peek(a, i), y = tuple_peek(b, i);
        if (value_is(x, y))
            continue;
        if (value_is_int(x) && value_is_int(y))
            return 0;
        if (!str_check_exact(x) || !str_check_exact(y))
            return -1;
        if (!str_equal(x, y))
            return 0;
    }
    return 1;
}
/* a is b or a == b, as containers compare: 1, 0, -1.  The caller keeps both alive. */
static ALWAYS_INLINE int items_equal(Thread *t, Value a, Value b)
{
    if (value_is(a, b))
        return 1;
    if (value_is_int(a) && value_is_int(b))
        return 0;
    if (str_check_exact(a) && str_check_exact(b))
        return str_equal(a, b);
    return object_compare_bool(t, a, b, COMPARE_EQ);
}
/* a < b: 1, 0, -1.  Strs and tuples of simple items are compared without asking their types. */
int items_less_slowly(Thread *t, Value a, Value b);
static ALWAYS_INLINE int items_less(Thread *t, Value a, Value b)
{
    if (value_is_int(a) && value_is_int(b))
        return a.bits < b.bits; /* the bias keeps their order */
    if (value_is_double(a) && value_is_double(b))
        return value_to_double(a) < value_to_double(b);
    return items_less_slowly(t, a, b);
}
/* hash(key), without a call for unboxed ints and for strs that know theirs. */
static ALWAYS_INLINE hash_t item_hash(Thread *t, Value key)
{
    if (value_is_int(key)) {
        int64_t i = value_to_int(key);
        return UNLIKELY(i == -1) ? -2 : i;
    }
    if (str_check_exact(key)) {
        hash_t hash = atomic_load_explicit(&str_of(key)->hash, memory_order_relaxed);
        if (LIKELY(hash != 0))
            return hash;
    }
    return object_hash(t, key);
}

/* After item_hash has failed: a plain TypeError becomes "cannot use 'X' as a WHAT (...)". */
COLD void unhashable_item(Thread *t, Value item, const char *what);

/* The answer of a comparison of lengths or sizes a and b. */
static inline Value compare_sizes(Compare op, size_t a, size_t b)
{
    switch (op) {
    case COMPARE_LT: return value_from_bool(a < b);
    case COMPARE_LE: return value_from_bool(a <= b);
    case COMPARE_EQ: return value_from_bool(a == b);
    case COMPARE_NE: return value_from_bool(a != b);
    case COMPARE_GT: return value_from_bool(a > b);
    default: return value_from_bool(a >= b);
    }
}

/* ---- fields that change and own references, of objects that two threads may share ---- */

/* What a field holds, owned; while the lock is on it is only looked at. */
static ALWAYS_INLINE Value field_get(Thread *t, void *object, const Value *field)
{
    objlock_enter(t, object);
    Value v = ref_inc(t, *field);
    objlock_exit(t, object);
    return v;
}
/* Puts an owned value (or VALUE_EMPTY) into a field and returns what was there, owned. */
static ALWAYS_INLINE Value field_swap(Thread *t, void *object, Value *field, Value owned)
{
    objlock_enter(t, object);
    Value old = *field;
    slot_put(t, field, owned);
    objlock_exit(t, object);
    return old;
}
static ALWAYS_INLINE void field_set_take(Thread *t, void *object, Value *field, Value owned)
{
    ref_dec(t, field_swap(t, object, field, owned));
}

/* ---- constructors ---- */

/* Is `type` the very built-in type of this kind? */
static ALWAYS_INLINE bool type_is_kind(Thread *t, const Type *type, Kind kind) { return type == t->types[kind]; }
/* TypeError "NAME() takes no keyword arguments", if there are any: 0 or -1. */
static inline int refuse_keywords(Thread *t, const char *name, Value names)
{
    if (value_is_empty(names) || tuple_length(names) == 0)
        return 0;
    return error_set(t, EXC_TypeError, "%s() takes no keyword arguments", name), -1;
}
/* The same for Slots.create, where a subclass with an __init__ in Python may take any. */
static inline int refuse_keywords_unless_init(Thread *t, const Type *type, const char *name, Value names)
{
    return type->slots.init == slot_python_init ? 0 : refuse_keywords(t, name, names);
}
/* The number of positional arguments, as PyArg_UnpackTuple words it: 0 or -1. */
int check_positional(Thread *t, const char *name, uint32_t n, uint32_t min, uint32_t max);

/* An index argument of list.index and the like (not None), added to length when negative, clipped at 0; an absent one
 * gives `missing`. 0 or -1. */
int index_argument(Thread *t, Value v, int64_t length, int64_t missing, int64_t *result);

/* ---- iterators ---- */

/* The end of an iterator over `*slot`: with the lock on it lets go of it now.  With the lock off another thread may
 * be reading through the slot: it stays until the iterator dies, and the iterator's own position says that it is
 * exhausted. */
static ALWAYS_INLINE void iterator_finish(Thread *t, Value *slot)
{
    if (LIKELY(!t->free_threaded))
        ref_clear(t, slot);
}
/* An iterator over a sequence that may change, by position; both fields are read and changed under its lock. */
typedef struct PositionIterator {
    Object head;
    Value sequence; /* empty once exhausted */
    size_t index;
} PositionIterator;
/* The sequence (owned, or empty) and the position, read together; the position moves on by `advance`. */
static inline Value position_iterator_state(Thread *t, PositionIterator *it, size_t *index, size_t advance)
{
    objlock_enter(t, it);
    Value v = ref_inc(t, it->sequence);
    *index = it->index;
    it->index += advance;
    objlock_exit(t, it);
    return v;
}
static inline void position_iterator_finish(Thread *t, PositionIterator *it)
{
    objlock_enter(t, it);
    Value drop = it->sequence;
    it->sequence = VALUE_EMPTY;
    objlock_exit(t, it);
    ref_dec(t, drop);
}
/* __setstate__: a position outside is brought to the nearest end. */
static inline void position_iterator_seek(Thread *t, PositionIterator *it, int64_t index, int64_t length)
{
    objlock_enter(t, it);
    it->index = (size_t)(index < 0 ? 0 : index > length ? length : index);
    objlock_exit(t, it);
}

/* The next item of an iterator (which has Slots.next); empty at the end, or with an exception pending. */
static ALWAYS_INLINE Value iterate_next(Thread *t, Value iterator)
{
    Value (*next)(Thread * t, Value self) = value_object(iterator)->type->slots.next;
    if (UNLIKELY(!next)) /* its class has lost __next__ since iteration began */
        return error_set(t, EXC_TypeError, "'%N' object is not an iterator", value_object(iterator)->type);
    if (UNLIKELY(!recursion_descend(t))) /* iterators over iterators over ... */
        return error_set(t, EXC_RecursionError, "maximum recursion depth exceeded");
    Value item = next(t, iterator);
    recursion_rise(t);
    if (UNLIKELY(value_is_empty(item) && error_pending(t)))
        error_swallow(t, EXC_StopIteration);
    return item;
}
/* The same, with the commonest cases at hand. */
static ALWAYS_INLINE Value iterate_next_inline(Thread *t, Value iterator)
{
    Object *o = value_object(iterator);
    if (LIKELY(!t->free_threaded)) {
        if (o->kind == KIND_LIST_ITERATOR) {
            ListIterator *it = (ListIterator *)o;
            if (LIKELY(!value_is_empty(it->list)) && LIKELY(it->index < list_of(it->list)->length))
                return ref_inc(t, list_of(it->list)->items[it->index++]);
        } else if (o->kind == KIND_TUPLE_ITERATOR) {
            TupleIterator *it = (TupleIterator *)o;
            if (LIKELY(!value_is_empty(it->tuple)) && LIKELY(it->index < tuple_length(it->tuple)))
                return ref_inc(t, tuple_peek(it->tuple, it->index++));
        } else if (o->kind == KIND_RANGE_ITERATOR) {
            RangeIterator *it = (RangeIterator *)o;
            return LIKELY(it->left > 0) ? int_from_int64(t, range_iterator_item(it, it->left--)) : VALUE_EMPTY;
        }
    }
    return iterate_next(t, iterator);
}
/* The function of a name in builtins (iter, reversed, ...), for __reduce__: owned. */
MUST_CHECK Value builtin_function(Thread *t, const char *name);
/* (callable, (arg,)) and (callable, (arg,), state): takes all references, also on error; an empty one passes its
 * error on. */
MUST_CHECK Value reduce_result_take(Thread *t, Value callable, Value arg);
MUST_CHECK Value reduce_state_take(Thread *t, Value callable, Value arg, Value state);

/* "[" item ", " item "]" of the items of a list or tuple; the caller guards against recursion. */
MUST_CHECK Value sequence_repr(Thread *t, Value sequence, const char *open, const char *close);

#endif
