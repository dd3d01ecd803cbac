"""A fractal drawn by the chaos game along a spline: vector objects with operators, random choices, a grid of counts."""
import random

class Vector:
    def __init__(self, x=0.0, y=0.0):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y)

    def length_squared(self):
        return self.x * self.x + self.y * self.y

    def combine(self, other, a, b):
        return Vector(self.x * a + other.x * b, self.y * a + other.y * b)

class Spline:
    """A uniform B-spline of degree 2 through de Boor's algorithm."""

    def __init__(self, points):
        self.points = points
        self.knots = [0] + list(range(len(points))) + [len(points) - 1]

    def domain(self):
        return self.knots[1], self.knots[len(self.knots) - 2]

    def at(self, u):
        knots = self.knots
        k = min(int(u) + 1, len(self.points) - 1)
        d = [self.points[max(k - 2 + i, 0)] for i in range(3)]
        for level in range(1, 3):
            for i in range(2, level - 1, -1):
                low = knots[max(k - 2 + i, 0)]
                high = knots[min(k + 1 + i - level, len(knots) - 1)]
                w = (u - low) / (high - low) if high > low else 0.0
                d[i] = d[i - 1].combine(d[i], 1.0 - w, w)
        return d[2]

class Game:
    def __init__(self, splines, size):
        self.splines = splines
        self.size = size

    def transform(self, point):
        spline = random.choice(self.splines)
        low, high = spline.domain()
        u = low + (point.x % 1.0) * (high - low)
        base = spline.at(u)
        ahead = spline.at(min(u + 0.01, high))
        slope = ahead - base
        size = slope.length_squared() ** 0.5 or 1.0
        offset = (point.y % 1.0 - 0.5) * 0.3
        return base + Vector(-slope.y / size * offset, slope.x / size * offset)

    def play(self, rounds):
        grid = [[0] * self.size for _ in range(self.size)]
        point = Vector(0.5, 0.5)
        for _ in range(rounds):
            point = self.transform(point)
            x = int(point.x * self.size) % self.size
            y = int(point.y * self.size) % self.size
            grid[y][x] += 1
        return grid

random.seed(1234)
splines = [Spline([Vector(1.6, 0.3), Vector(1.7, 0.2), Vector(0.3, 0.9), Vector(0.2, 0.6)]),
           Spline([Vector(2.8, 1.7), Vector(2.4, 1.2), Vector(1.9, 2.5), Vector(2.1, 0.8)]),
           Spline([Vector(0.4, 1.1), Vector(0.9, 0.5), Vector(1.4, 1.6)])]
grid = Game(splines, 64).play(30_000)
print(sum(map(sum, grid)), sum(1 for row in grid for cell in row if cell))
