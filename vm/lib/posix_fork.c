/* posix_fork.c: making processes: fork, all that waits for children, commands.
 *
 * fork() copies only the calling thread: the world is stopped around it and put right in the child (../thread/world.h); functions registered with os.register_at_fork
 * run before and after.  Read next: posix_exec.c (running other programs), posix_process.c (how processes end). */
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../memory/alloc.h"
#include "../object/float.h"
#include "../object/list.h"
#include "../object/module.h"
#include "../thread/world.h"
#include "argument.h"
#include "mod_posix.h"
#include "mod_resource.h"
#include "posix_exec.h"

/* ---- fork ---- */

static void run_hooks(Thread *t, Value hooks, bool reverse)
{
    if (value_is_empty(hooks))
        return;
    size_t count = list_length(hooks);
    for (size_t i = 0; i < count; i++) {
        Value hook = list_get(t, hooks, reverse ? count - 1 - i : i);
        if (value_is_empty(hook))
            continue;
        Value result = object_call0(t, hook);
        if (value_is_empty(result))
            error_unraisable(t, hook, "Exception ignored in");
        ref_dec(t, result);
        ref_dec(t, hook);
    }
}
void posix_before_fork(Thread *t)
{
    run_hooks(t, t->interp->before_fork, true);
    world_before_fork(t);
}
void posix_after_fork_parent(Thread *t)
{
    world_after_fork_parent(t);
    run_hooks(t, t->interp->after_fork_parent, false);
}
void posix_after_fork_child(Thread *t)
{
    world_after_fork_child(t);
    run_hooks(t, t->interp->after_fork_child, false);
}

static int warn_threads(Thread *t, const char *name)
{
    if (world_others(t) == 0)
        return 0;
    return error_warn(t, EXC_DeprecationWarning, 1,
                      "This process (pid=%d) is multi-threaded, use of %s() may lead to deadlocks in the child.",
                      (int)getpid(), name);
}

/* In the child 0, in the parent the child's id, or an exception.  forkpty: *terminal is set to the parent's end of a new terminal. */
static Value do_fork(Thread *t, const char *name, int *terminal)
{
    if (t->interp->finalizing)
        return error_set(t, EXC_PythonFinalizationError, "can't fork at interpreter shutdown");
    if (audit(t, terminal ? "os.forkpty" : "os.fork", "") < 0)
        return VALUE_EMPTY;
    posix_before_fork(t);
    pid_t pid = terminal ? forkpty(terminal, NULL, NULL, NULL) : fork();
    if (pid == 0) {
        posix_after_fork_child(t);
        return value_from_int(0);
    }
    int error = errno;
    posix_after_fork_parent(t);
    if (pid < 0)
        return error_from_errno(t, error);
    if (warn_threads(t, name) < 0)
        error_unraisable(t, VALUE_EMPTY, NULL);
    return value_from_int(pid);
}
NATIVE(posix_fork, "fork", "($module, /)", "Makes a copy of the process: 0 in the child, the child's id in the parent.")
{
    return do_fork(t, "fork", NULL);
}
NATIVE(posix_forkpty, "forkpty", "($module, /)",
       "Makes a copy of the process that has a new terminal: (0 in the child or the child's id, descriptor of the "
       "terminal's other end).")
{
    int terminal = -1;
    Value pid = do_fork(t, "forkpty", &terminal);
    return value_is_empty(pid) ? pid : tuple_pack(t, 2, pid, value_from_int(terminal));
}

static int add_hook(Thread *t, Value *list, Value hook)
{
    if (value_is_empty(hook))
        return 0;
    if (value_is_empty(*list)) {
        *list = list_new(t, 4);
        if (value_is_empty(*list))
            return -1;
    }
    return list_append(t, *list, hook);
}
NATIVE(posix_register_at_fork, "register_at_fork",
       "($module, /, *, before=<unrepresentable>, after_in_child=<unrepresentable>, after_in_parent=<unrepresentable>)",
       "Registers functions to be called around fork().")
{
    static const char *const argument_names[] = {"before", "after_in_child", "after_in_parent"};
    if (value_is_empty(args[1]) && value_is_empty(args[2]) && value_is_empty(args[3]))
        return error_set(t, EXC_TypeError, "At least one argument is required.");
    for (int i = 0; i < 3; i++)
        if (!value_is_empty(args[i + 1]) && !object_is_callable(t, args[i + 1]))
            return error_set(t, EXC_TypeError, "'%s' must be callable, not %T", argument_names[i], args[i + 1]);
    Interp *interp = t->interp;
    if (add_hook(t, &interp->before_fork, args[1]) < 0 || add_hook(t, &interp->after_fork_child, args[2]) < 0 ||
        add_hook(t, &interp->after_fork_parent, args[3]) < 0)
        return VALUE_EMPTY;
    return VALUE_NONE;
}

/* ---- the end ---- */

/* ---- wait ---- */

static const MemberDef waitid_fields[] = {STRUCTSEQ_FIELD(0, "si_pid", ""),   STRUCTSEQ_FIELD(1, "si_uid", ""),
                                          STRUCTSEQ_FIELD(2, "si_signo", ""), STRUCTSEQ_FIELD(3, "si_status", ""),
                                          STRUCTSEQ_FIELD(4, "si_code", ""),  {0}};
static const StructSeqSpec waitid_spec =
    STRUCTSEQ("posix.waitid_result", "How a child process ended.", waitid_fields, 5, 5, 0);

NATIVE(posix_wait, "wait", "($module, /)", "Waits for any child process: (pid, status).")
{
    int status = 0;
    pid_t result;
    POSIX_BLOCKING(t, result, wait(&status));
    return result < 0 ? posix_error(t) : tuple_pack(t, 2, value_from_int(result), value_from_int(status));
}
static Value wait_usage(Thread *t, int pid, int options)
{
    int status = 0;
    struct rusage usage = {0};
    pid_t result;
    POSIX_BLOCKING(t, result, wait4(pid, &status, options, &usage));
    if (result < 0)
        return posix_error(t);
    Value times = resource_usage(t, &usage);
    Value v =
        value_is_empty(times) ? VALUE_EMPTY : tuple_pack(t, 3, value_from_int(result), value_from_int(status), times);
    ref_dec(t, times);
    return v;
}
NATIVE(posix_wait3, "wait3", "($module, /, options)", "Waits for any child process: (pid, status, use of resources).")
{
    int options;
    return int_to_int(t, args[1], &options) < 0 ? VALUE_EMPTY : wait_usage(t, -1, options);
}
NATIVE(posix_wait4, "wait4", "($module, /, pid, options)",
       "Waits for a child process: (pid, status, use of resources).")
{
    int pid, options;
    return int_to_int(t, args[1], &pid) < 0 || int_to_int(t, args[2], &options) < 0 ? VALUE_EMPTY
                                                                                    : wait_usage(t, pid, options);
}
NATIVE(posix_waitid, "waitid", "($module, idtype, id, options, /)", "Waits for a child process and tells how it ended.")
{
    int type, id, options, result;
    siginfo_t info = {0};
    if (int_to_int(t, args[1], &type) < 0 || int_to_int(t, args[2], &id) < 0 || int_to_int(t, args[3], &options) < 0)
        return VALUE_EMPTY;
    POSIX_BLOCKING(t, result, waitid((idtype_t)type, (id_t)id, &info, options));
    if (result < 0)
        return posix_error(t);
    if (info.si_pid == 0)
        return VALUE_NONE;
    Value v = structseq_new(t, posix_state(t)->waitid_result);
    const int fields[] = {info.si_pid, (int)info.si_uid, info.si_signo, info.si_status, info.si_code};
    for (uint32_t i = 0; i < 5 && !value_is_empty(v); i++)
        structseq_set_take(v, i, value_from_int(fields[i]));
    return v;
}
/* ---- groups and commands ---- */

NATIVE(posix_killpg, "killpg", "($module, pgid, signal, /)", "Sends a signal to a process group.")
{
    int group, signum;
    if (int_to_int(t, args[1], &group) < 0 || int_to_int(t, args[2], &signum) < 0)
        return VALUE_EMPTY;
    if (audit(t, "os.killpg", "ii", group, signum) < 0)
        return VALUE_EMPTY;
    if (killpg(group, signum) < 0)
        return error_from_errno(t, errno);
    return breaker_check_signals(t) < 0 ? VALUE_EMPTY : VALUE_NONE;
}
NATIVE(posix_system, "system", "($module, /, command)", "Runs a command in a shell and returns its wait status.")
{
    PosixPath p;
    if (posix_path(t, args[1], "system", "command", 0, &p) < 0)
        return VALUE_EMPTY;
    int status = audit(t, "os.system", "O", p.owner);
    if (status == 0) {
        thread_detach(t, EVENT_IO);
        status = system(p.text);
        thread_attach(t);
    }
    posix_path_release(t, &p);
    return error_pending(t) ? VALUE_EMPTY : value_from_int(status);
}
NATIVE(posix_pidfd_open, "pidfd_open", "($module, /, pid, flags=0)",
       "A descriptor that stands for a process: it becomes readable when the process ends.")
{
    int pid, flags;
    if (int_to_int(t, args[1], &pid) < 0 || argument_int(t, args[2], 0, &flags) < 0)
        return VALUE_EMPTY;
    long fd = syscall(SYS_pidfd_open, pid, (unsigned)flags);
    return fd < 0 ? error_from_errno(t, errno) : value_from_int(fd);
}

const NativeDef *const posix_fork_methods[] = {&native_posix_fork,
                                               &native_posix_forkpty,
                                               &native_posix_register_at_fork,
                                               &native_posix_wait,
                                               &native_posix_wait3,
                                               &native_posix_wait4,
                                               &native_posix_waitid,
                                               &native_posix_killpg,
                                               &native_posix_system,
                                               &native_posix_pidfd_open,
                                               NULL};

int posix_fork_types(Thread *t, Value module)
{
    PosixState *s = posix_state(t);
    s->waitid_result = structseq_type(t, &waitid_spec);
    return s->waitid_result ? module_add_take(t, module, "waitid_result", ref_inc(t, value_of(s->waitid_result))) : -1;
}
