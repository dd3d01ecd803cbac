"""A bit of everything, for the tests in which each allocation fails in turn: built-in types, imports, classes, exceptions, generators, text, files."""

import collections
import contextlib
import dataclasses
import enum
import functools
import io
import itertools
import json
import re
import struct
import sys
import weakref


def numbers():
    big = 3 ** 200
    str(big), int(str(big)), hex(big), big // 7 ** 50, big % 12345678901234567890, -big >> 3, big.to_bytes(60, 'big'), int.from_bytes(b'abcdefghijk', 'little')
    str(1e300), repr(0.1), float('1.5e10'), (1.5).hex(), f'{3.14159:>12.3f}', complex('1+2j') * 3, divmod(big, 10), round(2.5), pow(3, 100, 7 ** 40)


def texts():
    s = 'añ€😀' * 10
    s.upper(), s.split('ñ'), s.replace('€', 'xyz'), s.encode(), s.encode('utf-16'), s.center(80), s.title(), '{:>10}{!r}'.format(s, s), '%s %d' % (s, 5)
    f'{s!a:^90}', ','.join([s, 'b']), s.translate({97: 'bc'}), s[::-1], s.casefold(), s.partition('€'), 'a\nb'.splitlines(), ascii(s)
    b = bytearray(b'abc')
    b += b'def' * 20
    b.find(b'fd'), bytes(b).hex(), memoryview(b)[1:5].tolist(), b.replace(b'a', b'xyz'), b.split(b'd'), struct.pack('<ihd', 1, 2, 3.0)


def containers():
    a = [3, 1, 2] * 5
    a.sort(key=lambda x: -x)
    sorted(a), a + a, a[1:3], a * 3, [*a, 5], list(map(str, a)), a.copy(), repr(a)
    a[2:4] = range(10)
    d = {i: str(i) for i in range(20)}
    d |= {'x': a}
    d.copy(), list(d.items()), repr(d), dict(d, y=1), {**d}, d.setdefault('q', []), d.pop(3), {v: k for k, v in list(d.items())[:5]}
    s = {1, 2, 3} | set('abc')
    s & {1}, s ^ {5}, frozenset(s), repr(s), sorted(map(str, s))
    q = collections.deque(range(100), 50)
    q.rotate(3), list(q)
    collections.OrderedDict(a=1).move_to_end('a')
    collections.Counter('abracadabra').most_common(2)
    collections.defaultdict(list)['x'].append(1)
    collections.ChainMap({1: 2}, {3: 4})[3]
    (1, 2) + (3,), tuple(a), (*a,), range(10)[2:5], slice(1, 2).indices(5), list(zip(a, a)), list(enumerate(a)), list(reversed(a)), list(itertools.chain(a, a))


class Base:
    count = 0

    def __init_subclass__(cls, **kwargs):
        cls.registered = True

    def __init__(self, x=1):
        self.x = x

    def __eq__(self, other):
        return self.x == other.x

    def __hash__(self):
        return hash(self.x)

    @property
    def double(self):
        return self.x * 2

    @classmethod
    def make(cls):
        return cls(5)

    @functools.lru_cache
    def cached(self, n):
        return n * 2

    def __getattr__(self, name):
        if name == 'magic':
            return 3
        raise AttributeError(name)

    def __del__(self):
        Base.count += 1


class Derived(Base, metaclass=type):
    __slots__ = ('slot',)

    def __init__(self):
        super().__init__(7)
        self.slot = [1]


@dataclasses.dataclass(order=True)
class Point:
    x: int
    y: list = dataclasses.field(default_factory=list)


class Color(enum.Enum):
    RED = 1
    BLUE = 2


def classes():
    o = Derived()
    o.double, Base.make(), o.cached(3), o.magic, hasattr(o, 'nothing'), o == Base(7), repr(o), dir(o), vars(Base(2))
    r = weakref.ref(o, lambda r: None)
    r()
    Point(1) < Point(2, [3]), repr(Point(3)), Color(2), Color['RED'], list(Color)
    type('Made', (Base,), {'a': 1})().a
    isinstance(o, (int, Base)), functools.partial(max, 3)(4), functools.reduce(lambda a, b: a + b, [1, 2, 3])
    o.me = cycle = [o]
    cycle.append(cycle)


def failing(n):
    try:
        if n:
            failing(n - 1)
        else:
            {}['missing']
    except KeyError as e:
        raise ValueError('wrapped') from e
    finally:
        n += 1


def exceptions():
    try:
        failing(3)
    except ValueError as e:
        e.add_note('a note')
        str(e), repr(e), e.__traceback__.tb_lineno
    try:
        raise ExceptionGroup('g', [ValueError(1), TypeError(2)])
    except* ValueError as g:
        g.exceptions
    except* TypeError:
        pass
    with contextlib.suppress(OSError):
        open('/nonexistent')
    try:
        compile('a b', 'x', 'exec')
    except SyntaxError as e:
        str(e)


def generators():
    def inner(n):
        try:
            got = yield n
            yield got
        finally:
            n = None

    def outer():
        x = yield from inner(3)
        return x

    g = outer()
    next(g), g.send('x')
    g.close()
    list(x * y for x in range(3) for y in range(3) if x)

    async def coroutine():
        async with Context() as c:
            return [i async for i in agen()]

    async def agen():
        yield 1
        yield 2

    class Context:
        async def __aenter__(self):
            return self

        async def __aexit__(self, *args):
            pass

    try:
        coroutine().send(None)
    except StopIteration as e:
        e.value


def code():
    namespace = {}
    exec("""
def f(a, /, b=2, *c, d: int = 4, **e) -> list:
    match a:
        case {'k': [x, *rest]} if x:
            return [x, rest]
        case str() | Point(x=1):
            return (lambda: (a, b))()
    return [i for i in c if (y := i)]
type Alias[T] = list[T]
x = f({'k': [1, 2]}, 1, 2, 3, d=5, g=6)
f('s')
t = t'{x!r:>5}'
del x
""", namespace)
    eval('[*range(3)]')
    re.sub(r'(\w+)\s(?P<n>\d+)', r'\2 \1', 'abc 123 def 456')
    json.loads(json.dumps({'a': [1, 2.5, None, True, 'ñ"'], 'b': {}}, indent=1))
    globals()['__annotations__'] = Point.__annotations__


def streams():
    out = io.StringIO()
    print('a', 1, 2.5, file=out, sep='-')
    out.getvalue(), io.BytesIO(b'a\nb').readlines()
    with open(__file__, encoding='utf-8') as f:
        f.readline(), f.read(100)
    sys.stdout.write('')


for part in numbers, texts, containers, classes, exceptions, generators, code, streams:
    part()
print('done')
