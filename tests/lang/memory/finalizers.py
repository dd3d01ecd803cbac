# When things die, and in which order.
class D:
    def __init__(self, name, *held):
        self.name = name
        self.held = held

    def __del__(self):
        print('del', self.name)


x = D('a')
x = D('b')
print('rebound')
del x
print('deleted')


def f():
    y = D('local')
    z = D('second')
    print('in f')


f()
print('left f')

# depth first: the outer one first, then what it held
outer = D('outer', D('left', D('deep')), D('right'))
outer = None

# items of a list die last to first, values of a dict in order
items = [D(i) for i in range(3)]
del items
values = {i: D('v%d' % i) for i in range(3)}
values.clear()


# once only, and back to life
class Phoenix:
    def __del__(self):
        global kept
        kept = self
        print('rising')


p = Phoenix()
p.value = 7
del p
print(kept.value)
del kept
print('gone for good')


# an exception in a destructor does not disturb the one on its way
class Bad:
    def __del__(self):
        raise ValueError('ignored')


import sys
sys.unraisablehook = lambda info: print('unraisable', type(info.exc_value).__name__, info.exc_value)


def g():
    b = Bad()
    raise KeyError('seen')


try:
    g()
except KeyError as e:
    print('caught', e)
    del e


class C:
    def __del__(self):
        try:
            raise RuntimeError
        except RuntimeError:
            print('inner handled')


try:
    c = C()
    1 / 0
except ZeroDivisionError:
    del c
    print('still', sys.exception())

# a chain far deeper than the C stack
node = None
for i in range(200000):
    node = (node,)
del node
print('chain gone')

node = None
count = 0


class Link:
    __slots__ = ('next',)

    def __del__(self):
        global count
        count += 1


for i in range(100000):
    n = Link()
    n.next = node
    node = n
del n
node = None
print(count)


# what weak references see of garbage: nothing from when it is found, neither its finalizers nor what comes back to life
import gc
import weakref

seen = []


class Cyclic:
    def __init__(self, name):
        self.name = name
        self.me = self

    def __del__(self):
        seen.append((self.name, plain() is None, called() is None))
        if self.name == 'back':
            kept.append(self)
        self.late = weakref.ref(self)
        late.append(self.late)


kept, late, calls = [], [], []
for name in ('gone', 'back'):
    o = Cyclic(name)
    plain, called = weakref.ref(o), weakref.ref(o, lambda r: calls.append((plain() is None, r() is None)))
    del o
    gc.collect()
    print(name, seen.pop(), calls.pop(), plain(), called(), len(kept))
print(late[1]() is kept[0])
