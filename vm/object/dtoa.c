/* dtoa.c: doubles to decimal digits and back.
 *
 * The shortest digits are found with Schubfach (R. Giulietti, "The Schubfach way to render doubles"), reading with the method of D. Lemire ("Number parsing at
 * a gigabyte per second"); both multiply by 128-bit powers of ten from dtoa_powers.def.  What that cannot decide, and rounding to a given number of digits, is done with
 * exact integers (Big).  Invariant: every result is correctly rounded.  No state, no allocation. */
#include "dtoa.h"

#include <math.h>
#include <string.h>

#include "../config.h"

#define POWER_MIN (-342)
#define POWER_MAX 324

static const struct {
    uint64_t high, low;
} powers[] = {
#define POWER(high, low) {UINT64_C(high), UINT64_C(low)},
#include "dtoa_powers.def"
#undef POWER
};

#define SIGNIFICAND_BITS 52
#define HIDDEN_BIT (UINT64_C(1) << SIGNIFICAND_BITS)

static uint64_t bits_of(double d)
{
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    return bits;
}
static double double_of(uint64_t bits)
{
    double d;
    memcpy(&d, &bits, sizeof d);
    return d;
}

/* d = significand * 2^exponent */
static uint64_t split(double d, int *exponent)
{
    uint64_t bits = bits_of(d), fraction = bits & (HIDDEN_BIT - 1);
    int biased = (int)(bits >> SIGNIFICAND_BITS & 0x7FF);
    *exponent = (biased ? biased : 1) - 1075;
    return biased ? fraction | HIDDEN_BIT : fraction;
}

static ALWAYS_INLINE uint64_t multiply(uint64_t a, uint64_t b, uint64_t *low)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    *low = (uint64_t)product;
    return (uint64_t)(product >> 64);
}

static int floor_log2_power10(int k) { return (int)((int64_t)k * 1741647 >> 19); }

/* ---- digits of an integer ---- */

/* Writes n without trailing zeros; the value is 0.digits * 10^point with the point of n * 10^exponent. */
static int write_digits(uint64_t n, int exponent, char *digits, int *point)
{
    char text[20];
    int length = 0;
    do {
        text[length++] = (char)('0' + n % 10);
        n /= 10;
    } while (n);
    *point = length + exponent;
    int count = 0, zeros = 0;
    while (zeros < length - 1 && text[zeros] == '0')
        zeros++;
    for (int i = length - 1; i >= zeros; i--)
        digits[count++] = text[i];
    if (digits[0] == '0')
        *point = 1;
    return count;
}

/* ---- shortest ---- */

/* The upper 64 bits of g * c / 2^64, with a sticky lowest bit. */
static uint64_t round_to_odd(uint64_t high, uint64_t low, uint64_t c)
{
    uint64_t ignored, y0;
    uint64_t x1 = multiply(low, c, &ignored);
    uint64_t y1 = multiply(high, c, &y0);
    y0 += x1;
    y1 += y0 < x1;
    return y1 | (y0 > 1);
}

int dtoa_shortest(double d, char *digits, int *point)
{
    int q;
    uint64_t c = split(d, &q);
    if (c == 0)
        return write_digits(0, 0, digits, point);
    if (q <= 0 && q > -SIGNIFICAND_BITS - 1 && (c & ((UINT64_C(1) << -q) - 1)) == 0)
        return write_digits(c >> -q, 0, digits, point); /* an integer below 2^53 */
    bool even = (c & 1) == 0;
    bool lower_is_closer = c == HIDDEN_BIT && q > -1074;
    uint64_t left = 4 * c - 2 + lower_is_closer, middle = 4 * c, right = 4 * c + 2;
    /* floor(log10(2^q)), or of 3/4 * 2^q where the interval is lopsided */
    int k = (int)(((int64_t)q * 1262611 - (lower_is_closer ? 524031 : 0)) >> 22);
    int h = q + floor_log2_power10(-k) + 1;
    uint64_t high = powers[-k - POWER_MIN].high, low = powers[-k - POWER_MIN].low;
    if (-k < 0 || -k > 55) { /* inexact: rounded up */
        low++;
        high += low == 0;
    }
    uint64_t vl = round_to_odd(high, low, left << h);
    uint64_t v = round_to_odd(high, low, middle << h);
    uint64_t vr = round_to_odd(high, low, right << h);
    uint64_t lower = vl + !even, upper = vr - !even;
    uint64_t s = v / 4;
    if (s >= 10) { /* one digit less? */
        uint64_t tens = s / 10;
        bool up = lower <= 40 * tens, down = 40 * tens + 40 <= upper;
        if (up != down)
            return write_digits(tens + down, k + 1, digits, point);
    }
    bool up = lower <= 4 * s, down = 4 * s + 4 <= upper;
    if (up != down)
        return write_digits(s + down, k, digits, point);
    uint64_t half = 4 * s + 2;
    return write_digits(s + (v > half || (v == half && (s & 1))), k, digits, point);
}

/* ---- exact integers ---- */

/* Little-endian 32-bit words, no leading zeros: room for 5^1150 * 2^64 and for 800 decimal digits shifted by 1100 bits. */
#define BIG_WORDS 164
typedef struct Big {
    int n;
    uint32_t words[BIG_WORDS];
} Big;

static void big_set(Big *b, uint64_t value)
{
    b->words[0] = (uint32_t)value;
    b->words[1] = (uint32_t)(value >> 32);
    b->n = b->words[1] ? 2 : b->words[0] ? 1 : 0;
}

static void big_multiply_add(Big *b, uint32_t factor, uint32_t addend)
{
    uint64_t carry = addend;
    for (int i = 0; i < b->n; i++) {
        carry += (uint64_t)b->words[i] * factor;
        b->words[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry)
        b->words[b->n++] = (uint32_t)carry;
}

static void big_multiply_power5(Big *b, int exponent)
{
    for (; exponent >= 13; exponent -= 13)
        big_multiply_add(b, 1220703125, 0); /* 5^13 */
    uint32_t rest = 1;
    while (exponent-- > 0)
        rest *= 5;
    big_multiply_add(b, rest, 0);
}

static void big_shift_left(Big *b, int shift)
{
    if (b->n == 0)
        return;
    int words = shift / 32, bits = shift % 32;
    b->words[b->n] = 0;
    for (int i = b->n; i >= 0; i--) {
        uint32_t below = bits && i > 0 ? b->words[i - 1] >> (32 - bits) : 0;
        b->words[i + words] = (i < b->n ? b->words[i] << bits : 0) | below;
    }
    memset(b->words, 0, (size_t)words * sizeof(uint32_t));
    b->n += words + 1;
    if (!b->words[b->n - 1])
        b->n--;
}

static int big_compare(const Big *a, const Big *b)
{
    if (a->n != b->n)
        return a->n < b->n ? -1 : 1;
    for (int i = a->n - 1; i >= 0; i--) {
        if (a->words[i] != b->words[i])
            return a->words[i] < b->words[i] ? -1 : 1;
    }
    return 0;
}

/* b /= 10^9: returns the remainder. */
static uint32_t big_divide_chunk(Big *b)
{
    uint64_t rest = 0;
    for (int i = b->n - 1; i >= 0; i--) {
        rest = rest << 32 | b->words[i];
        b->words[i] = (uint32_t)(rest / 1000000000);
        rest %= 1000000000;
    }
    while (b->n && !b->words[b->n - 1])
        b->n--;
    return (uint32_t)rest;
}

/* ---- digits to a given place ---- */

static void write_chunk(char *text, uint32_t chunk)
{
    for (int i = 8; i >= 0; i--) {
        text[i] = (char)('0' + chunk % 10);
        chunk /= 10;
    }
}

/* Keeps `keep` of `count` digits (followed by something nonzero when sticky), rounding half to even; strips zeros at both ends. */
static int round_digits(char *digits, int count, int keep, bool sticky, int *point)
{
    if (keep < 0) {
        count = 0;
    } else if (keep < count) {
        bool up = digits[keep] > '5';
        if (digits[keep] == '5') {
            up = sticky || (keep > 0 && (digits[keep - 1] & 1));
            for (int i = keep + 1; !up && i < count; i++)
                up = digits[i] != '0';
        }
        count = keep;
        if (up) {
            int i = count;
            while (i > 0 && digits[i - 1] == '9')
                i--;
            count = i;
            if (i > 0) {
                digits[i - 1]++;
            } else { /* 9.99 becomes 10.0 */
                digits[0] = '1';
                count = 1;
                ++*point;
            }
        }
    }
    while (count > 0 && digits[count - 1] == '0')
        count--;
    if (count == 0) {
        digits[0] = '0';
        *point = 1;
        return 1;
    }
    return count;
}

/* The digits of d from its first nonzero one on: all before the point and, behind it, at least until `places` are behind the point and (if significant > 0) that many
 * in all have come, plus one; fewer when they end earlier. *sticky: more would follow. */
static int exact_digits(double d, int places, int significant, char *digits, int *point, bool *sticky)
{
    int q, count = 0;
    uint64_t c = split(d, &q);
    Big big;
    *sticky = false;
    uint64_t whole = q <= -64 ? 0 : q < 0 ? c >> -q : c;
    big_set(&big, whole);
    if (q > 0)
        big_shift_left(&big, q);
    uint32_t chunks[36];
    int size = 0;
    while (big.n)
        chunks[size++] = big_divide_chunk(&big);
    for (int i = size - 1; i >= 0; i--) {
        write_chunk(digits + count, chunks[i]);
        count += 9;
    }
    int zeros = 0;
    while (zeros < count && digits[zeros] == '0')
        zeros++;
    count -= zeros;
    memmove(digits, digits + zeros, (size_t)count);
    *point = count;
    if (q >= 0)
        return count;
    /* The fraction, over 2^-q: each product with 10^9 brings the next nine digits above that place. */
    big_set(&big, q <= -64 ? c : c & ((UINT64_C(1) << -q) - 1));
    int behind = 0, place_word = -q / 32, place_bit = -q % 32;
    while (big.n && (behind <= places || count <= significant)) {
        big_multiply_add(&big, 1000000000, 0);
        uint64_t chunk = 0;
        if (big.n > place_word) {
            chunk = big.words[place_word] >> place_bit;
            if (big.n > place_word + 1)
                chunk |= (uint64_t)big.words[place_word + 1] << (32 - place_bit);
            big.words[place_word] &= ((uint32_t)1 << place_bit) - 1;
            big.n = place_word + 1;
            while (big.n && !big.words[big.n - 1])
                big.n--;
        }
        char text[9];
        write_chunk(text, (uint32_t)chunk);
        int skip = 0;
        if (count == 0) { /* zeros behind the point */
            while (skip < 9 && text[skip] == '0')
                skip++;
            *point = -(behind + skip);
        }
        memcpy(digits + count, text + skip, (size_t)(9 - skip));
        count += 9 - skip;
        behind += 9;
    }
    *sticky = big.n > 0;
    return count;
}

static const uint64_t small_powers[] = {
    1,
    10,
    100,
    1000,
    10000,
    100000,
    1000000,
    10000000,
    100000000,
    1000000000,
    10000000000,
    100000000000,
    1000000000000,
    10000000000000,
    100000000000000,
    1000000000000000,
    10000000000000000,
    100000000000000000,
};

/* The common case in 128 bits: d * 10^places rounded to an integer below 10^18; false when it is not such a case. */
static bool scaled(double d, int places, uint64_t *result)
{
    int q;
    uint64_t c = split(d, &q);
    if (places < 0 || places > 17 || q > 0 || q < -110)
        return false;
    unsigned __int128 product = (unsigned __int128)c * small_powers[places]; /* below 2^110 */
    unsigned __int128 rounded = product >> -q;
    if (q < 0) {
        unsigned __int128 half = (unsigned __int128)1 << (-q - 1), rest = product & (2 * half - 1);
        if (rest > half || (rest == half && (rounded & 1)))
            rounded++;
    }
    if (rounded >= 1000000000000000000u)
        return false;
    *result = (uint64_t)rounded;
    return true;
}

int dtoa_fixed(double d, int places, char digits[DTOA_DIGITS_MAX], int *point)
{
    uint64_t n;
    if (scaled(d, places, &n))
        return write_digits(n, -places, digits, point);
    if (places < -320)
        return write_digits(0, 0, digits, point);
    if (places > 1074)
        places = 1074;
    bool sticky;
    int count = exact_digits(d, places, -1, digits, point, &sticky);
    return round_digits(digits, count, *point + places, sticky, point);
}

int dtoa_significant(double d, int wanted, char digits[DTOA_DIGITS_MAX], int *point)
{
    if (d == 0.0)
        return write_digits(0, 0, digits, point);
    if (wanted <= 17) {
        /* the decimal exponent, perhaps one too small near a power of ten */
        int binary;
        frexp(d, &binary);
        int estimate = (int)((int64_t)(binary - 1) * 1262611 >> 22);
        uint64_t n;
        for (int places = wanted - 1 - estimate; places >= wanted - 2 - estimate; places--) {
            if (!scaled(d, places, &n))
                break;
            if (n >= small_powers[wanted - 1] && n < small_powers[wanted - 1] * 10)
                return write_digits(n, -places, digits, point);
        }
    }
    bool sticky;
    int count = exact_digits(d, -1, wanted, digits, point, &sticky);
    return round_digits(digits, count, wanted, sticky, point);
}

/* ---- reading ---- */

/* Digits that can matter: a point half way between two doubles has at most 767. */
#define PARSE_DIGITS 770

/* w * 10^q for w > 0 rounded to a double, given as bits; *sure false when 128 bits of the power do not decide (then the result is off by one at most). */
static uint64_t scale_power10(uint64_t w, int q, bool *sure)
{
    *sure = true;
    if (q < POWER_MIN)
        return 0;
    if (q > 308)
        return UINT64_C(0x7FF) << 52;
    int shift = __builtin_clzll(w);
    w <<= shift;
    /* Where a decimal can lie exactly half way, 10^-1 .. 10^-27 are rounded up: the product then exceeds the half way point by at most 1. */
    uint64_t power_low = powers[q - POWER_MIN].low + (q < 0 && q >= -27);
    uint64_t low, high = multiply(w, powers[q - POWER_MIN].high, &low);
    if ((high & 0x1FF) == 0x1FF) { /* the lower half of the power may matter */
        uint64_t ignored, more = multiply(w, power_low, &ignored);
        low += more;
        high += low < more;
        if (low == UINT64_MAX && (q < -27 || q > 55))
            *sure = false;
    }
    int top = (int)(high >> 63);
    uint64_t m = high >> (top + 9);
    int biased = floor_log2_power10(q) + 63 + top - shift + 1023;
    if (biased <= 0) { /* subnormal */
        if (-biased + 1 >= 64)
            return 0;
        m >>= -biased + 1;
        m += m & 1;    /* never exactly half way: that takes a power near 1 */
        return m >> 1; /* carries into the exponent by itself */
    }
    if (low <= 1 && q >= -4 && q <= 23 && (m & 3) == 1 && m << (top + 9) == high)
        m &= ~UINT64_C(1); /* exactly half way: to even */
    m += m & 1;
    m >>= 1;
    if (m >= 2 * HIDDEN_BIT) {
        m = HIDDEN_BIT;
        biased++;
    }
    if (biased >= 0x7FF)
        return UINT64_C(0x7FF) << 52;
    return (uint64_t)biased << 52 | (m & (HIDDEN_BIT - 1));
}

/* Compares digits * 10^exponent with the point half way between the double of these bits and the next larger one. */
static int compare_half(const Big *decimal, int exponent, uint64_t bits)
{
    Big left = *decimal, right;
    uint64_t m = bits & (HIDDEN_BIT - 1);
    int biased = (int)(bits >> 52), binary = (biased ? biased : 1) - 1075 - 1;
    if (biased)
        m |= HIDDEN_BIT;
    big_set(&right, 2 * m + 1);
    if (exponent >= 0)
        big_multiply_power5(&left, exponent);
    else
        big_multiply_power5(&right, -exponent);
    /* both sides times their power of two */
    int shift = exponent - binary;
    if (shift > 0)
        big_shift_left(&left, shift);
    else
        big_shift_left(&right, -shift);
    return big_compare(&left, &right);
}

/* Decides with exact integers, starting from bits that are close. */
static double parse_exact(const char *digits, int64_t n, int exponent, uint64_t bits)
{
    bool sticky = false;
    if (n > PARSE_DIGITS) {
        exponent += (int)(n - PARSE_DIGITS);
        n = PARSE_DIGITS;
        sticky = true; /* trailing zeros are gone: what is cut off is not zero */
    }
    Big decimal = {0};
    int64_t i = 0;
    while (i < n) {
        uint32_t chunk = 0, scale = 1;
        for (int k = 0; k < 9 && i < n; k++) {
            chunk = chunk * 10 + (uint32_t)(digits[i++] - '0');
            scale *= 10;
        }
        big_multiply_add(&decimal, scale, chunk);
    }
    if (sticky) {
        big_multiply_add(&decimal, 10, 1);
        exponent--;
    }
    const uint64_t infinity = UINT64_C(0x7FF) << 52;
    if (bits >= infinity)
        bits = infinity - 1;
    for (;;) {
        int order = compare_half(&decimal, exponent, bits);
        if (order > 0 || (order == 0 && (bits & 1))) {
            if (++bits == infinity)
                break;
            continue;
        }
        if (bits == 0)
            break;
        order = compare_half(&decimal, exponent, bits - 1);
        if (order > 0 || (order == 0 && !(bits & 1)))
            break;
        bits--;
    }
    return double_of(bits);
}

double dtoa_parse(const char *digits, int64_t n, int64_t exponent)
{
    while (n > 0 && *digits == '0') {
        digits++;
        n--;
    }
    while (n > 0 && digits[n - 1] == '0') {
        n--;
        exponent++;
    }
    if (n == 0 || n + exponent < -330)
        return 0.0;
    if (n + exponent > 320)
        return INFINITY;
    int64_t used = n < 19 ? n : 19;
    uint64_t w = 0;
    for (int64_t i = 0; i < used; i++)
        w = w * 10 + (uint64_t)(digits[i] - '0');
    int q = (int)(exponent + (n - used));
    if (n == used && w <= UINT64_C(1) << 53 && q >= -22 && q <= 22) { /* both exact */
        static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                      1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
        return q < 0 ? (double)w / tens[-q] : (double)w * tens[q];
    }
    bool sure;
    uint64_t bits = scale_power10(w, q, &sure);
    if (sure && n > used) { /* digits were left out: the next larger number must give the same */
        bool sure_above;
        sure = scale_power10(w + 1, q, &sure_above) == bits && sure_above;
    }
    return sure ? double_of(bits) : parse_exact(digits, n, (int)exponent, bits);
}
