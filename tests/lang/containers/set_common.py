"""Intersection with an iterable: read only until all elements have come; an error about an item does not speak of sets."""


def show(function, *args):
    try:
        print(function.__name__, function(*args))
    except TypeError as e:
        print(function.__name__, e)


for elements in ({1}, frozenset({1}), {1, 2}, set()):
    for items in ([1, [2]], [[2], 1], {1: [2]}, ([],), iter([1, {}])):
        for name in ('intersection', 'issubset', 'issuperset', 'isdisjoint', 'union', 'difference', 'symmetric_difference'):
            print(elements, end=' ')
            show(getattr(elements, name), items)
    changed = set(elements)
    show(changed.intersection_update, [1, []])
    print(changed)

items = iter([0, 1, 2, 3, 4])
print({2, 1}.intersection(items), list(items))
print({0}.issubset(iter(int, 1)))
