/* mod_itertools_combine.c: product, combinations, combinations_with_replacement and permutations of the module
 * itertools (mod_itertools.h).
 *
 * All four keep a pool of items and an array of indices into it that moves on from one result to the next in lexical
 * order.  Invariants: `result` is the last tuple given, or empty before the first; it is changed in place if nobody
 * kept it, else copied first.  No step runs Python code: each holds the object's lock, and what it releases is never
 * the last reference, since the pool has one. */
#include "mod_itertools.h"

typedef struct Combiner {
    Object head;
    Value pools;  /* product: tuple of tuples; else one tuple of items */
    Value result; /* or empty */
    size_t n;     /* items in the pool; product: pools that differ */
    size_t r;     /* items in a result */
    size_t *indices;
    size_t *cycles; /* permutations: steps until each place has had all its items */
    bool done;
} Combiner;

static Combiner *combiner_of(Value v) { return (Combiner *)value_object(v); }

static void combiner_dealloc(Thread *t, Object *o)
{
    Combiner *c = (Combiner *)o;
    ref_clear(t, &c->pools);
    ref_clear(t, &c->result);
    alloc_memory_free(t, c->indices);
    alloc_memory_free(t, c->cycles);
}

static int combiner_traverse(Object *o, VisitFn visit, void *arg)
{
    Combiner *c = (Combiner *)o;
    VISIT(c->pools);
    VISIT(c->result);
    return 0;
}

/* Takes pools (empty: passes the error on). */
static Combiner *make_take(Thread *t, Type *type, Value pools, size_t n, size_t r, size_t index_count)
{
    Combiner *c = value_is_empty(pools) ? NULL : type_alloc(t, type, 0);
    if (!c) {
        ref_dec(t, pools);
        return NULL;
    }
    c->pools = pools;
    c->n = n;
    c->r = r;
    c->indices = alloc_memory_zeroed(t, index_count ? index_count : 1, sizeof(size_t));
    if (!c->indices) {
        ref_dec(t, value_of(c));
        return NULL;
    }
    return c;
}

/* The item for place i of a result. */
static ALWAYS_INLINE Value item_for(Combiner *c, size_t i) { return tuple_peek(c->pools, c->indices[i]); }

/* The tuple to be changed from place `from` on: the last result if nobody kept it, else a copy; two references.
 * Empty: no memory. */
static Value result_to_change(Thread *t, Combiner *c)
{
    if (ref_is_unique(t, value_object(c->result))) {
        tuple_of(c->result)->hash = -1;
        return ref_inc(t, c->result);
    }
    Value copy = tuple_from_array(t, tuple_of(c->result)->items, c->r);
    if (!value_is_empty(copy))
        ref_replace_take(t, &c->result, ref_inc(t, copy));
    return copy;
}

static ALWAYS_INLINE void put(Thread *t, Value result, size_t i, Value item)
{
    ref_replace_take(t, &tuple_of(result)->items[i], ref_inc(t, item));
}

/* The first result, from the indices as they are. */
static Value first_result(Thread *t, Combiner *c)
{
    Value result = tuple_new(t, c->r);
    if (value_is_empty(result))
        return VALUE_EMPTY;
    for (size_t i = 0; i < c->r; i++)
        tuple_of(result)->items[i] = ref_inc(t, item_for(c, i));
    c->result = ref_inc(t, result);
    return result;
}

/* The end. */
static Value finish(Combiner *c)
{
    c->done = true;
    return VALUE_EMPTY;
}

NATIVE(combiner_sizeof, "__sizeof__", "($self, /)", "Size in memory, in bytes.")
{
    Combiner *c = combiner_of(args[0]);
    return int_from_size(t,
                         type_of(t, args[0])->size + c->r * sizeof(size_t) + (c->cycles ? c->r * sizeof(size_t) : 0));
}
static const NativeDef *const combiner_methods[] = {&native_combiner_sizeof, NULL};

/* ---- product ---- */

static Value product_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    int64_t repeat = 1;
    if (!value_is_empty(names) && tuple_length(names) > 0) {
        Value argument;
        if (native_parse(t, "product", "(*, repeat=1)", args + n, 0, names, &argument) < 0)
            return VALUE_EMPTY;
        if (!value_is_empty(argument)) {
            if (int_to_size(t, argument, &repeat) < 0)
                return VALUE_EMPTY;
            if (repeat < 0)
                return error_set(t, EXC_ValueError, "repeat argument cannot be negative");
        }
    }
    if (repeat == 0)
        n = 0;
    if (n && (uint64_t)repeat > SIZE_MAX / 2 / sizeof(Value) / n)
        return error_set(t, EXC_OverflowError, "repeat argument too large");
    Value pools = tuple_new(t, n);
    for (uint32_t i = 0; i < n && !value_is_empty(pools); i++) {
        Value pool = object_to_tuple(t, args[i]);
        if (value_is_empty(pool))
            ref_clear(t, &pools);
        else
            tuple_of(pools)->items[i] = pool;
    }
    size_t r = n * (size_t)repeat;
    return value_of(make_take(t, type, pools, n, r, r));
}

static ALWAYS_INLINE Value product_pool(Combiner *c, size_t i)
{
    assert(c->n > 0); /* there are no positions without pools */
    return tuple_peek(c->pools, i % c->n);
}

static Value product_step(Thread *t, Combiner *c)
{
    if (value_is_empty(c->result)) {
        for (size_t i = 0; i < c->n; i++)
            if (tuple_length(tuple_peek(c->pools, i)) == 0)
                return finish(c);
        Value result = tuple_new(t, c->r);
        if (value_is_empty(result))
            return VALUE_EMPTY;
        for (size_t i = 0; i < c->r; i++)
            tuple_of(result)->items[i] = ref_inc(t, tuple_peek(product_pool(c, i), 0));
        c->result = ref_inc(t, result);
        return result;
    }
    if (c->r == 0)
        return finish(c);
    Value result = result_to_change(t, c);
    if (value_is_empty(result))
        return VALUE_EMPTY;
    /* Like an odometer: the last place moves on; one that is through starts again and moves the place before it. */
    for (size_t i = c->r; i-- > 0;) {
        Value pool = product_pool(c, i);
        if (++c->indices[i] < tuple_length(pool)) {
            put(t, result, i, tuple_peek(pool, c->indices[i]));
            return result;
        }
        c->indices[i] = 0;
        put(t, result, i, tuple_peek(pool, 0));
    }
    ref_dec(t, result);
    return finish(c);
}

/* ---- combinations: indices ascend strictly ---- */

/* iterable and r as (pool, r): 0 or -1. */
static int parse_pool(Thread *t, const char *name, const Value *args, uint32_t n, Value names, Value *pool, int64_t *r)
{
    Value arguments[2];
    if (native_parse(t, name, "(iterable, r)", args, n, names, arguments) < 0)
        return -1;
    if (int_to_size(t, arguments[1], r) < 0)
        return -1;
    *pool = object_to_tuple(t, arguments[0]);
    if (value_is_empty(*pool))
        return -1;
    if (*r < 0) {
        ref_clear(t, pool);
        return error_set(t, EXC_ValueError, "r must be non-negative"), -1;
    }
    return 0;
}

static Value combinations_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value pool;
    int64_t r;
    if (parse_pool(t, "combinations", args, n, names, &pool, &r) < 0)
        return VALUE_EMPTY;
    size_t length = tuple_length(pool);
    bool impossible = (uint64_t)r > length;
    Combiner *c = make_take(t, type, pool, length, (size_t)r, impossible ? 0 : (size_t)r);
    if (c && !impossible)
        for (size_t i = 0; i < c->r; i++)
            c->indices[i] = i;
    if (c)
        c->done = impossible;
    return value_of(c);
}

static Value combinations_step(Thread *t, Combiner *c)
{
    if (value_is_empty(c->result))
        return first_result(t, c);
    /* The last place that is not yet at its highest index. */
    size_t i = c->r;
    while (i > 0 && c->indices[i - 1] == i - 1 + c->n - c->r)
        i--;
    if (i-- == 0)
        return finish(c);
    Value result = result_to_change(t, c);
    if (value_is_empty(result))
        return VALUE_EMPTY;
    c->indices[i]++;
    put(t, result, i, item_for(c, i));
    for (i++; i < c->r; i++) {
        c->indices[i] = c->indices[i - 1] + 1;
        put(t, result, i, item_for(c, i));
    }
    return result;
}

/* ---- combinations_with_replacement: indices ascend ---- */

static Value replacement_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value pool;
    int64_t r;
    if (parse_pool(t, "combinations_with_replacement", args, n, names, &pool, &r) < 0)
        return VALUE_EMPTY;
    size_t length = tuple_length(pool);
    Combiner *c = make_take(t, type, pool, length, (size_t)r, (size_t)r);
    if (c)
        c->done = length == 0 && r > 0;
    return value_of(c);
}

static Value replacement_step(Thread *t, Combiner *c)
{
    if (value_is_empty(c->result))
        return first_result(t, c);
    size_t i = c->r;
    while (i > 0 && c->indices[i - 1] == c->n - 1)
        i--;
    if (i-- == 0)
        return finish(c);
    Value result = result_to_change(t, c);
    if (value_is_empty(result))
        return VALUE_EMPTY;
    size_t index = c->indices[i] + 1;
    for (; i < c->r; i++) {
        c->indices[i] = index;
        put(t, result, i, item_for(c, i));
    }
    return result;
}

/* ---- permutations: the first r of all n indices ---- */

static Value permutations_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value arguments[2];
    if (native_parse(t, "permutations", "(iterable, r=None)", args, n, names, arguments) < 0)
        return VALUE_EMPTY;
    Value pool = object_to_tuple(t, arguments[0]);
    if (value_is_empty(pool))
        return VALUE_EMPTY;
    size_t length = tuple_length(pool);
    int64_t r = (int64_t)length;
    if (!value_is_empty(arguments[1]) && !value_is_none(arguments[1])) {
        if (!int_check(arguments[1]))
            error_set(t, EXC_TypeError, "Expected int as r");
        else if (int_to_size(t, arguments[1], &r) == 0 && r < 0)
            error_set(t, EXC_ValueError, "r must be non-negative");
        if (error_pending(t)) {
            ref_dec(t, pool);
            return VALUE_EMPTY;
        }
    }
    bool impossible = (uint64_t)r > length;
    Combiner *c = make_take(t, type, pool, length, (size_t)r, length);
    if (!c)
        return VALUE_EMPTY;
    c->done = impossible;
    c->cycles = alloc_memory(t, ((impossible ? 0 : (size_t)r) + 1) * sizeof(size_t));
    if (!c->cycles) {
        ref_dec(t, value_of(c));
        return VALUE_EMPTY;
    }
    for (size_t i = 0; i < length; i++)
        c->indices[i] = i;
    for (size_t i = 0; !impossible && i < c->r; i++)
        c->cycles[i] = length - i;
    return value_of(c);
}

static Value permutations_step(Thread *t, Combiner *c)
{
    if (value_is_empty(c->result))
        return first_result(t, c);
    if (c->n == 0 || c->r == 0)
        return finish(c);
    Value result = result_to_change(t, c);
    if (value_is_empty(result))
        return VALUE_EMPTY;
    for (size_t i = c->r; i-- > 0;) {
        if (--c->cycles[i] == 0) {
            /* This place has had all: its index goes to the end of the rest, and the place before moves on. */
            size_t index = c->indices[i];
            memmove(&c->indices[i], &c->indices[i + 1], (c->n - 1 - i) * sizeof(size_t));
            c->indices[c->n - 1] = index;
            c->cycles[i] = c->n - i;
        } else {
            size_t j = c->n - c->cycles[i], index = c->indices[i];
            c->indices[i] = c->indices[j];
            c->indices[j] = index;
            for (; i < c->r; i++)
                put(t, result, i, item_for(c, i));
            return result;
        }
    }
    ref_dec(t, result);
    return finish(c);
}

/* ---- the types ---- */

#define COMBINER(lower, spec_name, python_name, documentation, text_signature)                                         \
    static Value lower##_next(Thread *t, Value self)                                                                   \
    {                                                                                                                  \
        Combiner *c = combiner_of(self);                                                                               \
        objlock_enter(t, c);                                                                                           \
        Value result = c->done ? VALUE_EMPTY : lower##_step(t, c);                                                     \
        objlock_exit(t, c);                                                                                            \
        return result;                                                                                                 \
    }                                                                                                                  \
    const TypeSpec spec_name = {                                                                                       \
        .name = "itertools." python_name,                                                                              \
        .doc = documentation,                                                                                          \
        .kind = KIND_OBJECT,                                                                                           \
        .flags = TYPE_BASE | TYPE_IMMUTABLE,                                                                           \
        .size = sizeof(Combiner),                                                                                      \
        .methods = combiner_methods,                                                                                   \
        .signature = text_signature,                                                                                   \
        .slots =                                                                                                       \
            {                                                                                                          \
                .dealloc = combiner_dealloc,                                                                           \
                .traverse = combiner_traverse,                                                                         \
                .create = lower##_create,                                                                              \
                .iter = slot_iter_self,                                                                                \
                .next = lower##_next,                                                                                  \
            },                                                                                                         \
    };

COMBINER(product, itertools_product, "product",
         "The tuples of one item from each iterable, like nested for loops; repeat takes the iterables several times.",
         "(*iterables, repeat=1)")
COMBINER(combinations, itertools_combinations, "combinations",
         "The tuples of r items of the iterable, in the order in which they come.", "(iterable, r)")
COMBINER(replacement, itertools_combinations_with_replacement, "combinations_with_replacement",
         "The tuples of r items of the iterable, in the order in which they come, where an item may come again.",
         "(iterable, r)")
COMBINER(permutations, itertools_permutations, "permutations",
         "The tuples of r items of the iterable (all by default) in every order.", "(iterable, r=None)")
