"""Building and dropping many small trees (after the Computer Language Benchmarks Game)."""

class Node:
    __slots__ = ("left", "right")

    def __init__(self, left, right):
        self.left = left
        self.right = right

def make(depth):
    if depth == 0:
        return Node(None, None)
    return Node(make(depth - 1), make(depth - 1))

def check(node):
    if node.left is None:
        return 1
    return 1 + check(node.left) + check(node.right)

def run(deepest):
    long_lived = make(deepest)
    for depth in range(4, deepest + 1, 4):
        rounds = 1 << (deepest - depth + 4)
        print(depth, rounds, sum(check(make(depth)) for _ in range(rounds)))
    print(check(long_lived))

run(14)
