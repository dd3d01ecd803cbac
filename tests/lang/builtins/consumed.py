"""Built-in functions that consume a generator: what it yields is used item by item, whatever happens in between."""
import sys
from collections import Counter
from decimal import Decimal
from fractions import Fraction


def counted(n, log):
    try:
        for i in range(n):
            log.append(i)
            yield i
    finally:
        log.append("closed")


# They stop where the answer is known, and the generator goes on from there.
log = []
g = counted(6, log)
print(any(i == 2 for i in g), log, next(g), all(i < 5 for i in g), log)
log = []
print(any(i == 2 for i in counted(6, log)), log)

# An error in the generator, in the item's own operation, in the key.
def failing():
    yield 1
    yield 2
    raise KeyError("in the generator")

for function in (sum, any, all, min, max, list, set, tuple, sorted, Counter):
    try:
        print(function(i * 0 if function is any else i for i in failing()))
    except KeyError as e:
        tb, names = e.__traceback__, []
        while tb:
            names.append(tb.tb_frame.f_code.co_name)
            tb = tb.tb_next
        print(function.__name__, e, names)
for bad in (lambda: sum(x for x in (1, "a")), lambda: max(x for x in (1, "a")), lambda: max((x for x in (1, 2)), key=lambda x: 1 / (x - 2)),
            lambda: sum((x for x in ()), ""), lambda: min(x for x in ()), lambda: sum(next(iter(())) for x in (1,)), lambda: max((x for x in (1, 2)), key=lambda x: next(iter(())))):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e, type(e.__cause__).__name__)

# Yielding from another one; generators within generators; one that runs already; one that is resumed or closed by what takes its items.
def outer(n):
    yield from range(n)
    yield from outer(n - 1) if n else ()
print(sum(outer(5)), max(outer(5)), sum(sum(j for j in range(i)) for i in range(20)))

def itself():
    yield 1
    try:
        yield sum(running)
    except ValueError as e:
        print(e)
        yield 10
running = itself()
print(sum(running))

class Adds:
    def __init__(self, g):
        self.g = g
    def __radd__(self, other):
        return other + next(self.g, 100)
    def __bool__(self):
        self.g.close()
        return False
def adders(n):
    for i in range(n):
        yield Adds(which) if i % 2 == 0 else i
which = adders(7)
print(sum(which))
which = adders(7)
print(any(which), list(which))

# Kinds of numbers.
print(sum(x for x in (2**60, 2**60, 2**63, -(2**60))), sum(x for x in (True, True, 2**62, 2**62, True)), sum(0.1 for _ in range(10)), sum(x for x in (1, 0.5, 2**70, True)))
print(sum((x for x in (1.5, 2j, 3, 1e308, True))), sum((x for x in (1, 2)), 0.5), sum((x for x in (1, 2)), 1j), sum((x for x in ([1], [2])), []))
print(sum(x for x in (Fraction(1, 3), 1, Decimal(2)) if not isinstance(x, Decimal)), sum(x for x in (Decimal(1), 2)), sum((float("inf"), 1.0)), sum(x for x in (1e100, 1.0, -1e100)))
print(sum([1, 2.5, 3]), sum((1, 2, 2**70)), sum({1: 2}), sum([1j, 2.0, 2]), sum([True] * 3), sum([]), max([1, 3.0, 2]), min("bca"))
try:
    sum(5, "")
except TypeError as e:
    print(e)

# In a generator's frame, with send, and with tracing.
def inner():
    total = sum(i for i in range(3))
    got = yield total
    yield max(x * got for x in range(4))
i = inner()
print(next(i), i.send(5))
events = []
def tracer(frame, event, arg):
    if frame.f_code.co_name == "<genexpr>":
        events.append((event, arg))
    return tracer
sys.settrace(tracer)
traced = sum(i for i in range(3))
sys.settrace(None)
print(traced, [e for e in events if e[0] != "line"])
def switching():
    yield 1
    sys.settrace(lambda *a: None)
    yield 2
    yield 3
    sys.settrace(None)
    yield 4
print(sum(switching()), any(x > 3 for x in switching()))
def deep(n):
    return sum(deep(n - 1) for _ in range(1)) + 1 if n else 0
print(deep(50))
try:
    deep(100000)
except RecursionError:
    print("RecursionError")
