"""Primes by sieves: one of list cells, one of bytearray slices; and trial division."""

def list_sieve(n):
    flags = [True] * (n + 1)
    flags[0] = flags[1] = False
    i = 2
    while i * i <= n:
        if flags[i]:
            j = i * i
            while j <= n:
                flags[j] = False
                j += i
        i += 1
    return sum(flags)

def slice_sieve(n):
    flags = bytearray([1]) * (n + 1)
    flags[0:2] = b"\0\0"
    for i in range(2, int(n ** 0.5) + 1):
        if flags[i]:
            flags[i * i::i] = bytes(len(range(i * i, n + 1, i)))
    return sum(flags)

def trial(n):
    primes = [2]
    for candidate in range(3, n, 2):
        for p in primes:
            if p * p > candidate:
                primes.append(candidate)
                break
            if candidate % p == 0:
                break
    return len(primes)

print(list_sieve(1_000_000))
print(slice_sieve(400_000))
print(trial(60_000))
