"""Dicts that several threads change at once, with keys of every kind."""

from harness import check, done, race

# Each thread's own keys: all are there afterwards.
shared = {}
counts = [0] * 4


def add(number):
    for _ in range(50):
        i = counts[number]
        shared[(number, i)] = i
        shared[f'{number}-{i}'] = i
        shared[i * 4 + number] = number
        counts[number] += 1


race(add, copies=4, share=0.12)
check(len(shared) == 3 * sum(counts), len(shared), counts)
for number in range(4):
    for i in range(counts[number]):
        check(shared[number, i] == i and shared[f'{number}-{i}'] == i and shared[i * 4 + number] == number)
del shared


# setdefault gives all threads the same object; pop gives each to one.
class Key:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return self.n % 7

    def __eq__(self, other):
        return isinstance(other, Key) and self.n == other.n


table = {}
made = [[] for _ in range(4)]


def default(number):
    for i in range(64):
        for key in (i, str(i), Key(i)):
            value = table.setdefault(key, [number])
            check(type(value) is list)


def take(number):
    for i in range(64):
        for key in (i, str(i), Key(i)):
            value = table.pop(key, None)
            if value is not None:
                value.append(number)
                check(len(value) == 2, value)


race(default, take, share=0.15)

# Tokens travel between two dicts and are never lost or doubled.
left = {i: i for i in range(300)}
right = {}


def move(number):
    a, b = (left, right) if number % 2 else (right, left)
    for _ in range(30):
        try:
            key, value = a.popitem()
        except KeyError:
            return
        check(key == value)
        b[key] = value


race(move, copies=4, share=0.15)
check(sorted([*left, *right]) == list(range(300)))

# Reading while others write, iterating included.
values = {str(i): i for i in range(100)}


def update(number):
    for i in range(100):
        values[str(i)] = i
    values.update({str(i): i for i in range(50, 150)})
    for i in range(100, 150):
        values.pop(str(i), None)
    values.update(values)


def replace(number):
    for i in range(0, 100, 3):
        try:
            del values[str(i)]
        except KeyError:
            pass
    values.update({i: i for i in range(5)})  # keys of another kind: another shape of table
    for i in range(5):
        values.pop(i, None)


def read(number):
    for i in range(100):
        v = values.get(str(i), i)
        check(v == i)
    try:
        for k in values:
            check(type(k) in (str, int))
        for k, v in values.items():
            check(int(k) == v, k, v)
        for v in values.values():
            check(type(v) is int)
        for k in reversed(values):
            check(type(k) in (str, int))
        values.keys() & {'1', '2'}
    except RuntimeError:
        pass  # changed size during iteration
    for k, v in list(values.items()):
        check(int(k) == v)
    for k, v in values.copy().items():
        check(int(k) == v)
    list(values), tuple(values.values()), len(values), '1' in values, {**values}, dict(values), values | {1: 1}
    values == dict(values)
    sorted(map(str, list(values.keys())))


def clear(number):
    values.clear()
    for i in range(40):
        values[str(i)] = i


race(update, replace, read, read, copies=1, share=0.2)
race(update, replace, read, clear, copies=1, share=0.15)


# An __eq__ that changes the dict while it is being looked into.
wild = {}


class Wild:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return 3

    def __eq__(self, other):
        if self.n % 3 == 0:
            wild.pop(other, None) if self.n % 2 else None
        elif self.n % 5 == 0:
            wild.clear()
        return type(other) is Wild and self.n == other.n


def wild_work(number):
    for i in range(12):
        try:
            wild[Wild(i)] = i
            wild.get(Wild(i + 1))
            wild.pop(Wild(i), None)
        except (KeyError, RuntimeError, RecursionError):
            pass


race(wild_work, copies=3, share=0.1)


# Keyword arguments and namespaces are dicts too.
def function(**kwargs):
    return sum(kwargs.values())


options = {'a': 1, 'b': 2}


def call(number):
    for _ in range(50):
        check(function(**options) >= 3)
        check('{a}{b}'.format_map(options).startswith('12'))


def vary(number):
    for i in range(50):
        options[f'k{i % 10}'] = 1
    for i in range(10):
        options.pop(f'k{i}', None)


race(call, vary, share=0.1)
done()
