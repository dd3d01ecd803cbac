# One site of an attribute or method call sees receivers of all kinds in turn: instances with fields, ints, floats, None, strs, classes, modules.
import math


class Static:
    @staticmethod
    def conjugate():
        return "static"

    @classmethod
    def bit_length(cls):
        return cls.__name__

    real = "class attribute"

    def __init__(self):
        self.x = 1


class Property(Static):
    @property
    def real(self):
        return "property"


class Plain:
    def conjugate(self):
        return "plain"

    def bit_length(self):
        return "plain length"


def look(value):
    out = []
    for call in (lambda v: v.conjugate(), lambda v: v.real, lambda v: v.bit_length(), lambda v: v.__class__.__name__):
        try:
            out.append(call(value))
        except (AttributeError, TypeError) as e:
            out.append(type(e).__name__)
    return out


def same_site(values):
    out = []
    for v in values:
        try:
            out.append(v.conjugate())
        except (AttributeError, TypeError) as e:
            out.append(type(e).__name__)
        try:
            out.append(v.real)
        except AttributeError as e:
            out.append(type(e).__name__)
        try:
            out.append(v.bit_length())
        except (AttributeError, TypeError) as e:
            out.append(type(e).__name__)
    return out


values = [Static(), 5, Property(), 2.5, None, Plain(), True, "text", Static, 1j, math, ..., 10**30, Plain, NotImplemented]
for i in range(len(values)):
    rotated = values[i:] + values[:i]
    for v in rotated[:3]:
        print(look(v) if not callable(v) else "class")
    print([x if isinstance(x, (str, int, float, complex)) else type(x).__name__ for x in same_site(rotated * 2)])
