/* timer.c: the interval timer of real time, which signals SIGALRM: alarm, setitimer, getitimer.
 *
 * The worker that coordinates the process is told when the timer is set, and signals when it is due (../web/runtime/worker.js).  Lock: `lock` around the two times.
 * Read next: exports.c. */
#include <errno.h>
#include <math.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/time.h>
#include <unistd.h>

#include "../vm/os/os.h"
#include "kernel.h"

static _Atomic uint32_t lock;
static int64_t due, interval; /* nanoseconds of os_monotonic; due 0: not set */

static void take(void)
{
    uint32_t free = 0;
    while (!atomic_compare_exchange_strong(&lock, &free, 1)) {
        os_wait(&lock, 1, 1000000);
        free = 0;
    }
}
static void give(void)
{
    atomic_store(&lock, 0);
    os_wake(&lock, 1);
}

bool os_wasm_timer_due(void)
{
    int64_t now = os_monotonic();
    take();
    bool rings = due && due <= now;
    if (rings)
        due = interval ? due + interval * ((now - due) / interval + 1) : 0;
    give();
    return rings;
}
double os_wasm_timer_rest(void)
{
    take();
    int64_t until = due;
    give();
    return until ? fmax(0, (double)(until - os_monotonic()) / 1e6) : -1;
}

static struct timeval split(int64_t ns)
{
    return (struct timeval){.tv_sec = ns / 1000000000, .tv_usec = (suseconds_t)(ns % 1000000000 / 1000)};
}
static int64_t whole(const struct timeval *tv)
{
    return (int64_t)tv->tv_sec * 1000000000 + (int64_t)tv->tv_usec * 1000;
}

/* Sets the timer unless `timer` is NULL; the former values. 0 or -1. */
static int set(int which, const struct itimerval *timer, struct itimerval *old)
{
    if (which != ITIMER_REAL) {
        errno = EINVAL; /* time of the processor is not told */
        return -1;
    }
    int64_t now = os_monotonic();
    take();
    if (old) {
        old->it_value = split(!due ? 0 : due > now ? due - now : 1000);
        old->it_interval = split(interval);
    }
    if (timer) {
        due = whole(&timer->it_value) ? now + whole(&timer->it_value) : 0;
        interval = whole(&timer->it_interval);
    }
    give();
    if (timer)
        kernel_tell();
    return 0;
}

int setitimer(int which, const struct itimerval *restrict timer, struct itimerval *restrict old)
{
    return set(which, timer, old);
}
int getitimer(int which, struct itimerval *timer) { return set(which, NULL, timer); }
unsigned alarm(unsigned seconds)
{
    struct itimerval timer = {.it_value = {.tv_sec = seconds}}, old;
    if (set(ITIMER_REAL, &timer, &old) < 0)
        return 0;
    return (unsigned)old.it_value.tv_sec + (old.it_value.tv_usec > 0);
}
