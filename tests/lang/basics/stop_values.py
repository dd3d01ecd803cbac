# The StopIteration of an iterator written in Python: its value is what `yield from` and `await` give, next() raises
# that very exception, and whatever only wants the items takes it for their end.
import asyncio
import collections
import functools
import itertools
import weakref


class Stop(StopIteration):
    pass


class Iterator:
    """Gives `items`, then raises `stop`."""

    def __init__(self, stop, *items):
        self.stop = stop
        self.items = list(items)

    def __iter__(self):
        return self

    def __next__(self):
        if self.items:
            return self.items.pop(0)
        raise self.stop


def delegate(it):
    value = yield from it
    print("    value", value)
    return value


for make in (lambda: StopIteration(42), lambda: Stop(7, 8), lambda: StopIteration(), lambda: StopIteration((1, 2)), lambda: StopIteration):
    print(repr(make()))
    print("   ", list(delegate(Iterator(make()))))
    print("   ", list(delegate(delegate(Iterator(make(), 1, 2)))))
    g = delegate(Iterator(make(), 1))
    print("   ", next(g), next(g, "end"))
    try:
        next(Iterator(make()))
    except StopIteration as e:
        print("    next:", repr(e), e.value, e.__context__)
    print("    default:", next(Iterator(make()), "default"))
    try:
        iter(Iterator(make())).__next__()
    except StopIteration as e:
        print("    __next__:", repr(e))

stop = Stop("same")
try:
    next(Iterator(stop))
except StopIteration as e:
    print(e is stop, e.__traceback__.tb_next.tb_frame.f_code.co_name)


class Sends(Iterator):
    def send(self, value):
        if value == "stop":
            raise StopIteration("sent")
        return value

    def throw(self, e):
        raise StopIteration("thrown")


g = delegate(Sends(None, 1))
print(next(g), g.send(5))
try:
    g.send("stop")
except StopIteration as e:
    print(e.value)
g = delegate(Sends(None, 1))
next(g)
try:
    g.throw(KeyError())
except StopIteration as e:
    print(e.value)


class Awaited:
    def __init__(self, it):
        self.it = it

    def __await__(self):
        return self.it


async def waits(it):
    value = await Awaited(it)
    async with Context(value) as entered:
        return entered


class Context:
    def __init__(self, value):
        self.value = value

    def __aenter__(self):
        return Awaited(Iterator(StopIteration((self.value, "entered"))))

    def __aexit__(self, *details):
        return Awaited(Iterator(StopIteration(False)))


class Counts:
    n = 0

    def __aiter__(self):
        return self

    def __anext__(self):
        self.n += 1
        if self.n > 3:
            return Awaited(Iterator(StopAsyncIteration()))
        return Awaited(Iterator(StopIteration(self.n), None))


async def collects():
    return [n async for n in Counts()]


print(asyncio.run(waits(Iterator(StopIteration("awaited"), None))))
print(asyncio.run(collects()))


# Everything that only wants the items.
def one(*items):
    return Iterator(Stop("end"), *items)


for name, function in {
    "list": lambda: list(one(1)), "tuple": lambda: tuple(one(1)), "set": lambda: set(one(1)),
    "frozenset": lambda: frozenset(one(1)), "dict": lambda: dict(one((1, 2))), "fromkeys": lambda: dict.fromkeys(one(1)),
    "bytes": lambda: bytes(one(1)), "bytearray": lambda: bytearray(one(1)), "star": lambda: [*one(1), *one(2)],
    "arguments": lambda: max(*one(1, 2)), "loop": lambda: [x for x in one(1, 2)], "in": lambda: 1 in one(),
    "sum": lambda: sum(one(1, 2)), "max": lambda: max(one(), default=5), "any": lambda: any(one()), "all": lambda: all(one(1)),
    "sorted": lambda: sorted(one(2, 1)), "join": lambda: "".join(one("a")), "join bytes": lambda: b"".join(one(b"a")),
    "deque": lambda: collections.deque(one(1)), "Counter": lambda: collections.Counter(one(1)),
    "reduce": lambda: functools.reduce(max, one(), 7), "extend": lambda: [0].__iadd__(one(1)),
    "slice": lambda: (lambda a: (a.__setitem__(slice(0, 1), one(8, 9)), a)[1])([1, 2]),
    "map": lambda: list(map(max, [1, 2], one(5))), "zip": lambda: list(zip([1, 2], one(5))), "filter": lambda: list(filter(None, one(1))),
    "enumerate": lambda: list(enumerate(one(1))), "chain": lambda: list(itertools.chain(one(1), one(2))),
    "from_iterable": lambda: list(itertools.chain.from_iterable(one(one(1)))),
    "islice": lambda: list(itertools.islice(one(1), 3)), "cycle": lambda: list(itertools.cycle(one())),
    "zip_longest": lambda: list(itertools.zip_longest(one(1), [1, 2])), "takewhile": lambda: list(itertools.takewhile(bool, one(1))),
    "dropwhile": lambda: list(itertools.dropwhile(bool, one(1, 0))), "filterfalse": lambda: list(itertools.filterfalse(bool, one(0))),
    "starmap": lambda: list(itertools.starmap(max, one((1, 2)))), "accumulate": lambda: list(itertools.accumulate(one(1, 2))),
    "groupby": lambda: [(k, list(v)) for k, v in itertools.groupby(one(1))], "tee": lambda: list(itertools.tee(one(1))[0]),
    "pairwise": lambda: list(itertools.pairwise(one(1, 2))), "batched": lambda: list(itertools.batched(one(1, 2, 3), 2)),
    "compress": lambda: list(itertools.compress(one(1, 2), one(1))), "product": lambda: list(itertools.product(one(1), one(2))),
    "permutations": lambda: list(itertools.permutations(one(1))),
    "iter": lambda: list(iter(functools.partial(next, one(1, 2)), 3)),
    "proxy": lambda: (lambda it: list(iter(weakref.proxy(it))))(one(1)), "update": lambda: {}.update(one()), "generator": lambda: list(x for x in one(1)),
}.items():
    print(name, function())
first, *rest = one(1, 2)
print(first, rest)
try:
    first, second = one(1)
except ValueError as e:
    print(e)
