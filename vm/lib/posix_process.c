/* posix_process.c: processes: ids, fork, exec, wait, signals to others, the environment, limits of the system.
 *
 * fork() copies only the calling thread: the world is stopped around it and put right in the child (../thread/world.h); functions registered with os.register_at_fork
 * run before and after. */
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../memory/alloc.h"
#include "../object/dict.h"
#include "../object/float.h"
#include "../object/list.h"
#include "../object/module.h"
#include "../thread/world.h"
#include "argument.h"
#include "mod_posix.h"

/* ---- ids ---- */

#define ID_CALL(name, call, doc) \
    NATIVE(posix_##name, #name, "($module, /)", doc) { return int_from_int64(t, (int64_t)(call)); }
ID_CALL(getpid, getpid(), "Id of this process.")
ID_CALL(getppid, getppid(), "Id of the parent process.")
ID_CALL(getuid, getuid(), "User id.")
ID_CALL(geteuid, geteuid(), "Effective user id.")
ID_CALL(getgid, getgid(), "Group id.")
ID_CALL(getegid, getegid(), "Effective group id.")
ID_CALL(getpgrp, getpgrp(), "Process group.")

static Value done(Thread *t, int result) { return result < 0 ? error_from_errno(t, errno) : VALUE_NONE; }

NATIVE(posix_getpgid, "getpgid", "($module, /, pid)", "Process group of a process.")
{
    int pid;
    if (int_to_int(t, args[1], &pid) < 0)
        return VALUE_EMPTY;
    pid_t group = getpgid(pid);
    return group < 0 ? error_from_errno(t, errno) : value_from_int(group);
}
NATIVE(posix_setpgid, "setpgid", "($module, pid, pgrp, /)", "Moves a process to a process group.")
{
    int pid, group;
    return int_to_int(t, args[1], &pid) < 0 || int_to_int(t, args[2], &group) < 0 ? VALUE_EMPTY : done(t, setpgid(pid, group));
}
NATIVE(posix_setsid, "setsid", "($module, /)", "Begins a new session.") { return done(t, setsid()); }
NATIVE(posix_getsid, "getsid", "($module, pid, /)", "Session of a process.")
{
    int pid;
    if (int_to_int(t, args[1], &pid) < 0)
        return VALUE_EMPTY;
    pid_t session = getsid(pid);
    return session < 0 ? error_from_errno(t, errno) : value_from_int(session);
}
NATIVE(posix_setuid, "setuid", "($module, uid, /)", "Sets the user id.")
{
    int id;
    return int_to_int(t, args[1], &id) < 0 ? VALUE_EMPTY : done(t, setuid((uid_t)id));
}
NATIVE(posix_setgid, "setgid", "($module, gid, /)", "Sets the group id.")
{
    int id;
    return int_to_int(t, args[1], &id) < 0 ? VALUE_EMPTY : done(t, setgid((gid_t)id));
}
NATIVE(posix_getgroups, "getgroups", "($module, /)", "Supplementary groups.")
{
    gid_t groups[1024];
    int count = getgroups(1024, groups);
    if (count < 0)
        return error_from_errno(t, errno);
    Value list = list_new(t, (size_t)count);
    for (int i = 0; i < count && !value_is_empty(list); i++)
        if (list_append(t, list, value_from_int(groups[i])) < 0)
            ref_clear(t, &list);
    return list;
}
NATIVE(posix_getlogin, "getlogin", "($module, /)", "Name of the user logged in.")
{
    char name[256];
    int error = getlogin_r(name, sizeof name);
    return error ? error_from_errno(t, error) : str_from_fs(t, name, strlen(name));
}
NATIVE(posix_nice, "nice", "($module, increment, /)", "Changes the priority of the process.")
{
    int increment;
    if (int_to_int(t, args[1], &increment) < 0)
        return VALUE_EMPTY;
    errno = 0;
    int priority = nice(increment);
    return priority == -1 && errno ? error_from_errno(t, errno) : value_from_int(priority);
}
NATIVE(posix_getpriority, "getpriority", "($module, /, which, who)", "Scheduling priority.")
{
    int which, who;
    if (int_to_int(t, args[1], &which) < 0 || int_to_int(t, args[2], &who) < 0)
        return VALUE_EMPTY;
    errno = 0;
    int priority = getpriority((__priority_which_t)which, (id_t)who);
    return priority == -1 && errno ? error_from_errno(t, errno) : value_from_int(priority);
}

/* ---- the environment ---- */

extern char **environ;

static int add_environ(Thread *t, Value module)
{
    Value dict = dict_new(t);
    for (char **e = environ; e && *e && !value_is_empty(dict); e++) {
        const char *equals = strchr(*e, '=');
        if (!equals)
            continue;
        Value key = bytes_new(t, *e, (size_t)(equals - *e)), value = bytes_new(t, equals + 1, strlen(equals + 1));
        int status = value_is_empty(key) || value_is_empty(value) ? -1 : dict_setdefault(t, dict, key, value, NULL);
        ref_dec(t, key);
        ref_dec(t, value);
        if (status < 0)
            ref_clear(t, &dict);
    }
    return module_add_take(t, module, "environ", dict);
}
NATIVE(posix_putenv, "putenv", "($module, name, value, /)", "Sets a variable of the environment of child processes.")
{
    PosixPath name, value;
    if (posix_path(t, args[1], "putenv", "name", 0, &name) < 0)
        return VALUE_EMPTY;
    if (posix_path(t, args[2], "putenv", "value", 0, &value) < 0) {
        posix_path_release(t, &name);
        return VALUE_EMPTY;
    }
    Value v = strchr(name.text, '=') ? error_set(t, EXC_ValueError, "illegal environment variable name") : done(t, setenv(name.text, value.text, 1));
    posix_path_release(t, &name);
    posix_path_release(t, &value);
    return v;
}
NATIVE(posix_unsetenv, "unsetenv", "($module, name, /)", "Removes a variable of the environment of child processes.")
{
    PosixPath name;
    if (posix_path(t, args[1], "unsetenv", "name", 0, &name) < 0)
        return VALUE_EMPTY;
    Value v = done(t, unsetenv(name.text));
    posix_path_release(t, &name);
    return v;
}

/* ---- fork, exec, wait ---- */

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
                      "This process (pid=%d) is multi-threaded, use of %s() may lead to deadlocks in the child.", (int)getpid(), name);
}

NATIVE(posix_fork, "fork", "($module, /)", "Makes a copy of the process: 0 in the child, the child's id in the parent.")
{
    if (t->interp->finalizing)
        return error_set(t, EXC_PythonFinalizationError, "can't fork at interpreter shutdown");
    posix_before_fork(t);
    pid_t pid = fork();
    if (pid == 0) {
        posix_after_fork_child(t);
        return value_from_int(0);
    }
    int error = errno;
    posix_after_fork_parent(t);
    if (pid < 0)
        return error_from_errno(t, error);
    if (warn_threads(t, "fork") < 0)
        error_unraisable(t, VALUE_EMPTY, NULL);
    return value_from_int(pid);
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

/* A NULL-terminated array of C strings whose bytes are kept by the list *owners. */
static char **string_array(Thread *t, Value sequence, Value *owners, const char *what)
{
    Value items = object_to_tuple(t, sequence);
    if (value_is_empty(items))
        return NULL;
    size_t count = tuple_length(items);
    char **array = alloc_memory(t, (count + 1) * sizeof *array);
    *owners = list_new(t, count);
    for (size_t i = 0; array && i < count; i++) {
        Value bytes = value_is_empty(*owners) ? VALUE_EMPTY : str_to_fs(t, tuple_peek(items, i));
        if (value_is_empty(bytes) || list_append_take(t, *owners, bytes) < 0) {
            alloc_memory_free(t, array);
            array = NULL;
            break;
        }
        array[i] = (char *)bytes_of(bytes)->data;
    }
    ref_dec(t, items);
    if (array)
        array[count] = NULL;
    else
        ref_clear(t, owners);
    return array;
}

/* "name=value" for each item of a mapping. */
static Value environment_list(Thread *t, Value mapping)
{
    Value items = object_call_method_string(t, mapping, "items", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY), list = list_new(t, 16);
    Value pairs = value_is_empty(items) ? VALUE_EMPTY : object_to_tuple(t, items);
    ref_dec(t, items);
    for (size_t i = 0; !value_is_empty(pairs) && !value_is_empty(list) && i < tuple_length(pairs); i++) {
        Value pair = tuple_peek(pairs, i), key = VALUE_EMPTY, value = VALUE_EMPTY, whole = VALUE_EMPTY;
        if (tuple_check(pair) && tuple_length(pair) == 2) {
            key = str_to_fs(t, tuple_peek(pair, 0));
            value = value_is_empty(key) ? VALUE_EMPTY : str_to_fs(t, tuple_peek(pair, 1));
        }
        if (!value_is_empty(value)) {
            size_t a = bytes_of(key)->length, b = bytes_of(value)->length;
            whole = bytes_new(t, NULL, a + 1 + b);
            if (!value_is_empty(whole)) {
                memcpy(bytes_of(whole)->data, bytes_of(key)->data, a);
                bytes_of(whole)->data[a] = '=';
                memcpy(bytes_of(whole)->data + a + 1, bytes_of(value)->data, b);
            }
        }
        ref_dec(t, key);
        ref_dec(t, value);
        if (value_is_empty(whole) || list_append_take(t, list, whole) < 0)
            ref_clear(t, &list);
    }
    if (value_is_empty(pairs))
        ref_clear(t, &list);
    ref_dec(t, pairs);
    return list;
}

static Value exec(Thread *t, const char *function, Value path, Value argv, Value env)
{
    PosixPath p;
    Value owners = VALUE_EMPTY, env_owners = VALUE_EMPTY, env_list = VALUE_EMPTY;
    char **envp = environ;
    if (!list_check(argv) && !tuple_check(argv))
        return error_set(t, EXC_TypeError, "%s: argv must be a tuple or list", function);
    if (object_len(t, argv) == 0)
        return error_set(t, EXC_ValueError, "%s: argv must not be empty", function);
    if (posix_path(t, path, function, "path", PATH_FD, &p) < 0)
        return VALUE_EMPTY;
    char **arguments = string_array(t, argv, &owners, "argv");
    if (arguments && !value_is_empty(env)) {
        env_list = environment_list(t, env);
        envp = value_is_empty(env_list) ? NULL : string_array(t, env_list, &env_owners, "env");
    }
    if (arguments && envp) {
        if (p.fd >= 0)
            fexecve(p.fd, arguments, envp);
        else
            execve(p.text, arguments, envp);
        posix_path_error(t, &p, NULL);
    }
    alloc_memory_free(t, arguments);
    if (envp != environ)
        alloc_memory_free(t, envp);
    ref_dec(t, owners);
    ref_dec(t, env_owners);
    ref_dec(t, env_list);
    posix_path_release(t, &p);
    return VALUE_EMPTY;
}
NATIVE(posix_execv, "execv", "($module, path, argv, /)", "Replaces this process by another program.") { return exec(t, "execv", args[1], args[2], VALUE_EMPTY); }
NATIVE(posix_execve, "execve", "($module, /, path, argv, env)", "Replaces this process by another program with an environment.")
{
    return exec(t, "execve", args[1], args[2], args[3]);
}
NATIVE(posix__exit, "_exit", "($module, /, status)", "Ends the process at once, without any cleaning up.")
{
    int status;
    if (int_to_int(t, args[1], &status) < 0)
        return VALUE_EMPTY;
    _exit(status);
}
NATIVE(posix_abort, "abort", "($module, /)", "Ends the process by SIGABRT.") { abort(); }

NATIVE(posix_waitpid, "waitpid", "($module, pid, options, /)", "Waits for a child process: (pid, status).")
{
    int pid, options, status = 0;
    pid_t result;
    if (int_to_int(t, args[1], &pid) < 0 || int_to_int(t, args[2], &options) < 0)
        return VALUE_EMPTY;
    POSIX_BLOCKING(t, result, waitpid(pid, &status, options));
    return result < 0 ? posix_error(t) : tuple_pack(t, 2, value_from_int(result), value_from_int(status));
}
NATIVE(posix_wait, "wait", "($module, /)", "Waits for any child process: (pid, status).")
{
    int status = 0;
    pid_t result;
    POSIX_BLOCKING(t, result, wait(&status));
    return result < 0 ? posix_error(t) : tuple_pack(t, 2, value_from_int(result), value_from_int(status));
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
NATIVE(posix_waitstatus_to_exitcode, "waitstatus_to_exitcode", "($module, /, status)", "The exit code of a wait status; -N for signal N.")
{
    int status;
    if (!int_check(args[1]))
        return error_set(t, EXC_TypeError, "an integer is required");
    if (int_to_int(t, args[1], &status) < 0)
        return VALUE_EMPTY;
    if (WIFEXITED(status))
        return value_from_int(WEXITSTATUS(status));
    if (WIFSIGNALED(status))
        return value_from_int(-WTERMSIG(status));
    if (WIFSTOPPED(status))
        return error_set(t, EXC_ValueError, "process stopped by delivery of signal %d", WSTOPSIG(status));
    return error_set(t, EXC_ValueError, "invalid wait status: %d", status);
}
#define STATUS_TEST(name, macro, convert, doc)                                      \
    NATIVE(posix_##name, #name, "($module, /, status)", doc)                        \
    {                                                                               \
        int status;                                                                 \
        return int_to_int(t, args[1], &status) < 0 ? VALUE_EMPTY : convert(macro(status)); \
    }
STATUS_TEST(WIFEXITED, WIFEXITED, value_from_bool, "Whether the process ended by exit().")
STATUS_TEST(WIFSIGNALED, WIFSIGNALED, value_from_bool, "Whether the process was ended by a signal.")
STATUS_TEST(WIFSTOPPED, WIFSTOPPED, value_from_bool, "Whether the process is stopped.")
STATUS_TEST(WIFCONTINUED, WIFCONTINUED, value_from_bool, "Whether the process goes on after a stop.")
STATUS_TEST(WCOREDUMP, WCOREDUMP, value_from_bool, "Whether the process left a core file.")
STATUS_TEST(WEXITSTATUS, WEXITSTATUS, value_from_int, "The exit status.")
STATUS_TEST(WTERMSIG, WTERMSIG, value_from_int, "The signal that ended the process.")
STATUS_TEST(WSTOPSIG, WSTOPSIG, value_from_int, "The signal that stopped the process.")

NATIVE(posix_kill, "kill", "($module, pid, signal, /)", "Sends a signal to a process.")
{
    int pid, signum;
    if (int_to_int(t, args[1], &pid) < 0 || int_to_int(t, args[2], &signum) < 0)
        return VALUE_EMPTY;
    if (kill(pid, signum) < 0)
        return error_from_errno(t, errno);
    /* A signal to ourselves has its handler run before kill() returns. */
    return breaker_check_signals(t) < 0 ? VALUE_EMPTY : VALUE_NONE;
}
NATIVE(posix_killpg, "killpg", "($module, pgid, signal, /)", "Sends a signal to a process group.")
{
    int group, signum;
    if (int_to_int(t, args[1], &group) < 0 || int_to_int(t, args[2], &signum) < 0)
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
    thread_detach(t, EVENT_IO);
    int status = system(p.text);
    thread_attach(t);
    posix_path_release(t, &p);
    return value_from_int(status);
}

/* ---- the system ---- */

static const MemberDef uname_fields[] = {STRUCTSEQ_FIELD(0, "sysname", ""), STRUCTSEQ_FIELD(1, "nodename", ""), STRUCTSEQ_FIELD(2, "release", ""),
                                         STRUCTSEQ_FIELD(3, "version", ""), STRUCTSEQ_FIELD(4, "machine", ""), {0}};
static const StructSeqSpec uname_spec = STRUCTSEQ("posix.uname_result", "What uname() tells of the system.", uname_fields, 5, 5, 0);
static const MemberDef times_fields[] = {STRUCTSEQ_FIELD(0, "user", ""), STRUCTSEQ_FIELD(1, "system", ""), STRUCTSEQ_FIELD(2, "children_user", ""),
                                         STRUCTSEQ_FIELD(3, "children_system", ""), STRUCTSEQ_FIELD(4, "elapsed", ""), {0}};
static const StructSeqSpec times_spec = STRUCTSEQ("posix.times_result", "Times of the process.", times_fields, 5, 5, 0);
static const MemberDef waitid_fields[] = {STRUCTSEQ_FIELD(0, "si_pid", ""), STRUCTSEQ_FIELD(1, "si_uid", ""), STRUCTSEQ_FIELD(2, "si_signo", ""),
                                          STRUCTSEQ_FIELD(3, "si_status", ""), STRUCTSEQ_FIELD(4, "si_code", ""), {0}};
static const StructSeqSpec waitid_spec = STRUCTSEQ("posix.waitid_result", "How a child process ended.", waitid_fields, 5, 5, 0);
static const MemberDef terminal_fields[] = {STRUCTSEQ_FIELD(0, "columns", "width in characters"), STRUCTSEQ_FIELD(1, "lines", "height in characters"), {0}};
static const StructSeqSpec terminal_spec = STRUCTSEQ("os.terminal_size", "Columns and lines of a terminal.", terminal_fields, 2, 2, 0);
static const MemberDef sched_fields[] = {STRUCTSEQ_FIELD(0, "sched_priority", "the scheduling priority"), {0}};
static const StructSeqSpec sched_spec = STRUCTSEQ("posix.sched_param", "A scheduling priority.", sched_fields, 1, 1, 0);

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
NATIVE(posix_cpu_count, "cpu_count", "($module, /)", "Number of processors.")
{
    if (t->interp->config.cpu_count)
        return value_from_int(t->interp->config.cpu_count);
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? VALUE_NONE : value_from_int(count);
}
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
NATIVE(posix_sched_setaffinity, "sched_setaffinity", "($module, pid, mask, /)", "Sets the processors that a process may run on.")
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

static const struct { const char *name; int number; } sysconf_names[] = {
    {"SC_ARG_MAX", _SC_ARG_MAX}, {"SC_CHILD_MAX", _SC_CHILD_MAX}, {"SC_CLK_TCK", _SC_CLK_TCK}, {"SC_HOST_NAME_MAX", _SC_HOST_NAME_MAX},
    {"SC_IOV_MAX", _SC_IOV_MAX}, {"SC_NPROCESSORS_CONF", _SC_NPROCESSORS_CONF}, {"SC_NPROCESSORS_ONLN", _SC_NPROCESSORS_ONLN},
    {"SC_OPEN_MAX", _SC_OPEN_MAX}, {"SC_PAGESIZE", _SC_PAGESIZE}, {"SC_PAGE_SIZE", _SC_PAGESIZE}, {"SC_PHYS_PAGES", _SC_PHYS_PAGES},
    {"SC_AVPHYS_PAGES", _SC_AVPHYS_PAGES}, {"SC_SEM_NSEMS_MAX", _SC_SEM_NSEMS_MAX}, {"SC_SEM_VALUE_MAX", _SC_SEM_VALUE_MAX},
    {"SC_THREAD_STACK_MIN", _SC_THREAD_STACK_MIN}, {"SC_TTY_NAME_MAX", _SC_TTY_NAME_MAX}};

NATIVE(posix_sysconf, "sysconf", "($module, name, /)", "A limit or option of the system.")
{
    int name = -1;
    if (str_check(args[1])) {
        for (size_t i = 0; i < sizeof sysconf_names / sizeof *sysconf_names; i++)
            if (str_equal_ascii(args[1], sysconf_names[i].name))
                name = sysconf_names[i].number;
        if (name < 0)
            return error_set(t, EXC_ValueError, "unrecognized configuration name");
    } else if (!int_check(args[1])) {
        return error_set(t, EXC_TypeError, "configuration names must be strings or integers");
    } else if (int_to_int(t, args[1], &name) < 0) {
        return VALUE_EMPTY;
    }
    errno = 0;
    long value = sysconf(name);
    return value == -1 && errno ? error_from_errno(t, errno) : int_from_int64(t, value);
}

const NativeDef *const posix_process_methods[] = {
    &native_posix_getpid, &native_posix_getppid, &native_posix_getuid, &native_posix_geteuid, &native_posix_getgid, &native_posix_getegid,
    &native_posix_getpgrp, &native_posix_getpgid, &native_posix_setpgid, &native_posix_setsid, &native_posix_getsid, &native_posix_setuid,
    &native_posix_setgid, &native_posix_getgroups, &native_posix_getlogin, &native_posix_nice, &native_posix_getpriority,
    &native_posix_putenv, &native_posix_unsetenv, &native_posix_fork, &native_posix_register_at_fork, &native_posix_execv,
    &native_posix_execve, &native_posix__exit, &native_posix_abort, &native_posix_waitpid, &native_posix_wait, &native_posix_waitid,
    &native_posix_waitstatus_to_exitcode, &native_posix_WIFEXITED, &native_posix_WIFSIGNALED, &native_posix_WIFSTOPPED,
    &native_posix_WIFCONTINUED, &native_posix_WCOREDUMP, &native_posix_WEXITSTATUS, &native_posix_WTERMSIG, &native_posix_WSTOPSIG,
    &native_posix_kill, &native_posix_killpg, &native_posix_system, &native_posix_uname, &native_posix_times, &native_posix_cpu_count,
    &native_posix_sched_getaffinity, &native_posix_sched_setaffinity, &native_posix_sched_yield, &native_posix_getloadavg,
    &native_posix_strerror, &native_posix_sysconf, NULL};

int posix_process_types(Thread *t, Value module)
{
    PosixState *s = posix_state(t);
    const struct { Type **type; const StructSeqSpec *spec; const char *name; } types[] = {
        {&s->uname_result, &uname_spec, "uname_result"}, {&s->times_result, &times_spec, "times_result"},
        {&s->waitid_result, &waitid_spec, "waitid_result"}, {&s->terminal_size, &terminal_spec, "terminal_size"},
        {&s->sched_param, &sched_spec, "sched_param"}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        *types[i].type = structseq_type(t, types[i].spec);
        if (!*types[i].type || module_add_take(t, module, types[i].name, ref_inc(t, value_of(*types[i].type))) < 0)
            return -1;
    }
    Value names = dict_new(t);
    for (size_t i = 0; i < sizeof sysconf_names / sizeof *sysconf_names && !value_is_empty(names); i++)
        if (dict_set_string(t, names, sysconf_names[i].name, value_from_int(sysconf_names[i].number)) < 0)
            ref_clear(t, &names);
    return module_add_take(t, module, "sysconf_names", names) < 0 ? -1 : add_environ(t, module);
}
