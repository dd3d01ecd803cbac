/* mod__socket_transfer.c: send and recv in all their forms but sendmsg and recvmsg (mod__socket_message.c).
 *
 * Buffers are exported while the thread is detached, so nobody can free or resize them.  No locks. */
#include "mod__socket.h"

#include "../object/audit.h"
#include "../os/os.h"
#include "../thread/breaker.h"

/* ---- receiving ---- */

static ssize_t run_recv(int fd, SocketCall *c) { return recv(fd, c->data, c->length, c->flags); }

static ssize_t run_recvfrom(int fd, SocketCall *c)
{
    c->address_length = sizeof *c->address;
    memset(c->address, 0, sizeof *c->address);
    return recvfrom(fd, c->data, c->length, c->flags, &c->address->any, &c->address_length);
}

/* Fresh bytes of at most `size`, and the sender's address if the call asks for it. */
static Value receive(Thread *t, Socket *s, SocketCall *call, int64_t size)
{
    Value v = bytes_new(t, NULL, (size_t)size);
    if (value_is_empty(v))
        return v;
    call->data = bytes_of(v)->data;
    call->length = (size_t)size;
    if (size == 0 && !call->address)
        return v;
    if (socket_call(t, s, call, socket_timeout(s)) < 0) {
        ref_dec(t, v);
        return VALUE_EMPTY;
    }
    return bytes_resize_take(t, v, (size_t)call->result);
}

NATIVE(recv, "recv", "($self, bufsize, flags=0, /)",
       "Receives at most `bufsize` bytes, waiting for the first; b'' when the peer has ended the connection.")
{
    int64_t size;
    SocketCall call = {.run = run_recv};
    if (argument_size(t, args[1], 0, &size) < 0 || argument_int(t, args[2], 0, &call.flags) < 0)
        return VALUE_EMPTY;
    if (size < 0)
        return error_set(t, EXC_ValueError, "negative buffersize in recv");
    return receive(t, socket_of(args[0]), &call, size);
}

/* The pair (v, address), taking v. */
static Value with_address_take(Thread *t, Value v, const SocketCall *call)
{
    if (value_is_empty(v))
        return v;
    Value address = socket_address_value(t, call->address, call->address_length), pair = VALUE_EMPTY;
    if (!value_is_empty(address))
        pair = tuple_pack(t, 2, v, address);
    ref_dec(t, v);
    ref_dec(t, address);
    return pair;
}

NATIVE(recvfrom, "recvfrom", "($self, bufsize, flags=0, /)", "Like recv(), but returns (data, the sender's address).")
{
    int64_t size;
    SocketAddress address;
    SocketCall call = {.run = run_recvfrom, .address = &address};
    if (argument_size(t, args[1], 0, &size) < 0 || argument_int(t, args[2], 0, &call.flags) < 0)
        return VALUE_EMPTY;
    if (size < 0)
        return error_set(t, EXC_ValueError, "negative buffersize in recvfrom");
    return with_address_take(t, receive(t, socket_of(args[0]), &call, size), &call);
}

/* recv_into and recvfrom_into: fills args[1] with at most args[2] bytes (0 or absent: its length). 0 or -1. */
static int receive_into(Thread *t, const Value *args, SocketCall *call, const char *caller, const char *too_small)
{
    Socket *s = socket_of(args[0]);
    Buffer view;
    int64_t size;
    if (argument_buffer_writable(t, args[1], caller, "argument 1", &view) < 0)
        return -1;
    int status = -1;
    if (argument_size(t, args[2], 0, &size) < 0 || argument_int(t, args[3], 0, &call->flags) < 0) {
    } else if (size < 0) {
        error_set(t, EXC_ValueError, "negative buffersize in %s", caller);
    } else if ((size_t)size > view.length) {
        error_set(t, EXC_ValueError, "%s", too_small);
    } else {
        call->data = view.data;
        call->length = size ? (size_t)size : view.length;
        status = call->length || call->address ? socket_call(t, s, call, socket_timeout(s)) : 0;
    }
    buffer_release(t, &view);
    return status;
}

NATIVE(recv_into, "recv_into", "($self, /, buffer, nbytes=0, flags=0)",
       "Receives into a writable buffer, at most `nbytes` or its length; returns how many bytes.")
{
    SocketCall call = {.run = run_recv};
    return receive_into(t, args, &call, "recv_into", "buffer too small for requested bytes") < 0
               ? VALUE_EMPTY
               : int_from_int64(t, call.result);
}

NATIVE(recvfrom_into, "recvfrom_into", "($self, /, buffer, nbytes=0, flags=0)",
       "Like recv_into(), but returns (how many bytes, the sender's address).")
{
    SocketAddress address;
    SocketCall call = {.run = run_recvfrom, .address = &address};
    if (receive_into(t, args, &call, "recvfrom_into", "nbytes is greater than the length of the buffer") < 0)
        return VALUE_EMPTY;
    return with_address_take(t, int_from_int64(t, call.result), &call);
}

/* ---- sending ---- */

static ssize_t run_send(int fd, SocketCall *c) { return send(fd, c->data, c->length, c->flags); }

static ssize_t run_sendto(int fd, SocketCall *c)
{
    return sendto(fd, c->data, c->length, c->flags, &c->address->any, c->address_length);
}

NATIVE(send, "send", "($self, data, flags=0, /)", "Sends bytes, perhaps not all; returns how many.")
{
    Socket *s = socket_of(args[0]);
    SocketCall call = {.run = run_send, .writing = true};
    Buffer view;
    if (argument_buffer(t, args[1], "send", "argument 1", &view) < 0)
        return VALUE_EMPTY;
    int status = argument_int(t, args[2], 0, &call.flags);
    call.data = view.data;
    call.length = view.length;
    if (status == 0)
        status = socket_call(t, s, &call, socket_timeout(s));
    buffer_release(t, &view);
    return status < 0 ? VALUE_EMPTY : int_from_int64(t, call.result);
}

static ssize_t run_settle(int fd, SocketCall *c) { return socket_settle(fd, *(int64_t *)c->data); }

static int settle(Thread *t, Socket *s, int64_t timeout)
{
    int64_t left = timeout < -1 ? 0 : timeout;
    SocketCall call = {.run = run_settle, .data = &left};
    return socket_call(t, s, &call, -1);
}

NATIVE(sendall, "sendall", "($self, data, flags=0, /)",
       "Sends all bytes. The timeout is for the whole; after an error nobody knows how much has been sent.")
{
    Socket *s = socket_of(args[0]);
    int64_t timeout = socket_timeout(s), deadline = timeout > 0 ? os_monotonic() + timeout : 0;
    SocketCall call = {.run = run_send, .writing = true};
    Buffer view;
    if (argument_buffer(t, args[1], "sendall", "argument 1", &view) < 0)
        return VALUE_EMPTY;
    int status = argument_int(t, args[2], 0, &call.flags);
    call.data = view.data;
    call.length = view.length;
    while (status == 0 && call.length) {
        int64_t left = timeout > 0 ? deadline - os_monotonic() : timeout;
        if (timeout > 0 && left <= 0)
            status = (error_set(t, EXC_TimeoutError, "timed out"), -1);
        else
            status = socket_call(t, s, &call, left);
        if (status == 0) {
            call.data = (char *)call.data + call.result;
            call.length -= (size_t)call.result;
            if (call.length)
                status = breaker_check_signals(t);
        }
    }
    buffer_release(t, &view);
    if (SOCKET_SETTLES && status == 0 && timeout)
        status = settle(t, s, timeout > 0 ? deadline - os_monotonic() : timeout);
    return status < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(sendto, "sendto", "($self, /, *args)",
       "sendto(data[, flags], address): sends a datagram to an address; returns how many bytes.")
{
    Socket *s = socket_of(args[0]);
    SocketAddress address;
    SocketCall call = {.run = run_sendto, .writing = true, .address = &address};
    Buffer view;
    if (n != 3 && n != 4)
        return error_set(t, EXC_TypeError, "sendto() takes 2 or 3 arguments (%u given)", n - 1);
    if (argument_buffer(t, args[1], "sendto", "argument 1", &view) < 0)
        return VALUE_EMPTY;
    int status = n == 4 ? argument_int(t, args[2], 0, &call.flags) : 0;
    if (status == 0)
        status = socket_address_parse(t, s, args[n - 1], &address, &call.address_length, "sendto");
    call.data = view.data;
    call.length = view.length;
    if (status == 0)
        status = audit(t, "socket.sendto", "OO", args[0], args[n - 1]);
    if (status == 0)
        status = socket_call(t, s, &call, socket_timeout(s));
    buffer_release(t, &view);
    return status < 0 ? VALUE_EMPTY : int_from_int64(t, call.result);
}

const NativeDef *const socket_transfer_methods[] = {
    &native_recv, &native_recvfrom, &native_recv_into, &native_recvfrom_into,
    &native_send, &native_sendall,  &native_sendto,    NULL,
};
