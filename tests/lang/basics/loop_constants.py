"""Constants used as operands in loops: functions of all kinds, and what can be seen of their frames."""
import sys


def polynomial(n):
    total, x = 0.0, 0.5
    while n > 0:
        total += ((2.5 * x - 3.25) * x + 4.0) * x - 1.5
        x = x / 2.5 if n % 3 else -x * 1e3
        n -= 1
    return total, sorted(locals())


def texts(lines):
    kept = []
    for line in lines:
        if line == "skip" or "o" in line or line > "x":
            continue
        kept.append(line + "!" if line != "end" else "(" + line + ")")
        if line == "end":
            break
    else:
        kept.append("no end")
    return kept


def generator(n):
    for i in range(n):
        got = yield i * 0.5
        if got is not None and got != "again":
            yield got + "?"


def nested(n):
    def inner(x):
        nonlocal total
        while x > 100000:
            x -= 65537
            total += 70000
        return x * 1.25
    total = 0
    return [inner(i * 99999) + 1.5 for i in range(n) if i * 1.5 > 2.0], total


def caught(values):
    out = []
    for v in values:
        try:
            out.append(1.5 / v + (v if v > 2.5 else 2.5 * v))
        except ZeroDivisionError:
            out.append("none" * 2)
        except TypeError as e:
            out.append(str(e) + ";")
        finally:
            out.append(0.25 + len(out))
    return out


def many(n):
    total = 0
    for i in range(n):
        total += 1.5 * i + 2.5 * i + 3.5 * i + 4.5 * i + 5.5 * i + 6.5 * i + 7.5 * i + 8.5 * i + 100000 * i + i % 70001 + (i ^ 12345678)
    return total


def assigned(n):
    i = 0
    while (i := i + 1) < n and (j := i * 0.5) < 1e9:
        i *= (k := 2.0) if j > 3.0 else 1.0
    return i, j, k


class Body:
    value = 1
    for _ in range(3):
        value = value * 2.5 + 1.5


def frames(n):
    for _ in range(n):
        x = 1.5 * n
        frame = sys._getframe()
    return sorted(frame.f_locals), frame.f_code.co_varnames, frame.f_code.co_nlocals, 1.5 in frame.f_code.co_consts


print(polynomial(20))
print(texts(["a", "skip", "b", "foo", "y", "end", "c"]), texts(["q"]))
g = generator(4)
print(next(g), g.send("hello"), next(g), g.send("again"), list(g))
print(nested(4))
print(caught([1, 0, 3.5, "s", None]))
print(many(50))
print(assigned(50))
print(Body.value)
print(frames(2))
print((lambda n: [x * 1.5 - 70000 for x in range(n) if x != 1.0])(4), {x: x + 0.5 for x in range(3)}, sum(x * 0.5 for x in range(5)))

events = []
def tracer(frame, event, arg):
    if frame.f_code.co_name == "traced":
        events.append((event, frame.f_lineno - frame.f_code.co_firstlineno))
    return tracer
def traced(n):
    for i in range(n):
        y = (i *
             2.5 +
             1.5)
    return y
sys.settrace(tracer)
traced(2)
sys.settrace(None)
print(sorted(set(events)))
try:
    for value in (1, "s"):
        value * 1.5 - 2.5
except TypeError as e:
    print(e, e.__traceback__.tb_lineno)
