/* mod__socket_object.c: the type _socket.socket: its life, connecting, listening, and options.
 *
 * A socket that is dropped open warns and is closed.  Read next: mod__socket_transfer.c.  No locks. */
#include "mod__socket.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../object/audit.h"
#include "../thread/breaker.h"
#include "clock.h"

#define TYPE_FLAGS (SOCK_CLOEXEC | SOCK_NONBLOCK)

/* ---- life ---- */

/* Fills a socket in; the descriptor then is the socket's own. 0 or -1. */
static int set_up(Thread *t, Socket *s, int fd, int family, int type, int proto)
{
    s->family = family;
    s->type = type & ~TYPE_FLAGS;
    s->proto = proto;
    int64_t timeout = type & SOCK_NONBLOCK ? 0 : atomic_load(&socket_state(t)->timeout);
    atomic_store(&s->fd, fd);
    if (!(type & SOCK_NONBLOCK) && timeout >= 0)
        return socket_apply_timeout(t, s, timeout);
    atomic_store(&s->timeout, timeout);
    return 0;
}

Value socket_new(Thread *t, int fd, int family, int type, int proto)
{
    Socket *s = type_alloc(t, socket_state(t)->socket, 0);
    if (!s) {
        close(fd);
        return VALUE_EMPTY;
    }
    if (set_up(t, s, fd, family, type, proto) < 0) {
        close(atomic_exchange(&s->fd, -1));
        ref_dec_ptr(t, s);
        return VALUE_EMPTY;
    }
    return value_of(s);
}

static Value create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Socket *s = type_alloc(t, type, 0);
    if (s) {
        atomic_store(&s->fd, -1);
        atomic_store(&s->timeout, -1);
    }
    return value_of(s);
}

/* What a descriptor is: fills in what was left open (-1). 0 or -1. */
static int inspect(Thread *t, int fd, int *family, int *type, int *proto)
{
    SocketAddress address = {0};
    socklen_t length = sizeof address;
    if (getsockname(fd, &address.any, &length) < 0) {
        if (*family == -1 || errno == EBADF || errno == ENOTSOCK)
            return error_from_errno(t, errno), -1;
    } else if (*family == -1) {
        *family = address.any.sa_family;
    }
    length = sizeof *type;
    if (*type == -1 && getsockopt(fd, SOL_SOCKET, SO_TYPE, type, &length) < 0)
        return error_from_errno(t, errno), -1;
#ifdef SO_PROTOCOL
    length = sizeof *proto;
    if (*proto == -1 && getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, proto, &length) < 0)
        return error_from_errno(t, errno), -1;
#endif
    if (*proto == -1)
        *proto = 0;
    return 0;
}

static int init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Value given[4];
    int family, type, proto, fd = -1;
    if (native_parse(t, "socket", "(family=-1, type=-1, proto=-1, fileno=None)", args, n, names, given) < 0 ||
        argument_int(t, given[0], -1, &family) < 0 || argument_int(t, given[1], -1, &type) < 0 ||
        argument_int(t, given[2], -1, &proto) < 0 || audit(t, "socket.__new__", "Oiii", self, family, type, proto) < 0)
        return -1;
    Socket *s = socket_of(self);
    if (!value_is_empty(given[3]) && !value_is_none(given[3])) {
        if (int_to_int(t, given[3], &fd) < 0)
            return -1;
        if (fd < 0)
            return error_set(t, EXC_ValueError, "negative file descriptor"), -1;
        if (inspect(t, fd, &family, &type, &proto) < 0)
            return -1;
    } else {
        family = family == -1 ? AF_INET : family;
        type = type == -1 ? SOCK_STREAM : type;
        proto = proto == -1 ? 0 : proto;
        thread_detach(t, EVENT_IO);
        fd = socket(family, type | SOCK_CLOEXEC, proto);
        thread_attach(t);
        if (fd < 0)
            return error_from_errno(t, errno), -1;
    }
    if (set_up(t, s, fd, family, type, proto) < 0) {
        atomic_store(&s->fd, -1);
        if (value_is_empty(given[3]) || value_is_none(given[3]))
            close(fd);
        return -1;
    }
    return 0;
}

static void close_quietly(Thread *t, Socket *s)
{
    int fd = atomic_exchange(&s->fd, -1);
    if (fd < 0)
        return;
    thread_detach(t, EVENT_IO);
    close(fd);
    thread_attach(t);
}

static void finalize(Thread *t, Object *o)
{
    Socket *s = (Socket *)o;
    if (atomic_load(&s->fd) < 0)
        return;
    Value exc = error_take(t);
    if (error_warn_resource(t, value_of(o), 1, "unclosed %V", value_of(o)) < 0) {
        if (error_matches(t, EXC_Warning))
            error_unraisable(t, value_of(o), NULL);
        else
            error_clear(t);
    }
    close_quietly(t, s);
    error_restore_take(t, exc);
}

static void dealloc(Thread *t, Object *o) { close_quietly(t, (Socket *)o); }

static Value repr(Thread *t, Value self)
{
    const Socket *s = socket_of(self);
    return str_format(t, "<socket object, fd=%d, family=%d, type=%d, proto=%d>", atomic_load(&s->fd), s->family,
                      s->type, s->proto);
}

NATIVE(close_socket, "close", "($self, /)", "Closes the socket; it cannot be used afterwards.")
{
    int fd = atomic_exchange(&socket_of(args[0])->fd, -1);
    if (fd < 0)
        return VALUE_NONE;
    thread_detach(t, EVENT_IO);
    int result = close(fd);
    thread_attach(t);
    if (result < 0 && errno != ECONNRESET && errno != EINTR) /* either way the descriptor is gone */
        return error_from_errno(t, errno);
    return VALUE_NONE;
}

NATIVE(detach, "detach", "($self, /)",
       "Gives the descriptor away without closing it and returns it; the socket is closed afterwards.")
{
    return value_from_int(atomic_exchange(&socket_of(args[0])->fd, -1));
}

NATIVE(fileno, "fileno", "($self, /)", "The file descriptor; -1 once the socket is closed.")
{
    return value_from_int(atomic_load(&socket_of(args[0])->fd));
}

/* ---- connecting ---- */

static ssize_t run_accept(int fd, SocketCall *c)
{
    c->address_length = c->length;
#ifdef __linux__
    return accept4(fd, &c->address->any, &c->address_length, SOCK_CLOEXEC);
#else
    int accepted = accept(fd, &c->address->any, &c->address_length);
    if (accepted >= 0)
        fcntl(accepted, F_SETFD, FD_CLOEXEC);
    return accepted;
#endif
}

NATIVE(accept, "_accept", "($self, /)",
       "Waits for a connection: (a new descriptor for it, which child processes do not inherit; the peer's address).")
{
    Socket *s = socket_of(args[0]);
    SocketAddress address = {0};
    SocketCall call = {.run = run_accept, .address = &address, .length = socket_address_room(s)};
    if (socket_call(t, s, &call, socket_timeout(s)) < 0)
        return VALUE_EMPTY;
    int fd = (int)call.result;
    Value peer = socket_address_value(t, &address, call.address_length);
    Value v = value_is_empty(peer) ? VALUE_EMPTY : tuple_pack(t, 2, value_from_int(fd), peer);
    ref_dec(t, peer);
    if (value_is_empty(v))
        close(fd);
    return v;
}

NATIVE(bind_address, "bind", "($self, address, /)",
       "Gives the socket a local address: (host, port) for IP, more for IPv6, a path for UNIX sockets.")
{
    Socket *s = socket_of(args[0]);
    SocketAddress address;
    socklen_t length;
    if (socket_address_parse(t, s, args[1], &address, &length, "bind") < 0 ||
        audit(t, "socket.bind", "OO", args[0], args[1]) < 0)
        return VALUE_EMPTY;
    thread_detach(t, EVENT_IO);
    int result = bind(atomic_load(&s->fd), &address.any, length);
    thread_attach(t);
    return result < 0 ? error_from_errno(t, errno) : VALUE_NONE;
}

/* Once the kernel has begun to connect, the outcome is read from the socket. */
static ssize_t run_connected(int fd, SocketCall *c)
{
    int error;
    socklen_t length = sizeof error;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0)
        return -1;
    if (error == 0 || error == EISCONN)
        return 0;
    errno = error;
    return -1;
}

/* 0, an errno (*timed_out says why), or -1 with an exception. */
static int connect_to(Thread *t, Socket *s, const SocketAddress *address, socklen_t length, bool *timed_out)
{
    int64_t timeout = socket_timeout(s);
    thread_detach(t, EVENT_IO);
    int result = connect(atomic_load(&s->fd), &address->any, length);
    thread_attach(t);
    if (result == 0)
        return 0;
    int error = errno;
    if (error == EINTR) {
        if (breaker_check_signals(t) < 0)
            return -1;
        if (timeout == 0)
            return error;
    } else if (!(timeout > 0 && error == EINPROGRESS)) {
        return error;
    }
    SocketCall call = {.run = run_connected, .writing = true, .connecting = true};
    error = socket_try(t, s, &call, timeout);
    *timed_out = call.timed_out;
    return error;
}

static int connect_argument(Thread *t, const Value *args, const char *caller, bool *timed_out)
{
    Socket *s = socket_of(args[0]);
    SocketAddress address;
    socklen_t length;
    if (socket_address_parse(t, s, args[1], &address, &length, caller) < 0 ||
        audit(t, "socket.connect", "OO", args[0], args[1]) < 0)
        return -1;
    return connect_to(t, s, &address, length, timed_out);
}

NATIVE(connect, "connect", "($self, address, /)", "Connects the socket to an address.")
{
    bool timed_out = false;
    int error = connect_argument(t, args, "connect", &timed_out);
    if (timed_out)
        return error_set(t, EXC_TimeoutError, "timed out");
    return error < 0 ? VALUE_EMPTY : error ? error_from_errno(t, error) : VALUE_NONE;
}

NATIVE(connect_ex, "connect_ex", "($self, address, /)",
       "Connects the socket to an address; returns the error's number, or 0, where connect() would raise OSError.")
{
    bool timed_out = false;
    int error = connect_argument(t, args, "connect_ex", &timed_out);
    return error < 0 ? VALUE_EMPTY : value_from_int(error);
}

NATIVE(listen, "listen", "($self, backlog=128, /)",
       "Lets the socket take connections; as many as `backlog` may wait to be accepted.")
{
    int backlog;
    if (argument_int(t, args[1], SOMAXCONN < 128 ? SOMAXCONN : 128, &backlog) < 0)
        return VALUE_EMPTY;
    thread_detach(t, EVENT_IO);
    int result = listen(atomic_load(&socket_of(args[0])->fd), backlog < 0 ? 0 : backlog);
    thread_attach(t);
    return result < 0 ? error_from_errno(t, errno) : VALUE_NONE;
}

NATIVE(shutdown, "shutdown", "($self, how, /)",
       "Ends reading (SHUT_RD), writing (SHUT_WR) or both (SHUT_RDWR) on the connection.")
{
    int how;
    if (int_to_int(t, args[1], &how) < 0)
        return VALUE_EMPTY;
    thread_detach(t, EVENT_IO);
    int result = shutdown(atomic_load(&socket_of(args[0])->fd), how);
    thread_attach(t);
    return result < 0 ? error_from_errno(t, errno) : VALUE_NONE;
}

static Value address_of_end(Thread *t, Value self, int (*get)(int, struct sockaddr *, socklen_t *))
{
    Socket *s = socket_of(self);
    SocketAddress address = {0};
    socklen_t length = socket_address_room(s);
    thread_detach(t, EVENT_IO);
    int result = get(atomic_load(&s->fd), &address.any, &length);
    thread_attach(t);
    return result < 0 ? error_from_errno(t, errno) : socket_address_value(t, &address, length);
}
static int local_end(int fd, struct sockaddr *address, socklen_t *length) { return getsockname(fd, address, length); }
static int remote_end(int fd, struct sockaddr *address, socklen_t *length) { return getpeername(fd, address, length); }

NATIVE(getsockname, "getsockname", "($self, /)", "The socket's own address.")
{
    return address_of_end(t, args[0], local_end);
}
NATIVE(getpeername, "getpeername", "($self, /)", "The address that the socket is connected to.")
{
    return address_of_end(t, args[0], remote_end);
}

/* ---- options ---- */

#define OPTION_MAX 1024

NATIVE(getsockopt, "getsockopt", "($self, level, option, buflen=0, /)",
       "An option's value: an int, or bytes of at most `buflen` if that is given.")
{
    int level, option, size, flag = 0;
    if (int_to_int(t, args[1], &level) < 0 || int_to_int(t, args[2], &option) < 0 ||
        argument_int(t, args[3], 0, &size) < 0)
        return VALUE_EMPTY;
    int fd = atomic_load(&socket_of(args[0])->fd);
    if (size == 0) {
        socklen_t length = sizeof flag;
        return getsockopt(fd, level, option, &flag, &length) < 0 ? error_from_errno(t, errno) : value_from_int(flag);
    }
    if (size < 0 || size > OPTION_MAX)
        return error_set(t, EXC_OSError, "getsockopt buflen out of range");
    char buffer[OPTION_MAX];
    socklen_t length = (socklen_t)size;
    if (getsockopt(fd, level, option, buffer, &length) < 0)
        return error_from_errno(t, errno);
    return bytes_new(t, buffer, length);
}

NATIVE(setsockopt, "setsockopt", "($self, level, option, value, optlen=0, /)",
       "Sets an option to an int or to bytes; value None with `optlen` passes no value, only a length.")
{
    int level, option, number, length, result;
    int fd = atomic_load(&socket_of(args[0])->fd);
    if (int_to_int(t, args[1], &level) < 0 || int_to_int(t, args[2], &option) < 0)
        return VALUE_EMPTY;
    if (!value_is_empty(args[4]) && !value_is_none(args[3]))
        return argument_wrong_type(t, "setsockopt", "argument 3", "None", args[3]), VALUE_EMPTY;
    if (!value_is_empty(args[4])) {
        if (argument_int(t, args[4], 0, &length) < 0)
            return VALUE_EMPTY;
        if (length < 0)
            return error_set(t, EXC_ValueError, "negative length");
        result = setsockopt(fd, level, option, NULL, (socklen_t)length);
    } else if (int_check(args[3]) || (!buffer_supported(t, args[3]) && type_of(t, args[3])->slots.index)) {
        if (argument_int(t, args[3], 0, &number) < 0)
            return VALUE_EMPTY;
        result = setsockopt(fd, level, option, &number, sizeof number);
    } else {
        Buffer view;
        if (!buffer_supported(t, args[3]))
            return error_set(t, EXC_TypeError, "a bytes-like object is required, not '%T'", args[3]);
        if (buffer_get(t, args[3], &view, BUFFER_SIMPLE) < 0)
            return VALUE_EMPTY;
        if (view.length > INT32_MAX) {
            buffer_release(t, &view);
            return error_set(t, EXC_OverflowError, "socket option is larger than %i bytes", INT32_MAX);
        }
        result = setsockopt(fd, level, option, view.data, (socklen_t)view.length);
        buffer_release(t, &view);
    }
    return result < 0 ? error_from_errno(t, errno) : VALUE_NONE;
}

/* ---- timeouts ---- */

NATIVE(setblocking, "setblocking", "($self, flag, /)",
       "settimeout(None) for a true flag, settimeout(0.0) for a false one.")
{
    int on = object_truth(t, args[1]);
    if (on < 0)
        return VALUE_EMPTY;
    return socket_apply_timeout(t, socket_of(args[0]), on ? -1 : 0) < 0 ? VALUE_EMPTY : VALUE_NONE;
}
NATIVE(getblocking, "getblocking", "($self, /)", "Do operations wait (with or without a timeout)?")
{
    return value_from_bool(socket_timeout(socket_of(args[0])) != 0);
}
NATIVE(settimeout, "settimeout", "($self, timeout, /)",
       "How many seconds an operation may wait; None: for ever; 0: not at all.")
{
    int64_t timeout;
    if (socket_parse_timeout(t, args[1], &timeout) < 0)
        return VALUE_EMPTY;
    return socket_apply_timeout(t, socket_of(args[0]), timeout) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

static Value get_timeout(Thread *t, Value self)
{
    int64_t timeout = socket_timeout(socket_of(self));
    return timeout < 0 ? VALUE_NONE : clock_to_seconds(t, timeout);
}
NATIVE(gettimeout, "gettimeout", "($self, /)", "The timeout in seconds, or None.") { return get_timeout(t, args[0]); }

/* ---- the type ---- */

const NativeDef *const socket_object_methods[] = {
    &native_accept,      &native_bind_address, &native_close_socket,
    &native_connect,     &native_connect_ex,   &native_detach,
    &native_fileno,      &native_getpeername,  &native_getsockname,
    &native_getsockopt,  &native_listen,       &native_setblocking,
    &native_getblocking, &native_settimeout,   &native_gettimeout,
    &native_setsockopt,  &native_shutdown,     NULL,
};

static const GetSetDef getsets[] = {{"timeout", get_timeout, NULL, "the timeout in seconds, or None"}, {0}};

static const MemberDef members[] = {
    {"family", MEMBER_INT32, offsetof(Socket, family), false, "the family of its addresses"},
    {"type", MEMBER_INT32, offsetof(Socket, type), false, "stream, datagram ..."},
    {"proto", MEMBER_INT32, offsetof(Socket, proto), false, "the protocol"},
    {0},
};

/* The methods of the other files. */
static int ready(Thread *t, Type *type)
{
    const NativeDef *const *const tables[] = {socket_transfer_methods, socket_message_methods};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        for (const NativeDef *const *def = tables[i]; *def; def++) {
            if (dict_set_string_take(t, type->dict, (*def)->name, native_descriptor_new(t, *def, type)) < 0)
                return -1;
        }
    }
    return 0;
}

const TypeSpec socket_spec = {
    .name = "_socket.socket",
    .doc = "One end of a connection, or of a way for datagrams.\n\nFamily and type are AF_... and SOCK_... constants; "
           "with `fileno`, an existing descriptor is used and what is left out is read from it.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE,
    .size = sizeof(Socket),
    .methods = socket_object_methods,
    .getsets = getsets,
    .members = members,
    .signature = "(family=-1, type=-1, proto=-1, fileno=None)",
    .ready = ready,
    .slots = {.dealloc = dealloc, .finalize = finalize, .create = create, .init = init, .repr = repr},
};
