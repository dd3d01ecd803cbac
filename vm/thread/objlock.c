/* objlock.c: the leaf lock in an object's header when it is contended (lock off only).
 *
 * The byte is 0 free, 1 held, 2 held and waited for.  Waiters park on a 32-bit word of the interpreter chosen by the address, since os_wait cannot wait on a byte.
 * A holder never runs Python code and never waits for the world, so waiting here while attached cannot deadlock.  Read next: objlock.h (the rules). */
#include "objlock.h"

#include <limits.h>

#include "../memory/reclaim.h"
#include "../os/os.h"
#include "world.h"

#define SPINS 40

static _Atomic uint32_t *parking_place(Thread *t, const Object *o)
{
    uint32_t hash = (uint32_t)((uintptr_t)o >> 4) * UINT32_C(2654435761);
    return &t->interp->objlock_parking[hash >> 26];
}

void objlock_enter_slow(Thread *t, Object *o)
{
    uint8_t free = 0;
    if (LIKELY(atomic_compare_exchange_strong_explicit(&o->lock, &free, 1, memory_order_acquire, memory_order_relaxed)))
        return;
    for (int i = 0; i < SPINS; i++) {
        free = 0;
        if (atomic_load_explicit(&o->lock, memory_order_relaxed) == 0 &&
            atomic_compare_exchange_weak_explicit(&o->lock, &free, 1, memory_order_acquire, memory_order_relaxed))
            return;
    }
    _Atomic uint32_t *place = parking_place(t, o);
    for (;;) {
        uint32_t epoch = atomic_load(place);
        if (atomic_exchange(&o->lock, 2) == 0)
            return;
        os_wait(place, epoch, -1);
    }
}

void objlock_exit_slow(Thread *t, Object *o)
{
    if (LIKELY(atomic_exchange(&o->lock, 0) != 2))
        return;
    _Atomic uint32_t *place = parking_place(t, o);
    atomic_fetch_add(place, 1);
    os_wake(place, INT_MAX);
}

static void release(Thread *t, void *p) { ref_dec_object(t, p); }

void slot_replace_shared(Thread *t, Value *slot, Value owned)
{
    Value old = {__atomic_exchange_n(&slot->bits, owned.bits, __ATOMIC_ACQ_REL)};
    if (!value_is_object(old))
        return;
    if (world_is_alone(t))
        ref_dec(t, old);
    else
        reclaim_later(t, release, value_object(old));
}

void objlock_enter2_slow(Thread *t, Object *a, Object *b)
{
    if (a == b) {
        objlock_enter_slow(t, a);
        return;
    }
    objlock_enter_slow(t, a < b ? a : b);
    objlock_enter_slow(t, a < b ? b : a);
}

void objlock_exit2_slow(Thread *t, Object *a, Object *b)
{
    objlock_exit_slow(t, a);
    if (a != b)
        objlock_exit_slow(t, b);
}
