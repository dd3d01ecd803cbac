"""Digits of pi by an unbounded spigot of big integers (after the Computer Language Benchmarks Game)."""

def digits(count):
    out = []
    k, a, b, a1, b1 = 2, 4, 1, 12, 4
    while len(out) < count:
        p, q, k = k * k, 2 * k + 1, k + 1
        a, b, a1, b1 = a1, b1, p * a + q * a1, p * b + q * b1
        d, d1 = a // b, a1 // b1
        while d == d1 and len(out) < count:
            out.append(str(d))
            a, a1 = 10 * (a % b), 10 * (a1 % b1)
            d, d1 = a // b, a1 // b1
    return "".join(out)

print(digits(3000)[-20:])
