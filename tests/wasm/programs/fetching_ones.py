# Fetches each address of argv, three at a time; prints address and size as they come.
import concurrent.futures, sys, urllib.request


def fetch(url):
    with urllib.request.urlopen(url, timeout=30) as response:
        return url, len(response.read())


with concurrent.futures.ThreadPoolExecutor(max_workers=3) as executor:
    futures = [executor.submit(fetch, url) for url in sys.argv[1:]]
    for future in concurrent.futures.as_completed(futures):
        print(*future.result())
