"""A text stream over two raw ones: writing does not lose what was read ahead.  How references to odd objects look."""
import io
import weakref

pair = io.BufferedRWPair(io.BytesIO(b"foo\nbar\nbaz\n"), io.BytesIO())
with io.TextIOWrapper(pair) as stream:
    print(repr(stream.readline()))
    stream.write("written\n")
    print(repr(stream.readline()), repr(stream.read()))
with io.TextIOWrapper(io.BytesIO(b"one\ntwo\nthree\n")) as stream:
    print(repr(stream.readline()))
    stream.seek(stream.tell())
    stream.write("2")
    print(repr(stream.readline()))
    stream.seek(0)
    print(repr(stream.read()))


class Config(dict):
    def __getattr__(self, name):
        return self[name]


config = Config(a=1)
print(repr(weakref.ref(config)).partition("to ")[2].split()[0], repr(weakref.ref(Config)).rpartition(" ")[2])
