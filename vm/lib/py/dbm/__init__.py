"""Files that hold a mapping from bytes to bytes, in the format of one of several libraries.

open() returns an object with the methods of a mapping; keys and values may be given as str, which is stored as UTF-8."""

import io
import os
import struct
import sys

__all__ = ["open", "whichdb", "error"]

_KINDS = ["dbm.sqlite3", "dbm.dumb"]
_SQLITE_MAGIC = b"SQLite format 3\x00"


class error(Exception):
    """The base of the errors of all kinds of files."""


error = (error, OSError)


def _load(kind):
    __import__(kind)
    return sys.modules[kind]


def _default():
    """The first kind that can be used here."""
    for kind in _KINDS:
        try:
            return _load(kind)
        except ImportError:
            continue
    raise ImportError("no dbm clone found; tried %s" % _KINDS)


def open(file, flag="r", mode=0o666):
    """Opens or creates a file of the kind that it has, or of the default kind if it is new.

    flag: 'r' only for reading, 'w' for changing, 'c' creating it if need be, 'n' always a new, empty one.  mode: permissions of a new file."""
    kind = None if flag[:1] == "n" else whichdb(file)
    if kind is None:
        if flag[:1] not in ("c", "n"):
            raise error[0]("db file doesn't exist; use 'c' or 'n' flag to create a new db")
        module = _default()
    elif kind == "":
        raise error[0]("db type could not be determined")
    elif kind in _KINDS:
        module = _load(kind)
    else:
        raise error[0](f"db type is {kind}, but the module is not available")
    return module.open(file, flag, mode)


def whichdb(filename):
    """Name of the module that can open a file: None if there is no such file or it cannot be read, "" if its kind is not known."""
    name = os.fsencode(filename)
    try:
        with io.open(name + b".pag", "rb"), io.open(name + b".dir", "rb"):
            return "dbm.ndbm"
    except OSError:
        pass
    try:
        with io.open(name + b".dat", "rb"), io.open(name + b".dir", "rb") as index:
            if os.stat(name + b".dir").st_size == 0 or index.read(1) in (b"'", b'"'):
                return "dbm.dumb"
    except OSError:
        pass
    try:
        with io.open(name, "rb") as file:
            head = file.read(16)
    except OSError:
        return None
    if head == _SQLITE_MAGIC:
        return "dbm.sqlite3"
    if len(head) >= 4 and struct.unpack("=l", head[:4])[0] in (0x13579ACE, 0x13579ACD, 0x13579ACF):
        return "dbm.gnu"
    return ""
