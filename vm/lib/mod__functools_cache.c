/* mod__functools_cache.c: what functools.lru_cache returns.
 *
 * The results are in a dict from arguments to result.  A bounded cache makes use of its order: a result that was
 * asked for moves to the end, and the one at the front is the one to be dropped.  The function is called without any
 * lock; each access to the dict is atomic by itself. */
#include "../object/dict_table.h"
#include "../object/method.h"
#include "mod__functools.h"

typedef struct Cache {
    Object head;
    Value function;
    Value results;   /* dict */
    Value info_type; /* of cache_info() */
    Value dict;      /* __dict__, or empty */
    Object *weakrefs;
    int64_t maxsize; /* -1: unbounded; 0: nothing is kept */
    int64_t hits, misses;
    bool typed;
} Cache;

static Cache *cache_of(Value v) { return (Cache *)value_object(v); }

static Value cache_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value arguments[4];
    if (native_parse(t, "lru_cache", "(user_function, maxsize, typed, cache_info_type)", args, n, names, arguments) < 0)
        return VALUE_EMPTY;
    int typed = object_truth(t, arguments[2]);
    if (typed < 0)
        return VALUE_EMPTY;
    if (!object_is_callable(t, arguments[0]))
        return error_set(t, EXC_TypeError, "the first argument must be callable");
    int64_t maxsize = -1;
    if (!value_is_none(arguments[1])) {
        if (!type_of(t, arguments[1])->slots.index)
            return error_set(t, EXC_TypeError, "maxsize should be integer or None");
        maxsize = number_index_int64(t, arguments[1], EXC_OverflowError);
        if (maxsize == -1 && error_pending(t))
            return VALUE_EMPTY;
        if (maxsize < 0)
            maxsize = 0;
    }
    Value results = dict_new(t);
    Cache *c = value_is_empty(results) ? NULL : type_alloc(t, type, 0);
    if (!c) {
        ref_dec(t, results);
        return VALUE_EMPTY;
    }
    c->function = ref_inc(t, arguments[0]);
    c->results = results;
    c->info_type = ref_inc(t, arguments[3]);
    c->maxsize = maxsize;
    c->typed = typed;
    return value_of(c);
}

static void cache_clear_slot(Thread *t, Object *o)
{
    Cache *c = (Cache *)o;
    if (!value_is_empty(c->results))
        dict_clear(t, c->results);
    ref_clear(t, &c->dict);
}

static void cache_dealloc(Thread *t, Object *o)
{
    Cache *c = (Cache *)o;
    ref_clear(t, &c->results);
    ref_clear(t, &c->function);
    ref_clear(t, &c->info_type);
    ref_clear(t, &c->dict);
}

static int cache_traverse(Object *o, VisitFn visit, void *arg)
{
    Cache *c = (Cache *)o;
    VISIT(c->function);
    VISIT(c->results);
    VISIT(c->info_type);
    VISIT(c->dict);
    return 0;
}

/* The key for a call's arguments: the only one itself if it is an exact int or str, else a tuple. */
static Value make_key(Thread *t, const Value *args, uint32_t n, Value names, bool typed)
{
    size_t count = value_is_empty(names) ? 0 : tuple_length(names);
    if (!typed && !count && n == 1 && (int_check_exact(args[0]) || str_check_exact(args[0])))
        return ref_inc(t, args[0]);
    Value key = tuple_new(t, n + (count ? 1 + 2 * count : 0) + (typed ? n + count : 0));
    if (value_is_empty(key))
        return VALUE_EMPTY;
    Value *item = tuple_of(key)->items;
    for (uint32_t i = 0; i < n; i++)
        *item++ = ref_inc(t, args[i]);
    if (count)
        *item++ = ref_inc(t, functools_state(t)->keyword_mark);
    for (size_t i = 0; i < count; i++) {
        *item++ = ref_inc(t, tuple_peek(names, i));
        *item++ = ref_inc(t, args[n + i]);
    }
    for (size_t i = 0; typed && i < n + count; i++)
        *item++ = value_of(ref_inc_ptr(t, type_of(t, args[i])));
    return key;
}

static void count_up(int64_t *n) { __atomic_fetch_add(n, 1, __ATOMIC_RELAXED); }

/* Drops the oldest results until there is room for one more. */
static void make_room(Thread *t, Cache *c)
{
    Value key, value;
    while ((int64_t)dict_length(c->results) >= c->maxsize && dict_pop_first(t, c->results, &key, &value)) {
        ref_dec(t, key);
        ref_dec(t, value);
    }
}

static bool cache_forward(Thread *t, Value self, Value *function, Value *first)
{
    *function = ref_inc(t, cache_of(self)->function);
    *first = t->interp->empty_tuple;
    return true;
}

/* Slots.call_before: a result that is there already, or the key of the one that comes; None where nothing is kept. */
static int cache_before(Thread *t, Value self, const Value *args, uint32_t n, Value names, Value *out)
{
    Cache *c = cache_of(self);
    if (c->maxsize == 0) {
        count_up(&c->misses);
        *out = VALUE_NONE;
        return 0;
    }
    Value key = make_key(t, args, n, names, c->typed);
    if (value_is_empty(key))
        return -1;
    hash_t hash = item_hash(t, key);
    int found = hash == -1       ? -1
                : c->maxsize < 0 ? dict_get_hash(t, c->results, key, hash, out)
                                 : dict_move_hash(t, c->results, key, hash, true, out);
    if (found == 0) {
        count_up(&c->misses);
        *out = key;
        return 0;
    }
    if (found > 0)
        count_up(&c->hits);
    ref_dec(t, key);
    return found;
}

static Value cache_after(Thread *t, Value self, Value key, Value result)
{
    Cache *c = cache_of(self);
    if (c->maxsize == 0)
        return result;
    hash_t hash = item_hash(t, key);
    int status = hash == -1 ? -1 : 0;
    if (status == 0 && c->maxsize > 0) {
        /* The call may have added the key itself; then that result stays. */
        Value already = VALUE_EMPTY;
        status = dict_get_hash(t, c->results, key, hash, &already);
        ref_dec(t, already);
        if (status == 0)
            make_room(t, c);
    }
    if (status == 0)
        status = dict_set_hash(t, c->results, key, hash, result);
    Value exc = error_take(t);
    if (status < 0)
        ref_clear(t, &result);
    ref_dec(t, key);
    t->exc = exc;
    return result;
}

static Value cache_call(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Value before = VALUE_EMPTY;
    int found = cache_before(t, self, args, n, names, &before);
    if (found)
        return before;
    Value result = object_call(t, cache_of(self)->function, args, n, names);
    if (!value_is_empty(result))
        return cache_after(t, self, before, result);
    Value exc = error_take(t);
    ref_dec(t, before);
    t->exc = exc;
    return VALUE_EMPTY;
}

static Value cache_get(Thread *t, Value self, Value instance, Value owner)
{
    return value_is_empty(instance) || value_is_none(instance) ? ref_inc(t, self) : method_new(t, self, instance);
}

NATIVE(cache_info, "cache_info", "($self, /)", "The numbers of hits and misses, the maximum and the current size.")
{
    Cache *c = cache_of(args[0]);
    Value numbers[4] = {int_from_int64(t, __atomic_load_n(&c->hits, __ATOMIC_RELAXED)),
                        int_from_int64(t, __atomic_load_n(&c->misses, __ATOMIC_RELAXED)),
                        c->maxsize < 0 ? VALUE_NONE : int_from_int64(t, c->maxsize),
                        int_from_size(t, dict_length(c->results))};
    Value result = object_call(t, c->info_type, numbers, 4, VALUE_EMPTY);
    for (int i = 0; i < 4; i++)
        ref_dec(t, numbers[i]);
    return result;
}

NATIVE(cache_clear, "cache_clear", "($self, /)", "Forgets all results and sets the numbers to 0.")
{
    Cache *c = cache_of(args[0]);
    store_relaxed(&c->hits, 0);
    store_relaxed(&c->misses, 0);
    dict_clear(t, c->results);
    return VALUE_NONE;
}

NATIVE(cache_reduce, "__reduce__", "($self, /)", "The name under which it is found.")
{
    return object_getattr(t, args[0], ID(t, __qualname__));
}
NATIVE(cache_copy, "__copy__", "($self, /)", "Itself.") { return ref_inc(t, args[0]); }
NATIVE(cache_deepcopy, "__deepcopy__", "($self, memo, /)", "Itself.") { return ref_inc(t, args[0]); }

static const NativeDef *const cache_methods[] = {&native_cache_info, &native_cache_clear,    &native_cache_reduce,
                                                 &native_cache_copy, &native_cache_deepcopy, NULL};
static const GetSetDef cache_getsets[] = {{"__dict__", instance_get_dict, instance_set_dict, NULL}, {0}};

const TypeSpec functools_cache = {
    .name = "functools._lru_cache_wrapper",
    .doc = "A function that remembers its results: the latest maxsize ones, or all with maxsize None.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE | TYPE_METHOD_LIKE,
    .size = sizeof(Cache),
    .dict_offset = offsetof(Cache, dict),
    .weak_offset = offsetof(Cache, weakrefs),
    .methods = cache_methods,
    .getsets = cache_getsets,
    .slots =
        {
            .dealloc = cache_dealloc,
            .traverse = cache_traverse,
            .clear = cache_clear_slot,
            .create = cache_create,
            .call = cache_call,
            .forward = cache_forward,
            .call_before = cache_before,
            .call_after = cache_after,
            .descr_get = cache_get,
        },
};
