"""Conditions, events, barriers, semaphores and time-outs: nobody sleeps for ever and nobody gets through early."""

import threading
import time
from harness import SECONDS, check, done, race


class Buffer:
    def __init__(self):
        self.condition = threading.Condition()
        self.items = []

    def put(self, item):
        with self.condition:
            self.condition.wait_for(lambda: len(self.items) < 3)
            self.items.append(item)
            self.condition.notify_all()

    def get(self):
        with self.condition:
            while not self.items:
                self.condition.wait()
            item = self.items.pop(0)
            self.condition.notify_all()
            return item


def ping_pong(seconds):
    there, back = Buffer(), Buffer()

    def echo():
        while (item := there.get()) is not None:
            back.put(item)
    t = threading.Thread(target=echo)
    t.start()
    end, i = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        there.put(i)
        check(back.get() == i)
        i += 1
    there.put(None)
    t.join()


ping_pong(SECONDS / 6)

# Events hand a baton round a ring.
N = 4
events = [threading.Event() for _ in range(N)]
rounds = [0]
finish = [False]


def ring(n):
    while True:
        check(events[n].wait(60))
        events[n].clear()
        rounds[0] += 1
        over = finish[0]
        events[(n + 1) % N].set()
        if over:
            return


threads = [threading.Thread(target=ring, args=(i,)) for i in range(N)]
for t in threads:
    t.start()
events[0].set()
time.sleep(SECONDS / 6)
finish[0] = True
for t in threads:
    t.join()
check(rounds[0] > N)

# A barrier lets nobody through before all are there.
barrier = threading.Barrier(4)
phase = [0] * 4
stop = [False]


def step(n):
    while True:
        phase[n] += 1
        barrier.wait(60)
        check(len(set(phase)) == 1, phase)
        over = stop[0]
        barrier.wait(60)
        if over:
            return
        if n == 0 and time.monotonic() > end:
            pass


failures = []


def guarded(n):
    try:
        step(n)
    except BaseException as e:
        failures.append(e)
        barrier.abort()


end = time.monotonic() + SECONDS / 6
threads = [threading.Thread(target=guarded, args=(i,)) for i in range(4)]
for t in threads:
    t.start()
time.sleep(SECONDS / 6)
# All see the same answer: it changes only while they are between two waits of the first kind.
stop[0] = True
for t in threads:
    t.join(0.5)
barrier.abort()
for t in threads:
    t.join()
check(all(isinstance(e, threading.BrokenBarrierError) for e in failures), failures)

# Semaphores bound how many are inside.
semaphore = threading.BoundedSemaphore(2)
inside = [0]
guard = threading.Lock()


def enter(number):
    with semaphore:
        with guard:
            inside[0] += 1
            check(inside[0] <= 2)
        with guard:
            inside[0] -= 1


race(enter, copies=5, share=0.15)
try:
    semaphore.release()
    check(False)
except ValueError:
    pass

# Time-outs end, and not early.
lock = threading.Lock()
lock.acquire()


def timeouts(number):
    for wait in (0.001, 0.005):
        start = time.monotonic()
        check(not lock.acquire(timeout=wait))
        check(time.monotonic() - start >= wait * 0.9)
    start = time.monotonic()
    time.sleep(0.002)
    check(time.monotonic() - start >= 0.002)


race(timeouts, copies=4, share=0.15)


# A lock released by another thread wakes its taker.
def hand_over(number):
    mine = threading.Lock()
    mine.acquire()
    t = threading.Thread(target=mine.release)
    t.start()
    check(mine.acquire(timeout=60))
    t.join()
    r = threading.RLock()
    r.acquire()
    r.acquire()
    t = threading.Thread(target=lambda: check(not r.acquire(blocking=False)))
    t.start()
    t.join()
    r.release()
    r.release()
    try:
        r.release()
        check(False)
    except RuntimeError:
        pass


race(hand_over, copies=3, share=0.15)
done()
