/* cycle.h: the cycle collector and what the module gc shows of it.  It walks the slabs of containers (there are no links in objects), subtracts internal references, and
 * clears what is left unreachable: weak references, finalizers (PEP 442), then Slots.clear. Runs at the eval breaker only; with the lock off, under stop-the-world. */
#ifndef BATON_MEMORY_CYCLE_H
#define BATON_MEMORY_CYCLE_H

#include "../object/object.h"

Collector *cycle_new(Interp *interp);
void cycle_free(Collector *c);
/* Collects; generation 0..2 as gc.collect's argument. Returns the number of unreachable objects, -1 on error. */
int64_t cycle_collect(Thread *t, int generation);
bool cycle_is_enabled(Thread *t);
void cycle_enable(Thread *t, bool on);

#endif
