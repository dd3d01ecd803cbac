# Functions written in C as Python sees them: binding, arity, keywords, repr, attributes.
import math
import operator
import sys


def attempt(f, *args, **kwargs):
    try:
        return f(*args, **kwargs)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


l = []
for call in (
    lambda: l.clear(1), lambda: l.append(), lambda: l.append(1, 2), lambda: l.insert(1), lambda: l.pop(1, 2), lambda: l.append(x=1),
    lambda: list.append(), lambda: list.append(1), lambda: list.append([], 1, 2), lambda: list.append([], x=1), lambda: l.sort(1),
    lambda: l.sort(foo=1), lambda: l.sort(1, 2, 3), lambda: len(), lambda: len(1, 2), lambda: divmod(1), lambda: math.sin(),
    lambda: math.gcd(x=1), lambda: round(), lambda: round(1, 2, 3), lambda: round(1, number=2), lambda: round(foo=1), lambda: sum(),
    lambda: sum([], foo=1), lambda: pow(1), lambda: "a".split(1, 2, 3), lambda: "a".replace("b"), lambda: int.from_bytes(),
    lambda: dict.fromkeys(), lambda: {}.get(), lambda: {}.pop(), lambda: str.maketrans(), lambda: bytes.fromhex(), lambda: bytes.fromhex(x=1),
    lambda: list(1, 2), lambda: list(x=1), lambda: tuple(1, 2), lambda: bool(1, 2), lambda: property(1, 2, 3, 4, 5), lambda: super(1, 2, 3),
    lambda: staticmethod(), lambda: classmethod(1, 2), lambda: object.__new__(), lambda: object.__new__(1), lambda: object.__new__(int),
    lambda: int.__new__(str), lambda: int.__new__(1), lambda: object.__init__(), lambda: object.__repr__(), lambda: object.__repr__(1, 2),
    lambda: int.__add__(1), lambda: int.__add__("a", 1), lambda: int.__add__(1, 2, 3), lambda: (1).__add__(x=1), lambda: [].__setitem__(1),
    lambda: int.__pow__(1), lambda: object().__getattribute__(), lambda: object().__setattr__(1), lambda: property().__get__(None, None),
    lambda: type.__call__(), lambda: type.__call__(1), lambda: str.join(1, 2), lambda: str.join(), lambda: dict.__dict__["fromkeys"](1),
    lambda: dict.__dict__["fromkeys"](), lambda: dict.__dict__["fromkeys"](int, 1), lambda: type.mro(), lambda: type.mro(1),
    lambda: operator.add(1), lambda: [].__init__(1, 2), lambda: object().__reduce_ex__(), lambda: type(len)(),
    lambda: type(l.append)(), lambda: type(list.append)(), lambda: type(int.__add__)(), lambda: type(None)(1), lambda: type(...)(1),
):
    print(attempt(call))

print(len, math.sin, l.append.__qualname__, repr(l.append).split(" at ")[0], list.append, dict.fromkeys.__qualname__)
print(str.maketrans.__qualname__, int.__add__, repr((1).__add__).split(" at ")[0], dict.__dict__["fromkeys"], type.__dict__["__mro__"])
print(type.__dict__["__dict__"], int.real, type(int.real).__name__)
print(len.__name__, len.__self__, len.__module__, l.append.__self__ is l, l.append.__module__, math.sin.__self__ is math, math.sin.__module__)
print(len.__text_signature__, list.append.__text_signature__, int.__add__.__text_signature__, l.append.__text_signature__)
print(list.append.__objclass__, int.__add__.__objclass__, int.__add__.__name__, int.__add__.__qualname__, (1).__add__.__self__)
a = []
print(l.append == l.append, l.append == a.append, l.append is l.append, hash(l.append) == hash(l.append), (1).__add__ == (1).__add__)
print(list.append.__get__(l) == l.append, list.append.__get__(None, list) is list.append, attempt(list.append.__get__, 3))
print(int.__add__.__get__(1)(2), attempt(int.__add__.__get__, "a"), attempt(list.append.__get__, None, None))
print(l.append.__reduce__()[1][1], len.__reduce__(), list.append.__reduce__()[1], (1).__add__.__reduce__()[1])
print(attempt(setattr, len, "foo", 1), attempt(lambda: len.foo))
print(sys.getsizeof.__name__, type(sys.getsizeof).__name__)


class L(list):
    pass


x = L()
x.append(4)
print(x, x.append.__qualname__, L.append is list.append, L.fromkeys if hasattr(L, "fromkeys") else "none", type(L().copy()).__name__)


class D(dict):
    pass


print(type(D.fromkeys("ab")).__name__, D.fromkeys.__qualname__, repr(D.fromkeys).split(" at ")[0])


class Both(int):
    def __add__(self, o):
        return "own"

    __radd__ = int.__sub__


b = Both(5)
print(b + 1, 1 + b, b - 1, b * 2, int.__add__(b, 1), b.__mul__(3))


class Lst(list):
    def __add__(self, o):
        return "added"

    __mul__ = None


print(Lst() + 1, attempt(lambda: Lst() * 2), [] + Lst([1]), attempt(lambda: 2 * Lst([1])))
print(sorted(n for n in object.__dict__))
for refused in (lambda: "a".find(None), lambda: "a".encode(None), lambda: "a".removeprefix(1), lambda: [].__add__(), lambda: property().__get__(), lambda: (1).__pow__(1, 2, 3)):
    try:
        refused()
    except TypeError as e:
        print(type(e).__name__, e)


class Plain: "Plain(a)"
class Signed: "Signed($self, a, b=1)\n--\n\nWhat it is."
class Other: "Signed(a)\n--\n\n"
class Open: "Open(a\n\n)\n--\n\n"
class Lone: "Lone(é)\n--\n\n"
class Below(Signed): pass
print([c.__text_signature__ for c in (Plain, Signed, Other, Open, Lone, Below)])
