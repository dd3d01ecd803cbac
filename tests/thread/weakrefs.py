"""Weak references to objects that die in other threads."""

import gc
import threading
import weakref
from harness import check, done, race


class Object:
    def __init__(self, n=0):
        self.n = n


# A weak reference gives the whole object, or None.
slots = [Object(i) for i in range(32)]
refs = [weakref.ref(o) for o in slots]


def replace(number):
    for i in range(32):
        o = Object(i)
        refs[i] = weakref.ref(o)
        slots[i] = o


def follow(number):
    for i in range(32):
        r = refs[i]
        o = r()
        if o is not None:
            check(o.n == i and type(o) is Object)
        weakref.getweakrefcount(slots[i]), weakref.getweakrefs(slots[i])
        r == refs[i], repr(r)
        if o is not None:
            hash(r)


race(replace, follow, share=0.25)

# Every callback runs once.
called = []
made = [0] * 4


def callbacks(number):
    for _ in range(20):
        o = Object()
        keep.append(weakref.ref(o, called.append))
        made[number] += 1
        extra = weakref.ref(o)
        check(extra() is o)
        del o


keep = []
race(callbacks, copies=4, share=0.1)
gc.collect()
check(len(called) == sum(made) == len(keep) == len(set(map(id, called))), len(called), sum(made), len(keep))
check(all(r() is None for r in keep))
keep.clear()
called.clear()

# The weak collections.
values, keys, members = weakref.WeakValueDictionary(), weakref.WeakKeyDictionary(), weakref.WeakSet()
alive = [Object(i) for i in range(50)]


def fill(number):
    for i in range(50):
        o = Object(i)
        values[i] = o
        keys[o] = i
        members.add(o)
        alive[i] = o


def read(number):
    for i in range(50):
        o = values.get(i)
        check(o is None or o.n == i)
    for o in list(values.values()):
        check(type(o) is Object)
    for o in list(keys):
        check(type(o) is Object)
    for o in list(members):
        check(type(o) is Object)
    len(values), len(keys), len(members)


race(fill, read, share=0.25)


# Proxies, finalize and methods.
class Target(Object):
    def method(self):
        return self.n


target = [Target(1)]
ended = []
begun = [0] * 4


def proxies(number):
    p = weakref.proxy(target[0])
    m = weakref.WeakMethod(target[0].method)
    try:
        check(p.n == 1 and p.method() == 1)
    except ReferenceError:
        pass
    f = m()
    check(f is None or f() == 1)
    del f
    target[0] = Target(1)


def finalizers(number):
    o = Object()
    weakref.finalize(o, ended.append, number)
    begun[number] += 1


race(proxies, finalizers, share=0.2)
gc.collect()
check(len(ended) == sum(begun))

# Two threads race for the last reference.
pair = [None]
gate = threading.Barrier(2)
resurrected = []


class Final:
    def __init__(self):
        self.me = weakref.ref(self)

    def __del__(self):
        resurrected.append(1)


finals = [0] * 4


def last(number):
    mine = Final()
    finals[number] += 1
    pair[0] = mine
    r = mine.me
    del mine
    o = r()
    if o is not None:
        check(type(o) is Final)


race(last, copies=4, share=0.2)
pair[0] = None
gc.collect()
check(len(resurrected) == sum(finals), len(resurrected), sum(finals))
done()
