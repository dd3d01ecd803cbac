"""copy.replace of a code object, and what the methods of every exception are called with."""

import copy
import errno
import inspect


def original(a, b=2):
    return a + b


renamed = copy.replace(original.__code__, co_name="renamed", co_firstlineno=100)
print(renamed.co_name, renamed.co_firstlineno, renamed == original.__code__)
original.__code__ = renamed
print(original(1))
try:
    copy.replace(renamed, co_nothing=1)
except TypeError as e:
    print(type(e).__name__)

for method in ("add_note", "with_traceback", "__setstate__"):
    print(inspect.signature(getattr(ValueError, method)) if method == "add_note" else method in dir(ValueError))
print(errno.errorcode[errno.ETXTBSY], errno.errorcode[errno.EIDRM])
