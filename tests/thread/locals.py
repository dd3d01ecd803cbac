"""Thread-local and context-local data."""

import contextvars
import gc
import threading
import weakref
from harness import check, done, race

local = threading.local()


class Mine(threading.local):
    kind = 'class'

    def __init__(self, start):
        self.n = start


mine = Mine(7)
variable = contextvars.ContextVar('variable', default=None)


def use(number):
    local.value = number
    for i in range(50):
        check(local.value == number)
        setattr(local, f'a{i % 5}', number)
        check(local.__dict__['value'] == number)
    mine.n = number
    check(mine.n == number and mine.kind == 'class')
    variable.set(number)
    check(variable.get() == number)
    context = contextvars.copy_context()
    context.run(variable.set, -1)
    check(context[variable] == -1 and variable.get() == number)


race(use, copies=4, share=0.4)


class Value:
    pass


dead = []


def short(number):
    def body():
        check(not hasattr(local, 'value'))
        check(mine.n == 7)
        local.value = Value()
        refs.append(weakref.ref(local.value))
        mine.n = Value()
        refs.append(weakref.ref(mine.n))
    refs = []
    t = threading.Thread(target=body)
    t.start()
    t.join()
    check(all(r() is None for r in refs), 'the end of a thread ends its locals')


race(short, copies=3, share=0.3)


# Locals that die while threads still have values in them.
def dying(number):
    l = threading.local()
    value = Value()
    ref = weakref.ref(value)
    ready, leave = threading.Event(), threading.Event()

    def body():
        l_.value = value_[0]
        value_.clear()
        ready.set()
        leave.wait()
    l_, value_ = l, [value]
    t = threading.Thread(target=body)
    t.start()
    ready.wait()
    l.other = 3
    del value
    leave.set()
    t.join()
    del l, l_, t, body
    gc.collect(0)


race(dying, copies=3, share=0.3)
done()
