"""Threads that compile, run and inspect code at once."""

import ast
import dis
import inspect
import io
import sys
import threading
import warnings
from harness import check, done, race

SOURCE = '''
class C:
    x: int = 3
    def f(self, a, *b, c=4, **d):
        return [a + i for i in b] or {c: d}
def g(n):
    for i in range(n):
        yield i * 2
result = C().f(1, 2, 3), list(g(4)), f"{1 + 2:>4}"
match result:
    case [x, *_]:
        y = x
try:
    raise ValueError("x")
except ValueError as e:
    z = e.args
'''


def compile_and_run(number):
    ns = {}
    exec(compile(SOURCE, f'<{number}>', 'exec'), ns)
    check(ns['result'] == ([3, 4], [0, 2, 4, 6], '   3') and ns['y'] == [3, 4] and ns['z'] == ('x',))
    check(eval('number * 2', {'number': number}) == number * 2)
    ast.unparse(ast.parse(SOURCE))
    try:
        compile('a b', 'x', 'exec')
        check(False)
    except SyntaxError:
        pass


code = compile(SOURCE, '<shared>', 'exec')


def run_shared(number):
    ns = {}
    exec(code, ns)
    check(ns['y'] == [3, 4])
    list(code.co_lines()), list(code.co_positions())[:5], code.co_varnames, code.replace(co_name='x'), hash(code), code == code


def inspect_frames(number):
    for frame in list(sys._current_frames().values()):
        frame.f_locals, frame.f_globals, frame.f_lasti, frame.f_lineno
        try:
            dict(frame.f_locals)
        except KeyError:  # lock off: between the names and the values its thread left a comprehension
            pass
    inspect.signature(compile_and_run)
    dis.dis(run_shared, file=io.StringIO())


def busy(number):
    a, b = [number], {}
    for i in range(200):
        a = [i]
        b = {i: a}
        c = (a, b)
    del c


race(compile_and_run, run_shared, copies=2, share=0.4)
race(inspect_frames, busy, run_shared, copies=1, share=0.2)


# Tracing on and off while others run.
def trace(frame, event, arg):
    frame.f_lineno
    return trace


def tracing(number):
    sys.settrace(trace)
    try:
        busy(number)
    finally:
        sys.settrace(None)
    sys.setprofile(trace)
    busy(number)
    sys.setprofile(None)


def trace_all(number):
    threading.settrace_all_threads(trace)
    threading.settrace_all_threads(None)
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        warnings.warn('x')


race(tracing, busy, copies=2, share=0.2)
race(trace_all, busy, copies=1, share=0.2)
done()
