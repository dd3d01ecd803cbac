"""Formatting: f-strings with and without format specifications, the % operator, str.format."""

def run(n):
    total = 0
    for i in range(n):
        name, price = "item", i / 7
        total += len(f"{name}-{i}")
        total += len(f"{i:08d}|{price:.2f}|{name:>10}|{i:x}")
        total += len(f"{name!r} costs {price:10.3f} each; {i + 1} left")
        total += len("%s=%d (%5.1f)" % (name, i, price))
        total += len("{}/{:>6}/{key}".format(i, name, key=price > 3))
    return total

print(run(50_000))
