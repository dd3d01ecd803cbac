/* multibyte_korean.c: EUC-KR, its code page 949, and Johab.
 *
 * EUC-KR spells syllables that KS X 1001 lacks in eight bytes: the filler, then initial, vowel and final as letters of their own.
 * No locks and no state. Read next: multibyte_double.h. */
#include "multibyte_double.h"

#define SYLLABLES 0xAC00u
#define SYLLABLE_COUNT 11172u
#define FILLER 0xD4 /* behind 0xA4 */

/* The letters' second bytes. */
static const uint8_t initials[19] = {0xA1, 0xA2, 0xA4, 0xA7, 0xA8, 0xA9, 0xB1, 0xB2, 0xB3, 0xB5,
                                     0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xBB, 0xBC, 0xBD, 0xBE};
static const uint8_t finals[28] = {FILLER, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA9, 0xAA,
                                   0xAB,   0xAC, 0xAD, 0xAE, 0xAF, 0xB0, 0xB1, 0xB2, 0xB4, 0xB5,
                                   0xB6,   0xB7, 0xB8, 0xBA, 0xBB, 0xBC, 0xBD, 0xBE};
#define VOWEL_FIRST 0xBF
#define VOWELS 21

static int euc_kr_encode(const MultibyteEncoding *e, CharsetTables tables, MultibyteState *state, const Str *text,
                         size_t at, size_t end, bool final, uint8_t *out, size_t *length)
{
    uint32_t c = str_at(text, at), syllable = c - SYLLABLES;
    if (c < 0x80 || syllable >= SYLLABLE_COUNT || charset_code(tables[0], c))
        return double_encode(e, tables, state, text, at, end, final, out, length);
    const uint8_t code[8] = {0xA4, FILLER,
                             0xA4, initials[syllable / 588],
                             0xA4, (uint8_t)(VOWEL_FIRST + syllable / 28 % VOWELS),
                             0xA4, finals[syllable % 28]};
    memcpy(out, code, sizeof code);
    *length = sizeof code;
    return 1;
}

static int index_of(const uint8_t *letters, int n, uint8_t letter)
{
    for (int i = 0; i < n; i++) {
        if (letters[i] == letter)
            return i;
    }
    return -1;
}

static int euc_kr_decode(const MultibyteEncoding *e, CharsetTables tables, MultibyteState *state, const uint8_t *p,
                         size_t left, uint32_t *out, int *count)
{
    if (left < 2 || p[0] != 0xA4 || p[1] != FILLER)
        return double_decode(e, tables, state, p, left, out, count);
    if (left < 8)
        return MULTIBYTE_MORE;
    int initial = index_of(initials, 19, p[3]), vowel = p[5] - VOWEL_FIRST, last = index_of(finals, 28, p[7]);
    if (p[2] != 0xA4 || p[4] != 0xA4 || p[6] != 0xA4 || initial < 0 || vowel < 0 || vowel >= VOWELS || last < 0)
        return -1;
    return got(SYLLABLES + (uint32_t)(initial * 588 + vowel * 28 + last), 8, out, count);
}

const MultibyteEncoding multibyte_korean[] = {
    {.name = "euc_kr",
     .charsets = {CHARSET_KSX1001},
     .charset_count = 1,
     .encode = euc_kr_encode,
     .decode = euc_kr_decode},
    {.name = "cp949", DOUBLE(CP949)},
    {.name = "johab", DOUBLE(JOHAB)},
    {0},
};
