"""How work scales over two threads with the lock off: `baton -X gil=0 gil_off.py [RUNS]`.

Each task is done twice by one thread, then once each by two threads at a time; a row shows the second time divided by the first.  On two free
cores 0.5 is perfect.
"""
import sys
import threading
import time

SHARED_DICT = {i: i * 2 for i in range(100)}
SHARED_LIST = list(range(100))


def countdown():
    n = 4_000_000
    while n > 0:
        n -= 1


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def run_fib():
    fib(25)


class Account:
    def __init__(self):
        self.balance = 0

    def deposit(self, n):
        self.balance += n
        return self.balance


def own_objects():
    account = Account()
    for i in range(600_000):
        account.deposit(i)


def read_shared():
    total = 0
    for _ in range(6_000):
        for i in range(100):
            total += SHARED_DICT[i] + SHARED_LIST[i]


def build_own():
    for _ in range(600):
        items = []
        for i in range(500):
            items.append(i)
        table = {}
        for i in range(500):
            table[i] = items


def timed(threads, task, times):
    def work():
        for _ in range(times):
            task()
    begin = time.perf_counter()
    workers = [threading.Thread(target=work) for _ in range(threads)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()
    return time.perf_counter() - begin


def main(runs):
    for name, task in (("countdown", countdown), ("fib through a shared global", run_fib), ("methods of own objects", own_objects),
                       ("reads of a shared dict, list", read_shared), ("building own lists, dicts", build_own)):
        ratios = []
        for _ in range(runs):
            single = timed(1, task, 2)
            ratios.append(timed(2, task, 1) / single)
        print(f"{name:28} {sorted(ratios)[runs // 2]:20.2f}", flush=True)


main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
