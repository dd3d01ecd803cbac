"""Keywords for functions written in C, again and again and of many functions in turn; defaults of functions that leave some out; stores into dicts; division of big numbers."""
import random
from collections import OrderedDict, deque, namedtuple


def attempt(f, *args, **kwargs):
    try:
        return f(*args, **kwargs)
    except TypeError as e:
        return str(e)


for _ in range(3):
    o = OrderedDict(a=1, b=2, c=3)
    print(o.popitem(last=False), o.popitem(last=True), attempt(o.popitem, first=1), attempt(o.popitem, True, last=1))
    print(sorted("cab", reverse=True), sorted("cab", key=ord), max("abc", key=ord, default=1), attempt(max, key=1, other=2))
    print(int("11", base=2), str(b"x", encoding="ascii"), deque([1, 2, 3], maxlen=2))
    print(attempt("a b".split, sep=" ", maxsplit=1), attempt("a b".split, separator=" "), attempt("a".split, " ", sep=" "))
    print([*enumerate("ab", start=5)], attempt(sum, [1], start=2), attempt(pow, 2, exp=3, mod=5), attempt(round, 2.5, ndigits=0))
    print(attempt(print, "x", file=None, sep="", end="!\n"), attempt("{a}{b}".format, a=1, b=2), attempt(dict, [(1, 2)], x=3))


def f(a, b=2, c=3):
    local = a
    return local, b, c


def g(a, b, c=[1]):
    return a, b, c


def one(x=None):
    unset = 1
    del unset
    try:
        return x, unset
    except UnboundLocalError:
        return x, "unset"


print(f(1), f(1, 20), f(1, 20, 30), g(1, 2), one(), one(5), attempt(f), attempt(g, 1), attempt(f, 1, 2, 3, 4))
f.__defaults__ = (7,)
print(attempt(f, 1), f(1, 2))
f.__defaults__ = None
print(attempt(f, 1, 2), f(1, 2, 3))
f.__defaults__ = (9, 8, 7, 6, 5)
print(f(), f(1))

d = {}
for i in range(-3, 300):
    d[i] = -i
    d[i] = i
    d[str(i)] = i
for i in range(-3, 300):
    assert d[i] == i == d[str(i)]
e = {}
for i in range(400):
    e["k" + str(i)] = None
    e["k" + str(i)] = i
assert list(e.values()) == list(range(400))


class Dies:
    def __del__(self):
        e["k1"] = "from del"


e["k1"] = Dies()
e["k1"] = 1
print(e["k1"], len(e))

random.seed(4)
for n in range(1500):
    a, b = random.getrandbits(random.randrange(1, 2500)), random.getrandbits(random.randrange(1, 2000)) | 1
    q, r = divmod(a, b)
    assert q * b + r == a and 0 <= r < b and -a // b == -((a + b - 1) // b)
for shift in range(61):
    a, b = (1 << 600 + shift) - 1, (1 << 300) + (1 << shift) + 1
    q, r = divmod(a, b)
    assert q * b + r == a and 0 <= r < b
