"""Short texts compared and searched by words, look-ups in dicts of every size of index, the decimal digits of ints: each against a slow way."""
import random
random.seed(5)
for trial in range(4000):
    n=random.randrange(0,40)
    s="".join(random.choice("abcde\xe9") for _ in range(n))
    m=random.choice([0,1,1,1,2,3])
    p="".join(random.choice("abcde\xe9") for _ in range(m))
    a=random.randrange(0,n+2); b=random.randrange(0,n+2)
    def slow(s,p,a,b):
        if a>len(s): return -1
        b=min(b,len(s))
        for i in range(a,b-len(p)+1):
            if s[i:i+len(p)]==p: return i
        return -1
    assert s.find(p,a,b)==slow(s,p,a,b),(s,p,a,b)
    assert (p in s)==(slow(s,p,0,n)>=0)
    x="".join(list(s)); y="".join(list(s))
    assert x==y and {x:1}[y]==1 and {x:1}.get(y)==1
    if n:
        z=list(s); k=random.randrange(n); z[k]="z"; z="".join(z)
        assert z!=x and z not in {x:1} and {x:1}.get(z) is None
for k in list(range(1,40))+[10**i for i in range(15)]+[10**i-1 for i in range(1,15)]+[2**48-1,2**48,2**60]:
    for v in (k,-k):
        t=str(v); assert int(t)==v and "%d"%v==t and f"{v}"==t and format(v,"d")==t and repr(v)==t and "%s"%v==t, v
        w=t.lstrip("-"); assert len(w)==1 or w[0]!="0"
        assert f"é{v}€%d" % v=="é"+t+"€"+t
        assert f"{v:x}"==("-" if v<0 else "")+hex(abs(v))[2:]
d={}
for i in range(3000):
    d[i]=i; d[str(i)]=i
for i in range(3000): assert d[i]==i and d[str(i)]==i and -i-1 not in d
d={str(i):i for i in range(70000)}
for i in range(70000): assert d[str(i)]==i and str(-i-1) not in d
d={i:i for i in range(-5,300)}
assert d[-1]==-1 and d[-2]==-2 and d[True]==1 and d[2.0]==2 and d.get(-7) is None
class K(str):
    def __hash__(s): return hash("q")
    def __eq__(s,o): return True
assert {"q":1}[K("z")]==1
print("ok")
