# Type parameters, aliases and their lazy evaluation (PEP 695, 696).
from _typing import NoDefault, ParamSpec, ParamSpecArgs, ParamSpecKwargs, TypeAliasType, TypeVar, TypeVarTuple


def attempt(f, *args, **kwargs):
    try:
        return f(*args, **kwargs)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


def f[T: int, *Ts, **P](x: T) -> T:
    return x


print(f.__type_params__, [type(p).__name__ for p in f.__type_params__], f.__type_params__[0].__bound__)
print(f.__annotations__, f.__type_params__[1].__name__)


def lazy[T: later](x):
    pass


T = lazy.__type_params__[0]
print(attempt(lambda: T.__bound__))
later = str
print(T.__bound__, T.__bound__ is T.__bound__)


def constrained[T: (int, str)](x):
    pass


T = constrained.__type_params__[0]
print(T.__constraints__, T.__bound__, T.__infer_variance__, T.__covariant__, T.has_default(), T.__default__)

type A = list[int]
print(A, A.__value__, A.__name__, A.__module__, A.__type_params__, type(A).__name__)
type Rec[T] = tuple[T, Rec[T]]
print(Rec, Rec.__type_params__, Rec.__parameters__, Rec.__value__, Rec[int])
type Bad = missing
print(attempt(lambda: Bad.__value__))
print(attempt(lambda: A[int]), attempt(lambda: isinstance(1, A)))
type D[T = int] = T
P = D.__type_params__[0]
print(P.__default__, P.has_default())

P = ParamSpec("P")
print(P, P.args, P.kwargs, P.args == P.args, P.args == P.kwargs, P.args.__origin__ is P, attempt(hash, P.args), P.__name__)
print(type(P.args) is ParamSpecArgs, type(P.kwargs) is ParamSpecKwargs, ParamSpecArgs(1), attempt(ParamSpecArgs))
for args, kwargs in (
    ((), {}), (("T", int), {}), ((1,), {}), (("T",), dict(covariant=1, contravariant=1)), (("T",), dict(covariant=True, infer_variance=True)),
    (("T",), dict(foo=1)),
):
    print(attempt(TypeVar, *args, **kwargs))
print(attempt(ParamSpec, "P", 1), attempt(TypeVarTuple, "Ts", 1))
co, contra, inv, inf = TypeVar("co", covariant=True), TypeVar("contra", contravariant=True), TypeVar("inv"), TypeVar("inf", infer_variance=True)
print(co, contra, inv, inf, inv.__module__, inv.__reduce__(), TypeVar)
co.extra = 1
print(co.extra, attempt(lambda: co.missing))
print(NoDefault, type(NoDefault)() is NoDefault, attempt(type(NoDefault), 1), NoDefault.__reduce__())
Ts = TypeVarTuple("Ts")
print(Ts, Ts.__default__, Ts.has_default(), attempt(Ts.__typing_subst__, int))
TA = TypeAliasType("TA", list[inv], type_params=(inv,))
print(TA, TA.__value__, TA[int], TA.__module__, TA.__type_params__, attempt(TypeAliasType, "x", int, type_params=[1]), attempt(TypeAliasType, "x"))
print(attempt(type, "X", (inv,), {}))


def sub():
    class X(inv):
        pass


print(attempt(sub))
