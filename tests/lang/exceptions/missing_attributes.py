"""__getattr__ in Python, asked by attribute expressions: what it returns, what it raises and what that is told, in functions and generators."""

class A:
    def __getattr__(self, n):
        if n == 'ni': return NotImplemented
        if n == 'bad': raise AttributeError('x')
        if n == 'val': raise ValueError
        return n
def f():
    a = A()
    print(a.ni, a.foo, A().bar, A().foo.upper())
    for n in ('bad','val'):
        for i in range(2):
            try: a.bad if n=='bad' else a.val
            except Exception as e: print(repr(e), getattr(e,'name',0), getattr(e,'obj',0) is a)
    def g():
        yield a.gen
        yield A().gen2
    print(list(g()))
    try: A().bad
    except AttributeError as e: print(e.name, type(e.obj))
f()
print(A().q)
