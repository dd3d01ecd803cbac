"""sendfile() from a file's own position to a socket that takes less: what did not go out comes next."""
import os
import socket
import tempfile
import threading

a, b = socket.socketpair()
a.setblocking(False)
data = bytes(range(250)) * 2000
got = []


def receive():
    while part := b.recv(30_000):
        got.append(part)


with tempfile.TemporaryFile() as file:
    file.write(data)
    file.flush()
    os.lseek(file.fileno(), 0, os.SEEK_SET)
    sent, blocked = 0, False
    thread = threading.Thread(target=receive)
    while sent < len(data):
        try:
            sent += os.sendfile(a.fileno(), file.fileno(), None, len(data))
            assert os.lseek(file.fileno(), 0, os.SEEK_CUR) == sent
        except BlockingIOError:
            if not blocked:
                blocked = True
                thread.start()
a.close()
thread.join(20)
b.close()
print(sent, blocked, b"".join(got) == data)
