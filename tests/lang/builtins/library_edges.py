# Small things of modules in C: which error comes first, what an exhausted iterator says, what type a first number has.
import binascii
import collections
import datetime
import itertools
import pickle
import re
import struct


def show(f, *args):
    try:
        print(f(*args))
    except Exception as e:
        print(type(e).__name__, re.sub(r'\d{10,}', 'LARGEST', str(e)))


for fmt in '0p', '0s', 'p', '1p', '2p':
    for value in 1.5, b'abc', 'a':
        show(struct.pack, fmt, value)

for args in (1, -1), (-1, 2), ('x', 'y'), (None, 2**70), (0, 'x'), (0, 1, 0):
    show(itertools.islice, 'abc', *args)


class Number(int):
    pass


print(type(next(itertools.count(Number(3)))), itertools.count(True), itertools.count(Number(3), True), type(next(itertools.count(True, 2.0))), type(next(itertools.count(Number(3), 2))))

d = collections.deque([1])
print(type(iter(d)), type(reversed(d)))
forward, backward = iter(d), reversed(d)
next(forward), next(backward)
d.append(2)
show(next, forward)
show(next, backward, 'over')

for first, second in (1, datetime.time()), (datetime.time(), 1), (datetime.date(1, 1, 1), datetime.timedelta(1)), (datetime.date(1, 1, 1), None):
    show(datetime.datetime.combine, first, second)
show(binascii.a2b_hex, None)
show(pickle.loads, b'\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\xff.')
