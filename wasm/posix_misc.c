/* posix_misc.c: the rest of the C library that the interpreter uses and a browser has not: ids, signals, clocks, error texts.  No state.
 *
 * Where there is nothing to do the call fails with ENOSYS, which Python shows as an OSError.  Read next: posix_wasm.c, sigmask.c. */
#include <errno.h>
#include <grp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../vm/os/os.h"
#include "kernel.h"

static int missing(void)
{
    errno = ENOSYS;
    return -1;
}

/* ---- error texts, by the numbers of include/bits/errno.h ---- */

static const struct {
    int number;
    const char *text;
} texts[] = {
#define E(number, text) {number, text},
#include "__strerror.h"
};
char *strerror(int number)
{
    static _Thread_local char more[512];
    if (kernel_error_text(number, more, sizeof more) > 0)
        return more;
    if (number == 0)
        return (char *)"Success";
    if (number == ECHILD)
        return (char *)"No child processes";
    for (size_t i = 1; i < sizeof texts / sizeof *texts; i++)
        if (texts[i].number == number)
            return (char *)texts[i].text;
    return (char *)"Unknown error";
}
int strerror_r(int number, char *buffer, size_t size)
{
    snprintf(buffer, size, "%s", strerror(number));
    return 0;
}

/* ---- the process ---- */

/* status: as waitpid tells it; one that ends by a signal may have been anywhere. */
static _Noreturn void end(int status)
{
    fflush(NULL);
    kernel_exit(status, (status & 127) == 0 && os_wasm_is_only());
    for (;;) { /* the worker that made this one ends it */
        static _Atomic uint32_t never;
        os_wait(&never, 0, -1);
    }
}
_Noreturn void _exit(int status) { end((status & 255) << 8); }
_Noreturn void _Exit(int status) { _exit(status); }
_Noreturn void os_wasm_die(int signum) { end(signum); }
_Noreturn void abort(void) { os_wasm_die(SIGABRT); }

pid_t getpid(void) { return kernel_pid(); }
pid_t getppid(void) { return kernel_parent(); }
uid_t getuid(void) { return 1000; }
uid_t geteuid(void) { return 1000; }
gid_t getgid(void) { return 1000; }
gid_t getegid(void) { return 1000; }
int uname(struct utsname *u)
{
    memset(u, 0, sizeof *u);
    strcpy(u->sysname, "Emscripten");
    strcpy(u->nodename, "browser");
    strcpy(u->release, "1.0");
    strcpy(u->version, "#1");
    strcpy(u->machine, "wasm32");
    return 0;
}

/* ---- signals ---- */

int raise(int signum) { return kill(getpid(), signum); }
int pthread_kill(pthread_t thread, int signum)
{
    if (signum < 0 || signum >= OS_SIGNAL_MAX)
        return EINVAL;
    if (signum)
        os_signal_trip(signum);
    return 0;
}
int sigaction(int signum, const struct sigaction *restrict action, struct sigaction *restrict old)
{
    if (old)
        memset(old, 0, sizeof *old);
    return signum > 0 && signum < OS_SIGNAL_MAX ? 0 : (errno = EINVAL, -1);
}
int pause(void) { return kernel_poll(NULL, 0, -1, os_wasm_is_main()) < 0 ? (errno = EINTR, -1) : 0; }

/* ---- clocks ---- */

int clock_gettime(clockid_t clock, struct timespec *ts)
{
    int64_t ns;
    switch (clock) {
    case CLOCK_REALTIME: ns = os_realtime(); break;
    case CLOCK_PROCESS_CPUTIME_ID:
    case CLOCK_THREAD_CPUTIME_ID: ns = os_cpu_time(); break;
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_BOOTTIME: ns = os_monotonic(); break;
    default: errno = EINVAL; return -1;
    }
    ts->tv_sec = ns / 1000000000;
    ts->tv_nsec = (long)(ns % 1000000000);
    return 0;
}
int clock_getres(clockid_t clock, struct timespec *ts)
{
    *ts = (struct timespec){0, 5000};
    return 0;
}
int clock_settime(clockid_t clock, const struct timespec *ts)
{
    errno = EPERM;
    return -1;
}

/* ---- randomness ---- */

ssize_t getrandom(void *buffer, size_t n, unsigned flags)
{
    host_entropy(buffer, n);
    return (ssize_t)n;
}

/* ---- groups and scheduling: there is one user and no choice ---- */

int getgrouplist(const char *user, gid_t group, gid_t *groups, int *count)
{
    if (*count >= 1)
        groups[0] = group;
    int room = *count;
    *count = 1;
    return room >= 1 ? 1 : -1;
}
int initgroups(const char *user, gid_t group) { return missing(); }
int sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    memset(set, 0, size);
    for (long i = 0; i < n && i < (long)(8 * size); i++)
        CPU_SET_S((size_t)i, size, set);
    return 0;
}
int sched_setaffinity(pid_t pid, size_t size, const cpu_set_t *set) { return missing(); }
int sched_getparam(pid_t pid, struct sched_param *parameter) { return missing(); }
int sched_setparam(pid_t pid, const struct sched_param *parameter) { return missing(); }
int sched_getscheduler(pid_t pid) { return missing(); }
int sched_setscheduler(pid_t pid, int policy, const struct sched_param *parameter) { return missing(); }
int sched_rr_get_interval(pid_t pid, struct timespec *interval) { return missing(); }
