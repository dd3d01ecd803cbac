"""Lists that several threads change at once: nothing is lost or doubled, and whatever is read was once written."""

from harness import check, done, race

# Appending: every thread's items are there, in its own order.
shared = []
counts = [0] * 4


def append(number):
    for _ in range(50):
        shared.append((number, counts[number]))
        counts[number] += 1


def look(number):
    n = len(shared)
    if n:
        check(type(shared[n // 2]) is tuple)
        check(type(shared[-1]) is tuple)
        for item in shared[-20:]:
            check(len(item) == 2)
    if n > 200000:
        total = sum(1 for _ in shared)
        check(total >= n)


race(append, append, share=0.15)
seen = [0] * 4
for number, i in shared:
    check(seen[number] == i, 'order', number, i, seen[number])
    seen[number] += 1
check(seen == counts, seen, counts)

shared.clear()
counts = [0] * 4
race(append, look, share=0.15)
check(len(shared) == sum(counts))

# Taking: each item goes to one taker only.
pool = list(range(1000))
held = [[] for _ in range(6)]


def take(number):
    mine = held[number]
    for _ in range(20):
        try:
            mine.append(pool.pop() if number % 2 else pool.pop(0))
        except IndexError:
            pass
    while mine:
        item = mine.pop()
        if number % 3 == 0:
            pool.insert(0, item)
        elif number % 3 == 1:
            pool.append(item)
        else:
            pool.extend([item])


race(take, copies=6, share=0.15)
check(sorted(pool) == list(range(1000)), 'lost or doubled', len(pool))

# Everything else: only what was put in comes out.
mixed = [[i] for i in range(100)]


def slices(number):
    mixed[10:20] = [[i] for i in range(10)]
    del mixed[5:8]
    mixed[:0] = [[1], [2], [3]]
    if len(mixed) > 300:
        del mixed[100:]
    mixed[::2] = mixed[::2] if number < 0 else mixed[::2][:0] or mixed[::2]


def slices_safe(number):
    try:
        slices(number)
    except (ValueError, IndexError):
        pass  # the length changed in between


def reorder(number):
    try:
        mixed.sort()
    except ValueError:
        pass  # list modified during sort
    mixed.reverse()
    sorted(mixed)


def read(number):
    for item in mixed:
        check(type(item) is list)
    mixed.copy()
    mixed + mixed[:3]
    mixed * 2
    mixed == mixed[:]
    mixed.count([1])
    [3] in mixed
    try:
        mixed.index([2])
    except ValueError:
        pass
    tuple(mixed), list(mixed), reversed(mixed), repr(mixed[:3])
    for a, b in zip(mixed, reversed(mixed)):
        check(type(a) is type(b) is list)
    first, *rest = mixed[:] or [1]


def shrink(number):
    while len(mixed) > 50:
        try:
            mixed.pop(len(mixed) // 2)
        except IndexError:
            pass
    try:
        mixed.remove([7])
    except ValueError:
        pass
    mixed.extend([i] for i in range(30))
    mixed.extend(mixed[:10])
    mixed.insert(4, [number])
    try:
        mixed[3] = mixed[4]
        del mixed[2]
        mixed[0], mixed[1] = mixed[1], mixed[0]
    except IndexError:
        pass


race(slices_safe, reorder, read, shrink, copies=1, share=0.3)


def empty(number):
    mixed.clear()
    mixed.extend([[1], [2]])
    mixed.__init__([[i] for i in range(20)])


race(slices_safe, reorder, read, shrink, empty, copies=1, share=0.25)
for item in mixed:
    check(type(item) is list)
done()
