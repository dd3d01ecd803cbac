"""Attributes set at one place of the program on objects that keep them in a dict: there, deleted, in another order, hidden by a data descriptor that comes later."""


def put(thing, value):
    thing.mark = value
    return thing


def function():
    pass


class Plain:
    pass


def with_dict(**items):
    thing = Plain()
    thing.__dict__.update(items)
    return thing


for i in range(3):
    put(function, i)
    print(function.mark, function.__dict__)
things = [with_dict(a=1, mark=0), with_dict(mark=0, a=1), with_dict(), with_dict(a=1), Plain()]
for i in range(3):
    for thing in things:
        put(thing, i)
    print([list(vars(thing).items()) for thing in things])
for thing in things:
    del thing.mark
    put(thing, "again")
    print(vars(thing))
removed = things[1]
vars(removed).clear()
put(removed, 5)
print(vars(removed), removed.mark)
removed.__dict__ = {"mark": 1, 7: 8}
put(removed, 6)
print(vars(removed))


class Child(dict):
    def __setitem__(self, key, value):
        raise ValueError("never asked")


removed.__dict__ = Child(mark=3)
put(removed, 4)
print(vars(removed))
Plain.mark = property(lambda self: "property", lambda self, value: print("set", value))
for thing in things:
    put(thing, 9)
print([thing.mark for thing in things], vars(things[0]))
del Plain.mark
for thing in things:
    put(thing, 10)
print([thing.mark for thing in things])


class Dies:
    def __init__(self, owner):
        self.owner = owner

    def __del__(self):
        print("dies while its owner has", self.owner.mark)


put(function, Dies(function))
put(function, "next")
