# A finally clause that leaves by a way of its own drops what would have been returned, and the code can be kept.
import marshal
import warnings

warnings.simplefilter("ignore")
alive = []


class Thing:
    def __init__(self, name):
        self.name = name
        alive.append(name)

    def __del__(self):
        alive.remove(self.name)


PROGRAMS = {
    "return": """
def f():
    try:
        return Thing("first")
    finally:
        return 3
""",
    "return, sometimes": """
def f():
    try:
        return Thing("first")
    finally:
        if not alive:
            return 3
        print("goes on", alive)
""",
    "break": """
def f():
    for i in range(3):
        try:
            return Thing(i)
        finally:
            break
    return alive[:]
""",
    "continue": """
def f():
    for i in range(3):
        try:
            return Thing(i)
        finally:
            continue
    return alive[:]
""",
    "nested": """
def f():
    for i in range(2):
        try:
            try:
                return Thing("inner")
            finally:
                for k in range(2):
                    try:
                        return Thing("outer")
                    finally:
                        if k == 0:
                            continue
        finally:
            return Thing("last")
""",
    "exception": """
def f():
    try:
        try:
            return Thing("lost")
        finally:
            1 / 0
    except ZeroDivisionError:
        return alive[:]
""",
    "inner loop": """
def f():
    try:
        return Thing("kept")
    finally:
        for i in range(3):
            try:
                if i:
                    break
            finally:
                print("round", i)
""",
}
for name, text in PROGRAMS.items():
    exec(text)
    f.__code__ = marshal.loads(marshal.dumps(f.__code__))
    result = f()
    print(name, "->", result.name if isinstance(result, Thing) else result, "alive:", alive)
    del result
    print("   left:", alive)


class Manager:
    def __enter__(self):
        return self

    def __exit__(self, *args):
        print("exit", alive)


exec("""
def f():
    with Manager():
        try:
            return Thing("with")
        finally:
            return 4


def g():
    try:
        return Thing("generator")
    finally:
        while True:
            yield 1
            break
        return 5
""")
print(f(), alive)
it = g()
print(next(it), alive)
try:
    next(it)
except StopIteration as stop:
    print(stop.value, alive)
