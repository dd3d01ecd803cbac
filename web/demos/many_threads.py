# Eight threads count together. Under the lock each gets its turn; the whole takes as long as one alone.
import threading
import time

THREADS = 8
COUNT = 32_000_000
ready = threading.Barrier(THREADS + 1)  # all begin together
done = []


def countdown(n):
    while n > 0:
        n -= 1


def count():
    ready.wait()
    countdown(COUNT // THREADS)
    done.append(threading.current_thread().name)


countdown(COUNT // 4)  # the browser optimises what it has run for a while
start = time.perf_counter()
countdown(COUNT)
alone = time.perf_counter() - start

threads = [threading.Thread(target=count, name=f"counter {i}") for i in range(THREADS)]
for thread in threads:
    thread.start()
ready.wait()
start = time.perf_counter()
for thread in threads:
    thread.join()
together = time.perf_counter() - start

print(f"One thread:    {alone:.2f}s")
print(f"{THREADS} threads:     {together:.2f}s")
print("Finished in this order:", ", ".join(name[-1] for name in done))
