"""What a generator expression goes over, replaced through its frame: an iterator is gone over, all else is TypeError; and iterators that are lists."""


def replaced(new):
    items = (item for item in [1, 2, 3])
    items.gi_frame.f_locals['.0'] = new
    try:
        return list(items)
    except TypeError as error:
        return error


for new in [5, 6], (5, 6), iter([5, 6]), range(2), iter(range(2)), {}, {}.items(), 'ab', 3, 2.5, None, (x for x in 'ab'), enumerate('ab'):
    print(type(new).__name__, replaced(new))

running = (running.gi_frame.f_locals.__setitem__('.0', [9]) or item for item in [1, 2])
try:
    print(next(running), next(running))
except TypeError as error:
    print(error)


class Own(list):
    def __iter__(self):
        return self

    def __next__(self):
        if len(self) == 0:
            raise StopIteration
        return self.pop()


class OwnTuple(tuple):
    left = 2

    def __iter__(self):
        return self

    def __next__(self):
        self.left -= 1
        if self.left < 0:
            raise StopIteration
        return self.left


class Wrong:
    def __iter__(self):
        return [1, 2]


for item in Own('abc'):
    print(item)
print([item for item in OwnTuple('xyz')])
try:
    for item in Wrong():
        print(item)
except TypeError as error:
    print(error)
