"""Norm of an infinite matrix by the power method (after the Computer Language Benchmarks Game)."""
from math import sqrt

def a(i, j):
    return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)

def times(v):
    return [sum(a(i, j) * x for j, x in enumerate(v)) for i in range(len(v))]

def transposed_times(v):
    return [sum(a(j, i) * x for j, x in enumerate(v)) for i in range(len(v))]

def norm(n):
    u = [1.0] * n
    for _ in range(4):
        v = transposed_times(times(u))
        u = transposed_times(times(v))
    return sqrt(sum(x * y for x, y in zip(u, v)) / sum(x * x for x in v))

print(f"{norm(220):.9f}")
