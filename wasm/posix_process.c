/* posix_process.c: processes of one program: starting, waiting, signals to others; named semaphores.  What each does is in kernel/processes.js and kernel/semaphores.js.
 *
 * A new process runs this same interpreter, in another instance: there are no other programs.  No state, no locks.  Read next: kernel.h, ../vm/lib/posix_start.h. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../vm/lib/posix_start.h"
#include "../vm/object/object.h"
#include "../vm/os/os.h"
#include "../vm/thread/gil.h"
#include "kernel.h"

extern char **environ;

static int done(int result)
{
    if (result >= 0)
        return result;
    errno = -result;
    return -1;
}

/* ---- starting ---- */

static size_t strings_size(char **strings, int *count)
{
    size_t size = 0;
    for (*count = 0; strings && strings[*count]; (*count)++)
        size += strlen(strings[*count]) + 1;
    return size;
}
static char *strings_put(char *p, char **strings)
{
    for (; strings && *strings; strings++)
        p = stpcpy(p, *strings) + 1;
    return p;
}

/* The only program there is, by its path or its name. */
static bool is_interpreter(char **programs)
{
    for (; *programs; programs++) {
        const char *slash = strrchr(*programs, '/');
        if (!strcmp(slash ? slash + 1 : *programs, "baton"))
            return true;
    }
    return false;
}

/* multiprocessing's tracker of semaphores' names: what it would clean up goes with the program, so the pipe to it only has to be read. */
static int tracker_fd(char **argv)
{
    static const char start[] = "from multiprocessing.resource_tracker import main;main(";
    for (; *argv; argv++)
        if (!strncmp(*argv, start, sizeof start - 1))
            return atoi(*argv + sizeof start - 1);
    return -1;
}

static int spawn(const PosixStart *s)
{
    if (!is_interpreter(s->programs))
        return -ENOENT;
    int argc, envc, tracker = tracker_fd(s->argv);
    if (tracker >= 0)
        return kernel_sink(tracker);
    char **env = s->env ? s->env : environ;
    size_t size = 2 * sizeof(int) + strings_size(s->argv, &argc);
    size += strings_size(env, &envc);
    char *job = malloc(size);
    int *fds = malloc((s->keep_count + 3) * 2 * sizeof *fds), count = 0;
    const int streams[] = {s->stdin_[0], s->stdout_[1], s->stderr_[1]};
    int result = -ENOMEM;
    if (job && fds) {
        memcpy(job, (int[]){argc, envc}, 2 * sizeof(int));
        strings_put(strings_put(job + 2 * sizeof(int), s->argv), env);
        for (int i = 0; i < 3; i++) {
            fds[count++] = i;
            fds[count++] = streams[i] < 0 ? i : streams[i];
        }
        for (size_t i = 0; i < s->keep_count; i++) {
            if (s->keep[i] == s->error_pipe[1])
                continue;
            fds[count++] = s->keep[i];
            fds[count++] = s->keep[i];
        }
        result = kernel_spawn(job, size, fds, count / 2, !s->close_fds, s->cwd, s->umask);
    }
    free(job);
    free(fds);
    return result;
}

pid_t posix_start(Thread *t, PosixStart *s) { return done(value_is_none(s->preexec) ? spawn(s) : -ENOSYS); }

int os_program_wait(int *argc, char ***argv)
{
    int size = kernel_job_wait(), counts[2];
    char *job = malloc((size_t)size); /* stays: it is the command line */
    if (!job)
        return -ENOMEM;
    kernel_job_take(job);
    memcpy(counts, job, sizeof counts);
    char **strings = malloc(((size_t)counts[0] + 1) * sizeof *strings), *p = job + sizeof counts;
    if (!strings)
        return -ENOMEM;
    for (int i = 0; i < counts[0]; i++, p += strlen(p) + 1)
        strings[i] = p;
    strings[counts[0]] = NULL;
    while (environ && *environ) {
        char *name = strndup(*environ, strcspn(*environ, "="));
        unsetenv(name);
        free(name);
    }
    for (int i = 0; i < counts[1]; i++, p += strlen(p) + 1)
        putenv(p);
    os_wasm_begin();
    *argc = counts[0];
    *argv = strings;
    return 0;
}

/* ---- waiting, signals ---- */

pid_t waitpid(pid_t pid, int *status, int options)
{
    int ignored;
    return done(kernel_waitpid(pid, status ? status : &ignored, options, os_wasm_is_main()));
}
pid_t wait(int *status) { return waitpid(-1, status, 0); }

int kill(pid_t pid, int signum)
{
    if (signum < 0 || signum >= OS_SIGNAL_MAX)
        return done(-EINVAL);
    if (pid != getpid() && pid != 0)
        return done(kernel_kill(pid, signum));
    if (signum)
        os_signal_trip(signum);
    return 0;
}

/* ---- semaphores ---- */

static int handle_of(sem_t *sem) { return (int)(intptr_t)sem; }

sem_t *sem_open(const char *name, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    unsigned value = 0;
    if (flags & O_CREAT) {
        va_arg(arguments, mode_t);
        value = va_arg(arguments, unsigned);
    }
    va_end(arguments);
    int sem = value > SEM_VALUE_MAX ? -EINVAL : kernel_sem_open(name, flags, (int)value);
    return sem < 0 ? (errno = -sem, SEM_FAILED) : (sem_t *)(intptr_t)sem;
}
int sem_close(sem_t *sem) { return done(kernel_sem_close(handle_of(sem))); }
int sem_unlink(const char *name) { return done(kernel_sem_unlink(name)); }
int sem_trywait(sem_t *sem) { return done(kernel_sem_wait(handle_of(sem), 0, -EAGAIN, 0)); }
int sem_wait(sem_t *sem) { return done(kernel_sem_wait(handle_of(sem), -1, 0, os_wasm_is_main())); }
int sem_timedwait(sem_t *restrict sem, const struct timespec *restrict until)
{
    double left = (double)until->tv_sec * 1000 + (double)until->tv_nsec / 1e6 - host_now();
    return done(kernel_sem_wait(handle_of(sem), fmax(left, 0), -ETIMEDOUT, os_wasm_is_main()));
}
int sem_post(sem_t *sem) { return done(kernel_sem_post(handle_of(sem))); }
int sem_getvalue(sem_t *restrict sem, int *restrict value)
{
    *value = kernel_sem_value(handle_of(sem));
    return 0;
}
