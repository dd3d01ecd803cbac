"""What a spare process does while nobody needs it: it imports what a child of multiprocessing imports first, and does what that does first.

A browser compiles a function when it is first called, for all processes of a page.  So the steps of multiprocessing.spawn are taken here once with data
that nobody needs, beside the running program.  Nothing of that stays but the modules.
"""

import gc
import os
import pkgutil
import runpy
import zipimport  # what pkgutil asks first about a program's path
from multiprocessing import context, reduction, resource_tracker, spawn

# Most of what programs begin with.
PROGRAM = '''
"""A program."""
import os, sys as system
from os import path
COUNT = 1_000

class Worker:
    def __init__(self, n, *rest, key=None):
        self.n, self.rest = n, [r for r in rest if r is not key]

    def run(self):
        total = 0
        while self.n > 0 and total < COUNT:
            self.n -= 1
        for i in range(3):
            total += i * 2 if i else -1
        return f"{total:.2f}s", {"a": (total, 1.5)}

def main(argument=1):
    try:
        with open(argument) as file:
            return file.read().split()[1:]
    except (OSError, ValueError) as error:
        return str(error)

print("", end="")
if __name__ == "__main__":
    main()
'''


def _rehearse():
    data = spawn.get_preparation_data("")
    del data["authkey"]  # only a process that starts may send it
    process = object.__new__(context.SpawnProcess)  # no number is used up
    process.__dict__.update(_target=len, _args=((),), _kwargs={}, _name="", _identity=())
    reader, writer = os.pipe()
    with os.fdopen(writer, "wb") as to_child:
        for item in data, process:
            reduction.dump(item, to_child)
    with os.fdopen(reader, "rb") as from_parent:
        for _ in range(2):
            reduction.pickle.load(from_parent)
    pkgutil.get_importer(os.devnull)
    runpy._run_code(compile(PROGRAM, "", "exec"), {}, mod_name="__mp_main__")


_rehearse()
gc.collect()  # the program's class
