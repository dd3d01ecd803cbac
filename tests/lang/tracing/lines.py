# What a trace function is told of ordinary code.
import sys

programs = r'''
def f():
    for i in range(3):
        x = i
    else:
        y = 1
    return x
f()
---
def f(n):
    while n:
        n -= 1
        if n == 2:
            continue
        if n == 1:
            break
    else:
        x = 1
    while True:
        n += 1
        if n > 3:
            break
    return n
f(5)
---
def f():
    try:
        x = 1
    finally:
        y = 2
    try:
        raise ValueError
    except (KeyError, ValueError) as e:
        z = 1
    else:
        w = 2
    finally:
        q = 3
    return 5
f()
---
class C:
    """doc"""
    a = 1
    def m(self):
        return self.a
    @property
    def p(self):
        return 2
C().m()
C().p
---
def g():
    yield 1
    yield from [2, 3]
    return 4
def f():
    r = []
    for x in g():
        r.append(x)
    s = sum(
        i
        for i in r
    )
    return s
f()
---
def f(x):
    match x:
        case 1:
            return 'a'
        case [a, b]:
            return 'b'
        case {'k': v}:
            y = v
        case _:
            y = 0
    return y
f(1); f([1, 2]); f({'k': 2}); f(3)
---
async def c():
    return 1
async def a():
    x = await c()
    async for i in ag():
        x += i
    return x
async def ag():
    yield 1
    yield 2
try:
    a().send(None)
except StopIteration as e:
    pass
---
def f():
    try:
        try:
            1/0
        except ValueError:
            pass
        finally:
            x = 1
    except ZeroDivisionError:
        x = 2
    def g():
        raise KeyError
    try:
        g()
    except:
        pass
    for i in 1, 2:
        try:
            continue
        finally:
            y = 1
f()
---
def f():
    i = 0
    while True:
        i += 1
        try:
            if i == 2: break
        finally:
            pass
    while 1:
        if i > 3:
            return i
        i += 1
f()
---
def f(n):
    if n:
        return f(n - 1)
    return None
f(2)
def g(*a, **k): return a
g(*[1, 2], **{'a': 1})
---
def f():
    x = 0
    for i in range(3):
        if i % 2:
            x += 1
        else:
            x -= 1
    return x
f()
---
def f():
    try:
        return 1
    finally:
        x = 2
def g():
    with open('/dev/null') as h:
        return h.name
def k():
    for i in range(3):
        if i == 1:
            return i
f(); g(); k()'''.split('\n---\n')

for number, text in enumerate(programs):
    print('== program', number)
    code = compile(text.strip('\n') + '\n', 'prog', 'exec')
    events = []
    def tr(frame, event, arg):
        if frame.f_code.co_filename != 'prog': return None
        a = ''
        if event == 'return': a = type(arg).__name__
        if event == 'exception': a = arg[0].__name__
        print(frame.f_code.co_name, event, frame.f_lineno, a)
        return tr
    sys.settrace(tr)
    try:
        exec(code, {'__name__': 'm'})
    except BaseException as e:
        sys.settrace(None); print(repr(e))
    sys.settrace(None)
