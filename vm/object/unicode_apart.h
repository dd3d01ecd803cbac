/* unicode_apart.h: the large tables of Unicode that few programs use (names of characters, unicodedata's properties).  They are no part of the program but a file of the
 * library, and come in when they are first asked for: unicode_apart.mjs takes them out of what the generators have written, and its macros call unicode_apart().
 *
 * Constant data once loaded, and never unloaded; no locks. */
#ifndef BATON_OBJECT_UNICODE_APART_H
#define BATON_OBJECT_UNICODE_APART_H

#include <stdatomic.h>

extern _Atomic(const char *) unicode_apart_loaded; /* NULL before */

/* unicode_apart() the first time.  BLOCKS. */
const char *unicode_apart_load(void);

/* The tables, borrowed; NULL if they cannot be had: no such file, one of another build, no memory. */
static inline const char *unicode_apart(void)
{
    const char *tables = atomic_load_explicit(&unicode_apart_loaded, memory_order_acquire);
    return tables ? tables : unicode_apart_load();
}

#endif
