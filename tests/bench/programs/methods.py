"""Method calls: own, inherited, through super, class and static methods, bound methods kept in a variable."""

class Counter:
    def __init__(self):
        self.value = 0

    def bump(self):
        self.value += 1

    def add(self, n):
        self.value += n
        return self.value

    @classmethod
    def name_length(cls):
        return len(cls.__name__)

    @staticmethod
    def double(n):
        return n * 2

class Loud(Counter):
    def add(self, n):
        return super().add(n) + 1

def run(n):
    c, d = Counter(), Loud()
    bound = c.add
    total = 0
    for i in range(n):
        c.bump()
        d.bump()
        total += c.add(i) & 7
        total += d.add(i) & 7
        total += bound(1) & 3
        total += c.name_length() + c.double(i)
    return total

print(run(250_000))
