/* reclaim.h: with the lock off, memory that lock-free readers may still look at is freed after a grace period: when every attached thread has passed a quiescent
 * state (an eval-breaker checkpoint, or being detached).  With the lock on it is freed at once. */
#ifndef BATON_MEMORY_RECLAIM_H
#define BATON_MEMORY_RECLAIM_H

#include "../object/object.h"

/* Calls fn(t, p) after the grace period (on any attached thread). */
void reclaim_later(Thread *t, void (*fn)(Thread *t, void *p), void *p);
void reclaim_checkpoint(Thread *t); /* this thread holds no unprotected reads now */
bool reclaim_all(Thread *t);        /* at the interpreter's end, or with the world stopped: was there anything? */

/* For world.c. */
void reclaim_attached(Thread *t); /* t was detached until now: whatever was taken away before is out of its sight */
Reclaimer *reclaim_new(Interp *interp);
void reclaim_free(Reclaimer *r);
void reclaim_thread_end(Thread *t); /* what t still has waiting goes to whoever passes next */

#endif
