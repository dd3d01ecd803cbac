"""Runs programs that nest something N deep and says which have ended."""

import sys
import threading

N = 100000


def one(name, program, n):
    try:
        exec(program, {'N': n, '__name__': 'deep'})
    except (RecursionError, MemoryError, SyntaxError, ValueError, TypeError, AttributeError, ReferenceError):
        pass
    except Exception as e:
        print(type(e).__name__, end=" ")


def run(programs, n=N):
    limit = sys.getrecursionlimit()
    for name, program in programs.items():
        one(name, program, n)
        sys.setrecursionlimit(limit)
        print(name)


def run_in_threads(programs, n=N):
    """As run(); a thread's stack is smaller."""
    limit = sys.getrecursionlimit()
    for name, program in programs.items():
        t = threading.Thread(target=one, args=(name, program, n))
        t.start()
        t.join()
        sys.setrecursionlimit(limit)
        print(name)
