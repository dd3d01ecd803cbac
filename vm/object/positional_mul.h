/* positional_mul.h: a template: products of magnitudes in any base: by columns for short ones, Karatsuba's method for long ones, transforms for huge ones.
 *
 * A file that includes it defines before, besides what positional_linear.h asks for (and the functions made from that):
 *     KARATSUBA_MUL, KARATSUBA_SQUARE   digits of the shorter factor from which Karatsuba's method wins
 *     TRANSFORM_SIZE, transform(t, r, a, na, b, nb)   from where transforms win, and the function
 * and may define SHORT_MUL and SHORT_SQUARE, which do what mul_columns and square_columns do for factors below those of Karatsuba's method.
 * Invariant: scratch memory comes from the top-level call in one piece and is handed down; recursive functions allocate nothing. */

/* Digits from which a recursion looks for signals before each product. */
#define LONG_OPERATION 20000

/* ---- by columns ---- */

#ifdef SHORT_MUL
#define mul_columns SHORT_MUL
#define square_columns SHORT_SQUARE
#else
/* The sum of a[i] * last[-i], split so that neither part overflows: *low + *high * base. */
static ALWAYS_INLINE void column_sum(const Digit *a, const Digit *last, size_t n, uint64_t *low, uint64_t *high)
{
    while (n >= 8) { /* eight products of 60 bits fit 63 bits */
        uint64_t s = (uint64_t)a[0] * last[0] + (uint64_t)a[1] * last[-1] + (uint64_t)a[2] * last[-2] +
                     (uint64_t)a[3] * last[-3] + (uint64_t)a[4] * last[-4] + (uint64_t)a[5] * last[-5] +
                     (uint64_t)a[6] * last[-6] + (uint64_t)a[7] * last[-7];
        *low += s % POSITIONAL_BASE;
        *high += s / POSITIONAL_BASE;
        a += 8;
        last -= 8;
        n -= 8;
    }
    uint64_t s = 0;
    for (size_t i = 0; i < n; i++)
        s += (uint64_t)a[i] * *(last - i);
    *low += s % POSITIONAL_BASE;
    *high += s / POSITIONAL_BASE;
}

/* r = a * b, na >= nb >= 1. */
static void mul_columns(Digit *r, const Digit *a, size_t na, const Digit *b, size_t nb)
{
    uint64_t carry = 0;
    for (size_t k = 0; k < na + nb - 1; k++) {
        size_t first = k < nb ? 0 : k - nb + 1; /* a's first digit in this column */
        size_t last = k < na ? k : na - 1;
        uint64_t low = carry % POSITIONAL_BASE, high = carry / POSITIONAL_BASE;
        column_sum(a + first, b + (k - first), last - first + 1, &low, &high);
        r[k] = (Digit)(low % POSITIONAL_BASE);
        carry = high + low / POSITIONAL_BASE;
    }
    r[na + nb - 1] = (Digit)carry;
}

static void square_columns(Digit *r, const Digit *a, size_t n)
{
    uint64_t carry = 0;
    for (size_t k = 0; k < 2 * n - 1; k++) {
        size_t first = k < n ? 0 : k - n + 1;
        size_t pairs = (k + 1) / 2 - first;
        uint64_t low = 0, high = 0;
        column_sum(a + first, a + (k - first), pairs, &low, &high);
        low = 2 * low + carry % POSITIONAL_BASE;
        high = 2 * high + carry / POSITIONAL_BASE;
        if (k % 2 == 0) {
            uint64_t s = (uint64_t)a[k / 2] * a[k / 2];
            low += s % POSITIONAL_BASE;
            high += s / POSITIONAL_BASE;
        }
        r[k] = (Digit)(low % POSITIONAL_BASE);
        carry = high + low / POSITIONAL_BASE;
    }
    r[2 * n - 1] = (Digit)carry;
}
#endif

/* ---- Karatsuba ---- */

/* r = |a - b| for na >= nb, na digits; returns whether a < b. */
static bool difference(Digit *r, const Digit *a, size_t na, const Digit *b, size_t nb)
{
    size_t sa = bigint_size(a, na), sb = bigint_size(b, nb);
    bool less = POSITIONAL(compare)(a, sa, b, sb) < 0;
    if (less)
        POSITIONAL(sub)(r, b, sb, a, sa);
    else
        POSITIONAL(sub)(r, a, sa, b, sb);
    size_t used = less ? sb : sa;
    memset(r + used, 0, (na - used) * sizeof(Digit));
    return less;
}

/* Scratch digits that karatsuba needs for factors of n digits. */
static size_t karatsuba_scratch(size_t n) { return 2 * n + 256; }

/* r = a * b for two factors of n digits (b NULL: a squared). */
static int karatsuba(Thread *t, Digit *r, const Digit *a, const Digit *b, size_t n, Digit *scratch)
{
    if (!b && n < KARATSUBA_SQUARE) {
        square_columns(r, a, n);
        return 0;
    }
    if (b && n < KARATSUBA_MUL) {
        mul_columns(r, a, n, b, n);
        return 0;
    }
    if (n >= LONG_OPERATION && bigint_check_signals(t) < 0)
        return -1;
    size_t m = (n + 1) / 2;
    assert(scratch);
    /* middle = (a_low - a_high) * (b_low - b_high), the differences waiting where the low product will go */
    Digit *middle = scratch, *rest = scratch + 2 * m + 1;
    bool negative = difference(r, a, m, a + m, n - m);
    if (b) {
        negative ^= difference(r + m, b, m, b + m, n - m);
        if (karatsuba(t, middle, r, r + m, m, rest) < 0)
            return -1;
    } else {
        negative = false;
        if (karatsuba(t, middle, r, NULL, m, rest) < 0)
            return -1;
    }
    if (karatsuba(t, r, a, b, m, rest) < 0 || karatsuba(t, r + 2 * m, a + m, b ? b + m : NULL, n - m, rest) < 0)
        return -1;
    /* middle = low + high - middle, not negative: one base is added to every digit and taken back from the next */
    const Digit *low = r, *high = r + 2 * m;
    size_t high_size = 2 * (n - m);
    uint64_t carry = 1;
    for (size_t i = 0; i < 2 * m; i++) {
        carry += (uint64_t)low[i] + (i < high_size ? high[i] : 0) + (POSITIONAL_BASE - 1);
        carry += negative ? (uint64_t)middle[i] : -(uint64_t)middle[i];
        middle[i] = (Digit)(carry % POSITIONAL_BASE);
        carry /= POSITIONAL_BASE;
    }
    middle[2 * m] = (Digit)(carry - 1);
    size_t middle_size = bigint_size(middle, 2 * m + 1);
    POSITIONAL(add_to)(r + m, 2 * n - m, middle, middle_size);
    return 0;
}

/* ---- any sizes ---- */

static int mul_balanced(Thread *t, Digit *r, const Digit *a, const Digit *b, size_t n, Digit *scratch)
{
    if (n >= TRANSFORM_SIZE)
        return transform(t, r, a, n, b ? b : a, n);
    return karatsuba(t, r, a, b, n, scratch);
}

/* a has more digits than b: slices of a as long as b. */
static int mul_lopsided(Thread *t, Digit *r, const Digit *a, size_t na, const Digit *b, size_t nb)
{
    Digit *memory = alloc_memory(t, (2 * nb + karatsuba_scratch(nb)) * sizeof(Digit));
    if (!memory)
        return -1;
    Digit *product = memory, *scratch = memory + 2 * nb;
    memset(r, 0, (na + nb) * sizeof(Digit));
    int status = 0;
    size_t done = 0;
    for (; na - done >= nb && status == 0; done += nb) {
        status = mul_balanced(t, product, a + done, b, nb, scratch);
        if (status == 0)
            POSITIONAL(add_to)(r + done, na + nb - done, product, 2 * nb);
    }
    size_t left = na - done;
    if (status == 0 && left) {
        status = POSITIONAL(mul)(t, product, b, nb, a + done, left);
        if (status == 0)
            POSITIONAL(add_to)(r + done, left + nb, product, nb + left);
    }
    alloc_memory_free(t, memory);
    return status;
}

int POSITIONAL(mul)(Thread *t, Digit *r, const Digit *a, size_t na, const Digit *b, size_t nb)
{
    if (na < nb) {
        const Digit *digits = a;
        a = b;
        b = digits;
        size_t size = na;
        na = nb;
        nb = size;
    }
    if (nb == 0) {
        memset(r, 0, na * sizeof(Digit));
        return 0;
    }
    bool square = a == b && na == nb;
    if (nb < (square ? KARATSUBA_SQUARE : KARATSUBA_MUL)) {
        if (nb == 1)
            r[na] = POSITIONAL(mul_digit)(r, a, na, b[0], 0);
        else if (square)
            square_columns(r, a, na);
        else
            mul_columns(r, a, na, b, nb);
        return 0;
    }
    if (nb >= TRANSFORM_SIZE && na < 4 * nb)
        return transform(t, r, a, na, b, nb);
    if (na > nb)
        return mul_lopsided(t, r, a, na, b, nb);
    Digit *scratch = NULL;
    if (nb < TRANSFORM_SIZE) {
        scratch = alloc_memory(t, karatsuba_scratch(na) * sizeof(Digit));
        if (!scratch)
            return -1;
    }
    int status = mul_balanced(t, r, a, square ? NULL : b, na, scratch);
    alloc_memory_free(t, scratch);
    return status;
}
