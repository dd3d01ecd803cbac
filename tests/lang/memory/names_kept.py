# Built-in functions that look a name up leave no reference to it behind.
import os
import sys


class Path:
    def __fspath__(self):
        return os.curdir


def stray_import():
    try:
        from os import nothing_of_this_name
    except ImportError:
        pass


def left(name, call, times=50):
    name = sys.intern(name)
    call()
    before = sys.getrefcount(name)
    for _ in range(times):
        call()
    return sys.getrefcount(name) - before


os.environ["PYTHONBREAKPOINT"] = "0"
print("fspath", left("__fspath__", lambda: os.fspath(Path())))
print("stat", left("__fspath__", lambda: os.stat(Path())))
print("breakpoint", left("PYTHONBREAKPOINT", breakpoint))
print("import", left("nothing_of_this_name", stray_import))
