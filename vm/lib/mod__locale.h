/* mod__locale.h: what other modules ask of the C library's locale. */
#ifndef BATON_LIB_MOD__LOCALE_H
#define BATON_LIB_MOD__LOCALE_H

#include <stdbool.h>

const char *locale_encoding(void); /* of texts in the current LC_CTYPE, as the C library names it */
bool locale_is_plain(void);        /* is that the C locale, or one that differs from it in nothing but UTF-8? */

#endif
