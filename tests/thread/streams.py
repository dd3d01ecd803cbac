"""Streams of all kinds used by several threads at once: nothing is lost, torn or freed."""

import io
import os
import tempfile
import threading
from harness import check, done, race

folder = tempfile.mkdtemp()
path = os.path.join(folder, 'log')
text = open(path, 'w')
counter = [0] * 64


def write_lines(number):
    counter[number] += 1
    text.write(f'{number} {counter[number]} {"x" * (number * 3)}\n')


race(write_lines, copies=3, share=0.25)
text.close()
seen = {}
with open(path) as f:
    for line in f:
        number, n, xs = line.split(' ')
        check(len(xs) == int(number) * 3 + 1, line)
        seen.setdefault(number, []).append(int(n))
# Lines of a thread may change places: who flushes waits for the buffer with what others wrote, and waiting threads are not served in order.
check(sorted(len(ns) for ns in seen.values()) == sorted(n for n in counter if n), counter)
for number, ns in seen.items():
    check(sorted(ns) == list(range(1, len(ns) + 1)), number)

reader = open(path, 'rb')
size = os.path.getsize(path)
shared = {'bytes': io.BytesIO(), 'string': io.StringIO(), 'text': open(path), 'both': open(os.path.join(folder, 'both'), 'w+b', buffering=64)}


def read_file(number):
    reader.readline()
    reader.read(10)
    if reader.tell() >= size:
        reader.seek(0)


def in_memory(number):
    b, s = shared['bytes'], shared['string']
    try:
        b.write(b'abc' * number)
        b.getvalue()
        b.readline()
        b.seek(number)
        with b.getbuffer() as view:
            len(view)
        s.write('añ€'[number % 3] * 5)
        s.getvalue()
        s.readline()
        s.seek(0)
        if number == 1:
            b.seek(0)
            b.truncate(0)
            s.truncate(2)
    except BufferError:
        pass


def anything(number):
    both, text = shared['both'], shared['text']
    both.write(b'0123456789' * number)
    both.seek(number)
    both.read(5)
    text.readline()
    text.read(3)
    text.newlines, text.closed, text.buffer
    if number == 0:
        text.seek(0)
        both.truncate(20)


race(read_file, in_memory, anything, copies=2, share=0.5)
reader.close()
shared['text'].close()
shared['both'].close()


def open_and_drop(number):
    f = open(path)
    next(f)
    box = [f]
    threading.Thread(target=box.pop).start()


race(open_and_drop, copies=2, share=0.15)
done()
