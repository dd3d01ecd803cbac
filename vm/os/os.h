/* os.h: the whole contract between the interpreter and the outside.  os_posix.c implements it natively, wasm/os_wasm.c in the browser.
 *
 * Errors are negative errno values unless said otherwise.  No function touches objects or needs the lock; those marked BLOCKS must be called detached
 * (state.h: thread_detach).  Times are in nanoseconds; a timeout below 0 means for ever. */
#ifndef BATON_OS_OS_H
#define BATON_OS_OS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- waiting: everything that waits is built on these two ---- */

typedef enum OsWait { OS_WAIT_WOKEN, OS_WAIT_CHANGED, OS_WAIT_TIMEOUT, OS_WAIT_INTERRUPTED } OsWait;
/* BLOCKS while *address == expected, until os_wake, a signal, or the timeout.  May wake spuriously (OS_WAIT_WOKEN). */
OsWait os_wait(_Atomic uint32_t *address, uint32_t expected, int64_t timeout);
/* Wakes up to n waiters (INT32_MAX: all). Safe in a signal handler. */
void os_wake(_Atomic uint32_t *address, int n);

/* ---- time ---- */
int64_t os_monotonic(void);   /* never runs backwards between threads */
int64_t os_realtime(void);    /* since the epoch */
int64_t os_cpu_time(void);    /* of the process */
int64_t os_thread_time(void); /* of the calling thread */
struct tm;
/* Seconds since the epoch as a calendar time, local or in UTC: 0 or -errno. */
int os_calendar(int64_t seconds, bool local, struct tm *tm);
/* A local calendar time, whose fields are put into their ranges, as seconds since the epoch: 0 or -errno. */
int os_calendar_seconds(struct tm *tm, int64_t *seconds);

/* ---- threads ---- */
typedef struct OsThread {
    uintptr_t handle;
} OsThread;
/* Starts a detached OS thread; 0 or -errno (-EAGAIN: no more threads).  stack_size 0: the default. */
int os_thread_start(OsThread *thread, void (*main)(void *), void *arg, size_t stack_size);
uint64_t os_thread_id(void);        /* of the calling OS thread, unique among living ones, never 0 */
uint64_t os_thread_native_id(void); /* the kernel's id */
void os_thread_set_name(const char *name);
void os_thread_yield(void);
/* Threads run without the interpreter's lock from now on; called before there is a second one.  Until then the system may leave out what only that needs. */
void os_threads_unlocked(void);
/* The calling thread is about to be declared ended: it takes no more signals meant for the process. */
void os_thread_ends(void);
/* Lowest address of the calling thread's C stack, or 0 where that cannot be told (then call depth is counted instead). */
uintptr_t os_stack_low(void);

/* ---- memory ---- */
void *os_memory_reserve(size_t size, size_t alignment); /* zeroed pages, or NULL */
void os_memory_release(void *memory, size_t size);
void os_memory_prefer_huge(
    void *memory, size_t size); /* of a reservation that will mostly be used: in big pages, where that can be had */
/* The pages' content is not needed any more: they may leave memory and read as zero afterwards, or stay as they are. */
void os_memory_discard(void *memory, size_t size);
/* Grows or shrinks a reservation without copying, perhaps elsewhere: its new address, or NULL where that cannot be done (it is as it was). */
void *os_memory_resize(void *memory, size_t old_size, size_t new_size, size_t alignment);

/* BLOCKS: reads exactly `size` bytes of a file: 0 or -1.  A stamp of zeros is filled; afterwards the file must still be the same. */
typedef struct OsFileStamp {
    uint64_t inode, size;
    int64_t modified; /* nanoseconds */
} OsFileStamp;
int os_file_read(const char *path, OsFileStamp *stamp, uint64_t offset, void *buffer, size_t size);
/* A file's contents as read-only memory, and their size; NULL where files cannot be mapped.  The file must not be overwritten, only replaced by another.
 * Pages come in one by one where they are touched, however far the system would read ahead; os_file_prefetch begins to read what will be wanted, and returns. */
const void *os_file_map(const char *path, size_t *size);
void os_file_prefetch(const void *memory, size_t size);
void os_file_unmap(const void *memory, size_t size);
/* Is there a file or folder of that name, in the library's folder?  Of what the library's image was made of the answer may be no. */
bool os_file_beside(const char *path);
/* Of a spare process: BLOCKS until it is told what to run; *argv and the environment are set, the current folder and descriptors are as they shall be.
 * 0 or -errno (-ENOSYS: there are no such processes here). */
int os_program_wait(int *argc, char ***argv);
/* Before that: where the system can, other processes begin with a copy of this one's memory as it is now, on a thread that stands for the calling one (the same
 * os_thread_id), by calling fn(arg), whose result is the exit code.  No other thread has run. */
void os_program_keep(int (*fn)(void *arg), void *arg);
/* Path of the running program, without links, in a buffer; its length, or a negative errno. */
int os_program_path(char *buffer, size_t size);
/* Path of a file of the library, whose folder is lib/pythonX.Y beside the program; its length, or a negative errno.  Is the name "", then the folder's. */
int os_library_path(char *buffer, size_t size, const char *name);

/* BLOCKS: loads what of the C library is loaded only when it is used (os_libm.c), for who looks its functions up by name in the program itself. */
void os_libm_load(void);

/* ---- character sets ---- */
/* A set of characters of two bytes, by the encoding that holds it. */
typedef struct OsCharset {
    const char *encoding; /* as iconv names it */
    uint8_t prefix;       /* byte in front of each code, or 0 */
    uint8_t lead, trail;  /* the lowest ones; the lead byte has its high bit set */
} OsCharset;
#define OS_CHARSET_CODES 0x8000
/* BLOCKS: fills in the characters that the codes from 0x8000 on stand for, 0: none.  0 or -errno (-ENOENT: the system does not know the encoding). */
int os_charset_read(const OsCharset *charset, uint32_t characters[OS_CHARSET_CODES]);

/* ---- randomness ---- */
int os_entropy(void *buffer, size_t n); /* BLOCKS only before the kernel's pool is ready */

/* ---- signals: handlers only set words and wake ---- */
#define OS_SIGNAL_MAX 65
/* Installs a handler that sets os_signal_pending[signum] and *flag |= bit, then wakes the address published in *waiting; 0 or -errno. how: 0 default, 1 ignore,
 * 2 deliver. */
int os_signal_set(int signum, int how);
/* As if the signal had come. */
void os_signal_trip(int signum);
/* What is installed: 0 default, 1 ignore, 2 deliver, 3 a handler of someone else; or -errno. */
int os_signal_get(int signum);
/* errno of a failed write to the wake-up descriptor, since last set to 0. */
extern _Atomic int os_signal_wakeup_error;
extern _Atomic uint32_t os_signal_pending[OS_SIGNAL_MAX];
/* For faulthandler: fn(context, signum) runs inside the C handler, on a stack of its own; the previous handler is kept. 0 or -errno. */
int os_fault_set(int signum, void (*fn)(void *context, int signum), void *context);
bool os_fault_clear(int signum); /* puts the previous handler back; false: none was set */
void os_fault_raise(int signum); /* inside fn: puts the previous handler back and sends the signal again */
void os_fault_chain(int signum); /* inside fn: calls the previous handler, ours stays */
/* Where the handlers report: a breaker word to OR `bit` into, and the address that the main thread waits on. */
void os_signal_target(_Atomic uint32_t *breaker, uint32_t bit, _Atomic(uintptr_t) *waiting);
/* A file descriptor that receives one byte a signal (signal.set_wakeup_fd); -1 none. Returns the previous one. */
int os_signal_wakeup_fd(int fd, bool warn_on_full);

#endif
