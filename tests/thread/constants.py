"""A tuple of names is compiled as a constant while others read it: it is not changed."""

import ast
import sys

from harness import check, done, race

COUNT = 2000
interned = [sys.intern(f'name_{i}') for i in range(COUNT)]


def fresh():
    names = tuple(f'name_{i}' for i in range(COUNT))
    return names, ast.fix_missing_locations(ast.Expression(ast.Constant(names)))


current = fresh()


def read(number):
    for s in current[0]:
        len(s)


def build(number):
    names, tree = current
    result = eval(compile(tree, '<constant>', 'eval'))
    check(result == names and result[0] is interned[0])


def renew(number):
    global current
    current = fresh()


race(read, build, renew)
done()
