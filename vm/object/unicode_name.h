/* unicode_name.h: names of characters (Unicode 16): \N{...}, the module unicodedata, the error handler namereplace. */
#ifndef BATON_OBJECT_UNICODE_NAME_H
#define BATON_OBJECT_UNICODE_NAME_H

#include "value.h"

#define UNICODE_NAME_MAX 96 /* longer than any name */

/* Writes the name of a character (not NUL-terminated); its length, or 0 for a character without one. */
size_t unicode_name(uint32_t c, char name[UNICODE_NAME_MAX]);
/* The character of a name or alias, in any case: what \N{...} accepts. */
bool unicode_from_name(const char *name, size_t n, uint32_t *c);
/* The same for named sequences too: how many characters, at most 16; 0 for an unknown name.  *is_alias: no character's own name. */
int unicode_sequence_from_name(const char *name, size_t n, uint32_t out[16], bool *is_alias);

#endif
