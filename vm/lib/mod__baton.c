/* mod__baton.c: the module _baton: what the package baton reads out of the interpreter: who had the lock, when and why.
 *
 * The Python side is lib/py/baton/gil.py.  Rings are read while their threads may write: an event that was overwritten meanwhile is left out.
 * No locks of its own.  Read next: ../thread/events.h. */
#include "../thread/events.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/module.h"
#include "../object/str.h"

static const char *const kind_names[] = {"wants", "got", "gave up", "started", "ended"};
static const char *const reason_names[EVENT_REASON_COUNT] = {"interval", "io",      "lock", "sleep",
                                                             "join",     "compute", "end"};

NATIVE(gil_enabled, "gil_enabled", "($module, /)", "Tells whether this interpreter runs with the lock.")
{
    return value_from_bool(gil_is_enabled(t->interp));
}

NATIVE(record, "record", "($module, /)", "Records from now on who wants, gets and gives up the lock.")
{
    return events_enable(t->interp) < 0 ? error_no_memory(t) : VALUE_NONE;
}

NATIVE(stop, "stop", "($module, /)", "Stops recording; what was recorded stays.")
{
    events_disable(t->interp);
    return VALUE_NONE;
}

/* A tuple of owned values, taken; empty if one is missing. */
static Value pack_take(Thread *t, Value *values, size_t count)
{
    bool complete = true;
    for (size_t i = 0; i < count; i++)
        complete &= !value_is_empty(values[i]);
    if (complete)
        return tuple_from_array_take(t, values, count);
    for (size_t i = 0; i < count; i++)
        ref_dec(t, values[i]);
    return VALUE_EMPTY;
}

static int append_ring(Thread *t, Value list, const EventRing *ring)
{
    uint64_t head = atomic_load_explicit(&ring->head, memory_order_acquire), kept = (uint64_t)ring->mask + 1;
    for (uint64_t i = head > kept ? head - kept : 0; i < head; i++) {
        Event e = ring->events[i & ring->mask];
        atomic_thread_fence(memory_order_acquire);
        if (atomic_load_explicit(&ring->head, memory_order_relaxed) - i >= kept || e.kind > EVENT_ENDED)
            continue; /* overwritten while it was copied */
        bool gave_up = e.kind == EVENT_GAVE_UP && e.reason < EVENT_REASON_COUNT;
        Value values[6] = {int_from_uint64(t, e.order),
                           int_from_int64(t, e.time),
                           int_from_uint64(t, e.thread),
                           str_intern(t, kind_names[e.kind]),
                           gave_up ? str_intern(t, reason_names[e.reason]) : VALUE_NONE,
                           int_from_uint64(t, e.address)};
        Value tuple = pack_take(t, values, 6);
        if (value_is_empty(tuple) || list_append_take(t, list, tuple) < 0)
            return -1;
    }
    return 0;
}

NATIVE(events, "events", "($module, /)",
       "The events recorded and still kept, in order: (order, time in ns, thread, kind, reason or None, address waited "
       "on or 0).")
{
    Value list = list_new(t, 0);
    for (EventRing *ring = events_rings(t->interp); ring && !value_is_empty(list); ring = ring->next) {
        if (append_ring(t, list, ring) < 0)
            ref_clear(t, &list);
    }
    if (!value_is_empty(list) && list_sort(t, list, VALUE_EMPTY, false) < 0)
        ref_clear(t, &list);
    return list;
}

NATIVE(threads, "threads", "($module, /)",
       "The sums of each thread recorded, in the order of their start: (thread, name, ended, held, waited, blocked, "
       "takes, drops by REASONS), times in ns.")
{
    Value list = list_new(t, 0);
    for (EventRing *ring = events_rings(t->interp); ring && !value_is_empty(list); ring = ring->next) {
        Value drops = tuple_new(t, EVENT_REASON_COUNT);
        for (uint32_t i = 0; i < EVENT_REASON_COUNT && !value_is_empty(drops); i++) {
            tuple_of(drops)->items[i] = int_from_uint64(t, ring->drops[i]);
            if (value_is_empty(tuple_of(drops)->items[i]))
                ref_clear(t, &drops);
        }
        Value values[8] = {int_from_uint64(t, ring->thread), str_from_string(t, ring->name),
                           value_from_bool(ring->ended),     int_from_int64(t, ring->held),
                           int_from_int64(t, ring->waited),  int_from_int64(t, ring->blocked),
                           int_from_uint64(t, ring->takes),  drops};
        Value tuple = pack_take(t, values, 8);
        if (value_is_empty(tuple) || list_append_take(t, list, tuple) < 0)
            ref_clear(t, &list);
    }
    if (!value_is_empty(list) && list_reverse(t, list) < 0)
        ref_clear(t, &list);
    return list;
}

NATIVE(
    report, "report", "($module, /)",
    "The table of --gil-report as text: by thread the time holding, waiting and blocked, takes, and drops by reason.")
{
    char *text = events_report_text(t->interp);
    if (!text)
        return error_no_memory(t);
    Value v = str_from_string(t, text);
    alloc_raw_free(text);
    return v;
}

NATIVE(memory, "memory", "($module, /)",
       "Bytes taken from the system for objects, bytes in live blocks, and the number of small objects.")
{
    size_t reserved, used, objects;
    heap_statistics(t->interp, &reserved, &used, &objects);
    Value values[3] = {int_from_size(t, reserved), int_from_size(t, used), int_from_size(t, objects)};
    return pack_take(t, values, 3);
}

static int exec(Thread *t, Value module)
{
    Value reasons = tuple_new(t, EVENT_REASON_COUNT);
    for (uint32_t i = 0; i < EVENT_REASON_COUNT && !value_is_empty(reasons); i++) {
        tuple_of(reasons)->items[i] = str_intern(t, reason_names[i]);
        if (value_is_empty(tuple_of(reasons)->items[i]))
            ref_clear(t, &reasons);
    }
    return module_add_take(t, module, "REASONS", reasons);
}

static const NativeDef *const methods[] = {&native_gil_enabled, &native_record, &native_stop,   &native_events,
                                           &native_threads,     &native_report, &native_memory, NULL};

const ModuleDef module_def__baton = {
    .name = "_baton",
    .doc = "What the interpreter knows of its lock; use baton.gil.",
    .methods = methods,
    .exec = exec,
};
