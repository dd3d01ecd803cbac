"""Floating-point arithmetic: sums, a polynomial, Newton's method, functions of the math module."""
import math

def newton(limit):
    total = 0.0
    for i in range(1, limit):
        x = a = float(i)
        for _ in range(8):
            x = 0.5 * (x + a / x)
        total += x
    return total

def polynomial(n):
    x, total = 0.0, 0.0
    step = 1.0 / n
    for _ in range(n):
        total += ((2.0 * x - 3.0) * x + 4.0) * x - 1.5
        x += step
    return total

def waves(n):
    total = 0.0
    for i in range(n):
        total += math.sin(i * 0.01) * math.sqrt(i) + math.hypot(i, 3.0)
    return total

print(round(newton(60_000), 6))
print(round(polynomial(300_000), 6))
print(round(waves(150_000), 6))
