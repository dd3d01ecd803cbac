# Code objects put together from the fields of others, as libraries that send functions elsewhere do.
import types

FIELDS = ("co_argcount co_posonlyargcount co_kwonlyargcount co_nlocals co_stacksize co_flags co_code co_consts co_names co_varnames "
          "co_filename co_name co_qualname co_firstlineno co_linetable co_exceptiontable co_freevars co_cellvars").split()


def fields(code):
    return [getattr(code, name) for name in FIELDS]


def again(f):
    code = types.CodeType(*fields(f.__code__))
    assert code == f.__code__ and code is not f.__code__ and hash(code) == hash(f.__code__), f
    assert [*code.co_lines()] == [*f.__code__.co_lines()] and [*code.co_positions()] == [*f.__code__.co_positions()]
    result = types.FunctionType(code, globals(), f.__name__, f.__defaults__, f.__closure__)
    result.__kwdefaults__ = f.__kwdefaults__
    return result


def plain(a, /, b=2, *rest, c=3, **more):
    return a, b, rest, c, more, len(rest)


def outer(x, y):
    def inner(z):
        nonlocal x
        x += z
        return x, y, [lambda: w + x for w in range(3)], [w for w in range(2)]
    return inner


def handlers(n):
    try:
        with open("/dev/null") as f:
            return 1 // n
    except ZeroDivisionError as e:
        return str(e)
    finally:
        print("finally", n)


def generator(n):
    for i in range(n):
        got = yield i
        if got:
            print("got", got)


async def coroutine(n):
    return n


def keywords():
    return sorted([3, 1, 2], key=lambda x: -x, reverse=False), dict(a=1, b=2)


def namespace():
    class C:
        x = [y for y in range(3)]

        def f(self):
            return super().__repr__()[:10], __class__.__name__
    return C.x, C().f()


print(again(plain)(1, 5, 6, 7, c=8, d=9), again(plain)(1))
inner = again(outer)(1, 2)
x, y, lambdas, numbers = again(inner)(10)
print(x, y, [f() for f in lambdas], numbers)
print(again(handlers)(0), again(handlers)(1))
it = again(generator)(3)
print(next(it), it.send("sent"), [*it])
try:
    again(coroutine)(7).send(None)
except StopIteration as e:
    print(e.value)
print(again(keywords)(), again(namespace)())
module = compile("a = [i for i in range(3)]\nb = lambda: a", "m", "exec")
space = {}
exec(types.CodeType(*fields(module)), space)
print(space["b"]())

# Variables of comprehensions are among those of the function.
print(outer(1, 2).__code__.co_varnames, outer(1, 2).__code__.co_cellvars, outer(1, 2).__code__.co_nlocals, module.co_varnames)

# replace() takes any field.
def swap(x, y):
    return abs(x - y), x
def power(x, y):
    return pow(x - y, 2), x
print(types.FunctionType(swap.__code__.replace(co_names=("str",)), globals())(1, 3))
print(types.FunctionType(swap.__code__.replace(co_varnames=("a", "b")), globals())(b=1, a=3))
f = power.__code__
print(types.FunctionType(swap.__code__.replace(**dict(zip(FIELDS, fields(f)))), globals())(1, 3))
print([*swap.__code__.replace(co_linetable=b"").co_lines()])


# What does not fit together is refused.
def attempt(label, **changes):
    values = dict(zip(FIELDS, fields(swap.__code__)), **changes)
    for make in lambda: types.CodeType(*values.values()), lambda: swap.__code__.replace(**changes):
        try:
            make()
            print(label, "made")
        except (ValueError, TypeError, OverflowError) as e:
            print(label, type(e).__name__, e)


attempt("names", co_names=())
attempt("more names", co_names=("abs", "str"))
attempt("constants", co_consts=())
attempt("locals", co_nlocals=1)
attempt("variables", co_varnames=("x", "y", "z"), co_nlocals=3)
attempt("arguments", co_argcount=1)
attempt("negative", co_kwonlyargcount=-1)
attempt("large", co_stacksize=2**31)
attempt("larger", co_stacksize=2**31 - 1)
attempt("no stack", co_stacksize=0)
attempt("flags", co_flags=swap.__code__.co_flags | 0x20)
attempt("odd", co_code=swap.__code__.co_code[:-1])
attempt("cut", co_code=swap.__code__.co_code[:-8])
attempt("other code", co_code=handlers.__code__.co_code)
attempt("lines", co_linetable=b"\xff\xff")
attempt("tables", co_exceptiontable=b"")
attempt("more tables", co_exceptiontable=swap.__code__.co_exceptiontable + b"\0\0\0\0")
attempt("other tables", co_exceptiontable=handlers.__code__.co_exceptiontable)
attempt("str", co_code="abc")
attempt("list", co_consts=[])
attempt("no name", co_names=(1,))
attempt("no text", co_name=b"")
attempt("no number", co_firstlineno="1")
try:
    types.FunctionType(keywords.__code__.replace(co_consts=tuple(map(str, keywords.__code__.co_consts))), {})
except ValueError as e:
    print(e)
for arguments in [], [1] * 16:
    try:
        types.CodeType(*arguments)
    except TypeError as e:
        print(str(e).partition("code() argument")[1:])
try:
    swap.__code__.replace(co_nothing=1)
except TypeError as e:
    print(e)
