# __slots__, layouts, dict and weak references of instances.
import weakref


def attempt(f, *args, **kwargs):
    try:
        return f(*args, **kwargs)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


class Point:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y


p = Point(1, 2)
print(p.x, p.y, hasattr(p, "__dict__"), Point.__slots__)
print(attempt(setattr, p, "z", 3))
del p.x
print(attempt(lambda: p.x))
print(attempt(delattr, p, "x"))
print(attempt(weakref.ref, p))
print(type(Point.x), Point.x)
print(Point.y.__get__(p), Point.y.__get__(None, Point) is Point.y)
print(attempt(Point.x.__get__, 3))


class Sub(Point):
    pass


s = Sub(3, 4)
s.z = 5
print(s.__dict__, s.x, weakref.ref(s)() is s)


class Sub2(Point):
    __slots__ = ("z", "__weakref__")


s2 = Sub2(1, 2)
s2.z = 9
print(s2.z, weakref.ref(s2)() is s2, attempt(setattr, s2, "w", 1))


class Private:
    __slots__ = ["__secret", "__dict__"]

    def __init__(self):
        self.__secret = 42
        self.other = 1

    def get(self):
        return self.__secret


print(Private().get(), Private().__dict__, [n for n in Private.__dict__ if "secret" in n])


def make(slots, bases=(), **namespace):
    return type("X", bases, dict(__slots__=slots, **namespace))


print(attempt(make, ("a", 1)))
print(attempt(make, ("a b",)))
print(attempt(make, ("__dict__", "__dict__")))
print(attempt(make, ("__weakref__",), (Sub,)))
print(attempt(make, ("a",), (int,)))
print(attempt(make, ("a",), (tuple,)))
print(attempt(make, ("a",), (bytes,)))
print(attempt(make, ("a",), (type,)))
print(attempt(make, ("a",), a=1))
print(make("single").single)
T = make(("unit",), (str,))
t = T("text")
t.unit = "cm"
print(t, t.unit, t + "!", len(t), attempt(setattr, t, "other", 1))
print(attempt(make, (), (int, str)))


class WithDoc:
    __slots__ = {"a": "first", "b": "second"}


w = WithDoc()
w.b = 2
print(w.b, WithDoc.__slots__)


class A:
    __slots__ = ("a",)


class B:
    __slots__ = ("b",)


class Empty:
    __slots__ = ()


class AE(A, Empty):
    __slots__ = ()


ae = AE()
ae.a = 1
print(ae.a, attempt(lambda: type("AB", (A, B), {})))


class HasDict:
    pass


class Mixed(Empty, HasDict):
    __slots__ = ()


m = Mixed()
m.x = 1
print(m.__dict__)

for base in (int, float, str, tuple, list, dict, set, bytes, bytearray, complex, frozenset, Exception):
    C = type("C", (base,), {})
    c = C()
    c.attr = base.__name__
    c.other = 1
    del c.other
    print(C.__name__, c.attr, c.__dict__)

big = type("Big", (int,), {})(10**40)
big.note = "huge"
print(big + 1, big.note)
long = type("Long", (tuple,), {})(range(10))
long.note = "tuple"
print(long[3:5], long.note, len(long))


# many attributes: more than an instance keeps inline
class Many:
    pass


m = Many()
for i in range(60):
    setattr(m, f"a{i}", i)
print(len(m.__dict__), m.a59, list(m.__dict__)[:3])
n = Many()
n.a5 = 1
n.a0 = 2
n.zzz = 3
print(n.__dict__)
del n.a5
n.a5 = 7
print(n.__dict__)
n.__dict__ = {"fresh": 1}
print(n.fresh, attempt(lambda: n.a0))
print(attempt(setattr, n, "__dict__", 5))
n.__dict__["via"] = "dict"
print(n.via, vars(n))
