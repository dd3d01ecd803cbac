"""Random DNA and the frequencies of its fragments (after the Computer Language Benchmarks Game's fasta and k-nucleotide)."""
from bisect import bisect

def randoms(seed):
    while True:
        seed = (seed * 3877 + 29573) % 139968
        yield seed / 139968

def dna(length):
    letters, cumulative = "ACGT", [0.3029549426680, 0.5009432431601, 0.6984905497992, 1.0]
    source = randoms(42)
    return "".join([letters[bisect(cumulative, next(source))] for _ in range(length)])

def frequencies(text, k):
    counts = {}
    for i in range(len(text) - k + 1):
        fragment = text[i:i + k]
        if fragment in counts:
            counts[fragment] += 1
        else:
            counts[fragment] = 1
    return counts

text = dna(150_000)
for k in (1, 2, 4, 8):
    counts = frequencies(text, k)
    best = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:3]
    print(k, len(counts), best)
print(text.translate(str.maketrans("ACGT", "TGCA"))[::-1][:30])
