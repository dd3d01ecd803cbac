# Nesting where it is seldom met: sets in sets written by marshal, aliases in aliases asked for their parameters.
import marshal

DEPTH = 100_000


def nest(wrap, x):
    for _ in range(DEPTH):
        x = wrap(x)
    return x


def attempt(name, f, x):
    try:
        f(x)
    except (RecursionError, ValueError) as e:
        print(name, type(e).__name__)
    else:
        print(name, "done")


attempt("marshal", marshal.dumps, nest(lambda x: frozenset([x]), 1))
attempt("alias", lambda x: x[0], nest(lambda x: list[x], int))
attempt("union", lambda x: x[0], nest(lambda x: list[x] | None, int))

shallow = frozenset([1])
for _ in range(100):  # each level only once, not twice as often as the one above it
    shallow = frozenset([shallow])
assert marshal.loads(marshal.dumps(shallow)) == shallow
