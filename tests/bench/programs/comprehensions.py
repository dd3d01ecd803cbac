"""List, dict, set and nested comprehensions, with conditions."""

def run(rounds):
    total = 0
    for r in range(rounds):
        squares = [i * i for i in range(1000)]
        even = [s for s in squares if s % 2 == 0]
        table = {i: s for i, s in enumerate(even)}
        digits = {s % 10 for s in squares}
        matrix = [[x + y for x in range(20)] for y in range(20)]
        flat = [v for row in matrix for v in row if v & 1]
        total += len(even) + len(table) + len(digits) + sum(flat) + r
    return total

print(run(1_500))
