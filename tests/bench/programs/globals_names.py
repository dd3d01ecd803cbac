"""Global and built-in names in loops at module level and in functions, imports inside functions."""

LIMIT = 1000
count = 0
table = {}

def bump():
    global count
    count += 1
    return count

def use(n):
    from math import floor
    total = 0
    for i in range(n):
        total += min(i, LIMIT) + len(table) + floor(1.5)
        if isinstance(i, int) and bump() > LIMIT:
            total -= 1
    return total

for i in range(400_000):
    count += i & 1
    table[i & 63] = count

print(use(400_000), count)
