# Abstract classes: _abc and ABCMeta.
import abc
import collections.abc


def attempt(f, *args, **kwargs):
    try:
        return f(*args, **kwargs)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


class A(abc.ABC):
    @abc.abstractmethod
    def f(self): ...

    @property
    @abc.abstractmethod
    def p(self): ...

    @classmethod
    @abc.abstractmethod
    def c(cls): ...


print(attempt(A))
print(sorted(A.__abstractmethods__))


class B(A):
    def f(self): return 1
    p = 3


print(attempt(B), sorted(B.__abstractmethods__))


class C(B):
    @classmethod
    def c(cls): return 2


print(C().f(), C.__abstractmethods__)


class Virtual:
    pass


print(issubclass(Virtual, A), isinstance(Virtual(), A))
token = abc.get_cache_token()
print(A.register(Virtual) is Virtual, abc.get_cache_token() == token + 1)
print(issubclass(Virtual, A), isinstance(Virtual(), A), Virtual in A.__subclasses__())
print(attempt(A.register, 5), attempt(Virtual.__class__, "V", (), {}).__name__)


class Sub(Virtual):
    pass


print(issubclass(Sub, A), issubclass(int, A), isinstance(5, A))


class Cyc(A):
    pass


print(attempt(Cyc.register, A))
print(attempt(issubclass, 5, A))


class Hook(abc.ABC):
    @classmethod
    def __subclasshook__(cls, other):
        if cls is Hook:
            return hasattr(other, "hooked") or NotImplemented
        return NotImplemented


class Hooked:
    hooked = 1


print(issubclass(Hooked, Hook), issubclass(int, Hook), isinstance(Hooked(), Hook))
for c in (list, dict, str, tuple, set, range, int, type(iter([]))):
    print(c.__name__, [k for k in ("Sequence", "Mapping", "Set", "Iterable", "Iterator", "Hashable", "Sized", "Callable", "Collection")
                       if issubclass(c, getattr(collections.abc, k))])


class Seq(collections.abc.Sequence):
    def __getitem__(self, i): return (1, 2, 3)[i]
    def __len__(self): return 3


s = Seq()
match s:
    case [a, *rest]:
        print("sequence", a, rest)
print(list(reversed(s)), s.index(2), 3 in s)


@collections.abc.Mapping.register
class Map:
    def keys(self): return ["k"]
    def __len__(self): return 1
    def __getitem__(self, k): return {"k": 5}[k]
    def get(self, k, d=None): return {"k": 5}.get(k, d)


match Map():
    case {"k": v}:
        print("mapping", v)
A.register(Hooked)
print(issubclass(Hooked, A))
