/* posix_linux.c: what only Linux has: counters, timers and memory behind descriptors, and namespaces.  No state, no locks.  Read next: ../os/os.h for the clocks. */
#include <fcntl.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <sys/uio.h>

#include "../object/float.h"
#include "../object/list.h"
#include "../object/module.h"
#include "argument.h"
#include "clock.h"
#include "mod_posix.h"

/* ---- eventfd ---- */

NATIVE(posix_eventfd, "eventfd", "($module, /, initval, flags=EFD_CLOEXEC)",
       "A descriptor with a counter, for telling of events.")
{
    int64_t value;
    int flags, fd;
    if (int_to_int64(t, args[1], &value) < 0 || argument_int(t, args[2], EFD_CLOEXEC, &flags) < 0)
        return VALUE_EMPTY;
    if (value < 0 || value > UINT32_MAX)
        return error_set(t, EXC_OverflowError,
                         value < 0 ? "can't convert negative value to unsigned int"
                                   : "Python int too large to convert to C unsigned int");
    fd = eventfd((unsigned)value, flags);
    return fd < 0 ? error_from_errno(t, errno) : value_from_int(fd);
}
NATIVE(posix_eventfd_read, "eventfd_read", "($module, /, fd)",
       "Waits until the counter is not 0, and takes it (or 1, from a semaphore).")
{
    int fd, result;
    eventfd_t value;
    if (posix_fd(t, args[1], &fd) < 0)
        return VALUE_EMPTY;
    POSIX_BLOCKING(t, result, eventfd_read(fd, &value));
    return result < 0 ? posix_error(t) : int_from_uint64(t, value);
}
NATIVE(posix_eventfd_write, "eventfd_write", "($module, /, fd, value)", "Adds to the counter.")
{
    int fd, result;
    uint64_t value;
    if (posix_fd(t, args[1], &fd) < 0 || int_to_uint64(t, args[2], &value) < 0)
        return VALUE_EMPTY;
    POSIX_BLOCKING(t, result, eventfd_write(fd, value));
    return result < 0 ? posix_error(t) : VALUE_NONE;
}

/* ---- timerfd ---- */

NATIVE(posix_timerfd_create, "timerfd_create", "($module, clockid, /, *, flags=TFD_CLOEXEC)",
       "A descriptor that tells when a timer has run out.")
{
    int clock, flags, fd;
    if (int_to_int(t, args[1], &clock) < 0 || argument_int(t, args[2], TFD_CLOEXEC, &flags) < 0)
        return VALUE_EMPTY;
    fd = timerfd_create(clock, flags | TFD_CLOEXEC); /* no child inherits it unasked, whatever flags says */
    return fd < 0 ? error_from_errno(t, errno) : value_from_int(fd);
}

/* Seconds, or nanoseconds as an int; absent is 0. */
static int get_time(Thread *t, Value v, bool in_ns, struct timespec *time)
{
    int64_t ns = 0;
    if (!value_is_empty(v) && (in_ns ? int_to_int64(t, v, &ns) : clock_from_seconds(t, v, CLOCK_CEILING, &ns)) < 0)
        return -1;
    time->tv_sec = ns / 1000000000;
    time->tv_nsec = ns % 1000000000;
    if (time->tv_nsec < 0) {
        time->tv_nsec += 1000000000;
        time->tv_sec--;
    }
    return 0;
}
static Value from_time(Thread *t, const struct timespec *time, bool in_ns)
{
    int64_t ns = (int64_t)time->tv_sec * 1000000000 + time->tv_nsec;
    return in_ns ? int_from_int64(t, ns) : clock_to_seconds(t, ns);
}
static Value from_timer(Thread *t, const struct itimerspec *timer, bool in_ns)
{
    return tuple_pack(t, 2, from_time(t, &timer->it_value, in_ns), from_time(t, &timer->it_interval, in_ns));
}
static Value set_timer(Thread *t, const Value *args, bool in_ns)
{
    int fd, flags;
    struct itimerspec timer, old;
    if (posix_fd(t, args[1], &fd) < 0 || argument_int(t, args[2], 0, &flags) < 0 ||
        get_time(t, args[3], in_ns, &timer.it_value) < 0 || get_time(t, args[4], in_ns, &timer.it_interval) < 0)
        return VALUE_EMPTY;
    return timerfd_settime(fd, flags, &timer, &old) < 0 ? error_from_errno(t, errno) : from_timer(t, &old, in_ns);
}
static Value get_timer(Thread *t, Value descriptor, bool in_ns)
{
    int fd;
    struct itimerspec timer;
    if (posix_fd(t, descriptor, &fd) < 0)
        return VALUE_EMPTY;
    return timerfd_gettime(fd, &timer) < 0 ? error_from_errno(t, errno) : from_timer(t, &timer, in_ns);
}
NATIVE(posix_timerfd_settime, "timerfd_settime", "($module, fd, /, *, flags=0, initial=0.0, interval=0.0)",
       "Sets a timer to run out after initial seconds and then every interval seconds; returns what was left of the "
       "old one, and its interval.")
{
    return set_timer(t, args, false);
}
NATIVE(posix_timerfd_settime_ns, "timerfd_settime_ns", "($module, fd, /, *, flags=0, initial=0, interval=0)",
       "The same, in nanoseconds.")
{
    return set_timer(t, args, true);
}
NATIVE(posix_timerfd_gettime, "timerfd_gettime", "($module, fd, /)",
       "The seconds until a timer runs out, and its interval.")
{
    return get_timer(t, args[1], false);
}
NATIVE(posix_timerfd_gettime_ns, "timerfd_gettime_ns", "($module, fd, /)", "The same, in nanoseconds.")
{
    return get_timer(t, args[1], true);
}

/* ---- memory and namespaces ---- */

NATIVE(posix_memfd_create, "memfd_create", "($module, /, name, flags=MFD_CLOEXEC)",
       "A file in memory, which has a name for looks only.")
{
    PosixPath p;
    int64_t flags;
    if (argument_size(t, args[2], MFD_CLOEXEC, &flags) < 0 || posix_path(t, args[1], "memfd_create", "name", 0, &p) < 0)
        return VALUE_EMPTY;
    thread_detach(t, EVENT_IO);
    int fd = memfd_create(p.text, (unsigned)flags);
    thread_attach(t);
    posix_path_release(t, &p);
    return fd < 0 ? error_from_errno(t, errno) : value_from_int(fd);
}
NATIVE(posix_unshare, "unshare", "($module, /, flags)",
       "Takes the process out of namespaces that it shares; flags are CLONE_... ones.")
{
    int flags;
    if (int_to_int(t, args[1], &flags) < 0)
        return VALUE_EMPTY;
    thread_detach(t, EVENT_IO);
    int result = unshare(flags);
    thread_attach(t);
    return result < 0 ? error_from_errno(t, errno) : VALUE_NONE;
}
NATIVE(posix_setns, "setns", "($module, /, fd, nstype=0)",
       "Moves the thread into a namespace, or those of a process, that a descriptor stands for.")
{
    int fd, kind;
    if (posix_fd(t, args[1], &fd) < 0 || argument_int(t, args[2], 0, &kind) < 0)
        return VALUE_EMPTY;
    thread_detach(t, EVENT_IO);
    int result = setns(fd, kind);
    thread_attach(t);
    return result < 0 ? error_from_errno(t, errno) : VALUE_NONE;
}

static const struct {
    const char *name;
    int64_t value;
} constants[] = {
#define C(name) {#name, name},
    C(CLONE_FILES) C(CLONE_FS) C(CLONE_NEWCGROUP) C(CLONE_NEWIPC) C(CLONE_NEWNET) C(CLONE_NEWNS) C(CLONE_NEWPID)
        C(CLONE_NEWTIME) C(CLONE_NEWUSER) C(CLONE_NEWUTS) C(CLONE_SIGHAND) C(CLONE_SYSVSEM) C(CLONE_THREAD) C(CLONE_VM)
            C(EFD_CLOEXEC) C(EFD_NONBLOCK) C(EFD_SEMAPHORE) C(TFD_CLOEXEC) C(TFD_NONBLOCK) C(TFD_TIMER_ABSTIME)
                C(TFD_TIMER_CANCEL_ON_SET) C(MFD_ALLOW_SEALING) C(MFD_CLOEXEC) C(MFD_HUGETLB) C(POSIX_FADV_DONTNEED)
                    C(POSIX_FADV_NOREUSE) C(POSIX_FADV_NORMAL) C(POSIX_FADV_RANDOM) C(POSIX_FADV_SEQUENTIAL)
                        C(POSIX_FADV_WILLNEED) C(RWF_APPEND) C(RWF_DSYNC) C(RWF_HIPRI) C(RWF_NOWAIT) C(RWF_SYNC)
                            C(SPLICE_F_MORE) C(SPLICE_F_MOVE) C(SPLICE_F_NONBLOCK)
#undef C
                                {"MFD_HUGE_MASK", 63},
    {"MFD_HUGE_SHIFT", 26},
    {"MFD_HUGE_64KB", 16LL << 26},
    {"MFD_HUGE_512KB", 19LL << 26},
    {"MFD_HUGE_1MB", 20LL << 26},
    {"MFD_HUGE_2MB", 21LL << 26},
    {"MFD_HUGE_8MB", 23LL << 26},
    {"MFD_HUGE_16MB", 24LL << 26},
    {"MFD_HUGE_32MB", 25LL << 26},
    {"MFD_HUGE_256MB", 28LL << 26},
    {"MFD_HUGE_512MB", 29LL << 26},
    {"MFD_HUGE_1GB", 30LL << 26},
    {"MFD_HUGE_2GB", 31LL << 26},
    {"MFD_HUGE_16GB", 34LL << 26},
    {"XATTR_CREATE", 1},
    {"XATTR_REPLACE", 2},
    {"XATTR_SIZE_MAX", 65536},
    {"RTLD_DEEPBIND", 8},
    {"RTLD_GLOBAL", 256},
    {"RTLD_LAZY", 1},
    {"RTLD_LOCAL", 0},
    {"RTLD_NODELETE", 4096},
    {"RTLD_NOLOAD", 4},
    {"RTLD_NOW", 2},
    {"P_PIDFD", 3},
    {"SCHED_RESET_ON_FORK", 0x40000000},
    {"SCHED_NORMAL", 0},
    {"SCHED_DEADLINE", 6},
    {"O_FSYNC", O_FSYNC},
    {"ST_NODEV", 4},
    {"ST_NOEXEC", 8},
    {"ST_SYNCHRONOUS", 16},
    {"ST_MANDLOCK", 64},
    {"ST_WRITE", 128},
    {"ST_APPEND", 256},
    {"ST_NOATIME", 1024},
    {"ST_NODIRATIME", 2048},
    {"ST_RELATIME", 4096},
};

int posix_linux_constants(Thread *t, Value module)
{
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        if (module_add_int(t, module, constants[i].name, constants[i].value) < 0)
            return -1;
    return 0;
}

const NativeDef *const posix_linux_methods[] = {&native_posix_eventfd,         &native_posix_eventfd_read,
                                                &native_posix_eventfd_write,   &native_posix_timerfd_create,
                                                &native_posix_timerfd_settime, &native_posix_timerfd_settime_ns,
                                                &native_posix_timerfd_gettime, &native_posix_timerfd_gettime_ns,
                                                &native_posix_memfd_create,    &native_posix_unshare,
                                                &native_posix_setns,           NULL};
