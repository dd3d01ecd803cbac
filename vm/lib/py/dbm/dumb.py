"""A mapping in two plain files: NAME.dat holds the values, NAME.dir an index of them as text.

A line of the index is `key, (position, size)`, with the key as a Python literal whose characters are the key's bytes.  Values begin at multiples of a
block's size; one that fits where the old one was is written over it, else it is appended.  The index is written when the mapping is closed or
synchronised; the index before the last writing is kept as NAME.bak.  Not for several writers at once."""

import ast
import collections.abc
import io
import os

__all__ = ["error", "open"]

_BLOCK = 512

error = OSError


class _Database(collections.abc.MutableMapping):
    _os, _io = os, io  # needed when a mapping is closed late, as the interpreter ends

    def __init__(self, name, mode, flag="c"):
        name = os.fsencode(name)
        self._index = None
        self._mode = mode
        self._readonly = flag == "r"
        self._modified = False
        self._data_file, self._index_file, self._backup_file = name + b".dat", name + b".dir", name + b".bak"
        self._create(flag)
        self._read_index(flag)

    def _create(self, flag):
        if flag == "n":
            for path in (self._data_file, self._backup_file, self._index_file):
                try:
                    os.remove(path)
                except OSError:
                    pass
        try:
            io.open(self._data_file, "rb").close()
        except OSError:
            if flag not in ("c", "n"):
                raise
            with io.open(self._data_file, "wb"):
                self._restrict(self._data_file)

    def _read_index(self, flag):
        index = {}
        try:
            file = io.open(self._index_file, "r", encoding="Latin-1")
        except OSError:
            if flag not in ("c", "n"):
                raise
            self._modified = True
        else:
            with file:
                for line in file:
                    key, place = ast.literal_eval(line.rstrip())
                    index[key.encode("Latin-1")] = place
        self._index = index

    def _restrict(self, path):
        self._os.chmod(path, self._mode)

    def _check_open(self):
        if self._index is None:
            raise error("DBM object has already been closed")

    def _check_writable(self, doing):
        if self._readonly:
            raise error("The database is opened for reading only")
        self._check_open()

    def sync(self):
        """Writes the index, if it has changed."""
        if self._index is None or not self._modified:
            return
        try:
            self._os.unlink(self._backup_file)
        except OSError:
            pass
        try:
            self._os.rename(self._index_file, self._backup_file)
        except OSError:
            pass
        with self._io.open(self._index_file, "w", encoding="Latin-1") as file:
            self._restrict(self._index_file)
            for key, place in self._index.items():
                file.write(f"{key.decode('Latin-1')!r}, {place!r}\n")
        self._modified = False

    def close(self):
        """Writes the index and ends the use of the mapping."""
        try:
            self.sync()
        finally:
            self._index = None

    def __del__(self):
        if getattr(self, "_index", None) is not None:
            self.close()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()

    @staticmethod
    def _bytes(text):
        return text.encode("utf-8") if isinstance(text, str) else bytes(text)

    def __getitem__(self, key):
        self._check_open()
        position, size = self._index[self._bytes(key)]
        with io.open(self._data_file, "rb") as file:
            file.seek(position)
            return file.read(size)

    def __setitem__(self, key, value):
        self._check_writable("set")
        if not isinstance(key, (str, bytes, bytearray)):
            raise TypeError("keys must be bytes or strings")
        if not isinstance(value, (str, bytes, bytearray)):
            raise TypeError("values must be bytes or strings")
        key, value = self._bytes(key), self._bytes(value)
        self._modified = True
        old = self._index.get(key)
        if old is not None and -(-len(value) // _BLOCK) <= -(-old[1] // _BLOCK):
            self._index[key] = self._write_at(old[0], value)
        else:
            self._index[key] = self._append(value)
            if old is None:
                self._note(key)

    def _write_at(self, position, value):
        with io.open(self._data_file, "rb+") as file:
            file.seek(position)
            file.write(value)
        return position, len(value)

    def _append(self, value):
        with io.open(self._data_file, "rb+") as file:
            end = file.seek(0, 2)
            position = -(-end // _BLOCK) * _BLOCK
            file.write(b"\0" * (position - end))
            file.write(value)
        return position, len(value)

    def _note(self, key):
        """A new key goes into the index at once, so that it can be found after a crash."""
        with io.open(self._index_file, "a", encoding="Latin-1") as file:
            self._restrict(self._index_file)
            file.write(f"{key.decode('Latin-1')!r}, {self._index[key]!r}\n")

    def __delitem__(self, key):
        self._check_writable("delete")
        self._modified = True
        del self._index[self._bytes(key)]
        self.sync()

    def __contains__(self, key):
        self._check_open()
        return self._bytes(key) in self._index

    def keys(self):
        """The keys, in a list."""
        self._check_open()
        return list(self._index)

    def items(self):
        """Keys and values, in a list."""
        self._check_open()
        return [(key, self[key]) for key in self._index]

    def __iter__(self):
        self._check_open()
        return iter(self._index)

    iterkeys = __iter__

    def __len__(self):
        self._check_open()
        return len(self._index)


def open(file, flag="c", mode=0o666):
    """Opens the files FILE.dat and FILE.dir.

    flag: 'r' only for reading, 'w' for changing, 'c' creating them if need be, 'n' always new, empty ones.  mode: permissions, cut by the umask."""
    if flag not in ("r", "w", "c", "n"):
        raise ValueError("Flag must be one of 'r', 'w', 'c', or 'n'")
    umask = os.umask(0)
    os.umask(umask)
    return _Database(file, mode & ~umask, flag)
