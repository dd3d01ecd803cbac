"""Watch the Global Interpreter Lock at work.

    from baton import gil

    with gil.recording():
        run_my_threads()
    print(gil.report())

Recording costs about a tenth of a microsecond at each hand-over, and nothing while it is off.
"""

import _baton
from collections import namedtuple
from contextlib import contextmanager

__all__ = ['enabled', 'start', 'stop', 'recording', 'events', 'threads', 'report', 'Event', 'ThreadTimes', 'REASONS']

REASONS = _baton.REASONS

Event = namedtuple('Event', 'order time thread kind reason address')
Event.__doc__ = """One thing that happened to the lock.

order    position among all events
time     seconds on time.monotonic()'s clock
thread   threading.get_ident() of the thread
kind     'wants', 'got', 'gave up', 'started' or 'ended'
reason   why a thread gave up: one of REASONS; else None
address  identifies what it then waits on, or 0
"""

ThreadTimes = namedtuple('ThreadTimes', 'thread name ended holding waiting blocked takes drops')
ThreadTimes.__doc__ = """How a thread spent its time, in seconds.

holding  with the lock: running Python
waiting  wanting the lock while another thread had it
blocked  not wanting it: waiting for files, sockets, other locks, or asleep
takes    how often it got the lock
drops    how often it gave it up, by reason
"""


def enabled():
    """Tell whether this interpreter runs with the lock."""
    return _baton.gil_enabled()


def start():
    """Record from now on."""
    _baton.record()


def stop():
    """Stop recording; what was recorded stays."""
    _baton.stop()


@contextmanager
def recording():
    """Record while the with statement runs."""
    start()
    try:
        yield
    finally:
        stop()


def events():
    """Return the events that are still kept (some thousand for each thread), in order."""
    return [Event(order, time / 1e9, *rest) for order, time, *rest in _baton.events()]


def threads():
    """Return how each recorded thread spent its time, in the order of their start."""
    return [ThreadTimes(thread, name, ended, held / 1e9, waited / 1e9, blocked / 1e9, takes, dict(zip(REASONS, drops)))
            for thread, name, ended, held, waited, blocked, takes, drops in _baton.threads()]


def report():
    """Return the table that the option --gil-report prints."""
    return _baton.report()
