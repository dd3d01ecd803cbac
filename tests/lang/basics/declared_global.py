"""A name that a nested function declares global is global where the module's own text binds it."""
outer, inner = {}, {}
exec("""if 1:
    def f():
        y = 1
        def g():
            global y
            return y
        def h():
            return y + 1
        return g, h
    y = 9
    z = 3
    g, h = f()
    print(g(), h())
""", outer, inner)
print("y" in outer, "y" in inner, "z" in outer, "z" in inner)

for source in ("[i for i in (lambda: (j := [1]))()]", "{i for i in [k for k in (j := [1])]}", "[i for i in [1] if (lambda: (j := i))()]",
               "match 1:\n case f'': pass", "match 1:\n case f'{1}': pass", "match 1:\n case {f'': 1}: pass"):
    try:
        compile(source, "source", "exec")
        print("fine")
    except SyntaxError as e:
        print(e.msg, e.lineno, e.offset, e.end_lineno, e.end_offset)

import collections.abc


class Counting(collections.abc.Sequence):
    def __getitem__(self, i):
        return i

    def __len__(self):
        return 42


match Counting():
    case [x, *_, y, z]:
        print(x, y, z)


class Both(collections.UserList, collections.abc.Mapping):
    pass


class BothToo(collections.UserDict, collections.abc.Sequence):
    pass


class Third(Both, dict):
    pass


def kind(x):
    match x:
        case [*_]:
            return "sequence"
        case {}:
            return "mapping"


print(kind(Both()), kind(BothToo()), kind(Third()), kind(type("D", (dict, collections.abc.Sequence), {"__abstractmethods__": ()})()))

# A private name declared global in a class is global under its mangled name.
source = '''
class C:
    def m(self):
        global __g
        __g = 1
_C__g = 5
__g = 7
'''
g, l = {}, {}
exec(source, g, l)
print('_C__g' in g, '_C__g' in l, '__g' in g, '__g' in l)
