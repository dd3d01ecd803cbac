"""Matrices as lists of lists: product, transposition, and elimination with pivots (after SciMark's LU)."""

def multiply(a, b):
    columns = list(zip(*b))
    return [[sum(x * y for x, y in zip(row, column)) for column in columns] for row in a]

def determinant(matrix):
    rows = [row[:] for row in matrix]
    n, result = len(rows), 1.0
    for k in range(n):
        pivot = max(range(k, n), key=lambda r: abs(rows[r][k]))
        if pivot != k:
            rows[k], rows[pivot] = rows[pivot], rows[k]
            result = -result
        top = rows[k]
        result *= top[k]
        for r in range(k + 1, n):
            row = rows[r]
            factor = row[k] / top[k]
            for c in range(k, n):
                row[c] -= factor * top[c]
    return result

def example(n):
    return [[((i * 7 + j * 13) % 17) / 17.0 + (2.0 if i == j else 0.0) for j in range(n)] for i in range(n)]

product = multiply(example(150), example(150))
print(f"{sum(map(sum, product)):.6f}")
print(f"{determinant(example(160)):.6e}")
