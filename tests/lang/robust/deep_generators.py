"""Generators that wait for each other, many deep: an exception is thrown into the outermost, it is closed, it is dropped."""

import sys

sys.setrecursionlimit(1_000_000)
sys.unraisablehook = lambda unraisable: None


def innermost():
    yield "value"


def wait(for_what):
    yield from for_what


def chain(n):
    g = innermost()
    for _ in range(n):
        g = wait(g)
    next(g)
    return g


for n in 400, 100_000:
    g = chain(n)
    try:
        g.throw(KeyError)
    except (KeyError, RecursionError) as e:
        print("thrown", n < 1000 and type(e).__name__)
    g = chain(n)
    try:
        g.close()
    except RecursionError as e:
        if n < 1000:
            print(e)
    print("closed", g.gi_frame)
    g = chain(n)
    del g
    print("dropped")
