"""Sets that several threads change at once."""

from harness import check, done, race

shared = set()
counts = [0] * 4


def add(number):
    for _ in range(50):
        i = counts[number]
        shared.add((number, i))
        shared.add(f'{number}-{i}')
        shared.add(i * 4 + number)
        counts[number] += 1


race(add, copies=4, share=0.25)
check(len(shared) == 3 * sum(counts))
for number in range(4):
    for i in range(counts[number]):
        check((number, i) in shared and f'{number}-{i}' in shared and i * 4 + number in shared)

left, right = set(range(300)), set()


def move(number):
    a, b = (left, right) if number % 2 else (right, left)
    for _ in range(30):
        try:
            b.add(a.pop())
        except KeyError:
            return


race(move, copies=4, share=0.25)
check(sorted([*left, *right]) == list(range(300)))

mixed = set(range(50))


def change(number):
    for i in range(50):
        mixed.add(i)
        mixed.discard(i + 1)
    mixed.update(range(30), 'abc')
    mixed.difference_update('abc')
    mixed.symmetric_difference_update({1, 2, 3})
    mixed.intersection_update(set(range(60)))
    try:
        mixed.remove(5)
    except KeyError:
        pass


def operators(number):
    global mixed
    s = mixed
    s |= {1, 2, 3}
    s &= set(range(100))
    s -= {7}
    s ^= {8}


def read(number):
    try:
        for item in mixed:
            check(type(item) in (int, str))
        {1: 1}.keys() & mixed
    except RuntimeError:
        pass  # changed size during iteration
    for op in (mixed.union, mixed.intersection, mixed.difference, mixed.symmetric_difference):
        for item in op({1, 2, 3}):
            check(type(item) in (int, str))
    mixed.copy(), mixed == {1}, mixed <= mixed, mixed.issubset({1}), mixed.isdisjoint({1}), frozenset(mixed), len(mixed), 3 in mixed, list(mixed)
    mixed | {1}, {1} - mixed, set(mixed)


def clear(number):
    mixed.clear()
    mixed.update(range(20))


race(change, operators, read, read, copies=1, share=0.3)
race(change, operators, read, clear, copies=1, share=0.2)
for item in mixed:
    check(type(item) in (int, str))
done()
