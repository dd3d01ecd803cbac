/* fuzz.h: what the fuzz targets share: an interpreter that lives as long as the process, and source text compiled in it. */
#ifndef BATON_TESTS_FUZZ_H
#define BATON_TESTS_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vm/compile/compile.h"
#include "vm/debug/failalloc.h"
#include "vm/memory/cycle.h"
#include "vm/memory/ref.h"
#include "vm/object/error.h"
#include "vm/object/str.h"
#include "vm/run/lifecycle.h"
#include "vm/thread/breaker.h"

#define FUZZ_ALLOCATION_MAX (32u << 20) /* bytes: more at once is a MemoryError, which a program may ask for */

static Thread *fuzz_thread(void)
{
    static Thread *t;
    if (t)
        return t;
    Config config = {.gil = true,
                     .int_max_str_digits = CONFIG_INT_MAX_STR_DIGITS,
                     .hash_seed_set = true,
                     .hash_seed = 1,
                     .isolated = true,
                     .no_site = true};
    t = lifecycle_start(&config);
    if (!t || lifecycle_start_imports(t) < 0) {
        fprintf(stderr, "the interpreter does not start\n");
        exit(99);
    }
    failalloc_limit(FUZZ_ALLOCATION_MAX);
    return t;
}

static Value fuzz_compile(Thread *t, const uint8_t *data, size_t n, ParseMode mode)
{
    static Value filename;
    if (value_is_empty(filename))
        filename = str_from_string(t, "<fuzz>");
    return compile_source(t, (const char *)data, n, filename, mode, 0, 0, 0);
}

/* After each input nothing may be left pending. */
static void fuzz_settle(Thread *t)
{
    error_clear(t);
    if (breaker_is_set(t) && breaker_handle(t) < 0)
        error_clear(t);
}

#endif
