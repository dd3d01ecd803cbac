/* dict_table.h: what the files of the dict (dict.c, dict_methods.c, dict_views.c, dict_iterators.c) know of each
 * other. */
#ifndef BATON_OBJECT_DICT_TABLE_H
#define BATON_OBJECT_DICT_TABLE_H

#include "container.h"

DictTable *dict_empty_table(void);
size_t dict_table_size(const DictTable *table); /* bytes; 0 for the empty table */
void dict_table_free(Thread *t, DictTable *table);
static ALWAYS_INLINE void dict_init_empty(Dict *d)
{
    d->length = 0;
    d->table = dict_empty_table();
    atomic_init(&d->keys_version, 0);
    atomic_init(&d->replaced, 0);
}
/* dict_pop for a known hash. */
int dict_pop_hash(Thread *t, Value dict, Value key, hash_t hash, Value *result);
/* Removes the last item: false when there is none; key and value owned. */
bool dict_pop_last(Thread *t, Value dict, Value *key, Value *value);
bool dict_pop_first(Thread *t, Value dict, Value *key, Value *value);
/* Moves a key to the end or to the front: 1, 0 absent, -1. */
int dict_move(Thread *t, Value dict, Value key, bool last);
/* The same for a known hash; *value (unless NULL) is the key's value, owned, or empty. */
int dict_move_hash(Thread *t, Value dict, Value key, hash_t hash, bool last, Value *value);
/* Copies a dict's table into an empty dict as a whole: 1 done, 0 not done (not empty, or nothing to copy), -1 no
 * memory. */
int dict_copy_into(Thread *t, Dict *to, Dict *from);
/* dict_next_owned, also with the key's hash; value may be NULL. */
bool dict_next_hash(Thread *t, Value dict, size_t *position, Value *key, Value *value, hash_t *hash);
/* dict_merge from the table of a dict, even if it is of a subclass with methods of its own. */
int dict_merge_items(Thread *t, Value dict, Value other, int override);
/* dict.fromkeys */
MUST_CHECK Value dict_from_keys(Thread *t, Value class, Value keys, Value value);
/* Before that many items are added, unless the table could hold as many: room for them besides those present. */
int dict_make_room(Thread *t, Value dict, size_t items);

void dict_dealloc(Thread *t, Object *o);
int dict_traverse(Object *o, VisitFn visit, void *arg);

/* Iterators and views (dict_iterators.c, dict_views.c). */
MUST_CHECK Value dict_iterator_new(Thread *t, Kind kind, Value dict);
MUST_CHECK Value dict_view_new(Thread *t, Kind kind, Value dict);

/* The items of an exact dict or of a view, in one step: a list; empty without an exception for anything else. */
MUST_CHECK Value dict_view_to_list(Thread *t, Value iterable);

typedef struct DictView {
    Object head;
    Value dict; /* a dict or an instance of a subclass */
} DictView;

#endif
