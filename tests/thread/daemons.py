"""Daemon threads that are busy while the interpreter ends: it ends, with its status, and says nothing."""

import os
import subprocess
import sys
import time
from harness import SECONDS, check, done

BODIES = {
    'busy': 'while True: pass',
    'allocating': 'while True: x = [[i] for i in range(100)]',
    'sleeping': 'while True: time.sleep(0.0001)',
    'waiting': 'threading.Event().wait()',
    'locking': 'while True:\n        with lock: shared.append(1); shared.pop()',
    'queue': 'while True: q.put(1); q.get()',
    'printing': 'while True: print("x", file=null)',
    'exceptions': 'while True:\n        try: 1 / 0\n        except ZeroDivisionError: pass',
    'collecting': 'while True: gc.collect()',
    'starting': 'while True:\n        try: threading.Thread(target=int, daemon=True).start()\n        except RuntimeError: time.sleep(0.01)',
}
PROGRAM = '''
import atexit, gc, os, queue, sys, threading, time
lock, shared, q, null = threading.Lock(), [], queue.SimpleQueue(), open(os.devnull, 'w')
class Late:
    def __del__(self, time=time):
        time.sleep(0.002)
late = Late()
def body():
    {body}
for _ in range({count}):
    threading.Thread(target=body, daemon=True).start()
atexit.register(lambda: time.sleep(0.002))
time.sleep({delay})
{ending}
'''
ENDINGS = [('', 0), ('sys.exit(3)', 3), ('raise SystemExit("bye")', 1)]
end = time.monotonic() + SECONDS
rounds = 0
options = [f'-X{name}={value}' for name, value in sys._xoptions.items()]
while rounds == 0 or time.monotonic() < end:
    for i, (kind, body) in enumerate(BODIES.items()):
        ending, status = ENDINGS[(i + rounds) % 3]
        program = PROGRAM.format(body=body, count=1 + (i + rounds) % 3, delay=[0, 0.01, 0.002][rounds % 3], ending=ending)
        result = subprocess.run([sys.executable, *options, '-c', program], capture_output=True, text=True, timeout=100)
        check(result.returncode == status, kind, result.returncode, result.stderr)
        check(result.stderr.strip() in ('', 'bye'), kind, result.stderr)
        if rounds and time.monotonic() > end:
            break
    rounds += 1
done()
