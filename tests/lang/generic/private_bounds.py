# In the type parameters and bases of a generic class no private names are mangled but those of the type parameters themselves.
class __X:
    pass


def base(*things):
    class Base:
        held = things
    return Base


class Y[T: __X](base(lambda: __X, lambda: (lambda: __X), [__X for _ in (1,)], __X)):
    pass


print(Y.__type_params__[0].__bound__, [thing.__name__ for thing in (Y.held[0](), Y.held[1]()(), Y.held[2][0], Y.held[3])])


class Z[__T: (int, __X) = __X](base(lambda: __T)):
    def method(self, value: __T):
        return __T


print(Z.__type_params__, Z.__type_params__[0].__constraints__, Z.__type_params__[0].__default__, Z.held[0](), Z().method(1))


# What a type parameter with a star may not have.
for source in ("def f[*A: str](): pass", "def f[*A: (int, str)](): pass", "async def f[**A: int, B](): pass", "class X[**A: str]: pass", "type X[*A: (int,)] = int",
               "def f[*A:](): pass", "def f[1](): pass", "def f[]: pass", "def f[x y](): pass", "class f[1]: pass"):
    try:
        compile(source, "f.py", "exec")
    except SyntaxError as e:
        print(source, "|", e.msg, e.offset, e.end_offset)
