# Items that come and go at a dict's end, under ever new keys: what is not there must still be found missing.
import collections
import random

random.seed(7)


def come_and_go(d, key):
    for i in range(3000):
        d[key(i)] = i
        assert d.popitem() == (key(i), i)
        assert key(-1) not in d
    return len(d)


for make in (dict, collections.OrderedDict, collections.Counter, lambda: vars(type('C', (), {})())):
    print(come_and_go(make(), lambda i: f'k{i}'), come_and_go(make(), lambda i: i * 7919), come_and_go(make(), lambda i: (i, 'x')))


def mixed(d, keys):
    """All ways of taking items out, against a list of pairs in order."""
    model = []
    for i in range(20000):
        key = random.randrange(keys)
        what = random.random()
        known = [k for k, _ in model]
        if what < 0.5 and len(model) < 40:
            d[key] = i
            if key in known:
                model[known.index(key)] = (key, i)
            else:
                model.append((key, i))
        elif what < 0.7 and model:
            assert d.popitem() == model.pop()
        elif what < 0.8 and key in known:
            assert d.pop(key) == model.pop(known.index(key))[1]
        elif what < 0.82:
            while model:
                assert d.popitem() == model.pop()
        elif what < 0.85 and isinstance(d, collections.OrderedDict) and model:
            first = model.pop(0)
            if what < 0.84:
                assert d.popitem(last=False) == first
            else:
                d.move_to_end(first[0])
                model.append(first)
        elif what < 0.87:
            d = d.copy()
        else:
            assert (key in d) == (key in known)
    return list(d.items()) == model


print([mixed(make(), keys) for make in (dict, collections.OrderedDict) for keys in (50, 10**12)])
