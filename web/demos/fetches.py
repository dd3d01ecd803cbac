# Six requests, each answered after half a second: one after another, then all at once.
import concurrent.futures
import os
import time
import urllib.request

PAGE = os.environ["PAGE"]  # where this page comes from
URLS = [f"{PAGE}delay/0.5/20000?part={i}" for i in range(6)]


def fetch(url):
    with urllib.request.urlopen(url, timeout=10) as response:
        return len(response.read())


start = time.perf_counter()
for url in URLS:
    fetch(url)
one_by_one = time.perf_counter() - start
print(f"One after another: {one_by_one:.2f}s")

start = time.perf_counter()
with concurrent.futures.ThreadPoolExecutor(max_workers=6, thread_name_prefix="fetch") as pool:
    sizes = list(pool.map(fetch, URLS))
at_once = time.perf_counter() - start
print(f"Six at once:       {at_once:.2f}s, {sum(sizes)} bytes")
print(f"{one_by_one / at_once:.1f} times sooner")
