"""A module's annotations can be asked for while it runs; what an annotation scope refuses has a line."""
import sys
import traceback
from annotationlib import Format, get_annotations

module = sys.modules[__name__]
x: int = 5
print(get_annotations(module, format=Format.STRING), module.__annotations__)
if x > 5:
    hidden: str
for i in range(3):
    z: undefined
    print(get_annotations(module, format=Format.STRING))
print(__annotate__(Format.VALUE) if "undefined" in globals() else sorted(get_annotations(module, format=Format.FORWARDREF)))


def f(a: int,
      b: str): pass


class C:
    q: int


type Alias[T: (int, str)] = dict[T, T]

for evaluate in f.__annotate__, C.__annotate__, Alias.evaluate_value, Alias.__type_params__[0].evaluate_constraints, module.__annotate__:
    try:
        evaluate(4)
    except NotImplementedError as e:
        print(evaluate.__name__, traceback.extract_tb(e.__traceback__)[-1].lineno)

from string.templatelib import Template

print(Template[int])
sys.setdlopenflags(sys.getdlopenflags() | 0x100)
print(hex(sys.getdlopenflags()))
