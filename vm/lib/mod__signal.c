/* mod__signal.c: the module _signal: handlers in Python for signals of the system.
 *
 * A C handler only sets words and wakes (../os/os_posix.c); the Python handlers run on the main thread at its next poll, from run_handlers, which the
 * breaker calls.  Invariant: handlers[n] is what getsignal(n) returns; empty where the handler is not Python's.  Changed on the main thread only; no locks. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "mod__signal.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <fcntl.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/audit.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/module.h"
#include "../object/str.h"
#include "../object/structseq.h"
#include "../os/os.h"
#include "../run/frame.h"
#include "../thread/breaker.h"
#include "../thread/gil.h"
#include "../thread/lock.h"
#include "clock.h"
#include "module_exception.h"

#ifdef NSIG
#define SIGNAL_LIMIT NSIG
#else
#define SIGNAL_LIMIT OS_SIGNAL_MAX
#endif

typedef struct SignalState {
    Value handlers[SIGNAL_LIMIT];
    Value default_int_handler;
    Type *itimer_error, *siginfo;
} SignalState;

static SignalState *signal_state(Thread *t) { return t->interp->module_state[MODULE__signal]; }

static int signal_number(Thread *t, Value v, int *signum)
{
    if (int_to_int(t, v, signum) < 0)
        return -1;
    if (*signum < 1 || *signum >= SIGNAL_LIMIT)
        return error_set(t, EXC_ValueError, "signal number out of range"), -1;
    return 0;
}

/* ---- running handlers ---- */

static void report_wakeup_error(Thread *t)
{
    int error = atomic_exchange(&os_signal_wakeup_error, 0);
    if (!error)
        return;
    error_from_errno(t, error);
    error_unraisable(t, VALUE_EMPTY, "Exception ignored while trying to write to the signal wakeup fd");
}

/* For the breaker, on the main thread: 0, or -1 when a handler raised; what is pending after it comes next time. */
static int run_handlers(Thread *t)
{
    SignalState *state = signal_state(t);
    report_wakeup_error(t);
    for (int signum = 1; signum < SIGNAL_LIMIT; signum++) {
        if (!atomic_load_explicit(&os_signal_pending[signum], memory_order_relaxed) ||
            !atomic_exchange(&os_signal_pending[signum], 0))
            continue;
        Value handler = state->handlers[signum];
        if (value_is_empty(handler) || value_is_none(handler) || value_is_int(handler))
            continue; /* it was changed meanwhile */
        Value frame = t->frame ? frame_object(t, t->frame) : VALUE_NONE, result = VALUE_EMPTY;
        if (!value_is_empty(frame)) {
            ref_inc(t, handler);
            result = object_call2(t, handler, value_from_int(signum), frame);
            ref_dec(t, handler);
        }
        ref_dec(t, frame);
        ref_dec(t, result);
        if (value_is_empty(result)) {
            breaker_set(t, BREAKER_SIGNALS);
            return -1;
        }
    }
    return 0;
}

NATIVE(default_int_handler, "default_int_handler", "($module, signalnum, frame, /)",
       "What SIGINT does unless told otherwise: raises KeyboardInterrupt.")
{
    return error_set_none(t, EXC_KeyboardInterrupt);
}

/* ---- handlers ---- */

NATIVE(signal, "signal", "($module, signalnum, handler, /)",
       "Sets what happens when a signal comes: SIG_DFL, SIG_IGN or a function, which is called with the number and the "
       "interrupted frame.\n\nReturns what it was. On the main "
       "thread only.")
{
    SignalState *state = signal_state(t);
    int signum, how = 2;
    Value handler = args[2];
    if (int_to_int(t, args[1], &signum) < 0)
        return VALUE_EMPTY;
    if (t != t->interp->main_thread)
        return error_set(t, EXC_ValueError, "signal only works in main thread of the main interpreter");
    if (signum < 1 || signum >= SIGNAL_LIMIT)
        return error_set(t, EXC_ValueError, "signal number out of range");
    if (value_is_int(handler) && (value_to_int(handler) == 0 || value_to_int(handler) == 1)) {
        how = (int)value_to_int(handler);
    } else if (!object_is_callable(t, handler)) {
        int same = value_is_object(handler) && int_check(handler) ? object_equal(t, handler, value_from_int(0)) : 0;
        int same_ignore = same == 0 && value_is_object(handler) && int_check(handler)
                              ? object_equal(t, handler, value_from_int(1))
                              : 0;
        if (same < 0 || same_ignore < 0)
            return VALUE_EMPTY;
        if (!same && !same_ignore)
            return error_set(t, EXC_TypeError,
                             "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object");
        how = same ? 0 : 1;
        handler = value_from_int(how);
    }
    if (breaker_check_signals(t) < 0)
        return VALUE_EMPTY;
    int error = os_signal_set(signum, how);
    if (error < 0)
        return error_from_errno(t, -error);
    Value old = state->handlers[signum];
    state->handlers[signum] = ref_inc(t, handler);
    return value_is_empty(old) ? VALUE_NONE : old;
}

NATIVE(getsignal, "getsignal", "($module, signalnum, /)",
       "What happens when the signal comes: SIG_DFL, SIG_IGN, a function, or None if that is not known to Python.")
{
    int signum;
    if (signal_number(t, args[1], &signum) < 0)
        return VALUE_EMPTY;
    Value handler = signal_state(t)->handlers[signum];
    return value_is_empty(handler) ? VALUE_NONE : ref_inc(t, handler);
}

NATIVE(strsignal, "strsignal", "($module, signalnum, /)", "What the system calls the signal, or None.")
{
    int signum;
    if (signal_number(t, args[1], &signum) < 0)
        return VALUE_EMPTY;
    errno = 0;
    const char *text = strsignal(signum);
    if (errno || !text || strstr(text, "Unknown signal"))
        return VALUE_NONE;
    return str_from_fs(t, text, strlen(text));
}

NATIVE(siginterrupt, "siginterrupt", "($module, signalnum, flag, /)",
       "Says whether system calls are interrupted (true) or started again when the signal comes.")
{
    int signum, flag;
    if (int_to_int(t, args[1], &signum) < 0 || int_to_int(t, args[2], &flag) < 0)
        return VALUE_EMPTY;
    if (signum < 1 || signum >= SIGNAL_LIMIT)
        return error_set(t, EXC_ValueError, "signal number out of range");
    struct sigaction action;
    if (sigaction(signum, NULL, &action) < 0)
        return error_from_errno(t, errno);
    if (flag)
        action.sa_flags &= ~SA_RESTART;
    else
        action.sa_flags |= SA_RESTART;
    return sigaction(signum, &action, NULL) < 0 ? error_from_errno(t, errno) : VALUE_NONE;
}

NATIVE(
    set_wakeup_fd, "set_wakeup_fd", "($module, fd, /, *, warn_on_full_buffer=True)",
    "Sets a file descriptor, -1 for none, that receives the number of each signal as a byte; returns the previous one.")
{
    int fd;
    int warn = value_is_empty(args[2]) ? 1 : object_truth(t, args[2]);
    if (int_to_int(t, args[1], &fd) < 0 || warn < 0)
        return VALUE_EMPTY;
    if (t != t->interp->main_thread)
        return error_set(t, EXC_ValueError, "set_wakeup_fd only works in main thread of the main interpreter");
    if (fd >= 0) {
        struct stat info;
        if (fstat(fd, &info) < 0)
            return error_from_errno(t, errno);
        int flags = fcntl(fd, F_GETFL);
        if (flags < 0)
            return error_from_errno(t, errno);
        if (!(flags & O_NONBLOCK))
            return error_set(t, EXC_ValueError, "the fd %i must be in non-blocking mode", fd);
    } else {
        fd = -1;
    }
    return value_from_int(os_signal_wakeup_fd(fd, warn));
}

/* ---- sending ---- */

NATIVE(raise_signal, "raise_signal", "($module, signalnum, /)", "Sends a signal to this process.")
{
    int signum;
    if (int_to_int(t, args[1], &signum) < 0)
        return VALUE_EMPTY;
    thread_detach(t, EVENT_IO);
    int failed = raise(signum), error = errno;
    thread_attach(t);
    if (failed)
        return error_from_errno(t, error);
    return breaker_check_signals(t) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(pthread_kill, "pthread_kill", "($module, thread_id, signalnum, /)",
       "Sends a signal to a thread of this process.")
{
    int signum;
    if (!int_check(args[1]))
        return error_set(t, EXC_TypeError, "pthread_kill() argument 1 must be int, not %s",
                         value_is_none(args[1]) ? "None" : type_name(type_of(t, args[1])));
    if (int_to_int(t, args[2], &signum) < 0)
        return VALUE_EMPTY;
    if (audit(t, "signal.pthread_kill", "Oi", args[1], signum) < 0)
        return VALUE_EMPTY;
    int error = pthread_kill((pthread_t)int_to_uint64_mask(args[1]), signum);
    if (error)
        return error_from_errno(t, error);
    return breaker_check_signals(t) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

#ifdef SYS_pidfd_send_signal
NATIVE(pidfd_send_signal, "pidfd_send_signal", "($module, pidfd, signalnum, siginfo=None, flags=0, /)",
       "Sends a signal to the process that a pidfd refers to.")
{
    int fd, signum, flags = 0;
    if (int_to_int(t, args[1], &fd) < 0 || int_to_int(t, args[2], &signum) < 0 ||
        (!value_is_empty(args[4]) && int_to_int(t, args[4], &flags) < 0))
        return VALUE_EMPTY;
    if (!value_is_empty(args[3]) && !value_is_none(args[3]))
        return error_set(t, EXC_TypeError, "siginfo must be None");
    return syscall(SYS_pidfd_send_signal, fd, signum, NULL, flags) < 0 ? error_from_errno(t, errno) : VALUE_NONE;
}
#endif

NATIVE(alarm, "alarm", "($module, seconds, /)",
       "Asks for a SIGALRM in that many seconds; returns what was left of the last one.")
{
    int seconds;
    if (int_to_int(t, args[1], &seconds) < 0)
        return VALUE_EMPTY;
    return value_from_int(alarm((unsigned)seconds));
}

NATIVE(pause, "pause", "($module, /)", "Waits for a signal.")
{
    thread_detach(t, EVENT_SLEEP);
    pause();
    thread_attach(t);
    return breaker_check_signals(t) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

/* ---- interval timers ---- */

static Value timer_error(Thread *t)
{
    int error = errno;
    Value text = str_from_string(t, strerror(error));
    Value arguments[2] = {value_from_int(error), text};
    Value exc = value_is_empty(text)
                    ? VALUE_EMPTY
                    : object_call(t, value_of(signal_state(t)->itimer_error), arguments, 2, VALUE_EMPTY);
    ref_dec(t, text);
    return value_is_empty(exc) ? VALUE_EMPTY : error_set_take(t, exc);
}

static Value timer_values(Thread *t, const struct itimerval *timer)
{
    return tuple_pack(t, 2, value_from_double((double)timer->it_value.tv_sec + (double)timer->it_value.tv_usec * 1e-6),
                      value_from_double((double)timer->it_interval.tv_sec + (double)timer->it_interval.tv_usec * 1e-6));
}

static int to_timeval(Thread *t, Value seconds, struct timeval *tv)
{
    int64_t whole;
    int32_t ns;
    if (clock_from_seconds_split(t, seconds, CLOCK_CEILING, &whole, &ns) < 0)
        return -1;
    tv->tv_sec = (time_t)whole;
    tv->tv_usec = (ns + 999) / 1000;
    if (tv->tv_usec >= 1000000) {
        tv->tv_sec++;
        tv->tv_usec -= 1000000;
    }
    return 0;
}

NATIVE(setitimer, "setitimer", "($module, which, seconds, interval=0.0, /)",
       "Sets a timer (ITIMER_...) to fire after so many seconds and then at an interval; 0 clears it.\n\nReturns its "
       "old values.")
{
    int which;
    struct itimerval timer = {0}, old;
    if (int_to_int(t, args[1], &which) < 0 || to_timeval(t, args[2], &timer.it_value) < 0 ||
        (!value_is_empty(args[3]) && to_timeval(t, args[3], &timer.it_interval) < 0))
        return VALUE_EMPTY;
    return setitimer(which, &timer, &old) < 0 ? timer_error(t) : timer_values(t, &old);
}

NATIVE(getitimer, "getitimer", "($module, which, /)", "The values of a timer: seconds left, and the interval.")
{
    int which;
    struct itimerval timer;
    if (int_to_int(t, args[1], &which) < 0)
        return VALUE_EMPTY;
    return getitimer(which, &timer) < 0 ? timer_error(t) : timer_values(t, &timer);
}

/* ---- sets of signals ---- */

int signal_set_from_object(Thread *t, Value iterable, sigset_t *set)
{
    sigemptyset(set);
    Value iterator = object_iter(t, iterable), item;
    if (value_is_empty(iterator))
        return -1;
    while (!value_is_empty(item = object_next(t, iterator))) {
        int over = 0;
        Value number = number_index(t, item);
        ref_dec(t, item);
        if (value_is_empty(number))
            break;
        int64_t signum = int_to_int64_overflow(t, number, &over);
        ref_dec(t, number);
        if (over || signum < 1 || signum >= SIGNAL_LIMIT)
            error_set(t, EXC_ValueError, "signal number %lld out of range [1; %d]", over ? -1 : (long long)signum,
                      SIGNAL_LIMIT - 1);
        else if (sigaddset(set, (int)signum) == 0)
            continue;
        else if (errno == EINVAL &&
                 error_warn(t, EXC_RuntimeWarning, 1, "invalid signal number %lld, please use valid_signals()",
                            (long long)signum) == 0)
            continue;
        break;
    }
    ref_dec(t, iterator);
    return error_pending(t) ? -1 : 0;
}

static Value set_to_object(Thread *t, const sigset_t *set)
{
    Value result = set_new(t, VALUE_EMPTY);
    for (int signum = 1; signum < SIGNAL_LIMIT && !value_is_empty(result); signum++) {
        if (sigismember(set, signum) == 1 && set_add(t, result, value_from_int(signum)) < 0)
            ref_clear(t, &result);
    }
    return result;
}

NATIVE(pthread_sigmask, "pthread_sigmask", "($module, how, mask, /)",
       "Changes which signals this thread holds back (SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK); returns the old set.")
{
    int how;
    sigset_t mask, old;
    if (int_to_int(t, args[1], &how) < 0 || signal_set_from_object(t, args[2], &mask) < 0)
        return VALUE_EMPTY;
    int error = pthread_sigmask(how, &mask, &old);
    if (error)
        return error_from_errno(t, error);
    if (breaker_check_signals(t) < 0)
        return VALUE_EMPTY;
    return set_to_object(t, &old);
}

NATIVE(sigpending, "sigpending", "($module, /)", "The set of signals that have come and are held back.")
{
    sigset_t set;
    return sigpending(&set) < 0 ? error_from_errno(t, errno) : set_to_object(t, &set);
}

NATIVE(sigwait, "sigwait", "($module, sigset, /)",
       "Waits until one of the signals is pending, takes it and returns its number.")
{
    sigset_t set;
    int signum;
    if (signal_set_from_object(t, args[1], &set) < 0)
        return VALUE_EMPTY;
    int error;
    do {
        thread_detach(t, EVENT_SLEEP);
        error = sigwait(&set, &signum);
        thread_attach(t);
        if (error == EINTR && breaker_check_signals(t) < 0)
            return VALUE_EMPTY;
    } while (error == EINTR);
    return error ? error_from_errno(t, error) : value_from_int(signum);
}

NATIVE(valid_signals, "valid_signals", "($module, /)", "The set of signal numbers that the system has.")
{
    sigset_t set;
    sigfillset(&set);
    return set_to_object(t, &set);
}

#ifndef __APPLE__ /* which has no waits that tell more than the number */
static const MemberDef siginfo_fields[] = {
    STRUCTSEQ_FIELD(0, "si_signo", "signal number"),
    STRUCTSEQ_FIELD(1, "si_code", "signal code"),
    STRUCTSEQ_FIELD(2, "si_errno", "errno associated with the signal"),
    STRUCTSEQ_FIELD(3, "si_pid", "sending process"),
    STRUCTSEQ_FIELD(4, "si_uid", "real user of the sending process"),
    STRUCTSEQ_FIELD(5, "si_status", "exit value or signal"),
    STRUCTSEQ_FIELD(6, "si_band", "band event of SIGPOLL"),
    {0},
};
static const StructSeqSpec siginfo = STRUCTSEQ(
    "signal.struct_siginfo", "What sigwaitinfo() and sigtimedwait() tell of a signal.", siginfo_fields, 7, 7, 0);

static Value siginfo_to_object(Thread *t, const siginfo_t *info)
{
    Value v = structseq_new(t, signal_state(t)->siginfo);
    if (value_is_empty(v))
        return VALUE_EMPTY;
    structseq_set_take(v, 0, value_from_int(info->si_signo));
    structseq_set_take(v, 1, value_from_int(info->si_code));
    structseq_set_take(v, 2, value_from_int(info->si_errno));
    structseq_set_take(v, 3, value_from_int(info->si_pid));
    structseq_set_take(v, 4, value_from_int(info->si_uid));
    structseq_set_take(v, 5, value_from_int(info->si_status));
    structseq_set_take(v, 6, int_from_int64(t, info->si_band));
    return structseq_finish_take(t, v);
}

/* Waits for a signal of the set, at most `timeout` ns (< 0: for ever), running handlers of others meanwhile. */
static Value wait_info(Thread *t, const sigset_t *set, int64_t timeout)
{
    int64_t deadline = timeout < 0 ? -1 : os_monotonic() + timeout;
    for (;;) {
        siginfo_t info;
        struct timespec ts = {timeout / 1000000000, timeout % 1000000000};
        thread_detach(t, EVENT_SLEEP);
        int got = timeout < 0 ? sigwaitinfo(set, &info) : sigtimedwait(set, &info, &ts), error = errno;
        thread_attach(t);
        if (got >= 0)
            return siginfo_to_object(t, &info);
        if (error == EAGAIN && timeout >= 0)
            return VALUE_NONE;
        if (error != EINTR)
            return error_from_errno(t, error);
        if (breaker_check_signals(t) < 0)
            return VALUE_EMPTY;
        if (timeout >= 0) {
            timeout = deadline - os_monotonic();
            if (timeout < 0)
                return VALUE_NONE;
        }
    }
}

NATIVE(sigwaitinfo, "sigwaitinfo", "($module, sigset, /)",
       "Waits until one of the signals is pending, takes it and returns what is known of it.")
{
    sigset_t set;
    return signal_set_from_object(t, args[1], &set) < 0 ? VALUE_EMPTY : wait_info(t, &set, -1);
}

NATIVE(sigtimedwait, "sigtimedwait", "($module, sigset, timeout, /)",
       "sigwaitinfo() for a limited time in seconds: None when it is over.")
{
    sigset_t set;
    int64_t timeout;
    if (clock_from_seconds(t, args[2], CLOCK_CEILING, &timeout) < 0)
        return VALUE_EMPTY;
    if (timeout < 0)
        return error_set(t, EXC_ValueError, "timeout must be non-negative");
    return signal_set_from_object(t, args[1], &set) < 0 ? VALUE_EMPTY : wait_info(t, &set, timeout);
}
#endif

/* ---- the module ---- */

static const struct {
    const char *name;
    int value;
} constants[] = {
#define CONSTANT(name)                                                                                                 \
    {                                                                                                                  \
#name, name                                                                                                    \
    }
    CONSTANT(SIGABRT),        CONSTANT(SIGALRM),     CONSTANT(SIGBUS),      CONSTANT(SIGCHLD),
    CONSTANT(SIGCONT),        CONSTANT(SIGFPE),      CONSTANT(SIGHUP),      CONSTANT(SIGILL),
    CONSTANT(SIGINT),         CONSTANT(SIGKILL),     CONSTANT(SIGPIPE),     CONSTANT(SIGPROF),
    CONSTANT(SIGQUIT),        CONSTANT(SIGSEGV),     CONSTANT(SIGSTOP),     CONSTANT(SIGSYS),
    CONSTANT(SIGTERM),        CONSTANT(SIGTRAP),     CONSTANT(SIGTSTP),     CONSTANT(SIGTTIN),
    CONSTANT(SIGTTOU),        CONSTANT(SIGURG),      CONSTANT(SIGUSR1),     CONSTANT(SIGUSR2),
    CONSTANT(SIGVTALRM),      CONSTANT(SIGWINCH),    CONSTANT(SIGXCPU),     CONSTANT(SIGXFSZ),
    CONSTANT(SIG_BLOCK),      CONSTANT(SIG_UNBLOCK), CONSTANT(SIG_SETMASK), CONSTANT(ITIMER_REAL),
    CONSTANT(ITIMER_VIRTUAL), CONSTANT(ITIMER_PROF),
#ifdef SIGCLD
    CONSTANT(SIGCLD),
#endif
#ifdef SIGIO
    CONSTANT(SIGIO),
#endif
#ifdef SIGIOT
    CONSTANT(SIGIOT),
#endif
#ifdef SIGPOLL
    CONSTANT(SIGPOLL),
#endif
#ifdef SIGPWR
    CONSTANT(SIGPWR),
#endif
#ifdef SIGSTKFLT
    CONSTANT(SIGSTKFLT),
#endif
    {"NSIG", SIGNAL_LIMIT},   {"SIG_DFL", 0},        {"SIG_IGN", 1},
#undef CONSTANT
};

static int exec(Thread *t, Value module)
{
    SignalState *state = signal_state(t);
    if (!state) {
        state = t->interp->module_state[MODULE__signal] = alloc_raw_zeroed(sizeof *state);
        if (!state)
            return error_no_memory(t), -1;
        for (int signum = 1; signum < SIGNAL_LIMIT; signum++) {
            int how = os_signal_get(signum);
            state->handlers[signum] = how == 0 || how == 1 ? value_from_int(how) : VALUE_NONE;
        }
    }
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++) {
        if (module_add_int(t, module, constants[i].name, constants[i].value) < 0)
            return -1;
    }
#ifdef SIGRTMIN
    if (module_add_int(t, module, "SIGRTMIN", SIGRTMIN) < 0 || module_add_int(t, module, "SIGRTMAX", SIGRTMAX) < 0)
        return -1;
#endif
    state->itimer_error =
        module_add_exception(t, module, "signal.itimer_error", t->interp->exceptions[EXC_OSError], NULL);
    if (!state->itimer_error ||
        module_add_take(t, module, "ItimerError", ref_inc(t, value_of(state->itimer_error))) < 0)
        return -1;
#ifndef __APPLE__
    state->siginfo = structseq_type(t, &siginfo);
    if (!state->siginfo || module_add_take(t, module, "struct_siginfo", value_of(state->siginfo)) < 0)
        return -1;
#endif
    ref_clear(t, &state->default_int_handler);
    state->default_int_handler = object_getattr_string(t, module, "default_int_handler");
    if (value_is_empty(state->default_int_handler))
        return -1;
    t->interp->run_signals = run_handlers;
    Thread *main = t->interp->main_thread;
    os_signal_target(&main->breaker, BREAKER_SIGNALS, &main->waiting_on);
    return 0;
}

int signal_install_defaults(Thread *t)
{
    SignalState *state = signal_state(t);
    if (!state)
        return -1;
    os_signal_set(SIGPIPE, 1);
    os_signal_set(SIGXFSZ, 1);
    state->handlers[SIGPIPE] = state->handlers[SIGXFSZ] = value_from_int(1);
    if (os_signal_get(SIGINT) == 0) {
        os_signal_set(SIGINT, 2);
        ref_replace_take(t, &state->handlers[SIGINT], ref_inc(t, state->default_int_handler));
    }
    return 0;
}

static void free_state(Thread *t, void *p)
{
    SignalState *state = p;
    for (int signum = 1; signum < SIGNAL_LIMIT; signum++) {
        if (value_is_object(state->handlers[signum]))
            os_signal_set(signum, 0);
        ref_clear(t, &state->handlers[signum]);
    }
    ref_clear(t, &state->default_int_handler);
    t->interp->run_signals = NULL;
    alloc_raw_free(state);
}

static const NativeDef *const methods[] = {
    &native_default_int_handler,
    &native_signal,
    &native_getsignal,
    &native_strsignal,
    &native_siginterrupt,
    &native_set_wakeup_fd,
    &native_raise_signal,
    &native_pthread_kill,
#ifdef SYS_pidfd_send_signal
    &native_pidfd_send_signal,
#endif
    &native_alarm,
    &native_pause,
    &native_setitimer,
    &native_getitimer,
    &native_pthread_sigmask,
    &native_sigpending,
    &native_sigwait,
    &native_valid_signals,
#ifndef __APPLE__
    &native_sigwaitinfo,
    &native_sigtimedwait,
#endif
    NULL,
};

const ModuleDef module_def__signal = {
    .name = "_signal",
    .doc = "Signals of the system, handled in Python on the main thread.",
    .methods = methods,
    .exec = exec,
    .free_state = free_state,
};
