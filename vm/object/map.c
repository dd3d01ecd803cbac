/* map.c: map, filter and zip.
 *
 * What these objects hold never changes after they are made (but for zip's tuple, which is only refilled while nobody
 * else has it), so nothing here takes a lock. */
#include "container.h"
#include "iterators.h"

/* iter() of each argument, as a tuple. */
static Value iterators_of(Thread *t, const Value *iterables, uint32_t n)
{
    Value iterators = tuple_new(t, n);
    if (value_is_empty(iterators))
        return VALUE_EMPTY;
    for (uint32_t i = 0; i < n; i++) {
        Value iterator = object_iter(t, iterables[i]);
        if (value_is_empty(iterator)) {
            ref_dec(t, iterators);
            return VALUE_EMPTY;
        }
        tuple_of(iterators)->items[i] = iterator;
    }
    return iterators;
}

/* The keyword argument strict of map and zip: 1, 0, -1 */
static int parse_strict(Thread *t, const char *name, const Value *keyword_values, Value names)
{
    Value strict;
    if (value_is_empty(names) || tuple_length(names) == 0)
        return 0;
    if (native_parse(t, name, "(*, strict=False)", keyword_values, 0, names, &strict) < 0)
        return -1;
    return value_is_empty(strict) ? 0 : object_truth(t, strict);
}

/* Iterator i has ended (without an error) before the others with strict=True: raises ValueError unless all end
 * together. */
static COLD void check_all_ended(Thread *t, const char *name, Value iterators, size_t i)
{
    if (i > 0) {
        error_set(t, EXC_ValueError, "%s() argument %zu is shorter than argument%s%zu", name, i + 1,
                  i == 1 ? " " : "s 1-", i);
        return;
    }
    for (i = 1; i < tuple_length(iterators); i++) {
        Value item = iterate_next(t, tuple_peek(iterators, i));
        if (!value_is_empty(item)) {
            ref_dec(t, item);
            error_set(t, EXC_ValueError, "%s() argument %zu is longer than argument%s%zu", name, i + 1,
                      i == 1 ? " " : "s 1-", i);
            return;
        }
        if (error_pending(t))
            return;
    }
}

/* (type, arguments) or, with strict, (type, arguments, True); takes arguments. */
static Value reduce_strict_take(Thread *t, Value self, Value arguments, bool strict)
{
    if (value_is_empty(arguments))
        return VALUE_EMPTY;
    Value items[3] = {value_of(ref_inc_ptr(t, type_of(t, self))), arguments, VALUE_TRUE};
    return tuple_from_array_take(t, items, strict ? 3 : 2);
}

/* ---- map ---- */

typedef struct Map {
    Object head;
    Value function;
    Value iterators; /* tuple */
    bool strict;
} Map;

static Map *map_of(Value v) { return (Map *)value_object(v); }

static Value map_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    int strict = parse_strict(t, "map", args + n, names);
    if (strict < 0)
        return VALUE_EMPTY;
    if (n < 2)
        return error_set(t, EXC_TypeError, "map() must have at least two arguments.");
    Value iterators = iterators_of(t, args + 1, n - 1);
    Map *m = value_is_empty(iterators) ? NULL : type_alloc(t, type, 0);
    if (!m) {
        ref_dec(t, iterators);
        return VALUE_EMPTY;
    }
    m->function = ref_inc(t, args[0]);
    m->iterators = iterators;
    m->strict = strict;
    return value_of(m);
}

static void map_dealloc(Thread *t, Object *o)
{
    ref_dec(t, ((Map *)o)->iterators);
    ref_dec(t, ((Map *)o)->function);
}

static int map_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((Map *)o)->iterators);
    VISIT(((Map *)o)->function);
    return 0;
}

static Value map_next_many(Thread *t, Map *m)
{
    Value few[8], *items = few, result = VALUE_EMPTY;
    size_t n = tuple_length(m->iterators), i;
    if (n > 8 && !(items = alloc_memory(t, n * sizeof(Value))))
        return VALUE_EMPTY;
    for (i = 0; i < n; i++) {
        items[i] = iterate_next(t, tuple_peek(m->iterators, i));
        if (value_is_empty(items[i]))
            break;
    }
    if (i == n)
        result = object_call(t, m->function, items, (uint32_t)n, VALUE_EMPTY);
    else if (m->strict && !error_pending(t))
        check_all_ended(t, "map", m->iterators, i);
    while (i-- > 0)
        ref_dec(t, items[i]);
    if (items != few)
        alloc_memory_free(t, items);
    return result;
}

static Value map_next(Thread *t, Value self)
{
    Map *m = map_of(self);
    if (UNLIKELY(tuple_length(m->iterators) != 1))
        return map_next_many(t, m);
    Value item = iterate_next_inline(t, tuple_peek(m->iterators, 0));
    if (value_is_empty(item))
        return VALUE_EMPTY;
    Value result = object_call1(t, m->function, item);
    ref_dec(t, item);
    return result;
}

NATIVE(map_reduce, "__reduce__", "($self, /)", "State for pickling.")
{
    Map *m = map_of(args[0]);
    size_t count = tuple_length(m->iterators);
    Value arguments = tuple_new(t, count + 1);
    if (!value_is_empty(arguments)) {
        tuple_of(arguments)->items[0] = ref_inc(t, m->function);
        for (size_t i = 0; i < count; i++)
            tuple_of(arguments)->items[i + 1] = ref_inc(t, tuple_peek(m->iterators, i));
    }
    return reduce_strict_take(t, args[0], arguments, m->strict);
}

NATIVE(map_setstate, "__setstate__", "($self, state, /)", "Sets whether it is strict.")
{
    int strict = object_truth(t, args[1]);
    if (strict < 0)
        return VALUE_EMPTY;
    map_of(args[0])->strict = strict;
    return VALUE_NONE;
}

static const NativeDef *const map_methods[] = {&native_map_reduce, &native_map_setstate, NULL};

const TypeSpec type_spec_map = {
    .name = "map",
    .doc = "An iterator that calls a function with the items of one or more iterables, taken in parallel.\n\n"
           "It ends with the shortest iterable; with strict, ValueError is raised if another one goes on.",
    .kind = KIND_MAP,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Map),
    .methods = map_methods,
    .signature = "(function, iterable, /, *iterables, strict=False)",
    .slots =
        {
            .dealloc = map_dealloc,
            .traverse = map_traverse,
            .create = map_create,
            .iter = slot_iter_self,
            .next = map_next,
        },
};

/* ---- filter ---- */

typedef struct Filter {
    Object head;
    Value function;
    Value iterator;
} Filter;

static Filter *filter_of(Value v) { return (Filter *)value_object(v); }

static Value filter_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Type *exact = t->types[KIND_FILTER];
    if ((type == exact || type->slots.init == exact->slots.init) && refuse_keywords(t, "filter", names) < 0)
        return VALUE_EMPTY;
    if (check_positional(t, "filter", n, 2, 2) < 0)
        return VALUE_EMPTY;
    Value iterator = object_iter(t, args[1]);
    Filter *f = value_is_empty(iterator) ? NULL : type_alloc(t, type, 0);
    if (!f) {
        ref_dec(t, iterator);
        return VALUE_EMPTY;
    }
    f->function = ref_inc(t, args[0]);
    f->iterator = iterator;
    return value_of(f);
}

static void filter_dealloc(Thread *t, Object *o)
{
    ref_dec(t, ((Filter *)o)->function);
    ref_dec(t, ((Filter *)o)->iterator);
}

static int filter_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((Filter *)o)->function);
    VISIT(((Filter *)o)->iterator);
    return 0;
}

static Value filter_next(Thread *t, Value self)
{
    Filter *f = filter_of(self);
    bool by_truth = value_is_none(f->function) || value_is(f->function, value_of(t->types[KIND_BOOL]));
    for (;;) {
        Value item = iterate_next(t, f->iterator);
        if (value_is_empty(item))
            return VALUE_EMPTY;
        int keep;
        if (by_truth) {
            keep = object_truth(t, item);
        } else {
            Value answer = object_call1(t, f->function, item);
            keep = value_is_empty(answer) ? -1 : object_truth(t, answer);
            ref_dec(t, answer);
        }
        if (keep > 0)
            return item;
        ref_dec(t, item);
        if (keep < 0)
            return VALUE_EMPTY;
    }
}

NATIVE(filter_reduce, "__reduce__", "($self, /)", "State for pickling.")
{
    Filter *f = filter_of(args[0]);
    return reduce_strict_take(t, args[0], tuple_pack(t, 2, f->function, f->iterator), false);
}

static const NativeDef *const filter_methods[] = {&native_filter_reduce, NULL};

const TypeSpec type_spec_filter = {
    .name = "filter",
    .doc = "An iterator over the items for which the function gives true; function None: over those that are true "
           "themselves.",
    .kind = KIND_FILTER,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Filter),
    .methods = filter_methods,
    .signature = "(function, iterable, /)",
    .slots =
        {
            .dealloc = filter_dealloc,
            .traverse = filter_traverse,
            .create = filter_create,
            .iter = slot_iter_self,
            .next = filter_next,
        },
};

/* ---- zip ---- */

typedef struct Zip {
    Object head;
    Value iterators; /* tuple */
    Value result;    /* the last tuple, refilled when nobody kept it; or empty */
    bool strict;
} Zip;

static Zip *zip_of(Value v) { return (Zip *)value_object(v); }

static Value zip_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    int strict = parse_strict(t, "zip", args + n, names);
    if (strict < 0)
        return VALUE_EMPTY;
    Value iterators = iterators_of(t, args, n);
    Zip *z = value_is_empty(iterators) ? NULL : type_alloc(t, type, 0);
    if (!z) {
        ref_dec(t, iterators);
        return VALUE_EMPTY;
    }
    z->iterators = iterators;
    z->strict = strict;
    return value_of(z);
}

static void zip_dealloc(Thread *t, Object *o)
{
    ref_dec(t, ((Zip *)o)->iterators);
    ref_dec(t, ((Zip *)o)->result);
}

static int zip_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((Zip *)o)->iterators);
    VISIT(((Zip *)o)->result);
    return 0;
}

int zip_next_two(Thread *t, Value self, Value *first, Value *second)
{
    Zip *z = zip_of(self);
    if (UNLIKELY(tuple_length(z->iterators) != 2))
        return 2;
    *first = iterate_next_inline(t, tuple_peek(z->iterators, 0));
    if (UNLIKELY(value_is_empty(*first))) {
        if (z->strict && !error_pending(t))
            check_all_ended(t, "zip", z->iterators, 0);
        return error_pending(t) ? -1 : 0;
    }
    *second = iterate_next_inline(t, tuple_peek(z->iterators, 1));
    if (LIKELY(!value_is_empty(*second)))
        return 1;
    if (z->strict && !error_pending(t))
        check_all_ended(t, "zip", z->iterators, 1);
    ref_clear(t, first);
    return error_pending(t) ? -1 : 0;
}

static Value zip_next(Thread *t, Value self)
{
    Zip *z = zip_of(self);
    size_t n = tuple_length(z->iterators);
    if (n == 0)
        return VALUE_EMPTY;
    Value result;
    bool fresh = value_is_empty(z->result) || !ref_is_unique(t, value_object(z->result));
    if (fresh) {
        result = tuple_new(t, n);
        if (value_is_empty(result))
            return VALUE_EMPTY;
    } else {
        result = ref_inc(t, z->result);
        tuple_of(result)->hash = -1;
    }
    for (size_t i = 0; i < n; i++) {
        Value item = iterate_next_inline(t, tuple_peek(z->iterators, i));
        if (UNLIKELY(value_is_empty(item))) {
            if (z->strict && !error_pending(t))
                check_all_ended(t, "zip", z->iterators, i);
            ref_dec(t, result);
            return VALUE_EMPTY;
        }
        ref_replace_take(t, &tuple_of(result)->items[i], item);
    }
    if (fresh && !t->free_threaded)
        ref_replace_take(t, &z->result, ref_inc(t, result));
    return result;
}

NATIVE(zip_reduce, "__reduce__", "($self, /)", "State for pickling.")
{
    Zip *z = zip_of(args[0]);
    return reduce_strict_take(t, args[0], ref_inc(t, z->iterators), z->strict);
}

NATIVE(zip_setstate, "__setstate__", "($self, state, /)", "Sets whether it is strict.")
{
    int strict = object_truth(t, args[1]);
    if (strict < 0)
        return VALUE_EMPTY;
    zip_of(args[0])->strict = strict;
    return VALUE_NONE;
}

static const NativeDef *const zip_methods[] = {&native_zip_reduce, &native_zip_setstate, NULL};

const TypeSpec type_spec_zip = {
    .name = "zip",
    .doc = "An iterator over tuples of the items of several iterables, taken in parallel.\n\n"
           "It ends with the shortest iterable; with strict, ValueError is raised if another one goes on.",
    .kind = KIND_ZIP,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Zip),
    .methods = zip_methods,
    .signature = "(*iterables, strict=False)",
    .slots =
        {
            .dealloc = zip_dealloc,
            .traverse = zip_traverse,
            .create = zip_create,
            .iter = slot_iter_self,
            .next = zip_next,
        },
};
