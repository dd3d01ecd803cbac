"""A module of before 3.14 that writes to its __annotations__ while it runs gets a dict; a function's name is still looked up in vain."""
__annotations__["first"] = 1
print(__annotations__)


def f():
    return __annotations__


del __annotations__
try:
    f()
except NameError as e:
    print(e)
