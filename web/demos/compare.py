# Runs workload.work one way and prints how long it took:  compare.py single|threads|processes WORKERS ROUNDS
import sys
import threading
import time

import workload


def measure(way, workers):
    if way == "single":
        start = time.perf_counter()
        workload.work(workload.SIZE)
        return time.perf_counter() - start
    if way == "threads":
        make = threading.Thread
    else:
        from multiprocessing import Process as make
    start = time.perf_counter()
    parts = [make(target=workload.work, args=(workload.SIZE // workers,)) for _ in range(workers)]
    for part in parts:
        part.start()
    for part in parts:
        part.join()
    if way == "processes" and any(part.exitcode for part in parts):
        sys.exit("a process failed")
    return time.perf_counter() - start


if __name__ == "__main__":
    for _ in range(int(sys.argv[3])):
        print(f"took {measure(sys.argv[1], int(sys.argv[2])):.6f}", flush=True)
