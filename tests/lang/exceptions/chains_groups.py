# Contexts, causes, notes, groups and except*.
def ch(e):
    out = []
    while e is not None and len(out) < 10:
        out.append((repr(e), repr(e.__cause__), e.__suppress_context__))
        e = e.__context__
    return out

try:
    try:
        1 / 0
    except ZeroDivisionError:
        raise ValueError('v')
except ValueError as e:
    print(ch(e))
try:
    try:
        1 / 0
    except ZeroDivisionError as z:
        raise ValueError('v') from z
except ValueError as e:
    print(ch(e))
try:
    try:
        1 / 0
    except ZeroDivisionError as z:
        raise ValueError('v') from None
except ValueError as e:
    print(ch(e))
try:
    try:
        {}['a']
    finally:
        [][1]
except IndexError as e:
    print(ch(e))
a = ValueError('a')
b = ValueError('b')
try:
    try:
        raise a
    except ValueError:
        try:
            raise b
        except ValueError:
            raise a
except ValueError as e:
    print(ch(e))
try:
    raise 1
except TypeError as e:
    print(e)
try:
    raise ValueError from 1
except TypeError as e:
    print(e)

class E(Exception):

    def __new__(cls):
        return 3

try:
    raise E
except TypeError as e:
    print(str(e).replace('__main__.', ''))
try:
    try:
        1 / 0
    except int:
        pass
except TypeError as e:
    print(e)
try:
    try:
        1 / 0
    except (ValueError, 1):
        pass
except TypeError as e:
    print(e)
e = ValueError('x')
e.add_note('n1')
e.add_note('n2')
print(e.__notes__, e.__dict__)
e.__notes__ = 1
try:
    e.add_note('z')
except TypeError as x:
    print(x)

def f():
    try:
        raise ExceptionGroup('eg', [ValueError(1), TypeError(2), OSError(3)])
    except* ValueError as e:
        print('V', repr(e))
    except* (TypeError,) as e:
        print('T', repr(e))
        raise KeyError('k')

try:
    f()
except BaseException as e:
    print(repr(e), repr(e.__context__))
try:
    try:
        raise ValueError(5)
    except* ValueError as e:
        print(repr(e))
        raise
except BaseException as e:
    print(repr(e))

class Sub(ExceptionGroup):

    def __new__(cls, *a):
        return super().__new__(cls, 'm', [ValueError(1), KeyError(2)])

    def derive(self, excs):
        return Sub2('d', excs)

class Sub2(ExceptionGroup):
    pass

print(Sub().split(ValueError))
s = Sub()
s.add_note('hi')
print(s.split(ValueError)[0].__notes__)
import sys
print(sys.exception(), sys.exc_info())
try:
    1 / 0
except Exception as e:
    print(sys.exception() is e, sys.exc_info()[0])

def g():
    yield 1
    return 5

it = g()
next(it)
try:
    next(it)
except StopIteration as e:
    print(e.value)
for code in (
    2,
    13,
    17,
    110,
    11,
    32,
    104,
    111,
    3,
    10,
    4,
    1,
    21,
    20,
):
    print(code, type(OSError(code, 'x')).__name__)
