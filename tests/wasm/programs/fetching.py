# urllib.request and http.client over fetch: argv: address of the open server, of a dead one.
import concurrent.futures, http.client, json, sys, time, urllib.error, urllib.parse, urllib.request

base, dead = sys.argv[1:3]
with urllib.request.urlopen(base + "/hello", timeout=20) as response:
    print(response.status, response.reason, response.read(), response.headers["content-type"], response.url == base + "/hello")
for path in ("/status/404", "/status/503"):
    try:
        urllib.request.urlopen(base + path)
    except urllib.error.HTTPError as e:
        print(e.code, e.read())
with urllib.request.urlopen(base + "/redirect/hello") as response:
    print(response.url == base + "/hello", response.read())
request = urllib.request.Request(base + "/echo?a=1", data=urllib.parse.urlencode({"k": "v w"}).encode(), headers={"X-Mark": "here"})
with urllib.request.urlopen(request) as response:
    print(response.headers["X-Seen"], sorted(json.load(response).items()))
request = urllib.request.Request(base + "/echo", data=b"\x00" * 300_000, method="PUT", headers={"Content-Type": "x/y"})
with urllib.request.urlopen(request) as response:
    echo = json.load(response)
    print(echo["method"], echo["size"], echo["type"])
print(urllib.request.urlopen(base + "/gzip").read() == b"unpacked\n" * 1000)
print(len(urllib.request.urlopen(base + "/bytes/3000000").read()))
with urllib.request.urlopen(base + "/chunks") as response:
    print(list(response))

client = http.client.HTTPConnection(base.removeprefix("http://"), timeout=20)
for method, path in (("GET", "/hello"), ("HEAD", "/hello"), ("GET", "/redirect/hello"), ("DELETE", "/echo")):
    client.request(method, path)
    response = client.getresponse()
    body = response.read()
    print(method, response.status, response.reason, response.version, len(body))
client.request("POST", "/echo", body=iter([b"a" * 10, b"b" * 20]), encode_chunked=True, headers={"Transfer-Encoding": "chunked"})
print(json.load(client.getresponse())["size"])
client.close()

try:
    urllib.request.urlopen(dead + "/")
except urllib.error.URLError as e:
    print(type(e.reason).__name__, e.reason.errno)
try:
    urllib.request.urlopen(base + "/delay/20", timeout=0.3)
except TimeoutError as e:
    print("timed out", e)
try:
    urllib.request.urlopen(base + "/loop")
except OSError as e:
    print("too many redirects", isinstance(e, urllib.error.URLError))
try:
    print(len(urllib.request.urlopen(base + "/cut").read()))
except (OSError, http.client.IncompleteRead) as e:
    print("cut off")

begun = time.monotonic()
with concurrent.futures.ThreadPoolExecutor(6) as pool:
    answers = list(pool.map(lambda i: urllib.request.urlopen(f"{base}/delay/1?{i}").read(), range(6)))
print(answers == [b"after 1\n"] * 6, time.monotonic() - begun < 5)
