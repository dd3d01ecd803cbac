# How generators and coroutines end: reuse, close without anybody to tell, frames cleared, where a coroutine was made.
import sys
import warnings


def run(coroutine):
    try:
        while True:
            coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    except Exception as e:
        return type(e).__name__, str(e)


async def spam():
    return "spam"


async def reader(coroutine):
    return await coroutine


shared = spam()
print(run(reader(shared)), run(reader(shared)))

calls = []


def quiet():
    yield 1


def guarded():
    try:
        yield 1
    finally:
        calls.append("finally")


sys.setprofile(lambda frame, event, arg: event in ("call", "return") and calls.append((frame.f_code.co_name, event)))
for make in quiet, guarded:
    g = make()
    next(g)
    g.close()
sys.setprofile(None)
print(calls)


def returns():
    try:
        yield 1
    except GeneratorExit:
        return "value"


g = returns()
next(g)
print(g.close(), g.close(), returns().close())

with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    coroutine = spam()
    coroutine.cr_frame.clear()
    coroutine.close()
    print([str(w.message) for w in seen])


class NotAnException(Exception):
    def __new__(cls, *args):
        return cls


g = quiet()
next(g)
try:
    g.throw(NotAnException)
except TypeError as e:
    print("TypeError", list(g))


def maker():
    return spam()


sys.set_coroutine_origin_tracking_depth(2)
coroutine = maker()
print([(line, name) for _, line, name in coroutine.cr_origin])
coroutine.close()
sys.set_coroutine_origin_tracking_depth(0)
coroutine = maker()
print(coroutine.cr_origin)
coroutine.close()
