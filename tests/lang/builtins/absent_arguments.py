"""Built-in functions with many optional arguments, called with few of them: by a function, a generator, a bound method, at the end of a frame's registers."""
import os


def opened():
    for _ in range(200):
        with open(os.devnull) as f:
            yield f.read(1)


def plain():
    return open(os.devnull, "rb").read(0), int.from_bytes(b"ab"), "a,b".split(","), compile("1", "f", "eval").co_filename


def kinds():
    yield sorted([3, 1, 2])
    yield int.from_bytes(b"ab"), "a,b".split(",")
    yield compile("1 + 1", "name", "eval").co_filename
    yield open(os.devnull).name == os.devnull
    make = open
    yield make(os.devnull).closed


print(sum(len(part) for part in opened()), plain(), list(kinds()))
