/* mod__socket.c: the module _socket: pairs and descriptors, byte order, the default timeout, and the module's start.
 *
 * The file list is in mod__socket.h.  No locks: the default timeout is atomic. */
#include "mod__socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <unistd.h>

#include "clock.h"
#include "module_exception.h"

/* ---- pairs and descriptors ---- */

NATIVE(socketpair, "socketpair", "($module, family=AF_UNIX, type=SOCK_STREAM, proto=0, /)",
       "Two sockets connected to each other.")
{
    int family, type, proto, fds[2];
    if (argument_int(t, args[1], AF_UNIX, &family) < 0 || argument_int(t, args[2], SOCK_STREAM, &type) < 0 ||
        argument_int(t, args[3], 0, &proto) < 0)
        return VALUE_EMPTY;
    thread_detach(t, EVENT_IO);
    int result = socketpair(family, type | SOCK_CLOEXEC, proto, fds);
    thread_attach(t);
    if (result < 0)
        return error_from_errno(t, errno);
    Value first = socket_new(t, fds[0], family, type, proto), second = VALUE_EMPTY, pair = VALUE_EMPTY;
    if (value_is_empty(first))
        close(fds[1]);
    else
        second = socket_new(t, fds[1], family, type, proto);
    if (!value_is_empty(second))
        pair = tuple_pack(t, 2, first, second);
    ref_dec(t, first);
    ref_dec(t, second);
    return pair;
}

NATIVE(dup, "dup", "($module, fd, /)", "A copy of a descriptor, not inherited by child processes.")
{
    int fd;
    if (int_to_int(t, args[1], &fd) < 0)
        return VALUE_EMPTY;
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    return copy < 0 ? error_from_errno(t, errno) : value_from_int(copy);
}

NATIVE(close, "close", "($module, fd, /)", "Closes the descriptor of a socket.")
{
    int fd;
    if (int_to_int(t, args[1], &fd) < 0)
        return VALUE_EMPTY;
    thread_detach(t, EVENT_IO);
    int result = close(fd);
    thread_attach(t);
    if (result < 0 && errno != ECONNRESET && errno != EINTR)
        return error_from_errno(t, errno);
    return VALUE_NONE;
}

/* ---- byte order ---- */

static int to_short(Thread *t, Value v, const char *function, uint16_t *result)
{
    int number;
    if (argument_int(t, v, 0, &number) < 0) {
        if (!error_swallow(t, EXC_OverflowError))
            return -1;
        number = INT32_MAX;
    }
    if (number < 0)
        return error_set(t, EXC_OverflowError, "%s: can't convert negative Python int to C 16-bit unsigned integer",
                         function),
               -1;
    if (number > 0xFFFF)
        return error_set(t, EXC_OverflowError, "%s: Python int too large to convert to C 16-bit unsigned integer",
                         function),
               -1;
    *result = (uint16_t)number;
    return 0;
}

static int to_long(Thread *t, Value v, uint32_t *result)
{
    uint64_t number;
    if (!int_check(v))
        return error_set(t, EXC_TypeError, "expected int, %T found", v), -1;
    if (int_to_uint64(t, v, &number) < 0)
        return -1;
    if (number > UINT32_MAX)
        return error_set(t, EXC_OverflowError, "int larger than 32 bits"), -1;
    *result = (uint32_t)number;
    return 0;
}

NATIVE(ntohs, "ntohs", "($module, x, /)", "A 16-bit number from network to host byte order.")
{
    uint16_t x;
    return to_short(t, args[1], "ntohs", &x) < 0 ? VALUE_EMPTY : value_from_int(ntohs(x));
}
NATIVE(htons, "htons", "($module, x, /)", "A 16-bit number from host to network byte order.")
{
    uint16_t x;
    return to_short(t, args[1], "htons", &x) < 0 ? VALUE_EMPTY : value_from_int(htons(x));
}
NATIVE(ntohl, "ntohl", "($module, x, /)", "A 32-bit number from network to host byte order.")
{
    uint32_t x;
    return to_long(t, args[1], &x) < 0 ? VALUE_EMPTY : value_from_int(ntohl(x));
}
NATIVE(htonl, "htonl", "($module, x, /)", "A 32-bit number from host to network byte order.")
{
    uint32_t x;
    return to_long(t, args[1], &x) < 0 ? VALUE_EMPTY : value_from_int(htonl(x));
}

/* ---- the default timeout ---- */

NATIVE(getdefaulttimeout, "getdefaulttimeout", "($module, /)", "The timeout of new sockets in seconds, or None.")
{
    int64_t timeout = atomic_load(&socket_state(t)->timeout);
    return timeout < 0 ? VALUE_NONE : clock_to_seconds(t, timeout);
}
NATIVE(setdefaulttimeout, "setdefaulttimeout", "($module, timeout, /)",
       "Sets the timeout of new sockets in seconds; None: they wait for ever.")
{
    int64_t timeout;
    if (socket_parse_timeout(t, args[1], &timeout) < 0)
        return VALUE_EMPTY;
    atomic_store(&socket_state(t)->timeout, timeout);
    return VALUE_NONE;
}

/* ---- the module ---- */

static const NativeDef *const functions[] = {
    &native_socketpair,
    &native_dup,
    &native_close,
    &native_ntohs,
    &native_htons,
    &native_ntohl,
    &native_htonl,
    &native_getdefaulttimeout,
    &native_setdefaulttimeout,
    NULL,
};

/* Adds the functions of the other files. */
static int add_functions(Thread *t, Value module, const NativeDef *const *defs)
{
    Value name = str_intern(t, "_socket");
    int status = value_is_empty(name) ? -1 : 0;
    for (; status == 0 && *defs; defs++)
        status = module_add_take(t, module, (*defs)->name, native_new(t, *defs, module, name));
    ref_dec(t, name);
    return status;
}

static void keep(Thread *t, Type **slot, Type *type)
{
    Type *old = *slot;
    *slot = ref_inc_ptr(t, type);
    ref_dec_ptr(t, old);
}

static int exec(Thread *t, Value module)
{
    SocketState *state = socket_state(t);
    if (!state) {
        state = t->interp->module_state[MODULE__socket] = alloc_memory_zeroed(t, 1, sizeof *state);
        if (!state)
            return -1;
        atomic_store(&state->timeout, -1);
    }
    Type *os_error = t->interp->exceptions[EXC_OSError], *type;
    if (!(type = module_add_type(t, module, &socket_spec, NULL)))
        return -1;
    keep(t, &state->socket, type);
    if (!(type = module_add_exception(t, module, "socket.herror", os_error, NULL)))
        return -1;
    keep(t, &state->herror, type);
    if (!(type = module_add_exception(t, module, "socket.gaierror", os_error, NULL)))
        return -1;
    keep(t, &state->gaierror, type);
    if (module_add_take(t, module, "SocketType", ref_inc(t, value_of(state->socket))) < 0 ||
        module_add_take(t, module, "error", ref_inc(t, value_of(os_error))) < 0 ||
        module_add_take(t, module, "timeout", ref_inc(t, value_of(t->interp->exceptions[EXC_TimeoutError]))) < 0 ||
        add_functions(t, module, socket_message_functions) < 0 || add_functions(t, module, socket_name_functions) < 0)
        return -1;
    return socket_add_constants(t, module);
}

static void free_state(Thread *t, void *p)
{
    SocketState *state = p;
    REF_CLEAR_PTR(t, state->socket);
    REF_CLEAR_PTR(t, state->herror);
    REF_CLEAR_PTR(t, state->gaierror);
    alloc_memory_free(t, state);
}

const ModuleDef module_def__socket = {
    .name = "_socket",
    .doc = "Sockets as the system has them; the module socket is built on it.",
    .methods = functions,
    .exec = exec,
    .free_state = free_state,
};
