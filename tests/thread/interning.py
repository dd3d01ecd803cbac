"""Strs that are made permanent names by one thread while others give up their last references to them."""

import sys

from harness import check, done, race

passed = []


class Thing:
    pass


def drop(number):
    for _ in range(300):
        try:
            s = passed.pop()
        except IndexError:
            continue
        del s


def name(number):
    strs = [f'k{number}_{i}' for i in range(300)]
    passed.extend(strs)
    strs.reverse()
    thing, kept = Thing(), []
    for i, s in enumerate(strs):
        if i % 2:
            s = sys.intern(s)
        else:
            setattr(thing, s, 1)
        kept.append((s,) * 8)
    del s
    thing = None
    passed.clear()
    strs = [t[0] for t in kept]
    kept = None
    check(strs == [f'k{number}_{i}' for i in range(299, -1, -1)])


race(drop, name, copies=2)
done()
