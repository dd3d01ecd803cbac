/* mod__socket_call.c: how a system call on a socket waits: timeouts, and signals as PEP 475 says.
 *
 * A socket with a timeout does not block in the kernel: the thread polls for what is left of the timeout and then
 * tries.  One without a timeout is left to the kernel.  Both happen detached; after a signal the handlers run and the
 * call goes on, unless one raised.  No locks. */
#include "mod__socket.h"

#include <poll.h>
#include <sys/ioctl.h>

#include "../os/os.h"
#include "../thread/breaker.h"
#include "clock.h"

/* Waits, detached, for the socket to become ready: 1, 0 when `timeout` is over, -1 with errno. */
static int wait_ready(Thread *t, const Socket *s, const SocketCall *call, int64_t timeout)
{
    int fd = atomic_load(&s->fd), ready;
    if (fd < 0)
        return 1; /* the attempt will say what is wrong */
    struct pollfd p = {.fd = fd, .events = call->writing ? POLLOUT : POLLIN};
    if (call->connecting)
        p.events |= POLLERR;
    int64_t ms = timeout < 0 ? -1 : (timeout + 999999) / 1000000;
    thread_detach(t, EVENT_IO);
    ready = poll(&p, 1, ms > INT32_MAX ? INT32_MAX : (int)ms);
    thread_attach(t);
    return ready;
}

int socket_try(Thread *t, Socket *s, SocketCall *call, int64_t timeout)
{
    int64_t deadline = timeout > 0 ? os_monotonic() + timeout : 0;
    bool wait = timeout > 0 || (call->connecting && timeout < 0);
    for (;;) {
        if (wait) {
            int64_t left = timeout < 0 ? -1 : deadline - os_monotonic();
            int ready = timeout > 0 && left < 0 ? 0 : wait_ready(t, s, call, left);
            if (ready < 0) {
                if (errno != EINTR)
                    return errno;
                if (breaker_check_signals(t) < 0)
                    return -1;
                continue;
            }
            if (ready == 0) {
                call->timed_out = true;
                return EWOULDBLOCK;
            }
        }
        thread_detach(t, EVENT_IO);
        call->result = call->run(atomic_load(&s->fd), call);
        thread_attach(t);
        if (call->result >= 0)
            return 0;
        if (errno == EINTR) {
            if (breaker_check_signals(t) < 0)
                return -1;
        } else if (!(timeout > 0 && (errno == EWOULDBLOCK || errno == EAGAIN))) {
            return errno;
        }
    }
}

int socket_call(Thread *t, Socket *s, SocketCall *call, int64_t timeout)
{
    int error = socket_try(t, s, call, timeout);
    if (error > 0) {
        if (call->timed_out)
            error_set(t, EXC_TimeoutError, "timed out");
        else
            error_from_errno(t, error);
    }
    return error ? -1 : 0;
}

int socket_parse_timeout(Thread *t, Value v, int64_t *timeout)
{
    *timeout = -1;
    if (value_is_none(v))
        return 0;
    if (clock_from_seconds(t, v, CLOCK_AWAY, timeout) < 0)
        return -1;
    if (*timeout < 0)
        return error_set(t, EXC_ValueError, "Timeout value out of range"), -1;
    if (*timeout / 1000000 >= INT32_MAX)
        return error_set(t, EXC_OverflowError, "timeout doesn't fit into C timeval"), -1;
    return 0;
}

int socket_apply_timeout(Thread *t, Socket *s, int64_t timeout)
{
    int on = timeout >= 0;
    if (ioctl(atomic_load(&s->fd), FIONBIO, &on) < 0)
        return error_from_errno(t, errno), -1;
    atomic_store(&s->timeout, timeout);
    return 0;
}
