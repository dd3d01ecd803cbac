/* decimal_digits.c: arithmetic on magnitudes in base 10^9: what any base has (../object/positional_*.h), and shifts by decimal places.
 *
 * No locks, no objects. */
#include "decimal_digits.h"

#include <assert.h>

#include "../memory/alloc.h"
#include "../object/ntt.h"

const Digit digits_powers[10] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};

static ALWAYS_INLINE Digit sum_digit(Digit sum, Digit *carry)
{
    *carry = sum >= DIGITS_BASE;
    return *carry ? sum - DIGITS_BASE : sum;
}
static ALWAYS_INLINE Digit difference_digit(Digit difference, Digit *borrow)
{
    *borrow = difference >> 31;
    return *borrow ? difference + DIGITS_BASE : difference;
}

/* ---- products of huge magnitudes ---- */

/* Pieces of six places are exact up to this many points: 2^23 * (10^6)^2 < NTT_LIMIT; beyond, pieces of three. */
#define POINTS_6 ((uint64_t)1 << 23)

static void cut(uint64_t *x, const Digit *a, size_t n, bool six)
{
    size_t k = 0, i = 0;
    for (; six && i + 1 < n; i += 2) {
        x[k++] = a[i] % 1000000;
        x[k++] = a[i] / 1000000 + a[i + 1] % 1000 * 1000;
        x[k++] = a[i + 1] / 1000;
    }
    for (; i < n; i++) {
        if (six) {
            x[k++] = a[i] % 1000000;
            x[k++] = a[i] / 1000000;
        } else {
            x[k++] = a[i] % 1000;
            x[k++] = a[i] / 1000 % 1000;
            x[k++] = a[i] / 1000000;
        }
    }
}

static void join(Digit *r, size_t n, const uint64_t *x, size_t points, bool six)
{
    uint64_t carry = 0;
    size_t k = 0;
    unsigned step = six ? 1000000 : 1000;
#define NEXT(piece)                                                                                                    \
    do {                                                                                                               \
        unsigned __int128 sum_ = (unsigned __int128)carry + (k < points ? x[k] : 0);                                   \
        k++;                                                                                                           \
        carry = (uint64_t)(sum_ / step);                                                                               \
        piece = (Digit)(sum_ % step);                                                                                  \
    } while (0)
    for (size_t i = 0; i < n;) {
        Digit a, b, c;
        NEXT(a);
        NEXT(b);
        NEXT(c);
        if (six) {
            r[i++] = a + b % 1000 * 1000000;
            if (i < n)
                r[i++] = b / 1000 + c * 1000;
        } else {
            r[i++] = a + b * 1000 + c * 1000000;
        }
    }
#undef NEXT
}

static int transform(Thread *t, Digit *r, const Digit *a, size_t na, const Digit *b, size_t nb)
{
    bool six = true, square = a == b && na == nb;
    uint64_t points = ntt_points(((uint64_t)na + nb) * 3 / 2 + 4);
    if (points > POINTS_6) {
        six = false;
        points = ntt_points(((uint64_t)na + nb) * 3 + 3);
    }
    size_t n = (size_t)points;
    int status = -1;
    uint64_t *x = alloc_memory_zeroed(t, n, sizeof *x), *y = NULL;
    if (!x)
        return -1;
    cut(x, a, na, six);
    if (!square) {
        y = alloc_memory_zeroed(t, n, sizeof *y);
        if (!y)
            goto done;
        cut(y, b, nb, six);
    }
    status = ntt_convolve(t, x, y, n);
    if (status == 0)
        join(r, na + nb, x, n, six);
done:
    alloc_memory_free(t, y);
    alloc_memory_free(t, x);
    return status;
}

/* ---- what any base has ---- */

static Digit scale_of(Digit top) { return DIGITS_BASE / (top + 1); }
static ALWAYS_INLINE Digit scale_up(Digit *r, const Digit *a, size_t n, Digit factor)
{
    return digits_mul_digit(r, a, n, factor, 0);
}
static ALWAYS_INLINE void scale_down(Digit *r, const Digit *a, size_t n, Digit factor)
{
    digits_div_digit(r, a, n, factor);
}

#define POSITIONAL(name) digits_##name
#define POSITIONAL_BASE DIGITS_BASE
/* Measured; nothing depends on the exact values. */
#define KARATSUBA_MUL 64
#define KARATSUBA_SQUARE 90
#define TRANSFORM_SIZE 4000
#define RECURSIVE_DIVISION 100
#include "../object/positional_linear.h"
#include "../object/positional_mul.h"
#include "../object/positional_div.h"

int digits_divmod(Thread *t, Digit *q, Digit *r, const Digit *a, size_t na, const Digit *b, size_t nb)
{
    return scaled_divmod(t, q, r, a, na, b, nb);
}

Digit digits_mod_digit(const Digit *a, size_t n, Digit d)
{
    Digit rest = 0;
    while (n--)
        rest = (Digit)(((uint64_t)rest * DIGITS_BASE + a[n]) % d);
    return rest;
}

/* ---- places ---- */

bool digits_any_below(const Digit *a, size_t n, int64_t place)
{
    size_t whole = (size_t)(place / DIGITS_PLACES);
    for (size_t i = 0; i < whole && i < n; i++) {
        if (a[i])
            return true;
    }
    return whole < n && a[whole] % digits_powers[place % DIGITS_PLACES];
}

int64_t digits_trailing_zeros(const Digit *a, size_t n)
{
    size_t i = 0;
    while (i + 1 < n && !a[i])
        i++;
    int64_t zeros = (int64_t)i * DIGITS_PLACES;
    for (Digit d = a[i]; d && d % 10 == 0; d /= 10)
        zeros++;
    return zeros;
}

void digits_shift_left(Digit *r, const Digit *a, size_t n, int64_t shift)
{
    size_t whole = (size_t)(shift / DIGITS_PLACES);
    int part = (int)(shift % DIGITS_PLACES);
    Digit scale = digits_powers[part], rest = digits_powers[DIGITS_PLACES - part];
    Digit above = 0;
    if (part == 0) {
        memmove(r + whole, a, n * sizeof(Digit));
        r[whole + n] = 0;
    } else {
        for (size_t i = n; i-- > 0;) {
            Digit high = a[i] / rest;
            r[whole + i + 1] = above + high;
            above = (a[i] - high * rest) * scale;
        }
        r[whole] = above;
    }
    memset(r, 0, whole * sizeof(Digit));
}

void digits_shift_right(Digit *r, const Digit *a, size_t n, int64_t shift)
{
    size_t whole = (size_t)(shift / DIGITS_PLACES);
    int part = (int)(shift % DIGITS_PLACES);
    if (part == 0) {
        memmove(r, a + whole, (n - whole) * sizeof(Digit));
        return;
    }
    Digit scale = digits_powers[DIGITS_PLACES - part], rest = digits_powers[part];
    Digit low = a[whole] / rest;
    for (size_t i = whole; i < n; i++) {
        Digit next = i + 1 < n ? a[i + 1] : 0, high = next / rest;
        r[i - whole] = low + (next - high * rest) * scale;
        low = high;
    }
}

/* ---- text ---- */

void digits_to_text(char *text, const Digit *a, size_t n, int64_t places)
{
    char *p = text + places;
    for (size_t i = 0; p > text; i++) {
        Digit d = i < n ? a[i] : 0;
        for (int k = 0; k < DIGITS_PLACES && p > text; k++) {
            *--p = (char)('0' + d % 10);
            d /= 10;
        }
    }
}

void digits_from_text(Digit *r, const char *text, int64_t length)
{
    while (length > 0) {
        int64_t take = length < DIGITS_PLACES ? length : DIGITS_PLACES;
        Digit d = 0;
        for (int64_t i = length - take; i < length; i++)
            d = d * 10 + (Digit)(text[i] - '0');
        *r++ = d;
        length -= take;
    }
}

/* ---- to and from base 2^30 ---- */

/* Up to this size conversion is quadratic. */
#define DIRECT_SIZE 60

int digits_from_bigint(Thread *t, Digit *r, size_t *n, const Digit *a, size_t na)
{
    size_t size = 0;
    if (na <= DIRECT_SIZE) {
        while (na--) {
            Digit high = a[na];
            for (size_t j = 0; j < size; j++) {
                uint64_t z = (uint64_t)r[j] << BIGINT_BITS | high;
                high = (Digit)(z / DIGITS_BASE);
                r[j] = (Digit)(z % DIGITS_BASE);
            }
            while (high) {
                r[size++] = high % DIGITS_BASE;
                high /= DIGITS_BASE;
            }
        }
        *n = size;
        return 0;
    }
    size_t length;
    char *text = alloc_memory(t, bigint_text_bound(na, 10));
    if (!text)
        return -1;
    int status = bigint_to_text(t, text, &length, a, na, 10);
    if (status == 0) {
        digits_from_text(r, text, (int64_t)length);
        *n = bigint_size(r, digits_for_places((int64_t)length));
    }
    alloc_memory_free(t, text);
    return status;
}

int digits_to_bigint(Thread *t, Digit *r, size_t *n, const Digit *a, size_t na)
{
    if (na <= DIRECT_SIZE) {
        size_t size = 0;
        while (na--) {
            uint64_t carry = a[na];
            for (size_t j = 0; j < size; j++) {
                carry += (uint64_t)r[j] * DIGITS_BASE;
                r[j] = (Digit)carry & BIGINT_MASK;
                carry >>= BIGINT_BITS;
            }
            if (carry)
                r[size++] = (Digit)carry;
        }
        *n = size;
        return 0;
    }
    int64_t places = digits_places(a, na);
    char *text = alloc_memory(t, (size_t)places);
    size_t bound = bigint_from_text_bound((size_t)places, 10);
    Digit *room = text ? alloc_memory(t, bound * sizeof(Digit)) : NULL;
    int status = -1;
    if (room) {
        digits_to_text(text, a, na, places);
        status = bigint_from_text(t, room, n, text, (size_t)places, 10);
        if (status == 0) {
            *n = bigint_size(room, *n);
            memcpy(r, room, *n * sizeof(Digit)); /* 10^9 < 2^30: never more digits than in base 10^9 */
        }
    }
    alloc_memory_free(t, room);
    alloc_memory_free(t, text);
    return status;
}
