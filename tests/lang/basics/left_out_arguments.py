"""Calls that leave out arguments with defaults: where the frame is made in place, from generators, at the end of the stack, and when the defaults change."""
import sys


def f(a, b=2, c=(3,)):
    d = a
    return d, b, c


class C:
    def __init__(self, x, y="y"):
        self.x, self.y = x, y

    def m(self, a=1, *, k="k"):
        return self.x, a, k

    def n(self, a=1, b=2):
        return self.y, a, b


def show(*call):
    try:
        print(*call[0](*call[1:]))
    except TypeError as error:
        print(error)


print(f(1), f(1, 5), f(1, 5, 6), f(a=1), f(1, c=7))
c = C(10)
print(c.x, c.y, C(1, 2).y, c.m(), c.m(3), c.m(k=4), c.n(), c.n(8), c.n(8, 9), C.n(c), C.n(c, 7))
show(lambda: f())
show(lambda: f(1, 2, 3, 4))
show(lambda: c.n(1, 2, 3))


def generator(n):
    for i in range(n):
        yield f(i), c.n(i)
        yield f(*[i]), f(b=f(i), a=i)


print(*generator(2), sep="\n")


async def coroutine():
    return f("in a coroutine"), c.n()


try:
    coroutine().send(None)
except StopIteration as stop:
    print(stop.value)

# The defaults change: fewer, more than parameters, none, another tuple's subclass, and while the call is made.
f.__defaults__ = ("only c",)
show(lambda: f(1))
print(f(1, 2))
f.__defaults__ = ("too many", 1, 2, 3)
print(f(9))
f.__defaults__ = None
show(lambda: f(1))


class Tuple(tuple):
    pass


f.__defaults__ = Tuple((7, 8))
print(f(0))


def changes():
    f.__defaults__ = ("new b", "new c")
    return "a"


print(f(changes()))
f.__code__ = (lambda a, b=0, *rest: (a, b, rest)).__code__
print(f(1), f(1, 2, 3))


def deep(n, step=1, found=None):
    return n if n == 0 else deep(n - step)


print(deep(500))


def endless(a, b=[], c={}):
    return endless(a)


def endless_method(self, a, b=1):
    return self.e(a)


C.e = endless_method
for call in (lambda: endless(1), lambda: c.e(1)):
    try:
        call()
    except RecursionError as error:
        print(type(error).__name__, sys.getrefcount(endless.__defaults__[0]) <= 3)
print(f(1))
