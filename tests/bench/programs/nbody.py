"""Planets that attract each other (after the Computer Language Benchmarks Game's n-body)."""
from math import pi

SOLAR_MASS = 4 * pi * pi
YEAR = 365.24

# position, velocity per day, mass in suns
SUN = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, SOLAR_MASS]
PLANETS = [
    (4.84143144246472090e+00, -1.16032004402742839e+00, -1.03622044471123109e-01,
     1.66007664274403694e-03, 7.69901118419740425e-03, -6.90460016972063023e-05, 9.54791938424326609e-04),
    (8.34336671824457987e+00, 4.12479856412430479e+00, -4.03523417114321381e-01,
     -2.76742510726411170e-03, 4.99852801234917238e-03, 2.30417297573763929e-05, 2.85885980666130812e-04),
    (1.28943695621391310e+01, -1.51111514016986312e+01, -2.23307578892655734e-01,
     2.96460137564761618e-03, 2.37847173959480950e-03, -2.96589568540237556e-05, 4.36624404335156298e-05),
    (1.53796971148509165e+01, -2.59193146099879641e+01, 1.79258772950371181e-01,
     2.68067772490389322e-03, 1.62824170038242295e-03, -9.51592254519715870e-05, 5.15138902046611451e-05),
]

def system():
    bodies = [list(SUN)]
    for x, y, z, vx, vy, vz, mass in PLANETS:
        bodies.append([x, y, z, vx * YEAR, vy * YEAR, vz * YEAR, mass * SOLAR_MASS])
    for axis in (3, 4, 5):
        bodies[0][axis] = -sum(b[axis] * b[6] for b in bodies) / SOLAR_MASS
    return bodies

def energy(bodies):
    e = 0.0
    for i, b in enumerate(bodies):
        e += 0.5 * b[6] * (b[3] * b[3] + b[4] * b[4] + b[5] * b[5])
        for c in bodies[i + 1:]:
            dx, dy, dz = b[0] - c[0], b[1] - c[1], b[2] - c[2]
            e -= b[6] * c[6] / (dx * dx + dy * dy + dz * dz) ** 0.5
    return e

def advance(bodies, dt, steps):
    pairs = [(bodies[i], bodies[j]) for i in range(len(bodies)) for j in range(i + 1, len(bodies))]
    for _ in range(steps):
        for b, c in pairs:
            dx = b[0] - c[0]
            dy = b[1] - c[1]
            dz = b[2] - c[2]
            squared = dx * dx + dy * dy + dz * dz
            magnitude = dt / (squared * squared ** 0.5)
            mb = b[6] * magnitude
            mc = c[6] * magnitude
            b[3] -= dx * mc
            b[4] -= dy * mc
            b[5] -= dz * mc
            c[3] += dx * mb
            c[4] += dy * mb
            c[5] += dz * mb
        for b in bodies:
            b[0] += dt * b[3]
            b[1] += dt * b[4]
            b[2] += dt * b[5]

bodies = system()
print(f"{energy(bodies):.9f}")
advance(bodies, 0.01, 20_000)
print(f"{energy(bodies):.9f}")
