/* mod__socket.h: what the files of the module _socket share.
 *
 *   mod__socket.c            the module: functions about descriptors, byte order and interfaces; state and start-up
 *   mod__socket_constants.c  its numbers
 *   mod__socket_object.c     the type: life, connecting, options
 *   mod__socket_transfer.c   send and recv in all their forms
 *   mod__socket_message.c    sendmsg and recvmsg with ancillary data
 *   mod__socket_call.c       how every system call that may wait is made
 *   mod__socket_address.c    addresses from and to Python
 *   mod__socket_names.c      names of hosts, services and protocols
 *
 * Invariant of a socket: `fd` is set to -1 before the descriptor is closed, and every system call reads it afresh: a
 * socket closed by another thread fails with EBADF at the next attempt and never touches a descriptor that is not its
 * own any more.  No locks: what two threads may change is atomic. */
#ifndef BATON_LIB_MOD__SOCKET_H
#define BATON_LIB_MOD__SOCKET_H

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#ifdef __linux__
#include <linux/if_packet.h>
#include <linux/netlink.h>
#endif

#include "../memory/alloc.h"
#include "../object/bytes.h"
#include "../object/container.h"
#include "../object/module.h"
#include "../thread/gil.h"
#include "argument.h"

typedef struct Socket {
    Object head;
    _Atomic int fd;          /* -1: closed */
    int family, type, proto; /* type without SOCK_CLOEXEC and SOCK_NONBLOCK */
    _Atomic int64_t timeout; /* nanoseconds; -1: waits for ever, 0: never waits */
} Socket;

typedef struct SocketState {
    Type *socket;            /* owned */
    Type *gaierror, *herror; /* owned */
    _Atomic int64_t timeout; /* of new sockets */
} SocketState;

static inline SocketState *socket_state(Thread *t) { return t->interp->module_state[MODULE__socket]; }
static inline Socket *socket_of(Value v) { return (Socket *)value_object(v); }

typedef union SocketAddress {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    struct sockaddr_un un;
#ifdef __linux__
    struct sockaddr_nl nl;
    struct sockaddr_ll ll;
#endif
    struct sockaddr_storage storage;
} SocketAddress;

/* ---- mod__socket_call.c ---- */

/* A system call to be made on a socket: `run` makes one attempt, detached, and returns -1 with errno when it fails.
 * The other fields are arguments and results of the various calls. */
typedef struct SocketCall SocketCall;
struct SocketCall {
    ssize_t (*run)(int fd, SocketCall *call);
    bool writing;    /* wait until the socket can be written to, not read from */
    bool connecting; /* wait first, whatever the timeout */
    bool timed_out;  /* result: the timeout was over */
    int flags;
    ssize_t result;
    void *data;
    size_t length;
    SocketAddress *address;
    socklen_t address_length;
    struct msghdr *message;
};
/* Waits and calls as the timeout says (that of the socket: s->timeout): 0 done; an errno; -1: a signal handler raised. */
int socket_try(Thread *t, Socket *s, SocketCall *call, int64_t timeout);
/* The same, raising OSError or TimeoutError: 0 or -1. */
int socket_call(Thread *t, Socket *s, SocketCall *call, int64_t timeout);
static inline int64_t socket_timeout(const Socket *s) { return atomic_load(&s->timeout); }
/* A timeout argument: None is -1. 0 or -1. */
int socket_parse_timeout(Thread *t, Value v, int64_t *timeout);
/* In a web page what is sent goes out only when it is a whole request: socket_settle waits until its fate is known or the timeout (nanoseconds; below 0: none)
 * is over: 0, or -1 with errno.  Elsewhere there is nothing to wait for. */
#ifdef __linux__
#define SOCKET_SETTLES 0
static inline int socket_settle(int fd, int64_t timeout) { return 0; }
#else
#define SOCKET_SETTLES 1
int socket_settle(int fd, int64_t timeout);
#endif
/* Sets whether the kernel waits, to agree with a timeout: 0 or -1. */
int socket_apply_timeout(Thread *t, Socket *s, int64_t timeout);

/* ---- mod__socket_address.c ---- */

/* A Python address for a socket's family; `caller` is named in messages. 0 or -1. */
int socket_address_parse(Thread *t, const Socket *s, Value v, SocketAddress *address, socklen_t *length,
                         const char *caller);
/* The room that an address of the socket's family may need. */
socklen_t socket_address_room(const Socket *s);
/* An address as Python has it; None when the length is 0. */
MUST_CHECK Value socket_address_value(Thread *t, const SocketAddress *address, socklen_t length);
/* Looks a host name up (detached) for a family or AF_UNSPEC: the length of its address without port, or -1. */
int socket_resolve(Thread *t, const char *host, int family, SocketAddress *address);
/* The host of an IPv4 or IPv6 address, in figures. */
MUST_CHECK Value socket_host_value(Thread *t, const SocketAddress *address);
/* A host name argument as bytes in its coded form (IDNA), NUL-terminated: borrowed from *owner. NULL on error. */
const char *socket_host_argument(Thread *t, Value v, Value *owner);

/* ---- the rest ---- */

/* gaierror of getaddrinfo's code (or OSError from errno), herror of h_errno. */
Value socket_gai_error(Thread *t, int code);
Value socket_h_error(Thread *t, int code);
/* A socket over a descriptor, which is closed on error. */
MUST_CHECK Value socket_new(Thread *t, int fd, int family, int type, int proto);
extern const TypeSpec socket_spec;
extern const NativeDef *const socket_object_methods[],
    *const socket_transfer_methods[], *const socket_message_methods[], *const socket_message_functions[],
                                                                           *const socket_name_functions[];
int socket_add_constants(Thread *t, Value module);

#endif
