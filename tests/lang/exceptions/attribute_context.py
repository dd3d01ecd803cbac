# name and obj of an AttributeError that code raised itself, and messages that know better.
class Made:
    def __getattr__(self, name): raise AttributeError("none of that")


class Told:
    def __getattr__(self, name): raise AttributeError("told", name="other", obj=3)


class Property:
    @property
    def p(self): raise AttributeError("inside")


class Iterates:
    def __iter__(self): raise TypeError("mine")


for get in getattr, lambda thing, name: eval("thing." + name):
    for thing, name in (Made(), "a"), (Told(), "b"):
        try:
            get(thing, name)
        except AttributeError as e:
            print(type(thing).__name__, e, e.name, e.obj is thing)
thing = Property()
try:
    getattr(thing, "p")
except AttributeError as e:
    print(e, e.name, e.obj is thing)


def show(call):
    try:
        print(call())
    except Exception as e:
        print(type(e).__name__, e)


show(lambda: int("1", basis=2))
show(lambda: int("1", colour=2))
show(lambda: enumerate())
