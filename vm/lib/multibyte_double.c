/* multibyte_double.c: one byte for ASCII and two for everything else: what most encodings are, and the rest of some.
 *
 * No locks and no state. Read next: multibyte_chinese.c, multibyte_korean.c. */
#include "multibyte_double.h"

int double_encode(const MultibyteEncoding *e, CharsetTables tables, MultibyteState *state, const Str *text, size_t at,
                  size_t end, bool final, uint8_t *out, size_t *length)
{
    uint32_t c = str_at(text, at);
    return c < 0x80 ? put1(c, out, length) : put2(charset_code(tables[0], c), out, length);
}

int double_decode(const MultibyteEncoding *e, CharsetTables tables, MultibyteState *state, const uint8_t *p,
                  size_t left, uint32_t *out, int *count)
{
    if (*p < 0x80)
        return got(*p, 1, out, count);
    if (left < 2)
        return MULTIBYTE_MORE;
    return got(charset_character(tables[0], pair(p)), 2, out, count);
}
