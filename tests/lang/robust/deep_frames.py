"""Calls that push a frame go as deep as the recursion limit says, with the lock and without it: __init__, properties, __getattr__, __call__, operators, methods, partial."""

import subprocess
import sys

PROGRAM = """
import sys
sys.setrecursionlimit(1_000_000)
N = 40_000

class Chain:
    def __init__(self, n, last=None):
        self.next = Chain(n - 1, last=n) if n else None

class Counter:
    n = 0
    @property
    def down(self):
        self.n += 1
        return self.down if self.n < N else self.n
    def __call__(self, n):
        return n and 1 + self(n - 1)
    def __add__(self, n):
        return n and 1 + (self + (n - 1))
    def __getitem__(self, n):
        return n and 1 + self[n - 1]
    def method(self, n):
        return n and 1 + self.method(n=n - 1)

class Missing:
    n = 0
    def __getattr__(self, name):
        self.n += 1
        return self.other if self.n < N else self.n

from functools import partial
def add(a, n):
    return n and a + again(n - 1)
again = partial(add, 1)

def length():
    n, at = 0, Chain(N)
    while at.next:
        at, n = at.next, n + 1
    return n

print(length(), Counter().down, Missing().any, Counter()(N), Counter() + N, Counter()[N], Counter().method(N), again(N))
"""

for lock in "1", "0":
    result = subprocess.run([sys.executable, "-X", "gil=" + lock, "-c", PROGRAM], capture_output=True, text=True)
    print(result.returncode, result.stdout, result.stderr[-300:])
