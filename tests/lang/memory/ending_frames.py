"""Destructors of a function's variables give its variables values: these die too, and nothing is left in the frame."""

import gc
import sys
import weakref

made = []


class Value:
    pass


class Giver:
    def __del__(self):
        value = Value()
        made.append(weakref.ref(value))
        sys._getframe(1).f_locals["x"] = value


class Nested:
    """Gives a value that gives another."""

    def __del__(self):
        sys._getframe(1).f_locals["x"] = Giver()


def function(giver):
    x = 1
    y = giver()


def generator(giver):
    x = 1
    y = giver()
    yield 1


class Made:
    def __init__(self, giver):
        x = 1
        y = giver()


def raises(giver):
    x = 1
    y = giver()
    raise ValueError


for giver in Giver, Nested:
    for _ in range(3):
        function(giver)
        Made(giver)
        for _ in generator(giver):
            pass
        g = generator(giver)
        next(g)
        g.close()
        try:
            raises(giver)
        except ValueError:
            pass
        list(map(function, [giver]))
for _ in range(3):
    x = g = None  # CPython's destructors see the caller's frame
gc.collect()
print([r() for r in made].count(None) == len(made), len(made) >= 36)
