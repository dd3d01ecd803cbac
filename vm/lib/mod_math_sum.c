/* mod_math_sum.c: fsum, prod, sumprod, hypot and dist of the module math: sums and products over iterables, with more precision than a float has.
 *
 * fsum keeps partial sums that do not overlap (Shewchuk 1997); sumprod adds products in triple length (Ogita, Rump and Oishi 2005).
 * No state, no locks. */
#include "mod_math.h"

#include <float.h>
#include <math.h>

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/error.h"
#include "../object/float.h"
#include "../object/int.h"
#include "../object/list.h"

/* ---- error-free sums and products ---- */

/* high + low is exactly the result. */
typedef struct Double2 {
    double high, low;
} Double2;

static ALWAYS_INLINE Double2 exact_sum(double a, double b)
{
    double s = a + b, z = s - a;
    return (Double2){s, (a - (s - z)) + (b - z)};
}
/* The factor in two halves of 26 bits (Veltkamp), whose products are exact (Dekker): what fma() tells, which not every machine has, for numbers of which no part is lost. */
static ALWAYS_INLINE Double2 halves(double a)
{
    double scaled = a * 0x1.0000002p+27, high = scaled - (scaled - a);
    return (Double2){high, a - high};
}
static ALWAYS_INLINE Double2 exact_product(double a, double b)
{
    double p = a * b;
    if (UNLIKELY(!(fabs(a) < 0x1p+500 && fabs(b) < 0x1p+500 && fabs(p) > 0x1p-900)))
        return (Double2){p, fma(a, b, -p)};
    Double2 x = halves(a), y = halves(b);
    return (Double2){p, x.high * y.high - p + x.high * y.low + x.low * y.high + x.low * y.low};
}

/* An accumulator of about 150 bits. */
typedef struct Double3 {
    double high, low, tiny;
} Double3;

static ALWAYS_INLINE void add_product(Double3 *sum, double a, double b)
{
    Double2 p = exact_product(a, b), s = exact_sum(sum->high, p.high);
    Double2 r1 = exact_sum(sum->low, p.low), r2 = exact_sum(r1.high, s.low);
    sum->high = s.high;
    sum->low = r2.high;
    sum->tiny += r1.low + r2.low;
}
static double rounded(const Double3 *sum)
{
    Double2 last = exact_sum(sum->low, sum->tiny);
    return exact_sum(sum->high, last.high).high;
}

static bool argument(Thread *t, Value v, double *x)
{
    if (LIKELY(value_is_double(v))) {
        *x = value_to_double(v);
        return true;
    }
    if (LIKELY(value_is_int(v))) {
        *x = (double)value_to_int(v);
        return true;
    }
    *x = number_to_double(t, v);
    return *x != -1.0 || !error_pending(t);
}

/* ---- fsum ---- */

/* Partial sums in increasing magnitude, no two with bits at the same place. */
typedef struct Partials {
    size_t n, capacity;
    double *at; /* `small`, or alloc_memory */
    double small[48];
} Partials;

static int partials_add(Thread *t, Partials *p, double x)
{
    size_t kept = 0;
    for (size_t i = 0; i < p->n; i++) {
        double y = p->at[i];
        if (fabs(x) < fabs(y)) {
            double swap = x;
            x = y;
            y = swap;
        }
        double high = x + y, low = y - (high - x);
        if (low != 0.0)
            p->at[kept++] = low;
        x = high;
    }
    p->n = kept;
    if (x == 0.0)
        return 0;
    if (p->n == p->capacity) {
        double *larger = alloc_memory(t, 2 * p->capacity * sizeof(double));
        if (!larger)
            return -1;
        memcpy(larger, p->at, p->n * sizeof(double));
        if (p->at != p->small)
            alloc_memory_free(t, p->at);
        p->at = larger;
        p->capacity *= 2;
    }
    p->at[p->n++] = x;
    return 0;
}

static double partials_sum(const Partials *p)
{
    size_t n = p->n;
    if (n == 0)
        return 0.0;
    double high = p->at[--n], low = 0.0;
    while (n > 0) {
        double x = high, y = p->at[--n];
        high = x + y;
        low = y - (high - x);
        if (low != 0.0)
            break;
    }
    /* Exactly half way between two doubles: what lies below decides. */
    if (n > 0 && ((low < 0.0 && p->at[n - 1] < 0.0) || (low > 0.0 && p->at[n - 1] > 0.0))) {
        double twice = low * 2.0, moved = high + twice;
        if (twice == moved - high)
            high = moved;
    }
    return high;
}

NATIVE(fsum, "fsum", "($module, seq, /)",
       "The sum of numbers as a float, computed exactly and rounded once.\n\n>>> fsum([0.1] * 10)\n1.0")
{
    Value iterator = object_iter(t, args[1]), result = VALUE_EMPTY, item;
    if (value_is_empty(iterator))
        return iterator;
    Partials p = {.capacity = sizeof p.small / sizeof p.small[0]};
    p.at = p.small;
    double special = 0.0, infinities = 0.0;
    while (!value_is_empty(item = object_next(t, iterator))) {
        double x;
        bool good = argument(t, item, &x);
        ref_dec(t, item);
        if (!good)
            goto done;
        if (!isfinite(x)) {
            if (isinf(x))
                infinities += x;
            special += x;
            p.n = 0;
            continue;
        }
        if (partials_add(t, &p, x) < 0)
            goto done;
        if (p.n && !isfinite(p.at[p.n - 1])) {
            error_set(t, EXC_OverflowError, "intermediate overflow in fsum");
            goto done;
        }
    }
    if (error_pending(t))
        goto done;
    if (special != 0.0) { /* a NaN counts as different from 0 */
        if (isnan(infinities))
            error_set(t, EXC_ValueError, "-inf + inf in fsum");
        else
            result = value_from_double(special);
        goto done;
    }
    result = value_from_double(partials_sum(&p));
done:
    if (p.at != p.small)
        alloc_memory_free(t, p.at);
    ref_dec(t, iterator);
    return result;
}

/* ---- prod ---- */

NATIVE(prod, "prod", "($module, iterable, /, *, start=1)",
       "The product of the items of an iterable and of `start`, which is also the result for an empty one.")
{
    Value iterator = object_iter(t, args[1]), item;
    if (value_is_empty(iterator))
        return iterator;
    Value product = value_is_empty(args[2]) ? value_from_int(1) : ref_inc(t, args[2]);
    while (!value_is_empty(item = object_next(t, iterator))) {
        Value next = number_binary(t, BINARY_MUL, product, item);
        ref_dec(t, product);
        ref_dec(t, item);
        product = next;
        if (value_is_empty(product))
            break;
    }
    ref_dec(t, iterator);
    if (error_pending(t)) {
        ref_dec(t, product);
        return VALUE_EMPTY;
    }
    return product;
}

/* ---- sumprod ---- */

/* What was summed in C so far: flushed into `total` when other types come. */
typedef struct SumProduct {
    Value total; /* owned */
    int64_t whole;
    bool has_whole;
    Double3 real;
    bool has_real;
} SumProduct;

static int add_to_total_take(Thread *t, SumProduct *s, Value v)
{
    Value sum = value_is_empty(v) ? v : number_binary(t, BINARY_ADD, s->total, v);
    ref_dec(t, v);
    if (value_is_empty(sum))
        return -1;
    ref_replace_take(t, &s->total, sum);
    return 0;
}
static int flush_whole(Thread *t, SumProduct *s)
{
    if (!s->has_whole)
        return 0;
    s->has_whole = false;
    int64_t whole = s->whole;
    s->whole = 0;
    return add_to_total_take(t, s, int_from_int64(t, whole));
}
static int flush_real(Thread *t, SumProduct *s)
{
    if (!s->has_real)
        return 0;
    s->has_real = false;
    double real = rounded(&s->real);
    s->real = (Double3){0.0, 0.0, 0.0};
    return add_to_total_take(t, s, value_from_double(real));
}

/* An exact float, or an exact int (or bool) that a double holds, next to a float: for the sums in triple length. */
static bool as_real(Thread *t, Value v, double *x)
{
    if (value_is_double(v)) {
        *x = value_to_double(v);
        return true;
    }
    if (!int_check_exact(v) && !value_is_bool(v))
        return false;
    *x = int_to_double(t, v);
    if (*x == -1.0 && error_pending(t)) {
        error_clear(t);
        return false;
    }
    return true;
}

static int add_pair(Thread *t, SumProduct *s, Value p, Value q, bool *int_path, bool *real_path)
{
    if (*int_path) {
        int64_t x, y, product, sum;
        if (int_check_exact(p) && int_check_exact(q) && int_small(p, &x) && int_small(q, &y) &&
            !__builtin_mul_overflow(x, y, &product) && !__builtin_add_overflow(s->whole, product, &sum)) {
            s->whole = sum;
            s->has_whole = true;
            return 0;
        }
        *int_path = false;
        if (flush_whole(t, s) < 0)
            return -1;
    }
    if (*real_path) {
        double x, y;
        if ((value_is_double(p) || value_is_double(q)) && as_real(t, p, &x) && as_real(t, q, &y)) {
            Double3 sum = s->real;
            add_product(&sum, x, y);
            if (isfinite(sum.high)) {
                s->real = sum;
                s->has_real = true;
                return 0;
            }
        }
        *real_path = false;
        if (flush_real(t, s) < 0)
            return -1;
    }
    return add_to_total_take(t, s, number_binary(t, BINARY_MUL, p, q));
}

NATIVE(sumprod, "sumprod", "($module, p, q, /)",
       "The sum of the products of the items of two iterables of the same length.\n\n"
       "For floats, and floats mixed with ints, the sum is computed with extended precision.")
{
    SumProduct s = {.total = value_from_int(0)};
    bool int_path = true, real_path = true, good = false;
    Value q_iterator = VALUE_EMPTY, p_iterator = object_iter(t, args[1]);
    if (value_is_empty(p_iterator) || value_is_empty(q_iterator = object_iter(t, args[2])))
        goto done;
    for (;;) {
        Value p = object_next(t, p_iterator);
        if (value_is_empty(p) && error_pending(t))
            goto done;
        Value q = object_next(t, q_iterator);
        if (value_is_empty(q) && error_pending(t)) {
            ref_dec(t, p);
            goto done;
        }
        if (value_is_empty(p) && value_is_empty(q))
            break;
        int status = -1;
        if (value_is_empty(p) || value_is_empty(q))
            error_set(t, EXC_ValueError, "Inputs are not the same length");
        else
            status = add_pair(t, &s, p, q, &int_path, &real_path);
        ref_dec(t, p);
        ref_dec(t, q);
        if (status < 0)
            goto done;
    }
    good = flush_whole(t, &s) == 0 && flush_real(t, &s) == 0;
done:
    ref_dec(t, p_iterator);
    ref_dec(t, q_iterator);
    if (good)
        return s.total;
    ref_dec(t, s.total);
    return VALUE_EMPTY;
}

/* ---- hypot and dist ---- */

/* The Euclidean length of a vector of finite or infinite numbers: the squares are summed in double length, as none takes away from another, and the root is corrected by what it
 * misses. */
static double vector_length(double *x, size_t n, double largest, bool nan)
{
    if (isinf(largest))
        return largest;
    if (nan)
        return NAN;
    if (largest == 0.0 || n <= 1)
        return largest;
    int exponent = 0;
    if (UNLIKELY(!(largest > 0x1p-300 && largest < 0x1p+500))) {
        /* Squares might be too big or lose bits.  Scaled so that the largest is between 1/2 and 1: exact but for what is too small to count. */
        frexp(largest, &exponent);
        for (size_t i = 0; i < n; i++)
            x[i] = ldexp(x[i], -exponent);
    }
    double high = 0.0, low = 0.0;
    for (size_t i = 0; i < n; i++) {
        Double2 square = exact_product(x[i], x[i]), sum = exact_sum(high, square.high);
        high = sum.high;
        low += square.low + sum.low;
    }
    double root = sqrt(high + low);
    Double2 square = exact_product(root, root);
    root += (high - square.high + (low - square.low)) / (2.0 * root); /* the difference is exact: the two are close */
    return exponent ? ldexp(root, exponent) : root;
}

#define SMALL_VECTOR 16

NATIVE(hypot, "hypot", "($module, /, *coordinates)",
       "The length of the vector with the given coordinates: the root of the sum of their squares.")
{
    double small[SMALL_VECTOR], *x = small, largest = 0.0;
    size_t count = n - 1;
    bool nan = false;
    if (count > SMALL_VECTOR && !(x = alloc_memory(t, count * sizeof *x)))
        return VALUE_EMPTY;
    Value result = VALUE_EMPTY;
    for (size_t i = 0; i < count; i++) {
        if (!argument(t, args[i + 1], &x[i]))
            goto done;
        x[i] = fabs(x[i]);
        nan |= isnan(x[i]);
        if (x[i] > largest)
            largest = x[i];
    }
    result = value_from_double(vector_length(x, count, largest, nan));
done:
    if (x != small)
        alloc_memory_free(t, x);
    return result;
}

NATIVE(dist, "dist", "($module, p, q, /)",
       "The Euclidean distance of two points, each a sequence or iterable of coordinates.")
{
    double small[SMALL_VECTOR], *x = small, largest = 0.0;
    bool nan = false;
    Value p = object_to_tuple(t, args[1]), q = VALUE_EMPTY, result = VALUE_EMPTY;
    if (value_is_empty(p) || value_is_empty(q = object_to_tuple(t, args[2])))
        goto done;
    size_t count = tuple_length(p);
    if (count != tuple_length(q)) {
        error_set(t, EXC_ValueError, "both points must have the same number of dimensions");
        goto done;
    }
    if (count > SMALL_VECTOR && !(x = alloc_memory(t, count * sizeof *x))) {
        x = small;
        goto done;
    }
    for (size_t i = 0; i < count; i++) {
        double a, b;
        if (!argument(t, tuple_peek(p, i), &a) || !argument(t, tuple_peek(q, i), &b))
            goto done;
        x[i] = fabs(a - b);
        nan |= isnan(x[i]);
        if (x[i] > largest)
            largest = x[i];
    }
    result = value_from_double(vector_length(x, count, largest, nan));
done:
    if (x != small)
        alloc_memory_free(t, x);
    ref_dec(t, p);
    ref_dec(t, q);
    return result;
}

const NativeDef *const math_sum_functions[] = {&native_fsum,  &native_prod, &native_sumprod,
                                               &native_hypot, &native_dist, NULL};
