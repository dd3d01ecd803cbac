"""in and not in, asked of classes with a __contains__ in Python: what it returns, what that is worth, what it raises; in conditions, loops and generators; and how deep it goes."""

import sys


class Answers:
    def __init__(self, answer):
        self.answer = answer

    def __contains__(self, item):
        if isinstance(self.answer, type):
            raise self.answer(item)
        return self.answer


class Truth:
    def __init__(self, value):
        self.value = value

    def __bool__(self):
        if self.value is None:
            raise ValueError("no truth")
        return self.value


class No:
    __contains__ = None

    def __iter__(self):
        return iter([1])


class Iterates:
    def __iter__(self):
        return iter([1, 2])


class Static:
    @staticmethod
    def __contains__(item):
        return item == 3


class Child(Answers, list):
    pass


def attempt(container, item=1):
    try:
        print(item in container, item not in container, "then" if item in container else "else", [i for i in range(2) if i not in container])
    except Exception as e:
        print(type(e).__name__, e)


for _ in range(2):
    for answer in True, False, 1, 0, "", "x", None, Truth(True), Truth(False), Truth(None), NotImplemented, KeyError:
        attempt(Answers(answer))
    attempt(No())
    attempt(Iterates())
    attempt(Static(), 3)
    attempt(Child(True))


def generator(container):
    yield 1 in container
    while 1 not in container:
        yield "not"
        container.answer = True
    yield [x in container for x in range(2)]


print(list(generator(Answers(False))))


class Deep:
    def __contains__(self, n):
        return n == 0 or n - 1 in self


sys.setrecursionlimit(100_000)
print(30_000 in Deep())


class Dies:
    def __contains__(self, item):
        return False

    def __del__(self):
        print("dies")


print(1 in Dies(), 1 not in Dies())
