# Weak references and proxies: sharing, callbacks, death, operations passed on.
import weakref as weakref_module
import _weakref as weakref
import sys

def norm(s):
    out = ''
    i = 0
    while i < len(s):
        if s[i:i + 2] == '0x':
            j = i + 2
            while j < len(s) and s[j] in '0123456789abcdef':
                j += 1
            out += 'ADDR'
            i = j
        else:
            out += s[i]
            i += 1
    return out.replace('__main__.', '')

def t(s):
    try:
        print(s, '->', norm(repr(eval(s))))
    except BaseException as e:
        print(s, '!!', type(e).__name__, norm(str(e)))

class A:

    def m(self):
        return 1

a = A()
r = weakref.ref(a)

class B:
    __name__ = 'zz'

b = B()
for s in (
    'r',
    'weakref.ref(b)',
    'weakref.ref(A)',
    'weakref.proxy(b)',
    'weakref.ref(1)',
    'weakref.ref()',
    'weakref.ref(a,callback=1)',
    'weakref.ref(a,1,2)',
    'weakref.ref(a,None)is r',
    'weakref.ref(a) is r',
    'r(1)',
    'r.__init__(1,2,3)',
    'r.__init__()',
    'r.__callback__',
    'hash(weakref.proxy(a))',
    'next(weakref.proxy(a))',
    'weakref.proxy(1)',
    'weakref.ReferenceType.__name__,weakref.ReferenceType.__module__,weakref.ProxyType',
    'weakref.proxy(a)+1',
    'weakref.ref[int]',
    'r.__call__() is a',
    'weakref.ref.__new__(weakref.ref)',
    'weakref.proxy(a)()',
    'iter(weakref.proxy(a))',
    'weakref.getweakrefcount(1)',
    'weakref.getweakrefs(b)',
    'weakref.proxy(a,2,3)',
    'weakref.proxy()',
    'type(weakref.proxy(a))(1)',
    'weakref.proxy(a).m()',
    'weakref.proxy(a) is weakref.proxy(a)',
    'weakref.getweakrefcount(a)',
    'r==weakref.ref(a,print)',
    'r!=weakref.ref(b)',
    'hash(r)==hash(a)',
    'weakref.ref(a,print).__callback__ is print',
):
    t(s)
x = weakref.ref(A())
y = weakref.proxy(A())
for s in (
    'x',
    'x()',
    'y',
    'hash(x)',
    'x==x',
    'x==weakref.ref(a)',
    'y==y',
    'str(y)',
    'iter(y)',
    'next(y)',
    'len(y)',
    'y()',
    'bool(y)',
    'y.a',
    'y+1',
    '1+y',
    '-y',
):
    t(s)
log = []
o = A()
r1 = weakref.ref(o, lambda r: log.append(1))
r2 = weakref.ref(o, lambda r: log.append(2))
r3 = weakref.ref(o)
p = weakref.proxy(o, lambda r: log.append(3))
print(len(weakref.getweakrefs(o)))
del o
print(log, r1(), r2(), r3())

class R(weakref.ref):

    def __new__(cls, o, cb=None, key=None):
        self = super().__new__(cls, o, cb)
        self.key = key
        return self

    def __init__(self, o, cb=None, key=None):
        super().__init__(o, cb)

o = A()
k = R(o, None, 'K')
print(k.key, k() is o, k is R(o))
del o
print(k())

class Del:

    def __del__(self):
        print('del', type(r()).__name__)

d = Del()
r = weakref.ref(d, lambda r: print('cb', r()))
del d

class N:

    def __add__(s, o):
        return ('add', o)

    def __radd__(s, o):
        return ('radd', o)

    def __iadd__(s, o):
        return ('iadd', o)

    def __len__(s):
        return 3

    def __getitem__(s, k):
        return k

    def __contains__(s, k):
        return k == 1

    def __call__(s, *a, **k):
        return (a, k)

    def __iter__(s):
        return iter([1, 2])

    def __int__(s):
        return 5

    def __index__(s):
        return 6

    def __float__(s):
        return 1.5

    def __bytes__(s):
        return b'x'

    def __reversed__(s):
        return 'rev'

    def __eq__(s, o):
        return 'eq'

    def __str__(s):
        return 'STR'

n = N()
p = weakref.proxy(n)
print(type(p).__name__, p + 1, 1 + p, len(p), p[4], 1 in p, 2 in p, p(1, a=2), list(p), int(p), float(p), p == 1, str(p), [10, 11, 12, 13, 14, 15, 16][p])
q = p
q += 3
print(q)
p.attr = 5
print(n.attr, p.attr)
del p.attr
print(hasattr(n, 'attr'))
dd = {1: weakref.ref(A()), 2: r3}
weakref._remove_dead_weakref(dd, 1)
print(sorted(dd))
try:
    weakref._remove_dead_weakref({1: 2}, 1)
except TypeError as e:
    print(e)

def cb(r):
    raise ValueError('in cb')

o = A()
rr = weakref.ref(o, cb)
f = open if 0 else None

class S:
    __slots__ = ('__weakref__',)

s = S()
w = weakref.ref(s)
print(w() is s)
del s
print(w())

class S2:
    __slots__ = ()

try:
    weakref.ref(S2())
except TypeError as e:
    print(e)

def fn():
    pass

w = weakref.ref(fn)
print(w() is fn)
del fn
print(w())
g = (i for i in [1])
w = weakref.ref(g)
del g
print(w())
w = weakref.ref(set())
print(w())
e = ExceptionGroup('a', [ValueError()])
w = weakref.ref(e)
print(w() is e)
