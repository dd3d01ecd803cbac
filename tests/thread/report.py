"""The record of who had the lock: its sums are exact, its events in order, and --gil-report prints them."""

import os
import subprocess
import sys
import threading
import time
from baton import gil
from harness import check, done

options = [f'-X{name}={value}' for name, value in sys._xoptions.items()]
lock = threading.Lock()


def compute():
    end = time.monotonic() + 0.3
    while time.monotonic() < end:
        pass


def sleep():
    for _ in range(10):
        time.sleep(0.01)


def wait():
    with lock:
        pass


lock.acquire()
with gil.recording():
    start = time.monotonic()
    threads = [threading.Thread(target=f, name=name) for f, name in [(compute, 'compute 1'), (compute, 'compute 2'), (sleep, 'sleeper'), (wait, 'waiter')]]
    for t in threads:
        t.start()
    time.sleep(0.1)
    lock.release()
    for t in threads:
        t.join()
    wall = time.monotonic() - start

rows = {row.name: row for row in gil.threads()}
check({'MainThread', 'compute 1', 'compute 2', 'sleeper', 'waiter'} <= set(rows), rows)
enabled = gil.enabled()
check(enabled == sys._is_gil_enabled())
for row in rows.values():
    check(row.holding >= 0 and row.waiting >= 0 and row.blocked >= 0)
    check(row.holding + row.waiting + row.blocked <= wall + 0.05, row, wall)
    if row.name != 'MainThread':
        check(row.ended and sum(row.drops.values()) == row.takes, row)
        check(row.drops['end'] == 1, row)
if enabled:
    check(sum(row.holding for row in rows.values()) <= wall + 0.01, rows, wall)
    check(rows['compute 1'].drops['interval'] + rows['compute 2'].drops['interval'] >= 2, rows)
check(rows['sleeper'].drops['sleep'] == 10 and rows['sleeper'].blocked >= 0.09, rows['sleeper'])
check(rows['waiter'].drops['lock'] >= 1 and rows['waiter'].blocked >= 0.05, rows['waiter'])
check(rows['compute 1'].holding > 0.02, rows['compute 1'])

events = gil.events()
check([e.order for e in events] == sorted({e.order for e in events}))
holder = None
for e in events:
    if enabled and e.kind == 'got':
        check(holder is None or holder == e.thread, 'two have the lock', e)
        holder = e.thread
    elif e.kind == 'gave up':
        check(e.reason in gil.REASONS)
        holder = None
lines = gil.report().splitlines()
check(lines[1].split()[:4] == ['thread', 'holding', 'waiting', 'blocked'], lines[1])
check(len(lines) == 2 + len(gil.threads()))

# The option: the same table on stderr at the end, whatever the program does.
for program, status in [('import threading\nt = threading.Thread(target=sum, args=[range(10**5)], name="adder")\nt.start()\nt.join()\nprint(3)', 0),
                        ('import sys\nsys.exit(4)', 4), ('1/0', 1)]:
    result = subprocess.run([sys.executable, *options, '--gil-report', '-c', program], capture_output=True, text=True, timeout=60)
    check(result.returncode == status, result)
    check('holding' in result.stderr and 'MainThread' in result.stderr, result.stderr)
    check(('adder' in result.stderr) == (status == 0))

# The switch interval is kept.
sys.setswitchinterval(0.02)
check(abs(sys.getswitchinterval() - 0.02) < 1e-9)
for bad in (0, -1):
    try:
        sys.setswitchinterval(bad)
        check(False)
    except ValueError as e:
        check(str(e) == 'switch interval must be strictly positive')
for arguments, environment, expected in [((), '0', False), ((), '1', True), (('-Xgil=1',), '0', True), (('-Xgil=0',), '1', False), (('-E',), '0', True)]:
    result = subprocess.run([sys.executable, *arguments, '-c', 'import sys; print(sys._is_gil_enabled())'], env={**os.environ, 'PYTHON_GIL': environment},
                            capture_output=True, text=True, timeout=60)
    check(result.stdout == f'{expected}\n', arguments, environment, result)
done()
