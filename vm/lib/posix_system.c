/* posix_system.c: what the system tells and lets be set: its name, clocks and processors, scheduling.  No state but types, no locks.  Read next: posix_limits.c. */
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "../memory/alloc.h"
#include "../object/dict.h"
#include "../object/float.h"
#include "../object/list.h"
#include "../object/module.h"
#include "argument.h"
#include "mod_posix.h"

/* ---- the system ---- */

static const MemberDef uname_fields[] = {STRUCTSEQ_FIELD(0, "sysname", ""), STRUCTSEQ_FIELD(1, "nodename", ""),
                                         STRUCTSEQ_FIELD(2, "release", ""), STRUCTSEQ_FIELD(3, "version", ""),
                                         STRUCTSEQ_FIELD(4, "machine", ""), {0}};
static const StructSeqSpec uname_spec =
    STRUCTSEQ("posix.uname_result", "What uname() tells of the system.", uname_fields, 5, 5, 0);
static const MemberDef times_fields[] = {
    STRUCTSEQ_FIELD(0, "user", ""),          STRUCTSEQ_FIELD(1, "system", ""),
    STRUCTSEQ_FIELD(2, "children_user", ""), STRUCTSEQ_FIELD(3, "children_system", ""),
    STRUCTSEQ_FIELD(4, "elapsed", ""),       {0}};
static const StructSeqSpec times_spec = STRUCTSEQ("posix.times_result", "Times of the process.", times_fields, 5, 5, 0);
static const MemberDef terminal_fields[] = {
    STRUCTSEQ_FIELD(0, "columns", "width in characters"), STRUCTSEQ_FIELD(1, "lines", "height in characters"), {0}};
static const StructSeqSpec terminal_spec =
    STRUCTSEQ("os.terminal_size", "Columns and lines of a terminal.", terminal_fields, 2, 2, 0);
NATIVE(posix_uname, "uname", "($module, /)", "Tells of the operating system.")
{
    struct utsname u;
    if (uname(&u) < 0)
        return error_from_errno(t, errno);
    Value v = structseq_new(t, posix_state(t)->uname_result);
    const char *fields[] = {u.sysname, u.nodename, u.release, u.version, u.machine};
    for (uint32_t i = 0; i < 5 && !value_is_empty(v); i++)
        structseq_set_take(v, i, str_from_fs(t, fields[i], strlen(fields[i])));
    return value_is_empty(v) ? v : structseq_finish_take(t, v);
}
NATIVE(posix_times, "times", "($module, /)", "Processor times of the process and its children, and a clock.")
{
    struct tms tms;
    clock_t elapsed = times(&tms);
    double ticks = (double)sysconf(_SC_CLK_TCK);
    if (elapsed == (clock_t)-1)
        return error_from_errno(t, errno);
    Value v = structseq_new(t, posix_state(t)->times_result);
    const clock_t fields[] = {tms.tms_utime, tms.tms_stime, tms.tms_cutime, tms.tms_cstime, elapsed};
    for (uint32_t i = 0; i < 5 && !value_is_empty(v); i++)
        structseq_set_take(v, i, value_from_double((double)fields[i] / ticks));
    return v;
}
NATIVE(posix_inputhook_installed, "_is_inputhook_installed", "($module, /)",
       "Whether a library waits to be called while a line is typed: none can.")
{
    return VALUE_FALSE;
}
NATIVE(posix_inputhook, "_inputhook", "($module, /)",
       "Calls the hook of a library that waits to be called while a line is typed: there is none.")
{
    return VALUE_NONE;
}
NATIVE(posix_cpu_count, "cpu_count", "($module, /)", "Number of processors.")
{
    if (t->interp->config.cpu_count)
        return value_from_int(t->interp->config.cpu_count);
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? VALUE_NONE : value_from_int(count);
}
NATIVE(posix_getloadavg, "getloadavg", "($module, /)", "Processes waiting to run, averaged over 1, 5 and 15 minutes.")
{
    double load[3];
    if (getloadavg(load, 3) != 3)
        return error_set(t, EXC_OSError, "Load averages are unobtainable");
    return tuple_pack(t, 3, value_from_double(load[0]), value_from_double(load[1]), value_from_double(load[2]));
}
NATIVE(posix_strerror, "strerror", "($module, code, /)", "The message of an error number.")
{
    int code;
    if (int_to_int(t, args[1], &code) < 0)
        return VALUE_EMPTY;
    const char *text = strerror(code);
    return str_from_fs(t, text, strlen(text));
}

/* ---- scheduling ---- */

static Value done(Thread *t, int result) { return result < 0 ? error_from_errno(t, errno) : VALUE_NONE; }

NATIVE(posix_sched_getaffinity, "sched_getaffinity", "($module, pid, /)", "Processors that a process may run on.")
{
    int pid;
    cpu_set_t set;
    if (int_to_int(t, args[1], &pid) < 0)
        return VALUE_EMPTY;
    if (sched_getaffinity(pid, sizeof set, &set) < 0)
        return error_from_errno(t, errno);
    Value result = set_new(t, VALUE_EMPTY);
    for (int i = 0; i < CPU_SETSIZE && !value_is_empty(result); i++)
        if (CPU_ISSET(i, &set) && set_add(t, result, value_from_int(i)) < 0)
            ref_clear(t, &result);
    return result;
}
NATIVE(posix_sched_setaffinity, "sched_setaffinity", "($module, pid, mask, /)",
       "Sets the processors that a process may run on.")
{
    int pid;
    cpu_set_t set;
    CPU_ZERO(&set);
    Value items = VALUE_EMPTY;
    if (int_to_int(t, args[1], &pid) < 0 || value_is_empty(items = object_to_tuple(t, args[2])))
        return VALUE_EMPTY;
    for (size_t i = 0; i < tuple_length(items); i++) {
        int cpu;
        if (int_to_int(t, tuple_peek(items, i), &cpu) < 0 || cpu < 0 || cpu >= CPU_SETSIZE) {
            ref_dec(t, items);
            return error_pending(t) ? VALUE_EMPTY : error_set(t, EXC_ValueError, "negative CPU number");
        }
        CPU_SET(cpu, &set);
    }
    ref_dec(t, items);
    return done(t, sched_setaffinity(pid, sizeof set, &set));
}
NATIVE(posix_sched_yield, "sched_yield", "($module, /)", "Lets other threads and processes run.")
{
    thread_detach(t, EVENT_SLEEP);
    sched_yield();
    thread_attach(t);
    return VALUE_NONE;
}

int posix_sched_param(Thread *t, Value v, struct sched_param *parameter)
{
    if (type_of(t, v) != posix_state(t)->sched_param)
        return error_set(t, EXC_TypeError, "must have a sched_param object"), -1;
    int overflow;
    Value priority = tuple_peek(v, 0);
    if (!int_check(priority))
        return error_set(t, EXC_TypeError, "an integer is required"), -1;
    int64_t i = int_to_int64_overflow(t, priority, &overflow);
    if (overflow || i != (int)i)
        return error_set(t, EXC_OverflowError, "sched_priority out of range"), -1;
    parameter->sched_priority = (int)i;
    return 0;
}
/* sched_param(sched_priority): the priority itself, where other such types take a sequence. */
static Value sched_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value priority;
    if (native_parse(t, "sched_param", "(sched_priority)", args, n, names, &priority) < 0)
        return VALUE_EMPTY;
    Value v = structseq_new(t, type);
    if (!value_is_empty(v))
        structseq_set_take(v, 0, ref_inc(t, priority));
    return v;
}
NATIVE(sched_reduce, "__reduce__", "($self, /)", "For pickle.")
{
    Value arguments = tuple_pack(t, 1, tuple_peek(args[0], 0));
    Value v = value_is_empty(arguments) ? VALUE_EMPTY : tuple_pack(t, 2, value_of(type_of(t, args[0])), arguments);
    ref_dec(t, arguments);
    return v;
}
static const NativeDef *const sched_methods[] = {&native_sched_reduce, NULL};
static const MemberDef sched_fields[] = {STRUCTSEQ_FIELD(0, "sched_priority", "the scheduling priority"), {0}};
static const StructSeqSpec sched_spec = {.type = {.name = "posix.sched_param",
                                                  .doc = "A scheduling priority.",
                                                  .kind = KIND_TUPLE,
                                                  .flags = TYPE_SEQUENCE | TYPE_IMMUTABLE,
                                                  .size = sizeof(Tuple),
                                                  .item_size = sizeof(Value),
                                                  .length = structseq_fields,
                                                  .methods = sched_methods,
                                                  .members = sched_fields,
                                                  .signature = "(sched_priority)",
                                                  .ready = structseq_ready,
                                                  .slots = {.dealloc = structseq_dealloc,
                                                            .traverse = structseq_traverse,
                                                            .create = sched_create,
                                                            .repr = structseq_repr}},
                                         .visible = 1,
                                         .total = 1};

NATIVE(posix_sched_getscheduler, "sched_getscheduler", "($module, pid, /)", "Scheduling policy of a process.")
{
    int pid;
    if (int_to_int(t, args[1], &pid) < 0)
        return VALUE_EMPTY;
    int policy = sched_getscheduler(pid);
    return policy < 0 ? error_from_errno(t, errno) : value_from_int(policy);
}
NATIVE(posix_sched_setscheduler, "sched_setscheduler", "($module, pid, policy, param, /)",
       "Sets scheduling policy and priority of a process.")
{
    int pid, policy;
    struct sched_param parameter;
    if (int_to_int(t, args[1], &pid) < 0 || int_to_int(t, args[2], &policy) < 0 ||
        posix_sched_param(t, args[3], &parameter) < 0)
        return VALUE_EMPTY;
    return done(t, sched_setscheduler(pid, policy, &parameter));
}
NATIVE(posix_sched_getparam, "sched_getparam", "($module, pid, /)", "Scheduling priority of a process.")
{
    int pid;
    struct sched_param parameter;
    if (int_to_int(t, args[1], &pid) < 0)
        return VALUE_EMPTY;
    if (sched_getparam(pid, &parameter) < 0)
        return error_from_errno(t, errno);
    Value v = structseq_new(t, posix_state(t)->sched_param);
    if (!value_is_empty(v))
        structseq_set_take(v, 0, value_from_int(parameter.sched_priority));
    return v;
}
NATIVE(posix_sched_setparam, "sched_setparam", "($module, pid, param, /)", "Sets the scheduling priority of a process.")
{
    int pid;
    struct sched_param parameter;
    if (int_to_int(t, args[1], &pid) < 0 || posix_sched_param(t, args[2], &parameter) < 0)
        return VALUE_EMPTY;
    return done(t, sched_setparam(pid, &parameter));
}
NATIVE(posix_sched_rr_get_interval, "sched_rr_get_interval", "($module, pid, /)",
       "Length of a turn under round-robin scheduling, in seconds.")
{
    int pid;
    struct timespec interval;
    if (int_to_int(t, args[1], &pid) < 0)
        return VALUE_EMPTY;
    if (sched_rr_get_interval(pid, &interval) < 0)
        return error_from_errno(t, errno);
    return value_from_double((double)interval.tv_sec + 1e-9 * (double)interval.tv_nsec);
}
static Value priority_limit(Thread *t, Value v, int (*limit)(int))
{
    int policy;
    if (int_to_int(t, v, &policy) < 0)
        return VALUE_EMPTY;
    int priority = limit(policy);
    return priority < 0 ? error_from_errno(t, errno) : value_from_int(priority);
}
NATIVE(posix_sched_get_priority_max, "sched_get_priority_max", "($module, /, policy)",
       "Highest priority of a scheduling policy.")
{
    return priority_limit(t, args[1], sched_get_priority_max);
}
NATIVE(posix_sched_get_priority_min, "sched_get_priority_min", "($module, /, policy)",
       "Lowest priority of a scheduling policy.")
{
    return priority_limit(t, args[1], sched_get_priority_min);
}

/* ---- the tables ---- */

const NativeDef *const posix_system_methods[] = {&native_posix_uname,
                                                 &native_posix_times,
                                                 &native_posix_cpu_count,
                                                 &native_posix_inputhook_installed,
                                                 &native_posix_inputhook,
                                                 &native_posix_sched_getaffinity,
                                                 &native_posix_sched_setaffinity,
                                                 &native_posix_sched_yield,
                                                 &native_posix_sched_getscheduler,
                                                 &native_posix_sched_setscheduler,
                                                 &native_posix_sched_getparam,
                                                 &native_posix_sched_setparam,
                                                 &native_posix_sched_rr_get_interval,
                                                 &native_posix_sched_get_priority_max,
                                                 &native_posix_sched_get_priority_min,
                                                 &native_posix_getloadavg,
                                                 &native_posix_strerror,
                                                 NULL};

int posix_system_types(Thread *t, Value module)
{
    PosixState *s = posix_state(t);
    const struct {
        Type **type;
        const StructSeqSpec *spec;
        const char *name;
    } types[] = {{&s->uname_result, &uname_spec, "uname_result"},
                 {&s->times_result, &times_spec, "times_result"},
                 {&s->terminal_size, &terminal_spec, "terminal_size"},
                 {&s->sched_param, &sched_spec, "sched_param"}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        *types[i].type = structseq_type(t, types[i].spec);
        if (!*types[i].type || module_add_take(t, module, types[i].name, ref_inc(t, value_of(*types[i].type))) < 0)
            return -1;
    }
    return 0;
}
