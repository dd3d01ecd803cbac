"""Instances of generic classes under the old protocols; flags of types."""
import os
import pickle
import typing
import warnings

T = typing.TypeVar("T")


class Old(typing.Generic[T]):
    def __init__(self, x):
        self.x = x


class New[S]:
    pass


for made in Old(5), Old[int](6), New(), New[int]():
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(made, protocol))
        print(protocol, type(again).__name__, vars(again))
print(bool(typing.Generic.__flags__ & 1 << 9), bool(int.__flags__ & 1 << 9), bool(New.__flags__ & 1 << 9))

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    os.path.exists(True)
    os.stat(False)
print([str(w.message) for w in caught])


# A __buffer__ that asks its base class.
class A(bytearray):
    def __buffer__(self, flags):
        return super().__buffer__(flags)


class B(A):
    released = 0

    def __release_buffer__(self, view):
        B.released += 1
        super().__release_buffer__(view)


print(bytes(memoryview(A(b"hello"))))
with memoryview(B(b"hello")) as view:
    print(bytes(view), B.released)
print(B.released)

print(type.__type_params__, object.__type_params__, typing.get_type_hints(int))


class Bytes:
    def __init__(self, value):
        self.value = value

    def __bytes__(self):
        return self.value


print(int.from_bytes(Bytes(b"\x01\x02")))
try:
    int.from_bytes(Bytes("x"))
except TypeError as e:
    print(e)
