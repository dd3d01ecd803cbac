"""Order of items in heaps and bisection: numbers, texts, tuples, subclasses, what cannot be compared."""
import bisect, heapq, random

random.seed(4)
class Tup(tuple):
    def __lt__(self, other): return tuple.__gt__(self, other)
class Num(int):
    def __lt__(self, other): return int(self) > int(other)
NAN = float("nan")
kinds = (lambda: random.randrange(20), lambda: random.random(), lambda: random.choice("abc\xe9\u20ac") * random.randrange(3),
         lambda: (random.randrange(3), random.choice("abc"), random.random()), lambda: (random.choice(("a", "b")), None)[:random.randrange(3)],
         lambda: Tup((random.randrange(5),)), lambda: Num(random.randrange(9)), lambda: random.choice((1, 2.5, True, 2**70)),
         lambda: ((random.randrange(2), "x"), random.randrange(4)), lambda: random.choice((NAN, 1.0, 2.0)), lambda: random.choice((1, "a")))
for kind in kinds:
    for n in (1, 7, 60):
        items = [kind() for _ in range(n)]
        for work in (lambda: [heapq.heappop(h) for h in [list(items)] if not heapq.heapify(h) for _ in range(n)],
                     lambda: heapq.nsmallest(3, items), lambda: heapq.nlargest(3, items),
                     lambda: [bisect.bisect_left(sorted(items), x) for x in items[:9]],
                     lambda: [bisect.insort(s, items[0]) or s for s in [sorted(items)]], lambda: list(heapq.merge(sorted(items), sorted(items)))[:5]):
            try:
                print(repr(work())[:70].encode("ascii", "backslashreplace").decode())
            except TypeError as e:
                print("TypeError", e)
