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
