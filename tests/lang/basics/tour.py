class A:
    x = 1
    def __init__(self, v): self.v = v
    def get(self): return self.v + self.x
    def __repr__(self): return f"A({self.v!r})"
class B(A):
    def get(self): return super().get() * 2
    def __add__(self, o): return B(self.v + o.v)
a = A(5); b = B(7)
print(a.get(), b.get(), a, b + b, [a, b], {1: a, 'k': (b,)})
def gen(n):
    for i in range(n):
        x = yield i
        if x: print("got", x)
    return "done"
g = gen(3)
print(next(g), g.send("hi"), list(g))
def outer():
    r = yield from gen(2)
    print(r)
    yield 99
print(list(outer()))
print([x*y for x in range(3) for y in range(3) if x != y], sorted({x for x in 'abca'}), {k: v for k, v in zip('ab', range(2))})
try:
    1/0
except ZeroDivisionError as e:
    print("caught", e)
finally:
    print("fin")
def f(a, b=2, *args, c, d=4, **kw): return (a, b, args, c, d, kw)
print(f(1, c=3), f(1, 2, 3, 4, c=5, e=6), f(*[1,2,3], **{'c': 1}))
def counter():
    n = 0
    def inc():
        nonlocal n
        n += 1
        return n
    return inc
c = counter(); c(); print(c())
import sys
print(sys.maxsize)
class CM:
    def __enter__(self): print("enter"); return self
    def __exit__(self, *a): print("exit", a[0]); return True
with CM() as cm:
    raise ValueError("x")
match [1, 2, {"k": 5}]:
    case [1, y, {"k": z}] if z > 3: print("match", y, z)
    case _: print("no")
print(f"{3.14159:.2f} {42:>5} {'s'!r} {b.v=}")
x, *y, z = range(5); print(x, y, z)
print(sorted([3,1,2], reverse=True), sum(range(100)), max(3, 9, 2), 2**100, 10**20 // 3)
async def co(): return 5
try:
    co().send(None)
except StopIteration as e: print(e.value)
def fib(n): return n if n < 2 else fib(n-1) + fib(n-2)
print(fib(20))
print("%s %d %r" % ("a", 3, None), "a,b".split(","), "x".join("abc"))
d = {}
d.setdefault('a', []).append(1); print(d, 'a' in d, d.get('z'))
lam = lambda *a, k=3: (a, k)
print(lam(1, 2), lam(k=9))
print(type(a).__mro__, isinstance(b, A), issubclass(B, A))
try:
    try: raise KeyError("k")
    except KeyError: raise RuntimeError("r") from None
except RuntimeError as e: print(repr(e), e.__cause__, e.__context__)
try:
    raise ExceptionGroup("eg", [ValueError(1), TypeError(2)])
except* ValueError as eg: print("VE", eg.exceptions)
except* TypeError as eg: print("TE", eg.exceptions)
while True:
    break
else: print("no")
for i in range(3):
    if i == 5: break
else: print("else")
print(int("123"), float("1e3"), complex(1, 2), bytes(3), bytearray(b"ab"))
global_x = [i for i in range(5)]
del global_x[1:3]; print(global_x)
print(1 < 2 < 3, 1 < 2 > 5, not 1, 1 or 2, 0 and 3, None is None)
print(*map(lambda v: v + 1, [1,2]), sep="-", end="!\n")
