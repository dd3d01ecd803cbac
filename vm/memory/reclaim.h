/* reclaim.h: with the lock off, memory that lock-free readers may still look at is freed after a grace period: when every attached thread has passed a quiescent
 * state (an eval-breaker checkpoint, or being detached).  With the lock on it is freed at once. */
#ifndef BATON_MEMORY_RECLAIM_H
#define BATON_MEMORY_RECLAIM_H

#include "../object/object.h"

/* Calls fn(t, p) after the grace period (on any attached thread). */
void reclaim_later(Thread *t, void (*fn)(Thread *t, void *p), void *p);
void reclaim_checkpoint(Thread *t);   /* this thread holds no unprotected reads now */
void reclaim_all(Thread *t);          /* at the interpreter's end, or with the world stopped */

#endif
