"""Objects that all threads use at once are counted by each thread apart (with the lock off): they live as long as somebody has them, and no longer than until the next
collection."""

import gc
import sys
import time
import weakref
from harness import check, done, race


class Thing(list):
    pass


shared_list = list(range(10))
shared_dict = {i: i for i in range(10)}
counts = sys.getrefcount(shared_list), sys.getrefcount(shared_dict)


def use(number):
    for _ in range(100):
        for i in range(10):
            check(shared_list[i] == shared_dict[i])


race(use, copies=4, share=0.2)
gc.collect()
check((sys.getrefcount(shared_list), sys.getrefcount(shared_dict)) == counts)

# References are taken by one thread and given up by another.
passed = []
thing = Thing([1])


def give(number):
    for _ in range(50):
        passed.append(thing)
        check(thing[0] == 1)


def take(number):
    for _ in range(50):
        try:
            check(passed.pop() is not None)
        except IndexError:
            pass


def collect(number):
    gc.collect()


race(give, take, collect, share=0.2)
ended = []
weakref.finalize(thing, ended.append, 1)
passed.clear()
check(sys.getrefcount(thing) < 20)
del thing
gc.collect()
check(ended == [1])

# The object in use is replaced all the time.
current = Thing([0])
alive = []


def replace(number):
    global current
    fresh = Thing([number])
    alive.append(weakref.ref(fresh))
    current = fresh


def read(number):
    for _ in range(200):
        check(type(current[0]) is int)
        mine = current
        check(len(mine) == 1)


race(read, read, replace, share=0.4)
del replace, read, current
gc.collect()
check(all(ref() is None for ref in alive))

# The same in cycles.
current = Thing([0])
current.append(current)


def cycle(number):
    global current
    fresh = Thing([number])
    fresh.append(fresh)
    for _ in range(50):
        check(current[1][1] is not None)
    if number == 0:
        current = fresh
        gc.collect()


race(cycle, copies=4, share=0.2)
last = weakref.ref(current)
del cycle, current
gc.collect()
check(last() is None)

# When the threads have ended, no collection is needed.
gc.disable()
current = Thing([1])


def look(number):
    for _ in range(2000):
        check(current[0] == 1)


race(look, copies=4, share=0.2)
last = weakref.ref(current)
del current
end = time.monotonic() + 20
while last() is not None and time.monotonic() < end:  # the last one may still be on its way
    time.sleep(0.001)
check(last() is None)
done()
