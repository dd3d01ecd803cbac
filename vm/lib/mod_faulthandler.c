/* mod_faulthandler.c: the module faulthandler: tracebacks of all threads when the process crashes, hangs, or is asked by a signal.
 *
 * The writing functions run in signal handlers and on the watchdog's thread, without the lock: they allocate nothing, take no lock, and read the frames as they are; a thread
 * that runs meanwhile may make them show nonsense, as in CPython.  Read next: ../os/os_posix.c (os_fault_set). */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../compile/code.h"
#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/dict.h"
#include "../object/module.h"
#include "../object/str.h"
#include "../os/os.h"
#include "../run/frame_access.h"
#include "../thread/breaker.h"
#include "../thread/events.h"
#include "../thread/lock.h"
#include "clock.h"

#define MAX_FRAMES 100
#define MAX_THREADS 100
#define MAX_TEXT 500

/* One signal that dumps when it comes. */
typedef struct UserSignal {
    struct FaultState *state;
    Value file;
    int fd;
    bool all_threads, chain, enabled;
} UserSignal;

typedef struct FaultState {
    Interp *interp;
    /* enable() */
    Value file;
    int fd;
    bool enabled, all_threads;
    UserSignal users[OS_SIGNAL_MAX];
    /* dump_traceback_later() */
    Value later_file;
    int later_fd;
    int64_t later_timeout;
    bool later_repeat, later_exit;
    char later_header[64];
    _Atomic uint32_t later_serial;  /* the watchdog of another serial number ends; it waits on this word */
    _Atomic uint32_t later_running; /* a watchdog is alive */
} FaultState;

static FaultState *fault_state(Thread *t) { return t->interp->module_state[MODULE_faulthandler]; }

/* ---- writing without allocation ---- */

static void put(int fd, const char *s, size_t n)
{
    while (n > 0) {
        ssize_t written = write(fd, s, n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return;
        s += written;
        n -= (size_t)written;
    }
}
static void put_string(int fd, const char *s) { put(fd, s, strlen(s)); }

static void put_decimal(int fd, uint64_t n)
{
    char digits[20];
    size_t i = sizeof digits;
    do
        digits[--i] = (char)('0' + n % 10);
    while ((n /= 10) != 0);
    put(fd, digits + i, sizeof digits - i);
}

static void put_hex(int fd, uint64_t n, int width)
{
    char digits[16];
    for (int i = width; i-- > 0; n >>= 4)
        digits[i] = "0123456789abcdef"[n & 15];
    put(fd, digits, (size_t)width);
}

/* A str in ASCII with backslash escapes, cut short. */
static void put_text(int fd, Value v)
{
    if (!str_check(v)) {
        put_string(fd, "???");
        return;
    }
    const Str *s = str_of(v);
    size_t length = s->length < MAX_TEXT ? s->length : MAX_TEXT;
    for (size_t i = 0; i < length; i++) {
        uint32_t c = str_at(s, i);
        if (c >= ' ' && c <= '~') {
            char byte = (char)c;
            put(fd, &byte, 1);
        } else if (c < 0x100) {
            put_string(fd, "\\x");
            put_hex(fd, c, 2);
        } else if (c < 0x10000) {
            put_string(fd, "\\u");
            put_hex(fd, c, 4);
        } else {
            put_string(fd, "\\U");
            put_hex(fd, c, 8);
        }
    }
    if (length < s->length)
        put_string(fd, "...");
}

static void dump_frames(int fd, Thread *x)
{
    struct Frame *f = frame_access_first(x);
    if (!f)
        put_string(fd, "  <no Python frame>\n");
    for (int depth = 0; f; f = frame_access_next(f)) {
        if (depth++ >= MAX_FRAMES) {
            put_string(fd, "  ...\n");
            return;
        }
        Value code = frame_access_frame_code(f);
        put_string(fd, "  File \"");
        if (code_check(code))
            put_text(fd, code_of(code)->filename);
        else
            put_string(fd, "???");
        put_string(fd, "\", line ");
        int32_t line = frame_access_frame_line(f);
        if (line > 0)
            put_decimal(fd, (uint64_t)line);
        else
            put_string(fd, "???");
        put_string(fd, " in ");
        if (code_check(code))
            put_text(fd, code_of(code)->name);
        else
            put_string(fd, "???");
        put_string(fd, "\n");
    }
}

static void dump_threads(int fd, Interp *interp, Thread *current)
{
    int n = 0;
    for (Thread *x = interp->threads; x; x = x->next) {
        if (n > 0)
            put_string(fd, "\n");
        if (n++ >= MAX_THREADS) {
            put_string(fd, "...\n");
            return;
        }
        put_string(fd, x == current ? "Current thread 0x" : "Thread 0x");
        put_hex(fd, x->id, sizeof(uintptr_t) * 2);
        if (x->events && x->events->name[0]) {
            put_string(fd, " [");
            put_string(fd, x->events->name);
            put_string(fd, "]");
        }
        put_string(fd, " (most recent call first):\n");
        dump_frames(fd, x);
    }
}

static void dump_one(int fd, Thread *x)
{
    put_string(fd, "Stack (most recent call first):\n");
    dump_frames(fd, x);
}

/* The Python thread of the running OS thread, or NULL. */
static Thread *find_current(Interp *interp)
{
    uint64_t id = os_thread_id();
    for (Thread *x = interp->threads; x; x = x->next) {
        if (x->id == id)
            return x;
    }
    return NULL;
}

static void dump(int fd, Interp *interp, bool all_threads)
{
    Thread *current = find_current(interp);
    if (all_threads)
        dump_threads(fd, interp, current);
    else if (current)
        dump_one(fd, current);
}

/* ---- where to write ---- */

/* The descriptor of a file argument, which is kept alive through *keep: 0, or -1 with an exception. */
static int file_argument(Thread *t, Value file, int *fd, Value *keep)
{
    *keep = VALUE_EMPTY;
    if (value_is_empty(file) || value_is_none(file)) {
        file = dict_get_string(t, t->interp->sys_dict, "stderr");
        if (value_is_empty(file))
            return error_set(t, EXC_RuntimeError, "unable to get sys.stderr"), -1;
        if (value_is_none(file))
            return error_set(t, EXC_RuntimeError, "sys.stderr is None"), -1;
    } else if (int_check(file)) {
        if (int_to_int(t, file, fd) < 0)
            return -1;
        if (*fd < 0)
            return error_set(t, EXC_ValueError, "file is not a valid file descriptor"), -1;
        return 0;
    } else {
        ref_inc(t, file);
    }
    Value number = object_call_method_string(t, file, "fileno", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
    int result = -1;
    if (!value_is_empty(number)) {
        if (!int_check(number))
            error_set(t, EXC_RuntimeError, "file.fileno() is not a valid file descriptor");
        else if (int_to_int(t, number, fd) == 0 && *fd >= 0)
            result = 0;
        else if (!error_pending(t))
            error_set(t, EXC_RuntimeError, "file.fileno() is not a valid file descriptor");
    }
    ref_dec(t, number);
    if (result < 0) {
        ref_dec(t, file);
        return -1;
    }
    Value flushed = object_call_method_string(t, file, "flush", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
    if (value_is_empty(flushed))
        error_clear(t);
    ref_dec(t, flushed);
    *keep = file;
    return 0;
}

/* An optional truth: `fallback` when absent; -1 on error. */
static int flag_argument(Thread *t, Value v, int fallback) { return value_is_empty(v) ? fallback : object_truth(t, v); }

/* ---- dump_traceback ---- */

NATIVE(dump_traceback, "dump_traceback", "($module, /, file=sys.stderr, all_threads=True)",
       "Writes the traceback of this thread, or of all threads, to a file.")
{
    int fd, all = flag_argument(t, args[2], 1);
    Value keep;
    if (all < 0 || file_argument(t, args[1], &fd, &keep) < 0)
        return VALUE_EMPTY;
    dump(fd, t->interp, all);
    ref_dec(t, keep);
    return breaker_check_signals(t) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(dump_c_stack, "dump_c_stack", "($module, /, file=sys.stderr)",
       "Would write the C stack of this thread: says that it cannot be had.")
{
    int fd;
    Value keep;
    if (file_argument(t, args[1], &fd, &keep) < 0)
        return VALUE_EMPTY;
    put_string(fd, "Current thread's C stack trace (most recent call first):\n  <cannot get C stack on this system>\n");
    ref_dec(t, keep);
    return VALUE_NONE;
}

/* ---- fatal signals ---- */

static const struct {
    int signum;
    const char *name;
} fatal[] = {
    {SIGBUS, "Bus error"}, {SIGILL, "Illegal instruction"}, {SIGFPE, "Floating-point exception"},
    {SIGABRT, "Aborted"},  {SIGSEGV, "Segmentation fault"},
};
#define FATAL_COUNT (sizeof fatal / sizeof *fatal)

static void on_fatal(void *context, int signum)
{
    FaultState *state = context;
    const char *name = "Unknown signal";
    for (size_t i = 0; i < FATAL_COUNT; i++) {
        if (fatal[i].signum == signum)
            name = fatal[i].name;
    }
    put_string(state->fd, "Fatal Python error: ");
    put_string(state->fd, name);
    put_string(state->fd, "\n\n");
    dump(state->fd, state->interp, state->all_threads);
    os_fault_raise(signum);
}

NATIVE(enable, "enable", "($module, /, file=sys.stderr, all_threads=True)",
       "From now on writes tracebacks when the process crashes.")
{
    FaultState *state = fault_state(t);
    int fd, all = flag_argument(t, args[2], 1);
    Value keep;
    if (all < 0 || file_argument(t, args[1], &fd, &keep) < 0)
        return VALUE_EMPTY;
    ref_replace_take(t, &state->file, keep);
    state->fd = fd;
    state->all_threads = all;
    for (size_t i = 0; i < FATAL_COUNT && !state->enabled; i++) {
        int error = os_fault_set(fatal[i].signum, on_fatal, state);
        if (error < 0)
            return error_from_errno(t, -error);
    }
    state->enabled = true;
    return VALUE_NONE;
}

static void disable(Thread *t, FaultState *state)
{
    for (size_t i = 0; i < FATAL_COUNT && state->enabled; i++)
        os_fault_clear(fatal[i].signum);
    state->enabled = false;
    ref_clear(t, &state->file);
}

NATIVE(disable, "disable", "($module, /)", "Undoes enable(); tells whether it was enabled.")
{
    bool was = fault_state(t)->enabled;
    disable(t, fault_state(t));
    return value_from_bool(was);
}

NATIVE(is_enabled, "is_enabled", "($module, /)", "Tells whether enable() is in effect.")
{
    return value_from_bool(fault_state(t)->enabled);
}

/* ---- signals of one's choice ---- */

static void on_user(void *context, int signum)
{
    UserSignal *user = context;
    dump(user->fd, user->state->interp, user->all_threads);
    if (user->chain)
        os_fault_chain(signum);
}

static int user_signal_number(Thread *t, Value v, int *signum)
{
    if (int_to_int(t, v, signum) < 0)
        return -1;
    for (size_t i = 0; i < FATAL_COUNT; i++) {
        if (fatal[i].signum == *signum)
            return error_set(t, EXC_RuntimeError, "signal %i cannot be registered, use enable() instead", *signum), -1;
    }
    if (*signum < 1 || *signum >= OS_SIGNAL_MAX)
        return error_set(t, EXC_ValueError, "signal number out of range"), -1;
    return 0;
}

NATIVE(register, "register", "($module, /, signum, file=sys.stderr, all_threads=True, chain=False)",
       "From now on writes tracebacks when the signal comes.")
{
    int signum, fd, all = flag_argument(t, args[3], 1), chain = flag_argument(t, args[4], 0);
    Value keep;
    if (all < 0 || chain < 0 || user_signal_number(t, args[1], &signum) < 0 ||
        file_argument(t, args[2], &fd, &keep) < 0)
        return VALUE_EMPTY;
    UserSignal *user = &fault_state(t)->users[signum];
    ref_replace_take(t, &user->file, keep);
    user->state = fault_state(t);
    user->fd = fd;
    user->all_threads = all;
    user->chain = chain;
    int error = os_fault_set(signum, on_user, user);
    if (error < 0)
        return error_from_errno(t, -error);
    user->enabled = true;
    return VALUE_NONE;
}

static bool unregister(Thread *t, FaultState *state, int signum)
{
    UserSignal *user = &state->users[signum];
    if (!user->enabled)
        return false;
    user->enabled = false;
    os_fault_clear(signum);
    ref_clear(t, &user->file);
    return true;
}

NATIVE(unregister, "unregister", "($module, signum, /)", "Undoes register(); tells whether the signal was registered.")
{
    int signum;
    if (user_signal_number(t, args[1], &signum) < 0)
        return VALUE_EMPTY;
    return value_from_bool(unregister(t, fault_state(t), signum));
}

/* ---- the watchdog ---- */

typedef struct Watch {
    FaultState *state;
    uint32_t serial;
} Watch;

static void watch_main(void *p)
{
    Watch watch = *(Watch *)p;
    FaultState *state = watch.state;
    alloc_raw_free(p);
    int64_t deadline = os_monotonic() + state->later_timeout;
    while (atomic_load(&state->later_serial) == watch.serial) {
        int64_t left = deadline - os_monotonic();
        if (left > 0) {
            os_wait(&state->later_serial, watch.serial, left);
            continue;
        }
        put_string(state->later_fd, state->later_header);
        dump_threads(state->later_fd, state->interp, NULL);
        if (state->later_exit)
            _exit(1);
        if (!state->later_repeat)
            break;
        deadline = os_monotonic() + state->later_timeout;
    }
    atomic_store(&state->later_running, 0);
    os_wake(&state->later_running, INT32_MAX);
}

static void cancel_later(Thread *t, FaultState *state)
{
    atomic_fetch_add(&state->later_serial, 1);
    os_wake(&state->later_serial, INT32_MAX);
    thread_wait_word(t, &state->later_running, 1, -1, false, EVENT_JOIN);
    ref_clear(t, &state->later_file);
}

/* "Timeout (h:mm:ss.ffffff)!\n" */
static void make_header(char *text, size_t size, int64_t ns)
{
    int64_t us = ns / 1000, seconds = us / 1000000;
    us %= 1000000;
    int n = snprintf(text, size, "Timeout (%lld:%02d:%02d", (long long)(seconds / 3600), (int)(seconds / 60 % 60),
                     (int)(seconds % 60));
    if (us)
        n += snprintf(text + n, size - (size_t)n, ".%06d", (int)us);
    snprintf(text + n, size - (size_t)n, ")!\n");
}

NATIVE(dump_later, "dump_traceback_later", "($module, /, timeout, repeat=False, file=sys.stderr, exit=False)",
       "Writes the tracebacks of all threads after so many seconds, unless cancel_dump_traceback_later() is called "
       "before.\n\nAgain and again with `repeat`; `exit` then ends the "
       "process.")
{
    FaultState *state = fault_state(t);
    int64_t timeout;
    int fd, repeat = flag_argument(t, args[2], 0), leave = flag_argument(t, args[4], 0);
    if (repeat < 0 || leave < 0 || clock_from_seconds(t, args[1], CLOCK_AWAY, &timeout) < 0)
        return VALUE_EMPTY;
    if (timeout <= 0)
        return error_set(t, EXC_ValueError, "timeout must be greater than 0");
    Value keep;
    if (file_argument(t, args[3], &fd, &keep) < 0)
        return VALUE_EMPTY;
    cancel_later(t, state);
    Watch *watch = alloc_raw(sizeof *watch);
    if (!watch) {
        ref_dec(t, keep);
        return error_no_memory(t);
    }
    state->later_file = keep;
    state->later_fd = fd;
    state->later_timeout = timeout;
    state->later_repeat = repeat;
    state->later_exit = leave;
    make_header(state->later_header, sizeof state->later_header, timeout);
    *watch = (Watch){state, atomic_load(&state->later_serial)};
    atomic_store(&state->later_running, 1);
    if (os_thread_start(NULL, watch_main, watch, 0) < 0) {
        atomic_store(&state->later_running, 0);
        alloc_raw_free(watch);
        return error_set(t, EXC_RuntimeError, "unable to start watchdog thread");
    }
    return VALUE_NONE;
}

NATIVE(cancel_later, "cancel_dump_traceback_later", "($module, /)", "Undoes dump_traceback_later().")
{
    cancel_later(t, fault_state(t));
    return VALUE_NONE;
}

/* ---- crashes on purpose, for tests ---- */

NATIVE(read_null, "_read_null", "($module, /)", "Reads from address 0: a crash.")
{
    volatile const int *null = (const int *)(uintptr_t)atomic_load(&t->waiting_on);
    return value_from_int(*null);
}

NATIVE(sigsegv, "_sigsegv", "($module, release_gil=False, /)", "Sends SIGSEGV to this process: a crash.")
{
    int detached = flag_argument(t, args[1], 0);
    if (detached < 0)
        return VALUE_EMPTY;
    if (detached)
        thread_detach(t, EVENT_COMPUTE);
    raise(SIGSEGV);
    if (detached)
        thread_attach(t);
    return VALUE_NONE;
}

NATIVE(sigfpe, "_sigfpe", "($module, /)", "Sends SIGFPE to this process: a crash.")
{
    return raise(SIGFPE), VALUE_NONE;
}
NATIVE(sigabrt, "_sigabrt", "($module, /)", "Aborts this process.") { abort(); }

static void crash(void *arg) { raise(SIGABRT); }
NATIVE(fatal_thread, "_fatal_error_c_thread", "($module, /)", "A crash on a thread that Python does not know.")
{
    os_thread_start(NULL, crash, NULL, 0);
    thread_sleep(t, 5000000000);
    return VALUE_NONE;
}

static uint64_t recurse(volatile uint64_t depth)
{
    volatile char room[4096];
    room[0] = (char)depth;
    return depth < UINT64_MAX ? recurse(depth + 1) + (uint64_t)room[0] : 0;
}
NATIVE(stack_overflow, "_stack_overflow", "($module, /)", "Recurses in C for ever: a crash.")
{
    return int_from_uint64(t, recurse(0));
}

/* ---- the module ---- */

static int exec(Thread *t, Value module)
{
    FaultState *state = fault_state(t);
    if (state)
        return 0;
    state = t->interp->module_state[MODULE_faulthandler] = alloc_raw_zeroed(sizeof *state);
    if (!state)
        return error_no_memory(t), -1;
    state->interp = t->interp;
    return 0;
}

static void free_state(Thread *t, void *p)
{
    FaultState *state = p;
    cancel_later(t, state);
    disable(t, state);
    for (int signum = 1; signum < OS_SIGNAL_MAX; signum++)
        unregister(t, state, signum);
    alloc_raw_free(state);
}

static const NativeDef *const methods[] = {
    &native_dump_traceback, &native_dump_c_stack, &native_enable,         &native_disable,
    &native_is_enabled,     &native_register,     &native_unregister,     &native_dump_later,
    &native_cancel_later,   &native_read_null,    &native_sigsegv,        &native_sigfpe,
    &native_sigabrt,        &native_fatal_thread, &native_stack_overflow, NULL,
};

const ModuleDef module_def_faulthandler = {
    .name = "faulthandler",
    .doc = "Tracebacks when the process crashes, hangs, or is asked by a signal.",
    .methods = methods,
    .exec = exec,
    .free_state = free_state,
};
