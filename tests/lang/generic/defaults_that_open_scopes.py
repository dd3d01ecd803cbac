# The default of a type parameter is a comprehension or a lambda, which has a scope of its own; names of generic classes and mangling.
type X[T = [T for T in [T]]] = T
print(X, X.__type_params__[0].__default__)


def f[T = lambda: T](): pass


print(f.__type_params__[0].__default__() is f.__type_params__[0])


class C[*Ts = (x for x in (1, 2))]: pass


print(*C.__type_params__[0].__default__)

try:
    class Outer:
        class __Base: pass
        class Inner[T](__Base): pass
except NameError as e:
    print(e)


class Private[__T]:
    def m(self, x: __T) -> __T: return x


print(Private.__type_params__, Private.m.__annotations__)
