"""With `from __future__ import annotations` a function has an __annotate__ that gives texts, so what functools.wraps() makes has the annotations too."""
from __future__ import annotations

import annotationlib
import functools
import inspect
import operator
import typing


def plain(a: int, *b: x.y, c: "z" = 3, **d: [1, 2]) -> lambda: 1: ...


print(plain.__annotate__.__name__, plain.__annotate__(1), plain.__annotate__(1) == plain.__annotations__)
for format in 2, 3, 4:
    try:
        print(plain.__annotate__(format) == plain.__annotations__)
    except NotImplementedError:
        print("NotImplementedError")
print(annotationlib.get_annotations(plain, format=annotationlib.Format.STRING))
print(annotationlib.get_annotations(plain, format=annotationlib.Format.FORWARDREF))


class C:
    a: int

    def method(self, x: C, __y: __hidden = 1) -> D: ...

    async def coroutine(self, *, y: "q"): ...


print(C.method.__annotate__.__qualname__, C.method.__annotations__, C.coroutine.__annotations__, C.__annotations__, C.__annotate__)


@functools.wraps(plain)
def wrapper(*args): ...


print(wrapper.__annotations__, inspect.signature(wrapper))


def outer():
    z = 3

    def inner(a: z) -> z: return a
    return inner


print(outer().__annotations__, outer().__annotate__.__closure__, outer.__code__.co_cellvars)


def generic[T](a: T) -> T: ...


print(generic.__annotations__, generic.__annotate__.__closure__)


def hinted(a: int, b: C = 1): ...


print(typing.get_type_hints(hinted))
hinted.__annotations__ = {"a": 1}
print(hinted.__annotate__, hinted.__annotations__)
try:
    compile("from __future__ import annotations\ndef f(a: (yield)): ...", "checked", "exec")
except SyntaxError as error:
    print(error.msg)
for caller in operator.itemgetter(2), operator.attrgetter("a"), operator.methodcaller("m", 1), functools.cmp_to_key(lambda a, b: 0):
    print(type(caller).__name__, inspect.signature(caller), type(caller).__text_signature__)
