"""What programs made up at random (tests/differential) found."""


def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)


class Text(str):
    def __len__(self):
        return 0


# A length of one's own decides what is true.
k = Text('abc')
print(bool(k), not k, 1 if k else 2, k and 3, any([k]), list(filter(None, [k])))
# Names of keywords are looked at before what they name.
attempt(lambda: (lambda x: x)(**{1: 2}))
attempt(lambda: (lambda x: x)(**{'a': 2, 1: 2}))
attempt(lambda: (lambda x: x)(5, **{'x': 2, 1: 2}))
attempt(lambda: (lambda **k: k)(a=1, **{1: 2}))
# Iterating comes before what sum() refuses.
attempt(lambda: sum(1, 'b'))
attempt(lambda: sum([], 'b'))
attempt(lambda: sum(iter([b'a']), b''))
