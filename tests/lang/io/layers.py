"""Streams over streams written in Python: what the layers ask of each other, and what they make of bad answers."""

import io


def attempt(function, *args, **kwargs):
    try:
        return function(*args, **kwargs)
    except Exception as e:
        return f'{type(e).__name__}: {e}'


class Raw(io.RawIOBase):
    def __init__(self, pieces=()):
        self.pieces = list(pieces)
        self.written = []
        self.log = []

    def readable(self):
        return True

    def writable(self):
        return True

    def readinto(self, buffer):
        self.log.append(len(buffer))
        if not self.pieces:
            return 0
        piece = self.pieces.pop(0)
        if piece is None or isinstance(piece, int):
            return piece
        buffer[:len(piece)] = piece
        return len(piece)

    def write(self, data):
        self.written.append(bytes(data))
        return len(data)


r = io.BufferedReader(Raw([b'abc', b'd\ne', None, b'f']), 8)
print(r.read(2), r.peek(), r.readline(), r.read(3), r.read(3), r.read(), r.raw.log)
r = io.BufferedReader(Raw([None]), 8)
print(r.read(), r.read1(), r.read(5))
print(attempt(io.BufferedReader(Raw([-1]), 8).read, 5), attempt(io.BufferedReader(Raw([99]), 8).read, 5))
w = io.BufferedWriter(Raw(), 8)
for n in (3, 4, 2, 20, 1):
    w.write(b'x' * n)
print(w.raw.written, w.flush(), w.raw.written[-1])
print(attempt(w.read), attempt(io.BufferedReader, io.BytesIO(), 0), attempt(io.BufferedWriter, Raw(), -1))


class Full(Raw):
    room = 5

    def write(self, data):
        if not self.room:
            return None
        n = min(self.room, len(data))
        self.room -= n
        self.written.append(bytes(data[:n]))
        return n


w = io.BufferedWriter(Full(), 4)
try:
    w.write(b'abcdefghijklmn')
except BlockingIOError as e:
    print(e.strerror, e.characters_written)
w.raw.room = 100
print(w.flush(), w.raw.written)
w.close()


class Recursive(Raw):
    def write(self, data):
        if self.written is not None:
            self.written = None
            print(attempt(self.outer.write, b'again').split(' at 0x')[0])
        return len(data)


raw = Recursive()
raw.outer = w = io.BufferedWriter(raw, 4)
w.write(b'123456')
w.flush()

pair = io.BufferedRWPair(Raw([b'in']), out := Raw())
pair.write(b'out')
print(pair.read(1), pair.peek(), pair.flush(), out.written, pair.readable(), pair.writable(), pair.close(), pair.closed)

b = io.BufferedRandom(io.BytesIO(b'0123456789'), 4)
print(b.read(3), b.write(b'ab'), b.read(2), b.seek(0), b.read(), b.seek(2), b.write(b'Z'), b.tell(), b.seek(0, 2), b.raw.getvalue())


class Odd(io.BufferedIOBase):
    answer = b''

    def readable(self):
        return True

    def writable(self):
        return True

    def read(self, n=-1):
        return self.answer

    read1 = read

    def write(self, data):
        print('write', bytes(data))
        return len(data)


t = io.TextIOWrapper(Odd(), 'utf-8', write_through=True)
Odd.answer = 'text'
print(attempt(t.readline), attempt(t.read, 2))
print(t.write('now'), t.line_buffering, t.write_through)
t = io.TextIOWrapper(Odd(), 'utf-8', line_buffering=True)
t.write('a')
t.write('b\n')
t = io.TextIOWrapper(Odd(), 'utf-8')
t.write('later')
t.flush()


class Lines(io.TextIOWrapper):
    def readline(self, *args):
        return super().readline(*args).upper()

    def flush(self):
        print('flush')
        super().flush()


t = Lines(io.BytesIO(b'a\nb\n'))
print(list(t), t.close(), t.closed)


class Closing(io.RawIOBase):
    def close(self):
        print('closed', self.closed)
        super().close()


Closing()
with Closing():
    pass


class Lazy(io.RawIOBase):
    data = [b'x\n', b'', b'y']

    def readable(self):
        return True

    def read(self, n=-1):
        return self.data.pop(0) if self.data else b''


print(Lazy().readline(), Lazy().readall(), list(Lazy()), isinstance(Lazy(), io.IOBase), issubclass(io.FileIO, io.RawIOBase))
print(io.RawIOBase.__mro__[1:3], [c.__name__ for c in io.UnsupportedOperation.__mro__[:3]], io.UnsupportedOperation.__module__)
