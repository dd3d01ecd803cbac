"""Descriptors sent over UNIX sockets (SCM_RIGHTS): each comes with the bytes that it was sent with."""
import array
import multiprocessing
import os
import socket
import threading

a, b = socket.socketpair()
a.settimeout(20)
b.settimeout(20)


def ends(*fds):
    """Closes them, and says which were open."""
    for fd in fds:
        try:
            os.close(fd)
        except OSError as error:
            print("not open:", error.strerror)


def is_open(fd):
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


print("-- a pipe's ends")
reading, writing = os.pipe()
print(socket.send_fds(a, [b"two ", b"ends"], [reading, writing]))
ends(reading, writing)
data, fds, flags, address = socket.recv_fds(b, 100, 5)
print(data, len(fds), flags, address or None)
os.write(fds[1], b"through the one that came")
print(os.read(fds[0], 100))
ends(*fds)

print("-- an open file keeps its position")
with open("descriptors_sent.tmp", "wb+") as file:
    file.write(b"0123456789")
    file.seek(4)
    socket.send_fds(b, [b"f"], [file.fileno()])
data, fds, flags, address = socket.recv_fds(a, 1, 1)
print(data, os.read(fds[0], 3), os.lseek(fds[0], 0, os.SEEK_CUR), os.get_inheritable(fds[0]))
ends(*fds)
os.unlink("descriptors_sent.tmp")

print("-- bytes of two messages with descriptors are never taken together")
r1, w1 = os.pipe()
r2, w2 = os.pipe()
a.send(b"before.")
socket.send_fds(a, [b"first."], [w1])
a.send(b"between.")
socket.send_fds(a, [b"second."], [w2])
a.send(b"after.")
ends(w1, w2)
got = []
while b"".join(data for data, _ in got) != b"before.first.between.second.after.":
    data, fds, flags, address = socket.recv_fds(b, 1000, 3)
    got.append((data, fds))
with_fds = [(data, fds) for data, fds in got if fds]
print([data.split(b".")[0] if i else data[-6:] for i, (data, fds) in enumerate(with_fds)])
os.write(with_fds[0][1][0], b"1")
os.write(with_fds[1][1][0], b"2")
print(os.read(r1, 9), os.read(r2, 9))
ends(*with_fds[0][1], *with_fds[1][1])
print(os.read(r1, 9), os.read(r2, 9))
ends(r1, r2)

print("-- one byte at a time: they come with the first")
r, w = os.pipe()
socket.send_fds(a, [b"abc"], [w])
ends(w)
for _ in "abc":
    data, fds, flags, address = socket.recv_fds(b, 1, 1)
    print(data, len(fds))
    if fds:
        ends(*fds)
print(os.read(r, 9))
ends(r)

print("-- who does not ask closes them")
r, w = os.pipe()
socket.send_fds(a, [b"x"], [w])
ends(w)
print(b.recv(1), os.read(r, 9))
ends(r)

print("-- too little room")
pipes = [os.pipe() for _ in range(3)]
socket.send_fds(a, [b"x"], [w for _, w in pipes])
ends(*(w for _, w in pipes))
data, ancillary, flags, address = b.recvmsg(1, socket.CMSG_LEN(array.array("i").itemsize))
fds = array.array("i")
fds.frombytes(ancillary[0][2])
print(data, ancillary[0][:2] == (socket.SOL_SOCKET, socket.SCM_RIGHTS), len(fds), bool(flags & socket.MSG_CTRUNC))
print(os.read(pipes[1][0], 9), os.read(pipes[2][0], 9))
ends(*fds, *(r for r, _ in pipes))

print("-- nobody takes them")
r, w = os.pipe()
c, d = socket.socketpair()
socket.send_fds(c, [b"x"], [w])
ends(w)
c.close()
d.close()
print(os.read(r, 9))
ends(r)

print("-- what cannot be sent")
r, w = os.pipe()
ends(r)
for fds in ([r], [w, -1], [10**6]):
    try:
        socket.send_fds(a, [b"x"], fds)
    except OSError as error:
        print(error.strerror)
ends(w)
b.setblocking(False)
try:
    b.recv(1)
except BlockingIOError:
    print("nothing came")

print("-- datagrams")
e, f = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
f.bind("descriptors_sent.sock")
e.connect("descriptors_sent.sock")
r, w = os.pipe()
socket.send_fds(e, [b"datagram"], [w])
ends(w)
data, fds, flags, address = socket.recv_fds(f, 3, 1)
print(data, len(fds))
os.write(fds[0], b"through")
ends(*fds)
print(os.read(r, 9), os.read(r, 9))
ends(r)
os.unlink("descriptors_sent.sock")

print("-- connections of multiprocessing")
if __name__ == "__main__":
    there, here = multiprocessing.Pipe()
    queue = multiprocessing.get_context("spawn").SimpleQueue()
    one, two = multiprocessing.Pipe()
    thread = threading.Thread(target=queue.put, args=([one, "with text"],))
    thread.start()
    connection, text = queue.get()
    thread.join()
    one.close()
    connection.send(text)
    print(two.recv())
    connection.close()
    try:
        two.recv()
    except EOFError:
        print("closed")
    for s in a, b, e, f:
        s.close()
