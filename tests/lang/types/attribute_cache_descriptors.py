"""Attributes through descriptors, asked for again and again by the same site, while what they depend on changes."""
from functools import cached_property, partialmethod


def show(f, *args):
    try:
        return f(*args)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


# ---- descriptors of built-in types ----
def dict_of(o): return o.__dict__
def class_of(o): return o.__class__
def args_of(o): return o.args
def name_of(o): return o.__name__
def abstract_of(o): return o.__abstractmethods__


class Plain:
    def __init__(self): self.a = 1


class Child(Plain):
    pass


for o in Plain(), Child(), Plain():
    print(dict_of(o), class_of(o).__name__, show(args_of, o))
for e in ValueError(1), KeyError("k", 2), OSError(), Plain():
    print(show(args_of, e), class_of(e).__name__)
for f in dict_of, Plain, len, Plain():
    print(show(name_of, f))
for _ in range(3):
    print(show(abstract_of, Plain))
for _ in range(3):
    try:
        abstract_of(Plain)
    except AttributeError as e:
        print(e.name, e.obj is Plain)


class Misplaced:
    stop = range.__dict__["stop"]  # does not apply
    name = type(show).__dict__["__name__"]


def stop_of(o): return o.stop
for _ in range(3):
    print(show(stop_of, range(4)), show(stop_of, Misplaced()), show(name_of, Misplaced()))

# ---- a class named by its instance ----
class Loud(Plain):
    @property
    def __class__(self): return int


for o in Plain(), Loud(), Plain(), Loud():
    print(class_of(o).__name__, isinstance(o, int))


# ---- bound methods of built-in types ----
def append_of(o): return o.append
items = []
for i in range(3):
    append_of(items)(i)
print(items, append_of([]).__self__, type(append_of([])).__name__)


class Append:
    def __init__(self): self.append = "own"


print([append_of(o) if isinstance(o, Append) else type(append_of(o)).__name__ for o in (Append(), [], Append(), bytearray())])


# ---- descriptors in Python ----
class Get:
    def __init__(self, value): self.value = value
    def __get__(self, instance, owner=None): return self.value, instance is not None, owner.__name__


class Data(Get):
    def __set__(self, instance, value): self.value = value


class Has:
    x = Get("x")
    y = Data("y")


class Sub(Has):
    pass


def x_of(o): return o.x
def y_of(o): return o.y
def set_y(o, v): o.y = v
for o in Has(), Sub(), Has, Sub, Has():
    print(x_of(o), y_of(o))
o = Has()
set_y(o, "z")
o.__dict__["x"] = "own x"
o.__dict__["y"] = "hidden y"
for _ in range(3):
    print(x_of(o), y_of(o), x_of(Has()))
del Data.__set__
print(y_of(o), y_of(Has()))
set_y(o, "own y")
print(y_of(o), y_of(Has()))
Data.__set__ = lambda self, instance, value: print("set", value)
set_y(o, 1)
print(y_of(Has()))
del Get.__get__
print(type(x_of(Has())).__name__, type(y_of(Has())).__name__)
Get.__get__ = lambda self, *args: "new"
print(x_of(Has()), y_of(Has()))


# ---- a plain value whose class becomes a descriptor ----
class Later:
    pass


class Holds:
    later = Later()


def later_of(o): return o.later
print([type(later_of(Holds())).__name__ for _ in range(3)])
Later.__get__ = lambda self, instance, owner: "asked"
print(later_of(Holds()), later_of(Holds))


# ---- __get__ that is no simple function, or fails ----
class Odd:
    def __init__(self, get): self.get = get
    @property
    def x(self): return self.get()


class Star:
    def __get__(self, *args): return len(args)


class Fails:
    def __get__(self, instance, owner): raise AttributeError("no x here")


class Static:
    @staticmethod
    def __get__(instance, owner): return "static", instance


for d in Star(), Fails(), Static(), partialmethod(lambda self, v: v, 5):
    cls = type("Of", (), {"x": d})
    for _ in range(3):
        r = show(x_of, cls())
        print(r() if callable(r) else r)
class Fallback:
    x = Fails()
    def __getattr__(self, name): return "asked for " + name
print(x_of(Fallback()), x_of(Fallback()))
try:
    x_of(type("Of", (), {"x": Fails()})())
except AttributeError as e:
    print(e.name, type(e.obj).__name__)


# ---- properties ----
class P:
    def __init__(self): self._v = 0
    @property
    def v(self): return self._v
    @v.setter
    def v(self, value):
        if value < 0:
            raise ValueError("negative")
        self._v = value
        return "ignored"
    getter = property(lambda self, more=1: more)
    native = property(id)
    missing = property()


def set_v(o, value): o.v = value
def add_v(o): o.v += 1; return o.v
p = P()
for i in 1, 2, -1, 3:
    print(show(set_v, p, i), p.v)
print([add_v(p) for _ in range(4)])
for _ in range(3):
    print(p.getter, p.native == id(p), show(lambda o: o.missing, p), show(lambda o: setattr(o, "native", 1), p))
def set_native(o): o.native = 1
for _ in range(2):
    print(show(set_native, p))


def in_generator(o):
    for i in range(3):
        o.v = i
        yield o.v, o.getter


print(list(in_generator(p)))


# ---- stores through __set__ and __setattr__ ----
class Log:
    def __set_name__(self, owner, name): self.name = name
    def __get__(self, instance, owner): return instance.__dict__.get(self.name, "unset")
    def __set__(self, instance, value):
        if value is None:
            raise TypeError("None")
        instance.__dict__[self.name] = [value]
    def __delete__(self, instance): del instance.__dict__[self.name]


class Logged:
    a = Log()
    b = Log()


def set_ab(o, a, b): o.a, o.b = a, b
q = Logged()
for a, b in (1, 2), ("x", None), (None, 1), ([], {}):
    print(show(set_ab, q, a, b), q.a, q.b, q.__dict__)
del q.a
print(q.a)


class Frozen:
    def __init__(self): object.__setattr__(self, "a", 1)
    def __setattr__(self, name, value): raise AttributeError(f"frozen: {name} = {value}")


class Upper:
    def __setattr__(self, name, value): super().__setattr__(name, str(value).upper())


def set_a(o, value): o.a = value; return o.a
for o in Frozen(), Upper(), Plain(), Upper(), Frozen():
    print(show(set_a, o, "abc"))


# ---- deep: a setter that sets, a getter that gets ----
class Deep:
    @property
    def down(self): return self.down
    @down.setter
    def down(self, value): self.down = value


class DeepGet:
    def __get__(self, instance, owner): return instance.down


def set_down(o): o.down = 1
def get_down(o): return o.down
print(show(set_down, Deep()), "|", show(get_down, Deep()), "|", show(get_down, type("D", (), {"down": DeepGet()})()))


# ---- a cached property ----
class Lazy:
    def __init__(self, n): self.n = n
    @cached_property
    def square(self):
        print("square of", self.n)
        return self.n ** 2


def square_of(o): return o.square
lazies = [Lazy(n) for n in range(3)]
print([square_of(o) + square_of(o) for o in lazies], [o.__dict__ for o in lazies])
del lazies[0].square
print(square_of(lazies[0]))


# ---- classes with a metaclass ----
class Mixin:
    pass


class Meta(Mixin, type):
    pass


class Other(Meta):
    z = property(lambda cls: "of Other")


class K(metaclass=Meta):
    z = 1
    def f(self): return "f"
    @classmethod
    def g(cls): return cls.__name__


class L(K):
    pass


def z_of(c): return c.z
print([z_of(c) for c in (K, L, K, L)], [c.f(c) + c.g() for c in (K, L, K)])
Meta.z = property(lambda cls: "of Meta")
print(z_of(K), z_of(L))
del Meta.z
print(z_of(K), z_of(L))
Mixin.z = property(lambda cls: "of Mixin")
print(z_of(K), z_of(L))
del Mixin.z
print(z_of(K), z_of(K))
K.__class__ = Other
print(z_of(K), z_of(L))
K.__class__ = Meta
print(z_of(K), z_of(L))
K.z = 2
print(z_of(K), z_of(L))
L.z = 3
print(z_of(K), z_of(L))
print([name_of(c) for c in (K, L, K, L)], [c.__mro__[0].__name__ for c in (K, L)])


# ---- patterns ask, too ----
def matched(o):
    match o:
        case Has(x=x, y=y): return "Has", x, y
        case P(v=v): return "P", v
        case P(missing=_): return "never"
        case object(z=z): return z
        case _: return "nothing"


class Raises:
    @property
    def z(self): raise AttributeError("none")


class Bad:
    @property
    def z(self): raise KeyError("bad")


for o in Has(), P(), Has(), P(), Raises(), Raises(), Bad(), Bad(), K():
    print(show(matched, o))
