"""Code of the library is read when it is first wanted: nobody sees the difference."""
import marshal
import textwrap
import shlex
import types


def consts(code):
    return [c for c in code.co_consts if isinstance(c, types.CodeType)]


# looked into before any call
code = textwrap.dedent.__code__
print(code.co_name, code.co_qualname, code.co_argcount, code.co_varnames[0], code.co_filename.endswith("textwrap.py"))
print(textwrap.fill.__doc__.split(".")[0])
print(textwrap.TextWrapper.fill.__doc__.strip().split("\n")[0])
print(type(hash(textwrap.indent.__code__)), textwrap.shorten.__code__ == textwrap.shorten.__code__, textwrap.shorten.__code__ == textwrap.indent.__code__)
print(textwrap.TextWrapper._split.__code__.replace(co_name="other").co_name)
print(marshal.loads(marshal.dumps(textwrap.TextWrapper.wrap.__code__)).co_name)
print(len(list(textwrap.TextWrapper._wrap_chunks.__code__.co_positions())) > 10, "self" in textwrap.TextWrapper._wrap_chunks.__code__.co_varnames)

# the docstring is the function's, whatever its code becomes
f = types.FunctionType(shlex.quote.__code__, vars(shlex))
print(f.__doc__ == shlex.quote.__doc__, f.__doc__[:15])
doc = shlex.join.__doc__
g = types.FunctionType(shlex.join.__code__, vars(shlex))
g.__code__ = (lambda x: x).__code__
print(g.__doc__ == doc, g(3))
g.__doc__ = "mine"
print(g.__doc__)
del g.__doc__
print(g.__doc__)

# the first call binds by keyword, makes a generator, fails
print(shlex.split(s="a 'b c'", comments=False))
import colorsys
print(colorsys.rgb_to_hsv(b=0, g=0, r=0))
try:
    colorsys.hls_to_rgb(1, 2)
except TypeError as e:
    print(e)
try:
    colorsys.yiq_to_rgb(1, 2, y=3)
except TypeError as e:
    print(e)
import fnmatch
print(fnmatch.filter(["a", "b"], "a"))
import bisect, heapq
print(list(heapq.merge([1, 4], [2, 3])))
from graphlib import TopologicalSorter
print(list(TopologicalSorter({"a": ["b"], "b": []}).static_order()))
import inspect
print(inspect.signature(textwrap.shorten))
print(inspect.getsource(shlex.quote).split("\n")[0])
