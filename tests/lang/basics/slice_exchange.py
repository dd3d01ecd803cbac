# Slices assigned from lists that are made for it, and from ones that others have.
class Loud:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("end", self.n, work_length())


work = []


def work_length():
    return len(work)


def flips():
    order = [3, 1, 2, 0]
    order[:4] = order[3::-1]
    print(order)
    order[1:3] = order[2:0:-1]
    order[:] = order[:]
    order[:2] = [order[1], order[0]]
    order[:2] = order[:3]
    order[1:1] = []
    order[-2:] = [x * 2 for x in order[-2:]]
    print(order)


def kept():
    other = [1, 2]
    items = [5, 6, 7]
    items[:2] = other
    print(items, other)
    items[1:] = other = [8, 9]
    print(items, other)
    items[:] = items
    nested = [[0], [1]]
    nested[:1] = [nested]
    print(nested, nested[0] is nested)


def ends():
    global work
    work = [Loud(1), Loud(2), Loud(3)]
    work[:2] = [Loud(4), Loud(5)]
    print("replaced")
    work[:2] = [1]
    print("shorter")
    work.clear()


def deep():
    nested = []
    for _ in range(100_000):
        nested = [nested, ()]
    pairs = ()
    for _ in range(100_000):
        pairs = (pairs, [])
    del nested, pairs
    print("deep")


flips()
kept()
ends()
deep()
