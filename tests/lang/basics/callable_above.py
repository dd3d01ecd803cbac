"""Calls whose callable stands above the caller's registers: from generators, of operators, of properties, with *args; how they return and how they fail."""
import sys


class Fails(Exception):
    pass


def plain(a, b, c=3):
    return a, b, c


def fails(a, *rest, key=None):
    raise Fails(a, rest, key)


class Thing:
    def __init__(self, n, extra=None):
        if n < 0:
            raise Fails('init')
        self.n = n
        self.extra = extra

    def __add__(self, other):
        if isinstance(other, Thing):
            return Thing(self.n + other.n)
        if other is None:
            raise Fails('add')
        return NotImplemented

    def __getitem__(self, i):
        if i < 0:
            raise Fails('getitem')
        return [self.n, i]

    def __setitem__(self, i, value):
        if i < 0:
            raise Fails('setitem')
        self.extra = (i, value)

    def __lt__(self, other):
        if other is None:
            raise Fails('lt')
        return self.n < other.n

    @property
    def twice(self):
        if self.n > 100:
            raise Fails('property')
        return self.n * 2

    def method(self, *args, **kwargs):
        return self.n, args, kwargs


class Radd:
    def __radd__(self, other):
        return 'radd', other.n


counted = [plain, fails, Thing.__init__, Thing.__add__, Thing.__getitem__, Thing.__setitem__, Thing.__lt__, Thing.__dict__['twice'].fget, Thing.method]
before = [sys.getrefcount(f) for f in counted]


def attempt(action):
    try:
        return action()
    except Fails as e:
        return 'Fails', e.args


def steps(things):
    for thing in things:
        yield plain(thing.n, 2)
        yield plain(1, thing.n, c=5)
        yield Thing(thing.n + 1).n
        yield Thing(thing.n, extra='x').extra
        yield thing.method(1, *[2, 3], k=4)
        yield thing.method()
        yield thing.twice
        yield (thing + thing).n
        yield thing + Radd()
        yield thing[3]
        thing[4] = 5
        yield thing.extra
        yield thing < Thing(50)
        if thing < Thing(2):
            yield 'small'


def failures(thing):
    for action in (lambda: fails(1), lambda: fails(1, 2, key=3), lambda: fails(*(1, 2), **{'key': 4}), lambda: Thing(-1), lambda: Thing(-1, extra=2),
                   lambda: thing + None, lambda: thing[-1], lambda: thing.__setitem__(-1, 0), lambda: thing < None, lambda: Thing(101).twice):
        yield attempt(action)
    for i in range(10):
        try:
            if i == 0:
                fails(1)
            elif i == 1:
                fails(1, 2, key=3)
            elif i == 2:
                fails(*(1, 2), **{'key': 4})
            elif i == 3:
                Thing(-1)
            elif i == 4:
                Thing(-1, extra=2)
            elif i == 5:
                thing + None
            elif i == 6:
                thing[-1]
            elif i == 7:
                thing[-1] = 0
            elif i == 8:
                if thing < None:
                    yield 'never'
            else:
                Thing(101).twice
        except Fails as e:
            yield i, e.args


print(list(steps([Thing(1), Thing(2)])))
print(list(failures(Thing(7))))
print(list(map(lambda x: x.twice, [Thing(1), Thing(2)])), sorted([Thing(3), Thing(1)], key=lambda x: x.n)[0].n)
print([sys.getrefcount(f) for f in counted] == before)


class Deep:
    def __init__(self, n):
        self.n = n

    def __add__(self, k):
        return 0 if self.n == 0 else (Deep(self.n - 1) + k) + 1

    @property
    def down(self):
        return 0 if self.n == 0 else Deep(self.n - 1).down + 1

    def __getitem__(self, i):
        return self[i]

    @property
    def endless(self):
        return self.endless


def walk(n):
    def again(n):
        return sum(walk(n))
    yield n
    if n:
        yield again(n - 1)


print(Deep(100) + 5, Deep(100).down, sum(walk(20)))
for action in (lambda: Deep(1)[0], lambda: Deep(1).endless):
    try:
        action()
    except RecursionError as e:
        print('RecursionError')


def names(frame):
    found = []
    while frame is not None and frame.f_code.co_name != '<module>':
        found.append(frame.f_code.co_name)
        frame = frame.f_back
    return found


class Looks:
    def __add__(self, other):
        return names(sys._getframe())

    @property
    def stack(self):
        return names(sys._getframe())


def look():
    yield Looks() + 1
    yield Looks().stack
    yield (lambda *args: names(sys._getframe()))(*[1, 2])


print(list(look()))


class Replaced:
    def __add__(self, other):
        return 'first'

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 1


one = Replaced()
results = []
for i in range(6):
    results.append((one + 1, one == 2))
    if i == 1:
        Replaced.__add__ = lambda self, other: 'second'
    if i == 2:
        Replaced.__eq__ = lambda self, other: False
    if i == 3:
        Replaced.__add__.__code__ = (lambda self, other: 'third').__code__
    if i == 4:
        del Replaced.__eq__
print(results)


class Changing:
    def __add__(self, other):
        Changing.__add__ = lambda self, other: 'later'
        return 'now', other


print([Changing() + i for i in range(3)])


class Inplace:
    def __add__(self, other):
        return 'add'


def inplace(n):
    out = []
    for i in range(n):
        x = Inplace()
        x += 1
        out.append(x)
        if i == 1:
            Inplace.__iadd__ = lambda self, other: 'iadd'
    return out


print(inplace(4))
