"""Code of the library is read when it first runs: threads that call, look into and ask for the docstrings of the same functions at once see it whole."""

import inspect
import threading
from harness import check, done

import calendar, colorsys, difflib, fractions, graphlib, html, ipaddress, pprint, shlex, statistics, string, textwrap

CALLS = [
    (textwrap.fill, ('a b ' * 30,), {'width': 20}), (shlex.quote, ("it's",), {}), (html.escape, ('<&>',), {}), (colorsys.rgb_to_hsv, (1, 0, 0.5), {}),
    (statistics.median, ([3, 1, 2],), {}), (statistics.mean, ([1, 2, 3, 4],), {}), (string.capwords, ('a b',), {}), (calendar.isleap, (2024,), {}),
    (calendar.month, (2024, 2), {}), (difflib.get_close_matches, ('appel', ['ape', 'apple']), {'n': 1}), (pprint.pformat, ({1: [2, 3]},), {}),
    (ipaddress.ip_address, ('127.0.0.1',), {}), (fractions.Fraction, ('1/3',), {}), (inspect.cleandoc, ('  a\n    b',), {}),
    (lambda: list(graphlib.TopologicalSorter({1: [2], 2: []}).static_order()), (), {}),
]
THREADS = 6
barrier = threading.Barrier(THREADS)
results = [[] for _ in CALLS]


def work(number):
    for i, (function, args, keywords) in enumerate(CALLS):
        barrier.wait()
        if number % 3 == 0:
            function.__doc__, getattr(function, '__code__', None) and function.__code__.co_consts
        results[i].append(repr(function(*args, **keywords)))


threads = [threading.Thread(target=work, args=(i,)) for i in range(THREADS)]
for t in threads:
    t.start()
for t in threads:
    t.join(60)
for (function, _, _), found in zip(CALLS, results):
    check(len(found) == THREADS and len(set(found)) == 1, function, found)
done()
