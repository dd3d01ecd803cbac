"""What the support code of CPython's own tests asks of an interpreter before it runs them; no other program needs it."""

import sys

SIZEOF_PYGC_HEAD = 0  # what precedes an object that the cycle collector knows is part of its size


def get_config():
    return {
        "code_debug_ranges": "no_debug_ranges" not in sys._xoptions,
        "use_environment": not sys.flags.ignore_environment,
        "bytes_warning": sys.flags.bytes_warning,
        "optimization_level": sys.flags.optimize,
        "verbose": sys.flags.verbose,
        "warn_default_encoding": sys.flags.warn_default_encoding,
    }


def get_recursion_depth():
    frame, depth = sys._getframe(1), 0
    while frame is not None:
        frame, depth = frame.f_back, depth + 1
    return depth


def suppress_immortalization(suppress):
    """Nothing here is immortal that dies in CPython."""


def has_inline_values(instance):
    """No instance keeps its attributes in the way that CPython calls so."""
    return False
