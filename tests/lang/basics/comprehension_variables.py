# Variables of comprehensions inlined into a module or function: locals() and eval() see them while they run; whoever leaves by an exception leaves none of them.
print([sorted(k for k in locals() if len(k)<3) for q in range(1)][0])
print([list(locals())[-1] for zz in range(1)])
print({k: 'zz' in locals() for zz in range(1) for k in 'a'})
class A:
    print([sorted(k for k in locals() if len(k)<3) for q in range(1)])
    print([('q' in locals(), 'q' in vars(), eval('q'), 'q' in dir()) for q in range(1)])
print([('q' in locals(), 'q' in vars(), eval('q'), 'q' in dir(), 'q' in globals()) for q in range(1)])
try: print([exec('q=5') or q for q in range(2)])
except Exception as e: print(e)
def f():
    a=1
    print([sorted(locals()) for q in range(1)])
    return [('q' in locals(), eval('q+a')) for q in range(1)]
print(f())
import sys
print([(type(sys._getframe().f_locals).__name__, dict(sys._getframe().f_locals)) for qq in range(1)])
print([locals() and [locals() for r in range(1)] for q in range(1)])
print([(lambda: q)() + len(locals()) for q in range(2)])
print('q' in locals(), type(sys._getframe().f_locals).__name__)
try: [1/0 for q in range(2)]
except ZeroDivisionError as e: fr=e.__traceback__.tb_frame; print('q' in locals(), type(fr.f_locals).__name__)
def f():
    try: [1/0 for q in range(2)]
    except ZeroDivisionError: return sorted(locals())
print(f())
class D:
    def __del__(self): print('del')
def g():
    try: [1/0 for q in [D()]]
    except ZeroDivisionError: print('here')
    print('end')
g()
def h():
    q=5
    try: [1/0 for q in [1]]
    except ZeroDivisionError: print(q, locals()['q'])
h()


async def numbers():
    for i in range(3):
        yield i


async def asynchronous():
    made = [x * y async for x in numbers() for y in [10]]
    try:
        [1 / x async for x in numbers()]
    except ZeroDivisionError:
        return made, sorted(locals())


def run(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as e:
        return e.value


print(run(asynchronous()))


def left():
    [1 / v for v in [0]]


try:
    left()
except ZeroDivisionError as e:
    print(e.__traceback__.tb_next.tb_frame.f_locals)
