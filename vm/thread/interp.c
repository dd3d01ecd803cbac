/* interp.c: an interpreter comes into being and ends.
 *
 * interp_new makes what exists before any object: the world, the lock, memory, the main thread.  interp_bootstrap makes the objects that exist before any Python code:
 * types, singletons, exceptions, sys.modules.  Locks: none.  Read next: world.c (its threads), ../object/type_bootstrap.c. */
#include <stdio.h>
#include <string.h>

#include "../debug/heapcheck.h"
#include "../memory/alloc.h"
#include "../memory/contended.h"
#include "../memory/cycle.h"
#include "../memory/reclaim.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/type.h"
#include "../os/os.h"
#include "breaker.h"
#include "events.h"
#include "world.h"

/* The key of str hashes: random, or from PYTHONHASHSEED so that runs can be repeated (0: no randomness at all). */
static void make_hash_key(Interp *interp)
{
    memset(interp->hash_key, 0, sizeof interp->hash_key);
    if (!interp->config.hash_seed_set) {
        if (os_entropy(interp->hash_key, sizeof interp->hash_key) < 0)
            interp->hash_key[0] = (uint64_t)os_realtime() ^ (uint64_t)(uintptr_t)interp;
        return;
    }
    uint64_t x = interp->config.hash_seed;
    for (int i = 0; i < 2 && interp->config.hash_seed != 0; i++) { /* splitmix64 */
        uint64_t z = x += UINT64_C(0x9E3779B97F4A7C15);
        z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
        interp->hash_key[i] = z ^ (z >> 31);
    }
}

Interp *interp_new(const Config *config)
{
    Interp *interp = alloc_raw_zeroed(sizeof *interp);
    if (!interp)
        return NULL;
    interp->config = *config;
    interp->recursion_limit = CONFIG_RECURSION_LIMIT;
    interp->dlopen_flags = 2; /* RTLD_NOW */
    interp->fs_encoding = *config->fs_encoding ? "ascii" : NULL;
    atomic_store(&interp->switch_interval,
                 config->switch_interval > 0 ? config->switch_interval : CONFIG_SWITCH_INTERVAL);
    interp->next_type_version = interp->next_keys_version = 1;
    make_hash_key(interp);
    interp->world = world_new();
    interp->gil = gil_new(config->gil);
    interp->pool = heap_pool_new(interp);
    interp->collector = cycle_new(interp);
    interp->reclaimer = reclaim_new(interp);
    interp->contended = contended_new();
    Thread *t = NULL;
    if (!interp->world || !interp->gil || !interp->pool || !interp->collector || !interp->reclaimer ||
        !interp->contended || heapcheck_start(interp) < 0 || !(t = thread_new(interp))) {
        interp_free(interp);
        return NULL;
    }
    t->is_main = true;
    interp->main_thread = t;
    thread_bind(t);
    thread_attach(t);
    if ((config->gil_report || config->gil_events) && events_enable(interp) < 0) {
        interp_free(interp);
        return NULL;
    }
    return interp;
}

int interp_bootstrap(Thread *t)
{
    Interp *interp = t->interp;
    if (frame_stack_new(t) < 0 || type_bootstrap(t) < 0)
        goto fail;
    interp->modules = dict_new(t);
    if (value_is_empty(interp->modules))
        goto fail;
    cycle_enable(t, true);
    return 0;
fail:
    fprintf(stderr, "baton: no memory to start\n");
    return -1;
}

void interp_free(Interp *interp)
{
    if (!interp || (interp->threads && interp->threads->next))
        return;
    while (atomic_load(&interp->ending_threads) != 0) /* their last instructions */
        os_thread_yield();
    while (interp->threads) {
        Thread *t = interp->threads;
        interp->threads = t->next;
        frame_stack_free(t);
        reclaim_thread_end(t);
        alloc_raw_free(t);
    }
    events_free(interp);
    reclaim_free(interp->reclaimer);
    contended_free(interp->contended);
    cycle_free(interp->collector);
    if (interp->pool)
        heap_pool_free(interp->pool);
    gil_free(interp->gil);
    world_free(interp->world);
    alloc_raw_free(interp->heapcheck);
    alloc_raw_free(interp->native_signatures);
    alloc_raw_free(interp);
}
