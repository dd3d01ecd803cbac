/* mod__socket_address.c: socket addresses from Python's tuples and strings, and back.
 *
 * Invariant: the only thing here that waits is socket_resolve, which looks names up detached.  No locks. */
#include "mod__socket.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <sys/ioctl.h>

#include "../object/list.h"

#define FLOWINFO_MAX 0xFFFFF

/* ---- hosts ---- */

const char *socket_host_argument(Thread *t, Value v, Value *owner)
{
    *owner = VALUE_EMPTY;
    if (str_check(v)) {
        if (str_is_ascii(str_of(v))) {
            *owner = ref_inc(t, v);
        } else {
            *owner = codec_encode(t, v, "idna", NULL);
            if (value_is_empty(*owner)) {
                error_clear(t);
                error_set(t, EXC_TypeError, "encoding of hostname failed");
                return NULL;
            }
        }
    } else if (bytes_check(v)) {
        *owner = ref_inc(t, v);
    } else if (object_is(v, KIND_BYTEARRAY)) {
        *owner = bytes_from_object(t, v); /* a copy: it may change while names are looked up */
        if (value_is_empty(*owner))
            return NULL;
    } else {
        error_set(t, EXC_TypeError, "str, bytes or bytearray expected, not %T", v);
        return NULL;
    }
    const char *text;
    size_t length;
    if (str_check(*owner)) {
        text = (const char *)str_of(*owner)->data;
        length = str_length(*owner);
    } else {
        text = (const char *)bytes_of(*owner)->data;
        length = bytes_of(*owner)->length;
    }
    if (strlen(text) != length) {
        ref_clear(t, owner);
        error_set(t, EXC_TypeError, "host name must not contain null character");
        return NULL;
    }
    return text;
}

/* getaddrinfo, detached: a list to be freed, or NULL with an exception. */
static struct addrinfo *look_up(Thread *t, const char *host, const char *service, const struct addrinfo *hints)
{
    struct addrinfo *found = NULL;
    thread_detach(t, EVENT_IO);
    int code = getaddrinfo(host, service, hints, &found);
    thread_attach(t);
    if (code) {
        socket_gai_error(t, code);
        return NULL;
    }
    return found;
}

static int address_size(int family) { return family == AF_INET ? 4 : family == AF_INET6 ? 16 : -1; }

int socket_resolve(Thread *t, const char *host, int family, SocketAddress *address)
{
    memset(address, 0, sizeof *address);
    struct addrinfo hints = {.ai_family = family};
    if (!*host) {
        hints.ai_socktype = SOCK_DGRAM; /* one of each address will do */
        hints.ai_flags = AI_PASSIVE;
        struct addrinfo *found = look_up(t, NULL, "0", &hints);
        if (!found)
            return -1;
        int size = address_size(found->ai_family);
        if (size < 0)
            error_set(t, EXC_OSError, "unsupported address family");
        else if (found->ai_next)
            size = (error_set(t, EXC_OSError, "wildcard resolved to multiple address"), -1);
        else
            memcpy(address, found->ai_addr, found->ai_addrlen);
        freeaddrinfo(found);
        return size;
    }
    if (!strcmp(host, "255.255.255.255") || !strcmp(host, "<broadcast>")) {
        if (family != AF_INET && family != AF_UNSPEC)
            return error_set(t, EXC_OSError, "address family mismatched"), -1;
        address->in.sin_family = AF_INET;
        address->in.sin_addr.s_addr = INADDR_BROADCAST;
        return 4;
    }
    if ((family == AF_UNSPEC || family == AF_INET) && inet_pton(AF_INET, host, &address->in.sin_addr) > 0) {
        address->in.sin_family = AF_INET;
        return 4;
    }
    if ((family == AF_UNSPEC || family == AF_INET6) && !strchr(host, '%')) {
        memset(address, 0, sizeof *address);
        if (inet_pton(AF_INET6, host, &address->in6.sin6_addr) > 0) {
            address->in6.sin6_family = AF_INET6;
            return 16;
        }
    }
    struct addrinfo *found = look_up(t, host, NULL, &hints);
    if (!found)
        return -1;
    memset(address, 0, sizeof *address);
    int size = address_size(found->ai_family);
    if (size < 0)
        error_set(t, EXC_OSError, "unknown address family");
    else
        memcpy(address, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    return size;
}

Value socket_host_value(Thread *t, const SocketAddress *address)
{
    char text[INET6_ADDRSTRLEN];
    bool four = address->any.sa_family == AF_INET;
    const void *packed = four ? (const void *)&address->in.sin_addr : &address->in6.sin6_addr;
    if (!inet_ntop(four ? AF_INET : AF_INET6, packed, text, sizeof text))
        return error_from_errno(t, errno);
    return str_from_string(t, text);
}

/* ---- from Python ---- */

static int address_is_tuple(Thread *t, Value v, const char *caller, const char *family)
{
    if (tuple_check(v))
        return 0;
    return error_set(t, EXC_TypeError, "%s(): %s address must be tuple, not %T", caller, family, v), -1;
}

/* An unsigned int, as C takes it: its low bits. */
static int to_unsigned(Thread *t, Value v, unsigned *result)
{
    Value i = number_index(t, v);
    if (value_is_empty(i))
        return -1;
    *result = (unsigned)int_to_uint64_mask(i);
    ref_dec(t, i);
    return 0;
}

static int to_port(Thread *t, Value v, const char *caller, int *port)
{
    if (argument_int(t, v, 0, port) < 0 && !error_swallow(t, EXC_OverflowError))
        return -1;
    else if (*port < 0 || *port > 0xFFFF || (value_is_object(v) && int_check(v)))
        return error_set(t, EXC_OverflowError, "%s(): port must be 0-65535.", caller), -1;
    return 0;
}

static int parse_inet(Thread *t, Value v, SocketAddress *a, const char *caller)
{
    int port;
    Value owner;
    if (address_is_tuple(t, v, caller, "AF_INET") < 0)
        return -1;
    if (tuple_length(v) != 2)
        return error_set(t, EXC_TypeError, "AF_INET address must be a pair (host, port)"), -1;
    const char *host = socket_host_argument(t, tuple_peek(v, 0), &owner);
    if (!host)
        return -1;
    int status = to_port(t, tuple_peek(v, 1), caller, &port);
    if (status == 0)
        status = socket_resolve(t, host, AF_INET, a) < 0 ? -1 : 0;
    ref_dec(t, owner);
    a->in.sin_family = AF_INET;
    a->in.sin_port = htons((uint16_t)port);
    return status;
}

static int parse_inet6(Thread *t, Value v, SocketAddress *a, const char *caller)
{
    int port;
    unsigned flow = 0, scope = 0;
    Value owner;
    if (address_is_tuple(t, v, caller, "AF_INET6") < 0)
        return -1;
    size_t n = tuple_length(v);
    if (n < 2 || n > 4)
        return error_set(t, EXC_TypeError, "AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])"), -1;
    const char *host = socket_host_argument(t, tuple_peek(v, 0), &owner);
    if (!host)
        return -1;
    int status = to_port(t, tuple_peek(v, 1), caller, &port);
    if (status == 0 && n > 2)
        status = to_unsigned(t, tuple_peek(v, 2), &flow);
    if (status == 0 && n > 3)
        status = to_unsigned(t, tuple_peek(v, 3), &scope);
    if (status == 0 && flow > FLOWINFO_MAX)
        status = (error_set(t, EXC_OverflowError, "%s(): flowinfo must be 0-1048575.", caller), -1);
    if (status == 0)
        status = socket_resolve(t, host, AF_INET6, a) < 0 ? -1 : 0;
    ref_dec(t, owner);
    a->in6.sin6_family = AF_INET6;
    a->in6.sin6_port = htons((uint16_t)port);
    a->in6.sin6_flowinfo = htonl(flow);
    if (n > 3)
        a->in6.sin6_scope_id = scope;
    return status;
}

static int parse_unix(Thread *t, Value v, SocketAddress *a, socklen_t *length)
{
    Buffer path;
    if (str_check(v)) {
        Value bytes = str_to_utf8_errors(t, v, STR_SURROGATEESCAPE);
        if (value_is_empty(bytes))
            return -1;
        int status = buffer_get(t, bytes, &path, BUFFER_SIMPLE);
        ref_dec(t, bytes);
        if (status < 0)
            return -1;
    } else if (buffer_get(t, v, &path, BUFFER_SIMPLE) < 0) {
        return -1;
    }
    size_t n = path.length, room = sizeof a->un.sun_path;
    bool abstract = false;
#ifdef __linux__
    abstract = n == 0 || *(const char *)path.data == 0; /* a name outside the file system, or none */
#endif
    bool fits = abstract ? n <= room : n < room;
    if (fits) {
        a->un.sun_family = AF_UNIX;
        memcpy(a->un.sun_path, path.data, n);
        *length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
    } else {
        error_set(t, EXC_OSError, "AF_UNIX path too long");
    }
    buffer_release(t, &path);
    return fits ? 0 : -1;
}

#ifdef __linux__
static int parse_netlink(Thread *t, Value v, SocketAddress *a, const char *caller)
{
    unsigned pid, groups;
    if (address_is_tuple(t, v, caller, "AF_NETLINK") < 0)
        return -1;
    if (tuple_length(v) != 2)
        return error_set(t, EXC_TypeError, "AF_NETLINK address must be a pair (pid, groups)"), -1;
    if (to_unsigned(t, tuple_peek(v, 0), &pid) < 0 || to_unsigned(t, tuple_peek(v, 1), &groups) < 0)
        return -1;
    a->nl.nl_family = AF_NETLINK;
    a->nl.nl_pid = pid;
    a->nl.nl_groups = groups;
    return 0;
}

static int parse_packet(Thread *t, const Socket *s, Value v, SocketAddress *a, const char *caller)
{
    int protocol, packet_type = 0, hardware_type = 0;
    Buffer hardware = {0};
    Value owner;
    if (address_is_tuple(t, v, caller, "AF_PACKET") < 0)
        return -1;
    size_t n = tuple_length(v);
    if (n < 2 || n > 5)
        return error_set(t, EXC_TypeError, "AF_PACKET address must be a tuple of two to five elements"), -1;
    const char *interface = argument_string(t, tuple_peek(v, 0), caller, "argument 1", &owner);
    if (!interface)
        return -1;
    struct ifreq request = {0};
    strncpy(request.ifr_name, interface, sizeof request.ifr_name - 1);
    ref_dec(t, owner);
    if (argument_int(t, tuple_peek(v, 1), 0, &protocol) < 0 ||
        argument_int(t, n > 2 ? tuple_peek(v, 2) : VALUE_EMPTY, 0, &packet_type) < 0 ||
        argument_int(t, n > 3 ? tuple_peek(v, 3) : VALUE_EMPTY, 0, &hardware_type) < 0 ||
        (n > 4 && buffer_get(t, tuple_peek(v, 4), &hardware, BUFFER_SIMPLE) < 0))
        return -1;
    int status = -1;
    if (hardware.length > sizeof a->ll.sll_addr) {
        error_set(t, EXC_ValueError, "hardware address must be 8 bytes or less");
    } else if (protocol < 0 || protocol > 0xFFFF) {
        error_set(t, EXC_OverflowError, "%s(): proto argument must be 0-65535.", caller);
    } else if (ioctl(atomic_load(&s->fd), SIOCGIFINDEX, &request) < 0) {
        error_from_errno(t, errno);
    } else {
        a->ll.sll_family = AF_PACKET;
        a->ll.sll_protocol = htons((uint16_t)protocol);
        a->ll.sll_ifindex = request.ifr_ifindex;
        a->ll.sll_pkttype = (unsigned char)packet_type;
        a->ll.sll_hatype = (unsigned short)hardware_type;
        a->ll.sll_halen = (unsigned char)hardware.length;
        if (hardware.length)
            memcpy(a->ll.sll_addr, hardware.data, hardware.length);
        status = 0;
    }
    buffer_release(t, &hardware);
    return status;
}
#endif

int socket_address_parse(Thread *t, const Socket *s, Value v, SocketAddress *a, socklen_t *length, const char *caller)
{
    memset(a, 0, sizeof *a);
    *length = socket_address_room(s);
    switch (s->family) {
    case AF_INET: return parse_inet(t, v, a, caller);
    case AF_INET6: return parse_inet6(t, v, a, caller);
    case AF_UNIX: return parse_unix(t, v, a, length);
#ifdef __linux__
    case AF_NETLINK: return parse_netlink(t, v, a, caller);
    case AF_PACKET: return parse_packet(t, s, v, a, caller);
#endif
    default: return error_set(t, EXC_OSError, "%s(): bad family", caller), -1;
    }
}

socklen_t socket_address_room(const Socket *s)
{
    switch (s->family) {
    case AF_INET: return sizeof(struct sockaddr_in);
    case AF_INET6: return sizeof(struct sockaddr_in6);
    case AF_UNIX: return sizeof(struct sockaddr_un);
#ifdef __linux__
    case AF_NETLINK: return sizeof(struct sockaddr_nl);
    case AF_PACKET: return sizeof(struct sockaddr_ll);
#endif
    default: return sizeof(struct sockaddr_storage);
    }
}

/* ---- to Python ---- */

static Value unix_value(Thread *t, const SocketAddress *a, socklen_t length)
{
    size_t begin = offsetof(struct sockaddr_un, sun_path), n = length > begin ? length - begin : 0;
    if (n > sizeof a->un.sun_path)
        n = sizeof a->un.sun_path;
#ifdef __linux__
    if (n && a->un.sun_path[0] == 0)
        return bytes_new(t, a->un.sun_path, n);
#endif
    return str_from_fs(t, a->un.sun_path, strnlen(a->un.sun_path, n));
}

#ifdef __linux__
static Value packet_value(Thread *t, const SocketAddress *a)
{
    char interface[IF_NAMESIZE] = "";
    if (a->ll.sll_ifindex)
        if_indextoname((unsigned)a->ll.sll_ifindex, interface);
    Value name = str_from_fs(t, interface, strlen(interface));
    Value hardware = bytes_new(t, a->ll.sll_addr, a->ll.sll_halen > 8 ? 8 : a->ll.sll_halen);
    Value v = VALUE_EMPTY;
    if (!value_is_empty(name) && !value_is_empty(hardware))
        v = tuple_pack(t, 5, name, value_from_int(ntohs(a->ll.sll_protocol)), value_from_int(a->ll.sll_pkttype),
                       value_from_int(a->ll.sll_hatype), hardware);
    ref_dec(t, name);
    ref_dec(t, hardware);
    return v;
}
#endif

Value socket_address_value(Thread *t, const SocketAddress *a, socklen_t length)
{
    if (length == 0)
        return VALUE_NONE;
    switch (a->any.sa_family) {
    case AF_INET:
    case AF_INET6: {
        Value host = socket_host_value(t, a), v;
        if (value_is_empty(host))
            return host;
        if (a->any.sa_family == AF_INET)
            v = tuple_pack(t, 2, host, value_from_int(ntohs(a->in.sin_port)));
        else
            v = tuple_pack(t, 4, host, value_from_int(ntohs(a->in6.sin6_port)),
                           value_from_int(ntohl(a->in6.sin6_flowinfo)), value_from_int(a->in6.sin6_scope_id));
        ref_dec(t, host);
        return v;
    }
    case AF_UNIX: return unix_value(t, a, length);
#ifdef __linux__
    case AF_NETLINK: return tuple_pack(t, 2, value_from_int(a->nl.nl_pid), value_from_int(a->nl.nl_groups));
    case AF_PACKET: return packet_value(t, a);
#endif
    default: {
        size_t begin = offsetof(struct sockaddr, sa_data);
        Value data = bytes_new(t, a->any.sa_data, length > begin ? length - begin : 0);
        Value v = value_is_empty(data) ? data : tuple_pack(t, 2, value_from_int(a->any.sa_family), data);
        ref_dec(t, data);
        return v;
    }
    }
}
