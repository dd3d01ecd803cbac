/* mod_itertools_group.c: groupby and tee of the module itertools (mod_itertools.h). */
#include "mod_itertools.h"

/* ---- groupby ---- */

/* Invariants.  `value` and its `key` are the item read ahead, empty when it has been given away; `target` is the key
 * of the group that is current; only the group that `current` points to may still give items. */
typedef struct GroupBy {
    Object head;
    Value source;
    Value function; /* None: the items are their own keys */
    Value target, key, value;
    const void *_Atomic current; /* the grouper that is current; not owned, only compared */
} GroupBy;

typedef struct Grouper {
    Object head;
    Value parent;
    Value target;
} Grouper;

static Value groupby_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value arguments[2];
    if (native_parse(t, "groupby", "(iterable, key=None)", args, n, names, arguments) < 0)
        return VALUE_EMPTY;
    Value source = object_iter(t, arguments[0]);
    GroupBy *g = value_is_empty(source) ? NULL : type_alloc(t, type, 0);
    if (!g) {
        ref_dec(t, source);
        return VALUE_EMPTY;
    }
    g->source = source;
    g->function = value_is_empty(arguments[1]) ? VALUE_NONE : ref_inc(t, arguments[1]);
    return value_of(g);
}

static void groupby_dealloc(Thread *t, Object *o)
{
    GroupBy *g = (GroupBy *)o;
    ref_clear(t, &g->source);
    ref_clear(t, &g->function);
    ref_clear(t, &g->target);
    ref_clear(t, &g->key);
    ref_clear(t, &g->value);
}

static int groupby_traverse(Object *o, VisitFn visit, void *arg)
{
    GroupBy *g = (GroupBy *)o;
    VISIT(g->source);
    VISIT(g->function);
    VISIT(g->target);
    VISIT(g->key);
    VISIT(g->value);
    return 0;
}

/* Reads one item ahead: 1, 0 at the end, -1. */
static int read_ahead(Thread *t, GroupBy *g)
{
    Value value = iterate_next(t, g->source);
    if (value_is_empty(value))
        return error_pending(t) ? -1 : 0;
    Value key = value_is_none(g->function) ? ref_inc(t, value) : object_call1(t, g->function, value);
    if (value_is_empty(key)) {
        ref_dec(t, value);
        return -1;
    }
    field_set_take(t, g, &g->value, value);
    field_set_take(t, g, &g->key, key);
    return 1;
}

/* Is the key read ahead equal to `target`?  1, 0, -1.  Both are held: comparing may move the iterator on. */
static int key_is(Thread *t, GroupBy *g, const Value *target)
{
    Value a = field_get(t, g, target), b = field_get(t, g, &g->key);
    int equal = value_is_empty(a) || value_is_empty(b) ? 0 : items_equal(t, a, b);
    ref_dec(t, a);
    ref_dec(t, b);
    return equal;
}

static Value groupby_next(Thread *t, Value self)
{
    GroupBy *g = (GroupBy *)value_object(self);
    g->current = NULL;
    /* Skip what is left of the current group. */
    for (;;) {
        if (!value_is_empty(slot_peek(&g->key))) {
            if (value_is_empty(slot_peek(&g->target)))
                break;
            int equal = key_is(t, g, &g->target);
            if (equal < 0)
                return VALUE_EMPTY;
            if (!equal)
                break;
        }
        if (read_ahead(t, g) <= 0)
            return VALUE_EMPTY;
    }
    Value key = field_get(t, g, &g->key);
    field_set_take(t, g, &g->target, ref_inc(t, key));
    Grouper *group = value_is_empty(key) ? NULL : type_alloc(t, itertools_state(t)->grouper, 0);
    if (!group) {
        ref_dec(t, key);
        return VALUE_EMPTY;
    }
    group->parent = ref_inc(t, self);
    group->target = ref_inc(t, key);
    g->current = group;
    Value items[2] = {key, value_of(group)};
    return tuple_from_array_take(t, items, 2);
}

const TypeSpec itertools_groupby = {
    .name = "itertools.groupby",
    .doc = "Pairs of a key and an iterator over the neighbouring items that have this key: what the key function "
           "gives,\nor the items themselves.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(GroupBy),
    .signature = "(iterable, key=None)",
    .slots =
        {
            .dealloc = groupby_dealloc,
            .traverse = groupby_traverse,
            .create = groupby_create,
            .iter = slot_iter_self,
            .next = groupby_next,
        },
};

static void grouper_dealloc(Thread *t, Object *o)
{
    ref_clear(t, &((Grouper *)o)->parent);
    ref_clear(t, &((Grouper *)o)->target);
}

static int grouper_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((Grouper *)o)->parent);
    VISIT(((Grouper *)o)->target);
    return 0;
}

static Value grouper_next(Thread *t, Value self)
{
    Grouper *group = (Grouper *)value_object(self);
    GroupBy *g = (GroupBy *)value_object(group->parent);
    if (g->current != group)
        return VALUE_EMPTY;
    if (value_is_empty(slot_peek(&g->value)) && read_ahead(t, g) <= 0)
        return VALUE_EMPTY;
    if (key_is(t, g, &group->target) <= 0)
        return VALUE_EMPTY;
    Value value = field_swap(t, g, &g->value, VALUE_EMPTY);
    field_set_take(t, g, &g->key, VALUE_EMPTY);
    return value;
}

const TypeSpec itertools_grouper = {
    .name = "itertools._grouper",
    .kind = KIND_OBJECT,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(Grouper),
    .slots =
        {
            .dealloc = grouper_dealloc,
            .traverse = grouper_traverse,
            .iter = slot_iter_self,
            .next = grouper_next,
        },
};

/* ---- tee: iterators that share the items read so far, in a list of blocks ---- */

#define BLOCK_ITEMS 57 /* with the other fields about half a kilobyte */

/* Invariant: values [0, count) are there; `next` exists only when the block is full.  The iterators hold the blocks
 * that they still need. */
typedef struct TeeBlock {
    Object head;
    Value source;
    Value next; /* block, or empty */
    uint32_t count;
    bool reading;
    Value values[BLOCK_ITEMS];
} TeeBlock;

typedef struct Tee {
    Object head;
    Value block;
    uint32_t index; /* of the next item in it */
    Object *weakrefs;
} Tee;

static TeeBlock *block_of(Value v) { return (TeeBlock *)value_object(v); }
static Tee *tee_of(Value v) { return (Tee *)value_object(v); }

static Value block_new(Thread *t, Value source)
{
    TeeBlock *block = type_alloc(t, itertools_state(t)->tee_block, 0);
    if (block)
        block->source = ref_inc(t, source);
    return value_of(block);
}

static void block_dealloc(Thread *t, Object *o)
{
    TeeBlock *block = (TeeBlock *)o;
    ref_clear(t, &block->source);
    for (uint32_t i = 0; i < block->count; i++)
        ref_clear(t, &block->values[i]);
    ref_clear(t, &block->next);
}

static int block_traverse(Object *o, VisitFn visit, void *arg)
{
    TeeBlock *block = (TeeBlock *)o;
    VISIT(block->source);
    for (uint32_t i = 0; i < block->count; i++)
        VISIT(block->values[i]);
    VISIT(block->next);
    return 0;
}

/* Item i of a block, read from the source if it is the next one. */
static Value block_item(Thread *t, TeeBlock *block, uint32_t i)
{
    objlock_enter(t, block);
    bool present = i < block->count, busy = !present && block->reading;
    Value item = present ? ref_inc(t, block->values[i]) : VALUE_EMPTY;
    if (!present && !busy)
        block->reading = true;
    objlock_exit(t, block);
    if (present)
        return item;
    if (busy)
        return error_set(t, EXC_RuntimeError, "cannot re-enter the tee iterator");
    item = iterate_next(t, block->source);
    objlock_enter(t, block);
    if (!value_is_empty(item))
        block->values[block->count++] = ref_inc(t, item);
    block->reading = false;
    objlock_exit(t, block);
    return item;
}

static Value block_next(Thread *t, TeeBlock *block)
{
    Value next = field_get(t, block, &block->next);
    if (!value_is_empty(next))
        return next;
    next = block_new(t, block->source);
    if (value_is_empty(next))
        return VALUE_EMPTY;
    objlock_enter(t, block);
    Value surplus = next;
    if (value_is_empty(block->next)) {
        block->next = next;
        surplus = VALUE_EMPTY;
    }
    next = ref_inc(t, block->next);
    objlock_exit(t, block);
    ref_dec(t, surplus);
    return next;
}

const TypeSpec itertools_tee_block = {
    .name = "itertools._tee_dataobject",
    .doc = "Items that the iterators made by tee share.",
    .kind = KIND_OBJECT,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(TeeBlock),
    .slots = {.dealloc = block_dealloc, .traverse = block_traverse},
};

/* An iterator that goes on from where another one stands. */
static Value tee_copy(Thread *t, Value self)
{
    Tee *copy = type_alloc(t, itertools_state(t)->tee, 0);
    if (!copy)
        return VALUE_EMPTY;
    Tee *tee = tee_of(self);
    objlock_enter(t, tee);
    copy->block = ref_inc(t, tee->block);
    copy->index = tee->index;
    objlock_exit(t, tee);
    return value_of(copy);
}

static bool is_tee(Thread *t, Value v) { return value_is_object(v) && type_of(t, v) == itertools_state(t)->tee; }

static Value tee_from_iterator(Thread *t, Value iterator)
{
    if (is_tee(t, iterator))
        return tee_copy(t, iterator);
    Value block = block_new(t, iterator);
    Tee *tee = value_is_empty(block) ? NULL : type_alloc(t, itertools_state(t)->tee, 0);
    if (!tee) {
        ref_dec(t, block);
        return VALUE_EMPTY;
    }
    tee->block = block;
    return value_of(tee);
}

static Value tee_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    if (refuse_keywords(t, "_tee", names) < 0 || check_positional(t, "_tee", n, 1, 1) < 0)
        return VALUE_EMPTY;
    Value iterator = object_iter(t, args[0]);
    Value tee = value_is_empty(iterator) ? VALUE_EMPTY : tee_from_iterator(t, iterator);
    ref_dec(t, iterator);
    return tee;
}

static void tee_dealloc(Thread *t, Object *o) { ref_clear(t, &((Tee *)o)->block); }

static int tee_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((Tee *)o)->block);
    return 0;
}

/* Stands in block `to` (taken) from now on, unless another thread has left block `from` first: a place belongs to its block. */
static void tee_moved(Thread *t, Tee *tee, Value from, Value to, uint32_t index)
{
    objlock_enter(t, tee);
    if (value_is(tee->block, from)) {
        tee->block = to;
        tee->index = index;
        to = from;
    }
    objlock_exit(t, tee);
    ref_dec(t, to);
}

static Value tee_next(Thread *t, Value self)
{
    Tee *tee = tee_of(self);
    objlock_enter(t, tee);
    uint32_t index = tee->index;
    Value block = ref_inc(t, tee->block);
    objlock_exit(t, tee);
    if (index >= BLOCK_ITEMS) {
        Value next = block_next(t, block_of(block));
        if (value_is_empty(next)) {
            ref_dec(t, block);
            return VALUE_EMPTY;
        }
        tee_moved(t, tee, block, ref_inc(t, next), 0);
        ref_dec(t, block);
        index = 0;
        block = next;
    }
    Value item = block_item(t, block_of(block), index);
    if (!value_is_empty(item))
        tee_moved(t, tee, block, ref_inc(t, block), index + 1);
    ref_dec(t, block);
    return item;
}

NATIVE(tee_copy_dunder, "__copy__", "($self, /)", "An independent iterator that goes on from here.")
{
    return tee_copy(t, args[0]);
}

static const NativeDef *const tee_methods[] = {&native_tee_copy_dunder, NULL};

const TypeSpec itertools_tee_type = {
    .name = "itertools._tee",
    .doc = "An iterator that can be copied.",
    .kind = KIND_OBJECT,
    .flags = TYPE_IMMUTABLE,
    .size = sizeof(Tee),
    .weak_offset = offsetof(Tee, weakrefs),
    .methods = tee_methods,
    .signature = "(iterable, /)",
    .slots =
        {
            .dealloc = tee_dealloc,
            .traverse = tee_traverse,
            .create = tee_create,
            .iter = slot_iter_self,
            .next = tee_next,
        },
};

/* The i-th of the iterators that tee returns: copies of a tee; an iterator that can copy itself, and copies of it;
 * else a new tee first. */
static Value tee_member(Thread *t, Value iterator, Value copy_method, Value first)
{
    if (is_tee(t, iterator) || value_is_empty(copy_method))
        return value_is_empty(first) ? tee_from_iterator(t, iterator) : tee_copy(t, first);
    return value_is_empty(first) ? ref_inc(t, iterator) : object_call0(t, copy_method);
}

static Value tee_fn(Thread *t, Value *args, uint32_t n, Value names)
{
    int64_t count = 2;
    if (!value_is_empty(args[2])) {
        if (int_to_size(t, args[2], &count) < 0)
            return VALUE_EMPTY;
        if (count < 0)
            return error_set(t, EXC_ValueError, "n must be >= 0");
    }
    Value result = tuple_new(t, (size_t)count), iterator = VALUE_EMPTY, copy_method = VALUE_EMPTY;
    if (value_is_empty(result) || count == 0)
        return result;
    iterator = object_iter(t, args[1]);
    int status = value_is_empty(iterator) ? -1 : object_getattr_optional(t, iterator, ID(t, __copy__), &copy_method);
    for (int64_t i = 0; status >= 0 && i < count; i++) {
        Value member = tee_member(t, iterator, copy_method, i ? tuple_peek(result, 0) : VALUE_EMPTY);
        if (value_is_empty(member))
            status = -1;
        else
            tuple_of(result)->items[i] = member;
    }
    ref_dec(t, copy_method);
    ref_dec(t, iterator);
    if (status < 0)
        ref_clear(t, &result);
    return result;
}

const NativeDef itertools_tee_function = {"tee", "($module, iterable, n=2, /)",
                                          "A tuple of n independent iterators over the same items.", tee_fn, 0};
