/* multibyte_table.c: the character sets of Chinese, Japanese and Korean encodings, as tables.
 *
 * iconv knows them; a table is read from it code by code when an encoding asks for it first (some milliseconds), corrected by multibyte_table.def,
 * and stays until the interpreter ends.
 * Locks: a mutex of the module's state around the making of a table; a table once published never changes. Read next: mod__multibytecodec.h. */
#include <iconv.h>

#include "../memory/alloc.h"
#include "../thread/lock.h"
#include "mod__multibytecodec.h"
#include "multibyte_table.h"

typedef struct CharsetSource {
    const char *iconv;   /* the encoding that holds the set */
    uint8_t prefix;      /* byte in front of each code, or 0 */
    uint8_t lead, trail; /* the lowest ones */
    bool last;           /* of several codes of a character the last is its own, else the first */
} CharsetSource;

static const CharsetSource sources[CHARSET_COUNT] = {
    [CHARSET_GB2312] = {"EUC-CN", 0, 0xA1, 0xA1, false},
    [CHARSET_GBK] = {"GBK", 0, 0x81, 0x40, false},
    [CHARSET_GB18030] = {"GB18030", 0, 0x81, 0x40, false},
    [CHARSET_BIG5] = {"BIG5", 0, 0x81, 0x40, true},
    [CHARSET_CP950] = {"BIG5", 0, 0x81, 0x40, false},
    [CHARSET_BIG5HKSCS] = {"BIG5-HKSCS", 0, 0x81, 0x40, true},
    [CHARSET_KSX1001] = {"EUC-KR", 0, 0xA1, 0xA1, false},
    [CHARSET_CP949] = {"CP949", 0, 0x81, 0x40, false},
    [CHARSET_JOHAB] = {"JOHAB", 0, 0x81, 0x21, true},
    [CHARSET_JISX0208] = {"EUC-JP", 0, 0xA1, 0xA1, false},
    [CHARSET_JISX0212] = {"EUC-JP", 0x8F, 0xA1, 0xA1, false},
    [CHARSET_JISX0213_1] = {"EUC-JISX0213", 0, 0xA1, 0xA1, false},
    [CHARSET_JISX0213_2] = {"EUC-JISX0213", 0x8F, 0xA1, 0xA1, false},
    [CHARSET_CP932] = {"CP932", 0, 0x81, 0x40, false},
};

static const struct Correction {
    uint16_t charset;
    bool encode;
    uint32_t from, count, to;
} corrections[] = {
#define DECODE(set, code, n, c) {CHARSET_##set, false, code, n, c},
#define ENCODE(set, c, n, code) {CHARSET_##set, true, c, n, code},
#include "multibyte_table.def"
#undef DECODE
#undef ENCODE
};

/* The one character that the bytes stand for; 0: none, or more than one. */
static uint32_t convert(iconv_t conversion, char *bytes, size_t n)
{
    uint32_t text[4] = {0};
    char *out = (char *)text;
    size_t room = sizeof text;
    bool good = iconv(conversion, &bytes, &n, &out, &room) != (size_t)-1 && n == 0;
    iconv(conversion, NULL, NULL, &out, &room); /* what it held back; and back to the start */
    return good && room == sizeof text - sizeof *text ? text[0] : 0;
}

static int set_code(CharsetTable *table, uint32_t c, uint32_t code)
{
    if (c >= CHARSET_PAGES * 256)
        return 0;
    uint16_t **page = &table->codes[c >> 8];
    if (!*page && !(*page = alloc_raw_zeroed(256 * sizeof **page)))
        return -1;
    (*page)[c & 255] = (uint16_t)code;
    return 0;
}

/* GB18030 gives all other characters of plane 0 codes of four bytes, in order. */
static int number_others(CharsetTable *table)
{
    table->four = alloc_raw(0x10000 * sizeof *table->four);
    if (!table->four)
        return -1;
    for (uint32_t c = 0x80; c < 0x10000; c++) {
        if (c - 0xD800 >= 0x800 && !charset_code(table, c))
            table->four[table->four_count++] = c;
    }
    return 0;
}

static void free_table(CharsetTable *table)
{
    for (size_t i = 0; i < CHARSET_PAGES; i++)
        alloc_raw_free(table->codes[i]);
    alloc_raw_free(table->four);
    alloc_raw_free(table->characters);
    alloc_raw_free(table);
}

static int fill(CharsetTable *table, Charset charset, iconv_t conversion)
{
    const CharsetSource *source = &sources[charset];
    for (uint32_t lead = source->lead; lead < 0xFF; lead++) {
        for (uint32_t trail = source->trail; trail < 0xFF; trail++) {
            char bytes[3] = {(char)source->prefix, (char)lead, (char)trail};
            size_t skip = source->prefix ? 0 : 1;
            table->characters[lead << 8 | trail] = convert(conversion, bytes + skip, 3 - skip);
        }
    }
    for (const struct Correction *c = corrections; c < corrections + sizeof corrections / sizeof *corrections; c++) {
        for (uint32_t i = 0; i < c->count && c->charset == charset && !c->encode; i++)
            table->characters[c->from + i] = c->to ? c->to + i : 0;
    }
    for (uint32_t code = 0x8000; code < 0x10000; code++) {
        uint32_t c = table->characters[code];
        if (c && (source->last || !charset_code(table, c)) && set_code(table, c, code) < 0)
            return -1;
    }
    for (const struct Correction *c = corrections; c < corrections + sizeof corrections / sizeof *corrections; c++) {
        for (uint32_t i = 0; i < c->count && c->charset == charset && c->encode; i++) {
            if (set_code(table, c->from + i, c->to ? c->to + i : 0) < 0)
                return -1;
        }
    }
    return charset == CHARSET_GB18030 ? number_others(table) : 0;
}

/* A new table, or NULL; *known: does the system know the set? */
static CharsetTable *make(Charset charset, bool *known)
{
    iconv_t conversion =
        iconv_open(__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? "UTF-32BE" : "UTF-32LE", sources[charset].iconv);
    *known = conversion != (iconv_t)-1;
    if (!*known)
        return NULL;
    CharsetTable *table = alloc_raw_zeroed(sizeof *table);
    if (table) {
        table->characters = alloc_raw_zeroed(0x10000 * sizeof *table->characters);
        if (!table->characters || fill(table, charset, conversion) < 0) {
            free_table(table);
            table = NULL;
        }
    }
    iconv_close(conversion);
    return table;
}

const CharsetTable *charset_get(Thread *t, Charset charset)
{
    CharsetState *state = t->interp->module_state[MODULE__multibytecodec];
    bool known = true;
    mutex_lock(&state->lock);
    if (!state->tables[charset])
        state->tables[charset] = make(charset, &known);
    const CharsetTable *table = state->tables[charset];
    mutex_unlock(&state->lock);
    if (!known)
        error_set(t, EXC_LookupError, "the system does not know the character set %s", sources[charset].iconv);
    else if (!table)
        error_no_memory(t);
    return table;
}

void charset_free_state(Thread *t, void *state)
{
    CharsetState *s = state;
    for (int i = 0; i < CHARSET_COUNT; i++) {
        if (s->tables[i])
            free_table(s->tables[i]);
    }
    alloc_memory_free(t, s);
}
