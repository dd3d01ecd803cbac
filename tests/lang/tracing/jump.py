# Assigning f_lineno.
import sys


def forward():
    x = 1
    x = 2
    x = 3
    return x


def backward():
    n = 0
    n += 1
    n += 10
    return n


def out_of_loop():
    r = []
    for i in range(3):
        r.append(i)
    r.append('end')
    return r


def into_loop():
    r = 0
    for i in range(2):
        r += i
    return r


def tracer(function, start, target):
    first = function.__code__.co_firstlineno
    done = False

    def trace(frame, event, arg):
        nonlocal done
        if frame.f_code is not function.__code__:
            return None
        if event == 'line' and frame.f_lineno == first + start and not done:
            done = True
            try:
                frame.f_lineno = first + target
            except ValueError as e:
                print('ValueError', str(e).split(' ')[0:3])
        return trace
    sys.settrace(trace)
    try:
        print(function.__name__, function())
    finally:
        sys.settrace(None)


tracer(forward, 2, 4)
tracer(forward, 2, 3)
tracer(backward, 4, 2)
tracer(out_of_loop, 3, 4)
tracer(into_loop, 1, 3)
tracer(forward, 2, -1)
try:
    sys._getframe().f_lineno = 3
except ValueError as e:
    print(e)

# Where a jump may go: what the temporaries hold decides, and variables that it skips become None.
import warnings

warnings.simplefilter("always")
warnings.showwarning = lambda message, category, *rest: print(category.__name__, message)


def go(function, source, target):
    def trace(frame, event, arg):
        if frame.f_code is function.__code__ and event == "line" and frame.f_lineno == first + source and not done:
            done.append(1)
            frame.f_lineno = first + target
        return trace

    first, done = function.__code__.co_firstlineno, []
    sys.settrace(trace)
    try:
        result = function()
    except Exception as e:
        result = type(e).__name__, str(e).replace(str(first + target), "N")
    finally:
        sys.settrace(None)
    print(function.__name__, result, sys.exception())


def skips_assignment():
    a = 1
    b = 2
    return a, b


def between_handlers():
    seen = []
    try:
        1 / 0
    except ZeroDivisionError:
        seen.append(1)
        seen.append(2)
    try:
        {}[0]
    except KeyError:
        seen.append(3)
    return seen


def leaves_handler():
    try:
        1 / 0
    except ZeroDivisionError:
        x = 1
        y = 2
    return sys.exception()


def into_expression():
    x = 1
    y = max(
        x,
        2,
    )
    return y


def finally_stays_finally():
    seen = []
    try:
        seen.append(1)
        1 / 0
    finally:
        seen.append(2)
        seen.append(3)
    return seen


go(skips_assignment, 1, 2)
go(between_handlers, 6, 10)
go(leaves_handler, 4, 6)
go(into_expression, 1, 3)
go(finally_stays_finally, 6, 7)
