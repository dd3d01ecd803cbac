# An I/O-bound concurrent fetch. URLs may be given on the command line.
import concurrent.futures
import sys
import urllib.request

URLS = sys.argv[1:] or [
    "https://python.org",
    "https://docs.python.org",
    "https://pypi.org",
]


def fetch(url):
    with urllib.request.urlopen(url, timeout=10) as response:
        return url, len(response.read())


with concurrent.futures.ThreadPoolExecutor(max_workers=3) as executor:
    futures = {executor.submit(fetch, url): url for url in URLS}
    for future in concurrent.futures.as_completed(futures):
        url, size = future.result()
        print(f"{url} — {size} bytes")
