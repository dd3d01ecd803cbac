/* ntt.c: cyclic convolution by number-theoretic transforms over the field of p = 2^64 - 2^32 + 1.
 *
 * Transforms have N = 2^k or 3 * 2^k points.  Invariant: every stored element is below p.  p - 1 is divisible by 3 * 2^32, which bounds N far above any memory.
 * No locks, no objects.  Read next: bigint_ntt.c, which makes products of it. */
#include "ntt.h"

#include "bigint.h"
#include "../memory/alloc.h"

#define P UINT64_C(0xFFFFFFFF00000001)
#define EPSILON UINT64_C(0xFFFFFFFF) /* 2^64 mod p */
#define GENERATOR 7                  /* of the multiplicative group */

/* A recursion splits until a transform fits the first-level cache: this many points. */
#define CACHED_POINTS 2048

/* ---- the field ---- */

static ALWAYS_INLINE uint64_t field_add(uint64_t a, uint64_t b)
{
    uint64_t s = a - (P - b);
    return a < P - b ? s + P : s;
}
static ALWAYS_INLINE uint64_t field_sub(uint64_t a, uint64_t b) { return a < b ? a - b + P : a - b; }

static ALWAYS_INLINE uint64_t field_mul(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    uint64_t low = (uint64_t)product, high = (uint64_t)(product >> 64);
    uint64_t top = high >> 32;                    /* times 2^96 = -1 */
    uint64_t middle = (high & EPSILON) * EPSILON; /* times 2^64 = 2^32 - 1 */
    uint64_t r = low - top;
    if (low < top)
        r -= EPSILON; /* - 2^64 + p */
    uint64_t s = r + middle;
    if (s < r)
        s += EPSILON; /* + 2^64 - p */
    return s >= P ? s - P : s;
}

static uint64_t field_power(uint64_t base, uint64_t exponent)
{
    uint64_t r = 1;
    for (; exponent; exponent >>= 1) {
        if (exponent & 1)
            r = field_mul(r, base);
        base = field_mul(base, base);
    }
    return r;
}

/* ---- the transform ---- */

typedef struct Plan {
    size_t points;          /* N */
    size_t power;           /* the power of two in N: N or N / 3 */
    uint64_t *roots;        /* roots[h + i] = w^i where w has order 2h, for h = 1, 2, 4 ... power / 2 */
    uint64_t third, third2; /* the cube roots of 1, when N = 3 * power */
    uint64_t root3;         /* of order N */
} Plan;

static int plan_make(Thread *t, Plan *plan, size_t points)
{
    plan->points = points;
    plan->power = points % 3 ? points : points / 3;
    plan->roots = alloc_memory(t, (plan->power > 1 ? plan->power : 2) * sizeof(uint64_t));
    if (!plan->roots)
        return -1;
    size_t h = plan->power / 2;
    uint64_t w = field_power(GENERATOR, (P - 1) / plan->power), x = 1;
    for (size_t i = 0; i < h; i++) {
        plan->roots[h + i] = x;
        x = field_mul(x, w);
    }
    for (h /= 2; h; h /= 2) {
        for (size_t i = 0; i < h; i++)
            plan->roots[h + i] = plan->roots[2 * (h + i)];
    }
    if (points % 3 == 0) {
        plan->third = field_power(GENERATOR, (P - 1) / 3);
        plan->third2 = field_mul(plan->third, plan->third);
        plan->root3 = field_power(GENERATOR, (P - 1) / points);
    }
    return 0;
}

static void forward_pass(const uint64_t *roots, uint64_t *x, size_t half)
{
    const uint64_t *w = roots + half;
    for (size_t i = 0; i < half; i++) {
        uint64_t a = x[i], b = x[i + half];
        x[i] = field_add(a, b);
        x[i + half] = field_mul(field_sub(a, b), w[i]);
    }
}

static void inverse_pass(const uint64_t *roots, uint64_t *x, size_t half)
{
    const uint64_t *w = roots + half;
    uint64_t a = x[0], b = x[half];
    x[0] = field_add(a, b);
    x[half] = field_sub(a, b);
    for (size_t i = 1; i < half; i++) {
        a = x[i];
        b = field_mul(x[i + half], w[half - i]); /* = - x w^-i, since w^half = -1 */
        x[i] = field_sub(a, b);
        x[i + half] = field_add(a, b);
    }
}

/* Natural order in, bit-reversed order out; the halves are transformed one after the other, so that they stay in the cache. */
static void forward_power(const uint64_t *roots, uint64_t *x, size_t n)
{
    if (n > CACHED_POINTS) {
        forward_pass(roots, x, n / 2);
        forward_power(roots, x, n / 2);
        forward_power(roots, x + n / 2, n / 2);
        return;
    }
    for (size_t half = n / 2; half; half /= 2) {
        for (size_t start = 0; start < n; start += 2 * half)
            forward_pass(roots, x + start, half);
    }
}

static void inverse_power(const uint64_t *roots, uint64_t *x, size_t n)
{
    if (n > CACHED_POINTS) {
        inverse_power(roots, x, n / 2);
        inverse_power(roots, x + n / 2, n / 2);
        inverse_pass(roots, x, n / 2);
        return;
    }
    for (size_t half = 1; half < n; half *= 2) {
        for (size_t start = 0; start < n; start += 2 * half)
            inverse_pass(roots, x + start, half);
    }
}

static void forward(const Plan *plan, uint64_t *x)
{
    size_t m = plan->power;
    if (plan->points != m) {
        uint64_t w = 1;
        for (size_t i = 0; i < m; i++) {
            uint64_t a = x[i], b = x[m + i], c = x[2 * m + i];
            x[i] = field_add(a, field_add(b, c));
            uint64_t u = field_add(a, field_add(field_mul(b, plan->third), field_mul(c, plan->third2)));
            uint64_t v = field_add(a, field_add(field_mul(b, plan->third2), field_mul(c, plan->third)));
            x[m + i] = field_mul(u, w);
            x[2 * m + i] = field_mul(field_mul(v, w), w);
            w = field_mul(w, plan->root3);
        }
        forward_power(plan->roots, x + m, m);
        forward_power(plan->roots, x + 2 * m, m);
    }
    forward_power(plan->roots, x, m);
}

/* The inverse, not yet divided by N. */
static void inverse(const Plan *plan, uint64_t *x)
{
    size_t m = plan->power;
    inverse_power(plan->roots, x, m);
    if (plan->points == m)
        return;
    inverse_power(plan->roots, x + m, m);
    inverse_power(plan->roots, x + 2 * m, m);
    uint64_t w = 1, step = field_power(plan->root3, P - 2);
    for (size_t i = 0; i < m; i++) {
        uint64_t a = x[i], b = field_mul(x[m + i], w), c = field_mul(field_mul(x[2 * m + i], w), w);
        x[i] = field_add(a, field_add(b, c));
        x[m + i] = field_add(a, field_add(field_mul(b, plan->third2), field_mul(c, plan->third)));
        x[2 * m + i] = field_add(a, field_add(field_mul(b, plan->third), field_mul(c, plan->third2)));
        w = field_mul(w, step);
    }
}

/* ---- convolution ---- */

uint64_t ntt_points(uint64_t n)
{
    uint64_t points = 4;
    while (points < n)
        points *= 2;
    return points / 4 * 3 >= n ? points / 4 * 3 : points;
}

int ntt_convolve(Thread *t, uint64_t *x, uint64_t *y, size_t n)
{
    Plan plan;
    if (plan_make(t, &plan, n) < 0)
        return -1;
    int status = -1;
    forward(&plan, x);
    if (y) {
        if (bigint_check_signals(t) < 0)
            goto done;
        forward(&plan, y);
    } else {
        y = x;
    }
    uint64_t scale = field_power(n % P, P - 2);
    for (size_t i = 0; i < n; i++)
        x[i] = field_mul(field_mul(x[i], y[i]), scale);
    if (bigint_check_signals(t) < 0)
        goto done;
    inverse(&plan, x);
    status = 0;
done:
    alloc_memory_free(t, plan.roots);
    return status;
}
