"""Dicts: building, counting words, lookups, defaults, deletion, iteration over items, keys of several types."""

WORDS = ("alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi "
         "chi psi omega").split()

def count(rounds):
    counts = {}
    for i in range(rounds):
        for word in WORDS:
            counts[word] = counts.get(word, 0) + i
    return sum(counts.values())

def numbers(n):
    squares = {}
    for i in range(n):
        squares[i * 7] = i * i
    total = 0
    for i in range(0, 7 * n, 5):
        if i in squares:
            total += squares[i]
    for key, value in squares.items():
        total += key ^ value
    for i in range(0, n, 2):
        del squares[i * 7]
    return total + len(squares)

def pairs(n):
    table = {}
    for i in range(n):
        table.setdefault((i % 50, i % 30), []).append(i)
    return sum(len(v) for v in table.values())

print(count(20_000))
print(numbers(200_000))
print(pairs(300_000))
