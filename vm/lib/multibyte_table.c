/* multibyte_table.c: the character sets of Chinese, Japanese and Korean encodings, as tables.
 *
 * The system knows them (multibyte_charset.def); a table is read from it when an encoding asks for it first, corrected by multibyte_table.def, and stays until
 * the interpreter ends.
 * Locks: a mutex of the module's state around the publishing of a table, which never changes then.  Read next: mod__multibytecodec.h. */
#include <errno.h>

#include "../memory/alloc.h"
#include "../os/os.h"
#include "../thread/breaker.h"
#include "../thread/lock.h"
#include "mod__multibytecodec.h"
#include "multibyte_table.h"

typedef struct CharsetSource {
    OsCharset system;
    bool last; /* of several codes of a character the last is its own, else the first */
} CharsetSource;

static const CharsetSource sources[CHARSET_COUNT] = {
#define CHARSET(set, encoding, prefix, lead, trail, last) {{encoding, prefix, lead, trail}, last},
#include "multibyte_charset.def"
#undef CHARSET
};

static const struct Correction {
    uint8_t charset;
    bool encode;
    uint8_t count;
    uint16_t from, to;
} corrections[] = {
#define DECODE(set, code, n, c) {CHARSET_##set, false, n, code, c},
#define ENCODE(set, c, n, code) {CHARSET_##set, true, n, c, code},
#include "multibyte_table.def"
#undef DECODE
#undef ENCODE
};

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

static int fill(CharsetTable *table, Charset charset)
{
    for (const struct Correction *c = corrections; c < corrections + sizeof corrections / sizeof *corrections; c++) {
        for (uint32_t i = 0; i < c->count && c->charset == charset && !c->encode; i++)
            table->characters[c->from + i] = c->to ? c->to + i : 0;
    }
    for (uint32_t code = 0x8000; code < 0x10000; code++) {
        uint32_t c = table->characters[code];
        if (c && (sources[charset].last || !charset_code(table, c)) && set_code(table, c, code) < 0)
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

/* A new table: 0 or -errno. */
static int make(Charset charset, CharsetTable **result)
{
    CharsetTable *table = alloc_raw_zeroed(sizeof *table);
    int status = -ENOMEM;
    if (table)
        table->characters = alloc_raw_zeroed(0x10000 * sizeof *table->characters);
    if (table && table->characters)
        status = os_charset_read(&sources[charset].system, table->characters + (0x10000 - OS_CHARSET_CODES));
    if (status == 0 && fill(table, charset) < 0)
        status = -ENOMEM;
    if (status == 0)
        *result = table;
    else if (table)
        free_table(table);
    return status;
}

/* What has been published, after `made` where there was none: that is taken. */
static const CharsetTable *publish(CharsetState *state, Charset charset, CharsetTable *made)
{
    mutex_lock(&state->lock);
    CharsetTable *table = state->tables[charset];
    if (!table)
        state->tables[charset] = table = made;
    mutex_unlock(&state->lock);
    if (made && made != table) /* another thread's was sooner */
        free_table(made);
    return table;
}

const CharsetTable *charset_get(Thread *t, Charset charset)
{
    CharsetState *state = t->interp->module_state[MODULE__multibytecodec];
    const CharsetTable *known = publish(state, charset, NULL);
    if (known)
        return known;
    CharsetTable *made;
    int status;
    do {
        thread_detach(t, EVENT_IO);
        status = make(charset, &made);
        thread_attach(t);
    } while (status == -EINTR && breaker_check_signals(t) == 0);
    if (status == 0)
        return publish(state, charset, made);
    if (status == -ENOENT)
        error_set(t, EXC_LookupError, "the system does not know the character set %s",
                  sources[charset].system.encoding);
    else if (status == -ENOMEM)
        error_no_memory(t);
    else if (status != -EINTR)
        error_set(t, EXC_OSError, "the character set %s could not be loaded", sources[charset].system.encoding);
    return NULL;
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
