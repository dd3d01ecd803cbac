# Sockets on the loopback interface: streams, datagrams, UNIX sockets, timeouts, ancillary data, errors.
import os, select, signal, socket, threading

a, b = socket.socketpair()
print(a.family, a.type, a.proto, a.gettimeout(), a.getblocking())
a.sendall(b"hello")
print(b.recv(2), b.recv(100))
buffer = bytearray(8)
a.send(b"0123456789")
print(b.recv_into(buffer, 4), b.recvfrom_into(buffer)[0], buffer)
for call in (lambda: b.recv(-1), lambda: b.recv_into(bytearray(2), 3), lambda: a.sendto(b"x"), lambda: b.settimeout(-1),
             lambda: a.setsockopt(1, 2, None), lambda: socket.inet_aton("nonsense"), lambda: socket.inet_ntoa(b"123"),
             lambda: socket.htons(70000), lambda: socket.htonl(-1), lambda: socket.socket(fileno=-1),
             lambda: socket.socket(fileno=1.5), lambda: socket.getaddrinfo(1, 2), lambda: socket.CMSG_LEN(-1)):
    try:
        print(call())
    except Exception as e:
        print(type(e).__name__, e)

b.settimeout(0.02)
try:
    b.recv(1)
except TimeoutError as e:
    print(repr(e), b.timeout)
b.setblocking(False)
try:
    b.recv(1)
except BlockingIOError as e:
    print(e.errno == 11, b.gettimeout())
b.setblocking(True)

r, w = os.pipe()
socket.send_fds(a, [b"fd"], [w])
data, fds, flags, address = socket.recv_fds(b, 10, 1)
os.write(fds[0], b"through")
print(data, len(fds), flags, os.read(r, 10))
print(a.sendmsg([b"one ", memoryview(b"two")]), b.recvmsg_into([bytearray(3), bytearray(10)])[0])
for fd in (r, w, fds[0]):
    os.close(fd)

with socket.create_server(("127.0.0.1", 0)) as server:
    def serve():
        connection, peer = server.accept()
        with connection, connection.makefile("rwb") as f:
            for line in f:
                f.write(line.upper())
                f.flush()
    thread = threading.Thread(target=serve)
    thread.start()
    with socket.create_connection(server.getsockname(), timeout=5) as client:
        print(client.getpeername() == server.getsockname())
        client.sendall(b"first\nsecond\n")
        client.shutdown(socket.SHUT_WR)
        print(client.makefile("rb").read())
    thread.join()

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as u:
    u.bind(("127.0.0.1", 0))
    u.sendto(b"datagram", u.getsockname())
    print(u.recvfrom(100)[0], u.recv.__name__)
try:
    socket.socket().connect(("127.0.0.1", 99999))
except OverflowError as e:
    print(e)
try:
    a.bind(1)
except TypeError as e:
    print(e)

# A signal interrupts a wait, which goes on after the handler, or ends with what the handler raises.
signal.signal(signal.SIGALRM, lambda *args: a.send(b"late"))
signal.setitimer(signal.ITIMER_REAL, 0.02)
print(b.recv(10))
def fail(*args):
    raise KeyError("stop")
signal.signal(signal.SIGALRM, fail)
for wait in (lambda: b.recv(1), lambda: select.select([b], [], []), lambda: select.poll().poll(), lambda: b.accept()):
    signal.setitimer(signal.ITIMER_REAL, 0.02)
    try:
        wait()
    except KeyError as e:
        print("stopped by", e)
    except OSError as e:
        signal.setitimer(signal.ITIMER_REAL, 0)
        print(type(e).__name__)

# select() while fileno() shortens the list.
class Shrinking:
    def __init__(self, items):
        self.items = items
    def fileno(self):
        self.items.pop()
        return a.fileno()
items = []
items += [Shrinking(items) for i in range(10)]
print(len(select.select([], items, [], 0)[1]))
p = select.poll()
p.register(a, select.POLLOUT)
for mask in (-1, 1 << 64):
    try:
        p.register(a, mask)
    except (ValueError, OverflowError) as e:
        print(type(e).__name__)
print([event for fd, event in p.poll(0)])

a.close()
print(b.recv(1), a.fileno(), a)
b.close()
try:
    b.recv(1)
except OSError as e:
    print(e)
