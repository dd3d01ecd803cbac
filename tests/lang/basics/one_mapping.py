"""Calls with one ** mapping and nothing else by keyword: a dict is read where it is, anything else is copied first; what is wrong with it; changes meanwhile."""

from collections import OrderedDict, UserDict


def show(*args, **kwargs):
    return args, kwargs


def attempt(call):
    try:
        print(call())
    except Exception as e:
        print(type(e).__name__, e)


class Mapping:
    def __init__(self, keys):
        self.all = keys

    def keys(self):
        return self.all

    def __getitem__(self, key):
        return key.upper()


class NoKeys:
    pass


class Child(dict):
    def __getitem__(self, key):
        return "own"


given = {"a": 1, "b": 2}
for _ in range(2):
    attempt(lambda: show(**given))
    attempt(lambda: show(*(1, 2), **given))
    attempt(lambda: show(*[1, 2], **given))
    attempt(lambda: show(1, **given))
    attempt(lambda: show(**{}))
    attempt(lambda: show(*(), **{}))
    attempt(lambda: show(**OrderedDict(z=1, y=2)))
    attempt(lambda: show(**UserDict(q=1)))
    attempt(lambda: show(**Mapping(["m", "n"])))
    attempt(lambda: show(**Child(a=1)))
    attempt(lambda: dict(**given))
    attempt(lambda: dict(**Mapping(["k"])))
    attempt(lambda: show(**{1: 2}))
    attempt(lambda: dict(**{1: 2}))
    attempt(lambda: show(**None))
    attempt(lambda: show(*1, **None))
    attempt(lambda: show(**NoKeys()))
    attempt(lambda: show(**Mapping(["m", "m"])))
    attempt(lambda: show(**Mapping(1)))
    attempt(lambda: len(**given))
    attempt(lambda: sorted([3, 1, 2], **{"reverse": True}))
    attempt(lambda: int("11", **{"base": 2}))
    attempt(lambda: "{a}{b}".format(**given))


def changes(**kwargs):
    kwargs["new"] = 1
    given["more"] = 2
    return kwargs


print(changes(**given), given)


def items():
    given["late"] = 3
    yield 1


print(show(*items(), **given), given)


def wrapper(f):
    def inner(*args, **kwargs):
        return f(*args, **kwargs)
    return inner


@wrapper
def target(a, b=2, *, c=3):
    return a, b, c


class Thing:
    def __init__(self, *args, **kwargs):
        self.got = args, kwargs

    @wrapper
    def method(self, x, y=1):
        return x, y


print(target(1), target(1, b=3), target(1, c=4, b=5), Thing(1, k=2).got, Thing(*(1,), **{"k": 2}).got, Thing().method(1, y=5))


def gives(**kwargs):
    yield kwargs


print(list(gives(**given)))

# a key that is no name: twice, it is told first
for wrong in [lambda: gives(**{1: 2}, **{1: 3}), lambda: gives(**{1: 2}, **{2: 3}), lambda: gives(a=1, **{1: 3})]:
    try:
        wrong()
    except TypeError as e:
        print(e)
