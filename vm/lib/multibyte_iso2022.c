/* multibyte_iso2022.c: the encodings of ISO 2022: seven bits, escape sequences that say which character set is meant.
 *
 * State: bytes[0..2] are the final bytes of the sets designated as G0, G1, G2, with the high bit for sets of two bytes; bytes[4] is flags.
 * No locks. Read next: multibyte_double.h. */
#include "multibyte_double.h"
#include "multibyte_jisx0213.h"

#define ESC 0x1B
#define SHIFT_IN 0x0F
#define SHIFT_OUT 0x0E
#define ESCAPE_MAX 16

#define TWO 0x80 /* a set of two bytes */
#define ASCII 'B'
#define LATIN1 'A'
#define GREEK 'F'
#define ROMAN 'J'    /* JIS X 0201, left half */
#define KATAKANA 'I' /* right half */
#define OLD_0208 ('@' | TWO)
#define GB2312 ('A' | TWO)
#define JIS_0208 ('B' | TWO)
#define KSX1001 ('C' | TWO)
#define JIS_0212 ('D' | TWO)
#define JIS_0213_1_2000 ('O' | TWO)
#define JIS_0213_2 ('P' | TWO)
#define JIS_0213_1 ('Q' | TWO)
#define TILDE_0213 0xA2B2 /* the wide tilde of JIS X 0213: read only */

#define SHIFTED 1 /* state.bytes[4]: G1 is meant */
#define ESCAPED 2 /* an escape sequence that is none of ISO 2022 is passed through */

/* A set that an encoding may designate, in the order in which an encoder tries them. */
typedef struct Designation {
    uint8_t final; /* 0: the end */
    uint8_t plane; /* G0, G1 or G2 */
    uint8_t table; /* index of the encoding's tables */
    bool pairs;    /* only pairs of characters are encoded by it here */
    bool decode_only;
} Designation;

#define VARIANT_KR 0
#define VARIANT_JP 1
#define VARIANT_JP_1 2
#define VARIANT_JP_2 3
#define VARIANT_JP_2004 4
#define VARIANT_JP_3 5
#define VARIANT_JP_EXT 6

static const Designation designations[][9] = {
    [VARIANT_KR] = {{KSX1001, 1, 0, false, false}},
    [VARIANT_JP] = {{JIS_0208, 0, 0, false, false}, {ROMAN, 0, 0, false, false}, {OLD_0208, 0, 0, false, true}},
    [VARIANT_JP_1] = {{JIS_0208, 0, 0, false, false},
                      {JIS_0212, 0, 1, false, false},
                      {ROMAN, 0, 0, false, false},
                      {OLD_0208, 0, 0, false, true}},
    [VARIANT_JP_2] = {{JIS_0208, 0, 0, false, false},
                      {JIS_0212, 0, 1, false, false},
                      {KSX1001, 0, 2, false, false},
                      {GB2312, 0, 3, false, false},
                      {ROMAN, 0, 0, false, false},
                      {OLD_0208, 0, 0, false, true},
                      {LATIN1, 2, 0, false, true},
                      {GREEK, 2, 0, false, true}},
    [VARIANT_JP_2004] = {{JIS_0213_1, 0, 1, true, false},
                         {JIS_0208, 0, 0, false, false},
                         {JIS_0213_1, 0, 1, false, false},
                         {JIS_0213_2, 0, 2, false, false}},
    [VARIANT_JP_3] = {{JIS_0213_1_2000, 0, 1, true, false},
                      {JIS_0208, 0, 0, false, false},
                      {JIS_0213_1_2000, 0, 1, false, false},
                      {JIS_0213_2, 0, 2, false, false}},
    [VARIANT_JP_EXT] = {{JIS_0208, 0, 0, false, false},
                        {JIS_0212, 0, 1, false, false},
                        {ROMAN, 0, 0, false, false},
                        {KATAKANA, 0, 0, false, false},
                        {OLD_0208, 0, 0, false, true}},
};

static void start(const MultibyteEncoding *e, MultibyteState *state, bool decoding)
{
    *state = (MultibyteState){{ASCII, ASCII, decoding ? ASCII : 0, 0, 0, 0, 0, 0}};
}

static void restart(const MultibyteEncoding *e, MultibyteState *state)
{
    state->bytes[0] = ASCII;
    state->bytes[4] &= (uint8_t)~SHIFTED;
}

/* ---- encoding ---- */

/* The code of text[at] in a set, of one or two seven-bit bytes; 0: none. *used may become 2, or MULTIBYTE_MORE. */
static uint32_t code_in(uint32_t variant, const Designation *d, CharsetTables tables, const Str *text, size_t at,
                        size_t end, bool final, int *used)
{
    uint32_t c = str_at(text, at), code;
    *used = 1;
    if (d->decode_only)
        return 0;
    if (d->final == ROMAN)
        return c == 0xA5 ? '\\' : c == 0x203E ? '~' : 0;
    if (d->final == KATAKANA)
        return c - 0xFF61 < 63 ? c - 0xFF61 + 0x21 : 0;
    if (d->pairs) {
        const ComposedCode *found;
        if (!jisx0213_is_base(c, at + 1 < end ? str_at(text, at + 1) : 0, &found))
            return 0;
        if (at + 1 == end && !final)
            *used = MULTIBYTE_MORE;
        else if (found)
            *used = 2;
        return found ? found->code & 0x7F7F : 0;
    }
    if (d->final == JIS_0213_2)
        return jisx0213_plane2_code(tables[d->table], c, variant == VARIANT_JP_3) & 0x7F7F;
    code = charset_code(tables[d->table], c);
    if ((d->final == JIS_0213_1_2000 && jisx0213_is_new(code)) ||
        ((d->final == JIS_0213_1 || d->final == JIS_0213_1_2000) && code == TILDE_0213))
        return 0;
    return code & 0x7F7F;
}

static size_t designate(uint8_t final, uint8_t plane, uint8_t *out)
{
    size_t n = 0;
    out[n++] = ESC;
    if (final & TWO)
        out[n++] = '$';
    if (!(final & TWO) || plane != 0 || final != JIS_0208)
        out[n++] = plane == 0 ? '(' : ')';
    out[n++] = final & 0x7F;
    return n;
}

static size_t to_ascii(MultibyteState *state, uint8_t *out)
{
    size_t n = 0;
    if (state->bytes[0] != ASCII) {
        n += designate(ASCII, 0, out);
        state->bytes[0] = ASCII;
    }
    if (state->bytes[4] & SHIFTED) {
        out[n++] = SHIFT_IN;
        state->bytes[4] &= (uint8_t)~SHIFTED;
    }
    return n;
}

static int encode(const MultibyteEncoding *e, CharsetTables tables, MultibyteState *state, const Str *text, size_t at,
                  size_t end, bool final, uint8_t *out, size_t *length)
{
    uint32_t c = str_at(text, at), code = 0;
    int used = 1;
    size_t n = 0;
    if (c < 0x80) {
        n = to_ascii(state, out);
        out[n++] = (uint8_t)c;
        *length = n;
        return 1;
    }
    const Designation *d = designations[e->variant];
    for (; d->final; d++) {
        code = code_in(e->variant, d, tables, text, at, end, final, &used);
        if (code || used == MULTIBYTE_MORE)
            break;
    }
    if (used == MULTIBYTE_MORE)
        return MULTIBYTE_MORE;
    if (!code)
        return -1;
    if (d->plane == 0 && state->bytes[4] & SHIFTED) {
        out[n++] = SHIFT_IN;
        state->bytes[4] &= (uint8_t)~SHIFTED;
    }
    if (state->bytes[d->plane] != d->final) {
        n += designate(d->final, d->plane, out + n);
        state->bytes[d->plane] = d->final;
    }
    if (d->plane == 1 && !(state->bytes[4] & SHIFTED)) {
        out[n++] = SHIFT_OUT;
        state->bytes[4] |= SHIFTED;
    }
    if (d->final & TWO)
        out[n++] = (uint8_t)(code >> 8);
    out[n++] = (uint8_t)code;
    *length = n;
    return used;
}

static size_t finish(const MultibyteEncoding *e, MultibyteState *state, uint8_t *out)
{
    size_t n = 0;
    if (state->bytes[4] & SHIFTED) {
        out[n++] = SHIFT_IN;
        state->bytes[4] &= (uint8_t)~SHIFTED;
    }
    return n + to_ascii(state, out + n);
}

/* ---- decoding ---- */

static const Designation *find(const MultibyteEncoding *e, uint8_t final)
{
    for (const Designation *d = designations[e->variant]; d->final; d++) {
        if (d->final == final)
            return d;
    }
    return NULL;
}

/* Does the byte end an escape sequence? */
static bool is_final(uint8_t byte) { return byte >= '@' && byte <= 'Z'; }

/* An escape sequence of ISO 2022: its length, MULTIBYTE_MORE, or how much of it is wrong, negative. */
static int escape(const MultibyteEncoding *e, MultibyteState *state, const uint8_t *p, size_t left)
{
    int length = 0;
    for (size_t i = 1; i < ESCAPE_MAX && !length; i++) {
        if (i >= left)
            return MULTIBYTE_MORE;
        if (is_final(p[i]))
            length = (int)i + 1;
        else if (e->variant != VARIANT_KR && p[i] == '&' && i + 1 < left &&
                 p[i + 1] == '@') /* the revision of JIS X 0208: an escape sequence follows */
            i += 2;
    }
    uint8_t final = 0, plane;
    if (length == 3) {
        final = p[1] == '$' ? p[2] | TWO : p[2];
        plane = p[1] == '$' || p[1] == '(' ? 0 : p[1] == ')' ? 1 : 2;
        if (plane == 2 && (p[1] != '.' || e->variant != VARIANT_JP_2))
            return -3;
    } else if (length == 4) {
        final = p[3] | TWO;
        plane = p[2] == '(' ? 0 : 1;
        if (p[1] != '$' || (p[2] != '(' && p[2] != ')'))
            return -4;
    } else if (length == 6 && p[3] == ESC && p[4] == '$' && p[5] == 'B') {
        final = JIS_0208;
        plane = 0;
    } else {
        return length ? -length : -1;
    }
    if (final != ASCII && !find(e, final))
        return -length;
    state->bytes[plane] = final;
    return length;
}

/* ISO 8859-7, 0: no character. */
static uint32_t greek(uint8_t byte)
{
    if (byte >= 0xBE)
        return byte == 0xD2 || byte == 0xFF ? 0 : byte + 0x2D0u;
    switch (byte) {
    case 0xA1: return 0x2018;
    case 0xA2: return 0x2019;
    case 0xAF: return 0x2015;
    case 0xA4:
    case 0xA5:
    case 0xAA:
    case 0xAE: return 0;
    case 0xB4:
    case 0xB5:
    case 0xB6:
    case 0xB8:
    case 0xB9:
    case 0xBA:
    case 0xBC: return byte + 0x2D0u;
    default: return byte < 0xA0 ? 0 : byte;
    }
}

/* ESC N and a character of G2. */
static int single_shift(const MultibyteState *state, const uint8_t *p, uint32_t *out, int *count)
{
    uint8_t byte = p[2];
    uint32_t c = 0;
    if (state->bytes[2] == LATIN1)
        c = byte < 0x80 ? byte | 0x80u : 0;
    else if (state->bytes[2] == GREEK)
        c = greek(byte ^ 0x80);
    else
        c = byte < 0x80 ? byte : 0;
    return c ? got(c, 3, out, count) : -3;
}

static int decode(const MultibyteEncoding *e, CharsetTables tables, MultibyteState *state, const uint8_t *p,
                  size_t left, uint32_t *out, int *count)
{
    uint8_t *flags = &state->bytes[4];
    if (*flags & ESCAPED) {
        if (is_final(*p))
            *flags &= (uint8_t)~ESCAPED;
        return got(*p, 1, out, count);
    }
    switch (*p) {
    case ESC:
        if (left < 2)
            return MULTIBYTE_MORE;
        if (p[1] == '(' || p[1] == ')' || p[1] == '$' || p[1] == '.' || p[1] == '&')
            return escape(e, state, p, left);
        if (e->variant == VARIANT_JP_2 && p[1] == 'N') {
            if (left < 3)
                return MULTIBYTE_MORE;
            return single_shift(state, p, out, count);
        }
        *flags |= ESCAPED;
        return got(ESC, 1, out, count);
    case SHIFT_IN:
    case SHIFT_OUT:
        if (e->variant != VARIANT_KR)
            return got(*p, 1, out, count);
        *flags = *p == SHIFT_OUT ? *flags | SHIFTED : *flags & (uint8_t)~SHIFTED;
        return 1;
    case '\n': *flags &= (uint8_t)~SHIFTED; return got('\n', 1, out, count);
    default: break;
    }
    if (*p < 0x20)
        return got(*p, 1, out, count);
    if (*p >= 0x80)
        return -1;
    uint8_t final = state->bytes[*flags & SHIFTED ? 1 : 0];
    if (final == ASCII)
        return got(*p, 1, out, count);
    const Designation *d = find(e, final);
    if (!d)
        return -1;
    if (final == ROMAN)
        return got(*p == '\\' ? 0xA5 : *p == '~' ? 0x203E : *p, 1, out, count);
    if (final == KATAKANA)
        return *p - 0x21u < 63 ? got(0xFF61u + *p - 0x21, 1, out, count) : -1;
    if (!(final & TWO)) /* the sets that only G2 may be */
        return -1;
    if (left < 2)
        return MULTIBYTE_MORE;
    uint32_t code = pair(p) | 0x8080;
    if (final == JIS_0213_1 || final == JIS_0213_1_2000) {
        const ComposedCode *both = jisx0213_by_code(code);
        if (both) {
            out[0] = both->base;
            out[1] = both->mark;
            *count = 2;
            return 2;
        }
        if (final == JIS_0213_1_2000 && jisx0213_is_new(code))
            return -2;
    }
    uint32_t c = final == JIS_0213_2 ? jisx0213_plane2_character(tables[d->table], code, e->variant == VARIANT_JP_3)
                                     : charset_character(tables[d->table], code);
    c = p[1] & 0x80 ? 0 : c;
    return c ? got(c, 2, out, count) : -2;
}

#define ISO2022(name_, variant_, count_, ...)                                                                          \
    {                                                                                                                  \
        .name = (name_), .charsets = {__VA_ARGS__}, .charset_count = (count_), .variant = (variant_),                  \
        .encode = encode, .decode = decode, .start = start, .finish = finish, .restart = restart                       \
    }

const MultibyteEncoding multibyte_iso2022[] = {
    ISO2022("iso2022_kr", VARIANT_KR, 1, CHARSET_KSX1001),
    ISO2022("iso2022_jp", VARIANT_JP, 1, CHARSET_JISX0208),
    ISO2022("iso2022_jp_1", VARIANT_JP_1, 2, CHARSET_JISX0208, CHARSET_JISX0212),
    ISO2022("iso2022_jp_2", VARIANT_JP_2, 4, CHARSET_JISX0208, CHARSET_JISX0212, CHARSET_KSX1001, CHARSET_GB2312),
    ISO2022("iso2022_jp_2004", VARIANT_JP_2004, 3, CHARSET_JISX0208, CHARSET_JISX0213_1, CHARSET_JISX0213_2),
    ISO2022("iso2022_jp_3", VARIANT_JP_3, 3, CHARSET_JISX0208, CHARSET_JISX0213_1, CHARSET_JISX0213_2),
    ISO2022("iso2022_jp_ext", VARIANT_JP_EXT, 2, CHARSET_JISX0208, CHARSET_JISX0212),
    {0},
};
