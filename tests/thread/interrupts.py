"""Ctrl-C ends the main thread's wait, whatever it waits in; the status is that of a death by SIGINT."""

import signal
import subprocess
import sys
import time
from harness import check, done

signal.signal(signal.SIGINT, signal.default_int_handler)  # it may have been ignored, which children would inherit
WAITS = {
    'sleep': 'import time; ready(); time.sleep(30)',
    'lock': 'import threading; l = threading.Lock(); l.acquire(); ready(); l.acquire()',
    'lock with time-out': 'import threading; l = threading.Lock(); l.acquire(); ready(); l.acquire(timeout=30)',
    'join': 'import threading, time; t = threading.Thread(target=time.sleep, args=(30,), daemon=True); t.start(); ready(); t.join()',
    'event': 'import threading; e = threading.Event(); ready(); e.wait()',
    'condition': 'import threading; c = threading.Condition(); c.acquire(); ready(); c.wait(30)',
    'queue': 'import queue; q = queue.Queue(); ready(); q.get()',
    'simple queue': 'import queue; q = queue.SimpleQueue(); ready(); q.get()',
    'input': 'ready(); input()',
    'read': 'import os; r, w = os.pipe(); ready(); os.read(r, 1)',
    'select': 'import select, os; r, w = os.pipe(); ready(); select.select([r], [], [])',
    'poll': 'import select, os; r, w = os.pipe(); p = select.poll(); p.register(r); ready(); p.poll()',
    'accept': 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(); ready(); s.accept()',
    'process': 'import subprocess; p = subprocess.Popen(["sleep", "30"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n'
               'ready()\ntry: p.wait()\nfinally: p.kill()',
    'asyncio': 'import asyncio\nasync def main():\n    ready()\n    await asyncio.sleep(30)\nasyncio.run(main())',
    'pause': 'import signal; ready(); signal.pause()',
    'loop': 'ready()\nwhile True: pass',
    'busy thread': 'import threading\nthreading.Thread(target=lambda: [0 for x in iter(int, 1)], daemon=True).start()\nready()\nthreading.Event().wait()',
    'own handler': 'import signal, time\nsignal.signal(signal.SIGINT, lambda s, f: print("got"))\nready(); time.sleep(2); print("end")',
    'caught': 'import time\ntry:\n    ready()\n    time.sleep(30)\nexcept KeyboardInterrupt: print("caught")',
    'handler exits': 'import signal, sys, time\nsignal.signal(signal.SIGINT, lambda s, f: sys.exit(7))\nready(); time.sleep(30)',
    'shutdown': 'import threading, time\nthreading.Thread(target=time.sleep, args=(1.5,)).start()\nready()',
}
OTHER = {'own handler': (0, 'got\nend\n', ''), 'caught': (0, 'caught\n', ''), 'handler exits': (7, '', ''), 'shutdown': (0, '', None)}
PREFIX = 'def ready():\n    import sys\n    print("ready", flush=True)\n'
options = [f'-X{name}={value}' for name, value in sys._xoptions.items()]

names = list(WAITS)
for group in [names[i:i + 6] for i in range(0, len(names), 6)]:
    processes = {}
    for name in group:
        processes[name] = subprocess.Popen([sys.executable, *options, '-c', PREFIX + WAITS[name]], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                           stderr=subprocess.PIPE, text=True, start_new_session=True)
    for name, p in processes.items():
        check(p.stdout.readline() == 'ready\n', name)
    time.sleep(0.2)
    for p in processes.values():
        p.send_signal(signal.SIGINT)
    for name, p in processes.items():
        p.wait(60)
        out, err = p.stdout.read(), p.stderr.read()
        for stream in (p.stdin, p.stdout, p.stderr):
            stream.close()
        status, expected, error = OTHER.get(name, (-signal.SIGINT, '', 'KeyboardInterrupt\n'))
        check(p.returncode == status and out == expected, name, p.returncode, out, err)
        check(error is None or (err.endswith(error) if error else err == ''), name, err)
done()
