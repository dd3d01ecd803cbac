# Eight threads count together. Under the lock each gets its turn; the total takes as long as one alone.
import threading
import time

THREADS = 8
COUNT = 24_000_000
done = []


def countdown(n):
    while n > 0:
        n -= 1
    done.append(threading.current_thread().name)


start = time.perf_counter()
countdown(COUNT)
alone = time.perf_counter() - start
done.clear()

start = time.perf_counter()
threads = [
    threading.Thread(target=countdown, args=(COUNT // THREADS,), name=f"counter {i}")
    for i in range(THREADS)
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
together = time.perf_counter() - start

print(f"One thread:    {alone:.2f}s")
print(f"{THREADS} threads:     {together:.2f}s")
print("Finished in this order:", ", ".join(name[-1] for name in done))
