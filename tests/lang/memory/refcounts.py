# sys.getrefcount() of variables, parameters, containers, captured variables: CPython 3.14 lends plain local variables to calls.
import sys
from sys import getrefcount
def h(x): return sys.getrefcount(x)
def h2(x):
    n=sys.getrefcount(x)
    return n
def h3(x): print(sys.getrefcount(x))
def h4(x, y=1): return getrefcount(x)
def h5(x):
    y=x
    return getrefcount(x)
G=[]
print(h(G),h2(G),h([]),h2([]),h4(G),h4([]),h5(G),h5([]))
h3(G); h3([])
class K:
    def m(self): return getrefcount(self)
    def n(self,x): return getrefcount(x)
k=K()
print(k.m(), K().m(), k.n(G), k.n([]))
def loc():
    a=[]
    return h(a), h2(a), (lambda z: getrefcount(z))(a)
print(loc())
a=[]; b=a
print(getrefcount(a)); del b; print(getrefcount(a))
def gen(x):
    yield getrefcount(x)
print(next(gen(G)),next(gen([])))
print([getrefcount(q) for q in [G]],[getrefcount(q) for q in [[]]])
for q in [[]]: print(getrefcount(q))
def ff():
    for q in [[]]: return getrefcount(q)
print(ff())
def va(*args): return getrefcount(args), getrefcount(args[0])
print(va(G), va([]))
def kw(**k): return getrefcount(k), getrefcount(k['a'])
print(kw(a=G))
def f():
    a=[]; r=[sys.getrefcount(a)]
    b=a; r.append(sys.getrefcount(a))
    c=[a]; r.append(sys.getrefcount(a)); d={1:a}; r.append(sys.getrefcount(a))
    def g(): return a
    r.append(sys.getrefcount(a)); del b,c,d; r.append(sys.getrefcount(a))
    t=(a,a); r.append(sys.getrefcount(a))
    class O: pass
    o=O(); o.x=a; r.append(sys.getrefcount(a)); del o; r.append(sys.getrefcount(a))
    return r
print(f())
G=[]
print(sys.getrefcount(G), sys.getrefcount(object()))
def h(x): return sys.getrefcount(x)
print(h(G), h([]), h(object()))
x=object(); y=[x]*10; print(sys.getrefcount(x))
for i in [x]: print(sys.getrefcount(x))
