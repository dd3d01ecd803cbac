"""Sudoku by constraint propagation and search over sets of digits kept in strings (after Peter Norvig's essay)."""

DIGITS = "123456789"
ROWS = "ABCDEFGHI"

def cross(a, b):
    return [x + y for x in a for y in b]

SQUARES = cross(ROWS, DIGITS)
UNITS = ([cross(ROWS, c) for c in DIGITS] + [cross(r, DIGITS) for r in ROWS] +
         [cross(rs, cs) for rs in ("ABC", "DEF", "GHI") for cs in ("123", "456", "789")])
UNITS_OF = {s: [u for u in UNITS if s in u] for s in SQUARES}
PEERS = {s: set(sum(UNITS_OF[s], [])) - {s} for s in SQUARES}

def assign(values, square, digit):
    others = values[square].replace(digit, "")
    return values if all(eliminate(values, square, d) for d in others) else None

def eliminate(values, square, digit):
    if digit not in values[square]:
        return values
    values[square] = values[square].replace(digit, "")
    if not values[square]:
        return None
    if len(values[square]) == 1:
        last = values[square]
        if not all(eliminate(values, other, last) for other in PEERS[square]):
            return None
    for unit in UNITS_OF[square]:
        places = [s for s in unit if digit in values[s]]
        if not places:
            return None
        if len(places) == 1 and not assign(values, places[0], digit):
            return None
    return values

def solve(grid):
    values = {s: DIGITS for s in SQUARES}
    for square, ch in zip(SQUARES, grid):
        if ch in DIGITS and not assign(values, square, ch):
            return None
    return search(values)

def search(values):
    if values is None:
        return None
    if all(len(values[s]) == 1 for s in SQUARES):
        return values
    _, square = min((len(values[s]), s) for s in SQUARES if len(values[s]) > 1)
    for digit in values[square]:
        found = search(assign(values.copy(), square, digit))
        if found:
            return found
    return None

GRIDS = ["4.....8.5.3..........7......2.....6.....8.4......1.......6.3.7.5..2.....1.4......",
         "..3.2.6..9..3.5..1..18.64....81.29..7.......8..67.82....26.95..8..2.3..9..5.1.3..",
         "52...6.........7.13...........4..8..6......5...........418.........3..2...87.....",
         "6.....8.3.4.7.................5.4.7.3..2.....1.6.......2.....5.....8.6......1...."]
for grid in GRIDS * 4:
    solved = solve(grid)
    print("".join(solved[s] for s in SQUARES))
