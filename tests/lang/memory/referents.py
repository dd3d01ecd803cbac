"""gc.get_referents lists objects, and nothing for fields that are empty."""
import gc


def function():
    "doc"


for o in (function, int, len, gc, property(function), type("T", (), {"__slots__": ("a",)})(), print):
    for r in gc.get_referents(o):
        type(r)
print(function.__code__ in gc.get_referents(function), function.__globals__ in gc.get_referents(function))
