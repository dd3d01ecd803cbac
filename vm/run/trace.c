/* trace.c: the events of running code, given to sys.monitoring's tools and to the functions of sys.setprofile and sys.settrace, in this order.
 *
 * A line begins at an instruction whose line is another one than that of the instruction executed before it in the frame, or that was reached by a jump
 * backwards; the ends of bodies have no line of their own.  Read next: trace.h (invariants), eval_loop.inc (the hooks), trace_jump.c (f_lineno), ../lib/mod_sys_trace.c and mod_sys_monitoring.c (the settings). */
#include "trace.h"

#include "../memory/alloc.h"
#include "../object/error.h"
#include "../object/exception.h"
#include "../object/function.h"
#include "../object/container.h"
#include "../object/method.h"
#include "../object/str.h"
#include "../thread/breaker.h"
#include "../thread/lock.h"
#include "../thread/world.h"
#include "unwind.h"

/* ---- settings ---- */

int trace_new(Thread *t)
{
    Monitor *m = alloc_memory_zeroed(t, 1, sizeof *m);
    t->interp->monitor = m;
    return m ? 0 : -1;
}

void trace_switch(Thread *t) { breaker_set(t, BREAKER_TRACE); }

static int switch_thread(Thread *x, void *arg)
{
    breaker_set(x, BREAKER_TRACE);
    return 0;
}
void trace_switch_all(Interp *interp) { world_each(interp, switch_thread, NULL); }

void trace_update(Interp *interp, uint32_t extra)
{
    Monitor *m = interp->monitor;
    uint32_t active = extra;
    for (int i = 0; i < TRACE_TOOLS; i++)
        active |= m->global[i];
    atomic_store(&m->active, active);
    trace_switch_all(interp);
}

CodeMonitor *trace_code(Thread *t, Code *code)
{
    void **slot = &code->monitor, *present = __atomic_load_n(slot, __ATOMIC_ACQUIRE);
    if (present)
        return present;
    CodeMonitor *m = code_complete(t, code) < 0 ? NULL : alloc_memory_zeroed(t, 1, sizeof *m);
    if (!m || !(m->lines = alloc_memory_zeroed(t, code->instruction_count, sizeof *m->lines))) {
        alloc_memory_free(t, m);
        return NULL;
    }
    CodePositionReader reader;
    code_positions_begin(&reader, code);
    while (code_positions_next(&reader))
        for (uint32_t i = reader.index; i < reader.run_end && i < code->instruction_count; i++)
            m->lines[i] = reader.current.line;
    if (!__atomic_compare_exchange_n(slot, &present, m, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        trace_code_free(t, m);
        return present;
    }
    return m;
}

void trace_code_free(Thread *t, void *monitor)
{
    CodeMonitor *m = monitor;
    if (!m)
        return;
    alloc_memory_free(t, m->lines);
    alloc_memory_free(t, m->disabled);
    alloc_memory_free(t, m);
}

/* ---- sys.monitoring ---- */

/* The entry of an event at an instruction, or NULL. Under the mutex. */
static TraceDisabled *disabled_at(CodeMonitor *cm, uint32_t index, uint32_t event)
{
    for (uint32_t i = 0; i < cm->disabled_count; i++)
        if (cm->disabled[i].index == index && cm->disabled[i].event == event)
            return &cm->disabled[i];
    return NULL;
}

static int disable(Thread *t, CodeMonitor *cm, int tool, TraceEvent event, uint32_t index)
{
    Monitor *m = t->interp->monitor;
    int status = 0;
    mutex_lock(&m->mutex);
    TraceDisabled *d = disabled_at(cm, index, event);
    if (!d) {
        if (cm->disabled_count == cm->disabled_capacity) {
            uint32_t capacity = cm->disabled_capacity ? cm->disabled_capacity * 2 : 8;
            TraceDisabled *grown = alloc_memory_resize(t, cm->disabled, capacity * sizeof *grown);
            if (grown) {
                cm->disabled = grown;
                cm->disabled_capacity = capacity;
            } else {
                status = -1;
            }
        }
        if (status == 0) {
            d = &cm->disabled[cm->disabled_count++];
            *d = (TraceDisabled){index, event, 0, m->restarts};
        }
    }
    if (d) {
        if (d->restarts != m->restarts)
            d->tools = 0;
        d->restarts = m->restarts;
        d->tools |= 1u << tool;
    }
    mutex_unlock(&m->mutex);
    return status;
}

static const char *const event_names[TRACE_EVENTS] = {"PY_START",
                                                      "PY_RESUME",
                                                      "PY_RETURN",
                                                      "PY_YIELD",
                                                      "CALL",
                                                      "LINE",
                                                      "INSTRUCTION",
                                                      "JUMP",
                                                      "BRANCH_LEFT",
                                                      "BRANCH_RIGHT",
                                                      "STOP_ITERATION",
                                                      "RAISE",
                                                      "EXCEPTION_HANDLED",
                                                      "PY_UNWIND",
                                                      "PY_THROW",
                                                      "RERAISE",
                                                      "C_RETURN",
                                                      "C_RAISE",
                                                      "BRANCH"};

/* Calls the functions of the tools that want an event of the instruction `index` with the code, `first` and further arguments. */
static int tell_tools(Thread *t, Code *code, TraceEvent event, uint32_t index, const Value *arguments, uint32_t n)
{
    Monitor *m = t->interp->monitor;
    CodeMonitor *cm = trace_code(t, code);
    if (!cm)
        return -1;
    /* What belongs to a call is wanted by who wants calls; who wants branches wants both sides. */
    TraceEvent wish = event == TRACE_C_RETURN || event == TRACE_C_RAISE ? TRACE_CALL : event;
    uint32_t bits = 1u << wish;
    if (event == TRACE_BRANCH_LEFT || event == TRACE_BRANCH_RIGHT)
        bits |= 1u << TRACE_BRANCH;
    for (int tool = 0; tool < TRACE_TOOLS; tool++) {
        uint32_t wanted = (m->global[tool] | cm->local[tool]) & bits;
        if (!wanted)
            continue;
        TraceEvent reported = event;
        if (!(wanted & 1u << wish))
            reported = TRACE_BRANCH;
        mutex_lock(&m->mutex);
        const TraceDisabled *d = cm->disabled_count ? disabled_at(cm, index, reported) : NULL;
        bool off = d && d->restarts == m->restarts && (d->tools & 1u << tool);
        Value function = off ? VALUE_EMPTY : ref_inc(t, m->functions[tool][reported]);
        mutex_unlock(&m->mutex);
        if (value_is_empty(function))
            continue;
        Value args[5] = {value_of(code)};
        for (uint32_t i = 0; i < n; i++)
            args[1 + i] = arguments[i];
        t->tracing++;
        Value result = object_call(t, function, args, n + 1, VALUE_EMPTY);
        t->tracing--;
        ref_dec(t, function);
        if (value_is_empty(result))
            return -1;
        bool disables = value_is(result, m->disable);
        ref_dec(t, result);
        if (!disables)
            continue;
        if (reported < TRACE_LOCAL_EVENTS || reported == TRACE_BRANCH) {
            if (disable(t, cm, tool, reported, index) < 0)
                return -1;
        } else {
            mutex_lock(&m->mutex);
            Value old = m->functions[tool][reported];
            m->functions[tool][reported] = VALUE_EMPTY;
            mutex_unlock(&m->mutex);
            ref_dec(t, old);
            return error_set(t, EXC_ValueError, "Cannot disable %s events. Callback removed.", event_names[reported]),
                   -1;
        }
    }
    return 0;
}

/* Does any tool want one of the events, possibly? */
static inline bool active(Thread *t, uint32_t bits)
{
    return !t->tracing && (atomic_load_explicit(&t->interp->monitor->active, memory_order_relaxed) & bits);
}

static int tell(Thread *t, Frame *f, TraceEvent event, uint32_t index, Value x)
{
    Value arguments[2] = {value_from_int(2 * (int64_t)index), x};
    return tell_tools(t, f->code, event, index, arguments, value_is_empty(x) ? 1 : 2);
}

/* The same for the pending exception, which stays pending unless a function fails. */
static void tell_exception(Thread *t, Frame *f, TraceEvent event)
{
    if (!active(t, 1u << event))
        return;
    Value exc = error_take(t);
    if (tell(t, f, event, frame_index(f), exc) < 0)
        ref_dec(t, exc);
    else
        error_restore_take(t, exc);
}

/* ---- sys.setprofile and sys.settrace ---- */

/* Calls a function with frame, event and argument: its result, or empty. */
static Value call_function(Thread *t, Frame *f, Value function, const char *event, Value argument)
{
    Value frame = frame_object(t, f), name = value_is_empty(frame) ? VALUE_EMPTY : str_intern(t, event),
          result = VALUE_EMPTY;
    if (!value_is_empty(name)) {
        Value args[3] = {frame, name, argument};
        FrameObject *o = (FrameObject *)value_object(frame);
        ref_inc(t, function);
        t->tracing++;
        o->shown = o->last;
        result = object_call(t, function, args, 3, VALUE_EMPTY);
        o->shown = 0;
        t->tracing--;
        ref_dec(t, function);
    }
    ref_dec(t, frame);
    ref_dec(t, name);
    return result;
}

static int profile(Thread *t, Frame *f, const char *event, Value argument)
{
    if (value_is_empty(t->profile_function) || t->tracing)
        return 0;
    Value result = call_function(t, f, t->profile_function, event, argument);
    ref_dec(t, result);
    if (!value_is_empty(result))
        return 0;
    Value exc = error_take(t);
    ref_clear(t, &t->profile_function);
    trace_switch(t);
    error_restore_take(t, exc);
    return -1;
}

static FrameObject *frame_object_peek(Frame *f)
{
    return value_is_empty(f->object) ? NULL : (FrameObject *)value_object(f->object);
}

/* `call`: the thread's function; else the frame's own.  What it returns is the frame's function from then on. */
static int trace(Thread *t, Frame *f, const char *event, Value argument, bool call)
{
    if (value_is_empty(t->trace_function) || t->tracing)
        return 0;
    FrameObject *o = frame_object_peek(f);
    Value function = call ? t->trace_function : o ? o->trace : VALUE_EMPTY;
    if (value_is_empty(function))
        return 0;
    Value result = call_function(t, f, function, event, argument);
    o = frame_object_peek(f);
    if (value_is_empty(result)) {
        Value exc = error_take(t);
        ref_clear(t, &t->trace_function);
        if (o)
            slot_replace_take(t, &o->trace, VALUE_EMPTY);
        trace_switch(t);
        error_restore_take(t, exc);
        return -1;
    }
    if (!value_is_none(result) && o)
        slot_replace_take(t, &o->trace, result);
    else
        ref_dec(t, result);
    return 0;
}

/* Both, for a frame that starts or goes on. A module starts at line 0. */
static int legacy_call(Thread *t, Frame *f, bool starts)
{
    if (t->tracing || (value_is_empty(t->trace_function) && value_is_empty(t->profile_function)))
        return 0;
    const Instruction *pc = f->pc;
    Value held = frame_object(t, f);
    if (value_is_empty(held))
        return -1;
    FrameObject *o = (FrameObject *)value_object(held);
    if (starts && str_equal_ascii(f->code->name, "<module>"))
        o->line = FRAME_LINE_ZERO;
    o->last = frame_index(f) + 1;
    o->event = FRAME_EVENT_CALL;
    int status = profile(t, f, "call", VALUE_NONE);
    if (status == 0)
        status = trace(t, f, "call", VALUE_NONE, true);
    o->line = 0;
    o->event = FRAME_EVENT_NONE;
    f->pc = pc;
    ref_dec(t, held);
    return status;
}

/* ---- the loop's hooks ---- */

int trace_entered(Thread *t, Frame *f)
{
    bool starts = f->pc == code_start(f->code);
    TraceEvent event = starts ? TRACE_PY_START : TRACE_PY_RESUME;
    if (active(t, 1u << event) && tell(t, f, event, frame_index(f), VALUE_EMPTY) < 0)
        return -1;
    return legacy_call(t, f, starts);
}

void trace_thrown(Thread *t, Frame *f)
{
    tell_exception(t, f, TRACE_PY_THROW);
    Value exc = error_take(t);
    if (legacy_call(t, f, f->pc == code_start(f->code)) < 0)
        ref_dec(t, exc);
    else
        error_restore_take(t, exc);
}

int trace_left(Thread *t, Frame *f, Value result, bool yields)
{
    TraceEvent event = yields ? TRACE_PY_YIELD : TRACE_PY_RETURN;
    if (active(t, 1u << event) && tell(t, f, event, frame_index(f), result) < 0)
        return -1;
    if (profile(t, f, "return", result) < 0)
        return -1;
    return trace(t, f, "return", result, false);
}

/* Is it a conditional jump?  -1: an unconditional one; 0: none; 1: yes. */
static int jump_kind(Opcode op)
{
    if (op == OP_JUMP)
        return -1;
    return (op >= OP_JUMP_IF_TRUE && op <= OP_JUMP_IS_NOT) || op == OP_FOR_NEXT;
}

static int tell_jump(Thread *t, Frame *f, const Instruction *previous, const Instruction *pc)
{
    const Instruction *jump = previous;
    if (INSTRUCTION_OP(*jump) == OP_WIDE)
        jump++;
    int kind = jump_kind((Opcode)INSTRUCTION_OP(*jump));
    if (!kind || pc == previous)
        return 0;
    bool taken = pc != jump + 1;
    if (kind < 0 && !taken)
        return 0;
    /* Left is where the code goes on: behind a test that does not jump, into the body of a loop. */
    bool left = INSTRUCTION_OP(*jump) == OP_FOR_NEXT ? taken : !taken;
    TraceEvent event = kind < 0 ? TRACE_JUMP : left ? TRACE_BRANCH_LEFT : TRACE_BRANCH_RIGHT;
    if (!active(t, 1u << event | (kind > 0 ? 1u << TRACE_BRANCH : 0)))
        return 0;
    int64_t target = pc - f->code->instructions;
    return tell(t, f, event, (uint32_t)(previous - f->code->instructions), value_from_int(2 * target));
}

int trace_step(Thread *t, Frame *f, const Instruction *previous)
{
    if (t->tracing ||
        error_pending(t)) /* a handler has not taken its exception yet: that is nothing of the program's */
        return 0;
    Code *code = f->code;
    const Instruction *pc = f->pc, *first = code->instructions;
    CodeMonitor *cm = trace_code(t, code);
    if (!cm)
        return -1;
    uint32_t index = (uint32_t)(pc - first);
    int32_t line = cm->lines[index];
    bool known = previous > first && previous < first + code->instruction_count;
    f->pc = pc + 1; /* the current instruction is this one */
    if (known &&
        active(t, 1u << TRACE_JUMP | 1u << TRACE_BRANCH_LEFT | 1u << TRACE_BRANCH_RIGHT | 1u << TRACE_BRANCH) &&
        tell_jump(t, f, previous, pc) < 0)
        return -1;
    FrameObject *o = frame_object_peek(f);
    bool lineless = line <= 0 || (known && INSTRUCTION_A(*pc) &&
                                  (INSTRUCTION_OP(*pc) == OP_RETURN_NONE || INSTRUCTION_OP(*pc) == OP_JUMP));
    if (o && !lineless)
        o->last = index + 1;
    if (!lineless && (!known || line != cm->lines[previous - first] || pc <= previous)) {
        if (active(t, 1u << TRACE_LINE)) {
            Value number = value_from_int(line);
            if (tell_tools(t, code, TRACE_LINE, index, &number, 1) < 0)
                return -1;
        }
        if (o && o->trace_lines && !value_is_empty(o->trace)) {
            o->event = FRAME_EVENT_LINE;
            int status = trace(t, f, "line", VALUE_NONE, false);
            o->event = FRAME_EVENT_NONE;
            if (status < 0)
                return -1;
        }
    }
    if (f->pc == pc + 1) {
        if (active(t, 1u << TRACE_INSTRUCTION) && tell(t, f, TRACE_INSTRUCTION, index, VALUE_EMPTY) < 0)
            return -1;
        if (o && o->trace_opcodes && !value_is_empty(o->trace) && trace(t, f, "opcode", VALUE_NONE, false) < 0)
            return -1;
    }
    f->pc--;
    return 0;
}

/* The native function behind a callable, as an object that has no self of its own: owned; or empty (error_pending tells an error). */
static Value native_of(Thread *t, Value callable, Value self)
{
    if (object_is_exact(callable, KIND_METHOD))
        callable = ((Method *)value_object(callable))->function;
    if (object_is_exact(callable, KIND_NATIVE))
        return ref_inc(t, callable);
    if (object_is_exact(callable, KIND_METHOD_DESCRIPTOR) && !value_is_empty(self) &&
        type_is_subtype(type_of(t, self), ((Native *)value_object(callable))->owner))
        return native_bind(t, (Native *)value_object(callable), self);
    return VALUE_EMPTY;
}

static int profile_native(Thread *t, Frame *f, const char *event, Value callable, Value first)
{
    if (value_is_empty(t->profile_function) || t->tracing)
        return 0;
    Value native = native_of(t, callable, first);
    if (value_is_empty(native))
        return error_pending(t) ? -1 : 0;
    int status = profile(t, f, event, native);
    ref_dec(t, native);
    return status;
}

static bool is_python(Value callable)
{
    return object_is_exact(callable, KIND_FUNCTION) ||
           (object_is_exact(callable, KIND_METHOD) &&
            object_is_exact(((Method *)value_object(callable))->function, KIND_FUNCTION));
}

bool trace_is_python_call(Thread *t, Value callable)
{
    return is_python(callable) || (object_is_exact(callable, KIND_TYPE) && !active(t, 1u << TRACE_CALL));
}

static int tell_call(Thread *t, Frame *f, TraceEvent event, Value callable, Value first)
{
    if (!active(t, 1u << TRACE_CALL))
        return 0;
    if (object_is_exact(callable, KIND_METHOD)) {
        first = ((Method *)value_object(callable))->self;
        callable = ((Method *)value_object(callable))->function;
    }
    Value arguments[3] = {value_from_int(2 * (int64_t)frame_index(f)), callable,
                          value_is_empty(first) ? t->interp->monitor->missing : first};
    return tell_tools(t, f->code, event, frame_index(f), arguments, 3);
}

int trace_call(Thread *t, Frame *f, Value callable, const Value *args, uint32_t n)
{
    if (t->tracing)
        return 0;
    Value first = n ? args[0] : VALUE_EMPTY;
    if (tell_call(t, f, TRACE_CALL, callable, first) < 0)
        return -1;
    return profile_native(t, f, "c_call", callable, first);
}

Value trace_called_take(Thread *t, Frame *f, Value callable, Value first, Value result)
{
    if (t->tracing || is_python(callable))
        return result;
    Value exc = error_take(t);
    bool raised = value_is_empty(result);
    int status = tell_call(t, f, raised ? TRACE_C_RAISE : TRACE_C_RETURN, callable, first);
    if (status == 0)
        status = profile_native(t, f, raised ? "c_exception" : "c_return", callable, first);
    if (status < 0) {
        ref_dec(t, exc);
        ref_dec(t, result);
        return VALUE_EMPTY;
    }
    if (raised)
        error_restore_take(t, exc);
    return result;
}

/* The pending exception for the frame's function: (type, value, traceback). */
static void trace_exception(Thread *t, Frame *f)
{
    FrameObject *o = frame_object_peek(f);
    if (t->tracing || value_is_empty(t->trace_function) || !o || value_is_empty(o->trace))
        return;
    Value exc = error_take(t), tb = exception_get_traceback(t, exc);
    Value argument = tuple_pack(t, 3, value_of(type_of(t, exc)), exc, value_is_empty(tb) ? VALUE_NONE : tb);
    int status = value_is_empty(argument) ? -1 : trace(t, f, "exception", argument, false);
    ref_dec(t, argument);
    ref_dec(t, tb);
    if (status < 0)
        ref_dec(t, exc);
    else
        error_restore_take(t, exc);
}

int trace_stop_iteration(Thread *t, Frame *f, Value value, bool delegated)
{
    /* A function of settrace sees that of a `for` only where it carries a value. */
    FrameObject *o = frame_object_peek(f);
    bool traced = (delegated || !value_is_none(value)) && !t->tracing && o && !value_is_empty(o->trace);
    if (!traced && !active(t, 1u << TRACE_STOP_ITERATION))
        return 0;
    error_set_value(t, t->interp->exceptions[EXC_StopIteration], value_is_none(value) ? VALUE_EMPTY : value);
    tell_exception(t, f, TRACE_STOP_ITERATION);
    if (traced && error_matches(t, EXC_StopIteration))
        trace_exception(t, f);
    return error_swallow(t, EXC_StopIteration) ? 0 : -1;
}

bool trace_unwind(Thread *t, Frame *f, uint32_t flags)
{
    if (!error_pending(t)) /* a native function has failed without saying why */
        error_set(t, EXC_SystemError, "error return without exception set");
    if (flags & UNWIND_TRACEBACK) {
        traceback_add(t, f);
        tell_exception(t, f, TRACE_RAISE);
        trace_exception(t, f);
    } else {
        tell_exception(t, f, TRACE_RERAISE);
    }
    if (unwind_to_handler(t, f, 0)) {
        tell_exception(t, f, TRACE_EXCEPTION_HANDLED);
        return true;
    }
    tell_exception(t, f, TRACE_PY_UNWIND);
    Value exc = error_take(t);
    if (profile(t, f, "return", VALUE_NONE) < 0 || trace(t, f, "return", VALUE_NONE, false) < 0)
        ref_dec(t, exc);
    else
        error_restore_take(t, exc);
    return false;
}
