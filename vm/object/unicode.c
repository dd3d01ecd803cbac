/* unicode.c: properties and case mappings of characters (Unicode 16), from tables that unicode_tables.mjs generates at build time.
 *
 * Each character has a number of a record (a trie of two levels); the record holds its flags and the distances to its simple mappings.  Constant data, no locks.  Names,
 * normalisation and the other properties of the module unicodedata are in ../lib/mod_unicodedata.c. */
#include "str.h"

#include "unicode_tables.inc"

static ALWAYS_INLINE const UnicodeRecord *record(uint32_t c)
{
    return &unicode_records[c < 0x110000 ? unicode_at(c) : 0];
}
static ALWAYS_INLINE bool flag(uint32_t c, uint32_t bits) { return (record(c)->flags & bits) != 0; }

bool unicode_is_space(uint32_t c)
{
    if (c < 0x80)
        return c == ' ' || c - 9 < 5 || c - 0x1C < 4;
    return flag(c, UNICODE_SPACE);
}
bool unicode_is_linebreak(uint32_t c) { return c < 0x80 ? c - 10 < 4 || c - 0x1C < 3 : flag(c, UNICODE_LINEBREAK); }
bool unicode_is_alpha(uint32_t c) { return c < 0x80 ? (c | 0x20) - 'a' < 26 : flag(c, UNICODE_ALPHA); }
bool unicode_is_alnum(uint32_t c)
{
    if (c < 0x80)
        return (c | 0x20) - 'a' < 26 || c - '0' < 10;
    return flag(c, UNICODE_ALPHA | UNICODE_DECIMAL | UNICODE_DIGIT | UNICODE_NUMERIC);
}
bool unicode_is_decimal(uint32_t c) { return c < 0x80 ? c - '0' < 10 : flag(c, UNICODE_DECIMAL); }
bool unicode_is_digit(uint32_t c) { return c < 0x80 ? c - '0' < 10 : flag(c, UNICODE_DIGIT); }
bool unicode_is_numeric(uint32_t c) { return c < 0x80 ? c - '0' < 10 : flag(c, UNICODE_NUMERIC); }
bool unicode_is_upper(uint32_t c) { return c < 0x80 ? c - 'A' < 26 : flag(c, UNICODE_UPPER); }
bool unicode_is_lower(uint32_t c) { return c < 0x80 ? c - 'a' < 26 : flag(c, UNICODE_LOWER); }
bool unicode_is_title(uint32_t c) { return flag(c, UNICODE_TITLE); }
bool unicode_is_cased(uint32_t c) { return flag(c, UNICODE_CASED); }
bool unicode_is_case_ignorable(uint32_t c) { return flag(c, UNICODE_CASE_IGNORABLE); }
bool unicode_is_printable(uint32_t c) { return c < 0x80 ? c - 0x20 < 0x5F : flag(c, UNICODE_PRINTABLE); }
bool unicode_is_xid_start(uint32_t c) { return flag(c, UNICODE_XID_START); }
bool unicode_is_xid_continue(uint32_t c) { return flag(c, UNICODE_XID_CONTINUE); }

int unicode_decimal(uint32_t c) { return c < 0x80 ? (c - '0' < 10 ? (int)(c - '0') : -1) : record(c)->decimal; }
int unicode_digit(uint32_t c) { return record(c)->digit; }

uint32_t unicode_to_lower(uint32_t c) { return c + (uint32_t)record(c)->lower; }
uint32_t unicode_to_upper(uint32_t c) { return c + (uint32_t)record(c)->upper; }
uint32_t unicode_to_title(uint32_t c) { return c + (uint32_t)record(c)->title; }

/* The mapping number `which` (0 lower, 1 upper, 2 title, 3 fold) to several characters, or the simple one. */
static int full(const UnicodeRecord *r, int which, uint32_t simple, uint32_t out[3])
{
    out[0] = simple;
    if (LIKELY(!r->special))
        return 1;
    const uint32_t *p = &unicode_specials[r->special];
    uint32_t header = *p++;
    for (int i = 0; i < which; i++)
        p += header >> (4 * i) & 0xF;
    int n = header >> (4 * which) & 0xF;
    for (int i = 0; i < n; i++)
        out[i] = p[i];
    return n ? n : 1;
}

int unicode_lower_full(uint32_t c, uint32_t out[3])
{
    const UnicodeRecord *r = record(c);
    return full(r, 0, c + (uint32_t)r->lower, out);
}
int unicode_upper_full(uint32_t c, uint32_t out[3])
{
    const UnicodeRecord *r = record(c);
    return full(r, 1, c + (uint32_t)r->upper, out);
}
int unicode_title_full(uint32_t c, uint32_t out[3])
{
    const UnicodeRecord *r = record(c);
    return full(r, 2, c + (uint32_t)r->title, out);
}
int unicode_fold_full(uint32_t c, uint32_t out[3])
{
    const UnicodeRecord *r = record(c);
    return full(r, 3, c + (uint32_t)r->fold, out);
}
