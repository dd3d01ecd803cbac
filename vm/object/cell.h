/* cell.h: cells: the variables that nested functions share. */
#ifndef BATON_OBJECT_CELL_H
#define BATON_OBJECT_CELL_H

#include "../thread/objlock.h"
#include "type.h"

typedef struct Cell {
    Object head;
    Value value; /* empty: unbound */
} Cell;

extern const TypeSpec type_spec_cell;
static inline bool cell_check(Value v) { return object_is(v, KIND_CELL); }
MUST_CHECK Value cell_new(Thread *t, Value value_or_empty);
Value cell_get_shared(Thread *t, Cell *cell);
/* The content: owned, or empty (without an exception). */
static ALWAYS_INLINE Value cell_get(Thread *t, Value cell)
{
    Cell *c = (Cell *)value_object(cell);
    return LIKELY(!t->free_threaded) ? ref_inc(t, c->value) : cell_get_shared(t, c);
}
/* Replaces the content; empty unbinds. */
static inline void cell_set_take(Thread *t, Value cell, Value value)
{
    Cell *c = (Cell *)value_object(cell);
    objlock_enter(t, c);
    Value old = c->value;
    slot_put(t, &c->value, value);
    objlock_exit(t, c);
    ref_dec(t, old);
}

#endif
