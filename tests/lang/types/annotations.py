# __annotations__ and __annotate__ of classes (PEP 649, 749).
def attempt(f, *args, **kwargs):
    try:
        return f(*args, **kwargs)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


class W:
    x: int
    y: undefined


print(callable(W.__annotate__), "__annotations__" in W.__dict__, "__annotate_func__" in W.__dict__)
print(attempt(lambda: W.__annotations__))
undefined = 5
print(W.__annotations__, W.__annotations__ is W.__annotations__, "__annotations_cache__" in W.__dict__)
W.__annotations__ = {"z": 1}
print(W.__annotations__, W.__annotate__)


class W2(W):
    pass


print(W2.__annotations__, W2.__annotate__)
W2.__annotate__ = lambda format: {"f": format}
print(W2.__annotations__)
W2.__annotate__ = None
print(W2.__annotations__)
W2.__annotate__ = lambda format: {"g": format}
print(W2.__annotations__)
del W2.__annotations__
print(W2.__annotations__, W2.__annotate__)
print(attempt(setattr, W2, "__annotate__", 3), attempt(delattr, W2, "__annotate__"))
W2.__annotate__ = lambda f: 3
print(attempt(lambda: W2.__annotations__))
W2.__annotate__ = lambda: 3
print(attempt(lambda: W2.__annotations__))
print(attempt(lambda: int.__annotations__), attempt(setattr, int, "__annotations__", {}))
print(attempt(lambda: int.__annotate__), attempt(setattr, int, "__annotate__", None))


class Own:
    a: int

    def __annotate__(format):
        return {"own": format}


print(Own.__annotations__)


class Eager:
    __annotations__ = {"e": 1}


print(Eager.__annotations__, Eager.__dict__["__annotations__"])
del Eager.__annotations__
print(Eager.__annotations__)


class Meta(type):
    m: str


class C(metaclass=Meta):
    c: int


print(C.__annotations__, Meta.__annotations__)


class Outer:
    T = int

    class Inner:
        v: "T"

    def method(self, a: T) -> T: ...


print(Outer.method.__annotations__, Outer.Inner.__annotations__)


@staticmethod
def s(x: int): ...


print(s.__annotations__, s.__annotate__ is not None)
print([n for n in vars(W2) if "annot" in n])
