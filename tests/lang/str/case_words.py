"""Case of ASCII texts of every length, by words, against one character at a time; the questions about them; comparing by the first character."""
import random

random.seed(3)
letters = [chr(c) for c in range(128)]


def lower(c):
    return chr(ord(c) + 32) if "A" <= c <= "Z" else c


def upper(c):
    return chr(ord(c) - 32) if "a" <= c <= "z" else c


for n in list(range(0, 70)) + [500, 1100, 5000, 20000]:
    s = "".join(random.choices(letters, k=n))
    assert s.lower() == s.casefold() == "".join(map(lower, s)), s
    assert s.upper() == "".join(map(upper, s)), s
    assert s.swapcase() == "".join(upper(c) if c != upper(c) else lower(c) for c in s)
    assert s.capitalize() == (s[:1].upper() + s[1:].lower())
    assert len(s.upper()) == n and hash(s.lower()) == hash("".join(map(lower, s)))

spaces, digits = "\t\n\v\f\r\x1c\x1d\x1e\x1f ", "0123456789"
for c in letters:
    letter = "a" <= c <= "z" or "A" <= c <= "Z"
    for s in (c, c * 9):
        assert s.isalpha() == letter
        assert s.isalnum() == (letter or c in digits)
        assert s.isdigit() == s.isdecimal() == s.isnumeric() == (c in digits)
        assert s.isspace() == (c in spaces), s
        assert s.isprintable() == (" " <= c <= "~")
    assert not ("a" + c + "\n").isprintable() and (c + "a!").isalpha() is False
assert not "".isalpha() and not "".isspace() and "".isprintable()
assert "é".isalpha() and "é1".isalnum() and not "é ".isspace() and "\u2003".isspace() and "٣".isdigit()


class S(str):
    pass


for n in range(20):
    s = S("aB" * n)
    s.x = 1
    assert s.upper() == "AB" * n and s.lower() == "ab" * n and type(s.upper()) is str

texts = ["", "\0", "\0\0", "a", "aa", "ab", "b", "\xe9", "a\xe9", "\u20ac", "a\u20ac", "\U0001f600", "z" * 20, "z" * 21]
for a in texts:
    for b in texts:
        x, y = [ord(c) for c in a], [ord(c) for c in b]
        assert (a < b, a <= b, a == b, a > b, a >= b) == (x < y, x <= y, x == y, x > y, x >= y), (a, b)
    for start in range(3):
        assert a.startswith("a") == (a[:1] == "a") and a.startswith(("b", "a"), start) == (a[start:start + 1] in ("a", "b") and a[start:] != "")
print(str(7), str(-70), str(True), str(10**20), f"{12}{-345678:d}{2**47}", "%d|%i" % (10**17, -9))
