/* cycle.c: finds and clears unreachable cycles.
 *
 * 1. Each container's references to other containers are subtracted from those.  What keeps a count is referenced from outside.
 * 2. From these, everything reachable is marked; each reference followed is added back.
 * 3. The rest is unreachable; its references are added back too, so all counts are as before.  It is collected into a list that holds a reference each.
 * 4. Weak references to it are cleared, their callbacks run, then finalizers; then 1 and 2 once more within the list: whatever came back to life stays.  Weak
 *    references to the rest that finalizers made are cleared too.
 * 5. Slots.clear breaks the cycles, and the counts do the rest.
 *
 * Subtracting happens in Object.local itself, so no memory is needed beside the mark stack and the list; without memory for the stack the marking goes on by walking the heap.
 * Invariants.  Immortal and frozen containers are neither traversed nor subtracted from: what they refer to is referenced from outside.  No code runs in steps 1 to 3.
 * Locks: with the lock off the world is stopped in steps 1 to 3 and in the second look of 4; what threads counted apart is added up first (contended.h).  Read next: heap.c (the walk), ../lib/mod_gc.c. */
#include "cycle.h"

#include <stdio.h>

#include "../object/dict.h"
#include "../object/error.h"
#include "../object/list.h"
#include "../object/str.h"
#include "../object/weakref.h"
#include "../os/os.h"
#include "../thread/breaker.h"
#include "../thread/world.h"
#include "alloc.h"
#include "contended.h"
#include "ref.h"

typedef struct Marking {
    Object **stack;
    size_t depth, capacity;
    bool overflow; /* some object is GC_GREY */
    Object **list; /* the unreachable */
    size_t length, list_capacity;
    bool no_memory;
    int generation;
    size_t live;
} Marking;

static ALWAYS_INLINE uint8_t gc_bits(const Object *o) { return atomic_load_explicit(&o->gc, memory_order_relaxed); }
static ALWAYS_INLINE void gc_store(Object *o, uint8_t bits) { store_relaxed(&o->gc, bits); }

/* Does the collector count references to o? */
static ALWAYS_INLINE bool counted(const Object *o)
{
    return (gc_bits(o) & (GC_LIVE | GC_CONTAINER | GC_FROZEN)) == (GC_LIVE | GC_CONTAINER) && !ref_is_immortal(o);
}
static ALWAYS_INLINE uint32_t total(const Object *o)
{
    return o->local + (uint32_t)((int32_t)atomic_load_explicit(&o->shared, memory_order_relaxed) >> 2);
}

/* Every reference that o owns, its heap type included. */
static ALWAYS_INLINE int traverse(Object *o, VisitFn visit, void *arg)
{
    Type *type = o->type;
    if (!type)
        return 0;
    int result = type->slots.traverse ? type->slots.traverse(o, visit, arg) : 0;
    if (!result && (type->flags & TYPE_HEAP))
        result = visit(value_of(type), arg);
    return result;
}

/* ---- 1: subtract ---- */

static int visit_subtract(Value v, void *arg)
{
    if (value_is_object(v) && counted(value_object(v)))
        value_object(v)->local--;
    return 0;
}
static int subtract(Object *o, void *arg)
{
    if (counted(o))
        traverse(o, visit_subtract, NULL);
    return 0;
}

/* ---- 2: mark, adding back ---- */

static void push(Marking *m, Object *o)
{
    if (UNLIKELY(m->depth == m->capacity)) {
        size_t capacity = m->capacity ? m->capacity * 2 : 1024;
        Object **stack = m->overflow ? NULL : alloc_raw_resize(m->stack, capacity * sizeof *stack);
        if (!stack) {
            gc_store(o, gc_bits(o) | GC_GREY);
            m->overflow = true;
            return;
        }
        m->stack = stack;
        m->capacity = capacity;
    }
    m->stack[m->depth++] = o;
}

static int visit_mark(Value v, void *arg)
{
    Marking *m = arg;
    if (!value_is_object(v))
        return 0;
    Object *o = value_object(v);
    if (!counted(o))
        return 0;
    o->local++;
    uint8_t gc = gc_bits(o);
    if (!(gc & GC_REACHED)) {
        gc_store(o, gc | GC_REACHED);
        push(m, o);
    }
    return 0;
}

static void drain(Marking *m)
{
    while (m->depth > 0)
        traverse(m->stack[--m->depth], visit_mark, m);
}

static int mark_roots(Object *o, void *arg)
{
    Marking *m = arg;
    uint8_t gc = gc_bits(o);
    if (!(gc & GC_REACHED) && counted(o) && total(o) != 0) {
        gc_store(o, gc | GC_REACHED);
        push(m, o);
        drain(m);
    }
    return 0;
}

static int mark_grey(Object *o, void *arg)
{
    Marking *m = arg;
    uint8_t gc = gc_bits(o);
    if (gc & GC_GREY) {
        gc_store(o, gc & (uint8_t)~GC_GREY);
        m->overflow = false;
        traverse(o, visit_mark, m);
        drain(m);
    }
    return 0;
}

/* ---- 3: list what was not reached ---- */

static int visit_add(Value v, void *arg)
{
    if (value_is_object(v) && counted(value_object(v)))
        value_object(v)->local++;
    return 0;
}

static int sift(Object *o, void *arg)
{
    Marking *m = arg;
    uint8_t gc = gc_bits(o);
    if (!counted(o)) {
        m->live++;
        return 0;
    }
    if (!(gc & GC_REACHED)) {
        traverse(o, visit_add, NULL);
        if (m->length == m->list_capacity) {
            size_t capacity = m->list_capacity ? m->list_capacity * 2 : 256;
            Object **list = alloc_raw_resize(m->list, capacity * sizeof *list);
            if (!list) {
                m->no_memory = true; /* it stays for the next collection */
                return 0;
            }
            m->list = list;
            m->list_capacity = capacity;
        }
        gc_store(o, gc | GC_GARBAGE);
        m->list[m->length++] = o;
        return 0;
    }
    m->live++;
    gc &= (uint8_t)~GC_REACHED;
    if ((gc & GC_AGE) / GC_AGE_ONE <= m->generation) {
        uint8_t age = (uint8_t)(m->generation < 2 ? m->generation + 1 : 2);
        gc = (uint8_t)((gc & ~GC_AGE) | age * GC_AGE_ONE);
    }
    gc_store(o, gc);
    return 0;
}

static void find_unreachable(Thread *t, Marking *m)
{
    Interp *interp = t->interp;
    heap_walk_containers(interp, subtract, NULL);
    heap_walk_containers(interp, mark_roots, m);
    while (m->overflow) {
        m->overflow = false;
        heap_walk_containers(interp, mark_grey, m);
    }
    heap_walk_containers(interp, sift, m);
}

/* ---- 4: callbacks and finalizers, and what they brought back ---- */

static bool is_garbage(const Object *o) { return gc_bits(o) & GC_GARBAGE; }

/* While the world stands still: clears all weak references to what is garbage, before any callback or finalizer runs.  *calls: those whose callbacks are to run, for they
 * are not garbage themselves. */
static void clear_weakrefs(Thread *t, Marking *m, WeakCalls *calls)
{
    for (size_t i = 0; i < m->length; i++) {
        if (is_garbage(m->list[i]) && (m->list[i]->flags & OBJECT_WEAKLY_REFERENCED))
            weakref_clear_dead(t, m->list[i], is_garbage, calls);
    }
}

static ALWAYS_INLINE bool to_finalize(const Object *o)
{
    return o->type->slots.finalize && !(o->flags & (OBJECT_FINALIZED | OBJECT_ENDED));
}

static int visit_order(Value v, void *arg)
{
    Marking *m = arg;
    if (!value_is_object(v))
        return 0;
    Object *o = value_object(v);
    if ((gc_bits(o) & (GC_GARBAGE | GC_REACHED)) != GC_GARBAGE || !to_finalize(o))
        return 0;
    gc_store(o, gc_bits(o) | GC_REACHED); /* listed */
    push(m, o);
    return m->overflow;
}

/* The order of finalizers.  Objects have no age here; but those that a namespace holds shall go in its order, which is mostly that of their making, as in
 * CPython.  m->stack[0..m->depth) is the result; without memory some are missing. */
static void order_finalizers(Marking *m)
{
    m->depth = 0;
    m->overflow = false;
    for (size_t i = 0; i < m->length; i++) {
        if (object_kind(m->list[i]) == KIND_DICT && traverse(m->list[i], visit_order, m))
            break;
    }
    for (size_t i = 0; i < m->length; i++) {
        if (visit_order(value_of(m->list[i]), m))
            break;
    }
    for (size_t i = 0; i < m->length; i++)
        gc_store(m->list[i], gc_bits(m->list[i]) & (uint8_t) ~(GC_REACHED | GC_GREY));
}

static bool run_finalizers(Thread *t, Marking *m)
{
    bool any = false;
    for (size_t i = 0; i < m->length && !any; i++)
        any = to_finalize(m->list[i]);
    if (!any)
        return false;
    order_finalizers(m);
    for (size_t i = 0; i < m->depth; i++) {
        Object *o = m->stack[i];
        if (!to_finalize(o))
            continue;
        o->flags |= OBJECT_FINALIZED;
        o->type->slots.finalize(t, o);
        if (error_pending(t))
            error_unraisable(t, VALUE_EMPTY, "Exception ignored while finalizing an object of type %N", o->type);
    }
    return true;
}

static ALWAYS_INLINE bool listed(const Object *o) { return (gc_bits(o) & GC_GARBAGE) && counted(o); }

static int visit_list_subtract(Value v, void *arg)
{
    if (value_is_object(v) && listed(value_object(v)))
        value_object(v)->local--;
    return 0;
}
static int visit_list_add(Value v, void *arg)
{
    if (value_is_object(v) && listed(value_object(v)))
        value_object(v)->local++;
    return 0;
}
static int visit_list_mark(Value v, void *arg)
{
    Marking *m = arg;
    if (value_is_object(v) && listed(value_object(v)) && !(gc_bits(value_object(v)) & GC_REACHED)) {
        gc_store(value_object(v), gc_bits(value_object(v)) | GC_REACHED);
        push(m, value_object(v));
    }
    return 0;
}

/* Unmarks what is referenced from outside the list, and all that it reaches. */
static void unmark_resurrected(Marking *m)
{
    m->depth = 0;
    for (size_t i = 0; i < m->length; i++)
        traverse(m->list[i], visit_list_subtract, NULL);
    for (size_t i = 0; i < m->length; i++) {
        Object *o = m->list[i];
        if (total(o) != 1 && !(gc_bits(o) & GC_REACHED)) { /* 1: the list's own */
            gc_store(o, gc_bits(o) | GC_REACHED);
            push(m, o);
        }
    }
    for (;;) {
        while (m->depth > 0)
            traverse(m->stack[--m->depth], visit_list_mark, m);
        if (!m->overflow)
            break;
        m->overflow = false;
        for (size_t i = 0; i < m->length; i++) {
            if (gc_bits(m->list[i]) & GC_GREY) {
                gc_store(m->list[i], gc_bits(m->list[i]) & (uint8_t)~GC_GREY);
                traverse(m->list[i], visit_list_mark, m);
            }
        }
    }
    for (size_t i = 0; i < m->length; i++)
        traverse(m->list[i], visit_list_add, NULL);
    for (size_t i = 0; i < m->length; i++) {
        Object *o = m->list[i];
        if (gc_bits(o) & GC_REACHED)
            gc_store(o, gc_bits(o) & (uint8_t) ~(GC_REACHED | GC_GARBAGE));
    }
}

/* The last look at the list: what is alive again (by finalizers; by gc.get_objects() in other threads with the lock off) leaves it.  Weak references that finalizers made
 * are cleared; then there is no way to the rest any more. */
static void settle(Thread *t, Marking *m, bool ran)
{
    WeakCalls calls = {0};
    world_stop(t);
    contended_gather(t);
    if (ran || t->free_threaded)
        unmark_resurrected(m);
    clear_weakrefs(t, m, &calls);
    world_start(t);
    weakref_run_calls(t, &calls);
    size_t kept = 0;
    for (size_t i = 0; i < m->length; i++) {
        Object *o = m->list[i];
        if (is_garbage(o))
            m->list[kept++] = o;
        else
            ref_dec_object(t, o);
    }
    m->length = kept;
}

/* ---- 5: clear ---- */

/* Weak references in the list give up their callbacks: what clearing the rest lets die must not call what has been cleared. */
static void disarm_weakrefs(Thread *t, Marking *m)
{
    for (size_t i = 0; i < m->length; i++) {
        Value v = value_of(m->list[i]);
        if (weakref_check(v) || weakproxy_check(v))
            m->list[i]->type->slots.clear(t, m->list[i]);
    }
}

static void clear_all(Thread *t, Marking *m, Collector *c)
{
    if (!(c->debug & CYCLE_DEBUG_SAVEALL))
        disarm_weakrefs(t, m);
    for (size_t i = 0; i < m->length; i++) {
        Object *o = m->list[i];
        if (c->debug & CYCLE_DEBUG_SAVEALL) {
            if (!value_is_empty(c->garbage) && list_append(t, c->garbage, value_of(o)) < 0)
                error_clear(t);
        } else if (o->type->slots.clear) {
            o->type->slots.clear(t, o);
        }
        gc_store(o, gc_bits(o) & (uint8_t)~GC_GARBAGE);
        ref_dec_object(t, o);
    }
}

/* ---- a collection ---- */

static void announce(Thread *t, Collector *c, const char *phase, int generation, int64_t collected,
                     int64_t uncollectable)
{
    if (value_is_empty(c->callbacks) || list_length(c->callbacks) == 0)
        return;
    Value info = dict_new(t), text = str_from_string(t, phase);
    if (value_is_empty(info) || value_is_empty(text) ||
        dict_set_string_take(t, info, "generation", value_from_int(generation)) < 0 ||
        dict_set_string_take(t, info, "collected", value_from_int(collected)) < 0 ||
        dict_set_string_take(t, info, "uncollectable", value_from_int(uncollectable)) < 0) {
        error_unraisable(t, VALUE_EMPTY, "Exception ignored while calling GC callback");
    } else {
        for (size_t i = 0; i < list_length(c->callbacks); i++) {
            Value callback = list_get(t, c->callbacks, i);
            if (value_is_empty(callback))
                break;
            Value result = object_call2(t, callback, text, info);
            if (value_is_empty(result))
                error_unraisable(t, callback, NULL);
            ref_dec(t, result);
            ref_dec(t, callback);
        }
    }
    ref_dec(t, info);
    ref_dec(t, text);
}

static void print_generations(Thread *t, Collector *c, int generation)
{
    fprintf(stderr, "gc: collecting generation %d...\ngc: objects in each generation: %d 0 %zu\n", generation,
            (int)heap_young(t->interp), c->live);
}

static int32_t young_limit(Collector *c)
{
    if (!c->enabled || c->threshold[0] <= 0)
        return INT32_MAX;
    size_t part = c->live / CONFIG_GC_ASKED_PART;
    if (!c->asked)
        part = c->in_vain ? c->live : c->live / CONFIG_GC_LIVE_PART;
    if (part > INT32_MAX / 2)
        part = INT32_MAX / 2;
    return (int32_t)part > c->threshold[0] ? (int32_t)part : c->threshold[0];
}

static int64_t collect(Thread *t, int generation, bool announced)
{
    Interp *interp = t->interp;
    Collector *c = interp->collector;
    if (atomic_exchange(&c->collecting, true))
        return 0;
    Value exc = error_take(t);
    int64_t start = 0;
    if (announced)
        announce(t, c, "start", generation, 0, 0);
    if (c->debug & CYCLE_DEBUG_STATS) {
        print_generations(t, c, generation);
        start = os_monotonic();
    }
    Marking m = {.generation = generation};
    WeakCalls calls = {0};
    world_stop(t);
    contended_gather(t);
    heap_collect_spare(t);
    find_unreachable(t, &m);
    for (size_t i = 0; i < m.length; i++)
        ref_inc_object(t, m.list[i]);
    clear_weakrefs(t, &m, &calls);
    c->live = m.live;
    c->in_vain = m.length <= m.live / CONFIG_GC_FOUND_PART;
    heap_set_young(interp, 0);
    heap_set_young_limit(interp, young_limit(c));
    if (generation + 1 < CYCLE_GENERATIONS)
        c->count[generation + 1]++;
    for (int i = 1; i <= generation; i++)
        c->count[i] = 0;
    world_start(t);

    if (m.length > 0) {
        if (c->debug & CYCLE_DEBUG_COLLECTABLE) {
            for (size_t i = 0; i < m.length; i++)
                fprintf(stderr, "gc: collectable <%s %p>\n", type_name(m.list[i]->type), (void *)m.list[i]);
        }
        bool ran = calls.length > 0;
        weakref_run_calls(t, &calls);
        ran |= run_finalizers(t, &m);
        settle(t, &m, ran);
    }
    int64_t collected = (int64_t)m.length;
    clear_all(t, &m, c);
    alloc_raw_free(m.stack);
    alloc_raw_free(m.list);

    c->stats[generation].collections++;
    c->stats[generation].collected += collected;
    if (c->debug & CYCLE_DEBUG_STATS)
        fprintf(stderr, "gc: done, %lld unreachable, 0 uncollectable, %.4fs elapsed\n", (long long)collected,
                (double)(os_monotonic() - start) * 1e-9);
    if (announced)
        announce(t, c, "stop", generation, collected, 0);
    t->exc = exc;
    atomic_store(&c->collecting, false);
    contended_release(t);
    /* What asked for a collection meanwhile was not heard: it shall ask again. */
    heap_set_young_limit(interp, young_limit(c));
    return collected;
}

/* ---- start-up ---- */

static int settle_object(Object *o, void *arg)
{
    if (counted(o) && o != arg)
        gc_store(o, gc_bits(o) | GC_START_UP);
    return 0;
}
static int thaw_object(Object *o, void *arg)
{
    if (cycle_is_settled(o))
        gc_store(o, (uint8_t)((gc_bits(o) & ~GC_START_UP) | 2 * GC_AGE_ONE));
    return 0;
}

void cycle_settle(Thread *t, Value except)
{
    Collector *c = t->interp->collector;
    c->settled = true;
    c->enabled = true;
    world_stop(t);
    heap_walk_containers(t->interp, settle_object, value_object(except));
    heap_set_young(t->interp, 0);
    heap_set_young_limit(t->interp, young_limit(c));
    world_start(t);
}

static void thaw(Thread *t)
{
    Collector *c = t->interp->collector;
    if (!c->settled)
        return;
    c->settled = false;
    world_stop(t);
    heap_walk_containers(t->interp, thaw_object, NULL);
    world_start(t);
}

int64_t cycle_collect(Thread *t, int generation)
{
    thaw(t);
    return collect(t, generation, true);
}

void cycle_poll(Thread *t)
{
    Collector *c = t->interp->collector;
    if (!c->enabled || atomic_load_explicit(&c->collecting, memory_order_relaxed)) {
        return;
    }
    if (atomic_load_explicit(&c->paused, memory_order_relaxed) > 0) {
        t->heap->young = 0;
        alloc_set_young_limit(t->heap, young_limit(c));
        return;
    }
    int generation = 0;
    if (c->threshold[1] > 0 && c->count[1] >= c->threshold[1])
        generation = 1;
    collect(t, generation, true);
}

void cycle_pause(Thread *t, bool on)
{
    Collector *c = t->interp->collector;
    atomic_fetch_add_explicit(&c->paused, on ? 1 : -1, memory_order_relaxed);
    if (!on && atomic_load_explicit(&c->paused, memory_order_relaxed) == 0)
        t->heap->young = 0;
}

void cycle_collect_final(Thread *t)
{
    Collector *c = t->interp->collector;
    c->enabled = false;
    if (BATON_CHECKS)
        thaw(t); /* leaks are looked for */
    /* What ends may leave further cycles behind; what never ends (it comes back to life, or is kept by C code) must not keep the process. */
    for (int round = 0; round < CONFIG_FINAL_COLLECTIONS; round++)
        if (collect(t, 2, false) == 0 || c->debug & CYCLE_DEBUG_SAVEALL)
            break;
}

/* ---- what the module gc shows ---- */

Collector *cycle_new(Interp *interp)
{
    Collector *c = alloc_raw_zeroed(sizeof *c);
    if (!c)
        return NULL;
    c->threshold[0] = CONFIG_GC_THRESHOLD;
    c->threshold[1] = 10;
    c->enabled = false; /* until cycle_enable, at the end of start-up */
    return c;
}

void cycle_free(Collector *c) { alloc_raw_free(c); }

static void set_limit(Thread *t)
{
    world_stop(t);
    heap_set_young_limit(t->interp, young_limit(t->interp->collector));
    world_start(t);
}

bool cycle_is_enabled(Thread *t) { return t->interp->collector->enabled; }

void cycle_enable(Thread *t, bool on)
{
    t->interp->collector->enabled = on;
    set_limit(t);
}

void cycle_set_threshold(Thread *t, int32_t young)
{
    t->interp->collector->threshold[0] = young;
    t->interp->collector->asked = true;
    set_limit(t);
}

typedef struct Listing {
    Thread *t;
    Object **found;
    size_t length, capacity;
    bool no_memory;
    int age; /* -1: any */
    const Value *targets;
    size_t target_count;
    Object *skip;
} Listing;

static int listing_add(Listing *l, Object *o)
{
    if (l->length == l->capacity) {
        size_t capacity = l->capacity ? l->capacity * 2 : 256;
        Object **found = alloc_raw_resize(l->found, capacity * sizeof *found);
        if (!found) {
            l->no_memory = true;
            return 1;
        }
        l->found = found;
        l->capacity = capacity;
    }
    l->found[l->length++] = o;
    return 0;
}

/* The found objects as a list; consumes the array, whose objects carry a reference each. */
static Value listing_finish(Thread *t, Listing *l)
{
    Value list = VALUE_EMPTY;
    if (l->no_memory)
        error_no_memory(t);
    else
        list = list_new(t, l->length);
    for (size_t i = 0; i < l->length; i++) {
        if (!value_is_empty(list) && list_append(t, list, value_of(l->found[i])) < 0)
            ref_clear(t, &list);
        ref_dec_object(t, l->found[i]);
    }
    alloc_raw_free(l->found);
    return list;
}

static void listing_walk(Thread *t, Listing *l, HeapVisitFn fn)
{
    world_stop(t);
    heap_walk_containers(t->interp, fn, l);
    for (size_t i = 0; i < l->length; i++)
        ref_inc_object(t, l->found[i]);
    world_start(t);
}

static int list_object(Object *o, void *arg)
{
    Listing *l = arg;
    uint8_t gc = gc_bits(o);
    if ((gc & (GC_FROZEN | GC_GARBAGE)) || (l->age >= 0 && (gc & GC_AGE) / GC_AGE_ONE != l->age))
        return 0;
    return listing_add(l, o);
}

Value cycle_objects(Thread *t, int generation)
{
    Listing l = {.t = t, .age = generation};
    thaw(t);
    listing_walk(t, &l, list_object);
    return listing_finish(t, &l);
}

static int visit_target(Value v, void *arg)
{
    const Listing *l = arg;
    for (size_t i = 0; i < l->target_count; i++) {
        if (value_is(l->targets[i], v))
            return 1;
    }
    return 0;
}
static int list_referrer(Object *o, void *arg)
{
    Listing *l = arg;
    if (o == l->skip || (gc_bits(o) & (GC_FROZEN | GC_GARBAGE)) || !traverse(o, visit_target, l))
        return 0;
    return listing_add(l, o);
}

Value cycle_referrers(Thread *t, Value targets)
{
    Listing l = {.t = t,
                 .targets = tuple_of(targets)->items,
                 .target_count = tuple_length(targets),
                 .skip = value_object(targets)};
    thaw(t);
    listing_walk(t, &l, list_referrer);
    return listing_finish(t, &l);
}

static int visit_append(Value v, void *arg)
{
    Listing *l = arg;
    return !value_is_empty(v) && list_append(l->t, l->targets[0], v) < 0;
}

Value cycle_referents(Thread *t, const Value *objects, uint32_t n)
{
    Value list = list_new(t, 0);
    Listing l = {.t = t, .targets = &list};
    int status = 0;
    if (value_is_empty(list))
        return list;
    world_stop(t); /* other threads may be changing the objects */
    for (uint32_t i = 0; i < n && status == 0; i++) {
        if (value_is_object(objects[i]) && (gc_bits(value_object(objects[i])) & GC_CONTAINER))
            status = traverse(value_object(objects[i]), visit_append, &l);
    }
    world_start(t);
    if (status)
        ref_clear(t, &list);
    return list;
}

static int set_frozen(Object *o, void *arg)
{
    gc_store(o, gc_bits(o) | GC_FROZEN);
    ++*(size_t *)arg;
    return 0;
}
static int clear_frozen(Object *o, void *arg)
{
    uint8_t gc = gc_bits(o);
    if (gc & GC_FROZEN)
        gc_store(o, (uint8_t)((gc & ~(GC_FROZEN | GC_AGE)) | 2 * GC_AGE_ONE));
    return 0;
}

void cycle_freeze(Thread *t, bool on)
{
    Collector *c = t->interp->collector;
    thaw(t);
    world_stop(t);
    c->frozen = 0;
    heap_walk_containers(t->interp, on ? set_frozen : clear_frozen, &c->frozen);
    world_start(t);
}
