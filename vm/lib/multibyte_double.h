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

/* Japanese sets, shared by the encodings of multibyte_japanese.c and ISO 2022: pairs of characters with one code in JIS X 0213. */
typedef struct ComposedCode {
    uint16_t code, base, mark; /* the code in EUC form */
} ComposedCode;
const ComposedCode *jisx0213_by_code(uint32_t code);
/* Whether `base` begins a pair; *found: the pair with `mark`, or NULL. */
bool jisx0213_is_base(uint32_t base, uint32_t mark, const ComposedCode **found);
/* Not in the set of the year 2000: these ten codes of plane 1 (in EUC form). */
bool jisx0213_is_new(uint32_t code);
/* Plane 2, where one code stood for another character in 2000. */
uint32_t jisx0213_plane2_code(const CharsetTable *plane2, uint32_t c, bool year_2000);
uint32_t jisx0213_plane2_character(const CharsetTable *plane2, uint32_t code, bool year_2000);

#endif
