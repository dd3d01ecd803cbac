"""Containers and tools of the library: deque, Counter, defaultdict, heapq, bisect, itertools."""
import bisect
import heapq
import itertools
from collections import Counter, OrderedDict, defaultdict, deque

def dijkstra(size):
    distance = {0: 0}
    queue = [(0, 0)]
    while queue:
        d, node = heapq.heappop(queue)
        if d > distance[node]:
            continue
        for step, cost in ((1, 4), (size, 3), (7, 9)):
            to = node + step
            if to < size * size and d + cost < distance.get(to, 1 << 30):
                distance[to] = d + cost
                heapq.heappush(queue, (d + cost, to))
    return sum(distance.values())

def ring(n):
    ring = deque(range(50))
    for _ in range(n):
        ring.rotate(3)
        ring.append(ring.popleft())
    return ring[0]

def group(n):
    groups = defaultdict(list)
    for i in range(n):
        groups[i % 31].append(i)
    counts = Counter(i % 17 for i in range(n))
    return len(groups[5]) + counts.most_common(1)[0][1]

def ordered(n):
    cache = OrderedDict()
    for i in range(n):
        cache[i % 300] = i
        cache.move_to_end(i % 300)
        if len(cache) > 200:
            cache.popitem(last=False)
    return len(cache)

def insort(n):
    items = []
    for i in range(n):
        bisect.insort(items, i * 7919 % 10007)
    return items[n // 2]

print(dijkstra(300))
print(ring(500_000))
print(group(300_000))
print(ordered(300_000))
print(insort(30_000))
print(sum(1 for p in itertools.permutations(range(8)) if p[0] < p[-1]))
print(sum(a * b for a, b in itertools.product(range(200), repeat=2)), len(list(itertools.chain.from_iterable([[1, 2]] * 20_000))))
print(sum(v for _, v in zip(range(60_000), itertools.accumulate(itertools.count()))))
