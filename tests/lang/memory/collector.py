import gc
import weakref

gc.collect()
gc.disable()
print(gc.isenabled())


class Node:
    def __init__(self, name):
        self.name = name
        self.other = None


def pair(a, b):
    a, b = Node(a), Node(b)
    a.other, b.other = b, a
    return a


# a cycle lives until it is collected
r = weakref.ref(pair('x', 'y'))
print(r() is not None)
print(gc.collect() > 0, r())

# callbacks of weak references outside run, those inside the garbage do not
log = []
n = pair('p', 'q')
outside = weakref.ref(n, lambda ref: log.append('outside'))
n.inside = weakref.ref(n.other, lambda ref: log.append('inside'))
del n
gc.collect()
print(log, outside() is None)


# finalizers run before anything is taken apart
class F(Node):
    def __del__(self):
        order.append((self.name, self.other.name))


order = []
a, b = F('f1'), F('f2')
a.other, b.other = b, a
del a, b
gc.collect()
print(sorted(order))


# resurrection keeps all that is reachable
class R(Node):
    def __del__(self):
        global kept
        kept = self


a = R('r')
a.other = Node('friend')
a.other.other = a
del a
gc.collect()
print(kept.other.name, kept.other.other is kept)
del kept
print(gc.collect() > 0)

# what refers to what
target = [1]
holder = (target, 'x')
print(any(o is holder for o in gc.get_referrers(target)))
print(gc.get_referents([1, 'two', target])[2] is target, gc.get_referents())
print(gc.is_tracked([]), gc.is_tracked(5), gc.is_tracked('s'), gc.is_tracked(Node('n')))
print(gc.is_finalized(3), gc.is_finalized(Node('n')))

# generations and counters
print(len(gc.get_count()), len(gc.get_stats()), sorted(gc.get_stats()[0]))
gc.collect()
l = []
l.append(l)
print([any(o is l for o in gc.get_objects(generation=g)) for g in range(3)])
gc.collect(0)
print(any(o is l for o in gc.get_objects(generation=0)))
for bad in (-1, 3):
    try:
        gc.collect(bad)
    except ValueError as e:
        print(e)
    try:
        gc.get_objects(bad)
    except ValueError as e:
        print(e)

# callbacks
seen = []
gc.callbacks.append(lambda phase, info: seen.append((phase, info['generation'], sorted(info))))
gc.collect(1)
gc.callbacks.clear()
print(seen)

# saved instead of destroyed
gc.set_debug(gc.DEBUG_SAVEALL)
pair('saved', 'too')
gc.collect()
gc.set_debug(0)
print(sorted(o.name for o in gc.garbage if isinstance(o, Node)))
gc.garbage.clear()
gc.collect()

# frozen objects are left alone
f = Node('frozen')
f.other = f
w = weakref.ref(f)
gc.freeze()
print(gc.get_freeze_count() > 0)
del f
gc.collect()
print(w() is not None)
gc.unfreeze()
print(gc.get_freeze_count())
gc.collect()
print(w())

# automatically
gc.enable()
made = []


class Counted:
    def __init__(self):
        self.me = self

    def __del__(self):
        made.append(1)


for i in range(20000):
    Counted()
print(len(made) > 0)

# generators, closures, classes and exceptions in cycles
def gen():
    x = yield
    yield x


g = gen()
next(g)
g.send(g)
w = weakref.ref(g)
del g
gc.collect()
print(w())


def closure():
    def inner():
        return inner
    return weakref.ref(inner)


w = closure()
gc.collect()
print(w())


class Cls:
    pass


Cls.me = Cls
Cls.instance = Cls()
w = weakref.ref(Cls)
del Cls
gc.collect()
print(w())

class E(Exception):
    pass


try:
    raise E
except E as e:
    e.me = e
    w = weakref.ref(e)
gc.collect()
print(w())


# thresholds that a program sets are kept to, whatever else is alive
kept = [[] for i in range(10000)]
gc.collect()
before = gc.get_threshold()
gc.set_threshold(1000, 0, 0)
gc.enable()
found = []
lonely = weakref.ref(pair('p', 'q'), found.append)
made = 0
while not found and made < 10000:
    kept.append([])
    made += 1
print(made < 1500)
gc.disable()
gc.set_threshold(*before)
