"""Arithmetic on small integers: Collatz chains, greatest common divisors, bit tricks."""

def collatz(limit):
    best = best_start = 0
    for start in range(1, limit):
        n, steps = start, 0
        while n != 1:
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            steps += 1
        if steps > best:
            best, best_start = steps, start
    return best, best_start

def gcd(a, b):
    while b:
        a, b = b, a % b
    return a

def xorshift(n):
    x, total = 2463534242, 0
    for _ in range(n):
        x ^= (x << 13) & 0xFFFFFFFF
        x ^= x >> 17
        x ^= (x << 5) & 0xFFFFFFFF
        total += x & 0xFF
    return total

print(collatz(16_000))
print(sum(gcd(a, b) for a in range(1, 300) for b in range(1, 300)))
print(xorshift(600_000))
