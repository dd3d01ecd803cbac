# Lists: operators, methods, slices, messages, order of destruction, and what happens when items change the list.
def error(f):
    try:
        print("no error", f())
    except Exception as e:
        print(type(e).__name__, e)

l = [3, 1, 2]
l.append(4); l.extend("ab"); l.insert(0, "x"); l.insert(-1, "y"); l.insert(100, "z"); l.insert(-100, "w")
print(l, len(l), l.pop(), l.pop(0), l.pop(-2), l)
print(l.index(4), l.count(1), 2 in l, 99 in l, l[::-1], l[1:-1], l[-2:], l[::2], l[10:], l[3:1])
print(l + [1], l * 2, 0 * l, [] + [], [1, 2] < [1, 3], [1] < [1, 0], [] == [], [1] != [2], [1, 2] >= [1, 2])
m = list(range(10))
m[2:4] = "abc"; print(m)
m[::3] = [0] * len(m[::3]); print(m)
m[5:5] = [7, 8]; print(m)
m[3:] = m; print(m)
del m[0], m[-1], m[2:4], m[::4]; print(m)
del m[::-2]; print(m)
m *= 2; m += (1,); print(m)
m *= -1; print(m)
m.__init__("re"); print(m); m.clear(); print(m, m.copy())
for f in (lambda: l[100], lambda: l["a"], lambda: l.__setitem__(100, 1), lambda: l.__delitem__(100), lambda: [].pop(), lambda: [1].pop(5),
          lambda: l.remove("no"), lambda: l.index("no"), lambda: l + (1,), lambda: l * "a", lambda: l.__setitem__(slice(0, 4, 2), [1]),
          lambda: l.__setitem__(slice(0, 2), 5), lambda: l.__setitem__(slice(0, 4, 2), 5), lambda: l.insert("a", 1), lambda: list(5), lambda: list(1, 2),
          lambda: list(iterable=()), lambda: l[1:2:0], lambda: l["a":], lambda: hash(l), lambda: l < 5, lambda: l.extend(5), lambda: [1, "a"].sort(),
          lambda: l.sort(1), lambda: l.index(1, None), lambda: [1].__class_getitem__(int)):
    error(f)
r = [1]; r.append(r); r.append((r,)); print(r, list(reversed([1, 2, 3])))

# destruction: items last to first
class D:
    def __init__(self, n): self.n = n
    def __del__(self): print("del", self.n, end=" ")
x = [D(1), D(2), D(3)]; del x; print()
x = [D(1), D(2), D(3)]; x[:] = [0]; print()
x = [D(1), D(2), D(3)]; x[1] = 5; del x[0]; x.clear(); print()

# a comparison that changes the list
class Evil:
    def __eq__(self, other):
        v.clear()
        return False
v = [Evil(), Evil(), 1]
print(v == [1, 2, 3], v)
v = [Evil()] * 3
print(5 in v, v)
v = [1, Evil(), 2]
error(lambda: v.remove(2)); print(v)

# iterators follow the list
it = iter(v2 := [1, 2]); print(next(it), it.__length_hint__()); v2.append(3); print(list(it), v2.append(4), list(it))
it = iter([1, 2, 3]); next(it); print(it.__reduce__()); it.__setstate__(0); print(list(it), it.__reduce__())
it = reversed([1, 2, 3]); next(it); print(it.__reduce__(), it.__length_hint__(), list(it), it.__reduce__())
for y in (w := [1, 2, 3]):
    if len(w) < 6: w.append(y * 10)
print(w)

class L(list):
    def __init__(self, *args, tag=None):
        super().__init__(*args)
        self.tag = tag
s = L("ab", tag=5); print(s, s.tag, type(s[:]), type(s + s), type(s.copy()), s == ["a", "b"])
