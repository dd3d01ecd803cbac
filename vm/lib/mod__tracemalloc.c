/* mod__tracemalloc.c: the module _tracemalloc: which line of Python code allocated what (tracemalloc).
 *
 * ../memory/tracer.h knows the blocks; here are the tracebacks, each kept once and known by a number.  They stay, with the names of files that they own,
 * until tracing ends or is cleared.
 * Locks: the state's mutex around the tracebacks; nothing is released and no Python runs while it is held. Tracing begins, ends and is cleared with the world
 * stopped. Read next: ../memory/tracer.c. */
#include "../compile/code.h"
#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../memory/tracer.h"
#include "../object/container.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/module.h"
#include "../run/frame_access.h"
#include "../thread/world.h"
#include "argument.h"

#define FRAMES_MAX UINT16_MAX

typedef struct Place {
    Value filename; /* str; empty: no Python code ran */
    int32_t line;
} Place;

typedef struct Traceback {
    uint32_t hash;
    uint32_t total; /* frames there were */
    uint32_t count; /* frames kept, the innermost first */
    Place places[];
} Traceback;

typedef struct TracemallocState {
    Mutex lock;
    uint32_t limit;         /* frames to be kept */
    Traceback **tracebacks; /* by number */
    uint32_t count, capacity;
    uint32_t *index; /* open addressing by hash: number + 1, or 0 */
    size_t index_capacity;
    size_t bytes;   /* in all of this */
    Place *scratch; /* of `limit` places */
} TracemallocState;

static TracemallocState *state_of(Thread *t) { return t->interp->module_state[MODULE__tracemalloc]; }

/* ---- tracebacks ---- */

static bool grow_index(TracemallocState *s)
{
    size_t capacity = s->index_capacity ? s->index_capacity * 2 : 1024;
    uint32_t *index = alloc_raw_zeroed(capacity * sizeof *index);
    if (!index)
        return false;
    for (uint32_t n = 0; n < s->count; n++) {
        size_t i = s->tracebacks[n]->hash & (capacity - 1);
        while (index[i])
            i = (i + 1) & (capacity - 1);
        index[i] = n + 1;
    }
    alloc_raw_free(s->index);
    s->bytes += (capacity - s->index_capacity) * sizeof *index;
    s->index = index;
    s->index_capacity = capacity;
    return true;
}

static bool same(const Traceback *a, uint32_t hash, uint32_t total, const Place *places, uint32_t count)
{
    if (a->hash != hash || a->total != total || a->count != count)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        if (!value_is(a->places[i].filename, places[i].filename) || a->places[i].line != places[i].line)
            return false;
    }
    return true;
}

/* The number of the traceback in s->scratch; 0, the one without places, when there is no memory for it. */
static uint32_t number_of(Thread *t, TracemallocState *s, uint32_t total, uint32_t count)
{
    uint32_t hash = total;
    for (uint32_t i = 0; i < count; i++)
        hash = (hash * 31 + (uint32_t)(s->scratch[i].filename.bits >> 4)) * 31 + (uint32_t)s->scratch[i].line;
    if ((size_t)s->count * 2 >= s->index_capacity && !grow_index(s))
        return 0;
    size_t at = hash & (s->index_capacity - 1);
    for (; s->index[at]; at = (at + 1) & (s->index_capacity - 1)) {
        assert(s->tracebacks);
        if (same(s->tracebacks[s->index[at] - 1], hash, total, s->scratch, count))
            return s->index[at] - 1;
    }
    if (s->count == s->capacity) {
        uint32_t more = s->capacity ? s->capacity * 2 : 256;
        Traceback **grown = alloc_raw_resize(s->tracebacks, more * sizeof *grown);
        if (!grown)
            return 0;
        s->bytes += (more - s->capacity) * sizeof *grown;
        s->tracebacks = grown;
        s->capacity = more;
    }
    size_t size = sizeof(Traceback) + count * sizeof(Place);
    Traceback *fresh = alloc_raw(size);
    if (!fresh)
        return 0;
    s->bytes += size;
    *fresh = (Traceback){hash, total, count};
    for (uint32_t i = 0; i < count; i++)
        fresh->places[i] = (Place){ref_inc(t, s->scratch[i].filename), s->scratch[i].line};
    s->tracebacks[s->count] = fresh;
    s->index[at] = s->count + 1;
    store_relaxed(&s->count, s->count + 1); /* get_traces looks at it */
    return s->count - 1;
}

static uint32_t capture(Thread *t, void *arg)
{
    TracemallocState *s = arg;
    uint32_t total = 0, count = 0;
    mutex_lock(&s->lock);
    for (struct Frame *f = frame_access_first(t); f; f = frame_access_next(f)) {
        if (count < s->limit)
            s->scratch[count++] = (Place){code_of(frame_access_frame_code(f))->filename, frame_access_frame_line(f)};
        total++;
    }
    uint32_t number = number_of(t, s, total, count);
    mutex_unlock(&s->lock);
    return number;
}

/* Takes all tracebacks out; the world is stopped. What they own is to be released by forget() when it runs again. */
typedef struct Forgotten {
    Traceback **tracebacks;
    uint32_t count;
} Forgotten;

static Forgotten take_all(TracemallocState *s)
{
    Forgotten f = {s->tracebacks, s->count};
    alloc_raw_free(s->index);
    s->tracebacks = NULL;
    s->index = NULL;
    s->index_capacity = 0;
    s->count = s->capacity = 0;
    s->bytes = 0;
    return f;
}

static void forget(Thread *t, Forgotten f)
{
    for (uint32_t i = 0; i < f.count; i++) {
        for (uint32_t j = 0; j < f.tracebacks[i]->count; j++)
            ref_dec(t, f.tracebacks[i]->places[j].filename);
        alloc_raw_free(f.tracebacks[i]);
    }
    alloc_raw_free(f.tracebacks);
}

/* The first traceback is the one of allocations that no Python code made. */
static bool begin_tracebacks(Thread *t, TracemallocState *s)
{
    number_of(t, s, 0, 0);
    return s->count == 1;
}

/* ---- beginning and ending ---- */

static void end(Thread *t)
{
    TracemallocState *s = state_of(t);
    if (!tracer_of(t->heap))
        return;
    world_stop(t);
    Forgotten all = {NULL, 0};
    if (tracer_of(t->heap)) {
        tracer_stop(t);
        all = take_all(s);
        alloc_raw_free(s->scratch);
        s->scratch = NULL;
    }
    world_start(t);
    forget(t, all);
}

NATIVE(start, "start", "($module, nframe=1, /)", "Begins to trace allocations, keeping so many frames of each.")
{
    TracemallocState *s = state_of(t);
    int limit;
    if (argument_int(t, args[1], 1, &limit) < 0)
        return VALUE_EMPTY;
    if (limit < 1 || limit > FRAMES_MAX)
        return error_set(t, EXC_ValueError, "the number of frames must be in range [1; %d]", FRAMES_MAX);
    Forgotten all = {NULL, 0};
    bool good = true;
    world_stop(t);
    if (!tracer_of(t->heap)) {
        s->limit = (uint32_t)limit;
        s->scratch = alloc_raw(s->limit * sizeof *s->scratch);
        good = s->scratch && begin_tracebacks(t, s) && tracer_start(t, capture, s);
        if (!good) {
            alloc_raw_free(s->scratch);
            s->scratch = NULL;
            all = take_all(s);
        }
    }
    world_start(t);
    forget(t, all);
    return good ? VALUE_NONE : error_no_memory(t);
}

NATIVE(stop, "stop", "($module, /)", "Ends tracing and forgets all that was traced.")
{
    end(t);
    return VALUE_NONE;
}

NATIVE(is_tracing, "is_tracing", "($module, /)", "Are allocations traced?")
{
    return value_from_bool(tracer_of(t->heap) != NULL);
}

NATIVE(clear_traces, "clear_traces", "($module, /)", "Forgets what was traced so far.")
{
    TracemallocState *s = state_of(t);
    Forgotten all = {NULL, 0};
    bool good = true;
    world_stop(t);
    if (tracer_of(t->heap)) {
        tracer_clear(tracer_of(t->heap));
        all = take_all(s);
        good = begin_tracebacks(t, s);
    }
    world_start(t);
    forget(t, all);
    return good ? VALUE_NONE : error_no_memory(t);
}

/* ---- telling ---- */

/* Tracebacks stay while tracing does, and nothing here polls; but their table grows when other threads allocate. */
static const Traceback *traceback_at(TracemallocState *s, uint32_t number)
{
    mutex_lock(&s->lock);
    const Traceback *tb = number < s->count ? s->tracebacks[number] : NULL;
    mutex_unlock(&s->lock);
    return tb;
}

/* ((filename, line), ...) */
static Value traceback_tuple(Thread *t, const Traceback *tb)
{
    uint32_t count = tb ? tb->count : 0;
    Value tuple = tuple_new(t, count ? count : 1);
    for (uint32_t i = 0; !value_is_empty(tuple) && i < (count ? count : 1); i++) {
        Value place, filename = count ? ref_inc(t, tb->places[i].filename) : str_from_string(t, "<unknown>");
        place = value_is_empty(filename) ? filename
                                         : tuple_pack(t, 2, filename, value_from_int(count ? tb->places[i].line : 0));
        ref_dec(t, filename);
        if (value_is_empty(place)) {
            ref_dec(t, tuple);
            return place;
        }
        tuple_of(tuple)->items[i] = place;
    }
    return tuple;
}

NATIVE(get_traces, "_get_traces", "($module, /)",
       "All traces, as a list of (domain, size, traceback, number of frames).")
{
    Value list = list_new(t, 0);
    Tracer *tracer = tracer_of(t->heap);
    size_t count = 0;
    TracerEntry *entries = tracer ? tracer_copy(tracer, &count) : NULL;
    if (tracer && !entries && !value_is_empty(list)) {
        ref_clear(t, &list);
        error_no_memory(t);
    }
    TracemallocState *s = state_of(t);
    uint32_t known = __atomic_load_n(&s->count, __ATOMIC_RELAXED);
    Value *tuples =
        entries ? alloc_raw_zeroed((known + 1) * sizeof *tuples) : NULL; /* each traceback's tuple is made once */
    known = tuples ? known : 0;
    for (size_t i = 0; !value_is_empty(list) && i < count; i++) {
        uint32_t number = entries[i].traceback;
        const Traceback *tb = traceback_at(s, number);
        Value places;
        if (number < known && !value_is_empty(tuples[number])) {
            places = ref_inc(t, tuples[number]);
        } else {
            places = traceback_tuple(t, tb);
            if (number < known && !value_is_empty(places))
                tuples[number] = ref_inc(t, places);
        }
        Value size = int_from_uint64(t, entries[i].size), trace = VALUE_EMPTY;
        if (!value_is_empty(places) && !value_is_empty(size))
            trace = tuple_pack(t, 4, value_from_int(0), size, places, value_from_int(tb && tb->count ? tb->total : 1));
        ref_dec(t, size);
        ref_dec(t, places);
        int status = value_is_empty(trace) ? -1 : list_append(t, list, trace);
        ref_dec(t, trace);
        if (status < 0)
            ref_clear(t, &list);
    }
    for (uint32_t i = 0; i < known; i++)
        ref_dec(t, tuples[i]);
    alloc_raw_free(tuples);
    alloc_raw_free(entries);
    return list;
}

NATIVE(get_object_traceback, "_get_object_traceback", "($module, obj, /)",
       "Where an object's memory was allocated: its traceback, or None.")
{
    TracerEntry entry;
    if (!value_is_object(args[1]) || !tracer_of(t->heap) ||
        !tracer_find(tracer_of(t->heap), value_object(args[1]), &entry))
        return VALUE_NONE;
    return traceback_tuple(t, traceback_at(state_of(t), entry.traceback));
}

NATIVE(get_traceback_limit, "get_traceback_limit", "($module, /)", "How many frames of an allocation are kept.")
{
    return value_from_int(state_of(t)->limit);
}

NATIVE(get_tracemalloc_memory, "get_tracemalloc_memory", "($module, /)", "How many bytes tracing itself takes.")
{
    const Tracer *tracer = tracer_of(t->heap);
    return int_from_uint64(t, tracer ? state_of(t)->bytes + tracer->capacity * sizeof *tracer->entries : 0);
}

NATIVE(get_traced_memory, "get_traced_memory", "($module, /)", "(bytes in traced blocks, the most there were).")
{
    Tracer *tracer = tracer_of(t->heap);
    size_t bytes = 0, peak = 0;
    if (tracer) {
        mutex_lock(&tracer->lock);
        bytes = tracer->bytes;
        peak = tracer->peak;
        mutex_unlock(&tracer->lock);
    }
    return tuple_pack(t, 2, value_from_int((int64_t)bytes), value_from_int((int64_t)peak));
}

NATIVE(reset_peak, "reset_peak", "($module, /)", "The most there were is what there is now.")
{
    Tracer *tracer = tracer_of(t->heap);
    if (tracer) {
        mutex_lock(&tracer->lock);
        tracer->peak = tracer->bytes;
        mutex_unlock(&tracer->lock);
    }
    return VALUE_NONE;
}

/* ---- the module ---- */

static int exec(Thread *t, Value module)
{
    if (!state_of(t)) {
        TracemallocState *s = alloc_memory_zeroed(t, 1, sizeof *s);
        if (!s)
            return -1;
        s->limit = 1;
        t->interp->module_state[MODULE__tracemalloc] = s;
    }
    return 0;
}

static void free_state(Thread *t, void *state)
{
    TracemallocState *s = state;
    if (tracer_of(t->heap)) {
        tracer_stop(t);
        forget(t, take_all(s));
        alloc_raw_free(s->scratch);
    }
    alloc_memory_free(t, state);
}

static const NativeDef *const methods[] = {&native_start,
                                           &native_stop,
                                           &native_is_tracing,
                                           &native_clear_traces,
                                           &native_get_traces,
                                           &native_get_object_traceback,
                                           &native_get_traceback_limit,
                                           &native_get_tracemalloc_memory,
                                           &native_get_traced_memory,
                                           &native_reset_peak,
                                           NULL};

const ModuleDef module_def__tracemalloc = {.name = "_tracemalloc",
                                           .doc = "Traces which code allocates memory.",
                                           .methods = methods,
                                           .exec = exec,
                                           .free_state = free_state};
