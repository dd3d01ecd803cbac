"""Two local targets: unpacked at once, after both values are there."""
import gc


class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("gone", self.name)


class Pair:
    def __init__(self, items):
        self.items = items

    def __iter__(self):
        yield from self.items


def unpack(v):
    a, b = "a", "b"
    try:
        a, b = v
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
    return a, b


def shapes():
    for v in ((1, 2), [3, 4], "xy", {5: 0, 6: 0}, Pair([7, 8]), (1,), (1, 2, 3), [], "xyz", Pair([1]), Pair([1, 2, 3]), 5, None):
        print(unpack(v))


def order():
    a, b = Noisy("old a"), Noisy("old b")
    a, b = pair = (1, 2)
    print(a, b, pair)
    a, a = "first", "second"
    print(a)
    (a, b), (c, d) = (1, 2), (3, 4)
    print(a, b, c, d)
    a, b = b, a
    print(a, b)


def loops():
    for i, v in enumerate("abc"):
        print(i, v, end=" ")
    for a, b in zip([1, 2], (3, 4)):
        print(a, b, end=" ")
    for k, v in {"x": 1, "y": 2}.items():
        print(k, v, end=" ")
    for a, b in [(1, 2), [3, 4], "56"]:
        print(a, b, end=" ")
    print(i, v, a, b, k)
    print([x * y for x, y in zip(range(4), range(1, 5))], {k: v for v, k in enumerate("ab")})
    print(sorted((x, y) for x, y in {1: 2, 3: 4}.items()))
    try:
        for a, b in [(7, 8), (9,)]:
            pass
    except ValueError as e:
        print(e, a, b)


def cells():
    def inner():
        return a, b
    for a, b in enumerate("z"):
        print(inner())


def ended():
    """What a generator held goes when it ends, and who asks for its frame then gets one that has ended."""
    class Asks:
        def __del__(self):
            print("asked", generators[-1].gi_frame, generators[-1].gi_running, list(generators[-1]))

    def generate():
        asks = Asks()
        for x in [1, 2]:
            yield x

    generators = [generate()]
    print(list(generators[0]), generators[0].gi_frame)
    generators.append(generate())
    print(next(generators[1]))
    generators[1].close()
    print(generators[1].gi_frame)


def unfinished():
    def generate(items):
        for item in items:
            yield Noisy(item)

    g = generate(["one", "two"])
    print(next(g).name)
    del g
    g = generate([])
    print(list(g), gc.is_finalized(g))


shapes()
order()
loops()
cells()
ended()
unfinished()
