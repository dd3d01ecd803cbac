/* multibyte_chinese.c: GB 2312, GBK, GB 18030 and HZ; Big5, its code page 950 and with the supplement of Hong Kong; what all encodings of one or two
 * bytes a character share.
 *
 * No locks and no state but the MultibyteState of the caller. Read next: multibyte_korean.c. */
#include "multibyte_double.h"

/* ---- GB 18030: what has no two bytes has four, numbered in order ---- */

#define FOUR_PLANE_1 189000u /* the number of U+10000 */

static int gb18030_encode(const MultibyteEncoding *e, CharsetTables tables, MultibyteState *state, const Str *text,
                          size_t at, size_t end, bool final, uint8_t *out, size_t *length)
{
    uint32_t c = str_at(text, at), code = charset_code(tables[0], c), number;
    if (c < 0x80)
        return put1(c, out, length);
    if (code)
        return put2(code, out, length);
    if (c >= 0x10000) {
        number = c - 0x10000 + FOUR_PLANE_1;
    } else {
        uint32_t low = 0, high = tables[0]->four_count;
        while (low < high) {
            uint32_t middle = (low + high) / 2;
            if (tables[0]->four[middle] < c)
                low = middle + 1;
            else
                high = middle;
        }
        if (low == tables[0]->four_count || tables[0]->four[low] != c)
            return -1;
        number = low;
    }
    out[3] = (uint8_t)(0x30 + number % 10);
    out[2] = (uint8_t)(0x81 + number / 10 % 126);
    out[1] = (uint8_t)(0x30 + number / 1260 % 10);
    out[0] = (uint8_t)(0x81 + number / 12600);
    *length = 4;
    return 1;
}

static int gb18030_decode(const MultibyteEncoding *e, CharsetTables tables, MultibyteState *state, const uint8_t *p,
                          size_t left, uint32_t *out, int *count)
{
    if (*p < 0x80)
        return got(*p, 1, out, count);
    if (left < 2)
        return MULTIBYTE_MORE;
    if (p[1] < 0x30 || p[1] > 0x39)
        return got(charset_character(tables[0], pair(p)), 2, out, count);
    if (left < 4)
        return MULTIBYTE_MORE;
    if (p[0] < 0x81 || p[2] < 0x81 || p[2] > 0xFE || p[3] < 0x30 || p[3] > 0x39)
        return -1;
    uint32_t number = ((p[0] - 0x81u) * 10 + p[1] - 0x30) * 1260 + (p[2] - 0x81u) * 10 + p[3] - 0x30;
    if (number >= FOUR_PLANE_1)
        return number - FOUR_PLANE_1 <= 0xFFFFF ? got(number - FOUR_PLANE_1 + 0x10000, 4, out, count) : -1;
    return number < tables[0]->four_count ? got(tables[0]->four[number], 4, out, count) : -1;
}

/* ---- HZ: GB 2312 in seven bits, between ~{ and ~} ---- */

static int hz_encode(const MultibyteEncoding *e, CharsetTables tables, MultibyteState *state, const Str *text,
                     size_t at, size_t end, bool final, uint8_t *out, size_t *length)
{
    uint32_t c = str_at(text, at), code = charset_code(tables[0], c);
    uint8_t *shifted = &state->bytes[0];
    size_t n = 0;
    if (c >= 0x80 && !code)
        return -1;
    if (*shifted != (c >= 0x80)) {
        out[n++] = '~';
        out[n++] = *shifted ? '}' : '{';
        *shifted = c >= 0x80;
    }
    if (c >= 0x80) {
        out[n++] = (uint8_t)(code >> 8 & 0x7F);
        out[n++] = (uint8_t)(code & 0x7F);
    } else {
        out[n++] = (uint8_t)c;
        if (c == '~')
            out[n++] = '~';
    }
    *length = n;
    return 1;
}

static size_t hz_finish(const MultibyteEncoding *e, MultibyteState *state, uint8_t *out)
{
    if (!state->bytes[0])
        return 0;
    state->bytes[0] = 0;
    memcpy(out, "~}", 2);
    return 2;
}

static int hz_decode(const MultibyteEncoding *e, CharsetTables tables, MultibyteState *state, const uint8_t *p,
                     size_t left, uint32_t *out, int *count)
{
    uint8_t *shifted = &state->bytes[0];
    if (*p == '~') {
        if (left < 2)
            return MULTIBYTE_MORE;
        if (p[1] == '~' && !*shifted)
            return got('~', 2, out, count);
        if (p[1] == '{' && !*shifted)
            *shifted = 1;
        else if (p[1] == '}' && *shifted)
            *shifted = 0;
        else if (p[1] != '\n' || *shifted)
            return -1;
        return 2;
    }
    if (*p & 0x80)
        return -1;
    if (!*shifted)
        return got(*p, 1, out, count);
    if (left < 2)
        return MULTIBYTE_MORE;
    return p[1] & 0x80 ? -1 : got(charset_character(tables[0], pair(p) | 0x8080), 2, out, count);
}

static void hz_restart(const MultibyteEncoding *e, MultibyteState *state) { state->bytes[0] = 0; }

/* ---- Big5 with Hong Kong's supplement: four codes stand for two characters each ---- */

static const struct {
    uint16_t code, mark;
    uint16_t base;
} composed[] = {{0x8862, 0x304, 0xCA}, {0x8864, 0x30C, 0xCA}, {0x88A3, 0x304, 0xEA}, {0x88A5, 0x30C, 0xEA}};

static int big5hkscs_encode(const MultibyteEncoding *e, CharsetTables tables, MultibyteState *state, const Str *text,
                            size_t at, size_t end, bool final, uint8_t *out, size_t *length)
{
    uint32_t c = str_at(text, at);
    if (c == 0xCA || c == 0xEA) {
        if (at + 1 == end && !final)
            return MULTIBYTE_MORE;
        for (size_t i = 0; i < sizeof composed / sizeof *composed && at + 1 < end; i++) {
            if (composed[i].base == c && composed[i].mark == str_at(text, at + 1)) {
                put2(composed[i].code, out, length);
                return 2;
            }
        }
    }
    return double_encode(e, tables, state, text, at, end, final, out, length);
}

static int big5hkscs_decode(const MultibyteEncoding *e, CharsetTables tables, MultibyteState *state, const uint8_t *p,
                            size_t left, uint32_t *out, int *count)
{
    for (size_t i = 0; i < sizeof composed / sizeof *composed && left > 1; i++) {
        if (composed[i].code == pair(p)) {
            out[0] = composed[i].base;
            out[1] = composed[i].mark;
            *count = 2;
            return 2;
        }
    }
    return double_decode(e, tables, state, p, left, out, count);
}

const MultibyteEncoding multibyte_chinese[] = {
    {.name = "gb2312", DOUBLE(GB2312)},
    {.name = "gbk", DOUBLE(GBK)},
    {.name = "gb18030",
     .charsets = {CHARSET_GB18030},
     .charset_count = 1,
     .encode = gb18030_encode,
     .decode = gb18030_decode},
    {.name = "hz",
     .charsets = {CHARSET_GB2312},
     .charset_count = 1,
     .encode = hz_encode,
     .decode = hz_decode,
     .finish = hz_finish,
     .restart = hz_restart},
    {0},
};
const MultibyteEncoding multibyte_taiwan[] = {{.name = "big5", DOUBLE(BIG5)}, {.name = "cp950", DOUBLE(CP950)}, {0}};
const MultibyteEncoding multibyte_hongkong[] = {
    {.name = "big5hkscs",
     .charsets = {CHARSET_BIG5HKSCS},
     .charset_count = 1,
     .encode = big5hkscs_encode,
     .decode = big5hkscs_decode},
    {0},
};
