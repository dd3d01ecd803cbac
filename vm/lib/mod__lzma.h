/* mod__lzma.h: what the files of the module _lzma share: mod__lzma.c (streams, the module), mod__lzma_filter.c. */
#ifndef BATON_LIB_MOD__LZMA_H
#define BATON_LIB_MOD__LZMA_H

#include <lzma.h>
#include <stdlib.h>

#include "../memory/alloc.h"
#include "../object/bytes.h"
#include "../object/container.h"
#include "../object/module.h"
#include "argument.h"

typedef struct LzmaState {
    Type *error; /* LZMAError, owned */
} LzmaState;
static inline LzmaState *lzma_state(Thread *t) { return t->interp->module_state[MODULE__lzma]; }

/* A chain of filters; the options of each are in `options`. */
typedef struct LzmaChain {
    lzma_filter filters[LZMA_FILTERS_MAX + 1];
    union {
        lzma_options_lzma lzma;
        lzma_options_delta delta;
        lzma_options_bcj bcj;
    } options[LZMA_FILTERS_MAX];
} LzmaChain;

/* Raises what liblzma's answer stands for; false when it is no error. */
bool lzma_failed(Thread *t, lzma_ret code);
/* A chain from a sequence of dicts: 0 or -1. */
int lzma_chain_from(Thread *t, Value sequence, LzmaChain *chain);
extern const NativeDef *const lzma_filter_functions[];
/* A uint32 argument, absent or None: `absent`. 0 or -1. */
int lzma_to_uint32(Thread *t, Value v, uint32_t absent, uint32_t *result);

#endif
