"""A hexagonal puzzle solved by constraint search: each tile's number says how many neighbours it has."""

SIDE = 3
LEVEL = {0: 1, 1: 0, 2: 2, 3: 4, 4: 3, 5: 2, 6: 1}  # how many tiles of each number

def hexagon(side):
    cells = []
    for r in range(-side + 1, side):
        for q in range(-side + 1, side):
            if abs(q + r) < side:
                cells.append((q, r))
    where = {cell: i for i, cell in enumerate(cells)}
    around = []
    for q, r in cells:
        around.append([where[c] for c in ((q + 1, r), (q - 1, r), (q, r + 1), (q, r - 1), (q + 1, r - 1), (q - 1, r + 1)) if c in where])
    return cells, around

EMPTY = 7

class Search:
    def __init__(self, around, level):
        self.around = around
        self.left = dict(level)
        self.left[EMPTY] = len(around) - sum(level.values())
        self.tiles = [None] * len(around)
        self.nodes = 0

    def consistent(self, i):
        for j in [i] + self.around[i]:
            number = self.tiles[j]
            if number is None or number == EMPTY:
                continue
            filled = free = 0
            for k in self.around[j]:
                other = self.tiles[k]
                if other is None:
                    free += 1
                elif other != EMPTY:
                    filled += 1
            if filled > number or filled + free < number:
                return False
        return True

    def place(self, i, limit):
        self.nodes += 1
        if self.nodes > limit:
            return True
        if i == len(self.tiles):
            return True
        for number in sorted(self.left, reverse=True):
            if not self.left[number]:
                continue
            self.left[number] -= 1
            self.tiles[i] = number
            if self.consistent(i) and self.place(i + 1, limit):
                return True
            self.left[number] += 1
            self.tiles[i] = None
        return False

cells, around = hexagon(SIDE)
for _ in range(8):
    search = Search(around, LEVEL)
    print(search.place(0, 6_000), search.nodes, search.tiles)
