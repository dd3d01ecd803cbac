/* cycle.h: the cycle collector and what the module gc shows of it.  It walks the slabs of containers (there are no links in objects), subtracts internal references, and
 * clears what is left unreachable: weak references, finalizers (PEP 442), then Slots.clear. Runs at the eval breaker only; with the lock off, under stop-the-world. */
#ifndef BATON_MEMORY_CYCLE_H
#define BATON_MEMORY_CYCLE_H

#include "../object/object.h"
#include "ref.h"

#define CYCLE_GENERATIONS 3

/* gc.set_debug */
#define CYCLE_DEBUG_STATS 0x01
#define CYCLE_DEBUG_COLLECTABLE 0x02
#define CYCLE_DEBUG_UNCOLLECTABLE 0x04
#define CYCLE_DEBUG_SAVEALL 0x20

typedef struct CycleStats {
    int64_t collections, collected, uncollectable;
} CycleStats;

/* Every collection looks at everything; the generations are counters that behave as CPython's do in gc.get_count, get_stats and the callbacks. */
struct Collector {
    bool enabled;
    _Atomic bool collecting;
    int32_t threshold[CYCLE_GENERATIONS];
    int32_t count[CYCLE_GENERATIONS]; /* [0] lives in the heaps */
    CycleStats stats[CYCLE_GENERATIONS];
    int debug;
    size_t live;  /* containers that the last collection left */
    bool in_vain; /* the last collection found next to nothing */
    bool asked;   /* the program has set the thresholds */
    size_t frozen;
    _Atomic int paused; /* calls of cycle_pause without their end */
    bool settled;       /* some objects are GC_START_UP */
    Value garbage;      /* gc.garbage: a list, or empty before the module exists */
    Value callbacks;    /* gc.callbacks: a list, or empty */
};

Collector *cycle_new(Interp *interp);
void cycle_free(Collector *c);
/* Collects; generation 0..2 as gc.collect's argument. Returns the number of unreachable objects (0 if a collection is running), -1 on error. */
int64_t cycle_collect(Thread *t, int generation);
/* At a poll: collects when it is due. */
void cycle_poll(Thread *t);
/* While what is made stays (the import of a module of the library) no collection is due, and it does not count towards the next. */
void cycle_pause(Thread *t, bool on);
/* At the interpreter's end: collects without callbacks until nothing more is found. */
void cycle_collect_final(Thread *t);
bool cycle_is_enabled(Thread *t);
void cycle_enable(Thread *t, bool on);
void cycle_set_threshold(Thread *t, int32_t young);
/* At the end of start-up: what it made is frozen, so that no collection looks at it (`except`, the namespace of the program, aside), and
 * collections begin.  gc.collect() and everything else that would show the difference thaws it first. */
void cycle_settle(Thread *t, Value except);
static inline bool cycle_is_settled(const Object *o)
{
    return (atomic_load_explicit(&o->gc, memory_order_relaxed) & GC_START_UP) == GC_START_UP;
}
/* gc.freeze and unfreeze. */
void cycle_freeze(Thread *t, bool on);
/* A list of the containers of a generation (-1: all), or NULL-terminated by an exception: empty. */
MUST_CHECK Value cycle_objects(Thread *t, int generation);
MUST_CHECK Value cycle_referrers(Thread *t, Value targets_tuple);
MUST_CHECK Value cycle_referents(Thread *t, const Value *objects, uint32_t n);

#endif
