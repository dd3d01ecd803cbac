/* mod__lsprof.c: the module _lsprof: a profiler that counts calls and adds up times, told of events by sys.monitoring.
 *
 * Each function has an Entry; calls under way are a stack of Activations, that of all threads that run while the profiler is on.
 * Locks: with the lock off, the profiler's own, which a timer in Python may take again. Read next: ../run/trace.h. */
#include <stddef.h>

#include "../compile/code.h"
#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/container.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/module.h"
#include "../object/str.h"
#include "../object/structseq.h"
#include "../os/os.h"
#include "../run/trace.h"
#include "../thread/lock.h"
#include "argument.h"

typedef struct Counts {
    int64_t calls, recursive;
    int64_t total, inside; /* times with and without those of functions called */
    int64_t level;         /* calls under way */
} Counts;

typedef struct SubEntry {
    uint32_t callee;
    Counts counts;
} SubEntry;

typedef struct Entry {
    Value code; /* code object, or the name of a native function */
    Counts counts;
    SubEntry *subs;
    uint32_t sub_count, sub_capacity;
} Entry;

typedef struct Activation {
    uint32_t entry;
    int64_t start, below; /* when it began; time spent in what it called */
} Activation;

typedef struct Profiler {
    Object head;
    Value index; /* dict: code object, or address of a native function's definition, to the number of its entry */
    Value timer; /* or empty: the monotonic clock */
    double unit; /* seconds a tick of an integer timer */
    Entry *entries;
    uint32_t entry_count, entry_capacity;
    Activation *stack;
    uint32_t depth, stack_capacity;
    bool subcalls, builtins, enabled;
    uint32_t in_timer;  /* threads in the timer, which runs Python: nothing may be forgotten meanwhile */
    RecursiveLock lock; /* lock off: around all but `enabled` */
    uint32_t
        forks; /* interp->forks when the lock was last taken: after one, another thread of the parent's may seem to hold it */
} Profiler;

typedef struct LsprofState {
    Type *entry_type, *subentry_type;
} LsprofState;

static LsprofState *state_of(Thread *t) { return t->interp->module_state[MODULE__lsprof]; }
static Profiler *profiler_of(Value v) { return (Profiler *)value_object(v); }

static void enter(Thread *t, Profiler *p)
{
    if (!t->free_threaded)
        return;
    if (UNLIKELY(p->forks != t->interp->forks)) { /* nobody but the thread that forked has called anything yet */
        p->lock = (RecursiveLock){0};
        p->forks = t->interp->forks;
    }
    recursive_acquire(t, &p->lock);
}
static void leave(Thread *t, Profiler *p)
{
    if (t->free_threaded)
        recursive_release(t, &p->lock);
}

static const MemberDef entry_fields[] = {STRUCTSEQ_FIELD(0, "code", "code object or name of a native function"),
                                         STRUCTSEQ_FIELD(1, "callcount", "how many times it was called"),
                                         STRUCTSEQ_FIELD(2, "reccallcount", "how many of the calls were recursive"),
                                         STRUCTSEQ_FIELD(3, "totaltime", "time in it and in what it called"),
                                         STRUCTSEQ_FIELD(4, "inlinetime", "time in it"),
                                         STRUCTSEQ_FIELD(5, "calls", "details of what it called"),
                                         {NULL, 0, 0, false, NULL}};
static const StructSeqSpec entry_spec =
    STRUCTSEQ("_lsprof.profiler_entry", "What a profiler knows of a function.", entry_fields, 6, 6, 0);
static const MemberDef subentry_fields[] = {
    STRUCTSEQ_FIELD(0, "code", "called code object or name of a native function"),
    STRUCTSEQ_FIELD(1, "callcount", "how many times it was called"),
    STRUCTSEQ_FIELD(2, "reccallcount", "how many of the calls were recursive"),
    STRUCTSEQ_FIELD(3, "totaltime", "time in it and in what it called"),
    STRUCTSEQ_FIELD(4, "inlinetime", "time in it"),
    {NULL, 0, 0, false, NULL}};
static const StructSeqSpec subentry_spec = STRUCTSEQ(
    "_lsprof.profiler_subentry", "What a profiler knows of a function called by another.", subentry_fields, 5, 5, 0);

/* ---- counting ---- */

/* May run Python, and so other threads: what the caller knew of the stack must be looked at again. */
static int64_t now(Thread *t, Profiler *p)
{
    if (value_is_empty(p->timer))
        return os_monotonic();
    p->in_timer++;
    Value v = object_call0(t, p->timer);
    p->in_timer--;
    int64_t ticks = 0;
    if (!value_is_empty(v)) {
        if (p->unit > 0) {
            int overflow;
            ticks = int_check(v) ? int_to_int64_overflow(t, v, &overflow) : 0;
        } else {
            Value seconds = number_float(t, v);
            if (!value_is_empty(seconds) && value_is_double(seconds))
                ticks = (int64_t)(value_to_double(seconds) * 1e9);
            ref_dec(t, seconds);
        }
    }
    ref_dec(t, v);
    if (error_pending(t))
        error_unraisable(t, p->timer, "Exception ignored while calling the timer of a profiler");
    return ticks;
}
static double unit_of(const Profiler *p) { return !value_is_empty(p->timer) && p->unit > 0 ? p->unit : 1e-9; }

#define GROW(t, array, count, capacity)                                                                                \
    ((count) < (capacity) ? 0 : grow(t, (void **)&(array), &(capacity), sizeof *(array)))
static int grow(Thread *t, void **array, uint32_t *capacity, size_t size)
{
    uint32_t more = *capacity ? *capacity * 2 : 16;
    void *grown = alloc_memory_resize(t, *array, more * size);
    if (!grown)
        return -1;
    *array = grown;
    *capacity = more;
    return 0;
}

/* The entry of a function under a key; `code` is what the statistics show. -1 with an exception. */
static int64_t find_entry(Thread *t, Profiler *p, Value key, Value code)
{
    Value number;
    int found = dict_get_optional(t, p->index, key, &number);
    if (found)
        return found < 0 ? -1 : value_to_int(number);
    if (GROW(t, p->entries, p->entry_count, p->entry_capacity) < 0 ||
        dict_set(t, p->index, key, value_from_int(p->entry_count)) < 0)
        return -1;
    p->entries[p->entry_count] = (Entry){.code = ref_inc(t, code)};
    return p->entry_count++;
}

/* The counts of the calls of an entry from another one, or NULL (with MemoryError where they were to be made). */
static Counts *find_sub(Thread *t, Entry *caller, uint32_t callee)
{
    for (uint32_t i = 0; i < caller->sub_count; i++)
        if (caller->subs[i].callee == callee)
            return &caller->subs[i].counts;
    if (GROW(t, caller->subs, caller->sub_count, caller->sub_capacity) < 0)
        return NULL;
    caller->subs[caller->sub_count] = (SubEntry){.callee = callee};
    return &caller->subs[caller->sub_count++].counts;
}

static int begin_call(Thread *t, Profiler *p, Value key, Value code)
{
    int64_t entry = find_entry(t, p, key, code);
    if (entry < 0)
        return -1;
    if (p->subcalls && p->depth) {
        Counts *counts = find_sub(t, &p->entries[p->stack[p->depth - 1].entry], (uint32_t)entry);
        if (!counts)
            return -1;
        counts->level++;
    }
    p->entries[entry].counts.level++;
    int64_t start = now(t, p);
    if (GROW(t, p->stack, p->depth, p->stack_capacity) < 0)
        return -1;
    p->stack[p->depth++] = (Activation){.entry = (uint32_t)entry, .start = start};
    return 0;
}

static int begin(Thread *t, Profiler *p, Value key, Value code)
{
    enter(t, p);
    int status = begin_call(t, p, key, code);
    leave(t, p);
    return status;
}

static void count(Counts *c, int64_t total, int64_t inside)
{
    c->calls++;
    c->inside += inside;
    if (--c->level == 0)
        c->total += total;
    else
        c->recursive++;
}

/* The innermost call ends, if it is of `entry` (or of any: -1). */
static int end(Thread *t, Profiler *p, int64_t entry)
{
    int64_t stop = now(t, p);
    if (!p->depth || (entry >= 0 && p->stack[p->depth - 1].entry != (uint32_t)entry))
        return 0;
    Activation done = p->stack[--p->depth];
    int64_t total = stop - done.start, inside = total - done.below;
    count(&p->entries[done.entry].counts, total, inside);
    if (!p->depth)
        return 0;
    p->stack[p->depth - 1].below += total;
    if (p->subcalls) {
        Counts *counts = find_sub(t, &p->entries[p->stack[p->depth - 1].entry], done.entry);
        if (!counts)
            return -1;
        count(counts, total, inside);
    }
    return 0;
}

/* The key of a callable of native code and, if wanted, its name: 1; 0: it is none; -1 error. */
static int native_key(Thread *t, Value callable, Value self, Value *key, Value *name)
{
    if (!object_is_exact(callable, KIND_NATIVE) && !object_is_exact(callable, KIND_METHOD_DESCRIPTOR))
        return 0;
    const Native *native = (const Native *)value_object(callable);
    *key = int_from_int64(t, (int64_t)(intptr_t)native->def);
    if (value_is_empty(*key))
        return -1;
    if (!name)
        return 1;
    int known = dict_contains(t, profiler_of(self)->index, *key);
    if (known < 0)
        return -1;
    if (known)
        *name = VALUE_NONE;
    else if (native->owner)
        *name = str_format(t, "<method '%s' of '%N' objects>", native->def->name, native->owner);
    else if (!value_is_empty(native->self) && !object_is_exact(native->self, KIND_MODULE))
        *name = str_format(t, "<method '%s' of '%T' objects>", native->def->name, native->self);
    else if (str_check(native->module))
        *name = str_format(t, "<built-in method %U.%s>", native->module, native->def->name);
    else
        *name = str_format(t, "<built-in method %s>", native->def->name);
    return value_is_empty(*name) ? -1 : 1;
}

NATIVE(profiler_pystart, "_pystart_callback", "($self, code, instruction_offset, /)",
       "A Python function begins, or goes on.")
{
    return begin(t, profiler_of(args[0]), args[1], args[1]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}
NATIVE(profiler_pythrow, "_pythrow_callback", "($self, code, instruction_offset, exception, /)",
       "A generator goes on with an exception.")
{
    return begin(t, profiler_of(args[0]), args[1], args[1]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}
NATIVE(profiler_pyreturn, "_pyreturn_callback", "($self, code, instruction_offset, retval, /)",
       "A Python function ends, or waits.")
{
    Profiler *p = profiler_of(args[0]);
    enter(t, p);
    int64_t entry = find_entry(t, p, args[1], args[1]);
    int status = entry < 0 ? -1 : end(t, p, entry);
    leave(t, p);
    return status < 0 ? VALUE_EMPTY : VALUE_NONE;
}
NATIVE(profiler_ccall, "_ccall_callback", "($self, code, instruction_offset, callable, self_arg, /)",
       "Something is called.")
{
    Value key = VALUE_EMPTY, name = VALUE_EMPTY;
    if (!profiler_of(args[0])->builtins)
        return VALUE_NONE;
    enter(t, profiler_of(args[0]));
    int status = native_key(t, args[3], args[0], &key, &name);
    if (status > 0)
        status = begin(t, profiler_of(args[0]), key, name);
    leave(t, profiler_of(args[0]));
    ref_dec(t, key);
    ref_dec(t, name);
    return status < 0 ? VALUE_EMPTY : VALUE_NONE;
}
NATIVE(profiler_creturn, "_creturn_callback", "($self, code, instruction_offset, callable, self_arg, /)",
       "A native function has ended.")
{
    Value key = VALUE_EMPTY, number;
    if (!profiler_of(args[0])->builtins)
        return VALUE_NONE;
    enter(t, profiler_of(args[0]));
    int status = native_key(t, args[3], args[0], &key, NULL);
    if (status > 0) {
        int found = dict_get_optional(t, profiler_of(args[0])->index, key, &number);
        status = found <= 0 ? found : end(t, profiler_of(args[0]), value_to_int(number));
    }
    leave(t, profiler_of(args[0]));
    ref_dec(t, key);
    return status < 0 ? VALUE_EMPTY : VALUE_NONE;
}

/* ---- on and off ---- */

static const struct {
    TraceEvent event;
    const char *method;
    bool native;
} callbacks[] = {{TRACE_PY_START, "_pystart_callback", false},  {TRACE_PY_RESUME, "_pystart_callback", false},
                 {TRACE_PY_THROW, "_pythrow_callback", false},  {TRACE_PY_RETURN, "_pyreturn_callback", false},
                 {TRACE_PY_YIELD, "_pyreturn_callback", false}, {TRACE_PY_UNWIND, "_pyreturn_callback", false},
                 {TRACE_CALL, "_ccall_callback", true},         {TRACE_C_RETURN, "_creturn_callback", true},
                 {TRACE_C_RAISE, "_creturn_callback", true}};
#define PROFILER_ID 2

static Value monitoring(Thread *t)
{
    Value module = dict_get_string(t, t->interp->sys_dict, "monitoring");
    if (value_is_empty(module) && !error_pending(t))
        error_set(t, EXC_RuntimeError, "sys.monitoring is missing");
    return module;
}

/* monitoring.method(PROFILER_ID, ...): 0 or -1. */
static int ask(Thread *t, Value module, const char *method, Value a, Value b)
{
    Value result = object_call_method_string(t, module, method, value_from_int(PROFILER_ID), a, b);
    ref_dec(t, result);
    return value_is_empty(result) ? -1 : 0;
}

static int enable(Thread *t, Value self)
{
    Profiler *p = profiler_of(self);
    Value module = monitoring(t), name = str_from_string(t, "cProfile");
    int status = value_is_empty(module) || value_is_empty(name) ? -1 : 0;
    if (status == 0 && ask(t, module, "use_tool_id", name, VALUE_EMPTY) < 0) {
        if (error_swallow(t, EXC_ValueError))
            error_set(t, EXC_ValueError, "Another profiling tool is already active");
        status = -1;
    }
    uint32_t events = 0;
    for (size_t i = 0; status == 0 && i < sizeof callbacks / sizeof *callbacks; i++) {
        if (callbacks[i].native && !p->builtins)
            continue;
        Value method = object_getattr_string(t, self, callbacks[i].method);
        status = value_is_empty(method)
                     ? -1
                     : ask(t, module, "register_callback", value_from_int(INT64_C(1) << callbacks[i].event), method);
        ref_dec(t, method);
        events |= 1u << callbacks[i].event;
    }
    p->enabled = status == 0;
    if (status == 0)
        status = ask(t, module, "set_events", value_from_int(events), VALUE_EMPTY);
    ref_dec(t, module);
    ref_dec(t, name);
    return status;
}

NATIVE(profiler_enable, "enable", "($self, /, subcalls=True, builtins=True)",
       "Begins to collect: subcalls, also who called whom; builtins, also native functions.")
{
    Profiler *p = profiler_of(args[0]);
    int subcalls = argument_bool(t, args[1], p->subcalls), builtins = argument_bool(t, args[2], p->builtins);
    if (subcalls < 0 || builtins < 0)
        return VALUE_EMPTY;
    p->subcalls = subcalls;
    p->builtins = builtins;
    return enable(t, args[0]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(profiler_disable, "disable", "($self, /)", "Stops collecting.")
{
    Profiler *p = profiler_of(args[0]);
    if (p->in_timer)
        return error_set(t, EXC_RuntimeError, "cannot disable profiler in external timer");
    if (!p->enabled)
        return VALUE_NONE;
    Value module = monitoring(t);
    int status = value_is_empty(module) ? -1 : ask(t, module, "free_tool_id", VALUE_EMPTY, VALUE_EMPTY);
    ref_dec(t, module);
    p->enabled = false;
    enter(t, p);
    while (status == 0 && p->depth)
        status = end(t, p, -1);
    leave(t, p);
    return status < 0 ? VALUE_EMPTY : VALUE_NONE;
}

static void clear_entries(Thread *t, Profiler *p)
{
    for (uint32_t i = 0; i < p->entry_count; i++) {
        ref_dec(t, p->entries[i].code);
        alloc_memory_free(t, p->entries[i].subs);
    }
    alloc_memory_free(t, p->entries);
    alloc_memory_free(t, p->stack);
    p->entries = NULL;
    p->stack = NULL;
    p->entry_count = p->entry_capacity = p->depth = p->stack_capacity = 0;
}

NATIVE(profiler_clear, "clear", "($self, /)", "Forgets all that was collected.")
{
    Profiler *p = profiler_of(args[0]);
    if (p->in_timer)
        return error_set(t, EXC_RuntimeError, "cannot clear profiler in external timer");
    Value index = dict_new(t);
    if (value_is_empty(index))
        return index;
    enter(t, p);
    ref_replace_take(t, &p->index, index);
    clear_entries(t, p);
    leave(t, p);
    return VALUE_NONE;
}

/* ---- results ---- */

static Value make_row(Thread *t, Type *type, const Profiler *p, Value code, const Counts *c)
{
    Value row = structseq_new(t, type);
    if (value_is_empty(row))
        return row;
    structseq_set_take(row, 0, ref_inc(t, code));
    structseq_set_take(row, 1, int_from_int64(t, c->calls));
    structseq_set_take(row, 2, int_from_int64(t, c->recursive));
    structseq_set_take(row, 3, value_from_double((double)c->total * unit_of(p)));
    structseq_set_take(row, 4, value_from_double((double)c->inside * unit_of(p)));
    return row;
}

static Value sub_rows(Thread *t, const Profiler *p, const Entry *e)
{
    bool any = false;
    for (uint32_t i = 0; i < e->sub_count; i++)
        any |= e->subs[i].counts.calls != 0;
    Value rows = any ? list_new(t, 0) : VALUE_NONE;
    for (uint32_t i = 0; !value_is_empty(rows) && i < e->sub_count; i++) {
        const SubEntry *sub = &e->subs[i];
        if (!sub->counts.calls)
            continue;
        Value row = make_row(t, state_of(t)->subentry_type, p, p->entries[sub->callee].code, &sub->counts);
        if (!value_is_empty(row))
            row = structseq_finish_take(t, row);
        if (value_is_empty(row) || list_append_take(t, rows, row) < 0)
            ref_clear(t, &rows);
    }
    return rows;
}

NATIVE(profiler_getstats, "getstats", "($self, /)", "A list of profiler_entry objects, one a function.")
{
    Profiler *p = profiler_of(args[0]);
    Value rows = list_new(t, 0);
    enter(t, p);
    for (uint32_t i = 0; !value_is_empty(rows) && i < p->entry_count; i++) {
        const Entry *e = &p->entries[i];
        if (!e->counts.calls)
            continue;
        Value row = make_row(t, state_of(t)->entry_type, p, e->code, &e->counts);
        if (!value_is_empty(row)) {
            structseq_set_take(row, 5, sub_rows(t, p, e));
            row = structseq_finish_take(t, row);
        }
        if (value_is_empty(row) || list_append_take(t, rows, row) < 0)
            ref_clear(t, &rows);
    }
    leave(t, p);
    return rows;
}

/* ---- the type ---- */

static int profiler_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Profiler *p = profiler_of(self);
    Value out[4];
    if (native_parse(t, "Profiler", "(timer=None, timeunit=0.0, subcalls=True, builtins=True)", args, n, names, out) <
        0)
        return -1;
    int subcalls = argument_bool(t, out[2], 1), builtins = argument_bool(t, out[3], 1);
    if (subcalls < 0 || builtins < 0)
        return -1;
    if (p->in_timer)
        return error_set(t, EXC_RuntimeError, "cannot clear profiler in external timer"), -1;
    double unit = 0;
    if (!value_is_empty(out[1])) {
        Value number = number_float(t, out[1]);
        if (value_is_empty(number))
            return -1;
        unit = value_is_double(number) ? value_to_double(number) : 0;
        ref_dec(t, number);
    }
    Value index = dict_new(t);
    if (value_is_empty(index))
        return -1;
    enter(t, p);
    ref_replace_take(t, &p->index, index);
    ref_replace_take(t, &p->timer, value_is_empty(out[0]) || value_is_none(out[0]) ? VALUE_EMPTY : ref_inc(t, out[0]));
    clear_entries(t, p);
    p->unit = unit;
    p->subcalls = subcalls;
    p->builtins = builtins;
    leave(t, p);
    return 0;
}
static void profiler_dealloc(Thread *t, Object *o)
{
    Profiler *p = (Profiler *)o;
    clear_entries(t, p);
    ref_clear(t, &p->index);
    ref_clear(t, &p->timer);
}
static int profiler_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((Profiler *)o)->index);
    VISIT(((Profiler *)o)->timer);
    return 0;
}
static void profiler_clear_refs(Thread *t, Object *o) { ref_clear(t, &((Profiler *)o)->timer); }

static const NativeDef *const profiler_methods[] = {&native_profiler_getstats, &native_profiler_enable,
                                                    &native_profiler_disable,  &native_profiler_clear,
                                                    &native_profiler_pystart,  &native_profiler_pythrow,
                                                    &native_profiler_pyreturn, &native_profiler_ccall,
                                                    &native_profiler_creturn,  NULL};
static const TypeSpec profiler_spec = {
    .name = "_lsprof.Profiler",
    .doc = "A profiler with little cost of its own.\n\n  timer\n    a function that tells the time; None: a fine "
           "clock\n  timeunit\n    seconds a tick, if the timer tells "
           "integers\n  subcalls\n    also collect who called whom\n  builtins\n    also collect native functions",
    .signature = "(timer=None, timeunit=0.0, subcalls=True, builtins=True)",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE,
    .size = sizeof(Profiler),
    .methods = profiler_methods,
    .slots = {.dealloc = profiler_dealloc,
              .traverse = profiler_traverse,
              .clear = profiler_clear_refs,
              .create = type_create_plain,
              .init = profiler_init},
};

static int exec(Thread *t, Value module)
{
    LsprofState *state = state_of(t);
    if (!state) {
        state = alloc_memory_zeroed(t, 1, sizeof *state);
        if (!state)
            return -1;
        t->interp->module_state[MODULE__lsprof] = state;
        state->entry_type = structseq_type(t, &entry_spec);
        state->subentry_type = structseq_type(t, &subentry_spec);
        if (!state->entry_type || !state->subentry_type)
            return -1;
    }
    if (module_add_take(t, module, "profiler_entry", ref_inc(t, value_of(state->entry_type))) < 0 ||
        module_add_take(t, module, "profiler_subentry", ref_inc(t, value_of(state->subentry_type))) < 0)
        return -1;
    return module_add_type(t, module, &profiler_spec, NULL) ? 0 : -1;
}
static void free_state(Thread *t, void *memory)
{
    LsprofState *state = memory;
    ref_dec_ptr(t, state->entry_type);
    ref_dec_ptr(t, state->subentry_type);
    alloc_memory_free(t, state);
}

const ModuleDef module_def__lsprof = {
    .name = "_lsprof", .doc = "A fast profiler.", .exec = exec, .free_state = free_state};
