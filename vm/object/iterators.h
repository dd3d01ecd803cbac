/* iterators.h: the general iterators and the iterator types that are built-in functions. */
#ifndef BATON_OBJECT_ITERATORS_H
#define BATON_OBJECT_ITERATORS_H

#include "type.h"

extern const TypeSpec type_spec_sequence_iterator, type_spec_callable_iterator, type_spec_reversed,
    type_spec_enumerate;                                              /* iterators.c */
extern const TypeSpec type_spec_map, type_spec_filter, type_spec_zip; /* map.c */

/* Invariant: index is the number of the next item, an int. */
typedef struct Enumerate {
    Object head;
    Value iterator;
    Value index;
    Value pair; /* the last tuple, refilled when nobody kept it */
} Enumerate;
/* The next number and item of an enumerate without a tuple: 1 (both owned), 0 at the end, -1. */
int enumerate_next(Thread *t, Value self, Value *index, Value *item);
/* The next two items of a zip of two iterators: the same, or 2 when it has another number. */
int zip_next_two(Thread *t, Value self, Value *first, Value *second);

#endif
