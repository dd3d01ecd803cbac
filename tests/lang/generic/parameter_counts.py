# What an alias says when it gets too few arguments, and the module of a parameter that code without one makes.
from typing import Callable, Generic, ParamSpec, TypeVar, TypeVarTuple, Unpack

T = TypeVar("T")
U = TypeVar("U")
V = TypeVar("V")
D = TypeVar("D", default=str)
P = ParamSpec("P")
Ts = TypeVarTuple("Ts")


class Two(Generic[T, U]): ...
class Three(Generic[T, U, V]): ...
class Default(Generic[T, U, D]): ...
class Tuple(Generic[T, Unpack[Ts], U, V]): ...
class Spec(Generic[T, U, P]): ...
class New[A, B, C = str]: ...


for text in ("Two[int]", "Three[int]", "Three[()]", "Default[int]", "Default[int, str]", "Tuple[int]", "Tuple[int, str]", "Spec[int]",
             "Spec[int, str]", "New[int]", "New[int, int]", "Three[T, U, V][int]", "dict[T, U][int]", "dict[T, dict[U, V]][int]",
             "tuple[T, Unpack[Ts], U, V][int]", "Callable[[T, U], V][int]", "T.__typing_prepare_subst__(dict[T, U], ())",
             "U.__typing_prepare_subst__(dict[T, U], ())", "T.__typing_prepare_subst__(dict[T, U], (int,))",
             "D.__typing_prepare_subst__(dict[T, D], (int,))"):
    try:
        print(text, eval(text))
    except TypeError as e:
        print(text, e)

for name in "TypeVar", "ParamSpec", "TypeVarTuple", "TypeAliasType":
    for namespace in {}, {"__name__": "elsewhere"}, {"__name__": None}, {"__name__": 3}:
        exec(f"from typing import *\nx = {name}('x'{', int' if name == 'TypeAliasType' else ''})", namespace)
        print(name, namespace["x"].__module__)
    print(name, eval(name + "('x'" + (", int)" if name == "TypeAliasType" else ")"),
                     {"__name__": "evaluated", **{n: getattr(__import__("typing"), n) for n in (name,)}}).__module__)
print([p.__module__ for p in New.__type_params__])
