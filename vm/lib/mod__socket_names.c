/* mod__socket_names.c: names of hosts, services, protocols and interfaces, and addresses as text.
 *
 * Looking a name up may take seconds: it happens detached, with the reentrant functions of the C library.  No locks. */
#include "mod__socket.h"
#include "../object/audit.h"

#include <arpa/inet.h>
#include <limits.h>
#include <stdio.h>
#include <net/if.h>
#include <netdb.h>
#include <unistd.h>

#ifndef __linux__ /* C libraries without it have it from elsewhere */
int getprotobyname_r(const char *name, struct protoent *p, char *buffer, size_t size, struct protoent **result);
#endif

/* ---- errors ---- */

static Value name_error(Thread *t, Type *type, int code, const char *text)
{
    Value message = str_from_fs(t, text, strlen(text));
    if (value_is_empty(message))
        return message;
    Value exc = object_call2(t, value_of(type), value_from_int(code), message);
    ref_dec(t, message);
    return value_is_empty(exc) ? exc : error_set_take(t, exc);
}

Value socket_gai_error(Thread *t, int code)
{
    if (code == EAI_SYSTEM)
        return error_from_errno(t, errno);
    return name_error(t, socket_state(t)->gaierror, code, gai_strerror(code));
}

Value socket_h_error(Thread *t, int code) { return name_error(t, socket_state(t)->herror, code, hstrerror(code)); }

/* ---- hosts ---- */

NATIVE(gethostname, "gethostname", "($module, /)", "This machine's name.")
{
    char name[1024];
    if (audit(t, "socket.gethostname", "") < 0)
        return VALUE_EMPTY;
    thread_detach(t, EVENT_IO);
    int result = gethostname(name, sizeof name - 1);
    thread_attach(t);
    if (result < 0)
        return error_from_errno(t, errno);
    name[sizeof name - 1] = 0;
    return str_from_fs(t, name, strlen(name));
}

NATIVE(sethostname, "sethostname", "($module, name, /)", "Renames this machine.")
{
    Value bytes = str_to_fs(t, args[1]);
    if (value_is_empty(bytes))
        return bytes;
    Value v = audit(t, "socket.sethostname", "O", bytes) < 0 ? VALUE_EMPTY
              : sethostname((const char *)bytes_of(bytes)->data, bytes_of(bytes)->length) < 0
                  ? error_from_errno(t, errno)
                  : VALUE_NONE;
    ref_dec(t, bytes);
    return v;
}

NATIVE(gethostbyname, "gethostbyname", "($module, host, /)", "The IPv4 address of a host, as text.")
{
    Value owner;
    SocketAddress address;
    const char *host = socket_host_argument(t, args[1], &owner);
    if (!host)
        return VALUE_EMPTY;
    int size = audit(t, "socket.gethostbyname", "O", args[1]) < 0 ? -1 : socket_resolve(t, host, AF_INET, &address);
    ref_dec(t, owner);
    return size < 0 ? VALUE_EMPTY : socket_host_value(t, &address);
}

/* (name, [alias, ...], [address, ...]) of what a lookup has found, or herror. */
static Value host_value(Thread *t, const struct hostent *h, int error)
{
    if (!h)
        return socket_h_error(t, error);
    Value name = str_from_fs(t, h->h_name, strlen(h->h_name)), v = VALUE_EMPTY;
    Value aliases = list_new(t, 0), addresses = list_new(t, 0);
    bool ok = !value_is_empty(name) && !value_is_empty(aliases) && !value_is_empty(addresses);
    for (char **alias = h->h_aliases; ok && alias && *alias; alias++)
        ok = list_append_take(t, aliases, str_from_fs(t, *alias, strlen(*alias))) == 0;
    for (char **packed = h->h_addr_list; ok && *packed; packed++) {
        char text[INET6_ADDRSTRLEN];
        ok = inet_ntop(h->h_addrtype, *packed, text, sizeof text) &&
             list_append_take(t, addresses, str_from_string(t, text)) == 0;
    }
    if (ok)
        v = tuple_pack(t, 3, name, aliases, addresses);
    ref_dec(t, name);
    ref_dec(t, aliases);
    ref_dec(t, addresses);
    return v;
}

#define LOOKUP_BUFFER 16384

NATIVE(gethostbyname_ex, "gethostbyname_ex", "($module, host, /)",
       "The IPv4 addresses of a host: (its first name, [other names], [addresses]).")
{
    Value owner;
    SocketAddress address;
    const char *host = socket_host_argument(t, args[1], &owner);
    if (!host)
        return VALUE_EMPTY;
    Value v = VALUE_EMPTY;
    if (audit(t, "socket.gethostbyname", "O", args[1]) == 0 && socket_resolve(t, host, AF_INET, &address) >= 0) {
        char buffer[LOOKUP_BUFFER];
        struct hostent space, *found = NULL;
        int error = 0;
        thread_detach(t, EVENT_IO);
        gethostbyname_r(host, &space, buffer, sizeof buffer, &found, &error);
        thread_attach(t);
        v = host_value(t, found, error);
    }
    ref_dec(t, owner);
    return v;
}

NATIVE(gethostbyaddr, "gethostbyaddr", "($module, host, /)",
       "Who has an address: (its first name, [other names], [addresses]).")
{
    Value owner;
    SocketAddress address;
    const char *host = socket_host_argument(t, args[1], &owner);
    if (!host)
        return VALUE_EMPTY;
    int size = audit(t, "socket.gethostbyaddr", "O", args[1]) < 0 ? -1 : socket_resolve(t, host, AF_UNSPEC, &address);
    ref_dec(t, owner);
    if (size < 0)
        return VALUE_EMPTY;
    char buffer[LOOKUP_BUFFER];
    struct hostent space, *found = NULL;
    int error = 0;
    const void *packed = size == 4 ? (const void *)&address.in.sin_addr : &address.in6.sin6_addr;
    thread_detach(t, EVENT_IO);
    gethostbyaddr_r(packed, (socklen_t)size, address.any.sa_family, &space, buffer, sizeof buffer, &found, &error);
    thread_attach(t);
    return host_value(t, found, error);
}

/* ---- getaddrinfo, getnameinfo ---- */

/* The service argument: text borrowed from *owner or from `digits`, NULL for None. 0 or -1. */
static int service_argument(Thread *t, Value v, const char **text, char digits[32], Value *owner)
{
    *owner = VALUE_EMPTY;
    *text = NULL;
    if (value_is_none(v))
        return 0;
    if (int_check(v)) {
        int64_t number;
        if (int_to_int64(t, v, &number) < 0)
            return -1;
        snprintf(digits, 32, "%lld", (long long)number);
        *text = digits;
        return 0;
    }
    if (str_check(v)) {
        *text = str_utf8(t, v, NULL, owner);
        return *text ? 0 : -1;
    }
    if (bytes_check(v)) {
        *text = (const char *)bytes_of(v)->data;
        return 0;
    }
    return error_set(t, EXC_OSError, "Int or String expected"), -1;
}

static Value info_value(Thread *t, const struct addrinfo *i)
{
    Value address = socket_address_value(t, (const SocketAddress *)i->ai_addr, i->ai_addrlen), v = VALUE_EMPTY;
    if (value_is_empty(address))
        return address;
    Value canonical =
        str_from_fs(t, i->ai_canonname ? i->ai_canonname : "", i->ai_canonname ? strlen(i->ai_canonname) : 0);
    if (!value_is_empty(canonical))
        v = tuple_pack(t, 5, value_from_int(i->ai_family), value_from_int(i->ai_socktype),
                       value_from_int(i->ai_protocol), canonical, address);
    ref_dec(t, canonical);
    ref_dec(t, address);
    return v;
}

NATIVE(getaddrinfo, "getaddrinfo", "($module, /, host, port, family=0, type=0, proto=0, flags=0)",
       "All ways to reach a service on a host: a list of (family, type, proto, canonname, address) for socket() and "
       "connect().")
{
    struct addrinfo hints = {0}, *found = NULL;
    const char *host = NULL, *service;
    char digits[32];
    Value host_owner = VALUE_EMPTY, service_owner = VALUE_EMPTY, list = VALUE_EMPTY;
    if (argument_int(t, args[3], 0, &hints.ai_family) < 0 || argument_int(t, args[4], 0, &hints.ai_socktype) < 0 ||
        argument_int(t, args[5], 0, &hints.ai_protocol) < 0 || argument_int(t, args[6], 0, &hints.ai_flags) < 0)
        return VALUE_EMPTY;
    if (str_check(args[1])) {
        host_owner = codec_encode(t, args[1], "idna", NULL);
        if (value_is_empty(host_owner))
            return VALUE_EMPTY;
        host = (const char *)bytes_of(host_owner)->data;
    } else if (bytes_check(args[1])) {
        host = (const char *)bytes_of(args[1])->data;
    } else if (!value_is_none(args[1])) {
        return error_set(t, EXC_TypeError, "getaddrinfo() argument 1 must be string or None");
    }
    if (service_argument(t, args[2], &service, digits, &service_owner) < 0 ||
        audit(t, "socket.getaddrinfo", "OOiii", args[1], args[2], hints.ai_family, hints.ai_socktype,
              hints.ai_protocol) < 0)
        goto done;
    thread_detach(t, EVENT_IO);
    int code = getaddrinfo(host, service, &hints, &found);
    thread_attach(t);
    if (code) {
        socket_gai_error(t, code);
        goto done;
    }
    list = list_new(t, 0);
    for (const struct addrinfo *i = found; !value_is_empty(list) && i; i = i->ai_next) {
        if (list_append_take(t, list, info_value(t, i)) < 0)
            ref_clear(t, &list);
    }
    freeaddrinfo(found);
done:
    ref_dec(t, host_owner);
    ref_dec(t, service_owner);
    return list;
}

/* Reads getnameinfo's address (host, port[, flowinfo[, scopeid]]): a list to be freed, or NULL. */
static struct addrinfo *figures_argument(Thread *t, Value v)
{
    int port, flow = 0, scope = 0;
    Value owner;
    if (!tuple_check(v)) {
        error_set(t, EXC_TypeError, "getnameinfo() argument 1 must be a tuple");
        return NULL;
    }
    size_t n = tuple_length(v);
    if (n < 2 || n > 4 || !str_check(tuple_peek(v, 0))) {
        error_set(t, EXC_TypeError, "getnameinfo(): illegal sockaddr argument");
        return NULL;
    }
    if (argument_int(t, tuple_peek(v, 1), 0, &port) < 0 ||
        argument_int(t, n > 2 ? tuple_peek(v, 2) : VALUE_EMPTY, 0, &flow) < 0 ||
        argument_int(t, n > 3 ? tuple_peek(v, 3) : VALUE_EMPTY, 0, &scope) < 0)
        return NULL;
    if (flow < 0 || flow > 0xFFFFF) {
        error_set(t, EXC_OverflowError, "getnameinfo(): flowinfo must be 0-1048575.");
        return NULL;
    }
    const char *host = argument_string(t, tuple_peek(v, 0), "getnameinfo", "argument 1", &owner);
    if (!host)
        return NULL;
    char service[16];
    snprintf(service, sizeof service, "%d", port);
    struct addrinfo hints = {.ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICHOST}, *found = NULL;
    thread_detach(t, EVENT_IO);
    int code = getaddrinfo(host, service, &hints, &found);
    thread_attach(t);
    ref_dec(t, owner);
    if (code) {
        socket_gai_error(t, code);
        return NULL;
    }
    if (found->ai_next) {
        error_set(t, EXC_OSError, "sockaddr resolved to multiple addresses");
    } else if (found->ai_family == AF_INET && n != 2) {
        error_set(t, EXC_OSError, "IPv4 sockaddr must be 2 tuple");
    } else {
        if (found->ai_family == AF_INET6) {
            struct sockaddr_in6 *a = (struct sockaddr_in6 *)(void *)found->ai_addr;
            a->sin6_flowinfo = htonl((uint32_t)flow);
            a->sin6_scope_id = (uint32_t)scope;
        }
        return found;
    }
    freeaddrinfo(found);
    return NULL;
}

NATIVE(getnameinfo, "getnameinfo", "($module, sockaddr, flags, /)",
       "The names (host, service) of an address; flags are NI_... constants.")
{
    int flags;
    if (int_to_int(t, args[2], &flags) < 0 || audit(t, "socket.getnameinfo", "O", args[1]) < 0)
        return VALUE_EMPTY;
    struct addrinfo *found = figures_argument(t, args[1]);
    if (!found)
        return VALUE_EMPTY;
    char host[NI_MAXHOST], service[NI_MAXSERV];
    thread_detach(t, EVENT_IO);
    int code = getnameinfo(found->ai_addr, found->ai_addrlen, host, sizeof host, service, sizeof service, flags);
    thread_attach(t);
    freeaddrinfo(found);
    if (code)
        return socket_gai_error(t, code);
    Value first = str_from_fs(t, host, strlen(host)), second = str_from_fs(t, service, strlen(service)),
          v = VALUE_EMPTY;
    if (!value_is_empty(first) && !value_is_empty(second))
        v = tuple_pack(t, 2, first, second);
    ref_dec(t, first);
    ref_dec(t, second);
    return v;
}

/* ---- services and protocols ---- */

NATIVE(getservbyname, "getservbyname", "($module, servicename, protocolname=None, /)",
       "The port of a service; the protocol, 'tcp' or 'udp', may be left open.")
{
    Value name_owner, protocol_owner = VALUE_EMPTY, v = VALUE_EMPTY;
    const char *protocol = NULL, *name = argument_string(t, args[1], "getservbyname", "argument 1", &name_owner);
    if (name && !value_is_empty(args[2]))
        protocol = argument_string(t, args[2], "getservbyname", "argument 2", &protocol_owner);
    if (name && (protocol || value_is_empty(args[2])) && audit(t, "socket.getservbyname", "ss", name, protocol) == 0) {
        char buffer[LOOKUP_BUFFER];
        struct servent space, *found = NULL;
        thread_detach(t, EVENT_IO);
        getservbyname_r(name, protocol, &space, buffer, sizeof buffer, &found);
        thread_attach(t);
        v = found ? value_from_int(ntohs((uint16_t)found->s_port))
                  : error_set(t, EXC_OSError, "service/proto not found");
    }
    ref_dec(t, name_owner);
    ref_dec(t, protocol_owner);
    return v;
}

NATIVE(getservbyport, "getservbyport", "($module, port, protocolname=None, /)",
       "The service at a port; the protocol, 'tcp' or 'udp', may be left open.")
{
    int port;
    Value owner = VALUE_EMPTY;
    const char *protocol = NULL;
    if (int_to_int(t, args[1], &port) < 0)
        return VALUE_EMPTY;
    if (!value_is_empty(args[2]) && !(protocol = argument_string(t, args[2], "getservbyport", "argument 2", &owner)))
        return VALUE_EMPTY;
    Value v;
    if (port < 0 || port > 0xFFFF) {
        v = error_set(t, EXC_OverflowError, "getservbyport: port must be 0-65535.");
    } else if (audit(t, "socket.getservbyport", "is", port, protocol) < 0) {
        v = VALUE_EMPTY;
    } else {
        char buffer[LOOKUP_BUFFER];
        struct servent space, *found = NULL;
        thread_detach(t, EVENT_IO);
        getservbyport_r(htons((uint16_t)port), protocol, &space, buffer, sizeof buffer, &found);
        thread_attach(t);
        v = found ? str_from_fs(t, found->s_name, strlen(found->s_name))
                  : error_set(t, EXC_OSError, "port/proto not found");
    }
    ref_dec(t, owner);
    return v;
}

NATIVE(getprotobyname, "getprotobyname", "($module, name, /)", "The number of a protocol, for socket().")
{
    Value owner;
    const char *name = argument_string(t, args[1], "getprotobyname", "argument", &owner);
    if (!name)
        return VALUE_EMPTY;
    char buffer[LOOKUP_BUFFER];
    struct protoent space, *found = NULL;
    thread_detach(t, EVENT_IO);
    getprotobyname_r(name, &space, buffer, sizeof buffer, &found);
    thread_attach(t);
    ref_dec(t, owner);
    return found ? value_from_int(found->p_proto) : error_set(t, EXC_OSError, "protocol not found");
}

/* ---- interfaces ---- */

NATIVE(if_nameindex, "if_nameindex", "($module, /)", "The network interfaces: a list of (number, name).")
{
    thread_detach(t, EVENT_IO);
    struct if_nameindex *all = if_nameindex();
    thread_attach(t);
    if (!all)
        return error_from_errno(t, errno);
    Value list = list_new(t, 0);
    for (struct if_nameindex *i = all; !value_is_empty(list) && i->if_index && i->if_name; i++) {
        Value name = str_from_fs(t, i->if_name, strlen(i->if_name)), pair = VALUE_EMPTY;
        if (!value_is_empty(name))
            pair = tuple_pack(t, 2, value_from_int(i->if_index), name);
        ref_dec(t, name);
        if (list_append_take(t, list, pair) < 0)
            ref_clear(t, &list);
    }
    if_freenameindex(all);
    return list;
}

NATIVE(if_nametoindex, "if_nametoindex", "($module, if_name, /)", "The number of a network interface.")
{
    Value path = str_to_fs(t, args[1]);
    if (value_is_empty(path))
        return path;
    unsigned index = if_nametoindex((const char *)bytes_of(path)->data);
    ref_dec(t, path);
    return index ? value_from_int(index) : error_from_errno(t, errno);
}

NATIVE(if_indextoname, "if_indextoname", "($module, if_index, /)", "The name of a network interface.")
{
    uint64_t index;
    char name[IF_NAMESIZE + 1];
    if (int_to_uint64(t, args[1], &index) < 0)
        return VALUE_EMPTY;
    if (index > UINT_MAX)
        return error_set(t, EXC_OverflowError, "Python int too large to convert to C unsigned int");
    if (!if_indextoname((unsigned)index, name))
        return error_from_errno(t, errno);
    return str_from_fs(t, name, strlen(name));
}

/* ---- addresses as text and packed ---- */

NATIVE(inet_aton, "inet_aton", "($module, ip_addr, /)",
       "An IPv4 address, also in one of its old short forms, as 4 bytes.")
{
    Value owner;
    struct in_addr packed;
    const char *text = argument_string(t, args[1], "inet_aton", "argument", &owner);
    if (!text)
        return VALUE_EMPTY;
    int valid = inet_aton(text, &packed);
    ref_dec(t, owner);
    return valid ? bytes_new(t, &packed, sizeof packed)
                 : error_set(t, EXC_OSError, "illegal IP address string passed to inet_aton");
}

NATIVE(inet_ntoa, "inet_ntoa", "($module, packed_ip, /)", "4 bytes as an IPv4 address in text.")
{
    Buffer view;
    char text[INET_ADDRSTRLEN];
    if (argument_buffer(t, args[1], "inet_ntoa", "argument", &view) < 0)
        return VALUE_EMPTY;
    bool fits = view.length == sizeof(struct in_addr);
    if (fits)
        inet_ntop(AF_INET, view.data, text, sizeof text);
    buffer_release(t, &view);
    return fits ? str_from_string(t, text) : error_set(t, EXC_OSError, "packed IP wrong length for inet_ntoa");
}

NATIVE(inet_pton, "inet_pton", "($module, address_family, ip_string, /)", "An address in text as packed bytes.")
{
    int family;
    Value owner;
    unsigned char packed[sizeof(struct in6_addr)];
    if (int_to_int(t, args[1], &family) < 0)
        return VALUE_EMPTY;
    const char *text = argument_string(t, args[2], "inet_pton", "argument 2", &owner);
    if (!text)
        return VALUE_EMPTY;
    int valid = inet_pton(family, text, packed), error = errno;
    ref_dec(t, owner);
    if (valid < 0)
        return error_from_errno(t, error);
    if (valid == 0)
        return error_set(t, EXC_OSError, "illegal IP address string passed to inet_pton");
    return bytes_new(t, packed, family == AF_INET ? 4 : 16);
}

NATIVE(inet_ntop, "inet_ntop", "($module, address_family, packed_ip, /)", "Packed bytes as an address in text.")
{
    int family;
    Buffer view;
    char text[INET6_ADDRSTRLEN];
    if (int_to_int(t, args[1], &family) < 0 || argument_buffer(t, args[2], "inet_ntop", "argument 2", &view) < 0)
        return VALUE_EMPTY;
    Value v;
    if (family != AF_INET && family != AF_INET6)
        v = error_set(t, EXC_ValueError, "unknown address family %d", family);
    else if (view.length != (family == AF_INET ? 4 : 16))
        v = error_set(t, EXC_ValueError, "invalid length of packed IP address string");
    else
        v = inet_ntop(family, view.data, text, sizeof text) ? str_from_string(t, text) : error_from_errno(t, errno);
    buffer_release(t, &view);
    return v;
}

const NativeDef *const socket_name_functions[] = {
    &native_gethostname,      &native_sethostname,   &native_gethostbyname,
    &native_gethostbyname_ex, &native_gethostbyaddr, &native_getaddrinfo,
    &native_getnameinfo,      &native_getservbyname, &native_getservbyport,
    &native_getprotobyname,   &native_if_nameindex,  &native_if_nametoindex,
    &native_if_indextoname,   &native_inet_aton,     &native_inet_ntoa,
    &native_inet_pton,        &native_inet_ntop,     NULL,
};
