# Tuples, ranges and slices.
def error(f):
    try: print("no error", f())
    except Exception as e: print(type(e).__name__, e)
t = (1, "a", 2.5)
print(t, t + (1,), t * 2, t[0], t[-1], t[1:], t[::-1], t.index("a"), t.count(1), 2.5 in t, t[:] is t, hash((1, 2, 3)), hash(()), hash((0.5,)), hash((-1,)))
print((1,), (1, 2) < (1, 3), (1,) < (1, 0), (1, 2) == (1, 2.0), tuple("abc"), tuple(), tuple([1]), (1, 2) * 0, t.__getnewargs__())
for f in (lambda: t[3], lambda: t["a"], lambda: t + [1], lambda: t.index("zz"), lambda: tuple(1), lambda: tuple(1, 2), lambda: tuple(x=1), lambda: hash(([],)), lambda: t < 5, lambda: t.__setitem__):
    error(f)
class T(tuple):
    def __new__(cls, *args): return super().__new__(cls, args)
x = T(1, 2); x.attr = 3; print(x, x.attr, type(x[:]), type(x + x), T() == (), isinstance(x, tuple), hash(x) == hash((1, 2)))
it = iter((1, 2, 3)); next(it); print(it.__length_hint__(), it.__reduce__(), list(it), it.__reduce__())

r = range(10)
print(r, range(1, 10, 3), list(range(5, 0, -2)), len(range(0, 10, 3)), r[3], r[-1], r[2:8:2], r[::-1], 5 in r, 5.0 in r, "a" in r, r.index(3), r.count(3), r.count("x"))
print(range(0) == range(5, 2), range(0, 3, 2) == range(0, 4, 2), hash(range(0, 3, 2)) == hash(range(0, 4, 2)), bool(range(0)), range(3).start, range(1, 2, 3).step, list(reversed(range(3))))
big = range(10**20, 10**20 + 30, 7)
print(big, list(big), big[2], big[-1], big[1:3], 10**20 + 7 in big, 10**20 + 8 in big, big.index(10**20 + 14), list(reversed(big)), range(2**47, 2**50, 2**47)[3], len(range(-2**48, 2**48, 2**40)))
print(list(range(2**48 - 2, 2**48 + 2)), list(range(-2**48 + 1, -2**48 - 2, -1)), range(2**63)[2**62], iter(range(2**63)).__length_hint__(), next(iter(range(2**70, 2**71))))
for f in (lambda: range(), lambda: range(1, 2, 0), lambda: range("a"), lambda: range(1, 2, 3, 4), lambda: r[10], lambda: r["a"], lambda: r.index(10), lambda: len(range(2**70)), lambda: range(stop=1), lambda: r < r, lambda: range(1.5)):
    error(f)
it = iter(range(10)); next(it); print(it.__reduce__(), it.__length_hint__()); it.__setstate__(4); print(next(it), list(it))
it = iter(big); next(it); print(it.__reduce__(), it.__length_hint__()); it.__setstate__(2); print(list(it))

s = slice(1, 10, 2)
print(s, s.start, s.stop, s.step, slice(5), slice(None, 3), s == slice(1, 10, 2), s < slice(2, 3), s.indices(5), slice(None).indices(7), slice(None, None, -1).indices(4), slice(-3, None).indices(10**30), hash(slice(1, 2)) == hash(slice(1, 2)), s.__reduce__())
class I:
    def __index__(self): return 2
print(list(range(10))[I():], (1, 2, 3)[I()], "abc"[:I()], slice(I(), I()).indices(9), [0, 1, 2, 3][-10**30:10**30], range(10)[-10**30:10**30:10**30])
for f in (lambda: slice(), lambda: slice(1, 2, 3, 4), lambda: slice(1, 2, 0).indices(3), lambda: slice("a").indices(3), lambda: slice(1).indices(-1), lambda: slice(1).indices("a"), lambda: [1]["a":2], lambda: slice(1) < 2):
    error(f)
