"""Slices of all built-in sequences, random bounds and steps: read, assigned, deleted."""
import random
random.seed(5)
def r(n): return random.choice((None,None,0,1,-1,n,-n,n+1,-n-1,n-1,random.randrange(-12,12),2**47,-2**47,2**70,-2**70,True))
class I:
    def __init__(s,i): s.i=i
    def __index__(s): return s.i
class L(list): pass
class S(str): pass
class T(tuple): pass
out=[]
for k in range(3000):
    n=random.choice((0,1,2,5,9,40))
    base=[random.randrange(1000) for _ in range(n)]
    c=random.choice((base, tuple(base), ''.join(chr(random.choice((97,98,233,8364,128512))) for _ in base), 'abcdefghij'[:n], bytes(b%256 for b in base), L(base), T(base), S('xyz'*n)))
    a,b,s=r(n),r(n),random.choice((None,None,1,-1,2,-2,0,3,-7,2**47,-2**47,2**80,-2**80,I(-1)))
    if random.random()<.05: a=I(random.randrange(-5,5))
    try: x=c[a:b:s]; out.append((type(x).__name__,x))
    except Exception as e: out.append((type(e).__name__,str(e)))
    if isinstance(c,list):
        d=type(c)(c); v=random.choice((d,[1],[],[7]*n,(1,2,3),range(4),'ab',iter([1,2]),5,[9]*len(c[a:b:s]) if s!=0 else []))
        try: d[a:b:s]=v
        except Exception as e: out.append((type(e).__name__,str(e)))
        out.append(list(d))
        d[:]=c
        try: d[a:b]=v
        except Exception as e: out.append((type(e).__name__,str(e)))
        out.append(list(d)); d[:]=c
        try: del d[a:b:s]
        except Exception as e: out.append((type(e).__name__,str(e)))
        out.append(list(d))
import hashlib
for i in range(0,len(out),500): print(hashlib.md5(repr(out[i:i+500]).encode()).hexdigest(), i)
