"""Counting under locks is exact; what the language promises to be atomic is."""

import itertools
import threading
from harness import check, done, race

lock, rlock, semaphore, condition = threading.Lock(), threading.RLock(), threading.Semaphore(1), threading.Condition()
total = {'lock': 0, 'rlock': 0, 'semaphore': 0, 'condition': 0}
calls = [0] * 4
value = 0


class Box:
    n = 0


box = Box()


def count(number):
    global value
    for _ in range(20):
        with lock:
            value += 1
            total['lock'] += 1
            box.n += 1
        with rlock:
            with rlock:
                total['rlock'] += 1
        with semaphore:
            total['semaphore'] += 1
        with condition:
            total['condition'] += 1
        check(lock.acquire(timeout=60))
        lock.release()
        if rlock.acquire(blocking=False):
            rlock.release()
    calls[number] += 20


race(count, copies=4, share=0.6)
check(value == box.n == sum(calls) and set(total.values()) == {value}, value, box.n, total, calls)

numbers = itertools.count()
drawn = [[] for _ in range(4)]


def draw(number):
    mine = drawn[number]
    for _ in range(100):
        mine.append(next(numbers))


race(draw, copies=4, share=0.2)
check(sorted(n for mine in drawn for n in mine) == list(range(sum(map(len, drawn)))), 'itertools.count')

# Big integers, floats and strings are handed around as values.
big = 1 << 200
text = 'x'


def arithmetic(number):
    global big, text
    n = big
    check((n * n) // n == n and n - n == 0 and n % 7 >= 0 and int(str(n)) == n)
    big = (1 << 200) + number
    s = text = text[:50] + "ab"
    check(s.count("x") == 1 and hash(s) == hash(str(s)) and s.upper().lower() == s)


race(arithmetic, copies=4, share=0.2)
done()
