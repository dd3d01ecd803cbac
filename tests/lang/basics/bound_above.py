# Code that runs while arguments are bound (of names that are strs with a __hash__ of their own, of arguments that fit no parameter) does not disturb them.
import gc


class Name(str):
    def __hash__(self):
        def g(a, b, c, d, e, f): return str.__hash__(self)
        return g([], [], [], [], [], [])

    def __eq__(self, other):
        def g(a, b, c, d, e, f): return str.__eq__(self, other)
        return g([], [], [], [], [], [])


def f(a, b, *rest, c=1, **kw): return a, b, rest, c, sorted(kw.items())
def g(a, b, *, c=1, d=2): return a, b, c, d
def one(a): pass


class One:
    def __init__(self, a): pass


g.__kwdefaults__ = {Name("c"): [1], Name("d"): [2]}


def calls():
    yield f(*("x", "y", "rest"), **{Name("zz"): "z", Name("yy"): "yy", "c": 5})
    yield g(["a"], ["b"])
    yield g(*(["a"], ["b"]))
    yield g(["a"], ["b"], d=["D"])
    yield g(*(["a"], ["b"]), **{"d": ["D"]})


for result in calls():
    print(result)
print(g(["a"], ["b"]), g(*(["a"], ["b"])))

dead = []


class D:
    def __init__(self, i): self.i = i

    def __del__(self):
        def g(a, b, c, d, e, f): return a
        g(1, 2, 3, 4, 5, 6)
        dead.append(self.i)


def failing():
    for call in (lambda: one(D(1), D(2), D(3), D(4)), lambda: One(D(5), D(6), D(7)), lambda: one(*(D(8), D(9))), lambda: one(x=D(10), y=D(11))):
        try:
            call()
        except TypeError as e:
            print(e)
    try:
        one(D(12), D(13), D(14))
    except TypeError as e:
        yield str(e)
    try:
        One(D(15), D(16), D(17))
    except TypeError as e:
        yield str(e)


print(*failing(), sep="\n")
gc.collect()
print(sorted(dead))
namespace = {}
exec("def many(" + ",".join("a%d" % i for i in range(60_000)) + "): return a59999", namespace)
print(namespace["many"](*range(60_000)))
print(list(map(lambda n: namespace["many"](*range(n)), [60_000])))
