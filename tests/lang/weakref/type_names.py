# References and proxies show the type of their object with its module, but for __main__, and with the classes that it is in.
import collections
import re
import weakref


class Outer:
    class Inner:
        pass


def show(reference):
    print(re.sub("0x[0-9a-f]+", "ADDR", repr(reference)))


outer, inner = Outer(), Outer.Inner()
for referent in outer, inner, collections.OrderedDict(), collections.deque(), collections.UserList(), {1}, show, Outer, re.compile(""):
    show(weakref.ref(referent))
    if not callable(referent):
        show(weakref.proxy(referent))
for module in "some.where", None, "builtins", "__main__", 3, "":
    Outer.__module__ = module
    show(weakref.ref(outer))
    show(weakref.proxy(outer))
    show(weakref.ref(inner))


class Named:
    __name__ = "a name"


named = Named()
Named.__module__, Named.__qualname__ = "pack.age", "Not.Named"
show(weakref.ref(named))
show(weakref.ref(Outer()))
