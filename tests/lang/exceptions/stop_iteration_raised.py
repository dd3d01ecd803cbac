# A generator's StopIteration becomes a RuntimeError whose traceback begins at the caller: the generator itself is in that of the cause.
import traceback
def g():
    raise StopIteration
    yield
try: list(g())
except RuntimeError as e: print([f.lineno for f in traceback.extract_tb(e.__traceback__)], [f.lineno for f in traceback.extract_tb(e.__cause__.__traceback__)])
def g2():
    next(iter([]))
    yield 5
try: list(g2())
except RuntimeError as e: print([f.lineno for f in traceback.extract_tb(e.__traceback__)], [f.lineno for f in traceback.extract_tb(e.__cause__.__traceback__)])
def g3():
    yield 5
    next(iter([]))
try: list(g3())
except RuntimeError as e: print([f.lineno for f in traceback.extract_tb(e.__traceback__)], [f.lineno for f in traceback.extract_tb(e.__cause__.__traceback__)])
def g4():
    x=1
    raise StopIteration
    yield 2
    yield 3
try: list(g4())
except RuntimeError as e: print([f.lineno for f in traceback.extract_tb(e.__traceback__)])
async def g5():
    x=1
    raise StopIteration
try: g5().send(None)
except RuntimeError as e: print([f.lineno for f in traceback.extract_tb(e.__traceback__)])
async def g6():
    x=1
    raise StopAsyncIteration
    yield
try: g6().asend(None).send(None)
except RuntimeError as e: print([f.lineno for f in traceback.extract_tb(e.__traceback__)])
