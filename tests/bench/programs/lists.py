"""Lists: append, pop, insert, slices, reversal, search, concatenation, nested access."""

def stack(n):
    items = []
    for i in range(n):
        items.append(i)
        if i % 3 == 0:
            items.pop()
    return len(items)

def rotate(n):
    items = list(range(100))
    for _ in range(n):
        items.insert(0, items.pop())
        items[10:20] = items[10:20][::-1]
    return items[:5]

def grid(size, rounds):
    cells = [[(x * y) % 7 for x in range(size)] for y in range(size)]
    total = 0
    for _ in range(rounds):
        for y in range(1, size - 1):
            row, above, below = cells[y], cells[y - 1], cells[y + 1]
            for x in range(1, size - 1):
                total += row[x] + above[x] + below[x] + row[x - 1] + row[x + 1]
                row[x] = total % 7
    return total

def search(n):
    items = [i * 3 for i in range(200)]
    return sum(items.index(3 * (i % 200)) for i in range(n)) + sum(i in items for i in range(n))

print(stack(900_000))
print(rotate(150_000))
print(grid(60, 150))
print(search(30_000))
