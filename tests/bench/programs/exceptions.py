"""Exceptions: raised and caught near and far, try blocks that do not raise, finally, own classes."""

class NotFound(Exception):
    def __init__(self, key):
        super().__init__(key)
        self.key = key

def lookup(table, key):
    try:
        return table[key]
    except KeyError:
        raise NotFound(key) from None

def deep(n):
    if n == 0:
        raise ValueError("bottom")
    return deep(n - 1) + 1

def run(n):
    table = {i: i for i in range(0, 100, 2)}
    total = 0
    for i in range(n):
        try:
            total += lookup(table, i % 100)
        except NotFound as e:
            total += e.key
        try:
            total += int("7")
        except ValueError:
            total = 0
        finally:
            total += 1
        if i % 10 == 0:
            try:
                deep(10)
            except (TypeError, ValueError) as e:
                total += len(e.args)
    return total

print(run(250_000))
