"""Objects of the library's C modules that threads share: caches, patterns, encoders, random numbers, heaps, pools."""

import asyncio
import bisect
import concurrent.futures
import contextvars
import copy
import datetime
import decimal
import functools
import hashlib
import heapq
import json
import pickle
import random
import re
import struct
import zlib
from harness import check, done, race


@functools.lru_cache(maxsize=20)
def cached(n):
    return [n]


@functools.cache
def unbounded(n):
    return n * 2


class Lazy:
    @functools.cached_property
    def value(self):
        return [1]


lazy = [Lazy()]


def caches(number):
    for i in range(50):
        check(cached(i) == [i] and cached(i % 25) == [i % 25] and unbounded(i) == i * 2)
    cached.cache_info()
    if number == 0:
        cached.cache_clear()
        lazy[0] = Lazy()
    check(lazy[0].value == [1])
    f = functools.partial(max, 1)
    check(f(2) == 2)
    check(functools.reduce(lambda a, b: a + b, range(10)) == 45)


pattern = re.compile(r'(\w+)-(\d+)')
scanner_text = 'abc-12 def-345 ' * 5


def patterns(number):
    m = pattern.match(scanner_text)
    check(m.groups() == ('abc', '12'))
    check(len(pattern.findall(scanner_text)) == 10)
    check(re.sub(r'\d', 'x', 'a1b2') == 'axbx')
    re.compile(f'a{number % 3}+').search('aa11')
    if number == 0:
        re.purge()


document = {'a': [1, 2.5, 'x', None, True], 'b': {'c': [{}] * 5}}


def encoding(number):
    check(json.loads(json.dumps(document)) == document)
    check(pickle.loads(pickle.dumps(document)) == document)
    check(copy.deepcopy(document) == document)
    check(struct.unpack('<iq', struct.pack('<iq', 1, 2)) == (1, 2))
    check(zlib.decompress(zlib.compress(b'abc' * 100)) == b'abc' * 100)


hasher = hashlib.sha256()
compressor = [zlib.compressobj()]
generator = random.Random(3)


def state(number):
    hasher.update(b'x' * 5000)
    hasher.copy().hexdigest()
    compressor[0].compress(b'abc' * 1000)
    generator.random(), generator.getrandbits(100), generator.randrange(10), generator.shuffle([1, 2, 3])
    generator.getstate()
    if number == 0:
        generator.seed(5)
        compressor[0] = zlib.compressobj()


heap = list(range(100))
ordered = list(range(100))


def heaps(number):
    for i in range(30):
        try:
            heapq.heappush(heap, i)
            heapq.heappop(heap)
            heapq.heapreplace(heap, i)
            heapq.heappushpop(heap, 3)
        except (IndexError, RuntimeError):
            pass
    try:
        bisect.insort(ordered, number)
        bisect.bisect(ordered, 5)
        ordered.pop()
    except IndexError:
        pass


def dates(number):
    d = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(days=number)
    check(d.isoformat().startswith('2020-01-') and hash(d) == hash(copy.copy(d)))
    with decimal.localcontext() as c:
        c.prec = 5 + number
        check(decimal.Decimal(1) / 3 != 0 and decimal.getcontext().prec == 5 + number)


race(caches, patterns, encoding, share=0.3)
race(state, heaps, dates, share=0.2)

pool = concurrent.futures.ThreadPoolExecutor(4)


def futures(number):
    check(sum(pool.map(lambda x: x * 2, range(20))) == 380)
    f = pool.submit(lambda: 1 / 0)
    check(isinstance(f.exception(60), ZeroDivisionError))
    concurrent.futures.wait([pool.submit(int, i) for i in range(5)])


race(futures, copies=3, share=0.25)
pool.shutdown()
name = contextvars.ContextVar('name')


def loops(number):
    async def child(i):
        name.set(i)
        await asyncio.sleep(0)
        check(name.get() == i)
        return i

    async def main():
        check(await asyncio.gather(*(child(i) for i in range(10))) == list(range(10)))
        q = asyncio.Queue()
        await q.put(number)
        check(await q.get() == number)
        check(await asyncio.to_thread(int, '3') == 3)
    asyncio.run(main())


race(loops, copies=3, share=0.25)
done()
