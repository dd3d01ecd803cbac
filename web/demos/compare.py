# Runs workload.work one way and prints how long it took:  compare.py single|threads|processes WORKERS ROUNDS
import multiprocessing
import sys
import threading
import time

import workload


def measure(way, workers):
    start = time.perf_counter()
    if way == "single":
        workload.work(workload.SIZE)
        return time.perf_counter() - start
    make = threading.Thread if way == "threads" else multiprocessing.Process
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
