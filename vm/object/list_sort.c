/* list_sort.c: list.sort: a stable merge sort that makes use of order already there.
 *
 * The array is cut into runs that ascend or strictly descend (these are reversed); runs shorter than a minimum are
 * lengthened by binary insertion. Neighbouring runs are merged in the order of powersort: a boundary between runs has
 * a power, the depth at which it would be cut if the whole array were halved again and again, and deeper boundaries
 * are merged first.  A merge moves the shorter run out of the way; while one side wins many times in a row it
 * gallops: it looks for the end of the winning stretch by doubling steps and moves the stretch as a whole.
 * Many numbers or texts without such an order are sorted by their digits instead (list_sort_words.c).
 *
 * Invariants.  While sorting, the list itself is empty (list_detach_items): comparisons may run any code, and what
 * they do to the list is detected at the end.  At every return, also on an error, the arrays hold each of the
 * original values once.  No lock is needed: nobody else sees the arrays. */
#include "list_sort.h"

#define GALLOP_MIN 7

/* ---- comparing ---- */

/* Strs of one byte a character compare as memory does. */
static ALWAYS_INLINE bool less_strs(Value a, Value b)
{
    const Str *x = str_of(a), *y = str_of(b);
    if (UNLIKELY(str_kind(x) != 1 || str_kind(y) != 1))
        return str_compare(a, b) < 0;
    int order = memcmp(x->data, y->data, x->length < y->length ? x->length : y->length);
    return order ? order < 0 : x->length < y->length;
}

static ALWAYS_INLINE int less_by(Thread *t, Order order, Value a, Value b)
{
    switch (order) {
    case ORDER_INT: return a.bits < b.bits; /* the bias keeps their order */
    case ORDER_FLOAT: return value_to_double(a) < value_to_double(b);
    case ORDER_STR: return less_strs(a, b);
    default: return object_compare_bool(t, a, b, COMPARE_LT);
    }
}

static Order order_of_both(Value a, Value b)
{
    Order order = order_of(a);
    return order_of(b) == order ? order : ORDER_ANY;
}

static int less_tuples(Sorter *s, Value a, Value b)
{
    Thread *t = s->t;
    size_t na = tuple_length(a), nb = tuple_length(b);
    for (size_t i = 0; i < na && i < nb; i++) {
        Value x = tuple_peek(a, i), y = tuple_peek(b, i);
        int equal = items_equal(t, x, y);
        if (equal < 0)
            return -1;
        if (!equal)
            return less_by(t, i == 0 && s->first_order != ORDER_ANY ? s->first_order : order_of_both(x, y), x, y);
    }
    return na < nb;
}

/* a < b: 1, 0, -1 */
static ALWAYS_INLINE int less(Sorter *s, Value a, Value b)
{
    return UNLIKELY(s->order == ORDER_TUPLE) ? less_tuples(s, a, b) : less_by(s->t, s->order, a, b);
}

static void choose_order(Sorter *s, size_t n)
{
    Value first = s->keys[0];
    if (tuple_check_exact(first) && tuple_length(first) > 0) {
        Order inner = order_of(tuple_peek(first, 0));
        for (size_t i = 0; i < n; i++) {
            if (!tuple_check_exact(s->keys[i])) {
                s->order = ORDER_ANY;
                return;
            }
            if (tuple_length(s->keys[i]) == 0 || order_of(tuple_peek(s->keys[i], 0)) != inner)
                inner = ORDER_ANY;
        }
        s->order = ORDER_TUPLE;
        s->first_order = inner;
        return;
    }
    s->order = order_of(first);
    for (size_t i = 1; i < n && s->order != ORDER_ANY; i++)
        if (order_of(s->keys[i]) != s->order)
            s->order = ORDER_ANY;
}

/* ---- moving ---- */

static void reverse_array(Value *v, size_t n)
{
    for (size_t i = 0, j = n; i + 1 < j; i++) {
        Value kept = v[i];
        v[i] = v[--j];
        v[j] = kept;
    }
}

static void reverse_range(Sorter *s, size_t start, size_t n)
{
    reverse_array(s->keys + start, n);
    if (s->values)
        reverse_array(s->values + start, n);
}

static ALWAYS_INLINE void move_one(Sorter *s, size_t to, size_t from)
{
    s->keys[to] = s->keys[from];
    if (s->values)
        s->values[to] = s->values[from];
}

static void move_many(Sorter *s, size_t to, size_t from, size_t n)
{
    memmove(s->keys + to, s->keys + from, n * sizeof(Value));
    if (s->values)
        memmove(s->values + to, s->values + from, n * sizeof(Value));
}

static void save(Sorter *s, size_t from, size_t n)
{
    memcpy(s->temp_keys, s->keys + from, n * sizeof(Value));
    if (s->values)
        memcpy(s->temp_values, s->values + from, n * sizeof(Value));
}

static ALWAYS_INLINE void restore_one(Sorter *s, size_t to, size_t from)
{
    s->keys[to] = s->temp_keys[from];
    if (s->values)
        s->values[to] = s->temp_values[from];
}

static void restore(Sorter *s, size_t to, size_t from, size_t n)
{
    memcpy(s->keys + to, s->temp_keys + from, n * sizeof(Value));
    if (s->values)
        memcpy(s->values + to, s->temp_values + from, n * sizeof(Value));
}

static int reserve_temp(Sorter *s, size_t n)
{
    if (n <= s->temp_capacity)
        return 0;
    size_t width = s->values ? 2 : 1;
    Value *temp = alloc_memory(s->t, n * width * sizeof(Value));
    if (!temp)
        return -1;
    if (s->temp_keys != s->temp_inline)
        alloc_memory_free(s->t, s->temp_keys);
    s->temp_keys = temp;
    s->temp_values = temp + n;
    s->temp_capacity = n;
    return 0;
}

/* ---- runs ---- */

/* Length of the run that begins at `start`; a strictly descending one is reversed.  0: error. */
static size_t count_run(Sorter *s, size_t start, size_t end)
{
    const Value *keys = s->keys;
    size_t i = start + 1;
    if (i == end)
        return 1;
    int descending = less(s, keys[i], keys[i - 1]);
    if (descending < 0)
        return 0;
    for (i++; i < end; i++) {
        int smaller = less(s, keys[i], keys[i - 1]);
        if (smaller < 0)
            return 0;
        if (smaller != descending)
            break;
    }
    if (descending)
        reverse_range(s, start, i - start);
    return i - start;
}

/* Sorts [start, end), of which the first `sorted` items are in order. */
static int insertion_sort(Sorter *s, size_t start, size_t end, size_t sorted)
{
    for (size_t i = start + sorted; i < end; i++) {
        Value key = s->keys[i], value = s->values ? s->values[i] : VALUE_EMPTY;
        size_t low = start, high = i;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            int smaller = less(s, key, s->keys[middle]);
            if (smaller < 0)
                return -1;
            if (smaller)
                high = middle;
            else
                low = middle + 1;
        }
        move_many(s, low + 1, low, i - low);
        s->keys[low] = key;
        if (s->values)
            s->values[low] = value;
    }
    return 0;
}

/* The length to which short runs are brought: n, or 32..64 so that n divided by it is just below a power of two. */
static size_t minimum_run(size_t n)
{
    size_t odd = 0;
    while (n >= 64) {
        odd |= n & 1;
        n >>= 1;
    }
    return n + odd;
}

/* ---- galloping ---- */

/* Where does `key` belong in the sorted a[0, n)?  Left: before equal items (a[k-1] < key <= a[k]); right: behind them
 * (a[k-1] <= key < a[k]).  The search begins at `hint` and doubles its steps.  -1: error. */
static ALWAYS_INLINE ptrdiff_t gallop(Sorter *s, Value key, const Value *a, size_t n, size_t hint, bool right)
{
/* Is item i to the left of the place? */
#define BEFORE(i) (right ? ((r = less(s, key, a[i])) < 0 ? r : !r) : less(s, a[i], key))
    int r;
    size_t low, high; /* the place is in [low, high] */
    int before = BEFORE(hint);
    if (before < 0)
        return -1;
    size_t stride = 1;
    if (before) {
        low = hint + 1;
        high = n;
        while (hint + stride < n) {
            if ((before = BEFORE(hint + stride)) < 0)
                return -1;
            if (!before) {
                high = hint + stride;
                break;
            }
            low = hint + stride + 1;
            stride = stride * 2 + 1;
        }
    } else {
        low = 0;
        high = hint;
        while (stride <= hint) {
            if ((before = BEFORE(hint - stride)) < 0)
                return -1;
            if (before) {
                low = hint - stride + 1;
                break;
            }
            high = hint - stride;
            stride = stride * 2 + 1;
        }
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if ((before = BEFORE(middle)) < 0)
            return -1;
        if (before)
            low = middle + 1;
        else
            high = middle;
    }
    return (ptrdiff_t)low;
#undef BEFORE
}
static ptrdiff_t gallop_left(Sorter *s, Value key, const Value *a, size_t n, size_t hint)
{
    return gallop(s, key, a, n, hint, false);
}
static ptrdiff_t gallop_right(Sorter *s, Value key, const Value *a, size_t n, size_t hint)
{
    return gallop(s, key, a, n, hint, true);
}

/* ---- merging ---- */

/* Merges A = [a, a + na) with B = [b, b + nb) behind it, na <= nb: A is saved, the result grows from the left.
 * On entry B's first item belongs before all of A, and A's last behind all of B. */
static int merge_low(Sorter *s, size_t a, size_t na, size_t b, size_t nb)
{
    if (reserve_temp(s, na) < 0)
        return -1;
    save(s, a, na);
    size_t to = a, i = 0, status = 0; /* i: next of A, in the temporary array; b: next of B */
    size_t threshold = s->gallop;
    move_one(s, to++, b++);
    nb--;
    if (nb == 0)
        goto done;
    if (na == 1)
        goto last_of_a;
    for (;;) {
        size_t wins_a = 0, wins_b = 0;
        do { /* one at a time */
            int smaller = less(s, s->keys[b], s->temp_keys[i]);
            if (smaller < 0)
                goto fail;
            if (smaller) {
                move_one(s, to++, b++);
                wins_b++;
                wins_a = 0;
                if (--nb == 0)
                    goto done;
            } else {
                restore_one(s, to++, i++);
                wins_a++;
                wins_b = 0;
                if (--na == 1)
                    goto last_of_a;
            }
        } while ((wins_a | wins_b) < threshold);
        threshold++;
        do { /* stretch by stretch */
            threshold -= threshold > 1;
            ptrdiff_t k = gallop_right(s, s->keys[b], s->temp_keys + i, na, 0);
            if (k < 0)
                goto fail;
            wins_a = (size_t)k;
            if (k) {
                restore(s, to, i, wins_a);
                to += wins_a;
                i += wins_a;
                na -= wins_a;
                if (na == 1)
                    goto last_of_a;
                if (na == 0) /* only if comparisons contradict each other */
                    goto done;
            }
            move_one(s, to++, b++);
            if (--nb == 0)
                goto done;
            k = gallop_left(s, s->temp_keys[i], s->keys + b, nb, 0);
            if (k < 0)
                goto fail;
            wins_b = (size_t)k;
            if (k) {
                move_many(s, to, b, wins_b);
                to += wins_b;
                b += wins_b;
                nb -= wins_b;
                if (nb == 0)
                    goto done;
            }
            restore_one(s, to++, i++);
            if (--na == 1)
                goto last_of_a;
        } while (wins_a >= GALLOP_MIN || wins_b >= GALLOP_MIN);
        threshold++; /* a penalty for leaving */
        s->gallop = threshold;
    }
fail:
    status = 1;
done:
    restore(s, to, i, na);
    return status ? -1 : 0;
last_of_a: /* it belongs behind all that is left of B */
    move_many(s, to, b, nb);
    restore_one(s, to + nb, i);
    return 0;
}

/* The same for na >= nb: B is saved, the result grows from the right. */
static int merge_high(Sorter *s, size_t a, size_t na, size_t b, size_t nb)
{
    if (reserve_temp(s, nb) < 0)
        return -1;
    save(s, b, nb);
    size_t to = b + nb,
           status = 0; /* the place behind the next to be filled; A's items are [a, a + na), B's temp [0, nb) */
    size_t threshold = s->gallop;
    move_one(s, --to, a + --na);
    if (na == 0)
        goto done;
    if (nb == 1)
        goto first_of_b;
    for (;;) {
        size_t wins_a = 0, wins_b = 0;
        do {
            int smaller = less(s, s->temp_keys[nb - 1], s->keys[a + na - 1]);
            if (smaller < 0)
                goto fail;
            if (smaller) {
                move_one(s, --to, a + --na);
                wins_a++;
                wins_b = 0;
                if (na == 0)
                    goto done;
            } else {
                restore_one(s, --to, --nb);
                wins_b++;
                wins_a = 0;
                if (nb == 1)
                    goto first_of_b;
            }
        } while ((wins_a | wins_b) < threshold);
        threshold++;
        do {
            threshold -= threshold > 1;
            ptrdiff_t k = gallop_right(s, s->temp_keys[nb - 1], s->keys + a, na, na - 1);
            if (k < 0)
                goto fail;
            wins_a = na - (size_t)k;
            if (wins_a) {
                to -= wins_a;
                na -= wins_a;
                move_many(s, to, a + na, wins_a);
                if (na == 0)
                    goto done;
            }
            restore_one(s, --to, --nb);
            if (nb == 1)
                goto first_of_b;
            k = gallop_left(s, s->keys[a + na - 1], s->temp_keys, nb, nb - 1);
            if (k < 0)
                goto fail;
            wins_b = nb - (size_t)k;
            if (wins_b) {
                to -= wins_b;
                nb -= wins_b;
                restore(s, to, nb, wins_b);
                if (nb == 1)
                    goto first_of_b;
                if (nb == 0) /* only if comparisons contradict each other */
                    goto done;
            }
            move_one(s, --to, a + --na);
            if (na == 0)
                goto done;
        } while (wins_a >= GALLOP_MIN || wins_b >= GALLOP_MIN);
        threshold++;
        s->gallop = threshold;
    }
fail:
    status = 1;
done:
    restore(s, to - nb, 0, nb);
    return status ? -1 : 0;
first_of_b: /* it belongs before all that is left of A */
    to -= na;
    move_many(s, to, a, na);
    restore_one(s, to - 1, 0);
    return 0;
}

/* Merges the last two runs on the stack. */
static int merge_top(Sorter *s)
{
    Run *left = &s->runs[s->run_count - 2], *right = left + 1;
    size_t a = left->start, na = left->length, b = right->start, nb = right->length;
    left->length = na + nb;
    left->power = right->power;
    s->run_count--;
    /* What of A is in its place already, and what of B. */
    ptrdiff_t k = gallop_right(s, s->keys[b], s->keys + a, na, 0);
    if (k < 0)
        return -1;
    a += (size_t)k;
    na -= (size_t)k;
    if (na == 0)
        return 0;
    k = gallop_left(s, s->keys[a + na - 1], s->keys + b, nb, nb - 1);
    if (k <= 0)
        return (int)k;
    nb = (size_t)k;
    return na <= nb ? merge_low(s, a, na, b, nb) : merge_high(s, a, na, b, nb);
}

/* The power of the boundary between two neighbouring runs of an array of n: the first binary digit in which their
 * midpoints, as fractions of n, differ. */
static int boundary_power(size_t start, size_t length1, size_t length2, size_t n)
{
    /* Twice the midpoints, so that they are integers. */
    uint64_t x = 2 * (uint64_t)start + length1, y = x + length1 + length2, whole = n;
    int power = 0;
    for (;;) {
        power++;
        if (x >= whole) { /* both have a digit 1 here */
            x -= whole;
            y -= whole;
        } else if (y >= whole) {
            return power;
        }
        x <<= 1;
        y <<= 1;
    }
}

static int push_run(Sorter *s, size_t start, size_t length, size_t n)
{
    if (s->run_count > 0) {
        Run *top = &s->runs[s->run_count - 1];
        int power = boundary_power(top->start, top->length, length, n);
        while (s->run_count > 1 && s->runs[s->run_count - 2].power > power)
            if (merge_top(s) < 0)
                return -1;
        s->runs[s->run_count - 1].power = power;
    }
    s->runs[s->run_count++] = (Run){start, length, 0};
    return 0;
}

int sort_merging(Sorter *s, size_t n)
{
    size_t minimum = minimum_run(n);
    s->gallop = GALLOP_MIN;
    s->run_count = 0;
    for (size_t start = 0; start < n;) {
        size_t length = count_run(s, start, n);
        if (length == 0)
            return -1;
        if (length < minimum) {
            size_t wanted = n - start < minimum ? n - start : minimum;
            if (insertion_sort(s, start, start + wanted, length) < 0)
                return -1;
            length = wanted;
        }
        if (push_run(s, start, length, n) < 0)
            return -1;
        start += length;
    }
    while (s->run_count > 1)
        if (merge_top(s) < 0)
            return -1;
    return 0;
}

/* ---- list.sort ---- */

/* key(v) for each value: an array, or NULL. */
static Value *call_key(Thread *t, Value key, const Value *values, size_t n)
{
    Value *keys = alloc_memory(t, n * sizeof(Value));
    for (size_t i = 0; keys && i < n; i++) {
        keys[i] = object_call1(t, key, values[i]);
        if (value_is_empty(keys[i])) {
            while (i-- > 0)
                ref_dec(t, keys[i]);
            alloc_memory_free(t, keys);
            return NULL;
        }
    }
    return keys;
}

/* A function of its own: keys that sort lists themselves are called before this has its room on the C stack. */
static NOINLINE int sort_items(Thread *t, Value *keys, Value *items, size_t n, bool reverse)
{
    Sorter s;
    s.t = t;
    s.keys = keys ? keys : items;
    s.values = keys ? items : NULL;
    s.temp_keys = s.temp_inline;
    s.temp_values = s.temp_inline + TEMP_INLINE / 2;
    s.temp_capacity = keys ? TEMP_INLINE / 2 : TEMP_INLINE;
    choose_order(&s, n);
    /* Sorting the reversed array and reversing the result keeps equal items in order. */
    if (reverse)
        reverse_range(&s, 0, n);
    int status = sort_by_words(&s, n);
    if (reverse)
        reverse_range(&s, 0, n);
    if (s.temp_keys != s.temp_inline)
        alloc_memory_free(t, s.temp_keys);
    return status;
}

int list_sort(Thread *t, Value list, Value key, bool reverse)
{
    ListItems items;
    if (list_detach_items(t, list, &items) < 0)
        return -1;
    size_t n = items.length;
    int status = 0;
    Value *keys = NULL;
    if (!value_is_empty(key) && n > 0) {
        keys = call_key(t, key, items.items, n);
        status = keys ? 0 : -1;
    }
    if (status == 0 && n > 1)
        status = sort_items(t, keys, items.items, n, reverse);
    /* The keys go first: what this makes them do to the list is noticed too. */
    if (keys) {
        for (size_t i = 0; i < n; i++)
            ref_dec(t, keys[i]);
        alloc_memory_free(t, keys);
    }
    if (list_attach_items_take(t, list, &items) && status == 0)
        return error_set(t, EXC_ValueError, "list modified during sort"), -1;
    return status;
}
