/* objlock.h: one leaf lock in each object's header, taken only with the GIL off.
 *
 * Rules.  Never call Python, and never drop a last reference, while holding one: collect, unlock, then release.  Never take a second one except by
 * objlock_enter2, which orders them by address.  For an arbitrary __eq__: unlock, compare, take again, revalidate.  With the GIL on
 * these cost one predictable branch. */
#ifndef BATON_THREAD_OBJLOCK_H
#define BATON_THREAD_OBJLOCK_H

#include "../memory/ref.h"

void objlock_enter_slow(Thread *t, Object *o);
void objlock_exit_slow(Thread *t, Object *o);

static ALWAYS_INLINE void objlock_enter(Thread *t, void *o)
{
    if (UNLIKELY(t->free_threaded))
        objlock_enter_slow(t, (Object *)o);
}
static ALWAYS_INLINE void objlock_exit(Thread *t, void *o)
{
    if (UNLIKELY(t->free_threaded))
        objlock_exit_slow(t, (Object *)o);
}
void objlock_enter2_slow(Thread *t, Object *a, Object *b);
void objlock_exit2_slow(Thread *t, Object *a, Object *b);
static ALWAYS_INLINE void objlock_enter2(Thread *t, void *a, void *b)
{
    if (UNLIKELY(t->free_threaded))
        objlock_enter2_slow(t, (Object *)a, (Object *)b);
}
static ALWAYS_INLINE void objlock_exit2(Thread *t, void *a, void *b)
{
    if (UNLIKELY(t->free_threaded))
        objlock_exit2_slow(t, (Object *)a, (Object *)b);
}

/* A slot of a shared array or object: loaded with a new reference, and stored, so that lock-free readers with the GIL off see whole words.
 * slot_load returns VALUE_EMPTY for an empty slot; with the GIL off it may fail to take the reference (the value just died): it then
 * returns false and the caller retries under the object's lock. */
static ALWAYS_INLINE bool slot_load(Thread *t, const Value *slot, Value *result)
{
    if (LIKELY(!t->free_threaded)) {
        *result = ref_inc(t, *slot);
        return true;
    }
    Value v = {__atomic_load_n(&slot->bits, __ATOMIC_ACQUIRE)};
    *result = v;
    if (!value_is_object(v))
        return true;
    if (!ref_try_inc(t, value_object(v)))
        return false;
    if (LIKELY(__atomic_load_n(&slot->bits, __ATOMIC_ACQUIRE) == v.bits))
        return true;
    ref_dec(t, v);
    return false;
}
/* The retry, under the lock of what the slot lies in: from now on slot_load finds the value alive for threads that do not own it too. */
static ALWAYS_INLINE Value slot_load_locked(Thread *t, const Value *slot)
{
    Value v = ref_inc(t, *slot);
    if (UNLIKELY(t->free_threaded) && value_is_object(v))
        ref_share(t, value_object(v));
    return v;
}
/* Plain relaxed/acquire access without counting; GIL on: ordinary moves. */
static ALWAYS_INLINE Value slot_peek(const Value *slot)
{
    return (Value){__atomic_load_n(&slot->bits, __ATOMIC_ACQUIRE)};
}
static ALWAYS_INLINE void slot_store(Value *slot, Value v) { __atomic_store_n(&slot->bits, v.bits, __ATOMIC_RELEASE); }
/* The same under the lock of what the slot lies in. */
static ALWAYS_INLINE void slot_put(const Thread *t, Value *slot, Value v) { store_release(t, &slot->bits, v.bits); }

/* Puts an owned value (or none) into a field that others read without a lock and without asking whether its value is alive: parts of functions, names, links.  What was
 * there is released; with the GIL off after a grace period, so that a reader who borrows it until its next poll is safe. */
void slot_replace_shared(Thread *t, Value *slot, Value owned);
static ALWAYS_INLINE void slot_replace_take(Thread *t, Value *slot, Value owned)
{
    if (LIKELY(!t->free_threaded))
        ref_replace_take(t, slot, owned);
    else
        slot_replace_shared(t, slot, owned);
}

#endif
