# Methods of built-in types between being found and being called: by position, by keyword, with too many arguments, on ints, and while an argument is computed by code that raises,
# suspends, or takes the object away.
import sys


def boom():
    raise ValueError("boom")


def counts():
    print("a,b,c".split(","), "a,b,c".split(sep=",", maxsplit=1), "x".join(["1", "2"]))
    print((5).bit_length(), (2.5).is_integer(), (255).to_bytes(2, "big"), True.bit_length())
    for call in (lambda: [].append(1, 2), lambda: "".join(), lambda: {}.get(), lambda: (5).bit_length(1), lambda: "a".split(sap=1)):
        try:
            print(call())
        except TypeError as e:
            print(type(e).__name__, e)


def raising():
    items = []
    try:
        items.append(boom())
    except ValueError as e:
        print(e, items)


def suspended():
    items = []
    items.append((yield 1))
    items.insert(0, (yield len(items)))
    yield items


class Mine(list):
    def append(self, item):
        super().append(item * 2)
        list.append(self, item)


class Odd:
    number = classmethod(5)


counts()
raising()
g = suspended()
print(next(g), g.send("a"), g.send("b"))
g = suspended()
next(g)
del g
mine = Mine()
for container in ([], mine, [], mine):
    container.append(3)
    container.extend([4])
    print(container, container.index(4))
try:
    Odd.number()
except TypeError as e:
    print(e)

seen = []


def trace(frame, event, argument):
    seen.append(event)
    return trace


def late():
    sys.settrace(trace)
    return "b"


def traced():
    text = "abc".replace(late(), "x")
    sys.settrace(None)
    return text


print(traced(), len(seen) > 0)
