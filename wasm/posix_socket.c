/* posix_socket.c: the socket functions of the C library, on the kernel that a program's processes share (kernel.h, kernel/sockets.js), and names of hosts.
 *
 * Between the program's own threads and processes everything is as on the loopback interface.  A host elsewhere is reached by HTTP only, which the page makes; a
 * page cannot look names up, so each name gets a number of the range 240.0.0.0/8, by which the kernel finds it again.  No state, no locks.  Read next: kernel/sockets.js. */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "kernel.h"

#define TYPE_FLAGS (SOCK_CLOEXEC | SOCK_NONBLOCK)

static int done(int result)
{
    if (result >= 0)
        return result;
    errno = -result;
    return -1;
}

/* ---- sockets ---- */

int socket(int family, int type, int protocol)
{
    return done(kernel_socket(family, type & ~TYPE_FLAGS, type & TYPE_FLAGS));
}
int socketpair(int family, int type, int protocol, int fds[2])
{
    return done(kernel_socket_pair(family, type & ~TYPE_FLAGS, fds, type & TYPE_FLAGS));
}
int bind(int fd, const struct sockaddr *address, socklen_t size) { return done(kernel_bind(fd, address, (int)size)); }
int listen(int fd, int backlog) { return done(kernel_listen(fd)); }
int connect(int fd, const struct sockaddr *address, socklen_t size)
{
    return done(kernel_connect(fd, address, (int)size));
}
int accept4(int fd, struct sockaddr *restrict address, socklen_t *restrict size, int flags)
{
    return done(kernel_accept(fd, address, size, flags, os_wasm_is_main()));
}
int accept(int fd, struct sockaddr *restrict address, socklen_t *restrict size)
{
    return accept4(fd, address, size, 0);
}
int getsockname(int fd, struct sockaddr *restrict address, socklen_t *restrict size)
{
    return done(kernel_socket_name(fd, 0, address, size));
}
int getpeername(int fd, struct sockaddr *restrict address, socklen_t *restrict size)
{
    return done(kernel_socket_name(fd, 1, address, size));
}
int shutdown(int fd, int how) { return done(how < 0 || how > 2 ? -EINVAL : kernel_shutdown(fd, how)); }
int getsockopt(int fd, int level, int option, void *restrict value, socklen_t *restrict size)
{
    int result = kernel_get_option(fd, level, option);
    if (result < 0)
        return done(result);
    if (*size < (socklen_t)sizeof result)
        return done(-EINVAL);
    memset(value, 0, *size);
    memcpy(value, &result, sizeof result);
    *size = sizeof result;
    return 0;
}
int setsockopt(int fd, int level, int option, const void *value, socklen_t size)
{
    int number = 0;
    if (value)
        memcpy(&number, value, size < sizeof number ? size : sizeof number);
    return done(kernel_set_option(fd, level, option, number));
}

static ssize_t send_with(int fd, const void *p, size_t n, int flags, const struct sockaddr *address, socklen_t size,
                         const struct kernel_rights *rights)
{
    return done(kernel_send(fd, p, n, flags, address, (int)size, rights, os_wasm_is_main()));
}
static ssize_t receive_with(int fd, void *p, size_t n, int flags, struct sockaddr *address, socklen_t *size,
                            struct kernel_rights *rights)
{
    return done(kernel_receive(fd, p, n, flags, address, size, rights, os_wasm_is_main()));
}
ssize_t sendto(int fd, const void *p, size_t n, int flags, const struct sockaddr *address, socklen_t size)
{
    return send_with(fd, p, n, flags, address, size, NULL);
}
ssize_t send(int fd, const void *p, size_t n, int flags) { return sendto(fd, p, n, flags, NULL, 0); }
ssize_t recvfrom(int fd, void *restrict p, size_t n, int flags, struct sockaddr *restrict address,
                 socklen_t *restrict size)
{
    return receive_with(fd, p, n, flags, address, size, NULL);
}
ssize_t recv(int fd, void *p, size_t n, int flags) { return recvfrom(fd, p, n, flags, NULL, NULL); }

/* The descriptors of a message that is to be sent: 0 or -errno. */
static int rights_of(const struct msghdr *message, struct kernel_rights *rights)
{
    rights->given = 0;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR((struct msghdr *)message, c)) {
        size_t end = (size_t)((char *)c - (char *)message->msg_control) + c->cmsg_len;
        if (c->cmsg_len < CMSG_LEN(0) || end > message->msg_controllen)
            return -EINVAL;
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            return -EOPNOTSUPP;
        size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        if (n > (size_t)(KERNEL_RIGHTS_MAX - rights->given))
            return -EINVAL;
        memcpy(rights->fds + rights->given, CMSG_DATA(c), n * sizeof(int));
        rights->given += (int)n;
    }
    return 0;
}
/* Tells of those that came with one that was received. */
static void rights_tell(struct msghdr *message, const struct kernel_rights *rights)
{
    size_t size = (size_t)rights->given * sizeof(int), used = 0;
    if (rights->given) {
        struct cmsghdr *c = CMSG_FIRSTHDR(message);
        *c = (struct cmsghdr){.cmsg_len = (socklen_t)CMSG_LEN(size), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
        memcpy(CMSG_DATA(c), rights->fds, size);
        used = CMSG_SPACE(size) < message->msg_controllen ? CMSG_SPACE(size) : message->msg_controllen;
    }
    message->msg_controllen = (socklen_t)used;
    message->msg_flags = rights->cut ? MSG_CTRUNC : 0;
}

/* The parts as one piece, which a datagram must be. */
ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    size_t total = 0;
    struct kernel_rights rights;
    int error = rights_of(message, &rights);
    if (error)
        return done(error);
    for (int i = 0; i < message->msg_iovlen; i++)
        total += message->msg_iov[i].iov_len;
    char *whole = malloc(total ? total : 1), *at = whole;
    if (!whole)
        return done(-ENOMEM);
    for (int i = 0; i < message->msg_iovlen; i++) {
        memcpy(at, message->msg_iov[i].iov_base, message->msg_iov[i].iov_len);
        at += message->msg_iov[i].iov_len;
    }
    ssize_t n =
        send_with(fd, whole, total, flags, message->msg_name, message->msg_namelen, rights.given ? &rights : NULL);
    free(whole);
    return n;
}
ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    size_t total = 0, control = message->msg_control ? message->msg_controllen : 0;
    for (int i = 0; i < message->msg_iovlen; i++)
        total += message->msg_iov[i].iov_len;
    char *whole = malloc(total ? total : 1), *at = whole;
    if (!whole)
        return done(-ENOMEM);
    socklen_t size = message->msg_namelen;
    struct kernel_rights rights = {.room = control < CMSG_LEN(0) ? 0 : (int)((control - CMSG_LEN(0)) / sizeof(int))};
    if (rights.room > KERNEL_RIGHTS_MAX)
        rights.room = KERNEL_RIGHTS_MAX;
    ssize_t n = receive_with(fd, whole, total, flags, message->msg_name, message->msg_name ? &size : NULL, &rights);
    size_t left = n < 0 ? 0 : (size_t)n;
    for (int i = 0; i < message->msg_iovlen && left; i++) {
        size_t part = left < message->msg_iov[i].iov_len ? left : message->msg_iov[i].iov_len;
        memcpy(message->msg_iov[i].iov_base, at, part);
        at += part;
        left -= part;
    }
    free(whole);
    message->msg_namelen = message->msg_name ? size : 0;
    rights_tell(message, &rights);
    return n;
}

/* ---- waiting for several ---- */

int select(int n, fd_set *restrict readable, fd_set *restrict writable, fd_set *restrict failed,
           struct timeval *restrict timeout)
{
    struct pollfd fds[FD_SETSIZE];
    int count = 0, ready = 0;
    for (int fd = 0; fd < n && fd < FD_SETSIZE; fd++) {
        short events = (short)((readable && FD_ISSET(fd, readable) ? POLLIN : 0) |
                               (writable && FD_ISSET(fd, writable) ? POLLOUT : 0) |
                               (failed && FD_ISSET(fd, failed) ? POLLPRI : 0));
        if (events)
            fds[count++] = (struct pollfd){.fd = fd, .events = events};
    }
    double ms = timeout ? (double)timeout->tv_sec * 1000 + (double)timeout->tv_usec / 1000 : -1;
    int result = poll(fds, (nfds_t)count, ms < 0 ? -1 : ms > 2147483647 ? 2147483647 : (int)(ms + 0.999));
    if (result < 0)
        return result;
    if (readable)
        FD_ZERO(readable);
    if (writable)
        FD_ZERO(writable);
    if (failed)
        FD_ZERO(failed);
    for (int i = 0; i < count; i++) {
        if (fds[i].revents & POLLNVAL)
            return done(-EBADF);
        if (fds[i].events & POLLIN && fds[i].revents & (POLLIN | POLLHUP | POLLERR)) {
            FD_SET(fds[i].fd, readable);
            ready++;
        }
        if (fds[i].events & POLLOUT && fds[i].revents & (POLLOUT | POLLERR)) {
            FD_SET(fds[i].fd, writable);
            ready++;
        }
    }
    return ready;
}

/* ---- names of hosts and services ---- */

static const struct {
    const char *name;
    int port;
} services[] = {{"http", 80}, {"https", 443}, {"ftp", 21},   {"ssh", 22},  {"telnet", 23},
                {"smtp", 25}, {"domain", 53}, {"pop3", 110}, {"ntp", 123}, {"imap2", 143}};
#define SERVICE_COUNT (sizeof services / sizeof *services)

static int service_port(const char *name)
{
    for (size_t i = 0; i < SERVICE_COUNT; i++)
        if (strcmp(services[i].name, name) == 0)
            return services[i].port;
    return -1;
}

/* The address of a host: its family, or 0. */
static int resolve(const char *host, int flags, int family, struct in_addr *in, struct in6_addr *in6)
{
    if (family != AF_INET6) {
        if (!host) {
            in->s_addr = htonl(flags & AI_PASSIVE ? INADDR_ANY : INADDR_LOOPBACK);
            return AF_INET;
        }
        if (inet_aton(host, in))
            return AF_INET;
    }
    if (family != AF_INET) {
        if (!host) {
            *in6 = flags & AI_PASSIVE ? in6addr_any : in6addr_loopback;
            return AF_INET6;
        }
        if (inet_pton(AF_INET6, host, in6) == 1)
            return AF_INET6;
    }
    if (family == AF_INET6 && strcmp(host, "localhost") == 0) {
        *in6 = in6addr_loopback;
        return AF_INET6;
    }
    size_t length = strlen(host);
    if (family == AF_INET6 || flags & AI_NUMERICHOST || length == 0 || length > 253 ||
        strspn(host, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-_") != length)
        return 0;
    if (strcmp(host, "localhost") == 0 || strcmp(host, "browser") == 0) {
        in->s_addr = htonl(INADDR_LOOPBACK);
        return AF_INET;
    }
    int number = kernel_host_number(host);
    if (number < 0 || number > 0xffffff)
        return 0;
    in->s_addr = htonl(0xf0000000u | (uint32_t)number);
    return AF_INET;
}

typedef struct Found {
    struct addrinfo info;
    union {
        struct sockaddr_in in;
        struct sockaddr_in6 in6;
    } address;
    char name[256];
} Found;

int getaddrinfo(const char *restrict host, const char *restrict service, const struct addrinfo *restrict hints,
                struct addrinfo **restrict result)
{
    static const int kinds[][2] = {{SOCK_STREAM, IPPROTO_TCP}, {SOCK_DGRAM, IPPROTO_UDP}, {SOCK_RAW, 0}};
    int flags = hints ? hints->ai_flags : 0, family = hints ? hints->ai_family : AF_UNSPEC,
        type = hints ? hints->ai_socktype : 0, protocol = hints ? hints->ai_protocol : 0;
    if (!host && !service)
        return EAI_NONAME;
    if (family != AF_UNSPEC && family != AF_INET && family != AF_INET6)
        return EAI_FAMILY;
    int port = 0;
    if (service) {
        char *end;
        long number = strtol(service, &end, 10);
        port = *service && !*end ? (int)(number & 0xffff) : flags & AI_NUMERICSERV ? -1 : service_port(service);
        if (port < 0)
            return flags & AI_NUMERICSERV ? EAI_NONAME : EAI_SERVICE;
    }
    struct in_addr in;
    struct in6_addr in6;
    int found = resolve(host, flags, family, &in, &in6);
    if (!found)
        return EAI_NONAME;
    struct addrinfo *first = NULL, **last = &first;
    for (size_t i = 0; i < 3; i++) {
        if ((type && type != kinds[i][0]) || (protocol && kinds[i][1] && protocol != kinds[i][1]) ||
            (protocol && !type && !kinds[i][1]))
            continue;
        Found *f = calloc(1, sizeof *f);
        if (!f) {
            freeaddrinfo(first);
            return EAI_MEMORY;
        }
        f->info = (struct addrinfo){.ai_family = found,
                                    .ai_socktype = kinds[i][0],
                                    .ai_protocol = protocol ? protocol : kinds[i][1],
                                    .ai_addr = (struct sockaddr *)&f->address};
        if (found == AF_INET) {
            f->info.ai_addrlen = sizeof f->address.in;
            f->address.in =
                (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = in};
        } else {
            f->info.ai_addrlen = sizeof f->address.in6;
            f->address.in6 =
                (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port), .sin6_addr = in6};
        }
        if (flags & AI_CANONNAME && host && first == NULL) {
            strncpy(f->name, host, sizeof f->name - 1);
            f->info.ai_canonname = f->name;
        }
        *last = &f->info;
        last = &f->info.ai_next;
    }
    *result = first;
    return first ? 0 : EAI_SOCKTYPE;
}
void freeaddrinfo(struct addrinfo *list)
{
    while (list) {
        struct addrinfo *next = list->ai_next;
        free(list);
        list = next;
    }
}
const char *gai_strerror(int code)
{
    switch (code) {
    case EAI_BADFLAGS: return "Bad value for ai_flags";
    case EAI_NONAME: return "Name or service not known";
    case EAI_AGAIN: return "Temporary failure in name resolution";
    case EAI_FAMILY: return "ai_family not supported";
    case EAI_SOCKTYPE: return "ai_socktype not supported";
    case EAI_SERVICE: return "Servname not supported for ai_socktype";
    case EAI_MEMORY: return "Memory allocation failure";
    default: return "Unknown error";
    }
}
int getnameinfo(const struct sockaddr *restrict address, socklen_t size, char *restrict host, socklen_t host_size,
                char *restrict service, socklen_t service_size, int flags)
{
    const struct sockaddr_in *in = (const void *)address;
    const struct sockaddr_in6 *in6 = (const void *)address;
    int four = address->sa_family == AF_INET, port = ntohs(four ? in->sin_port : in6->sin6_port);
    if (!four && address->sa_family != AF_INET6)
        return EAI_FAMILY;
    if (host && host_size && four && !(flags & NI_NUMERICHOST) && ntohl(in->sin_addr.s_addr) == INADDR_LOOPBACK) {
        strncpy(host, "localhost", host_size);
    } else if (host && host_size) {
        if (flags & NI_NAMEREQD)
            return EAI_NONAME;
        if (!inet_ntop(address->sa_family, four ? (const void *)&in->sin_addr : (const void *)&in6->sin6_addr, host,
                       host_size))
            return EAI_OVERFLOW;
    }
    if (service && service_size) {
        const char *name = NULL;
        for (size_t i = 0; i < SERVICE_COUNT && !(flags & NI_NUMERICSERV); i++)
            name = services[i].port == port ? services[i].name : name;
        if (name)
            strncpy(service, name, service_size);
        else {
            char digits[8];
            int n = 0, k = 0;
            do
                digits[n++] = (char)('0' + port % 10);
            while ((port /= 10) > 0);
            if ((socklen_t)n + 1 > service_size)
                return EAI_OVERFLOW;
            while (n > 0)
                service[k++] = digits[--n];
            service[k] = 0;
        }
    }
    return 0;
}

/* A host with one IPv4 address, laid out in the caller's buffer. */
typedef struct Host {
    char *aliases[1], *addresses[2];
    struct in_addr address;
    char name[256];
} Host;
static int fill_host(const char *name, struct in_addr address, struct hostent *h, char *buffer, size_t size,
                     struct hostent **result)
{
    Host *host = (Host *)(((uintptr_t)buffer + 7) & ~(uintptr_t)7);
    if (size < sizeof *host + 8 || strlen(name) >= sizeof host->name)
        return ERANGE;
    *host = (Host){.address = address};
    strcpy(host->name, name);
    host->addresses[0] = (char *)&host->address;
    *h = (struct hostent){.h_name = host->name,
                          .h_aliases = host->aliases,
                          .h_addrtype = AF_INET,
                          .h_length = 4,
                          .h_addr_list = host->addresses};
    *result = h;
    return 0;
}
int gethostbyname_r(const char *name, struct hostent *h, char *buffer, size_t size, struct hostent **result, int *error)
{
    struct in_addr in;
    struct in6_addr in6;
    *result = NULL;
    *error = HOST_NOT_FOUND;
    return resolve(name, 0, AF_INET, &in, &in6) ? fill_host(name, in, h, buffer, size, result) : 0;
}
int gethostbyaddr_r(const void *address, socklen_t length, int family, struct hostent *h, char *buffer, size_t size,
                    struct hostent **result, int *error)
{
    struct in_addr in;
    *result = NULL;
    *error = HOST_NOT_FOUND;
    if (family != AF_INET || length != sizeof in)
        return 0;
    memcpy(&in, address, sizeof in);
    return ntohl(in.s_addr) == INADDR_LOOPBACK ? fill_host("localhost", in, h, buffer, size, result) : 0;
}
const char *hstrerror(int code) { return code == HOST_NOT_FOUND ? "Unknown host" : "Resolver error"; }

int getservbyname_r(const char *name, const char *protocol, struct servent *s, char *buffer, size_t size,
                    struct servent **result)
{
    static char *none[1];
    int port = service_port(name);
    *result = NULL;
    if (port < 0 || (protocol && strcmp(protocol, "tcp") != 0))
        return 0;
    *s = (struct servent){
        .s_name = (char *)name, .s_aliases = none, .s_port = htons((uint16_t)port), .s_proto = (char *)"tcp"};
    *result = s;
    return 0;
}
int getservbyport_r(int port, const char *protocol, struct servent *s, char *buffer, size_t size,
                    struct servent **result)
{
    static char *none[1];
    *result = NULL;
    for (size_t i = 0; i < SERVICE_COUNT; i++) {
        if (htons((uint16_t)services[i].port) == port && (!protocol || strcmp(protocol, "tcp") == 0)) {
            *s = (struct servent){
                .s_name = (char *)services[i].name, .s_aliases = none, .s_port = port, .s_proto = (char *)"tcp"};
            *result = s;
        }
    }
    return 0;
}
int getprotobyname_r(const char *name, struct protoent *p, char *buffer, size_t size, struct protoent **result)
{
    static const struct {
        const char *name;
        int number;
    } protocols[] = {{"ip", 0}, {"icmp", 1}, {"tcp", 6}, {"udp", 17}, {"ipv6", 41}, {"ipv6-icmp", 58}};
    static char *none[1];
    *result = NULL;
    for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++) {
        if (strcmp(protocols[i].name, name) == 0) {
            *p = (struct protoent){
                .p_name = (char *)protocols[i].name, .p_aliases = none, .p_proto = protocols[i].number};
            *result = p;
        }
    }
    return 0;
}

/* ---- interfaces: the loopback one ---- */

struct if_nameindex *if_nameindex(void)
{
    struct if_nameindex *all = calloc(2, sizeof *all);
    if (all)
        all[0] = (struct if_nameindex){1, (char *)"lo"};
    return all;
}
void if_freenameindex(struct if_nameindex *all) { free(all); }
unsigned if_nametoindex(const char *name)
{
    if (strcmp(name, "lo") == 0)
        return 1;
    errno = ENODEV;
    return 0;
}
char *if_indextoname(unsigned index, char *name)
{
    if (index == 1)
        return strcpy(name, "lo");
    errno = ENXIO;
    return NULL;
}
int sethostname(const char *name, size_t size) { return done(-EPERM); }

/* mod__socket_transfer.c: what was sent is taken by the other side, or it is known that it cannot be. */
int socket_settle(int fd, int64_t timeout)
{
    return done(kernel_settle(fd, timeout < 0 ? -1 : (double)timeout / 1e6, os_wasm_is_main()));
}
