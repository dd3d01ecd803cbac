"""Random games of Go on a small board: groups and liberties, captures, scoring by flood fill."""
import random

SIZE = 9
POINTS = SIZE * SIZE
NEIGHBOURS = [[p + d for d, ok in ((-1, p % SIZE > 0), (1, p % SIZE < SIZE - 1), (-SIZE, p >= SIZE), (SIZE, p < POINTS - SIZE)) if ok]
              for p in range(POINTS)]

class Board:
    def __init__(self):
        self.stones = [0] * POINTS
        self.ko = -1
        self.captured = [0, 0, 0]

    def group(self, point):
        colour = self.stones[point]
        seen, liberties, todo = {point}, set(), [point]
        while todo:
            for n in NEIGHBOURS[todo.pop()]:
                stone = self.stones[n]
                if stone == 0:
                    liberties.add(n)
                elif stone == colour and n not in seen:
                    seen.add(n)
                    todo.append(n)
        return seen, liberties

    def is_eye(self, point, colour):
        return all(self.stones[n] == colour for n in NEIGHBOURS[point])

    def play(self, point, colour):
        if self.stones[point] or point == self.ko:
            return False
        self.stones[point] = colour
        taken = set()
        for n in NEIGHBOURS[point]:
            if self.stones[n] == 3 - colour and n not in taken:
                group, liberties = self.group(n)
                if not liberties:
                    taken |= group
        for n in taken:
            self.stones[n] = 0
        if not taken and not self.group(point)[1]:
            self.stones[point] = 0
            return False
        self.ko = next(iter(taken)) if len(taken) == 1 else -1
        self.captured[colour] += len(taken)
        return True

    def score(self, colour):
        return sum(1 for p in range(POINTS) if self.stones[p] == colour or (not self.stones[p] and self.is_eye(p, colour)))

def game(limit):
    board, colour, passes = Board(), 1, 0
    for _ in range(limit):
        points = list(range(POINTS))
        random.shuffle(points)
        for p in points:
            if not board.is_eye(p, colour) and board.play(p, colour):
                passes = 0
                break
        else:
            passes += 1
            if passes == 2:
                break
        colour = 3 - colour
    return board.score(1) - board.score(2), board.captured[1] + board.captured[2]

random.seed(42)
print([game(160) for _ in range(12)])
