"""Finalizers and callbacks that each make the next object end by the limit of recursion."""

import gc
import sys
import weakref


class Failing:
    def __del__(self):
        raise ValueError


def hook(unraisable):
    count[0] += 1
    Failing()


count = [0]
sys.unraisablehook = hook
sys.__stderr__ = sys.stderr = open('/dev/null', 'w')  # what is said when the hook cannot run any more
Failing()
print('hook', count[0] > 10)


class Renewing:
    def __del__(self):
        count[0] += 1
        Renewing()


count = [0]
Renewing()
print('__del__', count[0] > 10)


class Plain:
    pass


def again(ref):
    global kept
    count[0] += 1
    x = Plain()
    kept = weakref.ref(x, again)


count = [0]
again(None)
print('callback', count[0] > 10)


class Cyclic:
    def __init__(self):
        self.me = self

    def __del__(self):
        raise ValueError


def cyclic_hook(unraisable):
    Cyclic()


sys.unraisablehook = cyclic_hook
Cyclic()
for i in range(3):
    gc.collect()
print('cycles')


# Chains of data end without their help.
class Link:
    def __del__(self):
        ended[0] += 1


ended = [0]
chain = None
for i in range(100000):
    link = Link()
    link.next = chain
    chain = link
del chain, link
print(ended)
