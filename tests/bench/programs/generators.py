"""Generators: loops over them, chains of them, recursion with yield from, send, generator expressions."""

def count_up(n):
    i = 0
    while i < n:
        yield i
        i += 1

def odd(items):
    for item in items:
        if item & 1:
            yield item

def walk(depth):
    if depth:
        yield from walk(depth - 1)
        yield depth
        yield from walk(depth - 1)

def average():
    total, n = 0, 0
    value = yield 0
    while True:
        total += value
        n += 1
        value = yield total // n

def send(n):
    averager = average()
    next(averager)
    last = 0
    for i in range(n):
        last = averager.send(i)
    return last

print(sum(odd(count_up(1_200_000))))
print(sum(walk(16)))
print(send(700_000))
print(sum(i * i for i in range(900_000) if i % 3))
