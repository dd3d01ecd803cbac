# Method resolution order, metaclasses, assignment of __bases__ and __class__.
def attempt(f, *args, **kwargs):
    try:
        return f(*args, **kwargs)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


def names(c):
    return " ".join(k.__name__ for k in c.__mro__)


class O: pass
class A(O): pass
class B(O): pass
class C(O): pass
class D(O): pass
class E(O): pass
class K1(A, B, C): pass
class K2(D, B, E): pass
class K3(D, A): pass
class Z(K1, K2, K3): pass


print(names(Z))
print(Z.mro() == list(Z.__mro__), Z.__base__.__name__, [b.__name__ for b in Z.__bases__])
print(attempt(lambda: type("Bad", (O, A), {})))
print(attempt(lambda: type("Bad", (A, A), {})))
print(attempt(lambda: type("Bad", (3,), {})))
print(attempt(lambda: type("Bad", (bool,), {})))
print(attempt(type, "X", [], {}))
print(attempt(type, 1, (), {}))
print(attempt(type, "X", (), 3))
print(attempt(type))
print(attempt(type, 1, 2))
print(attempt(type, "X\0", (), {}))
print([c.__name__ for c in O.__subclasses__()])


class M1(type):
    def __new__(mcls, name, bases, ns, **kw):
        ns["made_by"] = (mcls.__name__, kw)
        return super().__new__(mcls, name, bases, ns)

    def __init__(cls, name, bases, ns, **kw):
        super().__init__(name, bases, ns)
        cls.inited = True

    def __call__(cls, *args):
        print("call", cls.__name__, args)
        return super().__call__(*args)

    @classmethod
    def __prepare__(mcls, name, bases, **kw):
        print("prepare", name, kw)
        return {"prepared": 1}

    def meth(cls):
        return cls.__name__

    meta_attr = "from meta"
    both = "meta"


class X(metaclass=M1, flag=1):
    both = "class"

    def __init__(self, *a):
        self.a = a


print(X.made_by, X.inited, X.prepared, X(1, 2).a, X.meth(), X.meta_attr, X.both)
print(attempt(lambda: X().meth))


class M2(type):
    pass


class Y(metaclass=M2):
    pass


print(attempt(lambda: M1("XY", (X, Y), {})))
print(type(type("Derived", (X,), {})).__name__)


class MroMeta(type):
    def mro(cls):
        return [cls, Extra, *super().mro()[1:]]


class Extra:
    extra = "extra"


class Custom(metaclass=MroMeta):
    pass


print(names(Custom), Custom.extra, Custom().extra)


class BadMro(type):
    def mro(cls):
        return [cls, 5]


print(attempt(BadMro, "B", (), {}))


# __bases__
class P:
    def f(self):
        return "P"


class Q:
    def f(self):
        return "Q"

    def __len__(self):
        return 7


class R(P):
    pass


class S(R):
    pass


s = S()
print(s.f(), attempt(len, s))
R.__bases__ = (Q,)
print(s.f(), len(s), names(S), R in P.__subclasses__(), R in Q.__subclasses__())
R.__bases__ = (P, Q)
print(s.f(), len(s), names(S))
print(attempt(setattr, R, "__bases__", (S,)))
print(attempt(setattr, R, "__bases__", ()))
print(attempt(setattr, R, "__bases__", [P]))
print(attempt(setattr, R, "__bases__", (1,)))
print(attempt(setattr, R, "__bases__", (int,)))
print(attempt(setattr, int, "__bases__", (P,)))


def delete():
    del R.__bases__


print(attempt(delete))


# __class__
class V1:
    def __init__(self):
        self.x = 1
        self.y = 2

    def who(self):
        return "V1"


class V2:
    def who(self):
        return "V2", self.x


class V3:
    __slots__ = ("x",)


v = V1()
v.__class__ = V2
print(v.who(), v.__dict__, type(v).__name__)
v.z = 3
print(v.__dict__)
print(attempt(setattr, v, "__class__", V3))
print(attempt(setattr, v, "__class__", int))
print(attempt(setattr, v, "__class__", 5))
print(attempt(setattr, 5, "__class__", V1))
print(attempt(delattr, v, "__class__"))


class S1:
    __slots__ = ("a", "b")


class S2:
    __slots__ = ("b", "a")


o = S1()
o.a, o.b = 1, 2
o.__class__ = S2
print(o.a, o.b, type(o).__name__)


# names
class N:
    pass


N.__name__ = "Renamed"
N.__qualname__ = "Some.Where"
N.__module__ = "mod"
print(N, N.__name__, N.__qualname__, repr(N()).split(" at ")[0])
print(attempt(setattr, N, "__name__", 5))
print(attempt(setattr, N, "__qualname__", None))
print(attempt(delattr, N, "__name__"))
print(attempt(setattr, int, "__name__", "x"))
print(attempt(setattr, int, "foo", "x"))
print(attempt(delattr, int, "bit_length"))
print(attempt(lambda: N.nothing))
print(attempt(lambda: N().nothing))
print(attempt(delattr, N, "nothing"))
print(int.__module__, N.__module__, type.__module__, type(None).__name__)
print(isinstance(N, type), issubclass(M1, type), type(M1) is type, type(type) is type)
