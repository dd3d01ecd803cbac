"""Deques and the other containers of collections under several threads."""

from collections import ChainMap, Counter, OrderedDict, UserList, defaultdict, deque, namedtuple
from harness import check, done, race

tokens = deque(range(400))


def move(number):
    for _ in range(40):
        try:
            item = tokens.pop() if number % 2 else tokens.popleft()
        except IndexError:
            return
        if number % 3:
            tokens.append(item)
        else:
            tokens.appendleft(item)


def rotate(number):
    tokens.rotate(number + 1)
    tokens.rotate(-3)
    len(tokens)
    try:
        for item in tokens:
            check(type(item) is int)
        list(tokens), tokens.copy(), tokens == tokens.copy(), 3 in tokens, tokens.count(4), reversed(tokens)
    except RuntimeError:
        pass  # mutated during iteration


race(move, move, rotate, share=0.25)
check(sorted(tokens) == list(range(400)))

mixed = deque(maxlen=100)


def change(number):
    for i in range(60):
        mixed.append(i)
        mixed.appendleft(-i)
    mixed.extend(range(20))
    mixed.extendleft(range(20))
    try:
        mixed[5] = 3
        del mixed[7]
        mixed.insert(3, 4)
        mixed.remove(4)
    except (IndexError, ValueError, RuntimeError):
        pass
    mixed.reverse()


def clear(number):
    mixed.clear()
    try:
        mixed[0], mixed[-1]
    except IndexError:
        pass
    try:
        mixed.index(3)
    except (ValueError, RuntimeError):
        pass
    try:
        repr(mixed)
        mixed + deque([1])
        mixed < deque([2])
    except RuntimeError:
        pass


race(change, change, clear, share=0.2)
check(len(mixed) <= 100)

order = OrderedDict((i, i) for i in range(50))


def ordered(number):
    for i in range(50):
        order[i] = i
        try:
            order.move_to_end(i, last=bool(number % 2))
        except KeyError:
            pass
        if i % 5 == 0:
            try:
                order.popitem(last=bool(i % 2))
            except KeyError:
                pass
    try:
        for k, v in order.items():
            check(k == v)
        list(reversed(order)), order.copy(), order == dict(order)
    except (RuntimeError, KeyError):
        pass


def ordered_clear(number):
    order.clear()
    for i in range(50):
        order.setdefault(i, i)
    for i in range(0, 50, 3):
        order.pop(i, None)


race(ordered, ordered, ordered_clear, share=0.25)

groups = defaultdict(list)
calls = [0] * 4


def group(number):
    for i in range(50):
        groups[i % 10].append(number)
    calls[number] += 50


race(group, copies=4, share=0.1)
# With the lock on, too, a default may be made twice and one of them lost: only kinds are sure.
check(all(type(v) is list for v in groups.values()) and set(groups) == set(range(10)))

Point = namedtuple('Point', 'x y')
count = Counter()
chain = ChainMap({}, {'a': 1})
user = UserList()


def others(number):
    p = Point(number, 2)
    check(p.x == number and p._replace(y=3).y == 3)
    count.update('abcabc')
    count.most_common(2)
    chain['b'] = 2
    check(chain['a'] == 1 and chain.get('b') == 2)
    user.append(1)
    if len(user) > 1000:
        user.clear()


race(others, copies=4, share=0.2)
done()
