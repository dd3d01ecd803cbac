# The same countdown in two threads, without the lock: both run at the same time.
import sys
import threading
import time

COUNT = 60_000_000
ready = threading.Barrier(3)  # both threads begin together


def countdown(n):
    while n > 0:
        n -= 1


def half():
    ready.wait()
    countdown(COUNT // 2)


countdown(COUNT // 4)  # the browser optimises what it has run for a while
start = time.perf_counter()
countdown(COUNT)
alone = time.perf_counter() - start

threads = [threading.Thread(target=half, name=f"half {i}") for i in (1, 2)]
for thread in threads:
    thread.start()
ready.wait()
start = time.perf_counter()
for thread in threads:
    thread.join()
together = time.perf_counter() - start

print("The lock is", "on" if sys._is_gil_enabled() else "off")
print(f"One thread:  {alone:.2f}s")
print(f"Two threads: {together:.2f}s, {alone / together:.2f} times the speed")
