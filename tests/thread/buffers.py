"""Buffers that several threads change: bytearray, array, memoryview; and what strings share."""

import array
import struct
import sys
from harness import check, done, race

shared = bytearray(b'abc' * 50)


def grow(number):
    try:
        for _ in range(20):
            shared.append(97)
        shared.extend(b'abc' * 5)
        shared[3:6] = b'abcabc'
        shared.__iadd__(b'abc')
        shared.insert(2, 98)
        if len(shared) > 500:
            del shared[100:]
    except BufferError:
        pass


def shrink(number):
    for _ in range(20):
        try:
            shared.pop()
            shared.remove(97)
        except (IndexError, ValueError, BufferError):
            pass
    try:
        shared.reverse()
        del shared[::3]
        shared[:] = b'abc' * 60
        shared.clear() if number == 0 else None
    except (BufferError, ValueError, IndexError):
        pass


def read(number):
    check(set(bytes(shared)) <= set(b'abc'), bytes(shared))
    for b in shared:
        check(b in b'abc', b)
    shared.find(b'bc'), shared.count(b'a'), shared.upper(), shared + b'x', shared * 2, shared == b'abc', shared.split(b'a'), shared.replace(b'a', b'b')
    shared.decode(), repr(shared), shared.hex(), b'a' in shared, shared[3:9], len(shared), b'-'.join([shared, shared])
    bytes().join([shared])
    try:
        shared[4], shared[-1]
    except IndexError:
        pass
    int.from_bytes(shared[:4])


def view(number):
    try:
        with memoryview(shared) as m:
            n = len(m)
            if n:
                check(m[n - 1] in b'abc' and m[0] in b'abc')
                m[0] = 97
                m[n // 2:n // 2 + 1] = b'b'
            check(set(m.tobytes()) <= set(b'abc'))
            m[1:].tolist(), m.hex(), m == b'abc', m.cast('b')
    except (BufferError, ValueError, IndexError):
        pass


race(grow, shrink, read, view, copies=1, share=0.5)

numbers = array.array('q', range(50))


def arrays(number):
    try:
        for i in range(20):
            numbers.append(i)
        numbers.extend([1, 2, 3])
        numbers.extend(array.array('q', [4]))
        numbers.pop()
        numbers.insert(0, 5)
        numbers[2:4] = array.array('q', [7])
        del numbers[30:]
        numbers.frombytes(struct.pack('q', 3))
        numbers.reverse()
        numbers.byteswap()
        numbers.byteswap()
        numbers.remove(5)
    except (BufferError, IndexError, ValueError):
        pass


def read_array(number):
    numbers.tolist(), numbers.tobytes(), list(numbers), numbers == numbers, numbers + numbers, numbers * 2, numbers.count(1), repr(numbers), 3 in numbers
    try:
        numbers[10], numbers[-1]
        numbers.index(3)
        memoryview(numbers).tolist()
        struct.unpack_from('q', numbers, 8)
    except (IndexError, ValueError, struct.error, BufferError):
        pass


race(arrays, arrays, read_array, read_array, copies=1, share=0.3)

# Strings are immutable, but hashes, caches and interning are shared.
texts = [f'text{i}' for i in range(100)]


def strings(number):
    for i in range(100):
        s = 'text' + str(i)
        check(hash(s) == hash(texts[i]) and sys.intern(s) == texts[i] and s in texts)
        check(sys.intern(f'fresh{i}') is sys.intern(f'fresh{i}'))
        s.encode('utf-8'), f'{s:>20}', '%s-%d' % (s, i), s.translate({116: 'T'}), 'ä' + s
    texts[number] = ''.join(['text', str(number)])


race(strings, copies=4, share=0.2)
done()
