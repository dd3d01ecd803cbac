"""Processes made while threads run: the child has one thread, whole data and working locks."""

import os
import subprocess
import sys
import threading
import warnings
from harness import check, done, race

warnings.simplefilter('ignore', DeprecationWarning)
shared = {i: [i] for i in range(100)}
lock = threading.Lock()


def busy(number):
    for i in range(100):
        shared[i] = [i]
        with lock:
            shared.pop(i + 1, None)


def fork(number):
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            check(threading.active_count() == 1, threading.enumerate())
            copy = dict(shared)
            for k, v in copy.items():
                check(v == [k])
            t = threading.Thread(target=shared.clear)
            t.start()
            t.join(60)
            check(not t.is_alive() and not shared)
            import gc
            gc.collect()
            threading.Event().wait(0.001)
            status = 0
        except BaseException:
            import traceback
            traceback.print_exc()
        finally:
            os._exit(status)
    check(os.waitpid(pid, 0)[1] == 0)


def spawn(number):
    result = subprocess.run([sys.executable, '-c', 'print(1)'], capture_output=True)
    check(result.stdout == b'1\n', result)


race(busy, fork, spawn, copies=2)
done()
