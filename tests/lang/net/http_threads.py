# A threading HTTP server and clients in threads: eight requests are under way at the same time.
import concurrent.futures, http.client, http.server, threading, urllib.error, urllib.request


together = threading.Barrier(8, timeout=20)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/none":
            self.send_error(404)
            return
        if len(self.path) > 2:
            together.wait()
        body = b"x" * int(self.path[1:])
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.end_headers()
        self.wfile.write(body[::-1])

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = "http://127.0.0.1:%d" % server.server_address[1]


def fetch(n):
    with urllib.request.urlopen(f"{base}/{n}", timeout=10) as response:
        return n, response.status, len(response.read())


with concurrent.futures.ThreadPoolExecutor(8) as pool:
    print(list(pool.map(fetch, range(10000, 90000, 10000))))
print("broken", together.broken)
print(urllib.request.urlopen(base + "/", data=b"abc").read())
try:
    urllib.request.urlopen(base + "/none")
except urllib.error.HTTPError as e:
    print(e, e.code)
    e.close()
connection = http.client.HTTPConnection(*server.server_address)
connection.request("GET", "/5")
response = connection.getresponse()
print(response.status, response.read(), response.getheader("content-length"))
connection.close()
server.shutdown()
server.server_close()
