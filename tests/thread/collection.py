"""Cycle collections while threads make, change and drop cycles."""

import gc
import weakref
from harness import check, done, race

gc.set_threshold(200)
finalized = []
made = [0] * 12


class Node:
    def __init__(self, number):
        self.me = self
        self.links = []
        made[number] += 1

    def __del__(self):
        finalized.append(1)


def cycles(number):
    for _ in range(30):
        a, b = Node(number), Node(number)
        a.links.append(b)
        b.links.append(a)
        a.function = lambda: (a, b)


def structures(number):
    l = []
    l.append(l)
    d = {}
    d['d'] = d
    l.append(d)
    g = (x for x in [l, d])
    next(g)
    d['g'] = g
    try:
        raise ValueError
    except ValueError as e:
        d['e'] = e
        e.d = d

    class Local:
        link = d
    d['class'] = Local
    s = {Local}
    Local.s = s


graph = [[] for _ in range(50)]


def mutate(number):
    for i in range(50):
        graph[i].append(graph[(i * 7 + number) % 50])
        if len(graph[i]) > 10:
            graph[i].clear()
            graph[i] = [graph[(i + 1) % 50]]


def collect(number):
    check(gc.collect(number % 3) >= 0)


def inspect(number):
    objects = gc.get_objects()
    check(len(objects) > 100)
    del objects
    gc.get_referents(graph)
    gc.get_count(), gc.get_stats(), gc.is_tracked(graph)
    if number % 2:
        gc.get_referrers(graph[0])
    gc.freeze()
    gc.unfreeze()


race(cycles, structures, mutate, collect, copies=2, share=0.4)
race(cycles, mutate, inspect, copies=1, share=0.2)

# What containers refer to is listed while they grow and are emptied.
items, elements = [], set()


def empty(number):
    for i in range(40):
        items.append([i])
        elements.add(frozenset((i,)))
    items.clear()
    elements.clear()


def referents(number):
    check(all(type(x) in (list, frozenset) for x in gc.get_referents(items, elements)))


race(empty, referents, copies=2, share=0.2)
for _ in range(3):
    gc.collect()
check(len(finalized) == sum(made), len(finalized), made)

# Weak references into cycles are cleared before finalizers see them, and callbacks from outside run once.
called = []
watched = [0] * 4
keep = []


def watch(number):
    a = Node(0)
    keep.append(weakref.ref(a, called.append))
    watched[number] += 1


race(watch, collect, copies=2, share=0.2)
for _ in range(3):
    gc.collect()
check(len(called) == sum(watched), len(called), watched)
done()
