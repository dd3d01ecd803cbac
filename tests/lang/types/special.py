# Dunder methods: how operations find them, and what happens when they misbehave.
def attempt(f, *args, **kwargs):
    try:
        return f(*args, **kwargs)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


class Num:
    def __init__(self, v):
        self.v = v

    def __add__(self, o):
        return ("add", self.v, o)

    def __radd__(self, o):
        return ("radd", self.v, o)

    def __iadd__(self, o):
        self.v += o
        return self

    def __neg__(self):
        return ("neg", self.v)

    def __index__(self):
        return self.v

    def __pow__(self, o, m=None):
        return ("pow", self.v, o, m)

    def __rpow__(self, o):
        return ("rpow", self.v, o)

    def __divmod__(self, o):
        return ("divmod", o)

    def __matmul__(self, o):
        return "matmul"

    def __bool__(self):
        return self.v != 0


a = Num(3)
print(a + 1, 1 + a, -a, [10, 20, 30, 40][a], a ** 2, 2 ** a, pow(a, 2, 5), divmod(a, 1), a @ a, bool(a), bool(Num(0)))
a += 4
print(a.v, hex(a))
print(attempt(lambda: a - 1))
print(attempt(lambda: 1 - a))
print(attempt(lambda: ~a))


class Sub(Num):
    def __radd__(self, o):
        return ("sub radd", o.v if isinstance(o, Num) else o)


print(Num(1) + Sub(2), (Sub(2) + Num(1))[:2])


class Same(Num):
    pass


print((Num(1) + Same(2))[:2])


class Weird:
    def __len__(self): return self.n
    def __bool__(self): return self.b
    def __hash__(self): return self.h
    def __repr__(self): return self.r
    def __str__(self): return self.s
    def __index__(self): return self.i
    def __iter__(self): return self.it
    def __contains__(self, x): return self.c
    def __format__(self, spec): return self.f


w = Weird()
for w.n in (-1, "x", 2**70, 5, True):
    print("len", attempt(len, w))
for w.b in (1, None, True):
    print("bool", attempt(bool, w))
for w.h in ("x", 2**65, -1, 7):
    print("hash", attempt(hash, w))
for w.r in (3, "ok"):
    print("repr", attempt(repr, w))
for w.s in (3, "fine"):
    print("str", attempt(str, w))
for w.i in ("x", 4):
    print("index", attempt(lambda: [0, 1, 2, 3, 4, 5][w]))
for w.it in (5, iter([1])):
    print("iter", attempt(list, w) if w.it == 5 else next(iter(w)))
for w.c in (0, 5, []):
    print("in", attempt(lambda: 3 in w))
for w.f in (3, "formatted"):
    print("format", attempt(format, w, "x"))


# special methods are looked up on the type
class Plain:
    pass


p = Plain()
p.__len__ = lambda: 5
print(attempt(len, p))
Plain.__len__ = lambda self: 6
print(len(p))
Plain.__len__ = None
print(attempt(len, p))
del Plain.__len__
print(attempt(len, p))
Plain.__call__ = lambda self, *a, **k: (a, k)
print(p(1, x=2), callable(p))
del Plain.__call__
print(attempt(p), callable(p))
Plain.__getattr__ = lambda self, n: "dyn " + n
print(p.whatever)
Plain.__getattribute__ = lambda self, n: "all " + n
print(p.whatever, p.__len__)
del Plain.__getattribute__, Plain.__getattr__
print(attempt(lambda: p.whatever))


# equality and hash
class Eq:
    def __eq__(self, o):
        return True


print(attempt(hash, Eq()), Eq.__hash__, Eq() != 1)


class EqHash(Eq):
    __hash__ = object.__hash__


eq_hash = EqHash()
print(hash(eq_hash) == object.__hash__(eq_hash))


class Lt:
    def __init__(s, v): s.v = v
    def __lt__(s, o): return s.v < o.v


print(Lt(1) < Lt(2), Lt(1) > Lt(2), attempt(lambda: Lt(1) <= Lt(2)))
print(attempt(lambda: object() < 1))


# descriptors
class Data:
    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, obj, owner=None):
        if obj is None:
            return self
        return ("get", self.name, obj.__dict__.get(self.name))

    def __set__(self, obj, value):
        obj.__dict__[self.name] = value

    def __delete__(self, obj):
        del obj.__dict__[self.name]


class NonData:
    def __get__(self, obj, owner=None):
        return ("nondata", obj is None)


class Host:
    d = Data()
    n = NonData()


h = Host()
h.d = 5
h.n = "instance"
print(h.d, h.n, Host.n, type(Host.d).__name__)
del h.d
print(h.d, attempt(delattr, h, "d"))


class OnlySet:
    def __set__(self, obj, value):
        print("set", value)


class Host2:
    s = OnlySet()


h2 = Host2()
h2.s = 1
h2.__dict__["s"] = "from dict"
print(h2.s, attempt(delattr, h2, "s"))


class Boom:
    def __set_name__(self, owner, name):
        raise ValueError("boom")


try:
    class Host3:
        attr = Boom()
except Exception as e:
    print(type(e).__name__, e, e.__notes__)


# item access, iteration
class Seq:
    def __getitem__(self, i):
        if i >= 3:
            raise IndexError(i)
        return i * i


s = Seq()
print(list(s), 4 in s, 5 in s, s[2], attempt(lambda: s[3]), attempt(len, s))
print(attempt(iter, 5), attempt(lambda: (lambda five: five[0])(5)), attempt(next, 5))


def set_item():
    s[0] = 1


def del_item():
    del s[0]


print(attempt(set_item), attempt(del_item))


class It:
    def __init__(self): self.n = 0
    def __iter__(self): return self
    def __next__(self):
        self.n += 1
        if self.n > 3:
            raise StopIteration("end")
        return self.n


print(list(It()), attempt(lambda: [*It()]))


class NoIter(It):
    __iter__ = None


print(attempt(iter, NoIter()))


class Getattr:
    def __getattr__(self, n):
        raise AttributeError("no " + n)


print(attempt(lambda: Getattr().x), hasattr(Getattr(), "x"), getattr(Getattr(), "x", 1))


class SetAttr:
    def __setattr__(self, n, v):
        object.__setattr__(self, n, ("wrapped", v))

    def __delattr__(self, n):
        print("del", n)
        super().__delattr__(n)


sa = SetAttr()
sa.x = 1
print(sa.x)
del sa.x
print(attempt(lambda: sa.x))
print(attempt(object.__setattr__, int, "x", 1))
print(attempt(object.__setattr__, 1, "x", 1))


class Init:
    def __init__(self):
        return 5


print(attempt(Init))


class New:
    def __new__(cls, *a):
        print("new", a)
        return 5 if a else super().__new__(cls)

    def __init__(self, *a):
        print("init", a)


print(New(1), type(New()).__name__)
print(attempt(object, 1), attempt(Plain, 1))


class OnlyInit:
    def __init__(self, x):
        pass


print(attempt(OnlyInit.__new__, OnlyInit, 1) is not None, attempt(object.__init__, OnlyInit(1), 2))


class OnlyNew:
    def __new__(cls, x):
        return object.__new__(cls)


print(attempt(object.__new__, OnlyNew, 1), attempt(OnlyNew, 1) is not None)


class InitSub:
    def __init_subclass__(cls, /, tag=None, **kw):
        super().__init_subclass__(**kw)
        cls.tag = tag


class Tagged(InitSub, tag="t"):
    pass


print(Tagged.tag, attempt(lambda: type("Bad", (InitSub,), {}, foo=1)))


class GetItem:
    def __class_getitem__(cls, item):
        return (cls.__name__, item)


print(GetItem[int], attempt(lambda: Plain[int]))
