# What errors about names tell: an unbound local has no name to suggest others for; a missing slot tells the class in full.
import traceback
import types


def unbound():
    something = 1
    print(somethong)
    somethong = something


def free():
    def inner():
        return later

    inner()
    later = 1


for f in (unbound, free, lambda: somethink):
    try:
        f()
    except NameError as error:
        print(type(error).__name__, error.name)
        print(traceback.format_exception_only(error)[-1].strip())


class Slots:
    __slots__ = "a"

    class Inner:
        __slots__ = "b"


def make():
    class Local:
        __slots__ = ("c",)

    return Local


other = type("Other", (), {"__slots__": "d", "__module__": "some.module"})
for cls, name in ((Slots, "a"), (Slots.Inner, "b"), (make(), "c"), (other, "d")):
    x = cls()
    for f in (getattr, delattr):
        try:
            f(x, name)
        except AttributeError as error:
            print(error, "|", error.name)

# Named tuples: those of sys that tell about the interpreter are not made by programs.
import sys
import time

for make in (
    type(sys.flags),
    type(sys.version_info),
    lambda: type(sys.flags)([1] * 50),
    lambda: time.struct_time("123456789", None),
    lambda: time.struct_time("123456789", dict=None),
    lambda: time.struct_time("123456789", {}),
):
    try:
        print(make())
    except TypeError as error:
        print(error)
