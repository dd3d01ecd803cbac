/* int.c: ints as Values: making them from C numbers, doubles, text and bytes, and back.
 *
 * Invariant: every exact int leaves through int_from_int64 or int_finish_take, which keep small ones unboxed.  Ints are immutable: no locks.
 * Read next: int_arith.c (the operators), int_type.c (the types int and bool), bigint.h (digits). */
#include "int.h"

#include <math.h>

#include "bigint.h"
#include "digits.h"
#include "str_internal.h"
#include "../memory/alloc.h"
#include "../memory/ref.h"

/* Decimal conversions up to this many digits are never refused. */
#define TEXT_LIMIT_THRESHOLD 640

/* ---- making ---- */

Int *int_alloc(Thread *t, size_t size)
{
    if (UNLIKELY(size > BIGINT_MAX_SIZE)) {
        error_set(t, EXC_OverflowError, "too many digits in integer");
        return NULL;
    }
    return alloc_leaf_raw(t, KIND_INT, sizeof(Int) + size * sizeof(Digit));
}

Value int_finish_take(Thread *t, Int *i, size_t size, bool negative)
{
    size = bigint_size(i->digits, size);
    if (size <= 2) {
        int64_t magnitude = size ? i->digits[0] : 0;
        if (size == 2)
            magnitude |= (int64_t)i->digits[1] << BIGINT_BITS;
        int64_t value = negative ? -magnitude : magnitude;
        if (value_fits_int(value)) {
            alloc_object_free(t, i);
            return value_from_int(value);
        }
    }
    i->size_sign = negative ? -(int64_t)size : (int64_t)size;
    return value_of(i);
}

Value int_from_digits(Thread *t, const uint32_t *digits, size_t size, bool negative)
{
    size = bigint_size(digits, size);
    if (size <= 2) {
        int64_t magnitude = size ? digits[0] : 0;
        if (size == 2)
            magnitude |= (int64_t)digits[1] << BIGINT_BITS;
        return int_from_int64(t, negative ? -magnitude : magnitude);
    }
    Int *i = int_alloc(t, size);
    if (!i)
        return VALUE_EMPTY;
    memcpy(i->digits, digits, size * sizeof(Digit));
    i->size_sign = negative ? -(int64_t)size : (int64_t)size;
    return value_of(i);
}

static Value from_magnitude(Thread *t, uint64_t magnitude, bool negative)
{
    if (magnitude <= (uint64_t)VALUE_INT_MAX)
        return value_from_int(negative ? -(int64_t)magnitude : (int64_t)magnitude);
    Int *i = int_alloc(t, 3);
    if (!i)
        return VALUE_EMPTY;
    for (int k = 0; k < 3; k++) {
        i->digits[k] = (Digit)magnitude & BIGINT_MASK;
        magnitude >>= BIGINT_BITS;
    }
    return int_finish_take(t, i, 3, negative);
}

Value int_from_int64_slow(Thread *t, int64_t i) { return from_magnitude(t, i < 0 ? -(uint64_t)i : (uint64_t)i, i < 0); }
Value int_from_uint64(Thread *t, uint64_t u) { return from_magnitude(t, u, false); }
Value int_from_size(Thread *t, size_t n) { return from_magnitude(t, n, false); }
Value int_from_pointer(Thread *t, const void *p) { return from_magnitude(t, (uintptr_t)p, false); }

Value int_from_double(Thread *t, double d)
{
    if (isfinite(d)) {
        if (fabs(d) < 9e18)
            return int_from_int64(t, (int64_t)d);
        int exponent;
        double fraction = frexp(fabs(d), &exponent); /* exponent > 53: the value is an integer */
        uint64_t bits = (uint64_t)ldexp(fraction, 53);
        Value whole = int_from_uint64(t, bits);
        Value shifted = value_is_empty(whole) ? whole : int_shift_left(t, whole, (uint64_t)exponent - 53);
        ref_dec(t, whole);
        if (value_is_empty(shifted) || d > 0)
            return shifted;
        Value negated = int_negate(t, shifted);
        ref_dec(t, shifted);
        return negated;
    }
    if (isnan(d))
        return error_set(t, EXC_ValueError, "cannot convert float NaN to integer");
    return error_set(t, EXC_OverflowError, "cannot convert float infinity to integer");
}

Value int_exact(Thread *t, Value v)
{
    if (value_is_int(v))
        return v;
    if (value_is_bool(v))
        return value_from_int(value_is(v, VALUE_TRUE));
    if (int_check_exact(v))
        return ref_inc(t, v);
    IntView view;
    int_view(v, &view);
    return int_from_digits(t, view.digits, view.size, view.negative);
}

/* ---- looking inside ---- */

void int_view(Value v, IntView *view)
{
    int64_t small;
    if (value_is_int(v)) {
        small = value_to_int(v);
    } else if (value_is_bool(v)) {
        small = value_is(v, VALUE_TRUE);
    } else {
        const Int *i = (const Int *)value_object(v);
        view->digits = i->digits;
        view->negative = i->size_sign < 0;
        view->size = (size_t)(view->negative ? -i->size_sign : i->size_sign);
        return;
    }
    view->negative = small < 0;
    uint64_t magnitude = small < 0 ? -(uint64_t)small : (uint64_t)small;
    view->small[0] = (Digit)magnitude & BIGINT_MASK;
    view->small[1] = (Digit)(magnitude >> BIGINT_BITS);
    view->size = view->small[1] ? 2 : view->small[0] ? 1 : 0;
    view->digits = view->small;
}

int int_sign(Value v)
{
    if (value_is_int(v)) {
        int64_t i = value_to_int(v);
        return (i > 0) - (i < 0);
    }
    if (value_is_bool(v))
        return value_is(v, VALUE_TRUE);
    int64_t size = ((const Int *)value_object(v))->size_sign;
    return (size > 0) - (size < 0);
}

int int_compare(Value a, Value b)
{
    int64_t x, y;
    if (int_small(a, &x) && int_small(b, &y))
        return (x > y) - (x < y);
    IntView va, vb;
    int_view(a, &va);
    int_view(b, &vb);
    if (va.negative != vb.negative)
        return va.negative ? -1 : 1;
    int order = bigint_compare(va.digits, va.size, vb.digits, vb.size);
    return va.negative ? -order : order;
}

hash_t int_hash(Value v)
{
    if (value_is_int(v)) {
        int64_t i = value_to_int(v);
        return i == -1 ? -2 : i;
    }
    if (value_is_bool(v))
        return value_is(v, VALUE_TRUE);
    IntView view;
    int_view(v, &view);
    const uint64_t modulus = (UINT64_C(1) << 61) - 1;
    uint64_t x = 0;
    for (size_t i = view.size; i-- > 0;) {
        x = (x << 30 & modulus) | x >> 31; /* times 2^30: a rotation of 61 bits */
        x += view.digits[i];
        if (x >= modulus)
            x -= modulus;
    }
    int64_t hash = view.negative ? -(int64_t)x : (int64_t)x;
    return hash == -1 ? -2 : hash;
}

uint64_t int_bit_length(Value v)
{
    IntView view;
    int_view(v, &view);
    return bigint_bit_length(view.digits, view.size);
}

/* ---- to C integers ---- */

int64_t int_to_int64_overflow(Thread *t, Value v, int *overflow)
{
    int64_t small;
    *overflow = 0;
    if (int_small(v, &small))
        return small;
    IntView view;
    int_view(v, &view);
    if (view.size == 3 && view.digits[2] < 16) {
        uint64_t magnitude = (uint64_t)view.digits[2] << 60 | (uint64_t)view.digits[1] << 30 | view.digits[0];
        if (magnitude <= (uint64_t)INT64_MAX)
            return view.negative ? -(int64_t)magnitude : (int64_t)magnitude;
        if (view.negative && magnitude == (uint64_t)INT64_MAX + 1)
            return INT64_MIN;
    }
    *overflow = view.negative ? -1 : 1;
    return -1;
}

/* As the C type of that name, which holds numbers from least to most. */
static int to_range(Thread *t, Value v, int64_t least, int64_t most, const char *c_type, int64_t *result)
{
    int64_t wide;
    int overflow = 0;
    if (value_is_int(v)) {
        wide = value_to_int(v);
    } else if (int_check(v)) {
        wide = int_to_int64_overflow(t, v, &overflow);
    } else {
        Value index = number_index(t, v);
        if (value_is_empty(index))
            return -1;
        wide = int_to_int64_overflow(t, index, &overflow);
        ref_dec(t, index);
    }
    if (overflow || wide < least || wide > most)
        return error_set(t, EXC_OverflowError, "Python int too large to convert to C %s", c_type), -1;
    *result = wide;
    return 0;
}

int int_to_int64(Thread *t, Value v, int64_t *result) { return to_range(t, v, INT64_MIN, INT64_MAX, "long", result); }

int int_to_uint64(Thread *t, Value v, uint64_t *result)
{
    Value index = number_index(t, v);
    if (value_is_empty(index))
        return -1;
    IntView view;
    int_view(index, &view);
    int status = -1;
    if (view.negative)
        error_set(t, EXC_OverflowError, "can't convert negative value to unsigned int");
    else if (bigint_bit_length(view.digits, view.size) > 64)
        error_set(t, EXC_OverflowError, "Python int too large to convert to C unsigned long");
    else
        *result = int_to_uint64_mask(index), status = 0;
    ref_dec(t, index);
    return status;
}

int int_to_int(Thread *t, Value v, int *result)
{
    int64_t wide;
    if (to_range(t, v, INT32_MIN, INT32_MAX, "int", &wide) < 0)
        return -1;
    *result = (int)wide;
    return 0;
}

int int_to_size(Thread *t, Value v, int64_t *result) { return to_range(t, v, INT64_MIN, INT64_MAX, "ssize_t", result); }

uint64_t int_to_uint64_mask(Value v)
{
    IntView view;
    int_view(v, &view);
    uint64_t low = 0;
    for (size_t i = view.size < 3 ? view.size : 3; i-- > 0;)
        low = low << BIGINT_BITS | view.digits[i];
    return view.negative ? -low : low;
}

/* ---- to and from double ---- */

/* The magnitude (not zero) as 0.5 <= m < 1 times 2^*exponent, correctly rounded. */
static double magnitude_frexp(const IntView *view, int64_t *exponent)
{
    uint64_t bits = bigint_bit_length(view->digits, view->size), shift = bits > 62 ? bits - 62 : 0;
    size_t first = (size_t)(shift / BIGINT_BITS);
    int offset = (int)(shift % BIGINT_BITS);
    uint64_t head = view->digits[first] >> offset; /* the top 62 bits */
    for (int k = 1; k < 4 && first + (size_t)k < view->size; k++)
        head |= (uint64_t)view->digits[first + (size_t)k] << (k * BIGINT_BITS - offset);
    bool sticky = bigint_any_bit_below(view->digits, view->size, shift);
    int binary;
    double d = frexp((double)(int64_t)(head << 1 | sticky), &binary);
    *exponent = (int64_t)shift + binary - 1;
    return d;
}

double int_frexp(Value v, int64_t *exponent)
{
    IntView view;
    int_view(v, &view);
    if (view.size == 0) {
        *exponent = 0;
        return 0.0;
    }
    double d = magnitude_frexp(&view, exponent);
    return view.negative ? -d : d;
}

double int_to_double(Thread *t, Value v)
{
    int64_t small;
    if (int_small(v, &small))
        return (double)small;
    int64_t exponent;
    double d = int_frexp(v, &exponent);
    if (exponent > 1024) {
        error_set(t, EXC_OverflowError, "int too large to convert to float");
        return -1.0;
    }
    return ldexp(d, (int)exponent);
}

/* ---- bytes ---- */

Value int_from_bytes(Thread *t, const uint8_t *bytes, size_t n, bool little_endian, bool is_signed)
{
    bool negative = is_signed && n && (little_endian ? bytes[n - 1] : bytes[0]) & 0x80;
    if (n <= 8) {
        uint64_t u = negative ? ~UINT64_C(0) : 0;
        for (size_t i = 0; i < n; i++)
            u = u << 8 | (little_endian ? bytes[n - 1 - i] : bytes[i]);
        return is_signed ? int_from_int64(t, (int64_t)u) : int_from_uint64(t, u);
    }
    size_t size = (size_t)(((uint64_t)n * 8 + BIGINT_BITS - 1) / BIGINT_BITS), k = 0;
    Int *r = int_alloc(t, size);
    if (!r)
        return VALUE_EMPTY;
    uint64_t window = 0;
    unsigned bits = 0, carry = 1;
    for (size_t i = 0; i < n; i++) {
        unsigned byte = little_endian ? bytes[i] : bytes[n - 1 - i];
        if (negative) { /* the magnitude is the complement plus one */
            carry += byte ^ 0xFF;
            byte = carry & 0xFF;
            carry >>= 8;
        }
        window |= (uint64_t)byte << bits;
        bits += 8;
        if (bits >= BIGINT_BITS) {
            r->digits[k++] = (Digit)window & BIGINT_MASK;
            window >>= BIGINT_BITS;
            bits -= BIGINT_BITS;
        }
    }
    if (k < size)
        r->digits[k++] = (Digit)window;
    return int_finish_take(t, r, k, negative);
}

int int_to_bytes(Thread *t, Value v, uint8_t *bytes, size_t n, bool little_endian, bool is_signed)
{
    IntView view;
    int_view(v, &view);
    if (view.negative && !is_signed) {
        error_set(t, EXC_OverflowError, "can't convert negative int to unsigned");
        return -1;
    }
    uint64_t bits = bigint_bit_length(view.digits, view.size), room = (uint64_t)n * 8;
    bool fits = bits <= room;
    if (is_signed && bits >= room && view.size) /* the sign needs a bit, except for -2^(room - 1) */
        fits = view.negative && bits == room && room && bigint_trailing_zeros(view.digits, view.size) == bits - 1;
    if (!fits) {
        error_set(t, EXC_OverflowError, "int too big to convert");
        return -1;
    }
    uint64_t window = 0;
    unsigned have = 0, carry = 1;
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        if (have < 8 && k < view.size) {
            window |= (uint64_t)view.digits[k++] << have;
            have += BIGINT_BITS;
        }
        unsigned byte = window & 0xFF;
        window >>= 8;
        have = have >= 8 ? have - 8 : 0;
        if (view.negative) {
            carry += byte ^ 0xFF;
            byte = carry & 0xFF;
            carry >>= 8;
        }
        bytes[little_endian ? i : n - 1 - i] = (uint8_t)byte;
    }
    return 0;
}

/* ---- text ---- */

static Value limit_error(Thread *t, int limit)
{
    return error_set(t, EXC_ValueError,
                     "Exceeds the limit (%d digits) for integer string conversion; use sys.set_int_max_str_digits() to "
                     "increase the limit",
                     limit);
}

int int_check_text_length(Thread *t, size_t length)
{
    int limit = t->interp->config.int_max_str_digits;
    if (length <= TEXT_LIMIT_THRESHOLD || limit <= 0 || length <= (size_t)limit)
        return 0;
    limit_error(t, limit);
    return -1;
}

int int_check_text_limit(Thread *t, Value v)
{
    int limit = t->interp->config.int_max_str_digits;
    if (limit <= 0 || value_is_int(v))
        return 0;
    uint64_t bits = int_bit_length(v);
    /* 2^bits > v >= 2^(bits - 1): refused when even the lower bound has more digits. */
    if ((double)(bits ? bits - 1 : 0) * 0.30102999566398 <= (double)limit)
        return 0;
    limit_error(t, limit);
    return -1;
}

char *int_text(Thread *t, Value v, int base, char *buffer, size_t buffer_size, size_t *length)
{
    IntView view;
    int_view(v, &view);
    char *text = buffer;
    size_t bound = view.size <= 2 && buffer_size >= 64 ? 64 : bigint_text_bound(view.size, base);
    if (bound > buffer_size) {
        text = alloc_memory(t, bound);
        if (!text)
            return NULL;
    }
    if (bigint_to_text(t, text, length, view.digits, view.size, base) < 0) {
        if (text != buffer)
            alloc_memory_free(t, text);
        return NULL;
    }
    return text;
}

static Value small_to_decimal(Thread *t, int64_t i)
{
    if (i >= 0 && i < 10)
        return t->interp->latin1['0' + i];
    uint64_t u = i < 0 ? -(uint64_t)i : (uint64_t)i;
    unsigned negative = i < 0, n = digits_count(u) + negative;
    Value s = str_new_narrow(t, n, STR_ASCII);
    if (!value_is_empty(s)) {
        char *text = (char *)str_of(s)->data;
        *text = '-';
        digits_write(text + n, u);
    }
    return s;
}

Value int_to_str(Thread *t, Value v, int base)
{
    int64_t small;
    if (base == 10 && int_small(v, &small))
        return small_to_decimal(t, small);
    if (base == 10 && int_check_text_limit(t, v) < 0)
        return VALUE_EMPTY;
    char buffer[320];
    size_t length;
    char *text = int_text(t, v, base, buffer, sizeof buffer, &length);
    if (!text)
        return VALUE_EMPTY;
    Value s = VALUE_EMPTY;
    if (base == 10 && int_check_text_length(t, length) < 0)
        goto done;
    const char *prefix = base == 2 ? "0b" : base == 8 ? "0o" : base == 16 ? "0x" : "";
    bool negative = int_sign(v) < 0;
    size_t before = negative + strlen(prefix);
    s = str_new(t, before + length, 127);
    if (!value_is_empty(s)) {
        char *data = (char *)str_of(s)->data;
        if (negative)
            *data++ = '-';
        memcpy(data, prefix, strlen(prefix));
        memcpy(data + strlen(prefix), text, length);
    }
done:
    if (text != buffer)
        alloc_memory_free(t, text);
    return s;
}

static bool is_ascii_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
        return (c | 0x20) - 'a' + 10;
    return 99;
}

Value int_from_string(Thread *t, const char *s, size_t length, int base, Value original)
{
    const char *p = s, *end = s + length;
    int asked = base;
    while (p < end && is_ascii_space(*p))
        p++;
    while (end > p && is_ascii_space(end[-1]))
        end--;
    bool negative = false, zeros_only = false;
    if (p < end && (*p == '+' || *p == '-'))
        negative = *p++ == '-';
    if (end - p >= 2 && *p == '0') {
        int prefix = (p[1] | 0x20) == 'x' ? 16 : (p[1] | 0x20) == 'o' ? 8 : (p[1] | 0x20) == 'b' ? 2 : 0;
        if (prefix && (base == 0 || base == prefix)) {
            base = prefix;
            p += 2;
            if (p < end && *p == '_')
                p++;
        }
    }
    if (base == 0) {
        base = 10;
        zeros_only = end > p && *p == '0'; /* "012" would be an octal of old */
    }
    /* Check, and squeeze underscores out when there are any. */
    size_t digits = 0;
    bool underscores = false, nonzero = false;
    char previous = '_';
    for (const char *q = p; q < end; q++) {
        if (*q == '_') {
            if (previous == '_')
                goto invalid;
            underscores = true;
        } else {
            if (digit_value(*q) >= base)
                goto invalid;
            nonzero |= *q != '0';
            digits++;
        }
        previous = *q;
    }
    if (previous == '_' || (zeros_only && nonzero))
        goto invalid;
    if (digits <= 18 && !underscores && base <= 10) {
        int64_t value = 0;
        for (; p < end; p++)
            value = value * base + (*p - '0');
        return int_from_int64(t, negative ? -value : value);
    }
    int limit = t->interp->config.int_max_str_digits;
    if (base & (base - 1) && digits > TEXT_LIMIT_THRESHOLD && limit > 0 && digits > (size_t)limit)
        return error_set(t, EXC_ValueError,
                         "Exceeds the limit (%d digits) for integer string conversion: value has %zd digits; "
                         "use sys.set_int_max_str_digits() to increase the limit",
                         limit, digits);
    char *squeezed = NULL;
    if (underscores) {
        squeezed = alloc_memory(t, digits);
        if (!squeezed)
            return VALUE_EMPTY;
        size_t k = 0;
        for (; p < end; p++) {
            if (*p != '_')
                squeezed[k++] = *p;
        }
        p = squeezed;
    }
    Value result = VALUE_EMPTY;
    Int *r = int_alloc(t, bigint_from_text_bound(digits, base));
    size_t size;
    if (r && bigint_from_text(t, r->digits, &size, p, digits, base) == 0)
        result = int_finish_take(t, r, size, negative);
    else if (r)
        alloc_object_free(t, r);
    alloc_memory_free(t, squeezed);
    return result;
invalid:
    if (value_is_empty(original))
        return error_set(t, EXC_ValueError, "invalid literal for int() with base %d", asked);
    return error_set(t, EXC_ValueError, "invalid literal for int() with base %d: %.200V", asked, original);
}

int int_from_text(Thread *t, Value v, int base, Value *result)
{
    if (str_check(v)) {
        if (str_is_ascii(str_of(v))) {
            *result = int_from_string(t, (const char *)str_of(v)->data, str_length(v), base, v);
            return 1;
        }
        size_t length;
        char *text = number_text(t, v, &length);
        *result = text ? int_from_string(t, text, length, base, v) : VALUE_EMPTY;
        alloc_memory_free(t, text);
        return 1;
    }
    if (bytes_check(v)) {
        *result = int_from_string(t, (const char *)bytes_of(v)->data, bytes_of(v)->length, base, v);
        return 1;
    }
    if (object_is(v, KIND_BYTEARRAY)) {
        Value copy = bytes_from_object(t, v);
        *result = VALUE_EMPTY;
        if (!value_is_empty(copy))
            *result = int_from_string(t, (const char *)bytes_of(copy)->data, bytes_of(copy)->length, base, copy);
        ref_dec(t, copy);
        return 1;
    }
    return 0;
}
