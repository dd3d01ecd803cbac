/* heapcheck.c: what checking builds look at: failing allocations, stress at every poll, the heap's consistency, and objects left at the end.
 *
 * Locks: none; the walks need the world stopped or the lock held.  Read next: heapcheck.h (the switches), ../memory/heap.c (the walk). */
#include "heapcheck.h"

#if BATON_CHECKS
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../memory/alloc.h"
#include "../memory/cycle.h"
#include "../memory/ref.h"
#include "../object/str.h"
#include "../thread/breaker.h"
#include "../thread/world.h"
#include "failalloc.h"

int heapcheck_start(Interp *interp)
{
    HeapCheck *h = alloc_raw_zeroed(sizeof *h);
    if (!h)
        return -1;
    const char *stress = getenv("BATON_STRESS");
    h->collect = stress && strstr(stress, "collect");
    h->switch_ = stress && strstr(stress, "switch");
    h->leaks = getenv("BATON_LEAKS") != NULL;
    interp->heapcheck = h;
    return 0;
}

static int mark_object(Object *o, void *arg)
{
    o->flags |= OBJECT_OF_START_UP;
    return 0;
}

void heapcheck_ready(Thread *t)
{
    HeapCheck *h = t->interp->heapcheck;
    if (h->leaks)
        heap_walk_objects(t->interp, mark_object, NULL);
    if (h->switch_ || h->collect)
        breaker_set(t, BREAKER_STRESS);
}

/* ---- verification ---- */

typedef struct Verify {
    Object *from;
    size_t objects;
} Verify;

static int visit_alive(Value v, void *arg)
{
    Verify *verify = arg;
    if (!value_is_object(v))
        return 0;
    Object *o = value_object(v);
    if (!(o->gc & GC_LIVE) || !o->type) {
        fprintf(stderr, "baton: %p (%s) refers to %p, which is not alive\n", (void *)verify->from,
                type_name(verify->from->type), (void *)o);
        abort();
    }
    return 0;
}

static int verify_object(Object *o, void *arg)
{
    Verify *verify = arg;
    verify->objects++;
    verify->from = o;
    if (!o->type)
        return 0;
    if (!ref_is_immortal(o) && ref_count(o) == 0) {
        fprintf(stderr, "baton: %p (%s) is alive without a reference\n", (void *)o, type_name(o->type));
        abort();
    }
    if (!(o->type->head.gc & GC_LIVE)) {
        fprintf(stderr, "baton: the type of %p is not alive\n", (void *)o);
        abort();
    }
    if (o->type->slots.traverse)
        o->type->slots.traverse(o, visit_alive, verify);
    return 0;
}

void heapcheck_verify(Thread *t)
{
    Verify verify = {0};
    world_stop(t);
    heap_walk_objects(t->interp, verify_object, &verify);
    world_start(t);
}

/* ---- what is left ---- */

#define LEFT_OBJECTS 71 /* the exit code that tells of them */
#define LEFT_TYPES 64
#define LEFT_SHOWN 20
typedef struct Left {
    size_t objects;
    const Type *types[LEFT_TYPES];
    size_t counts[LEFT_TYPES];
} Left;

static int count_left(Object *o, void *arg)
{
    Left *left = arg;
    if ((o->flags & OBJECT_OF_START_UP) || ref_is_immortal(o))
        return 0;
    if (left->objects++ < LEFT_SHOWN)
        fprintf(stderr, "baton: left: %s, %lld references%s%.60s\n", type_name(o->type), (long long)ref_count(o),
                object_kind(o) == KIND_STR ? ": " : "",
                object_kind(o) == KIND_STR ? str_ascii_or(value_of(o), "?") : "");
    for (size_t i = 0; i < LEFT_TYPES; i++) {
        if (left->types[i] == o->type || !left->types[i]) {
            left->types[i] = o->type;
            left->counts[i]++;
            break;
        }
    }
    return 0;
}

int heapcheck_end(Thread *t, int status)
{
    HeapCheck *h = t->interp->heapcheck;
    if (!h)
        return status;
    int failed = failalloc_end();
    if (failed)
        status = failed;
    if (!h->leaks)
        return status;
    Left left = {0};
    heap_walk_objects(t->interp, count_left, &left);
    if (left.objects == 0)
        return status;
    fprintf(stderr, "baton: %zu objects left that start-up had not made\n", left.objects);
    for (size_t i = 0; i < LEFT_TYPES && left.types[i]; i++)
        fprintf(stderr, "  %8zu  %s\n", left.counts[i], type_name(left.types[i]));
    return LEFT_OBJECTS;
}
#else
typedef int heapcheck_is_off; /* a translation unit is never empty */
#endif
