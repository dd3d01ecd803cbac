# timedelta * and / ask a float for its ratio, which a subclass may give wrongly.
from datetime import timedelta


class F(float):
    ratio = None

    def as_integer_ratio(self):
        return self.ratio


for ratio in ((), (1,), (1, 2, 3), 42, "ab", None, (7, 2)):
    f = F(2)
    f.ratio = ratio
    for operation in (lambda: timedelta(1) * f, lambda: f * timedelta(1), lambda: timedelta(1) / f):
        try:
            print(ratio, operation())
        except Exception as error:
            print(ratio, type(error).__name__, error)
