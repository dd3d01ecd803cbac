"""Sets: adding, membership, union, intersection, difference, frozen sets as keys."""

def unique(n):
    seen = set()
    for i in range(n):
        seen.add(i * i % 10007)
    return len(seen)

def algebra(rounds):
    a = set(range(0, 3000, 2))
    b = set(range(0, 3000, 3))
    total = 0
    for i in range(rounds):
        total += len(a | b) + len(a & b) - len(a - b) + len(a ^ b)
        a.discard(i * 2)
        b.add(i * 2)
    return total

def reach(n):
    graph = {i: {(i * 3 + 1) % n, (i * 5 + 2) % n} for i in range(n)}
    seen, frontier = set(), {0}
    while frontier:
        seen |= frontier
        frontier = {m for k in frontier for m in graph[k]} - seen
    return len(seen)

def keys(n):
    groups = {}
    for i in range(n):
        k = frozenset((i % 7, i % 5, i % 3))
        groups[k] = groups.get(k, 0) + 1
    return len(groups)

print(unique(600_000))
print(algebra(600))
print(reach(30_000))
print(keys(60_000))
