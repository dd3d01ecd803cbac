"""Keywords bound where they lie: in the order of the parameters, in another, in part; with defaults, positional-only parameters, * and **; what is wrong with a call."""

import gc


def two(a, b, /, c, d=4, *, e=5, f):
    return a, b, c, d, e, f


def star(a, b=2, *rest, c, d=4, **more):
    return a, b, rest, c, d, more


def only(*, a, b=2, c):
    return a, b, c


def names(a, /, b, **more):
    return a, b, more


class Point:
    def __init__(self, x, y=0, *, z=0):
        self.x, self.y, self.z = x, y, z

    def moved(self, *, dy=0, dx=0):
        return self.x + dx, self.y + dy


def gives(a, b=2, *, c=3):
    yield a
    yield b, c


def attempt(call):
    try:
        print(call())
    except TypeError as e:
        print("TypeError:", e)


for _ in range(2):
    attempt(lambda: two(1, 2, 3, f=6))
    attempt(lambda: two(1, 2, 3, 7, e=8, f=9))
    attempt(lambda: two(1, 2, c=3, d=7, e=8, f=9))
    attempt(lambda: two(1, 2, f=9, e=8, d=7, c=3))
    attempt(lambda: two(1, 2, c=3, f=9))
    attempt(lambda: two(1, 2, d=7, f=9, c=3))
    attempt(lambda: two(1, b=2, c=3, f=9))
    attempt(lambda: two(1, 2, c=3))
    attempt(lambda: two(1, 2, f=3))
    attempt(lambda: two(1, 2, 3, c=4, f=6))
    attempt(lambda: two(1, 2, 3, f=6, g=7))
    attempt(lambda: two(1, 2, 3, 4, 5, f=6))
    attempt(lambda: star(1, c=3))
    attempt(lambda: star(1, c=3, b=7))
    attempt(lambda: star(b=7, a=1, d=8, c=3))
    attempt(lambda: star(1, 2, 3, 4, c=3, x=5, d=6, y=7))
    attempt(lambda: star(1, 2, 3, a=5, c=3))
    attempt(lambda: star(1, 2, c=3, x=1, a=5))
    attempt(lambda: star(c=1))
    attempt(lambda: only(a=1, b=2, c=3))
    attempt(lambda: only(c=1, a=3))
    attempt(lambda: only(b=1))
    attempt(lambda: only(1, a=1, c=3))
    attempt(lambda: names(1, b=2, a=3))
    attempt(lambda: names(1, a=3, c=4, b=5))
    attempt(lambda: names(a=1, b=2))
    attempt(lambda: Point(1, z=3).moved(dx=1, dy=2))
    attempt(lambda: Point(y=1, x=3).moved(dy=1))
    attempt(lambda: Point(1, 2, x=3))
    attempt(lambda: list(gives(1, c=5, b=4)))
    attempt(lambda: list(gives(b=1, a=4)))
    attempt(lambda: list(gives(c=1)))

only.__kwdefaults__ = {"c": 30}
attempt(lambda: only(b=1, a=2))
only.__kwdefaults__ = None
attempt(lambda: only(c=1, a=2))
gives.__defaults__ = (10, 20)
attempt(lambda: list(gives(c=1)))


class Key(str):
    """A string that is equal to a parameter's name, and runs code to say so."""

    def __eq__(self, other):
        gc.collect()
        return str.__eq__(self, other)

    __hash__ = str.__hash__


attempt(lambda: two(1, 2, **{Key("f"): 1, Key("c"): 2}))
attempt(lambda: star(1, **{Key("c"): 1, Key("more"): 2}))
many = {"k%d" % i: i for i in range(40)}
attempt(lambda: len(star(1, c=2, **many)[-1]))
