# Keywords that a function with fewer variables takes in ** are neither lost nor released twice.
import sys


def fresh(i):
    return " ".join(["fresh", str(i)])


def narrow(**kw):
    return len(kw)


def pass_on(x, y=1, **kw):
    return take(y=y, **kw)


def take(y, a="", b="", *, c=None, d="D"):
    return y, len(a), len(b), c, d


def more(*args, **kw):
    return len(args), sorted(kw)


class Made:
    def __init__(self, **kw):
        self.kw = kw


for i in range(5):
    values = [fresh(i) for i in range(6)]
    before = [sys.getrefcount(v) for v in values]
    a, b, c, d, e, f = values
    print(narrow(a=a, b=b, c=c, d=d, e=e, f=f))
    print(pass_on("x", 12, a=a, b=b, c=c, d=d)[:3])
    print(more(a, b, c, d=d, e=e, f=f))
    print(sorted(Made(a=a, b=b, c=c, d=d, e=e).kw))
    try:
        pass_on(1, 2, a=a, c=c, d=d, nope=e)
    except TypeError as error:
        print(error)
    del a, b, c, d, e, f
    print(before == [sys.getrefcount(v) for v in values])
