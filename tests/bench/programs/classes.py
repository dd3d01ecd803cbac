"""Classes: making instances, operators, properties, comparison, containers written in Python."""

class Vector:
    def __init__(self, x, y, z):
        self.x = x
        self.y = y
        self.z = z

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y, self.z + other.z)

    def __mul__(self, k):
        return Vector(self.x * k, self.y * k, self.z * k)

    def __eq__(self, other):
        return self.x == other.x and self.y == other.y and self.z == other.z

    def __hash__(self):
        return hash((self.x, self.y, self.z))

    @property
    def norm(self):
        return self.x * self.x + self.y * self.y + self.z * self.z

class Window:
    def __init__(self, size):
        self.items = [0] * size

    def __len__(self):
        return len(self.items)

    def __getitem__(self, i):
        return self.items[i % len(self.items)]

    def __setitem__(self, i, value):
        self.items[i % len(self.items)] = value

    def __contains__(self, value):
        return value in self.items

def run(n):
    total, step, at = 0, Vector(1, 2, 3), Vector(0, 0, 0)
    window = Window(16)
    seen = {}
    for i in range(n):
        at = at + step * (i & 3)
        if at == step:
            total += 1
        window[i] = at.norm & 1023
        total += window[i - 3] + len(window)
        if i in window:
            total += 5
        seen[Vector(i & 15, 0, 1)] = i
    return total + len(seen)

print(run(150_000))
