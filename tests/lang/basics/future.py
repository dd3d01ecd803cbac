"""Statements from __future__ import: which features there are, and where they may stand.  Code of a module in a function."""
import ast
import types
import warnings

for source in ["from __future__ import braces", "from __future__ import rested_snopes", "from __future__ import *", "import a\nfrom __future__ import division",
               "'doc'\nfrom __future__ import generators\nfrom __future__ import annotations, with_statement", "'doc'\n'two'\nfrom __future__ import division",
               "from __future__ import division; import a; from __future__ import division", "def f(): from __future__ import division",
               "def f():\n    from __future__ import division\n", "from __future__ import (division,\n    nested_scopes as n)", "from .__future__ import spam",
               "if 1:\n  from __future__ import division\n"]:
    for mode in "exec", "single":
        if mode == "single" and source.count("\n") > 0:
            continue
        try:
            code = compile(source, "<test>", mode)
            print(code.co_name, hex(code.co_flags & 0xFFF0000), repr(source))
        except SyntaxError as e:
            print(e.msg, e.lineno, e.offset, repr(source))
print(ast.dump(ast.parse("from __future__ import braces")))

names = {"__builtins__": __builtins__}
function = types.FunctionType(compile("x = 5\nprint(x + 1)\ny: int = 6\ndel x\nfrom math import *\n", "<test>", "exec"), names)
print(function(), sorted(name for name in names if name in ("x", "y", "pi")))
try:
    types.FunctionType(compile("del z", "<test>", "exec"), names)()
except NameError as e:
    print(e)

# Builtins that are a mapping but no dict.
for builtins in types.MappingProxyType({"__import__": __import__}), types.MappingProxyType({}):
    try:
        print(exec("import sys as s", {"__builtins__": builtins}))
    except ImportError as e:
        print(e)

# A metaclass's mro() that assigns __bases__ of the class that is being made.
calls = []


class Meta(type):
    def mro(cls):
        calls.append(cls.__mro__)
        if len(calls) == 1:
            cls.__bases__ += ()
        return type.mro(cls)


class Made(metaclass=Meta):
    pass


print(calls, Made.__mro__)
