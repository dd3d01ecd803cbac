/* heapcheck.h: what a BATON_CHECKS build adds at run time, steered by the environment:
 *   BATON_STRESS=collect   a cycle collection at every poll      BATON_STRESS=switch   the lock changes hands at every poll
 *   BATON_LEAKS=1          what is left at the end beyond what start-up made, and the types in C, is listed by type, and makes the exit code 71; with the lock off
 *                          everything is counted then (ref_defer)
 *   BATON_FAIL_ALLOC=...   see failalloc.h */
#ifndef BATON_DEBUG_HEAPCHECK_H
#define BATON_DEBUG_HEAPCHECK_H

#include "../object/object.h"

typedef struct HeapCheck {
    bool collect, switch_, leaks;
} HeapCheck;

#if BATON_CHECKS
int heapcheck_start(Interp *interp);      /* reads the environment: 0 or -1 */
void heapcheck_ready(Thread *t);          /* start-up is over: what exists now is no leak; arms the stress switches */
int heapcheck_end(Thread *t, int status); /* reports what is left, before the heaps are freed; gives the exit code */
/* Checks every object of the heap: headers, types, and that no container refers to a dead object.  Aborts with a message. */
void heapcheck_verify(Thread *t);
static inline bool heapcheck_is_counting(const Interp *interp) { return interp->heapcheck && interp->heapcheck->leaks; }
#else
static inline int heapcheck_start(Interp *interp) { return (void)interp, 0; }
static inline void heapcheck_ready(Thread *t) { (void)t; }
static inline int heapcheck_end(Thread *t, int status) { return (void)t, status; }
static inline void heapcheck_verify(Thread *t) { (void)t; }
static inline bool heapcheck_is_counting(const Interp *interp) { return (void)interp, false; }
#endif

#endif
