/* os_posix.c: the outside world on POSIX systems (os.h): waiting, time, threads, memory, randomness, signals.
 *
 * The only file with mutable statics, but for what is loaded once and never changes (object/unicode_apart.c): signal handlers have nothing else to reach.  Waiting
 * is a futex on Linux; elsewhere a table of condition variables hashed by address.  Locks: the table's own. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "os.h"

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/futex.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#endif

#include "../config.h"

/* ---- waiting ---- */

#ifdef __linux__
OsWait os_wait(_Atomic uint32_t *address, uint32_t expected, int64_t timeout)
{
    struct timespec ts = {timeout / 1000000000, timeout % 1000000000};
    if (syscall(SYS_futex, address, FUTEX_WAIT_PRIVATE, expected, timeout < 0 ? NULL : &ts, NULL, 0) == 0)
        return OS_WAIT_WOKEN;
    switch (errno) {
    case EAGAIN: return OS_WAIT_CHANGED;
    case ETIMEDOUT: return OS_WAIT_TIMEOUT;
    case EINTR: return OS_WAIT_INTERRUPTED;
    default: return OS_WAIT_WOKEN;
    }
}

void os_wake(_Atomic uint32_t *address, int n)
{
    int saved = errno;
    syscall(SYS_futex, address, FUTEX_WAKE_PRIVATE, n, NULL, NULL, 0);
    errno = saved;
}
#else
#define WAIT_BUCKETS 64
static struct Bucket {
    pthread_mutex_t mutex;
    pthread_cond_t cond;
} buckets[WAIT_BUCKETS] = {[0 ... WAIT_BUCKETS - 1] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER}};

static struct Bucket *bucket_of(const void *address) { return &buckets[((uintptr_t)address >> 2) % WAIT_BUCKETS]; }

OsWait os_wait(_Atomic uint32_t *address, uint32_t expected, int64_t timeout)
{
    struct Bucket *b = bucket_of(address);
    OsWait result = OS_WAIT_WOKEN;
    pthread_mutex_lock(&b->mutex);
    if (atomic_load(address) != expected) {
        result = OS_WAIT_CHANGED;
    } else if (timeout < 0) {
        /* Bounded: a signal handler cannot take the mutex, so its wake may be missed. */
        int64_t until = os_realtime() + 100000000;
        struct timespec ts = {until / 1000000000, until % 1000000000};
        pthread_cond_timedwait(&b->cond, &b->mutex, &ts);
    } else {
        int64_t until = os_realtime() + timeout;
        struct timespec ts = {until / 1000000000, until % 1000000000};
        if (pthread_cond_timedwait(&b->cond, &b->mutex, &ts) == ETIMEDOUT)
            result = OS_WAIT_TIMEOUT;
    }
    pthread_mutex_unlock(&b->mutex);
    return result;
}

void os_wake(_Atomic uint32_t *address, int n)
{
    struct Bucket *b = bucket_of(address);
    if (pthread_mutex_trylock(&b->mutex) == 0)
        pthread_mutex_unlock(&b->mutex);
    pthread_cond_broadcast(&b->cond);
}
#endif

/* ---- time ---- */

static int64_t clock_ns(clockid_t clock)
{
    struct timespec ts;
    clock_gettime(clock, &ts);
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}
int64_t os_monotonic(void) { return clock_ns(CLOCK_MONOTONIC); }
int64_t os_realtime(void) { return clock_ns(CLOCK_REALTIME); }
int64_t os_cpu_time(void) { return clock_ns(CLOCK_PROCESS_CPUTIME_ID); }
int64_t os_thread_time(void) { return clock_ns(CLOCK_THREAD_CPUTIME_ID); }

int os_calendar(int64_t seconds, bool local, struct tm *tm)
{
    time_t time = (time_t)seconds;
    if (time != seconds)
        return -EOVERFLOW;
    errno = 0;
    return (local ? localtime_r(&time, tm) : gmtime_r(&time, tm)) ? 0 : -(errno ? errno : EINVAL);
}
int os_calendar_seconds(struct tm *tm, int64_t *seconds)
{
    tm->tm_wday = -1; /* stays so when mktime fails: -1 may be a time */
    time_t time = mktime(tm);
    *seconds = time;
    return time == (time_t)-1 && tm->tm_wday == -1 ? -EOVERFLOW : 0;
}

/* ---- threads ---- */

typedef struct Start {
    void (*main)(void *);
    void *arg;
} Start;

static void *thread_main(void *p)
{
    Start start = *(Start *)p;
    free(p);
    start.main(start.arg);
    return NULL;
}

int os_thread_start(OsThread *thread, void (*main)(void *), void *arg, size_t stack_size)
{
    pthread_attr_t attributes;
    pthread_t handle;
    Start *start = malloc(sizeof *start);
    if (!start)
        return -ENOMEM;
    *start = (Start){main, arg};
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    int error = stack_size ? pthread_attr_setstacksize(&attributes, stack_size) : 0;
    if (!error)
        error = pthread_create(&handle, &attributes, thread_main, start);
    pthread_attr_destroy(&attributes);
    if (error) {
        free(start);
        return -error;
    }
    if (thread)
        thread->handle = (uintptr_t)handle;
    return 0;
}

uint64_t os_thread_id(void) { return (uint64_t)(uintptr_t)pthread_self(); }

uint64_t os_thread_native_id(void)
{
#ifdef __linux__
    return (uint64_t)syscall(SYS_gettid);
#else
    return os_thread_id();
#endif
}

void os_thread_set_name(const char *name)
{
#ifdef __linux__
    char text[16];
    strncpy(text, name, sizeof text - 1);
    text[sizeof text - 1] = 0;
    prctl(PR_SET_NAME, text);
#endif
}

void os_thread_ends(void)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, NULL);
}

void os_thread_yield(void) { sched_yield(); }
void os_threads_unlocked(void) {}

#ifdef __linux__
/* The first thread's stack grows to its limit, which may be changed or absent: never count on more. */
#define STACK_MAX ((uintptr_t)64 << 20)

/* The same for the thread that the process began with, whose stack ends right above the program's name, where the kernel put it; 0: the caller is another thread.
 * The C library would tell by reading all of /proc/self/maps, at every start. */
static uintptr_t first_stack_low(void)
{
    const char *name = (const char *)getauxval(AT_EXECFN);
    uintptr_t here = (uintptr_t)__builtin_frame_address(0), page = (uintptr_t)sysconf(_SC_PAGESIZE);
    struct rlimit limit;
    if (!name || getrlimit(RLIMIT_STACK, &limit) < 0)
        return 0;
    uintptr_t top = ((uintptr_t)name + strlen(name) + page) & ~(page - 1),
              size = limit.rlim_cur < STACK_MAX ? (uintptr_t)limit.rlim_cur : STACK_MAX;
    return here < top && top - here < size ? top - size : 0;
}
#endif

uintptr_t os_stack_low(void)
{
#ifdef __linux__
    pthread_attr_t attributes;
    void *lowest = NULL;
    size_t size = 0, guard = 0;
    uintptr_t low = first_stack_low();
    if (low || pthread_getattr_np(pthread_self(), &attributes) != 0)
        return low;
    pthread_attr_getstack(&attributes, &lowest, &size);
    pthread_attr_getguardsize(&attributes, &guard);
    pthread_attr_destroy(&attributes);
    uintptr_t top = (uintptr_t)lowest + size, floor = (uintptr_t)lowest + guard;
    return top - floor > STACK_MAX ? top - STACK_MAX : floor;
#else
    return 0;
#endif
}

/* ---- memory ---- */

/* The last reservation: the next one is tried right below it, so that the first try mostly succeeds. */
static _Atomic uintptr_t last_reserved;

void *os_memory_reserve(size_t size, size_t alignment)
{
    uintptr_t last = atomic_load_explicit(&last_reserved, memory_order_relaxed),
              hint = last > size ? (last - size) & ~(uintptr_t)(alignment - 1) : 0;
    char *p = mmap((void *)hint, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return NULL;
    if (((uintptr_t)p & (alignment - 1)) == 0) {
        atomic_store_explicit(&last_reserved, (uintptr_t)p, memory_order_relaxed);
        return p;
    }
    munmap(p, size);
    p = mmap(NULL, size + alignment, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED)
        return NULL;
    char *aligned = (char *)(((uintptr_t)p + alignment - 1) & ~(uintptr_t)(alignment - 1));
    if (aligned != p)
        munmap(p, (size_t)(aligned - p));
    size_t behind = (size_t)(p + size + alignment - (aligned + size));
    size_t page = (size_t)sysconf(_SC_PAGESIZE), used = (size + page - 1) & ~(page - 1);
    behind -= used - size;
    if (behind)
        munmap(aligned + used, behind);
    atomic_store_explicit(&last_reserved, (uintptr_t)aligned, memory_order_relaxed);
    return aligned;
}

void os_memory_release(void *memory, size_t size) { munmap(memory, size); }

void os_memory_prefer_huge(void *memory, size_t size)
{
#ifdef MADV_HUGEPAGE
    madvise(memory, size, MADV_HUGEPAGE);
#endif
}

void os_memory_discard(void *memory, size_t size) { madvise(memory, size, MADV_DONTNEED); }

void *os_memory_resize(void *memory, size_t old_size, size_t new_size, size_t alignment)
{
#ifdef __linux__
    void *p = mremap(memory, old_size, new_size, 0);
    if (p != MAP_FAILED)
        return p;
    void *target = os_memory_reserve(new_size, alignment);
    if (!target)
        return NULL;
    p = mremap(memory, old_size, new_size, MREMAP_MAYMOVE | MREMAP_FIXED, target);
    if (p != MAP_FAILED)
        return p;
    munmap(target, new_size);
#endif
    return NULL;
}

/* ---- randomness ---- */

int os_entropy(void *buffer, size_t n)
{
    char *p = buffer;
#ifdef __linux__
    while (n > 0) {
        ssize_t got = getrandom(p, n, 0);
        if (got < 0) {
            if (errno == EINTR)
                continue;
            break;
        }
        p += got;
        n -= (size_t)got;
    }
    if (n == 0)
        return 0;
#endif
    int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    while (n > 0) {
        ssize_t got = read(fd, p, n);
        if (got <= 0) {
            if (got < 0 && errno == EINTR)
                continue;
            int error = got < 0 ? errno : EIO;
            close(fd);
            return -error;
        }
        p += got;
        n -= (size_t)got;
    }
    close(fd);
    return 0;
}

/* ---- signals ---- */

_Atomic uint32_t os_signal_pending[OS_SIGNAL_MAX];
static _Atomic(_Atomic uint32_t *) target_breaker;
static _Atomic uint32_t target_bit;
static _Atomic(_Atomic(uintptr_t) *) target_waiting;
static _Atomic int wakeup_fd = -1;
static _Atomic bool wakeup_warn = true;
_Atomic int os_signal_wakeup_error;

static void deliver(int signum)
{
    int saved = errno;
    atomic_store(&os_signal_pending[signum], 1);
    _Atomic uint32_t *breaker = atomic_load(&target_breaker);
    if (breaker)
        atomic_fetch_or(breaker, atomic_load(&target_bit));
    _Atomic(uintptr_t) *waiting = atomic_load(&target_waiting);
    if (waiting) {
        uintptr_t address = atomic_load(waiting);
        if (address)
            os_wake((_Atomic uint32_t *)address, INT_MAX);
    }
    int fd = atomic_load(&wakeup_fd);
    if (fd >= 0) {
        unsigned char byte = (unsigned char)signum;
        ssize_t n;
        do
            n = write(fd, &byte, 1);
        while (n < 0 && errno == EINTR);
        if (n < 0 && (atomic_load(&wakeup_warn) || (errno != EAGAIN && errno != EWOULDBLOCK)))
            atomic_store(&os_signal_wakeup_error, errno);
    }
    errno = saved;
}

int os_signal_set(int signum, int how)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = how == 0 ? SIG_DFL : how == 1 ? SIG_IGN : deliver;
    action.sa_flags = how == 2 ? SA_ONSTACK : 0;
    return sigaction(signum, &action, NULL) < 0 ? -errno : 0;
}

void os_signal_trip(int signum) { deliver(signum); }

int os_signal_get(int signum)
{
    struct sigaction action;
    if (sigaction(signum, NULL, &action) < 0)
        return -errno;
    if (action.sa_flags & SA_SIGINFO)
        return 3;
    return action.sa_handler == SIG_DFL ? 0 : action.sa_handler == SIG_IGN ? 1 : action.sa_handler == deliver ? 2 : 3;
}

static struct Fault {
    void (*fn)(void *context, int signum);
    void *context;
    struct sigaction previous;
    bool set;
} faults[OS_SIGNAL_MAX];
static bool fault_stack_made;

static void fault_entry(int signum)
{
    int saved = errno;
    if (faults[signum].set)
        faults[signum].fn(faults[signum].context, signum);
    errno = saved;
}

static int fault_install(int signum, struct sigaction *previous)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = fault_entry;
    action.sa_flags = SA_NODEFER | SA_ONSTACK;
    return sigaction(signum, &action, previous) < 0 ? -errno : 0;
}

int os_fault_set(int signum, void (*fn)(void *context, int signum), void *context)
{
    if (!fault_stack_made) { /* a stack overflow must be reported from another stack */
        size_t size = 64 * 1024;
        stack_t stack = {.ss_sp = malloc(size), .ss_size = size};
        fault_stack_made = stack.ss_sp && sigaltstack(&stack, NULL) == 0;
    }
    faults[signum].fn = fn;
    faults[signum].context = context;
    if (faults[signum].set)
        return 0;
    int error = fault_install(signum, &faults[signum].previous);
    faults[signum].set = error == 0;
    return error;
}

bool os_fault_clear(int signum)
{
    if (!faults[signum].set)
        return false;
    faults[signum].set = false;
    sigaction(signum, &faults[signum].previous, NULL);
    return true;
}

void os_fault_raise(int signum)
{
    os_fault_clear(signum);
    raise(signum);
}

void os_fault_chain(int signum)
{
    sigaction(signum, &faults[signum].previous, NULL);
    raise(signum);
    fault_install(signum, NULL);
}

void os_signal_target(_Atomic uint32_t *breaker, uint32_t bit, _Atomic(uintptr_t) *waiting)
{
    atomic_store(&target_bit, bit);
    atomic_store(&target_waiting, waiting);
    atomic_store(&target_breaker, breaker);
}

int os_signal_wakeup_fd(int fd, bool warn_on_full)
{
    atomic_store(&wakeup_warn, warn_on_full);
    return atomic_exchange(&wakeup_fd, fd);
}

/* ---- files of the interpreter itself ---- */

const void *os_file_map(const char *path, size_t *size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0)
        return NULL;
    void *memory = fstat(fd, &st) < 0 || st.st_size <= 0
                       ? MAP_FAILED
                       : mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    *size = memory == MAP_FAILED ? 0 : (size_t)st.st_size;
    if (memory == MAP_FAILED)
        return NULL;
    madvise(memory, *size, MADV_RANDOM);
    return memory;
}

void os_file_prefetch(const void *memory, size_t size)
{
    uintptr_t inside = (uintptr_t)memory % (uintptr_t)sysconf(_SC_PAGESIZE);
    madvise((char *)memory - inside, size + inside, MADV_WILLNEED);
}

void os_file_unmap(const void *memory, size_t size) { munmap((void *)memory, size); }

bool os_file_beside(const char *path) { return access(path, F_OK) == 0; }

int os_file_read(const char *path, OsFileStamp *stamp, uint64_t offset, void *buffer, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    struct stat st;
    int status = fstat(fd, &st);
    if (status == 0) {
        OsFileStamp now = {(uint64_t)st.st_ino, (uint64_t)st.st_size,
                           (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec};
        if (stamp->size == 0)
            *stamp = now;
        else if (memcmp(stamp, &now, sizeof now) != 0)
            status = -1;
    }
    for (char *to = buffer; status == 0 && size > 0;) {
        ssize_t n = pread(fd, to, size, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            status = -1;
        } else {
            to += n;
            offset += (uint64_t)n;
            size -= (size_t)n;
        }
    }
    close(fd);
    return status;
}

int os_program_wait(int *argc, char ***argv) { return -ENOSYS; }
void os_program_keep(int (*fn)(void *arg), void *arg) {}
int os_program_path(char *buffer, size_t size)
{
    ssize_t n = readlink("/proc/self/exe", buffer, size);
    if (n < 0)
        return -errno;
    if ((size_t)n >= size)
        return -ENAMETOOLONG;
    buffer[n] = 0;
    return (int)n;
}

int os_library_path(char *buffer, size_t size, const char *name)
{
    int n = os_program_path(buffer, size);
    if (n < 0)
        return n;
    while (n > 0 && buffer[n - 1] != '/')
        n--;
    size_t room = size - (size_t)n;
    int more = snprintf(buffer + n, room, "lib/python%d.%d%s%s", PYTHON_VERSION_MAJOR, PYTHON_VERSION_MINOR,
                        *name ? "/" : "", name);
    return (size_t)more >= room ? -ENAMETOOLONG : n + more;
}
