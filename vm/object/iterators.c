/* iterators.c: the iterator over any sequence (__getitem__), iter(callable, sentinel), reversed and enumerate.
 *
 * Locks.  An iterator used by two threads with the lock off may give an item twice or leave one out, as in CPython,
 * but what it refers to stays until it dies (iterator_finish).  enumerate holds its lock while it counts.  Read next:
 * map.c. */
#include "iterators.h"

#include "container.h"

/* ---- iterator: over anything with __getitem__ ---- */

typedef struct SequenceIterator {
    Object head;
    Value sequence; /* empty once exhausted */
    int64_t index;  /* INT64_MAX: exhausted */
} SequenceIterator;

static SequenceIterator *sequence_iterator_of(Value v) { return (SequenceIterator *)value_object(v); }

Value sequence_iterator_new(Thread *t, Value sequence)
{
    SequenceIterator *it = alloc_object_raw(t, t->types[KIND_SEQUENCE_ITERATOR], sizeof(SequenceIterator));
    if (!it)
        return VALUE_EMPTY;
    it->sequence = ref_inc(t, sequence);
    it->index = 0;
    return value_of(it);
}

static void sequence_iterator_dealloc(Thread *t, Object *o) { ref_dec(t, ((SequenceIterator *)o)->sequence); }

static int sequence_iterator_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((SequenceIterator *)o)->sequence);
    return 0;
}

/* Does the pending error only say that the items have ended?  Then it is cleared. */
static bool swallow_end(Thread *t) { return error_swallow(t, EXC_IndexError) || error_swallow(t, EXC_StopIteration); }

static Value sequence_iterator_next(Thread *t, Value self)
{
    SequenceIterator *it = sequence_iterator_of(self);
    int64_t index = __atomic_load_n(&it->index, __ATOMIC_RELAXED);
    if (value_is_empty(it->sequence) || (t->free_threaded && index == INT64_MAX))
        return VALUE_EMPTY;
    if (index == INT64_MAX)
        return error_set(t, EXC_OverflowError, "iter index too large");
    Value sequence = ref_inc(t, it->sequence);
    Value item = object_getitem_index(t, sequence, index);
    ref_dec(t, sequence);
    if (LIKELY(!value_is_empty(item))) {
        store_relaxed(&it->index, index + 1);
        return item;
    }
    if (swallow_end(t)) {
        if (t->free_threaded)
            store_relaxed(&it->index, INT64_MAX);
        iterator_finish(t, &it->sequence);
    }
    return VALUE_EMPTY;
}

NATIVE(sequence_length_hint, "__length_hint__", "($self, /)", "How many items are left.")
{
    SequenceIterator *it = sequence_iterator_of(args[0]);
    if (value_is_empty(it->sequence))
        return value_from_int(0);
    if (!type_of(t, it->sequence)->slots.len)
        return VALUE_NOTIMPLEMENTED;
    int64_t length = object_len(t, it->sequence);
    if (length < 0)
        return VALUE_EMPTY;
    return value_from_int(length > it->index ? length - it->index : 0);
}

NATIVE(sequence_reduce, "__reduce__", "($self, /)", "State for pickling.")
{
    Value iter = builtin_function(t, "iter");
    if (value_is_empty(iter))
        return VALUE_EMPTY;
    SequenceIterator *it = sequence_iterator_of(args[0]);
    if (value_is_empty(it->sequence))
        return reduce_result_take(t, iter, ref_inc(t, t->interp->empty_tuple));
    return reduce_state_take(t, iter, ref_inc(t, it->sequence), int_from_int64(t, it->index));
}

NATIVE(sequence_setstate, "__setstate__", "($self, state, /)", "Sets the position.")
{
    SequenceIterator *it = sequence_iterator_of(args[0]);
    int64_t index;
    if (int_to_int64(t, args[1], &index) < 0)
        return VALUE_EMPTY;
    if (!value_is_empty(it->sequence))
        it->index = index < 0 ? 0 : index;
    return VALUE_NONE;
}

static const NativeDef *const sequence_methods[] = {&native_sequence_length_hint, &native_sequence_reduce,
                                                    &native_sequence_setstate, NULL};

const TypeSpec type_spec_sequence_iterator = {
    .name = "iterator",
    .kind = KIND_SEQUENCE_ITERATOR,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(SequenceIterator),
    .methods = sequence_methods,
    .slots =
        {
            .dealloc = sequence_iterator_dealloc,
            .traverse = sequence_iterator_traverse,
            .iter = slot_iter_self,
            .next = sequence_iterator_next,
        },
};

/* ---- iter(callable, sentinel) ---- */

typedef struct CallableIterator {
    Object head;
    Value callable; /* empty once exhausted, as is sentinel */
    Value sentinel;
    _Atomic bool done;
} CallableIterator;

static CallableIterator *callable_iterator_of(Value v) { return (CallableIterator *)value_object(v); }

Value callable_iterator_new(Thread *t, Value callable, Value sentinel)
{
    CallableIterator *it = alloc_object_raw(t, t->types[KIND_CALLABLE_ITERATOR], sizeof(CallableIterator));
    if (!it)
        return VALUE_EMPTY;
    it->callable = ref_inc(t, callable);
    it->sentinel = ref_inc(t, sentinel);
    it->done = false;
    return value_of(it);
}

static void callable_iterator_dealloc(Thread *t, Object *o)
{
    ref_dec(t, ((CallableIterator *)o)->callable);
    ref_dec(t, ((CallableIterator *)o)->sentinel);
}

static int callable_iterator_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((CallableIterator *)o)->callable);
    VISIT(((CallableIterator *)o)->sentinel);
    return 0;
}

static Value callable_iterator_next(Thread *t, Value self)
{
    CallableIterator *it = callable_iterator_of(self);
    if (it->done || value_is_empty(it->callable))
        return VALUE_EMPTY;
    Value callable = ref_inc(t, it->callable), sentinel = ref_inc(t, it->sentinel);
    Value item = object_call0(t, callable);
    bool ended = false;
    if (value_is_empty(item)) {
        ended = error_swallow(t, EXC_StopIteration);
    } else if (it->done || value_is_empty(it->callable)) {
        ref_clear(t, &item); /* the call has exhausted this very iterator */
    } else {
        int equal = items_equal(t, sentinel, item);
        ended = equal > 0;
        if (equal)
            ref_clear(t, &item);
    }
    if (ended) {
        it->done = true;
        iterator_finish(t, &it->callable);
        iterator_finish(t, &it->sentinel);
    }
    ref_dec(t, callable);
    ref_dec(t, sentinel);
    return item;
}

NATIVE(callable_reduce, "__reduce__", "($self, /)", "State for pickling.")
{
    Value iter = builtin_function(t, "iter");
    if (value_is_empty(iter))
        return VALUE_EMPTY;
    CallableIterator *it = callable_iterator_of(args[0]);
    if (it->done || value_is_empty(it->callable))
        return reduce_result_take(t, iter, ref_inc(t, t->interp->empty_tuple));
    Value pair = tuple_pack(t, 2, it->callable, it->sentinel);
    Value items[2] = {iter, pair};
    if (value_is_empty(pair)) {
        ref_dec(t, iter);
        return VALUE_EMPTY;
    }
    return tuple_from_array_take(t, items, 2);
}

static const NativeDef *const callable_methods[] = {&native_callable_reduce, NULL};

const TypeSpec type_spec_callable_iterator = {
    .name = "callable_iterator",
    .kind = KIND_CALLABLE_ITERATOR,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(CallableIterator),
    .methods = callable_methods,
    .slots =
        {
            .dealloc = callable_iterator_dealloc,
            .traverse = callable_iterator_traverse,
            .iter = slot_iter_self,
            .next = callable_iterator_next,
        },
};

/* ---- reversed ---- */

typedef struct Reversed {
    Object head;
    Value sequence; /* empty once exhausted */
    int64_t index;  /* of the next item; -1 at the end */
} Reversed;

static Reversed *reversed_of(Value v) { return (Reversed *)value_object(v); }

static Value reversed_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Type *exact = t->types[KIND_REVERSED];
    if ((type == exact || type->slots.init == exact->slots.init) && refuse_keywords(t, "reversed", names) < 0)
        return VALUE_EMPTY;
    if (check_positional(t, "reversed", n, 1, 1) < 0)
        return VALUE_EMPTY;
    Value method;
    int found = object_special(t, args[0], ID(t, __reversed__), &method);
    if (found < 0)
        return VALUE_EMPTY;
    if (found && !value_is_none(method)) {
        Value result = object_call0(t, method);
        ref_dec(t, method);
        return result;
    }
    ref_dec(t, found ? method : VALUE_EMPTY);
    if (found || !type_of(t, args[0])->slots.getitem || dict_check(args[0]))
        return error_set(t, EXC_TypeError, "'%N' object is not reversible", type_of(t, args[0]));
    int64_t length = object_len(t, args[0]);
    Reversed *r = length < 0 ? NULL : type_alloc(t, type, 0);
    if (r) {
        r->sequence = ref_inc(t, args[0]);
        r->index = length - 1;
    }
    return value_of(r);
}

static void reversed_dealloc(Thread *t, Object *o) { ref_dec(t, ((Reversed *)o)->sequence); }

static int reversed_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((Reversed *)o)->sequence);
    return 0;
}

static Value reversed_next(Thread *t, Value self)
{
    Reversed *r = reversed_of(self);
    int64_t index = __atomic_load_n(&r->index, __ATOMIC_RELAXED);
    if (index >= 0 && !value_is_empty(r->sequence)) {
        Value sequence = ref_inc(t, r->sequence);
        Value item = object_getitem_index(t, sequence, index);
        ref_dec(t, sequence);
        if (LIKELY(!value_is_empty(item))) {
            store_relaxed(&r->index, index - 1);
            return item;
        }
        if (!swallow_end(t))
            return VALUE_EMPTY;
    }
    store_relaxed(&r->index, -1);
    iterator_finish(t, &r->sequence);
    return VALUE_EMPTY;
}

NATIVE(reversed_length_hint, "__length_hint__", "($self, /)", "How many items are left.")
{
    Reversed *r = reversed_of(args[0]);
    if (value_is_empty(r->sequence))
        return value_from_int(0);
    int64_t length = object_len(t, r->sequence), left = r->index + 1;
    if (length < 0)
        return VALUE_EMPTY;
    return value_from_int(length < left ? 0 : left);
}

NATIVE(reversed_reduce, "__reduce__", "($self, /)", "State for pickling.")
{
    Reversed *r = reversed_of(args[0]);
    Value type = value_of(ref_inc_ptr(t, type_of(t, args[0])));
    if (!value_is_empty(r->sequence))
        return reduce_state_take(t, type, ref_inc(t, r->sequence), int_from_int64(t, r->index));
    return reduce_result_take(t, type, ref_inc(t, t->interp->empty_tuple));
}

NATIVE(reversed_setstate, "__setstate__", "($self, state, /)", "Sets the position.")
{
    Reversed *r = reversed_of(args[0]);
    int64_t index;
    if (int_to_int64(t, args[1], &index) < 0)
        return VALUE_EMPTY;
    if (!value_is_empty(r->sequence)) {
        int64_t length = object_len(t, r->sequence);
        if (length < 0)
            return VALUE_EMPTY;
        r->index = index < -1 ? -1 : index > length - 1 ? length - 1 : index;
    }
    return VALUE_NONE;
}

static const NativeDef *const reversed_methods[] = {&native_reversed_length_hint, &native_reversed_reduce,
                                                    &native_reversed_setstate, NULL};

const TypeSpec type_spec_reversed = {
    .name = "reversed",
    .doc = "An iterator over a sequence from the last item to the first.",
    .kind = KIND_REVERSED,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Reversed),
    .methods = reversed_methods,
    .signature = "(object, /)",
    .slots =
        {
            .dealloc = reversed_dealloc,
            .traverse = reversed_traverse,
            .create = reversed_create,
            .iter = slot_iter_self,
            .next = reversed_next,
        },
};

/* ---- enumerate ---- */

static Enumerate *enumerate_of(Value v) { return (Enumerate *)value_object(v); }

static Value enumerate_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value arguments[2] = {n ? args[0] : VALUE_EMPTY, VALUE_EMPTY};
    if (n == 0 && value_is_empty(names))
        return error_set(t, EXC_TypeError, "enumerate() missing required argument 'iterable'");
    if ((n != 1 || !value_is_empty(names)) &&
        native_parse(t, "enumerate", "(iterable, start=0)", args, n, names, arguments) < 0)
        return VALUE_EMPTY;
    Value start = value_is_empty(arguments[1]) ? value_from_int(0) : number_index(t, arguments[1]);
    if (value_is_empty(start))
        return VALUE_EMPTY;
    Value iterator = object_iter(t, arguments[0]);
    Enumerate *e = value_is_empty(iterator) ? NULL : type_alloc(t, type, 0);
    if (!e) {
        ref_dec(t, iterator);
        ref_dec(t, start);
        return VALUE_EMPTY;
    }
    e->iterator = iterator;
    e->index = start;
    return value_of(e);
}

static void enumerate_dealloc(Thread *t, Object *o)
{
    Enumerate *e = (Enumerate *)o;
    ref_dec(t, e->iterator);
    ref_dec(t, e->index);
    ref_dec(t, e->pair);
}

static int enumerate_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((Enumerate *)o)->iterator);
    VISIT(((Enumerate *)o)->pair);
    return 0;
}

/* Takes a number and steps on; empty with an exception (no memory) on error. */
static ALWAYS_INLINE Value count_up(Thread *t, Enumerate *e)
{
    objlock_enter(t, e);
    Value index = e->index, next;
    if (LIKELY(value_is_int(index)))
        next = int_from_int64(t, value_to_int(index) + 1);
    else
        next = int_binary(t, BINARY_ADD, index, value_from_int(1));
    if (LIKELY(!value_is_empty(next)))
        e->index = next;
    else
        index = VALUE_EMPTY;
    objlock_exit(t, e);
    return index;
}

int enumerate_next(Thread *t, Value self, Value *index, Value *item)
{
    Enumerate *e = enumerate_of(self);
    *item = iterate_next_inline(t, e->iterator);
    if (UNLIKELY(value_is_empty(*item)))
        return error_pending(t) ? -1 : 0;
    *index = count_up(t, e);
    if (LIKELY(!value_is_empty(*index)))
        return 1;
    ref_clear(t, item);
    return -1;
}

static Value enumerate_next_pair(Thread *t, Value self)
{
    Enumerate *e = enumerate_of(self);
    Value items[2];
    if (enumerate_next(t, self, &items[0], &items[1]) <= 0)
        return VALUE_EMPTY;
    if (!value_is_empty(e->pair) && ref_is_unique(t, value_object(e->pair))) {
        Value pair = ref_inc(t, e->pair);
        Tuple *tuple = tuple_of(pair);
        Value old_index = tuple->items[0], old_item = tuple->items[1];
        tuple->items[0] = items[0];
        tuple->items[1] = items[1];
        tuple->hash = -1;
        ref_dec(t, old_index);
        ref_dec(t, old_item);
        return pair;
    }
    Value pair = tuple_from_array_take(t, items, 2);
    if (LIKELY(!t->free_threaded && !value_is_empty(pair)))
        ref_replace_take(t, &e->pair, ref_inc(t, pair));
    return pair;
}

NATIVE(enumerate_reduce, "__reduce__", "($self, /)", "State for pickling.")
{
    Enumerate *e = enumerate_of(args[0]);
    Value arguments = tuple_pack(t, 2, e->iterator, e->index);
    if (value_is_empty(arguments))
        return VALUE_EMPTY;
    Value items[2] = {value_of(ref_inc_ptr(t, type_of(t, args[0]))), arguments};
    return tuple_from_array_take(t, items, 2);
}

NATIVE_FLAGS(enumerate_class_getitem, "__class_getitem__", "($type, object, /)", "A generic alias: enumerate[str].",
             NATIVE_CLASS)
{
    return generic_alias_new(t, args[0], args[1]);
}

static const NativeDef *const enumerate_methods[] = {&native_enumerate_reduce, &native_enumerate_class_getitem, NULL};

const TypeSpec type_spec_enumerate = {
    .name = "enumerate",
    .doc = "An iterator over tuples (number, item), counting from start (0 by default).",
    .kind = KIND_ENUMERATE,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Enumerate),
    .methods = enumerate_methods,
    .signature = "(iterable, start=0)",
    .slots =
        {
            .dealloc = enumerate_dealloc,
            .traverse = enumerate_traverse,
            .create = enumerate_create,
            .iter = slot_iter_self,
            .next = enumerate_next_pair,
        },
};
