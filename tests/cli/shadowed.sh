# A file of the program has the name of a module that the library shows errors with: they are shown all the same.
echo 'x = 1' >traceback.py
cat >program.py <<'END'
import sys
import threading


class Outer:
    class Inner(Exception):
        pass


def deep(n):
    if n:
        deep(n - 1)
    else:
        try:
            1 / 0
        except ZeroDivisionError as e:
            try:
                raise KeyError('key') from e
            except KeyError:
                raise Outer.Inner('one', 2)


def show(function):
    print('---', file=sys.stderr)
    try:
        function()
    except BaseException as e:
        sys.excepthook(type(e), e, e.__traceback__)


class Bad(Exception):
    def __str__(self):
        raise KeyError


class Empty(Exception):
    pass


def raises(e):
    raise e


def circle():
    a, b = ValueError('a'), ValueError('b')
    a.__context__, b.__context__ = b, a
    raise a


def hidden():
    try:
        1 / 0
    except ZeroDivisionError:
        raise ValueError('no context') from None


def both():
    try:
        raises(KeyError(1))
    except KeyError as e:
        raise ValueError('cause is none') from None


show(lambda: deep(0))
show(lambda: deep(3))
show(lambda: deep(4))
show(lambda: deep(8))
show(lambda: raises(ExceptionGroup('group', [ValueError(1), TypeError(2)])))
show(lambda: raises(Bad()))
show(lambda: raises(Empty()))
show(lambda: exec('a b'))
show(lambda: exec('1 / 0'))
show(lambda: raises(UnicodeEncodeError('ascii', 'ä', 0, 1, 'wörd')))
show(circle)
show(hidden)
show(both)
print('---', file=sys.stderr)
sys.excepthook(ValueError, ValueError('no traceback'), None)
sys.excepthook(int, 42, None)

thread = threading.Thread(target=deep, args=(0,), name='worker')
threading.excepthook, hook = lambda args: (print('in a thread', file=sys.stderr), hook(args)), threading.excepthook
thread.start()
thread.join()


class Deleted:
    def __del__(self):
        raise ValueError('in __del__')


Deleted()
sys.stderr.flush()
deep(0)
END
here=$PWD
unset PYTHONPATH
$BATON program.py 2>&1 | sed -E "s| at 0x[0-9a-f]+||; s|$here|HERE|; /threading.py/{N;s/.*\n/(threading)/;}"
rm traceback.py
echo '--- token.py'
echo 'raise SystemError("mine")' >token.py
$BATON -c 'def f():
    1 / 0
f()' 2>&1
echo '1 +' >wrong.py
$BATON wrong.py 2>&1 | sed "s|$here|HERE|"
