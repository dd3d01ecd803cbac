/* mod_resource.c: the module resource: limits and use of a process's resources.  No state but its type, no locks. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "mod_resource.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/audit.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/module.h"
#include "../object/structseq.h"
#include "../run/frame_access.h"

typedef struct ResourceState {
    Type *rusage;
} ResourceState;

#ifdef RLIM_NLIMITS
#define LIMITS RLIM_NLIMITS
#else
#define LIMITS 16
#endif

/* ---- limits ---- */

static int resource_number(Thread *t, Value v, int *resource)
{
    if (int_to_int(t, v, resource) < 0)
        return -1;
    if (*resource < 0 || *resource >= LIMITS)
        return error_set(t, EXC_ValueError, "invalid resource specified"), -1;
    return 0;
}

static int to_limit(Thread *t, Value v, rlim_t *limit)
{
    Value i = number_index(t, v);
    if (value_is_empty(i))
        return -1;
    int over;
    int64_t n = int_to_int64_overflow(t, i, &over);
    ref_dec(t, i);
    if (over)
        return error_set(t, EXC_OverflowError, "Python int too large to convert to C long"), -1;
    *limit = (rlim_t)n;
    return 0;
}

static int to_limits(Thread *t, Value v, struct rlimit *limits)
{
    Value pair = object_to_tuple(t, v);
    int result = -1;
    if (value_is_empty(pair))
        return -1;
    if (tuple_length(pair) != 2)
        error_set(t, EXC_ValueError, "expected a tuple of 2 integers");
    else if (to_limit(t, tuple_peek(pair, 0), &limits->rlim_cur) == 0 &&
             to_limit(t, tuple_peek(pair, 1), &limits->rlim_max) == 0)
        result = 0;
    ref_dec(t, pair);
    return result;
}

static Value from_limit(Thread *t, rlim_t limit)
{
    return limit == RLIM_INFINITY ? value_from_int(-1) : int_from_uint64(t, limit);
}

static Value from_limits(Thread *t, const struct rlimit *limits)
{
    Value soft = from_limit(t, limits->rlim_cur), hard = from_limit(t, limits->rlim_max);
    Value pair = value_is_empty(soft) || value_is_empty(hard) ? VALUE_EMPTY : tuple_pack(t, 2, soft, hard);
    ref_dec(t, soft);
    ref_dec(t, hard);
    return pair;
}

NATIVE(getrlimit, "getrlimit", "($module, resource, /)", "The soft and the hard limit of a resource (RLIMIT_...).")
{
    int resource;
    struct rlimit limits;
    if (resource_number(t, args[1], &resource) < 0)
        return VALUE_EMPTY;
    return getrlimit(resource, &limits) < 0 ? error_from_errno(t, errno) : from_limits(t, &limits);
}

static Value limit_error(Thread *t, int error)
{
    if (error == EINVAL)
        return error_set(t, EXC_ValueError, "current limit exceeds maximum limit");
    if (error == EPERM)
        return error_set(t, EXC_ValueError, "not allowed to raise maximum limit");
    return error_from_errno(t, error);
}

NATIVE(setrlimit, "setrlimit", "($module, resource, limits, /)",
       "Sets the limits of a resource: a pair of the soft and the hard one, -1 for none.")
{
    int resource;
    struct rlimit limits;
    if (resource_number(t, args[1], &resource) < 0 || audit(t, "resource.setrlimit", "iO", resource, args[2]) < 0 ||
        to_limits(t, args[2], &limits) < 0)
        return VALUE_EMPTY;
    return setrlimit(resource, &limits) < 0 ? limit_error(t, errno) : VALUE_NONE;
}

#ifdef __linux__
NATIVE(prlimit, "prlimit", "($module, pid, resource, limits=None, /)",
       "The limits of another process's resource, which are also set if given.")
{
    int pid, resource;
    struct rlimit limits, old;
    if (int_to_int(t, args[1], &pid) < 0 || resource_number(t, args[2], &resource) < 0 ||
        audit(t, "resource.prlimit", "iiO", pid, resource, args[3]) < 0)
        return VALUE_EMPTY;
    bool set = !value_is_empty(args[3]) && !value_is_none(args[3]);
    if (set && to_limits(t, args[3], &limits) < 0)
        return VALUE_EMPTY;
    if (prlimit(pid, resource, set ? &limits : NULL, &old) < 0)
        return errno == EINVAL ? limit_error(t, EINVAL) : error_from_errno(t, errno);
    return from_limits(t, &old);
}
#endif

/* ---- use ---- */

static const MemberDef rusage_fields[] = {
    STRUCTSEQ_FIELD(0, "ru_utime", "user time used"),
    STRUCTSEQ_FIELD(1, "ru_stime", "system time used"),
    STRUCTSEQ_FIELD(2, "ru_maxrss", "largest resident set size"),
    STRUCTSEQ_FIELD(3, "ru_ixrss", "shared memory size"),
    STRUCTSEQ_FIELD(4, "ru_idrss", "unshared data size"),
    STRUCTSEQ_FIELD(5, "ru_isrss", "unshared stack size"),
    STRUCTSEQ_FIELD(6, "ru_minflt", "page faults that needed no I/O"),
    STRUCTSEQ_FIELD(7, "ru_majflt", "page faults that needed I/O"),
    STRUCTSEQ_FIELD(8, "ru_nswap", "times swapped out"),
    STRUCTSEQ_FIELD(9, "ru_inblock", "blocks read"),
    STRUCTSEQ_FIELD(10, "ru_oublock", "blocks written"),
    STRUCTSEQ_FIELD(11, "ru_msgsnd", "messages sent"),
    STRUCTSEQ_FIELD(12, "ru_msgrcv", "messages received"),
    STRUCTSEQ_FIELD(13, "ru_nsignals", "signals received"),
    STRUCTSEQ_FIELD(14, "ru_nvcsw", "context switches asked for"),
    STRUCTSEQ_FIELD(15, "ru_nivcsw", "context switches forced"),
    {0},
};
static const StructSeqSpec rusage =
    STRUCTSEQ("resource.struct_rusage", "What getrusage() tells.", rusage_fields, 16, 16, 0);

static double seconds(struct timeval tv) { return (double)tv.tv_sec + (double)tv.tv_usec * 1e-6; }

static Value usage_value(Thread *t, const struct rusage *use)
{
    Value v = structseq_new(t, ((ResourceState *)t->interp->module_state[MODULE_resource])->rusage);
    if (value_is_empty(v))
        return VALUE_EMPTY;
    const long counts[14] = {use->ru_maxrss, use->ru_ixrss,    use->ru_idrss,   use->ru_isrss,   use->ru_minflt,
                             use->ru_majflt, use->ru_nswap,    use->ru_inblock, use->ru_oublock, use->ru_msgsnd,
                             use->ru_msgrcv, use->ru_nsignals, use->ru_nvcsw,   use->ru_nivcsw};
    structseq_set_take(v, 0, value_from_double(seconds(use->ru_utime)));
    structseq_set_take(v, 1, value_from_double(seconds(use->ru_stime)));
    for (uint32_t i = 0; i < 14; i++)
        structseq_set_take(v, 2 + i, int_from_int64(t, counts[i]));
    return structseq_finish_take(t, v);
}
Value resource_usage(Thread *t, const struct rusage *usage)
{
    if (!t->interp->module_state[MODULE_resource]) {
        Value type = import_module_attr(t, "resource", "struct_rusage");
        if (value_is_empty(type))
            return type;
        ref_dec(t, type);
    }
    return usage_value(t, usage);
}

NATIVE(getrusage, "getrusage", "($module, who, /)", "What RUSAGE_SELF, RUSAGE_CHILDREN or RUSAGE_THREAD has used.")
{
    int who;
    struct rusage use;
    if (int_to_int(t, args[1], &who) < 0)
        return VALUE_EMPTY;
    if (getrusage(who, &use) < 0)
        return errno == EINVAL ? error_set(t, EXC_ValueError, "invalid who parameter") : error_from_errno(t, errno);
    return usage_value(t, &use);
}

NATIVE(getpagesize, "getpagesize", "($module, /)", "The size of a page of memory.")
{
    return value_from_int(sysconf(_SC_PAGESIZE));
}

/* ---- the module ---- */

static const struct {
    const char *name;
    int value;
} constants[] = {
#define CONSTANT(name)                                                                                                 \
    {                                                                                                                  \
#name, name                                                                                                    \
    }
    CONSTANT(RLIMIT_CPU),      CONSTANT(RLIMIT_FSIZE),  CONSTANT(RLIMIT_DATA),    CONSTANT(RLIMIT_STACK),
    CONSTANT(RLIMIT_CORE),     CONSTANT(RLIMIT_NOFILE), CONSTANT(RLIMIT_AS),      CONSTANT(RUSAGE_SELF),
    CONSTANT(RUSAGE_CHILDREN), {"RLIM_INFINITY", -1},
#ifdef RLIMIT_OFILE
    CONSTANT(RLIMIT_OFILE),
#else
    {"RLIMIT_OFILE", RLIMIT_NOFILE},
#endif
#ifdef __linux__
    CONSTANT(RLIMIT_RSS),      CONSTANT(RLIMIT_NPROC),  CONSTANT(RLIMIT_MEMLOCK), CONSTANT(RLIMIT_MSGQUEUE),
    CONSTANT(RLIMIT_NICE),     CONSTANT(RLIMIT_RTPRIO), CONSTANT(RLIMIT_RTTIME),  CONSTANT(RLIMIT_SIGPENDING),
    CONSTANT(RUSAGE_THREAD),
#endif
#undef CONSTANT
};

static int exec(Thread *t, Value module)
{
    ResourceState *state = t->interp->module_state[MODULE_resource];
    if (!state) {
        state = t->interp->module_state[MODULE_resource] = alloc_raw_zeroed(sizeof *state);
        if (!state)
            return error_no_memory(t), -1;
    }
    state->rusage = structseq_type(t, &rusage);
    if (!state->rusage || module_add_take(t, module, "struct_rusage", value_of(state->rusage)) < 0)
        return -1;
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++) {
        if (module_add_int(t, module, constants[i].name, constants[i].value) < 0)
            return -1;
    }
    return module_add_take(t, module, "error", ref_inc(t, value_of(t->interp->exceptions[EXC_OSError])));
}

static void free_state(Thread *t, void *state) { alloc_raw_free(state); }

static const NativeDef *const methods[] = {
    &native_getrlimit, &native_setrlimit,
#ifdef __linux__
    &native_prlimit,
#endif
    &native_getrusage, &native_getpagesize, NULL,
};

const ModuleDef module_def_resource = {
    .name = "resource",
    .doc = "Limits and use of this process's resources.",
    .methods = methods,
    .exec = exec,
    .free_state = free_state,
};
