"""Class and mapping patterns: attributes found in every way, missing ones, errors of __match_args__; constants that look like names are interned."""
import sys


class P:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y


class S:
    __slots__ = ("x", "y")
    __match_args__ = ("x", "y")


class Q:
    __match_args__ = ("x", "y")
    y = "class's"

    @property
    def x(self):
        return "property"


class G:
    __match_args__ = ("x", "y")

    def __getattr__(self, name):
        if name == "y":
            raise AttributeError(name)
        return name * 2


def look(v):
    match v:
        case P(x, y) | S(x, y) | Q(x, y):
            return x, y
        case G(x, y):
            return "never"
        case G(x):
            return "G", x
        case P(x=a):
            return "only x", a
        case int(n) | str(n):
            return "self", n
        case {"k": k, "l": l}:
            return "two keys", k, l
        case {"k": k, **rest}:
            return "one key", k, rest
        case {1: one}:
            return "1", one
    return None


for _ in range(2):
    s = S()
    print(look(P(1, 2)), look(s))
    s.x, s.y = 3, 4
    p = P(5, 6)
    del p.y
    print(look(s), look(p), look(Q()), look(G()), look(True), look("text"))
    q = P(7, 8)
    q.__dict__["z"] = 9
    print(look(q), look({"k": 1, "l": 2}), look({"k": 1, "m": 2}), look({1: 2}), look({}), look(2.5))
P.x = property(lambda self: "P's property")
try:
    print(look(q))
except AttributeError as e:
    print(e)


def errors(v):
    try:
        match v:
            case P(a, x=b):
                print(a, b)
    except TypeError as e:
        print(e)
    try:
        match v:
            case P(a, b, c):
                pass
    except TypeError as e:
        print(e)


errors(q)
P.__match_args__ = ("x", 1)
try:
    look(q)
except TypeError as e:
    print(e)
P.__match_args__ = ["x"]
try:
    look(q)
except TypeError as e:
    print(e)
P.__match_args__ = ("x", "x")
try:
    look(q)
except TypeError as e:
    print(e)


class Name(str):
    pass


P.__match_args__ = (Name("x"),)
try:
    errors(q)
except TypeError as e:
    print(e)


class Keys:
    unhashable = []
    a = "k"
    b = "k"


def keys(d):
    try:
        match d:
            case {Keys.a: 1, Keys.b: 1}:
                print("no")
    except ValueError as e:
        print(e)
    match d:
        case {Keys.a: v}:
            print(v)


keys({"k": 1})


def f():
    a = "abc_x"
    b = ("abc_y", ("d1", 2))
    return a, b[0], b[1][0], [*{"k1": 1}][0]


print([sys._is_interned(v) for v in f()], sys._is_interned("a b"))
