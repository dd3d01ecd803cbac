"""Loops over built-in iterators: range, enumerate, zip, map, filter, reversed, sum, any, all, min, max."""

def run(rounds):
    data = list(range(500))
    other = data[::-1]
    total = 0
    for r in range(rounds):
        for i, v in enumerate(data):
            total += i ^ v
        for a, b in zip(data, other):
            total += a - b
        for v in reversed(data):
            total -= v
        total += sum(map(lambda x: x + 1, data)) + len(list(filter(None, data)))
        total += any(v > 400 for v in data) + all(v >= 0 for v in data)
        total += min(other) + max(data) + sum(data)
        total += sum(a * b for a, b in zip(data, other))
    return total

print(run(1_500))
