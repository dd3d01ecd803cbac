/* multibyte_double.h: encodings of one byte for ASCII and two for everything else, and the steps that other encodings have in common with them. */
#ifndef BATON_LIB_MULTIBYTE_DOUBLE_H
#define BATON_LIB_MULTIBYTE_DOUBLE_H

#include "mod__multibytecodec.h"

static inline int put1(uint32_t byte, uint8_t *out, size_t *length)
{
    out[0] = (uint8_t)byte;
    *length = 1;
    return 1;
}
/* code 0: there is none. */
static inline int put2(uint32_t code, uint8_t *out, size_t *length)
{
    out[0] = (uint8_t)(code >> 8);
    out[1] = (uint8_t)code;
    *length = 2;
    return code ? 1 : -1;
}
static inline int put3(uint8_t prefix, uint32_t code, uint8_t *out, size_t *length)
{
    out[0] = prefix;
    int result = put2(code, out + 1, length);
    *length = 3;
    return result;
}
/* A character read from n bytes; NUL from anything but itself: there is none, and the first byte is wrong. */
static inline int got(uint32_t c, int n, uint32_t *out, int *count)
{
    if (c == 0 && n > 1)
        return -1;
    out[0] = c;
    *count = 1;
    return n;
}
static inline uint32_t pair(const uint8_t *p) { return (uint32_t)p[0] << 8 | p[1]; }

int double_encode(const MultibyteEncoding *e, CharsetTables tables, MultibyteState *state, const Str *text, size_t at,
                  size_t end, bool final, uint8_t *out, size_t *length);
int double_decode(const MultibyteEncoding *e, CharsetTables tables, MultibyteState *state, const uint8_t *p,
                  size_t left, uint32_t *out, int *count);
#define DOUBLE(set) .charsets = {CHARSET_##set}, .charset_count = 1, .encode = double_encode, .decode = double_decode

#endif
