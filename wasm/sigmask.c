/* sigmask.c: signals that the main thread holds back, and waits for signals.
 *
 * All signals are the main thread's, so its mask is the process's; those of other threads are only remembered.  `turn` changes when a signal comes.  Read next: os_wasm.c. */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../vm/os/os.h"
#include "kernel.h"

static _Thread_local sigset_t mask;
static _Atomic uint64_t blocked, held; /* a bit for each signal, from 1 on */
static _Atomic uint32_t turn;

static uint64_t bit(int signum) { return UINT64_C(1) << (signum - 1); }
static uint64_t bits(const sigset_t *set)
{
    uint64_t result = 0;
    for (int signum = 1; signum < OS_SIGNAL_MAX; signum++)
        if (sigismember(set, signum) == 1)
            result |= bit(signum);
    return result;
}

void os_wasm_signal_came(void)
{
    atomic_fetch_add(&turn, 1);
    os_wake(&turn, INT_MAX);
}
int os_wasm_hold(int signum)
{
    if (!(atomic_load(&blocked) & bit(signum)))
        return 0;
    atomic_fetch_or(&held, bit(signum));
    os_wasm_signal_came();
    return 1;
}

int pthread_sigmask(int how, const sigset_t *restrict set, sigset_t *restrict old)
{
    if (old)
        *old = mask;
    if (!set)
        return 0;
    if (how != SIG_BLOCK && how != SIG_UNBLOCK && how != SIG_SETMASK)
        return EINVAL;
    if (how == SIG_SETMASK)
        mask = *set;
    for (int i = 1; how != SIG_SETMASK && i < OS_SIGNAL_MAX; i++)
        if (sigismember(set, i) == 1)
            how == SIG_BLOCK ? sigaddset(&mask, i) : sigdelset(&mask, i);
    sigdelset(&mask, SIGKILL);
    sigdelset(&mask, SIGSTOP);
    if (os_wasm_is_main()) {
        atomic_store(&blocked, bits(&mask));
        uint64_t free = atomic_fetch_and(&held, bits(&mask)) & ~bits(&mask);
        for (int i = 1; i < OS_SIGNAL_MAX; i++)
            if (free & bit(i))
                os_signal_trip(i);
    }
    return 0;
}
int sigpending(sigset_t *set)
{
    uint64_t all = atomic_load(&held);
    sigemptyset(set);
    for (int i = 1; i < OS_SIGNAL_MAX; i++)
        if (all & bit(i))
            sigaddset(set, i);
    return 0;
}

/* The lowest signal of a set that is held back, which it is no more; or 0. */
static int take(uint64_t wanted)
{
    uint64_t all = atomic_load(&held);
    for (int i = 1; i < OS_SIGNAL_MAX; i++)
        if (all & wanted & bit(i) && atomic_fetch_and(&held, ~bit(i)) & bit(i))
            return i;
    return 0;
}
static int interrupted(void)
{
    for (int i = 1; os_wasm_is_main() && i < OS_SIGNAL_MAX; i++)
        if (atomic_load(&os_signal_pending[i]))
            return 1;
    return 0;
}
int sigtimedwait(const sigset_t *restrict set, siginfo_t *restrict info, const struct timespec *restrict timeout)
{
    uint64_t wanted = bits(set);
    int64_t until = timeout ? os_monotonic() + (int64_t)timeout->tv_sec * 1000000000 + timeout->tv_nsec : 0;
    for (;;) {
        uint32_t seen = atomic_load(&turn);
        int64_t rest = timeout ? until - os_monotonic() : -1;
        int signum = take(wanted);
        if (signum) {
            if (info) {
                memset(info, 0, sizeof *info);
                info->si_signo = signum;
                info->si_pid = getpid();
                info->si_uid = getuid();
            }
            return signum;
        }
        errno = interrupted() ? EINTR : timeout && rest <= 0 ? EAGAIN : 0;
        if (errno)
            return -1;
        os_wait(&turn, seen, rest);
    }
}
int sigwaitinfo(const sigset_t *restrict set, siginfo_t *restrict info) { return sigtimedwait(set, info, NULL); }
int sigwait(const sigset_t *restrict set, int *restrict signum)
{
    int result = sigtimedwait(set, NULL, NULL);
    *signum = result;
    return result < 0 ? errno : 0;
}
