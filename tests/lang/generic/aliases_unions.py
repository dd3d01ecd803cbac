# types.GenericAlias and unions: substitution, comparison, instance checks.
import types

def t(s):
    try:
        print(s, '->', repr(eval(s)))
    except BaseException as e:
        print(s, '!!', type(e).__name__, e)

class TV:
    __typing_subst__ = lambda self, a: a

    def __init__(s, n):
        s.n = n

    def __repr__(s):
        return '~' + s.n

T = TV('T')
S = TV('S')
for s in (
    'list[int]',
    'dict[str,int]',
    'tuple[()]',
    'tuple[...]',
    'tuple[int,...]',
    'list[[int,str]]',
    'list[None]',
    'types.GenericAlias(int,(int,))',
    'list[int]==list[int]',
    'list[int]!=list[str]',
    'hash(list[int])==hash(list[int])',
    'list[int]()',
    'dict[int,str](a=1)',
    'list[int].__origin__',
    'list[int].__args__',
    'list[T].__parameters__',
    'dict[T,S].__parameters__',
    'dict[T,S][int,str]',
    'dict[T,dict[S,T]][int,str]',
    'list[T][int]',
    'dict[T,S][int]',
    'dict[T,S][int,str,float]',
    'list[int][int]',
    'list[int].append',
    'list[int].foo',
    'list[int].__class__',
    'type(list[int])',
    'next(iter(tuple[int]))',
    '[*tuple[int]]',
    'next(iter(tuple[int])).__unpacked__',
    'next(iter(tuple[int])).__typing_unpacked_tuple_args__',
    'list[int].__mro_entries__(())',
    'isinstance(1,list[int])',
    'issubclass(int,list[int])',
    'list[int].__reduce__()',
    'iter(list[int]).__reduce__()[1]',
    'types.GenericAlias()',
    'types.GenericAlias(int)',
    'types.GenericAlias(int,a=1)',
    'list[int].__bases__',
    'dir(list[int])==sorted(dir(list[int]))',
    '"__origin__" in dir(list[int])',
    'int|str',
    'int|None',
    'None|int',
    'int|int',
    'int|str|int',
    '(int|str)==(str|int)',
    'hash(int|str)==hash(str|int)',
    'int|1',
    '1|int',
    'isinstance(1,int|str),isinstance(None,int|None),isinstance(1.5,int|str)',
    'issubclass(bool,int|str)',
    'isinstance(1,int|list[int])',
    'isinstance("",int|list[int])',
    '(int|str).__args__',
    'list[int]|None',
    '(list[T]|None).__parameters__',
    '(list[T]|None)[int]',
    '(int|str)[int]',
    '(int|list[str])|(str|int)',
    'list[int]|dict[str,int]',
    'int|"str"',
    'type(None)|int',
    'list[int|None]',
    '(int|str).__hash__()==hash(int|str)',
    'class_',
    'list[T|None][int]',
):
    t(s)

class G(list[int]):
    pass

print(G.__orig_bases__, G.__bases__, G.__mro__[1])

class X:

    def __class_getitem__(cls, k):
        return types.GenericAlias(cls, k)

x = X[int]()
print(x.__orig_class__)

class My(types.GenericAlias):
    pass

print(My(list, int), type(My(list, int)))
