"""`is` with a literal is warned of, and tuples of literals are literals."""
import warnings

for source in ("x is 1", "x is not 'a'", "x is (1, 2)", "x is not (1, ('a', None))", "() is x", "x is (y,)", "x is [1]", "x is None", "x is ...",
               "x is -1", "x is b''", "x is 1j", "1 is x is y", "x is f'{y}'", "x == (1,)"):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        compile(source, "identity", "eval")
    print(source, [str(w.message) for w in caught])
