"""Sockets and waits that only Linux has."""
import os
import select
import socket

a, b = socket.socketpair()
with socket.socket(socket.AF_UNIX) as u:
    u.bind(b"\0baton-%d" % os.getpid())
    print(u.getsockname()[:7])
with select.epoll(sizehint=1) as e:
    e.register(a, select.EPOLLOUT)
    print(e.poll(1, 5) == [(a.fileno(), select.EPOLLOUT)], e.closed)
print(e.closed)
a.close()
b.close()
