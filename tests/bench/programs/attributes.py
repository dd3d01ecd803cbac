"""Reading and writing attributes: of instances, of slots, of classes and of modules."""
import math

class Point:
    scale = 3

    def __init__(self, x, y):
        self.x = x
        self.y = y
        self.visits = 0

class Slotted:
    __slots__ = ("left", "right")

    def __init__(self, left, right):
        self.left = left
        self.right = right

def run(n):
    p, q = Point(1, 2), Slotted(3, 4)
    total = 0
    for i in range(n):
        p.x = i
        p.y = p.x + 1
        p.visits += 1
        q.left = q.right
        q.right = p.y
        total += p.x + p.y + q.left + q.right + p.scale + Point.scale
    return total + p.visits + int(math.pi)

print(run(900_000))
