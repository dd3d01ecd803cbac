# Numbers near sys.maxsize as arguments: what is told of those that do not fit, and of results that no memory has room for.
import array
import bisect
import collections
import itertools
import os
import signal
import sys
import zlib

M = sys.maxsize


def attempt(f):
    try:
        return print(f())
    except (OverflowError, MemoryError) as e:
        print(f"{type(e).__name__}: {e}")


for kind in "a", b"a":
    for method in "ljust", "rjust", "center", "zfill":
        attempt(lambda: getattr(kind, method)(M))
        attempt(lambda: getattr(kind, method)(M + 1))
    attempt(lambda: kind * M)
    attempt(lambda: kind * (M + 1))
    attempt(lambda: kind.expandtabs(M))
    attempt(lambda: kind.expandtabs(M + 1))
attempt(lambda: bytes(M))
attempt(lambda: bytes(M + 1))
attempt(lambda: (5).to_bytes(M))
attempt(lambda: (5).to_bytes(M + 1))
attempt(lambda: [].insert(M + 1, 1))
attempt(lambda: [1].pop(M + 1))
attempt(lambda: collections.deque(maxlen=M + 1))
attempt(lambda: collections.deque([1]).insert(M + 1, 1))
attempt(lambda: collections.deque([1]).rotate(M + 1))
attempt(lambda: itertools.repeat(1, M + 1))
attempt(lambda: itertools.batched([1], M + 1))
attempt(lambda: itertools.tee([1], M + 1))
attempt(lambda: itertools.combinations([1], M + 1))
attempt(lambda: itertools.permutations([1], -M - 5))
attempt(lambda: bisect.bisect([1], 1, M + 1))
attempt(lambda: array.array("i", [1]).pop(M + 1))
attempt(lambda: sys.setrecursionlimit(M + 1))
attempt(lambda: sys.setrecursionlimit(2**31))
attempt(lambda: compile("1", "a", "eval", 2**31))
attempt(lambda: signal.alarm(-2**40))
attempt(lambda: os.stat(2**31))
attempt(lambda: os.stat(-2**70))
attempt(lambda: open("/dev/null", "rb").read(M + 1))
attempt(lambda: open("/dev/null", "rb", buffering=2**31))
attempt(lambda: zlib.decompressobj().decompress(b"", M + 1))
