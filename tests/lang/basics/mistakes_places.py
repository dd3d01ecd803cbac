# Which mistakes of grammar are told of, and where: handlers of both sorts, bare stars, mixtures of literals, escapes.
C=['try:\n  a\nexcept a:\n  b\nexcept* c:\n  d\n','try:\n  a\nexcept* a:\n  b\nexcept c as e:\n  d\n','try:\n  a\nexcept* a:\n  b\nexcept:\n  d\n','try:\n  a\nexcept* a:\n  b\nexcept* q:\n  b\nexcept c, d:\n  d\n','try:\n  a\nexcept a:\n  b\nexcept* c as d:\n  d\n','try:\n  a\nexcept a:\n  b\nexcept*:\n  d\n','try:\n  a\nexcept a:\n  b\nexcept* c,d:\n  d\n','try:\n  a\nexcept* a:\n  b\nexcept c, d as e:\n  d\n','try:\n  a\nexcept* a:\n  b\nexcept f():\n  d\n',
'lambda *: 1','lambda *, : 1','lambda *, **k: 1','lambda a, *: 1','def f(*): 1','def f(*, ): 1','def f(*, **k): 1','lambda **a, b: 1','lambda **a, b=1: 1','lambda **a, *: 1','lambda **a, **b: 1','lambda **a, /: 1','def f(**a, b): 1','def f(**a, b=1): 1', 'lambda **a, : 1',
"b'\\x1'","b'abc\\xz'","b'''\nab\\x1'''","b'a' b'\\xq1'","f'{a}' t'{b}'","'a' 'b' t'{b}' 'c'","t'{b}' t'' 'c' 'd'", "(t'{b}'\n'c')","b'a' t'b'", "t'a' b'c' 'd'", "'a' b'c' t'd'","f'{a' + '''\n'''", "f'{", "f'a{b:c", "(f'''a\n{b'''\n)"]
for c in C:
    try: compile(c,'<c>','exec'); print(repr(c),'ok')
    except SyntaxError as e: print(repr(c),e.msg,e.args[1:], e.lineno,e.offset,e.text,e.end_lineno,e.end_offset)
import codecs
for x in (br'\x1',br'ab\x1',br'\xzz'):
    try: codecs.escape_decode(x)
    except ValueError as e: print(e)
def f(a:int): pass
import inspect
print(f.__annotate__.__code__.co_varnames, inspect.signature(f.__annotate__))
try: f.__annotate__(format=1)
except Exception as e: print(e)
class A:
    x:int
print(A.__annotate__.__code__.co_varnames, inspect.signature(A.__annotate__))
type X[T:int=str]=T
for k in (X.evaluate_value, X.__type_params__[0].evaluate_bound,X.__type_params__[0].evaluate_default):
    try: print(inspect.signature(k),k.__code__.co_varnames, k.__name__)
    except Exception as e: print(e)
for c in ['lambda a b: 1','lambda **a, b: 1','lambda **a b: 1','lambda **a,: 1','lambda a, *b c: 1','lambda a;','lambda a','lambda','x = lambda','lambda a,','lambda *a, b=1, **c d','lambda a=1 b: 2','lambda **a, b','lambda (x): 1', 'f(lambda)', 'f(lambda x)','lambda x)', 'lambda x=: 1', 'lambda 1: 2', 'lambda "a": 1','lambda a.b: 1', 'lambda if: 1', 'lambda **a, if: 1','lambda **a.b: 1']:
    try: compile(c,'<c>','exec'); print(repr(c),'ok')
    except SyntaxError as e: print(repr(c),e.msg,e.offset,e.end_offset)
