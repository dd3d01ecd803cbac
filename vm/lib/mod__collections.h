/* mod__collections.h: the parts of the module _collections: deque (mod__collections_deque.c), OrderedDict
 * (mod__collections_odict.c), the rest (mod__collections.c). */
#ifndef BATON_LIB_MOD__COLLECTIONS_H
#define BATON_LIB_MOD__COLLECTIONS_H

#include "../object/container.h"
#include "../object/module.h"

/* The module's types, owned: t->interp->module_state[MODULE__collections]. */
typedef struct CollectionsState {
    Type *deque, *deque_iterator, *deque_reverse_iterator;
    Type *defaultdict, *tuplegetter;
    Type *ordered_dict, *odict_iterator, *odict_keys, *odict_values, *odict_items;
} CollectionsState;

static inline CollectionsState *collections_state(Thread *t) { return t->interp->module_state[MODULE__collections]; }
/* module_add_type (exported) or type_from_spec, into a field of the state: 0 or -1. */
int collections_add_type(Thread *t, Value module, const TypeSpec *spec, Type *base, bool exported, Type **field);

int collections_add_deque(Thread *t, Value module, CollectionsState *state);
int collections_add_odict(Thread *t, Value module, CollectionsState *state);

#endif
