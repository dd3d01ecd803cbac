"""Queues between threads: everything put is got once, in order."""

import queue
import threading
import time
from harness import SECONDS, check, done


def pipeline(make, ordered, producers=2, consumers=2, seconds=SECONDS / 6):
    q = make()
    put = [0] * producers
    got = [[] for _ in range(consumers)]
    end = time.monotonic() + seconds

    def produce(n):
        while time.monotonic() < end:
            for _ in range(20):
                q.put((put[n], n))
                put[n] += 1

    def consume(n):
        while (item := q.get()) != (float('inf'), 0):
            got[n].append(item)
            if hasattr(q, 'task_done'):
                q.task_done()

    threads = [threading.Thread(target=produce, args=(i,)) for i in range(producers)]
    takers = [threading.Thread(target=consume, args=(i,)) for i in range(consumers)]
    for t in threads + takers:
        t.start()
    for t in threads:
        t.join()
    while q.qsize():
        time.sleep(0.001)
    for _ in takers:
        q.put((float('inf'), 0))
    for t in takers:
        t.join()
    everything = sorted(item for mine in got for item in mine)
    check(everything == sorted((i, n) for n in range(producers) for i in range(put[n])), make, len(everything), put)
    if ordered:
        for mine in got:
            for n in range(producers):
                numbers = [i for i, p in mine if p == n]
                check(numbers == sorted(numbers))


for make, ordered in [(queue.Queue, True), (lambda: queue.Queue(5), True), (queue.SimpleQueue, True), (queue.LifoQueue, False), (queue.PriorityQueue, False)]:
    pipeline(make, ordered)

# Time-outs, join and shutdown.
q = queue.Queue()
start = time.monotonic()
try:
    q.get(timeout=0.05)
    check(False)
except queue.Empty:
    check(time.monotonic() - start >= 0.045)
end = time.monotonic() + SECONDS / 6
while time.monotonic() < end:
    q = queue.Queue(2)
    results = []

    def use():
        try:
            while True:
                results.append(q.get())
                q.task_done()
        except queue.ShutDown:
            results.append('down')

    threads = [threading.Thread(target=use) for _ in range(3)]
    for t in threads:
        t.start()
    for i in range(10):
        q.put(i)
    q.join()
    q.shutdown()
    for t in threads:
        t.join()
    check(sorted(map(str, results)) == sorted(map(str, [*range(10), 'down', 'down', 'down'])), results)
    simple = queue.SimpleQueue()
    waiting = [threading.Thread(target=lambda: results.append(simple.get(timeout=60))) for _ in range(3)]
    for t in waiting:
        t.start()
    for i in range(3):
        simple.put(i)
    for t in waiting:
        t.join()
    check(simple.empty())
done()
