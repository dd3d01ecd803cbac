/* bigint_ntt.c: products of huge magnitudes: cut into pieces of 20 bits (15 for the very longest), convolved exactly (ntt.h), carried.
 *
 * Invariant: points * (2^piece - 1)^2 < NTT_LIMIT.  No locks, no objects. */
#include "bigint_ntt.h"

#include "bigint.h"
#include "ntt.h"
#include "../memory/alloc.h"

/* Pieces of 20 bits are exact up to this many points. */
#define POINTS_20 ((uint64_t)1 << 23)

/* Into zeroed pieces. */
static void cut(uint64_t *x, const Digit *a, size_t n, unsigned piece)
{
    uint64_t window = 0;
    unsigned bits = 0;
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        window |= (uint64_t)a[i] << bits;
        bits += BIGINT_BITS;
        while (bits >= piece) {
            x[k++] = window & ((UINT64_C(1) << piece) - 1);
            window >>= piece;
            bits -= piece;
        }
    }
    if (window)
        x[k] = window;
}

static void join(Digit *r, size_t n, const uint64_t *x, size_t points, unsigned piece)
{
    unsigned __int128 carry = 0;
    uint64_t window = 0;
    unsigned bits = 0;
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        while (bits < BIGINT_BITS) {
            if (k < points)
                carry += x[k++];
            window |= ((uint64_t)carry & ((UINT64_C(1) << piece) - 1)) << bits;
            carry >>= piece;
            bits += piece;
        }
        r[i] = (Digit)window & BIGINT_MASK;
        window >>= BIGINT_BITS;
        bits -= BIGINT_BITS;
    }
}

int bigint_ntt_mul(Thread *t, uint32_t *r, const uint32_t *a, size_t na, const uint32_t *b, size_t nb)
{
    unsigned piece = 20;
    uint64_t bits = (uint64_t)(na + nb) * BIGINT_BITS;
    uint64_t points = ntt_points((bits + piece - 1) / piece + 2);
    if (points > POINTS_20) {
        piece = 15;
        points = ntt_points(bits / piece + 2);
    }
    size_t n = (size_t)points;
    bool square = a == b && na == nb;
    int status = -1;
    uint64_t *x = alloc_memory_zeroed(t, n, sizeof *x), *y = NULL;
    if (!x)
        return -1;
    cut(x, a, na, piece);
    if (!square) {
        y = alloc_memory_zeroed(t, n, sizeof *y);
        if (!y)
            goto done;
        cut(y, b, nb, piece);
    }
    status = ntt_convolve(t, x, y, n);
    if (status == 0)
        join(r, na + nb, x, n, piece);
done:
    alloc_memory_free(t, y);
    alloc_memory_free(t, x);
    return status;
}
