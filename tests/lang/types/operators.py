
log=[]
class V:
    def __init__(s,x): s.x=x
    def __add__(s,o):
        if isinstance(o,V): return V(s.x+o.x)
        if isinstance(o,int): return V(s.x+o)
        return NotImplemented
    def __radd__(s,o): log.append('radd'); return V(o+s.x) if isinstance(o,int) else NotImplemented
    def __sub__(s,o): return NotImplemented
    def __rsub__(s,o): return 'rsub'
    def __mul__(s,o): return NotImplemented
    def __eq__(s,o):
        log.append('eq')
        return s.x==o.x if isinstance(o,V) else NotImplemented
    def __lt__(s,o): return s.x<o.x if isinstance(o,V) else NotImplemented
    def __getitem__(s,k):
        if k==99: raise KeyError(k)
        return (s.x,k)
    def __setitem__(s,k,v): log.append((k,v))
    def __and__(s,o): raise ValueError('and')
    def __repr__(s): return f'V({s.x})'
class W(V):
    def __radd__(s,o): return 'W.radd'
    def __eq__(s,o): return 'truthy'
    def __iadd__(s,o): s.x+=100; return s
def test(a,b):
    r=[]
    def t(f):
        try: r.append(f())
        except Exception as e: r.append((type(e).__name__,str(e)))
    t(lambda:a+b); t(lambda:a+1); t(lambda:1+a); t(lambda:a+'s'); t(lambda:a-b); t(lambda:a-1); t(lambda:1-a); t(lambda:a*2); t(lambda:a*[1]); t(lambda:a*b)
    t(lambda:a==b); t(lambda:a==3); t(lambda:3==a); t(lambda:a!=b); t(lambda:a<b); t(lambda:a>b); t(lambda:a<3); t(lambda:a<=b); t(lambda:a&b); t(lambda:a&1)
    t(lambda:a[1]); t(lambda:a['k']); t(lambda:a[99]); t(lambda:a[1:2]); t(lambda:a[-1])
    t(lambda:'yes' if a==b else 'no'); t(lambda:'yes' if a<b else 'no'); t(lambda:'yes' if not a==3 else 'no'); t(lambda:'yes' if a==3 else 'no')
    def st():
        a[1]=2; a['x']=[3]; a[b]=a; return 'set'
    t(st)
    def ia():
        c=V(5); d=c; c+=1; c+=V(2); e=W(1); e+=4; return c,d,e
    t(ia)
    n=0
    def wh():
        n=V(0); k=0
        while n<V(5): n=n+1; k+=1
        return n,k
    t(wh)
    return r
for a in (V(1),W(2)):
    for b in (V(1),W(2),7,'s',None,2.5):
        print(test(a,b))
print(log[:50],len(log))
def gen():
    for i in range(3):
        yield V(i)+V(1), V(i)==V(1), V(i)[i], V(i)<V(2)
print(list(gen()))
class R:
    def __add__(s,o): return s+o
    def __eq__(s,o): return s==o
    def __getitem__(s,k): return s[k]
for f in (lambda:R()+1, lambda:R()==R(), lambda:R()[0], lambda: 1 if R()==R() else 2):
    try: f()
    except RecursionError as e: print('rec',e)
class L(list):
    def __add__(s,o): return NotImplemented
    def __mul__(s,o): return NotImplemented
    def __getitem__(s,i): return 'L%r'%(i,)
print(L([1])[0])
try: print(L([1])+[2])
except TypeError as e: print(e)
try: L([1])+5
except TypeError as e: print(e)
# poly sites
class A: 
    k=1
    def __init__(s): s.a=1; s.b=2
    def m(s): return 'A'
    @property
    def p(s): return 'pA'
class B:
    __slots__=('b','a')
    k=2
    def __init__(s): s.a=3; s.b=4
    def m(s): return 'B'
    p='pB'
class C2(A):
    def __init__(s): s.b=5; s.a=6; s.k=9
    def m(s): return 'C'
class D2(A):
    p=7
    def __getattr__(s,n): return 'ga'
objs=[A(),B(),C2(),D2()]
def poly():
    out=[]
    for i in range(12):
        o=objs[i%4]
        o.a+=1
        o.b=o.a+i
        out.append((o.a,o.b,o.m(),o.k,o.p))
    return out
print(poly()); A.m=lambda s:'A2'; A.k='kk'; C2.p=property(lambda s:'c2p'); print(poly())
objs[0].m=lambda:'inst'; objs[2].__dict__; objs[3].p='own' ; print(poly())
import types
m1=types.ModuleType('m1'); m1.x=1; m1.f=len; m2=types.ModuleType('m2'); m2.x=2; m2.f=abs
def mods(): return [(m.x) for m in (m1,m2,m1,m2,A,B) if m is not A and m is not B]+[m.f.__name__ for m in (m1,m2)]
print(mods(),mods()); m1.x=5; m2.y=1; m2.x=6; print(mods())

