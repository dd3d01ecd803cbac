"""Threads end while what they made lives on, and what they shared dies elsewhere."""

import _thread
import gc
import threading
from harness import check, done, race

inherited = []
deaths, births = [], []  # appending is atomic, also in a __del__ that runs in the middle of another


class Thing:
    def __init__(self, n):
        self.n = n
        self.data = [n] * 10
        self.link = {'self': n}

    def __del__(self):
        deaths.append(1)


def child(number):
    mine = [Thing(i) for i in range(20)]
    births.extend([1] * 20)
    inherited.append(mine)
    local.x = mine
    local.y = Thing(0)
    births.append(1)


local = threading.local()


def spawn(number):
    threads = [threading.Thread(target=child, args=(number,)) for _ in range(3)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    while True:
        try:
            things = inherited.pop()
        except IndexError:
            break
        for i, thing in enumerate(things):
            check(thing.n == i and thing.data == [i] * 10 and thing.link['self'] == i)


race(spawn, copies=3, share=0.5)
inherited.clear()
gc.collect()
check(len(deaths) == len(births), len(deaths), len(births))

# Threads started and forgotten; exceptions and exits in them are nobody's business.
hooked = []
threading.excepthook = lambda args: hooked.append(args.exc_type)
finished = []


def ends(n):
    finished.append(n)
    if n % 3 == 1:
        raise SystemExit
    if n % 3 == 2:
        _thread.exit()


def forget(number):
    before = len(finished)
    for i in range(6):
        _thread.start_new_thread(ends, (i,))
    t = threading.Thread(target=lambda: 1 / 0)
    t.start()
    t.join()
    check(ZeroDivisionError in hooked)
    hooked.append(ZeroDivisionError)
    if len(hooked) > 100:
        del hooked[50:]
    while len(finished) < before + 1:
        pass


race(forget, copies=2, share=0.2)

# Objects passed from hand to hand through a chain of threads, each of which ends.
def relay(number):
    value = [Thing(0)]
    births.append(1)
    for i in range(4):
        result = []

        def step():
            result.append((value, [value[:]], Thing(i)))
        t = threading.Thread(target=step)
        t.start()
        t.join()
        births.append(1)
        value = [result, result[0][0]]


race(relay, copies=3, share=0.3)
gc.collect()
check(len(deaths) == len(births), len(deaths), len(births))
check(threading.active_count() == 1)
done()
