# inspect.getclosurevars finds the names that a function uses through dis.
import dis
import inspect

thing = object()


def outer(captured):
    def inner(argument):
        len(captured)
        return thing, print, argument, nowhere

    return inner


variables = inspect.getclosurevars(outer("x"))
print(variables.nonlocals, sorted(variables.globals), sorted(variables.builtins), variables.unbound)
names = [i.argval for i in dis.get_instructions(outer.__code__.co_consts[0] if hasattr(outer.__code__.co_consts[0], "co_code") else outer("x"))
         if i.opname == "LOAD_GLOBAL"]
print(names)


def make():
    zebra, apple, mango = 1, 2, 3

    def use():
        nonlocal zebra
        zebra = apple, mango

    return use, lambda: zebra


use, read = make()
print(use.__code__.co_freevars, make.__code__.co_cellvars)
exec(use.__code__, {}, closure=use.__closure__)
print(read())
