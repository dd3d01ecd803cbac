/* dict_iterators.c: the six iterators over dicts: keys, values and items, forward and reverse.
 *
 * Invariant: an iterator goes by entry numbers, and notices at each step whether the dict has changed its size since
 * the start.  Steps hold the dict's lock, which with the lock off also guards the iterator's own fields against a
 * second thread.  Read next: dict_views.c. */
#include "dict_table.h"

static DictIterator *iterator_of(Value v) { return (DictIterator *)value_object(v); }

Value dict_iterator_new(Thread *t, Kind kind, Value dict)
{
    DictIterator *it = alloc_container_raw(t, kind, sizeof(DictIterator));
    if (UNLIKELY(!it))
        return VALUE_EMPTY;
    Dict *d = dict_of(dict);
    objlock_enter(t, d);
    it->dict = ref_inc(t, dict);
    it->position = kind >= KIND_DICT_REVERSE_KEY_ITERATOR ? d->table->used : 0;
    it->length = it->left = d->length;
    it->pair = VALUE_EMPTY;
    objlock_exit(t, d);
    return value_of(it);
}

static void iterator_dealloc(Thread *t, Object *o)
{
    ref_dec(t, ((DictIterator *)o)->dict);
    ref_dec(t, ((DictIterator *)o)->pair);
}

static int iterator_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((DictIterator *)o)->dict);
    VISIT(((DictIterator *)o)->pair);
    return 0;
}

#define SIZE_CHANGED SIZE_MAX /* in DictIterator.length */
#define DONE (SIZE_MAX - 1)

typedef enum Step { STEP_ITEM, STEP_END, STEP_RESIZED, STEP_KEYS_CHANGED } Step;

/* The next entry, under the dict's lock: key and value borrowed. */
static ALWAYS_INLINE Step step(DictIterator *it, Dict *d, bool reverse, Value **entry)
{
    if (UNLIKELY(it->length != d->length))
        return it->length == DONE ? STEP_END : STEP_RESIZED;
    const DictTable *table = d->table;
    size_t i = it->position;
    Value *e;
    if (reverse) {
        if (i > table->used)
            i = table->used;
        do {
            if (i <= table->first)
                return STEP_END;
            e = dict_table_entry(table, --i);
        } while (value_is_empty(e[1]));
        it->position = i;
    } else {
        if (i < table->first)
            i = table->first;
        do {
            if (i >= table->used)
                return STEP_END;
            e = dict_table_entry(table, i++);
        } while (value_is_empty(e[1]));
        if (UNLIKELY(it->left == 0))
            return STEP_KEYS_CHANGED;
        it->position = i;
    }
    it->left--;
    *entry = e;
    return STEP_ITEM;
}

/* 1: *key and *value (each may be NULL: not wanted) are owned; 0: the end; -1. */
static ALWAYS_INLINE int advance(Thread *t, DictIterator *it, bool reverse, Value *key, Value *value)
{
    if (UNLIKELY(value_is_empty(it->dict)))
        return 0;
    Dict *d = dict_of(it->dict);
    Value *entry;
    objlock_enter(t, d);
    Step result = step(it, d, reverse, &entry);
    if (LIKELY(result == STEP_ITEM)) {
        if (key)
            *key = ref_inc(t, entry[0]);
        if (value)
            *value = ref_inc(t, entry[1]);
        objlock_exit(t, d);
        return 1;
    }
    it->length = result == STEP_RESIZED ? SIZE_CHANGED : DONE;
    it->left = 0;
    objlock_exit(t, d);
    if (result == STEP_RESIZED)
        return error_set(t, EXC_RuntimeError, "dictionary changed size during iteration"), -1;
    if (result == STEP_KEYS_CHANGED)
        error_set(t, EXC_RuntimeError, "dictionary keys changed during iteration");
    iterator_finish(t, &it->dict);
    return result == STEP_END ? 0 : -1;
}

static Value key_next(Thread *t, Value self)
{
    Value key;
    return advance(t, iterator_of(self), false, &key, NULL) > 0 ? key : VALUE_EMPTY;
}
static Value value_next(Thread *t, Value self)
{
    Value value;
    return advance(t, iterator_of(self), false, NULL, &value) > 0 ? value : VALUE_EMPTY;
}
static Value reverse_key_next(Thread *t, Value self)
{
    Value key;
    return advance(t, iterator_of(self), true, &key, NULL) > 0 ? key : VALUE_EMPTY;
}
static Value reverse_value_next(Thread *t, Value self)
{
    Value value;
    return advance(t, iterator_of(self), true, NULL, &value) > 0 ? value : VALUE_EMPTY;
}

/* (key, value), taken: in the last tuple again if only the iterator still has it. */
static ALWAYS_INLINE Value make_pair(Thread *t, DictIterator *it, Value key, Value value)
{
    if (!value_is_empty(it->pair) && ref_is_unique(t, value_object(it->pair))) {
        Value pair = ref_inc(t, it->pair);
        Tuple *tuple = tuple_of(pair);
        Value old_key = tuple->items[0], old_value = tuple->items[1];
        tuple->items[0] = key;
        tuple->items[1] = value;
        tuple->hash = -1;
        ref_dec(t, old_key);
        ref_dec(t, old_value);
        return pair;
    }
    Value items[2] = {key, value};
    Value pair = tuple_from_array_take(t, items, 2);
    if (LIKELY(!t->free_threaded && !value_is_empty(pair)))
        ref_replace_take(t, &it->pair, ref_inc(t, pair));
    return pair;
}

int dict_item_iterator_next(Thread *t, Value iterator, Value *key, Value *value)
{
    return advance(t, iterator_of(iterator), false, key, value);
}

static Value item_next(Thread *t, Value self)
{
    Value key, value;
    return advance(t, iterator_of(self), false, &key, &value) > 0 ? make_pair(t, iterator_of(self), key, value)
                                                                  : VALUE_EMPTY;
}
static Value reverse_item_next(Thread *t, Value self)
{
    Value key, value;
    return advance(t, iterator_of(self), true, &key, &value) > 0 ? make_pair(t, iterator_of(self), key, value)
                                                                 : VALUE_EMPTY;
}

NATIVE(length_hint, "__length_hint__", "($self, /)", "How many items are left.")
{
    DictIterator *it = iterator_of(args[0]);
    bool stands = !value_is_empty(it->dict) && it->length == word_read(&dict_of(it->dict)->length);
    return int_from_size(t, stands ? it->left : 0);
}

NATIVE(reduce, "__reduce__", "($self, /)", "State for pickling: what is left, as a list.")
{
    DictIterator *it = iterator_of(args[0]);
    /* The items are taken from a copy: the iterator itself stays where it is. */
    DictIterator *copy = alloc_object(t, it->head.type, sizeof(DictIterator));
    if (!copy)
        return VALUE_EMPTY;
    copy->dict = ref_inc(t, it->dict);
    copy->position = it->position;
    copy->length = it->length;
    copy->left = it->left;
    Value rest = object_to_list(t, value_of(copy));
    ref_dec(t, value_of(copy));
    if (value_is_empty(rest))
        return VALUE_EMPTY;
    return reduce_result_take(t, builtin_function(t, "iter"), rest);
}

static const NativeDef *const iterator_methods[] = {&native_length_hint, &native_reduce, NULL};

#define DICT_ITERATOR(lower, KIND, python_name, next_)                                                                 \
    const TypeSpec type_spec_dict_##lower##_iterator = {                                                               \
        .name = python_name,                                                                                           \
        .kind = KIND_DICT_##KIND##_ITERATOR,                                                                           \
        .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,                                                                         \
        .size = sizeof(DictIterator),                                                                                  \
        .methods = iterator_methods,                                                                                   \
        .slots =                                                                                                       \
            {                                                                                                          \
                .dealloc = iterator_dealloc,                                                                           \
                .traverse = iterator_traverse,                                                                         \
                .iter = slot_iter_self,                                                                                \
                .next = next_,                                                                                         \
            },                                                                                                         \
    };

DICT_ITERATOR(key, KEY, "dict_keyiterator", key_next)
DICT_ITERATOR(value, VALUE, "dict_valueiterator", value_next)
DICT_ITERATOR(item, ITEM, "dict_itemiterator", item_next)
DICT_ITERATOR(reverse_key, REVERSE_KEY, "dict_reversekeyiterator", reverse_key_next)
DICT_ITERATOR(reverse_value, REVERSE_VALUE, "dict_reversevalueiterator", reverse_value_next)
DICT_ITERATOR(reverse_item, REVERSE_ITEM, "dict_reverseitemiterator", reverse_item_next)
