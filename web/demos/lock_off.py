# The same countdown in two threads, without the lock: both run at the same time.
import sys
import threading
import time

COUNT = 40_000_000


def countdown(n):
    while n > 0:
        n -= 1


countdown(COUNT // 4)  # the browser optimises what it has run for a while
start = time.perf_counter()
countdown(COUNT)
alone = time.perf_counter() - start

start = time.perf_counter()
threads = [threading.Thread(target=countdown, args=(COUNT // 2,)) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
together = time.perf_counter() - start

print("The lock is", "on" if sys._is_gil_enabled() else "off")
print(f"One thread:  {alone:.2f}s")
print(f"Two threads: {together:.2f}s, {alone / together:.2f} times the speed")
