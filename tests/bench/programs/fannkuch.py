"""Pancake flips over all permutations (after the Computer Language Benchmarks Game's fannkuch-redux)."""

def fannkuch(n):
    order = list(range(n))
    counts = [0] * n
    most = checksum = 0
    sign = 1
    while True:
        first = order[0]
        if first:
            flips = 0
            work = order[:]
            while first:
                work[:first + 1] = work[first::-1]
                flips += 1
                first = work[0]
            if flips > most:
                most = flips
            checksum += sign * flips
        if sign == 1:
            order[0], order[1] = order[1], order[0]
            sign = -1
        else:
            order[1], order[2] = order[2], order[1]
            sign = 1
            for i in range(2, n):
                if counts[i] < i:
                    counts[i] += 1
                    break
                counts[i] = 0
                if i == n - 1:
                    return checksum, most
                order.insert(i + 1, order.pop(0))

print(fannkuch(9))
