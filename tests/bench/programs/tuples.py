"""Tuples and unpacking: swaps, several results, star targets, comparison, named tuples."""
from collections import namedtuple

Pixel = namedtuple("Pixel", "x y colour")

def minmax(a, b):
    return (a, b) if a < b else (b, a)

def run(n):
    total, last = 0, (0, 0)
    for i in range(n):
        low, high = minmax(i % 17, i % 13)
        low, high = high, low
        first, *rest, end = (low, high, i, i + 1)
        total += first + end + len(rest)
        here = (i % 5, i % 7)
        if here > last:
            total += 1
        last = here
        p = Pixel(i, low, "red")
        total += p.x - p.y
        (a, b), c = here, p.colour
        total += a * b + len(c)
    return total

print(run(300_000))
