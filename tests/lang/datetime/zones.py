# zoneinfo: caches, files, pickling, and conversions in many zones (from the system's database).
from zoneinfo import ZoneInfo
import zoneinfo, pickle, io
from datetime import *

def t(s):
    try:
        print(s, '->', repr(eval(s)))
    except BaseException as e:
        print(s, '!!', type(e).__name__, e)

z = ZoneInfo('Europe/Berlin')
f = open('/usr/share/zoneinfo/Europe/Paris', 'rb')
ff = ZoneInfo.from_file(f)

class S(ZoneInfo):
    pass

for s in (
    'z',
    'str(z)',
    'z.key',
    'ff.key',
    'pickle.dumps(ff)',
    'ZoneInfo()',
    'ZoneInfo(1)',
    'ZoneInfo("x",1)',
    'ZoneInfo("../x")',
    'ZoneInfo("Europe/Berlin") is z',
    'ZoneInfo.no_cache("Europe/Berlin") is z',
    'pickle.loads(pickle.dumps(z)) is z',
    'z.utcoffset(None)',
    'ZoneInfo("UTC").utcoffset(None)',
    'ZoneInfo("UTC").tzname(None)',
    'z.utcoffset(1)',
    'z.fromutc(1)',
    'z.fromutc(datetime(1,1,1))',
    'S("Europe/Berlin")',
    'S("Europe/Berlin") is S("Europe/Berlin")',
    'S("Europe/Berlin") is z',
    'ZoneInfo.clear_cache(1)',
    'ZoneInfo.clear_cache(only_keys=["Europe/Berlin"])',
    'ZoneInfo("Europe/Berlin") is z',
    'ZoneInfo.__module__,ZoneInfo.__name__',
    'z==z',
    'hash(z)==hash(z)',
    'ZoneInfo.from_file(io.BytesIO(b"xx"))',
    'ZoneInfo.from_file()',
    'ZoneInfo.from_file(open("/usr/share/zoneinfo/Europe/Paris","rb"),key="K")',
    'ZoneInfo._unpickle("UTC",False)',
    'z.__class__.__mro__',
    'z.foo',
    'setattr(z,"foo",1)',
):
    t(s)
seed = 7

def rnd(n):
    global seed
    seed = (seed * 1103515245 + 12345) % (1 << 31)
    return seed % n

for k in ('America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Europe/Berlin', 'Pacific/Apia', 'UTC'):
    q = ZoneInfo(k)
    for i in range(6):
        ts = rnd(2 ** 31 - 1) * 3 - 2000000000
        d = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=ts)
        l = d.astimezone(q)
        print(k, l, l.fold, l.tzname(), l.dst(), l.timestamp() == ts, l.replace(fold=1).utcoffset())
