"""Calls of every shape: positional, keyword, defaults, star arguments, keyword-only."""

def plain(a, b, c):
    return a + b - c

def defaults(a, b=2, c=3):
    return a + b + c

def keyword_only(a, *, scale=1, offset=0):
    return a * scale + offset

def collect(*args, **kwargs):
    return len(args) + len(kwargs)

def forward(*args, **kwargs):
    return plain(*args, **kwargs)

def run(n):
    total = 0
    for i in range(n):
        total += plain(i, 1, 2)
        total += plain(i, c=1, b=2)
        total += defaults(i)
        total += defaults(i, 5)
        total += defaults(i, c=7)
        total += keyword_only(i, scale=2, offset=1)
        total += collect(i, i, x=1)
        total += forward(i, 1, c=2)
        total += len("abc") + abs(-i) + max(i, 3)
    return total

print(run(200_000))
