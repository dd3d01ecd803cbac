/* mod__socket_message.c: sendmsg and recvmsg: data scattered over several buffers, and ancillary data beside it.
 *
 * A descriptor that arrives in ancillary data belongs to the program.  No locks. */
#include "mod__socket.h"
#include "../object/audit.h"

#include <limits.h>
#include <stdio.h>
#include <sys/uio.h>

/* ---- sizes of ancillary items ---- */

static bool item_length(int64_t length, size_t *result)
{
    if (length < 0 || length > INT32_MAX - (int64_t)CMSG_LEN(0))
        return false;
    *result = CMSG_LEN((size_t)length);
    return true;
}
static bool item_space(int64_t length, size_t *result)
{
    if (length < 0 || length > INT32_MAX - (int64_t)CMSG_SPACE(1))
        return false;
    *result = CMSG_SPACE((size_t)length);
    return true;
}

NATIVE(cmsg_len, "CMSG_LEN", "($module, length, /)",
       "The length of an ancillary item of so many bytes of data, without padding: what recvmsg() needs to take it.")
{
    int64_t length;
    size_t result;
    if (argument_size(t, args[1], 0, &length) < 0)
        return VALUE_EMPTY;
    if (!item_length(length, &result))
        return error_set(t, EXC_OverflowError, "CMSG_LEN() argument out of range");
    return int_from_size(t, result);
}
NATIVE(cmsg_space, "CMSG_SPACE", "($module, length, /)",
       "The room for an ancillary item of so many bytes of data, with padding: what recvmsg() needs for several.")
{
    int64_t length;
    size_t result;
    if (argument_size(t, args[1], 0, &length) < 0)
        return VALUE_EMPTY;
    if (!item_space(length, &result))
        return error_set(t, EXC_OverflowError, "CMSG_SPACE() argument out of range");
    return int_from_size(t, result);
}

/* ---- lists of buffers ---- */

typedef struct Vector {
    Buffer *views;
    struct iovec *parts;
    size_t count;
} Vector;

static void vector_free(Thread *t, Vector *v)
{
    for (size_t i = 0; i < v->count; i++)
        buffer_release(t, &v->views[i]);
    alloc_memory_free(t, v->views);
    alloc_memory_free(t, v->parts);
    *v = (Vector){0};
}

/* The items of an iterable as a list or tuple of their own; another TypeError than "not iterable" passes. */
static Value items_of(Thread *t, Value iterable, const char *message)
{
    Value iterator = object_iter(t, iterable);
    if (value_is_empty(iterator)) {
        if (error_swallow(t, EXC_TypeError))
            error_set(t, EXC_TypeError, "%s", message);
        return VALUE_EMPTY;
    }
    Value items = object_to_tuple(t, iterator);
    ref_dec(t, iterator);
    return items;
}

/* 0, or -1 with nothing left to free. */
static int vector_fill(Thread *t, Vector *v, Value iterable, bool writable, const char *caller)
{
    char message[64];
    *v = (Vector){0};
    snprintf(message, sizeof message, "%s() argument 1 must be an iterable", caller);
    Value items = items_of(t, iterable, message);
    if (value_is_empty(items))
        return -1;
    size_t n = tuple_length(items);
    int status = -1;
    if (n > INT_MAX) {
        error_set(t, EXC_OSError, "%s() argument 1 is too long", caller);
        goto done;
    }
    v->views = alloc_memory_zeroed(t, n ? n : 1, sizeof *v->views);
    v->parts = v->views ? alloc_memory_zeroed(t, n ? n : 1, sizeof *v->parts) : NULL;
    status = v->parts ? 0 : -1;
    for (size_t i = 0; status == 0 && i < n; i++) {
        Value item = tuple_peek(items, i);
        if (writable)
            status = argument_buffer_writable(t, item, caller, "argument 1 items", &v->views[i]);
        else
            status = buffer_get(t, item, &v->views[i], BUFFER_SIMPLE);
        if (status == 0) {
            v->count++;
            v->parts[i] = (struct iovec){v->views[i].data, v->views[i].length};
        }
    }
    if (status < 0)
        vector_free(t, v);
done:
    ref_dec(t, items);
    return status;
}

/* ---- receiving ---- */

static ssize_t run_recvmsg(int fd, SocketCall *c)
{
    struct msghdr *m = c->message;
    m->msg_namelen = sizeof *c->address;
    m->msg_controllen = c->length;
    m->msg_flags = 0;
    memset(c->address, 0, sizeof *c->address);
    return recvmsg(fd, m, c->flags);
}

/* How much of an item's data really is in the control buffer: what was cut off by the kernel may not be counted out of
 * the item's own length. */
static size_t item_data(const struct msghdr *m, const struct cmsghdr *c)
{
    const char *end = (const char *)m->msg_control + m->msg_controllen, *data = (const char *)CMSG_DATA(c);
    if (c->cmsg_len < CMSG_LEN(0) || data > end)
        return 0;
    size_t length = c->cmsg_len - CMSG_LEN(0), room = (size_t)(end - data);
    return length < room ? length : room;
}

static Value ancillary_list(Thread *t, struct msghdr *m)
{
    Value list = list_new(t, 0);
    if (value_is_empty(list))
        return list;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
        size_t length = item_data(m, c);
        bool whole = c->cmsg_len >= CMSG_LEN(0) && length == c->cmsg_len - CMSG_LEN(0);
        if (!whole &&
            error_warn(t, EXC_RuntimeWarning, 1, "received malformed or improperly-truncated ancillary data") < 0)
            goto fail;
        if (c->cmsg_len < CMSG_LEN(0))
            break;
        Value data = bytes_new(t, CMSG_DATA(c), length), item = VALUE_EMPTY;
        if (!value_is_empty(data))
            item = tuple_pack(t, 3, value_from_int(c->cmsg_level), value_from_int(c->cmsg_type), data);
        ref_dec(t, data);
        if (value_is_empty(item) || list_append_take(t, list, item) < 0)
            goto fail;
        if (!whole)
            break;
    }
    return list;
fail:
    ref_dec(t, list);
    return VALUE_EMPTY;
}

/* Receives into a vector: the number of bytes, with the other three results owned; or -1. */
static ssize_t receive(Thread *t, Socket *s, Vector *v, Value room_argument, Value flags_argument, const char *caller,
                       Value rest[3])
{
    SocketAddress address;
    struct msghdr m = {.msg_name = &address, .msg_iov = v->parts, .msg_iovlen = v->count};
    SocketCall call = {.run = run_recvmsg, .address = &address, .message = &m};
    int64_t room;
    if (argument_size(t, room_argument, 0, &room) < 0 || argument_int(t, flags_argument, 0, &call.flags) < 0)
        return -1;
    if (room < 0 || room > INT32_MAX)
        return error_set(t, EXC_ValueError, "invalid ancillary data buffer length"), -1;
    call.length = (size_t)room;
    m.msg_control = room ? alloc_memory_zeroed(t, 1, (size_t)room) : NULL;
    if (room && !m.msg_control)
        return -1;
    ssize_t got = -1;
    if (socket_call(t, s, &call, socket_timeout(s)) == 0) {
        rest[0] = ancillary_list(t, &m);
        rest[1] = value_from_int(m.msg_flags);
        rest[2] = value_is_empty(rest[0]) ? VALUE_EMPTY : socket_address_value(t, &address, m.msg_namelen);
        if (value_is_empty(rest[2]))
            ref_dec(t, rest[0]);
        else
            got = call.result;
    }
    alloc_memory_free(t, m.msg_control);
    return got;
}

static Value message_take(Thread *t, Value first, Value rest[3])
{
    Value v = value_is_empty(first) ? first : tuple_pack(t, 4, first, rest[0], rest[1], rest[2]);
    ref_dec(t, first);
    ref_dec(t, rest[0]);
    ref_dec(t, rest[2]);
    return v;
}

NATIVE(
    recvmsg, "recvmsg", "($self, bufsize, ancbufsize=0, flags=0, /)",
    "Receives at most `bufsize` bytes and ancillary data in at most `ancbufsize`: (data, [(level, type, data), ...], "
    "flags, the sender's address).")
{
    int64_t size;
    Value rest[3];
    if (argument_size(t, args[1], 0, &size) < 0)
        return VALUE_EMPTY;
    if (size < 0)
        return error_set(t, EXC_ValueError, "negative buffer size in recvmsg()");
    Value data = bytes_new(t, NULL, (size_t)size);
    if (value_is_empty(data))
        return data;
    struct iovec part = {bytes_of(data)->data, (size_t)size};
    Vector v = {.parts = &part, .count = 1};
    ssize_t got = receive(t, socket_of(args[0]), &v, args[2], args[3], "recvmsg", rest);
    if (got < 0) {
        ref_dec(t, data);
        return VALUE_EMPTY;
    }
    return message_take(t, bytes_resize_take(t, data, (size_t)got), rest);
}

NATIVE(recvmsg_into, "recvmsg_into", "($self, buffers, ancbufsize=0, flags=0, /)",
       "Like recvmsg(), but fills writable buffers one after the other, and returns how many bytes in place of data.")
{
    Vector v;
    Value rest[3];
    if (vector_fill(t, &v, args[1], true, "recvmsg_into") < 0)
        return VALUE_EMPTY;
    ssize_t got = receive(t, socket_of(args[0]), &v, args[2], args[3], "recvmsg_into", rest);
    vector_free(t, &v);
    return got < 0 ? VALUE_EMPTY : message_take(t, int_from_int64(t, got), rest);
}

/* ---- sending ---- */

static ssize_t run_sendmsg(int fd, SocketCall *c) { return sendmsg(fd, c->message, c->flags); }

typedef struct Ancillary {
    int level, type;
    Buffer data;
} Ancillary;

/* One (level, type, data): 0 or -1. */
static int ancillary_item(Thread *t, Value v, Ancillary *item)
{
    if (!tuple_check(v))
        return error_set(t, EXC_TypeError, "[sendmsg() ancillary data items] must be tuple, not %T", v), -1;
    if (tuple_length(v) != 3)
        return error_set(t, EXC_TypeError, "[sendmsg() ancillary data items] must be sequence of length 3, not %zu",
                         tuple_length(v)),
               -1;
    if (argument_int(t, tuple_peek(v, 0), 0, &item->level) < 0 || argument_int(t, tuple_peek(v, 1), 0, &item->type) < 0)
        return -1;
    return buffer_get(t, tuple_peek(v, 2), &item->data, BUFFER_SIMPLE);
}

/* Fills msg_control of a message from items; memory to be freed. 0 or -1. */
static int control_fill(Thread *t, struct msghdr *m, const Ancillary *items, size_t n)
{
    size_t total = 0, space;
    for (size_t i = 0; i < n; i++) {
        if (items[i].data.length > INT32_MAX || !item_space((int64_t)items[i].data.length, &space))
            return error_set(t, EXC_OSError, "ancillary data item too large"), -1;
        total += space;
        if (total > INT32_MAX)
            return error_set(t, EXC_OSError, "too much ancillary data"), -1;
    }
    if (!total)
        return 0;
    m->msg_control = alloc_memory_zeroed(t, 1, total);
    if (!m->msg_control)
        return -1;
    m->msg_controllen = total;
    struct cmsghdr *c = CMSG_FIRSTHDR(m);
    for (size_t i = 0; i < n; i++, c = CMSG_NXTHDR(m, c)) {
        c->cmsg_level = items[i].level;
        c->cmsg_type = items[i].type;
        c->cmsg_len = CMSG_LEN(items[i].data.length);
        if (items[i].data.length)
            memcpy(CMSG_DATA(c), items[i].data.data, items[i].data.length);
    }
    return 0;
}

static int control_from(Thread *t, struct msghdr *m, Value iterable)
{
    if (value_is_empty(iterable))
        return 0;
    Value sequence = items_of(t, iterable, "sendmsg() argument 2 must be an iterable");
    if (value_is_empty(sequence))
        return -1;
    size_t n = tuple_length(sequence), filled = 0;
    Ancillary *items = alloc_memory_zeroed(t, n ? n : 1, sizeof *items);
    int status = items ? 0 : -1;
    while (status == 0 && filled < n) {
        status = ancillary_item(t, tuple_peek(sequence, filled), &items[filled]);
        if (status == 0)
            filled++;
    }
    if (status == 0)
        status = control_fill(t, m, items, n);
    while (filled > 0)
        buffer_release(t, &items[--filled].data);
    alloc_memory_free(t, items);
    ref_dec(t, sequence);
    return status;
}

NATIVE(sendmsg, "sendmsg", "($self, buffers, ancdata=(), flags=0, address=None, /)",
       "Sends the bytes of several buffers with ancillary data, an iterable of (level, type, data); returns how many "
       "bytes of data.")
{
    Socket *s = socket_of(args[0]);
    SocketAddress address;
    struct msghdr m = {0};
    SocketCall call = {.run = run_sendmsg, .writing = true, .message = &m};
    Vector v = {0};
    socklen_t length;
    int status = argument_int(t, args[3], 0, &call.flags);
    if (status == 0 && !value_is_empty(args[4]) && !value_is_none(args[4])) {
        status = socket_address_parse(t, s, args[4], &address, &length, "sendmsg");
        m.msg_name = &address;
        m.msg_namelen = length;
    }
    if (status == 0)
        status = audit(t, "socket.sendmsg", "OO", args[0], args[4]);
    if (status == 0)
        status = vector_fill(t, &v, args[1], false, "sendmsg");
    m.msg_iov = v.parts;
    m.msg_iovlen = v.count;
    if (status == 0)
        status = control_from(t, &m, args[2]);
    if (status == 0)
        status = socket_call(t, s, &call, socket_timeout(s));
    alloc_memory_free(t, m.msg_control);
    vector_free(t, &v);
    return status < 0 ? VALUE_EMPTY : int_from_int64(t, call.result);
}

const NativeDef *const socket_message_methods[] = {&native_recvmsg, &native_recvmsg_into, &native_sendmsg, NULL};
const NativeDef *const socket_message_functions[] = {&native_cmsg_len, &native_cmsg_space, NULL};
