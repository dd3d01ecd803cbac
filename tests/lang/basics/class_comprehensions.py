# List, set and dict comprehensions in class bodies are part of the class's code: no frame of their own; they do not see the class's names.
import sys
import traceback


class Names:
    x = 1
    print([sys._getframe().f_code.co_name for _ in range(1)], [[sys._getframe().f_code.co_name for _ in [1]] for _ in [1]])
    try:
        [1 // zero for zero in [0]]
    except ZeroDivisionError as e:
        print(*(f"{f.name} {f.lineno} {f.colno}" for f in traceback.extract_tb(e.__traceback__)))


def attempt(source):
    space = {}
    try:
        exec(source, space)
        print(space.get("r", "none"), getattr(space.get("A"), "r", "none"))
    except (NameError, SyntaxError, TypeError) as e:
        print(type(e).__name__, e)


attempt("class A:\n r=[__class__ for i in [1]]")
attempt("class A:\n x=1\n r=[x for i in [1]]")
attempt("x=2\nclass A:\n x=1\n r=[x for i in [1]]")
attempt("class A:\n x=1\n r=[x for x in [x]]\n q=x\nr=A.q")
attempt("def f():\n x=5\n class A:\n  x=1\n  r=[x for i in [1]], x\n  y=[[x+i+j for i in [1]] for j in [2]]\n return A.r, A.y\nr=f()")
attempt("def f(x):\n class A:\n  r=[lambda: (x,i) for i in [1,2]]\n return A.r\nr=[g() for g in f(3)]")
attempt("class A:\n r=[lambda: i for i in [1,2]]\nr=[g() for g in A.r]\nA.r=0")
attempt("class A:\n r={k:v for k,v in {1:2}.items()}, {s for s in [1]}")
attempt("class A:\n __p=[1]\n r=[__y for __y in __p]")
attempt("class A:\n r=[y for x in [1,2] for y in [x]*2 if y>1]")
attempt("class A:\n global g\n g=3\n r=[g for i in [1]]")
attempt("class A:\n r=[i for i in 5]")
attempt("class A:\n i='kept'\n r=[i for i in [1]]\n q=i\nr=A.q, sorted(k for k in A.__dict__ if len(k)==1)")
attempt("class A:\n x=3\n r=[locals() for i in [1]]\nr=sorted(A.r[0])")
attempt("class A:\n r=[(yield) for i in [1]]")
attempt("class A:\n r=[y:=i for i in [1]]")
attempt("class A[T]:\n r=[T for i in [1]]\nr=A.r[0] is A.__type_params__[0]\nA.r=0")
attempt("class A[T]:\n def f[U](s, a: [U for i in [1]]): pass\nr=A.f.__annotations__['a'][0] is A.f.__type_params__[0]")
attempt("class A:\n x=7\n a: [x for i in [1]]\nr=A.__annotations__")
attempt("class A:\n for i in range(2):\n  r=[i for _ in [1]]")
attempt("i=9\nclass A:\n for i in range(2):\n  r=[i for _ in [1]]")
attempt("class A:\n r=[[[a for a in b] for b in c] for c in [[[1]]]]")
attempt("class A:\n r=[eval('i') for i in [4]]")
attempt("class A:\n z=1\n r=[eval('z') for i in [4]]")
attempt("class A:\n def f(self): return [__class__ for i in [1]]\nr=A().f()[0].__name__")
attempt("def f():\n v=1\n class A:\n  nonlocal v\n  v=2\n  r=[v for i in [1]]\n return A.r\nr=f()")
attempt("class A:\n r=list(i for i in [1])\n s=1\n q=list((s,i) for i in [2])")
