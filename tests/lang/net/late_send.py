# What is sent to an end that has closed: over TCP the first data still go out.
import socket
import time

server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
peer, _ = server.accept()
client.close()
print(peer.recv(10))
print(peer.send(b"late"))
time.sleep(0.05)  # the answer comes
try:
    peer.send(b"later")
except OSError as e:
    print(type(e).__name__)
peer.close()
server.close()

a, b = socket.socketpair()
b.close()
try:
    a.send(b"x")
except OSError as e:
    print(type(e).__name__)
a.close()
