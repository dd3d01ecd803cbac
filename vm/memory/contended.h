/* contended.h: objects whose count many threads change at once (lock off): each thread counts for itself.
 *
 * A list that all threads reach through a global would have one word that all of them write at every use.  When attempts to take a reference keep meeting others, the object's
 * owner becomes OWNER_THREADS, `local` is its number, and from then on a reference taken or given up is one plain addition in the thread's own table, Thread.contended.  The
 * sum over all threads, and over those that ended, is what was counted since.  (CPython 3.14 counts its classes and code objects so; here it is what turned out to need it.)
 *
 * The price: nobody notices that the sum is zero.  So the collector adds up first, whenever it looks at counts, and each object is counted in the usual way again until threads
 * meet at it anew.  Such an object dies at a collection at the latest, or when all threads but one have ended. */
#ifndef BATON_MEMORY_CONTENDED_H
#define BATON_MEMORY_CONTENDED_H

#include "ref.h"

/* What the interpreter keeps of them; NULL: no memory. */
struct Contended *contended_new(void);
void contended_free(struct Contended *c);

/* The caller took a reference to o, and at the same moment another thread counted o too. */
void contended_met(Thread *t, Object *o);

static ALWAYS_INLINE bool contended_is(const Object *o)
{
    return __atomic_load_n(&o->owner, __ATOMIC_ACQUIRE) == OWNER_THREADS;
}
static ALWAYS_INLINE void contended_add(Thread *t, const Object *o, int64_t n)
{
    int64_t *count = &t->contended[o->local];
    store_relaxed(count, *count + n); /* sys.getrefcount may be reading it */
}
/* What threads have counted apart of o, the table's own reference taken off, as far as one can tell while others go on; 0 if it is not contended. */
int64_t contended_sum(Thread *t, const Object *o);

/* The end of a thread, under the world's lock: what it counted stays. */
void contended_thread_end(Thread *t);
/* With the world stopped: every count is where it was before.  What turns out to be dead waits for contended_release, which is called when the world runs again. */
void contended_gather(Thread *t);
void contended_release(Thread *t);
/* Both, for a thread that ends and leaves only one: nobody will meet any more. */
void contended_settle(Thread *t);

#endif
