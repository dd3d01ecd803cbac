"""functools.lru_cache and partial: what they hand the loop a frame for, and what they do before and after."""
import sys
from functools import cache, lru_cache, partial


@lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

sys.setrecursionlimit(100_000)
print(fib(1500) % 1_000_007, fib.cache_info())


@lru_cache(maxsize=2)
def defaults(a, b=3, *c, **k):
    return a, b, c, k

print(defaults(1), defaults(1, 2), defaults(1, 2, 3), defaults(1), defaults.cache_info())


@lru_cache(maxsize=0)
def kept_never(a):
    return [a]

print(kept_never(1), kept_never(1), kept_never.cache_info())


@cache
def bad(x):
    raise ValueError(x)

for i in range(2):
    try:
        bad(i)
    except ValueError as e:
        print(repr(e), e.__traceback__.tb_next.tb_frame.f_code.co_name)
print(bad.cache_info())
try:
    bad()
except TypeError as e:
    print(e)
try:
    bad([])
except TypeError as e:
    print(str(e).split(" (")[0])


@cache
def generator(n):
    yield n

print(list(generator(3)), list(generator(3)))


class A:
    @cache
    def method(self, x):
        return x * 2

    def __call__(self, x):
        return x + 1

a = A()
print(a.method(3), a.method(3), A.method.cache_info())
print(cache(a)(4), cache(len)("abc"), cache(A.method)(a, 5))


def generate():
    yield fib(30)
    yield bad(3)

try:
    print(list(generate()))
except ValueError as e:
    print("in a generator:", e)


class Equal:
    def __hash__(self):
        return 5

    def __eq__(self, other):
        raise KeyError("eq")

one = cache(lambda x: 1)
one(Equal())
try:
    one(Equal())
except KeyError as e:
    print(repr(e))

first = partial(lambda a, b=2, *c: (a, b, c), 1)
print(first(), first(5), first(5, 6, 7))
try:
    partial(lambda a: 1, 1)(2)
except TypeError as e:
    print(e)


@cache
def endless(n):
    return endless(n + 1)

sys.setrecursionlimit(2000)
try:
    endless(0)
except RecursionError:
    print("RecursionError")
print(endless.cache_info().currsize)


class Named:
    """Dies when the last of its frames does."""
    def __del__(self):
        print("dies")

kept = cache(lambda x: None)
kept(Named())
kept.cache_clear()


def cleared(n):
    del globals()["cleared"]    # the cache goes while its function runs
    return n

cleared = cache(cleared)
print(cleared(7))
