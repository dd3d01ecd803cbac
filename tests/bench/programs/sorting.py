"""Sorting: numbers, text, keys, reverse, tuples, partly ordered data; and a sort written in Python."""
import random
from operator import itemgetter

def quicksort(items, low, high):
    while low < high:
        pivot, i, j = items[(low + high) // 2], low, high
        while i <= j:
            while items[i] < pivot:
                i += 1
            while items[j] > pivot:
                j -= 1
            if i <= j:
                items[i], items[j] = items[j], items[i]
                i += 1
                j -= 1
        quicksort(items, low, j)
        low = i

random.seed(7)
numbers = [random.randrange(1_000_000) for _ in range(60_000)]
floats = [n / 7 for n in numbers]
words = [f"w{n % 5000}" for n in numbers]
records = [(n % 100, w, n) for n, w in zip(numbers, words)]
print(sorted(numbers)[1000], sorted(floats, reverse=True)[0] > 0, sorted(words)[500])
print(sorted(records)[0][2] >= 0, sorted(records, key=itemgetter(2))[5][2])
print(sorted(words, key=len)[0], sorted(numbers, key=lambda n: -n)[0])
print(sorted(sorted(numbers) + numbers[:1000])[77])
own = numbers[:20_000]
quicksort(own, 0, len(own) - 1)
print(own == sorted(numbers[:20_000]))
