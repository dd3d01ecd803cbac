/* atomics.h: C's atomic operations as wasm machines run them well; included before every file (compat.h).
 *
 * wasm has one kind of atomic access, the strongest.  Compilers for browsers make an exchange of every such store and test the alignment at
 * every load, which programs that make and drop many objects feel.  An ordinary access of up to 32 bits is never torn, so it serves
 * where the order is relaxed.  Two things need more, and only where threads run without the lock (os_threads_unlocked): order between a releasing store and an acquiring
 * load, and 64-bit words that 32-bit machines access in halves.
 *
 * Invariant: WASM_UNDER_LOCK is defined for files whose acquiring and releasing accesses are all made by threads that have the lock, or with the lock off.
 * Accesses of the kind memory_order_seq_cst, exchanges and the like are left alone. */
#ifndef BATON_WASM_ATOMICS_H
#define BATON_WASM_ATOMICS_H

#include <stdatomic.h>
#include <stdbool.h>

/* Threads run without the lock; set before there is a second one, and never cleared. */
extern bool wasm_unlocked;

#ifdef WASM_UNDER_LOCK
#define WASM_PLAIN_ORDER(order) ((order) != __ATOMIC_SEQ_CST)
#else
#define WASM_PLAIN_ORDER(order) ((order) == __ATOMIC_RELAXED)
#endif
/* Volatile: each access happens, once, where it is written. */
#define WASM_IS_PLAIN(p, order)                                                                                        \
    (((order) == __ATOMIC_RELAXED && sizeof *(p) < 8) ||                                                               \
     (WASM_PLAIN_ORDER(order) && !__builtin_expect(wasm_unlocked, 0)))
#define WASM_LOAD(type, p, order, otherwise) (WASM_IS_PLAIN(p, order) ? *(const volatile type *)(p) : (otherwise))
#define WASM_STORE(type, p, v, order, otherwise)                                                                       \
    __extension__({                                                                                                    \
        type stored_ = (v);                                                                                            \
        if (WASM_IS_PLAIN(p, order))                                                                                   \
            *(volatile type *)(p) = stored_;                                                                           \
        else                                                                                                           \
            otherwise;                                                                                                 \
    })

#undef atomic_load_explicit
#undef atomic_store_explicit
#define WASM_VALUE_OF(p) __typeof__(__c11_atomic_load((p), __ATOMIC_SEQ_CST))
#define atomic_load_explicit(p, order) WASM_LOAD(WASM_VALUE_OF(p), p, order, __c11_atomic_load(p, order))
#define atomic_store_explicit(p, v, order)                                                                             \
    WASM_STORE(WASM_VALUE_OF(p), p, v, order, __c11_atomic_store(p, stored_, order))
#define __atomic_load_n(p, order) WASM_LOAD(__typeof__(*(p)), p, order, __atomic_load_n(p, order))
#define __atomic_store_n(p, v, order) WASM_STORE(__typeof__(*(p)), p, v, order, __atomic_store_n(p, stored_, order))

#endif
