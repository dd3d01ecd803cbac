# The types of datetime: making, fields, ISO texts, subclasses, time zones.
from datetime import *
import datetime as datetime_module

def t(s):
    try:
        print(s, '->', repr(eval(s)))
    except BaseException as e:
        print(s, '!!', type(e).__name__, e)

for s in (
    'date()',
    'date(1)',
    'date(1,2,3,4)',
    'date("a",1,1)',
    'date(1.5,1,1)',
    'date(x=1)',
    'date(1,2,day=3)',
    'date(1,2,3,day=3)',
    'date(1<<40,1,1)',
    'datetime(1)',
    'datetime(1,2,3,tzinfo=1)',
    'datetime(1,2,3,4,5,6,7,None,1)',
    'time(1,tzinfo=1)',
    'time("x")',
    'timedelta("a")',
    'timedelta(x=1)',
    'timedelta(1,2,3,4,5,6,7,8)',
    'timedelta(days=10**10)',
    'timedelta(days=1e20)',
    'timedelta(days=float("nan"))',
    'timedelta(1e300)',
    'timezone(1)',
    'timezone()',
    'timezone(timedelta(0))',
    'timezone(timedelta(0),None)',
    'timezone(timedelta(0),1)',
    'timezone(timedelta(hours=1),"x")',
    'timezone(timedelta(hours=1),"x").tzname(1)',
    'timezone.utc.utcoffset(1)',
    'timezone.utc.dst(1)',
    'timezone.utc.fromutc(1)',
    'timezone.utc.fromutc(datetime(1,1,1))',
    'tzinfo().utcoffset(1)',
    'tzinfo().fromutc(1)',
    'tzinfo().fromutc(datetime(1,1,1))',
    'tzinfo().tzname(1)',
    'date.fromordinal(0)',
    'date.fromtimestamp("a")',
    'date.fromtimestamp(1e300)',
    'date.fromtimestamp(float("nan"))',
    'date.fromtimestamp(float("inf"))',
    'date.fromtimestamp(10**30)',
    'datetime.fromtimestamp("a")',
    'datetime.fromtimestamp(1,2)',
    'datetime.fromisoformat("x")',
    'datetime.fromisoformat(1)',
    'date.fromisoformat("x")',
    'date.fromisoformat(1)',
    'time.fromisoformat("x")',
    'time.fromisoformat(1)',
    'date.fromisocalendar(1,54,1)',
    'date.fromisocalendar(10**10,5,8)',
    'date(1,1,1)+timedelta(days=-1)',
    'date(1,1,1)-timedelta(days=1)',
    'datetime(1,1,1)-timedelta(days=1)',
    'date(1,1,1)==datetime(1,1,1)',
    'datetime(1,1,1)<datetime(1,1,1,tzinfo=timezone.utc)',
    'datetime(1,1,1)-datetime(1,1,1,tzinfo=timezone.utc)',
    'time(1)<time(1,tzinfo=timezone.utc)',
    'datetime.combine(1,2)',
    'datetime.combine(date(1,1,1),2)',
    'datetime(1,1,1).isoformat(timespec="ab")',
    'time(1).isoformat(timespec="ab")',
    'datetime(1,1,1).isoformat(sep=1)',
    'date(1,1,1).strftime(1)',
    'date(1,1,1).__format__(1)',
    'date(1,1,1).replace(1,2,3,4)',
    'datetime(1,1,1).replace(tzinfo=1)',
    'datetime(1,1,1).astimezone(1)',
    'date(1,1,1).isocalendar()',
    'type(date(1,1,1).isocalendar())',
    'date(1,1,1).isocalendar().__reduce__()',
    'timedelta(1)/0',
    'timedelta(1)//0',
    'timedelta(1)%timedelta(0)',
    'timedelta(1)*1.5',
    'timedelta.max+timedelta(1)',
    'timedelta.max*2',
    '-timedelta.max',
    'timedelta.min',
    'datetime.now(1)',
    'datetime(1,1,1).__reduce_ex__(4)',
    'time(1).__reduce_ex__(2)',
    'date(1,1,1).__reduce__()',
    'timezone.utc.__reduce__()',
    'timezone(timedelta(1,1)-timedelta(1)).__getinitargs__()',
    'tzinfo().__reduce__()',
    'date(b"\\x07\\xe7\\x01\\x01")',
    'date(b"\\x07\\xe7\\x0d\\x01")',
    'datetime(b"\\x07\\xe7\\x01\\x01aaaaaa")',
    'datetime(b"\\x07\\xe7\\x01\\x01\\1\\1\\1\\1\\1\\1",1)',
    'time(b"\\1\\1\\1\\1\\1\\1",1)',
    'date("\\x07\\u1234\\x01\\x01")',
    'datetime.max.timestamp()',
    'timedelta(1).__reduce__()',
    'timedelta(seconds=1).total_seconds()',
    'type(date(1,1,1).isocalendar())(1,2,3)',
    'date(1,1,1).ctime()',
    'timedelta(True)',
    'timezone.__new__(timezone)',
    'date.today(1)',
    'timezone.utc == 1',
    'time(1).utcoffset()',
    'datetime.fromtimestamp(1.5,timezone.utc)',
    'timedelta(1,2,3).__str__()',
    'timedelta(-1).__repr__()',
    'hash(timezone.utc)==hash(timedelta(0))',
    'timedelta(days=1.5)',
    'timedelta(seconds=0.0000005)',
    'timedelta(seconds=0.0000015)',
    'timedelta(microseconds=0.5)',
    'timedelta(microseconds=1.5)',
    'timedelta(weeks=1,days=2,hours=3,minutes=4,seconds=5,milliseconds=6,microseconds=7)',
    'timedelta(days=10**20,hours=-24*10**20)',
    'timedelta(days=0.1,hours=0.1,microseconds=0.3)',
    'timedelta(hours=-1)',
    'timedelta(5)//timedelta(2)',
    'timedelta(5)%timedelta(2)',
    'divmod(timedelta(5),timedelta(2))',
    'timedelta(5)/timedelta(2)',
    'timedelta(5)/2',
    'timedelta(5)/3',
    'timedelta(5)/2.5',
    'timedelta(5)*0.1',
    '3*timedelta(5)',
    'timedelta(5)//3',
    '-timedelta(1,2,3)',
    '+timedelta(1)',
    'abs(timedelta(-1,2))',
    'bool(timedelta()),bool(timedelta(1))',
    'timedelta(1)<timedelta(2),timedelta(1)==timedelta(1),timedelta(1)!=1',
    'timedelta.max',
    'timedelta.resolution',
    'timedelta(999999999)*0.5',
    'timedelta.max//7',
    'timedelta.max/7',
    'timedelta.max%timedelta(hours=7)',
    'timedelta.max.total_seconds()',
    'timedelta(microseconds=1)/timedelta(3)',
    'str(timedelta(-1,5,6))',
    'repr(timedelta(1,2,3))',
    'timedelta(1)*(10**30)',
    'timedelta(microseconds=1)*10**14',
    'datetime(2020,2,29)+timedelta(365)',
    'datetime(2020,2,29,12,30,15,123456)',
    'datetime(2020,1,1,tzinfo=timezone.utc)',
    'datetime(2020,1,1,fold=1)',
    'str(datetime(2020,1,1,1,2,3))',
    'datetime(2020,1,1,1,2,3,tzinfo=timezone(timedelta(hours=5,minutes=30))).isoformat()',
    'datetime(2020,1,1,1,2,3,45).isoformat(" ","milliseconds")',
    'datetime(2020,1,1,1,2,3,45).isoformat("ä","hours")',
    'datetime(2020,12,31).isocalendar()',
    'datetime(2021,1,3).isocalendar()',
    'date(2020,12,31).toordinal()',
    'date.fromordinal(737790)',
    'date.fromisocalendar(2020,53,5)',
    'date(2020,1,1).weekday(),date(2020,1,1).isoweekday()',
    'date.min,date.max,date.resolution',
    'date(2020,1,1)-date(2019,1,1)',
    'date(2020,1,1)+timedelta(31)',
    'timedelta(1)+date(2020,1,1)',
    'date(2020,1,1)<date(2020,1,2)',
    'hash(date(2020,1,1))==hash(date(2020,1,1))',
    'date(2020,1,1).replace(month=5)',
    'datetime(2020,1,1).replace(hour=5,fold=1)',
    'time(1,2,3,4).replace(tzinfo=timezone.utc)',
    'time(12,30).isoformat(),time(12,30,1,5).isoformat()',
    'time(1,2),time(1,2,3),time(1,2,3,4),time(fold=1),time(1,tzinfo=timezone.utc,fold=1)',
    'time(10)<time(11),time(10)==time(10)',
    'time(10,tzinfo=timezone.utc)==time(11,tzinfo=timezone(timedelta(hours=1)))',
    'hash(time(10,tzinfo=timezone.utc))==hash(time(11,tzinfo=timezone(timedelta(hours=1))))',
    'datetime(2020,1,1,10,tzinfo=timezone.utc)==datetime(2020,1,1,11,tzinfo=timezone(timedelta(hours=1)))',
    'hash(datetime(2020,1,1,10,tzinfo=timezone.utc))==hash(datetime(2020,1,1,11,tzinfo=timezone(timedelta(hours=1))))',
    'datetime(2020,1,1,tzinfo=timezone.utc)-datetime(2020,1,1,tzinfo=timezone(timedelta(hours=1)))',
    'datetime(2020,1,1,tzinfo=timezone.utc).astimezone(timezone(timedelta(hours=-5)))',
    'datetime(2020,1,1).astimezone(timezone.utc)',
    'datetime(2020,1,1).astimezone()',
    'datetime(2020,1,1).timestamp()',
    'datetime(2020,1,1,tzinfo=timezone.utc).timestamp()',
    'datetime.fromtimestamp(1577836800)',
    'datetime.fromtimestamp(1577836800.123456)',
    'datetime.fromtimestamp(-1.5)',
    'datetime.fromtimestamp(0.9999999)',
    'datetime.combine(date(2020,1,1),time(1,2,3,4,timezone.utc,fold=1))',
    'datetime.combine(date(2020,1,1),time(1),timezone.utc)',
    'datetime.combine(date(2020,1,1),time(1,tzinfo=timezone.utc),None)',
    'datetime(2020,1,1,5).date(),datetime(2020,1,1,5).time(),datetime(2020,1,1,5,tzinfo=timezone.utc).timetz()',
    'datetime(2020,1,1).ctime()',
    'timezone(timedelta(hours=-5)),timezone(timedelta(hours=-5)).tzname(None)',
    'str(timezone(timedelta(hours=5,minutes=30,seconds=10,microseconds=5)))',
    'timezone.min,timezone.max,timezone.utc',
    'timezone(timedelta(hours=1))==timezone(timedelta(hours=1),"x")',
    'datetime.min,datetime.max,datetime.resolution',
    'time.min,time.max,time.resolution',
):
    t(s)
for s in (
    '2020-01-01',
    '20200101',
    '2020-W01',
    '2020W01',
    '2020-W01-5',
    '2020W015',
    '2020-01-01T12',
    '2020-01-01 12:30',
    '2020-01-01T12:30:45',
    '2020-01-01T123045',
    '2020-01-01T12:30:45.1',
    '2020-01-01T12:30:45,123456789',
    '2020-01-01T12:30:45Z',
    '2020-01-01T12:30:45+05:30',
    '2020-01-01T12:30:45-0530',
    '2020-01-01T12:30+05:30:15.123',
    '2020-01-01T',
    '20200101T1230',
    '2020W01T12',
    '2020-W01T12',
    '2020-W01-5T12',
    '2020W015T12',
    '2020-W01-12',
    '2020-01-0112',
    '2020-13-01',
    '2020-02-30',
    '2020-01-01T24:00',
    '2020-12-31T24:00:00',
    '2020-01-01T24:01',
    '2020-01-01T25',
    '2020-01-01T12:60',
    '2020-01-01T12:30:',
    '2020-01-01T12:3',
    '2020-01-01T1',
    '2020-01-01T12:30Zx',
    '2020-01-01T12:30+',
    '2020-01-01T12:30+5',
    '2020-01-01T12:30+24:00',
    '2020-01-01T12.5',
    '2020-01-01T12:30.5',
    '2020/01/01',
    '2020-1-1',
    '٢٠٢٠-01-01',
    '2020-01-01ä12',
    '2020-0101',
    '202001-01',
    '2020-W54',
    '2020-W53',
    '2021-W53-1',
    '2020-W01-8',
    '0001-01-01',
    '9999-12-31T24:00',
    '2020-01-01T12:30:45.',
    '2020-01-01T12:30:45.12345x',
    '2020-01-01T12:30:45-00:00',
    '2020-01-01T12:30:45 +01:00',
    '2020-W011',
    '2020W01-1',
    '2020-W01-',
    '2020-W0',
):
    t('datetime.fromisoformat(%r)' % s)
    t('date.fromisoformat(%r)' % s)
for s in (
    '12',
    '1230',
    '12:30',
    'T12',
    '12:30:45.5',
    '12:30:45.123456+05:30',
    '24:00',
    '24:00:01',
    '25',
    '12:30Z',
    '12:30z',
    '',
    'T',
    '12:',
    '12:30:45+',
    '123045.25',
    '12:30:45.1234567',
):
    t('time.fromisoformat(%r)' % s)

class MyDT(datetime):

    def __new__(cls, *a, **k):
        return datetime.__new__(cls, *a, **k)

m = MyDT(2020, 1, 1, 5)
print(type(m + timedelta(1)).__name__, repr(m + timedelta(1)), type(m.replace(hour=1)).__name__, type(m.date()).__name__, type(MyDT.now()).__name__, type(MyDT.fromtimestamp(0)).__name__, type(MyDT.fromisoformat('2020-01-01')).__name__, type(MyDT.combine(date(1, 1, 1), time())).__name__, type(MyDT.today()).__name__)

class MyD(date):
    pass

print(repr(MyD(2020, 1, 1)), type(MyD(2020, 1, 1) + timedelta(1)).__name__, type(MyD.today()).__name__, type(MyD.fromordinal(1)).__name__, type(MyD.fromisoformat('2020-01-01')).__name__, str(MyD(2020, 1, 1)))

class TZ(tzinfo):

    def __init__(s, o, d=0):
        s.o = o
        s.d = d

    def utcoffset(s, dt):
        return timedelta(hours=s.o)

    def dst(s, dt):
        return timedelta(hours=s.d)

    def tzname(s, dt):
        return 'TZ%d' % s.o

z = TZ(5, 1)
d = datetime(2020, 1, 1, 12, tzinfo=z)
print(d.utcoffset(), d.dst(), d.tzname(), d.isoformat(), z.fromutc(d), d.astimezone(timezone.utc), d.hour)

class Bad(tzinfo):

    def utcoffset(s, dt):
        return 5

    def dst(s, dt):
        return timedelta(5)

    def tzname(s, dt):
        return 5

b = datetime(2020, 1, 1, tzinfo=Bad())
for f in ('b.utcoffset()', 'b.tzname()', 'str(b)', 'b==d'):
    t(f)
print(datetime(2020, 1, 1, tzinfo=None).tzinfo, d.tzinfo is z)

class Fold(tzinfo):

    def utcoffset(s, dt):
        return timedelta(hours=1 if dt.fold else 2)

    def dst(s, dt):
        return timedelta(0)

    def tzname(s, dt):
        return 'F'

x = datetime(2020, 1, 1, tzinfo=Fold())
y = datetime(2020, 1, 1, tzinfo=timezone(timedelta(hours=2)))
print(x == y, x != y, x < y, hash(x) == hash(x.replace(fold=1)))


# %Z: percent signs of the zone's name stay, and a str of another class doubles them itself
class Named(str):
    def replace(self, *args):
        return self.result


class Zone(tzinfo):
    def tzname(self, dt):
        return self.name

    def utcoffset(self, dt):
        return None

    dst = utcoffset


zone = Zone()
for zone.name, result in [('a%b', ''), ('é%', ''), (Named('x'), 'yy'), (Named('%'), '%%%%'), (Named('x'), None)]:
    if isinstance(zone.name, Named):
        zone.name.result = result
    for o in (time(1, 2, tzinfo=zone), datetime(2020, 1, 1, tzinfo=zone)):
        try:
            print(ascii(o.strftime('[%Z]')))
        except TypeError as e:
            print(e)
