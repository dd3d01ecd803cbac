# How many primes there are, a block of numbers at a time: lists, loops and remainders.
SIZE = 240
BLOCK = 100


def work(blocks):
    total = 0
    for block in range(blocks):
        for number in range(block * BLOCK + 2, (block + 1) * BLOCK + 2):
            divisors = [d for d in range(2, int(number**0.5) + 1) if number % d == 0]
            total += not divisors
    return total
