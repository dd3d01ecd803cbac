# sys.monitoring: tools, events, DISABLE, local events.  (Offsets into bytecode are an implementation's own.)
import sys

m = sys.monitoring
E = m.events
print(m.get_tool(3))
m.use_tool_id(3, 'mine')
print(m.get_tool(3))
for call in (lambda: m.use_tool_id(3, 'again'), lambda: m.use_tool_id(9, 'x'), lambda: m.set_events(2, 1), lambda: m.set_events(3, 1 << 30),
             lambda: m.set_events(3, E.C_RETURN), lambda: m.register_callback(3, 3, None), lambda: m.set_local_events(3, 5, 1),
             lambda: m.set_local_events(3, call.__code__, E.RAISE)):
    try:
        call()
    except Exception as e:
        print(type(e).__name__, str(e).split(' 0x')[0])


def g(n):
    for i in range(n):
        yield i


def f(x):
    y = [0]
    for i in g(x):
        y.append(i)
    try:
        len(5)
    except TypeError:
        pass
    return y


log = []
def show(name):
    def callback(code, *args):
        if code.co_filename == __file__ and code.co_name in 'fg':
            log.append((name, code.co_name, *(a for a in args if not isinstance(a, int) or name == 'LINE')))
    return callback


names = ['PY_START', 'PY_RESUME', 'PY_RETURN', 'PY_YIELD', 'CALL', 'C_RETURN', 'C_RAISE', 'LINE', 'EXCEPTION_HANDLED', 'PY_UNWIND', 'RAISE']
bits = 0
for name in names:
    print(m.register_callback(3, getattr(E, name), show(name)))
    bits |= getattr(E, name)
m.set_events(3, bits)
f(2)
m.set_events(3, 0)
for entry in log:
    print(*(a.__name__ if callable(a) else 'MISSING' if a is m.MISSING else repr(a) for a in entry))

count = 0
def once(code, line):
    global count
    count += 1
    return m.DISABLE
m.register_callback(3, E.LINE, once)
m.set_local_events(3, f.__code__, E.LINE)
print(m.get_local_events(3, f.__code__) == E.LINE, m.get_local_events(3, g.__code__))
f(1)
first = count
f(1)
print(first > 5, count == first)
m.restart_events()
f(1)
print(count == 2 * first)
m.set_local_events(3, f.__code__, 0)
f(1)
print(count == 2 * first)

m.register_callback(3, E.RAISE, lambda *a: m.DISABLE)
m.set_events(3, E.RAISE)
try:
    try:
        1 / 0
    except ZeroDivisionError:
        print('not here')
except ValueError as e:
    print(e)
m.free_tool_id(3)
print(m.get_tool(3))
