# Waiting needs no lock: threads and processes do it side by side.
import time

SIZE = 24


def work(n):
    for _ in range(n):
        time.sleep(0.05)
