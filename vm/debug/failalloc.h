/* failalloc.h: allocations that fail on demand, in BATON_CHECKS builds, those without a thread too: BATON_FAIL_ALLOC in the environment is
 *   N             the N-th allocation of the process fails
 *   FIRST:STEP    allocations FIRST, FIRST + STEP ... fail, each in a child process of its own that goes on with the program; what comes of it is looked at
 *   count         none fails; how many there were is said at the end */
#ifndef BATON_DEBUG_FAILALLOC_H
#define BATON_DEBUG_FAILALLOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if BATON_CHECKS
bool failalloc_now(size_t size);      /* counts an allocation: must this one fail? */
void failalloc_limit(size_t largest); /* bytes: more at once always fails */
int failalloc_end(void);              /* says what was found: 0, or an exit code that tells of bad children */
#else
static inline bool failalloc_now(size_t size) { return (void)size, false; }
#endif

#endif
