/* failalloc.h: allocations that fail on demand, in BATON_CHECKS builds: BATON_FAIL_ALLOC in the environment is
 *   N             the N-th allocation of the process fails
 *   FIRST:STEP    allocations FIRST, FIRST + STEP ... fail, each in a child process of its own that goes on with the program; what comes of it is looked at
 *   count         none fails; how many there were is said at the end */
#ifndef BATON_DEBUG_FAILALLOC_H
#define BATON_DEBUG_FAILALLOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct FailAlloc {
    bool on, explore, child;
    _Atomic uint64_t count; /* allocations so far */
    uint64_t at, step;      /* the next to fail */
    uint64_t tried, bad;    /* children */
    size_t largest;         /* 0, or bytes: more at once always fails */
} FailAlloc;

void failalloc_start(FailAlloc *f);
bool failalloc_now(FailAlloc *f, size_t size); /* counts an allocation: must this one fail? */
int failalloc_end(FailAlloc *f);   /* says what was found: 0, or an exit code that tells of bad children */

#endif
