/* store.h: stores of whole words that other threads may look at without a lock.
 *
 * A relaxed store is an ordinary move on every processor, and a release store one too where a processor keeps the order of stores.  But in WebAssembly compilers make any
 * atomic store a sequentially consistent one, and on x86 browsers make that a locked exchange, which waits until all stores before it are done.  There an ordinary
 * store is taken for a relaxed one: no engine tears an aligned word. */
#ifndef BATON_MEMORY_STORE_H
#define BATON_MEMORY_STORE_H

#include "../thread/state.h"

#if defined(__x86_64__)
#define RELEASE_IS_A_MOVE 1
#else
#define RELEASE_IS_A_MOVE 0
#endif

static ALWAYS_INLINE void store_sized_relaxed(void *p, uint64_t v, size_t size)
{
#if defined(__wasm__)
#define STORE(type) (*(volatile type *)p = (type)v)
#else
#define STORE(type) __atomic_store_n((type *)p, (type)v, __ATOMIC_RELAXED)
#endif
    switch (size) {
    case 1: STORE(uint8_t); break;
    case 2: STORE(uint16_t); break;
    case 4: STORE(uint32_t); break;
    default: STORE(uint64_t); break;
    }
#undef STORE
}
static ALWAYS_INLINE void store_sized_release(const Thread *t, void *p, uint64_t v, size_t size)
{
    if (!RELEASE_IS_A_MOVE && LIKELY(!t->free_threaded)) {
        store_sized_relaxed(p, v, size);
        return;
    }
    switch (size) {
    case 1: __atomic_store_n((uint8_t *)p, (uint8_t)v, __ATOMIC_RELEASE); break;
    case 2: __atomic_store_n((uint16_t *)p, (uint16_t)v, __ATOMIC_RELEASE); break;
    case 4: __atomic_store_n((uint32_t *)p, (uint32_t)v, __ATOMIC_RELEASE); break;
    default: __atomic_store_n((uint64_t *)p, v, __ATOMIC_RELEASE); break;
    }
}

/* *p = v; p points to an integer of any width, _Atomic or not. */
#define store_relaxed(p, v) store_sized_relaxed((p), (uint64_t)(v), sizeof *(p))

/* The same behind what was stored before, for who reads *p with acquire. With the lock on nobody does so before the lock has changed hands, which orders memory. */
#define store_release(t, p, v) store_sized_release((t), (p), (uint64_t)(v), sizeof *(p))

#endif
