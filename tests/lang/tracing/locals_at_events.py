# What a tracing function finds in f_locals at each event, the returned variable too.
import sys
def f(n):
    t=0
    u=[1]
    return t
def tr(fr,e,a):
    if fr.f_code is f.__code__:
        print(e, dict(fr.f_locals)); return tr
sys.settrace(tr); f(3); sys.settrace(None)
def g(x):
    yield x
    return 5
def tr(fr,e,a):
    if fr.f_code is g.__code__:
        print(e, dict(fr.f_locals)); return tr
sys.settrace(tr); list(g([3])); sys.settrace(None)
def h(x):
    y=x
    raise ValueError
def tr(fr,e,a):
    if fr.f_code is h.__code__:
        print(e, dict(fr.f_locals)); return tr
sys.settrace(tr)
try: h(1)
except ValueError: pass
sys.settrace(None)
