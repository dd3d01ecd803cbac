# What is done on a short way gives what the long way gives.
from collections import namedtuple


# Fields of named tuples: too short, subclassed, hidden, looked at from several classes at one place.
P = namedtuple("P", "x y")
Q = namedtuple("Q", "y x")


class R(P):
    y = property(lambda self: "own")


def fields(values):
    return [(v.x, v.y) for v in values]


for _ in range(3):
    print(fields([P(1, 2), P(3, 4), Q(5, 6), R(7, 8)]))
short = tuple.__new__(P, (1,))
for _ in range(3):
    try:
        print(short.x, short.y)
    except IndexError as e:
        print("IndexError", e)


# __new__ in Python: plain, replaced, a bare function, one that is something else, one of the metaclass.
class A:
    def __new__(cls, *args, **kw):
        self = object.__new__(cls)
        self.got = cls.__name__, args, kw
        return self


class B(A):
    def __init__(self, *args, **kw):
        self.init = args


print(A(1, k=2).got, B(3).got, B(3).init)
A.__new__ = lambda cls, *args: (cls.__name__, args)
print(A(4), B(5))
new = staticmethod(lambda cls: "first")
C = type("C", (), {"__new__": new})
print(C())
new.__init__(lambda cls: "second")
print(C())


class D:
    __new__ = classmethod(lambda *args: args)


print(D(1) == (D, D, 1))


class Meta(type):
    pass


class E(metaclass=Meta):
    def __new__(cls, *args):
        return "not asked"


Meta.__new__ = property(lambda cls: lambda *args: ("meta", args[1:]))
print(E(6))
for broken in (1, None):
    F = type("F", (), {"__new__": broken})
    try:
        F()
    except TypeError as e:
        print(e)


# `in` for what is asked directly, for children of it, and what may not be asked.
class S(str):
    def __contains__(self, item):
        return item == "anything"


class T(set):
    def __contains__(self, item):
        return False


class U(dict):
    def __contains__(self, item):
        return True


cases = [("b", "abc"), ("", ""), ("é", "café"), ("a", "\u0101"), ("anything", S("abc")), (S("b"), "abc"), (1, {1}), ({1}, {frozenset({1})}),
         (1, T([1])), (2, {1: 0}), (2, U()), (True, {1}), (1, frozenset({1})), ("x", ["x"]), ("x", ("y",))]
for _ in range(2):
    print([item in container for item, container in cases])
    print([item not in container for item, container in cases])
for item, container in [(1, "abc"), ([], {1}), ([], {1: 2}), (1, 2), ({}, set())]:
    try:
        print(item in container)
    except TypeError as e:
        print(e)


# A yield whose value nobody wants: sent to, thrown into, closed, looked at.
def g():
    for i in range(3):
        try:
            yield i
        except KeyError as e:
            print("in", i, repr(e), e.__traceback__.tb_lineno - g.__code__.co_firstlineno)
    yield
    yield "last"


it = g()
print(next(it), it.send("ignored"), it.gi_frame.f_locals["i"], it.throw(KeyError("k")), next(it), next(it, "none"), next(it, "end"))
print(list(g()), sum(1 for _ in g()), [*zip(g(), "ab")])


def passes():
    got = yield 1
    (yield got)
    return (yield)


it = passes()
print(next(it), it.send("a"), next(it))
try:
    it.send("b")
except StopIteration as e:
    print(e.value)


# Appends of a comprehension, which may see its list grow in its own way.
print([[x] for x in range(20)][-1], len([x for x in range(1000)]), [x for x in "abc" if x in "bcd"])
