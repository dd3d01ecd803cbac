# call shapes
def f(a,b=2,*args,c,d=4,**kw): return (a,b,args,c,d,sorted(kw.items()))
print(f(1,c=3)); print(f(1,2,3,4,c=5,d=6,x=7,y=8)); print(f(c=1,a=2)); print(f(*(1,2,3),**{'c':5,'z':1}))
for args,kw in [((),{}),((1,),{}),((1,2),{'c':1,'a':5}),((1,),{'c':1,'a':2})]:
    try: print(f(*args,**kw))
    except TypeError as e: print(e)
def g(a,/,b,*,c): return a,b,c
for t in ["g(1,2,c=3)","g(1,b=2,c=3)","g(a=1,b=2,c=3)","g(1,2,3)","g(1,2)","g()","g(1,2,c=3,d=4)","g(1,b=2,c=3,b2=1)","g(*[1,2],c=3)","g(1,2,3,4,c=5)"]:
    try: print(t,eval(t))
    except TypeError as e: print(t,e)
class C:
    def __init__(self,x,y=5,*,z=6): self.v=(x,y,z)
    def __call__(self,*a,**k): return self.v,a,k
    def m(self,a=1,*,b=2): return a,b
    @staticmethod
    def s(a,b=1): return a,b
    @classmethod
    def k(cls,a,b=1): return cls.__name__,a,b
    @property
    def p(self): return self.v
print(C(1).v,C(1,2).v,C(1,z=3).v,C(x=1,y=2,z=3).v,C(*(1,2),**{'z':9}).v)
for t in ["C()","C(1,2,3)","C(1,w=2)","C(1,x=2)"]:
    try: print(t,eval(t))
    except TypeError as e: print(t,e)
c=C(1)
for i in range(3):
    print(c(1,2,k=3), c(), c.m(), c.m(4), c.m(b=5), c.m(*(1,),**{'b':2}), c.s(1), c.s(1,b=3), c.k(1), C.k(2,b=3), C.s(4), c.p)
def gen(n,step=1):
    for i in range(0,n,step):
        x = yield f(i,c=i)
        yield g(i,b=i,c=x), C(i,z=x).v, c(i,q=2), f(*(i,),**{'c':1}), c.p, C.k(i), len([i])
print(list(gen(2)), list(gen(3,step=2)))
class D(C):
    def __init__(self,*a,**k):
        super().__init__(*a,**k); self.w=super().m(7)
    def m(self): return super().m()
d=D(1,z=8)
print(d.v,d.w,d.m(),D(2).m())
def rec(n,k=0): return 0 if n==0 else 1+rec(n-1,k=k)
print(rec(300))
class E:
    def __init__(self): return 5
try: E()
except TypeError as e: print(e)
class F:
    def __init__(self,n): self.c = F(n-1) if n else None
x=F(200)
class G:
    def __init__(self,a=1): raise ValueError(a)
for i in range(2):
    try: G()
    except ValueError as e: print('G',e)
    try: G(a=3)
    except ValueError as e: print('G',e)
# With the lock off some of these calls go through C, whose stack may end first.
def inf(n,k=1): return inf(n+1,k=k)
try: inf(0)
except RecursionError as e: print(str(e).partition(' while')[0])
class H:
    def __init__(self,k=1): H(k=k)
try: H()
except RecursionError as e: print(str(e).partition(' while')[0])
class I:
    def __call__(self,x): return self(x)
try: I()(1)
except RecursionError as e: print(str(e).partition(' while')[0])
class J:
    @property
    def p(self): return self.p
try: J().p
except RecursionError as e: print(str(e).partition(' while')[0])
def many(**k): return len(k)
print(many(**{f'k{i}':i for i in range(50)}), many(a=1,b=2))
def fourteen(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t): return a+t
print(fourteen(a=1,b=2,c=3,d=4,e=5,f=6,g=7,h=8,i=9,j=10,k=11,l=12,m=13,n=14,o=15,p=16,q=17,r=18,s=19,t=20))
class K:
    x=1
    def m(self): return 'm'
    def __getattr__(self,n): return 'ga '+n
k=K()
class L:
    x=1
    y=None
    def m(self): return 'm'
def look(o):
    return o.x,o.y,o.m()
l=L()
for i in range(3): print(look(l))
l.x=5
for i in range(2): print(look(l))
l2=L(); print(look(l2)); l2.m=lambda: 'own'; print(look(l2)); print(look(L()))
L.m=lambda s:'new'; print(look(L()),look(l2)); L.x=9; print(look(L()), look(l))
l3=L(); l3.__dict__['m']=lambda:'dict'; print(look(l3)); print(look(L()))
def ty(): return L.x, L.m(1), C.s(1), C.k(1), int.bit_length(5), str.join(',',['a'])
print(ty(),ty()); L.x=4; print(ty())
