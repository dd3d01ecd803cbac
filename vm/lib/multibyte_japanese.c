/* multibyte_japanese.c: EUC-JP and Shift JIS, with JIS X 0208 and 0212, with JIS X 0213 (of 2000 and of 2004), and code page 932.
 *
 * No locks and no state. Read next: multibyte_double.h, multibyte_iso2022.c. */
#include "multibyte_double.h"
#include "multibyte_jisx0213.h"

#define HALF_WIDTH 0xFF61u /* the 63 letters of half width, from byte 0xA1 */
#define HALF_WIDTH_COUNT 63u

/* Variants of the encodings with JIS X 0213. */
#define YEAR_2000 1u

/* ---- JIS X 0213: pairs of characters, and the ten codes that came in 2004 ---- */

static const ComposedCode composed[] = {
    {0xA4F7, 0x304B, 0x309A}, {0xA4F8, 0x304D, 0x309A}, {0xA4F9, 0x304F, 0x309A}, {0xA4FA, 0x3051, 0x309A},
    {0xA4FB, 0x3053, 0x309A}, {0xA5F7, 0x30AB, 0x309A}, {0xA5F8, 0x30AD, 0x309A}, {0xA5F9, 0x30AF, 0x309A},
    {0xA5FA, 0x30B1, 0x309A}, {0xA5FB, 0x30B3, 0x309A}, {0xA5FC, 0x30BB, 0x309A}, {0xA5FD, 0x30C4, 0x309A},
    {0xA5FE, 0x30C8, 0x309A}, {0xA6F8, 0x31F7, 0x309A}, {0xABC4, 0xE6, 0x300},    {0xABC8, 0x254, 0x300},
    {0xABC9, 0x254, 0x301},   {0xABCA, 0x28C, 0x300},   {0xABCB, 0x28C, 0x301},   {0xABCC, 0x259, 0x300},
    {0xABCD, 0x259, 0x301},   {0xABCE, 0x25A, 0x300},   {0xABCF, 0x25A, 0x301},   {0xABE5, 0x2E9, 0x2E5},
    {0xABE6, 0x2E5, 0x2E9},
};
#define COMPOSED_COUNT (sizeof composed / sizeof *composed)

const ComposedCode *jisx0213_by_code(uint32_t code)
{
    for (size_t i = 0; i < COMPOSED_COUNT; i++) {
        if (composed[i].code == code)
            return &composed[i];
    }
    return NULL;
}

bool jisx0213_is_base(uint32_t base, uint32_t mark, const ComposedCode **found)
{
    bool is_base = false;
    *found = NULL;
    for (size_t i = 0; i < COMPOSED_COUNT; i++) {
        if (composed[i].base != base)
            continue;
        is_base = true;
        if (composed[i].mark == mark)
            *found = &composed[i];
    }
    return is_base;
}

bool jisx0213_is_new(uint32_t code)
{
    static const uint16_t codes[] = {0xAEA1, 0xAFFE, 0xCFD4, 0xCFFE, 0xF4A7, 0xFEFA, 0xFEFB, 0xFEFC, 0xFEFD, 0xFEFE};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (codes[i] == code)
            return true;
    }
    return false;
}

#define CHANGED 0xFDBBu /* U+9B1C; in 2000: U+9B1D */
uint32_t jisx0213_plane2_code(const CharsetTable *plane2, uint32_t c, bool year_2000)
{
    if (year_2000 && (c == 0x9B1C || c == 0x9B1D))
        return c == 0x9B1D ? CHANGED : 0;
    return charset_code(plane2, c);
}
uint32_t jisx0213_plane2_character(const CharsetTable *plane2, uint32_t code, bool year_2000)
{
    return year_2000 && code == CHANGED ? 0x9B1D : charset_character(plane2, code);
}

/* ---- EUC-JP ---- */

/* What both forms of EUC have in common: ASCII and letters of half width. False: it is none of these. */
static bool euc_encode_single(uint32_t c, uint8_t *out, size_t *length)
{
    if (c < 0x80) {
        put1(c, out, length);
        return true;
    }
    if (c - HALF_WIDTH < HALF_WIDTH_COUNT) {
        put2(0x8E00 | (c - HALF_WIDTH + 0xA1), out, length);
        return true;
    }
    return false;
}

static bool euc_decode_single(const uint8_t *p, size_t left, uint32_t *out, int *count, int *result)
{
    if (*p < 0x80)
        *result = got(*p, 1, out, count);
    else if (left < (*p == 0x8F ? 3u : 2u))
        *result = MULTIBYTE_MORE;
    else if (*p == 0x8E)
        *result = p[1] - 0xA1u < HALF_WIDTH_COUNT ? got(HALF_WIDTH + p[1] - 0xA1, 2, out, count) : -1;
    else
        return false;
    return true;
}

static int euc_jp_encode(const MultibyteEncoding *e, CharsetTables tables, MultibyteState *state, const Str *text,
                         size_t at, size_t end, bool final, uint8_t *out, size_t *length)
{
    uint32_t c = str_at(text, at), code;
    if (c == 0xA5 || c == 0x203E)
        return put1(c == 0xA5 ? '\\' : '~', out, length);
    if (euc_encode_single(c, out, length))
        return 1;
    if ((code = charset_code(tables[0], c)) != 0)
        return put2(code, out, length);
    return put3(0x8F, charset_code(tables[1], c), out, length);
}

static int euc_jp_decode(const MultibyteEncoding *e, CharsetTables tables, MultibyteState *state, const uint8_t *p,
                         size_t left, uint32_t *out, int *count)
{
    int result;
    if (euc_decode_single(p, left, out, count, &result))
        return result;
    if (*p == 0x8F)
        return got(charset_character(tables[1], pair(p + 1)), 3, out, count);
    return got(charset_character(tables[0], pair(p)), 2, out, count);
}

/* ---- EUC with JIS X 0213: plane 2 has room where JIS X 0212 has none, so both can be read ---- */

/* The code of text[at] in plane 1, or 0x10000 and more: in plane 2; *used characters.  0: none, and MULTIBYTE_MORE in *used if what follows decides. */
static uint32_t jisx0213_code(const MultibyteEncoding *e, CharsetTables tables, const Str *text, size_t at, size_t end,
                              bool final, int *used)
{
    uint32_t c = str_at(text, at), code;
    const ComposedCode *found;
    *used = 1;
    if (jisx0213_is_base(c, at + 1 < end ? str_at(text, at + 1) : 0, &found)) {
        if (at + 1 == end && !final) {
            *used = MULTIBYTE_MORE;
            return 0;
        }
        if (found) {
            *used = 2;
            return found->code;
        }
    }
    if ((code = charset_code(tables[0], c)) != 0)
        return e->variant & YEAR_2000 && jisx0213_is_new(code) ? 0 : code;
    code = jisx0213_plane2_code(tables[1], c, e->variant & YEAR_2000);
    return code ? 0x10000 | code : 0;
}

static int jisx0213_got(const MultibyteEncoding *e, CharsetTables tables, uint32_t code, int n, uint32_t *out,
                        int *count)
{
    const ComposedCode *both = jisx0213_by_code(code);
    if (both) {
        out[0] = both->base;
        out[1] = both->mark;
        *count = 2;
        return n;
    }
    return e->variant & YEAR_2000 && jisx0213_is_new(code) ? -2
                                                           : got(charset_character(tables[0], code), n, out, count);
}

static int euc_jis_encode(const MultibyteEncoding *e, CharsetTables tables, MultibyteState *state, const Str *text,
                          size_t at, size_t end, bool final, uint8_t *out, size_t *length)
{
    uint32_t c = str_at(text, at);
    int used;
    if (euc_encode_single(c, out, length))
        return 1;
    uint32_t code = jisx0213_code(e, tables, text, at, end, final, &used);
    if (!code && used == MULTIBYTE_MORE)
        return MULTIBYTE_MORE;
    bool later = e->variant & YEAR_2000 && (c == 0x9B1C || jisx0213_is_new(charset_code(tables[0], c)));
    if (!code && !later && (code = charset_code(tables[2], c)) != 0)
        code |= 0x10000;
    if (!code)
        return -1;
    if (code < 0x10000)
        put2(code, out, length);
    else
        put3(0x8F, code & 0xFFFF, out, length);
    return used;
}

static int euc_jis_decode(const MultibyteEncoding *e, CharsetTables tables, MultibyteState *state, const uint8_t *p,
                          size_t left, uint32_t *out, int *count)
{
    int result;
    if (euc_decode_single(p, left, out, count, &result))
        return result;
    if (*p == 0x8F) {
        uint32_t c = jisx0213_plane2_character(tables[1], pair(p + 1), e->variant & YEAR_2000);
        return got(c ? c : charset_character(tables[2], pair(p + 1)), 3, out, count);
    }
    return jisx0213_got(e, tables, pair(p), 2, out, count);
}

/* ---- Shift JIS: two rows of 94 share a lead byte ---- */

/* EUC form to Shift JIS; rows 95 and up follow plane 1. */
static uint32_t shift(uint32_t row, uint32_t cell)
{
    uint32_t lead = (row >> 1) + (row < 62 ? 0x81 : 0xC1), trail = (row & 1 ? 0x5E : 0) + cell;
    return lead << 8 | (trail + (trail < 0x3F ? 0x40 : 0x41));
}
static uint32_t shifted(uint32_t code) { return code ? shift((code >> 8) - 0xA1, (code & 0xFF) - 0xA1) : 0; }
/* Row and cell of two bytes; false: not of that form. */
static bool unshift(const uint8_t *p, uint32_t *row, uint32_t *cell)
{
    if (p[1] < 0x40 || p[1] == 0x7F || p[1] > 0xFC)
        return false;
    uint32_t lead = p[0] < 0xE0 ? p[0] - 0x81u : p[0] - 0xC1u, trail = p[1] < 0x80 ? p[1] - 0x40u : p[1] - 0x41u;
    *row = lead * 2 + (trail < 0x5E ? 0 : 1);
    *cell = trail < 0x5E ? trail : trail - 0x5E;
    return true;
}
static bool is_lead(uint8_t byte, uint8_t last) { return byte - 0x81u <= 0x1E || (byte >= 0xE0 && byte <= last); }

static int shift_jis_encode(const MultibyteEncoding *e, CharsetTables tables, MultibyteState *state, const Str *text,
                            size_t at, size_t end, bool final, uint8_t *out, size_t *length)
{
    uint32_t c = str_at(text, at);
    if (c < 0x80 || c == 0xA5 || c == 0x203E)
        return put1(c == 0xA5 ? '\\' : c == 0x203E ? '~' : c, out, length);
    if (c - HALF_WIDTH < HALF_WIDTH_COUNT)
        return put1(c - HALF_WIDTH + 0xA1, out, length);
    return put2(shifted(charset_code(tables[0], c)), out, length);
}

static int shift_jis_decode(const MultibyteEncoding *e, CharsetTables tables, MultibyteState *state, const uint8_t *p,
                            size_t left, uint32_t *out, int *count)
{
    uint32_t row, cell;
    if (*p < 0x80)
        return got(*p, 1, out, count);
    if (*p - 0xA1u < HALF_WIDTH_COUNT)
        return got(HALF_WIDTH + *p - 0xA1, 1, out, count);
    if (!is_lead(*p, 0xEA))
        return -1;
    if (left < 2)
        return MULTIBYTE_MORE;
    if (!unshift(p, &row, &cell) || row >= 94)
        return -1;
    return got(charset_character(tables[0], (row + 0xA1) << 8 | (cell + 0xA1)), 2, out, count);
}

/* Plane 2 has only these rows, in this order. */
static const uint8_t plane2_rows[] = {0,  7,  2,  3,  4,  11, 12, 13, 14, 77, 78, 79, 80,
                                      81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93};

static int shift_jisx0213_encode(const MultibyteEncoding *e, CharsetTables tables, MultibyteState *state,
                                 const Str *text, size_t at, size_t end, bool final, uint8_t *out, size_t *length)
{
    uint32_t c = str_at(text, at);
    int used;
    if ((c < 0x80 && c != '\\' && c != '~') || c == 0xA5 || c == 0x203E)
        return put1(c == 0xA5 ? '\\' : c == 0x203E ? '~' : c, out, length);
    if (c - HALF_WIDTH < HALF_WIDTH_COUNT)
        return put1(c - HALF_WIDTH + 0xA1, out, length);
    if (c == '\\' || c == '~')
        return put2(c == '~' ? 0x81B0 : 0x815F, out, length);
    uint32_t code = jisx0213_code(e, tables, text, at, end, final, &used);
    if (!code)
        return used == MULTIBYTE_MORE ? MULTIBYTE_MORE : -1;
    if (code < 0x10000) {
        if (code == 0xA1C0 || code == 0xA2B2) /* these are \ and ~ here */
            return -1;
        put2(shifted(code), out, length);
        return used;
    }
    for (uint32_t i = 0; i < sizeof plane2_rows; i++) {
        if (plane2_rows[i] + 0xA1u == (code >> 8 & 0xFF)) {
            put2(shift(94 + i, (code & 0xFF) - 0xA1), out, length);
            return used;
        }
    }
    return -1;
}

static int shift_jisx0213_decode(const MultibyteEncoding *e, CharsetTables tables, MultibyteState *state,
                                 const uint8_t *p, size_t left, uint32_t *out, int *count)
{
    uint32_t row, cell;
    if (*p < 0x80)
        return got(*p == '\\' ? 0xA5 : *p == '~' ? 0x203E : *p, 1, out, count);
    if (*p - 0xA1u < HALF_WIDTH_COUNT)
        return got(HALF_WIDTH + *p - 0xA1, 1, out, count);
    if (!is_lead(*p, 0xFC))
        return -1;
    if (left < 2)
        return MULTIBYTE_MORE;
    if (!unshift(p, &row, &cell))
        return -1;
    if (row >= 94)
        return got(jisx0213_plane2_character(tables[1], (plane2_rows[row - 94] + 0xA1u) << 8 | (cell + 0xA1),
                                             e->variant & YEAR_2000),
                   2, out, count);
    if (pair(p) == 0x815F || pair(p) == 0x81B0)
        return got(pair(p) == 0x815F ? '\\' : '~', 2, out, count);
    return jisx0213_got(e, tables, (row + 0xA1) << 8 | (cell + 0xA1), 2, out, count);
}

/* ---- code page 932: single bytes that the table does not hold ---- */

static int cp932_encode(const MultibyteEncoding *e, CharsetTables tables, MultibyteState *state, const Str *text,
                        size_t at, size_t end, bool final, uint8_t *out, size_t *length)
{
    uint32_t c = str_at(text, at);
    if (c <= 0x80)
        return put1(c, out, length);
    if (c - HALF_WIDTH < HALF_WIDTH_COUNT)
        return put1(c - HALF_WIDTH + 0xA1, out, length);
    if (c - 0xF8F0 < 4)
        return put1(c == 0xF8F0 ? 0xA0 : c - 0xF8F1 + 0xFD, out, length);
    return put2(charset_code(tables[0], c), out, length);
}

static int cp932_decode(const MultibyteEncoding *e, CharsetTables tables, MultibyteState *state, const uint8_t *p,
                        size_t left, uint32_t *out, int *count)
{
    if (*p <= 0x80)
        return got(*p, 1, out, count);
    if (*p - 0xA0u <= HALF_WIDTH_COUNT)
        return got(*p == 0xA0 ? 0xF8F0 : HALF_WIDTH + *p - 0xA1, 1, out, count);
    if (*p >= 0xFD)
        return got(0xF8F1u + *p - 0xFD, 1, out, count);
    if (left < 2)
        return MULTIBYTE_MORE;
    return got(charset_character(tables[0], pair(p)), 2, out, count);
}

#define JISX0213(encode_, decode_, variant_)                                                                           \
    .charsets = {CHARSET_JISX0213_1, CHARSET_JISX0213_2, CHARSET_JISX0212}, .charset_count = 3, .variant = (variant_), \
    .encode = (encode_), .decode = (decode_)

const MultibyteEncoding multibyte_japanese[] = {
    {.name = "shift_jis",
     .charsets = {CHARSET_JISX0208},
     .charset_count = 1,
     .encode = shift_jis_encode,
     .decode = shift_jis_decode},
    {.name = "cp932", .charsets = {CHARSET_CP932}, .charset_count = 1, .encode = cp932_encode, .decode = cp932_decode},
    {.name = "euc_jp",
     .charsets = {CHARSET_JISX0208, CHARSET_JISX0212},
     .charset_count = 2,
     .encode = euc_jp_encode,
     .decode = euc_jp_decode},
    {.name = "shift_jis_2004", JISX0213(shift_jisx0213_encode, shift_jisx0213_decode, 0)},
    {.name = "euc_jis_2004", JISX0213(euc_jis_encode, euc_jis_decode, 0)},
    {.name = "euc_jisx0213", JISX0213(euc_jis_encode, euc_jis_decode, YEAR_2000)},
    {.name = "shift_jisx0213", JISX0213(shift_jisx0213_encode, shift_jisx0213_decode, YEAR_2000)},
    {0},
};
