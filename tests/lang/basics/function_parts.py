# Parts of functions and frames that are replaced, cleared and inherited.
import sys
import types
import warnings

# A function whose globals have no __builtins__ has those of the code that makes it.
safe = {"None": None}
namespace = {"type": type, "__builtins__": safe}
exec("def f(): pass\ng = type(f)(f.__code__, {})", namespace)
print(namespace["f"].__builtins__ is safe, namespace["g"].__builtins__ is safe, "__builtins__" in namespace["g"].__globals__)
print(types.FunctionType((lambda s: len(s)).__code__, {})("abc"))


# Code of another kind.
def plain(): pass
def generator(): yield
async def coroutine(): pass
async def asynchronous(): yield


with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    for a in plain, generator, coroutine, asynchronous:
        for b in plain, generator, coroutine, asynchronous:
            before = a.__code__
            a.__code__ = b.__code__
            a.__code__ = before
print(len(caught), {str(w.message) for w in caught})
warnings.simplefilter("error")
try:
    plain.__code__ = generator.__code__
except DeprecationWarning:
    print(plain())


# The variables of a frame that was cleared, those of functions around it too.
def outer():
    x = 5

    def inner():
        y = x
        1 // 0
    inner()


try:
    outer()
except ZeroDivisionError as e:
    traceback = e.__traceback__.tb_next
while traceback:
    frame = traceback.tb_frame
    print(sorted(frame.f_locals), end=" ")
    frame.clear()
    print(dict(frame.f_locals))
    traceback = traceback.tb_next


def names(a, b):
    return reversed(sys._getframe().f_locals)


print(names(1, 2))
for name in "is_available", "is_enabled", "is_active":
    print(name, getattr(sys._jit, name)())
print(sys._jit, "sys._jit" in sys.modules)
# Lines of instructions that belong to none.
code = compile("try:\n    pass\nexcept E as e:\n    pass\n", "m", "exec")
print(sorted({line for *_, line in code.co_lines()}, key=lambda line: (line is None, line or 0)), next(code.co_lines())[2],
      {position for position in code.co_positions() if position[0] is None})
