/* mod_array_item.c: the item types of the module array: reading, converting, and the formats of other machines in pickles.
 *
 * array_item runs no Python code, so it may be called under the array's lock. */
#include "mod_array.h"

#include <stddef.h>
#include <wchar.h>

#include "../memory/ref.h"
#include "../object/codec.h"
#include "../object/error.h"
#include "../object/float.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/str.h"

static const ArrayCode codes[] = {
    {'b', 1, true, true, "b"},
    {'B', 1, true, false, "B"},
    {'u', sizeof(wchar_t), false, false, sizeof(wchar_t) == 2 ? "u" : "w"},
    {'w', 4, false, false, "w"},
    {'h', sizeof(short), true, true, "h"},
    {'H', sizeof(short), true, false, "H"},
    {'i', sizeof(int), true, true, "i"},
    {'I', sizeof(int), true, false, "I"},
    {'l', sizeof(long), true, true, "l"},
    {'L', sizeof(long), true, false, "L"},
    {'q', sizeof(long long), true, true, "q"},
    {'Q', sizeof(long long), true, false, "Q"},
    {'f', sizeof(float), false, false, "f"},
    {'d', sizeof(double), false, false, "d"},
};

const ArrayCode *array_code(uint32_t typecode)
{
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if ((uint32_t)codes[i].code == typecode)
            return &codes[i];
    return NULL;
}

#define LOAD(type, p)                                                                                                  \
    ({                                                                                                                 \
        type loaded_;                                                                                                  \
        memcpy(&loaded_, p, sizeof loaded_);                                                                           \
        loaded_;                                                                                                       \
    })

Value array_item(Thread *t, const ArrayCode *code, const void *p)
{
    switch (code->code) {
    case 'b': return value_from_int(LOAD(int8_t, p));
    case 'B': return value_from_int(LOAD(uint8_t, p));
    case 'h': return value_from_int(LOAD(short, p));
    case 'H': return value_from_int(LOAD(unsigned short, p));
    case 'i': return value_from_int(LOAD(int, p));
    case 'I': return value_from_int(LOAD(unsigned int, p));
    case 'l': return int_from_int64(t, LOAD(long, p));
    case 'L': return int_from_uint64(t, LOAD(unsigned long, p));
    case 'q': return int_from_int64(t, LOAD(long long, p));
    case 'Q': return int_from_uint64(t, LOAD(unsigned long long, p));
    case 'f': return value_from_double(LOAD(float, p));
    case 'd': return value_from_double(LOAD(double, p));
    default: {
        uint32_t c = code->size == 4 ? LOAD(uint32_t, p) : LOAD(uint16_t, p);
        if (c > 0x10FFFF)
            return error_set(t, EXC_ValueError, "chr() arg not in range(0x110000)");
        return str_from_char(t, c);
    }
    }
}

static int overflow_error(Thread *t, const char *message)
{
    error_set(t, EXC_OverflowError, "%s", message);
    return -1;
}

/* An integer item; the messages are those of the C conversions that CPython goes through for each code. */
static int store_int(Thread *t, const ArrayCode *code, void *p, Value v)
{
    Value index = value_is_int(v) ? v : number_index(t, v);
    if (value_is_empty(index))
        return -1;
    int overflow;
    int64_t i = int_to_int64_overflow(t, index, &overflow);
    bool negative = int_sign(index) < 0, wide = !overflow || (overflow > 0 && int_bit_length(index) <= 64);
    uint64_t bits = int_to_uint64_mask(index);
    ref_dec(t, index);
    size_t size = code->size;
    if (code->is_signed || size < sizeof(int)) { /* all but the unsigned ones from I on go through long first */
        if (overflow || (size < 8 && sizeof(long) == 4 && (i > INT32_MAX || i < INT32_MIN)))
            return overflow_error(t, code->code == 'q' ? "int too big to convert"
                                                       : "Python int too large to convert to C long");
        switch (code->code) {
        case 'b': /* by way of a short */
            if (i < INT16_MIN)
                return overflow_error(t, "signed short integer is less than minimum");
            if (i > INT16_MAX)
                return overflow_error(t, "signed short integer is greater than maximum");
            if (i < -128)
                return overflow_error(t, "signed char is less than minimum");
            if (i > 127)
                return overflow_error(t, "signed char is greater than maximum");
            break;
        case 'B':
            if (i < 0)
                return overflow_error(t, "unsigned byte integer is less than minimum");
            if (i > 255)
                return overflow_error(t, "unsigned byte integer is greater than maximum");
            break;
        case 'h':
            if (i < INT16_MIN)
                return overflow_error(t, "signed short integer is less than minimum");
            if (i > INT16_MAX)
                return overflow_error(t, "signed short integer is greater than maximum");
            break;
        case 'H': /* by way of an int */
            if (i < INT32_MIN)
                return overflow_error(t, "signed integer is less than minimum");
            if (i > INT32_MAX)
                return overflow_error(t, "signed integer is greater than maximum");
            if (i < 0)
                return overflow_error(t, "unsigned short is less than minimum");
            if (i > UINT16_MAX)
                return overflow_error(t, "unsigned short is greater than maximum");
            break;
        case 'i':
            if (i < INT32_MIN)
                return overflow_error(t, "signed integer is less than minimum");
            if (i > INT32_MAX)
                return overflow_error(t, "signed integer is greater than maximum");
            break;
        default: break;
        }
    } else {
        if (negative)
            return overflow_error(t, code->code == 'Q' ? "can't convert negative int to unsigned"
                                                       : "can't convert negative value to unsigned int");
        if (!wide || (size == 4 && sizeof(long) == 4 && bits > UINT32_MAX))
            return overflow_error(t, code->code == 'Q' ? "int too big to convert"
                                                       : "Python int too large to convert to C unsigned long");
        if (size == 4 && bits > UINT32_MAX)
            return overflow_error(t, "unsigned int is greater than maximum");
    }
    memcpy(p, &bits, size); /* little-endian: the low bytes come first */
    return 0;
}

int array_store(Thread *t, const ArrayCode *code, void *p, Value v)
{
    if (code->is_integer)
        return store_int(t, code, p, v);
    if (code->code == 'f' || code->code == 'd') {
        double d = number_to_double(t, v);
        if (d == -1.0 && error_pending(t))
            return -1;
        if (code->code == 'f') {
            float f = (float)d;
            memcpy(p, &f, sizeof f);
        } else {
            memcpy(p, &d, sizeof d);
        }
        return 0;
    }
    if (!str_check(v))
        return error_set(t, EXC_TypeError, "array item must be a unicode character, not %T", v), -1;
    if (str_length(v) != 1)
        return error_set(t, EXC_TypeError, "array item must be a string of length 1, got a string of length %zu",
                         str_length(v)),
               -1;
    uint32_t c = str_at(str_of(v), 0);
    memcpy(p, &c, code->size);
    return 0;
}

/* ---- machine formats ---- */

enum {
    FORMAT_INT8 = 0,
    FORMAT_INT16 = 2,
    FORMAT_INT32 = 6,
    FORMAT_INT64 = 10,
    FORMAT_FLOAT = 14,
    FORMAT_DOUBLE = 16,
    FORMAT_UTF16 = 18,
    FORMAT_UTF32 = 20,
    FORMAT_COUNT = 22
};

int array_machine_format(const ArrayCode *code)
{
    const int big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
    switch (code->code) {
    case 'f': return FORMAT_FLOAT + big;
    case 'd': return FORMAT_DOUBLE + big;
    case 'u':
    case 'w': return (code->size == 2 ? FORMAT_UTF16 : FORMAT_UTF32) + big;
    default: break;
    }
    int is_signed = code->is_signed;
    switch (code->size) {
    case 1: return FORMAT_INT8 + is_signed;
    case 2: return FORMAT_INT16 + 2 * is_signed + big;
    case 4: return FORMAT_INT32 + 2 * is_signed + big;
    default: return FORMAT_INT64 + 2 * is_signed + big;
    }
}

bool array_machine_format_valid(int format) { return format >= 0 && format < FORMAT_COUNT; }

/* Size and signedness of the integers of a format; false for floats and text. */
static bool integer_format(int format, size_t *size, bool *is_signed)
{
    *size = format < FORMAT_INT16 ? 1 : format < FORMAT_INT32 ? 2 : format < FORMAT_INT64 ? 4 : 8;
    *is_signed = format < FORMAT_INT16
                     ? format == 1
                     : (format - FORMAT_INT16) % 4 >= 2; /* in each group of four, the unsigned ones come first */
    return format < FORMAT_FLOAT;
}

const ArrayCode *array_code_of_format(int format, const ArrayCode *code)
{
    size_t size;
    bool is_signed;
    if (!integer_format(format, &size, &is_signed))
        return code;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].is_integer && codes[i].size == size && codes[i].is_signed == is_signed)
            code = &codes[i];
    return code;
}

Value array_decode_items(Thread *t, int format, const uint8_t *data, size_t n)
{
    if (format >= FORMAT_UTF16) {
        int order = format & 1 ? 1 : -1;
        return format < FORMAT_UTF32 ? codec_utf16_decode(t, data, n, "strict", &order, NULL)
                                     : codec_utf32_decode(t, data, n, "strict", &order, NULL);
    }
    size_t size;
    bool is_signed, is_float = !integer_format(format, &size, &is_signed), big = format >= FORMAT_INT16 && (format & 1);
    if (is_float)
        size = format < FORMAT_DOUBLE ? 4 : 8;
    if (n % size)
        return error_set(t, EXC_ValueError, "bytes length not a multiple of item size");
    Value list = list_new(t, n / size);
    for (size_t i = 0; i < n && !value_is_empty(list); i += size) {
        uint64_t bits = 0;
        for (size_t k = 0; k < size; k++)
            bits |= (uint64_t)data[i + (big ? size - 1 - k : k)] << (8 * k);
        Value item;
        if (is_float && size == 4) {
            float f;
            memcpy(&f, &bits, 4);
            item = value_from_double(f);
        } else if (is_float) {
            double d;
            memcpy(&d, &bits, 8);
            item = value_from_double(d);
        } else {
            uint64_t sign = UINT64_C(1) << (8 * size - 1);
            item = is_signed ? int_from_int64(t, (int64_t)((bits ^ sign) - sign)) : int_from_uint64(t, bits);
        }
        if (list_append_take(t, list, item) < 0)
            ref_clear(t, &list);
    }
    return list;
}
