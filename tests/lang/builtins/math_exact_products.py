# hypot(), dist() and sumprod() to the last bit, over all magnitudes.
import math
import random
import zlib

random.seed(5)
POWERS = [0, 1, 10, -30, 100, -200, 300, -440, -450, 490, 499, 500, -600]
SPECIAL = [0.0, -0.0, 1e308, 5e-324, 1.0, 2**53 - 1.0]


def number():
    kind = random.random()
    if kind < 0.2:
        return float(random.randrange(-10**6, 10**6))
    if kind < 0.9:
        return random.uniform(-1, 1) * 2.0**random.choice(POWERS)
    return random.choice(SPECIAL)


def sumprod(a, b):
    try:
        return math.sumprod(a, b)
    except OverflowError as error:
        return str(error)


told = 0
for i in range(4000):
    n = random.randrange(1, 6)
    a, b = [number() for _ in range(n)], [number() for _ in range(n)]
    results = repr((sumprod(a, b), math.hypot(*a), math.dist(a, b)))
    told = zlib.crc32(results.encode(), told)
    if i % 500 == 0:
        print(results)
print(told)
