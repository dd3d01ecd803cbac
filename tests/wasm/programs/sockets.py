# Sockets between the program's own threads, servers and clients, and what a web page refuses.
import errno, http.client, http.server, os, select, selectors, socket, socketserver, tempfile, threading, time, urllib.request

a, b = socket.socketpair()
print(a.family == socket.AF_UNIX, a.type == socket.SOCK_STREAM)
a.sendall(b"hello")
print(b.recv(3, socket.MSG_PEEK), b.recv(2), b.recv(100))
b.settimeout(0.02)
try:
    b.recv(1)
except TimeoutError as e:
    print(repr(e))
b.setblocking(False)
try:
    b.recv(1)
except BlockingIOError as e:
    print(e.errno == errno.EAGAIN)
print(select.select([b], [b], [], 0) == ([], [b], []))
os.write(a.fileno(), b"by descriptor")
print(select.select([b], [], [], 1) == ([b], [], []), os.read(b.fileno(), 100))
print(a.sendmsg([b"one ", b"two"]), b.recvmsg(100)[0])
a.shutdown(socket.SHUT_WR)
print(b.recv(1))
b.setblocking(True)
b.sendall(b"x" * 10)
b.close()
print(a.recv(100), a.recv(100))
try:
    a.send(b"x")
except OSError as e:
    print(type(e).__name__)
a.close()

sent, got = 5_000_000, 0
a, b = socket.socketpair()
thread = threading.Thread(target=lambda: (a.sendall(bytes(sent)), a.close()))
thread.start()
while piece := b.recv(1 << 16):
    got += len(piece)
print(got == sent)
thread.join()
b.close()

with socket.create_server(("127.0.0.1", 0)) as server:
    host, port = server.getsockname()
    print(host, 49152 <= port < 65536)
    client = socket.create_connection(("localhost", port), timeout=5)
    end, peer = server.accept()
    print(peer == client.getsockname(), client.getpeername() == (host, port))
    end.sendall(b"welcome\n")
    print(client.makefile().readline())
    end.close()
    client.close()
    try:
        other = socket.socket()
        other.bind(("127.0.0.1", port))
    except OSError as e:
        print(e.errno == errno.EADDRINUSE)
    other.close()
    waiting = threading.Thread(target=lambda: print(type(failing(server.accept)).__name__))
    def failing(fn):
        try:
            fn()
        except OSError as e:
            return e
    server.settimeout(0.05)
    waiting.start()
    waiting.join()

one, two = (socket.socket(type=socket.SOCK_DGRAM) for i in range(2))
one.bind(("127.0.0.1", 0))
two.sendto(b"datagram", one.getsockname())
data, sender = one.recvfrom(100)
print(data, sender == two.getsockname())
one.close()
two.close()

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "s")
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen()
    client = socket.socket(socket.AF_UNIX)
    client.connect(path)
    server.accept()[0].sendall(b"by path")
    print(client.recv(10), server.getsockname() == path)
    client.close()
    server.close()

for call in (lambda: socket.create_server(("10.1.2.3", 80)), lambda: socket.create_connection(("example.org", 25)).sendall(b"HELO me\r\n"),
             lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("example.org", 53)), lambda: socket.getaddrinfo("no such host", 80),
             lambda: socket.socket().recv(1)):
    try:
        print(call())
    except OSError as e:
        print(type(e).__name__, e)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        time.sleep(0.3)
        body = f"{self.path} by {threading.current_thread() is not threading.main_thread()}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args):
        pass


with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    results = []
    clients = [threading.Thread(target=lambda i=i: results.append(urllib.request.urlopen(f"{url}/{i}").read())) for i in range(4)]
    for c in clients: c.start()
    for c in clients: c.join()
    print(sorted(results))
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port)
    for i in range(2):
        connection.request("GET", "/kept")
        print(connection.getresponse().read())
    connection.close()
    server.shutdown()
    thread.join()
