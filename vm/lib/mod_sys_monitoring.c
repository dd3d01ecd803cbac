/* mod_sys_monitoring.c: the module sys.monitoring: tools, their functions and the events that they want.  Read next: ../run/trace.h. */
#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/audit.h"
#include "../object/container.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/module.h"
#include "../object/namespace.h"
#include "../run/trace.h"
#include "../thread/lock.h"
#include "../thread/world.h"
#include "argument.h"
#include "mod_sys.h"

#define BIT(event) (1u << TRACE_##event)
#define C_EVENTS (BIT(C_RETURN) | BIT(C_RAISE))
#define LOCAL_BITS (((1u << TRACE_LOCAL_EVENTS) - 1) | BIT(BRANCH))

static Monitor *monitor_of(Thread *t) { return t->interp->monitor; }

/* The tool that an argument numbers, or -1. */
static int tool_of(Thread *t, Value v)
{
    int tool;
    if (int_to_int(t, v, &tool) < 0)
        return -1;
    if (tool < 0 || tool >= TRACE_TOOLS)
        return error_set(t, EXC_ValueError, "invalid tool %d (must be between 0 and 5)", tool), -1;
    return tool;
}
static int used_tool(Thread *t, Value v)
{
    int tool = tool_of(t, v);
    if (tool >= 0 && value_is_empty(monitor_of(t)->names[tool]))
        return error_set(t, EXC_ValueError, "tool %d is not in use", tool), -1;
    return tool;
}

NATIVE(monitoring_use_tool_id, "use_tool_id", "($module, tool_id, name, /)", "Takes a tool number, under a name.")
{
    int tool = tool_of(t, args[1]);
    if (tool < 0)
        return VALUE_EMPTY;
    if (!str_check(args[2]))
        return error_set(t, EXC_ValueError, "tool name must be a str");
    Monitor *m = monitor_of(t);
    mutex_lock(&m->mutex);
    bool taken = !value_is_empty(m->names[tool]);
    if (!taken)
        m->names[tool] = ref_inc(t, args[2]);
    mutex_unlock(&m->mutex);
    return taken ? error_set(t, EXC_ValueError, "tool %d is already in use", tool) : VALUE_NONE;
}

static int each_code(Object *o, void *arg)
{
    if (object_kind(o) == KIND_CODE && ((Code *)o)->monitor) {
        CodeMonitor *cm = ((Code *)o)->monitor;
        if (((int *)arg)[0] >= 0)
            cm->local[((int *)arg)[0]] = 0;
        for (int i = 0; i < TRACE_TOOLS; i++)
            ((uint32_t *)arg)[1] |= cm->local[i];
    }
    return 0;
}
/* Adds up what is wanted of single code objects, after taking away what `tool` (or -1) wants. */
static void update(Thread *t, int tool)
{
    int32_t state[2] = {tool, 0};
    world_stop(t);
    heap_walk_objects(t->interp, each_code, state);
    world_start(t);
    trace_update(t->interp, (uint32_t)state[1]);
}

static void clear_tool(Thread *t, int tool)
{
    Monitor *m = monitor_of(t);
    Value old[TRACE_EVENTS];
    mutex_lock(&m->mutex);
    m->global[tool] = 0;
    for (int i = 0; i < TRACE_EVENTS; i++) {
        old[i] = m->functions[tool][i];
        m->functions[tool][i] = VALUE_EMPTY;
    }
    mutex_unlock(&m->mutex);
    for (int i = 0; i < TRACE_EVENTS; i++)
        ref_dec(t, old[i]);
    update(t, tool);
}
NATIVE(monitoring_clear_tool_id, "clear_tool_id", "($module, tool_id, /)",
       "Forgets all functions and events of a tool.")
{
    int tool = tool_of(t, args[1]);
    if (tool < 0)
        return VALUE_EMPTY;
    if (!value_is_empty(monitor_of(t)->names[tool]))
        clear_tool(t, tool);
    return VALUE_NONE;
}
NATIVE(monitoring_free_tool_id, "free_tool_id", "($module, tool_id, /)", "Gives a tool number back.")
{
    int tool = tool_of(t, args[1]);
    if (tool < 0)
        return VALUE_EMPTY;
    if (!value_is_empty(monitor_of(t)->names[tool])) {
        clear_tool(t, tool);
        ref_clear(t, &monitor_of(t)->names[tool]);
    }
    return VALUE_NONE;
}
NATIVE(monitoring_get_tool, "get_tool", "($module, tool_id, /)", "The name of the tool that has a number, or None.")
{
    int tool = tool_of(t, args[1]);
    if (tool < 0)
        return VALUE_EMPTY;
    Value name = monitor_of(t)->names[tool];
    return value_is_empty(name) ? VALUE_NONE : ref_inc(t, name);
}

NATIVE(monitoring_register_callback, "register_callback", "($module, tool_id, event, func, /)",
       "Sets the function of a tool for one event (None: none) and returns the one before.")
{
    int tool = tool_of(t, args[1]), event;
    if (tool < 0 || int_to_int(t, args[2], &event) < 0)
        return VALUE_EMPTY;
    if (event <= 0 || (event & (event - 1)))
        return error_set(t, EXC_ValueError, "The callback can only be set for one event at a time");
    int number = __builtin_ctz((unsigned)event);
    if (number >= TRACE_EVENTS)
        return error_set(t, EXC_ValueError, "invalid event %d", event);
    if (audit(t, "sys.monitoring.register_callback", "O", args[3]) < 0)
        return VALUE_EMPTY;
    Monitor *m = monitor_of(t);
    mutex_lock(&m->mutex);
    Value old = m->functions[tool][number];
    m->functions[tool][number] = value_is_none(args[3]) ? VALUE_EMPTY : ref_inc(t, args[3]);
    mutex_unlock(&m->mutex);
    return value_is_empty(old) ? VALUE_NONE : old;
}

/* The events that an argument names; -1 with ValueError.  Those of C functions come with CALL and may only be asked for with it. */
static int64_t events_of(Thread *t, Value v, const char *sort)
{
    int events;
    if (int_to_int(t, v, &events) < 0)
        return -1;
    if (events < 0 || events >= 1 << TRACE_EVENTS)
        return error_set(t, EXC_ValueError, "invalid %sevent set 0x%x", sort, (unsigned)events), -1;
    if ((events & C_EVENTS) && (events & (C_EVENTS | BIT(CALL))) != (C_EVENTS | BIT(CALL)))
        return error_set(t, EXC_ValueError, "cannot set C_RETURN or C_RAISE events independently"), -1;
    return events & ~(int)C_EVENTS;
}
NATIVE(monitoring_get_events, "get_events", "($module, tool_id, /)", "The events that a tool wants everywhere.")
{
    int tool = used_tool(t, args[1]);
    return tool < 0 ? VALUE_EMPTY : value_from_int(monitor_of(t)->global[tool]);
}
NATIVE(monitoring_set_events, "set_events", "($module, tool_id, event_set, /)",
       "Sets the events that a tool wants everywhere.")
{
    int tool = tool_of(t, args[1]);
    int64_t events = tool < 0 ? -1 : events_of(t, args[2], "");
    if (events < 0)
        return VALUE_EMPTY;
    if (used_tool(t, args[1]) < 0)
        return VALUE_EMPTY;
    monitor_of(t)->global[tool] = (uint32_t)events;
    update(t, -1);
    return VALUE_NONE;
}
static int check_code(Thread *t, Value v)
{
    return code_check(v) ? 0 : (error_set(t, EXC_TypeError, "code must be a code object"), -1);
}
NATIVE(monitoring_get_local_events, "get_local_events", "($module, tool_id, code, /)",
       "The events that a tool wants of a code object.")
{
    int tool = tool_of(t, args[1]);
    if (tool < 0 || check_code(t, args[2]) < 0 || used_tool(t, args[1]) < 0)
        return VALUE_EMPTY;
    CodeMonitor *cm = code_of(args[2])->monitor;
    return value_from_int(cm ? cm->local[tool] : 0);
}
NATIVE(monitoring_set_local_events, "set_local_events", "($module, tool_id, code, event_set, /)",
       "Sets the events that a tool wants of a code object.")
{
    int tool = tool_of(t, args[1]);
    if (tool < 0 || check_code(t, args[2]) < 0)
        return VALUE_EMPTY;
    int64_t events = events_of(t, args[3], "local ");
    if (events < 0)
        return VALUE_EMPTY;
    if (events & ~(int64_t)LOCAL_BITS)
        return error_set(t, EXC_ValueError, "invalid local event set 0x%x", (unsigned)events);
    if (used_tool(t, args[1]) < 0)
        return VALUE_EMPTY;
    CodeMonitor *cm = trace_code(t, code_of(args[2]));
    if (!cm)
        return VALUE_EMPTY;
    cm->local[tool] = (uint32_t)events;
    update(t, -1);
    return VALUE_NONE;
}
NATIVE(monitoring_restart_events, "restart_events", "($module, /)",
       "Switches all events on again that functions have switched off by returning DISABLE.")
{
    Monitor *m = monitor_of(t);
    mutex_lock(&m->mutex);
    m->restarts++;
    mutex_unlock(&m->mutex);
    return VALUE_NONE;
}

static const struct {
    const char *name;
    uint32_t bits;
} event_table[] = {
#define EVENT(name) {#name, BIT(name)},
    EVENT(PY_START) EVENT(PY_RESUME) EVENT(PY_RETURN) EVENT(PY_YIELD) EVENT(CALL) EVENT(LINE) EVENT(INSTRUCTION)
        EVENT(JUMP) EVENT(BRANCH_LEFT) EVENT(BRANCH_RIGHT) EVENT(STOP_ITERATION) EVENT(RAISE) EVENT(EXCEPTION_HANDLED)
            EVENT(PY_UNWIND) EVENT(PY_THROW) EVENT(RERAISE) EVENT(C_RETURN) EVENT(C_RAISE) EVENT(BRANCH)
#undef EVENT
                {"NO_EVENTS", 0},
};

NATIVE(monitoring_all_events, "_all_events", "($module, /)",
       "A dict: for each event, the bits of the tools that want it everywhere.")
{
    Value dict = dict_new(t);
    for (size_t i = 0; !value_is_empty(dict) && i < TRACE_EVENTS; i++) {
        int tools = 0;
        for (int tool = 0; tool < TRACE_TOOLS; tool++)
            tools |= (monitor_of(t)->global[tool] & event_table[i].bits) ? 1 << tool : 0;
        if (tools && dict_set_string(t, dict, event_table[i].name, value_from_int(tools)) < 0)
            ref_clear(t, &dict);
    }
    return dict;
}

static const NativeDef *const functions[] = {
    &native_monitoring_use_tool_id,    &native_monitoring_clear_tool_id,     &native_monitoring_free_tool_id,
    &native_monitoring_get_tool,       &native_monitoring_register_callback, &native_monitoring_get_events,
    &native_monitoring_set_events,     &native_monitoring_get_local_events,  &native_monitoring_set_local_events,
    &native_monitoring_restart_events, &native_monitoring_all_events,        NULL};

static const ModuleDef monitoring_def = {.name = "sys.monitoring",
                                         .doc = "Events of running code, for debuggers, profilers and the like.",
                                         .methods = functions};

static Value make_events(Thread *t)
{
    Value dict = dict_new(t);
    for (size_t i = 0; !value_is_empty(dict) && i < sizeof event_table / sizeof *event_table; i++)
        if (dict_set_string(t, dict, event_table[i].name, value_from_int(event_table[i].bits)) < 0)
            ref_clear(t, &dict);
    Value events = value_is_empty(dict) ? dict : namespace_new(t, dict);
    ref_dec(t, dict);
    return events;
}

int sys_add_monitoring(Thread *t, Value module)
{
    if (!t->interp->monitor && trace_new(t) < 0)
        return -1;
    Monitor *m = monitor_of(t);
    Value monitoring = module_from_def(t, &monitoring_def);
    if (value_is_empty(monitoring))
        return -1;
    Value object_type = value_of(t->types[KIND_OBJECT]);
    if (value_is_empty(m->disable))
        m->disable = object_call0(t, object_type);
    if (value_is_empty(m->missing))
        m->missing = object_call0(t, object_type);
    if (value_is_empty(m->disable) || value_is_empty(m->missing) ||
        module_add_take(t, monitoring, "DISABLE", ref_inc(t, m->disable)) < 0 ||
        module_add_take(t, monitoring, "MISSING", ref_inc(t, m->missing)) < 0 ||
        module_add_take(t, monitoring, "events", make_events(t)) < 0 ||
        module_add_int(t, monitoring, "DEBUGGER_ID", 0) < 0 || module_add_int(t, monitoring, "COVERAGE_ID", 1) < 0 ||
        module_add_int(t, monitoring, "PROFILER_ID", 2) < 0 || module_add_int(t, monitoring, "OPTIMIZER_ID", 5) < 0) {
        ref_dec(t, monitoring);
        return -1;
    }
    return module_add_take(t, module, "monitoring", monitoring);
}
