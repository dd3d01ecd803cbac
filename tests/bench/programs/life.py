"""Conway's game of life on an unbounded board: sets of cells and a Counter of neighbours."""
from collections import Counter

def step(live):
    counts = Counter((x + dx, y + dy) for x, y in live for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy)
    return {cell for cell, n in counts.items() if n == 3 or (n == 2 and cell in live)}

live = {(1, 0), (3, 1), (0, 2), (1, 2), (4, 2), (5, 2), (6, 2)}  # the acorn
for _ in range(400):
    live = step(live)
print(len(live))
