"""Comparing the keys of __kwdefaults__ may give the function other ones while they are searched."""


def f(*, name=1):
    return name


class Key(str):
    def __hash__(self):
        return hash('name')

    def __eq__(self, other):
        f.__kwdefaults__ = None
        return False


for i in range(3):
    f.__kwdefaults__ = {Key('x'): 2, Key('y' * i): 3, 'name': i}
    print(f(), f.__kwdefaults__)

for i in range(3):
    f.__kwdefaults__ = {Key('x'): 2, Key('y' * i): 3}
    try:
        print(f())
    except TypeError as e:
        print(e)
