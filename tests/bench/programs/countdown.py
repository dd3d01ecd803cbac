"""Counts down in a while loop: the smallest CPU-bound task."""

def countdown(n):
    while n > 0:
        n -= 1
    return n

print(countdown(6_000_000))
