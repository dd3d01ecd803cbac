/* heapcheck.h: what a BATON_CHECKS build adds at run time, steered by the environment:
 *   BATON_STRESS=collect   a cycle collection at every poll      BATON_STRESS=switch   the lock changes hands at every poll
 *   BATON_FAIL_ALLOC=n     the n-th allocation fails             BATON_LEAKS=1         objects left at the end are listed by type */
#ifndef BATON_DEBUG_HEAPCHECK_H
#define BATON_DEBUG_HEAPCHECK_H

#include "../object/object.h"

typedef struct HeapCheck {
    bool collect, switch_, leaks;
    uint64_t fail_at;          /* 0: never */
    _Atomic uint64_t allocations;
    size_t objects_at_start;
} HeapCheck;

#if BATON_CHECKS
int heapcheck_start(Interp *interp);      /* reads the environment: 0 or -1 */
void heapcheck_ready(Thread *t);          /* start-up is over: what exists now is no leak; arms the stress switches */
bool heapcheck_fail_alloc(Thread *t);     /* counts an allocation: must this one fail? */
void heapcheck_end(Thread *t);            /* reports what is left; called before the heaps are freed */
/* Checks every object of the heap: headers, types, and that no container refers to a dead object.  Aborts with a message. */
void heapcheck_verify(Thread *t);
#else
static inline int heapcheck_start(Interp *interp) { return (void)interp, 0; }
static inline void heapcheck_ready(Thread *t) { (void)t; }
static inline bool heapcheck_fail_alloc(Thread *t) { return (void)t, false; }
static inline void heapcheck_end(Thread *t) { (void)t; }
static inline void heapcheck_verify(Thread *t) { (void)t; }
#endif

#endif
