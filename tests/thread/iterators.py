"""Iterators and generators shared by threads: no item from nowhere, and no crash; a generator runs in one thread at a time."""

import itertools
import threading
from harness import check, done, race

N = 2000


def drain(make, valid, exactly=False, allowed=()):
    """A worker that consumes one shared iterator after another, all threads the same one."""
    current = [make()]
    lock = threading.Lock()

    def worker(number):
        it = current[0]
        for _ in range(200):
            try:
                item = next(it)
            except StopIteration:
                with lock:
                    if current[0] is it:
                        current[0] = make()
                return
            except allowed:
                return
            check(valid(item), item)
    return worker


def generator(n):
    for i in range(n):
        yield i


def delegating(n):
    yield from generator(n)


numbers = list(range(N))
mapping = {i: str(i) for i in range(N)}
kinds = [
    (lambda: iter(numbers), lambda x: type(x) is int, ()),
    (lambda: reversed(numbers), lambda x: type(x) is int, ()),
    (lambda: iter(tuple(numbers)), lambda x: type(x) is int, ()),
    (lambda: iter(range(N)), lambda x: 0 <= x < N, ()),
    (lambda: iter(range(10**20, 10**20 + N)), lambda x: type(x) is int, ()),
    (lambda: iter('abc' * N), lambda x: x in 'abc', ()),
    (lambda: iter('aäб𝄞' * N), lambda x: x in 'aäб𝄞', ()),
    (lambda: iter(b'abc' * N), lambda x: x in b'abc', ()),
    (lambda: iter(bytearray(b'abc' * N)), lambda x: x in b'abc', ()),
    (lambda: iter(mapping), lambda x: type(x) is int, ()),
    (lambda: iter(mapping.items()), lambda x: x[1] == str(x[0]), ()),
    (lambda: iter(mapping.values()), lambda x: type(x) is str, ()),
    (lambda: iter(set(numbers)), lambda x: type(x) is int, ()),
    (lambda: enumerate(numbers), lambda x: len(x) == 2 and type(x[0]) is type(x[1]) is int, ()),
    (lambda: zip(numbers, numbers, 'ab' * N), lambda x: len(x) == 3 and type(x[2]) is str, ()),
    (lambda: map(str, numbers), lambda x: type(x) is str, ()),
    (lambda: map(lambda a, b: a + b, numbers, numbers), lambda x: type(x) is int, ()),
    (lambda: filter(None, numbers), lambda x: x > 0, ()),
    (lambda: itertools.chain(numbers, range(5), 'ab'), lambda x: type(x) in (int, str), ()),
    (lambda: itertools.chain.from_iterable([range(10)] * 50), lambda x: type(x) is int, ()),
    (lambda: itertools.islice(numbers, 3, N, 2), lambda x: type(x) is int, ()),
    (lambda: itertools.accumulate(numbers), lambda x: type(x) is int, ()),
    (lambda: itertools.compress(numbers, itertools.cycle([1, 0])), lambda x: type(x) is int, ()),
    (lambda: itertools.cycle([1, 2, 3]), lambda x: x in (1, 2, 3), ()),
    (lambda: itertools.repeat('x', N), lambda x: x == 'x', ()),
    (lambda: itertools.count(5, 3), lambda x: x % 3 == 2, ()),
    (lambda: itertools.takewhile(lambda x: x < 500, numbers), lambda x: type(x) is int, ()),
    (lambda: itertools.dropwhile(lambda x: x < 5, numbers), lambda x: type(x) is int, ()),
    (lambda: itertools.starmap(max, zip(numbers, numbers)), lambda x: type(x) is int, ()),
    (lambda: itertools.pairwise(numbers), lambda x: len(x) == 2, ()),
    (lambda: itertools.batched(numbers, 3), lambda x: 1 <= len(x) <= 3, ()),
    (lambda: itertools.zip_longest(numbers, 'abc'), lambda x: len(x) == 2, ()),
    (lambda: itertools.product([1, 2, 3], repeat=5), lambda x: len(x) == 5, ()),
    (lambda: itertools.permutations(range(6), 3), lambda x: len(x) == 3, ()),
    (lambda: itertools.combinations(range(12), 3), lambda x: len(x) == 3, ()),
    (lambda: itertools.combinations_with_replacement(range(8), 3), lambda x: len(x) == 3, ()),
    (lambda: itertools.groupby(numbers, lambda x: x // 10), lambda x: len(x) == 2, ()),
    (lambda: itertools.tee(numbers, 2)[1], lambda x: type(x) is int, (RuntimeError,)),
    (lambda: iter(iter(numbers).__next__, 1500), lambda x: type(x) is int, ()),
    (lambda: generator(N), lambda x: type(x) is int, (ValueError,)),
    (lambda: delegating(N), lambda x: type(x) is int, (ValueError,)),
    (lambda: (x * 2 for x in numbers), lambda x: x % 2 == 0, (ValueError,)),
]
for make, valid, allowed in kinds:
    race(drain(make, valid, allowed=allowed), copies=3, share=0.7 / len(kinds))

# Several threads at the end at once: what is left never becomes less than nothing, which would go on for ever.
def finish(make, valid):
    current = [make()]

    def worker(number):
        it, taken = current[0], 0
        for item in it:
            taken += 1
            check(valid(item) and taken < 10000, item, taken)
        current[0] = make()
    return worker


for make, valid in ((lambda: iter(range(3, 33, 3)), range(3, 33, 3).__contains__), (lambda: itertools.repeat(5, 10), lambda x: x == 5)):
    race(finish(make, valid), copies=3, share=0.1)

# A generator drained by several threads: each item once, and only 'already executing' is refused.
items = []


def slow():
    for i in range(N):
        for _ in range(3):
            pass
        yield i


shared = taken = refused = None


def consume(number):
    for _ in range(50):
        try:
            taken[number].append(next(shared))
        except StopIteration:
            return
        except ValueError as e:
            check(str(e) == 'generator already executing', str(e))
            refused[number] += 1


for _ in range(10):
    shared = slow()
    taken = [[] for _ in range(3)]
    refused = [0] * 3
    race(consume, copies=3, share=0.01)
    for item in shared:
        taken[0].append(item)
    check(sorted(x for mine in taken for x in mine) == list(range(N)))


# send, throw and close from everywhere.
def talk():
    got = 0
    while True:
        try:
            got = yield got
        except KeyError:
            got = 'key'


def pass_on():
    inner = talk()
    next(inner)
    while True:
        yield from inner


partner = [talk()]


def converse(number):
    g = partner[0]
    for i in range(20):
        try:
            next(g)
            g.send(i)
            g.throw(KeyError)
            g.gi_running, g.gi_frame, g.gi_suspended, g.gi_yieldfrom
        except (ValueError, StopIteration, TypeError, KeyError):
            pass
    if number == 0:
        try:
            g.close()
        except ValueError:
            pass
        partner[0] = make()


for make in (talk, pass_on):
    race(converse, copies=3, share=0.1)
done()
