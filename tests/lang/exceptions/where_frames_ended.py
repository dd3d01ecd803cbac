"""Where a frame ended, when its exception had gone through a handler: the line that raised, or that of the clause that did not match."""


def lines(f):
    try:
        f()
    except Exception as ex:
        t = ex.__traceback__
    while t := t.tb_next:
        code = t.tb_frame.f_code
        print(code.co_name, t.tb_frame.f_lineno - code.co_firstlineno, t.tb_lineno - code.co_firstlineno)


class Noop:
    def __enter__(self):
        return self
    def __exit__(self, *args):
        pass


class ExitFails:
    def __enter__(self):
        return self
    def __exit__(self, *args):
        raise ValueError


@lines
def simple():
    1 / 0
    pass


@lines
def in_except():
    try:
        1 / 0
    except:
        1 / 0
        pass


@lines
def other():
    try:
        1 / 0
    except TypeError as ex:
        pass


@lines
def other2():
    try:
        1 / 0
    except TypeError as ex:
        pass
    except ValueError:
        pass
    x = 1


@lines
def named():
    try:
        1 / 0
    except Exception as ex:
        1 / 0
        pass


@lines
def bare():
    try:
        1 / 0
    except Exception as ex:
        x = 1
        raise
        pass


@lines
def again():
    try:
        1 / 0
    except Exception as ex:
        x = 1
        raise ex
        pass


@lines
def fin():
    try:
        1 / 0
    finally:
        pass


@lines
def fin3():
    try:
        pass
    finally:
        1 / 0
        pass


@lines
def fin4():
    try:
        1 / 0
    finally:
        1 / 0
        pass


@lines
def with1():
    with Noop():
        1 / 0
        pass


@lines
def with2():
    with Noop():
        x = 1
        with Noop():
            1 / 0
        pass


@lines
def with3():
    with ExitFails():
        1 / 0


@lines
def loop():
    for i in [1]:
        try:
            1 / 0
        finally:
            i += 1


@lines
def mixed():
    try:
        try:
            1 / 0
        except ValueError:
            x = 1
            y = 2
    finally:
        z = 1
        z = 2


@lines
def mixed2():
    try:
        try:
            1 / 0
        finally:
            x = 1
            y = 2
    except TypeError:
        z = 1
        z = 2


@lines
def mixed3():
    with Noop():
        try:
            1 / 0
        finally:
            x = 1
            y = 2


@lines
def gen():
    def g():
        try:
            yield 1
        finally:
            x = 1
    i = g()
    next(i)
    i.throw(ValueError)


# Generators and coroutines, whose bodies have a handler of their own around them; a trace function sees the same line.
import sys


def generator():
    yield 1
    try:
        1 / 0
    except ZeroDivisionError as e:
        raise KeyError


async def coroutine():
    try:
        1 / 0
    except ZeroDivisionError:
        x = 1
        raise StopAsyncIteration


async def async_generator():
    try:
        yield 1 / 0
    except ZeroDivisionError:
        raise KeyError


def stops():
    yield 1
    raise StopIteration


def run(f):
    x = f()
    if hasattr(x, "__anext__"):
        x = x.__anext__()
    try:
        while True:
            x.send(None)
    except Exception as error:
        print(f.__name__, type(error).__name__, error)


def tell(frame, event, argument):
    if frame.f_code.co_name != "run":
        events.append((event, frame.f_lineno - frame.f_code.co_firstlineno))
        return tell


for f in (generator, coroutine, async_generator, stops):
    events = []
    sys.settrace(tell)
    run(f)
    sys.settrace(None)
    print(events)
