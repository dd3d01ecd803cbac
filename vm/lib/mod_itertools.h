/* mod_itertools.h: the parts of the module itertools.
 *
 * mod_itertools.c: chain, compress, islice, starmap, takewhile, dropwhile, filterfalse, zip_longest;
 * mod_itertools_count.c: count, repeat, cycle, accumulate, batched, pairwise; mod_itertools_group.c: groupby and tee;
 * mod_itertools_combine.c: product, combinations, permutations.
 *
 * Locks, for all of them.  An iterator is meant for one thread.  With the lock off two may share one all the same,
 * and then items may be lost or given twice, but nothing breaks: fields that own something and change are read and
 * written by field_get and field_swap, and the iterators that run no Python code hold their lock at each step. */
#ifndef BATON_LIB_MOD_ITERTOOLS_H
#define BATON_LIB_MOD_ITERTOOLS_H

#include "../object/container.h"
#include "../object/module.h"

/* The types that are needed by C code, owned: t->interp->module_state[MODULE_itertools]. */
typedef struct ItertoolsState {
    Type *grouper, *tee, *tee_block;
} ItertoolsState;
static inline ItertoolsState *itertools_state(Thread *t) { return t->interp->module_state[MODULE_itertools]; }

extern const TypeSpec itertools_count, itertools_repeat, itertools_cycle, itertools_accumulate, itertools_batched,
    itertools_pairwise;
extern const TypeSpec itertools_groupby, itertools_grouper, itertools_tee_type, itertools_tee_block;
extern const TypeSpec itertools_product, itertools_combinations, itertools_combinations_with_replacement,
    itertools_permutations;
extern const NativeDef itertools_tee_function;

/* A tuple of two taken values; refills *cached (of the iterator `owner`) if only that one still has it, else replaces
 * it. */
MUST_CHECK Value itertools_pair_take(Thread *t, Value *cached, Value a, Value b);

#endif
