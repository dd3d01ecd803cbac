/* mod__posixsubprocess.c: the module _posixsubprocess: fork_exec, beneath subprocess and the start methods of multiprocessing.
 *
 * All that the child needs is turned into C first (Start), so that the child touches no object.  Without preexec_fn, and when no ids are to change, the child is
 * made by vfork: it borrows this process's memory until it has become the new program, and only the calling thread waits for that.  Hence the rules of child_run:
 * no allocation, no lock, only system calls.  With preexec_fn the child is a real fork and runs Python first.
 *
 * What goes wrong in the child is written to errpipe_write as "exception name:errno in hex:where", which subprocess.py reads.  No locks. */
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../memory/alloc.h"
#include "../object/list.h"
#include "../object/module.h"
#include "argument.h"
#include "posix_exec.h"
#include "posix_path.h"

extern char **environ;

typedef struct Start {
    char **programs, **argv, **env; /* env NULL: this process's */
    Value program_owners, argv_owners, env_owners;
    const char *cwd; /* or NULL */
    Value cwd_owner;
    int stdin_[2], stdout_[2], stderr_[2], error_pipe[2]; /* read end, write end; -1 none */
    bool close_fds, restore_signals, new_session, set_uid, set_gid;
    int *keep; /* descriptors to leave open, ascending */
    size_t keep_count;
    int group; /* process group; -1: stays */
    int umask; /* -1: stays */
    uint32_t uid, gid;
    gid_t *groups; /* NULL: stay */
    size_t group_count;
    Value preexec; /* borrowed; None: none */
    bool borrowed; /* the child is made by vfork: signals are blocked, and `signals` was the mask */
    sigset_t signals;
} Start;

static void release(Thread *t, Start *s)
{
    posix_strings_free(t, s->programs, &s->program_owners);
    posix_strings_free(t, s->argv, &s->argv_owners);
    posix_strings_free(t, s->env, &s->env_owners);
    ref_clear(t, &s->cwd_owner);
    alloc_memory_free(t, s->keep);
    alloc_memory_free(t, s->groups);
}

/* ---- the child: only system calls ---- */

static int set_inheritable(int fd)
{
    int flags = fcntl(fd, F_GETFD);
    return flags < 0 ? -1 : fcntl(fd, F_SETFD, flags & ~FD_CLOEXEC);
}

/* Closes [low, high], one by one where the system has no call for it. */
static void close_range_of(int low, int high)
{
#ifdef SYS_close_range
    if (syscall(SYS_close_range, (unsigned)low, (unsigned)high, 0) == 0)
        return;
#endif
    long most = sysconf(_SC_OPEN_MAX);
    if (most > 0 && high >= most)
        high = (int)most - 1;
    for (int fd = low; fd <= high; fd++)
        close(fd);
}
static void close_others(const Start *s)
{
    int low = 3;
    for (size_t i = 0; i < s->keep_count; i++) {
        if (s->keep[i] < low)
            continue;
        if (s->keep[i] > low)
            close_range_of(low, s->keep[i] - 1);
        low = s->keep[i] + 1;
    }
    close_range_of(low, INT_MAX);
}

/* Every handler back to what a new program begins with, before signals may come again: a handler of ours would write into the memory that is borrowed. */
static void drop_handlers(void)
{
    struct sigaction action;
    for (int signum = 1; signum < NSIG; signum++) {
        if (sigaction(signum, NULL, &action) < 0 || action.sa_handler == SIG_IGN || action.sa_handler == SIG_DFL)
            continue;
        memset(&action, 0, sizeof action);
        action.sa_handler = SIG_DFL;
        sigaction(signum, &action, NULL);
    }
}

static int place(int from, int to)
{
    if (from < 0)
        return 0;
    if (from == to)
        return set_inheritable(from);
    return dup2(from, to) < 0 ? -1 : 0;
}
/* The ends of pipes take the places of the standard streams; none may be lost under another one's feet. 0 or -1. */
static int place_streams(const Start *s)
{
    int in = s->stdin_[0], out = s->stdout_[1], error = s->stderr_[1];
    const int ours[] = {s->stdin_[1], s->stdout_[0], s->stderr_[0], s->error_pipe[0]};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (ours[i] >= 0 && close(ours[i]) < 0)
            return -1;
    if (out == 0 && (out = dup(out)) < 0)
        return -1;
    while (error == 0 || error == 1)
        if ((error = dup(error)) < 0)
            return -1;
    return place(in, 0) < 0 || place(out, 1) < 0 || place(error, 2) < 0 ? -1 : 0;
}

/* What is to be done before the program is run: NULL, or where it failed, errno telling why. */
static const char *prepare(const Start *s)
{
    const char *where = "noexec";
    for (size_t i = 0; i < s->keep_count; i++)
        if (s->keep[i] != s->error_pipe[1] && set_inheritable(s->keep[i]) < 0)
            return where;
    if (place_streams(s) < 0)
        return where;
    if (s->cwd && chdir(s->cwd) < 0)
        return "noexec:chdir";
    if (s->umask >= 0)
        umask((mode_t)s->umask);
    if (s->restore_signals) {
        signal(SIGPIPE, SIG_DFL);
#ifdef SIGXFSZ
        signal(SIGXFSZ, SIG_DFL);
#endif
    }
    if (s->borrowed) {
        drop_handlers();
        sigprocmask(SIG_SETMASK, &s->signals, NULL);
    }
    if (s->new_session)
        setsid();
    if (s->group >= 0 && setpgid(0, s->group) < 0)
        return where;
    if (s->groups && setgroups(s->group_count, s->groups) < 0)
        return where;
    if (s->set_gid && setregid(s->gid, s->gid) < 0)
        return where;
    if (s->set_uid && setreuid(s->uid, s->uid) < 0)
        return where;
    return NULL;
}

static void report(int fd, const char *exception, int error, const char *where)
{
    char text[80], digits[9];
    size_t n = 0, count = 0;
    for (; *exception; exception++)
        text[n++] = *exception;
    text[n++] = ':';
    do {
        digits[count++] = "0123456789ABCDEF"[error & 15];
        error = (int)((unsigned)error >> 4);
    } while (error);
    while (count)
        text[n++] = digits[--count];
    text[n++] = ':';
    for (; *where; where++)
        text[n++] = *where;
    ssize_t written = write(fd, text, n);
    (void)written; /* nobody is left to be told */
}

/* t: in a real fork with preexec_fn, else NULL. */
static _Noreturn void child_run(const Start *s, Thread *t)
{
    const char *where = prepare(s);
    if (!where) {
        if (t) {
            Value result = object_call0(t, s->preexec);
            if (value_is_empty(result)) {
                report(s->error_pipe[1], "SubprocessError", 0, "Exception occurred in preexec_fn.");
                _exit(255);
            }
        }
        if (s->close_fds)
            close_others(s);
        int error = 0;
        for (char **program = s->programs; *program; program++) {
            execve(*program, s->argv, s->env ? s->env : environ);
            if (errno != ENOENT && errno != ENOTDIR && !error)
                error = errno;
        }
        if (error)
            errno = error;
        where = "";
    }
    report(s->error_pipe[1], "OSError", errno, where);
    _exit(255);
}

/* ---- the parent ---- */

/* Between its two returns only the child runs in this thread, on this stack, so the function is kept apart. */
static __attribute__((noinline)) pid_t start_borrowing(const Start *s)
{
    pid_t pid = vfork();
    if (pid == 0)
        child_run(s, NULL);
    return pid;
}

static pid_t start_simple(Thread *t, Start *s)
{
    pid_t pid = -1;
    thread_detach(t, EVENT_IO);
    if (!s->set_uid && !s->set_gid && !s->groups) {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, &s->signals);
        s->borrowed = true;
        pid = start_borrowing(s);
        s->borrowed = false;
        int error = errno;
        pthread_sigmask(SIG_SETMASK, &s->signals, NULL);
        errno = error;
    }
    if (pid < 0 && (pid = fork()) == 0) /* a child with other ids must not share memory with this process */
        child_run(s, NULL);
    thread_attach(t);
    return pid;
}

static pid_t start_python(Thread *t, Start *s)
{
    posix_before_fork(t);
    pid_t pid = fork();
    if (pid == 0) {
        posix_after_fork_child(t);
        child_run(s, t);
    }
    int error = errno;
    posix_after_fork_parent(t);
    errno = error;
    return pid;
}

/* ---- arguments ---- */

static int parse_keep(Thread *t, Value keep, Start *s)
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

static int parse_ids(Thread *t, Value gid, Value groups, Value uid, Start *s)
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
    return (s->set_gid && posix_id(t, gid, "gid", &s->gid) < 0) || (s->set_uid && posix_id(t, uid, "uid", &s->uid) < 0) ? -1 : 0;
}

/* The arguments of fork_exec, by their place in args. */
enum {
    ARGS = 1, EXECUTABLES, CLOSE_FDS, PASS_FDS, CWD, ENV, P2CREAD, P2CWRITE, C2PREAD, C2PWRITE, ERRREAD, ERRWRITE, ERRPIPE_READ, ERRPIPE_WRITE,
    RESTORE_SIGNALS, SETSID, PGID, GID, GROUPS, UID, UMASK, PREEXEC
};

static int parse(Thread *t, Value *args, Start *s)
{
    int *const numbers[] = {&s->stdin_[0],  &s->stdin_[1],  &s->stdout_[0],     &s->stdout_[1],
                            &s->stderr_[0], &s->stderr_[1], &s->error_pipe[0], &s->error_pipe[1]};
    for (int i = 0; i < 8; i++)
        if (int_to_int(t, args[P2CREAD + i], numbers[i]) < 0)
            return -1;
    int close_fds = object_truth(t, args[CLOSE_FDS]), restore = object_truth(t, args[RESTORE_SIGNALS]), session = object_truth(t, args[SETSID]);
    if (close_fds < 0 || restore < 0 || session < 0 || int_to_int(t, args[PGID], &s->group) < 0 || int_to_int(t, args[UMASK], &s->umask) < 0)
        return -1;
    s->close_fds = close_fds;
    s->restore_signals = restore;
    s->new_session = session;
    s->preexec = args[PREEXEC];
    if (close_fds && s->error_pipe[1] < 3)
        return error_set(t, EXC_ValueError, "errpipe_write must be >= 3"), -1;
    if (!value_is_none(s->preexec) && t->interp->finalizing)
        return error_set(t, EXC_PythonFinalizationError, "preexec_fn not supported at interpreter shutdown"), -1;
    if (parse_keep(t, args[PASS_FDS], s) < 0 || !(s->programs = posix_strings(t, args[EXECUTABLES], &s->program_owners)))
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
       "($module, args, executable_list, close_fds, pass_fds, cwd, env, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, errpipe_read, errpipe_write, "
       "restore_signals, call_setsid, pgid_to_set, gid, extra_groups, uid, child_umask, preexec_fn, /)",
       "Starts a program in a new process and returns its id.\n\nThe first of `executable_list` that can be run is. The child's standard streams become the ends of pipes "
       "given (-1: inherited); what fails in the child is reported through the errpipe.")
{
    Start start = {0};
    Value result = VALUE_EMPTY;
    if (parse(t, args, &start) == 0) {
        pid_t pid = value_is_none(start.preexec) ? start_simple(t, &start) : start_python(t, &start);
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
