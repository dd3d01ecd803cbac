"""Attributes of instances of own exception classes: kept like those of other classes; what __dict__, __reduce__, copies, pickles and another __class__ make of them."""

import pickle, copy, gc
class E(Exception):
    def __init__(self, a):
        super().__init__(a)
        self.a = a
class I(ImportError): pass
class O(OSError): pass
class G(ExceptionGroup): pass
class S(E):
    __slots__=('q',)
for e in (E(1), I("x", name="n"), O(2,'a','f'), G("g",[E(2)]), S(3)):
    e.z = 5
    e.y = [e]
    print(vars(e), sorted(e.__dict__))
    del e.y
    e.add_note("n")
    print(e.__reduce__() )
    c = copy.copy(e); print(type(c), vars(c))
    d = pickle.loads(pickle.dumps(e)); print(vars(d))
e = E(4); print(e.__reduce__())
try: raise e
except E as x: print(x.a, x.__traceback__ is not None)
class F(Exception): pass
f=F(); print(f.__reduce__()); f.q=1; f.__class__=E; print(f.q, f.__dict__); f.__dict__={'k':2}; print(f.k)
class Z(Exception, dict.__class__.__base__): pass
z=Z(); z.a=1; print(z.a)
for i in range(40): setattr(z,'n%d'%i,i)
print(len(vars(z)))
