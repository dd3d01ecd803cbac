/* mod_builtins_sequence.c: all, any, sum, min, max and sorted.
 *
 * What each does with an item is a Sink: lists and tuples are read directly, a generator gives its items from within the eval loop, and of anything else the iterator's slot is called.
 * Numbers are added and compared unboxed as long as only numbers come.  No locks: items are taken one by one with their own references. */
#include "mod_builtins.h"

#include <math.h>

#include "../memory/ref.h"
#include "../object/bytes.h"
#include "../object/error.h"
#include "../object/float.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/str.h"
#include "../run/generator.h"

/* ---- feeding items ---- */

/* Gives the sink all items of an iterable: 0, or -1 with an exception.  `take` is sink->take, known where this is compiled. */
static ALWAYS_INLINE int feed(Thread *t, Value iterable, Sink *sink, int (*take)(Thread *, Sink *, Value))
{
    int more = 1;
    Value item;
    if (list_check_exact(iterable)) {
        for (size_t i = 0; more > 0 && !value_is_empty(item = list_get(t, iterable, i)); i++)
            more = take(t, sink, item);
        return more < 0 ? -1 : 0;
    }
    if (tuple_check_exact(iterable)) {
        for (size_t i = 0; more > 0 && i < tuple_length(iterable); i++)
            more = take(t, sink, ref_inc(t, tuple_peek(iterable, i)));
        return more < 0 ? -1 : 0;
    }
    Value iterator = object_iter(t, iterable);
    if (value_is_empty(iterator))
        return -1;
    if (object_is_exact(iterator, KIND_GENERATOR)) {
        sink->take = take;
        more = generator_each(t, generator_of(iterator), sink);
    } else {
        Value (*next)(Thread *, Value) = type_of(t, iterator)->slots.next;
        while (more > 0 && !value_is_empty(item = next(t, iterator)))
            more = take(t, sink, item);
        if (more > 0 && UNLIKELY(error_pending(t)) && !error_swallow(t, EXC_StopIteration))
            more = -1;
    }
    ref_dec(t, iterator);
    return more < 0 || error_pending(t) ? -1 : 0;
}

/* ---- all and any ---- */

typedef struct Search {
    Sink sink;
    bool wanted, found;
} Search;

static int search_take(Thread *t, Sink *sink, Value item)
{
    Search *s = (Search *)sink;
    int truth;
    if (value_is_bool(item)) {
        truth = value_is(item, VALUE_TRUE);
    } else {
        truth = object_truth(t, item);
        ref_dec(t, item);
        if (UNLIKELY(truth < 0))
            return -1;
    }
    s->found = truth == s->wanted;
    return !s->found;
}

static Value search(Thread *t, Value iterable, bool wanted)
{
    Search s = {.wanted = wanted};
    return feed(t, iterable, &s.sink, search_take) < 0 ? VALUE_EMPTY : value_from_bool(s.found == wanted);
}

NATIVE(all, "all", "($module, iterable, /)", "Whether all items are true; True when there are none.")
{
    return search(t, args[1], false);
}
NATIVE(any, "any", "($module, iterable, /)", "Whether any item is true; False when there are none.")
{
    return search(t, args[1], true);
}

/* ---- sum ---- */

/* A float sum with the error of each addition gathered apart (Neumaier), so that sum([0.1] * 10) is 1.0. */
typedef struct FloatSum {
    double high, low;
} FloatSum;

static inline void float_sum_add(FloatSum *s, double x)
{
    double total = s->high + x;
    if (fabs(s->high) >= fabs(x))
        s->low += (s->high - total) + x;
    else
        s->low += (x - total) + s->high;
    s->high = total;
}

/* The correction must not turn an infinite sum into a NaN, nor -0.0 into 0.0. */
static inline double float_sum_result(const FloatSum *s)
{
    return s->low != 0 && isfinite(s->low) ? s->high + s->low : s->high;
}

/* The sum so far: in `total` while it is an int that fits, in `real` (and `imaginary`) while a float (or complex), else in `value`. */
typedef struct Sum {
    Sink sink;
    enum { SUM_INT, SUM_FLOAT, SUM_COMPLEX, SUM_ANY } kind;
    int64_t total;
    FloatSum real, imaginary;
    Value value; /* owned, with SUM_ANY */
} Sum;

static void sum_start_take(Thread *t, Sum *s, Value value)
{
    s->value = VALUE_EMPTY;
    if (value_is_int(value)) {
        s->kind = SUM_INT;
        s->total = value_to_int(value);
    } else if (value_is_double(value)) {
        s->kind = SUM_FLOAT;
        s->real = (FloatSum){value_to_double(value), 0};
    } else if (object_is_exact(value, KIND_COMPLEX)) {
        const Complex *c = (const Complex *)value_object(value);
        s->kind = SUM_COMPLEX;
        s->real = (FloatSum){c->real, 0};
        s->imaginary = (FloatSum){c->imag, 0};
        ref_dec(t, value);
    } else {
        s->kind = SUM_ANY;
        s->value = value;
    }
}

/* The sum so far: owned; nothing is left of it. */
static Value sum_value(Thread *t, Sum *s)
{
    Value value = s->value;
    s->value = VALUE_EMPTY;
    switch (s->kind) {
    case SUM_INT: return int_from_int64(t, s->total);
    case SUM_FLOAT: return value_from_double(float_sum_result(&s->real));
    case SUM_COMPLEX: return complex_new(t, float_sum_result(&s->real), float_sum_result(&s->imaginary));
    default: return value;
    }
}

/* A number that is neither a small int nor a float, added to floats: 1, 0 when it is none, -1 with an exception. */
static int sum_add_real(Thread *t, Sum *s, Value item)
{
    if (!int_check(item) && !(s->kind == SUM_COMPLEX && float_check(item)))
        return 0;
    double d = int_check(item) ? int_to_double(t, item) : float_value(item);
    if (d == -1.0 && error_pending(t))
        return -1;
    float_sum_add(&s->real, d);
    return 1;
}

static NOINLINE int sum_take_other(Thread *t, Sum *s, Value item)
{
    int added = 0;
    if (s->kind == SUM_INT && value_is_bool(item) && s->total < INT64_MAX) {
        s->total += value_is(item, VALUE_TRUE);
        added = 1;
    } else if (s->kind == SUM_COMPLEX && object_is_exact(item, KIND_COMPLEX)) {
        const Complex *c = (const Complex *)value_object(item);
        float_sum_add(&s->real, c->real);
        float_sum_add(&s->imaginary, c->imag);
        added = 1;
    } else if (s->kind == SUM_COMPLEX && value_is_double(item)) {
        float_sum_add(&s->real, value_to_double(item));
        added = 1;
    } else if (s->kind == SUM_FLOAT || s->kind == SUM_COMPLEX) {
        added = sum_add_real(t, s, item);
    }
    if (added == 0) {
        Value before = sum_value(t, s),
              after = value_is_empty(before) ? VALUE_EMPTY : number_binary(t, BINARY_ADD, before, item);
        ref_dec(t, before);
        added = value_is_empty(after) ? -1 : 1;
        sum_start_take(t, s, after);
    }
    ref_dec(t, item);
    return added;
}

static ALWAYS_INLINE int sum_take(Thread *t, Sink *sink, Value item)
{
    Sum *s = (Sum *)sink;
    int64_t total;
    if (s->kind == SUM_INT && LIKELY(value_is_int(item)) &&
        LIKELY(!__builtin_add_overflow(s->total, value_to_int(item), &total))) {
        s->total = total;
        return 1;
    }
    if (s->kind == SUM_FLOAT && LIKELY(value_is_double(item) || value_is_int(item))) {
        float_sum_add(&s->real, value_is_double(item) ? value_to_double(item) : (double)value_to_int(item));
        return 1;
    }
    return sum_take_other(t, s, item);
}

NATIVE(sum, "sum", "($module, iterable, /, start=0)",
       "The start value plus all items. Meant for numbers: strings are refused.")
{
    Value start = value_is_empty(args[2]) ? value_from_int(0) : args[2];
    const char *refused = str_check(start)                   ? "strings [use ''"
                          : bytes_check(start)               ? "bytes [use b''"
                          : object_is(start, KIND_BYTEARRAY) ? "bytearray [use b''"
                                                             : NULL;
    if (refused) {
        Value iterator = object_iter(t, args[1]);
        ref_dec(t, iterator);
        return value_is_empty(iterator) ? VALUE_EMPTY
                                        : error_set(t, EXC_TypeError, "sum() can't sum %s.join(seq) instead]", refused);
    }
    Sum s;
    sum_start_take(t, &s, ref_inc(t, start));
    int status = feed(t, args[1], &s.sink, sum_take);
    if (UNLIKELY(status < 0)) {
        ref_dec(t, s.value);
        return VALUE_EMPTY;
    }
    return sum_value(t, &s);
}

/* ---- min and max ---- */

/* Is a better than b: 1, 0, -1. */
static ALWAYS_INLINE int better(Thread *t, Value a, Value b, Compare op)
{
    if (value_is_int(a) && value_is_int(b))
        return op == COMPARE_LT ? a.bits < b.bits : a.bits > b.bits; /* the bias keeps the order */
    if (value_is_double(a) && value_is_double(b))
        return op == COMPARE_LT ? value_to_double(a) < value_to_double(b) : value_to_double(a) > value_to_double(b);
    Value answer = object_compare(t, a, b, op);
    if (value_is_bool(answer))
        return value_is(answer, VALUE_TRUE);
    if (value_is_empty(answer))
        return -1;
    int result = object_truth(t, answer);
    ref_dec(t, answer);
    return result;
}

typedef struct Best {
    Sink sink;
    Compare op;
    Value key;            /* borrowed function, or empty */
    Value item, item_key; /* the best so far, or empty */
} Best;

static int best_take(Thread *t, Sink *sink, Value item)
{
    Best *b = (Best *)sink;
    Value item_key = value_is_empty(b->key) ? ref_inc(t, item) : object_call1(t, b->key, item);
    int take = value_is_empty(item_key) ? -1 : value_is_empty(b->item) ? 1 : better(t, item_key, b->item_key, b->op);
    if (take > 0) {
        Value old = b->item, old_key = b->item_key;
        b->item = item;
        b->item_key = item_key;
        ref_dec(t, old);
        ref_dec(t, old_key);
        return 1;
    }
    ref_dec(t, item);
    ref_dec(t, item_key);
    return take < 0 ? -1 : 1;
}

/* Owned; empty when there are no items, or with an exception. */
static Value best_of(Thread *t, Value iterable, Compare op, Value key)
{
    Best b = {.op = op, .key = key};
    int status = feed(t, iterable, &b.sink, best_take);
    ref_dec(t, b.item_key);
    if (UNLIKELY(status < 0))
        ref_clear(t, &b.item);
    return b.item;
}

static Value min_or_max(Thread *t, const char *name, Compare op, const Value *args, uint32_t n, Value names)
{
    Value out[2] = {VALUE_EMPTY, VALUE_EMPTY};
    if (n == 0)
        return error_set(t, EXC_TypeError, "%s expected at least 1 argument, got 0", name);
    if (!value_is_empty(names) && native_parse(t, name, "(*args, key=None, default=None)", args, n, names, out) < 0)
        return VALUE_EMPTY;
    Value key = value_is_none(out[0]) ? VALUE_EMPTY : out[0], result;
    if (n > 1) {
        if (!value_is_empty(out[1]))
            return error_set(t, EXC_TypeError, "Cannot specify a default for %s() with multiple positional arguments",
                             name);
        if (n == 2 && value_is_empty(key)) { /* of two values the first wins a tie */
            int second = better(t, args[1], args[0], op);
            return second < 0 ? VALUE_EMPTY : ref_inc(t, args[second]);
        }
        Value tuple = tuple_from_array(t, args, n);
        if (value_is_empty(tuple))
            return VALUE_EMPTY;
        result = best_of(t, tuple, op, key);
        ref_dec(t, tuple);
        return result;
    }
    result = best_of(t, args[0], op, key);
    if (!value_is_empty(result) || error_pending(t))
        return result;
    if (!value_is_empty(out[1]))
        return ref_inc(t, out[1]);
    return error_set(t, EXC_ValueError, "%s() iterable argument is empty", name);
}

NATIVE(min, "min", "($module, /, *args, **kwargs)",
       "min(iterable, *[, default=obj, key=func]) -> value\nmin(arg1, arg2, *args, *[, key=func]) -> value\n\nThe "
       "smallest item, or the smallest argument.")
{
    return min_or_max(t, "min", COMPARE_LT, args + 1, n - 1, names);
}

NATIVE(max, "max", "($module, /, *args, **kwargs)",
       "max(iterable, *[, default=obj, key=func]) -> value\nmax(arg1, arg2, *args, *[, key=func]) -> value\n\nThe "
       "largest item, or the largest argument.")
{
    return min_or_max(t, "max", COMPARE_GT, args + 1, n - 1, names);
}

/* ---- sorted ---- */

NATIVE(sorted, "sorted", "($module, iterable, /, *, key=None, reverse=False)", "The items in order as a new list.")
{
    int reverse = value_is_empty(args[3]) ? 0 : object_truth(t, args[3]);
    if (reverse < 0)
        return VALUE_EMPTY;
    Value list = object_to_list(t, args[1]),
          key = value_is_empty(args[2]) || value_is_none(args[2]) ? VALUE_EMPTY : args[2];
    if (!value_is_empty(list) && list_sort(t, list, key, reverse) < 0)
        ref_clear(t, &list);
    return list;
}

const NativeDef *const builtins_sequence_functions[] = {&native_all, &native_any,    &native_sum, &native_min,
                                                        &native_max, &native_sorted, NULL};
