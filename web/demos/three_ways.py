# The same CPU-bound work three ways: one thread, two threads, two processes.
import threading
import multiprocessing
import time

COUNT = 20_000_000


def countdown(n):
    while n > 0:
        n -= 1


def run_single():
    start = time.perf_counter()
    countdown(COUNT)
    return time.perf_counter() - start


def run_threaded():
    start = time.perf_counter()
    t1 = threading.Thread(target=countdown, args=(COUNT // 2,))
    t2 = threading.Thread(target=countdown, args=(COUNT // 2,))
    t1.start(); t2.start()
    t1.join(); t2.join()
    return time.perf_counter() - start


def run_multiprocess():
    start = time.perf_counter()
    p1 = multiprocessing.Process(target=countdown, args=(COUNT // 2,))
    p2 = multiprocessing.Process(target=countdown, args=(COUNT // 2,))
    p1.start(); p2.start()
    p1.join(); p2.join()
    return time.perf_counter() - start


if __name__ == "__main__":
    print(f"Single-threaded: {run_single():.2f}s")
    print(f"Multi-threaded: {run_threaded():.2f}s")
    print(f"Multiprocessing: {run_multiprocess():.2f}s")
