"""Exceptions raised, shared and chained by several threads."""

import sys
import traceback
from harness import check, done, race

common = ValueError('shared')


def fail(depth):
    if depth:
        return fail(depth - 1)
    raise common


def share(number):
    for _ in range(10):
        try:
            fail(5)
        except ValueError as e:
            check(e is common)
            e.__traceback__
            check(sys.exception() is e)
    common.__traceback__ = None
    common.add_note('n')
    if len(getattr(common, '__notes__', ())) > 50:
        common.__notes__ = []


def chain(number):
    try:
        try:
            {}[number]
        except KeyError as e:
            check(e.args == (number,))
            raise RuntimeError(number) from e
    except RuntimeError as e:
        check(e.__cause__.args == e.args == (number,))
        text = ''.join(traceback.format_exception(e))
        check('KeyError' in text and 'RuntimeError' in text and 'direct cause' in text)


def groups(number):
    try:
        raise ExceptionGroup('g', [ValueError(number), TypeError(number), common])
    except* ValueError as g:
        check(len(g.exceptions) == 2)
    except* TypeError as g:
        check(g.exceptions[0].args == (number,))


def context(number):
    try:
        raise common
    except ValueError:
        try:
            raise KeyError(number)
        except KeyError as e:
            check(e.__context__ is common)
    common.__context__ = None
    common.args = (number, 'x')
    str(common), repr(common)


class Unwinding:
    def __init__(self):
        self.left = 0

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.left += 1
        return True


def unwind(number):
    u = Unwinding()
    for i in range(20):
        with u:
            try:
                raise IndexError(i)
            finally:
                [][:]
    check(u.left == 20)

    def recurse(n):
        return recurse(n + 1)
    try:
        recurse(0)
    except RecursionError:
        pass


def frames(number):
    for ident, frame in sys._current_frames().items():
        depth = 0
        while frame is not None and depth < 50:
            frame.f_code.co_name, frame.f_lineno
            frame = frame.f_back
            depth += 1
    sys._current_exceptions()


race(share, chain, groups, context, unwind, frames, copies=1, share=0.7)
race(share, context, copies=2, share=0.3)
done()
