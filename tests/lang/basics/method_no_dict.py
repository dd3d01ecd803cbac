# Methods of built-in types whose instances can have a dict, before and after they have one, hidden by it, and when the class changes.
from collections import OrderedDict


class Own(OrderedDict):
    pass


def move(d, k):
    return d.move_to_end(k)


def run(make):
    d = make()
    d.update(a=1, b=2, c=3)
    for _ in range(3):
        move(d, "a")
    print(list(d))
    d.note = "x"
    move(d, "b")
    print(list(d), vars(d))
    d.move_to_end = lambda k: print("hidden", k)
    move(d, "b")
    other = make()
    other["b"] = 1
    move(other, "b")
    del d.move_to_end
    move(d, "c")
    print(list(d), list(other))


run(OrderedDict)
run(Own)


def of_class(self, k):
    print("class", k)


d = Own(b=1)
for _ in range(3):
    move(d, "b")
Own.move_to_end = of_class
move(d, "b")
del Own.move_to_end
move(d, "b")

for error in (ValueError("x"), KeyError("y")):
    for _ in range(2):
        error.add_note("n")
        print(error.with_traceback(None).__notes__)
