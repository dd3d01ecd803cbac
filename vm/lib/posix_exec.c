/* posix_exec.c: running other programs: exec, posix_spawn.
 *
 * What Python objects say is first turned into C arrays (posix_strings.c), so that the system calls need no object.  No locks.  Read next: posix_process.c (wait),
 * mod__posixsubprocess.c (what subprocess starts). */
#include "posix_exec.h"

#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../memory/alloc.h"
#include "../object/dict.h"
#include "../object/list.h"
#include "../object/module.h"
#include "argument.h"
#include "mod_posix.h"
#include "mod__signal.h"

extern char **environ;

/* ---- exec ---- */

/* What exec and posix_spawn are told: released by program_release, also when program_parse has failed. */
typedef struct Program {
    PosixPath path;
    char **argv, **env; /* env may be environ */
    Value argv_owners, env_owners;
} Program;

static void program_release(Thread *t, Program *p)
{
    posix_strings_free(t, p->argv, &p->argv_owners);
    posix_strings_free(t, p->env == environ ? NULL : p->env, &p->env_owners);
    posix_path_release(t, &p->path);
}

/* An empty `env` means the process's own environment. 0 or -1. */
static int program_parse(Thread *t, const char *function, const char *event, Value path, int path_flags, Value argv,
                         Value env, Program *p)
{
    *p = (Program){.env = environ};
    if (posix_path(t, path, function, "path", path_flags, &p->path) < 0)
        return -1;
    if (!list_check(argv) && !tuple_check(argv))
        return error_set(t, EXC_TypeError, "%s: argv must be a tuple or list", function), -1;
    if (object_len(t, argv) == 0)
        return error_set(t, EXC_ValueError,
                         strcmp(function, "execv") ? "%s: argv must not be empty" : "%s() arg 2 must not be empty",
                         function),
               -1;
    if (!value_is_empty(env) && !object_is(env, KIND_DICT)) {
        Value method;
        int found = object_getattr_optional(t, env, ID(t, keys), &method);
        if (found <= 0)
            return found < 0 ? -1
                             : (error_set(t, EXC_TypeError, "%s: environment must be a mapping object%s", function,
                                          strcmp(function, "execve") ? " or None" : ""),
                                -1);
        ref_dec(t, method);
    }
    p->argv = posix_strings(t, argv, &p->argv_owners);
    if (!p->argv)
        return -1;
    if (!p->argv[0][0])
        return error_set(t, EXC_ValueError,
                         strcmp(function, "execv") ? "%s: argv first element cannot be empty"
                                                   : "%s() arg 2 first element cannot be empty",
                         function),
               -1;
    if (value_is_empty(env))
        return audit(t, event, "NOO", posix_path_value(t, &p->path), argv, env);
    Value list = posix_environment(t, env);
    p->env = value_is_empty(list) ? NULL : posix_strings(t, list, &p->env_owners);
    ref_dec(t, list);
    return p->env ? audit(t, event, "NOO", posix_path_value(t, &p->path), argv, env) : -1;
}

static Value exec(Thread *t, const char *function, Value path, int path_flags, Value argv, Value env)
{
    Program p;
    if (program_parse(t, function, "os.exec", path, path_flags, argv, env, &p) == 0) {
        if (p.path.fd >= 0)
            fexecve(p.path.fd, p.argv, p.env);
        else
            execve(p.path.text, p.argv, p.env);
        if (value_is_empty(env))
            error_from_errno(t, errno);
        else
            posix_path_error(t, &p.path, NULL);
    }
    program_release(t, &p);
    return VALUE_EMPTY;
}
NATIVE(posix_execv, "execv", "($module, path, argv, /)", "Replaces this process by another program.")
{
    return exec(t, "execv", args[1], 0, args[2], VALUE_EMPTY);
}
NATIVE(posix_execve, "execve", "($module, /, path, argv, env)",
       "Replaces this process by another program with an environment.")
{
    return exec(t, "execve", args[1], PATH_FD, args[2], args[3]);
}

/* ---- posix_spawn ---- */

enum { ACTION_OPEN, ACTION_CLOSE, ACTION_DUP2, ACTION_CLOSEFROM }; /* POSIX_SPAWN_... */

/* One item of file_actions. `keep` takes what must outlive the call. 0 or -1. */
static int add_action(Thread *t, posix_spawn_file_actions_t *actions, Value item, Value keep)
{
    int tag, fd, fd2, flags, mode, error = 0;
    if (!tuple_check(item) || tuple_length(item) == 0)
        return error_set(t, EXC_TypeError, "Each file_actions element must be a non-empty tuple"), -1;
    size_t n = tuple_length(item);
    if (int_to_int(t, tuple_peek(item, 0), &tag) < 0)
        return -1;
    if (tag == ACTION_OPEN && n == 5) {
        Value path = int_to_int(t, tuple_peek(item, 1), &fd) < 0 ? VALUE_EMPTY : str_to_fs(t, tuple_peek(item, 2));
        if (value_is_empty(path) || list_append_take(t, keep, path) < 0 ||
            int_to_int(t, tuple_peek(item, 3), &flags) < 0 || int_to_int(t, tuple_peek(item, 4), &mode) < 0)
            return -1;
        error = posix_spawn_file_actions_addopen(actions, fd, (const char *)bytes_of(path)->data, flags, (mode_t)mode);
    } else if (tag == ACTION_CLOSE && n == 2) {
        if (int_to_int(t, tuple_peek(item, 1), &fd) < 0)
            return -1;
        error = posix_spawn_file_actions_addclose(actions, fd);
    } else if (tag == ACTION_DUP2 && n == 3) {
        if (int_to_int(t, tuple_peek(item, 1), &fd) < 0 || int_to_int(t, tuple_peek(item, 2), &fd2) < 0)
            return -1;
        error = posix_spawn_file_actions_adddup2(actions, fd, fd2);
    } else if (tag == ACTION_CLOSEFROM && n == 2) {
        if (int_to_int(t, tuple_peek(item, 1), &fd) < 0)
            return -1;
        error = posix_spawn_file_actions_addclosefrom_np(actions, fd);
    } else if (tag >= ACTION_OPEN && tag <= ACTION_CLOSEFROM) {
        static const char *const shapes[] = {"open", "close", "dup2", "closefrom"};
        static const int items[] = {5, 2, 3, 2};
        return error_set(t, EXC_TypeError, "A %s file_action tuple must have %d elements", shapes[tag], items[tag]), -1;
    } else {
        return error_set(t, EXC_TypeError, "Unknown file_actions identifier"), -1;
    }
    return error ? (error_from_errno(t, error), -1) : 0;
}

static int add_actions(Thread *t, posix_spawn_file_actions_t *actions, Value items, Value keep)
{
    if (value_is_empty(items) || value_is_none(items))
        return 0;
    Value sequence = object_to_tuple(t, items);
    if (value_is_empty(sequence)) {
        if (error_swallow(t, EXC_TypeError))
            error_set(t, EXC_TypeError, "file_actions must be a sequence or None");
        return -1;
    }
    int status = 0;
    for (size_t i = 0; i < tuple_length(sequence) && status == 0; i++)
        status = add_action(t, actions, tuple_peek(sequence, i), keep);
    ref_dec(t, sequence);
    return status;
}

/* Keyword arguments of posix_spawn, in the order of its signature. */
enum { SPAWN_SETPGROUP = 5, SPAWN_RESETIDS, SPAWN_SETSID, SPAWN_SETSIGMASK, SPAWN_SETSIGDEF, SPAWN_SCHEDULER };

static int set_attributes(Thread *t, const char *function, posix_spawnattr_t *attributes, Value *args)
{
    short flags = 0;
    int error = 0;
    if (!value_is_empty(args[SPAWN_SETPGROUP])) {
        int group;
        if (int_to_int(t, args[SPAWN_SETPGROUP], &group) < 0)
            return -1;
        flags |= POSIX_SPAWN_SETPGROUP;
        error = posix_spawnattr_setpgroup(attributes, group);
    }
    int reset = argument_bool(t, args[SPAWN_RESETIDS], 0), session = argument_bool(t, args[SPAWN_SETSID], 0);
    if (reset < 0 || session < 0)
        return -1;
    if (reset)
        flags |= POSIX_SPAWN_RESETIDS;
    if (session) {
#ifdef POSIX_SPAWN_SETSID
        flags |= POSIX_SPAWN_SETSID;
#else
        return error_set(t, EXC_NotImplementedError, "%s: setsid unavailable on this platform", function), -1;
#endif
    }
    sigset_t set;
    if (!value_is_empty(args[SPAWN_SETSIGMASK])) {
        if (signal_set_from_object(t, args[SPAWN_SETSIGMASK], &set) < 0)
            return -1;
        flags |= POSIX_SPAWN_SETSIGMASK;
        error = error ? error : posix_spawnattr_setsigmask(attributes, &set);
    }
    if (!value_is_empty(args[SPAWN_SETSIGDEF])) {
        if (signal_set_from_object(t, args[SPAWN_SETSIGDEF], &set) < 0)
            return -1;
        flags |= POSIX_SPAWN_SETSIGDEF;
        error = error ? error : posix_spawnattr_setsigdefault(attributes, &set);
    }
    if (!value_is_empty(args[SPAWN_SCHEDULER])) {
        Value pair = args[SPAWN_SCHEDULER];
        int policy;
        struct sched_param parameter;
        if (!tuple_check(pair) || tuple_length(pair) != 2)
            return error_set(t, EXC_TypeError, "A scheduler tuple must have two elements"), -1;
        if (!value_is_none(tuple_peek(pair, 0))) {
            if (int_to_int(t, tuple_peek(pair, 0), &policy) < 0)
                return -1;
            flags |= POSIX_SPAWN_SETSCHEDULER;
            error = error ? error : posix_spawnattr_setschedpolicy(attributes, policy);
        }
        if (posix_sched_param(t, tuple_peek(pair, 1), &parameter) < 0)
            return -1;
        flags |= POSIX_SPAWN_SETSCHEDPARAM;
        error = error ? error : posix_spawnattr_setschedparam(attributes, &parameter);
    }
    if (!error)
        error = posix_spawnattr_setflags(attributes, flags);
    return error ? (error_from_errno(t, error), -1) : 0;
}

static Value spawn(Thread *t, const char *function, Value *args, bool search)
{
    Program p;
    Value keep = VALUE_EMPTY, result = VALUE_EMPTY;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    if (program_parse(t, function, "os.posix_spawn", args[1], 0, args[2],
                      value_is_none(args[3]) ? VALUE_EMPTY : args[3], &p) == 0 &&
        !value_is_empty(keep = list_new(t, 2)) && add_actions(t, &actions, args[4], keep) == 0 &&
        set_attributes(t, function, &attributes, args) == 0) {
        pid_t pid = 0;
        thread_detach(t, EVENT_IO);
        int error = (search ? posix_spawnp : posix_spawn)(&pid, p.path.text, &actions, &attributes, p.argv, p.env);
        thread_attach(t);
        result = error ? error_from_errno_path(t, error, args[1], VALUE_EMPTY) : value_from_int(pid);
    }
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    program_release(t, &p);
    ref_dec(t, keep);
    return result;
}
#define SPAWN_SIGNATURE                                                                                                \
    "($module, path, argv, env, /, *, file_actions=(), setpgroup=<unrepresentable>, resetids=False, setsid=False, "    \
    "setsigmask=(), "                                                                                                  \
    "setsigdef=(), scheduler=<unrepresentable>)"
NATIVE(posix_posix_spawn, "posix_spawn", SPAWN_SIGNATURE, "Runs a program in a new process and returns its id.")
{
    return spawn(t, "posix_spawn", args, false);
}
NATIVE(posix_posix_spawnp, "posix_spawnp", SPAWN_SIGNATURE,
       "Runs a program, looked for along PATH, in a new process and returns its id.")
{
    return spawn(t, "posix_spawnp", args, true);
}

const NativeDef *const posix_exec_methods[] = {&native_posix_execv, &native_posix_execve, &native_posix_posix_spawn,
                                               &native_posix_posix_spawnp, NULL};

int posix_exec_constants(Thread *t, Value module)
{
    return module_add_int(t, module, "POSIX_SPAWN_OPEN", ACTION_OPEN) < 0 ||
                   module_add_int(t, module, "POSIX_SPAWN_CLOSE", ACTION_CLOSE) < 0 ||
                   module_add_int(t, module, "POSIX_SPAWN_DUP2", ACTION_DUP2) < 0 ||
                   module_add_int(t, module, "POSIX_SPAWN_CLOSEFROM", ACTION_CLOSEFROM) < 0
               ? -1
               : 0;
}
