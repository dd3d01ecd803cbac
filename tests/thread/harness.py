"""What the stress programs share: threads that do things at once for a while, and what must hold afterwards.

race(worker, ...) runs each worker in threads of its own until the time is over; a worker is called again and again, at least once, with the
number of its thread.  An exception that a worker lets out, a thread that does not end, or a check that fails ends the program with status 1.

STRESS_SECONDS in the environment says for how long a whole program shall run."""

import faulthandler
import os
import sys
import threading
import time


SECONDS = float(os.environ.get('STRESS_SECONDS', '1.5'))
WATCHDOG = (SECONDS * 4 + 120) * (10 if os.environ.get('BATON_STRESS') == 'collect' else 1)  # a collection at every poll takes its time

faulthandler.enable()
faulthandler.dump_traceback_later(WATCHDOG, exit=True)
sys.setswitchinterval(0.0002)


def race(*workers, copies=2, share=1.0, end=None):
    """Run every worker in `copies` threads for its share of the program's time; return how often each was called, by thread."""
    stop = 0.0

    def begin():
        nonlocal stop
        stop = time.monotonic() + SECONDS * share

    start = threading.Barrier(len(workers) * copies, begin)  # on a busy machine, starting threads takes its time
    failures = []
    calls = {}

    def run(worker, number):
        n = 0
        try:
            start.wait()
            while True:
                worker(number)
                n += 1
                if time.monotonic() >= stop or failures:
                    break
        except BaseException:
            failures.append(sys.exception())
        calls[number] = n

    threads = [threading.Thread(target=run, args=(worker, i * copies + c), daemon=True) for i, worker in enumerate(workers) for c in range(copies)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(WATCHDOG - 20)
        if t.is_alive():
            sys.stderr.write(f'a thread does not end: {t.name}\n')
            faulthandler.dump_traceback()
            sys.stderr.flush()
            os._exit(1)
    if failures:
        tb = failures[0].__traceback__
        while tb:
            sys.stderr.write(f'  {tb.tb_frame.f_code.co_filename}:{tb.tb_lineno} {tb.tb_frame.f_code.co_name}\n')
            tb = tb.tb_next
        sys.stderr.write(f'{type(failures[0]).__name__}: {failures[0]}\n')
        sys.stderr.flush()
        os._exit(1)
    return calls


def check(condition, *what):
    """Like assert, but naming what was seen."""
    if not condition:
        raise AssertionError(*what)


def done(*notes):
    """Say that all went well; the last line of every program."""
    faulthandler.cancel_dump_traceback_later()
    print('ok', *notes)
