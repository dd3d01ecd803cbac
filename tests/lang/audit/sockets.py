# The events of sockets.
import encodings.idna, os, re, socket, sys

events, on = [], False


def plain(s):
    return re.sub(r"\b\d{4,}\b", "PORT", re.sub(r"fd=\d+", "fd=N", re.sub(r", [lr]addr=.*?\)", "", s)))


def hook(event, args):
    if on:
        events.append((event, args))


sys.addaudithook(hook)


def told(f, *args, quiet=False, **keywords):
    global on
    events.clear()
    on = True
    try:
        result = f(*args, **keywords)
        error = ''
    except BaseException as e:
        on = False
        error = '' if quiet else f'{type(e).__name__}: {e}'
        result = None
    on = False
    print(f.__name__, error)
    for event, args in events:
        print('   ', event, plain(repr(args)))
    sys.stdout.flush()
    return result


s = told(socket.socket)
told(s.bind, ('127.0.0.1', 0))
told(s.bind, 1)
told(s.listen)
c = told(socket.socket, socket.AF_INET, socket.SOCK_STREAM)
told(c.connect, s.getsockname())
a = told(s.accept)[0]
d = told(socket.socket, fileno=os.dup(c.fileno()))
for x in (a, c, d, s):
    x.close()
c = socket.socket()
told(c.connect_ex, ('127.0.0.1', 1))
c.close()
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
v = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
v.bind(('127.0.0.1', 0))
told(u.sendto, b'1', v.getsockname())
told(u.sendto, b'1', 0, v.getsockname())
told(u.sendmsg, [b'1'], [], 0, v.getsockname())
p, q = socket.socketpair()
told(p.sendmsg, [b'1'])
told(p.send, b'1')
told(p.sendall, b'1')
told(q.recv, 1)
for x in told(socket.socketpair):
    x.close()
told(socket.getaddrinfo, '127.0.0.1', 80)
told(socket.getaddrinfo, '127.0.0.1', 'http', 0, socket.SOCK_STREAM, quiet=True)
told(socket.getaddrinfo, None, 80)
told(socket.getaddrinfo, b'127.0.0.1', None)
told(socket.gethostbyname, '127.0.0.1')
told(socket.gethostbyname_ex, '127.0.0.1', quiet=True)
told(socket.gethostbyaddr, '127.0.0.1', quiet=True)
told(socket.gethostname)
told(socket.getnameinfo, ('127.0.0.1', 80), socket.NI_NUMERICHOST | socket.NI_NUMERICSERV)
told(socket.getservbyname, 'http', quiet=True)
told(socket.getservbyname, 'http', 'tcp', quiet=True)
told(socket.getservbyport, 80, quiet=True)
told(socket.getservbyport, 80, 'tcp', quiet=True)
told(socket.sethostname, 1)
told(u.setsockopt, socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
told(u.getsockname)
told(u.close)


def refuse(event, args):
    if on:
        raise PermissionError(event)


sys.addaudithook(refuse)
told(socket.socket)
told(v.bind, ('127.0.0.1', 0))
told(v.connect, ('127.0.0.1', 1))
told(socket.gethostname)
told(socket.getaddrinfo, '127.0.0.1', 80)
told(socket.sethostname, 'nono')
for x in (p, q, v):
    x.close()
