"""A class whose namespace has keys that are no strings is warned of; the search for iter() and an iterator that join() goes through may change what they work on."""
import builtins
import warnings

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    Made = type("Made", (), {1: 2, "a": 3})

    class Written:
        locals()[None] = 4
        b = 5

    class Fine:
        c = 6

print([(w.category.__name__, str(w.message)) for w in caught], Made.a, Made.__dict__[1], Written.b)
warnings.simplefilter("error")
try:
    type("Refused", (), {(): 1})
except RuntimeWarning as error:
    print("RuntimeWarning:", error)

array = bytearray(b",")


def shrinking():
    yield b"A"
    array.clear()
    yield b"B"


try:
    array.join(shrinking())
except BufferError as error:
    print("BufferError:", error)
print(array, array.join([b"A", array]), array.join(c for c in (b"x", b"y")))


class Name:
    """Equal to a name; finding that out exhausts an iterator."""

    def __init__(self, name, iterator):
        self.name, self.iterator = name, iterator

    def __hash__(self):
        return hash(self.name)

    def __eq__(self, other):
        list(self.iterator)
        return other == self.name


def reduced(name, iterator):
    kept = getattr(builtins, name)
    del builtins.__dict__[name]
    builtins.__dict__[Name(name, iterator)] = kept
    try:
        return iterator.__reduce__()[1:]
    finally:
        del builtins.__dict__[name]
        builtins.__dict__[name] = kept


print(reduced("iter", iter("xyz")), reduced("iter", iter([1, 2])), reduced("iter", iter((1, 2))), reduced("iter", iter(b"ab")),
      reduced("reversed", reversed([1, 2])), reduced("iter", iter(lambda: 0, 0)), reduced("iter", iter("xyzé")))
