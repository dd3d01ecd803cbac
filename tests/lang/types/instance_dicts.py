"""Attributes of instances that live in a dict of their own, read again and again at one site: places change, come and go, the class interferes."""


class C:
    z = "class"

    def __init__(self, n):
        self.a = n
        self.b = n + 1


def read(o):
    return o.a, o.b, o.z


def filled(n):
    c = C(n)
    c.__dict__["z"] = n + 2
    return c


print([read(filled(i)) for i in range(4)])
inline = [C(i) for i in range(3)]
print([read(o) for pair in zip(inline, map(filled, range(3))) for o in pair])

o = filled(7)
for _ in range(3):
    read(o)
del o.a
try:
    read(o)
except AttributeError as e:
    print(e)
o.a = 70
print(read(o), list(o.__dict__))
del o.z
print(read(o))
o.__dict__ = {"z": 1, "b": 2, "a": 3}
print(read(o), read(filled(9)), read(o))
o.__dict__[5] = "not a str"
print(read(o), read(o))


class D(dict):
    def __getitem__(self, key):
        return "never asked"


o.__dict__ = D(a=10, b=20, z=30)
print(read(o), read(o))

p = filled(1)
print(read(p), read(p))
C.z = property(lambda self: "property")
print(read(p))
del C.z
print(read(p), read(p))


class Slotted(C):
    __slots__ = ("s",)


class E(Exception):
    pass


def message(e):
    return e.text


for i in range(4):
    e = E()
    e.text = i
    print(message(e), end=" ")
print()

q = Slotted(3)
q.__dict__["z"] = 5
q.s = 6
print(read(q), read(q), q.s)
many = C(0)
for i in range(300):
    setattr(many, f"x{i}", i)
many.z = -1
print([read(many) for _ in range(3)])


class F:
    pass


def deep(n):
    return n if n == 0 else 1 + max([n], key=lambda m: deep(m - 1) * 0)


print([deep(n) for n in (0, 1, 50)])
print(list(map(lambda a, b: (b, a), "ab", "cd")), sorted([3, 1, 2], key=lambda v: -v))
try:
    list(map(lambda a: a, "ab", "cd"))
except TypeError as e:
    print(e)


def endless(n):
    return list(map(endless, [n]))


try:
    endless(1)
except RecursionError as e:
    print("RecursionError")
