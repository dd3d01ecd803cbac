/* bigint_text.c: magnitudes to text and back, in any base.
 *
 * Powers of two are cut out bit by bit.  Other bases use chunks (the largest power of the base below 2^30), quadratically for short numbers; long ones
 * are halved by powers of the chunk, which costs a few divisions or products of that length.  No locks, no objects. */
#include <math.h>

#include "bigint.h"

#include "../memory/alloc.h"

/* Chunks in a piece of text that is converted quadratically (measured). */
#define LEAF_CHUNKS 48

typedef struct Radix {
    int base;
    int chunk_length; /* characters a chunk */
    Digit chunk;      /* base ^ chunk_length */
    size_t leaf;      /* characters a leaf */
} Radix;

/* powers[i] = base ^ (leaf * 2^i) */
typedef struct Powers {
    Radix radix;
    int count;
    struct {
        Digit *digits;
        size_t size;
    } at[60];
} Powers;

static Radix radix_of(int base)
{
    Radix r = {base, 1, (Digit)base, 0};
    while ((uint64_t)r.chunk * (unsigned)base < BIGINT_BASE) {
        r.chunk *= (Digit)base;
        r.chunk_length++;
    }
    r.leaf = (size_t)r.chunk_length * LEAF_CHUNKS;
    return r;
}

static void powers_free(Thread *t, Powers *p)
{
    for (int i = 0; i < p->count; i++)
        alloc_memory_free(t, p->at[i].digits);
}

Digit *bigint_power(Thread *t, Digit base, uint64_t exponent, size_t *n)
{
    /* base^exponent has at most bits(base) * exponent bits */
    size_t room = (size_t)((double)exponent * log2(base) / BIGINT_BITS * (1 + 1e-12)) + 3;
    Digit *power = alloc_memory(t, room * 2 * sizeof(Digit));
    if (!power)
        return NULL;
    Digit *other = power + room, *memory = power;
    size_t size = 1;
    power[0] = 1;
    for (int bit = 63; bit >= 0; bit--) {
        if (size > 1 || power[0] > 1) {
            if (bigint_mul(t, other, power, size, power, size) < 0) {
                alloc_memory_free(t, memory);
                return NULL;
            }
            Digit *swap = power;
            power = other;
            other = swap;
            size = bigint_size(power, 2 * size);
        }
        if (exponent >> bit & 1) {
            Digit top = bigint_mul_digit(power, power, size, base, 0);
            if (top)
                power[size++] = top;
        }
    }
    if (power != memory)
        memmove(memory, power, size * sizeof(Digit));
    *n = size;
    return memory;
}

/* Makes powers until one is the last that is still needed for text of `length` characters. */
static int powers_make(Thread *t, Powers *p, size_t length)
{
    size_t characters = p->radix.leaf;
    while (characters < length) {
        int i = p->count;
        if (i == 0) {
            p->at[0].digits = bigint_power(t, p->radix.chunk, LEAF_CHUNKS, &p->at[0].size);
            if (!p->at[0].digits)
                return -1;
        } else {
            size_t size = p->at[i - 1].size;
            p->at[i].digits = alloc_memory(t, 2 * size * sizeof(Digit));
            if (!p->at[i].digits)
                return -1;
            if (bigint_mul(t, p->at[i].digits, p->at[i - 1].digits, size, p->at[i - 1].digits, size) < 0) {
                alloc_memory_free(t, p->at[i].digits);
                return -1;
            }
            p->at[i].size = bigint_size(p->at[i].digits, 2 * size);
        }
        p->count++;
        characters *= 2;
    }
    return 0;
}

/* ---- to text ---- */

static ALWAYS_INLINE size_t to_chunks(Digit *chunks, const Digit *a, size_t n, Digit chunk)
{
    size_t size = 0;
    while (n--) {
        Digit high = a[n];
        for (size_t j = 0; j < size; j++) {
            uint64_t z = (uint64_t)chunks[j] << BIGINT_BITS | high;
            high = (Digit)(z / chunk);
            chunks[j] = (Digit)(z - (uint64_t)high * chunk);
        }
        while (high) {
            chunks[size++] = high % chunk;
            high /= chunk;
        }
    }
    return size;
}

static const char digit_characters[] = "0123456789abcdefghijklmnopqrstuvwxyz";

/* Up to a leaf's worth of digits, padded with zeros to `width` characters (0: none, at least one digit). Returns the length. */
static size_t leaf_to_text(const Radix *radix, char *text, const Digit *a, size_t n, size_t width)
{
    Digit chunks[LEAF_CHUNKS * 5 / 4 + 4]; /* the smallest chunk, 33^5, has 25 bits */
    size_t size = radix->base == 10 ? to_chunks(chunks, a, n, 1000000000) : to_chunks(chunks, a, n, radix->chunk);
    unsigned base = (unsigned)radix->base;
    if (!width) {
        Digit top = size ? chunks[size - 1] : 0;
        width = size ? (size - 1) * (size_t)radix->chunk_length : 0;
        do {
            width++;
            top /= base;
        } while (top);
    }
    char *p = text + width;
    for (size_t i = 0; i < size; i++) {
        Digit c = chunks[i];
        for (int k = 0; k < radix->chunk_length && p > text; k++) {
            *--p = digit_characters[c % base];
            c /= base;
        }
    }
    while (p > text)
        *--p = '0';
    return width;
}

/* Writes a (below powers[level]) with `width` characters, or without leading zeros for width 0. */
static int halves_to_text(Thread *t, const Powers *p, int level, char *text, size_t *length, const Digit *a, size_t n,
                          size_t width)
{
    n = bigint_size(a, n);
    if (level == 0) {
        *length = leaf_to_text(&p->radix, text, a, n, width);
        return 0;
    }
    level--;
    const Digit *power = p->at[level].digits;
    size_t size = p->at[level].size, low_width = p->radix.leaf << level;
    if (bigint_compare(a, n, power, size) < 0) {
        size_t pad = width ? width - low_width : 0;
        memset(text, '0', pad);
        if (halves_to_text(t, p, level, text + pad, length, a, n, width ? low_width : 0) < 0)
            return -1;
        *length += pad;
        return 0;
    }
    size_t quotient_size = n - size + 1;
    Digit *quotient = alloc_memory(t, (quotient_size + size) * sizeof(Digit));
    if (!quotient)
        return -1;
    Digit *rest = quotient + quotient_size;
    size_t high_length, low_length;
    int status = bigint_divmod(t, quotient, rest, a, n, power, size);
    if (status == 0)
        status =
            halves_to_text(t, p, level, text, &high_length, quotient, quotient_size, width ? width - low_width : 0);
    if (status == 0)
        status = halves_to_text(t, p, level, text + high_length, &low_length, rest, size, low_width);
    if (status == 0)
        *length = high_length + low_length;
    alloc_memory_free(t, quotient);
    return status;
}

size_t bigint_text_bound(size_t n, int base)
{
    return (size_t)((double)n * BIGINT_BITS / log2(base) * (1 + 1e-12)) + 2;
}

static size_t bits_to_text(char *text, const Digit *a, size_t n, unsigned bits)
{
    uint64_t length = (bigint_bit_length(a, n) + bits - 1) / bits;
    if (length == 0)
        length = 1;
    for (uint64_t i = 0; i < length; i++) {
        uint64_t position = (length - 1 - i) * bits;
        size_t digit = (size_t)(position / BIGINT_BITS);
        unsigned offset = (unsigned)(position % BIGINT_BITS);
        uint64_t window = digit < n ? a[digit] : 0;
        if (digit + 1 < n)
            window |= (uint64_t)a[digit + 1] << BIGINT_BITS;
        text[i] = digit_characters[window >> offset & ((1u << bits) - 1)];
    }
    return (size_t)length;
}

int bigint_to_text(Thread *t, char *text, size_t *length, const Digit *a, size_t n, int base)
{
    n = bigint_size(a, n);
    if ((base & (base - 1)) == 0) {
        *length = bits_to_text(text, a, n, (unsigned)__builtin_ctz((unsigned)base));
        return 0;
    }
    Powers p = {.radix = radix_of(base)};
    size_t bound = bigint_text_bound(n, base);
    if (n <= LEAF_CHUNKS) { /* a chunk is less than a digit, but a leaf has room to spare */
        *length = leaf_to_text(&p.radix, text, a, n, 0);
        return 0;
    }
    int status = powers_make(t, &p, bound);
    if (status == 0)
        status = halves_to_text(t, &p, p.count, text, length, a, n, 0);
    powers_free(t, &p);
    return status;
}

/* ---- from text ---- */

static ALWAYS_INLINE unsigned digit_of(char c)
{
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a' + 10);
}

size_t bigint_from_text_bound(size_t length, int base)
{
    return (size_t)((double)length * log2(base) / BIGINT_BITS * (1 + 1e-12)) + 2;
}

static size_t leaf_from_text(const Radix *radix, Digit *r, const char *text, size_t length)
{
    size_t size = 0, i = 0;
    unsigned base = (unsigned)radix->base;
    while (i < length) {
        Digit value = 0, scale = 1;
        for (int k = 0; k < radix->chunk_length && i < length; k++) {
            value = value * base + digit_of(text[i++]);
            scale *= base;
        }
        Digit top = bigint_mul_digit(r, r, size, scale, value);
        if (top)
            r[size++] = top;
    }
    return size;
}

static int halves_from_text(Thread *t, const Powers *p, int level, Digit *r, size_t *n, const char *text, size_t length)
{
    while (level > 0 && length <= p->radix.leaf << (level - 1))
        level--;
    if (level == 0) {
        *n = leaf_from_text(&p->radix, r, text, length);
        return 0;
    }
    level--;
    size_t low_length = p->radix.leaf << level, high_length = length - low_length;
    size_t high_room = bigint_from_text_bound(high_length, p->radix.base);
    size_t low_room = bigint_from_text_bound(low_length, p->radix.base);
    const Digit *power = p->at[level].digits;
    size_t power_size = p->at[level].size, high_size = 0, low_size = 0;
    Digit *memory = alloc_memory(t, (high_room + low_room + high_room + power_size) * sizeof(Digit));
    if (!memory)
        return -1;
    Digit *high = memory, *low = high + high_room, *product = low + low_room;
    int status = halves_from_text(t, p, level, high, &high_size, text, high_length);
    if (status == 0)
        status = halves_from_text(t, p, level, low, &low_size, text + high_length, low_length);
    if (status == 0)
        status = bigint_mul(t, product, high, high_size, power, power_size);
    if (status == 0) {
        /* low is below the power, so the sum does not grow beyond the product's room unless high is zero */
        if (high_size == 0) {
            memcpy(r, low, low_size * sizeof(Digit));
            *n = low_size;
        } else {
            size_t size = high_size + power_size;
            bigint_add_to(product, size, low, low_size);
            size = bigint_size(product, size);
            memcpy(r, product, size * sizeof(Digit));
            *n = size;
        }
    }
    alloc_memory_free(t, memory);
    return status;
}

static size_t bits_from_text(Digit *r, const char *text, size_t length, unsigned bits)
{
    uint64_t window = 0;
    unsigned used = 0;
    size_t size = 0;
    for (size_t i = length; i-- > 0;) {
        window |= (uint64_t)digit_of(text[i]) << used;
        used += bits;
        if (used >= BIGINT_BITS) {
            r[size++] = (Digit)window & BIGINT_MASK;
            window >>= BIGINT_BITS;
            used -= BIGINT_BITS;
        }
    }
    if (window)
        r[size++] = (Digit)window;
    return bigint_size(r, size);
}

int bigint_from_text(Thread *t, Digit *r, size_t *n, const char *text, size_t length, int base)
{
    if ((base & (base - 1)) == 0) {
        *n = bits_from_text(r, text, length, (unsigned)__builtin_ctz((unsigned)base));
        return 0;
    }
    Powers p = {.radix = radix_of(base)};
    if (length <= p.radix.leaf) {
        *n = leaf_from_text(&p.radix, r, text, length);
        return 0;
    }
    int status = powers_make(t, &p, length);
    if (status == 0)
        status = halves_from_text(t, &p, p.count, r, n, text, length);
    powers_free(t, &p);
    return status;
}
