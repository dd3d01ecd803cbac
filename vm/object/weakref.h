/* weakref.h: weak references and proxies. */
#ifndef BATON_OBJECT_WEAKREF_H
#define BATON_OBJECT_WEAKREF_H

#include "type.h"

/* Also the layout of proxies.  Invariants: `referent` is not counted, and NULL once the referent is gone; while it is not NULL the reference hangs in the list that
 * begins at type_weak_slot(referent).  In a list come first the plain reference and the plain proxy, which all who ask share, then those with callbacks, the
 * youngest first.  Lists and the fields below change under the stripe lock of the referent's address (lock off only). */
typedef struct WeakRef {
    Object head;
    Object *_Atomic referent;
    Value callback; /* or empty */
    struct WeakRef *previous, *next;
    _Atomic hash_t hash; /* of the referent; -1: not computed yet */
} WeakRef;

extern const TypeSpec type_spec_weakref, type_spec_weakproxy, type_spec_weak_callable_proxy;

static inline bool weakref_check(Value v) { return object_is(v, KIND_WEAKREF); }
static inline bool weakproxy_check(Value v)
{
    return object_is(v, KIND_WEAKPROXY) || object_is(v, KIND_WEAK_CALLABLE_PROXY);
}
/* weakref.ref(referent, callback).  TypeError when the type does not support it. */
MUST_CHECK Value weakref_new(Thread *t, Value referent, Value callback_or_empty);
MUST_CHECK Value weakref_new_proxy(Thread *t, Value referent, Value callback_or_empty);
/* The referent of a reference or proxy: owned, or empty (without an exception) when it is gone. Safe with the lock off. */
Value weakref_get(Thread *t, Value ref);
size_t weakref_count(Thread *t, Value referent);
MUST_CHECK Value weakref_list(Thread *t, Value referent); /* getweakrefs(): a list */

/* The referent is dying (ref.c calls it once, count zero): clears all references to it and runs their callbacks.  May run Python code. */
void weakref_clear_all(Thread *t, Object *o);
/* For the collector, while the world stands still.  weakref_clear_dead clears the references to `o`, under its stripe; of those whose callback must run, because is_dead
 * (NULL: nothing is) says that they are not garbage themselves, a counted reference is appended to *calls.  Runs no code, does not fail: without memory
 * for *calls a callback is dropped. */
typedef struct WeakCalls {
    WeakRef **refs; /* owned references */
    size_t length, capacity;
} WeakCalls;
void weakref_clear_dead(Thread *t, Object *o, bool (*is_dead)(const Object *), WeakCalls *calls);
/* Runs the callbacks gathered, and frees the list. */
void weakref_run_calls(Thread *t, WeakCalls *calls);

void weakref_free_state(Thread *t); /* at the interpreter's end */

#endif
