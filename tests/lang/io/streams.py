"""Files as text and bytes, in all modes; newlines; positions; errors; what the streams look like."""

import io
import os
import pickle
import sys
import tempfile
import warnings

folder = tempfile.mkdtemp()
os.chdir(folder)
path = 'file.txt'


def attempt(function, *args, **kwargs):
    try:
        return function(*args, **kwargs)
    except Exception as e:
        return f'{type(e).__name__}: {e}'


with open(path, 'w', encoding='utf-8', newline='') as f:
    print(f.write('héllo\nwörld\r\nlast\rend€\U0001F600'), f.tell(), f, f.mode, f.encoding, f.errors, f.newlines)
print(os.path.getsize(path), attempt(f.write, 'x'), attempt(f.read), f.closed)

for newline in (None, '', '\n', '\r', '\r\n'):
    with open(path, encoding='utf-8', newline=newline) as f:
        lines = f.readlines()
        print(repr(newline), lines, f.newlines)
    with open('out.txt', 'w', encoding='utf-8', newline=newline) as f:
        f.write('a\nb\r\nc\r')
    with open('out.txt', 'rb') as f:
        print(f.read())

with open(path, encoding='utf-8') as f:
    print(f.read(3), f.readline(), f.readline(2), repr(f.readline(0)), f.tell())
    place = f.tell()
    rest = f.read()
    f.seek(place)
    print(f.read() == rest, repr(f.read()), repr(f.readline()))
    f.seek(0)
    next(f)
    print(attempt(f.tell), list(f), f.tell() > 0)
    print(attempt(f.seek, 1, 1), attempt(f.seek, -1), attempt(f.seek, 0, 7), f.seek(0, 2) == os.path.getsize(path))

# every position of a text can be told and gone to
for encoding in ('utf-8', 'utf-16', 'utf-32-le', 'latin-1', 'utf-8-sig'):
    text = 'ab\r\ncé\nü\rx' * 3 if encoding == 'latin-1' else 'ab\r\ncé€\n\U0001F600\rx' * 3
    with open('enc.txt', 'w', encoding=encoding, newline='') as f:
        f.write(text)
    with open('enc.txt', encoding=encoding, newline='') as f:
        f._CHUNK_SIZE = 5
        for i in range(len(text)):
            f.seek(0)
            start = f.read(i)
            place = f.tell()
            f.read(3)
            f.seek(place)
            assert start + f.read() == text, (encoding, i)
    with open('enc.txt', 'a', encoding=encoding, newline='') as f:
        f.write('tail')
    with open('enc.txt', encoding=encoding, newline='') as f:
        assert f.read() == text + 'tail', encoding

# bytes
with open('bin', 'wb') as f:
    print(f, f.write(bytes(range(256)) * 4), f.tell(), f.raw, f.mode)
with open('bin', 'rb') as f:
    print(f.read(3), f.peek(1)[:2], f.read1(2), f.readinto(bytearray(5)), f.tell(), f.seek(-2, 1), f.seek(-4, 2), f.read(), f.read())
    print(attempt(f.seek, -1), attempt(f.write, b''), f.isatty(), f.fileno() > 2, f.seekable(), f.readable(), f.writable())
with open('bin', 'r+b') as f:
    print(f, f.read(4), f.write(b'XYZ'), f.read(2), f.seek(3), f.read(6), f.truncate(10), f.seek(0), f.read())
with open('bin', 'rb', buffering=0) as f:
    print(f, f.read(2), f.readall(), f.read(), f.readline(), attempt(f.write, b'x'))
print(attempt(open, 'bin', 'xb'), attempt(open, 'missing/x', 'w'), attempt(open, folder).split(']')[0])

for mode in ('', 'rw', 'q', 'rbt', 'r+w', 'rr', '+', 'U'):
    print(mode, attempt(open, path, mode))
print(attempt(open, path, 'rb', encoding='utf-8'), attempt(open, path, 'rb', errors='x'), attempt(open, path, 'rb', newline='\n'), attempt(open, path, 'r', 0))
print(attempt(open, path, newline='x'), attempt(open, path, encoding='nothing'), attempt(open, path, encoding='hex'), attempt(open, 1.5), attempt(open, -1))
print(attempt(open, path, closefd=False), attempt(open, path, 'r', -1, 5))

# errors of coding
with open('bad', 'wb') as f:
    f.write(b'ok \xff\xfe \xe2\x82')
for errors in ('strict', 'ignore', 'replace', 'surrogateescape', 'backslashreplace'):
    print(errors, ascii(attempt(open('bad', encoding='utf-8', errors=errors).read)))
with open('bad', 'w', encoding='ascii', errors='xmlcharrefreplace') as f:
    f.write('a€b')
    print(attempt(f.reconfigure, errors='strict'), attempt(f.write, '€'))
print(open('bad').read())

# reconfigure, detach
f = open('re', 'w', encoding='ascii')
f.write('a\n')
f.reconfigure(encoding='utf-8', newline='\r\n', line_buffering=True)
f.write('é\n')
print(open('re', 'rb').read(), f.encoding, f.errors, f.line_buffering, f.write_through)
raw = f.detach()
print(raw, attempt(f.write, 'x'), f, attempt(f.detach))
raw.close()
f = open('re', encoding='utf-8')
f.read(1)
print(attempt(f.reconfigure, encoding='ascii'))
f.close()

# what cannot be done
for stream in (open(path), open(path, 'rb'), open(path, 'rb', 0)):
    print(attempt(pickle.dumps, stream), stream.__class__.__name__)
    stream.close()
print(attempt(io.IOBase().seek, 0), attempt(io.IOBase().fileno), attempt(io.RawIOBase().read), attempt(io.BufferedIOBase().read), attempt(io.TextIOBase().write, ''))
for cls in (io.BufferedReader, io.BufferedWriter, io.TextIOWrapper, io.StringIO, io.BufferedRWPair):
    print(attempt(cls.__new__(cls).write if cls is not io.BufferedReader else cls.__new__(cls).read, ''))

# not closed
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter('always')
    open(path)
    open(path, 'rb')
    f = open('late', 'w')
    f.write('not lost')
    del f
print([str(w.message).replace('UTF-8', 'utf-8') for w in caught], open('late').read())
