"""Products around the places where a product needs more bits: by a loop's variables, by a constant, and by shifts and sums."""

edge = 1 << 48
factors = [0, 1, 2, 3, 7, 181, 32767, (1 << 24) - 1, 1 << 24, (1 << 24) + 1, 16777213, 94906265, 94906266,
           edge // 3, 3 << 46, edge // 2, edge // 2 + 1, edge - 1, edge, 1 << 62, 1 << 63, 1 << 90]
factors += [-factor for factor in factors]


def by_shifts(a, b):
    total, place = 0, 0
    while abs(b) >> place:
        if abs(b) >> place & 1:
            total += abs(a) << place
        place += 1
    return -total if (a < 0) != (b < 0) else total


for b in factors:
    by_constant = eval(f"lambda a: a * ({b})")
    for a in factors:
        product = a * b
        if not product == by_constant(a) == by_shifts(a, b):
            print(a, b, product, by_constant(a), by_shifts(a, b))
print(len(factors) ** 2, "products")
