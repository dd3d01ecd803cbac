"""Loops over lists and tuples that change meanwhile or end early, and items of lists that are attributes."""
import sys
import traceback


class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("end of", self.name)


def growing():
    numbers = [1, 2, 3]
    for n in numbers:
        if n < 20:
            numbers.append(n * 10)
    return numbers


def shrinking():
    numbers, seen = list(range(10)), []
    for n in numbers:
        seen.append(n)
        numbers.pop()
    return seen, numbers


def emptied():
    numbers = [1, 2, 3]
    for n in numbers:
        numbers.clear()
        numbers.extend("abc"[:n])
    else:
        return n, numbers


def rebound(numbers):
    seen = []
    for n in numbers:
        numbers = None
        seen.append(n)
    return seen


def nested():
    table = [[1, 2], (3, 4), []]
    out = []
    for i, row in enumerate(table):
        for x in row:
            for y in (x, -x):
                if y == 3:
                    continue
                if y == -4:
                    break
                out.append((i, y))
            else:
                out.append("else")
    return out


def lazily(items):
    for x in items:
        got = yield x
        if got:
            items.append(got)


def found(rows, wanted):
    for row in rows:
        for x in row:
            if x == wanted:
                try:
                    return row
                finally:
                    rows = None


def stopped():
    for x in [Loud("a"), Loud("b")]:
        try:
            for y in (1, 0):
                1 / y
        except ZeroDivisionError:
            print("caught with", x.name)
    print("after the loop")


class Own(list):
    def __iter__(self):
        return iter(["own"])


class Own2(tuple):
    def __iter__(self):
        return self

    def __next__(self):
        raise StopIteration


print(growing(), shrinking(), emptied(), rebound([1, 2]), nested())
g = lazily([1])
print(next(g), g.send(5), next(g, "done"))
g = lazily((7, 8, 9))
print(next(g), list(g), found([[1], (2, 3)], 3))
stopped()
print([x for x in Own([1])], [x for x in Own2([1])], [[y for y in x] for x in ([1, 2], (3,), "ab", {4: 5})])
print([a + b for a in (1, 2) for b in [10, 20] if a for c in (0,)], {k: v for k, v in [(1, 2), (3, 4)]}, {x for x in (1, 1)})
print(sum(x for x in [1, 2, 3]), max([3, 5], key=lambda n: [n for n in (n,)][0]))
items = [1, 2]
count = sys.getrefcount(items)
for x in items:
    print(sys.getrefcount(items) - count, end=" ")
print(sys.getrefcount(items) - count)


class Board:
    shared = [100, 200]

    def __init__(self):
        self.cells = [10, 20, 30]
        self.pair = (1, 2)
        self.names = {0: "zero", 1: "one"}
        self.word = "xyz"

    @property
    def made(self):
        return [self.cells[-1], 5]

    def __getattr__(self, name):
        if name == "dynamic":
            return ["d0", "d1"]
        raise AttributeError(f"no {name}")

    def all_of(self, i):
        return (self.cells[i], self.pair[i], self.names[i], self.word[i], self.made[i], self.dynamic[i], self.shared[i],
                Board.shared[i])


class Slotted:
    __slots__ = ("cells",)


class Index:
    def __index__(self):
        return 2


def at(o, i):
    return o.cells[i]


board = Board()
for i in (0, 1, True):
    print(board.all_of(i))
slotted = Slotted()
slotted.cells = ["s", "t", "u"]
for i in (0, -1, -3, Index(), False):
    print(at(board, i), at(slotted, i), end="; ")
print()
for o, i in ((board, 3), (board, -4), (board, 1 << 70), (board, "a"), (board, None), (slotted, 9), (5, 0)):
    try:
        print(at(o, i))
    except Exception as e:
        print(type(e).__name__, e, traceback.extract_tb(e.__traceback__)[-1].lineno - at.__code__.co_firstlineno)
del slotted.cells
for _ in range(2):
    try:
        at(slotted, 0)
    except AttributeError as e:
        print(e)
slotted.cells = [1]
board.cells = (7, 8)
print(at(board, 0), at(slotted, 0), at(board, -1))
board.cells = [[1, 2], [3, 4]]
print([at(board, i)[j] for i in (0, 1) for j in (0, 1)])


class Holder:
    def __init__(self):
        self.cells = [Loud("item 0"), Loud("item 1")]

    def __del__(self):
        print("end of the holder")


def last():
    i = 1
    item = Holder().cells[i]
    print("have", item.name)
    return item.name


def unbound():
    print(board.cells[k])
    k = 0


print(last())
try:
    unbound()
except UnboundLocalError as e:
    print(e)


def jumping():
    """A debugger goes from one loop to another: what the first was at is what the second goes on with."""
    for x in [1, 2, 3]:
        print("first", x)
    for x in (4, 5):
        print("second", x)


def tracer(frame, event, arg):
    if frame.f_code is jumping.__code__:
        if event == "line" and frame.f_lineno == jumping.__code__.co_firstlineno + 3 and frame.f_locals["x"] == 2:
            frame.f_lineno += 2
        return tracer


sys.settrace(tracer)
jumping()
sys.settrace(None)
