"""co_branches() and co_lnotab: what they tell agrees with the events of branches and with co_lines()."""
import sys
import warnings


def f(x, y):
    if x:
        a = 1
    else:
        a = 2
    for i in y:
        if i and x or a:
            pass
        while x is None:
            x = 1
    return [z for z in y if z > 1]


def g(x):
    match x:
        case 1:
            pass
        case [a, b]:
            pass
        case None:
            return 3
    assert x
    return 1 if x else 2


class A:
    pass


monitoring = sys.monitoring
events, left, right = [], monitoring.events.BRANCH_LEFT, monitoring.events.BRANCH_RIGHT
monitoring.use_tool_id(2, 'test')
monitoring.register_callback(2, left, lambda code, at, to: events.append((code, at, to, True)))
monitoring.register_callback(2, right, lambda code, at, to: events.append((code, at, to, False)))
for function, arguments in (f, [(1, [1, 2]), (None, [0]), (0, [])]), (g, [(1,), ([1, 2],), (None,), ((),), (7,)]):
    code = function.__code__
    branches = {source: (l, r) for source, l, r in code.co_branches()}
    positions = list(code.co_positions())
    print(function.__name__, len(branches) > 4, all(o % 2 == 0 and o // 2 < len(positions) for b in branches.items() for o in (b[0], *b[1])))
    monitoring.set_events(2, left | right)
    for a in arguments:
        try:
            function(*a)
        except AssertionError as e:
            pass
    monitoring.set_events(2, 0)
    told = [e for e in events if e[0] is code]
    print(len(told) > 5, all(at in branches and branches[at][not l] == to for _, at, to, l in told))
monitoring.free_tool_id(2)
first = [(positions[s // 2][0], positions[l // 2][0], positions[r // 2][0]) for positions in [list(f.__code__.co_positions())]
         for s, l, r in f.__code__.co_branches()][0]
print([line - f.__code__.co_firstlineno for line in first])
print(list(compile('x', '', 'eval').co_branches()))


def lines(code):  # by the table, as programs read it
    line, at, table = code.co_firstlineno, 0, code.co_lnotab
    found = []
    for step, down in zip(table[::2], table[1::2]):
        at += step
        line += down - 256 if down > 127 else down
        if down:
            found.append((at, line))
    return found


with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter('always')
    big = compile('def h():\n' + '\n' * 300 + ' x = (1,\n' + '\n' * 500 + ' y)\n return (\n\n' + 'x+' * 400 + 'x)', '<big>', 'exec').co_consts[0]
    for code in f.__code__, g.__code__, big:
        expected, last = [], code.co_firstlineno
        for start, end, line in code.co_lines():
            if line and line != last:
                expected.append((start, line))
                last = line
        print(code.co_name, type(code.co_lnotab).__name__, [x for x in lines(code) if x in expected] == expected)
print(caught[0].category.__name__, caught[0].message)
