/* os_wasm.c: the outside world in a browser or Node (../vm/os/os.h): waiting on shared memory, time, threads, memory, signals.
 *
 * Threads are OS threads of the C library (workers); those that have ended wait here for the next start, so a start costs a wake-up and no worker.
 * Invariant: the coordinating worker, which runs main() only to return, never waits; Python's main thread is the first one started from exports.c.
 * Locks: pool_lock around the lists of idle threads and of free arenas.  Read next: exports.c, kernel.h. */
#include "../vm/os/os.h"

#include <emscripten/stack.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../vm/config.h"
#include "kernel.h"

/* Threads alive at once, if the client sets no other limit: Chromium gives up at about 500 workers of all instances of a page. */
#define THREADS_MAX 200
/* Of each thread, for C; the browser's own stack for wasm frames is apart. */
#define THREAD_STACK (256 * 1024)

/* ---- waiting ---- */

OsWait os_wait(_Atomic uint32_t *address, uint32_t expected, int64_t timeout)
{
    switch (__builtin_wasm_memory_atomic_wait32((int *)address, (int)expected, timeout)) {
    case 0: return OS_WAIT_WOKEN;
    case 1: return OS_WAIT_CHANGED;
    default: return OS_WAIT_TIMEOUT;
    }
}

void os_wake(_Atomic uint32_t *address, int n) { __builtin_wasm_memory_atomic_notify((int *)address, (unsigned)n); }

/* ---- time ---- */

int64_t os_monotonic(void) { return (int64_t)((host_now() - host_origin()) * 1e6) + 1000000000; }
int64_t os_realtime(void)
{
    double ms = host_now(), whole = (double)(int64_t)ms;
    return (int64_t)whole * 1000000 + (int64_t)((ms - whole) * 1e6);
}
/* Browsers do not tell the time of processors: the time since the program's start stands for it. */
static double begun;
void os_wasm_begin(void) { begun = host_now(); }
double os_wasm_begun(void) { return begun; }
int64_t os_cpu_time(void) { return (int64_t)((host_now() - (begun > 0 ? begun : host_origin())) * 1e6); }
int64_t os_thread_time(void) { return os_cpu_time(); }

/* ---- threads ---- */

typedef struct PoolThread {
    struct PoolThread *next, *made_before;
    char name[32];         /* of the thread that it is now, for Stop to say what still runs */
    _Atomic uint32_t turn; /* changes when there is work */
    void (*main)(void *);
    void *arg;
} PoolThread;

static _Atomic uint32_t pool_lock;
static PoolThread *pool_idle, *pool_newest;
static int pool_count; /* threads made, idle or not */
static int pool_limit = THREADS_MAX;
static _Thread_local PoolThread *pool_self;

void os_wasm_limit_threads(int n) { pool_limit = n < 1 ? 1 : n > 400 ? 400 : n; }

static void pool_take(void)
{
    uint32_t free = 0;
    while (!atomic_compare_exchange_strong(&pool_lock, &free, 1)) {
        os_wait(&pool_lock, 1, 1000000);
        free = 0;
    }
}
static void pool_give(void)
{
    atomic_store(&pool_lock, 0);
    os_wake(&pool_lock, 1);
}

static void *pool_main(void *p)
{
    PoolThread *self = pool_self = p;
    for (;;) {
        uint32_t turn = atomic_load(&self->turn);
        if (self->main) {
            self->main(self->arg);
            self->main = NULL;
            pool_take();
            strcpy(self->name, "");
            turn = atomic_load(&self->turn);
            self->next = pool_idle;
            pool_idle = self;
            pool_give();
        }
        while (atomic_load(&self->turn) == turn)
            os_wait(&self->turn, turn, -1);
    }
    return NULL;
}

/* 0 or errno. */
static int pool_begin(PoolThread *thread)
{
    pthread_attr_t attributes;
    pthread_t handle;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, THREAD_STACK);
    int error = pthread_create(&handle, &attributes, pool_main, thread);
    pthread_attr_destroy(&attributes);
    return error;
}

/* Makes a thread that begins with `main`, or idle. 0 or -errno. */
static int pool_grow(void (*main)(void *), void *arg)
{
    PoolThread *thread = calloc(1, sizeof *thread);
    if (!thread)
        return -ENOMEM;
    thread->main = main;
    thread->arg = arg;
    strcpy(thread->name, "thread");
    pool_take();
    int room = pool_count < pool_limit;
    pool_count += room;
    pool_give();
    int error = EAGAIN;
    if (room) {
        error = pool_begin(thread);
        pool_take();
        if (error) {
            pool_count--;
        } else {
            thread->made_before = pool_newest;
            pool_newest = thread;
        }
        pool_give();
    }
    if (error)
        free(thread);
    return error ? -EAGAIN : 0;
}

int os_thread_start(OsThread *thread, void (*main)(void *), void *arg, size_t stack_size)
{
    pool_take();
    PoolThread *idle = pool_idle;
    if (idle)
        pool_idle = idle->next;
    pool_give();
    if (thread)
        thread->handle = (uintptr_t)idle;
    if (!idle)
        return pool_grow(main, arg);
    strcpy(idle->name, "thread");
    idle->main = main;
    idle->arg = arg;
    atomic_fetch_add(&idle->turn, 1);
    os_wake(&idle->turn, 1);
    return 0;
}

/* By the pool's own structure, which the first thread has again in a process that begins with a copy of this memory. */
uint64_t os_thread_id(void) { return pool_self ? (uintptr_t)pool_self : (uintptr_t)pthread_self(); }
uint64_t os_thread_native_id(void) { return os_thread_id(); }
void os_thread_set_name(const char *name)
{
    if (!pool_self)
        return;
    pool_take();
    strncpy(pool_self->name, name, sizeof pool_self->name - 1);
    pool_give();
}
int os_wasm_running(char *buffer, int size)
{
    int n = 0;
    pool_take();
    for (PoolThread *thread = pool_newest; thread; thread = thread->made_before) {
        int length = (int)strlen(thread->name);
        if (length && n + length + 1 <= size) {
            memcpy(buffer + n, thread->name, (size_t)length);
            buffer[n + length] = '\n';
            n += length + 1;
        }
    }
    pool_give();
    return n;
}
void os_thread_ends(void) {}

void os_thread_yield(void)
{
    static _Atomic uint32_t never;
    os_wait(&never, 0, 0);
}

/* ---- the first thread again, in a copy of the memory in which it was about to wait ---- */

static int (*kept_fn)(void *);
static void *kept_arg;

void os_program_keep(int (*fn)(void *arg), void *arg)
{
    kept_fn = fn;
    kept_arg = arg;
    if (pool_newest && !pool_newest->made_before)
        host_keep(sbrk(0));
}
int os_wasm_is_only(void) { return pool_self && pool_self == pool_newest && !pool_self->made_before; }
static void go_on(void *arg) { _exit(kept_fn(arg)); }
/* Made by the linker. */
extern void __wasm_init_tls(void *block);
int os_wasm_go_on(void)
{
    /* The calling worker's own variables were put, before its memory became what it is now, where this may have something else, or nothing yet. */
    void *own = os_memory_reserve(__builtin_wasm_tls_size(), __builtin_wasm_tls_align());
    if (!own)
        return -ENOMEM;
    __wasm_init_tls(own);
    pool_newest->main = go_on;
    pool_newest->arg = kept_arg;
    return pool_begin(pool_newest) ? -EAGAIN : 0;
}

bool wasm_unlocked;
void os_threads_unlocked(void) { wasm_unlocked = true; }

/* Of the stack in memory, for what has an address; the rest of wasm's frames lies on a stack that cannot be measured, for which call depth is counted. */
uintptr_t os_stack_low(void) { return emscripten_stack_get_end(); }

/* ---- memory ---- */

/* Arenas lie one behind the other, taken from the end of memory, which is zero and is not in use by the browser until it is written to: malloc would leave as much again
 * between them, and what it has must be cleared.  Those that are given back wait here for the next. */
typedef struct FreeArena {
    struct FreeArena *next;
} FreeArena;
static FreeArena *arenas_free;

static void *arena_reserve(void)
{
    pool_take();
    FreeArena *known = arenas_free;
    if (known)
        arenas_free = known->next;
    pool_give();
    if (known)
        return memset(known, 0, CONFIG_ARENA_SIZE);
    for (;;) {
        size_t before = -(uintptr_t)sbrk(0) & (CONFIG_ARENA_SIZE - 1);
        char *p = sbrk((intptr_t)(before + CONFIG_ARENA_SIZE));
        if (p == (void *)-1)
            return NULL;
        if (((uintptr_t)p + before) % CONFIG_ARENA_SIZE == 0)
            return p + before;
        /* another thread has moved the end meanwhile: what was got stays unused */
    }
}

void *os_memory_reserve(size_t size, size_t alignment)
{
    void *p = NULL;
    if (size == CONFIG_ARENA_SIZE)
        return arena_reserve();
    if (posix_memalign(&p, alignment < 16 ? 16 : alignment, size) != 0)
        return NULL;
    return memset(p, 0, size);
}
void os_memory_release(void *memory, size_t size)
{
    if (size != CONFIG_ARENA_SIZE) {
        free(memory);
        return;
    }
    FreeArena *arena = memory;
    pool_take();
    arena->next = arenas_free;
    arenas_free = arena;
    pool_give();
}
void os_memory_prefer_huge(void *memory, size_t size) {}
void os_memory_discard(void *memory, size_t size) {}
void *os_memory_resize(void *memory, size_t old_size, size_t new_size, size_t alignment) { return NULL; }

/* ---- randomness ---- */

int os_entropy(void *buffer, size_t n)
{
    host_entropy(buffer, n);
    return 0;
}

/* ---- signals: only what this process sends itself, and Stop ---- */

_Atomic uint32_t os_signal_pending[OS_SIGNAL_MAX];
_Atomic int os_signal_wakeup_error;
static _Atomic(_Atomic uint32_t *) target_breaker;
static _Atomic uint32_t target_bit;
static _Atomic(_Atomic(uintptr_t) *) target_waiting;
static _Atomic int wakeup_fd = -1;
static _Atomic char how_of[OS_SIGNAL_MAX]; /* 0 default, 1 ignore, 2 deliver */
static uint64_t main_thread;

void os_wasm_set_main(void) { main_thread = os_thread_id(); }
int os_wasm_is_main(void) { return os_thread_id() == main_thread; }

static void deliver(int signum)
{
    atomic_store(&os_signal_pending[signum], 1);
    os_wasm_signal_came();
    _Atomic uint32_t *breaker = atomic_load(&target_breaker);
    if (breaker)
        atomic_fetch_or(breaker, atomic_load(&target_bit));
    _Atomic(uintptr_t) *waiting = atomic_load(&target_waiting);
    uintptr_t address = waiting ? atomic_load(waiting) : 0;
    if (address)
        os_wake((_Atomic uint32_t *)address, INT_MAX);
    kernel_interrupt();
    int fd = atomic_load(&wakeup_fd);
    if (fd >= 0) {
        unsigned char byte = (unsigned char)signum;
        int n = kernel_write(fd, &byte, 1, -1, 0);
        if (n < 0)
            atomic_store(&os_signal_wakeup_error, -n);
    }
}

int os_wasm_signal(int signum)
{
    if (signum <= 0 || signum >= OS_SIGNAL_MAX || os_wasm_hold(signum))
        return 0;
    if (atomic_load(&how_of[signum]) == 2)
        deliver(signum);
    return atomic_load(&how_of[signum]) == 0 && signum != SIGCHLD && signum != SIGWINCH && signum != SIGURG &&
           signum != SIGCONT;
}
void os_signal_trip(int signum)
{
    if (os_wasm_signal(signum))
        os_wasm_die(signum);
}

int os_signal_set(int signum, int how)
{
    if (signum <= 0 || signum >= OS_SIGNAL_MAX || signum == SIGKILL || signum == SIGSTOP)
        return -EINVAL;
    atomic_store(&how_of[signum], (char)how);
    return 0;
}
int os_signal_get(int signum)
{
    return signum <= 0 || signum >= OS_SIGNAL_MAX ? -EINVAL : atomic_load(&how_of[signum]);
}

void os_signal_target(_Atomic uint32_t *breaker, uint32_t bit, _Atomic(uintptr_t) *waiting)
{
    atomic_store(&target_bit, bit);
    atomic_store(&target_waiting, waiting);
    atomic_store(&target_breaker, breaker);
}
_Atomic uint32_t *os_wasm_breaker(void) { return atomic_load(&target_breaker); }
int os_signal_wakeup_fd(int fd, bool warn_on_full) { return atomic_exchange(&wakeup_fd, fd); }

/* Faults end a wasm instance by a trap, which no handler sees. */
int os_fault_set(int signum, void (*fn)(void *context, int signum), void *context) { return 0; }
bool os_fault_clear(int signum) { return false; }
void os_fault_raise(int signum) { os_wasm_die(signum); }
void os_fault_chain(int signum) {}

/* ---- files of the interpreter itself ---- */

/* Mapped are the library's pieces that are no files of Python (pieces.mjs), each under its name.  The image is none: it lies in shared memory beside that of the
 * instance. */
const void *os_file_map(const char *path, size_t *size)
{
    const char *name = strrchr(path, '/');
    int n = name ? host_piece(name + 1, NULL, 0) : -ENOENT;
    void *memory = n > 0 ? malloc((size_t)n) : NULL;
    if (!memory || host_piece(name + 1, memory, os_wasm_is_main()) < 0) {
        free(memory);
        return NULL;
    }
    *size = (size_t)n;
    return memory;
}
void os_file_prefetch(const void *memory, size_t size) {}
void os_file_unmap(const void *memory, size_t size) { free((void *)memory); }
bool os_file_beside(const char *path) { return kernel_known(path); }
int os_file_read(const char *path, OsFileStamp *stamp, uint64_t offset, void *buffer, size_t size)
{
    return host_image_read((double)offset, buffer, size, os_wasm_is_main());
}

/* Pieces of the library: all lowest bytes of the characters, then the next ones, then the highest (tools/charsets.c). */
int os_charset_read(const OsCharset *charset, uint32_t characters[OS_CHARSET_CODES])
{
    char name[32];
    uint8_t *bytes = malloc(3 * OS_CHARSET_CODES);
    if (!bytes)
        return -ENOMEM;
    snprintf(name, sizeof name, "charset-%s-%02X", charset->encoding, charset->prefix);
    int status = host_piece(name, bytes, os_wasm_is_main());
    for (size_t i = 0; i < OS_CHARSET_CODES && status == 0; i++)
        characters[i] =
            bytes[i] | (uint32_t)bytes[OS_CHARSET_CODES + i] << 8 | (uint32_t)bytes[2 * OS_CHARSET_CODES + i] << 16;
    free(bytes);
    return status;
}

int os_program_path(char *buffer, size_t size)
{
    static const char path[] = "/usr/bin/baton";
    if (size < sizeof path)
        return -ENAMETOOLONG;
    memcpy(buffer, path, sizeof path);
    return sizeof path - 1;
}

int os_library_path(char *buffer, size_t size, const char *name)
{
    int n = snprintf(buffer, size, "/usr/bin/lib/python%d.%d%s%s", PYTHON_VERSION_MAJOR, PYTHON_VERSION_MINOR,
                     *name ? "/" : "", name);
    return (size_t)n >= size ? -ENAMETOOLONG : n;
}
