"""functools.partial of functions, called by programs: with all, few and too many arguments, from generators and methods, of a child with a __call__, and what dies when."""

from functools import partial


def show(a, b, c=3, *rest, **more):
    return a, b, c, rest, more


def two(a, b):
    return a, b


class Child(partial):
    pass


class Calls(partial):
    def __call__(self, *args):
        return "own", args


class Dies:
    def __del__(self):
        print("dies")


def attempt(call):
    try:
        print(call())
    except TypeError as e:
        print("TypeError:", e)


def generator(f):
    yield f(1)
    yield f(2)
    yield from (f(i) for i in range(2))


first = partial(two, 1)
for _ in range(2):
    attempt(lambda: first(2))
    attempt(lambda: first())
    attempt(lambda: first(2, 3))
    attempt(lambda: first(b=2))
    attempt(lambda: partial(two, b=1)(5))
    attempt(lambda: partial(two)(1, 2))
    attempt(lambda: partial(two, 1, 2)())
    attempt(lambda: partial(show, 1)(2))
    attempt(lambda: partial(show, 1, 2, 3, 4)(5, x=6))
    attempt(lambda: partial(len, "abc")())
    attempt(lambda: Child(two, 1)(2))
    attempt(lambda: Calls(two, 1)(2))
    attempt(lambda: partial(partial(two, 1), 2)())
    attempt(lambda: partial(first.__call__, 3)())
    print(list(generator(first)))


class Holder:
    method = staticmethod(partial(two, "held"))
    bound = partial(two)

    def call(self):
        return self.method(1), self.other(2)


holder = Holder()
holder.other = partial(two, "other")
print(holder.call())


def raises(value, n):
    raise ValueError(value, n)


for _ in range(2):
    try:
        partial(raises, 1)(2)
    except ValueError as e:
        print(e)


def last(value, n):
    print("runs")
    return n


print(partial(last, Dies())(partial(last, 1)(4)))
changing = partial(two, 1)


def changes(a, b):
    changing.__setstate__((two, (5,), {}, None))
    return a, b


changing.__setstate__((changes, (Dies(),), {}, None))
print(changing(2)[1], changing(2))
