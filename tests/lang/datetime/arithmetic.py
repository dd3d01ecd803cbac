# Local time with folds and gaps, calendar conversions, exact arithmetic.
import os
import time as time_module
os.environ['TZ'] = 'Europe/Berlin'
time_module.tzset()
from datetime import *
seed = 12345

def rnd(n):
    global seed
    seed = (seed * 1103515245 + 12345) % (1 << 31)
    return seed % n

h = 0
out = []
for i in range(200):
    ts = rnd(2000000000) - 200000000 + rnd(1000) / 1000
    d = datetime.fromtimestamp(ts)
    out.append((repr(d), d.timestamp(), repr(d.astimezone(timezone.utc)), repr(d.astimezone()), d.fold))
for base in (1572137999, 1585443600, 1603587600, 1616893200):
    for k in range(-8000, 8000, 250):
        d = datetime.fromtimestamp(base + k)
        out.append((repr(d), d.timestamp(), repr(d.astimezone())))
for hh in range(0, 5):
    for f in (0, 1):
        for day in ((2020, 3, 29), (2020, 10, 25)):
            d = datetime(*day, hh, 30, fold=f)
            out.append((repr(d), d.timestamp(), repr(d.astimezone()), d.isoformat(), hash(d) == hash(d.replace(fold=0))))
for x in out:
    print(x)
for y in range(1, 9999, 377):
    for m, dd in ((1, 1), (12, 31), (2, 28), (3, 1)):
        d = date(y, m, dd)
        print(d, d.toordinal(), d.isocalendar()[:], d.weekday(), date.fromordinal(d.toordinal()) == d)
tot = 0
for i in range(150):
    a = timedelta(rnd(2000) - 1000, rnd(100000) - 50000, rnd(10 ** 7))
    b = timedelta(rnd(20) - 10, rnd(100000) - 50000, rnd(10 ** 7))
    n = rnd(2000) - 1000
    print(a + b, a - b, a * n, a // b if b else 0, a % b if b else 0, a / b if b else 0, a / n if n else 0, a // n if n else 0, a * (n / 7), a / (n / 7) if n else 0, a < b, -a, abs(b), a.total_seconds())
