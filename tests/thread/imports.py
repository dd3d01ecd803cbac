"""Threads import the same modules at once: each module is executed once, and nobody sees it half made."""

import importlib
import os
import shutil
import sys
import tempfile
import threading
import time
from harness import SECONDS, WATCHDOG, check, done, race

folder = tempfile.mkdtemp()
sys.path.insert(0, folder)
log = []
sys.modules['import_log'] = type(sys)('import_log')
sys.modules['import_log'].log = log
MODULES = 24


def source(i):
    other = (i + 1) % MODULES
    circular = f'\nimport stress_{other}' if i % 4 else ''
    return f'''import import_log
import_log.log.append({i}){circular}
total = 0
for n in range(2000):
    total += n
value = {i}
def function():
    return value
'''


for i in range(MODULES):
    with open(os.path.join(folder, f'stress_{i}.py'), 'w') as f:
        f.write(source(i))
os.mkdir(os.path.join(folder, 'stress_package'))
with open(os.path.join(folder, 'stress_package', '__init__.py'), 'w') as f:
    f.write('from . import one\nfrom .two import thing\n')
for name in ('one', 'two'):
    with open(os.path.join(folder, 'stress_package', f'{name}.py'), 'w') as f:
        f.write('from . import one\nthing = 3\n')

gate = threading.Barrier(4)
rounds = [0]


def work(number):
    if gate.wait(WATCHDOG / 2) == 0:
        for name in [n for n in sys.modules if n.startswith('stress_')]:
            del sys.modules[name]
        log.clear()
        importlib.invalidate_caches()
        rounds[0] += 1
    gate.wait(WATCHDOG / 2)
    for i in range(MODULES):
        name = f'stress_{(i * 5 + number * 6) % MODULES}'
        module = __import__(name)
        check(module.value == int(name[7:]) and module.function() == module.value and module.total == 1999000, name)
    import stress_package
    import stress_package.two
    check(stress_package.two.thing == stress_package.thing == 3)
    from stress_package import one
    check(one.thing == 3)
    gate.wait(WATCHDOG / 2)
    check(sorted(log) == list(range(MODULES)), sorted(log))
    gate.wait(WATCHDOG / 2)


# The number of rounds must be the same for all: one thread decides.
stop = []


def all_rounds(number):
    end = time.monotonic() + SECONDS * 0.6
    while True:
        if number == 0 and time.monotonic() > end:
            stop.append(True)
        gate.wait(WATCHDOG / 2)
        if stop:
            break
        work(number)


failures = []


def guarded(number):
    try:
        all_rounds(number)
    except BaseException as e:
        failures.append(e)
        gate.abort()


threads = [threading.Thread(target=guarded, args=(i,)) for i in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
if failures:
    raise failures[0]
check(rounds[0] >= 1)

NAMES = ['json', 'csv', 'decimal', 'fractions', 'statistics', 'textwrap', 'string', 'heapq', 'bisect', 'random', 'colorsys', 'calendar', 'datetime',
         'difflib', 'html', 'ipaddress', 'shlex', 'uuid', 'zipfile', 'configparser']


def library(number):
    for name in NAMES[number:] + NAMES[:number]:
        module = importlib.import_module(name)
        check(module.__name__ == name)


race(library, copies=4, share=0.3)
shutil.rmtree(folder)
done()
