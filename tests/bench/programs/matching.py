"""The match statement: an evaluator of expression trees and a tokens' state machine."""

class Num:
    __match_args__ = ("value",)

    def __init__(self, value):
        self.value = value

class Op:
    __match_args__ = ("sign", "left", "right")

    def __init__(self, sign, left, right):
        self.sign, self.left, self.right = sign, left, right

def evaluate(node):
    match node:
        case Num(value):
            return value
        case Op("+", left, right):
            return evaluate(left) + evaluate(right)
        case Op("*", left, right):
            return evaluate(left) * evaluate(right) % 1009
        case Op("-", left, right):
            return evaluate(left) - evaluate(right)

def tree(depth, n):
    if depth == 0:
        return Num(n % 10)
    return Op("+*-"[n % 3], tree(depth - 1, n * 2), tree(depth - 1, n * 3 + 1))

def command(words):
    match words:
        case ["go", ("north" | "south") as way]:
            return len(way)
        case ["take", thing, *rest]:
            return len(thing) + len(rest)
        case {"key": int(k), **others}:
            return k + len(others)
        case (x, y) if x == y:
            return x
        case _:
            return 0

commands = [["go", "north"], ["take", "lamp", "and", "rope"], {"key": 3, "other": 4}, (5, 5), ["unknown"], 7]
root = tree(10, 1)
print(sum(evaluate(root) for _ in range(60)))
print(sum(command(commands[i % 6]) for i in range(400_000)))
