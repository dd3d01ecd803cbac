# CPU-bound work gains nothing from threads under the GIL.
import threading

COUNT = 50_000_000


def countdown(n):
    while n > 0:
        n -= 1


# Single-threaded
countdown(COUNT)

# Multi-threaded: no faster, often slower
t1 = threading.Thread(target=countdown, args=(COUNT // 2,))
t2 = threading.Thread(target=countdown, args=(COUNT // 2,))
t1.start()
t2.start()
t1.join()
t2.join()
