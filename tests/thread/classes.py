"""Classes and instances whose attributes several threads change while others use them."""

import abc
import gc
from harness import check, done, race


class Base:
    shared = 0

    def method(self):
        return 'base'

    def __len__(self):
        return 1


class Derived(Base):
    pass


class Other(Base):
    def method(self):
        return 'other'


instance = Derived()


def call(number):
    for _ in range(100):
        check(instance.method() in ('base', 'other', 'patched', 'own'))
        check(Derived.shared in (0, 1, 2, 3, 4, 5, 6))
        check(len(instance) in (1, 2))
        check(isinstance(instance, Base) and issubclass(Derived, Base))


def patch(number):
    Derived.method = lambda self: 'patched'
    Base.shared = number
    try:
        del Derived.method
    except AttributeError:
        pass
    Base.__len__ = lambda self: 2
    Derived.shared = number
    try:
        del Derived.shared
    except AttributeError:
        pass
    instance.method = lambda: 'own'
    try:
        del instance.method
    except AttributeError:
        pass


def change_class(number):
    instance.__class__ = Other
    instance.__class__ = Derived


def change_bases(number):
    class Local(Derived):
        pass
    Local.__bases__ = (Other,)
    check(Local().method() in ('other',))
    Local.__bases__ = (Derived, Other) if number < 0 else (Derived,)
    Base.__subclasses__()
    Derived.__mro__, Derived.mro()


race(call, call, patch, change_bases, copies=1, share=0.2)
race(call, patch, change_class, copies=1, share=0.1)


# Instance attributes: shared layout, own dict, deletion, replacement of the dict.
class Plain:
    pass


thing = Plain()


def attributes(number):
    for i in range(20):
        setattr(thing, f'a{i}', i)
        check(getattr(thing, f'a{i}', i) == i)
    for i in range(0, 20, 2):
        try:
            delattr(thing, f'a{i}')
        except AttributeError:
            pass


def dictionary(number):
    d = thing.__dict__
    d['x'] = number
    check(type(thing.__dict__) is dict)
    for k, v in list(vars(thing).items()):
        check(type(k) is str)
    dir(thing)


def replace(number):
    thing.__dict__ = {'x': 1, 'a0': 0}


def fresh(number):
    global thing
    mine = [Plain() for _ in range(20)]
    for i, p in enumerate(mine):
        p.x, p.y, p.z = i, i, i
        setattr(p, f'n{i}', i)
    check(all(p.x == p.y == p.z for p in mine))
    if number % 2:
        thing = Plain()


race(attributes, attributes, dictionary, fresh, copies=1, share=0.15)
race(attributes, dictionary, replace, fresh, copies=1, share=0.15)


class Slotted:
    __slots__ = ('a', 'b', '__weakref__')


slotted = Slotted()
slotted.a = slotted.b = []


def slots(number):
    for _ in range(50):
        slotted.a = [number]
        try:
            check(type(slotted.a) is list)
            slotted.b = slotted.a
            del slotted.a
        except AttributeError:
            pass


race(slots, copies=3, share=0.1)


# Classes come and go.
class Meta(type):
    def __new__(meta, name, bases, ns, **kw):
        return super().__new__(meta, name, bases, ns)


class Abstract(abc.ABC):
    @abc.abstractmethod
    def f(self): ...


def make(number):
    C = Meta('C', (Derived,), {'x': number, 'p': property(lambda self: number), '__slots__': ()})
    check(C().x == number == C().p)
    D = type('D', (C, Other), {'m': classmethod(lambda cls: cls.x)})
    check(D.m() == number and D().method() in ('other', 'base', 'patched'))

    class E(Abstract):
        def f(self):
            return super().__init__

    E().f()
    Abstract.register(type('F', (), {}))
    check(isinstance(E(), Abstract) and not isinstance(3, Abstract))
    try:
        Abstract()
        check(False)
    except TypeError:
        pass
    if number == 0:
        gc.collect()


race(make, patch, copies=2, share=0.2)


# A class with many names: its table of lookups, dropped at each change of the class, grows while the sites learn where in it a name is.
NAMES = 40
Wide = type('Wide', (), {f'n{i}': staticmethod(lambda i=i: i) for i in range(NAMES)})
names = {'check': check}
exec('def read(c):\n' + ''.join(f'    check(c.n{i}() == {i})\n' for i in range(NAMES)) * 2, names)


def learn(number):
    for _ in range(20):
        Wide.changed = number
        names['read'](Wide)


race(learn, copies=3, share=0.2)


# Functions and their parts.
def function(a, b=1, *, c=2):
    return a + b + c


def use(number):
    for _ in range(50):
        check(function(1) in (4, 5, 14))
        check(function.__name__ in ('function', 'renamed'))


def modify(number):
    function.__defaults__ = (1,)
    function.__defaults__ = (2,)
    function.__kwdefaults__ = {'c': 2}
    function.__name__ = 'renamed'
    function.attribute = number
    function.__dict__
    function.__annotations__ = {}
    function.__doc__ = 'x'


def cell():
    value = 0

    def get():
        return value

    def put(x):
        nonlocal value
        value = x
    return get, put


get, put = cell()


def cells(number):
    for i in range(100):
        put([i])
        check(type(get()) in (list, int))


variable = [0]


def global_variable(number):
    global variable
    for i in range(100):
        variable = [i]
        check(type(variable[0]) is int)


race(use, modify, cells, global_variable, share=0.1)
done()
