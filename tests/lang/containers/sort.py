# Sorting: stability, keys, reverse, galloping shapes, errors in the middle, changes while sorting.
seed = 12345
def rnd(n):
    global seed
    seed = (seed * 1103515245 + 12345) % 2147483648
    return seed % n

def check(data, **kw):
    s = sorted(data, **kw)
    key = kw.get("key", lambda x: x)
    order = [(key(x), i) for i, x in enumerate(data)]
    # compare with an insertion into buckets: stable by construction
    expected = []
    keys = sorted(set(k for k, _ in order), reverse=kw.get("reverse", False))
    buckets = {k: [] for k in keys}
    for x in data: buckets[key(x)].append(x)
    for k in keys: expected += buckets[k]
    assert len(s) == len(data) and all(a is b or a == b for a, b in zip(s, expected)), (data, s)

for n in (0, 1, 2, 3, 10, 31, 32, 33, 63, 64, 65, 100, 500, 1000, 3000):
    base = [rnd(n + 1) for _ in range(n)]
    shapes = [base, sorted(base), sorted(base)[::-1], [x // 10 for x in base], sorted(base[: n // 2]) + sorted(base[n // 2 :]),
              list(range(n // 2)) + list(range(n // 2)), [1] * n, [n - i for i in range(n)] + base[:3], sorted(base) + [0],
              [i ^ 1 for i in range(n)], list(range(n))[::2] + list(range(n))[1::2]]
    for shape in shapes:
        for conv in (int, float, str, lambda x: (x, 1), lambda x: (str(x % 7), x), lambda x: 2**60 + x):
            data = [conv(x) for x in shape]
            check(data); check(data, reverse=True); check(data, key=lambda x: hash(x) % 5 if not isinstance(x, str) else len(x))
print("shapes ok")
print(sorted([3, 1.5, 2, True, 10**20, -1]), sorted("hello"), sorted({"b": 1, "a": 2}), sorted([(1, "b"), (1, "a"), (0, "z")]))
print(sorted(["b", "a", "Z", "é", "ß", "\U0001F600", "\u20ac"]), sorted([[2], [1, 5], []]), sorted([(2,), (), (1, 2)]))
l = [3, 1, 2]; print(l.sort(), l, l.sort(key=lambda x: -x), l, l.sort(key=None, reverse=1), l)

def error(f):
    try: f()
    except Exception as e: print(type(e).__name__, e)
class Bad(Exception): pass
calls = 0
class C:
    def __init__(self, v): self.v = v
    def __lt__(self, other):
        global calls
        calls += 1
        if calls > 60: raise Bad("enough")
        return self.v < other.v
l = [C(rnd(100)) for _ in range(50)]; before = set(map(id, l))
error(l.sort); print(len(l), set(map(id, l)) == before)
def key(x):
    if x == 7: raise Bad("key")
    return x
l = list(range(10)); error(lambda: l.sort(key=key)); print(l)
class M(int):
    def __lt__(self, other):
        l.append(1)
        return int.__lt__(self, other)
l = [M(3), M(1), M(2)]; error(lambda: l.sort()); print(l)
l = [5, 4, 3]
def watch(x):
    print(l, end=" ")
    return x
l.sort(key=watch); print(l)
error(lambda: [1, None].sort()); error(lambda: sorted(5)); error(lambda: [].sort(key=1, foo=2))
class R:
    def __init__(self, v): self.v = v
    def __gt__(self, other): return self.v > other.v
    def __repr__(self): return f"R{self.v}"
print(sorted([R(2), R(1)]))
nan = float("nan"); print(len(sorted([1.0, nan, 0.0])))
