/* unicode_apart.c: see unicode_apart.h. */
#include "unicode_apart.h"

#include <string.h>

#include "../os/os.h"
#include "unicode_apart.inc"

_Atomic(const char *) unicode_apart_loaded;

const char *unicode_apart_load(void)
{
    char path[4096];
    size_t size;
    if (os_library_path(path, sizeof path, "unicode.tables") < 0)
        return NULL;
    const char *tables = os_file_map(path, &size), *before = NULL;
    if (!tables)
        return NULL;
    bool ours = size == UNICODE_APART_SIZE && memcmp(tables, unicode_apart_stamp, sizeof unicode_apart_stamp) == 0;
    if (ours && atomic_compare_exchange_strong(&unicode_apart_loaded, &before, tables))
        return tables;
    os_file_unmap(tables, size);
    return before; /* what another thread has loaded meanwhile */
}
