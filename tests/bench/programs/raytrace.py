"""A small ray tracer: spheres over a chequered plane, with shadows and mirrors."""
from math import sqrt

class Vec:
    __slots__ = ("x", "y", "z")

    def __init__(self, x, y, z):
        self.x = x
        self.y = y
        self.z = z

    def __add__(self, o):
        return Vec(self.x + o.x, self.y + o.y, self.z + o.z)

    def __sub__(self, o):
        return Vec(self.x - o.x, self.y - o.y, self.z - o.z)

    def scale(self, k):
        return Vec(self.x * k, self.y * k, self.z * k)

    def dot(self, o):
        return self.x * o.x + self.y * o.y + self.z * o.z

    def unit(self):
        return self.scale(1.0 / sqrt(self.dot(self)))

class Sphere:
    def __init__(self, centre, radius, colour, mirror):
        self.centre = centre
        self.radius = radius
        self.colour = colour
        self.mirror = mirror

    def hit(self, origin, direction):
        to = self.centre - origin
        along = to.dot(direction)
        inside = self.radius * self.radius - (to.dot(to) - along * along)
        if inside < 0.0:
            return None
        distance = along - sqrt(inside)
        return distance if distance > 1e-6 else None

    def normal(self, point):
        return (point - self.centre).unit()

    def shade(self, point):
        return self.colour

class Floor:
    mirror = 0.1

    def hit(self, origin, direction):
        if direction.y >= -1e-9:
            return None
        return -origin.y / direction.y

    def normal(self, point):
        return Vec(0.0, 1.0, 0.0)

    def shade(self, point):
        return 0.9 if (int(point.x + 1000) + int(point.z + 1000)) % 2 else 0.2

class Scene:
    def __init__(self, objects, light):
        self.objects = objects
        self.light = light

    def nearest(self, origin, direction):
        best, what = None, None
        for thing in self.objects:
            distance = thing.hit(origin, direction)
            if distance is not None and (best is None or distance < best):
                best, what = distance, thing
        return best, what

    def trace(self, origin, direction, depth):
        distance, thing = self.nearest(origin, direction)
        if thing is None:
            return 0.4
        point = origin + direction.scale(distance)
        normal = thing.normal(point)
        start = point + normal.scale(1e-4)
        to_light = (self.light - point).unit()
        lit = 0.1
        if self.nearest(start, to_light)[1] is None:
            lit += max(0.0, normal.dot(to_light)) * 0.9
        brightness = thing.shade(point) * lit
        if thing.mirror and depth:
            bounced = direction - normal.scale(2.0 * normal.dot(direction))
            brightness = brightness * (1.0 - thing.mirror) + self.trace(start, bounced, depth - 1) * thing.mirror
        return brightness

def render(width, height):
    scene = Scene([Sphere(Vec(0.0, 1.0, 6.0), 1.0, 0.8, 0.4), Sphere(Vec(-2.0, 0.7, 5.0), 0.7, 0.5, 0.2),
                   Sphere(Vec(1.8, 0.5, 4.0), 0.5, 0.9, 0.0), Floor()], Vec(5.0, 8.0, -3.0))
    eye = Vec(0.0, 1.5, -2.0)
    total = 0.0
    for row in range(height):
        for column in range(width):
            direction = Vec((column - width / 2) / width, (height / 2 - row) / width, 1.0).unit()
            total += scene.trace(eye, direction, 3)
    return total

print(f"{render(200, 150):.6f}")
