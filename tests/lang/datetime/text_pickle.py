# strftime, strptime, pickling, copying.
from datetime import *
import pickle, copy, time as _t

def t(s):
    try:
        print(s, '->', repr(eval(s)))
    except BaseException as e:
        print(s, '!!', type(e).__name__, e)

d = datetime(2020, 2, 29, 12, 30, 15, 123456, tzinfo=timezone(timedelta(hours=5, minutes=30), 'X%Y'))
for s in (
    'd.strftime("%Y-%m-%d %H:%M:%S.%f %z %:z %Z %% %a %b %j")',
    'date(99,1,1).strftime("%Y %G %F %C")',
    'datetime(5,1,1).strftime("%Y")',
    'time(1,2,3,4).strftime("%H:%M:%S.%f %z|%Z|%Y")',
    'format(d,"%d.%m.")',
    'format(d,"")',
    'f"{d:%A}"',
    'd.timetuple()',
    'd.utctimetuple()',
    'date(2020,1,1).timetuple()',
    'datetime.strptime("2020-01-02 03:04:05.678 +0530","%Y-%m-%d %H:%M:%S.%f %z")',
    'datetime.strptime("a","b")',
    'datetime.strptime(1,2)',
    'timezone.utc.__reduce__()',
    'tzinfo().__reduce__()',
    'd.strftime("ä%d")',
    'd.strftime("%")',
    'd.strftime("%:")',
):
    t(s)
for o in (d, d.date(), d.time(), d.timetz(), timedelta(1, 2, 3), timezone.utc, d.tzinfo, datetime(2020, 1, 1, fold=1), time(1, fold=1, tzinfo=timezone.utc), date.today().isocalendar()):
    for p in range(6):
        x = pickle.loads(pickle.dumps(o, p))
        assert x == o and type(x) is type(o) or isinstance(o, tuple), (o, p, x)
    assert copy.copy(o) == o and copy.deepcopy(o) == o
    assert getattr(pickle.loads(pickle.dumps(o, 5)), 'fold', 0) == getattr(o, 'fold', 0)
print(pickle.loads(pickle.dumps(timezone.utc)) is timezone.utc)
import copyreg

class Sub(datetime):
    extra = 1

s = Sub(2020, 1, 1)
s.x = 5
y = pickle.loads(pickle.dumps(s))
print(repr(y), y.x if hasattr(y, 'x') else None)
print(abs((datetime.now() - datetime.fromtimestamp(_t.time())).total_seconds()) < 1, date.today() == datetime.now().date())
import warnings
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter('always')
    datetime.utcnow()
    datetime.utcfromtimestamp(0)
print([str(x.message) for x in w], [x.lineno for x in w])
print(copy.replace(d, year=2000) if hasattr(copy, 'replace') else '')
from zoneinfo import ZoneInfo
z = ZoneInfo('Europe/Berlin')
a = datetime(2020, 10, 25, 2, 30, tzinfo=z)
print(a, a.replace(fold=1), a.astimezone(timezone.utc), a.replace(fold=1).astimezone(timezone.utc), a == a.replace(fold=1), a.timestamp(), a.replace(fold=1).timestamp())
