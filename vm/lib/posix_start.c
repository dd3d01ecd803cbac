/* posix_start.c: a program in a new process, by vfork or fork and exec (posix_start.h).
 *
 * Without preexec_fn, and when no ids are to change, the child is made by vfork: it borrows this process's memory until it has become the new program, and only the
 * calling thread waits for that.  Hence the rules of child_run: no allocation, no lock, only system calls.  With preexec_fn the child is a real fork and runs Python
 * first.
 *
 * What goes wrong in the child is written to error_pipe as "exception name:errno in hex:where", which subprocess.py reads.  No locks. */
#include "posix_start.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../object/module.h"
#include "../thread/gil.h"
#include "argument.h"
#include "posix_exec.h"
#include "posix_path.h"

extern char **environ;

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
static void close_others(const PosixStart *s)
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
static int place_streams(const PosixStart *s)
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
static const char *prepare(const PosixStart *s)
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
static _Noreturn void child_run(const PosixStart *s, Thread *t)
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
static __attribute__((noinline)) pid_t start_borrowing(const PosixStart *s)
{
    pid_t pid = vfork();
    if (pid == 0)
        child_run(s, NULL);
    return pid;
}

static pid_t start_simple(Thread *t, PosixStart *s)
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

static pid_t start_python(Thread *t, PosixStart *s)
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

pid_t posix_start(Thread *t, PosixStart *s)
{
    return value_is_none(s->preexec) ? start_simple(t, s) : start_python(t, s);
}
