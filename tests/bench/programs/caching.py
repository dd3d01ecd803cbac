"""Memoised recursion: edit distance and partitions with lru_cache, a descriptor that caches."""
from functools import cached_property, lru_cache, reduce

@lru_cache(maxsize=None)
def partitions(n, largest):
    if n == 0:
        return 1
    return sum(partitions(n - k, min(k, n - k)) for k in range(1, largest + 1))

def distance(a, b):
    @lru_cache(maxsize=None)
    def go(i, j):
        if i == 0 or j == 0:
            return i + j
        if a[i - 1] == b[j - 1]:
            return go(i - 1, j - 1)
        return 1 + min(go(i - 1, j), go(i, j - 1), go(i - 1, j - 1))
    return go(len(a), len(b))

class Lazy:
    def __init__(self, n):
        self.n = n

    @cached_property
    def square(self):
        return self.n * self.n

@lru_cache(maxsize=128)
def half(n):
    return n // 2

print(partitions(150, 150))
print(distance("the quick brown fox jumps over it" * 2, "a lazy dog sleeps under the tree " * 2))
print(sum(lazy.square + lazy.square for lazy in map(Lazy, range(400_000))))
print(sum(half(i % 100) for i in range(900_000)))
print(reduce(lambda a, b: (a * 31 + b) % 65_521, range(400_000)))
