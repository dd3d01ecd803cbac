"""The dicts of a function are made when they are first asked for: threads that do so at once get the same ones."""

import threading
from harness import check, done

THREADS, ROUNDS = 6, 400
barrier = threading.Barrier(THREADS)


def make():
    def f(x: int):
        pass

    return f


class Plain:
    pass


functions, instances = [make() for _ in range(ROUNDS)], [Plain() for _ in range(ROUNDS)]


def work(number):
    name = f'a{number}'
    for f, x in zip(functions, instances):
        barrier.wait()
        f.__dict__[name] = x.__dict__[name] = number
        f.__annotations__[name] = number


threads = [threading.Thread(target=work, args=(i,)) for i in range(THREADS)]
for t in threads:
    t.start()
for t in threads:
    t.join(60)
for made in functions + instances:
    check(sorted(made.__dict__.values()) == list(range(THREADS)), made.__dict__)
for made in functions:
    check(len(made.__annotations__) == THREADS + 1, made.__annotations__)
done()
