"""Properties and operators that recur: wherever a chunk of the register stack ends, the callable that stands in front of the arguments is released."""

import sys

sys.setrecursionlimit(60000)


class Property:
    @property
    def own(self):
        return self.own


class Operator:
    def __add__(self, other):
        return self + other


def references(function):
    return sys.getrefcount(function)


getter, method = Property.own.fget, Operator.__add__
before = references(getter), references(method)
for padding in range(24):
    names = ', '.join(f'v{i}' for i in range(padding))
    scope = {'Property': Property, 'Operator': Operator}
    exec(f'def start(what{names and ", "}{names}):\n try: what()\n except RecursionError as e: return str(e)\n', scope)
    for what in (lambda: Property().own, lambda: Operator() + 1):
        result = scope['start'](what, *range(padding))
        assert result.startswith('maximum recursion depth exceeded'), result
    if (references(getter), references(method)) != before:
        print(padding, references(getter) - before[0], references(method) - before[1])
print('done')
