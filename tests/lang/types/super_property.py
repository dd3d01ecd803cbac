# super, property, classmethod, staticmethod, bound methods.
def attempt(f, *args, **kwargs):
    try:
        return f(*args, **kwargs)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


class A:
    attr = "A"

    def f(self):
        return "A.f"

    @classmethod
    def c(cls):
        return "A.c " + cls.__name__

    @staticmethod
    def s():
        return "A.s"

    @property
    def p(self):
        return "A.p"


class B(A):
    attr = "B"

    def f(self):
        return "B.f " + super().f()

    @classmethod
    def c(cls):
        return "B.c " + super().c()

    @staticmethod
    def s():
        return "B.s " + super(B, B).s()

    @property
    def p(self):
        return "B.p " + super().p

    def all(self):
        s = super()
        return s.attr, s.__thisclass__.__name__, s.__self__ is self, s.__self_class__.__name__, type(s).__name__


class Mix(A):
    def f(self):
        return "Mix.f " + super().f()


class C(B, Mix):
    def f(self):
        return "C.f " + super().f()

    def nothing(self):
        return super().nothing


c = C()
print(c.f(), c.c(), c.s(), c.p, c.all())
print(attempt(c.nothing))
print(super(B, c).f(), super(C, C).c(), super(A, c).__init__.__qualname__)
print(attempt(lambda: super(A, c).f))
print(attempt(super, 1), attempt(super, B, A()), attempt(super, B, 3), attempt(super, B, int), attempt(super, x=1), attempt(super))
print(repr(super(B, c)), repr(super(B)), super(B, c).__class__)
u = super(B)
print(u.__get__(c).f(), u.__self__, attempt(lambda: u.f))


class Auto(A):
    sup = None

    def f(self):
        return "Auto " + self.sup.f()


Auto.sup = super(Auto)
print(Auto().f())


def free():
    return super().f()


print(attempt(free))


class Names:
    def cls(self):
        return __class__


print(Names().cls() is Names)


# property
class P:
    def __init__(self):
        self._x = 0

    @property
    def x(self):
        "doc of x"
        return self._x

    @x.setter
    def x(self, v):
        self._x = v

    @x.deleter
    def x(self):
        self._x = None

    @property
    def ro(self):
        return 1

    wo = property(None, lambda self, v: None)


p = P()
p.x = 5
print(p.x, P.x.__doc__, P.x.fget.__name__, P.x.fset.__name__, P.x.__name__)
del p.x
print(p.x)
for call in (lambda: setattr(p, "ro", 1), lambda: delattr(p, "ro"), lambda: p.wo, lambda: property().__get__(p), lambda: property().__set__(p, 1)):
    print(attempt(call))
q = property(doc="given")
print(q.__doc__, q.fget, attempt(lambda: q.__name__), property.__doc__ is not None)
r = q.getter(lambda self: 4)
print(r.__doc__, r.fget is not None, r.__isabstractmethod__)


class SubProperty(property):
    pass


class UsesSub:
    @SubProperty
    def y(self):
        "sub doc"
        return 3


print(UsesSub().y, UsesSub.y.__doc__, type(UsesSub.y).__name__, UsesSub.y.__dict__)


# classmethod and staticmethod
class S:
    @staticmethod
    def st(a, b=2):
        "static doc"
        return a, b

    @classmethod
    def cl(cls, a):
        return cls.__name__, a


print(S.st(1), S().st(1, 3), S.cl(1), S().cl(2))
raw = S.__dict__["st"]
print(raw.__name__, raw.__doc__, raw.__wrapped__ is raw.__func__, raw(1), repr(raw).split(" at ")[0], raw.__qualname__)
rawc = S.__dict__["cl"]
print(rawc.__func__.__name__, repr(rawc).split(" at ")[0], attempt(lambda: rawc(1)), rawc.__get__(None, S)(5), rawc.__get__(S())(6))


# bound methods
class Mth:
    def m(self, *a):
        return a

    def __eq__(self, o):
        return True

    __hash__ = None


i, j = Mth(), Mth()
print(i.m == i.m, i.m == j.m, i.m is i.m, i.m.__self__ is i, i.m.__func__ is Mth.m, i.m.__name__, i.m(1, 2))
print(attempt(hash, i.m) != 0, repr(A().f).split(" object at")[0], A().f.__doc__, attempt(setattr, i.m, "x", 1))
Mth.m.tag = "t"
print(i.m.tag, attempt(type(i.m), 1, 2), attempt(type(i.m), len, None), type(i.m)(len, [1, 2])())
