/* mod__posixsubprocess.c: the module _posixsubprocess: fork_exec, beneath subprocess and the start methods of multiprocessing.
 *
 * All that the child needs is turned into C first (PosixStart).  No locks.  Read next: posix_start.c. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "../memory/alloc.h"
#include "../object/list.h"
#include "../object/module.h"
#include "argument.h"
#include "posix_exec.h"
#include "posix_path.h"
#include "posix_start.h"

static void release(Thread *t, PosixStart *s)
{
    posix_strings_free(t, s->programs, &s->program_owners);
    posix_strings_free(t, s->argv, &s->argv_owners);
    posix_strings_free(t, s->env, &s->env_owners);
    ref_clear(t, &s->cwd_owner);
    alloc_memory_free(t, s->keep);
    alloc_memory_free(t, s->groups);
}

/* ---- arguments ---- */

static int parse_keep(Thread *t, Value keep, PosixStart *s)
{
    if (!tuple_check(keep))
        return argument_wrong_type(t, "fork_exec", "argument 4", "tuple", keep);
    size_t n = tuple_length(keep);
    s->keep = alloc_memory(t, (n + 1) * sizeof(int));
    if (!s->keep)
        return -1;
    int64_t previous = -1;
    for (size_t i = 0; i < n; i++) {
        int64_t fd;
        Value item = tuple_peek(keep, i);
        if (!int_check(item) || !int_small(item, &fd) || fd < 0 || fd <= previous || fd > INT_MAX)
            return error_set(t, EXC_ValueError, "bad value(s) in fds_to_keep"), -1;
        s->keep[i] = (int)(previous = fd);
    }
    s->keep_count = n;
    return 0;
}

static int parse_ids(Thread *t, Value gid, Value groups, Value uid, PosixStart *s)
{
    if (!value_is_none(groups)) {
        if (!list_check(groups))
            return error_set(t, EXC_TypeError, "setgroups argument must be a list"), -1;
        s->groups = posix_groups(t, groups, &s->group_count);
        if (!s->groups) {
            if (error_swallow(t, EXC_OverflowError))
                error_set(t, EXC_ValueError, "invalid group id");
            return -1;
        }
    }
    s->set_gid = !value_is_none(gid);
    s->set_uid = !value_is_none(uid);
    return (s->set_gid && posix_id(t, gid, "gid", &s->gid) < 0) || (s->set_uid && posix_id(t, uid, "uid", &s->uid) < 0)
               ? -1
               : 0;
}

/* The arguments of fork_exec, by their place in args. */
enum {
    ARGS = 1,
    EXECUTABLES,
    CLOSE_FDS,
    PASS_FDS,
    CWD,
    ENV,
    P2CREAD,
    P2CWRITE,
    C2PREAD,
    C2PWRITE,
    ERRREAD,
    ERRWRITE,
    ERRPIPE_READ,
    ERRPIPE_WRITE,
    RESTORE_SIGNALS,
    SETSID,
    PGID,
    GID,
    GROUPS,
    UID,
    UMASK,
    PREEXEC
};

static int parse(Thread *t, Value *args, PosixStart *s)
{
    int *const numbers[] = {&s->stdin_[0],  &s->stdin_[1],  &s->stdout_[0],    &s->stdout_[1],
                            &s->stderr_[0], &s->stderr_[1], &s->error_pipe[0], &s->error_pipe[1]};
    for (int i = 0; i < 8; i++)
        if (int_to_int(t, args[P2CREAD + i], numbers[i]) < 0)
            return -1;
    int close_fds = object_truth(t, args[CLOSE_FDS]), restore = object_truth(t, args[RESTORE_SIGNALS]),
        session = object_truth(t, args[SETSID]);
    if (close_fds < 0 || restore < 0 || session < 0 || int_to_int(t, args[PGID], &s->group) < 0 ||
        int_to_int(t, args[UMASK], &s->umask) < 0)
        return -1;
    s->close_fds = close_fds;
    s->restore_signals = restore;
    s->new_session = session;
    s->preexec = args[PREEXEC];
    if (close_fds && s->error_pipe[1] < 3)
        return error_set(t, EXC_ValueError, "errpipe_write must be >= 3"), -1;
    if (!value_is_none(s->preexec) && t->interp->finalizing)
        return error_set(t, EXC_PythonFinalizationError, "preexec_fn not supported at interpreter shutdown"), -1;
    if (parse_keep(t, args[PASS_FDS], s) < 0 ||
        !(s->programs = posix_strings(t, args[EXECUTABLES], &s->program_owners)))
        return -1;
    if (!value_is_none(args[ARGS])) {
        if (!list_check(args[ARGS]) && !tuple_check(args[ARGS]))
            return error_set(t, EXC_TypeError, "argv must be a tuple or list"), -1;
        if (!(s->argv = posix_strings(t, args[ARGS], &s->argv_owners)))
            return -1;
    }
    if (!value_is_none(args[ENV]) && !(s->env = posix_strings(t, args[ENV], &s->env_owners)))
        return -1;
    if (!value_is_none(args[CWD])) {
        s->cwd_owner = str_to_fs(t, args[CWD]);
        if (value_is_empty(s->cwd_owner))
            return -1;
        s->cwd = (const char *)bytes_of(s->cwd_owner)->data;
    }
    return parse_ids(t, args[GID], args[GROUPS], args[UID], s);
}

NATIVE(fork_exec, "fork_exec",
       "($module, args, executable_list, close_fds, pass_fds, cwd, env, p2cread, p2cwrite, c2pread, c2pwrite, errread, "
       "errwrite, errpipe_read, errpipe_write, "
       "restore_signals, call_setsid, pgid_to_set, gid, extra_groups, uid, child_umask, preexec_fn, /)",
       "Starts a program in a new process and returns its id.\n\nThe first of `executable_list` that can be run is. "
       "The child's standard streams become the ends of pipes "
       "given (-1: inherited); what fails in the child is reported through the errpipe.")
{
    PosixStart start = {0};
    Value result = VALUE_EMPTY;
    if (parse(t, args, &start) == 0) {
        pid_t pid = posix_start(t, &start);
        result = pid < 0 ? error_from_errno(t, errno) : value_from_int(pid);
    }
    release(t, &start);
    return result;
}

static const NativeDef *const functions[] = {&native_fork_exec, NULL};
const ModuleDef module_def__posixsubprocess = {
    .name = "_posixsubprocess",
    .doc = "Starting programs for the module subprocess.",
    .methods = functions,
};
