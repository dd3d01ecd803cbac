"""Sets: random operations on ints, strings and objects that compare by value; the sorted to be shown."""
import random
random.seed(9)
class K:
    def __init__(s, v): s.v = v
    def __eq__(s, o): return isinstance(o, K) and s.v == o.v or s.v == o
    def __hash__(s): return hash(s.v)
    def __repr__(s): return f"K{s.v}"
def item(kind):
    i = random.choice((random.randrange(12), random.randrange(400), random.randrange(-5, 3)))
    return i if kind == 0 or kind == 2 and random.random() < .6 else str(i) if kind == 1 else random.choice((K(i), (i, 1), float(i), frozenset((i,)), True))
def make(kind, type_=set):
    return type_(item(kind) for _ in range(random.choice((0, 1, 3, 5, 8, 30, 300))))
def show(s, kind):
    return (type(s).__name__, len(s), sorted(s) if kind == 0 else sorted(map(str, s)) if kind == 1 else sorted(str(hash(x)) for x in s))
import hashlib
out = []
class Sub(set): pass
for r in range(500):
    kind = random.choice((0, 0, 1, 2))
    a, b = make(kind, random.choice((set, set, frozenset, Sub))), make(kind, random.choice((set, set, frozenset)))
    if random.random() < .1: b = a
    if isinstance(a, set):
        for _ in range(random.randrange(10)):
            a.discard(item(kind))
    for result in (a | b, a & b, a - b, a ^ b, a.union(list(b)), a.intersection(list(b) * 2), a.difference(tuple(b)), a.symmetric_difference(list(b) * 2), set(list(a)), frozenset(tuple(b)), a.union(b, a, [item(kind)])):
        out.append(show(result, kind))
    out.append((a <= b, a < b, a == b, a >= b, a.isdisjoint(b), a.issubset(list(b)), a.issuperset(list(b))))
    if isinstance(a, set):
        for name in ("update", "intersection_update", "difference_update", "symmetric_difference_update"):
            c = a.copy()
            getattr(c, name)(b)
            out.append(show(c, kind))
            getattr(c, name)(list(b))
            out.append(show(c, kind))
            for _ in range(3):
                c.add(item(kind)); c.discard(item(kind))
            out.append(show(c, kind))
for bad in ([1, [2]], ([1],), [{1}, {}]):
    for f in (set, frozenset, {1}.union, {1}.update, {1}.symmetric_difference):
        try: out.append(len(f(bad)))
        except TypeError as e: out.append(type(e).__name__)
class Shrink:
    def __init__(s, l): s.l = l
    def __hash__(s): s.l.clear(); return 5
l = [1, 2]; l.append(Shrink(l)); l += [3, 4, 5]
out.append(len(set(l)))
for i in range(0, len(out), 1000): print(i, hashlib.md5(repr(out[i:i + 1000]).encode()).hexdigest())
