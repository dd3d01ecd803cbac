"""Frames of other threads are looked at, and their variables set, while they run and end."""

import sys
from harness import check, done, race

MARK = object()
shared = []  # frames and generators that anybody may look at


def lend(thing):
    shared.append(thing)
    if len(shared) > 40:
        del shared[:20]


def work(number, depth=6):
    text = 'text%d' % depth
    changed = [number]  # others set it
    captured = [depth]
    if depth == 3:
        lend(sys._getframe())
    result = work(number, depth - 1) if depth else sum(captured)
    check(text == 'text%d' % depth)
    check(changed is MARK or type(changed) is list)
    check((lambda: captured)() is captured)
    return result


def values(n):
    changed = None
    for i in range(n):
        text = str(i)
        yield text
        check(text == str(i))
        check(changed is None or changed is MARK)


def delegating(n):
    yield from values(n)


def generate(number):
    g = delegating(20)
    lend(g)
    lend(g.gi_frame)
    check(sum(1 for _ in g) == 20)


def unwind(number):
    def fail(depth):
        text = 'text%d' % depth
        if depth == 0:
            raise ValueError(text)
        fail(depth - 1)
    try:
        fail(5)
    except ValueError as e:
        tb = e.__traceback__
        while tb:
            lend(tb.tb_frame)
            tb = tb.tb_next


def execute(number):
    exec('class Inner:\n    changed = 1\n    import sys\n    lend(sys._getframe())\n    other = [1, 2]\n', {'lend': lend})


def look(frame):
    depth = 0
    while frame is not None and depth < 40:
        code = frame.f_code
        line = frame.f_lineno
        check(line is None or line >= 0, line)
        check(frame.f_lasti >= -1)
        check(type(frame.f_globals) is dict and type(frame.f_builtins) is dict)
        check(frame.f_trace is None)
        frame.f_generator
        repr(frame)
        here = frame.f_locals
        for name, value in here.copy().items():
            check(type(name) is str)
            if name == 'text':
                check(type(value) is str and value)
        here.get('captured'), 'text' in here, len(here)
        if code in (work.__code__, values.__code__):
            here['changed'] = MARK
            here['nowhere'] = depth
            check(type(here.get('nowhere', 1)) is int)
            here.pop('nowhere', None)
            check(not here.get('depth', 0) < 0)
        frame = frame.f_back
        depth += 1


def watch(number):
    for frame in sys._current_frames().values():
        look(frame)


def watch_shared(number):
    for thing in list(shared):
        if type(thing) is type(sys._getframe()):
            look(thing)
            check(thing.f_back is None or thing.f_back is not thing)
            if thing.f_code.co_name == 'fail':
                thing.clear()
            else:
                try:
                    thing.f_lineno = 1
                except ValueError:
                    pass
                thing.f_trace = None
        else:
            frame, source = thing.gi_frame, thing.gi_yieldfrom
            check(frame is None or frame.f_code is delegating.__code__)
            check(source is None or source.__name__ == 'values')


race(work, generate, unwind, execute, watch, watch_shared, copies=1, share=0.6)
race(work, generate, watch, watch_shared, copies=2, share=0.4)
shared.clear()
done()
