/* mod_builtins_sequence.c: all, any, sum, min, max and sorted.
 *
 * They run over a Feed, which reads exact lists, tuples and small ranges directly and calls the iterator's slot for everything else.  Numbers are added and compared
 * unboxed as long as only numbers come.  No locks: items are taken one by one with their own references. */
#include "mod_builtins.h"

#include <math.h>

#include "../memory/ref.h"
#include "../object/bytes.h"
#include "../object/error.h"
#include "../object/float.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/str.h"

/* ---- feeding items ---- */

typedef struct Feed {
    enum { FEED_LIST, FEED_TUPLE, FEED_ITERATOR } kind;
    Value source; /* borrowed list or tuple; or the iterator, owned */
    size_t index;
    Value (*next)(Thread *t, Value iterator);
} Feed;

static int feed_begin(Thread *t, Feed *f, Value iterable)
{
    f->index = 0;
    f->source = iterable;
    if (list_check_exact(iterable)) {
        f->kind = FEED_LIST;
        return 0;
    }
    if (tuple_check_exact(iterable)) {
        f->kind = FEED_TUPLE;
        return 0;
    }
    f->kind = FEED_ITERATOR;
    f->source = object_iter(t, iterable);
    if (value_is_empty(f->source))
        return -1;
    f->next = type_of(t, f->source)->slots.next;
    return 0;
}

/* The next item, owned; empty at the end, with an exception on error. */
static ALWAYS_INLINE Value feed_next(Thread *t, Feed *f)
{
    switch (f->kind) {
    case FEED_LIST: return list_get(t, f->source, f->index++);
    case FEED_TUPLE:
        return f->index < tuple_length(f->source) ? ref_inc(t, tuple_peek(f->source, f->index++)) : VALUE_EMPTY;
    default: break;
    }
    Value item = f->next(t, f->source);
    if (UNLIKELY(value_is_empty(item)) && error_pending(t))
        error_swallow(t, EXC_StopIteration);
    return item;
}

static void feed_end(Thread *t, Feed *f)
{
    if (f->kind == FEED_ITERATOR)
        ref_dec(t, f->source);
}

/* ---- all and any ---- */

static Value search(Thread *t, Value iterable, bool wanted)
{
    Feed f;
    if (feed_begin(t, &f, iterable) < 0)
        return VALUE_EMPTY;
    Value result = value_from_bool(!wanted), item;
    while (!value_is_empty(item = feed_next(t, &f))) {
        int truth;
        if (value_is_bool(item)) {
            truth = value_is(item, VALUE_TRUE);
        } else {
            truth = object_truth(t, item);
            ref_dec(t, item);
        }
        if (UNLIKELY(truth < 0)) {
            result = VALUE_EMPTY;
            break;
        }
        if (truth == wanted) {
            result = value_from_bool(wanted);
            break;
        }
    }
    feed_end(t, &f);
    return error_pending(t) ? VALUE_EMPTY : result;
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

/* The three phases take items as long as their kind of number lasts.  They return an item that they could not add (owned), or empty at the end or on error; the sum so far is
 * in *sum. */

static Value sum_ints(Thread *t, Feed *f, Value *sum)
{
    int64_t total = value_to_int(*sum);
    for (;;) {
        Value item = feed_next(t, f);
        int64_t i;
        if (LIKELY(value_is_int(item))) {
            i = value_to_int(item);
        } else if (value_is_bool(item)) {
            i = value_is(item, VALUE_TRUE);
        } else {
            *sum = int_from_int64(t, total);
            return item;
        }
        if (UNLIKELY(__builtin_add_overflow(total, i, &total))) {
            *sum = int_from_int64(t, total - i); /* wraps back */
            return item;
        }
    }
}

static Value sum_floats(Thread *t, Feed *f, Value *sum)
{
    FloatSum s = {value_to_double(*sum), 0};
    Value item;
    for (;;) {
        item = feed_next(t, f);
        if (LIKELY(value_is_double(item))) {
            float_sum_add(&s, value_to_double(item));
        } else if (value_is_int(item)) {
            float_sum_add(&s, (double)value_to_int(item));
        } else if (!value_is_empty(item) && int_check(item)) {
            double d = int_to_double(t, item);
            ref_dec(t, item);
            if (d == -1.0 && error_pending(t)) {
                item = VALUE_EMPTY;
                break;
            }
            float_sum_add(&s, d);
        } else {
            break;
        }
    }
    *sum = value_from_double(float_sum_result(&s));
    return item;
}

static Value sum_complexes(Thread *t, Feed *f, Value *sum)
{
    const Complex *start = (const Complex *)value_object(*sum);
    FloatSum real = {start->real, 0}, imag = {start->imag, 0};
    Value item;
    for (;;) {
        item = feed_next(t, f);
        if (object_is_exact(item, KIND_COMPLEX)) {
            const Complex *c = (const Complex *)value_object(item);
            float_sum_add(&real, c->real);
            float_sum_add(&imag, c->imag);
            ref_dec(t, item);
        } else if (value_is_double(item)) {
            float_sum_add(&real, value_to_double(item));
        } else if (!value_is_empty(item) && (int_check(item) || float_check(item))) {
            double d = int_check(item) ? int_to_double(t, item) : float_value(item);
            ref_dec(t, item);
            if (d == -1.0 && error_pending(t)) {
                item = VALUE_EMPTY;
                break;
            }
            float_sum_add(&real, d);
        } else {
            break;
        }
    }
    ref_dec(t, *sum);
    *sum = complex_new(t, float_sum_result(&real), float_sum_result(&imag));
    return item;
}

NATIVE(sum, "sum", "($module, iterable, /, start=0)",
       "The start value plus all items. Meant for numbers: strings are refused.")
{
    Value sum = value_is_empty(args[2]) ? value_from_int(0) : args[2], item;
    Feed f;
    if (feed_begin(t, &f, args[1]) < 0)
        return VALUE_EMPTY;
    const char *refused = str_check(sum)                   ? "strings [use ''"
                          : bytes_check(sum)               ? "bytes [use b''"
                          : object_is(sum, KIND_BYTEARRAY) ? "bytearray [use b''"
                                                           : NULL;
    if (refused) {
        feed_end(t, &f);
        return error_set(t, EXC_TypeError, "sum() can't sum %s.join(seq) instead]", refused);
    }
    ref_inc(t, sum);
    for (;;) {
        if (value_is_int(sum))
            item = sum_ints(t, &f, &sum);
        else if (value_is_double(sum))
            item = sum_floats(t, &f, &sum);
        else if (object_is_exact(sum, KIND_COMPLEX))
            item = sum_complexes(t, &f, &sum);
        else
            item = feed_next(t, &f);
        if (value_is_empty(item) || value_is_empty(sum))
            break;
        Value next = number_binary(t, BINARY_ADD, sum, item);
        ref_dec(t, sum);
        ref_clear(t, &item);
        sum = next;
        if (value_is_empty(sum))
            break;
    }
    if (value_is_empty(sum))
        ref_dec(t, item);
    feed_end(t, &f);
    if (UNLIKELY(error_pending(t))) {
        ref_dec(t, sum);
        return VALUE_EMPTY;
    }
    return sum;
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

static Value best_of(Thread *t, Feed *f, Compare op, Value key)
{
    Value best = VALUE_EMPTY, best_key = VALUE_EMPTY, item;
    while (!value_is_empty(item = feed_next(t, f))) {
        Value item_key = value_is_empty(key) ? ref_inc(t, item) : object_call1(t, key, item);
        int take = 1;
        if (value_is_empty(item_key))
            take = -1;
        else if (!value_is_empty(best))
            take = better(t, item_key, best_key, op);
        if (take > 0) {
            Value old = best, old_key = best_key;
            best = item;
            best_key = item_key;
            ref_dec(t, old);
            ref_dec(t, old_key);
            continue;
        }
        ref_dec(t, item);
        ref_dec(t, item_key);
        if (take < 0)
            break;
    }
    ref_dec(t, best_key);
    if (UNLIKELY(error_pending(t)))
        ref_clear(t, &best);
    return best;
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
        Feed f = {.kind = FEED_TUPLE, .source = tuple};
        result = best_of(t, &f, op, key);
        ref_dec(t, tuple);
        return result;
    }
    Feed f;
    if (feed_begin(t, &f, args[0]) < 0)
        return VALUE_EMPTY;
    result = best_of(t, &f, op, key);
    feed_end(t, &f);
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
