/* audit.h: the events that the hooks of sys.addaudithook() are told of, before what they name is done.
 *
 * Where an operation has an event of CPython's table of audit events, it asks
 *
 *     if (audit(t, "os.kill", "ii", pid, signum) < 0)
 *         return VALUE_EMPTY;
 *
 * which costs one branch while there is no hook: the arguments are not even computed.  A letter of the format for each of them:
 *     O  a Value, borrowed; empty: None          N  the same, taken; empty: the exception that is pending
 *     i  an int        l  an int64_t        s  a text in UTF-8, or NULL: None
 *
 * Invariant.  Interp.audit_hooks is a chain that only grows, at its end; the collector does not see it, as nobody can take a hook away.  No locks. */
#ifndef BATON_OBJECT_AUDIT_H
#define BATON_OBJECT_AUDIT_H

#include "audit.h"
#include "object.h"

/* 0, or -1 with the exception of a hook, or of the making of the arguments.  No exception may be pending but of an N. */
#define audit(t, ...) (UNLIKELY(audit_wanted(t)) ? audit_raise((t), __VA_ARGS__) : 0)
static ALWAYS_INLINE bool audit_wanted(Thread *t)
{
    return atomic_load_explicit(&t->interp->audit_hooks, memory_order_relaxed) != NULL;
}
COLD int audit_raise(Thread *t, const char *event, const char *format, ...);
/* The same with a name and a tuple of arguments (sys.audit). */
COLD int audit_tell(Thread *t, Value event, Value args);
/* Adds a hook, if those there are let it pass: 0 or -1. */
int audit_add_hook(Thread *t, Value hook);
void audit_free(Thread *t); /* at the end: the hooks are released */

#endif
