"""Building text: concatenation in a loop, characters one at a time, join, reversal, translation."""

def concatenate(n):
    s = ""
    for i in range(n):
        s += "ab"
        s += str(i)
    return len(s)

def caesar(text, shift):
    out = []
    for ch in text:
        if "a" <= ch <= "z":
            out.append(chr((ord(ch) - 97 + shift) % 26 + 97))
        else:
            out.append(ch)
    return "".join(out)

def palindromes(limit):
    return sum(1 for i in range(limit) if str(i) == str(i)[::-1])

text = "sphinx of black quartz, judge my vow. " * 500
print(concatenate(400_000))
for shift in range(1, 20):
    text = caesar(text, shift)
print(text[:37])
print(palindromes(200_000))
