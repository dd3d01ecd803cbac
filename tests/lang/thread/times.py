import time

print(time.gmtime(0))
print(time.gmtime(1e9 + 0.9), time.gmtime(-1).tm_year)
print(tuple(time.gmtime(951782400)), time.gmtime(951782400).tm_zone, time.gmtime(0).tm_gmtoff)
print(time.asctime((2024, 2, 29, 23, 59, 58, 3, 60, 0)), time.asctime(time.gmtime(0)))
print(time.strftime('%Y-%m-%d %H:%M:%S %j %a %A %b %B %p %I %y %%', time.gmtime(1709251198)))
print(repr(time.strftime('', time.gmtime(0))), time.strftime('ü%Yé€😀', time.gmtime(0)))
print(time.struct_time(range(9)), time.struct_time(range(11)).tm_gmtoff)
print(time.struct_time.n_fields, time.struct_time.n_sequence_fields, time.struct_time.__match_args__)
a = time.gmtime(5)
print(a == tuple(a), a[0], a[-1], a[1:3], len(a), hash(a) == hash(tuple(a)))
print(a.__reduce__()[1][1])
print(time.mktime(time.localtime(1e9)), time.tzname[0] != '', type(time.timezone), type(time.daylight))
for f, args in ((time.asctime, ((1, 2),)), (time.asctime, ('x',)), (time.asctime, ((2000, 13, 1, 0, 0, 0, 0, 1, 0),)),
                (time.asctime, ((2000, 1, 32, 0, 0, 0, 0, 1, 0),)), (time.asctime, ((2000, 1, 1, 24, 0, 0, 0, 1, 0),)),
                (time.asctime, ((2000, 1, 1, 0, 60, 0, 0, 1, 0),)), (time.asctime, ((2000, 1, 1, 0, 0, 62, 0, 1, 0),)),
                (time.strftime, ('%Y', (2000, 1, 1, 0, 0, 0, 0, 367, 0))), (time.strftime, (5,)), (time.gmtime, ('x',)), (time.gmtime, (1e300,)),
                (time.gmtime, (2 ** 70,)), (time.gmtime, (float('nan'),)), (time.sleep, (-1,)), (time.sleep, ('x',)), (time.sleep, (float('nan'),)),
                (time.sleep, (1e300,)), (time.get_clock_info, ('x',)), (time.clock_gettime, (9999,)), (time.struct_time, (range(8),)),
                (time.struct_time, (range(12),)), (time.mktime, ((1,),))):
    try:
        print(f(*args))
    except (ValueError, TypeError, OverflowError, OSError) as e:
        print(type(e).__name__, e)
for name in ('time', 'monotonic', 'perf_counter', 'process_time', 'thread_time'):
    info = time.get_clock_info(name)
    print(name, info.implementation, info.monotonic, info.adjustable, 0 < info.resolution < 1e-4)
    value, ns = getattr(time, name)(), getattr(time, name + '_ns')()
    print(type(value), type(ns), abs(value - ns / 1e9) < 1)
start = time.monotonic()
time.sleep(0.02)
print(0.02 <= time.monotonic() - start < 2)
print(time.clock_gettime(time.CLOCK_MONOTONIC) > 0, time.clock_getres(time.CLOCK_REALTIME) < 1)
print(time.strptime('2024-02-29', '%Y-%m-%d'))
