"""Closures: counters with nonlocal, functions that make functions, lambdas, decorators, partial."""
from functools import partial

def counter(start):
    n = start
    def step(by):
        nonlocal n
        n += by
        return n
    return step

def compose(*functions):
    def run(x):
        for f in functions:
            x = f(x)
        return x
    return run

def traced(f):
    def wrapper(*args):
        wrapper.calls += 1
        return f(*args)
    wrapper.calls = 0
    return wrapper

@traced
def area(w, h):
    return w * h

def run(n):
    step = counter(10)
    pipeline = compose(lambda x: x + 1, lambda x: x * 2, lambda x: x % 1000)
    add_five = partial(lambda a, b: a + b, 5)
    total = 0
    for i in range(n):
        step(i & 3)
        total += pipeline(i) + area(i, 2) + add_five(i)
        make = lambda k: (lambda: k + i)
        total += make(1)()
    return total + step(0) + area.calls

print(run(200_000))
