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
#define SHORT_MUL short_mul
#define SHORT_SQUARE short_square
#endif
#include "positional_mul.h"
