# Anonymous parts within anonymous parts, arrays of characters as fields, pointers to arrays, VARIANT_BOOL.
import ctypes.wintypes
from ctypes import *


def attempt(f):
    try:
        print(f())
    except (AttributeError, TypeError, ValueError, SystemError) as e:
        print(type(e).__name__, e)


class Inner(Structure):
    _fields_ = [("z", c_char), ("a", c_int)]


class Either(Union):
    _fields_ = [("_", Inner), ("b", c_int)]
    _anonymous_ = ["_"]


class Whole(Structure):
    _fields_ = [("x", c_int), ("_", Either), ("y", c_int)]
    _anonymous_ = ["_"]


print(Whole.x.offset, Whole.z.offset, Whole.a.offset, Whole.b.offset, Whole._.offset, Whole.y.offset)
whole = Whole(1)
whole.a = 7
print(whole._._.a, whole.a, whole._.a)


class Text(Structure):
    _fields_ = [("text", c_char * 5), ("wide", c_wchar * 2)]


text = Text(b"#" * 5)
text.text = b"a\0b\0"
print(bytes(text)[:5], text.text)
attempt(lambda: setattr(text, "text", b"abcdef"))
attempt(lambda: setattr(text, "text", b"abcde"))
print(text.text)
attempt(lambda: delattr(text, "text"))
letters = (c_char * 3)()
attempt(lambda: delattr(letters, "value"))
attempt(lambda: delattr(letters, "raw"))

for target in c_short, c_short * 2, c_short * 2 * 3, POINTER(c_short * 2):
    print(memoryview(POINTER(target)()).format)
attempt(lambda: string_at(b"abc", -1))
for function, argument in (string_at, b"abc"), (wstring_at, "abc"):
    try:
        function(argument, -2)
    except SystemError as e:
        print("SystemError")

boolean = ctypes.wintypes.VARIANT_BOOL
print(boolean(True), boolean(), sizeof(boolean), bytes(boolean(5)), boolean.from_buffer_copy(b"\0\1").value)
for cls in Structure, Union, Array, type(Structure):
    attempt(lambda: setattr(cls, "x", 1))
