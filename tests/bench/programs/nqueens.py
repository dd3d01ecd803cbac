"""Queens that do not attack each other: by permutations in a generator, and by backtracking with bit masks."""

def permutations(items):
    if len(items) <= 1:
        yield tuple(items)
        return
    for i, first in enumerate(items):
        for rest in permutations(items[:i] + items[i + 1:]):
            yield (first,) + rest

def by_permutations(n):
    return sum(1 for p in permutations(list(range(n)))
               if len({c + i for i, c in enumerate(p)}) == n == len({c - i for i, c in enumerate(p)}))

def by_masks(n, columns=0, left=0, right=0):
    full = (1 << n) - 1
    if columns == full:
        return 1
    found, free = 0, full & ~(columns | left | right)
    while free:
        bit = free & -free
        free ^= bit
        found += by_masks(n, columns | bit, (left | bit) << 1, (right | bit) >> 1)
    return found

print(by_permutations(8))
print(by_masks(8))
print(by_masks(10))
