/* multibyte_jisx0213.h: JIS X 0213, which EUC and Shift JIS (multibyte_japanese.c, where all this is) share with ISO 2022. */
#ifndef BATON_LIB_MULTIBYTE_JISX0213_H
#define BATON_LIB_MULTIBYTE_JISX0213_H

#include "mod__multibytecodec.h"

/* Pairs of characters with one code. */
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
