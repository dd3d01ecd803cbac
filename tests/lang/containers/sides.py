# Which operand is on the left where containers compare: what equals everything, like unittest.mock.ANY, shows it.
import array
import bisect
import collections
import contextvars
import functools
import heapq
import itertools
import operator
import types


def asked(answer):
    """Comparisons that say what they have been asked, and give the answer."""

    def ask(op):
        def f(self, other):
            print(end=f" {self.name}{op}{getattr(other, 'name', type(other).__name__)}")
            return answer

        return f

    return map(ask, ("==", "!=", "<", ">", "<=", ">="))


class Any:
    def __init__(self, name):
        self.name = name

    def __hash__(self):
        return 1

    __eq__, __ne__, __lt__, __gt__, __le__, __ge__ = asked(True)


class No(Any):
    __eq__, __ne__, __lt__, __gt__, __le__, __ge__ = asked(False)
    __hash__ = Any.__hash__


def show(name, f):
    print(name, end=":")
    try:
        result = f()
    except Exception as error:
        result = type(error).__name__
    if not isinstance(result, (bool, int, str, type(None))):
        result = type(result).__name__
    print(" ->", result)


for kinds in ((Any, Any), (Any, No), (No, Any), (No, No)):
    print("----", *(kind.__name__ for kind in kinds))
    a, b = kinds[0]("a"), kinds[1]("b")
    for op in (operator.eq, operator.ne, operator.lt):
        n = op.__name__
        show(f"tuple {n}", lambda: op((a,), (b,)))
        show(f"list {n}", lambda: op([a], [b]))
        show(f"slice {n}", lambda: op(slice(a), slice(b)))
        show(f"deque {n}", lambda: op(collections.deque([a]), collections.deque([b])))
    for op in (operator.eq, operator.ne):
        n = op.__name__
        show(f"dict {n}", lambda: op({1: a}, {1: b}))
        show(f"dict keys {n}", lambda: op({a: 1}, {b: 1}))
        show(f"ordered {n}", lambda: op(collections.OrderedDict(x=a), collections.OrderedDict(x=b)))
        show(f"default {n}", lambda: op(collections.defaultdict(int, x=a), dict(x=b)))
        show(f"counter {n}", lambda: op(collections.Counter(x=a), collections.Counter(x=b)))
        show(f"namespace {n}", lambda: op(types.SimpleNamespace(x=a), types.SimpleNamespace(x=b)))
        show(f"proxy {n}", lambda: op(types.MappingProxyType({1: a}), {1: b}))
        show(f"items {n}", lambda: op({1: a}.items(), {1: b}.items()))
        show(f"keys {n}", lambda: op({a: 1}.keys(), {b: 1}.keys()))
        show(f"set {n}", lambda: op({a}, {b}))
        show(f"method {n}", lambda: op(types.MethodType(print, a), types.MethodType(print, b)))
    show("chain map", lambda: collections.ChainMap({1: a}) == collections.ChainMap({1: b}))
    show("user dict", lambda: collections.UserDict(x=a) == {"x": b})
    show("in list", lambda: a in [b])
    show("in tuple", lambda: a in (b,))
    show("in set", lambda: a in {b})
    show("in dict", lambda: a in {b: 1})
    show("in deque", lambda: a in collections.deque([b]))
    show("in values", lambda: a in {1: b}.values())
    show("in items", lambda: (1, a) in {1: b}.items())
    show("in iterator", lambda: a in iter([b]))
    show("in generator", lambda: a in (x for x in [b]))
    show("in range", lambda: a in range(2))
    show("in array", lambda: a in array.array("i", [1]))
    show("in map", lambda: a in map(lambda x: x, [b]))
    for c in ([b], (b,), collections.deque([b]), range(2), array.array("i", [5])):
        n = type(c).__name__
        show(f"index {n}", lambda: c.index(a))
        show(f"count {n}", lambda: c.count(a))
    show("remove list", lambda: [b].remove(a))
    show("remove deque", lambda: collections.deque([b]).remove(a))
    show("countOf", lambda: operator.countOf([b], a))
    show("indexOf", lambda: operator.indexOf([b], a))
    show("sentinel", lambda: [x for x, _ in zip(iter(lambda: a, b), range(1))] == [])
    show("groupby", lambda: len([k for k, g in itertools.groupby([a, b])]))
    show("get", lambda: {a: 1}.get(b))
    show("set discard", lambda: {a}.discard(b))
    show("set and", lambda: len({a} & {b}))
    show("set update", lambda: len({a} | {b}))
    show("items and", lambda: len({1: a}.items() & {(1, b)}))
    show("min", lambda: min(a, b).name)
    show("max", lambda: max([a, b]).name)
    show("sorted", lambda: [x.name for x in sorted([a, b])][0])
    show("bisect left", lambda: bisect.bisect_left([a], b))
    show("bisect right", lambda: bisect.bisect_right([a], b))
    show("heappush", lambda: heapq.heappush([a], b))
    show("nsmallest", lambda: heapq.nsmallest(1, [a, b])[0].name)
    show("cmp_to_key", lambda: functools.cmp_to_key(lambda x, y: 0)(a) == functools.cmp_to_key(lambda x, y: 0)(b))
    v, w = contextvars.Context(), contextvars.Context()
    var = contextvars.ContextVar("var")
    v.run(var.set, a)
    w.run(var.set, b)
    show("context", lambda: v == w)
    show("chained", lambda: a == b != a)
