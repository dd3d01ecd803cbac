"""Counts down in a while loop: the smallest CPU-bound task, as often as programs that explain the lock do."""

def countdown(n):
    while n > 0:
        n -= 1
    return n

print(countdown(20_000_000))
