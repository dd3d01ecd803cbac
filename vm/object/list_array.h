/* list_array.h: what the files of the list (list.c, list_methods.c, list_iterators.c) know of each other. */
#ifndef BATON_OBJECT_LIST_ARRAY_H
#define BATON_OBJECT_LIST_ARRAY_H

#include "container.h"

/* Removes one item (an index below 0 counts from the end) and returns it; empty without an exception when out of
 * range. */
Value list_take_at(Thread *t, List *l, int64_t index);
/* Adds the items of a list (maybe the same) or tuple at the end, in one step: 0 or -1. */
int list_extend_from_sequence(Thread *t, List *l, Value other);
/* del list[start:stop:step] and list[start:stop:step] = values (a list that nobody else has), for a step that is not
 * 1 and bounds as slice_unpack gives them. */
int list_delete_stepped(Thread *t, Value list, int64_t start, int64_t stop, int64_t step);
int list_assign_stepped(Thread *t, Value list, Value values, int64_t start, int64_t stop, int64_t step);
MUST_CHECK Value list_repeated(Thread *t, Value list, int64_t count); /* list * count */
int list_repeat_in_place(Thread *t, Value list, int64_t count);
void list_dealloc(Thread *t, Object *o);
void list_end(Thread *t, Object *o);
MUST_CHECK Value list_iter(Thread *t, Value self);
MUST_CHECK Value list_reverse_iter(Thread *t, Value self);

#endif
