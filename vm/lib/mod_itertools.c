/* mod_itertools.c: the module itertools, and those of its iterators that select or join items of other iterables. */
#include "mod_itertools.h"

Value itertools_pair_take(Thread *t, Value *cached, Value a, Value b)
{
    if (!value_is_empty(*cached) && ref_is_unique(t, value_object(*cached))) {
        Value pair = ref_inc(t, *cached);
        Tuple *tuple = tuple_of(pair);
        Value old_a = tuple->items[0], old_b = tuple->items[1];
        tuple->items[0] = a;
        tuple->items[1] = b;
        tuple->hash = -1;
        ref_dec(t, old_a);
        ref_dec(t, old_b);
        return pair;
    }
    Value items[2] = {a, b};
    Value pair = tuple_from_array_take(t, items, 2);
    if (LIKELY(!t->free_threaded && !value_is_empty(pair)))
        ref_replace_take(t, cached, ref_inc(t, pair));
    return pair;
}

/* The objects of this file: up to two things they hold, and a few numbers. */
typedef struct Iterator {
    Object head;
    Value function;                  /* or selectors, fill value */
    Value source;                    /* iterator; empty once exhausted where that matters */
    Value active;                    /* chain: the current iterator; zip_longest: tuple cache */
    _Atomic bool flag;               /* takewhile: it is over; dropwhile: it has begun */
    int64_t next, stop, step, count; /* islice; zip_longest: count of active iterators */
} Iterator;

static Iterator *iterator_of(Value v) { return (Iterator *)value_object(v); }

static void iterator_dealloc(Thread *t, Object *o)
{
    Iterator *it = (Iterator *)o;
    ref_clear(t, &it->function);
    ref_clear(t, &it->active);
    ref_clear(t, &it->source);
}

static int iterator_traverse(Object *o, VisitFn visit, void *arg)
{
    Iterator *it = (Iterator *)o;
    VISIT(it->function);
    VISIT(it->active);
    VISIT(it->source);
    return 0;
}

/* A new object that holds a function (borrowed) and an iterator (taken; empty: passes the error on). */
static Value make_take(Thread *t, Type *type, Value function, Value source)
{
    Iterator *it = value_is_empty(source) ? NULL : type_alloc(t, type, 0);
    if (!it) {
        ref_dec(t, source);
        return VALUE_EMPTY;
    }
    it->function = ref_inc(t, function);
    it->source = source;
    return value_of(it);
}

/* The constructor of (function, iterable). */
static Value make_two(Thread *t, Type *type, const char *name, const Value *args, uint32_t n, Value names)
{
    if (refuse_keywords_unless_init(t, type, name, names) < 0 || check_positional(t, name, n, 2, 2) < 0)
        return VALUE_EMPTY;
    return make_take(t, type, args[0], object_iter(t, args[1]));
}

/* function(item) as a truth value: 1, 0, -1 */
static int ask(Thread *t, Value function, Value item)
{
    Value answer = object_call1(t, function, item);
    int truth = value_is_empty(answer) ? -1 : object_truth(t, answer);
    ref_dec(t, answer);
    return truth;
}

#define ITERATOR_SPEC(c_name, python_name, documentation, text_signature, methods_, create_, next_)                    \
    static const TypeSpec c_name = {                                                                                   \
        .name = "itertools." python_name,                                                                              \
        .doc = documentation,                                                                                          \
        .kind = KIND_OBJECT,                                                                                           \
        .flags = TYPE_BASE | TYPE_IMMUTABLE,                                                                           \
        .size = sizeof(Iterator),                                                                                      \
        .methods = methods_,                                                                                           \
        .signature = text_signature,                                                                                   \
        .slots =                                                                                                       \
            {                                                                                                          \
                .dealloc = iterator_dealloc,                                                                           \
                .traverse = iterator_traverse,                                                                         \
                .create = create_,                                                                                     \
                .iter = slot_iter_self,                                                                                \
                .next = next_,                                                                                         \
            },                                                                                                         \
    };

/* ---- chain ---- */

static Value chain_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    if (refuse_keywords_unless_init(t, type, "chain", names) < 0)
        return VALUE_EMPTY;
    Value iterables = tuple_from_array(t, args, n);
    Value source = value_is_empty(iterables) ? VALUE_EMPTY : object_iter(t, iterables);
    ref_dec(t, iterables);
    return make_take(t, type, VALUE_EMPTY, source);
}

NATIVE_FLAGS(chain_from_iterable, "from_iterable", "($type, iterable, /)",
             "A chain of the iterables that an iterable gives.", NATIVE_CLASS)
{
    return make_take(t, (Type *)value_object(args[0]), VALUE_EMPTY, object_iter(t, args[1]));
}

NATIVE_FLAGS(chain_class_getitem, "__class_getitem__", "($type, object, /)", "A generic alias: chain[int].",
             NATIVE_CLASS)
{
    return generic_alias_new(t, args[0], args[1]);
}

static Value chain_next(Thread *t, Value self)
{
    Iterator *it = iterator_of(self);
    for (;;) {
        Value active = field_get(t, it, &it->active);
        if (value_is_empty(active)) {
            Value source = field_get(t, it, &it->source);
            if (value_is_empty(source))
                return VALUE_EMPTY;
            Value iterable = iterate_next(t, source);
            ref_dec(t, source);
            active = value_is_empty(iterable) ? VALUE_EMPTY : object_iter(t, iterable);
            ref_dec(t, iterable);
            if (value_is_empty(active)) { /* the end, or an error, which ends it as well */
                Value exc = error_take(t);
                field_set_take(t, it, &it->source, VALUE_EMPTY);
                if (!value_is_empty(exc))
                    error_restore_take(t, exc);
                return VALUE_EMPTY;
            }
            field_set_take(t, it, &it->active, ref_inc(t, active));
        }
        Value item = iterate_next(t, active);
        ref_dec(t, active);
        if (LIKELY(!value_is_empty(item)) || error_pending(t))
            return item;
        field_set_take(t, it, &it->active, VALUE_EMPTY);
    }
}

static const NativeDef *const chain_methods[] = {&native_chain_from_iterable, &native_chain_class_getitem, NULL};
ITERATOR_SPEC(chain_spec, "chain", "The items of the first iterable, then of the second, and so on.", "(*iterables)",
              chain_methods, chain_create, chain_next)

/* ---- compress ---- */

static Value compress_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value arguments[2];
    if (native_parse(t, "compress", "(data, selectors)", args, n, names, arguments) < 0)
        return VALUE_EMPTY;
    Value data = object_iter(t, arguments[0]);
    Value selectors = value_is_empty(data) ? VALUE_EMPTY : object_iter(t, arguments[1]);
    if (value_is_empty(selectors)) {
        ref_dec(t, data);
        return VALUE_EMPTY;
    }
    Value result = make_take(t, type, selectors, data);
    ref_dec(t, selectors);
    return result;
}

static Value compress_next(Thread *t, Value self)
{
    Iterator *it = iterator_of(self);
    for (;;) {
        Value item = iterate_next(t, it->source);
        if (value_is_empty(item))
            return VALUE_EMPTY;
        Value selector = iterate_next(t, it->function);
        int selected = value_is_empty(selector) ? -1 : object_truth(t, selector);
        ref_dec(t, selector);
        if (selected > 0)
            return item;
        ref_dec(t, item);
        if (selected < 0)
            return VALUE_EMPTY;
    }
}

ITERATOR_SPEC(compress_spec, "compress", "The items of data whose selectors are true.", "(data, selectors)", NULL,
              compress_create, compress_next)

/* ---- islice ---- */

#define INDICES_MESSAGE "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize."
#define STOP_MESSAGE "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize."

/* An index in [0, maxsize]; None and absent ones give `missing`.  Anything else: ValueError and -2. */
static int64_t islice_index(Thread *t, Value v, int64_t missing, const char *message)
{
    if (value_is_empty(v) || value_is_none(v))
        return missing;
    int64_t i = type_of(t, v)->slots.index ? number_index_int64(t, v, EXC_OverflowError) : -1;
    if (i >= 0 && (uint64_t)i <= SIZE_MAX / 2)
        return i;
    error_clear(t);
    error_set(t, EXC_ValueError, "%s", message);
    return -2;
}

static Value islice_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    if (refuse_keywords_unless_init(t, type, "islice", names) < 0 || check_positional(t, "islice", n, 2, 4) < 0)
        return VALUE_EMPTY;
    /* what is wrong with the stop is told of first */
    int64_t stop = islice_index(t, args[n == 2 ? 1 : 2], -1, STOP_MESSAGE);
    if (stop == -2)
        return VALUE_EMPTY;
    int64_t start = n == 2 ? 0 : islice_index(t, args[1], 0, INDICES_MESSAGE);
    if (start == -2)
        return VALUE_EMPTY;
    int64_t step =
        islice_index(t, n == 4 ? args[3] : VALUE_EMPTY, 1, "Step for islice() must be a positive integer or None.");
    if (step == 0)
        error_set(t, EXC_ValueError, "Step for islice() must be a positive integer or None.");
    if (step <= 0)
        return VALUE_EMPTY;
    Value result = make_take(t, type, VALUE_EMPTY, object_iter(t, args[0]));
    if (!value_is_empty(result)) {
        Iterator *it = iterator_of(result);
        it->next = start;
        it->stop = stop;
        it->step = step;
    }
    return result;
}

/* Whole numbers, whatever other threads do. */
static int64_t number(const int64_t *n) { return __atomic_load_n(n, __ATOMIC_RELAXED); }
static void set_number(int64_t *n, int64_t to) { store_relaxed(n, to); }

static Value islice_next(Thread *t, Value self)
{
    Iterator *it = iterator_of(self);
    Value source = field_get(t, it, &it->source), item = VALUE_EMPTY;
    if (value_is_empty(source))
        return VALUE_EMPTY;
    int64_t stop = it->stop;
    while (number(&it->count) < number(&it->next)) {
        item = iterate_next(t, source);
        if (value_is_empty(item))
            goto over;
        ref_dec(t, item);
        set_number(&it->count, number(&it->count) + 1);
    }
    item = stop >= 0 && number(&it->count) >= stop ? VALUE_EMPTY : iterate_next(t, source);
    if (value_is_empty(item))
        goto over;
    set_number(&it->count, number(&it->count) + 1);
    int64_t next;
    if (__builtin_add_overflow(number(&it->next), it->step, &next))
        next = INT64_MAX;
    set_number(&it->next, stop >= 0 && next > stop ? stop : next);
    ref_dec(t, source);
    return item;
over:
    ref_dec(t, source);
    Value exc = error_take(t);
    field_set_take(t, it, &it->source, VALUE_EMPTY);
    if (!value_is_empty(exc))
        error_restore_take(t, exc);
    return VALUE_EMPTY;
}

ITERATOR_SPEC(islice_spec, "islice",
              "islice(iterable, stop)\nislice(iterable, start, stop[, step])\n\nThe items of "
              "iterable[start:stop:step], without negative indices.",
              NULL, NULL, islice_create, islice_next)

/* ---- starmap ---- */

static Value starmap_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    return make_two(t, type, "starmap", args, n, names);
}

static Value starmap_next(Thread *t, Value self)
{
    Iterator *it = iterator_of(self);
    Value arguments = iterate_next(t, it->source);
    if (value_is_empty(arguments))
        return VALUE_EMPTY;
    if (!tuple_check_exact(arguments)) {
        Value tuple = object_to_tuple(t, arguments);
        ref_dec(t, arguments);
        if (value_is_empty(tuple))
            return VALUE_EMPTY;
        arguments = tuple;
    }
    Value result =
        object_call(t, it->function, tuple_of(arguments)->items, (uint32_t)tuple_length(arguments), VALUE_EMPTY);
    ref_dec(t, arguments);
    return result;
}

ITERATOR_SPEC(starmap_spec, "starmap", "function(*item) for each item.", "(function, iterable, /)", NULL,
              starmap_create, starmap_next)

/* ---- takewhile, dropwhile, filterfalse ---- */

static Value takewhile_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    return make_two(t, type, "takewhile", args, n, names);
}

static Value takewhile_next(Thread *t, Value self)
{
    Iterator *it = iterator_of(self);
    if (it->flag)
        return VALUE_EMPTY;
    Value item = iterate_next(t, it->source);
    if (value_is_empty(item))
        return VALUE_EMPTY;
    int good = ask(t, it->function, item);
    if (good > 0)
        return item;
    ref_dec(t, item);
    if (good == 0)
        it->flag = true;
    return VALUE_EMPTY;
}

ITERATOR_SPEC(takewhile_spec, "takewhile", "The items up to the first one for which the predicate is false.",
              "(predicate, iterable, /)", NULL, takewhile_create, takewhile_next)

static Value dropwhile_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    return make_two(t, type, "dropwhile", args, n, names);
}

static Value dropwhile_next(Thread *t, Value self)
{
    Iterator *it = iterator_of(self);
    for (;;) {
        Value item = iterate_next(t, it->source);
        if (value_is_empty(item) || it->flag)
            return item;
        int drop = ask(t, it->function, item);
        if (drop == 0) {
            it->flag = true;
            return item;
        }
        ref_dec(t, item);
        if (drop < 0)
            return VALUE_EMPTY;
    }
}

ITERATOR_SPEC(dropwhile_spec, "dropwhile", "The items from the first one on for which the predicate is false.",
              "(predicate, iterable, /)", NULL, dropwhile_create, dropwhile_next)

static Value filterfalse_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    return make_two(t, type, "filterfalse", args, n, names);
}

static Value filterfalse_next(Thread *t, Value self)
{
    Iterator *it = iterator_of(self);
    bool by_truth = value_is_none(it->function) || value_is(it->function, value_of(t->types[KIND_BOOL]));
    for (;;) {
        Value item = iterate_next(t, it->source);
        if (value_is_empty(item))
            return VALUE_EMPTY;
        int truth = by_truth ? object_truth(t, item) : ask(t, it->function, item);
        if (truth == 0)
            return item;
        ref_dec(t, item);
        if (truth < 0)
            return VALUE_EMPTY;
    }
}

ITERATOR_SPEC(filterfalse_spec, "filterfalse",
              "The items for which the function gives false; function None: those that are false themselves.",
              "(function, iterable, /)", NULL, filterfalse_create, filterfalse_next)

/* ---- zip_longest: source is a tuple of iterators, None for those that have ended ---- */

static Value zip_longest_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value fill = VALUE_NONE;
    if (!value_is_empty(names) && tuple_length(names) > 0) {
        if (tuple_length(names) > 1 || !str_equal_ascii(tuple_peek(names, 0), "fillvalue"))
            return error_set(t, EXC_TypeError, "zip_longest() got an unexpected keyword argument");
        fill = args[n];
    }
    Value iterators = tuple_new(t, n);
    for (uint32_t i = 0; i < n && !value_is_empty(iterators); i++) {
        Value iterator = object_iter(t, args[i]);
        if (value_is_empty(iterator))
            ref_clear(t, &iterators);
        else
            tuple_of(iterators)->items[i] = iterator;
    }
    Value result = make_take(t, type, fill, iterators);
    if (!value_is_empty(result))
        iterator_of(result)->count = n;
    return result;
}

static Value zip_longest_next(Thread *t, Value self)
{
    Iterator *it = iterator_of(self);
    size_t n = tuple_length(it->source);
    if (n == 0 || it->count == 0)
        return VALUE_EMPTY;
    bool fresh = value_is_empty(it->active) || !ref_is_unique(t, value_object(it->active));
    Value result = fresh ? tuple_new(t, n) : ref_inc(t, it->active);
    if (value_is_empty(result))
        return VALUE_EMPTY;
    tuple_of(result)->hash = -1;
    for (size_t i = 0; i < n; i++) {
        Value *slot = &tuple_of(it->source)->items[i], iterator = field_get(t, it, slot), item = VALUE_EMPTY;
        if (!value_is_none(iterator)) {
            item = iterate_next(t, iterator);
            if (value_is_empty(item)) {
                bool failed = error_pending(t);
                it->count = failed ? 0 : it->count - 1;
                if (it->count == 0) {
                    ref_dec(t, iterator);
                    ref_dec(t, result);
                    return VALUE_EMPTY;
                }
                field_set_take(t, it, slot, VALUE_NONE);
            }
            ref_dec(t, iterator);
        }
        if (value_is_empty(item))
            item = ref_inc(t, it->function);
        ref_replace_take(t, &tuple_of(result)->items[i], item);
    }
    if (fresh && !t->free_threaded)
        ref_replace_take(t, &it->active, ref_inc(t, result));
    return result;
}

ITERATOR_SPEC(zip_longest_spec, "zip_longest",
              "Like zip, up to the end of the longest iterable: the fill value stands for what the others lack.",
              "(*iterables, fillvalue=None)", NULL, zip_longest_create, zip_longest_next)

/* ---- the module ---- */

static const TypeSpec *const public_types[] = {&chain_spec,
                                               &compress_spec,
                                               &islice_spec,
                                               &starmap_spec,
                                               &takewhile_spec,
                                               &dropwhile_spec,
                                               &filterfalse_spec,
                                               &zip_longest_spec,
                                               &itertools_count,
                                               &itertools_repeat,
                                               &itertools_cycle,
                                               &itertools_accumulate,
                                               &itertools_batched,
                                               &itertools_pairwise,
                                               &itertools_groupby,
                                               &itertools_product,
                                               &itertools_combinations,
                                               &itertools_combinations_with_replacement,
                                               &itertools_permutations};

static int add_type(Thread *t, Value module, const TypeSpec *spec, Type **field)
{
    Type *type = module_add_type(t, module, spec, NULL);
    if (!type)
        return -1;
    if (*field)
        ref_dec_ptr(t, *field);
    *field = ref_inc_ptr(t, type);
    return 0;
}

static int itertools_exec(Thread *t, Value module)
{
    ItertoolsState *state = itertools_state(t);
    if (!state) {
        state = alloc_memory_zeroed(t, 1, sizeof *state);
        if (!state)
            return -1;
        t->interp->module_state[MODULE_itertools] = state;
    }
    for (size_t i = 0; i < sizeof public_types / sizeof *public_types; i++)
        if (!module_add_type(t, module, public_types[i], NULL))
            return -1;
    if (add_type(t, module, &itertools_grouper, &state->grouper) < 0 ||
        add_type(t, module, &itertools_tee_type, &state->tee) < 0)
        return -1;
    return add_type(t, module, &itertools_tee_block, &state->tee_block);
}

static void itertools_free(Thread *t, void *p)
{
    ItertoolsState *state = p;
    REF_CLEAR_PTR(t, state->grouper);
    REF_CLEAR_PTR(t, state->tee);
    REF_CLEAR_PTR(t, state->tee_block);
    alloc_memory_free(t, state);
}

static const NativeDef *const itertools_functions[] = {&itertools_tee_function, NULL};

const ModuleDef module_def_itertools = {
    .name = "itertools",
    .doc = "Iterators that count, repeat, join, select, group and combine.",
    .methods = itertools_functions,
    .exec = itertools_exec,
    .free_state = itertools_free,
};
