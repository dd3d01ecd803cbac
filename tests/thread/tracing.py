"""tracemalloc while threads allocate, hand blocks to each other, and switch tracing on and off."""

import random
import threading
import tracemalloc

from harness import done, race

shared = [None] * 64


def allocate(number):
    for _ in range(200):
        shared[random.randrange(64)] = random.choice((lambda: bytes(random.randrange(3000)), lambda: [{} for _ in range(5)], lambda: 'x' * 40000,
                                                      lambda: {str(i): i for i in range(20)}))()


def switch(number):
    tracemalloc.start(random.choice((1, 3, 20)))
    if random.random() < 0.3:
        tracemalloc.clear_traces()
    tracemalloc.get_traced_memory()
    tracemalloc.get_object_traceback(shared[0])
    if random.random() < 0.5:
        tracemalloc.stop()


def look(number):
    try:
        tracemalloc.take_snapshot().statistics('lineno')
    except RuntimeError:
        pass  # it is off just now


race(allocate, switch, look)
tracemalloc.stop()
done()
