/* bigint_mul.c: products of magnitudes: positional_mul.h in base 2^30.  No locks, no objects. */
#include "bigint.h"

#include <assert.h>

#include "bigint_ntt.h"
#include "../memory/alloc.h"

#define POSITIONAL(name) bigint_##name
#define POSITIONAL_BASE BIGINT_BASE
/* Measured; nothing depends on the exact values. */
#define KARATSUBA_MUL 56
#define KARATSUBA_SQUARE 80
#define TRANSFORM_SIZE BIGINT_NTT_SIZE
#define transform bigint_ntt_mul
#if defined(__SIZEOF_INT128__) && !defined(__wasm__)
/* Two digits make a limb of 60 bits: a quarter of the products of the columns, whose sums fit 128 bits. */
#define LIMB_MASK ((UINT64_C(1) << 2 * BIGINT_BITS) - 1)
#define LIMBS_MAX (KARATSUBA_SQUARE / 2)

static size_t limbs_from(uint64_t *limbs, const Digit *a, size_t n)
{
    for (size_t i = 0; i < n / 2; i++)
        limbs[i] = a[2 * i] | (uint64_t)a[2 * i + 1] << BIGINT_BITS;
    if (n % 2)
        limbs[n / 2] = a[n - 1];
    return (n + 1) / 2;
}
/* Limb k of a result of n digits, the uppermost of which may be the last one's lower half. */
static ALWAYS_INLINE void limb_put(Digit *r, size_t n, size_t k, uint64_t limb)
{
    r[2 * k] = (Digit)limb & BIGINT_MASK;
    if (2 * k + 1 < n)
        r[2 * k + 1] = (Digit)(limb >> BIGINT_BITS);
}

static ALWAYS_INLINE uint64_t limb_at(const Digit *a, size_t n, size_t i)
{
    return a[2 * i] | (2 * i + 1 < n ? (uint64_t)a[2 * i + 1] << BIGINT_BITS : 0);
}

static ALWAYS_INLINE void mul_limbs(Digit *r, const Digit *a, size_t na, const uint64_t *x, const uint64_t *y,
                                    size_t nx, size_t ny, size_t n)
{
    unsigned __int128 sum = 0;
    for (size_t k = 0; 2 * k < n; k++) {
        size_t first = k < ny ? 0 : k - ny + 1, end = k < nx ? k + 1 : nx;
        for (size_t i = first; i < end; i++)
            sum += (unsigned __int128)(x ? x[i] : limb_at(a, na, i)) * y[k - i];
        limb_put(r, n, k, (uint64_t)sum & LIMB_MASK);
        sum >>= 2 * BIGINT_BITS;
    }
}

/* b is a short factor, a may be of any length. */
static void short_mul(Digit *r, const Digit *a, size_t na, const Digit *b, size_t nb)
{
    uint64_t x[LIMBS_MAX], y[LIMBS_MAX];
    size_t ny = limbs_from(y, b, nb);
    if (na <= 2 * LIMBS_MAX)
        mul_limbs(r, a, na, x, y, limbs_from(x, a, na), ny, na + nb);
    else
        mul_limbs(r, a, na, NULL, y, (na + 1) / 2, ny, na + nb);
}

static void short_square(Digit *r, const Digit *a, size_t n)
{
    uint64_t x[LIMBS_MAX];
    size_t nx = limbs_from(x, a, n);
    unsigned __int128 carry = 0;
    for (size_t k = 0; k < n; k++) {
        unsigned __int128 sum = 0;
        for (size_t i = k < nx ? 0 : k - nx + 1; i < (k + 1) / 2; i++)
            sum += (unsigned __int128)x[i] * x[k - i];
        sum = 2 * sum + carry;
        if (k % 2 == 0 && k / 2 < nx)
            sum += (unsigned __int128)x[k / 2] * x[k / 2];
        limb_put(r, 2 * n, k, (uint64_t)sum & LIMB_MASK);
        carry = sum >> 2 * BIGINT_BITS;
    }
}
#else
/* Four rows at a time: what a column gets of them, with what is there and the carry, fits 64 bits. */
#define ROWS 4

static ALWAYS_INLINE Digit column_put(uint64_t *sum)
{
    Digit d = (Digit)*sum & BIGINT_MASK;
    *sum >>= BIGINT_BITS;
    return d;
}

/* b is a short factor, a may be of any length. */
static void short_mul(Digit *r, const Digit *a, size_t na, const Digit *b, size_t nb)
{
    memset(r, 0, (na + nb) * sizeof(Digit));
    for (size_t done = 0; done < nb; done += ROWS) {
        size_t rows = nb - done < ROWS ? nb - done : ROWS, i = 0;
        uint64_t b0 = b[done], b1 = rows > 1 ? b[done + 1] : 0, b2 = rows > 2 ? b[done + 2] : 0,
                 b3 = rows > 3 ? b[done + 3] : 0;
        uint64_t a1 = 0, a2 = 0, a3 = 0, sum = 0; /* the last digits of a, a1 the very last */
        Digit *row = r + done;
        for (; i < na; i++) {
            uint64_t a0 = a[i];
            sum += row[i] + a0 * b0 + a1 * b1 + a2 * b2 + a3 * b3;
            row[i] = column_put(&sum);
            a3 = a2;
            a2 = a1;
            a1 = a0;
        }
        for (; i < na + rows - 1; i++) {
            sum += a1 * b1 + a2 * b2 + a3 * b3;
            row[i] = column_put(&sum);
            a3 = a2;
            a2 = a1;
            a1 = 0;
        }
        row[i] = (Digit)sum;
    }
}

/* The rows of four digits begin at their own squares: the products with those before are in the rows of those. */
static void short_square(Digit *r, const Digit *a, size_t n)
{
    if (n < 2 * ROWS - 2) {
        short_mul(r, a, n, a, n);
        return;
    }
    Digit digits[KARATSUBA_SQUARE + 2 * ROWS], product[2 * KARATSUBA_SQUARE + 2 * ROWS];
    memcpy(digits, a, n * sizeof(Digit));
    memset(digits + n, 0, 2 * ROWS * sizeof(Digit));
    memset(product, 0, (2 * n + 2 * ROWS) * sizeof(Digit));
    for (size_t done = 0; done < n; done += ROWS) {
        const Digit *x = digits + done;
        Digit *row = product + 2 * done;
        uint64_t b0 = x[0], b1 = x[1], b2 = x[2], b3 = x[3], sum = 0;
        uint64_t twice0 = 2 * b0, twice1 = 2 * b1, twice2 = 2 * b2, twice3 = 2 * b3;
        uint64_t x3 = x[4], x2 = x[5], x1 = x[6];
        sum += row[0] + b0 * b0;
        row[0] = column_put(&sum);
        sum += row[1] + twice0 * b1;
        row[1] = column_put(&sum);
        sum += row[2] + twice0 * b2 + b1 * b1;
        row[2] = column_put(&sum);
        sum += row[3] + twice0 * b3 + twice1 * b2;
        row[3] = column_put(&sum);
        sum += row[4] + twice0 * x3 + twice1 * b3 + b2 * b2;
        row[4] = column_put(&sum);
        sum += row[5] + twice0 * x2 + twice1 * x3 + twice2 * b3;
        row[5] = column_put(&sum);
        sum += row[6] + twice0 * x1 + twice1 * x2 + twice2 * x3 + b3 * b3;
        row[6] = column_put(&sum);
        size_t j = 7, end = n - done + ROWS - 1;
        for (; j < end; j++) {
            uint64_t x0 = x[j];
            sum += row[j] + twice0 * x0 + twice1 * x1 + twice2 * x2 + twice3 * x3;
            row[j] = column_put(&sum);
            x3 = x2;
            x2 = x1;
            x1 = x0;
        }
        row[j] = (Digit)sum;
    }
    memcpy(r, product, 2 * n * sizeof(Digit));
}
#endif
#define SHORT_MUL short_mul
#define SHORT_SQUARE short_square
#include "positional_mul.h"
