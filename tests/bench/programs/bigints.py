"""Integers of hundreds and thousands of digits: products, powers, quotients, text."""
import sys

sys.set_int_max_str_digits(0)

def factorial(n):
    result = 1
    for i in range(2, n + 1):
        result *= i
    return result

def fibonacci(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a

def modular(rounds):
    p = 2**521 - 1
    x, total = 3, 0
    for i in range(rounds):
        x = (x * x + i) % p
        total ^= x >> 17
    return total

print(factorial(3_000) % (10**9 + 7))
print(len(str(fibonacci(30_000))))
print(modular(200_000) % 1_000_003)
print(pow(3, 2**1500 + 7, 2**1279 - 1) % 1_000_003)
big = 7**6000
print(sum(divmod(big, 10**k + 1)[1] % 97 for k in range(100, 600, 5)))
print(int(str(big)) == big)
