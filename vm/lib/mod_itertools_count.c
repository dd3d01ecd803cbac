/* mod_itertools_count.c: count, repeat, cycle, accumulate, batched and pairwise of the module itertools
 * (mod_itertools.h). */
#include "mod_itertools.h"

/* ---- count ---- */

typedef struct Count {
    Object head;
    Value next, step;
} Count;

static bool is_number(Thread *t, Value v)
{
    Type *type = type_of(t, v);
    return type->slots.index || type->slots.to_int || type->slots.to_float || object_is(v, KIND_COMPLEX);
}

static Value count_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value arguments[2];
    if (native_parse(t, "count", "(start=0, step=1)", args, n, names, arguments) < 0)
        return VALUE_EMPTY;
    Value start = value_is_empty(arguments[0]) ? value_from_int(0) : arguments[0];
    Value step = value_is_empty(arguments[1]) ? value_from_int(1) : arguments[1];
    if (!is_number(t, start) || !is_number(t, step))
        return error_set(t, EXC_TypeError, "a number is required");
    /* In steps of one the numbers are exact ints from the first on, whatever it was: True counts as 1. */
    int64_t first, one;
    if (int_check(start) && int_check(step) && int_small(step, &one) && one == 1 && int_small(start, &first)) {
        start = value_from_int(first);
        step = value_from_int(1);
    }
    Count *c = type_alloc(t, type, 0);
    if (c) {
        c->next = ref_inc(t, start);
        c->step = ref_inc(t, step);
    }
    return value_of(c);
}

static void count_dealloc(Thread *t, Object *o)
{
    ref_clear(t, &((Count *)o)->next);
    ref_clear(t, &((Count *)o)->step);
}

static int count_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((Count *)o)->next);
    VISIT(((Count *)o)->step);
    return 0;
}

static Value count_next(Thread *t, Value self)
{
    Count *c = (Count *)value_object(self);
    if (LIKELY(!t->free_threaded && value_is_int(c->step) && value_is_int(c->next))) {
        Value here = c->next, next = int_from_int64(t, value_to_int(here) + value_to_int(c->step));
        if (value_is_empty(next))
            return VALUE_EMPTY;
        c->next = next;
        return here;
    }
    for (;;) { /* until no other thread has drawn the same number */
        Value here = field_get(t, c, &c->next), next = number_binary(t, BINARY_ADD, here, c->step);
        if (value_is_empty(next)) {
            ref_dec(t, here);
            return VALUE_EMPTY;
        }
        objlock_enter(t, c);
        bool mine = value_is(c->next, here) || !t->free_threaded;
        Value old = mine ? c->next : next;
        if (mine)
            slot_store(&c->next, next);
        objlock_exit(t, c);
        ref_dec(t, old);
        if (mine)
            return here;
        ref_dec(t, here);
    }
}

static Value count_repr(Thread *t, Value self)
{
    Count *c = (Count *)value_object(self);
    Value next = field_get(t, c, &c->next), result;
    if (value_is(c->step, value_from_int(1)))
        result = str_format(t, "%s(%V)", type_name(type_of(t, self)), next);
    else
        result = str_format(t, "%s(%V, %V)", type_name(type_of(t, self)), next, c->step);
    ref_dec(t, next);
    return result;
}

const TypeSpec itertools_count = {
    .name = "itertools.count",
    .doc = "start, start + step, start + 2 * step, and so on without end.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Count),
    .signature = "(start=0, step=1)",
    .slots =
        {
            .dealloc = count_dealloc,
            .traverse = count_traverse,
            .create = count_create,
            .repr = count_repr,
            .iter = slot_iter_self,
            .next = count_next,
        },
};

/* ---- repeat ---- */

typedef struct Repeat {
    Object head;
    Value object;
    int64_t left; /* -1: without end */
} Repeat;

static Value repeat_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value arguments[2];
    if (native_parse(t, "repeat", "(object, times=<unrepresentable>)", args, n, names, arguments) < 0)
        return VALUE_EMPTY;
    int64_t left = -1;
    if (!value_is_empty(arguments[1])) {
        if (int_to_size(t, arguments[1], &left) < 0)
            return VALUE_EMPTY;
        if (left < 0)
            left = 0;
    }
    Repeat *r = type_alloc(t, type, 0);
    if (r) {
        r->object = ref_inc(t, arguments[0]);
        r->left = left;
    }
    return value_of(r);
}

static void repeat_dealloc(Thread *t, Object *o) { ref_clear(t, &((Repeat *)o)->object); }

static int repeat_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((Repeat *)o)->object);
    return 0;
}

/* Read once at each step: what two threads make of the same number is never below 0, which would be without end. */
static int64_t left_of(const Repeat *r) { return __atomic_load_n(&r->left, __ATOMIC_RELAXED); }

static Value repeat_next(Thread *t, Value self)
{
    Repeat *r = (Repeat *)value_object(self);
    int64_t left = left_of(r);
    if (left == 0)
        return VALUE_EMPTY;
    if (left > 0)
        store_relaxed(&r->left, left - 1);
    return ref_inc(t, r->object);
}

static Value repeat_repr(Thread *t, Value self)
{
    Repeat *r = (Repeat *)value_object(self);
    int64_t left = left_of(r);
    if (left < 0)
        return str_format(t, "%s(%V)", type_name(type_of(t, self)), r->object);
    return str_format(t, "%s(%V, %lld)", type_name(type_of(t, self)), r->object, (long long)left);
}

NATIVE(repeat_length_hint, "__length_hint__", "($self, /)", "How many items are left.")
{
    int64_t left = ((Repeat *)value_object(args[0]))->left;
    return left < 0 ? error_set(t, EXC_TypeError, "len() of unsized object") : int_from_int64(t, left);
}

static const NativeDef *const repeat_methods[] = {&native_repeat_length_hint, NULL};

const TypeSpec itertools_repeat = {
    .name = "itertools.repeat",
    .doc = "repeat(object[, times])\n\nThe same object again and again, without end or as often as told.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Repeat),
    .methods = repeat_methods,
    .slots =
        {
            .dealloc = repeat_dealloc,
            .traverse = repeat_traverse,
            .create = repeat_create,
            .repr = repeat_repr,
            .iter = slot_iter_self,
            .next = repeat_next,
        },
};

/* ---- cycle ---- */

typedef struct Cycle {
    Object head;
    Value source; /* empty after the first round */
    Value saved;  /* list */
    size_t index; /* in saved, from the second round on */
} Cycle;

static Value cycle_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    if (refuse_keywords_unless_init(t, type, "cycle", names) < 0 || check_positional(t, "cycle", n, 1, 1) < 0)
        return VALUE_EMPTY;
    Value source = object_iter(t, args[0]);
    Value saved = value_is_empty(source) ? VALUE_EMPTY : list_new(t, 0);
    Cycle *c = value_is_empty(saved) ? NULL : type_alloc(t, type, 0);
    if (!c) {
        ref_dec(t, source);
        ref_dec(t, saved);
        return VALUE_EMPTY;
    }
    c->source = source;
    c->saved = saved;
    return value_of(c);
}

static void cycle_dealloc(Thread *t, Object *o)
{
    ref_clear(t, &((Cycle *)o)->source);
    ref_clear(t, &((Cycle *)o)->saved);
}

static int cycle_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((Cycle *)o)->source);
    VISIT(((Cycle *)o)->saved);
    return 0;
}

static Value cycle_next(Thread *t, Value self)
{
    Cycle *c = (Cycle *)value_object(self);
    Value source = field_get(t, c, &c->source);
    if (!value_is_empty(source)) {
        Value item = iterate_next(t, source);
        ref_dec(t, source);
        if (!value_is_empty(item)) {
            if (list_append(t, c->saved, item) < 0)
                ref_clear(t, &item);
            return item;
        }
        if (error_pending(t))
            return VALUE_EMPTY;
        field_set_take(t, c, &c->source, VALUE_EMPTY);
    }
    size_t index = __atomic_load_n(&c->index, __ATOMIC_RELAXED);
    Value item = list_get(t, c->saved, index);
    if (value_is_empty(item) && index > 0) {
        index = 0;
        item = list_get(t, c->saved, 0);
    }
    store_relaxed(&c->index, index + 1);
    return item;
}

const TypeSpec itertools_cycle = {
    .name = "itertools.cycle",
    .doc = "The items of an iterable, again and again.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Cycle),
    .signature = "(iterable, /)",
    .slots =
        {
            .dealloc = cycle_dealloc,
            .traverse = cycle_traverse,
            .create = cycle_create,
            .iter = slot_iter_self,
            .next = cycle_next,
        },
};

/* ---- accumulate ---- */

typedef struct Accumulate {
    Object head;
    Value source;
    Value function; /* None: addition */
    Value initial;  /* None: none, or given already */
    Value total;    /* or empty: nothing yet */
} Accumulate;

static Value accumulate_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value arguments[3];
    if (native_parse(t, "accumulate", "(iterable, func=None, *, initial=None)", args, n, names, arguments) < 0)
        return VALUE_EMPTY;
    Value source = object_iter(t, arguments[0]);
    Accumulate *a = value_is_empty(source) ? NULL : type_alloc(t, type, 0);
    if (!a) {
        ref_dec(t, source);
        return VALUE_EMPTY;
    }
    a->source = source;
    a->function = value_is_empty(arguments[1]) ? VALUE_NONE : ref_inc(t, arguments[1]);
    a->initial = value_is_empty(arguments[2]) ? VALUE_NONE : ref_inc(t, arguments[2]);
    return value_of(a);
}

static void accumulate_dealloc(Thread *t, Object *o)
{
    Accumulate *a = (Accumulate *)o;
    ref_clear(t, &a->function);
    ref_clear(t, &a->total);
    ref_clear(t, &a->source);
    ref_clear(t, &a->initial);
}

static int accumulate_traverse(Object *o, VisitFn visit, void *arg)
{
    Accumulate *a = (Accumulate *)o;
    VISIT(a->function);
    VISIT(a->total);
    VISIT(a->source);
    VISIT(a->initial);
    return 0;
}

static Value accumulate_next(Thread *t, Value self)
{
    Accumulate *a = (Accumulate *)value_object(self);
    if (UNLIKELY(!value_is_none(a->initial))) {
        Value initial = field_swap(t, a, &a->initial, VALUE_NONE);
        field_set_take(t, a, &a->total, ref_inc(t, initial));
        return initial;
    }
    Value item = iterate_next(t, a->source);
    if (value_is_empty(item))
        return VALUE_EMPTY;
    Value total = field_get(t, a, &a->total), result;
    if (value_is_empty(total)) {
        result = ref_inc(t, item);
    } else if (value_is_none(a->function)) {
        result = number_binary(t, BINARY_ADD, total, item);
    } else {
        result = object_call2(t, a->function, total, item);
    }
    ref_dec(t, total);
    ref_dec(t, item);
    if (!value_is_empty(result))
        field_set_take(t, a, &a->total, ref_inc(t, result));
    return result;
}

const TypeSpec itertools_accumulate = {
    .name = "itertools.accumulate",
    .doc = "The sums of the first, the first two, the first three items, and so on; or what a function makes of the "
           "last result\nand the next item.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Accumulate),
    .signature = "(iterable, func=None, *, initial=None)",
    .slots =
        {
            .dealloc = accumulate_dealloc,
            .traverse = accumulate_traverse,
            .create = accumulate_create,
            .iter = slot_iter_self,
            .next = accumulate_next,
        },
};

/* ---- batched ---- */

typedef struct Batched {
    Object head;
    Value source;
    size_t size; /* 0 once exhausted */
    bool strict;
} Batched;

static Value batched_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value arguments[3];
    if (native_parse(t, "batched", "(iterable, n, *, strict=False)", args, n, names, arguments) < 0)
        return VALUE_EMPTY;
    int64_t size;
    if (int_to_size(t, arguments[1], &size) < 0)
        return VALUE_EMPTY;
    int strict = value_is_empty(arguments[2]) ? 0 : object_truth(t, arguments[2]);
    if (strict < 0)
        return VALUE_EMPTY;
    if (size < 1)
        return error_set(t, EXC_ValueError, "n must be at least one");
    Value source = object_iter(t, arguments[0]);
    Batched *b = value_is_empty(source) ? NULL : type_alloc(t, type, 0);
    if (!b) {
        ref_dec(t, source);
        return VALUE_EMPTY;
    }
    b->source = source;
    b->size = (size_t)size;
    b->strict = strict;
    return value_of(b);
}

static void batched_dealloc(Thread *t, Object *o) { ref_clear(t, &((Batched *)o)->source); }

static int batched_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((Batched *)o)->source);
    return 0;
}

static Value batched_next(Thread *t, Value self)
{
    Batched *b = (Batched *)value_object(self);
    size_t size = __atomic_load_n(&b->size, __ATOMIC_RELAXED);
    if (size == 0)
        return VALUE_EMPTY;
    /* Gathered in a list: the last batch, or a huge n, may have fewer items. */
    Value items = list_new(t, size < 1024 ? size : 0), result = VALUE_EMPTY, item = VALUE_EMPTY;
    if (value_is_empty(items))
        return VALUE_EMPTY;
    while (list_length(items) < size && !value_is_empty(item = iterate_next(t, b->source)))
        if (list_append_take(t, items, item) < 0)
            goto done;
    size_t count = list_length(items);
    if (count < size) {
        store_relaxed(&b->size, 0);
        if (count == 0 || error_pending(t))
            goto done;
        if (b->strict) {
            error_set(t, EXC_ValueError, "batched(): incomplete batch");
            goto done;
        }
    }
    result = tuple_from_array_take(t, list_of(items)->items, count);
    list_of(items)->length = 0;
done:
    ref_dec(t, items);
    return result;
}

const TypeSpec itertools_batched = {
    .name = "itertools.batched",
    .doc = "The items in tuples of n; the last one may be shorter, which with strict is an error.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Batched),
    .signature = "(iterable, n, *, strict=False)",
    .slots =
        {
            .dealloc = batched_dealloc,
            .traverse = batched_traverse,
            .create = batched_create,
            .iter = slot_iter_self,
            .next = batched_next,
        },
};

/* ---- pairwise ---- */

typedef struct Pairwise {
    Object head;
    Value source; /* empty once exhausted */
    Value old;    /* or empty: at the start */
    Value pair;   /* the last tuple, refilled when nobody kept it */
} Pairwise;

static Value pairwise_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    if (refuse_keywords_unless_init(t, type, "pairwise", names) < 0 || check_positional(t, "pairwise", n, 1, 1) < 0)
        return VALUE_EMPTY;
    Value source = object_iter(t, args[0]);
    Pairwise *p = value_is_empty(source) ? NULL : type_alloc(t, type, 0);
    if (!p) {
        ref_dec(t, source);
        return VALUE_EMPTY;
    }
    p->source = source;
    return value_of(p);
}

static void pairwise_dealloc(Thread *t, Object *o)
{
    Pairwise *p = (Pairwise *)o;
    ref_clear(t, &p->source);
    ref_clear(t, &p->old);
    ref_clear(t, &p->pair);
}

static int pairwise_traverse(Object *o, VisitFn visit, void *arg)
{
    Pairwise *p = (Pairwise *)o;
    VISIT(p->source);
    VISIT(p->old);
    VISIT(p->pair);
    return 0;
}

static Value pairwise_next(Thread *t, Value self)
{
    Pairwise *p = (Pairwise *)value_object(self);
    Value source = field_get(t, p, &p->source), item = VALUE_EMPTY;
    if (value_is_empty(source))
        return VALUE_EMPTY;
    Value old = field_get(t, p, &p->old);
    if (value_is_empty(old)) {
        old = iterate_next(t, source);
        if (value_is_empty(old))
            goto over;
        field_set_take(t, p, &p->old, ref_inc(t, old));
        if (value_is_empty(p->source)) { /* the iterator has called this very object, which came to its end */
            field_set_take(t, p, &p->old, VALUE_EMPTY);
            goto over;
        }
    }
    item = iterate_next(t, source);
    if (value_is_empty(item))
        goto over;
    ref_dec(t, source);
    field_set_take(t, p, &p->old, ref_inc(t, item));
    return itertools_pair_take(t, &p->pair, old, item);
over:;
    Value exc = error_take(t);
    field_set_take(t, p, &p->source, VALUE_EMPTY);
    field_set_take(t, p, &p->old, VALUE_EMPTY);
    ref_dec(t, old);
    ref_dec(t, source);
    if (!value_is_empty(exc))
        error_restore_take(t, exc);
    return VALUE_EMPTY;
}

const TypeSpec itertools_pairwise = {
    .name = "itertools.pairwise",
    .doc = "The pairs of neighbours: the first and second item, the second and third, and so on.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Pairwise),
    .signature = "(iterable, /)",
    .slots =
        {
            .dealloc = pairwise_dealloc,
            .traverse = pairwise_traverse,
            .create = pairwise_create,
            .iter = slot_iter_self,
            .next = pairwise_next,
        },
};
