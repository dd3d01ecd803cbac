"""Sorting of many numbers, texts and tuples: order, stability, what has no common order."""
import random

random.seed(11)
NAN = float("nan")


class Name(str):
    def __lt__(self, other):
        return str(self) > str(other)


def text(length, letters):
    return "".join(random.choice(letters) for _ in range(random.randrange(length)))


def ordered(items):
    return all(not (b < a) for a, b in zip(items, items[1:]))


def check(name, items):
    for reverse in (False, True):
        result = sorted(items, reverse=reverse)
        assert ordered(result[::-1] if reverse else result), name
        assert sorted(map(id, result)) == sorted(map(id, items)) or isinstance(items[0], (int, float)), name
        # Stable: equal items keep their order, also with keys.
        numbered = list(enumerate(items))
        pairs = sorted(numbered, key=lambda pair: pair[1], reverse=reverse)
        assert [item for _, item in pairs] == result, name
        assert all(i < j for (i, a), (j, b) in zip(pairs, pairs[1:]) if a == b), name
        print(name, reverse, repr(result[:3]), repr(result[-3:]))


for n in (201, 1000, 5000):
    check("small", [random.randrange(-50, 50) for _ in range(n)])
    check("ints", [random.randrange(-2**48, 2**48) for _ in range(n)])
    check("big", [random.randrange(-2**80, 2**80) for _ in range(n)])
    check("floats", [random.choice((random.uniform(-1, 1), random.expovariate(1) * 1e300, 0.0, -0.0, float("inf"), -float("inf"))) for _ in range(n)])
    check("mixed", [random.choice((random.randrange(-9, 9), random.random() * 9, True)) for _ in range(n)])
    check("letters", [text(5, "ab") for _ in range(n)])
    check("nul", [text(12, "\0a") for _ in range(n)])
    check("long", ["a common beginning/" + text(40, "xyz") for _ in range(n)])
    check("latin", [text(10, "a\xe9\xff\x7f\x80") for _ in range(n)])
    check("wide", [text(10, "a\xe9\u20ac\U0001f600") for _ in range(n)])
    names = sorted(Name(text(4, "abc")) for _ in range(n))
    print("names", names[0], names[-1], all(str(a) >= str(b) for a, b in zip(names, names[1:])))
    check("tuples", [(random.randrange(4), text(9, "ab"), random.random()) for _ in range(n)])
    check("pairs", [(text(2, "ab"), random.randrange(3)) for _ in range(n)])
    check("lengths", [tuple(random.randrange(3) for _ in range(random.randrange(5))) for _ in range(n)])
    check("zeros", [(random.choice((0.0, -0.0)), random.randrange(3)) for _ in range(n)])
    check("nested", [((random.randrange(3), text(3, "ab")), random.randrange(3)) for _ in range(n)])
    check("unlike", [(random.randrange(3), random.choice((1, 1.5, 2))) for _ in range(n)])
    check("partly", sorted(random.randrange(n) for _ in range(n)) + [5, 3, 1])

zeros = [random.choice((0.0, -0.0)) for _ in range(500)] + [random.uniform(-1, 1) for _ in range(500)]
kept = [str(z) for z in sorted(zeros) if z == 0]
print(kept == [str(z) for z in zeros if z == 0])
nans = [random.choice((NAN, 1.0, 2.0)) for _ in range(400)]
print(len(sorted(nans)), sum(1 for v in sorted(nans) if v == 1.0) == nans.count(1.0))

for bad in ([1] * 300 + ["a"], [(i % 3, "a" if i % 7 else 1) for i in range(400)], [(i % 3, None) for i in range(400)], [(i % 3, 1j) for i in range(400)]):
    mixed = random.sample(bad, len(bad))
    try:
        mixed.sort()
    except TypeError:
        print("TypeError", len(mixed), sorted(map(repr, mixed)) == sorted(map(repr, bad)))
