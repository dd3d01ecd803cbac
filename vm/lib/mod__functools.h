/* mod__functools.h: the parts of the module _functools: partial (mod__functools_partial.c), the LRU cache
 * (mod__functools_cache.c), the rest (mod__functools.c). */
#ifndef BATON_LIB_MOD__FUNCTOOLS_H
#define BATON_LIB_MOD__FUNCTOOLS_H

#include "../object/container.h"
#include "../object/module.h"

/* The module's types and singletons, owned: t->interp->module_state[MODULE__functools]. */
typedef struct FunctoolsState {
    Type *partial, *placeholder_type, *key_wrapper, *cache;
    Value placeholder;  /* functools.Placeholder */
    Value keyword_mark; /* stands between positional and keyword arguments in the keys of caches */
} FunctoolsState;
static inline FunctoolsState *functools_state(Thread *t) { return t->interp->module_state[MODULE__functools]; }

extern const TypeSpec functools_partial, functools_placeholder, functools_cache;

#endif
