"""What the commonest shapes of loops, slices, tests and calls do by short ways is what the long ways do."""
from collections import namedtuple


def pairs():
    out = []
    for i, x in enumerate("abc", 5):
        out.append((i, x))
    for a, b in zip([1, 2, 3], (4, 5)):
        out.append((a, b))
    for k, v in {"x": 1, "y": 2}.items():
        out.append((k, v))
    for a, b in enumerate(zip([1], [2])):
        out.append((a, b))
    print(out)


def wrong_pairs():
    for make in (lambda: zip([1], [2], [3]), lambda: zip([1]), lambda: zip([1, 2], [3], strict=True), lambda: enumerate(1)):
        try:
            for a, b in make():
                pass
            print("no error")
        except (TypeError, ValueError) as e:
            print(type(e).__name__, e)
    d = {1: 1}
    try:
        for k, v in d.items():
            d[k + 1] = v
    except RuntimeError as e:
        print(e)


class Index:
    def __init__(self, i):
        self.i = i

    def __index__(self):
        return self.i


def slices():
    l, t, s, b = list(range(10)), tuple(range(10)), "0123456789", b"0123456789"
    n = 3
    for x in l, t, s, b:
        print(x[n:], x[:n], x[n:-n], x[::n], x[n::-1], x[-n::-2], x[Index(2):Index(5)], x[n:None], x[20:n])
        for start, stop, step in (("a", 1, 1), (0, 1.5, 1), (0, 5, n - n)):
            try:
                print(x[start:stop:step])
            except (TypeError, ValueError) as e:
                print(type(e).__name__, e)
    l[:n] = l[n - 1::-1]
    print(l)
    l[n:n] = l
    print(l)
    l[n:n + 2] = (7, 8, 9)
    l[::n + 3] = "abcd"
    print(l)

    class Loud:
        def __del__(self):
            print("gone, the list has", len(loud))
    loud = [Loud(), Loud(), 3]
    loud[:n - 1] = [1, 2]
    print(loud)


def stars():
    first, *rest, last = (1, 2, 3, 4)
    print(first, rest, last)
    *rest, last = [1]
    print(rest, last)
    try:
        a, *b, c = (1,)
    except ValueError as e:
        print(e)


def tests():
    words, found = {"a": 1, "b": 2}, []
    for w in "abcd":
        if w in words:
            found.append(w)
        if w not in words:
            found.append(w.upper())
        while w.startswith("d"):
            w = "e"
    print(found, [w for w in "xyz" if w.isalpha() and w in "yz"])

    class Odd:
        def __contains__(self, item):
            return [item] if item else []
    print([i for i in range(3) if i in Odd()], 0 in Odd(), 0 not in Odd())


def keys():
    d = {(1, "a"): 1, (1.0, "b"): 2, (True, "c"): 3, ((1, 2), 3): 4, (): 5}
    print(d[1, "a"], d[1, "b"], d[1, "c"], d[(1, 2), 3], d[()], (1, "d") in d, d.get((1,)))
    nan = float("nan")
    print((nan,) in {(nan,)}, {(1, "x"), (1.0, "x"), (True, "x")})
    s = {1, True, 1.0, "1", -1, -2, 2**60, 0}
    print(len(s), 1.0 in s, -1 in s, 2**60 in s, "1" in s, hash(-1) == hash(-2))


def sets():
    a, b = set(range(0, 60, 2)), set(range(0, 60, 3))
    print(sorted(a | b) == sorted(b | a), sorted(a & b), len(a - b), len(a ^ b), a - a, a >= a & b)
    a.discard(0)
    a.remove(2)
    a |= {"x"}
    print(len(a), a & {"x", 4} == {"x", 4}, frozenset("abca") == set("abc"))

    class Sly:
        def __hash__(self):
            return 1

        def __eq__(self, other):
            victim.clear()
            return False
    victim = set()
    victim |= {9, 17, Sly()}
    print(len({Sly()} & {1, 2}), len({Sly(), 5} - {1, 3}), len(victim))


def names():
    P = namedtuple("P", "x y")

    class Q(P):
        pass
    for p in (P(1, 2), Q(3, 4), tuple.__new__(P, (5,))):
        for _ in range(3):
            try:
                print(p.x, p.y, end=";")
            except IndexError as e:
                print(e, end=";")
    print()
    try:
        P(1, 2).x = 3
    except AttributeError as e:
        print(e)


def divisions():
    for a in (10**40 + 7, -(10**40) - 7, 2**600 - 1, 1 - 2**600, 2**1200 + 5):
        for b in (3, 10**20, -(10**39), 2**300 + 1, 2**599, 2**600 - 1, -(2**570) + 1):
            q, r = divmod(a, b)
            assert q * b + r == a and (0 <= r < b or b < r <= 0) and q == a // b and r == a % b, (a, b)
    print((2**521 - 1) ** 3 % (10**100 + 9), 7**400 // 7**398, 7**400 // -(7**399))


def texts():
    print(f"{255:08b}|{-255:#x}|{255:X}|{-5:05d}|{5:+d}|{5: d}|{3:^5}|{3:*<4}|{1234567:,}|{0:d}|{-0.5:08.2f}|{'ab':*^6}|{'':>3}|{'é':é<3}|{2**70:x}")
    print("%s-%d %5.1f%% %%" % ("a", 3, 2.25), "%d" % True, "%s" % (1,), "%d%s" % (2**70, "x"), repr("%s" % "whole"))
    for bad in (lambda: "%d" % "x", lambda: "%s %s" % 1, lambda: "%d" % (1, 2), lambda: f"{5:.2d}", lambda: f"{'a':d}"):
        try:
            print(bad())
        except (TypeError, ValueError) as e:
            print(type(e).__name__, e)
    print("banana".replace("a", ""), "aaa".replace("a", ""), "ab".replace("a", ""), "xyz".replace("a", ""), "banana".replace("a", "", 2))
    print("a,b,,cd,".split(","), " a  bc d ".split(), "a,b,c".split(",", 1), ",".split(","), "anna".find("na"), "na" in "an", "" in "x", "abcabd".find("abd"), "é" in "caf\xe9")


for part in (pairs, wrong_pairs, slices, stars, tests, keys, sets, names, divisions, texts):
    part()
