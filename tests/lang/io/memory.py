"""BytesIO and StringIO."""

import copy
import io
import pickle


def attempt(function, *args, **kwargs):
    try:
        return function(*args, **kwargs)
    except Exception as e:
        return f'{type(e).__name__}: {e}'


b = io.BytesIO(b'one\ntwo\nthree')
print(b.read(2), b.readline(), b.readlines(), b.read(), b.tell(), b.seek(1), b.read1(), b.seek(-3, 2), b.read(), b.seek(100), b.read())
b.write(b'!')
print(len(b.getvalue()), b.getvalue()[-3:], b.truncate(3), b.getvalue(), b.tell())
view = b.getbuffer()
print(bytes(view), attempt(b.write, b'x'), attempt(b.truncate, 0), attempt(b.close))
view[0] = 79
view.release()
print(b.getvalue(), b.seek(0), list(b), b.readinto(bytearray(3)), attempt(b.seek, -1), attempt(b.seek, 0, 9), attempt(b.truncate, -1))
start = b'abc' * 50
b = io.BytesIO(start)
value = b.getvalue()
print(value is start, b.write(b'X'), start[:2], b.getvalue()[:2])
whole = b.getvalue()
b.seek(0)
b.write(b'YZ')
print(whole[:3], b.getvalue()[:3], b.getvalue() == b.getvalue())
print(attempt(io.BytesIO, 'text'), attempt(b.write, 'text'), attempt(b.read, 'x'), attempt(b.readline, 1.5), attempt(b.writelines, [b'a', 'b']))
b.color = 'red'
twin = pickle.loads(pickle.dumps(b))
print(twin.getvalue() == b.getvalue(), twin.tell(), twin.color, copy.copy(b).tell(), attempt(b.__setstate__, (1,)))
b.close()
print(b.closed, attempt(b.read), attempt(b.getvalue), attempt(b.getbuffer), attempt(b.__enter__))

s = io.StringIO('one\ntwo\r\nthree\rfour')
print(s.readlines(), s.seek(0), s.read(4), s.readline(), s.tell(), s.newlines, repr(s.readline(2)), s.seek(0, 2), s.write('é€\U0001F600'), s.getvalue())
for newline in (None, '', '\n', '\r', '\r\n'):
    s = io.StringIO('a\nb\r\nc\rd', newline)
    s.write('X')
    s.seek(0)
    print(repr(newline), ascii(s.getvalue()), list(s), s.newlines)
s = io.StringIO()
print(s.write('abc'), s.seek(6), s.write('ü'), ascii(s.getvalue()), s.truncate(2), s.getvalue(), s.seek(0), s.read(), s.line_buffering, s.closed)
print(attempt(s.seek, 1, 1), attempt(s.seek, -1), attempt(s.seek, 0, 3), attempt(s.write, b'x'), attempt(s.truncate, -1), attempt(s.fileno), attempt(s.detach))
print(attempt(io.StringIO, 5), attempt(io.StringIO, '', 5), attempt(io.StringIO, '', 'x'))
s = io.StringIO('état\nx')
s.readline()
twin = pickle.loads(pickle.dumps(s))
print(twin.getvalue(), twin.tell(), twin.readline())
s.close()
print(attempt(s.read), attempt(s.getvalue), attempt(lambda: s.newlines), s.closed)


class Shout(io.StringIO):
    def write(self, text):
        return super().write(text.upper())

    def readline(self):
        return super().readline().lower()


with Shout() as s:
    print('hello', 1, file=s)
    s.writelines(['a\n', 'b\n'])
    s.seek(0)
    print(list(s), repr(s.getvalue()))

d = io.IncrementalNewlineDecoder(None, translate=True)
print([d.decode(x) for x in ('a\r', '\nb\r', 'c\n', '\r')], d.newlines, d.getstate(), repr(d.decode('', final=True)), d.reset(), d.newlines)
