"""What CPython's own tests ask of the limited C API, as far as Python code can say the same; no other program needs it."""

import codecs


def sequence_getitem(sequence, index):
    return sequence[index]


def sequence_setitem(sequence, index, value):
    sequence[index] = value


def sequence_delitem(sequence, index):
    del sequence[index]


def object_hasattrstring(obj, name):
    return int(hasattr(obj, name.decode()))


def codec_incrementalencoder(encoding, errors="strict"):
    return codecs.getincrementalencoder(encoding)(errors)


def codec_incrementaldecoder(encoding, errors="strict"):
    return codecs.getincrementaldecoder(encoding)(errors)


def call_vectorcall(function):
    return function("foo", baz="bar")


def call_vectorcall_method(obj):
    return obj.f("foo", baz="bar")


class LimitedVectorCallClass:
    def __call__(self, *args, **kwargs):
        return "vectorcall called"
